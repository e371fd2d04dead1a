//! Salted commitments to bytes that somebody might guess.

use codec::{Compact, Encode};
use sha2::{Digest, Sha256};

/// `SHA-256(SCALE(domain, salt, bytes))`: the commitment to `bytes` under a random `salt`.
///
/// The domain and the bytes carry their lengths (SCALE compact), the salt is 32 bytes as it is. `domain` names what is
/// committed to and its version (`salus/policy/v1`). The commitment hides `bytes` as long as the salt is uniformly
/// random and told to nobody who should not read them: a bare hash of text with little entropy can be guessed.
pub fn salted(domain: &str, salt: &[u8; 32], bytes: &[u8]) -> [u8; 32] {
	let mut hasher = Sha256::new();
	hasher.update(Compact(domain.len() as u64).encode());
	hasher.update(domain.as_bytes());
	hasher.update(salt);
	hasher.update(Compact(bytes.len() as u64).encode());
	hasher.update(bytes);
	hasher.finalize().into()
}

/// A fresh salt for [`salted`].
pub fn fresh_salt() -> Result<[u8; 32], crate::NoRandomness> {
	crate::random::public()
}

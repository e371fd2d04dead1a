//! Keys that live for one access: a requester makes them, binds the request to them, and the vault answers to them.

use crate::{
	kdf::{self, tag},
	random,
	wrap::{XWingPublic, XWingSecret},
	NoRandomness,
};
use core::fmt;
use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// An Ed25519 key that answers the challenge and an X-Wing key that the record keys are wrapped to.
pub struct OneTimeKeys {
	signing: SigningKey,
	xwing: XWingSecret,
}

/// The public halves of [`OneTimeKeys`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OneTimePublic {
	/// Ed25519 public key (RFC 8032).
	pub signing: [u8; 32],
	/// X-Wing public key.
	pub xwing: XWingPublic,
}

/// The signature is not one of this key over this domain and message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signature of the one-time key does not verify")]
pub struct BadSignature;

impl OneTimeKeys {
	/// Fresh keys from the randomness of the operating system.
	///
	/// # Errors
	/// [`NoRandomness`].
	pub fn generate() -> Result<Self, NoRandomness> {
		Ok(Self::from_seeds(&*random::secret()?))
	}

	/// The keys of a stored request: Ed25519 seed, then X-Wing seed.
	pub fn from_seeds(seeds: &[u8; 64]) -> Self {
		let (mut signing, mut xwing) = (Zeroizing::new([0; 32]), Zeroizing::new([0; 32]));
		signing.copy_from_slice(&seeds[..32]);
		xwing.copy_from_slice(&seeds[32..]);
		Self { signing: SigningKey::from_bytes(&signing), xwing: XWingSecret::from_seed(*xwing) }
	}

	/// Both seeds, for an encrypted store until the answer has come.
	pub fn to_seeds(&self) -> Zeroizing<[u8; 64]> {
		let mut seeds = Zeroizing::new([0; 64]);
		seeds[..32].copy_from_slice(self.signing.as_bytes());
		seeds[32..].copy_from_slice(self.xwing.expose());
		seeds
	}

	/// The public halves.
	pub fn public(&self) -> OneTimePublic {
		OneTimePublic { signing: self.signing.verifying_key().to_bytes(), xwing: self.xwing.public().clone() }
	}

	/// The key that opens the wraps of the answer.
	pub fn xwing(&self) -> &XWingSecret {
		&self.xwing
	}

	/// See [`OneTimePublic::binding`].
	pub fn binding(&self) -> [u8; 32] {
		self.public().binding()
	}

	/// Signs a message of one domain (`salus/release-challenge/v1` and the like).
	pub fn sign(&self, domain: &str, message: &[u8]) -> [u8; 64] {
		self.signing.sign(&signed_bytes(domain, message)).to_bytes()
	}
}

impl fmt::Debug for OneTimeKeys {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "OneTimeKeys(hidden, binding {})", hex::encode(self.binding()))
	}
}

impl OneTimePublic {
	/// `blake2_256("salus/requester/v1" || Ed25519 key || X-Wing key)`: the requester in a request and a permit.
	pub fn binding(&self) -> [u8; 32] {
		kdf::blake2_256(&[tag::REQUESTER, &self.signing, self.xwing.as_bytes()])
	}

	/// Verifies a signature of [`OneTimeKeys::sign`], strictly: no weak keys, no malleable signatures.
	///
	/// # Errors
	/// [`BadSignature`].
	pub fn verify(&self, domain: &str, message: &[u8], signature: &[u8; 64]) -> Result<(), BadSignature> {
		VerifyingKey::from_bytes(&self.signing)
			.and_then(|key| key.verify_strict(&signed_bytes(domain, message), &Signature::from_bytes(signature)))
			.map_err(|_| BadSignature)
	}
}

/// `"salus/one-time-signature/v1" || SCALE(domain, message)`.
fn signed_bytes(domain: &str, message: &[u8]) -> Vec<u8> {
	let mut bytes = tag::ONE_TIME_SIGNATURE.to_vec();
	codec::Encode::encode_to(&(domain, message), &mut bytes);
	bytes
}

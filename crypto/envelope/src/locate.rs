//! Keys of the index in which patients are found by name and birth date: the input of the committee's keyed function, and what its
//! output opens (`salus_threshold::locate`).

use crate::{
	kdf::{self, tag},
	random, KdfParams, NoRandomness,
};
use aes_gcm::{
	aead::{Aead, Payload},
	Aes256Gcm, KeyInit,
};
use codec::{Decode, Encode};
use core::fmt;
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

/// Bytes of an entry: handle, and the number of its custodian.
const ENTRY_LEN: usize = 32 + 4;
/// Bytes of a sealed entry: nonce, entry, tag of the cipher.
pub const SEALED_ENTRY_LEN: usize = 12 + ENTRY_LEN + 16;

/// Domain tag of [`LocateKeys::tag`].
const INDEX_TAG: &str = "salus/locate/tag/v1";

/// The input of the function for a name and birth date: Argon2id (RFC 9106) over `person` with 64 MiB, three passes and one lane, 32 bytes; the
/// salt is the first half of `SHA-256("salus/locate/v1" || genesis)`. Takes a tenth of a second and more: who holds shares of the key and tries
/// names pays that for each.
pub fn input(person: &[u8], genesis: &[u8; 32]) -> Zeroizing<[u8; 32]> {
	let salt = kdf::hash(tag::LOCATE_INPUT, &[genesis]);
	let costs = KdfParams { memory_kib: 64 * 1024, passes: 3, lanes: 1 };
	costs.stretch(person, &salt[..16]).expect("costs and salt are within the bounds of Argon2; qed")
}

/// What one evaluation of the function opens: the place of a name in the index, and the key of what lies there. Wiped when dropped.
pub struct LocateKeys {
	tag: [u8; 32],
	entry: Zeroizing<[u8; 32]>,
}

impl LocateKeys {
	/// Both from the function's output: `SHA-256(SCALE("salus/locate/tag/v1", output))`, and HKDF-SHA512 of the output without salt, info
	/// `"salus/locate/entry/v1"`.
	pub fn from_output(output: &[u8; 64]) -> Self {
		let tag = Sha256::new_with_prefix(INDEX_TAG.encode()).chain_update(output).finalize().into();
		Self { tag, entry: kdf::derive_sha512(output, tag::LOCATE_ENTRY, "") }
	}

	/// Under what the entry lies. Who knows it and has no part of the key can neither read the entry nor tell whose it is.
	pub fn tag(&self) -> &[u8; 32] {
		&self.tag
	}

	/// Seals an entry: `nonce || AES-256-GCM(SCALE(handle, custodian))` under a random nonce, the associated data is
	/// `"salus/locate/entry/v1" || tag`.
	///
	/// # Errors
	/// [`NoRandomness`].
	pub fn seal(&self, handle: &[u8; 32], custodian: u32) -> Result<[u8; SEALED_ENTRY_LEN], NoRandomness> {
		Ok(self.seal_with_nonce(handle, custodian, random::public()?))
	}

	/// [`Self::seal`] under a given nonce, for frozen vectors.
	pub(crate) fn seal_with_nonce(&self, handle: &[u8; 32], custodian: u32, nonce: [u8; 12]) -> [u8; SEALED_ENTRY_LEN] {
		let payload = Payload { msg: &(handle, custodian).encode(), aad: &self.associated() };
		let sealed = self.cipher().encrypt(&nonce.into(), payload);
		let sealed = sealed.expect("36 bytes are below the limit of AES-GCM; qed");
		[&nonce[..], &sealed].concat().try_into().expect("the tag of the cipher adds 16 bytes; qed")
	}

	/// Handle and custodian of an entry of this name. `None` for those of other names and for what was altered.
	pub fn open(&self, sealed: &[u8; SEALED_ENTRY_LEN]) -> Option<([u8; 32], u32)> {
		let (nonce, sealed) = sealed.split_first_chunk::<12>()?;
		let mut entry =
			self.cipher().decrypt(&(*nonce).into(), Payload { msg: sealed, aad: &self.associated() }).ok()?;
		let decoded = Decode::decode(&mut &entry[..]).ok();
		entry.zeroize();
		decoded
	}

	fn cipher(&self) -> Aes256Gcm {
		Aes256Gcm::new((&*self.entry).into())
	}

	fn associated(&self) -> Vec<u8> {
		[tag::LOCATE_ENTRY, &self.tag].concat()
	}
}

impl fmt::Debug for LocateKeys {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("LocateKeys(hidden)")
	}
}

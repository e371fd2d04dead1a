//! Encryption of the index at rest: AES-256-GCM, one key per table, the key of the row as associated data.

use super::{IndexError, Row};
use aes_gcm::{
	aead::{Aead, Payload},
	Aes256Gcm, KeyInit,
};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::{collections::HashMap, fmt};
use zeroize::Zeroizing;

const VERSION: u8 = 1;
const NONCE_LEN: usize = 12;
const TABLE_KEY: &[u8] = b"salus/index/v1";
const FINGERPRINT_KEY: &[u8] = b"salus/fingerprint/v1";

/// The gateway's storage key: 32 random bytes from its keyfile. Everything at rest opens with it.
pub struct StorageKey(Zeroizing<[u8; 32]>);

impl StorageKey {
	/// The key that these bytes are. They have to be uniformly random.
	pub fn from_bytes(bytes: [u8; 32]) -> Self {
		Self(Zeroizing::new(bytes))
	}

	fn derive(&self, purpose: &[u8], name: &[u8]) -> Zeroizing<[u8; 32]> {
		Zeroizing::new(mac(&self.0, &[purpose, name]))
	}
}

impl fmt::Debug for StorageKey {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("StorageKey(hidden)")
	}
}

/// Seals and opens values.
pub(super) struct Sealer {
	ciphers: HashMap<&'static str, Aes256Gcm>,
	fingerprint_key: Zeroizing<[u8; 32]>,
}

impl Sealer {
	pub(super) fn new(key: StorageKey) -> Self {
		let cipher = |name: &'static str| (name, Aes256Gcm::new((&*key.derive(TABLE_KEY, name.as_bytes())).into()));
		Self {
			ciphers: super::TABLES.into_iter().map(cipher).collect(),
			fingerprint_key: key.derive(FINGERPRINT_KEY, b""),
		}
	}

	fn cipher(&self, table: &'static str) -> Result<&Aes256Gcm, IndexError> {
		self.ciphers.get(table).ok_or(IndexError::Unreadable(table))
	}

	pub(super) fn seal<V: Row>(&self, table: &'static str, key: &[u8], value: &V) -> Result<Vec<u8>, IndexError> {
		let plain = Zeroizing::new(serde_json::to_vec(value).map_err(|_| IndexError::Unreadable(table))?);
		let random = salus_client::random_bytes();
		let mut nonce = [0; NONCE_LEN];
		nonce.copy_from_slice(&random[..NONCE_LEN]);
		let sealed = self
			.cipher(table)?
			.encrypt(&nonce.into(), Payload { msg: &plain, aad: key })
			.map_err(|_| IndexError::Sealed(table))?;
		Ok([&[VERSION][..], &nonce, &sealed].concat())
	}

	pub(super) fn open<V: Row>(&self, table: &'static str, key: &[u8], sealed: &[u8]) -> Result<V, IndexError> {
		let (version, rest) = sealed.split_first().ok_or(IndexError::Sealed(table))?;
		if *version != VERSION {
			return Err(IndexError::Unreadable(table));
		}
		let (nonce, sealed) = rest.split_first_chunk::<NONCE_LEN>().ok_or(IndexError::Sealed(table))?;
		let plain = self
			.cipher(table)?
			.decrypt(&(*nonce).into(), Payload { msg: sealed, aad: key })
			.map(Zeroizing::new)
			.map_err(|_| IndexError::Sealed(table))?;
		serde_json::from_slice(&plain).map_err(|_| IndexError::Unreadable(table))
	}

	pub(super) fn fingerprint(&self, parts: &[&[u8]]) -> [u8; 32] {
		mac(&self.fingerprint_key, parts)
	}
}

/// HMAC-SHA256 over the parts, each with its length in front.
fn mac(key: &[u8; 32], parts: &[&[u8]]) -> [u8; 32] {
	let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length; qed");
	for part in parts {
		mac.update(&(part.len() as u64).to_le_bytes());
		mac.update(part);
	}
	mac.finalize().into_bytes().into()
}

//! Secrets in files: Argon2id (RFC 9106) over a passphrase, AES-256-GCM, one JSON object per file.
//!
//! A checksum over the file tells damage from a wrong passphrase; a check value derived from the passphrase tells a
//! wrong passphrase from tampering. All header fields are authenticated.

mod file;
mod format;

use crate::{
	kdf::{self, tag},
	random, NoRandomness,
};
use aes_gcm::{
	aead::{Aead, Payload},
	Aes256Gcm, KeyInit,
};
use argon2::{Algorithm, Argon2, Block, Params, Version};
use core::fmt;
use format::Container;
use std::path::PathBuf;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

pub use file::{change_passphrase, create, load, peek, replace};

/// Cost of a guess. What a file was written with is stored in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KdfParams {
	/// Memory in KiB.
	pub memory_kib: u32,
	/// Passes over the memory.
	pub passes: u32,
	/// Lanes.
	pub lanes: u32,
}

impl KdfParams {
	/// Bounds for files from outside: 1 GiB, 64 passes, 16 lanes. A file must not be able to stop the program that reads it.
	const MOST: Self = Self { memory_kib: 1 << 20, passes: 64, lanes: 16 };

	fn argon2(&self) -> Result<Argon2<'static>, KeyfileError> {
		let most = Self::MOST;
		if self.memory_kib > most.memory_kib || self.passes > most.passes || self.lanes > most.lanes {
			return Err(KeyfileError::BadParams);
		}
		let params =
			Params::new(self.memory_kib, self.passes, self.lanes, Some(32)).map_err(|_| KeyfileError::BadParams)?;
		Ok(Argon2::new(Algorithm::Argon2id, Version::V0x13, params))
	}

	/// Argon2id over something that can be guessed.
	pub(crate) fn stretch(&self, guessable: &[u8], salt: &[u8]) -> Result<Zeroizing<[u8; 32]>, KeyfileError> {
		let mut stretched = Zeroizing::new([0; 32]);
		let argon2 = self.argon2()?;
		// Own memory, because it is as good as the key and has to be overwritten.
		let mut memory = Zeroizing::new(vec![Block::default(); argon2.params().block_count()]);
		argon2
			.hash_password_into_with_memory(guessable, salt, stretched.as_mut_slice(), memory.as_mut_slice())
			.map_err(|_| KeyfileError::BadParams)?;
		Ok(stretched)
	}
}

/// 64 MiB, three passes, one lane.
impl Default for KdfParams {
	fn default() -> Self {
		Self { memory_kib: 64 * 1024, passes: 3, lanes: 1 }
	}
}

/// Why a keyfile cannot be written or read.
#[derive(Debug, thiserror::Error)]
pub enum KeyfileError {
	/// The file is whole, the passphrase is another one.
	#[error("wrong passphrase")]
	WrongPassphrase,
	/// The file is not what was written: cut off, altered, or not a keyfile. Take the copy from your backup.
	#[error("the keyfile is damaged ({0}); restore it from a backup")]
	Damaged(&'static str),
	/// A newer program wrote the file: update.
	#[error("the keyfile has format {0:?}, which this version does not know")]
	UnsupportedFormat(String),
	/// An empty passphrase protects nothing.
	#[error("the passphrase is empty")]
	EmptyPassphrase,
	/// The costs are below what Argon2 allows (8 KiB per lane, one pass) or above 1 GiB, 64 passes, 16 lanes.
	#[error("the costs of the key derivation are out of bounds")]
	BadParams,
	/// There is a file of this name. Keys are never overwritten by accident.
	#[error("{0} is there already and was left alone")]
	AlreadyThere(PathBuf),
	/// Others may read the file: `chmod 600` it, and think about who has read it.
	#[error("{path} can be read by others (mode {mode:o}); make it 600")]
	OpenToOthers {
		/// The file.
		path: PathBuf,
		/// Its permission bits.
		mode: u32,
	},
	/// The file system failed.
	#[error("{path}: {source}")]
	Io {
		/// The file or folder.
		path: PathBuf,
		/// What the system said.
		source: std::io::Error,
	},
	/// See [`NoRandomness`].
	#[error(transparent)]
	NoRandomness(#[from] NoRandomness),
}

/// What a keyfile says without its passphrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyfileInfo {
	/// What the secret is (`practitioner`, `gateway`, `retention-share`).
	pub kind: String,
	/// Public text that belongs to the secret, such as the public key or the account. Authenticated, not encrypted.
	pub public: String,
}

/// An opened keyfile.
pub struct Keyfile {
	/// What the file says without its passphrase, now authenticated.
	pub info: KeyfileInfo,
	/// The secret.
	pub secret: Zeroizing<Vec<u8>>,
}

impl fmt::Debug for Keyfile {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("Keyfile").field("info", &self.info).field("secret", &"hidden").finish()
	}
}

/// Encrypts a secret to the text of a keyfile.
///
/// # Errors
/// [`KeyfileError::EmptyPassphrase`], [`KeyfileError::BadParams`], [`KeyfileError::NoRandomness`].
pub fn seal(info: &KeyfileInfo, secret: &[u8], passphrase: &str, params: KdfParams) -> Result<String, KeyfileError> {
	if passphrase.is_empty() {
		return Err(KeyfileError::EmptyPassphrase);
	}
	seal_with(info, secret, passphrase, params, random::public()?, random::public()?)
}

/// [`seal`] under given salt and nonce, for frozen vectors.
pub(crate) fn seal_with(
	info: &KeyfileInfo,
	secret: &[u8],
	passphrase: &str,
	params: KdfParams,
	salt: [u8; 32],
	nonce: [u8; 12],
) -> Result<String, KeyfileError> {
	let mut container = Container::new(info, params, salt, nonce);
	let keys = FileKeys::derive(passphrase, &container)?;
	container.check = *keys.check();
	let aad = container.header();
	container.ciphertext = keys
		.cipher()
		.encrypt(&nonce.into(), Payload { msg: secret, aad: &aad })
		.map_err(|_| KeyfileError::Damaged("the secret is too long"))?;
	Ok(container.to_text())
}

/// Decrypts the text of a keyfile.
///
/// # Errors
/// [`KeyfileError::WrongPassphrase`], [`KeyfileError::Damaged`], [`KeyfileError::UnsupportedFormat`], [`KeyfileError::BadParams`].
pub fn open(text: &str, passphrase: &str) -> Result<Keyfile, KeyfileError> {
	let container = Container::from_text(text)?;
	let keys = FileKeys::derive(passphrase, &container)?;
	if !bool::from(keys.check().ct_eq(&container.check)) {
		return Err(KeyfileError::WrongPassphrase);
	}
	let secret = keys
		.cipher()
		.decrypt(&container.nonce.into(), Payload { msg: &container.ciphertext, aad: &container.header() })
		.map(Zeroizing::new)
		.map_err(|_| KeyfileError::Damaged("it was altered after it was written"))?;
	Ok(Keyfile { info: container.info(), secret })
}

/// What the text of a keyfile says without its passphrase. Checked for damage, **not** authenticated.
///
/// # Errors
/// [`KeyfileError::Damaged`], [`KeyfileError::UnsupportedFormat`].
pub fn inspect(text: &str) -> Result<KeyfileInfo, KeyfileError> {
	Ok(Container::from_text(text)?.info())
}

/// Encryption key and check value of one file.
struct FileKeys(Zeroizing<[u8; 64]>);

impl FileKeys {
	fn derive(passphrase: &str, container: &Container) -> Result<Self, KeyfileError> {
		let stretched = container.params.stretch(passphrase.as_bytes(), &container.salt)?;
		Ok(Self(kdf::derive(stretched.as_slice(), Some(&container.salt), tag::KEYFILE, &[])))
	}

	fn cipher(&self) -> Aes256Gcm {
		let mut key = Zeroizing::new([0; 32]);
		key.copy_from_slice(&self.0[..32]);
		Aes256Gcm::new((&*key).into())
	}

	fn check(&self) -> Zeroizing<[u8; 32]> {
		let mut check = Zeroizing::new([0; 32]);
		check.copy_from_slice(&self.0[32..]);
		check
	}
}

//! People's keys: one encrypted file per identity in a folder.
//!
//! | Kind | Secret in the file | Public part |
//! |---|---|---|
//! | practitioner | seeds of an Ed25519 and an X-Wing key | id, signing key, hash of the encryption key |
//! | patient | BIP-39 phrase; each handle has a hard-derived account | none |
//! | account | secret URI of an sr25519 account (operator, gateway) | the account |
//!
//! The file format is `salus-envelope`'s: Argon2id, AES-256-GCM, readable by its owner alone, never overwritten.

mod identity;

pub use identity::{AccountKey, Identity, IdentityKind, IdentityPublic, PatientRoot, PractitionerKey};

use salus_envelope::keyfile::{self, KdfParams, KeyfileError, KeyfileInfo};
use serde::Serialize;
use std::{
	fs, io,
	path::{Path, PathBuf},
};

/// Longest name of an identity, characters.
const MAX_NAME_LEN: usize = 64;

/// A folder of keyfiles.
#[derive(Clone, Debug)]
pub struct Keystore {
	folder: PathBuf,
	params: KdfParams,
}

/// An identity without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StoredIdentity {
	/// Its name in the folder.
	pub name: String,
	/// Its public part.
	#[serde(flatten)]
	pub public: IdentityPublic,
}

/// An error of the key folder.
#[derive(Debug, thiserror::Error)]
pub enum KeystoreError {
	/// No such identity.
	#[error(
		"there is no identity `{0}` in {1}. `salus keys list` shows those that are there, `salus keys new` makes one"
	)]
	NotFound(String, PathBuf),
	/// The name cannot be a file name.
	#[error("`{0}` cannot be a name: use letters, digits, `-`, `_` and `.`, at most 64, not starting with a dot")]
	BadName(String),
	/// The keyfile.
	#[error("the key `{name}`: {error}")]
	Keyfile {
		/// The identity.
		name: String,
		/// Why.
		error: KeyfileError,
	},
	/// The file holds another thing than it says.
	#[error("the key `{0}` holds a secret that does not fit its kind; restore it from a backup")]
	BadSecret(String),
	/// A secret from outside cannot be read.
	#[error("the secret cannot be read: {0}")]
	BadImport(String),
	/// The identity is of another kind.
	#[error("the identity `{name}` is of kind {found}; this needs a {expected}")]
	WrongKind {
		/// The identity.
		name: String,
		/// What was needed.
		expected: IdentityKind,
		/// What it is.
		found: IdentityKind,
	},
	/// The file system.
	#[error("{0}: {1}")]
	Io(PathBuf, io::Error),
}

impl KeystoreError {
	/// Whether the passphrase was another one.
	pub fn is_wrong_passphrase(&self) -> bool {
		matches!(self, Self::Keyfile { error: KeyfileError::WrongPassphrase, .. })
	}
}

impl Keystore {
	/// The folder `keys` inside a home folder; made when it is not there, for its owner alone.
	///
	/// # Errors
	/// [`KeystoreError::Io`].
	pub fn open(home: &Path) -> Result<Self, KeystoreError> {
		Self::with_params(home, KdfParams::default())
	}

	/// As [`Self::open`] with other costs of the passphrase for new files.
	///
	/// # Errors
	/// [`KeystoreError::Io`].
	pub fn with_params(home: &Path, params: KdfParams) -> Result<Self, KeystoreError> {
		let folder = home.join("keys");
		make_private_folder(&folder).map_err(|error| KeystoreError::Io(folder.clone(), error))?;
		Ok(Self { folder, params })
	}

	/// Every identity, by name.
	///
	/// # Errors
	/// [`KeystoreError::Io`], [`KeystoreError::Keyfile`].
	pub fn list(&self) -> Result<Vec<StoredIdentity>, KeystoreError> {
		let entries = fs::read_dir(&self.folder).map_err(|error| KeystoreError::Io(self.folder.clone(), error))?;
		let mut names = Vec::new();
		for entry in entries {
			let path = entry.map_err(|error| KeystoreError::Io(self.folder.clone(), error))?.path();
			let name = path.file_stem().and_then(|name| name.to_str()).map(ToOwned::to_owned);
			if let Some(name) = name.filter(|_| path.extension().is_some_and(|extension| extension == "json")) {
				names.push(name);
			}
		}
		names.sort();
		names.into_iter().map(|name| self.show(&name)).collect()
	}

	/// The public part of an identity, without its passphrase.
	///
	/// # Errors
	/// [`KeystoreError::NotFound`], [`KeystoreError::BadName`], [`KeystoreError::Keyfile`], [`KeystoreError::BadSecret`].
	pub fn show(&self, name: &str) -> Result<StoredIdentity, KeystoreError> {
		let info = keyfile::peek(&self.existing(name)?).map_err(|error| named(name, error))?;
		let public =
			IdentityPublic::read(&info.kind, &info.public).ok_or_else(|| KeystoreError::BadSecret(name.to_owned()))?;
		Ok(StoredIdentity { name: name.to_owned(), public })
	}

	/// Writes a new identity.
	///
	/// # Errors
	/// [`KeystoreError::Keyfile`] when there is one of this name, or the passphrase is empty; [`KeystoreError::BadName`].
	pub fn create(&self, name: &str, identity: &Identity, passphrase: &str) -> Result<StoredIdentity, KeystoreError> {
		let public = identity.public();
		let info = KeyfileInfo { kind: public.kind().to_string(), public: public.write() };
		keyfile::create(&self.path(name)?, &info, &identity.secret_bytes(), passphrase, self.params)
			.map_err(|error| named(name, error))?;
		Ok(StoredIdentity { name: name.to_owned(), public })
	}

	/// Opens an identity.
	///
	/// # Errors
	/// [`KeystoreError::NotFound`], [`KeystoreError::Keyfile`] (wrong passphrase, damage), [`KeystoreError::BadSecret`].
	pub fn load(&self, name: &str, passphrase: &str) -> Result<Identity, KeystoreError> {
		let opened = keyfile::load(&self.existing(name)?, passphrase).map_err(|error| named(name, error))?;
		IdentityPublic::read(&opened.info.kind, &opened.info.public)
			.and_then(|public| Identity::from_secret(&public, &opened.secret))
			.ok_or_else(|| KeystoreError::BadSecret(name.to_owned()))
	}

	fn existing(&self, name: &str) -> Result<PathBuf, KeystoreError> {
		let path = self.path(name)?;
		path.exists().then_some(path).ok_or_else(|| KeystoreError::NotFound(name.to_owned(), self.folder.clone()))
	}

	fn path(&self, name: &str) -> Result<PathBuf, KeystoreError> {
		let allowed = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '_' | '.');
		let good = (1..=MAX_NAME_LEN).contains(&name.len()) && !name.starts_with('.') && name.chars().all(allowed);
		good.then(|| self.folder.join(format!("{name}.json"))).ok_or_else(|| KeystoreError::BadName(name.to_owned()))
	}
}

fn named(name: &str, error: KeyfileError) -> KeystoreError {
	KeystoreError::Keyfile { name: name.to_owned(), error }
}

/// Makes a folder, and those above it, that only its owner can look into.
pub fn make_private_folder(folder: &Path) -> io::Result<()> {
	let mut builder = fs::DirBuilder::new();
	builder.recursive(true);
	#[cfg(unix)]
	std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
	builder.create(folder)
}

#[cfg(test)]
mod tests;

//! The gateway's keys: its account, its storage key, and the public half of the institution's retention key.
//!
//! The account's keyfile has the form of the client's key folder (kind `account`, secret URI), so that `salus` can use it as well.

use crate::index::StorageKey;
use salus_client::{
	chain::Keypair,
	keystore::{AccountKey, IdentityPublic},
	wire::Account,
};
use salus_envelope::{
	keyfile::{self, KdfParams, KeyfileInfo},
	retention::RetentionKey,
	KeyfileError, XWingPublic, XWingSecret,
};
use salus_threshold::{group::SecretScalar, rand_core::OsRng};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Kind of the storage key's keyfile.
const STORAGE_KIND: &str = "gateway-storage";
/// Kind of the guardian key's keyfile.
const GUARDIAN_KIND: &str = "guardian";
/// Kind of the keyfiles with the shares of the retention key.
const SHARE_KIND: &str = "retention-share";

/// Why a key cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
	/// The keyfile.
	#[error("{0}: {1}")]
	Keyfile(PathBuf, KeyfileError),
	/// The keyfile holds another thing.
	#[error("{0} does not hold a {1}")]
	OtherKind(PathBuf, &'static str),
	/// The secret of an account.
	#[error("the account's secret cannot be read: {0}")]
	Account(String),
	/// The retention key's file.
	#[error("{0} does not hold the public half of a retention key: {1}")]
	Retention(PathBuf, String),
	/// The file system.
	#[error("{0}: {1}")]
	Io(PathBuf, std::io::Error),
	/// No randomness.
	#[error(transparent)]
	NoRandomness(#[from] salus_envelope::NoRandomness),
}

/// The file with the public half of a retention key.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RetentionFile {
	/// X-Wing.
	retention_key: XWingPublic,
}

/// Writes the account's key.
///
/// # Errors
/// [`KeyError::Keyfile`], [`KeyError::Account`].
pub fn create_account(path: &Path, uri: &str, passphrase: &str, costs: KdfParams) -> Result<Account, KeyError> {
	let key = AccountKey::from_uri(uri).map_err(|error| KeyError::Account(error.to_string()))?;
	let account = Account(key.pair().public_key().0);
	let kind = IdentityPublic::Account { account }.kind().to_string();
	let info = KeyfileInfo { kind, public: account.to_string() };
	keyfile::create(path, &info, uri.as_bytes(), passphrase, costs).map_err(at(path))?;
	Ok(account)
}

/// Reads the account's key.
///
/// # Errors
/// [`KeyError::Keyfile`] (wrong passphrase, damage), [`KeyError::OtherKind`], [`KeyError::Account`].
pub fn load_account(path: &Path, passphrase: &str) -> Result<Keypair, KeyError> {
	let opened = keyfile::load(path, passphrase).map_err(at(path))?;
	if opened.info.kind != "account" {
		return Err(KeyError::OtherKind(path.into(), "gateway's account"));
	}
	let uri = std::str::from_utf8(&opened.secret).map_err(|error| KeyError::Account(error.to_string()))?;
	let key = AccountKey::from_uri(uri).map_err(|error| KeyError::Account(error.to_string()))?;
	Ok(key.pair().clone())
}

/// Writes a fresh storage key.
///
/// # Errors
/// [`KeyError::Keyfile`].
pub fn create_storage_key(path: &Path, passphrase: &str, costs: KdfParams) -> Result<(), KeyError> {
	let secret = Zeroizing::new(salus_client::random_bytes());
	let info = KeyfileInfo { kind: STORAGE_KIND.to_owned(), public: String::new() };
	keyfile::create(path, &info, &*secret, passphrase, costs).map_err(at(path))
}

/// Reads the storage key.
///
/// # Errors
/// [`KeyError::Keyfile`], [`KeyError::OtherKind`].
pub fn load_storage_key(path: &Path, passphrase: &str) -> Result<StorageKey, KeyError> {
	let opened = keyfile::load(path, passphrase).map_err(at(path))?;
	match <[u8; 32]>::try_from(opened.secret.as_slice()) {
		Ok(bytes) if opened.info.kind == STORAGE_KIND => Ok(StorageKey::from_bytes(bytes)),
		_ => Err(KeyError::OtherKind(path.into(), "storage key")),
	}
}

/// The secrets with which the institution guards emergency access: what is dealt to it is sealed to the one, what is kept here for others to
/// the other. Its shares of committee keys are in neither: the chain and the sealing secret give them back.
pub struct GuardianKeys {
	sealing: SecretScalar,
	kem: XWingSecret,
}

impl GuardianKeys {
	/// Fresh keys.
	///
	/// # Errors
	/// [`KeyError::NoRandomness`].
	pub fn generate() -> Result<Self, KeyError> {
		Ok(Self { sealing: SecretScalar::random(&mut OsRng), kem: XWingSecret::generate()? })
	}

	/// The secret that opens dealings.
	pub fn sealing(&self) -> &SecretScalar {
		&self.sealing
	}

	/// The secret that opens the second halves which others leave here.
	pub fn kem(&self) -> &XWingSecret {
		&self.kem
	}

	fn public_text(&self) -> String {
		format!("0x{} 0x{}", hex::encode(self.sealing.public().to_bytes()), hex::encode(self.kem.public().hash()))
	}

	fn from_bytes(bytes: &[u8]) -> Option<Self> {
		let (sealing, kem) = bytes.split_at_checked(32)?;
		let sealing = SecretScalar::from_bytes(sealing.try_into().ok()?)?;
		let kem = Zeroizing::new(<[u8; 32]>::try_from(kem).ok()?);
		Some(Self { sealing, kem: XWingSecret::from_seed(*kem) })
	}
}

impl std::fmt::Debug for GuardianKeys {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.write_str("GuardianKeys(hidden)")
	}
}

/// Writes fresh guardian keys.
///
/// # Errors
/// [`KeyError::Keyfile`], [`KeyError::NoRandomness`].
pub fn create_guardian_keys(path: &Path, passphrase: &str, costs: KdfParams) -> Result<GuardianKeys, KeyError> {
	let keys = GuardianKeys::generate()?;
	let mut secret = Zeroizing::new([0; 64]);
	secret[..32].copy_from_slice(&*keys.sealing.to_bytes());
	secret[32..].copy_from_slice(keys.kem.expose());
	let info = KeyfileInfo { kind: GUARDIAN_KIND.to_owned(), public: keys.public_text() };
	keyfile::create(path, &info, &*secret, passphrase, costs).map_err(at(path))?;
	Ok(keys)
}

/// Reads guardian keys.
///
/// # Errors
/// [`KeyError::Keyfile`], [`KeyError::OtherKind`].
pub fn load_guardian_keys(path: &Path, passphrase: &str) -> Result<GuardianKeys, KeyError> {
	let opened = keyfile::load(path, passphrase).map_err(at(path))?;
	let keys = GuardianKeys::from_bytes(&opened.secret).filter(|_| opened.info.kind == GUARDIAN_KIND);
	keys.filter(|keys| keys.public_text() == opened.info.public)
		.ok_or_else(|| KeyError::OtherKind(path.into(), "guardian key"))
}

/// Makes a retention key: its public half for the gateway, two shares of the secret half, each under the passphrase of another officer.
/// The whole secret is never written anywhere.
///
/// # Errors
/// [`KeyError::Keyfile`], [`KeyError::Io`], [`KeyError::NoRandomness`].
pub fn create_retention_key(
	public: &Path,
	shares: [(&Path, &str); 2],
	costs: KdfParams,
) -> Result<XWingPublic, KeyError> {
	let key = RetentionKey::generate()?;
	let (first, second) = key.split()?;
	let hash = hex::encode(key.public().hash());
	for ((path, passphrase), share) in shares.into_iter().zip([first, second]) {
		let info = KeyfileInfo { kind: SHARE_KIND.to_owned(), public: format!("0x{hash}") };
		keyfile::create(path, &info, share.expose(), passphrase, costs).map_err(at(path))?;
	}
	let text = serde_json::to_vec_pretty(&RetentionFile { retention_key: key.public().clone() })
		.map_err(|error| KeyError::Retention(public.into(), error.to_string()))?;
	std::fs::write(public, text).map_err(|error| KeyError::Io(public.into(), error))?;
	Ok(key.public().clone())
}

/// Reads the public half of the retention key.
///
/// # Errors
/// [`KeyError::Io`], [`KeyError::Retention`].
pub fn load_retention_key(path: &Path) -> Result<XWingPublic, KeyError> {
	let bytes = std::fs::read(path).map_err(|error| KeyError::Io(path.into(), error))?;
	let file: RetentionFile =
		serde_json::from_slice(&bytes).map_err(|error| KeyError::Retention(path.into(), error.to_string()))?;
	Ok(file.retention_key)
}

fn at(path: &Path) -> impl Fn(KeyfileError) -> KeyError + '_ {
	move |error| KeyError::Keyfile(path.into(), error)
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_envelope::{retention::RetentionKey, Dek};

	const CHEAP: KdfParams = KdfParams { memory_kib: 8, passes: 1, lanes: 1 };

	#[test]
	fn keys_are_read_back_and_kinds_are_told_apart() {
		let folder = tempfile::tempdir().unwrap();
		let (account, storage) = (folder.path().join("a.json"), folder.path().join("s.json"));
		let public = create_account(&account, "//Test//gateway", "one", CHEAP).unwrap();
		create_storage_key(&storage, "one", CHEAP).unwrap();
		assert_eq!(load_account(&account, "one").unwrap().public_key().0, public.0);
		load_storage_key(&storage, "one").unwrap();
		let wrong = load_account(&account, "two").unwrap_err();
		assert!(matches!(&wrong, KeyError::Keyfile(_, KeyfileError::WrongPassphrase)), "{wrong}");
		assert!(matches!(load_account(&storage, "one"), Err(KeyError::OtherKind(..))));
		assert!(matches!(load_storage_key(&account, "one"), Err(KeyError::OtherKind(..))));
	}

	#[test]
	fn guardian_keys_are_read_back_and_never_overwritten() {
		let folder = tempfile::tempdir().unwrap();
		let (path, storage) = (folder.path().join("guardian.json"), folder.path().join("s.json"));
		let made = create_guardian_keys(&path, "one", CHEAP).unwrap();
		let read = load_guardian_keys(&path, "one").unwrap();
		assert_eq!(read.sealing(), made.sealing());
		assert_eq!(read.kem().public(), made.kem().public());
		assert!(load_guardian_keys(&path, "two").is_err());
		assert!(create_guardian_keys(&path, "one", CHEAP).is_err());
		create_storage_key(&storage, "one", CHEAP).unwrap();
		assert!(matches!(load_guardian_keys(&storage, "one"), Err(KeyError::OtherKind(..))));
		assert_eq!(format!("{made:?}"), "GuardianKeys(hidden)");
	}

	#[test]
	fn both_shares_make_the_retention_key() {
		let folder = tempfile::tempdir().unwrap();
		let path = |name: &str| folder.path().join(name);
		let (one, two, public) = (path("1.json"), path("2.json"), path("retention.json"));
		let made = create_retention_key(&public, [(&one, "x"), (&two, "y")], CHEAP).unwrap();
		assert_eq!(load_retention_key(&public).unwrap(), made);
		let share = |path: &Path, passphrase: &str| {
			let secret = keyfile::load(path, passphrase).unwrap().secret;
			salus_envelope::retention::KeyShare::from_bytes(secret.as_slice().try_into().unwrap())
		};
		RetentionKey::join(&share(&one, "x"), &share(&two, "y"), &made).unwrap();
		assert!(RetentionKey::join(&share(&one, "x"), &share(&one, "x"), &made).is_err());
		// And it takes wraps.
		salus_envelope::retention::wrap_for_retention(&made, &Dek::generate().unwrap(), &[1; 32], &[2; 32], &[3; 32])
			.unwrap();
	}
}

//! Key service of a custodian: secrets per label class and month, wraps of record keys under them, scope tags.
//!
//! The gateway of the custodian runs it; it sees the plaintext at ingest anyway. Codes of categories and label classes
//! are those of the policy vocabulary; here they are numbers.

use crate::{
	kdf::{self, tag},
	random,
	record::Dek,
	secret::secret32,
	NoRandomness,
};
use aes_gcm::{
	aead::{Aead, Payload},
	Aes256Gcm, KeyInit,
};
use hmac::{Hmac, Mac};
use sha2::Sha256;
use zeroize::{Zeroize, Zeroizing};

secret32! {
	/// The root of all class secrets and scope tags of one handle at one custodian. It never leaves the key service.
	HandleSecret
}

secret32! {
	/// The secret of one (category, label class, month, epoch) of one handle. A capability hands over those it covers.
	ClassSecret
}

/// Bytes of a DEK wrap: version, salt, sealed key, tag.
pub const DEK_WRAP_LEN: usize = 1 + 32 + 32 + 16;
const DEK_WRAP_VERSION: u8 = 1;

/// Why a DEK cannot be wrapped or unwrapped.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyServiceError {
	/// A record has at least one label class (unlabelled counts as restricted), so there is at least one secret.
	#[error("a record key needs at least one class secret")]
	NoSecrets,
	/// The wrap has another length or version than the ones written here.
	#[error("this is not a wrap of a record key")]
	Malformed,
	/// The wrap does not open: a class secret is missing, wrong or out of order, the record is another one, or the wrap was
	/// altered. Which of them cannot be told.
	#[error("the record key does not open under these class secrets")]
	Refused,
	/// See [`NoRandomness`].
	#[error(transparent)]
	NoRandomness(#[from] NoRandomness),
}

impl HandleSecret {
	/// The secret of one class in one month: `HKDF-SHA256(handle secret, info = "salus/class/v1" || category || class ||
	/// month || epoch)`, integers little-endian as in SCALE. `month` is that of [`month_of`]; a higher `epoch` re-keys.
	pub fn class_secret(&self, category: u8, class: u8, month: u32, epoch: u32) -> ClassSecret {
		let fields: [&[u8]; 4] = [&[category], &[class], &month.to_le_bytes(), &epoch.to_le_bytes()];
		ClassSecret::from_bytes(*kdf::derive(self.expose(), None, tag::CLASS, &fields))
	}

	/// The tag by which the chain compares a class without knowing it: the first 16 bytes of `HMAC-SHA256(k, "salus/
	/// scope-tag/v1" || category || class || tag epoch)`, `k` derived from the handle secret for this use alone.
	pub fn scope_tag(&self, category: u8, class: u8, tag_epoch: u32) -> [u8; 16] {
		let key: Zeroizing<[u8; 32]> = kdf::derive(self.expose(), None, tag::SCOPE_TAG_KEY, &[]);
		let mut mac = Hmac::<Sha256>::new_from_slice(key.as_slice()).expect("HMAC takes a key of any length; qed");
		mac.update(tag::SCOPE_TAG);
		mac.update(&[category, class]);
		mac.update(&tag_epoch.to_le_bytes());
		let mut cut = [0; 16];
		cut.copy_from_slice(&mac.finalize().into_bytes()[..16]);
		cut
	}
}

impl ClassSecret {
	/// Commitment to the secret: the `key_commitment` of the context in which it is wrapped. The secret is uniformly
	/// random, so this tells nothing about it.
	pub fn commitment(&self) -> [u8; 32] {
		kdf::hash(tag::CLASS_COMMITMENT, &[self.expose()])
	}
}

/// Free form of [`HandleSecret::class_secret`].
pub fn class_secret(secret: &HandleSecret, category: u8, class: u8, month: u32, epoch: u32) -> ClassSecret {
	secret.class_secret(category, class, month, epoch)
}

/// Free form of [`HandleSecret::scope_tag`].
pub fn scope_tag(secret: &HandleSecret, category: u8, class: u8, tag_epoch: u32) -> [u8; 16] {
	secret.scope_tag(category, class, tag_epoch)
}

/// Wraps a record key under the secrets of **all** label classes of the record: who lacks one of them cannot open it.
///
/// The order counts: ascending by label class code, on both sides. AES-256-GCM under `HKDF-SHA256(secrets, fresh salt,
/// info = "salus/dek-wrap/v1" || number of secrets || record id)`; the key is used once, so its nonce is 0. GCM commits
/// to no key, which does no harm here: the record itself commits to its DEK.
///
/// # Errors
/// [`KeyServiceError::NoSecrets`], [`KeyServiceError::NoRandomness`].
pub fn wrap_dek(secrets: &[ClassSecret], record_id: &[u8; 32], dek: &Dek) -> Result<Vec<u8>, KeyServiceError> {
	wrap_dek_with_salt(secrets, record_id, dek, &random::public()?)
}

/// [`wrap_dek`] under a given salt, for frozen vectors.
pub(crate) fn wrap_dek_with_salt(
	secrets: &[ClassSecret],
	record_id: &[u8; 32],
	dek: &Dek,
	salt: &[u8; 32],
) -> Result<Vec<u8>, KeyServiceError> {
	let sealed = dek_cipher(secrets, record_id, salt)?
		.encrypt(&[0; 12].into(), Payload { msg: dek.expose(), aad: &[DEK_WRAP_VERSION] })
		.map_err(|_| KeyServiceError::Malformed)?;
	Ok([&[DEK_WRAP_VERSION][..], salt, &sealed].concat())
}

/// Opens what [`wrap_dek`] made.
///
/// # Errors
/// [`KeyServiceError::NoSecrets`], [`KeyServiceError::Malformed`], [`KeyServiceError::Refused`].
pub fn unwrap_dek(secrets: &[ClassSecret], record_id: &[u8; 32], wrap: &[u8]) -> Result<Dek, KeyServiceError> {
	if wrap.len() != DEK_WRAP_LEN || wrap[0] != DEK_WRAP_VERSION {
		return Err(KeyServiceError::Malformed);
	}
	let (salt, sealed) = wrap[1..].split_first_chunk::<32>().ok_or(KeyServiceError::Malformed)?;
	let opened = dek_cipher(secrets, record_id, salt)?
		.decrypt(&[0; 12].into(), Payload { msg: sealed, aad: &[DEK_WRAP_VERSION] })
		.map(Zeroizing::new)
		.map_err(|_| KeyServiceError::Refused)?;
	let mut key = [0; 32];
	key.copy_from_slice(&opened);
	let dek = Dek::from_bytes(key);
	key.zeroize();
	Ok(dek)
}

fn dek_cipher(secrets: &[ClassSecret], record_id: &[u8; 32], salt: &[u8; 32]) -> Result<Aes256Gcm, KeyServiceError> {
	if secrets.is_empty() {
		return Err(KeyServiceError::NoSecrets);
	}
	let mut material = Zeroizing::new(Vec::with_capacity(32 * secrets.len()));
	secrets.iter().for_each(|secret| material.extend_from_slice(secret.expose()));
	let count = (secrets.len() as u32).to_le_bytes();
	let key: Zeroizing<[u8; 32]> = kdf::derive(&material, Some(salt), tag::DEK_WRAP, &[&count, record_id]);
	Ok(Aes256Gcm::new((&*key).into()))
}

/// The month of a time in milliseconds since the Unix epoch, in UTC, as `year * 12 + month`, January being 0.
///
/// Consecutive months are consecutive numbers; `n / 12` is the year. January 1970 is 23,640. The calendar is the
/// proleptic Gregorian one (H. Hinnant, "chrono-compatible low-level date algorithms"). Years above 357 million give
/// `u32::MAX`.
pub fn month_of(unix_ms: u64) -> u32 {
	// Days since 1 March of year 0, so that a leap day ends its year.
	let days = unix_ms / 86_400_000 + 719_468;
	let (era, day_of_era) = (days / 146_097, days % 146_097);
	let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
	let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
	let months_since_march = (5 * day_of_year + 2) / 153;
	let months = (era * 400 + year_of_era) * 12 + months_since_march + 2;
	u32::try_from(months).unwrap_or(u32::MAX)
}

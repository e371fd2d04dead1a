//! The retention key of an institution: every record key is wrapped to it, so that a lost phone does not lose a chart.
//!
//! File-backed form: the seed is split into two shares, each of which lies in the keyfile of another officer. One share
//! alone is uniformly random. Each use writes an entry first; no entry, no key.

use crate::{
	record::Dek,
	secret::{secret32, xor},
	wrap::{self, WrapContext, WrapError, XWingPublic, XWingSecret},
	NoRandomness,
};
use std::io;

/// Purpose code in the context of a retention wrap; no purpose of access has it.
pub const PURPOSE_RETENTION: u8 = 0xff;

secret32! {
	/// One of the two shares of a retention key; says nothing without the other.
	KeyShare
}

/// The retention key of one institution, while both officers are present.
#[derive(Clone, Debug)]
pub struct RetentionKey(XWingSecret);

/// One use of the retention key, as the entry about it says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetentionUse {
	/// The record whose key is recovered.
	pub record_id: [u8; 32],
	/// The two officers who are answerable for this use.
	pub officers: [String; 2],
	/// Why the key is needed.
	pub reason: String,
}

/// Why the retention key gives no record key.
#[derive(Debug, thiserror::Error)]
pub enum RetentionError {
	/// The two shares do not belong to the key that the institution published.
	#[error("the shares do not make the retention key of this institution")]
	OtherKey,
	/// Two different officers and a reason are needed.
	#[error("use of the retention key needs two different officers and a reason")]
	DualControl,
	/// The entry about the use could not be written, so the key was not used.
	#[error("the entry about the use of the retention key could not be written: {0}")]
	EntryNotWritten(io::Error),
	/// See [`WrapError`].
	#[error(transparent)]
	Wrap(#[from] WrapError),
}

impl RetentionKey {
	/// A fresh key from the randomness of the operating system.
	///
	/// # Errors
	/// [`NoRandomness`].
	pub fn generate() -> Result<Self, NoRandomness> {
		XWingSecret::generate().map(Self)
	}

	/// The public half: vaults wrap to it without any officer.
	pub fn public(&self) -> &XWingPublic {
		self.0.public()
	}

	/// Splits the key into two shares. Splitting again gives shares that do not fit the earlier ones.
	///
	/// # Errors
	/// [`NoRandomness`].
	pub fn split(&self) -> Result<(KeyShare, KeyShare), NoRandomness> {
		let first = KeyShare::generate()?;
		let second = KeyShare::from_bytes(*xor(self.0.expose(), first.expose()));
		Ok((first, second))
	}

	/// Joins two shares, in any order, to the key whose public half is `public`.
	///
	/// # Errors
	/// [`RetentionError::OtherKey`].
	pub fn join(one: &KeyShare, other: &KeyShare, public: &XWingPublic) -> Result<Self, RetentionError> {
		let key = Self(XWingSecret::from_seed(*xor(one.expose(), other.expose())));
		if key.public() != public {
			return Err(RetentionError::OtherKey);
		}
		Ok(key)
	}

	/// Opens the retention wrap of one record. `write_entry` has to make the entry durable before it returns.
	///
	/// # Errors
	/// [`RetentionError::DualControl`], [`RetentionError::EntryNotWritten`], [`RetentionError::Wrap`].
	pub fn open(
		&self,
		wrap: &[u8],
		genesis: &[u8; 32],
		key_commitment: &[u8; 32],
		entry: &RetentionUse,
		write_entry: impl FnOnce(&RetentionUse) -> io::Result<()>,
	) -> Result<Dek, RetentionError> {
		let [first, second] = &entry.officers;
		let names = [first.trim(), second.trim()];
		if names.contains(&"") || names[0] == names[1] || entry.reason.trim().is_empty() {
			return Err(RetentionError::DualControl);
		}
		write_entry(entry).map_err(RetentionError::EntryNotWritten)?;
		let context = context(self.public(), &entry.record_id, key_commitment);
		Ok(Dek::from_bytes(*wrap::unwrap(&self.0, wrap, genesis, &context)?))
	}
}

/// Wraps a record key to the retention key of the institution.
///
/// # Errors
/// Those of [`wrap::wrap`].
pub fn wrap_for_retention(
	retention: &XWingPublic,
	dek: &Dek,
	genesis: &[u8; 32],
	record_id: &[u8; 32],
	key_commitment: &[u8; 32],
) -> Result<Vec<u8>, WrapError> {
	wrap::wrap(retention, dek.expose(), genesis, &context(retention, record_id, key_commitment))
}

fn context(retention: &XWingPublic, record_id: &[u8; 32], key_commitment: &[u8; 32]) -> WrapContext {
	WrapContext {
		subject: *record_id,
		epoch: 0,
		recipient: retention.hash(),
		purpose: PURPOSE_RETENTION,
		expires_at: u64::MAX,
		key_commitment: *key_commitment,
	}
}

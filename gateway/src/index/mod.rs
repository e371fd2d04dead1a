//! The index: what the gateway knows, in one file, every value encrypted under the gateway's storage key.
//!
//! Keys are random handles, record ids, numbers and keyed hashes; they stand in the file as they are. A commit is on disk when
//! [`Index::write`] returns.

mod batch;
mod database;
mod emergency;
mod keys;
mod locate;
mod merges;
mod rows;
mod sealing;
mod tables;
mod votes;

pub use batch::Batch;
pub use emergency::{
	deposit_key, read_deposit_key, CaseRow, DepositRow, DepositSet, HeldHalf, OwnRequestRow, OwnScope, PackageRow,
	ReleasedRow,
};
pub use keys::{compose, number_key, Key};
pub use locate::{
	AskedName, EnrolledName, EnrolmentRow, EnrolmentStage, EvaluationRow, IndexedEntry, IndexedPatient, OwnLocateRow,
	UsedRow,
};
pub use merges::{MergeRow, MergeStage, StatementRow};
pub use rows::{
	AnchorBatch, CareRow, EvidenceUse, FiledReceipts, JournalRow, Meta, OutboxRow, Parcel, PartRow, PatientRow,
	PendingGrant, PolicyRow, ReceiptRow, ReceiptState, RecordRow, RequestRow, StaffRow, Stage,
};
pub use sealing::StorageKey;
pub use tables::*;
pub use votes::{VoteRow, VoteStage};

use database::Reopening;
use redb::{Database, DatabaseError, ReadableTable, ReadableTableMetadata};
use sealing::Sealer;
use std::{io, ops::Bound, path::Path};

/// Why the index cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum IndexError {
	/// Another process has it open.
	#[error("the index is in use by another process: one gateway runs per data folder")]
	InUse,
	/// The storage key is another one, or a value was altered.
	#[error("a value of the index table `{0}` does not open: it was altered, or the storage key is another one")]
	Sealed(&'static str),
	/// A value opens but cannot be read.
	#[error("a value of the index table `{0}` cannot be read: a newer gateway wrote it, or it is damaged")]
	Unreadable(&'static str),
	/// The disk is full.
	#[error("the disk of the index is full: nothing was written")]
	DiskFull,
	/// The index belongs to another institution or chain.
	#[error("the data folder belongs to {0}: use another folder")]
	Foreign(String),
	/// The database.
	#[error("the index cannot be used: {0}")]
	Database(redb::Error),
}

impl<E: Into<redb::Error>> From<E> for IndexError {
	fn from(error: E) -> Self {
		match error.into() {
			redb::Error::DatabaseAlreadyOpen => Self::InUse,
			redb::Error::Io(error)
				if matches!(error.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded) =>
			{
				Self::DiskFull
			}
			other => Self::Database(other),
		}
	}
}

/// The index of one gateway.
pub struct Index {
	database: Reopening,
	sealer: Sealer,
}

impl Index {
	/// Opens the index file, made when it is not there.
	///
	/// # Errors
	/// [`IndexError::InUse`]; [`IndexError::Sealed`] when the storage key is not the one it was written with; [`IndexError::Database`].
	pub fn open(path: &Path, key: StorageKey) -> Result<Self, IndexError> {
		let file = path.to_owned();
		let index = Self::over(Box::new(move || Database::create(&file)), key)?;
		#[cfg(unix)]
		{
			use std::os::unix::fs::PermissionsExt;
			std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).map_err(redb::Error::Io)?;
		}
		Ok(index)
	}

	/// An index over a database that is opened by this function, now and after an error of its disk.
	fn over(
		open: Box<dyn Fn() -> Result<Database, DatabaseError> + Send + Sync>,
		key: StorageKey,
	) -> Result<Self, IndexError> {
		let index = Self { database: Reopening::new(open)?, sealer: Sealer::new(key) };
		// A wrong key shows now and not at the first patient.
		index.get(&META, META_KEY)?;
		Ok(index)
	}

	/// A value.
	///
	/// # Errors
	/// [`IndexError::Sealed`], [`IndexError::Unreadable`], [`IndexError::Database`].
	pub fn get<V: Row>(&self, table: &Table<V>, key: impl AsRef<[u8]>) -> Result<Option<V>, IndexError> {
		self.database.read(|transaction| {
			let stored = transaction.open_table(tables::definition(table.name))?;
			let Some(sealed) = stored.get(key.as_ref())? else { return Ok(None) };
			self.sealer.open(table.name, key.as_ref(), sealed.value()).map(Some)
		})
	}

	/// Every value whose key starts with `prefix`, in the order of keys.
	///
	/// # Errors
	/// As [`Self::get`].
	pub fn scan<V: Row>(&self, table: &Table<V>, prefix: impl AsRef<[u8]>) -> Result<Vec<(Key, V)>, IndexError> {
		self.database.read(|transaction| {
			let stored = transaction.open_table(tables::definition(table.name))?;
			batch::scan(&stored, &self.sealer, table, prefix.as_ref())
		})
	}

	/// At most `most` keys after this one, in their order. No value is read.
	///
	/// # Errors
	/// [`IndexError::Database`].
	pub fn keys_after<V: Row>(
		&self,
		table: &Table<V>,
		after: Option<&[u8]>,
		most: usize,
	) -> Result<Vec<Key>, IndexError> {
		self.database.read(|transaction| {
			let stored = transaction.open_table(tables::definition(table.name))?;
			let start = after.map_or(Bound::Unbounded, Bound::Excluded);
			let mut keys = Vec::new();
			for entry in stored.range::<&[u8]>((start, Bound::Unbounded))?.take(most) {
				keys.push(entry?.0.value().to_vec());
			}
			Ok(keys)
		})
	}

	/// Number of rows of a table.
	///
	/// # Errors
	/// [`IndexError::Database`].
	pub fn len<V: Row>(&self, table: &Table<V>) -> Result<u64, IndexError> {
		self.database.read(|transaction| Ok(transaction.open_table(tables::definition(table.name))?.len()?))
	}

	/// The value with the highest key.
	///
	/// # Errors
	/// As [`Self::get`].
	pub fn last<V: Row>(&self, table: &Table<V>) -> Result<Option<(Key, V)>, IndexError> {
		self.database.read(|transaction| {
			let stored = transaction.open_table(tables::definition(table.name))?;
			let Some((key, sealed)) = stored.last()? else { return Ok(None) };
			let value = self.sealer.open(table.name, key.value(), sealed.value())?;
			Ok(Some((key.value().to_vec(), value)))
		})
	}

	/// Changes that happen together or not at all. They are on disk when this returns.
	///
	/// # Errors
	/// Those of `work`, and of the commit.
	pub fn write<R, E: From<IndexError>>(&self, work: impl FnOnce(&mut Batch<'_>) -> Result<R, E>) -> Result<R, E> {
		let transaction = self.database.begin_write()?;
		let result = work(&mut Batch::new(&transaction, &self.sealer))?;
		transaction.commit().map_err(|error| self.database.note(error.into()))?;
		Ok(result)
	}

	/// Stores one value.
	///
	/// # Errors
	/// As [`Self::write`].
	pub fn put<V: Row>(&self, table: &Table<V>, key: impl AsRef<[u8]>, value: &V) -> Result<(), IndexError> {
		self.write(|batch| batch.put(table, key, value))
	}

	/// Removes one value. One that is not there is no error.
	///
	/// # Errors
	/// As [`Self::write`].
	pub fn remove<V: Row>(&self, table: &Table<V>, key: impl AsRef<[u8]>) -> Result<(), IndexError> {
		self.write(|batch| batch.remove(table, key))
	}

	/// Keyed hash of a resource's bytes under a handle: finds a resource that was taken in before, and tells nobody without the key
	/// what it says.
	pub fn fingerprint(&self, handle: &salus_primitives::PatientHandle, original: &[u8]) -> [u8; 32] {
		self.sealer.fingerprint(&[&handle.0, original])
	}

	/// A keyed value that looks random and repeats: for the tags that fill a request up.
	pub fn pseudonym(&self, purpose: &str, parts: &[&[u8]]) -> [u8; 32] {
		let parts: Vec<&[u8]> = std::iter::once(purpose.as_bytes()).chain(parts.iter().copied()).collect();
		self.sealer.fingerprint(&parts)
	}
}

#[cfg(test)]
mod tests;

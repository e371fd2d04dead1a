//! The database file, opened anew after a failed write.
//!
//! After any error of the file system redb refuses everything until it is opened again. A full disk must not need a restart once there is room.

use super::{IndexError, TABLES};
use redb::{Database, DatabaseError, ReadTransaction, ReadableDatabase, TransactionError, WriteTransaction};
use std::sync::{
	atomic::{AtomicBool, Ordering},
	PoisonError, RwLock,
};

type Opener = Box<dyn Fn() -> Result<Database, DatabaseError> + Send + Sync>;

/// A database that comes back.
pub(super) struct Reopening {
	open: Opener,
	/// `None` after it could not be opened again.
	slot: RwLock<Option<Database>>,
	broken: AtomicBool,
}

impl Reopening {
	/// Opens the database and makes its tables.
	pub(super) fn new(open: Opener) -> Result<Self, IndexError> {
		let database = open()?;
		let transaction = database.begin_write()?;
		for name in TABLES {
			transaction.open_table(super::tables::definition(name))?;
		}
		transaction.commit()?;
		Ok(Self { open, slot: RwLock::new(Some(database)), broken: AtomicBool::new(false) })
	}

	pub(super) fn begin_write(&self) -> Result<WriteTransaction, IndexError> {
		self.twice(|| self.begin(Database::begin_write))
	}

	/// Reads. What fails by the file system is tried once more on a database that was opened anew.
	pub(super) fn read<R>(&self, work: impl Fn(&ReadTransaction) -> Result<R, IndexError>) -> Result<R, IndexError> {
		self.twice(|| work(&self.begin(|database| database.begin_read())?))
	}

	/// Looks at an error that a transaction met.
	pub(super) fn note(&self, error: IndexError) -> IndexError {
		if is_of_the_file(&error) {
			self.broken.store(true, Ordering::Release);
		}
		error
	}

	fn twice<R>(&self, work: impl Fn() -> Result<R, IndexError>) -> Result<R, IndexError> {
		match work().map_err(|error| self.note(error)) {
			Err(error) if is_of_the_file(&error) => work().map_err(|error| self.note(error)),
			other => other,
		}
	}

	fn begin<T>(&self, begin: impl Fn(&Database) -> Result<T, TransactionError>) -> Result<T, IndexError> {
		if self.broken.load(Ordering::Acquire) {
			self.reopen()?;
		}
		// A poisoned lock holds a database or none: nothing that can panic runs under it in between.
		let slot = self.slot.read().unwrap_or_else(PoisonError::into_inner);
		match slot.as_ref() {
			Some(database) => Ok(begin(database)?),
			// Another thread is between closing and opening, and failed at it.
			None => Err(redb::Error::PreviousIo.into()),
		}
	}

	fn reopen(&self) -> Result<(), IndexError> {
		let mut slot = self.slot.write().unwrap_or_else(PoisonError::into_inner);
		if self.broken.load(Ordering::Acquire) {
			// Closed first: the file is locked by who has it open.
			drop(slot.take());
			*slot = Some((self.open)()?);
			self.broken.store(false, Ordering::Release);
			tracing::warn!("the index was opened anew after an error of its disk");
		}
		Ok(())
	}
}

fn is_of_the_file(error: &IndexError) -> bool {
	matches!(
		error,
		IndexError::DiskFull
			| IndexError::Database(redb::Error::Io(_) | redb::Error::PreviousIo | redb::Error::DatabaseClosed)
	)
}

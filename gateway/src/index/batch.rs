//! Reading and writing inside one transaction.

use super::{sealing::Sealer, tables::definition, IndexError, Key, Row, Table};
use redb::{ReadableTable, WriteTransaction};

/// A transaction under way.
pub struct Batch<'a> {
	transaction: &'a WriteTransaction,
	sealer: &'a Sealer,
}

impl<'a> Batch<'a> {
	pub(super) fn new(transaction: &'a WriteTransaction, sealer: &'a Sealer) -> Self {
		Self { transaction, sealer }
	}

	/// Stores a value.
	///
	/// # Errors
	/// [`IndexError::Database`], [`IndexError::DiskFull`].
	pub fn put<V: Row>(&mut self, table: &Table<V>, key: impl AsRef<[u8]>, value: &V) -> Result<(), IndexError> {
		let sealed = self.sealer.seal(table.name, key.as_ref(), value)?;
		let mut stored = self.transaction.open_table(definition(table.name))?;
		stored.insert(key.as_ref(), sealed.as_slice())?;
		Ok(())
	}

	/// Removes a value.
	///
	/// # Errors
	/// [`IndexError::Database`].
	pub fn remove<V: Row>(&mut self, table: &Table<V>, key: impl AsRef<[u8]>) -> Result<(), IndexError> {
		let mut stored = self.transaction.open_table(definition(table.name))?;
		stored.remove(key.as_ref())?;
		Ok(())
	}

	/// A value as this transaction sees it.
	///
	/// # Errors
	/// As [`super::Index::get`].
	pub fn get<V: Row>(&self, table: &Table<V>, key: impl AsRef<[u8]>) -> Result<Option<V>, IndexError> {
		let stored = self.transaction.open_table(definition(table.name))?;
		let Some(sealed) = stored.get(key.as_ref())? else { return Ok(None) };
		self.sealer.open(table.name, key.as_ref(), sealed.value()).map(Some)
	}

	/// Every value whose key starts with `prefix`, as this transaction sees it.
	///
	/// # Errors
	/// As [`super::Index::scan`].
	pub fn scan<V: Row>(&self, table: &Table<V>, prefix: impl AsRef<[u8]>) -> Result<Vec<(Key, V)>, IndexError> {
		let stored = self.transaction.open_table(definition(table.name))?;
		scan(&stored, self.sealer, table, prefix.as_ref())
	}
}

pub(super) fn scan<V: Row>(
	stored: &impl ReadableTable<&'static [u8], &'static [u8]>,
	sealer: &Sealer,
	table: &Table<V>,
	prefix: &[u8],
) -> Result<Vec<(Key, V)>, IndexError> {
	let mut found = Vec::new();
	for entry in stored.range::<&[u8]>(prefix..)? {
		let (key, sealed) = entry?;
		if !key.value().starts_with(prefix) {
			break;
		}
		found.push((key.value().to_vec(), sealer.open(table.name, key.value(), sealed.value())?));
	}
	Ok(found)
}

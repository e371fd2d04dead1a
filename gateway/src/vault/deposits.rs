//! What is kept for other custodians, apart from the own records.

use super::{BlobStore, FolderStore, VaultError};
use salus_envelope::ContentId;
use salus_primitives::InstitutionId;
use std::{
	collections::{BTreeMap, BTreeSet},
	fs, io,
	ops::Range,
	path::PathBuf,
	sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// A store for each custodian: a blob has the same name wherever it lies, so what one of them withdraws must not lie where somebody else's
/// blob of the same bytes does, least of all a record of this house.
pub struct Deposits {
	folder: PathBuf,
	quota: u64,
	open: Mutex<BTreeMap<InstitutionId, Arc<DepositStore>>>,
}

impl Deposits {
	/// Stores below a folder, each of at most `quota` bytes. Folders are made when they are needed.
	pub fn new(folder: PathBuf, quota: u64) -> Self {
		Self { folder, quota, open: Mutex::default() }
	}

	/// The store of a custodian.
	///
	/// # Errors
	/// [`VaultError::Io`], [`VaultError::DiskFull`].
	pub fn of(&self, custodian: InstitutionId) -> Result<Arc<dyn BlobStore>, VaultError> {
		Ok(self.open(custodian)?)
	}

	/// Destroys what none of these names stands for: a crash fell between a blob and whatever was to name it. Tells how many those were. Nobody may be
	/// storing anything meanwhile.
	///
	/// # Errors
	/// [`VaultError::Io`].
	pub fn keep_only(&self, named: &BTreeMap<InstitutionId, BTreeSet<ContentId>>) -> Result<usize, VaultError> {
		let folders = match fs::read_dir(&self.folder) {
			Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(0),
			folders => folders?,
		};
		let mut destroyed = 0;
		for folder in folders {
			let name = folder?.file_name();
			let Some(custodian) = name.to_str().and_then(|name| name.parse().ok()).map(InstitutionId) else { continue };
			let store = self.open(custodian)?;
			let is_named = |id: &ContentId| named.get(&custodian).is_some_and(|named| named.contains(id));
			for id in store.inner.names()?.iter().filter(|id| !is_named(id)) {
				store.delete(id)?;
				destroyed += 1;
			}
		}
		Ok(destroyed)
	}

	fn open(&self, custodian: InstitutionId) -> Result<Arc<DepositStore>, VaultError> {
		// Under the lock: opening a store clears what is on its way into it.
		let mut open = lock(&self.open);
		if let Some(store) = open.get(&custodian) {
			return Ok(store.clone());
		}
		let inner = FolderStore::open(&self.folder.join(custodian.0.to_string()))?;
		let used = Mutex::new(inner.size()?);
		let store = Arc::new(DepositStore { inner, custodian, quota: self.quota, used });
		open.insert(custodian, store.clone());
		Ok(store)
	}
}

/// What one custodian left here.
struct DepositStore {
	inner: FolderStore,
	custodian: InstitutionId,
	/// Bytes that it may hold.
	quota: u64,
	/// Bytes that it holds.
	used: Mutex<u64>,
}

impl BlobStore for DepositStore {
	/// # Errors
	/// [`VaultError::QuotaUsedUp`] as well. A blob that replaces another needs room beside it.
	fn put(&self, blob: &[u8]) -> Result<ContentId, VaultError> {
		let mut used = lock(&self.used);
		let id = ContentId::of(blob);
		// One that was cut off has another length: it is written anew.
		let before = self.inner.length(&id)?.unwrap_or(0);
		let after = used.saturating_sub(before).saturating_add(blob.len() as u64);
		if after > self.quota {
			return Err(VaultError::QuotaUsedUp(self.custodian));
		}
		self.inner.put(blob)?;
		*used = after;
		Ok(id)
	}

	fn get(&self, id: &ContentId) -> Result<Vec<u8>, VaultError> {
		self.inner.get(id)
	}

	fn get_range(&self, id: &ContentId, range: Range<u64>) -> Result<Vec<u8>, VaultError> {
		self.inner.get_range(id, range)
	}

	fn delete(&self, id: &ContentId) -> Result<(), VaultError> {
		let mut used = lock(&self.used);
		let length = self.inner.length(id)?.unwrap_or(0);
		self.inner.delete(id)?;
		*used = used.saturating_sub(length);
		Ok(())
	}

	fn exists(&self, id: &ContentId) -> Result<bool, VaultError> {
		self.inner.exists(id)
	}
}

fn lock<T>(shared: &Mutex<T>) -> MutexGuard<'_, T> {
	// A poisoned lock holds a complete value: it is changed in one step.
	shared.lock().unwrap_or_else(PoisonError::into_inner)
}

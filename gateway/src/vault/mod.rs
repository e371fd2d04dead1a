//! The vault: sealed blobs under the hash of their bytes. It never sees a key or a plaintext.

mod deposits;
mod folder;

pub use deposits::Deposits;
pub use folder::FolderStore;

use salus_envelope::ContentId;
use salus_primitives::InstitutionId;
use std::{io, ops::Range};

/// Why the vault cannot take or give a blob.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
	/// The disk is full. Nothing half-written was left behind.
	#[error("the vault's disk is full: nothing was written. Make room and try again")]
	DiskFull,
	/// What is kept for a custodian fills its quota. Nothing was written.
	#[error("what is kept here for institution {0} fills its quota: raise `emergency.quota_bytes`, or keep nothing more for it")]
	QuotaUsedUp(InstitutionId),
	/// There is no blob of this name.
	#[error("the blob {0} is missing from the vault: restore it from a backup")]
	Missing(ContentId),
	/// The bytes are not those that the name stands for.
	#[error("the blob {0} was altered in the vault: restore it from a backup")]
	Altered(ContentId),
	/// The range does not lie inside the blob.
	#[error("bytes {start}..{end} do not lie inside the blob")]
	OutOfRange {
		/// First byte asked for.
		start: u64,
		/// The byte after the last one.
		end: u64,
	},
	/// The file system failed in another way.
	#[error("the vault cannot be used: {0}")]
	Io(io::Error),
}

impl From<io::Error> for VaultError {
	fn from(error: io::Error) -> Self {
		match error.kind() {
			io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::DiskFull,
			_ => Self::Io(error),
		}
	}
}

/// A content-addressed store of sealed blobs. Calls block; callers run them where blocking is allowed.
pub trait BlobStore: Send + Sync {
	/// Stores a blob durably before it returns, and tells its name. Storing it again changes nothing.
	///
	/// # Errors
	/// [`VaultError::DiskFull`], [`VaultError::Io`].
	fn put(&self, blob: &[u8]) -> Result<ContentId, VaultError>;

	/// Stores many blobs; as durable as [`Self::put`], with fewer waits for the disk.
	///
	/// # Errors
	/// [`VaultError::DiskFull`], [`VaultError::Io`]; some of the blobs may have been stored then.
	fn put_all(&self, blobs: &[&[u8]]) -> Result<(), VaultError> {
		blobs.iter().try_for_each(|blob| self.put(blob).map(drop))
	}

	/// The whole blob, after its bytes were compared with its name.
	///
	/// # Errors
	/// [`VaultError::Missing`], [`VaultError::Altered`], [`VaultError::Io`].
	fn get(&self, id: &ContentId) -> Result<Vec<u8>, VaultError>;

	/// Part of a blob. **Not** compared with its name: only for callers who authenticate what they read, chunk by chunk
	/// ([`salus_envelope::record::open_range`]).
	///
	/// # Errors
	/// [`VaultError::Missing`], [`VaultError::OutOfRange`], [`VaultError::Io`].
	fn get_range(&self, id: &ContentId, range: Range<u64>) -> Result<Vec<u8>, VaultError>;

	/// Destroys a blob. One that is not there is no error.
	///
	/// # Errors
	/// [`VaultError::Io`].
	fn delete(&self, id: &ContentId) -> Result<(), VaultError>;

	/// Whether there is a blob of this name. Says nothing about its bytes.
	///
	/// # Errors
	/// [`VaultError::Io`].
	fn exists(&self, id: &ContentId) -> Result<bool, VaultError>;

	/// Whether the store takes blobs now: writes and removes a small one.
	fn is_writable(&self) -> bool {
		// Random, so that it is never a blob that somebody needs.
		let probe = salus_client::random_bytes();
		self.put(&probe).and_then(|id| self.delete(&id)).is_ok()
	}
}

#[cfg(test)]
pub mod testing;
#[cfg(test)]
mod tests;

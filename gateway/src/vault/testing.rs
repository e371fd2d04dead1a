//! A store that fails on purpose.

use super::{BlobStore, VaultError};
use salus_envelope::ContentId;
use std::{
	io,
	ops::Range,
	sync::atomic::{AtomicI64, Ordering},
};

/// Takes a number of blobs and then answers that the disk is full, as the operating system words it.
pub struct FullAfter<S> {
	/// The store behind.
	pub inner: S,
	left: AtomicI64,
}

impl<S> FullAfter<S> {
	/// A store with room for `room` blobs.
	pub fn new(inner: S, room: i64) -> Self {
		Self { inner, left: AtomicI64::new(room) }
	}

	/// Somebody made room.
	pub fn make_room(&self, room: i64) {
		self.left.store(room, Ordering::SeqCst);
	}
}

impl<S: BlobStore> BlobStore for FullAfter<S> {
	fn put(&self, blob: &[u8]) -> Result<ContentId, VaultError> {
		if self.left.fetch_sub(1, Ordering::SeqCst) <= 0 {
			return Err(io::Error::from(io::ErrorKind::StorageFull).into());
		}
		self.inner.put(blob)
	}

	fn get(&self, id: &ContentId) -> Result<Vec<u8>, VaultError> {
		self.inner.get(id)
	}

	fn get_range(&self, id: &ContentId, range: Range<u64>) -> Result<Vec<u8>, VaultError> {
		self.inner.get_range(id, range)
	}

	fn delete(&self, id: &ContentId) -> Result<(), VaultError> {
		self.inner.delete(id)
	}

	fn exists(&self, id: &ContentId) -> Result<bool, VaultError> {
		self.inner.exists(id)
	}
}

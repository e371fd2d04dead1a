//! Reading at a position, so that a range of a large record needs neither the whole blob nor a cursor.

use std::io;

/// Bytes that can be read at any position. Stores behind a network implement it with their ranged reads.
// `is_empty` would say nothing: no record is empty.
#[allow(clippy::len_without_is_empty)]
pub trait ReadAt {
	/// Number of bytes.
	fn len(&self) -> io::Result<u64>;

	/// Fills `buffer` from `offset` on.
	///
	/// # Errors
	/// [`io::ErrorKind::UnexpectedEof`] when fewer bytes are there, and errors of the store.
	fn read_exact_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()>;
}

impl ReadAt for [u8] {
	fn len(&self) -> io::Result<u64> {
		Ok(self.len() as u64)
	}

	fn read_exact_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
		let start = usize::try_from(offset).map_err(|_| io::ErrorKind::UnexpectedEof)?;
		let end = start.checked_add(buffer.len()).ok_or(io::ErrorKind::UnexpectedEof)?;
		buffer.copy_from_slice(self.get(start..end).ok_or(io::ErrorKind::UnexpectedEof)?);
		Ok(())
	}
}

impl ReadAt for Vec<u8> {
	fn len(&self) -> io::Result<u64> {
		ReadAt::len(self.as_slice())
	}

	fn read_exact_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
		self.as_slice().read_exact_at(offset, buffer)
	}
}

impl<T: ReadAt + ?Sized> ReadAt for &T {
	fn len(&self) -> io::Result<u64> {
		T::len(self)
	}

	fn read_exact_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
		T::read_exact_at(self, offset, buffer)
	}
}

#[cfg(unix)]
impl ReadAt for std::fs::File {
	fn len(&self) -> io::Result<u64> {
		Ok(self.metadata()?.len())
	}

	fn read_exact_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
		std::os::unix::fs::FileExt::read_exact_at(self, buffer, offset)
	}
}

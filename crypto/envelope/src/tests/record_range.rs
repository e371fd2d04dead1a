//! Ranged reads: right bytes, few bytes, nothing unverified.

use super::{dek, flipped, pattern};
use crate::record::{open_range, plaintext_len, seal, ReadAt, RecordError, CHUNK_LEN, HEADER_LEN, TAG_LEN};
use proptest::prelude::*;
use std::{cell::RefCell, io};

const CHUNK: usize = CHUNK_LEN as usize;
const LENGTH: u64 = 3 * CHUNK_LEN + 1_234;

fn record() -> Vec<u8> {
	seal(&dek(1), &pattern(LENGTH as usize)).unwrap()
}

/// A store that notes what was read of it.
struct Noting<'a> {
	blob: &'a [u8],
	reads: RefCell<Vec<(u64, usize)>>,
}

impl ReadAt for Noting<'_> {
	fn len(&self) -> io::Result<u64> {
		Ok(self.blob.len() as u64)
	}

	fn read_exact_at(&self, offset: u64, buffer: &mut [u8]) -> io::Result<()> {
		self.reads.borrow_mut().push((offset, buffer.len()));
		self.blob.read_exact_at(offset, buffer)
	}
}

#[test]
fn open_range_returns_the_bytes_across_chunk_borders() {
	let (blob, plaintext) = (record(), pattern(LENGTH as usize));
	let border = CHUNK_LEN - 8;
	for range in
		[0..1, 0..LENGTH, border - 1..border + 1, border..border, 5..2 * CHUNK_LEN, LENGTH - 1..LENGTH, LENGTH..LENGTH]
	{
		let expected = &plaintext[range.start as usize..range.end as usize];
		assert_eq!(open_range(&dek(1), &blob, range.clone()).unwrap(), expected, "{range:?}");
	}
}

#[test]
fn open_range_reads_the_first_chunk_and_those_it_needs() {
	let blob = record();
	let store = Noting { blob: &blob, reads: RefCell::default() };
	open_range(&dek(1), &store, 2 * CHUNK_LEN + 10..2 * CHUNK_LEN + 20).unwrap();
	let size = CHUNK + TAG_LEN as usize;
	let chunk = |position: usize| ((HEADER_LEN + position * size) as u64, size);
	assert_eq!(*store.reads.borrow(), [(0, HEADER_LEN), chunk(0), chunk(2)]);
}

#[test]
fn open_range_fails_when_the_range_is_out_of_bounds() {
	let blob = record();
	#[allow(clippy::reversed_empty_ranges)]
	for range in [0..LENGTH + 1, LENGTH..LENGTH + 1, LENGTH + 1..LENGTH + 1, 10..9, 0..u64::MAX, u64::MAX..u64::MAX] {
		let error = open_range(&dek(1), &blob, range).unwrap_err();
		assert!(matches!(error, RecordError::RangeOutOfBounds { length: LENGTH, .. }), "{error}");
	}
}

#[test]
fn open_range_fails_when_a_chunk_of_the_range_was_altered() {
	let blob = record();
	let second = HEADER_LEN + CHUNK + TAG_LEN as usize;
	let altered = flipped(&blob, second + 7);
	let error = open_range(&dek(1), &altered, 0..CHUNK_LEN).unwrap_err();
	assert!(matches!(error, RecordError::Altered { chunk: 1 }));
	// Another range does not look at it.
	assert_eq!(open_range(&dek(1), &altered, 0..10).unwrap(), pattern(10));
}

#[test]
fn open_range_fails_when_the_blob_is_cut_off_behind_the_range() {
	let mut blob = record();
	blob.truncate(blob.len() - 500);
	assert!(matches!(open_range(&dek(1), &blob, 0..10), Err(RecordError::WrongLength { .. })));
}

#[test]
fn open_range_fails_when_the_key_is_another() {
	assert!(matches!(open_range(&dek(2), &record(), 0..10), Err(RecordError::KeyMismatch)));
}

#[test]
fn open_range_reports_a_store_that_fails() {
	struct Broken;
	impl ReadAt for Broken {
		fn len(&self) -> io::Result<u64> {
			Ok(1_000)
		}

		fn read_exact_at(&self, _: u64, _: &mut [u8]) -> io::Result<()> {
			Err(io::ErrorKind::TimedOut.into())
		}
	}
	let error = open_range(&dek(1), &Broken, 0..1).unwrap_err();
	assert!(matches!(error, RecordError::Read(error) if error.kind() == io::ErrorKind::TimedOut));
}

#[cfg(unix)]
#[test]
fn open_range_reads_files() {
	use std::io::Write;
	let mut file = tempfile::tempfile().unwrap();
	file.write_all(&record()).unwrap();
	assert_eq!(open_range(&dek(1), &file, 100..70_000).unwrap(), pattern(70_000)[100..]);
	assert_eq!(plaintext_len(&dek(1), &file).unwrap(), LENGTH);
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(64))]

	#[test]
	fn open_range_equals_the_slice(length in 0u64..200_000, a in any::<u64>(), b in any::<u64>()) {
		let blob = seal(&dek(1), &pattern(length as usize)).unwrap();
		let (a, b) = (a % (length + 1), b % (length + 1));
		let range = a.min(b)..a.max(b);
		let expected = pattern(length as usize)[range.start as usize..range.end as usize].to_vec();
		prop_assert_eq!(open_range(&dek(1), &blob, range).unwrap(), expected);
	}
}

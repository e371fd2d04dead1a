//! Sealing and opening whole records, and everything that must not open.

use super::{dek, flipped, pattern};
use crate::record::{
	header_hash, key_commitment, open, seal, seal_with_salt, RecordError, CHUNK_LEN, HEADER_LEN, TAG_LEN,
};
use proptest::prelude::*;

const CHUNK: usize = CHUNK_LEN as usize;
const TAG: usize = TAG_LEN as usize;

/// Three chunks, the last one short.
fn three_chunks() -> Vec<u8> {
	seal(&dek(1), &pattern(2 * CHUNK + 5_000)).unwrap()
}

/// Where the chunk at `position` begins.
fn chunk_at(position: usize) -> usize {
	HEADER_LEN + position * (CHUNK + TAG)
}

fn with_bytes(blob: &[u8], at: usize, bytes: &[u8]) -> Vec<u8> {
	let mut blob = blob.to_vec();
	blob[at..at + bytes.len()].copy_from_slice(bytes);
	blob
}

#[test]
fn open_returns_the_plaintext_around_every_border() {
	// The true length takes 8 bytes of the first chunk; 248 is the last length below the floor of the padding.
	for length in [0, 1, 247, 248, 249, CHUNK - 9, CHUNK - 8, CHUNK - 7, CHUNK, 2 * CHUNK - 8, 2 * CHUNK - 7, 200_000] {
		let blob = seal(&dek(1), &pattern(length)).unwrap();
		assert_eq!(open(&dek(1), &blob).unwrap(), pattern(length), "{length}");
	}
}

#[test]
fn seal_hides_small_lengths() {
	let lengths: Vec<usize> = (0..=248).map(|length| seal(&dek(1), &pattern(length)).unwrap().len()).collect();
	assert!(lengths.iter().all(|length| *length == HEADER_LEN + 256 + TAG));
}

#[test]
fn seal_is_fresh_each_time() {
	let (one, other) = (seal(&dek(1), b"same").unwrap(), seal(&dek(1), b"same").unwrap());
	assert_ne!(key_commitment(&one).unwrap(), key_commitment(&other).unwrap());
	assert_ne!(one[HEADER_LEN..], other[HEADER_LEN..]);
}

#[test]
fn open_fails_when_the_magic_is_altered() {
	let blob = three_chunks();
	for at in 0..8 {
		assert!(matches!(open(&dek(1), &flipped(&blob, at)), Err(RecordError::NotARecord)));
	}
	assert!(matches!(open(&dek(1), &[]), Err(RecordError::NotARecord)));
}

#[test]
fn open_fails_when_the_suite_is_unknown() {
	let blob = with_bytes(&three_chunks(), 8, &2u16.to_be_bytes());
	assert!(matches!(open(&dek(1), &blob), Err(RecordError::UnsupportedSuite(2))));
}

#[test]
fn open_fails_when_a_header_field_is_malformed() {
	let blob = three_chunks();
	// Flags, chunk size, and padded lengths that the padding never produces.
	for altered in [
		with_bytes(&blob, 10, &[0, 1]),
		with_bytes(&blob, 12, &32_768u32.to_be_bytes()),
		with_bytes(&blob, 16, &0u64.to_be_bytes()),
		with_bytes(&blob, 16, &255u64.to_be_bytes()),
		with_bytes(&blob, 16, &257u64.to_be_bytes()),
		with_bytes(&blob, 16, &u64::MAX.to_be_bytes()),
		blob[..HEADER_LEN - 1].to_vec(),
	] {
		assert!(matches!(open(&dek(1), &altered), Err(RecordError::MalformedHeader)));
	}
}

#[test]
fn open_fails_when_the_header_claims_more_chunks_than_a_stream_has() {
	let blob = with_bytes(&three_chunks(), 16, &(1u64 << 48).to_be_bytes());
	assert!(matches!(open(&dek(1), &blob), Err(RecordError::TooLarge)));
}

#[test]
fn open_fails_when_the_padded_length_is_another_valid_one() {
	let blob = with_bytes(&three_chunks(), 16, &256u64.to_be_bytes());
	assert!(matches!(open(&dek(1), &blob), Err(RecordError::WrongLength { .. })));
	// Cut to fit the forged header: each chunk authenticates the header.
	let cut = &blob[..HEADER_LEN + 256 + TAG];
	assert!(matches!(open(&dek(1), cut), Err(RecordError::Altered { chunk: 0 })));
}

#[test]
fn open_fails_when_a_bit_of_the_salt_is_flipped() {
	let blob = three_chunks();
	for at in 24..56 {
		assert!(matches!(open(&dek(1), &flipped(&blob, at)), Err(RecordError::KeyMismatch)));
	}
}

#[test]
fn open_fails_when_a_bit_of_the_commitment_is_flipped() {
	let blob = three_chunks();
	for at in 56..HEADER_LEN {
		assert!(matches!(open(&dek(1), &flipped(&blob, at)), Err(RecordError::KeyMismatch)));
	}
}

#[test]
fn open_fails_when_a_bit_of_a_chunk_or_tag_is_flipped() {
	let blob = three_chunks();
	for position in 0..3 {
		let start = chunk_at(position);
		let end = chunk_at(position + 1).min(blob.len());
		for at in [start, start + 8, (start + end) / 2, end - TAG - 1, end - TAG, end - 1] {
			let error = open(&dek(1), &flipped(&blob, at)).unwrap_err();
			assert!(matches!(error, RecordError::Altered { chunk } if chunk as usize == position), "{at}: {error}");
		}
	}
}

#[test]
fn open_fails_when_chunks_are_swapped() {
	let mut blob = three_chunks();
	let (first, second) = blob[HEADER_LEN..chunk_at(2)].split_at_mut(CHUNK + TAG);
	first.swap_with_slice(second);
	assert!(matches!(open(&dek(1), &blob), Err(RecordError::Altered { chunk: 0 })));
}

#[test]
fn open_fails_when_a_chunk_comes_from_another_record_of_the_same_key() {
	let (blob, other) = (three_chunks(), three_chunks());
	let moved = with_bytes(&blob, chunk_at(1), &other[chunk_at(1)..chunk_at(2)]);
	assert!(matches!(open(&dek(1), &moved), Err(RecordError::Altered { chunk: 1 })));
}

#[test]
fn open_fails_when_the_blob_is_cut_off() {
	let blob = three_chunks();
	// Inside the last chunk, at chunk borders, inside the first chunk, after the header, and by a single byte.
	for length in [blob.len() - 1, blob.len() - 1_000, chunk_at(2), chunk_at(1), chunk_at(0) + 10, HEADER_LEN] {
		let error = open(&dek(1), &blob[..length]).unwrap_err();
		assert!(matches!(error, RecordError::WrongLength { found, .. } if found == length as u64), "{error}");
	}
}

#[test]
fn open_fails_when_the_last_chunk_is_cut_off_and_the_header_rewritten() {
	// Two full chunks remain. 131,072 is a padded length, so the forged header itself is in order.
	let mut blob = with_bytes(&three_chunks(), 16, &(2 * CHUNK_LEN).to_be_bytes());
	blob.truncate(chunk_at(2));
	assert!(matches!(open(&dek(1), &blob), Err(RecordError::Altered { chunk: 0 })));
}

#[test]
fn open_fails_when_bytes_are_appended() {
	let mut blob = three_chunks();
	blob.push(0);
	assert!(matches!(open(&dek(1), &blob), Err(RecordError::WrongLength { .. })));
}

#[test]
fn open_fails_when_the_key_is_another() {
	assert!(matches!(open(&dek(2), &three_chunks()), Err(RecordError::KeyMismatch)));
}

#[test]
fn header_hash_changes_with_every_bit_of_the_header() {
	let blob = seal_with_salt(&dek(1), b"text", [9; 32]).unwrap();
	let original = header_hash(&blob).unwrap();
	for at in 24..HEADER_LEN {
		assert_ne!(header_hash(&flipped(&blob, at)).unwrap(), original);
	}
	assert_eq!(header_hash(&blob[..HEADER_LEN]).unwrap(), original);
	assert!(matches!(header_hash(b"%PDF-1.7"), Err(RecordError::NotARecord)));
}

/// Lengths near chunk borders, where mistakes live, and small ones.
fn lengths() -> impl Strategy<Value = usize> {
	prop_oneof![0usize..600, (1usize..4, 0usize..40).prop_map(|(chunks, more)| chunks * CHUNK + more - 20)]
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(64))]

	#[test]
	fn open_inverts_seal(length in lengths(), key in any::<[u8; 32]>(), salt in any::<[u8; 32]>(), fill in any::<u8>()) {
		let dek = crate::Dek::from_bytes(key);
		let plaintext: Vec<u8> = pattern(length).iter().map(|byte| byte ^ fill).collect();
		let blob = seal_with_salt(&dek, &plaintext, salt).unwrap();
		prop_assert_eq!(open(&dek, &blob).unwrap(), plaintext);
	}

	#[test]
	fn open_fails_when_any_bit_is_flipped(length in 0usize..2_000, place in any::<prop::sample::Index>(), bit in 0u8..8) {
		let mut blob = seal(&dek(1), &pattern(length)).unwrap();
		let at = place.index(blob.len());
		blob[at] ^= 1 << bit;
		prop_assert!(open(&dek(1), &blob).is_err());
	}

	#[test]
	fn open_never_panics_on_arbitrary_bytes(bytes in prop::collection::vec(any::<u8>(), 0..400), header in any::<bool>()) {
		let mut blob = if header { three_header() } else { Vec::new() };
		blob.extend_from_slice(&bytes);
		prop_assert!(open(&dek(1), &blob).is_err());
	}
}

/// The beginning of a valid record.
fn three_header() -> Vec<u8> {
	seal_with_salt(&dek(1), b"", [3; 32]).unwrap()[..HEADER_LEN].to_vec()
}

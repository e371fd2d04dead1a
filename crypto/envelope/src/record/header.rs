//! The header of a record: 88 bytes, all integers big-endian.
//!
//! | Bytes | Field |
//! |---|---|
//! | 0..8 | magic `SALUSREC` |
//! | 8..10 | suite |
//! | 10..12 | flags, 0 |
//! | 12..16 | plaintext bytes per chunk, 65,536 |
//! | 16..24 | padded length |
//! | 24..56 | salt |
//! | 56..88 | key commitment |

use super::{RecordError, CHUNK_LEN, TAG_LEN};
use crate::{kdf, padding};

/// Bytes of the header.
pub const HEADER_LEN: usize = 88;
/// HKDF-SHA256, STREAM-BE32 over AES-256-GCM, PADMÉ.
pub(super) const SUITE: u16 = 1;
const MAGIC: &[u8; 8] = b"SALUSREC";
const FLAGS: [u8; 2] = [0; 2];

/// The header as it was read; every field but salt and commitment has a value that a sealer writes.
pub(super) struct Header {
	pub padded_len: u64,
	pub salt: [u8; 32],
	pub key_commitment: [u8; 32],
}

impl Header {
	pub fn encode(&self) -> [u8; HEADER_LEN] {
		let mut bytes = [0; HEADER_LEN];
		bytes[..8].copy_from_slice(MAGIC);
		bytes[8..10].copy_from_slice(&SUITE.to_be_bytes());
		bytes[10..12].copy_from_slice(&FLAGS);
		bytes[12..16].copy_from_slice(&(CHUNK_LEN as u32).to_be_bytes());
		bytes[16..24].copy_from_slice(&self.padded_len.to_be_bytes());
		bytes[24..56].copy_from_slice(&self.salt);
		bytes[56..].copy_from_slice(&self.key_commitment);
		bytes
	}

	/// Reads the header at the beginning of a blob.
	pub fn decode(blob: &[u8]) -> Result<Self, RecordError> {
		let (magic, rest) = blob.split_first_chunk::<8>().ok_or(RecordError::NotARecord)?;
		if magic != MAGIC {
			return Err(RecordError::NotARecord);
		}
		let (suite, rest) = rest.split_first_chunk().ok_or(RecordError::MalformedHeader)?;
		let suite = u16::from_be_bytes(*suite);
		if suite != SUITE {
			return Err(RecordError::UnsupportedSuite(suite));
		}
		let (flags, rest) = rest.split_first_chunk::<2>().ok_or(RecordError::MalformedHeader)?;
		let (chunk_len, rest) = rest.split_first_chunk().ok_or(RecordError::MalformedHeader)?;
		let (padded_len, rest) = rest.split_first_chunk().ok_or(RecordError::MalformedHeader)?;
		let (salt, rest) = rest.split_first_chunk().ok_or(RecordError::MalformedHeader)?;
		let key_commitment = rest.first_chunk().ok_or(RecordError::MalformedHeader)?;
		let padded_len = u64::from_be_bytes(*padded_len);
		// Only lengths that padding can produce: a second encoding of the same record must not exist.
		if *flags != FLAGS
			|| u64::from(u32::from_be_bytes(*chunk_len)) != CHUNK_LEN
			|| padding::padme(padded_len) != Some(padded_len)
		{
			return Err(RecordError::MalformedHeader);
		}
		let header = Self { padded_len, salt: *salt, key_commitment: *key_commitment };
		header.chunks()?;
		Ok(header)
	}

	pub fn hash(&self) -> [u8; 32] {
		kdf::hash(kdf::tag::HEADER, &[&self.encode()])
	}

	/// Number of chunks, at least 1. The counter of the stream has 32 bits and its largest value stays unused.
	pub fn chunks(&self) -> Result<u32, RecordError> {
		match u32::try_from(self.padded_len.div_ceil(CHUNK_LEN)) {
			Ok(chunks) if chunks < u32::MAX => Ok(chunks),
			_ => Err(RecordError::TooLarge),
		}
	}

	/// Bytes of header, chunks and tags. No overflow: `chunks` bounds the padded length to 2^48.
	pub fn blob_len(&self) -> Result<u64, RecordError> {
		Ok(HEADER_LEN as u64 + self.padded_len + u64::from(self.chunks()?) * TAG_LEN)
	}

	pub fn is_last(&self, position: u32) -> bool {
		(u64::from(position) + 1) * CHUNK_LEN >= self.padded_len
	}

	/// Plaintext bytes in the chunk at `position`.
	pub fn chunk_plain_len(&self, position: u32) -> usize {
		self.padded_len.saturating_sub(u64::from(position) * CHUNK_LEN).min(CHUNK_LEN) as usize
	}
}

/// Where the chunk at `position` begins in the blob.
pub(super) fn chunk_offset(position: u32) -> u64 {
	HEADER_LEN as u64 + u64::from(position) * (CHUNK_LEN + TAG_LEN)
}

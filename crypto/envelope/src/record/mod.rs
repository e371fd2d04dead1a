//! Records: padded, cut into chunks, encrypted and bound to one key.
//!
//! A blob is a header of [`HEADER_LEN`] bytes and the chunks of a STREAM-BE32 over AES-256-GCM. The stream carries
//! `true length (u64, big-endian) || plaintext || zeros`, padded to a PADMÉ length.

mod header;
mod read_at;
mod stream;

use crate::{kdf, padding, random, secret::secret32, NoRandomness};
use core::ops::Range;
use header::Header;
use stream::ChunkCipher;
use zeroize::Zeroizing;

pub use crate::content_id::ContentId;
pub use header::HEADER_LEN;
pub use read_at::ReadAt;

/// Plaintext bytes per chunk, before the tag of 16 bytes.
pub const CHUNK_LEN: u64 = 64 * 1024;
/// Bytes that AES-GCM adds to a chunk.
pub const TAG_LEN: u64 = 16;
/// Bytes of the true length in front of the plaintext.
const LENGTH_PREFIX: u64 = 8;

secret32! {
	/// The data encryption key of one version of one record.
	Dek
}

/// Why a record cannot be sealed or opened. No variant carries a byte of key or plaintext.
#[derive(Debug, thiserror::Error)]
pub enum RecordError {
	/// The blob does not begin like a record: another file, or a header that was overwritten.
	#[error("this is not an encrypted record")]
	NotARecord,
	/// The suite is not known here. A newer program wrote the record: update.
	#[error("the record is encrypted with suite {0}, which this version does not know")]
	UnsupportedSuite(u16),
	/// A field of the header has a value that no sealer writes.
	#[error("the header of the record is malformed")]
	MalformedHeader,
	/// The blob is shorter or longer than its header says: it was cut off, or something was appended.
	#[error("the record has {found} bytes where its header says {expected}")]
	WrongLength {
		/// Bytes that the header asks for.
		expected: u64,
		/// Bytes that are there.
		found: u64,
	},
	/// The key is not the one that the record commits to. Checked before anything is decrypted.
	#[error("the key does not belong to this record")]
	KeyMismatch,
	/// A chunk, or the header that each chunk authenticates, was altered, moved or taken from elsewhere.
	#[error("chunk {chunk} of the record was altered")]
	Altered {
		/// Position of the chunk, from 0.
		chunk: u32,
	},
	/// The content decrypts but is not padded as the format says: a faulty program sealed it.
	#[error("the padding of the record is wrong")]
	BadPadding,
	/// The range is not inside the plaintext.
	#[error("bytes {start}..{end} are not inside a record of {length} bytes")]
	RangeOutOfBounds {
		/// First byte asked for.
		start: u64,
		/// The byte after the last one asked for.
		end: u64,
		/// Length of the plaintext.
		length: u64,
	},
	/// The plaintext is larger than a stream of 2^32 chunks or than the memory of this machine.
	#[error("the record is too large")]
	TooLarge,
	/// The store failed while it was read.
	#[error("the record could not be read: {0}")]
	Read(#[from] std::io::Error),
	/// See [`NoRandomness`].
	#[error(transparent)]
	NoRandomness(#[from] NoRandomness),
}

/// Encrypts a plaintext of any length, 0 included, under a fresh salt.
///
/// # Errors
/// [`RecordError::TooLarge`] and [`RecordError::NoRandomness`].
pub fn seal(dek: &Dek, plaintext: &[u8]) -> Result<Vec<u8>, RecordError> {
	seal_with_salt(dek, plaintext, random::public()?)
}

/// [`seal`] under a given salt, for frozen vectors. A salt used twice with one key would repeat nonces.
pub(crate) fn seal_with_salt(dek: &Dek, plaintext: &[u8], salt: [u8; 32]) -> Result<Vec<u8>, RecordError> {
	let length = plaintext.len() as u64;
	let padded_len = length.checked_add(LENGTH_PREFIX).and_then(padding::padme).ok_or(RecordError::TooLarge)?;
	let keys = RecordKeys::derive(dek, &salt);
	let header = Header { padded_len, salt, key_commitment: keys.commitment() };
	let header_bytes = header.encode();
	let cipher = keys.cipher(&header_bytes);

	let blob_len = usize::try_from(header.blob_len()?).map_err(|_| RecordError::TooLarge)?;
	let mut blob = Vec::with_capacity(blob_len);
	blob.extend_from_slice(&header_bytes);
	let mut chunk = chunk_buffer();
	let mut rest = plaintext;
	for position in 0..header.chunks()? {
		let size = header.chunk_plain_len(position);
		chunk.clear();
		if position == 0 {
			chunk.extend_from_slice(&length.to_be_bytes());
		}
		let (now, later) = rest.split_at(rest.len().min(size - chunk.len()));
		chunk.extend_from_slice(now);
		chunk.resize(size, 0);
		rest = later;
		cipher.encrypt(position, header.is_last(position), &mut chunk)?;
		blob.extend_from_slice(&chunk);
	}
	Ok(blob)
}

/// Decrypts a whole record. Plaintext is handed over only after the last chunk and the padding have been verified.
///
/// # Errors
/// Any of [`RecordError`] but [`RecordError::RangeOutOfBounds`] and [`RecordError::NoRandomness`].
pub fn open(dek: &Dek, blob: &[u8]) -> Result<Vec<u8>, RecordError> {
	let opened = Opened::new(dek, blob)?;
	let header = &opened.header;
	let padded_len = usize::try_from(header.padded_len).map_err(|_| RecordError::TooLarge)?;
	// On any error below the buffer is overwritten: nothing unverified leaves this function.
	let mut content = Zeroizing::new(Vec::with_capacity(padded_len));
	let mut chunk = chunk_buffer();
	for position in 0..header.chunks()? {
		opened.read_chunk(blob, position, &mut chunk)?;
		content.extend_from_slice(&chunk);
	}
	let length = opened.true_len(&content)?;
	let end = (LENGTH_PREFIX + length) as usize;
	if content.iter().skip(end).any(|byte| *byte != 0) {
		return Err(RecordError::BadPadding);
	}
	Ok(content.get(LENGTH_PREFIX as usize..end).ok_or(RecordError::BadPadding)?.to_vec())
}

/// Decrypts a range of the plaintext and reads only the chunks that it touches, and the first one for the true length.
///
/// Every byte returned is authenticated at its position, and the blob has exactly the length that its authenticated
/// header says. Chunks outside the range are not looked at: to verify the whole record, use [`open`].
///
/// # Errors
/// [`RecordError::RangeOutOfBounds`] when the range ends before it starts or behind the plaintext, and those of [`open`].
pub fn open_range(dek: &Dek, blob: &(impl ReadAt + ?Sized), range: Range<u64>) -> Result<Vec<u8>, RecordError> {
	let opened = Opened::new(dek, blob)?;
	let mut chunk = chunk_buffer();
	opened.read_chunk(blob, 0, &mut chunk)?;
	let length = opened.true_len(&chunk)?;
	let Range { start, end } = range;
	if start > end || end > length {
		return Err(RecordError::RangeOutOfBounds { start, end, length });
	}
	if start == end {
		return Ok(Vec::new());
	}

	// Positions inside the padded stream: no overflow, both are at most `length` + 8, which is at most `padded_len`.
	let (start, end) = (start + LENGTH_PREFIX, end + LENGTH_PREFIX);
	let size = usize::try_from(end - start).map_err(|_| RecordError::TooLarge)?;
	let mut content = Zeroizing::new(Vec::with_capacity(size));
	let mut at = start;
	while at < end {
		let position = (at / CHUNK_LEN) as u32;
		let base = u64::from(position) * CHUNK_LEN;
		if position > 0 {
			opened.read_chunk(blob, position, &mut chunk)?;
		}
		let stop = end.min(base + chunk.len() as u64);
		let part = chunk.get((at - base) as usize..(stop - base) as usize).ok_or(RecordError::MalformedHeader)?;
		content.extend_from_slice(part);
		at = stop;
	}
	Ok(core::mem::take(&mut *content))
}

/// Length of the plaintext, from the first chunk alone.
///
/// # Errors
/// Those of [`open_range`] but [`RecordError::RangeOutOfBounds`].
pub fn plaintext_len(dek: &Dek, blob: &(impl ReadAt + ?Sized)) -> Result<u64, RecordError> {
	let opened = Opened::new(dek, blob)?;
	let mut chunk = chunk_buffer();
	opened.read_chunk(blob, 0, &mut chunk)?;
	opened.true_len(&chunk)
}

/// Hash of the header: what each chunk authenticates and what the anchor of the record names.
///
/// # Errors
/// [`RecordError::NotARecord`], [`RecordError::UnsupportedSuite`], [`RecordError::MalformedHeader`].
pub fn header_hash(blob: &[u8]) -> Result<[u8; 32], RecordError> {
	Ok(Header::decode(blob)?.hash())
}

/// The commitment to the key that the header holds. It goes into the context of each wrap of the key.
///
/// # Errors
/// Those of [`header_hash`].
pub fn key_commitment(blob: &[u8]) -> Result<[u8; 32], RecordError> {
	Ok(Header::decode(blob)?.key_commitment)
}

/// Room for one chunk and its tag from the start: a vector that grows leaves plaintext behind.
fn chunk_buffer() -> Zeroizing<Vec<u8>> {
	Zeroizing::new(Vec::with_capacity((CHUNK_LEN + TAG_LEN) as usize))
}

/// What the DEK and the salt of a record give: encryption key, key commitment, nonce prefix.
struct RecordKeys(Zeroizing<[u8; 71]>);

impl RecordKeys {
	fn derive(dek: &Dek, salt: &[u8; 32]) -> Self {
		Self(kdf::derive(dek.expose(), Some(salt), kdf::tag::RECORD, &[&header::SUITE.to_be_bytes()]))
	}

	fn commitment(&self) -> [u8; 32] {
		let mut commitment = [0; 32];
		commitment.copy_from_slice(&self.0[32..64]);
		commitment
	}

	fn cipher(&self, header: &[u8; HEADER_LEN]) -> ChunkCipher {
		let (mut key, mut prefix) = (Zeroizing::new([0; 32]), [0; 7]);
		key.copy_from_slice(&self.0[..32]);
		prefix.copy_from_slice(&self.0[64..]);
		ChunkCipher::new(&key, &prefix, kdf::hash(kdf::tag::HEADER, &[header]))
	}
}

/// A record whose header, length and key commitment have been checked; nothing of it has been decrypted yet.
struct Opened {
	header: Header,
	cipher: ChunkCipher,
}

impl Opened {
	fn new(dek: &Dek, blob: &(impl ReadAt + ?Sized)) -> Result<Self, RecordError> {
		let found = blob.len()?;
		let mut bytes = [0; HEADER_LEN];
		let present = found.min(HEADER_LEN as u64) as usize;
		blob.read_exact_at(0, &mut bytes[..present])?;
		let header = Header::decode(&bytes[..present])?;
		let expected = header.blob_len()?;
		if found != expected {
			return Err(RecordError::WrongLength { expected, found });
		}
		let keys = RecordKeys::derive(dek, &header.salt);
		// GCM commits to no key: one ciphertext can be made that opens under two. Compare before any decryption.
		if !bool::from(subtle::ConstantTimeEq::ct_eq(&keys.commitment()[..], &header.key_commitment[..])) {
			return Err(RecordError::KeyMismatch);
		}
		Ok(Self { cipher: keys.cipher(&bytes), header })
	}

	/// Replaces `chunk` by the plaintext of the chunk at `position`.
	fn read_chunk(&self, blob: &(impl ReadAt + ?Sized), position: u32, chunk: &mut Vec<u8>) -> Result<(), RecordError> {
		chunk.clear();
		chunk.resize(self.header.chunk_plain_len(position) + TAG_LEN as usize, 0);
		blob.read_exact_at(header::chunk_offset(position), chunk)?;
		self.cipher.decrypt(position, self.header.is_last(position), chunk)
	}

	/// The true length from the beginning of the first chunk; it has to be one that pads to the length in the header.
	fn true_len(&self, first_chunk: &[u8]) -> Result<u64, RecordError> {
		let prefix = first_chunk.first_chunk::<8>().ok_or(RecordError::BadPadding)?;
		let length = u64::from_be_bytes(*prefix);
		match length.checked_add(LENGTH_PREFIX).and_then(padding::padme) {
			Some(padded) if padded == self.header.padded_len => Ok(length),
			_ => Err(RecordError::BadPadding),
		}
	}
}

//! Content identifiers of blobs: CIDv1, codec `raw`, SHA2-256, in lower-case base32.

use codec::{Decode, Encode};
use core::{fmt, str::FromStr};
use serde::{de::Error as _, Deserialize, Deserializer, Serialize, Serializer};
use sha2::{Digest, Sha256};

/// SHA-256 of a whole blob; as text the CIDv1 that content-addressed stores use (`bafkrei…`).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub struct ContentId(pub [u8; 32]);

/// The text is not the CIDv1 (raw, SHA2-256, base32 in lower case) of a blob.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a content id: expected a CIDv1 in lower-case base32 over raw bytes with SHA2-256 (bafkrei…)")]
pub struct ContentIdError;

/// CID version 1, codec raw (0x55), multihash SHA2-256 (0x12) of 32 bytes.
const PREFIX: [u8; 4] = [0x01, 0x55, 0x12, 0x20];
/// 36 bytes in groups of 5 bits, and the multibase letter `b`.
const TEXT_LEN: usize = 1 + 58;
const ALPHABET: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";

impl ContentId {
	/// The identifier of these bytes.
	pub fn of(blob: &[u8]) -> Self {
		Self(Sha256::digest(blob).into())
	}

	/// The binary form of the CID, 36 bytes.
	pub fn to_cid_bytes(&self) -> [u8; 36] {
		let mut bytes = [0; 36];
		bytes[..4].copy_from_slice(&PREFIX);
		bytes[4..].copy_from_slice(&self.0);
		bytes
	}
}

impl fmt::Display for ContentId {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let (mut pending, mut bits, mut text) = (0u32, 0, String::with_capacity(TEXT_LEN));
		text.push('b');
		for byte in self.to_cid_bytes() {
			pending = pending << 8 | u32::from(byte);
			bits += 8;
			while bits >= 5 {
				bits -= 5;
				text.push(char::from(ALPHABET[(pending >> bits & 31) as usize]));
			}
		}
		// 288 bits are 57 letters and 3 bits more.
		text.push(char::from(ALPHABET[(pending << (5 - bits) & 31) as usize]));
		f.pad(&text)
	}
}

impl fmt::Debug for ContentId {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		fmt::Display::fmt(self, f)
	}
}

impl FromStr for ContentId {
	type Err = ContentIdError;

	fn from_str(text: &str) -> Result<Self, ContentIdError> {
		let letters = text.strip_prefix('b').filter(|_| text.len() == TEXT_LEN).ok_or(ContentIdError)?;
		let (mut pending, mut bits, mut bytes) = (0u32, 0, Vec::with_capacity(36));
		for letter in letters.bytes() {
			let value = ALPHABET.iter().position(|known| *known == letter).ok_or(ContentIdError)?;
			pending = pending << 5 | value as u32;
			bits += 5;
			if bits >= 8 {
				bits -= 8;
				bytes.push((pending >> bits) as u8);
			}
		}
		// The bits left over have to be 0: one identifier has one text.
		let canonical = pending & ((1 << bits) - 1) == 0;
		let hash = bytes.strip_prefix(&PREFIX).filter(|_| canonical).ok_or(ContentIdError)?;
		Ok(Self(hash.try_into().map_err(|_| ContentIdError)?))
	}
}

impl Serialize for ContentId {
	fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		serializer.collect_str(self)
	}
}

impl<'de> Deserialize<'de> for ContentId {
	fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
		String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
	}
}

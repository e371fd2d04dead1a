//! How byte values stand in JSON: `0x` and two hexadecimal digits for each byte.

use alloc::{string::String, vec::Vec};
use serde::{de::Error, ser::SerializeSeq, Deserialize, Deserializer, Serialize, Serializer};

/// One value of fixed size, for `#[serde(with = "hex_bytes")]`.
pub fn serialize<S: Serializer, const N: usize>(bytes: &[u8; N], serializer: S) -> Result<S::Ok, S::Error> {
	string::serialize(bytes, serializer)
}

pub fn deserialize<'de, D: Deserializer<'de>, const N: usize>(deserializer: D) -> Result<[u8; N], D::Error> {
	let bytes = string::deserialize(deserializer)?;
	let wrong_length = || D::Error::custom(format_args!("expected 0x and {N} bytes in hexadecimal"));
	bytes.try_into().map_err(|_| wrong_length())
}

/// A list of 32-byte values, for `#[serde(with = "hex_bytes::list")]`.
pub mod list {
	use super::*;

	pub fn serialize<S: Serializer>(list: &[[u8; 32]], serializer: S) -> Result<S::Ok, S::Error> {
		let mut out = serializer.serialize_seq(Some(list.len()))?;
		list.iter().try_for_each(|bytes| out.serialize_element(&Hex32(*bytes)))?;
		out.end()
	}

	pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<[u8; 32]>, D::Error> {
		Vec::<Hex32>::deserialize(deserializer).map(|list| list.into_iter().map(|hex| hex.0).collect())
	}
}

/// A byte string of any length, for `#[serde(with = "hex_bytes::string")]`.
pub mod string {
	use super::*;

	pub fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
		serializer.collect_str(&format_args!("0x{}", hex::encode(bytes)))
	}

	pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
		let text = String::deserialize(deserializer)?;
		let digits = text.strip_prefix("0x").ok_or_else(|| D::Error::custom("expected 0x and hexadecimal digits"))?;
		hex::decode(digits).map_err(D::Error::custom)
	}
}

struct Hex32([u8; 32]);

impl Serialize for Hex32 {
	fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		serialize(&self.0, serializer)
	}
}

impl<'de> Deserialize<'de> for Hex32 {
	fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
		deserialize(deserializer).map(Self)
	}
}

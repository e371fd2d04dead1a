//! Bytes as `0x…` in JSON, for keys and hashes that have no newtype.

use alloc::{format, string::String, vec::Vec};
use serde::{de::Error as _, Deserialize, Deserializer, Serialize, Serializer};

/// Writes the bytes as the newtypes of `salus-primitives` write theirs.
pub(crate) fn serialize<S: Serializer, const N: usize>(bytes: &[u8; N], serializer: S) -> Result<S::Ok, S::Error> {
	serializer.collect_str(&format_args!("0x{}", ::hex::encode(bytes)))
}

/// Reads `0x` and two hexadecimal digits for each byte.
pub(crate) fn deserialize<'de, D: Deserializer<'de>, const N: usize>(deserializer: D) -> Result<[u8; N], D::Error> {
	let expected = || D::Error::custom(format!("expected 0x and {N} bytes in hexadecimal"));
	let text = String::deserialize(deserializer)?;
	let mut bytes = [0; N];
	::hex::decode_to_slice(text.strip_prefix("0x").ok_or_else(expected)?, &mut bytes).map_err(|_| expected())?;
	Ok(bytes)
}

/// Bytes that may be missing, for `#[serde(with = "crate::hex::option")]`.
pub(crate) mod option {
	use super::*;

	pub(crate) fn serialize<S: Serializer>(bytes: &Option<[u8; 32]>, serializer: S) -> Result<S::Ok, S::Error> {
		bytes.map(Hex).serialize(serializer)
	}

	pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<[u8; 32]>, D::Error> {
		Ok(Option::<Hex>::deserialize(deserializer)?.map(|hex| hex.0))
	}
}

/// A list of numbered bytes, for `#[serde(with = "crate::hex::numbered")]`.
pub(crate) mod numbered {
	use super::*;

	pub(crate) fn serialize<S: Serializer>(list: &[(u16, [u8; 32])], serializer: S) -> Result<S::Ok, S::Error> {
		serializer.collect_seq(list.iter().map(|(number, bytes)| (number, Hex(*bytes))))
	}

	pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<(u16, [u8; 32])>, D::Error> {
		let list = Vec::<(u16, Hex)>::deserialize(deserializer)?;
		Ok(list.into_iter().map(|(number, hex)| (number, hex.0)).collect())
	}
}

#[derive(Serialize, Deserialize)]
struct Hex(#[serde(with = "super::hex")] [u8; 32]);

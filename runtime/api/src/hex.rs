//! 32 bytes as `0x…` in JSON, for keys and hashes that have no newtype.

use alloc::string::String;
use salus_primitives::Commitment;
use serde::{de::Error as _, Deserialize, Deserializer, Serializer};

/// Writes the bytes as the newtypes of `salus-primitives` write theirs.
pub(crate) fn serialize<S: Serializer>(bytes: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
	serializer.collect_str(&Commitment(*bytes))
}

/// Reads `0x` and 64 hexadecimal digits.
pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
	let bytes: Commitment = String::deserialize(deserializer)?.parse().map_err(D::Error::custom)?;
	Ok(bytes.0)
}

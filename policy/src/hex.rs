//! Thirty-two bytes as `0x…` in JSON. Reading also takes them without the prefix.

use alloc::{collections::BTreeSet, format, string::String, vec::Vec};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// `0x` and 64 digits.
pub fn to_text(bytes: &[u8; 32]) -> String {
	const DIGITS: &[u8; 16] = b"0123456789abcdef";
	let mut text = String::with_capacity(66);
	text.push_str("0x");
	for byte in bytes {
		text.push(char::from(DIGITS[usize::from(byte >> 4)]));
		text.push(char::from(DIGITS[usize::from(byte & 15)]));
	}
	text
}

/// The bytes of 64 hexadecimal digits, with or without `0x`; `None` for anything else.
pub fn from_text(text: &str) -> Option<[u8; 32]> {
	let digits = text.strip_prefix("0x").unwrap_or(text).as_bytes();
	let mut bytes = [0u8; 32];
	if digits.len() != 2 * bytes.len() {
		return None;
	}
	for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
		let value = |digit: u8| char::from(digit).to_digit(16);
		*byte = u8::try_from(value(pair[0])? * 16 + value(pair[1])?).ok()?;
	}
	Some(bytes)
}

/// For `#[serde(with)]` on one value.
pub fn serialize<S: Serializer>(bytes: &[u8; 32], serializer: S) -> Result<S::Ok, S::Error> {
	serializer.serialize_str(&to_text(bytes))
}

/// For `#[serde(with)]` on one value.
pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<[u8; 32], D::Error> {
	parse(&String::deserialize(deserializer)?)
}

fn parse<E: serde::de::Error>(text: &str) -> Result<[u8; 32], E> {
	from_text(text)
		.ok_or_else(|| E::custom(format!("expected 32 bytes in hexadecimal, found {} characters", text.len())))
}

/// For `#[serde(with)]` on a set.
pub mod set {
	use super::*;

	/// Writes a list in ascending order.
	pub fn serialize<S: Serializer>(set: &BTreeSet<[u8; 32]>, serializer: S) -> Result<S::Ok, S::Error> {
		set.iter().map(to_text).collect::<Vec<_>>().serialize(serializer)
	}

	/// Reads a list in any order.
	pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeSet<[u8; 32]>, D::Error> {
		Vec::<String>::deserialize(deserializer)?.iter().map(|text| parse(text)).collect()
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn bytes_read_back_as_written_with_and_without_prefix() {
		let bytes = core::array::from_fn(|i| i as u8 * 7);
		let text = to_text(&bytes);
		assert_eq!(from_text(&text), Some(bytes));
		assert_eq!(from_text(&text[2..]), Some(bytes));
	}

	#[test]
	fn wrong_length_and_wrong_digits_are_refused() {
		assert_eq!(from_text("0x00"), None);
		assert_eq!(from_text(&"zz".repeat(32)), None);
		assert_eq!(from_text(&"+1".repeat(32)), None);
		assert_eq!(from_text(&"é".repeat(32)), None);
	}
}

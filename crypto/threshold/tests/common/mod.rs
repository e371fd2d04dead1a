//! Reading of the frozen vectors. Nothing here or in a test writes them: see `vectors/reference.py`.

use serde::{de::DeserializeOwned, Deserialize, Deserializer};

/// Parses one of the vector files.
pub fn vectors<T: DeserializeOwned>(json: &str) -> T {
	serde_json::from_str(json).expect("vector file parses")
}

/// Bytes written as `0x…`, decoded without the crate's own code.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bytes(pub Vec<u8>);

impl Bytes {
	/// As 32 bytes.
	pub fn fixed(&self) -> [u8; 32] {
		self.0.as_slice().try_into().expect("32 bytes")
	}
}

impl<'de> Deserialize<'de> for Bytes {
	fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
		let text = String::deserialize(deserializer)?;
		let digits = text.strip_prefix("0x").expect("0x in front");
		let byte = |i: usize| u8::from_str_radix(&digits[i..i + 2], 16).expect("hexadecimal digits");
		Ok(Self((0..digits.len()).step_by(2).map(byte).collect()))
	}
}

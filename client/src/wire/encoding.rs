//! How byte strings and accounts stand in JSON.

use base64::{engine::general_purpose::STANDARD, Engine};
use codec::{Decode, Encode};
use serde::{de::Error as _, Deserialize, Deserializer, Serialize, Serializer};
use std::{fmt, str::FromStr};
use subxt::utils::AccountId32;

/// A fixed number of bytes, written as `0x` and hexadecimal digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub struct HexBytes<const N: usize>(pub [u8; N]);

/// A hash, key, salt or nonce.
pub type Bytes32 = HexBytes<32>;
/// A signature.
pub type Bytes64 = HexBytes<64>;

impl<const N: usize> From<[u8; N]> for HexBytes<N> {
	fn from(bytes: [u8; N]) -> Self {
		Self(bytes)
	}
}

impl<const N: usize> AsRef<[u8]> for HexBytes<N> {
	fn as_ref(&self) -> &[u8] {
		&self.0
	}
}

impl<const N: usize> fmt::Display for HexBytes<N> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "0x{}", hex::encode(self.0))
	}
}

impl<const N: usize> fmt::Debug for HexBytes<N> {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		fmt::Display::fmt(self, f)
	}
}

impl<const N: usize> FromStr for HexBytes<N> {
	type Err = String;

	fn from_str(text: &str) -> Result<Self, Self::Err> {
		let expected = || format!("expected 0x and {N} bytes in hexadecimal");
		let digits = text.strip_prefix("0x").ok_or_else(expected)?;
		let mut bytes = [0u8; N];
		hex::decode_to_slice(digits, &mut bytes).map_err(|_| expected())?;
		Ok(Self(bytes))
	}
}

impl<const N: usize> Serialize for HexBytes<N> {
	fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		serializer.collect_str(self)
	}
}

impl<'de, const N: usize> Deserialize<'de> for HexBytes<N> {
	fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
		String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
	}
}

/// A byte string of any length, written as standard base64 with padding.
#[derive(Clone, PartialEq, Eq, Default, Encode, Decode)]
pub struct Blob(pub Vec<u8>);

impl fmt::Debug for Blob {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "Blob({} bytes)", self.0.len())
	}
}

impl AsRef<[u8]> for Blob {
	fn as_ref(&self) -> &[u8] {
		&self.0
	}
}

impl From<Vec<u8>> for Blob {
	fn from(bytes: Vec<u8>) -> Self {
		Self(bytes)
	}
}

impl Serialize for Blob {
	fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		serializer.serialize_str(&STANDARD.encode(&self.0))
	}
}

impl<'de> Deserialize<'de> for Blob {
	fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
		STANDARD.decode(String::deserialize(deserializer)?).map(Self).map_err(D::Error::custom)
	}
}

/// An account of the chain (an sr25519 public key), written in SS58; `0x` and hexadecimal digits are read as well.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub struct Account(pub [u8; 32]);

impl From<AccountId32> for Account {
	fn from(account: AccountId32) -> Self {
		Self(account.0)
	}
}

impl From<Account> for AccountId32 {
	fn from(account: Account) -> Self {
		AccountId32(account.0)
	}
}

impl fmt::Display for Account {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		fmt::Display::fmt(&AccountId32(self.0), f)
	}
}

impl fmt::Debug for Account {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		fmt::Display::fmt(self, f)
	}
}

impl FromStr for Account {
	type Err = String;

	fn from_str(text: &str) -> Result<Self, Self::Err> {
		if text.starts_with("0x") {
			return Bytes32::from_str(text).map(|bytes| Self(bytes.0));
		}
		AccountId32::from_str(text)
			.map(Self::from)
			.map_err(|_| "expected an account in SS58, or 0x and 32 bytes in hexadecimal".to_owned())
	}
}

impl Serialize for Account {
	fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		serializer.collect_str(self)
	}
}

impl<'de> Deserialize<'de> for Account {
	fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
		String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn bytes_read_back_as_they_were_written() {
		let bytes = HexBytes([7u8; 32]);
		let json = serde_json::to_string(&bytes).unwrap();
		assert_eq!(json, format!("\"0x{}\"", "07".repeat(32)));
		assert_eq!(serde_json::from_str::<Bytes32>(&json).unwrap(), bytes);
		let blob = Blob(vec![0, 255, 3]);
		assert_eq!(serde_json::from_str::<Blob>(&serde_json::to_string(&blob).unwrap()).unwrap(), blob);
	}

	#[test]
	fn bytes_are_refused_when_prefix_length_or_digit_is_wrong() {
		for text in ["", "0x", "0707", "0x07", &format!("0x{}", "zz".repeat(32)), &format!("0x{}", "07".repeat(33))] {
			assert!(text.parse::<Bytes32>().is_err(), "{text}");
		}
	}

	#[test]
	fn an_account_is_read_in_both_forms() {
		let account = Account([9; 32]);
		assert_eq!(account.to_string().parse::<Account>().unwrap(), account);
		assert_eq!(format!("0x{}", "09".repeat(32)).parse::<Account>().unwrap(), account);
		assert!("5Nonsense".parse::<Account>().is_err());
	}
}

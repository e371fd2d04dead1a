//! Identifiers. Those of 32 or 16 bytes are random, public keys, or hashes under a secret: none is derived from a person's data.

use alloc::string::String;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use scale_info::TypeInfo;
use serde::{de::Error as _, Deserialize, Deserializer, Serialize, Serializer};

/// A number that names one thing on this chain.
macro_rules! number_id {
	($(#[$doc:meta])* $name:ident($inner:ty)) => {
		$(#[$doc])*
		#[derive(
			Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash,
			Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
		)]
		#[serde(transparent)]
		pub struct $name(pub $inner);

		impl fmt::Display for $name {
			fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
				self.0.fmt(f)
			}
		}
	};
}

/// A fixed number of bytes, written as `0x…` in JSON and in text.
macro_rules! bytes_id {
	($(#[$doc:meta])* $name:ident[$len:literal]) => {
		$(#[$doc])*
		#[derive(
			Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash,
			Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
		)]
		pub struct $name(pub [u8; $len]);

		impl fmt::Debug for $name {
			fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
				fmt::Display::fmt(self, f)
			}
		}

		impl fmt::Display for $name {
			fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
				f.write_str("0x")?;
				self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
			}
		}

		impl core::str::FromStr for $name {
			type Err = &'static str;

			fn from_str(text: &str) -> Result<Self, Self::Err> {
				const EXPECTED: &str = concat!("expected 0x and ", $len, " bytes in hexadecimal");
				let digits = text.strip_prefix("0x").ok_or(EXPECTED)?.as_bytes();
				let mut bytes = [0u8; $len];
				if digits.len() != 2 * bytes.len() {
					return Err(EXPECTED);
				}
				for (byte, pair) in bytes.iter_mut().zip(digits.chunks_exact(2)) {
					let pair = core::str::from_utf8(pair).map_err(|_| EXPECTED)?;
					if pair.starts_with('+') {
						return Err(EXPECTED);
					}
					*byte = u8::from_str_radix(pair, 16).map_err(|_| EXPECTED)?;
				}
				Ok(Self(bytes))
			}
		}

		impl Serialize for $name {
			fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
				serializer.collect_str(self)
			}
		}

		impl<'de> Deserialize<'de> for $name {
			fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
				String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
			}
		}
	};
}

number_id! {
	/// A member of the consortium: hospital, clinic, laboratory, research body or regulator.
	InstitutionId(u32)
}
number_id! {
	/// A capability, counted over the whole chain.
	CapabilityId(u64)
}
number_id! {
	/// A permit, counted over the whole chain.
	PermitId(u64)
}
number_id! {
	/// A committee of guardians: consortium committees are counted from 0, those of patients draw theirs from the upper half.
	CommitteeId(u32)
}
bytes_id! {
	/// A random name for one patient at one custodian institution.
	///
	/// Disclosed only to grantees and emergency requesters. It never changes: recovery and claims change who controls it.
	PatientHandle[32]
}
bytes_id! {
	/// A random name for one entry of the staff registry. Nothing on chain links it to a patient.
	PractitionerId[32]
}
bytes_id! {
	/// `blake2_256(SCALE(institution, handle, commitment))`: binds a record to who anchored it and for whom.
	RecordId[32]
}
bytes_id! {
	/// A keyed tag of (category, label class, epoch). The chain compares tags and cannot read them.
	ScopeTag[16]
}
bytes_id! {
	/// A node on the network: the Ed25519 public key (RFC 8032) that its libp2p peer id is made of.
	NodeId[32]
}
bytes_id! {
	/// `blake2_256(SCALE(genesis, requester, Q))` of an emergency request with the one-time point Q: unique for ever.
	EmergencyRequestId[32]
}
bytes_id! {
	/// A hiding commitment: Pedersen, or a hash over 32 random bytes and the content.
	Commitment[32]
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn bytes_read_back_as_they_were_written() {
		let tag = ScopeTag(*b"0123456789abcdef");
		assert_eq!(alloc::format!("{tag}").parse(), Ok(tag));
	}

	#[test]
	fn bytes_are_refused_when_prefix_length_or_digit_is_wrong() {
		for text in ["", "00", "0x", "0x+1112131415161718191a1b1c1d1e1f", "0xzz112233445566778899aabbccddeeff"] {
			assert!(text.parse::<ScopeTag>().is_err(), "{text}");
		}
	}
}

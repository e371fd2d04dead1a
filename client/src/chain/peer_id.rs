//! The names of nodes as libp2p writes them.

use ed25519_dalek::VerifyingKey;
use salus_primitives::NodeId;
use serde::{de::Error as _, Deserialize, Deserializer, Serialize, Serializer};
use std::{fmt, str::FromStr};

/// What stands before the key in the peer id of an Ed25519 key: the identity multihash (code 0x00) over 36 bytes of protobuf, field 1
/// (key type) 1 = Ed25519, field 2 (key data) of 32 bytes. By the libp2p specification, "Peer Ids and Keys".
const ED25519: [u8; 6] = [0x00, 0x24, 0x08, 0x01, 0x12, 0x20];

/// A node's peer id, like `12D3KooW…`: base58 of [`ED25519`] and the key with which it proves itself to other nodes.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct PeerId(pub NodeId);

impl fmt::Display for PeerId {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(&bs58::encode([&ED25519[..], &self.0 .0[..]].concat()).into_string())
	}
}

impl fmt::Debug for PeerId {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		fmt::Display::fmt(self, f)
	}
}

impl FromStr for PeerId {
	type Err = &'static str;

	fn from_str(text: &str) -> Result<Self, Self::Err> {
		const EXPECTED: &str =
			"expected the peer id of an Ed25519 key, like 12D3KooW…, as the node prints it when it starts";
		let mut bytes = [0; 38];
		let length = bs58::decode(text).onto(&mut bytes).map_err(|_| EXPECTED)?;
		let key: [u8; 32] =
			bytes[..length].strip_prefix(&ED25519).and_then(|key| key.try_into().ok()).ok_or(EXPECTED)?;
		// The text has no check digits: every second mistyped one is no point of the curve.
		VerifyingKey::from_bytes(&key).map_err(|_| "this is no key of a node: look for a typing error")?;
		Ok(Self(NodeId(key)))
	}
}

impl Serialize for PeerId {
	fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
		serializer.collect_str(self)
	}
}

impl<'de> Deserialize<'de> for PeerId {
	fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
		String::deserialize(deserializer)?.parse().map_err(D::Error::custom)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	/// The key of a node that has 32 bytes of 1 for a secret, and its peer id as `salus-node key inspect-node-key` prints it.
	const PRINTED: &str = "12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5";

	#[test]
	fn a_peer_id_is_the_text_that_a_node_prints() {
		let key = ed25519_dalek::SigningKey::from_bytes(&[1; 32]).verifying_key().to_bytes();
		assert_eq!(PeerId(NodeId(key)).to_string(), PRINTED);
		assert_eq!(PRINTED.parse(), Ok(PeerId(NodeId(key))));
		let json = serde_json::to_string(&PeerId(NodeId(key))).unwrap();
		assert_eq!(serde_json::from_str::<PeerId>(&json).unwrap().to_string(), PRINTED);
	}

	#[test]
	fn another_text_is_no_peer_id() {
		let rsa = "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N";
		let no_point = PeerId(NodeId([2; 32])).to_string();
		for text in ["", "12D3KooW", rsa, &PRINTED[..51], &format!("{PRINTED}1"), "0x00", "ä", &no_point] {
			assert!(text.parse::<PeerId>().is_err(), "{text}");
		}
	}
}

//! The JSON object of a keyfile.

use super::{KdfParams, KeyfileError, KeyfileInfo};
use crate::kdf::{self, tag};
use codec::Encode;
use serde::{Deserialize, Serialize};

const FORMAT: &str = "salus/keyfile/v1";
const KDF: &str = "argon2id";
const CIPHER: &str = "aes-256-gcm";

/// A keyfile in memory.
pub(super) struct Container {
	pub kind: String,
	pub public: String,
	pub params: KdfParams,
	pub salt: [u8; 32],
	pub nonce: [u8; 12],
	pub check: [u8; 32],
	pub ciphertext: Vec<u8>,
}

/// The same as text: byte strings in hexadecimal.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
	format: String,
	kind: String,
	public: String,
	kdf: String,
	params: KdfParams,
	salt: String,
	cipher: String,
	nonce: String,
	check: String,
	ciphertext: String,
	checksum: String,
}

impl Container {
	pub fn new(info: &KeyfileInfo, params: KdfParams, salt: [u8; 32], nonce: [u8; 12]) -> Self {
		let KeyfileInfo { kind, public } = info.clone();
		Self { kind, public, params, salt, nonce, check: [0; 32], ciphertext: Vec::new() }
	}

	pub fn info(&self) -> KeyfileInfo {
		KeyfileInfo { kind: self.kind.clone(), public: self.public.clone() }
	}

	/// All that is not encrypted, as associated data: `SCALE(format, kind, public, kdf, memory, passes, lanes, salt,
	/// cipher, nonce, check)`.
	pub fn header(&self) -> Vec<u8> {
		let KdfParams { memory_kib, passes, lanes } = self.params;
		let kdf = (KDF, memory_kib, passes, lanes, self.salt);
		(FORMAT, &self.kind, &self.public, kdf, CIPHER, self.nonce, self.check).encode()
	}

	/// Anyone can compute it: it finds accidents, the tag of the cipher finds attacks.
	fn checksum(&self) -> [u8; 32] {
		kdf::hash(tag::KEYFILE_SUM, &[&(self.header(), &self.ciphertext).encode()])
	}

	pub fn to_text(&self) -> String {
		let text = Text {
			format: FORMAT.into(),
			kind: self.kind.clone(),
			public: self.public.clone(),
			kdf: KDF.into(),
			params: self.params,
			salt: hex::encode(self.salt),
			cipher: CIPHER.into(),
			nonce: hex::encode(self.nonce),
			check: hex::encode(self.check),
			ciphertext: hex::encode(&self.ciphertext),
			checksum: hex::encode(self.checksum()),
		};
		let mut text = serde_json::to_string_pretty(&text).expect("strings and numbers are always JSON; qed");
		text.push('\n');
		text
	}

	pub fn from_text(text: &str) -> Result<Self, KeyfileError> {
		let value: serde_json::Value =
			serde_json::from_str(text).map_err(|_| KeyfileError::Damaged("it is not JSON"))?;
		// The format first: a newer one may have other fields.
		match value.get("format").and_then(|format| format.as_str()) {
			Some(FORMAT) => {}
			Some(other) if other.starts_with("salus/keyfile/") => {
				return Err(KeyfileError::UnsupportedFormat(other.into()))
			}
			_ => return Err(KeyfileError::Damaged("it does not say that it is a keyfile")),
		}
		let text: Text =
			serde_json::from_value(value).map_err(|_| KeyfileError::Damaged("a field is missing or unknown"))?;
		if (text.kdf.as_str(), text.cipher.as_str()) != (KDF, CIPHER) {
			return Err(KeyfileError::UnsupportedFormat(format!("{FORMAT} with {} and {}", text.kdf, text.cipher)));
		}
		let container = Self {
			params: text.params,
			salt: bytes(&text.salt)?,
			nonce: bytes(&text.nonce)?,
			check: bytes(&text.check)?,
			ciphertext: hex::decode(&text.ciphertext).map_err(|_| NOT_HEX)?,
			kind: text.kind,
			public: text.public,
		};
		if container.checksum() != bytes::<32>(&text.checksum)? {
			return Err(KeyfileError::Damaged("its checksum is wrong"));
		}
		Ok(container)
	}
}

const NOT_HEX: KeyfileError = KeyfileError::Damaged("a field is not hexadecimal of the right length");

fn bytes<const N: usize>(text: &str) -> Result<[u8; N], KeyfileError> {
	let mut bytes = [0; N];
	hex::decode_to_slice(text, &mut bytes).map_err(|_| NOT_HEX)?;
	Ok(bytes)
}

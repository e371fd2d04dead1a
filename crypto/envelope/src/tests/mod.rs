//! Tests that need more than one module, or the internals of one.

mod commitment_attack;
mod emergency;
mod forged_padding;
mod interop;
mod key_service;
mod keyfile;
mod locate;
mod one_time;
mod record;
mod record_range;
mod retention;
mod secrecy;
mod vectors;
mod wrap;

use crate::{kdf, Dek};

/// A key that is the same each time.
fn dek(byte: u8) -> Dek {
	Dek::from_bytes([byte; 32])
}

/// Plaintext whose bytes tell their position.
fn pattern(length: usize) -> Vec<u8> {
	(0..length).map(|i| ((i * 31 + 7) % 251) as u8).collect()
}

/// The bytes with one bit inverted.
fn flipped(bytes: &[u8], at: usize) -> Vec<u8> {
	let mut bytes = bytes.to_vec();
	bytes[at] ^= 1;
	bytes
}

#[test]
fn no_domain_tag_is_the_beginning_of_another() {
	for one in kdf::tag::ALL {
		for other in kdf::tag::ALL {
			assert!(one == other || !other.starts_with(one), "{one:?} {other:?}");
		}
	}
}

mod commitments {
	use crate::{commit, content_id::ContentIdError, ContentId};

	#[test]
	fn salted_keeps_domain_and_bytes_apart() {
		assert_ne!(commit::salted("ab", &[0; 32], b"c"), commit::salted("a", &[0; 32], b"bc"));
		assert_ne!(commit::salted("a", &[0; 32], b""), commit::salted("a", &[1; 32], b""));
		assert_ne!(commit::fresh_salt(), commit::fresh_salt());
	}

	#[test]
	fn content_id_is_that_of_other_tools() {
		// `ipfs add --cid-version 1` of an empty file.
		let empty = "bafkreihdwdcefgh4dqkjv67uzcmw7ojee6xedzdetojuzjevtenxquvyku";
		assert_eq!(ContentId::of(b"").to_string(), empty);
		assert_eq!(empty.parse(), Ok(ContentId::of(b"")));
		assert_eq!(serde_json::to_string(&ContentId::of(b"")).unwrap(), format!("\"{empty}\""));
	}

	#[test]
	fn content_id_is_refused_when_the_text_is_not_canonical() {
		let text = ContentId::of(b"").to_string();
		// Other case, cut off, extended, another multibase, another codec, and a last letter with bits left over.
		for wrong in [
			text.to_uppercase(),
			text[..text.len() - 1].into(),
			format!("{text}a"),
			text.replacen('b', "z", 1),
			text.replacen("bafkrei", "bafybei", 1),
			format!("{}v", &text[..text.len() - 1]),
			"b".repeat(59),
			"é".repeat(30),
			String::new(),
		] {
			assert_eq!(wrong.parse::<ContentId>(), Err(ContentIdError), "{wrong}");
		}
	}
}

//! RFC 9530 `Content-Digest` with SHA-256.

use super::{SignatureError, CONTENT_DIGEST};
use sfv::{BareItem, DictSerializer, Dictionary, KeyRef, ListEntry, Parser};
use sha2::{Digest, Sha256};

/// The header's value for a body.
pub fn content_digest(body: &[u8]) -> String {
	let hash: [u8; 32] = Sha256::digest(body).into();
	let mut dictionary = DictSerializer::new();
	dictionary.bare_item(KeyRef::constant("sha-256"), hash.as_slice());
	dictionary.finish().unwrap_or_default()
}

/// Checks a body against the header. Exactly one digest, SHA-256, is accepted: a second one could disagree.
pub fn verify_content_digest(header: &str, body: &[u8]) -> Result<(), SignatureError> {
	let malformed = |why: String| SignatureError::Malformed(CONTENT_DIGEST, why);
	let dictionary: Dictionary = Parser::new(header).parse().map_err(|error| malformed(error.to_string()))?;
	let [(key, ListEntry::Item(item))] = dictionary.iter().collect::<Vec<_>>()[..] else {
		return Err(malformed("expected one member, sha-256".to_owned()));
	};
	let (BareItem::ByteSequence(stated), "sha-256", true) = (&item.bare_item, key.as_str(), item.params.is_empty())
	else {
		return Err(malformed("expected sha-256=:base64:".to_owned()));
	};
	let actual: [u8; 32] = Sha256::digest(body).into();
	(stated[..] == actual).then_some(()).ok_or(SignatureError::Digest)
}

//! Content that is encrypted by the rules but not padded by them: a second form of the same record, or a hiding place.

use super::dek;
use crate::{
	kdf,
	record::{open, open_range, plaintext_len, RecordError},
};
use aes_gcm::{
	aead::{Aead, Payload},
	Aes256Gcm, KeyInit,
};

const SALT: [u8; 32] = [5; 32];

/// A record of one chunk with exactly this padded content, under the key of [`dek`]`(1)`.
fn forge(content: &[u8]) -> Vec<u8> {
	let keys = kdf::derive::<71>(dek(1).expose(), Some(&SALT), kdf::tag::RECORD, &[&1u16.to_be_bytes()]);
	let mut blob = b"SALUSREC".to_vec();
	blob.extend_from_slice(&[0, 1, 0, 0, 0, 1, 0, 0]);
	blob.extend_from_slice(&(content.len() as u64).to_be_bytes());
	blob.extend_from_slice(&SALT);
	blob.extend_from_slice(&keys[32..64]);
	let aad = kdf::hash(kdf::tag::HEADER, &[&blob]);
	let nonce: [u8; 12] = [&keys[64..], &[0, 0, 0, 0, 1]].concat().try_into().unwrap();
	let cipher = Aes256Gcm::new_from_slice(&keys[..32]).unwrap();
	blob.extend_from_slice(&cipher.encrypt(&nonce.into(), Payload { msg: content, aad: &aad }).unwrap());
	blob
}

/// 512 bytes of content that claim a plaintext of `length` bytes.
fn content(length: u64) -> Vec<u8> {
	let mut content = length.to_be_bytes().to_vec();
	content.resize(512, 0);
	content
}

#[test]
fn open_accepts_what_the_rules_produce() {
	for length in [489, 500, 504] {
		assert_eq!(open(&dek(1), &forge(&content(length))).unwrap(), vec![0; length as usize]);
	}
}

#[test]
fn open_fails_when_the_padding_is_not_zero() {
	for at in [8 + 490, 511] {
		let mut content = content(490);
		content[at] = 1;
		assert!(matches!(open(&dek(1), &forge(&content)), Err(RecordError::BadPadding)), "{at}");
	}
	// The last byte of the plaintext is no padding.
	let mut content = content(490);
	content[8 + 489] = 1;
	assert_eq!(open(&dek(1), &forge(&content)).unwrap()[489], 1);
}

#[test]
fn open_fails_when_the_true_length_pads_to_another_length() {
	for length in [0, 488, 505, 1 << 40, u64::MAX - 8, u64::MAX] {
		let blob = forge(&content(length));
		assert!(matches!(open(&dek(1), &blob), Err(RecordError::BadPadding)), "{length}");
		assert!(matches!(open_range(&dek(1), &blob, 0..1), Err(RecordError::BadPadding)), "{length}");
		assert!(matches!(plaintext_len(&dek(1), &blob), Err(RecordError::BadPadding)), "{length}");
	}
}

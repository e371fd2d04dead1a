//! The attack that the key commitment is there for: one ciphertext with a tag that is valid under two keys.
//!
//! GCM's tag is a polynomial over GF(2^128) in a key-dependent point, so one block of ciphertext can be chosen such that
//! two keys agree on the tag (Dodis, Grubbs, Ristenpart, Woodage, "Fast Message Franking", CRYPTO 2018). A custodian
//! could show one record to a patient and another one to a court. The first tests prove that the crafted chunk really
//! passes both tags; the last one that the record opens under the committed key alone.

use super::dek;
use crate::{
	kdf::tag,
	record::{open, open_range, RecordError, HEADER_LEN},
	Dek,
};
use aes_gcm::{
	aead::{Aead, Payload},
	Aes256Gcm, KeyInit,
};
use sha2::{Digest, Sha256};

const SALT: [u8; 32] = [5; 32];
/// Plaintext of one chunk: 256 bytes, 16 blocks.
const PADDED: usize = 256;
/// The block of ciphertext that is solved for; under the first key it is inside the plaintext.
const FREE: usize = 6;

/// Product in the field of GCM, bits as SP 800-38D has them: the first bit of a block is the lowest coefficient.
fn multiply(x: u128, y: u128) -> u128 {
	let (mut product, mut v) = (0, x);
	for bit in (0..128).rev() {
		if y >> bit & 1 == 1 {
			product ^= v;
		}
		v = if v & 1 == 1 { v >> 1 ^ 0xe1 << 120 } else { v >> 1 };
	}
	product
}

const ONE: u128 = 1 << 127;

fn power(base: u128, exponent: u128) -> u128 {
	(0..128).rev().fold(ONE, |sum, bit| {
		let sum = multiply(sum, sum);
		if exponent >> bit & 1 == 1 {
			multiply(sum, base)
		} else {
			sum
		}
	})
}

/// `x^(2^128 - 2)`.
fn inverse(x: u128) -> u128 {
	power(x, u128::MAX - 1)
}

/// What one key does to a single-chunk record under [`SALT`].
struct Side {
	cipher: Aes256Gcm,
	nonce: [u8; 12],
	commitment: [u8; 32],
	/// GHASH key, and encrypted counter block that masks the tag.
	point: u128,
	mask: u128,
}

impl Side {
	fn new(dek: &Dek) -> Self {
		let keys = crate::kdf::derive::<71>(dek.expose(), Some(&SALT), tag::RECORD, &[&1u16.to_be_bytes()]);
		let cipher = Aes256Gcm::new_from_slice(&keys[..32]).unwrap();
		let mut nonce = [0; 12];
		nonce[..7].copy_from_slice(&keys[64..]);
		// First chunk, which is the last one.
		nonce[11] = 1;
		// Tags of known messages give the mask and the point: an empty message has the tag `mask`, and one zero block of
		// associated data more has `mask ^ length * point`.
		let tag_of = |aad: &[u8]| {
			let tag = cipher.encrypt(&nonce.into(), Payload { msg: b"", aad }).unwrap();
			u128::from_be_bytes(tag.try_into().unwrap())
		};
		let mask = tag_of(b"");
		let point = multiply(tag_of(&[0; 16]) ^ mask, inverse(128 << 64));
		Self { cipher, nonce, commitment: keys[32..64].try_into().unwrap(), point, mask }
	}

	/// GHASH and mask: the tag of a ciphertext.
	fn tag(&self, aad: &[u8; 32], ciphertext: &[u8]) -> u128 {
		let lengths = ((8 * aad.len() as u128) << 64) | (8 * ciphertext.len() as u128);
		let blocks = aad.chunks(16).chain(ciphertext.chunks(16));
		let sum =
			blocks.fold(0, |sum, block| multiply(sum ^ u128::from_be_bytes(block.try_into().unwrap()), self.point));
		multiply(sum ^ lengths, self.point) ^ self.mask
	}

	fn decrypt(&self, aad: &[u8; 32], chunk: &[u8]) -> Option<Vec<u8>> {
		self.cipher.decrypt(&self.nonce.into(), Payload { msg: chunk, aad }).ok()
	}
}

/// A record that commits to the first key and whose chunk has a tag that is valid under both.
fn crafted(first: &Side, second: &Side) -> (Vec<u8>, [u8; 32]) {
	let mut blob = b"SALUSREC".to_vec();
	blob.extend_from_slice(&[0, 1, 0, 0, 0, 1, 0, 0]);
	blob.extend_from_slice(&(PADDED as u64).to_be_bytes());
	blob.extend_from_slice(&SALT);
	blob.extend_from_slice(&first.commitment);
	let aad: [u8; 32] = Sha256::new().chain_update(tag::HEADER).chain_update(&blob).finalize().into();

	let mut content = vec![0; PADDED];
	content[..8].copy_from_slice(&248u64.to_be_bytes());
	let mut ciphertext = first.cipher.encrypt(&first.nonce.into(), Payload { msg: &content, aad: &aad }).unwrap();
	ciphertext.truncate(PADDED);

	// The tags differ by D with the free block at 0; adding x there changes them by x * H1^e and x * H2^e.
	let free = 16 * FREE..16 * (FREE + 1);
	ciphertext[free.clone()].fill(0);
	let difference = first.tag(&aad, &ciphertext) ^ second.tag(&aad, &ciphertext);
	let exponent = (PADDED / 16 - FREE + 1) as u128;
	let slope = power(first.point, exponent) ^ power(second.point, exponent);
	ciphertext[free].copy_from_slice(&multiply(difference, inverse(slope)).to_be_bytes());

	let tag = first.tag(&aad, &ciphertext);
	blob.extend_from_slice(&ciphertext);
	blob.extend_from_slice(&tag.to_be_bytes());
	(blob, aad)
}

#[test]
fn crafted_chunk_passes_the_tag_under_both_keys() {
	let (first, second) = (Side::new(&dek(1)), Side::new(&dek(2)));
	let (blob, aad) = crafted(&first, &second);
	let one = first.decrypt(&aad, &blob[HEADER_LEN..]).expect("valid under the first key");
	let other = second.decrypt(&aad, &blob[HEADER_LEN..]).expect("valid under the second key");
	assert_ne!(one, other);
	assert!(Side::new(&dek(3)).decrypt(&aad, &blob[HEADER_LEN..]).is_none());
}

#[test]
fn open_fails_when_the_tag_is_valid_but_the_key_is_not_the_committed_one() {
	let (blob, _) = crafted(&Side::new(&dek(1)), &Side::new(&dek(2)));
	assert_eq!(open(&dek(1), &blob).unwrap().len(), 248);
	assert!(matches!(open(&dek(2), &blob), Err(RecordError::KeyMismatch)));
	assert!(matches!(open_range(&dek(2), &blob, 0..8), Err(RecordError::KeyMismatch)));
}

#[test]
fn open_fails_when_the_commitment_is_replaced_by_that_of_the_second_key() {
	let (first, second) = (Side::new(&dek(1)), Side::new(&dek(2)));
	let (mut blob, _) = crafted(&first, &second);
	blob[56..HEADER_LEN].copy_from_slice(&second.commitment);
	assert!(matches!(open(&dek(1), &blob), Err(RecordError::KeyMismatch)));
	// The chunk authenticates the header with the first commitment.
	assert!(matches!(open(&dek(2), &blob), Err(RecordError::Altered { chunk: 0 })));
}

#[test]
fn inverse_is_one() {
	for x in [1, ONE, 0x1234_5678_9abc_def0, u128::MAX] {
		assert_eq!(multiply(x, inverse(x)), ONE);
	}
}

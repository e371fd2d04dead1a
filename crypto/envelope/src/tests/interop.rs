//! Wraps against a second HPKE: `hpke-rs` 0.8 on libcrux, which shares no code with what seals and opens here.
//!
//! It knows X25519 and X-Wing under the code point 0x647a, so both are tried, in both directions. (MPL-2.0: a
//! development dependency only.)

use crate::wrap::{
	unwrap, wrap, WrapContext, WrapPublic, WrapSecret, X25519Secret, XWingSecret, AEAD_AES_256_GCM, KDF_HKDF_SHA256,
};
use codec::Encode;
use hpke_rs::{
	hpke_types::{AeadAlgorithm, KdfAlgorithm, KemAlgorithm},
	libcrux::HpkeLibcrux,
	Hpke, HpkePrivateKey, HpkePublicKey, Mode,
};

const GENESIS: [u8; 32] = [0xaa; 32];
const KEY: [u8; 32] = [0x55; 32];

fn context(secret: &impl WrapSecret) -> WrapContext {
	WrapContext {
		subject: [1; 32],
		epoch: 2,
		recipient: secret.public().hash(),
		purpose: 3,
		expires_at: 4,
		key_commitment: [5; 32],
	}
}

fn other_hpke(kem: KemAlgorithm) -> Hpke<HpkeLibcrux> {
	Hpke::new(Mode::Base, kem, KdfAlgorithm::HkdfSha256, AeadAlgorithm::Aes256Gcm)
}

fn info() -> Vec<u8> {
	[b"salus/wrap/v1".as_slice(), &GENESIS].concat()
}

/// The other implementation opens what is sealed here, and derives the same public key from the seed.
fn other_opens(kem: KemAlgorithm, encapsulated_len: usize, secret: &impl WrapSecret) {
	let context = context(secret);
	let sealed = wrap(secret.public(), &KEY, &GENESIS, &context).unwrap();
	let (encapsulated, ciphertext) = sealed[6..].split_at(encapsulated_len);
	let private = HpkePrivateKey::new(secret.expose().to_vec());
	let opened = other_hpke(kem)
		.open(encapsulated, &private, &info(), &context.encode(), ciphertext, None, None, None)
		.expect("the other implementation opens the wrap");
	assert_eq!(opened, KEY);
}

/// What the other implementation seals opens here.
fn other_seals(kem: KemAlgorithm, secret: &impl WrapSecret) {
	let context = context(secret);
	let public = HpkePublicKey::new(secret.public().as_bytes().to_vec());
	let (encapsulated, ciphertext) = other_hpke(kem)
		.seal(&public, &info(), &context.encode(), &KEY, None, None, None)
		.expect("the other implementation seals");
	let ids: Vec<u8> = [kem as u16, KDF_HKDF_SHA256, AEAD_AES_256_GCM].iter().flat_map(|id| id.to_be_bytes()).collect();
	let sealed = [ids, encapsulated, ciphertext].concat();
	assert_eq!(*unwrap(secret, &sealed, &GENESIS, &context).unwrap(), KEY);
}

#[test]
fn x25519_wraps_are_those_of_hpke_rs() {
	for seed in 1..8 {
		let secret = X25519Secret::from_seed([seed; 32]);
		other_opens(KemAlgorithm::DhKem25519, 32, &secret);
		other_seals(KemAlgorithm::DhKem25519, &secret);
	}
}

#[test]
fn x_wing_wraps_are_those_of_hpke_rs() {
	for seed in 1..8 {
		let secret = XWingSecret::from_seed([seed; 32]);
		other_opens(KemAlgorithm::XWingDraft06, 1120, &secret);
		other_seals(KemAlgorithm::XWingDraft06, &secret);
	}
}

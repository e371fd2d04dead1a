//! Wraps open for exactly what they were made for.

use super::flipped;
use crate::wrap::{
	rewrap, suite, unwrap, wrap, wrap_hash, WrapContext, WrapError, WrapPublic, WrapSecret, X25519Public, X25519Secret,
	XWingPublic, XWingSecret, AEAD_AES_256_GCM, KDF_HKDF_SHA256, KEM_X25519, KEM_X_WING,
};
use codec::{Decode, Encode};
use proptest::prelude::*;

const GENESIS: [u8; 32] = [0xaa; 32];
const KEY: [u8; 32] = [0x55; 32];

fn context(recipient: [u8; 32]) -> WrapContext {
	WrapContext {
		subject: [1; 32],
		epoch: 2,
		recipient,
		purpose: 3,
		expires_at: 1_800_000_000_000,
		key_commitment: [4; 32],
	}
}

fn wrapped(secret: &impl WrapSecret) -> (Vec<u8>, WrapContext) {
	let context = context(secret.public().hash());
	(wrap(secret.public(), &KEY, &GENESIS, &context).unwrap(), context)
}

/// Runs a test for both kinds of keys.
fn for_both(
	test: impl Fn(&dyn Fn(&[u8], &[u8; 32], &WrapContext) -> Result<[u8; 32], WrapError>, Vec<u8>, WrapContext),
) {
	let xwing = XWingSecret::from_seed([7; 32]);
	let (wrap, context) = wrapped(&xwing);
	test(&|wrap, genesis, context| unwrap(&xwing, wrap, genesis, context).map(|key| *key), wrap, context);
	let x25519 = X25519Secret::from_seed([7; 32]);
	let (wrap, context) = wrapped(&x25519);
	test(&|wrap, genesis, context| unwrap(&x25519, wrap, genesis, context).map(|key| *key), wrap, context);
}

#[test]
fn unwrap_returns_the_key() {
	for_both(|unwrap, wrap, context| assert_eq!(unwrap(&wrap, &GENESIS, &context), Ok(KEY)));
}

#[test]
fn wrap_names_its_algorithms_and_has_a_fixed_size() {
	let (xwing, _) = wrapped(&XWingSecret::generate().unwrap());
	assert_eq!(suite(&xwing), Ok((KEM_X_WING, KDF_HKDF_SHA256, AEAD_AES_256_GCM)));
	assert_eq!(xwing.len(), 6 + 1168);
	let (x25519, _) = wrapped(&X25519Secret::generate().unwrap());
	assert_eq!(suite(&x25519), Ok((KEM_X25519, KDF_HKDF_SHA256, AEAD_AES_256_GCM)));
	assert_eq!(x25519.len(), 6 + 80);
	assert_eq!(suite(&[0; 5]), Err(WrapError::Malformed));
}

#[test]
fn wrap_is_fresh_each_time() {
	let secret = XWingSecret::from_seed([7; 32]);
	let (one, other) = (wrapped(&secret).0, wrapped(&secret).0);
	assert_ne!(wrap_hash(&one), wrap_hash(&other));
}

#[test]
fn unwrap_fails_when_a_field_of_the_context_is_another() {
	for_both(|unwrap, wrap, context| {
		let alterations: [fn(&mut WrapContext); 5] = [
			|context| context.subject[0] ^= 1,
			|context| context.epoch += 1,
			|context| context.purpose += 1,
			|context| context.expires_at += 1,
			|context| context.key_commitment[31] ^= 1,
		];
		for alter in alterations {
			let mut altered = context.clone();
			alter(&mut altered);
			assert_eq!(unwrap(&wrap, &GENESIS, &altered), Err(WrapError::Refused), "{altered:?}");
		}
		let mut altered = context.clone();
		altered.recipient[0] ^= 1;
		assert_eq!(unwrap(&wrap, &GENESIS, &altered), Err(WrapError::OtherRecipient));
	});
}

#[test]
fn unwrap_fails_when_the_genesis_is_another() {
	for_both(|unwrap, wrap, context| assert_eq!(unwrap(&wrap, &[0xab; 32], &context), Err(WrapError::Refused)));
}

#[test]
fn unwrap_fails_when_the_key_is_another() {
	let (wrap, mut context) = wrapped(&XWingSecret::from_seed([7; 32]));
	let other = XWingSecret::from_seed([8; 32]);
	assert_eq!(unwrap(&other, &wrap, &GENESIS, &context).unwrap_err(), WrapError::OtherRecipient);
	// Even when it claims to be the recipient.
	context.recipient = other.public().hash();
	assert_eq!(unwrap(&other, &wrap, &GENESIS, &context).unwrap_err(), WrapError::Refused);
}

#[test]
fn unwrap_fails_when_a_bit_of_the_wrap_is_flipped() {
	for_both(|unwrap, wrap, context| {
		for at in 0..6 {
			let error = unwrap(&flipped(&wrap, at), &GENESIS, &context).unwrap_err();
			assert!(matches!(error, WrapError::UnsupportedSuite { .. }), "{at}");
		}
		// Encapsulated key, sealed key, tag.
		let end = wrap.len();
		for at in [6, 6 + 20, end - 60, end - 48, end - 20, end - 16, end - 1] {
			assert_eq!(unwrap(&flipped(&wrap, at), &GENESIS, &context), Err(WrapError::Refused), "{at}");
		}
	});
}

#[test]
fn unwrap_fails_when_the_wrap_is_cut_or_extended() {
	for_both(|unwrap, wrap, context| {
		let longer = [&wrap[..], &[0]].concat();
		for malformed in [&wrap[..wrap.len() - 1], &longer, &wrap[..6], &wrap[..3], &[]] {
			assert_eq!(unwrap(malformed, &GENESIS, &context), Err(WrapError::Malformed));
		}
	});
}

#[test]
fn unwrap_fails_when_the_wrap_is_for_another_kind_of_key() {
	let x25519 = X25519Secret::from_seed([7; 32]);
	let (wrap, _) = wrapped(&XWingSecret::from_seed([7; 32]));
	let error = unwrap(&x25519, &wrap, &GENESIS, &context(x25519.public().hash())).unwrap_err();
	assert_eq!(error, WrapError::UnsupportedSuite { kem: KEM_X_WING, kdf: KDF_HKDF_SHA256, aead: AEAD_AES_256_GCM });
}

#[test]
fn unwrap_fails_when_the_encapsulated_point_has_low_order() {
	let secret = X25519Secret::from_seed([7; 32]);
	let (mut wrap, context) = wrapped(&secret);
	wrap[6..38].fill(0);
	assert_eq!(unwrap(&secret, &wrap, &GENESIS, &context).unwrap_err(), WrapError::Refused);
}

#[test]
fn wrap_fails_when_the_context_names_another_recipient() {
	let secret = XWingSecret::from_seed([7; 32]);
	let error = wrap(secret.public(), &KEY, &GENESIS, &context([0; 32])).unwrap_err();
	assert_eq!(error, WrapError::OtherRecipient);
}

#[test]
fn wrap_fails_when_the_public_key_has_low_order() {
	let public = X25519Public::from_bytes(&[0; 32]).unwrap();
	let error = wrap(&public, &KEY, &GENESIS, &context(public.hash())).unwrap_err();
	assert_eq!(error, WrapError::InvalidPublicKey);
}

#[test]
fn public_key_is_refused_when_it_is_not_one() {
	assert_eq!(XWingPublic::from_bytes(&[0; 1215]), Err(WrapError::InvalidPublicKey));
	// Coefficients of ML-KEM are below 3,329; all bits set is no encoding of any.
	assert_eq!(XWingPublic::from_bytes(&[0xff; 1216]), Err(WrapError::InvalidPublicKey));
	assert_eq!(X25519Public::from_bytes(&[1; 31]), Err(WrapError::InvalidPublicKey));
	assert!(XWingPublic::decode(&mut &[0xff; 1216][..]).is_err());
	assert!(serde_json::from_str::<XWingPublic>("\"0x00\"").is_err());
	assert!(serde_json::from_str::<X25519Public>(&format!("\"{}\"", "11".repeat(32))).is_err());
}

#[test]
fn public_key_survives_encoding() {
	let public = XWingSecret::from_seed([7; 32]).public().clone();
	assert_eq!(public.encode(), public.as_bytes());
	assert_eq!(XWingPublic::decode(&mut &public.encode()[..]).unwrap(), public);
	assert_eq!(serde_json::from_str::<XWingPublic>(&serde_json::to_string(&public).unwrap()).unwrap(), public);
	assert_eq!(XWingPublic::from_bytes(public.as_bytes()), Ok(public));
}

#[test]
fn rewrap_moves_the_key_to_another_recipient_and_kind() {
	let (from, to) = (XWingSecret::from_seed([7; 32]), X25519Secret::from_seed([8; 32]));
	let (old, old_context) = wrapped(&from);
	let new_context = WrapContext { recipient: to.public().hash(), epoch: 9, purpose: 1, ..old_context.clone() };
	let new = rewrap(&from, &old, &GENESIS, &old_context, to.public(), &new_context).unwrap();
	assert_eq!(*unwrap(&to, &new, &GENESIS, &new_context).unwrap(), KEY);
}

#[test]
fn rewrap_fails_when_subject_or_commitment_would_change() {
	let secret = XWingSecret::from_seed([7; 32]);
	let (old, context) = wrapped(&secret);
	for other in [
		WrapContext { subject: [9; 32], ..context.clone() },
		WrapContext { key_commitment: [9; 32], ..context.clone() },
	] {
		let error = rewrap(&secret, &old, &GENESIS, &context, secret.public(), &other).unwrap_err();
		assert_eq!(error, WrapError::OtherSubject);
	}
	let wrong = WrapContext { epoch: 3, ..context.clone() };
	assert_eq!(rewrap(&secret, &old, &GENESIS, &wrong, secret.public(), &context), Err(WrapError::Refused));
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(32))]

	#[test]
	fn unwrap_inverts_wrap(
		seed in any::<[u8; 32]>(), key in any::<[u8; 32]>(), genesis in any::<[u8; 32]>(), subject in any::<[u8; 32]>(),
		epoch in any::<u32>(), purpose in any::<u8>(), expires_at in any::<u64>(), key_commitment in any::<[u8; 32]>(),
	) {
		let secret = XWingSecret::from_seed(seed);
		let recipient = secret.public().hash();
		let context = WrapContext { subject, epoch, recipient, purpose, expires_at, key_commitment };
		let sealed = wrap(secret.public(), &key, &genesis, &context).unwrap();
		prop_assert_eq!(*unwrap(&secret, &sealed, &genesis, &context).unwrap(), key);
	}

	#[test]
	fn unwrap_never_panics_on_arbitrary_bytes(bytes in prop::collection::vec(any::<u8>(), 0..1_300)) {
		let secret = XWingSecret::from_seed([7; 32]);
		let mut wrap = wrapped(&secret).0[..6].to_vec();
		wrap.extend_from_slice(&bytes);
		prop_assert!(unwrap(&secret, &wrap, &GENESIS, &context(secret.public().hash())).is_err());
	}
}

//! One-time keys: bound as a pair, signing per domain.

use super::flipped;
use crate::one_time::{BadSignature, OneTimeKeys, OneTimePublic};

const DOMAIN: &str = "salus/release-challenge/v1";

#[test]
fn binding_covers_both_keys() {
	let (one, other) = (OneTimeKeys::generate().unwrap().public(), OneTimeKeys::generate().unwrap().public());
	let mixed = OneTimePublic { signing: one.signing, xwing: other.xwing.clone() };
	assert_ne!(one.binding(), mixed.binding());
	assert_ne!(other.binding(), mixed.binding());
}

#[test]
fn keys_survive_storing() {
	let keys = OneTimeKeys::generate().unwrap();
	let restored = OneTimeKeys::from_seeds(&keys.to_seeds());
	assert_eq!(restored.public(), keys.public());
	assert_eq!(restored.xwing().expose(), keys.xwing().expose());
	let public = keys.public();
	assert_eq!(serde_json::from_str::<OneTimePublic>(&serde_json::to_string(&public).unwrap()).unwrap(), public);
}

#[test]
fn verify_accepts_the_signature_of_the_same_domain_and_message_only() {
	let keys = OneTimeKeys::generate().unwrap();
	let (public, signature) = (keys.public(), keys.sign(DOMAIN, b"nonce"));
	assert_eq!(public.verify(DOMAIN, b"nonce", &signature), Ok(()));
	assert_eq!(public.verify(DOMAIN, b"nonc", &signature), Err(BadSignature));
	assert_eq!(public.verify("salus/release-challenge/v", b"1nonce", &signature), Err(BadSignature));
	assert_eq!(OneTimeKeys::generate().unwrap().public().verify(DOMAIN, b"nonce", &signature), Err(BadSignature));
	for at in [0, 31, 32, 63] {
		let altered = flipped(&signature, at).try_into().unwrap();
		assert_eq!(public.verify(DOMAIN, b"nonce", &altered), Err(BadSignature));
	}
}

#[test]
fn verify_refuses_a_key_of_small_order() {
	let xwing = OneTimeKeys::generate().unwrap().public().xwing;
	// The neutral element: with R = 0 and s = 0 a lax verifier accepts any message under it.
	let mut signing = [0; 32];
	signing[0] = 1;
	let mut signature = [0; 64];
	signature[0] = 1;
	assert_eq!(OneTimePublic { signing, xwing }.verify(DOMAIN, b"any", &signature), Err(BadSignature));
}

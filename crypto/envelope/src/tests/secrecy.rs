//! Nothing that is printed or logged shows a secret.

use super::dek;
use crate::{
	keyfile,
	one_time::OneTimeKeys,
	record,
	retention::{KeyShare, RetentionKey},
	ClassSecret, HandleSecret, KdfParams, LocateKeys, ScopeHalf, ScopeSecret, X25519Secret, XWingSecret,
};

/// Byte that all secrets below consist of; `{:?}` of an array shows it in decimal, an encoder in hexadecimal.
const BYTE: u8 = 0xb7;

fn assert_hidden(shown: String) {
	let (decimal, hexadecimal) = (format!("{BYTE}, {BYTE}"), hex::encode([BYTE; 2]));
	for trace in [decimal, hexadecimal.clone(), hexadecimal.to_uppercase(), "the secret".into()] {
		assert!(!shown.contains(&trace), "{shown}");
	}
}

#[test]
fn debug_shows_no_secret() {
	let seed = [BYTE; 32];
	assert_hidden(format!("{:?} {:#?}", dek(BYTE), dek(BYTE)));
	assert_hidden(format!("{:?}", HandleSecret::from_bytes(seed)));
	assert_hidden(format!("{:?}", ClassSecret::from_bytes(seed)));
	assert_hidden(format!("{:?}", KeyShare::from_bytes(seed)));
	assert_hidden(format!("{:?}", LocateKeys::from_output(&[BYTE; 64])));
	assert_hidden(format!("{:?} {:?}", ScopeSecret::from_bytes(seed), ScopeHalf::from_bytes(seed)));
	assert_hidden(format!("{:?} {:#?}", XWingSecret::from_seed(seed), X25519Secret::from_seed(seed)));
	assert_hidden(format!("{:?} {:#?}", OneTimeKeys::from_seeds(&[BYTE; 64]), OneTimeKeys::from_seeds(&[BYTE; 64])));
	let (one, other) = (KeyShare::from_bytes(seed), KeyShare::from_bytes([0; 32]));
	let key = RetentionKey::join(&one, &other, XWingSecret::from_seed(seed).public()).unwrap();
	assert_hidden(format!("{key:?} {key:#?}"));
}

#[test]
fn debug_of_a_keyfile_shows_no_secret() {
	let info = keyfile::KeyfileInfo { kind: "kind".into(), public: "public".into() };
	let params = KdfParams { memory_kib: 16, passes: 1, lanes: 1 };
	let text = keyfile::seal(&info, &[BYTE; 64], "passphrase", params).unwrap();
	let shown = format!("{:#?}", keyfile::open(&text, "passphrase").unwrap());
	assert!(shown.contains("public"));
	assert_hidden(shown);
}

#[test]
fn errors_show_no_plaintext() {
	let blob = record::seal(&dek(BYTE), b"the secret").unwrap();
	let mut altered = blob.clone();
	altered[100] ^= 1;
	for error in [
		record::open(&dek(1), &blob).unwrap_err(),
		record::open(&dek(BYTE), &altered).unwrap_err(),
		record::open_range(&dek(BYTE), &blob, 0..11).unwrap_err(),
	] {
		assert_hidden(format!("{error} {error:?}"));
	}
}

#[test]
fn sealed_record_shows_no_plaintext() {
	let blob = record::seal(&dek(BYTE), &b"the secret".repeat(100)).unwrap();
	assert!(!blob.windows(10).any(|window| window == b"the secret"));
	assert!(!blob.windows(4).any(|window| window == [BYTE; 4]));
}

/// Every secret type is overwritten when it is dropped.
#[test]
fn secrets_are_zeroized_on_drop() {
	fn assert_zeroized<T: zeroize::ZeroizeOnDrop>() {}
	assert_zeroized::<crate::Dek>();
	assert_zeroized::<HandleSecret>();
	assert_zeroized::<ClassSecret>();
	assert_zeroized::<KeyShare>();
	assert_zeroized::<ScopeSecret>();
	assert_zeroized::<ScopeHalf>();
	assert_zeroized::<XWingSecret>();
	assert_zeroized::<X25519Secret>();
	assert_zeroized::<ed25519_dalek::SigningKey>();
}

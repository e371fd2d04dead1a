//! Keyfiles: what is wrong with one is told apart, and none is lost or readable by others.

use crate::keyfile::{
	change_passphrase, create, inspect, load, open, peek, replace, seal, KdfParams, KeyfileError, KeyfileInfo,
};
use std::fs;

/// Cheap, for tests alone.
const PARAMS: KdfParams = KdfParams { memory_kib: 16, passes: 1, lanes: 1 };

fn info() -> KeyfileInfo {
	KeyfileInfo { kind: "practitioner".into(), public: "0x2a".into() }
}

fn text() -> String {
	seal(&info(), b"the secret", "passphrase", PARAMS).unwrap()
}

/// The text with one field of its JSON replaced.
fn with_field(text: &str, field: &str, value: serde_json::Value) -> String {
	let mut json: serde_json::Value = serde_json::from_str(text).unwrap();
	json[field] = value;
	json.to_string()
}

/// The text with the checksum that an attacker would put there.
fn with_right_checksum(text: &str) -> String {
	use codec::Encode;
	let json: serde_json::Value = serde_json::from_str(text).unwrap();
	let text_of = |field: &str| json[field].as_str().unwrap().to_string();
	let number = |field: &str| json["params"][field].as_u64().unwrap() as u32;
	let array = |field: &str| hex::decode(text_of(field)).unwrap();
	let salt: [u8; 32] = array("salt").try_into().unwrap();
	let nonce: [u8; 12] = array("nonce").try_into().unwrap();
	let check: [u8; 32] = array("check").try_into().unwrap();
	let kdf = (text_of("kdf"), number("memory_kib"), number("passes"), number("lanes"), salt);
	let header = (text_of("format"), text_of("kind"), text_of("public"), kdf, text_of("cipher"), nonce, check).encode();
	let sum = crate::kdf::hash(crate::kdf::tag::KEYFILE_SUM, &[&(header, array("ciphertext")).encode()]);
	with_field(text, "checksum", hex::encode(sum).into())
}

#[test]
fn open_returns_the_secret() {
	let opened = open(&text(), "passphrase").unwrap();
	assert_eq!(opened.info, info());
	assert_eq!(opened.secret.as_slice(), b"the secret");
	assert_eq!(inspect(&text()).unwrap(), info());
}

#[test]
fn open_fails_with_wrong_passphrase_when_the_file_is_whole() {
	for passphrase in ["Passphrase", "passphrase ", ""] {
		assert!(matches!(open(&text(), passphrase), Err(KeyfileError::WrongPassphrase)));
	}
}

#[test]
fn open_fails_with_damaged_when_any_character_is_altered() {
	let text = text();
	for at in 0..text.len() {
		let mut bytes = text.clone().into_bytes();
		bytes[at] = if bytes[at] == b'1' { b'2' } else { b'1' };
		let altered = String::from_utf8(bytes).unwrap();
		// White space between fields may change; nothing else may, and never does damage look like a wrong passphrase.
		match open(&altered, "passphrase") {
			Err(KeyfileError::Damaged(_) | KeyfileError::UnsupportedFormat(_)) => {}
			other => panic!("{at}: {other:?}"),
		}
	}
}

#[test]
fn open_fails_with_damaged_when_the_file_is_cut_off() {
	let text = text();
	for length in [0, 1, text.len() / 2, text.len() - 2] {
		assert!(matches!(open(&text[..length], "passphrase"), Err(KeyfileError::Damaged(_))));
	}
}

#[test]
fn open_fails_with_damaged_when_a_field_was_altered_and_the_checksum_renewed() {
	let text = text();
	for (field, value) in [("kind", "gateway"), ("public", "0x2b"), ("ciphertext", &"00".repeat(26))] {
		let forged = with_right_checksum(&with_field(&text, field, value.into()));
		assert!(inspect(&forged).is_ok());
		assert!(matches!(open(&forged, "passphrase"), Err(KeyfileError::Damaged(_))), "{field}");
	}
}

#[test]
fn open_fails_when_the_costs_are_out_of_bounds() {
	for params in [
		serde_json::json!({"memory_kib": 1 << 21, "passes": 1, "lanes": 1}),
		serde_json::json!({"memory_kib": 16, "passes": 65, "lanes": 1}),
		serde_json::json!({"memory_kib": 1024, "passes": 1, "lanes": 17}),
		serde_json::json!({"memory_kib": 7, "passes": 1, "lanes": 1}),
		serde_json::json!({"memory_kib": 16, "passes": 0, "lanes": 1}),
	] {
		let forged = with_right_checksum(&with_field(&text(), "params", params));
		assert!(matches!(open(&forged, "passphrase"), Err(KeyfileError::BadParams)));
	}
	let params = KdfParams { memory_kib: 1, ..PARAMS };
	assert!(matches!(seal(&info(), b"", "passphrase", params), Err(KeyfileError::BadParams)));
}

#[test]
fn open_fails_when_the_format_is_newer() {
	let newer = with_field(&text(), "format", "salus/keyfile/v2".into());
	assert!(matches!(open(&newer, "passphrase"), Err(KeyfileError::UnsupportedFormat(_))));
	let other = with_field(&text(), "kdf", "scrypt".into());
	assert!(matches!(open(&other, "passphrase"), Err(KeyfileError::UnsupportedFormat(_))));
}

#[test]
fn seal_fails_when_the_passphrase_is_empty() {
	assert!(matches!(seal(&info(), b"secret", "", PARAMS), Err(KeyfileError::EmptyPassphrase)));
}

#[test]
fn seal_is_fresh_each_time() {
	assert_ne!(text(), text());
}

#[test]
fn create_writes_a_file_that_only_its_owner_reads() {
	let folder = tempfile::tempdir().unwrap();
	let path = folder.path().join("key.json");
	create(&path, &info(), b"secret", "passphrase", PARAMS).unwrap();
	assert_eq!(load(&path, "passphrase").unwrap().secret.as_slice(), b"secret");
	assert_eq!(peek(&path).unwrap(), info());
	assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file stays behind");
	#[cfg(unix)]
	{
		use std::os::unix::fs::PermissionsExt;
		assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
	}
}

#[test]
fn create_leaves_an_existing_key_alone() {
	let folder = tempfile::tempdir().unwrap();
	let path = folder.path().join("key.json");
	create(&path, &info(), b"first", "passphrase", PARAMS).unwrap();
	let result = create(&path, &info(), b"second", "passphrase", PARAMS);
	assert!(matches!(result, Err(KeyfileError::AlreadyThere(_))));
	assert_eq!(load(&path, "passphrase").unwrap().secret.as_slice(), b"first");
	assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn create_fails_when_the_folder_is_not_there() {
	let folder = tempfile::tempdir().unwrap();
	let path = folder.path().join("missing").join("key.json");
	assert!(matches!(create(&path, &info(), b"", "passphrase", PARAMS), Err(KeyfileError::Io { .. })));
	assert!(matches!(load(&path, "passphrase"), Err(KeyfileError::Io { .. })));
}

#[test]
fn replace_and_change_passphrase_keep_the_file_whole() {
	let folder = tempfile::tempdir().unwrap();
	let path = folder.path().join("key.json");
	replace(&path, &info(), b"first", "one", PARAMS).unwrap();
	replace(&path, &info(), b"second", "one", PARAMS).unwrap();
	assert!(matches!(change_passphrase(&path, "other", "two", PARAMS), Err(KeyfileError::WrongPassphrase)));
	assert!(matches!(change_passphrase(&path, "one", "", PARAMS), Err(KeyfileError::EmptyPassphrase)));
	change_passphrase(&path, "one", "two", PARAMS).unwrap();
	assert!(matches!(load(&path, "one"), Err(KeyfileError::WrongPassphrase)));
	assert_eq!(load(&path, "two").unwrap().secret.as_slice(), b"second");
	assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[cfg(unix)]
#[test]
fn load_fails_when_others_may_read_the_file() {
	use std::os::unix::fs::PermissionsExt;
	let folder = tempfile::tempdir().unwrap();
	let path = folder.path().join("key.json");
	create(&path, &info(), b"secret", "passphrase", PARAMS).unwrap();
	for mode in [0o640, 0o604, 0o660] {
		fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
		assert!(
			matches!(load(&path, "passphrase"), Err(KeyfileError::OpenToOthers { mode: found, .. }) if found == mode)
		);
	}
}

#[test]
fn load_fails_with_damaged_when_the_file_is_not_text() {
	let folder = tempfile::tempdir().unwrap();
	let path = folder.path().join("key.json");
	create(&path, &info(), b"secret", "passphrase", PARAMS).unwrap();
	fs::write(&path, [0xff, 0xfe, 0x00]).unwrap();
	assert!(matches!(load(&path, "passphrase"), Err(KeyfileError::Damaged(_))));
}

#[test]
fn default_costs_are_those_of_the_protocol() {
	assert_eq!(KdfParams::default(), KdfParams { memory_kib: 65_536, passes: 3, lanes: 1 });
}

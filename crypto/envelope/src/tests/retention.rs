//! The retention key needs two officers, a reason and an entry.

use super::dek;
use crate::{
	record::{key_commitment, open, seal},
	retention::{wrap_for_retention, KeyShare, RetentionError, RetentionKey, RetentionUse},
	wrap::WrapError,
};
use std::io;

const GENESIS: [u8; 32] = [7; 32];

fn entry() -> RetentionUse {
	RetentionUse {
		record_id: [1; 32],
		officers: ["privacy officer".into(), "medical records officer".into()],
		reason: "the patient lost her phone".into(),
	}
}

#[test]
fn open_recovers_the_record_after_the_entry_was_written() {
	let key = RetentionKey::generate().unwrap();
	let blob = seal(&dek(1), b"record").unwrap();
	let commitment = key_commitment(&blob).unwrap();
	let wrap = wrap_for_retention(key.public(), &dek(1), &GENESIS, &[1; 32], &commitment).unwrap();

	let (one, other) = key.split().unwrap();
	let joined = RetentionKey::join(&other, &one, key.public()).unwrap();
	let mut written = Vec::new();
	let dek = joined
		.open(&wrap, &GENESIS, &commitment, &entry(), |entry| {
			written.push(entry.clone());
			Ok(())
		})
		.unwrap();
	assert_eq!(written, [entry()]);
	assert_eq!(open(&dek, &blob).unwrap(), b"record");
}

#[test]
fn open_fails_when_the_entry_cannot_be_written() {
	let key = RetentionKey::generate().unwrap();
	let wrap = wrap_for_retention(key.public(), &dek(1), &GENESIS, &[1; 32], &[2; 32]).unwrap();
	let result = key.open(&wrap, &GENESIS, &[2; 32], &entry(), |_| Err(io::ErrorKind::StorageFull.into()));
	assert!(matches!(result, Err(RetentionError::EntryNotWritten(_))));
}

#[test]
fn open_fails_when_control_is_not_dual() {
	let key = RetentionKey::generate().unwrap();
	let wrap = wrap_for_retention(key.public(), &dek(1), &GENESIS, &[1; 32], &[2; 32]).unwrap();
	for (officers, reason) in [(["a", "a"], "r"), (["a", " a "], "r"), (["a", ""], "r"), (["a", "b"], " ")] {
		let entry = RetentionUse { officers: officers.map(String::from), reason: reason.into(), ..entry() };
		let result = key.open(&wrap, &GENESIS, &[2; 32], &entry, |_| panic!("no entry about a refused use"));
		assert!(matches!(result, Err(RetentionError::DualControl)));
	}
}

#[test]
fn open_fails_when_the_wrap_is_of_another_record() {
	let key = RetentionKey::generate().unwrap();
	let wrap = wrap_for_retention(key.public(), &dek(1), &GENESIS, &[9; 32], &[2; 32]).unwrap();
	let result = key.open(&wrap, &GENESIS, &[2; 32], &entry(), |_| Ok(()));
	assert!(matches!(result, Err(RetentionError::Wrap(WrapError::Refused))));
}

#[test]
fn join_fails_when_the_shares_do_not_belong_together() {
	let key = RetentionKey::generate().unwrap();
	let (one, other) = key.split().unwrap();
	let (later, _) = key.split().unwrap();
	for (one, other) in [(&one, &one), (&later, &other), (&one, &KeyShare::generate().unwrap())] {
		assert!(matches!(RetentionKey::join(one, other, key.public()), Err(RetentionError::OtherKey)));
	}
}

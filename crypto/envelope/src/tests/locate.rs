//! Entries of the index of patients open for their own name alone.

use super::flipped;
use crate::{
	locate::{input, SEALED_ENTRY_LEN},
	LocateKeys,
};

const HANDLE: [u8; 32] = [4; 32];

#[test]
fn input_is_of_one_person_and_chain() {
	let own = input(b"person", &[1; 32]);
	assert_eq!(input(b"person", &[1; 32]), own);
	assert_ne!(input(b"persom", &[1; 32]), own);
	assert_ne!(input(b"person", &[2; 32]), own);
}

#[test]
fn open_gives_what_was_sealed_and_nothing_when_key_or_bytes_are_others() {
	let [keys, others] = [1, 2].map(|byte| LocateKeys::from_output(&[byte; 64]));
	assert_ne!(keys.tag(), others.tag());
	let sealed = keys.seal(&HANDLE, 7).unwrap();
	assert_eq!(keys.open(&sealed), Some((HANDLE, 7)));
	assert_eq!(others.open(&sealed), None);
	for at in 0..SEALED_ENTRY_LEN {
		assert_eq!(keys.open(&flipped(&sealed, at).try_into().unwrap()), None, "byte {at}");
	}
}

#[test]
fn seal_shows_neither_handle_nor_that_two_entries_are_one_patient_s() {
	let keys = LocateKeys::from_output(&[1; 64]);
	let (one, two) = (keys.seal(&HANDLE, 7).unwrap(), keys.seal(&HANDLE, 7).unwrap());
	assert_ne!(one[..12], two[..12], "a fresh nonce each time");
	assert_ne!(one[12..], two[12..]);
	assert!(!one.windows(4).any(|window| window == [4; 4]));
}

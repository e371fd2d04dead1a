//! Class secrets, wraps under them, scope tags, months.

use super::{dek, flipped};
use crate::{
	key_service::{month_of, unwrap_dek, wrap_dek, KeyServiceError, DEK_WRAP_LEN},
	ClassSecret, HandleSecret,
};
use proptest::prelude::*;
use std::collections::BTreeSet;

const RECORD: [u8; 32] = [3; 32];

fn handle() -> HandleSecret {
	HandleSecret::from_bytes([1; 32])
}

fn secrets(classes: &[u8]) -> Vec<ClassSecret> {
	classes.iter().map(|class| handle().class_secret(0, *class, 24_322, 0)).collect()
}

#[test]
fn class_secret_differs_with_each_field() {
	let all = [(0, 0, 0, 0), (1, 0, 0, 0), (0, 1, 0, 0), (0, 0, 1, 0), (0, 0, 0, 1), (0, 0, 256, 0), (1, 1, 1, 1)];
	let of = |handle: &HandleSecret| -> BTreeSet<[u8; 32]> {
		all.iter()
			.map(|(category, class, month, epoch)| *handle.class_secret(*category, *class, *month, *epoch).expose())
			.collect()
	};
	let (one, other) = (of(&handle()), of(&HandleSecret::from_bytes([2; 32])));
	assert_eq!((one.len(), other.len()), (all.len(), all.len()));
	assert!(one.is_disjoint(&other));
}

#[test]
fn class_commitment_tells_secrets_apart() {
	let secrets = secrets(&[0, 1]);
	assert_ne!(secrets[0].commitment(), secrets[1].commitment());
	assert_ne!(&secrets[0].commitment(), secrets[0].expose());
}

#[test]
fn scope_tag_differs_with_each_field_and_handle() {
	let mut tags = BTreeSet::new();
	for handle in [handle(), HandleSecret::from_bytes([2; 32])] {
		for (category, class, epoch) in [(0, 0, 0), (1, 0, 0), (0, 1, 0), (0, 0, 1), (1, 1, 1)] {
			assert!(tags.insert(handle.scope_tag(category, class, epoch)));
			assert_eq!(handle.scope_tag(category, class, epoch), handle.scope_tag(category, class, epoch));
		}
	}
}

#[test]
fn unwrap_dek_returns_the_key_when_all_secrets_are_there() {
	let wrap = wrap_dek(&secrets(&[0, 1, 5]), &RECORD, &dek(9)).unwrap();
	assert_eq!(wrap.len(), DEK_WRAP_LEN);
	assert_eq!(unwrap_dek(&secrets(&[0, 1, 5]), &RECORD, &wrap), Ok(dek(9)));
}

#[test]
fn unwrap_dek_fails_when_a_secret_is_missing_wrong_repeated_or_out_of_order() {
	let wrap = wrap_dek(&secrets(&[0, 1, 5]), &RECORD, &dek(9)).unwrap();
	for classes in [&[0, 1][..], &[0], &[1, 5], &[0, 1, 6], &[0, 5, 1], &[0, 1, 5, 5]] {
		assert_eq!(unwrap_dek(&secrets(classes), &RECORD, &wrap), Err(KeyServiceError::Refused), "{classes:?}");
	}
}

#[test]
fn unwrap_dek_fails_when_the_month_or_epoch_is_another() {
	let wrap = wrap_dek(&[handle().class_secret(0, 0, 24_322, 0)], &RECORD, &dek(9)).unwrap();
	for (month, epoch) in [(24_321, 0), (24_322, 1)] {
		let secret = [handle().class_secret(0, 0, month, epoch)];
		assert_eq!(unwrap_dek(&secret, &RECORD, &wrap), Err(KeyServiceError::Refused));
	}
}

#[test]
fn unwrap_dek_fails_when_the_record_is_another() {
	let wrap = wrap_dek(&secrets(&[0]), &RECORD, &dek(9)).unwrap();
	assert_eq!(unwrap_dek(&secrets(&[0]), &[4; 32], &wrap), Err(KeyServiceError::Refused));
}

#[test]
fn unwrap_dek_fails_when_the_wrap_was_altered() {
	let wrap = wrap_dek(&secrets(&[0]), &RECORD, &dek(9)).unwrap();
	for at in 1..wrap.len() {
		assert_eq!(unwrap_dek(&secrets(&[0]), &RECORD, &flipped(&wrap, at)), Err(KeyServiceError::Refused), "{at}");
	}
	for malformed in [&flipped(&wrap, 0)[..], &wrap[..wrap.len() - 1], &[]] {
		assert_eq!(unwrap_dek(&secrets(&[0]), &RECORD, malformed), Err(KeyServiceError::Malformed));
	}
}

#[test]
fn wrap_dek_fails_when_there_are_no_secrets() {
	assert_eq!(wrap_dek(&[], &RECORD, &dek(9)), Err(KeyServiceError::NoSecrets));
	let wrap = wrap_dek(&secrets(&[0]), &RECORD, &dek(9)).unwrap();
	assert_eq!(unwrap_dek(&[], &RECORD, &wrap), Err(KeyServiceError::NoSecrets));
}

#[test]
fn wrap_dek_is_fresh_each_time() {
	let wrap = || wrap_dek(&secrets(&[0]), &RECORD, &dek(9)).unwrap();
	assert_ne!(wrap(), wrap());
}

#[test]
fn month_of_follows_the_calendar() {
	const DAY: u64 = 86_400_000;
	for (unix_ms, year, month) in [
		(0, 1970, 1),
		(31 * DAY - 1, 1970, 1),
		(31 * DAY, 1970, 2),
		// 29 February and 1 March 2000, a leap year by the rule of 400.
		(951_782_400_000, 2000, 2),
		(951_868_800_000, 2000, 3),
		// 31 December 2026 and 1 January 2027, a millisecond apart.
		(1_798_761_599_999, 2026, 12),
		(1_798_761_600_000, 2027, 1),
		// 28 February and 1 March 2100, no leap year.
		(4_107_455_999_999, 2100, 2),
		(4_107_542_400_000, 2100, 3),
	] {
		assert_eq!(month_of(unix_ms), year * 12 + month - 1, "{unix_ms}");
	}
	// A time whose month does not fit 32 bits stays at the last one.
	assert_eq!(month_of(u64::MAX), u32::MAX);
}

proptest! {
	#[test]
	fn unwrap_dek_inverts_wrap_dek(
		handle in any::<[u8; 32]>(), key in any::<[u8; 32]>(), classes in prop::collection::vec(any::<u8>(), 1..6),
	) {
		let handle = HandleSecret::from_bytes(handle);
		let secrets: Vec<_> = classes.iter().map(|class| handle.class_secret(1, *class, 5, 0)).collect();
		let dek = crate::Dek::from_bytes(key);
		let wrap = wrap_dek(&secrets, &RECORD, &dek).unwrap();
		prop_assert_eq!(unwrap_dek(&secrets, &RECORD, &wrap).unwrap(), dek);
	}

	#[test]
	fn month_of_steps_by_at_most_one_a_day(day in 0u64..4_000_000) {
		let step = month_of((day + 1) * 86_400_000) - month_of(day * 86_400_000);
		prop_assert!(step <= 1);
	}
}

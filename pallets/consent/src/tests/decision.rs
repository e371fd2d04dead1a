//! The decision alone: a table, and random inputs against an evaluator that is written as plainly as can be.

use super::*;
use crate::decision::{decide, Basis};
use proptest::prelude::*;

fn capability(id: u64, numbers: &[u8], purposes: PurposeClasses, from: Moment, until: Moment) -> Capability {
	Capability {
		id: CapabilityId(id),
		tags: tags(numbers),
		purposes,
		valid_from: from,
		valid_until: until,
		delegation_depth: 0,
		policy: Commitment([0; 32]),
		wraps: [0; 32],
	}
}

/// Permitted tags, used capabilities and earliest end; `None` when nothing is permitted.
fn decided(
	requested: &[u8],
	purpose: PurposeClass,
	now: Moment,
	list: &[Capability],
) -> Option<(Vec<u8>, Vec<u64>, u64)> {
	let Basis { tags, capabilities, valid_until } = decide(&tags(requested), purpose, now, list)?;
	Some((numbers_of(&tags), capabilities.into_iter().map(|id| id.0).collect(), valid_until))
}

#[test]
fn decide_follows_the_table_when_time_purpose_and_tags_vary() {
	use PurposeClass::*;
	let research = PurposeClasses::of(&[Research]);
	let both = PurposeClasses::of(&[Treatment, Research]);
	let list = [
		capability(1, &[1, 2], TREATMENT, 10, 20),
		capability(2, &[2, 3], both, 15, 30),
		capability(3, &[4], research, 0, 40),
	];
	type Row = (&'static [u8], PurposeClass, Moment, Option<(&'static [u8], &'static [u64], u64)>);
	let table: [Row; 16] = [
		// Time: before the first, at its begin, in both, at the end of the first, at the end of the second.
		(&[1, 2, 3], Treatment, 9, None),
		(&[1, 2, 3], Treatment, 10, Some((&[1, 2], &[1], 20))),
		(&[1, 2, 3], Treatment, 15, Some((&[1, 2, 3], &[1, 2], 20))),
		(&[1, 2, 3], Treatment, 19, Some((&[1, 2, 3], &[1, 2], 20))),
		(&[1, 2, 3], Treatment, 20, Some((&[2, 3], &[2], 30))),
		(&[1, 2, 3], Treatment, 29, Some((&[2, 3], &[2], 30))),
		(&[1, 2, 3], Treatment, 30, None),
		// Purpose: only what names it.
		(&[1, 2, 3, 4], Research, 16, Some((&[2, 3, 4], &[2, 3], 30))),
		(&[1, 2, 3, 4], Emergency, 16, None),
		(&[4], Treatment, 16, None),
		// Tags: the order is that of the request, what nobody grants is absent, what permits nothing is not used.
		(&[3, 9, 1], Treatment, 16, Some((&[3, 1], &[1, 2], 20))),
		(&[3], Treatment, 16, Some((&[3], &[2], 30))),
		(&[1], Treatment, 16, Some((&[1], &[1], 20))),
		(&[2], Treatment, 16, Some((&[2], &[1, 2], 20))),
		(&[9], Treatment, 16, None),
		(&[], Treatment, 16, None),
	];
	for (requested, purpose, now, expected) in table {
		let expected = expected.map(|(tags, ids, until)| (tags.to_vec(), ids.to_vec(), until));
		assert_eq!(decided(requested, purpose, now, &list), expected, "{requested:?} {purpose:?} at {now}");
	}
	assert_eq!(decided(&[1], Treatment, 16, &[]), None);
}

/// The rule as the README states it, one tag and one capability at a time.
fn plainly(
	requested: &[u8],
	purpose: PurposeClass,
	now: Moment,
	list: &[Capability],
) -> Option<(Vec<u8>, Vec<u64>, u64)> {
	let mut permitted = Vec::new();
	let mut used = Vec::new();
	let mut until = u64::MAX;
	for capability in list {
		for tag in requested {
			let named = capability.tags.iter().any(|granted| granted.0 == [*tag; 16]);
			let begun = now >= capability.valid_from;
			let ended = now >= capability.valid_until;
			let claimed = capability.purposes.0 & (1 << purpose as u8) > 0;
			if named && begun && !ended && claimed {
				permitted.push(*tag);
				used.push(capability.id.0);
				until = until.min(capability.valid_until);
			}
		}
	}
	used.dedup();
	let tags: Vec<u8> = requested.iter().copied().filter(|tag| permitted.contains(tag)).collect();
	if tags.is_empty() {
		None
	} else {
		Some((tags, used, until))
	}
}

fn some_tags(range: std::ops::Range<usize>) -> impl Strategy<Value = Vec<u8>> {
	prop::collection::btree_set(0u8..40, range).prop_map(|set| set.into_iter().collect::<Vec<_>>()).prop_shuffle()
}

fn some_capabilities() -> impl Strategy<Value = Vec<Capability>> {
	let one = (some_tags(1..33), 1u8..64, 0u64..20, 1u64..20);
	prop::collection::vec(one, 0..16).prop_map(|list| {
		let numbered = (0..).zip(list);
		numbered
			.map(|(id, (tags, purposes, from, length))| {
				capability(id, &tags, PurposeClasses(purposes), from, from + length)
			})
			.collect()
	})
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(2_000))]

	#[test]
	fn decide_agrees_with_the_plain_evaluator(
		requested in some_tags(0..33),
		purpose in prop::sample::select(&PurposeClass::ALL[..]),
		now in 0u64..40,
		list in some_capabilities(),
	) {
		prop_assert_eq!(decided(&requested, purpose, now, &list), plainly(&requested, purpose, now, &list));
	}

	/// Taking a capability away never permits more, and adding one never less.
	#[test]
	fn decide_permits_no_more_when_a_capability_is_taken_away(
		requested in some_tags(1..33),
		purpose in prop::sample::select(&PurposeClass::ALL[..]),
		now in 0u64..40,
		list in some_capabilities(),
		index in any::<prop::sample::Index>(),
	) {
		prop_assume!(!list.is_empty());
		let mut fewer = list.clone();
		fewer.remove(index.index(list.len()));
		let tags = |list: &[Capability]| decided(&requested, purpose, now, list).map(|basis| basis.0).unwrap_or_default();
		let with = tags(&list);
		prop_assert!(tags(&fewer).iter().all(|tag| with.contains(tag)));
	}
}

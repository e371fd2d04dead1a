//! Random calls anchor exactly what a plain model says, and broken state is found.

use crate::{mock::*, Anchor, Anchors, Batch, BatchCount, Batches};
use frame_support::{assert_err, BoundedVec};
use proptest::prelude::*;
use salus_primitives::{Commitment, InstitutionId, PatientHandle, RecordId};
use sp_runtime::TryRuntimeError;
use std::collections::BTreeSet;

/// Numbers of commitments; `None` stands for bytes that are none.
type List = Vec<Option<u32>>;

fn bytes(number: Option<u32>) -> Commitment {
	number.map_or(Commitment([0xff; 32]), commitment)
}

/// Whether hospital A may anchor the list, given what it has anchored for the handle.
fn is_allowed(handle: PatientHandle, list: &List, known: &BTreeSet<(PatientHandle, u32)>) -> bool {
	let distinct: BTreeSet<_> = list.iter().flatten().collect();
	let own = handle == HANDLE || handle == SECOND_HANDLE;
	let fresh = distinct.iter().all(|number| !known.contains(&(handle, **number)));
	own && fresh && !list.is_empty() && distinct.len() == list.len()
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(32))]

	#[test]
	fn anchors_are_what_the_model_says(
		calls in prop::collection::vec(
			(
				prop::sample::select(vec![HANDLE, SECOND_HANDLE, FOREIGN_HANDLE]),
				prop::collection::vec(prop::option::weighted(0.95, 0u32..12), 0..4),
			),
			1..24,
		),
	) {
		new_test_ext().execute_with(|| {
			let mut known = BTreeSet::new();
			for (handle, list) in calls {
				let allowed = is_allowed(handle, &list, &known);
				let commitments = BoundedVec::truncate_from(list.iter().copied().map(bytes).collect());
				let outcome = RecordAnchors::anchor_records(gateway(HOSPITAL_A), handle, commitments, ENTRY);
				prop_assert_eq!(outcome.is_ok(), allowed, "{:?} after {:?}", list, known);
				if allowed {
					known.extend(list.iter().flatten().map(|number| (handle, *number)));
				}
				prop_assert_eq!(Anchors::<Test>::iter().count(), known.len());
				prop_assert!(RecordAnchors::do_try_state().is_ok());
			}
			Ok(())
		})?;
	}
}

#[test]
fn try_state_fails_when_an_invariant_is_broken() {
	fn broken(expected: &'static str, break_it: impl FnOnce()) {
		new_test_ext().execute_with(|| {
			break_it();
			assert_err!(RecordAnchors::do_try_state(), TryRuntimeError::Other(expected));
		});
	}
	const NOBODY: InstitutionId = InstitutionId(99);
	let anchor = |custodian, anchored_at| {
		Anchors::<Test>::insert(HANDLE, RecordId([1; 32]), Anchor { custodian, anchored_at });
	};
	broken("the custodian of a record exists", || anchor(NOBODY, START));
	broken("no record was anchored in the future", || anchor(HOSPITAL_A, START + 1));
	broken("a record lies with the custodian of its handle", || anchor(HOSPITAL_B, START));

	let batch = |institution, leaf_count, anchored_at, count: u32| {
		Batches::<Test>::insert(institution, 0, Batch { root: [0; 32], leaf_count, anchored_at });
		BatchCount::<Test>::insert(institution, count);
	};
	broken("the institution of a batch exists", || batch(NOBODY, 1, START, 1));
	broken("batch numbers are below the count", || batch(HOSPITAL_A, 1, START, 0));
	broken("a batch has leaves", || batch(HOSPITAL_A, 0, START, 1));
	broken("no batch was anchored in the future", || batch(HOSPITAL_A, 1, START + 1, 1));
	broken("there are as many batches as counted", || batch(HOSPITAL_A, 1, START, 2));
}

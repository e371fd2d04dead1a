//! Any active institution anchors batches, numbered without gaps.

use crate::{mock::*, Batch, BatchCount, Batches, Error, Event};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::InstitutionId;
use sp_runtime::DispatchError;

const ROOT: [u8; 32] = [5; 32];

#[test]
fn anchor_batch_numbers_batches_when_institutions_file_them() {
	run(|| {
		let filed = [(HOSPITAL_A, 0), (HOSPITAL_B, 0), (HOSPITAL_A, 1), (LABORATORY, 0), (HOSPITAL_A, 2)];
		for (leaf_count, (institution, number)) in (1..).zip(filed) {
			Clock::set(START + u64::from(leaf_count));
			assert_ok!(RecordAnchors::anchor_batch(gateway(institution), ROOT, leaf_count));
			let expected = Batch { root: ROOT, leaf_count, anchored_at: Clock::now() };
			assert_eq!(Batches::<Test>::get(institution, number), Some(expected));
			System::assert_last_event(Event::BatchAnchored { institution, number, root: ROOT, leaf_count }.into());
		}
		let counts = [HOSPITAL_A, HOSPITAL_B, LABORATORY].map(BatchCount::<Test>::get::<InstitutionId>);
		assert_eq!(counts, [3, 1, 1]);
		assert!(Trail::entries().is_empty());
	});
}

#[test]
fn anchor_batch_is_refused_when_it_has_no_leaves() {
	run(|| {
		assert_noop!(RecordAnchors::anchor_batch(gateway(HOSPITAL_A), ROOT, 0), Error::<Test>::EmptyBatch);
	});
}

#[test]
fn anchor_batch_is_refused_when_the_institution_is_suspended() {
	run(|| {
		suspend(HOSPITAL_A);
		assert_noop!(RecordAnchors::anchor_batch(gateway(HOSPITAL_A), ROOT, 1), SUSPENDED);
		assert_ok!(RecordAnchors::anchor_batch(gateway(HOSPITAL_B), ROOT, 1));
	});
}

#[test]
fn anchor_batch_is_refused_when_the_signer_is_no_gateway() {
	run(|| {
		for (origin, error) in [
			(RuntimeOrigin::signed(1), NOT_A_GATEWAY),
			(RuntimeOrigin::none(), DispatchError::BadOrigin),
			(RuntimeOrigin::root(), DispatchError::BadOrigin),
		] {
			assert_noop!(RecordAnchors::anchor_batch(origin, ROOT, 1), error);
		}
	});
}

#[test]
fn anchor_batch_is_refused_when_the_numbers_are_used_up() {
	// Not a state that the calls reach, so the invariants are not checked.
	new_test_ext().execute_with(|| {
		BatchCount::<Test>::insert(HOSPITAL_A, u32::MAX);
		assert_noop!(RecordAnchors::anchor_batch(gateway(HOSPITAL_A), ROOT, 1), Error::<Test>::TooManyBatches);
	});
}

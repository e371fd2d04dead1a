//! Each invariant is noticed when it is broken.

use super::*;
use frame_support::assert_ok;
use salus_threshold::tree::Frontier;

/// The invariants hold, `damage` is done to the state, and then they do not.
fn notices(damage: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		assert_ok!(note(patient(1), 1));
		assert_ok!(note(patient(1), 2));
		assert_ok!(AuditTrail::file_receipts(
			RuntimeOrigin::signed(GATEWAY_A),
			[1; 32],
			1,
			START,
			START,
			Commitment([1; 32])
		));
		assert_ok!(AuditTrail::do_try_state());
		damage();
		assert!(AuditTrail::do_try_state().is_err());
	});
}

#[test]
fn try_state_fails_when_a_head_counts_nothing() {
	notices(|| Heads::<Test>::insert(patient(9), ChainHead::default()));
}

#[test]
fn try_state_fails_when_entries_have_a_gap() {
	notices(|| Entries::<Test>::mutate(|entries| entries[0].sequence = 5));
}

#[test]
fn try_state_fails_when_the_head_is_not_that_of_the_last_entry() {
	notices(|| Heads::<Test>::mutate(patient(1), |head| head.count = 7));
}

#[test]
fn try_state_fails_when_the_log_is_longer_than_the_chain() {
	notices(|| {
		let mut log = Frontier::default();
		for leaf in 0..3 {
			assert_ok!(log.append([leaf; 32]));
		}
		Log::<Test>::put(log);
	});
}

#[test]
fn try_state_fails_when_the_frontier_is_malformed() {
	notices(|| {
		frame_support::storage::unhashed::put_raw(&Log::<Test>::hashed_key(), &(1u64, Vec::<[u8; 32]>::new()).encode())
	});
}

#[test]
fn try_state_fails_when_a_batch_is_not_counted() {
	notices(|| ReceiptBatchCount::<Test>::remove(A));
}

#[test]
fn try_state_fails_when_a_counted_batch_is_missing() {
	notices(|| ReceiptBatches::<Test>::remove(A, 0));
}

#[test]
fn try_state_fails_when_a_batch_is_empty() {
	notices(|| ReceiptBatches::<Test>::mutate(A, 0, |batch| batch.as_mut().expect("filed").count = 0));
}

#[test]
fn try_state_fails_when_a_batch_claims_the_future() {
	notices(|| ReceiptBatches::<Test>::mutate(A, 0, |batch| batch.as_mut().expect("filed").until = START + 1));
}

//! Attacks on, and uses of, `file_receipts`.

use super::*;
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{Moment, HOUR, MINUTE};

const ENTRY: Commitment = Commitment([9; 32]);

fn file(gateway: u64, count: u32, from: Moment, until: Moment) -> sp_runtime::DispatchResult {
	AuditTrail::file_receipts(RuntimeOrigin::signed(gateway), [5; 32], count, from, until, ENTRY)
}

#[test]
fn file_receipts_stores_batch_and_entry_when_gateway_is_active() {
	execute(|| {
		let (from, until) = (START - 5 * MINUTE, START);
		assert_ok!(file(GATEWAY_A, 3, from, until));
		let batch = ReceiptBatch { root: [5; 32], count: 3, from, until, filed_at: START };
		assert_eq!(ReceiptBatches::<Test>::get(A, 0), Some(batch));
		assert_eq!(
			AuditTrail::entries_of_block(),
			[AuditEntry {
				chain: AuditChain::Institution(A),
				sequence: 0,
				act: Act::Receipts,
				outcome: OutcomeClass::Permitted,
				actor: Some(A),
				custodian: None,
				at: START,
				commitment: ENTRY,
			}]
		);
		System::assert_last_event(
			Event::<Test>::ReceiptsFiled { institution: A, number: 0, root: [5; 32], count: 3, from, until }.into(),
		);
	});
}

#[test]
fn file_receipts_numbers_each_institutions_batches_when_both_file() {
	execute(|| {
		for gateway in [GATEWAY_A, GATEWAY_B, GATEWAY_A] {
			assert_ok!(file(gateway, 1, START, START));
		}
		assert_eq!((ReceiptBatchCount::<Test>::get(A), ReceiptBatchCount::<Test>::get(B)), (2, 1));
		assert!(ReceiptBatches::<Test>::get(A, 1).is_some() && ReceiptBatches::<Test>::get(B, 1).is_none());
	});
}

#[test]
fn file_receipts_keeps_both_times_when_filed_late_after_an_outage() {
	execute(|| {
		let (from, until) = (START - MAX_AGE, START - MAX_AGE + HOUR);
		assert_ok!(file(GATEWAY_A, 1, from, until));
		let batch = ReceiptBatches::<Test>::get(A, 0).expect("filed");
		assert_eq!((batch.from, batch.until, batch.filed_at), (from, until, START));
	});
}

#[test]
fn file_receipts_fails_when_caller_is_no_gateway() {
	execute(|| {
		assert_noop!(file(99, 1, START, START), NOT_A_GATEWAY);
		for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
			assert_noop!(AuditTrail::file_receipts(origin, [5; 32], 1, START, START, ENTRY), DispatchError::BadOrigin);
		}
	});
}

#[test]
fn file_receipts_fails_when_institution_is_suspended() {
	execute(|| {
		Registry::suspend(A);
		assert_noop!(file(GATEWAY_A, 1, START, START), SUSPENDED);
	});
}

#[test]
fn file_receipts_fails_when_batch_is_empty() {
	execute(|| {
		assert_noop!(file(GATEWAY_A, 0, START, START), Error::<Test>::NoReceipts);
	});
}

#[test]
fn file_receipts_fails_when_period_is_reversed() {
	execute(|| {
		assert_noop!(file(GATEWAY_A, 1, START, START - 1), Error::<Test>::PeriodReversed);
	});
}

#[test]
fn file_receipts_fails_when_release_lies_in_the_future() {
	execute(|| {
		assert_noop!(file(GATEWAY_A, 1, START, START + 1), Error::<Test>::PeriodInFuture);
		assert_noop!(file(GATEWAY_A, 1, START, Moment::MAX), Error::<Test>::PeriodInFuture);
	});
}

#[test]
fn file_receipts_fails_when_period_begins_too_long_ago() {
	execute(|| {
		assert_noop!(file(GATEWAY_A, 1, START - MAX_AGE - 1, START), Error::<Test>::ReceiptsTooOld);
		assert_noop!(file(GATEWAY_A, 1, 0, 0), Error::<Test>::ReceiptsTooOld);
	});
}

#[test]
fn file_receipts_fails_when_numbers_are_used_up() {
	new_test_ext().execute_with(|| {
		ReceiptBatchCount::<Test>::insert(A, u32::MAX);
		assert_noop!(file(GATEWAY_A, 1, START, START), Error::<Test>::BatchesExhausted);
	});
}

#[test]
fn file_receipts_stores_no_batch_when_the_entry_cannot_be_recorded() {
	execute(|| {
		for i in 0..MaxEntriesPerBlock::get() {
			assert_ok!(note(patient(1), i as u8));
		}
		assert_noop!(file(GATEWAY_A, 1, START, START), Error::<Test>::BlockFull);
	});
}

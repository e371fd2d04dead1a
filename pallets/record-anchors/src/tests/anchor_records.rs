//! Only the custodian anchors a patient's records, each once, all or none.

use crate::{mock::*, Anchor, Anchors, Error, Event};
use codec::{Decode, Encode};
use frame_support::{assert_noop, assert_ok, dispatch::DispatchResult, BoundedVec};
use salus_primitives::{Act, AuditChain, AuditEntry, Commitment, InstitutionId, OutcomeClass, PatientHandle, RecordId};
use sp_runtime::{traits::ConstU32, DispatchError};

fn anchor(institution: InstitutionId, handle: PatientHandle, commitments: &[Commitment]) -> DispatchResult {
	let commitments = BoundedVec::try_from(commitments.to_vec()).unwrap();
	RecordAnchors::anchor_records(gateway(institution), handle, commitments, ENTRY)
}

fn id(institution: InstitutionId, handle: PatientHandle, commitment: Commitment) -> RecordId {
	RecordId(sp_io::hashing::blake2_256(&(institution, handle, commitment).encode()))
}

fn commitments(count: u32) -> Vec<Commitment> {
	(0..count).map(commitment).collect()
}

#[test]
fn anchor_records_stores_who_and_when_when_the_custodian_anchors() {
	run(|| {
		let commitments = commitments(3);
		assert_ok!(anchor(HOSPITAL_A, HANDLE, &commitments));
		let records: Vec<_> = commitments.iter().map(|commitment| id(HOSPITAL_A, HANDLE, *commitment)).collect();
		for record in &records {
			let expected = Anchor { custodian: HOSPITAL_A, anchored_at: START };
			assert_eq!(Anchors::<Test>::get(HANDLE, record), Some(expected));
		}
		assert_eq!(Anchors::<Test>::iter().count(), 3);
		let records = BoundedVec::truncate_from(records);
		System::assert_last_event(Event::RecordsAnchored { handle: HANDLE, records }.into());
		let entry = AuditEntry {
			chain: AuditChain::Patient(HANDLE),
			sequence: 0,
			act: Act::Anchor,
			outcome: OutcomeClass::Permitted,
			actor: Some(HOSPITAL_A),
			custodian: Some(HOSPITAL_A),
			at: START,
			commitment: ENTRY,
		};
		assert_eq!(Trail::entries(), [entry]);
	});
}

#[test]
fn anchor_records_takes_64_when_all_are_valid() {
	run(|| {
		assert_ok!(anchor(HOSPITAL_A, HANDLE, &commitments(64)));
		assert_eq!(Anchors::<Test>::iter_prefix(HANDLE).count(), 64);
		assert_eq!(Trail::entries().len(), 1);
	});
}

#[test]
fn anchor_records_cannot_be_decoded_when_there_are_65() {
	let call = |count| {
		let list = BoundedVec::<_, ConstU32<100>>::truncate_from(commitments(count));
		// The call as a client would write it: pallet 1, call 0, arguments.
		let bytes = (1u8, 0u8, HANDLE, list, ENTRY).encode();
		RuntimeCall::decode(&mut &bytes[..])
	};
	assert!(matches!(call(64), Ok(RuntimeCall::RecordAnchors(crate::Call::anchor_records { .. }))));
	assert!(call(65).is_err());
}

#[test]
fn anchor_records_is_refused_when_the_list_is_empty() {
	run(|| {
		assert_noop!(anchor(HOSPITAL_A, HANDLE, &[]), Error::<Test>::NoRecords);
	});
}

#[test]
fn anchor_records_is_refused_when_a_record_stands_twice_in_the_call() {
	run(|| {
		let list = [commitment(1), commitment(2), commitment(1)];
		assert_noop!(anchor(HOSPITAL_A, HANDLE, &list), Error::<Test>::AlreadyAnchored);
	});
}

#[test]
fn anchor_records_is_refused_when_a_record_is_stored() {
	run(|| {
		assert_ok!(anchor(HOSPITAL_A, HANDLE, &[commitment(1)]));
		let list = [commitment(2), commitment(1)];
		assert_noop!(anchor(HOSPITAL_A, HANDLE, &list), Error::<Test>::AlreadyAnchored);
	});
}

#[test]
fn anchor_records_names_another_record_when_handle_or_custodian_differ() {
	run(|| {
		// A copied commitment is another record: it neither blocks nor replaces the first one, and its opening does not fit.
		for (institution, handle) in [(HOSPITAL_B, FOREIGN_HANDLE), (HOSPITAL_A, SECOND_HANDLE), (HOSPITAL_A, HANDLE)] {
			assert_ok!(anchor(institution, handle, &[commitment(1)]));
			assert!(Anchors::<Test>::contains_key(handle, id(institution, handle, commitment(1))));
		}
		assert_eq!(Anchors::<Test>::iter().count(), 3);
	});
}

#[test]
fn anchor_records_is_refused_when_a_commitment_is_not_canonical() {
	run(|| {
		let mut not_reduced = commitment(1);
		// Ristretto encodings have the top bit clear.
		not_reduced.0[31] |= 0x80;
		let mut negative = commitment(1);
		// A negative field element (odd) is no encoding, RFC 9496 §4.3.1.
		negative.0[0] |= 1;
		for (what, bad) in [
			("identity", Commitment([0; 32])),
			("all ones", Commitment([0xff; 32])),
			("a hash", Commitment([0x0b; 32])),
			("top bit", not_reduced),
			("negative", negative),
		] {
			let list = [commitment(0), bad];
			assert_eq!(anchor(HOSPITAL_A, HANDLE, &list), Err(Error::<Test>::InvalidCommitment.into()), "{what}");
			assert_noop!(anchor(HOSPITAL_A, HANDLE, &list), Error::<Test>::InvalidCommitment);
		}
	});
}

#[test]
fn anchor_records_is_refused_when_the_handle_is_of_another_hospital() {
	run(|| {
		assert_noop!(anchor(HOSPITAL_A, FOREIGN_HANDLE, &[commitment(1)]), Error::<Test>::NotCustodian);
		assert_noop!(anchor(HOSPITAL_B, HANDLE, &[commitment(1)]), Error::<Test>::NotCustodian);
	});
}

#[test]
fn anchor_records_is_refused_when_the_handle_is_unknown_or_retired() {
	run(|| {
		let unknown = PatientHandle([0; 32]);
		assert_noop!(anchor(HOSPITAL_A, unknown, &[commitment(1)]), Error::<Test>::HandleNotActive);
		assert_ok!(anchor(HOSPITAL_A, HANDLE, &[commitment(1)]));
		retire(HANDLE);
		assert_noop!(anchor(HOSPITAL_A, HANDLE, &[commitment(2)]), Error::<Test>::HandleNotActive);
	});
}

#[test]
fn anchor_records_is_refused_when_the_signer_may_not_act() {
	run(|| {
		suspend(HOSPITAL_A);
		assert_noop!(anchor(HOSPITAL_A, HANDLE, &[commitment(1)]), SUSPENDED);
		for (origin, error) in [
			(RuntimeOrigin::signed(1), NOT_A_GATEWAY),
			(RuntimeOrigin::none(), DispatchError::BadOrigin),
			(RuntimeOrigin::root(), DispatchError::BadOrigin),
		] {
			let list = BoundedVec::truncate_from(commitments(1));
			assert_noop!(RecordAnchors::anchor_records(origin, HANDLE, list, ENTRY), error);
		}
	});
}

#[test]
fn anchor_records_changes_nothing_when_the_audit_trail_refuses() {
	run(|| {
		Trail::refuse();
		assert_noop!(anchor(HOSPITAL_A, HANDLE, &commitments(2)), TRAIL_FULL);
	});
}

//! The custodian says whose handle a provisional one is, now that the patient was recognised.

use super::*;
use crate::{Error, Event, HandleStatus, MergeRecord, MergedInto, Merges};
use frame_support::{assert_noop, dispatch::DispatchResult};
use salus_primitives::{Act, AuditChain, Handles, InstitutionId, PatientHandle};

pub const STATEMENT: Commitment = Commitment([0xdd; 32]);
pub const INTO_ENTRY: Commitment = Commitment([0xc1; 32]);

fn merge_by(signer: AccountId, provisional: PatientHandle, into: PatientHandle) -> DispatchResult {
	PatientRegistry::merge_handle(origin(signer), provisional, into, STATEMENT, ENTRY, INTO_ENTRY)
}

fn merge() -> DispatchResult {
	merge_by(gateway(HOSPITAL_A), HANDLE, OTHER_HANDLE)
}

#[test]
fn merge_handle_puts_the_provisional_handle_out_of_use_when_the_patient_was_recognised() {
	run(|| {
		register_provisional(HANDLE);
		register_other();
		advance(5);
		assert_ok!(merge_by(second_gateway(HOSPITAL_A), HANDLE, OTHER_HANDLE));
		assert_eq!(record().status, HandleStatus::Merged);
		assert_eq!(PatientRegistry::custodian(&HANDLE), None);
		assert_eq!(PatientRegistry::custodian(&OTHER_HANDLE), Some(HOSPITAL_A));
		let expected = MergeRecord { into: OTHER_HANDLE, at: START + 5, statement: STATEMENT };
		assert_eq!(MergedInto::<Test>::get(HANDLE), Some(expected));
		assert_eq!(Merges::<Test>::get(OTHER_HANDLE).to_vec(), [HANDLE]);
		let event = Event::HandleMerged { provisional: HANDLE, into: OTHER_HANDLE, statement: STATEMENT };
		System::assert_last_event(event.into());
	});
}

#[test]
fn merge_handle_writes_to_both_audit_chains_when_it_succeeds() {
	run(|| {
		register_provisional(HANDLE);
		register_other();
		assert_ok!(merge());
		let written: Vec<_> = Trail::entries().into_iter().rev().take(2).collect();
		let expected = [(OTHER_HANDLE, INTO_ENTRY), (HANDLE, ENTRY)];
		for (entry, (handle, commitment)) in written.iter().zip(expected) {
			assert_eq!((entry.act, entry.chain), (Act::Merge, AuditChain::Patient(handle)));
			assert_eq!((entry.actor, entry.custodian), (Some(HOSPITAL_A), Some(HOSPITAL_A)));
			assert_eq!(entry.commitment, commitment);
		}
	});
}

#[test]
fn merge_handle_is_refused_when_the_signer_is_not_the_custodian() {
	run(|| {
		register_provisional(HANDLE);
		register_other();
		for stranger in [HOSPITAL_B, CLINIC, InstitutionId(7)] {
			assert_noop!(merge_by(gateway(stranger), HANDLE, OTHER_HANDLE), Error::<Test>::NotCustodian);
		}
		assert_noop!(merge_by(account(1), HANDLE, OTHER_HANDLE), NOT_A_GATEWAY);
		suspend(HOSPITAL_A);
		assert_noop!(merge(), SUSPENDED);
	});
}

#[test]
fn merge_handle_is_refused_when_the_patient_is_another_hospitals() {
	run(|| {
		register_provisional(HANDLE);
		let control = Control::Custodial { evidence: EVIDENCE };
		let signer = origin(gateway(HOSPITAL_B));
		assert_ok!(PatientRegistry::register_patient(signer, OTHER_HANDLE, control, ENTRY));
		for signer in [gateway(HOSPITAL_A), gateway(HOSPITAL_B)] {
			assert_noop!(merge_by(signer, HANDLE, OTHER_HANDLE), Error::<Test>::NotCustodian);
		}
	});
}

#[test]
fn merge_handle_is_refused_when_the_patient_of_the_first_handle_is_known() {
	run(|| {
		register_custodial();
		register_other();
		assert_noop!(merge(), Error::<Test>::NotProvisional);
		claim(1);
		assert_noop!(merge(), Error::<Test>::NotProvisional);
	});
	// Claimed by the patient who woke up: nobody else's any more.
	run(|| {
		register_provisional(HANDLE);
		register_other();
		claim(1);
		assert_noop!(merge(), Error::<Test>::NotProvisional);
	});
}

#[test]
fn merge_handle_is_refused_when_nobody_knows_whose_the_second_handle_is() {
	run(|| {
		register_provisional(HANDLE);
		register_provisional(OTHER_HANDLE);
		assert_noop!(merge(), Error::<Test>::IntoProvisional);
		assert_noop!(merge_by(gateway(HOSPITAL_A), HANDLE, HANDLE), Error::<Test>::IntoProvisional);
	});
}

#[test]
fn merge_handle_is_refused_when_a_handle_is_unknown_retired_or_merged() {
	run(|| {
		register_other();
		assert_noop!(merge(), Error::<Test>::UnknownHandle);
		register_provisional(HANDLE);
		let unknown = PatientHandle([9; 32]);
		assert_noop!(merge_by(gateway(HOSPITAL_A), HANDLE, unknown), Error::<Test>::UnknownHandle);
		assert_ok!(merge());
		assert_noop!(merge(), Error::<Test>::HandleIsMerged);
		let third = PatientHandle([3; 32]);
		register_provisional(third);
		assert_noop!(merge_by(gateway(HOSPITAL_A), third, HANDLE), Error::<Test>::HandleIsMerged);
		assert_ok!(PatientRegistry::retire_handle(origin(gateway(HOSPITAL_A)), OTHER_HANDLE, ENTRY));
		assert_noop!(merge_by(gateway(HOSPITAL_A), third, OTHER_HANDLE), Error::<Test>::HandleIsRetired);
	});
}

#[test]
fn merge_handle_is_refused_when_too_many_are_the_patients() {
	run(|| {
		register_other();
		for number in 1..=3 {
			register_provisional(PatientHandle([number; 32]));
		}
		let merge = |number| merge_by(gateway(HOSPITAL_A), PatientHandle([number; 32]), OTHER_HANDLE);
		assert_ok!(merge(1));
		assert_ok!(merge(2));
		assert_noop!(merge(3), Error::<Test>::TooManyMerges);
	});
}

#[test]
fn merge_handle_changes_nothing_when_the_audit_trail_refuses() {
	run(|| {
		register_provisional(HANDLE);
		register_other();
		Trail::refuse();
		assert_noop!(merge(), TRAIL_FULL);
	});
}

#[test]
fn a_merged_handle_takes_no_act_when_it_is_not_taken_back() {
	run(|| {
		register_provisional(HANDLE);
		register_other();
		assert_ok!(merge());
		let claim =
			PatientRegistry::claim_handle(origin(gateway(HOSPITAL_A)), HANDLE, account(1), proof(1), EVIDENCE, ENTRY);
		assert_noop!(claim, Error::<Test>::HandleIsMerged);
		let retire = PatientRegistry::retire_handle(origin(gateway(HOSPITAL_A)), HANDLE, ENTRY);
		assert_noop!(retire, Error::<Test>::HandleIsMerged);
		assert_eq!(PatientRegistry::controller(&HANDLE, &gateway(HOSPITAL_A)), None);
	});
}

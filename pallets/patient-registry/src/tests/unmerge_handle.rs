//! The custodian takes a merge back: it was another person.

use super::{merge_handle::*, *};
use crate::{Error, Event, HandleStatus, MergedInto, Merges};
use frame_support::{assert_noop, dispatch::DispatchResult};
use salus_primitives::{Act, AuditChain, Handles, PatientHandle};

const MISTAKE: Commitment = Commitment([0xab; 32]);

fn merged() {
	register_provisional(HANDLE);
	register_other();
	let signer = origin(gateway(HOSPITAL_A));
	assert_ok!(PatientRegistry::merge_handle(signer, HANDLE, OTHER_HANDLE, STATEMENT, ENTRY, INTO_ENTRY));
}

fn unmerge_by(signer: AccountId) -> DispatchResult {
	PatientRegistry::unmerge_handle(origin(signer), HANDLE, MISTAKE, ENTRY, INTO_ENTRY)
}

#[test]
fn unmerge_handle_brings_everything_back_when_it_was_a_mistake() {
	run(|| {
		register_provisional(HANDLE);
		register_other();
		let before = (record(), crate::Handles::<Test>::get(OTHER_HANDLE));
		let signer = origin(gateway(HOSPITAL_A));
		assert_ok!(PatientRegistry::merge_handle(signer, HANDLE, OTHER_HANDLE, STATEMENT, ENTRY, INTO_ENTRY));
		assert_ok!(unmerge_by(second_gateway(HOSPITAL_A)));
		assert_eq!((record(), crate::Handles::<Test>::get(OTHER_HANDLE)), before);
		assert_eq!(PatientRegistry::custodian(&HANDLE), Some(HOSPITAL_A));
		assert!(!MergedInto::<Test>::contains_key(HANDLE) && !Merges::<Test>::contains_key(OTHER_HANDLE));
		let event = Event::HandleUnmerged { provisional: HANDLE, into: OTHER_HANDLE, statement: MISTAKE };
		System::assert_last_event(event.into());
		let written: Vec<_> = Trail::entries().into_iter().rev().take(2).collect();
		let chains: Vec<_> = written.iter().map(|entry| (entry.act, entry.chain)).collect();
		let expected = [OTHER_HANDLE, HANDLE].map(|handle| (Act::Unmerge, AuditChain::Patient(handle)));
		assert_eq!(chains, expected);
		// And the right patient can be recognised.
		let signer = origin(gateway(HOSPITAL_A));
		assert_ok!(PatientRegistry::merge_handle(signer, HANDLE, OTHER_HANDLE, STATEMENT, ENTRY, INTO_ENTRY));
	});
}

#[test]
fn unmerge_handle_leaves_other_merges_when_there_are_several() {
	run(|| {
		merged();
		let third = PatientHandle([3; 32]);
		register_provisional(third);
		let signer = origin(gateway(HOSPITAL_A));
		assert_ok!(PatientRegistry::merge_handle(signer, third, OTHER_HANDLE, STATEMENT, ENTRY, INTO_ENTRY));
		assert_ok!(unmerge_by(gateway(HOSPITAL_A)));
		assert_eq!(Merges::<Test>::get(OTHER_HANDLE).to_vec(), [third]);
	});
}

#[test]
fn unmerge_handle_works_when_the_other_handle_was_retired_since() {
	run(|| {
		merged();
		assert_ok!(PatientRegistry::retire_handle(origin(gateway(HOSPITAL_A)), OTHER_HANDLE, ENTRY));
		assert_ok!(unmerge_by(gateway(HOSPITAL_A)));
		assert_eq!(record().status, HandleStatus::Active);
	});
}

#[test]
fn unmerge_handle_is_refused_when_the_signer_is_not_the_custodian() {
	run(|| {
		merged();
		for stranger in [gateway(HOSPITAL_B), gateway(CLINIC)] {
			assert_noop!(unmerge_by(stranger), Error::<Test>::NotCustodian);
		}
		assert_noop!(unmerge_by(account(1)), NOT_A_GATEWAY);
		suspend(HOSPITAL_A);
		assert_noop!(unmerge_by(gateway(HOSPITAL_A)), SUSPENDED);
	});
}

#[test]
fn unmerge_handle_is_refused_when_nothing_is_merged() {
	run(|| {
		assert_noop!(unmerge_by(gateway(HOSPITAL_A)), Error::<Test>::UnknownHandle);
		register_provisional(HANDLE);
		assert_noop!(unmerge_by(gateway(HOSPITAL_A)), Error::<Test>::NotMerged);
	});
}

#[test]
fn unmerge_handle_changes_nothing_when_the_audit_trail_refuses() {
	run(|| {
		merged();
		Trail::refuse();
		assert_noop!(unmerge_by(gateway(HOSPITAL_A)), TRAIL_FULL);
	});
}

//! The patient takes a custodial handle over; the custodian lets go after the delay.

use super::*;
use crate::{Error, Event};
use frame_support::{assert_noop, dispatch::DispatchResult};
use salus_primitives::{Act, Commitment, ControllerKind, Handles, InstitutionId, PatientHandle};

const CLAIM_EVIDENCE: Commitment = Commitment([0xdd; 32]);

fn claim_at(institution: InstitutionId, handle: PatientHandle, seed: u8) -> DispatchResult {
	let expires_at = Clock::now() + 1;
	let proof = signed(seed, genesis(), institution, handle, &account(seed), expires_at);
	PatientRegistry::claim_handle(origin(gateway(institution)), handle, account(seed), proof, CLAIM_EVIDENCE, ENTRY)
}

#[test]
fn claim_handle_gives_control_at_once_when_the_patient_proves_the_key() {
	run(|| {
		register_custodial();
		advance(1_000);
		assert_ok!(claim_at(HOSPITAL_A, HANDLE, 1));
		let until = START + 1_000 + CLAIM_DELAY;
		let expected = [custodian_from(START, Some(until)), self_held_from(1, START + 1_000, None)];
		assert_eq!(record().controllers.to_vec(), expected);
		assert_eq!(record().evidence, Some(CLAIM_EVIDENCE));
		assert_eq!(record().custodian, HOSPITAL_A);
		assert_eq!(PatientRegistry::controller(&HANDLE, &account(1)), Some(ControllerKind::SelfHeld));
		assert_eq!(roles(&account(1)), 1);
		System::assert_last_event(Event::HandleClaimed { handle: HANDLE, custodian_until: until }.into());
		assert_eq!(last_entry(), entry_of(Act::Claim, Some(HOSPITAL_A)));
	});
}

#[test]
fn claim_handle_ends_the_custody_when_the_delay_is_over() {
	run(|| {
		register_custodial();
		claim(1);
		advance(CLAIM_DELAY - 1);
		for gateway in [gateway(HOSPITAL_A), second_gateway(HOSPITAL_A)] {
			let control = PatientRegistry::controller(&HANDLE, &gateway);
			assert_eq!(control, Some(ControllerKind::Custodian(HOSPITAL_A)));
		}
		advance(1);
		for gateway in [gateway(HOSPITAL_A), second_gateway(HOSPITAL_A)] {
			assert_eq!(PatientRegistry::controller(&HANDLE, &gateway), None);
			assert_noop!(PatientRegistry::retire_handle(origin(gateway), HANDLE, ENTRY), Error::<Test>::NotController);
		}
		assert_eq!(PatientRegistry::controller(&HANDLE, &account(1)), Some(ControllerKind::SelfHeld));
	});
}

#[test]
fn claim_handle_is_refused_when_it_was_claimed_before() {
	run(|| {
		register_custodial();
		claim(1);
		assert_noop!(claim_at(HOSPITAL_A, HANDLE, 2), Error::<Test>::NotCustodial);
		// Nor when the first claim's delay is over and the custody forgotten.
		advance(CLAIM_DELAY);
		rotate(1, 3);
		assert_noop!(claim_at(HOSPITAL_A, HANDLE, 2), Error::<Test>::NotCustodial);
	});
}

#[test]
fn claim_handle_is_refused_when_the_handle_was_never_custodial() {
	run(|| {
		register_self_held(1);
		assert_noop!(claim_at(HOSPITAL_A, HANDLE, 2), Error::<Test>::NotCustodial);
	});
}

#[test]
fn claim_handle_is_refused_when_the_gateway_is_not_of_the_custodian() {
	run(|| {
		register_custodial();
		assert_noop!(claim_at(HOSPITAL_B, HANDLE, 1), Error::<Test>::NotCustodian);
		let proof = proof(1);
		let call = PatientRegistry::claim_handle(origin(account(1)), HANDLE, account(1), proof, EVIDENCE, ENTRY);
		assert_noop!(call, NOT_A_GATEWAY);
	});
}

#[test]
fn claim_handle_is_refused_when_the_custodian_is_suspended() {
	run(|| {
		register_custodial();
		suspend(HOSPITAL_A);
		assert_noop!(claim_at(HOSPITAL_A, HANDLE, 1), SUSPENDED);
		reinstate(HOSPITAL_A);
		assert_ok!(claim_at(HOSPITAL_A, HANDLE, 1));
	});
}

#[test]
fn claim_handle_is_refused_when_the_handle_is_unknown_or_retired() {
	run(|| {
		assert_noop!(claim_at(HOSPITAL_A, HANDLE, 1), Error::<Test>::UnknownHandle);
		register_custodial();
		assert_ok!(PatientRegistry::retire_handle(origin(gateway(HOSPITAL_A)), HANDLE, ENTRY));
		assert_noop!(claim_at(HOSPITAL_A, HANDLE, 1), Error::<Test>::HandleIsRetired);
	});
}

#[test]
fn claim_handle_is_refused_when_a_gateway_poses_as_the_patient() {
	run(|| {
		register_custodial();
		add_gateway(account(1), HOSPITAL_A);
		assert_noop!(claim_at(HOSPITAL_A, HANDLE, 1), Error::<Test>::ControllerIsGateway);
	});
}

#[test]
fn claim_handle_changes_nothing_when_the_audit_trail_refuses() {
	run(|| {
		register_custodial();
		Trail::refuse();
		assert_noop!(claim_at(HOSPITAL_A, HANDLE, 1), TRAIL_FULL);
	});
}

#[test]
fn claim_handle_waits_as_long_as_the_genesis_says_when_it_says_so() {
	use frame_support::traits::BuildGenesisConfig;
	new_test_ext().execute_with(|| {
		crate::GenesisConfig::<Test>::default().build();
		assert_eq!(crate::ClaimDelay::<Test>::get(), CLAIM_DELAY);
		crate::GenesisConfig::<Test> { claim_delay: Some(7), ..Default::default() }.build();
		assert_eq!(crate::ClaimDelay::<Test>::get(), 7);
	});
}

#[test]
fn claim_handle_leaves_the_custodian_no_control_when_the_handle_was_provisional() {
	run(|| {
		register_provisional(HANDLE);
		advance(7);
		claim(1);
		assert!(!record().is_provisional());
		assert_eq!(record().evidence, Some(EVIDENCE));
		assert_eq!(record().controllers.to_vec(), [self_held_from(1, START + 7, None)]);
		System::assert_last_event(crate::Event::HandleClaimed { handle: HANDLE, custodian_until: START + 7 }.into());
	});
}

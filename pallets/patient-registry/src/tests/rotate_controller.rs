//! The patient replaces the key; the old one is worth nothing afterwards.

use super::*;
use crate::{Error, Event};
use frame_support::assert_noop;
use salus_primitives::{Act, ControllerKind, Handles, MINUTE};

#[test]
fn rotate_controller_moves_control_when_the_patient_asks() {
	run(|| {
		register_self_held(1);
		advance(MINUTE);
		rotate(1, 2);
		let (old, new) = (self_held_from(1, START, Some(START + MINUTE)), self_held_from(2, START + MINUTE, None));
		assert_eq!(record().controllers.to_vec(), [old, new]);
		assert_eq!(PatientRegistry::controller(&HANDLE, &account(1)), None);
		assert_eq!(PatientRegistry::controller(&HANDLE, &account(2)), Some(ControllerKind::SelfHeld));
		assert_eq!((roles(&account(1)), roles(&account(2))), (0, 1));
		System::assert_last_event(Event::ControllerRotated { handle: HANDLE }.into());
		assert_eq!(last_entry(), entry_of(Act::Rotate, None));
	});
}

#[test]
fn rotate_controller_works_when_the_custodian_is_suspended() {
	run(|| {
		register_self_held(1);
		suspend(HOSPITAL_A);
		rotate(1, 2);
	});
}

#[test]
fn rotate_controller_is_refused_when_the_signer_is_the_old_key() {
	run(|| {
		register_self_held(1);
		rotate(1, 2);
		let call = PatientRegistry::rotate_controller(origin(account(1)), HANDLE, account(3), proof(3), ENTRY);
		assert_noop!(call, Error::<Test>::NotController);
	});
}

#[test]
fn rotate_controller_is_refused_when_an_old_proof_is_replayed() {
	run(|| {
		let old_proof = proof(1);
		register_self_held(1);
		rotate(1, 2);
		let rotate_back = |signer: u8, proof| {
			PatientRegistry::rotate_controller(origin(account(signer)), HANDLE, account(1), proof, ENTRY)
		};
		assert_noop!(rotate_back(2, old_proof.clone()), Error::<Test>::ControllerUsed);
		// One further rotation does not wash the old key clean.
		rotate(2, 3);
		assert_noop!(rotate_back(3, old_proof.clone()), Error::<Test>::ControllerUsed);
		// Once the key is forgotten, its old proofs have expired; only a new signature brings it back.
		advance(PROOF_VALIDITY);
		assert_noop!(rotate_back(3, old_proof), Error::<Test>::ProofExpired);
		assert_ok!(rotate_back(3, proof(1)));
	});
}

#[test]
fn rotate_controller_is_refused_when_the_key_stays_the_same() {
	run(|| {
		register_self_held(1);
		let call = PatientRegistry::rotate_controller(origin(account(1)), HANDLE, account(1), proof(1), ENTRY);
		assert_noop!(call, Error::<Test>::ControllerUsed);
	});
}

#[test]
fn rotate_controller_is_refused_when_the_signer_is_not_the_patient() {
	run(|| {
		register_custodial();
		// The custodian acts on behalf of the patient, but never makes itself the patient.
		for signer in [gateway(HOSPITAL_A), gateway(HOSPITAL_B), account(1), account(9)] {
			let call = PatientRegistry::rotate_controller(origin(signer), HANDLE, account(1), proof(1), ENTRY);
			assert_noop!(call, Error::<Test>::NotController);
		}
		claim(2);
		for signer in [gateway(HOSPITAL_A), gateway(HOSPITAL_B), account(1), account(9)] {
			let call = PatientRegistry::rotate_controller(origin(signer), HANDLE, account(1), proof(1), ENTRY);
			assert_noop!(call, Error::<Test>::NotController);
		}
	});
}

#[test]
fn rotate_controller_is_refused_when_the_new_key_is_a_gateway() {
	run(|| {
		register_self_held(1);
		add_gateway(account(2), CLINIC);
		let call = PatientRegistry::rotate_controller(origin(account(1)), HANDLE, account(2), proof(2), ENTRY);
		assert_noop!(call, Error::<Test>::ControllerIsGateway);
	});
}

#[test]
fn rotate_controller_is_refused_when_too_many_keys_are_remembered() {
	run(|| {
		register_self_held(1);
		rotate(1, 2);
		rotate(2, 3);
		rotate(3, 4);
		let call = PatientRegistry::rotate_controller(origin(account(4)), HANDLE, account(5), proof(5), ENTRY);
		assert_noop!(call, Error::<Test>::TooManyControllers);
		advance(PROOF_VALIDITY - 1);
		let call = PatientRegistry::rotate_controller(origin(account(4)), HANDLE, account(5), proof(5), ENTRY);
		assert_noop!(call, Error::<Test>::TooManyControllers);
		advance(1);
		rotate(4, 5);
		// The key that ended just now is kept, the three before it are forgotten.
		let now = Clock::now();
		assert_eq!(record().controllers.to_vec(), [self_held_from(4, START, Some(now)), self_held_from(5, now, None)]);
	});
}

#[test]
fn rotate_controller_is_refused_when_the_handle_is_unknown_or_retired() {
	run(|| {
		let attempt = || PatientRegistry::rotate_controller(origin(account(1)), HANDLE, account(2), proof(2), ENTRY);
		assert_noop!(attempt(), Error::<Test>::UnknownHandle);
		register_self_held(1);
		assert_ok!(PatientRegistry::retire_handle(origin(account(1)), HANDLE, ENTRY));
		assert_noop!(attempt(), Error::<Test>::HandleIsRetired);
	});
}

#[test]
fn rotate_controller_changes_nothing_when_the_audit_trail_refuses() {
	run(|| {
		register_self_held(1);
		Trail::refuse();
		let call = PatientRegistry::rotate_controller(origin(account(1)), HANDLE, account(2), proof(2), ENTRY);
		assert_noop!(call, TRAIL_FULL);
	});
}

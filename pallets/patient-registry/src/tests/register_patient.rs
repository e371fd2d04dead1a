//! Only an active hospital or clinic names a handle, and only once.

use super::*;
use crate::{Error, Event, HandleRecord, HandleStatus};
use frame_support::{assert_noop, BoundedVec};
use salus_primitives::{Act, Commitment, InstitutionId};
use sp_runtime::DispatchError;

fn custodial() -> Control<AccountId, sp_runtime::MultiSignature> {
	Control::Custodial { evidence: EVIDENCE }
}

fn self_held(seed: u8) -> Control<AccountId, sp_runtime::MultiSignature> {
	Control::SelfHeld { controller: account(seed), proof: proof(seed) }
}

#[test]
fn register_patient_stores_custody_when_consent_is_on_paper() {
	run(|| {
		register_custodial();
		let expected = HandleRecord::<Test> {
			custodian: HOSPITAL_A,
			registered_at: START,
			status: HandleStatus::Active,
			controllers: BoundedVec::truncate_from(vec![custodian_from(START, None)]),
			evidence: Some(EVIDENCE),
		};
		assert_eq!(record(), expected);
		System::assert_last_event(Event::PatientRegistered { handle: HANDLE, custodian: HOSPITAL_A }.into());
		assert_eq!(last_entry(), entry_of(Act::Register, Some(HOSPITAL_A)));
	});
}

#[test]
fn register_patient_gives_the_patient_control_when_the_key_is_proven() {
	run(|| {
		register_self_held(1);
		assert_eq!(record().controllers.to_vec(), [self_held_from(1, START, None)]);
		assert_eq!(record().evidence, None);
		assert_eq!(roles(&account(1)), 1);
		assert_eq!(last_entry(), entry_of(Act::Register, Some(HOSPITAL_A)));
	});
}

#[test]
fn register_patient_gives_nobody_control_when_nobody_could_identify_the_patient() {
	run(|| {
		register_provisional(HANDLE);
		let provisional =
			crate::Controller { kind: crate::ControllerOf::Provisional, valid_from: START, valid_until: None };
		assert_eq!(record().controllers.to_vec(), [provisional]);
		assert_eq!((record().custodian, record().evidence), (HOSPITAL_A, None));
		assert!(record().is_provisional());
		assert_eq!(last_entry(), entry_of(Act::Register, Some(HOSPITAL_A)));
	});
}

#[test]
fn register_patient_depends_on_the_kind_when_the_member_is_active() {
	run(|| {
		for number in 1..=7 {
			let handle = salus_primitives::PatientHandle([number; 32]);
			let signer = origin(gateway(InstitutionId(number.into())));
			let call = PatientRegistry::register_patient(signer, handle, custodial(), ENTRY);
			// Hospital, hospital, clinic; then laboratory, payer, research body, regulator.
			let expected = if number <= 3 { Ok(()) } else { Err(Error::<Test>::KindCannotRegister.into()) };
			assert_eq!(call, expected, "institution {number}");
		}
		assert_eq!(crate::Handles::<Test>::iter().count(), 3);
	});
}

#[test]
fn register_patient_is_refused_when_the_hospital_is_suspended() {
	run(|| {
		suspend(HOSPITAL_A);
		let signer = origin(gateway(HOSPITAL_A));
		assert_noop!(PatientRegistry::register_patient(signer, HANDLE, custodial(), ENTRY), SUSPENDED);
	});
}

#[test]
fn register_patient_is_refused_when_the_signer_is_no_gateway() {
	run(|| {
		let call = PatientRegistry::register_patient(origin(account(1)), HANDLE, self_held(1), ENTRY);
		assert_noop!(call, NOT_A_GATEWAY);
		for unsigned in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
			let call = PatientRegistry::register_patient(unsigned, HANDLE, custodial(), ENTRY);
			assert_noop!(call, DispatchError::BadOrigin);
		}
	});
}

#[test]
fn register_patient_is_refused_when_the_handle_is_taken() {
	run(|| {
		register_custodial();
		for institution in [HOSPITAL_A, HOSPITAL_B] {
			let call = PatientRegistry::register_patient(origin(gateway(institution)), HANDLE, custodial(), ENTRY);
			assert_noop!(call, Error::<Test>::HandleTaken);
		}
	});
}

#[test]
fn register_patient_is_refused_when_the_handle_was_retired() {
	run(|| {
		register_custodial();
		assert_ok!(PatientRegistry::retire_handle(origin(gateway(HOSPITAL_A)), HANDLE, ENTRY));
		let call = PatientRegistry::register_patient(origin(gateway(HOSPITAL_A)), HANDLE, custodial(), ENTRY);
		assert_noop!(call, Error::<Test>::HandleTaken);
	});
}

#[test]
fn register_patient_is_refused_when_another_hospital_uses_the_proof() {
	run(|| {
		// The patient signed for hospital A; B found the proof in the pool.
		let call = PatientRegistry::register_patient(origin(gateway(HOSPITAL_B)), HANDLE, self_held(1), ENTRY);
		assert_noop!(call, Error::<Test>::BadProof);
	});
}

#[test]
fn register_patient_is_refused_when_a_gateway_poses_as_the_patient() {
	run(|| {
		// Any gateway, even a suspended one of somebody else, and with a valid proof.
		add_gateway(account(1), HOSPITAL_B);
		suspend(HOSPITAL_B);
		let call = PatientRegistry::register_patient(origin(gateway(HOSPITAL_A)), HANDLE, self_held(1), ENTRY);
		assert_noop!(call, Error::<Test>::ControllerIsGateway);
	});
}

#[test]
fn register_patient_changes_nothing_when_the_audit_trail_refuses() {
	run(|| {
		Trail::refuse();
		for control in [custodial(), self_held(1)] {
			let call = PatientRegistry::register_patient(origin(gateway(HOSPITAL_A)), HANDLE, control, ENTRY);
			assert_noop!(call, TRAIL_FULL);
		}
	});
}

#[test]
fn register_patient_changes_nothing_when_the_role_is_refused() {
	run(|| {
		Consortium::refuse_roles();
		let call = PatientRegistry::register_patient(origin(gateway(HOSPITAL_A)), HANDLE, self_held(1), ENTRY);
		assert_noop!(call, NO_ROLES);
	});
}

#[test]
fn register_patient_keeps_handles_apart_when_one_account_controls_two() {
	run(|| {
		register_self_held(1);
		let second = signed(1, genesis(), HOSPITAL_A, OTHER_HANDLE, &account(1), START + 1);
		let control = Control::SelfHeld { controller: account(1), proof: second };
		assert_ok!(PatientRegistry::register_patient(origin(gateway(HOSPITAL_A)), OTHER_HANDLE, control, ENTRY));
		assert_eq!(roles(&account(1)), 2);
		assert_ok!(PatientRegistry::retire_handle(origin(account(1)), HANDLE, Commitment([0; 32])));
		assert_eq!(roles(&account(1)), 1);
	});
}

//! A controller ends all control for good.

use super::*;
use crate::{Error, Event, HandleStatus};
use frame_support::assert_noop;
use salus_primitives::{Act, Handles};

fn retire_by(signer: AccountId) -> frame_support::dispatch::DispatchResult {
	PatientRegistry::retire_handle(origin(signer), HANDLE, ENTRY)
}

#[test]
fn retire_handle_ends_control_when_the_patient_asks() {
	run(|| {
		register_self_held(1);
		suspend(HOSPITAL_A);
		assert_ok!(retire_by(account(1)));
		assert_eq!(record().status, HandleStatus::Retired);
		assert_eq!(record().controllers.to_vec(), []);
		assert_eq!(roles(&account(1)), 0);
		assert_eq!(PatientRegistry::controller(&HANDLE, &account(1)), None);
		assert_eq!(PatientRegistry::custodian(&HANDLE), None);
		System::assert_last_event(Event::HandleRetired { handle: HANDLE }.into());
		assert_eq!(last_entry(), entry_of(Act::Retire, None));
	});
}

#[test]
fn retire_handle_ends_control_when_the_custodian_asks() {
	run(|| {
		register_custodial();
		assert_ok!(retire_by(second_gateway(HOSPITAL_A)));
		assert_eq!(record().status, HandleStatus::Retired);
		assert_eq!(record().evidence, Some(EVIDENCE));
		assert_eq!(last_entry(), entry_of(Act::Retire, Some(HOSPITAL_A)));
	});
}

#[test]
fn retire_handle_is_refused_when_the_signer_does_not_control_it() {
	run(|| {
		register_self_held(1);
		// Custodian of a self-held handle, another hospital, a stranger.
		for signer in [gateway(HOSPITAL_A), gateway(HOSPITAL_B), account(2)] {
			assert_noop!(retire_by(signer), Error::<Test>::NotController);
		}
		rotate(1, 2);
		assert_noop!(retire_by(account(1)), Error::<Test>::NotController);
	});
}

#[test]
fn retire_handle_is_refused_when_the_handle_is_provisional() {
	run(|| {
		// What a person whom nobody knows was treated for is not put away: it waits for the person to be recognised.
		register_provisional(HANDLE);
		assert_noop!(retire_by(gateway(HOSPITAL_A)), Error::<Test>::NotController);
	});
}

#[test]
fn retire_handle_is_refused_when_the_custodian_is_suspended() {
	run(|| {
		register_custodial();
		suspend(HOSPITAL_A);
		assert_noop!(retire_by(gateway(HOSPITAL_A)), Error::<Test>::NotController);
	});
}

#[test]
fn retire_handle_is_refused_when_the_custodian_asks_after_a_claim() {
	run(|| {
		register_custodial();
		claim(1);
		assert_noop!(retire_by(gateway(HOSPITAL_A)), Error::<Test>::PatientHoldsKey);
		advance(CLAIM_DELAY);
		assert_noop!(retire_by(gateway(HOSPITAL_A)), Error::<Test>::NotController);
		assert_ok!(retire_by(account(1)));
	});
}

#[test]
fn retire_handle_is_refused_when_the_handle_is_unknown_or_retired() {
	run(|| {
		assert_noop!(retire_by(account(1)), Error::<Test>::UnknownHandle);
		register_self_held(1);
		assert_ok!(retire_by(account(1)));
		assert_noop!(retire_by(account(1)), Error::<Test>::HandleIsRetired);
	});
}

#[test]
fn retire_handle_changes_nothing_when_the_audit_trail_refuses() {
	run(|| {
		register_self_held(1);
		Trail::refuse();
		assert_noop!(retire_by(account(1)), TRAIL_FULL);
	});
}

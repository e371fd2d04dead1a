//! A proof of possession is worth something for one chain, custodian, handle, account and time only.

use super::*;
use crate::{control_message, ControlProof, Error};
use codec::Encode;
use frame_support::assert_noop;
use proptest::prelude::*;
use salus_primitives::{InstitutionId, MINUTE};
use sp_core::{Pair, H256};
use sp_runtime::{DispatchResult, MultiSignature};

fn register_with(proof: ControlProof<MultiSignature>) -> DispatchResult {
	let control = Control::SelfHeld { controller: account(1), proof };
	PatientRegistry::register_patient(origin(gateway(HOSPITAL_A)), HANDLE, control, ENTRY)
}

#[test]
fn control_message_is_what_clients_sign() {
	let message = control_message(
		&H256([1; 32]),
		InstitutionId(0x0403_0201),
		&HANDLE,
		&AccountId::new([2; 32]),
		0x0807_0605_0403_0201,
	);
	let mut expected = b"salus/control/v1".to_vec();
	expected.extend([1; 32]);
	expected.extend([1, 2, 3, 4]);
	expected.extend(HANDLE.0);
	expected.extend([2; 32]);
	expected.extend([1, 2, 3, 4, 5, 6, 7, 8]);
	assert_eq!(message, expected);
}

#[test]
fn proof_is_refused_when_one_part_of_the_message_is_another() {
	run(|| {
		let (me, until) = (account(1), START + MINUTE);
		let forged = [
			("signer", signed(2, genesis(), HOSPITAL_A, HANDLE, &me, until)),
			("genesis", signed(1, H256([1; 32]), HOSPITAL_A, HANDLE, &me, until)),
			("institution", signed(1, genesis(), HOSPITAL_B, HANDLE, &me, until)),
			("handle", signed(1, genesis(), HOSPITAL_A, OTHER_HANDLE, &me, until)),
			("account", signed(1, genesis(), HOSPITAL_A, HANDLE, &account(2), until)),
			("expiry", ControlProof { expires_at: until + 1, ..signed(1, genesis(), HOSPITAL_A, HANDLE, &me, until) }),
		];
		for (part, proof) in forged {
			assert_noop!(register_with(proof), Error::<Test>::BadProof);
			assert_eq!(roles(&account(1)), 0, "{part}");
		}
		assert_ok!(register_with(signed(1, genesis(), HOSPITAL_A, HANDLE, &me, until)));
	});
}

#[test]
fn proof_is_refused_when_another_domain_was_signed() {
	run(|| {
		let until = START + MINUTE;
		let parts = (genesis(), HOSPITAL_A, HANDLE, account(1), until);
		for message in [(*b"salus/control/v2", &parts).encode(), parts.encode()] {
			let signature = pair(1).sign(&message).into();
			assert_noop!(register_with(ControlProof { expires_at: until, signature }), Error::<Test>::BadProof);
		}
	});
}

#[test]
fn proof_is_refused_when_its_time_is_over() {
	run(|| {
		let proof = signed(1, genesis(), HOSPITAL_A, HANDLE, &account(1), START + MINUTE);
		advance(MINUTE);
		assert_noop!(register_with(proof), Error::<Test>::ProofExpired);
	});
}

#[test]
fn proof_is_refused_when_it_ends_too_far_in_the_future() {
	run(|| {
		for expires_at in [START + PROOF_VALIDITY + 1, u64::MAX] {
			let proof = signed(1, genesis(), HOSPITAL_A, HANDLE, &account(1), expires_at);
			assert_noop!(register_with(proof), Error::<Test>::ProofTooLong);
		}
		assert_ok!(register_with(signed(1, genesis(), HOSPITAL_A, HANDLE, &account(1), START + PROOF_VALIDITY)));
	});
}

#[test]
fn proof_is_bound_in_every_call_when_control_changes() {
	run(|| {
		register_custodial();
		let bad = signed(1, genesis(), HOSPITAL_B, HANDLE, &account(1), START + MINUTE);
		let gateway = origin(gateway(HOSPITAL_A));
		let claim_with =
			|proof| PatientRegistry::claim_handle(gateway.clone(), HANDLE, account(1), proof, EVIDENCE, ENTRY);
		assert_noop!(claim_with(bad), Error::<Test>::BadProof);
		assert_ok!(claim_with(proof(1)));
		let bad = signed(2, genesis(), HOSPITAL_A, OTHER_HANDLE, &account(2), START + MINUTE);
		let call = PatientRegistry::rotate_controller(origin(account(1)), HANDLE, account(2), bad, ENTRY);
		assert_noop!(call, Error::<Test>::BadProof);
	});
}

#[test]
fn proof_is_accepted_when_the_key_is_of_another_scheme() {
	run(|| {
		let pair = sp_core::ed25519::Pair::from_seed(&[7; 32]);
		let controller = AccountId::new(pair.public().0);
		let message = control_message(&genesis(), HOSPITAL_A, &HANDLE, &controller, START + MINUTE);
		let proof = ControlProof { expires_at: START + MINUTE, signature: pair.sign(&message).into() };
		let control = Control::SelfHeld { controller, proof };
		assert_ok!(PatientRegistry::register_patient(origin(gateway(HOSPITAL_A)), HANDLE, control, ENTRY));
	});
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(64))]

	#[test]
	fn proof_holds_exactly_within_its_window(distance in -5_000i64..2 * PROOF_VALIDITY as i64) {
		new_test_ext().execute_with(|| {
			let expires_at = START.checked_add_signed(distance).unwrap();
			let outcome = register_with(signed(1, genesis(), HOSPITAL_A, HANDLE, &account(1), expires_at));
			let expected = match distance {
				..=0 => Err(Error::<Test>::ProofExpired.into()),
				ahead if ahead as u64 > PROOF_VALIDITY => Err(Error::<Test>::ProofTooLong.into()),
				_ => Ok(()),
			};
			prop_assert_eq!(outcome, expected);
			Ok(())
		})?;
	}
}

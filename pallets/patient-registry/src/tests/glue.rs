//! What other pallets are told about a handle.

use super::*;
use salus_primitives::{ControllerKind, Handles};

#[test]
fn custodian_answers_none_when_the_handle_is_unknown_or_retired() {
	run(|| {
		assert_eq!(PatientRegistry::custodian(&HANDLE), None);
		register_custodial();
		assert_eq!(PatientRegistry::custodian(&HANDLE), Some(HOSPITAL_A));
		// Records stay attributed to a custodian that is suspended.
		suspend(HOSPITAL_A);
		assert_eq!(PatientRegistry::custodian(&HANDLE), Some(HOSPITAL_A));
		reinstate(HOSPITAL_A);
		assert_ok!(PatientRegistry::retire_handle(origin(gateway(HOSPITAL_A)), HANDLE, ENTRY));
		assert_eq!(PatientRegistry::custodian(&HANDLE), None);
	});
}

#[test]
fn controller_follows_the_table_of_signers_and_states() {
	const CUSTODIAN: Option<ControllerKind> = Some(ControllerKind::Custodian(HOSPITAL_A));
	const PATIENT: Option<ControllerKind> = Some(ControllerKind::SelfHeld);
	// Gateway of A, second gateway of A, gateway of B, patient, other patient.
	type Row = (&'static str, fn(), [Option<ControllerKind>; 5]);
	let rows: [Row; 11] = [
		("unknown", || (), [None; 5]),
		("custodial", register_custodial, [CUSTODIAN, CUSTODIAN, None, None, None]),
		(
			"custodial, suspended",
			|| {
				register_custodial();
				suspend(HOSPITAL_A)
			},
			[None; 5],
		),
		(
			"claimed, within the delay",
			|| {
				register_custodial();
				claim(1)
			},
			[CUSTODIAN, CUSTODIAN, None, PATIENT, None],
		),
		(
			"claimed, within the delay, suspended",
			|| {
				register_custodial();
				claim(1);
				suspend(HOSPITAL_A)
			},
			[None, None, None, PATIENT, None],
		),
		(
			"claimed, after the delay",
			|| {
				register_custodial();
				claim(1);
				advance(CLAIM_DELAY)
			},
			[None, None, None, PATIENT, None],
		),
		// The custodian consents to nothing for somebody whom nobody could ask.
		("provisional", || register_provisional(HANDLE), [None; 5]),
		(
			"provisional, then claimed",
			|| {
				register_provisional(HANDLE);
				claim(1)
			},
			[None, None, None, PATIENT, None],
		),
		("self-held", || register_self_held(1), [None, None, None, PATIENT, None]),
		(
			"self-held, suspended",
			|| {
				register_self_held(1);
				suspend(HOSPITAL_A)
			},
			[None, None, None, PATIENT, None],
		),
		(
			"rotated away",
			|| {
				register_self_held(1);
				rotate(1, 2)
			},
			[None, None, None, None, PATIENT],
		),
	];
	for (name, prepare, expected) in rows {
		run(|| {
			prepare();
			let signers =
				[gateway(HOSPITAL_A), second_gateway(HOSPITAL_A), gateway(HOSPITAL_B), account(1), account(2)];
			let found = signers.map(|signer| PatientRegistry::controller(&HANDLE, &signer));
			assert_eq!(found, expected, "{name}");
		});
	}
}

//! One file per call; what holds for all of them is in `invariants`.

mod claim_handle;
mod glue;
mod invariants;
mod merge_handle;
mod proof;
mod register_patient;
mod retire_handle;
mod rotate_controller;
mod unmerge_handle;
mod weight;

use crate::{mock::*, Control};
use frame_support::assert_ok;
use salus_primitives::{Commitment, PatientHandle};

/// `HANDLE` under custody of hospital A.
fn register_custodial() {
	let control = Control::Custodial { evidence: EVIDENCE };
	assert_ok!(PatientRegistry::register_patient(origin(gateway(HOSPITAL_A)), HANDLE, control, ENTRY));
}

/// A handle at hospital A of somebody whom nobody could identify.
fn register_provisional(handle: PatientHandle) {
	let signer = origin(gateway(HOSPITAL_A));
	assert_ok!(PatientRegistry::register_patient(signer, handle, Control::Provisional, ENTRY));
}

/// `OTHER_HANDLE` under custody of hospital A.
fn register_other() {
	let control = Control::Custodial { evidence: EVIDENCE };
	assert_ok!(PatientRegistry::register_patient(origin(gateway(HOSPITAL_A)), OTHER_HANDLE, control, ENTRY));
}

/// `HANDLE` at hospital A, controlled by person `seed`.
fn register_self_held(seed: u8) {
	let control = Control::SelfHeld { controller: account(seed), proof: proof(seed) };
	assert_ok!(PatientRegistry::register_patient(origin(gateway(HOSPITAL_A)), HANDLE, control, ENTRY));
}

/// Person `seed` claims `HANDLE` at hospital A.
fn claim(seed: u8) {
	let (controller, proof) = (account(seed), proof(seed));
	assert_ok!(PatientRegistry::claim_handle(origin(gateway(HOSPITAL_A)), HANDLE, controller, proof, EVIDENCE, ENTRY));
}

/// Person `old` hands `HANDLE` to the key of person `new`.
fn rotate(old: u8, new: u8) {
	assert_ok!(PatientRegistry::rotate_controller(origin(account(old)), HANDLE, account(new), proof(new), ENTRY));
}

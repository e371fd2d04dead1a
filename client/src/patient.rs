//! What a patient's device does: draws handles, derives a key per handle, proves that it holds it.

use crate::wire::{Account, ProofOfControl};
use codec::Encode;
use salus_primitives::{InstitutionId, Moment, PatientHandle, MINUTE};
use subxt_signer::{sr25519::Keypair, DeriveJunction};

/// How long a proof of control made here is valid: enough for a visit at the desk.
pub const PROOF_VALIDITY: Moment = 10 * MINUTE;

/// A fresh handle: 32 random bytes, derived from nothing.
pub fn new_handle() -> PatientHandle {
	PatientHandle(crate::random_bytes())
}

/// The key of one handle: sr25519 hard derivation `//salus//<index>` from the root. Soft junctions would link the accounts.
pub fn handle_key(root: &Keypair, index: u32) -> Keypair {
	root.derive([DeriveJunction::hard("salus"), DeriveJunction::hard(u64::from(index))])
}

/// What a controller signs to prove that it holds its key:
/// `SCALE(b"salus/control/v1", genesis, custodian, handle, controller, expires_at)`, as `pallet-patient-registry` checks it.
pub fn control_message(
	genesis: &[u8; 32],
	custodian: InstitutionId,
	handle: &PatientHandle,
	controller: &Account,
	expires_at: Moment,
) -> Vec<u8> {
	(*b"salus/control/v1", genesis, custodian, handle, controller, expires_at).encode()
}

/// A proof that `key` agrees to control `handle` at `custodian`, until [`PROOF_VALIDITY`] after `now`.
pub fn prove_control(
	key: &Keypair,
	genesis: &[u8; 32],
	custodian: InstitutionId,
	handle: &PatientHandle,
	now: Moment,
) -> ProofOfControl {
	let expires_at = now.saturating_add(PROOF_VALIDITY);
	let account = Account(key.public_key().0);
	let signature = key.sign(&control_message(genesis, custodian, handle, &account, expires_at)).0.into();
	ProofOfControl { expires_at, signature }
}

#[cfg(test)]
mod tests {
	use super::*;

	fn root() -> Keypair {
		Keypair::from_secret_key([4; 32]).unwrap()
	}

	#[test]
	fn keys_of_handles_differ_and_repeat() {
		assert_ne!(handle_key(&root(), 0).public_key().0, handle_key(&root(), 1).public_key().0);
		assert_eq!(handle_key(&root(), 5).public_key().0, handle_key(&root(), 5).public_key().0);
	}

	#[test]
	fn a_proof_verifies_for_its_handle_only() {
		let (key, handle) = (handle_key(&root(), 0), PatientHandle([2; 32]));
		let proof = prove_control(&key, &[1; 32], InstitutionId(3), &handle, 1_000);
		let verifies = |custodian, handle: &PatientHandle| {
			let account = Account(key.public_key().0);
			let message = control_message(&[1; 32], custodian, handle, &account, proof.expires_at);
			let signature = subxt_signer::sr25519::Signature(proof.signature.0);
			subxt_signer::sr25519::verify(&signature, message, &key.public_key())
		};
		assert!(verifies(InstitutionId(3), &handle));
		assert!(!verifies(InstitutionId(4), &handle));
		assert!(!verifies(InstitutionId(3), &PatientHandle([3; 32])));
	}

	#[test]
	fn the_message_has_the_layout_of_the_pallet() {
		let message = control_message(&[1; 32], InstitutionId(2), &PatientHandle([3; 32]), &Account([4; 32]), 5);
		let expected =
			[&b"salus/control/v1"[..], &[1; 32], &[2, 0, 0, 0], &[3; 32], &[4; 32], &[5, 0, 0, 0, 0, 0, 0, 0]].concat();
		assert_eq!(message, expected);
	}
}

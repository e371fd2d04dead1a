//! What a duty officer of a guardian institution states and signs.

use super::{verifies, Decision};
use crate::wire::Bytes64;
use codec::{Decode, Encode};
use salus_primitives::{EmergencyRequestId, Moment, PatientHandle, PractitionerId};
use serde::{Deserialize, Serialize};

/// Domain tag of what is signed.
pub const DUTY_TAG: &str = "salus/duty/v1";

/// The statement. SCALE in this order.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct DutyStatement {
	/// Who decides.
	pub practitioner: PractitionerId,
	/// Which session.
	pub id: EmergencyRequestId,
	/// Whose data.
	pub handle: PatientHandle,
	/// Yes or no.
	pub decision: Decision,
	/// Why, in the officer's words; opened to patient, custodian and auditor.
	pub reason: String,
	/// When.
	pub at: Moment,
}

/// Body of `POST /v1/emergency/duty/{id}`. Its JSON bytes stand as `request` in the audit entry of the vote: a gateway cannot make up who
/// decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DutyDecision {
	/// What is stated.
	pub statement: DutyStatement,
	/// Ed25519 signature by the officer's registered key over [`DutyStatement::message`].
	pub signature: Bytes64,
}

impl DutyStatement {
	/// The signed bytes: `SCALE("salus/duty/v1", genesis, statement)`.
	pub fn message(&self, genesis: &[u8; 32]) -> Vec<u8> {
		(DUTY_TAG, genesis, self).encode()
	}

	/// Signs with the officer's registered key.
	pub fn sign(self, genesis: &[u8; 32], key: &ed25519_dalek::SigningKey) -> DutyDecision {
		use ed25519_dalek::Signer;
		let signature = key.sign(&self.message(genesis)).to_bytes().into();
		DutyDecision { statement: self, signature }
	}
}

impl DutyDecision {
	/// Whether the signature is by this registered key (strict: no small-order keys, canonical encodings only).
	pub fn is_signed_by(&self, genesis: &[u8; 32], signing_key: &[u8; 32]) -> bool {
		verifies(signing_key, &self.statement.message(genesis), &self.signature)
	}
}

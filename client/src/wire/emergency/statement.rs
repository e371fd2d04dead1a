//! What a practitioner states and signs to open a record in an emergency.

use super::{one_time_public, verifies};
use crate::wire::{Blob, Bytes32, Bytes64};
use codec::{Decode, Encode};
use salus_envelope::{OneTimePublic, WrapError};
use salus_primitives::{EmergencyTier, InstitutionId, Moment, PatientHandle, PractitionerId};
use salus_threshold::proof::SchnorrProof;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Domain tag of what is signed.
pub const EMERGENCY_TAG: &str = "salus/emergency/v1";
/// Longest text of a statement (reason, evidence, caller), bytes each: they go into the audit entry.
pub const MAX_EMERGENCY_TEXT: usize = 2_000;

/// What an emergency rests on, as far as it can be checked afterwards.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmergencyEvidence {
	/// Number of the encounter or dispatch in the requester's own system.
	#[codec(index = 0)]
	Encounter(String),
	/// Words, where there is no number yet.
	#[codec(index = 1)]
	Words(String),
}

impl EmergencyEvidence {
	/// The text, whichever it is.
	pub fn text(&self) -> &str {
		match self {
			Self::Encounter(text) | Self::Words(text) => text,
		}
	}
}

impl fmt::Display for EmergencyEvidence {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Encounter(number) => write!(f, "encounter {number}"),
			Self::Words(words) => f.write_str(words),
		}
	}
}

/// The statement. SCALE in this order.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct EmergencyStatement {
	/// Who asks.
	pub practitioner: PractitionerId,
	/// About whom.
	pub handle: PatientHandle,
	/// Who keeps the records.
	pub custodian: InstitutionId,
	/// How much is asked for.
	pub tier: EmergencyTier,
	/// The one-time point Q that the guardians re-encrypt to; names the session together with the requester's institution.
	pub point: Bytes32,
	/// Proof that the discrete logarithm of Q is known, bound to this request and its envelope.
	pub proof: SchnorrProof,
	/// One-time Ed25519 key that will sign the holder's challenge.
	pub signing_key: Bytes32,
	/// One-time X-Wing key (1216 bytes) that the second half is wrapped to.
	pub xwing_key: Blob,
	/// What it rests on.
	pub evidence: EmergencyEvidence,
	/// Why, in the practitioner's words; opened to patient, custodian, guardians and auditor.
	pub reason: String,
	/// Who called, when an attendant asks on a caller's word: name and number to call back.
	pub caller: Option<String>,
	/// When.
	pub at: Moment,
}

/// An [`EmergencyStatement`] with its signature. Its JSON bytes stand as `request` in the audit entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedEmergency {
	/// What is stated.
	pub statement: EmergencyStatement,
	/// Ed25519 signature by the practitioner's registered key over [`EmergencyStatement::message`].
	pub signature: Bytes64,
}

impl EmergencyStatement {
	/// The one-time keys. Their binding ([`OneTimePublic::binding`]) is the `key_hash` of the request on chain.
	///
	/// # Errors
	/// [`WrapError::InvalidPublicKey`].
	pub fn one_time_keys(&self) -> Result<OneTimePublic, WrapError> {
		one_time_public(&self.signing_key, &self.xwing_key)
	}

	/// The signed bytes: `SCALE("salus/emergency/v1", genesis, statement)`.
	pub fn message(&self, genesis: &[u8; 32]) -> Vec<u8> {
		(EMERGENCY_TAG, genesis, self).encode()
	}

	/// Signs with the practitioner's registered key.
	pub fn sign(self, genesis: &[u8; 32], key: &ed25519_dalek::SigningKey) -> SignedEmergency {
		use ed25519_dalek::Signer;
		let signature = key.sign(&self.message(genesis)).to_bytes().into();
		SignedEmergency { statement: self, signature }
	}

	/// Whether every text is there and no longer than [`MAX_EMERGENCY_TEXT`].
	pub fn texts_are_sound(&self) -> bool {
		is_sound(&self.reason) && is_sound(self.evidence.text()) && self.caller.as_deref().is_none_or(is_sound)
	}
}

impl SignedEmergency {
	/// Whether the signature is by this registered key (strict: no small-order keys, canonical encodings only).
	pub fn is_signed_by(&self, genesis: &[u8; 32], signing_key: &[u8; 32]) -> bool {
		verifies(signing_key, &self.statement.message(genesis), &self.signature)
	}
}

/// Whether a text is there and no longer than [`MAX_EMERGENCY_TEXT`].
pub(super) fn is_sound(text: &str) -> bool {
	!text.trim().is_empty() && text.len() <= MAX_EMERGENCY_TEXT
}

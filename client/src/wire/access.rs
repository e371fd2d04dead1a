//! A practitioner asks another institution for records.

use super::{Blob, BlockId, Bytes32, Bytes64};
use codec::{Decode, Encode};
use salus_envelope::{OneTimePublic, WrapError, XWingPublic};
use salus_policy::{Category, Purpose};
use salus_primitives::{InstitutionId, Moment, PatientHandle, PermitId, PractitionerId};
use serde::{Deserialize, Serialize};

/// Domain tag of what a practitioner signs to ask.
pub const REQUEST_TAG: &str = "salus/request/v1";
/// The hint of every answer, permitted or empty.
pub const EMERGENCY_HINT: &str = "If life or health is at risk, emergency access exists: ask your emergency desk.";

/// Body of `POST /v1/access-requests`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessRequest {
	/// The patient's handle at the custodian.
	pub handle: PatientHandle,
	/// The institution that keeps the records.
	pub custodian: InstitutionId,
	/// What is asked for.
	pub categories: Vec<Category>,
	/// What for.
	pub purpose: Purpose,
	/// The practitioner's own statement, which goes into the audit entry.
	pub request: SignedRequest,
}

/// What a practitioner states and signs. SCALE in this order.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct RequestStatement {
	/// Who asks.
	pub practitioner: PractitionerId,
	/// About whom.
	pub handle: PatientHandle,
	/// Of which institution.
	pub custodian: InstitutionId,
	/// What is asked for.
	pub categories: Vec<Category>,
	/// What for.
	pub purpose: Purpose,
	/// One-time Ed25519 key that will sign the challenge.
	pub signing_key: Bytes32,
	/// One-time X-Wing key (1216 bytes) that content keys are wrapped to.
	pub xwing_key: Blob,
	/// Why, in the practitioner's words; opened to patient, custodian and auditor.
	pub reason: String,
	/// When.
	pub at: Moment,
}

/// A [`RequestStatement`] with its signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedRequest {
	/// What is stated.
	pub statement: RequestStatement,
	/// Ed25519 signature by the practitioner's registered key over [`RequestStatement::message`].
	pub signature: Bytes64,
}

impl RequestStatement {
	/// The one-time keys. Their binding ([`OneTimePublic::binding`]) is the `requester` of the call and of the permit.
	///
	/// # Errors
	/// [`WrapError::InvalidPublicKey`].
	pub fn one_time_keys(&self) -> Result<OneTimePublic, WrapError> {
		Ok(OneTimePublic { signing: self.signing_key.0, xwing: XWingPublic::from_bytes(&self.xwing_key.0)? })
	}

	/// The signed bytes: `SCALE("salus/request/v1", genesis, statement)`.
	pub fn message(&self, genesis: &[u8; 32]) -> Vec<u8> {
		(REQUEST_TAG, genesis, self).encode()
	}

	/// Signs with the practitioner's registered key.
	pub fn sign(self, genesis: &[u8; 32], key: &ed25519_dalek::SigningKey) -> SignedRequest {
		use ed25519_dalek::Signer;
		let signature = key.sign(&self.message(genesis)).to_bytes().into();
		SignedRequest { statement: self, signature }
	}
}

impl SignedRequest {
	/// Whether the signature is by this registered key (strict: no small-order keys, canonical encodings only).
	pub fn is_signed_by(&self, genesis: &[u8; 32], signing_key: &[u8; 32]) -> bool {
		let Ok(key) = ed25519_dalek::VerifyingKey::from_bytes(signing_key) else { return false };
		let signature = ed25519_dalek::Signature::from_bytes(&self.signature.0);
		key.verify_strict(&self.statement.message(genesis), &signature).is_ok()
	}
}

/// Answer to [`AccessRequest`]. The same shape whatever the outcome.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccessAnswer {
	/// The permit; `None` when nothing was permitted, for whatever reason.
	pub permit: Option<PermitId>,
	/// First moment after the permit's validity.
	pub expires_at: Option<Moment>,
	/// Always [`EMERGENCY_HINT`].
	pub hint: String,
	/// The finalized block with the decision.
	pub block: BlockId,
}

/// Answer to `POST /v1/access-requests/{permit}/challenge`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChallengeAnswer {
	/// The permit.
	pub permit: PermitId,
	/// 32 random bytes drawn by the custodian, good once.
	pub nonce: Bytes32,
	/// When the challenge ends.
	pub expires_at: Moment,
}

/// Body of `POST /v1/access-requests/{permit}/fetch`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FetchRequest {
	/// The challenge's nonce.
	pub nonce: Bytes32,
	/// Signature by the one-time key over [`super::ReleaseChallenge::message`], domain [`super::CHALLENGE_TAG`].
	pub signature: Bytes64,
}

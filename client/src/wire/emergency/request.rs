//! A request, from asking to its end.

use super::SignedEmergency;
use crate::wire::{BlockId, Bytes32};
use salus_primitives::{
	CommitteeId, EmergencyRequestId, EmergencyTier, InstitutionId, Moment, PatientHandle, PractitionerId, ReviewVerdict,
};
use salus_runtime_api::EmergencyStatus;
use salus_threshold::envelope::EnvelopeHeader;
use serde::{Deserialize, Serialize};

/// Body of `POST /v1/emergency/requests`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmergencyRequestForm {
	/// The practitioner's own statement, which goes into the audit entry.
	pub request: SignedEmergency,
	/// The committee that is asked.
	pub committee: CommitteeId,
	/// Epoch of the scope that the envelope belongs to.
	pub epoch: u32,
	/// Number of the envelope, which the request uses up.
	pub envelope: u8,
	/// The envelope without its ciphertext.
	pub header: EnvelopeHeader,
	/// Opens the envelope's commitment on chain.
	pub salt: Bytes32,
}

/// Answer to [`EmergencyRequestForm`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmergencyRequested {
	/// The session.
	pub id: EmergencyRequestId,
	/// The finalized block with the request.
	pub block: BlockId,
	/// Parts that it takes.
	pub required: u16,
	/// First moment at which guardians come too late.
	pub expires_at: Moment,
}

/// Body of `POST /v1/emergency/requests/{id}/close` and `.../cancel`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionAct {
	/// Why, in the practitioner's words; goes into the audit entry.
	pub reason: String,
}

/// Answer to [`SessionAct`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmergencyClosed {
	/// The session.
	pub id: EmergencyRequestId,
	/// The finalized block with its end.
	pub block: BlockId,
}

/// Answer to `GET /v1/emergency/requests/{id}`: the session at a finalized block, with names.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionView {
	/// The session.
	pub id: EmergencyRequestId,
	/// Whose data.
	pub handle: PatientHandle,
	/// Who keeps them.
	pub custodian: InstitutionId,
	/// Who asks.
	pub institution: InstitutionId,
	/// Its name.
	pub institution_name: String,
	/// How much is asked for.
	pub tier: EmergencyTier,
	/// Epoch of the scope.
	pub epoch: u32,
	/// Number of the envelope that it uses up.
	pub envelope: u8,
	/// Who decides.
	pub committee: CommitteeId,
	/// Where it stands.
	pub status: EmergencyStatus,
	/// Whether only human duty officers may approve, because a cap was reached.
	pub manual: bool,
	/// Whether it is a drill on test data.
	pub drill: bool,
	/// Parts that it takes.
	pub required: u16,
	/// The parts so far.
	pub parts: Vec<PartView>,
	/// The guardians that said no, by name.
	pub rejected: Vec<String>,
	/// The guardians whose part was wrong, by name; their vote is void.
	pub refused: Vec<String>,
	/// When it was asked for.
	pub requested_at: Moment,
	/// First moment at which guardians come too late.
	pub expires_at: Moment,
	/// First moment after it was active.
	pub active_until: Option<Moment>,
	/// Whether the patient disputes it.
	pub disputed: bool,
	/// Until when the review is due.
	pub review_due: Option<Moment>,
	/// Whether the review was found overdue.
	pub overdue: bool,
	/// The outcome of the review.
	pub verdict: Option<ReviewVerdict>,
	/// Who asked, where that is known.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub practitioner: Option<PractitionerId>,
	/// To whom the session was handed over.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub handed_to: Option<PractitionerId>,
	/// The finalized block that this was read at.
	pub block: BlockId,
}

/// A verified part and whose it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartView {
	/// The guardian's index in the committee, from 1.
	pub index: u16,
	/// Its name: an institution's, or that it is a person whom the patient chose.
	pub guardian: String,
	/// The part, re-encrypted to the requester.
	pub value: Bytes32,
}

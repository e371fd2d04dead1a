//! What a requester needs before it can ask: the sealed envelopes of a patient.

use crate::wire::Bytes32;
use salus_primitives::{CommitteeId, EmergencyTier, InstitutionId, PatientHandle};
use salus_threshold::envelope::Envelope;
use serde::{Deserialize, Serialize};

/// Body of `POST /v1/emergency/envelopes`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnvelopesRequest {
	/// The patient's handle.
	pub handle: PatientHandle,
}

/// Answer to `GET /v1/emergency/files/{handle}` and to [`EnvelopesRequest`]. Opens nothing by itself: k guardians and a holder have to
/// agree first. What stands here is compared with the commitments on chain before it is used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmergencyFile {
	/// The handle.
	pub handle: PatientHandle,
	/// Who keeps the records.
	pub custodian: InstitutionId,
	/// What is sealed, by tier and committee.
	pub scopes: Vec<ScopeEnvelopes>,
}

/// The envelopes of one tier for one committee.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScopeEnvelopes {
	/// How much is inside.
	pub tier: EmergencyTier,
	/// Epoch of the scope.
	pub epoch: u32,
	/// The committee whose guardians can open them.
	pub committee: CommitteeId,
	/// Name of the committee's group key.
	pub key_id: Bytes32,
	/// Whether it is a registered test patient.
	pub drill: bool,
	/// The envelopes that are not known to be used.
	pub envelopes: Vec<SealedEnvelope>,
}

/// One envelope with the salt of its commitment on chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedEnvelope {
	/// Its number in the epoch, from 0.
	pub number: u8,
	/// The envelope around the first half of the scope's secret.
	pub envelope: Envelope,
	/// Opens the commitment on chain together with the envelope's header.
	pub salt: Bytes32,
}

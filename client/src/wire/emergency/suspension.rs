//! A patient who stands in person before another institution has a session stopped.

use crate::wire::{BlockId, Bytes32};
use salus_primitives::{Commitment, EmergencyRequestId};
use salus_runtime_api::EmergencyStatus;
use serde::{Deserialize, Serialize};

/// Domain tag of [`PresenceEvidence::commitment`].
const PRESENCE_TAG: &str = "salus/presence-evidence/v1";

/// Body of `POST /v1/emergency/suspensions/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuspensionForm {
	/// How it is known that the patient is here, in words; stands on chain as a salted commitment.
	pub evidence: String,
	/// What the patient says, in words; goes into the audit entry.
	pub reason: String,
}

/// Answer to [`SuspensionForm`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuspensionRecorded {
	/// The session.
	pub id: EmergencyRequestId,
	/// The finalized block with the statement.
	pub block: BlockId,
	/// Where the session stands then. An institution that has stopped as many as it may in a day confirms a dispute, and stops nothing alone.
	pub status: EmergencyStatus,
}

/// What the evidence on chain commits to. Its JSON bytes stand in the audit entry as [`request`](crate::wire::FullEntry::request).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresenceEvidence {
	/// How it is known that the patient was there.
	pub words: String,
	/// Salt of the commitment.
	pub salt: Bytes32,
}

impl PresenceEvidence {
	/// Words with a fresh salt.
	pub fn new(words: impl Into<String>) -> Self {
		Self { words: words.into(), salt: crate::random_bytes().into() }
	}

	/// The commitment that stands on chain: salted over the words.
	pub fn commitment(&self) -> Commitment {
		Commitment(salus_envelope::commit::salted(PRESENCE_TAG, &self.salt.0, self.words.as_bytes()))
	}
}

//! Human duty officers of a guardian institution.

use super::SignedEmergency;
use crate::wire::{Account, BlockId};
use codec::{Decode, Encode};
use salus_primitives::{EmergencyRequestId, Guardian, InstitutionId};
use salus_runtime_api::EmergencySessionInfo;
use serde::{Deserialize, Serialize};

/// Answer to `GET /v1/emergency/duty`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DutyList {
	/// The sessions that wait for a person here, the oldest first.
	pub cases: Vec<DutyCase>,
}

/// A session that waits for a person.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DutyCase {
	/// The session as the chain has it.
	pub session: EmergencySessionInfo,
	/// Name of the requester's institution.
	pub institution_name: String,
	/// What the practitioner states, once its opening is here and was found to be right.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub request: Option<SignedEmergency>,
	/// Why no server decides: the tier, a cap, the institution's own rules, a missing opening, the patient's dispute.
	pub why: String,
	/// What each guardian did so far, by index.
	pub votes: Vec<GuardianVote>,
}

/// A guardian and its vote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuardianVote {
	/// Its index in the committee, from 1.
	pub index: u16,
	/// Who it is.
	pub guardian: Guardian<Account>,
	/// The institution it counts for: its own, or the one that the person works at.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub institution: Option<InstitutionId>,
	/// Name of the institution; empty for a person.
	#[serde(default, skip_serializing_if = "String::is_empty")]
	pub name: String,
	/// What it did.
	pub vote: Vote,
}

/// What a guardian did in a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Vote {
	/// Nothing so far.
	None,
	/// Gave its verified part.
	Approved,
	/// Said no.
	Rejected,
	/// Gave a part that does not verify: its vote is void, and the chain names it.
	BadPart,
}

impl Vote {
	/// The vote of the guardian with this index.
	pub fn of(index: u16, session: &EmergencySessionInfo) -> Self {
		if session.refused.contains(&index) {
			Self::BadPart
		} else if session.parts.iter().any(|(guardian, _)| *guardian == index) {
			Self::Approved
		} else if session.rejected.contains(&index) {
			Self::Rejected
		} else {
			Self::None
		}
	}
}

/// A duty officer's or guardian's answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
	/// Give the institution's part.
	#[codec(index = 0)]
	Approve,
	/// Vote against it.
	#[codec(index = 1)]
	Reject,
	/// Confirm that the patient contradicts it: enough guardians who do stop the session.
	#[codec(index = 2)]
	Stop,
}

/// Answer to [`super::DutyDecision`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DutyRecorded {
	/// The session.
	pub id: EmergencyRequestId,
	/// What was decided.
	pub decision: Decision,
	/// The finalized block with the vote.
	pub block: BlockId,
}

//! The journal of votes on emergency sessions.

use salus_client::wire::EntryOpening;
use salus_primitives::{CommitteeId, EmergencyRequestId, InstitutionId, Moment, PatientHandle, PractitionerId};
use salus_threshold::part::DecryptionPart;
use serde::{Deserialize, Serialize};

/// A vote of this institution. Written before it is submitted: after a crash the same vote is carried on, and no second one is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VoteRow {
	/// The session.
	pub id: EmergencyRequestId,
	/// Its committee.
	pub committee: CommitteeId,
	/// Index of this institution there.
	pub index: u16,
	/// Whose data.
	pub handle: PatientHandle,
	/// Who keeps them.
	pub custodian: InstitutionId,
	/// Who asks.
	pub requester: InstitutionId,
	/// The practitioner who asks; `None` when the vote was given without the words behind the request.
	pub practitioner: Option<PractitionerId>,
	/// Whether it is a drill.
	pub drill: bool,
	/// The part of an approval; `None` for a rejection.
	pub part: Option<DecryptionPart>,
	/// The duty officer who decided; `None` when the server did by its rules.
	pub officer: Option<PractitionerId>,
	/// Opening of the vote's audit entry.
	pub opening: EntryOpening,
	/// When it was decided.
	pub at: Moment,
	/// How far it got.
	pub stage: VoteStage,
	/// Submissions so far.
	pub tries: u32,
	/// Not to be submitted again before this.
	pub next_at: Moment,
}

impl VoteRow {
	/// Whether the server approved by its rules, and no person decided.
	pub fn is_automatic(&self) -> bool {
		self.part.is_some() && self.officer.is_none()
	}
}

/// How far a vote got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum VoteStage {
	/// On its way, or about to be.
	Submitting,
	/// It stands on the chain.
	Cast,
	/// The chain found the part wrong.
	Void,
	/// The session ended before it got there.
	Lapsed,
}

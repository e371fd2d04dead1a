//! What a patient is told at once.

use salus_primitives::{
	EmergencyRequestId, EmergencyTier, InstitutionId, Moment, PatientHandle, PractitionerId, ReviewVerdict,
};
use serde::{Deserialize, Serialize};

/// Answer to `GET /v1/patients/{handle}/notices`; with `?after=N` those with a higher number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notices {
	/// The handle.
	pub handle: PatientHandle,
	/// The notices, the oldest first.
	pub notices: Vec<Notice>,
}

/// One notice.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
	/// Its number among the handle's notices, from 1 and without gaps.
	pub number: u64,
	/// When it happened: slot time of the finalized block.
	pub at: Moment,
	/// The session.
	pub id: EmergencyRequestId,
	/// Whether it is a drill.
	pub drill: bool,
	/// What happened.
	pub kind: NoticeKind,
}

/// What happened in a session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeKind {
	/// Somebody asks.
	Requested {
		/// The requester's institution.
		institution: InstitutionId,
		/// How much is asked for.
		tier: EmergencyTier,
		/// Who asks, once the statement is here.
		practitioner: Option<PractitionerId>,
		/// Why, in the practitioner's words, once the statement is here.
		reason: Option<String>,
	},
	/// A guardian gave its part.
	Approved {
		/// Its name.
		guardian: String,
		/// Parts so far.
		parts: u16,
		/// Parts that it takes.
		required: u16,
	},
	/// A guardian gave a part that does not verify.
	PartRefused {
		/// Its name.
		guardian: String,
	},
	/// A guardian said no.
	Rejected {
		/// Its name.
		guardian: String,
	},
	/// The session is active: the data may be opened.
	Opened {
		/// Until when.
		until: Moment,
	},
	/// Too many guardians said no.
	Refused,
	/// Nobody answered in time.
	Expired,
	/// The requester took it back.
	Cancelled,
	/// The session is over: nothing can be opened by it any more.
	Closed,
	/// A holder gave the data out.
	Released {
		/// Which.
		holder: InstitutionId,
		/// To whom.
		practitioner: PractitionerId,
	},
	/// The patient's key contradicts it, or an institution says that the patient is there in person and wants it stopped.
	Disputed,
	/// It was stopped.
	Suspended,
	/// The custodian has to review it.
	ReviewDue {
		/// Until when.
		at: Moment,
	},
	/// Nobody reviewed it in time, which is published.
	ReviewOverdue,
	/// It was reviewed.
	Reviewed {
		/// How it ended.
		verdict: ReviewVerdict,
	},
}

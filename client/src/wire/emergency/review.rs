//! Afterwards: was it right?

use super::{EmergencyStatement, SessionView};
use crate::wire::BlockId;
use salus_primitives::{EmergencyRequestId, Moment, ReviewVerdict};
use serde::{Deserialize, Serialize};

/// Answer to `GET /v1/emergency/reviews`: what waits for a verdict; with `?all=true` every session about patients of this custodian.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reviews {
	/// The sessions, the newest first.
	pub reviews: Vec<ReviewItem>,
}

/// A session as its reviewer needs it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewItem {
	/// The session.
	pub session: SessionView,
	/// What the practitioner states. Absent while the requester's gateway has not delivered the opening, which is a finding.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub statement: Option<EmergencyStatement>,
	/// When something was released, as far as the custodian was told.
	#[serde(default)]
	pub released_at: Vec<Moment>,
}

/// Body of `POST /v1/emergency/reviews/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReviewForm {
	/// The verdict.
	pub verdict: ReviewVerdict,
	/// Why, in the reviewer's words; goes into the audit entry.
	pub reason: String,
}

/// Answer to [`ReviewForm`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reviewed {
	/// The session.
	pub id: EmergencyRequestId,
	/// The verdict.
	pub verdict: ReviewVerdict,
	/// The finalized block with it.
	pub block: BlockId,
}

//! The words behind a request on their way to those who decide about it.

use super::SignedEmergency;
use crate::wire::{Bytes32, EntryOpening};
use salus_primitives::EmergencyRequestId;
use serde::{Deserialize, Serialize};

/// Body of `POST /v1/emergency/openings` (requester's gateway to a guardian's), and answer to [`OpeningQuery`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmergencyOpening {
	/// The session.
	pub id: EmergencyRequestId,
	/// Opens the audit entry that the chain holds for the request.
	pub opening: EntryOpening,
	/// Key of the practitioner's day: the session's shift tag is the first half of its HMAC over the practitioner's id.
	pub shift_key: Bytes32,
}

impl EmergencyOpening {
	/// The practitioner's signed statement inside the entry, when the opening is right and readable.
	pub fn request(&self) -> Option<SignedEmergency> {
		serde_json::from_slice(&self.opening.full_entry()?.request?.0).ok()
	}
}

/// Body of `POST /v1/emergency/openings/query`, by the account of a personal guardian.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpeningQuery {
	/// The session.
	pub id: EmergencyRequestId,
}

/// Answer to [`EmergencyOpening`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpeningAccepted {
	/// Whether it was new.
	pub new: bool,
}

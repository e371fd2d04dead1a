//! Emergency access: asking, deciding, opening, telling, reviewing.

mod deposit;
mod duty;
mod file;
mod guardian;
mod handover;
mod key;
mod locate;
mod notice;
mod opening;
mod release;
mod request;
mod review;
mod statement;
mod suspension;

pub use deposit::{DepositAccepted, DepositedSet, EmergencyDeposit, SealedHalf, SealedPackage};
pub use duty::{Decision, DutyCase, DutyList, DutyRecorded, GuardianVote, Vote};
pub use file::{EmergencyFile, EnvelopesRequest, ScopeEnvelopes, SealedEnvelope};
pub use guardian::{DutyDecision, DutyStatement, DUTY_TAG};
pub use handover::{Handover, HandoverKept, HandoverStatement, SignedHandover, HANDOVER_TAG};
pub use key::{GatewayKey, ReceiverKey};
pub use locate::{
	LocateDeposit, LocateEntries, LocateFound, LocateIndexed, LocateLookup, LocateRemoval, LocateStatement, LocateTag,
	SealedLocateEntry, SignedLocate, LOCATE_LOOKUP_TAG, LOCATE_TAG,
};
pub use notice::{Notice, NoticeKind, Notices};
pub use opening::{EmergencyOpening, OpeningAccepted, OpeningQuery};
pub use release::{
	EmergencyChallenge, EmergencyChallengeRequest, EmergencyFetch, EmergencyRelease, EmergencyReleaseRequest,
	ReleaseNotice, ReleasedHalf, EMERGENCY_CHALLENGE_TAG,
};
pub use request::{EmergencyClosed, EmergencyRequestForm, EmergencyRequested, PartView, SessionAct, SessionView};
pub use review::{ReviewForm, ReviewItem, Reviewed, Reviews};
pub use statement::{EmergencyEvidence, EmergencyStatement, SignedEmergency, EMERGENCY_TAG, MAX_EMERGENCY_TEXT};
pub use suspension::{PresenceEvidence, SuspensionForm, SuspensionRecorded};

use crate::wire::{Blob, Bytes32, Bytes64};
use salus_envelope::{OneTimePublic, WrapError, XWingPublic};

/// Whether the signature is by this Ed25519 key (strict: no small-order keys, canonical encodings only).
fn verifies(signing_key: &[u8; 32], message: &[u8], signature: &Bytes64) -> bool {
	let Ok(key) = ed25519_dalek::VerifyingKey::from_bytes(signing_key) else { return false };
	key.verify_strict(message, &ed25519_dalek::Signature::from_bytes(&signature.0)).is_ok()
}

/// One-time keys as they stand in statements.
fn one_time_public(signing_key: &Bytes32, xwing_key: &Blob) -> Result<OneTimePublic, WrapError> {
	Ok(OneTimePublic { signing: signing_key.0, xwing: XWingPublic::from_bytes(&xwing_key.0)? })
}

#[cfg(test)]
mod tests;

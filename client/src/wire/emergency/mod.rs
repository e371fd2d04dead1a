//! Emergency access: asking, deciding, opening, telling, reviewing.

mod deposit;
mod duty;
mod file;
mod guardian;
mod handover;
mod key;
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

#[cfg(test)]
mod tests;

//! One entry of the audit trail, as it stands in a block (IHE BALP's fields without what would name a person).

use crate::{Commitment, InstitutionId, Moment, PatientHandle};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_runtime::ConsensusEngineId;

/// Engine id of the digest item that carries the roots of the audit trail.
pub const AUDIT_ENGINE_ID: ConsensusEngineId = *b"SALA";

/// The hash chain that an entry belongs to.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub enum AuditChain {
	/// Acts about a registered patient.
	Patient(PatientHandle),
	/// Acts of an institution that concern no registered patient: receipts, and requests for unknown handles.
	Institution(InstitutionId),
}

/// What was done.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Hash,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub enum Act {
	/// A handle was registered.
	Register,
	/// The patient took a custodial handle over.
	Claim,
	/// A controller replaced its key.
	Rotate,
	/// The handle was retired.
	Retire,
	/// Records were anchored.
	Anchor,
	/// A capability was granted.
	Grant,
	/// One capability, or all of a grantee, ended.
	Revoke,
	/// Access was asked for.
	Request,
	/// A custodian filed a batch of release receipts.
	Receipts,
	/// The patient's own emergency committee was set up or removed.
	EmergencySetup,
	/// An institution asked to open an emergency scope.
	EmergencyRequest,
	/// A guardian approved with its part of the decryption.
	EmergencyApproval,
	/// A guardian refused.
	EmergencyRejection,
	/// The institution that had asked took its request back.
	EmergencyCancel,
	/// An emergency session ended and the key epoch with it.
	EmergencyClose,
	/// The patient contradicted a session, or a guardian confirmed that.
	EmergencyDispute,
	/// A session was stopped because the patient was there in person.
	EmergencySuspension,
	/// A session was reviewed.
	EmergencyReview,
	/// An institution asked to find a patient by name and birth date.
	Locate,
	/// A guardian evaluated its part of the keyed function for that.
	LocateEvaluation,
	/// The handle of somebody whom nobody could identify was recognised as this patient's.
	Merge,
	/// Such a recognition was taken back.
	Unmerge,
}

/// How the act ended. Refusal, missing consent, missing data and unknown patient are one class.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Hash,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub enum OutcomeClass {
	/// Done, or permitted at least in part.
	Permitted,
	/// Nothing was permitted.
	Empty,
}

/// An entry of the audit trail. Its SCALE encoding is the leaf of the block's RFC 9162 tree.
#[derive(
	Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo, Serialize, Deserialize,
)]
pub struct AuditEntry {
	/// The chain it belongs to.
	pub chain: AuditChain,
	/// Its position there, from 0, without gaps.
	pub sequence: u64,
	/// What was done.
	pub act: Act,
	/// How it ended.
	pub outcome: OutcomeClass,
	/// The institution that acted; `None` when the patient did.
	pub actor: Option<InstitutionId>,
	/// The custodian of the handle, when there is one.
	pub custodian: Option<InstitutionId>,
	/// Slot time of the block.
	pub at: Moment,
	/// `sha256(SCALE("salus/entry/v1", salt, full entry))`; its opening lies with patient, custodian and actor.
	pub commitment: Commitment,
}

/// The end of a hash chain: enough to prove a list of entries complete.
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub struct ChainHead {
	/// `sha256(SCALE("salus/head/v1", previous head, leaf hash of the entry))`; zeros before the first entry.
	pub head: [u8; 32],
	/// Number of entries.
	pub count: u64,
}

//! The gateway's HTTP API, version 1, as types.
//!
//! JSON in `snake_case`; identifiers, keys and hashes as `0x` and hexadecimal digits, longer byte strings as base64, times as
//! [`Moment`](salus_primitives::Moment) (milliseconds since the Unix epoch). Every request but [`paths::STATUS`] carries a
//! signature ([`crate::signature`]); every error is an [`ApiError`]. Bytes that a hash or signature stands over travel as bytes
//! ([`Blob`]) and are never re-serialised.

mod access;
mod audit;
mod consents;
pub mod emergency;
mod encoding;
mod error;
mod finding;
pub mod paths;
mod patients;
mod receipts;
mod records;
mod release;
mod status;

pub use access::{
	AccessAnswer, AccessRequest, ChallengeAnswer, FetchRequest, RequestStatement, SignedRequest, EMERGENCY_HINT,
	REQUEST_TAG,
};
pub use audit::{
	Actor, AuditEvent, EntryOpening, FullEntry, Openings, OpeningsAccepted, OpeningsDelivery, Purposes, ReceiptsFiled,
	FULL_ENTRY_VERSION,
};
pub use consents::{
	ConsentGranted, ConsentRequest, ConsentRevoked, GrantNotice, HeldPolicies, HeldPolicy, NoticeAccepted,
	PolicyAccepted, PolicyDelivery, ScopeTags, TagMeaning, POLICY_TAG,
};
pub use encoding::{Account, Blob, Bytes32, Bytes64, HexBytes};
pub use error::{codes, ApiError};
pub use finding::{
	statement_commitment, DemographicsAnswer, DemographicsMatch, FoundPatient, HandlesMerged, MergeHandle,
	PatientsFound, PersonSought, UnmergeHandle, MERGE_STATEMENT_TAG, NOBODY,
};
pub use patients::{
	evidence_message, witnessed_document_hash, CareKind, CareRelationshipRecorded, CareRelationshipRequest,
	ClaimHandle, HandleClaimed, PaperEvidence, PatientControl, ProofOfControl, RegisterPatient, RegisteredPatient,
	WitnessStatement, WitnessedAct, EVIDENCE_TAG, WITNESSED_DOCUMENT_TAG, WITNESS_TAG,
};
pub use receipts::{Receipt, ReceiptKind, ReceiptOpening};
pub use records::{AmendReport, IngestReport, IngestedRecord, RecordList, RecordSummary, RECEIPT_HEADER};
pub use release::{
	AnchorOpening, Release, ReleaseChallenge, ReleaseChallengeRequest, ReleaseRequest, ReleasedPart, ReleasedRecord,
	ReleasedWrap, CHALLENGE_TAG,
};
pub use status::{BlockId, GatewayStatus};

#[cfg(test)]
mod tests;

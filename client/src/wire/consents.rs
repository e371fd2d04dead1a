//! Consent: tags, policy documents, custodial grants, and what a custodian tells a grantee.

use super::{BlockId, Bytes32, EntryOpening, PaperEvidence};
use salus_policy::{Category, LabelClass, PolicyDocument};
use salus_primitives::{CapabilityId, Commitment, InstitutionId, Moment, PatientHandle, PurposeClasses, ScopeTag};
use serde::{Deserialize, Serialize};

/// Domain tag of the commitment to a policy document.
pub const POLICY_TAG: &str = "salus/policy/v1";

/// What a scope tag means. Told to the patient and to grantees, never to the chain.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TagMeaning {
	/// The tag as it stands in capabilities and requests.
	pub tag: ScopeTag,
	/// Category of the records under it.
	pub category: Category,
	/// Label class of the records under it.
	pub class: LabelClass,
}

/// Answer to `GET /v1/patients/{handle}/scope-tags`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScopeTags {
	/// The handle.
	pub handle: PatientHandle,
	/// Epoch of the tags.
	pub tag_epoch: u32,
	/// One tag for each pair of category and class that was asked for, whether or not there are such records.
	pub tags: Vec<TagMeaning>,
}

/// Body of `POST /v1/patients/{handle}/policies`: the document behind a capability that the patient granted on chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyDelivery {
	/// The capability.
	pub capability: CapabilityId,
	/// Its grantee.
	pub grantee: InstitutionId,
	/// The document.
	pub document: PolicyDocument,
	/// Salt of its commitment.
	pub salt: Bytes32,
	/// The opening of the audit entry that the grant left.
	pub opening: EntryOpening,
}

/// Answer to [`PolicyDelivery`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyAccepted {
	/// The capability.
	pub capability: CapabilityId,
	/// Whether the grantee's gateway has acknowledged the tags; otherwise the custodian keeps trying.
	pub grantee_told: bool,
}

/// Answer to `GET /v1/patients/{handle}/policies`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldPolicies {
	/// The handle.
	pub handle: PatientHandle,
	/// The documents that the custodian holds for it.
	pub policies: Vec<HeldPolicy>,
}

/// A document and the capability it belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeldPolicy {
	/// The capability.
	pub capability: CapabilityId,
	/// Its grantee.
	pub grantee: InstitutionId,
	/// Commitment on chain.
	pub commitment: Commitment,
	/// The document.
	pub document: PolicyDocument,
	/// Whether the capability is live at the finalized head.
	pub live: bool,
}

/// Body of `POST /v1/patients/{handle}/consents`: a grant on paper for a custodial handle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentRequest {
	/// What the paper says: grantee, purposes, categories, classes, times. Its statement is on behalf of the patient.
	pub document: PolicyDocument,
	/// How often the grantee may pass it on.
	#[serde(default)]
	pub delegation_depth: u8,
	/// The signed paper.
	pub evidence: PaperEvidence,
}

/// Answer to [`ConsentRequest`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentGranted {
	/// The new capability.
	pub capability: CapabilityId,
	/// Its grantee.
	pub grantee: InstitutionId,
	/// Whether the grantee's gateway has acknowledged the tags.
	pub grantee_told: bool,
	/// The finalized block with the grant.
	pub block: BlockId,
}

/// Answer to a custodial revocation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsentRevoked {
	/// The capabilities that ended.
	pub ended: Vec<CapabilityId>,
	/// The block with the revocation; effective from it on.
	pub block: BlockId,
}

/// Body of `POST /v1/grant-notices`: the custodian tells a grantee what it was granted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantNotice {
	/// The handle.
	pub handle: PatientHandle,
	/// Its custodian, the sender.
	pub custodian: InstitutionId,
	/// The capability.
	pub capability: CapabilityId,
	/// Its tags and what they mean.
	pub tags: Vec<TagMeaning>,
	/// Purposes it covers.
	pub purposes: PurposeClasses,
	/// First moment of its validity.
	pub valid_from: Moment,
	/// First moment after its validity.
	pub valid_until: Moment,
}

/// Answer to [`GrantNotice`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct NoticeAccepted {
	/// The capability.
	pub capability: CapabilityId,
}

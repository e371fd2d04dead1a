//! The values of the tables.

use salus_client::wire::{
	emergency::{EmergencyOpening, ReleaseNotice},
	Account, Blob, BlockId, Bytes32, EntryOpening, GrantNotice, PaperEvidence, SignedRequest, TagMeaning,
};
use salus_envelope::{ContentId, HandleSecret};
use salus_policy::{CareRelationship, Category, LabelClass, PolicyDocument, RecordLabels};
use salus_primitives::{
	CapabilityId, Commitment, EmergencyTier, InstitutionId, Moment, PatientHandle, PermitId, PractitionerId,
	PurposeClasses, RecordId, ScopeTag,
};
use salus_runtime_api::PractitionerInfo;
use salus_threshold::attributes::Attributes;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Whose index it is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meta {
	/// The institution.
	pub institution: InstitutionId,
	/// The chain, once it was seen.
	pub genesis: Option<Bytes32>,
}

/// A patient of this custodian.
#[derive(Clone, Serialize, Deserialize)]
pub struct PatientRow {
	/// Root of the handle's class secrets and scope tags.
	secret: Bytes32,
	/// Epoch of its scope tags.
	pub tag_epoch: u32,
	/// Epoch of its class secrets.
	pub key_epoch: u32,
	/// The block with the registration; `None` while it is on its way.
	pub registered: Option<BlockId>,
	/// The patient's account, when the handle was registered as self-held.
	pub self_held: Option<Account>,
	/// Opening of the registration's audit entry.
	pub opening: EntryOpening,
	/// Who the patient is, from the bundles: names and numbers. See [`salus_fhir::PatientIdentity::to_bytes`].
	pub identity: Option<Blob>,
}

impl PatientRow {
	/// A patient whose registration is about to be submitted.
	pub fn new(secret: &HandleSecret, opening: EntryOpening, self_held: Option<Account>) -> Self {
		let secret = (*secret.expose()).into();
		Self { secret, tag_epoch: 0, key_epoch: 0, registered: None, self_held, opening, identity: None }
	}

	/// The handle's secret.
	pub fn secret(&self) -> HandleSecret {
		HandleSecret::from_bytes(self.secret.0)
	}

	/// The tag of a category and class.
	pub fn tag(&self, category: Category, class: LabelClass) -> ScopeTag {
		ScopeTag(self.secret().scope_tag(category.code(), class.code(), self.tag_epoch))
	}
}

/// One sealed part of a record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PartRow {
	/// Name of the blob.
	pub content: ContentId,
	/// Hash of its header.
	pub header: Bytes32,
	/// Its key under the class secrets of the record.
	pub wrap: Blob,
	/// Its key under the institution's retention key.
	pub retention: Blob,
}

/// A record.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordRow {
	/// Its id.
	pub record: RecordId,
	/// FHIR resource type.
	pub kind: String,
	/// Its category.
	pub category: Category,
	/// Its label classes.
	pub classes: BTreeSet<LabelClass>,
	/// Clinical time.
	pub recorded_at: Moment,
	/// Who ingested it.
	pub author: PractitionerId,
	/// Version, from 1.
	pub version: u32,
	/// The record it replaces.
	pub supersedes: Option<RecordId>,
	/// The record that replaced it.
	pub superseded_by: Option<RecordId>,
	/// Epoch of the class secrets that its keys are wrapped under.
	pub key_epoch: u32,
	/// The de-identified body.
	pub body: PartRow,
	/// What was taken out of it.
	pub persona: PartRow,
	/// Its commitment on chain.
	pub commitment: Commitment,
	/// Blinding of the commitment.
	pub blinding: Bytes32,
	/// The salted attributes.
	pub attributes: Attributes,
	/// Keyed hash of the resource it was made from.
	pub fingerprint: Bytes32,
}

impl RecordRow {
	/// What a policy can say about it.
	pub fn labels(&self) -> RecordLabels {
		RecordLabels { category: self.category, classes: self.classes.clone(), recorded_at: self.recorded_at }
	}
}

/// How far an ingest got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
	/// Blobs are being stored: what is there of them is removed when it breaks off here.
	Sealing,
	/// Every blob is stored: it is carried on until all is anchored.
	Sealed,
}

/// Up to 64 records that go into one call.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnchorBatch {
	/// The records.
	pub records: Vec<RecordId>,
	/// Opening of the call's audit entry, fixed before the call is submitted.
	pub opening: EntryOpening,
	/// Whether it is anchored and in the index.
	pub done: bool,
}

/// An ingest that is not finished.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JournalRow {
	/// The handle.
	pub handle: PatientHandle,
	/// How far it got.
	pub stage: Stage,
	/// The records to be.
	pub items: Vec<RecordRow>,
	/// The calls.
	pub batches: Vec<AnchorBatch>,
	/// What is known of the patient with this bundle.
	pub identity: Blob,
	/// Keyed hashes of the names and birth dates that the patient is found by.
	#[serde(default)]
	pub demographics: Vec<Bytes32>,
}

/// Why somebody treats a patient.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CareRow {
	/// With whom, and until when.
	pub relationship: CareRelationship,
	/// Who recorded it.
	pub recorded_by: PractitionerId,
	/// When.
	pub recorded_at: Moment,
}

/// What a witnessed paper was used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvidenceUse {
	/// The patient.
	pub handle: PatientHandle,
	/// Keyed hash of the act and its details.
	pub act: Bytes32,
}

/// A custodial grant on its way.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PendingGrant {
	/// The document.
	pub document: PolicyDocument,
	/// Salt of its commitment.
	pub salt: Bytes32,
	/// Its tags.
	pub tags: Vec<TagMeaning>,
	/// Opening of the grant's audit entry.
	pub opening: EntryOpening,
	/// The paper.
	pub evidence: PaperEvidence,
	/// When it was submitted.
	pub at: Moment,
}

/// The policy document behind a capability.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PolicyRow {
	/// The capability.
	pub capability: CapabilityId,
	/// Its grantee.
	pub grantee: InstitutionId,
	/// Commitment on chain.
	pub commitment: Commitment,
	/// The document.
	pub document: PolicyDocument,
	/// Salt of the commitment.
	pub salt: Bytes32,
	/// The capability's tags.
	pub tags: Vec<TagMeaning>,
	/// Purposes on chain.
	pub purposes: PurposeClasses,
	/// Whether the grantee's gateway acknowledged the tags.
	pub told: bool,
}

/// What another gateway has to be told.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Parcel {
	/// What it was granted.
	Notice(GrantNotice),
	/// The opening of an entry that stands in the chain of one of its patients.
	Opening(EntryOpening),
	/// The words behind an emergency request, for those who decide about it.
	EmergencyOpening(EmergencyOpening),
	/// The words behind a search by name, for the guardians.
	LocateOpening(EmergencyOpening),
	/// What it is to hold for an emergency of one of our patients, as it is when this is delivered.
	Deposit {
		/// The handle.
		handle: PatientHandle,
		/// The tier.
		tier: EmergencyTier,
	},
	/// That something was released about one of its patients.
	Released(ReleaseNotice),
}

/// A parcel with its addressee.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OutboxRow {
	/// To whom.
	pub to: InstitutionId,
	/// What.
	pub parcel: Parcel,
	/// Tries so far.
	pub attempts: u32,
	/// Not before.
	pub next_at: Moment,
}

/// A request of own staff that got a permit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestRow {
	/// The permit.
	pub permit: PermitId,
	/// Whom was asked.
	pub custodian: InstitutionId,
	/// The practitioner's signed request.
	pub request: SignedRequest,
	/// Opening of the request's audit entry.
	pub opening: EntryOpening,
}

/// A registry entry as last seen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffRow {
	/// The entry.
	pub info: PractitionerInfo,
	/// When it was read from the chain.
	pub seen_at: Moment,
}

/// A receipt as it was written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptRow {
	/// JSON bytes: the leaf.
	pub bytes: Blob,
	/// When it was written.
	pub at: Moment,
}

/// Where the receipts stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptState {
	/// Sequence of the next receipt.
	pub next: u64,
	/// SHA-256 of the last one; zeros before the first.
	pub last: Bytes32,
	/// Time of the last one.
	pub last_at: Moment,
	/// Every receipt before this one stands in a batch.
	pub batched: u64,
	/// No batch of this gateway has a number below this one that is not known.
	pub next_number: u32,
}

impl Default for ReceiptState {
	fn default() -> Self {
		Self { next: 0, last: [0; 32].into(), last_at: 0, batched: 0, next_number: 0 }
	}
}

/// A batch of receipts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FiledReceipts {
	/// Sequence of its first receipt.
	pub first: u64,
	/// Number of receipts.
	pub count: u32,
	/// RFC 9162 root.
	pub root: Bytes32,
	/// Time of the first.
	pub from: Moment,
	/// Time of the last.
	pub until: Moment,
	/// Opening of the filing's audit entry.
	pub opening: EntryOpening,
	/// Number on chain; `None` while it is on its way.
	pub number: Option<u32>,
}

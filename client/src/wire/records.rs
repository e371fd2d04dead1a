//! Ingest and own-institution reads.

use super::{BlockId, Bytes32};
use salus_policy::{Category, LabelClass};
use salus_primitives::{Moment, PatientHandle, PractitionerId, RecordId};
use serde::{Deserialize, Serialize};

/// Header of an own-institution read: hash of the receipt that was written before the bytes were sent.
pub const RECEIPT_HEADER: &str = "salus-receipt";

/// Answer to an ingest. Sending the same bundle again doubles nothing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IngestReport {
	/// The handle.
	pub handle: PatientHandle,
	/// The records made from the bundle, in its order.
	pub records: Vec<IngestedRecord>,
	/// How many of its resources were there before.
	pub already_there: u32,
	/// The finalized blocks with the anchors.
	pub blocks: Vec<BlockId>,
}

/// A record made from one resource.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IngestedRecord {
	/// Its id.
	pub record: RecordId,
	/// FHIR resource type.
	pub kind: String,
	/// Its category.
	pub category: Category,
	/// Its label classes.
	pub classes: Vec<LabelClass>,
	/// Clinical time.
	pub recorded_at: Moment,
}

/// Answer to an amendment: a new record that points to the old.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AmendReport {
	/// The new record.
	pub record: IngestedRecord,
	/// The record it replaces.
	pub supersedes: RecordId,
	/// Version of the new record; the first is 1.
	pub version: u32,
	/// The finalized block with the anchor.
	pub block: BlockId,
}

/// The records of a handle that the caller may read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordList {
	/// The handle.
	pub handle: PatientHandle,
	/// Newest clinical time first.
	pub records: Vec<RecordSummary>,
}

/// One line of a [`RecordList`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RecordSummary {
	/// Its id.
	pub record: RecordId,
	/// FHIR resource type.
	pub kind: String,
	/// Its category.
	pub category: Category,
	/// Its label classes.
	pub classes: Vec<LabelClass>,
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
	/// SHA-256 of the stored body.
	pub content: Bytes32,
	/// The provisional handle that it was made under, when the patient was recognised later.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub provisional: Option<PatientHandle>,
}

//! Rows about merged handles.

use salus_client::wire::Bytes32;
use salus_primitives::Moment;
use serde::{Deserialize, Serialize};

/// How far a merge, or taking it back, got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MergeStage {
	/// It was submitted.
	Merging,
	/// The chain says so.
	Merged,
	/// Taking it back was submitted.
	Unmerging,
}

/// A provisional handle that was recognised as a patient's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergeRow {
	/// How far it got. The two handles are read together at [`MergeStage::Merged`] alone.
	pub stage: MergeStage,
	/// When that was.
	pub at: Moment,
}

/// The words behind a merge, or behind taking one back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatementRow {
	/// The words.
	pub statement: String,
	/// Salt of their commitment.
	pub salt: Bytes32,
}

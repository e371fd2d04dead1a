//! What is stored about records: who anchored them and when, never what they are.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use salus_primitives::{InstitutionId, Moment};
use scale_info::TypeInfo;

/// One record.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Anchor {
	/// The institution that anchored it and keeps it.
	pub custodian: InstitutionId,
	/// Time of the block.
	pub anchored_at: Moment,
}

/// A tree of records.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Batch {
	/// Root of the RFC 9162 tree.
	pub root: [u8; 32],
	/// Number of leaves, at least one.
	pub leaf_count: u32,
	/// Time of the block.
	pub anchored_at: Moment,
}

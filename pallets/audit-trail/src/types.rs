//! What the pallet stores and what it deposits in headers.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use salus_primitives::Moment;
use scale_info::TypeInfo;

/// A filed batch of release receipts. Invariant: `count > 0` and `from <= until <= filed_at`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct ReceiptBatch {
	/// RFC 9162 root over the receipts.
	pub root: [u8; 32],
	/// Number of receipts, so that the size of the tree cannot be disputed.
	pub count: u32,
	/// Time of the first receipt, in milliseconds.
	pub from: Moment,
	/// Time of the last receipt, in milliseconds.
	pub until: Moment,
	/// Slot time of the block that took it. Much later than `until` means: filed late, after an outage.
	pub filed_at: Moment,
}

/// What the header of every block says about the audit trail, under the engine id `SALA`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct AuditDigest {
	/// RFC 9162 root over the entries of this block.
	pub entries_root: [u8; 32],
	/// RFC 9162 root over the leaves of all blocks, this one included.
	pub log_root: [u8; 32],
	/// Number of leaves under `log_root`.
	pub size: u64,
}

/// One block in the log. Its SCALE encoding is the leaf.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct BlockLeaf<Hash> {
	/// Block number.
	pub number: u32,
	/// Hash of the parent header: a log on another fork has other leaves even where no entries differ.
	pub parent_hash: Hash,
	/// Number of entries, so that the size of the tree below `entries_root` cannot be disputed.
	pub entry_count: u32,
	/// RFC 9162 root over the entries.
	pub entries_root: [u8; 32],
}

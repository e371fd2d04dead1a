//! The right edge of a growing tree: enough to append leaves and to know the root, in at most 64 hashes.

use super::{empty_root, node_hash, Hash};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, Error, Input, MaxEncodedLen};
use core::fmt;
use scale_info::TypeInfo;

/// Most complete subtrees that a tree of up to 2^64 - 1 leaves can consist of.
pub const MAX_PEAKS: usize = 64;

/// A tree that can only grow. Its peaks are the roots of its complete subtrees, largest first: one for each bit of the size.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, TypeInfo)]
pub struct Frontier {
	size: u64,
	peaks: Vec<Hash>,
}

/// Why a leaf could not be appended; the frontier is unchanged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppendError {
	/// The tree has 2^64 - 1 leaves.
	Full,
	/// Size and number of peaks contradict each other: what was decoded was never written by [`Frontier::append`].
	Malformed,
}

impl fmt::Display for AppendError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(match self {
			Self::Full => "the tree is full",
			Self::Malformed => "the frontier's size and peaks contradict each other",
		})
	}
}

impl core::error::Error for AppendError {}

impl Frontier {
	/// Adds a leaf at the right end. At most 64 hashes, two on average.
	pub fn append(&mut self, leaf_hash: Hash) -> Result<(), AppendError> {
		if !self.is_well_formed() {
			return Err(AppendError::Malformed);
		}
		let size = self.size.checked_add(1).ok_or(AppendError::Full)?;
		push(&mut self.peaks, self.size, leaf_hash);
		self.size = size;
		Ok(())
	}

	/// The root over all leaves so far, as [`super::root`] would compute it.
	pub fn root(&self) -> Hash {
		fold(&self.peaks)
	}

	/// Number of leaves.
	pub fn size(&self) -> u64 {
		self.size
	}

	/// Root and size together, to check proofs against.
	pub fn head(&self) -> super::TreeHead {
		super::TreeHead { root: self.root(), size: self.size }
	}

	/// Whether there is one peak for each bit of the size.
	pub fn is_well_formed(&self) -> bool {
		self.peaks.len() == self.size.count_ones() as usize
	}
}

/// Adds a leaf to the peaks of a tree with `size` leaves: each low bit set is a subtree as large as what is carried.
pub(super) fn push(peaks: &mut Vec<Hash>, size: u64, leaf_hash: Hash) {
	let mut carried = leaf_hash;
	for _ in 0..size.trailing_ones() {
		// Never `None`: callers keep one peak for each bit of the size.
		if let Some(left) = peaks.pop() {
			carried = node_hash(&left, &carried);
		}
	}
	peaks.push(carried);
}

/// The root over peaks: smaller subtrees hang to the right of larger ones.
pub(super) fn fold(peaks: &[Hash]) -> Hash {
	peaks.iter().rev().copied().reduce(|right, left| node_hash(&left, &right)).unwrap_or_else(empty_root)
}

impl Decode for Frontier {
	fn decode<I: Input>(input: &mut I) -> Result<Self, Error> {
		let size = u64::decode(input)?;
		let peaks = Vec::<Hash>::decode(input)?;
		if peaks.len() > MAX_PEAKS {
			return Err("more than 64 peaks".into());
		}
		Ok(Self { size, peaks })
	}
}

impl DecodeWithMemTracking for Frontier {}

impl MaxEncodedLen for Frontier {
	fn max_encoded_len() -> usize {
		// Size, two bytes for a compact length of 64, peaks.
		u64::max_encoded_len() + 2 + MAX_PEAKS * Hash::max_encoded_len()
	}
}

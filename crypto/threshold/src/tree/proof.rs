//! Inclusion and consistency proofs, RFC 9162 §2.1.3 and §2.1.4.

use super::{empty_root, node_hash, root, Hash};
use crate::hex_bytes;
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// That a leaf stands at `index` in a tree of `size` leaves. In JSON its hashes are `0x…` strings.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InclusionProof {
	/// Position of the leaf, from 0.
	pub index: u64,
	/// Number of leaves of the tree.
	pub size: u64,
	/// Siblings on the way from the leaf to the root.
	#[serde(with = "hex_bytes::list")]
	pub path: Vec<Hash>,
}

/// That a tree of `new_size` leaves begins with all leaves of the tree of `old_size`. In JSON its hashes are `0x…` strings.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo, Serialize, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct ConsistencyProof {
	/// Number of leaves of the earlier tree, at least 1.
	pub old_size: u64,
	/// Number of leaves of the later tree.
	pub new_size: u64,
	/// The nodes that RFC 9162 §2.1.4.1 names.
	#[serde(with = "hex_bytes::list")]
	pub path: Vec<Hash>,
}

/// Root and size of a tree: what a verifier has to trust before it can check a proof.
#[derive(
	Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, TypeInfo, Serialize, Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct TreeHead {
	/// The Merkle Tree Hash.
	#[serde(with = "hex_bytes")]
	pub root: Hash,
	/// Number of leaves.
	pub size: u64,
}

impl TreeHead {
	/// Whether the leaf stands in this tree where the proof says. Unlike [`verify_inclusion`], the proof cannot choose the size.
	pub fn includes(&self, leaf_hash: &Hash, proof: &InclusionProof) -> bool {
		proof.size == self.size && verify_inclusion(&self.root, leaf_hash, proof)
	}

	/// Whether this tree begins with all leaves of the older one.
	pub fn extends(&self, older: &TreeHead, proof: &ConsistencyProof) -> bool {
		proof.new_size == self.size
			&& proof.old_size == older.size
			&& verify_consistency(&older.root, &self.root, proof)
	}
}

/// A whole tree in memory (two hashes a leaf), for the many proofs of one batch: each costs no hashing.
#[derive(Clone, Debug)]
pub struct Tree {
	/// Leaves first; a node without a right sibling moves up as it is, which gives RFC 9162's split at powers of two.
	levels: Vec<Vec<Hash>>,
}

impl Tree {
	/// Builds the tree over these leaf hashes.
	pub fn new(leaf_hashes: Vec<Hash>) -> Self {
		let mut levels = Vec::new();
		let mut level = leaf_hashes;
		while level.len() > 1 {
			let above = level
				.chunks(2)
				.map(|pair| match pair {
					[left, right] => node_hash(left, right),
					single => single[0],
				})
				.collect();
			levels.push(core::mem::replace(&mut level, above));
		}
		levels.push(level);
		Self { levels }
	}

	/// Root and size.
	pub fn head(&self) -> TreeHead {
		let root = self.levels.last().and_then(|top| top.first()).copied().unwrap_or_else(empty_root);
		TreeHead { root, size: self.levels[0].len() as u64 }
	}

	/// The proof for the leaf at `index`; `None` when there is none.
	pub fn prove_inclusion(&self, index: u64) -> Option<InclusionProof> {
		let size = self.head().size;
		if index >= size {
			return None;
		}
		let position = usize::try_from(index).ok()?;
		let siblings = self.levels.iter().enumerate().filter_map(|(height, level)| level.get((position >> height) ^ 1));
		Some(InclusionProof { index, size, path: siblings.copied().collect() })
	}
}

/// The proof for the leaf at `index`; `None` when there is none. Hashes the whole tree: use [`Tree`] for many proofs.
pub fn prove_inclusion(leaf_hashes: &[Hash], index: u64) -> Option<InclusionProof> {
	if index >= leaf_hashes.len() as u64 {
		return None;
	}
	Tree::new(leaf_hashes.to_vec()).prove_inclusion(index)
}

/// RFC 9162 §2.1.3.2. The size is the proof's own claim: when position or completeness matter, use [`TreeHead::includes`].
pub fn verify_inclusion(root: &Hash, leaf_hash: &Hash, proof: &InclusionProof) -> bool {
	if proof.index >= proof.size {
		return false;
	}
	let mut node = proof.index;
	let mut last = proof.size - 1;
	let mut hash = *leaf_hash;
	for sibling in &proof.path {
		if last == 0 {
			return false;
		}
		if node & 1 == 1 || node == last {
			hash = node_hash(sibling, &hash);
			skip_missing_siblings(&mut node, &mut last);
		} else {
			hash = node_hash(&hash, sibling);
		}
		node >>= 1;
		last >>= 1;
	}
	last == 0 && hash == *root
}

/// The proof from the tree of the first `old_size` leaves to the tree of all; `None` when `old_size` is 0 or too large.
pub fn prove_consistency(leaf_hashes: &[Hash], old_size: u64) -> Option<ConsistencyProof> {
	let old = usize::try_from(old_size).ok()?;
	if old == 0 || old > leaf_hashes.len() {
		return None;
	}
	let mut path = Vec::new();
	subproof(old, leaf_hashes, true, &mut path);
	Some(ConsistencyProof { old_size, new_size: leaf_hashes.len() as u64, path })
}

/// `SUBPROOF(m, D_n, b)` of RFC 9162 §2.1.4.1; `whole` says that the old tree's root is known to the verifier here.
fn subproof(old: usize, leaves: &[Hash], whole: bool, path: &mut Vec<Hash>) {
	if old == leaves.len() {
		if !whole {
			path.push(root(leaves));
		}
		return;
	}
	// At least two leaves: the largest power of two below their number.
	let split = 1 << (leaves.len() - 1).ilog2();
	let (left, right) = leaves.split_at(split);
	if old <= split {
		subproof(old, left, whole, path);
		path.push(root(right));
	} else {
		subproof(old - split, right, false, path);
		path.push(root(left));
	}
}

/// RFC 9162 §2.1.4.2. Refuses an empty old tree, which is a prefix of everything and proves nothing; equal sizes need equal
/// roots and no path. Sizes are the proof's own claim: [`TreeHead::extends`] compares them.
pub fn verify_consistency(old_root: &Hash, new_root: &Hash, proof: &ConsistencyProof) -> bool {
	let ConsistencyProof { old_size, new_size, ref path } = *proof;
	if old_size == 0 || old_size > new_size {
		return false;
	}
	if old_size == new_size {
		return path.is_empty() && old_root == new_root;
	}
	let mut node = old_size - 1;
	let mut last = new_size - 1;
	let shift = node.trailing_ones();
	node >>= shift;
	last >>= shift;

	// A complete old tree is itself the first node of the path.
	let (seed, rest) = if old_size.is_power_of_two() {
		(*old_root, path.as_slice())
	} else {
		match path.split_first() {
			Some((seed, rest)) => (*seed, rest),
			None => return false,
		}
	};
	let (mut old, mut new) = (seed, seed);
	for sibling in rest {
		if last == 0 {
			return false;
		}
		if node & 1 == 1 || node == last {
			old = node_hash(sibling, &old);
			new = node_hash(sibling, &new);
			skip_missing_siblings(&mut node, &mut last);
		} else {
			new = node_hash(&new, sibling);
		}
		node >>= 1;
		last >>= 1;
	}
	last == 0 && old == *old_root && new == *new_root
}

/// On the right edge, levels where the node has no sibling contribute nothing to the path.
fn skip_missing_siblings(node: &mut u64, last: &mut u64) {
	if *node & 1 == 0 {
		let levels = node.trailing_zeros().min(u64::BITS - 1);
		*node >>= levels;
		*last >>= levels;
	}
}

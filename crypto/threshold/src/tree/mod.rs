//! Merkle trees of RFC 9162 §2.1 with SHA-256: leaves are hashed with a leading 0x00, inner nodes with 0x01.
//!
//! A root alone does not say how many leaves are under it. Compare with a root *and* size that you trust: [`TreeHead`].

mod frontier;
mod proof;

pub use frontier::{AppendError, Frontier, MAX_PEAKS};
pub use proof::{
	prove_consistency, prove_inclusion, verify_consistency, verify_inclusion, ConsistencyProof, InclusionProof, Tree,
	TreeHead,
};

use alloc::vec::Vec;
use sp_io::hashing::sha2_256;

/// A SHA-256 value: of a leaf, of an inner node, or a root.
pub type Hash = [u8; 32];

const LEAF_PREFIX: u8 = 0;
const NODE_PREFIX: u8 = 1;

/// `SHA-256(0x00 || leaf)`.
pub fn leaf_hash(leaf: &[u8]) -> Hash {
	let mut input = Vec::with_capacity(1 + leaf.len());
	input.push(LEAF_PREFIX);
	input.extend_from_slice(leaf);
	sha2_256(&input)
}

/// `SHA-256(0x01 || left || right)`.
pub fn node_hash(left: &Hash, right: &Hash) -> Hash {
	let mut input = [NODE_PREFIX; 65];
	input[1..33].copy_from_slice(left);
	input[33..].copy_from_slice(right);
	sha2_256(&input)
}

/// The root of a tree without leaves: `SHA-256("")`.
pub fn empty_root() -> Hash {
	sha2_256(&[])
}

/// The Merkle Tree Hash over leaf hashes, [`empty_root`] when there are none. Needs memory for 64 hashes at most.
pub fn root(leaf_hashes: &[Hash]) -> Hash {
	let mut peaks = Vec::new();
	for (size, hash) in (0u64..).zip(leaf_hashes) {
		frontier::push(&mut peaks, size, *hash);
	}
	frontier::fold(&peaks)
}

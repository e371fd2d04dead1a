//! Chain heads, entry commitments and the block log against frozen vectors.

mod common;

use codec::Encode;
use common::{vectors, Bytes};
use salus_threshold::{
	chain_head::{next, replay, GENESIS},
	entry_commitment,
	tree::{leaf_hash, Frontier},
};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Vectors {
	heads: Vec<Head>,
	commitments: Vec<EntryCommitment>,
	log: Vec<Block>,
}

#[derive(Deserialize)]
struct Head {
	entry: Bytes,
	head: Bytes,
}

#[derive(Deserialize)]
struct EntryCommitment {
	salt: Bytes,
	entry: Bytes,
	commitment: Bytes,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Block {
	number: u32,
	parent_hash: Bytes,
	entry_count: u32,
	entries_root: Bytes,
	log_root: Bytes,
	digest: Bytes,
}

fn frozen() -> Vectors {
	vectors(include_str!("vectors/chain.json"))
}

#[test]
fn heads_equal_their_vectors() {
	let frozen = frozen();
	let leaves: Vec<_> = frozen.heads.iter().map(|step| leaf_hash(&step.entry.0)).collect();
	for (count, step) in frozen.heads.iter().enumerate() {
		let head = replay(GENESIS, &leaves[..count]);
		assert_eq!(next(&head, &leaves[count]), step.head.fixed());
	}
}

#[test]
fn head_differs_when_an_entry_is_left_out_moved_or_doubled() {
	let leaves: Vec<_> = (0..4u8).map(|i| leaf_hash(&[i])).collect();
	let head = replay(GENESIS, &leaves);
	let [a, b, c, d] = [leaves[0], leaves[1], leaves[2], leaves[3]];
	for other in [vec![a, b, c], vec![a, c, b, d], vec![a, b, b, c, d], vec![b, c, d], vec![]] {
		assert_ne!(replay(GENESIS, &other), head);
	}
	assert_eq!(replay(replay(GENESIS, &[a, b]), &[c, d]), head);
}

#[test]
fn entry_commitments_equal_their_vectors() {
	for EntryCommitment { salt, entry, commitment } in frozen().commitments {
		assert_eq!(entry_commitment(&salt.fixed(), &entry.0), commitment.fixed());
	}
}

#[test]
fn entry_commitment_differs_when_salt_or_entry_is_another() {
	let commitment = entry_commitment(&[1; 32], b"entry");
	assert_ne!(commitment, entry_commitment(&[2; 32], b"entry"));
	assert_ne!(commitment, entry_commitment(&[1; 32], b"entry "));
	// The last byte of the salt cannot be passed off as the first of the entry.
	assert_ne!(entry_commitment(&[1; 32], &[1, 1]), entry_commitment(&[1; 32], &[1]));
}

/// The layout that the audit trail's log and its header digest follow.
#[test]
fn log_of_blocks_equals_its_vectors() {
	let mut log = Frontier::default();
	for block in frozen().log {
		let entries_root = block.entries_root.fixed();
		let leaf = (block.number, block.parent_hash.fixed(), block.entry_count, entries_root).encode();
		assert_eq!(log.append(leaf_hash(&leaf)), Ok(()));
		assert_eq!(log.root(), block.log_root.fixed());
		assert_eq!((entries_root, log.root(), log.size()).encode(), block.digest.0);
	}
}

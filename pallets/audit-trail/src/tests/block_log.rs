//! The digest of every header, recomputed by an outsider from entries and headers alone.

use super::*;
use frame_support::assert_ok;
use proptest::prelude::*;
use salus_threshold::tree::{prove_inclusion, verify_inclusion};
use sp_core::H256;

type Header = frame_system::pallet_prelude::HeaderFor<Test>;

/// The leaf of a block, from its header and entries.
fn plain_block_leaf(header: &Header, entries: &[AuditEntry]) -> [u8; 32] {
	let number = header.number as u32;
	plain_leaf(&(number, header.parent_hash, entries.len() as u32, plain_entries_root(entries)).encode())
}

/// Builds blocks with these numbers of entries and returns each header with its entries.
fn build(counts: &[u8]) -> Vec<(Header, Vec<AuditEntry>)> {
	let mut blocks = Vec::new();
	for (number, count) in (1u64..).zip(counts) {
		for i in 0..*count {
			assert_ok!(note(patient(i % 3), i));
		}
		let header = close_block();
		// Readable at the state of the finished block.
		blocks.push((header.clone(), AuditTrail::entries_of_block()));
		open_block(number + 1, header.hash());
	}
	blocks
}

#[test]
fn digest_holds_the_root_of_no_entries_when_the_block_is_empty() {
	execute(|| {
		let header = close_block();
		let digest = digest_of(&header);
		assert_eq!(digest.entries_root, sha2_256(b""));
		assert_eq!((digest.log_root, digest.size), (plain_block_leaf(&header, &[]), 1));
	});
}

#[test]
fn entries_are_gone_when_the_next_block_begins() {
	execute(|| {
		assert_ok!(note(patient(1), 1));
		let header = close_block();
		assert_eq!(AuditTrail::entries_of_block().len(), 1);
		open_block(2, header.hash());
		assert!(AuditTrail::entries_of_block().is_empty());
		assert_eq!(AuditTrail::head(patient(1)).count, 1);
	});
}

#[test]
fn an_entry_is_proven_from_the_header_when_only_the_header_is_trusted() {
	execute(|| {
		let blocks = build(&[3, 0, 7, 2]);
		let leaves: Vec<_> = blocks.iter().map(|(header, entries)| plain_block_leaf(header, entries)).collect();
		let trusted = digest_of(&blocks[3].0);

		let in_log = prove_inclusion(&leaves, 2).expect("block 3 is in the log");
		assert!(verify_inclusion(&trusted.log_root, &leaves[2], &in_log));
		let (header, entries) = &blocks[2];
		let in_block: Vec<_> = entries.iter().map(|entry| plain_leaf(&entry.encode())).collect();
		let proof = prove_inclusion(&in_block, 5).expect("entry 5 is in the block");
		assert!(verify_inclusion(&digest_of(header).entries_root, &in_block[5], &proof));

		// The same proof does not carry an entry that was changed.
		let mut forged = entries[5].clone();
		forged.actor = Some(B);
		assert!(!verify_inclusion(&digest_of(header).entries_root, &plain_leaf(&forged.encode()), &proof));
	});
}

#[test]
fn log_differs_when_the_parent_is_another_fork() {
	let root = |parent| {
		let mut root = None;
		new_test_ext().execute_with(|| {
			close_block();
			open_block(2, parent);
			root = Some(digest_of(&close_block()).log_root);
		});
		root
	};
	assert_ne!(root(H256::zero()), root(H256::repeat_byte(1)));
}

#[test]
fn digest_is_the_encoding_of_three_values_when_read_by_other_software() {
	let digest = AuditDigest { entries_root: [1; 32], log_root: [2; 32], size: 3 };
	assert_eq!(digest.encode(), ([1u8; 32], [2u8; 32], 3u64).encode());
	let leaf = BlockLeaf { number: 1, parent_hash: H256::repeat_byte(2), entry_count: 3, entries_root: [4; 32] };
	assert_eq!(leaf.encode(), (1u32, [2u8; 32], 3u32, [4u8; 32]).encode());
}

/// Computed apart from this code base, from the README: two chains, three entries, block 1 on a parent of zeros.
#[test]
fn roots_and_head_match_the_frozen_vector() {
	execute(|| {
		for (handle, commitment) in [(1, 10), (2, 11), (1, 12)] {
			assert_ok!(note(patient(handle), commitment));
		}
		let digest = digest_of(&close_block());
		for (value, expected) in [
			(digest.entries_root, "c9a9e36ac8b34c8c53900d6d54928e21e6b00a74b0eccc9044602685a989b227"),
			(digest.log_root, "e6477fbef82810681b88e8811adfe5e1b58dc36bb5712dc0c97e09806cf4baf2"),
			(AuditTrail::head(patient(1)).head, "8695594171aa5b52e3b9ce77a67380fb023b1f9d21792653da99e44fc18afa75"),
		] {
			assert_eq!(format!("{:x}", H256(value)), expected);
		}
	});
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(48))]

	/// Roots and size in every header are what an outsider computes from the entries of all blocks so far.
	#[test]
	fn roots_recompute_from_entries_of_many_blocks(counts in prop::collection::vec(0u8..=20, 1..40)) {
		new_test_ext().execute_with(|| {
			let blocks = build(&counts);
			let mut leaves = Vec::new();
			for (header, entries) in &blocks {
				leaves.push(plain_block_leaf(header, entries));
				let expected = AuditDigest {
					entries_root: plain_entries_root(entries),
					log_root: plain_root(&leaves),
					size: leaves.len() as u64,
				};
				assert_eq!(digest_of(header), expected);
			}
			for ((header, entries), count) in blocks.iter().zip(&counts) {
				assert_eq!(entries.len(), *count as usize, "block {}", header.number);
			}
			AuditTrail::do_try_state().expect("the invariants hold");
		});
	}
}

//! Reads the entries of one audit chain out of a range of finalized blocks, a bounded amount of work at a time.

use super::error::Error;
use codec::Decode;
use salus_primitives::{AuditChain, AuditEntry, AUDIT_ENGINE_ID};
use salus_runtime::Hash;
use serde::Serialize;
use sp_runtime::Digest;

/// Most blocks that one call looks at.
pub(crate) const MAX_BLOCKS: u32 = 10_000;
/// Most blocks whose entries one call reads from state; each is a call into the runtime.
pub(crate) const MAX_READS: u32 = 1_000;
/// A call stops after the block with which it has found this many entries, so that the answer fits into a response.
pub(crate) const MAX_ENTRIES: usize = 10_000;

/// Where the walk gets blocks from.
pub(crate) trait Blocks {
	/// Hash and digest of the finalized block of that number.
	fn block(&self, number: u32) -> Result<(Hash, Digest), Error>;
	/// The entries that the block wrote, for all chains.
	fn entries(&self, block: Hash) -> Result<Vec<AuditEntry>, Error>;
}

/// Entries of one chain, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditPage {
	/// What was found.
	pub entries: Vec<LocatedEntry>,
	/// Where to continue; `null` when the range was read to its end.
	pub next_block: Option<u32>,
	/// The last block of the range: what was asked for, or the newest finalized block when that comes first.
	pub to_block: u32,
}

/// An entry and where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct LocatedEntry {
	/// Number of the block.
	pub block: u32,
	/// Hash of the block.
	pub block_hash: Hash,
	/// Position among all entries of the block: the index of its leaf in the block's RFC 9162 tree.
	pub index: u32,
	/// The entry.
	pub entry: AuditEntry,
}

/// Reads the chain's entries from block `from` to block `to`, both included, until a bound is met.
pub(crate) fn walk(blocks: &impl Blocks, chain: AuditChain, from: u32, to: u32) -> Result<AuditPage, Error> {
	let mut page = AuditPage { to_block: to, ..Default::default() };
	let mut reads = 0;
	for number in from..=to {
		if number - from == MAX_BLOCKS || reads == MAX_READS || page.entries.len() >= MAX_ENTRIES {
			page.next_block = Some(number);
			break;
		}
		let (block_hash, digest) = blocks.block(number)?;
		if writes_nothing(&digest) {
			continue;
		}
		reads += 1;
		let found = (0u32..).zip(blocks.entries(block_hash)?).filter(|(_, entry)| entry.chain == chain);
		page.entries.extend(found.map(|(index, entry)| LocatedEntry { block: number, block_hash, index, entry }));
	}
	Ok(page)
}

/// Whether the header says that the block wrote no entry. A block without the audit digest (the first one) is read.
fn writes_nothing(digest: &Digest) -> bool {
	digest.convert_first(|item| item.consensus_try_to::<Roots>(&AUDIT_ENGINE_ID)).is_some_and(|roots| {
		// The root of the empty tree, RFC 9162 section 2.1.1.
		roots.entries == sp_io::hashing::sha2_256(&[])
	})
}

/// The payload of the audit digest.
#[derive(Decode)]
struct Roots {
	entries: [u8; 32],
	_log: [u8; 32],
	_size: u64,
}

#[cfg(test)]
mod tests {
	use super::*;
	use codec::Encode;
	use salus_primitives::{Act, Commitment, InstitutionId, OutcomeClass, PatientHandle};
	use sp_runtime::DigestItem;
	use std::{cell::Cell, collections::BTreeMap};

	const CHAIN: AuditChain = AuditChain::Patient(PatientHandle([1; 32]));
	const OTHER: AuditChain = AuditChain::Institution(InstitutionId(1));

	/// Blocks with the given chains' entries; every other block is empty.
	#[derive(Default)]
	struct Fake {
		written: BTreeMap<u32, Vec<AuditChain>>,
		pruned_below: u32,
		undigested: Option<u32>,
		reads: Cell<u32>,
		looked_at: Cell<u32>,
	}

	fn hash(number: u32) -> Hash {
		Hash::from_low_u64_be(number.into())
	}

	fn entry(chain: AuditChain, sequence: u64) -> AuditEntry {
		AuditEntry {
			chain,
			sequence,
			act: Act::Request,
			outcome: OutcomeClass::Empty,
			actor: None,
			custodian: None,
			at: 0,
			commitment: Commitment([0; 32]),
		}
	}

	impl Blocks for Fake {
		fn block(&self, number: u32) -> Result<(Hash, Digest), Error> {
			self.looked_at.set(self.looked_at.get() + 1);
			let empty = !self.written.contains_key(&number);
			let root = if empty { sp_io::hashing::sha2_256(&[]) } else { [9; 32] };
			let item = DigestItem::Consensus(AUDIT_ENGINE_ID, (root, [0u8; 32], 1u64).encode());
			let logs = if self.undigested == Some(number) { Vec::new() } else { vec![item] };
			Ok((hash(number), Digest { logs }))
		}

		fn entries(&self, block: Hash) -> Result<Vec<AuditEntry>, Error> {
			self.reads.set(self.reads.get() + 1);
			let number = block.to_low_u64_be() as u32;
			if number < self.pruned_below {
				return Err(Error::StatePruned(block));
			}
			let chains = self.written.get(&number).cloned().unwrap_or_default();
			Ok(chains.into_iter().enumerate().map(|(i, chain)| entry(chain, i as u64)).collect())
		}
	}

	fn with(written: impl IntoIterator<Item = (u32, Vec<AuditChain>)>) -> Fake {
		Fake { written: written.into_iter().collect(), ..Default::default() }
	}

	#[test]
	fn walk_finds_the_entries_of_one_chain_in_order() {
		let blocks = with([(3, vec![OTHER, CHAIN]), (5, vec![OTHER]), (9, vec![CHAIN])]);
		let page = walk(&blocks, CHAIN, 1, 10).unwrap();
		let found: Vec<_> = page.entries.iter().map(|e| (e.block, e.block_hash, e.index)).collect();
		assert_eq!(found, [(3, hash(3), 1), (9, hash(9), 0)]);
		assert_eq!((page.next_block, page.to_block), (None, 10));
	}

	#[test]
	fn walk_does_not_read_blocks_whose_header_says_empty() {
		let blocks = with([(7, vec![OTHER])]);
		walk(&blocks, CHAIN, 1, 100).unwrap();
		assert_eq!(blocks.reads.get(), 1);
	}

	#[test]
	fn walk_reads_a_block_without_the_digest() {
		let blocks = Fake { undigested: Some(4), ..with([(4, vec![CHAIN])]) };
		assert_eq!(walk(&blocks, CHAIN, 0, 8).unwrap().entries.len(), 1);
	}

	#[test]
	fn walk_includes_both_ends_and_nothing_else() {
		let blocks = with((0..10).map(|n| (n, vec![CHAIN])));
		let page = walk(&blocks, CHAIN, 4, 6).unwrap();
		assert_eq!(page.entries.iter().map(|e| e.block).collect::<Vec<_>>(), [4, 5, 6]);
	}

	#[test]
	fn walk_stops_and_continues_when_the_range_is_long() {
		let blocks = with([(0, vec![CHAIN]), (MAX_BLOCKS, vec![CHAIN])]);
		let first = walk(&blocks, CHAIN, 0, 3 * MAX_BLOCKS).unwrap();
		assert_eq!((first.entries.len(), first.next_block), (1, Some(MAX_BLOCKS)));
		assert_eq!(blocks.looked_at.get(), MAX_BLOCKS);
		let second = walk(&blocks, CHAIN, MAX_BLOCKS, 3 * MAX_BLOCKS).unwrap();
		assert_eq!((second.entries.len(), second.next_block), (1, Some(2 * MAX_BLOCKS)));
	}

	#[test]
	fn walk_ends_without_continuation_when_the_range_is_exactly_the_bound() {
		assert_eq!(walk(&with([]), CHAIN, 1, MAX_BLOCKS).unwrap().next_block, None);
	}

	#[test]
	fn walk_stops_when_too_many_blocks_of_others_were_read() {
		let blocks = with((0..2_000).map(|n| (n, vec![OTHER])));
		let page = walk(&blocks, CHAIN, 0, 1_999).unwrap();
		assert_eq!((blocks.reads.get(), page.next_block), (MAX_READS, Some(MAX_READS)));
	}

	#[test]
	fn walk_stops_after_the_block_that_fills_the_answer() {
		let blocks = with((0..5).map(|n| (n, vec![CHAIN; 6_000])));
		let page = walk(&blocks, CHAIN, 0, 4).unwrap();
		assert_eq!((page.entries.len(), page.next_block), (12_000, Some(2)));
	}

	#[test]
	fn walk_fails_when_a_state_is_gone_rather_than_leave_entries_out() {
		let blocks = Fake { pruned_below: 5, ..with([(4, vec![CHAIN]), (6, vec![CHAIN])]) };
		assert_eq!(walk(&blocks, CHAIN, 1, 10), Err(Error::StatePruned(hash(4))));
	}

	#[test]
	fn walk_ends_at_the_largest_block_number() {
		let page = walk(&with([]), CHAIN, u32::MAX - 2, u32::MAX).unwrap();
		assert_eq!(page.next_block, None);
	}

	#[test]
	fn a_page_in_json_names_where_to_continue() {
		let blocks = with([(1, vec![CHAIN])]);
		let json = serde_json::to_value(walk(&blocks, CHAIN, 1, 1).unwrap()).unwrap();
		assert_eq!(json["nextBlock"], serde_json::Value::Null);
		assert_eq!(json["entries"][0]["entry"]["sequence"], serde_json::json!(0));
		assert_eq!(json["entries"][0]["blockHash"], serde_json::to_value(hash(1)).unwrap());
	}
}

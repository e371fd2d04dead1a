//! The log of blocks: one leaf for every block, and the digest item that lets a header prove everything before it.

use crate::{AuditDigest, BlockLeaf, Config, Entries, Log, Pallet};
use alloc::vec::Vec;
use codec::Encode;
use frame_support::traits::Defensive;
use frame_system::pallet_prelude::BlockNumberFor;
use salus_primitives::AUDIT_ENGINE_ID;
use salus_threshold::tree;
use sp_runtime::{generic::DigestItem, traits::UniqueSaturatedInto};

impl<T: Config> Pallet<T> {
	/// Closes the block: root over its entries, one more leaf of the log, both roots into the header.
	pub(crate) fn close_block(number: BlockNumberFor<T>) {
		let leaves: Vec<tree::Hash> =
			Entries::<T>::get().iter().map(|entry| entry.using_encoded(tree::leaf_hash)).collect();
		let entries_root = tree::root(&leaves);
		let block = BlockLeaf {
			number: number.unique_saturated_into(),
			parent_hash: frame_system::Pallet::<T>::parent_hash(),
			// Exact: `Entries` is bounded by a u32.
			entry_count: leaves.len() as u32,
			entries_root,
		};

		let mut log = Log::<T>::get();
		// A panic here would stop the chain. Failing would need 2^64 - 1 blocks, or state that this pallet did not write.
		if log.append(block.using_encoded(tree::leaf_hash)).defensive_proof("the log of blocks takes a leaf").is_err() {
			return;
		}
		let digest = AuditDigest { entries_root, log_root: log.root(), size: log.size() };
		Log::<T>::put(log);
		frame_system::Pallet::<T>::deposit_log(DigestItem::Consensus(AUDIT_ENGINE_ID, digest.encode()));
	}
}

//! What must hold in every state.

use crate::{Config, Entries, Heads, Log, Pallet, ReceiptBatchCount, ReceiptBatches};
use alloc::collections::BTreeMap;
use frame_support::ensure;
use frame_system::pallet_prelude::BlockNumberFor;
use salus_primitives::InstitutionId;
use sp_runtime::{traits::UniqueSaturatedInto, TryRuntimeError};

impl<T: Config> Pallet<T> {
	/// Fails with the sentence of the first invariant that does not hold.
	pub(crate) fn do_try_state() -> Result<(), TryRuntimeError> {
		Self::try_state_heads()?;
		Self::try_state_log()?;
		Self::try_state_receipts()
	}

	/// Heads exist for chains with entries only; the entries of the block continue one another and end at the head.
	fn try_state_heads() -> Result<(), TryRuntimeError> {
		for (_, head) in Heads::<T>::iter() {
			ensure!(head.count > 0, "a stored head belongs to a chain with at least one entry");
		}
		let mut next = BTreeMap::new();
		for entry in Entries::<T>::get() {
			if let Some(expected) = next.insert(entry.chain, entry.sequence.saturating_add(1)) {
				ensure!(entry.sequence == expected, "entries of one chain follow one another without gaps");
			}
		}
		for (chain, count) in next {
			ensure!(Heads::<T>::get(chain).count == count, "the last entry of a chain is the one its head counts last");
		}
		Ok(())
	}

	/// The log has at most one leaf for each block, and a well-formed frontier.
	fn try_state_log() -> Result<(), TryRuntimeError> {
		let log = Log::<T>::get();
		ensure!(log.is_well_formed(), "the frontier of the log has one peak for each bit of its size");
		let number: BlockNumberFor<T> = frame_system::Pallet::<T>::block_number();
		ensure!(log.size() <= number.unique_saturated_into(), "the log has no more leaves than there are blocks");
		Ok(())
	}

	/// Batches are numbered from 0 without gaps, none is empty, none claims the future.
	fn try_state_receipts() -> Result<(), TryRuntimeError> {
		let mut batches = BTreeMap::<InstitutionId, u32>::new();
		for (institution, number, batch) in ReceiptBatches::<T>::iter() {
			ensure!(number < ReceiptBatchCount::<T>::get(institution), "batches are numbered below their count");
			ensure!(batch.count > 0, "a batch has at least one receipt");
			ensure!(batch.from <= batch.until && batch.until <= batch.filed_at, "a batch covers a period of the past");
			let seen = batches.entry(institution).or_default();
			*seen = seen.saturating_add(1);
		}
		for (institution, count) in ReceiptBatchCount::<T>::iter() {
			ensure!(batches.get(&institution) == Some(&count), "every counted batch is stored");
		}
		Ok(())
	}
}

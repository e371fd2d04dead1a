//! Which batches of receipts are taken, and under which number.

use crate::{Config, Error, Pallet, ReceiptBatch, ReceiptBatchCount, ReceiptBatches};
use frame_support::{ensure, traits::Get};
use salus_primitives::InstitutionId;
use sp_runtime::{DispatchError, DispatchResult};

/// The number that the next batch gets, and the count after it.
pub(crate) struct NextBatch {
	number: u32,
	count: u32,
}

impl<T: Config> Pallet<T> {
	/// The invariant of [`ReceiptBatch`], and its age. A batch that claims the future would let an institution file a receipt
	/// now for a release that it makes later, unobserved.
	pub(crate) fn ensure_acceptable(batch: &ReceiptBatch) -> DispatchResult {
		ensure!(batch.count > 0, Error::<T>::NoReceipts);
		ensure!(batch.from <= batch.until, Error::<T>::PeriodReversed);
		ensure!(batch.until <= batch.filed_at, Error::<T>::PeriodInFuture);
		let age = batch.filed_at.saturating_sub(batch.from);
		ensure!(age <= T::MaxReceiptsAge::get(), Error::<T>::ReceiptsTooOld);
		Ok(())
	}

	/// Checked apart from the write, which must not fail after the entry is recorded.
	pub(crate) fn next_batch(institution: InstitutionId) -> Result<NextBatch, DispatchError> {
		let number = ReceiptBatchCount::<T>::get(institution);
		let count = number.checked_add(1).ok_or(Error::<T>::BatchesExhausted)?;
		Ok(NextBatch { number, count })
	}

	/// Stores the batch and returns its number.
	pub(crate) fn store_batch(institution: InstitutionId, next: NextBatch, batch: ReceiptBatch) -> u32 {
		ReceiptBatches::<T>::insert(institution, next.number, batch);
		ReceiptBatchCount::<T>::insert(institution, next.count);
		next.number
	}
}

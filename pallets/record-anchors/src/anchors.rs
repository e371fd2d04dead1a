//! Writing anchors and batches.

use crate::{Anchor, Anchors, Batch, BatchCount, Batches, Config, Error, Pallet};
use frame_support::{ensure, traits::Time, BoundedVec};
use salus_primitives::{Commitment, InstitutionId, PatientHandle, RecordId};
use salus_threshold::pedersen;
use sp_runtime::DispatchError;

impl<T: Config> Pallet<T> {
	/// Stores an anchor for each commitment and returns the records in the same order.
	///
	/// A commitment that stands twice in the list meets its own anchor, so one look-up covers both kinds of duplicate.
	pub(crate) fn store_anchors(
		custodian: InstitutionId,
		handle: &PatientHandle,
		commitments: &[Commitment],
	) -> Result<BoundedVec<RecordId, T::MaxAnchors>, DispatchError> {
		let anchored_at = T::Time::now();
		let mut records = BoundedVec::new();
		for commitment in commitments {
			// Two encodings of one element would be two records with the same opening; the identity opens to a choice of messages.
			ensure!(pedersen::is_canonical(&commitment.0), Error::<T>::InvalidCommitment);
			let record = RecordId(salus_threshold::record_id(custodian.0, &handle.0, &commitment.0));
			ensure!(!Anchors::<T>::contains_key(handle, record), Error::<T>::AlreadyAnchored);
			Anchors::<T>::insert(handle, record, Anchor { custodian, anchored_at });
			records.try_push(record).map_err(|_| DispatchError::Exhausted)?;
		}
		Ok(records)
	}

	/// Stores a batch and returns its number.
	pub(crate) fn store_batch(
		institution: InstitutionId,
		root: [u8; 32],
		leaf_count: u32,
	) -> Result<u32, DispatchError> {
		let number = BatchCount::<T>::get(institution);
		let next = number.checked_add(1).ok_or(Error::<T>::TooManyBatches)?;
		Batches::<T>::insert(institution, number, Batch { root, leaf_count, anchored_at: T::Time::now() });
		BatchCount::<T>::insert(institution, next);
		Ok(number)
	}
}

//! What is true of anchors and batches after every block.

use crate::{Anchors, BatchCount, Batches, Config, Pallet};
use alloc::collections::BTreeMap;
use frame_support::{ensure, traits::Time};
use salus_primitives::{Handles, InstitutionId, Members};
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Checks every anchor and batch.
	pub(crate) fn do_try_state() -> Result<(), TryRuntimeError> {
		Self::try_state_anchors()?;
		Self::try_state_batches()
	}

	fn try_state_anchors() -> Result<(), TryRuntimeError> {
		for (handle, _, anchor) in Anchors::<T>::iter() {
			ensure!(T::Members::kind(anchor.custodian).is_some(), "the custodian of a record exists");
			ensure!(anchor.anchored_at <= T::Time::now(), "no record was anchored in the future");
			ensure!(
				T::Handles::custodian(&handle).is_none_or(|custodian| custodian == anchor.custodian),
				"a record lies with the custodian of its handle"
			);
		}
		Ok(())
	}

	fn try_state_batches() -> Result<(), TryRuntimeError> {
		let mut found = BTreeMap::<InstitutionId, u32>::new();
		for (institution, number, batch) in Batches::<T>::iter() {
			ensure!(T::Members::kind(institution).is_some(), "the institution of a batch exists");
			ensure!(number < BatchCount::<T>::get(institution), "batch numbers are below the count");
			ensure!(batch.leaf_count > 0, "a batch has leaves");
			ensure!(batch.anchored_at <= T::Time::now(), "no batch was anchored in the future");
			let count = found.entry(institution).or_default();
			*count = count.saturating_add(1);
		}
		let counted = BatchCount::<T>::iter().collect::<BTreeMap<_, _>>();
		ensure!(counted == found, "there are as many batches as counted");
		Ok(())
	}
}

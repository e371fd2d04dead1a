//! What must hold in every state.

use crate::{
	types::all_distinct, Capabilities, Config, NextCapability, NextPermit, OldestPermit, Pallet, Permits, Refusals,
};
use alloc::collections::BTreeSet;
use frame_support::ensure;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Fails with the sentence of the first invariant that does not hold.
	pub(crate) fn do_try_state() -> Result<(), TryRuntimeError> {
		Self::try_state_capabilities()?;
		Self::try_state_permits()?;
		for (_, refusals) in Refusals::<T>::iter() {
			ensure!(refusals.count > 0, "a stored count of refusals counts at least one");
		}
		Ok(())
	}

	fn try_state_capabilities() -> Result<(), TryRuntimeError> {
		let mut ids = BTreeSet::new();
		for (_, _, list) in Capabilities::<T>::iter() {
			ensure!(!list.is_empty(), "a stored list of capabilities is not empty");
			ensure!(
				list.windows(2).all(|pair| pair[0].id < pair[1].id),
				"capabilities stand in the order of their ids"
			);
			for capability in list {
				ensure!(capability.id < NextCapability::<T>::get(), "ids of capabilities are below the next id");
				ensure!(ids.insert(capability.id), "no two capabilities have the same id");
				ensure!(
					!capability.tags.is_empty() && all_distinct(&capability.tags),
					"a capability has at least one tag, and none twice"
				);
				ensure!(capability.purposes.is_valid(), "a capability names classes of purposes that exist");
				ensure!(capability.valid_from < capability.valid_until, "a capability begins before it ends");
			}
		}
		Ok(())
	}

	fn try_state_permits() -> Result<(), TryRuntimeError> {
		let oldest = OldestPermit::<T>::get();
		ensure!(oldest <= NextPermit::<T>::get(), "the oldest permit is not newer than the next");
		for (id, permit) in Permits::<T>::iter() {
			ensure!(id < NextPermit::<T>::get(), "ids of permits are below the next id");
			ensure!(id >= oldest, "no permit is older than the oldest");
			ensure!(
				!permit.tags.is_empty() && all_distinct(&permit.tags),
				"a permit has at least one tag, and none twice"
			);
			ensure!(!permit.capabilities.is_empty(), "a permit rests on at least one capability");
			ensure!(
				permit.capabilities.iter().all(|id| *id < NextCapability::<T>::get()),
				"a permit rests on capabilities that were granted"
			);
			ensure!(permit.issued_at <= permit.expires_at, "a permit does not end before it was issued");
		}
		Ok(())
	}
}

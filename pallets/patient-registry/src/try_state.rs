//! What is true of the registry after every block.

use crate::{Config, ControllerOf, HandleRecord, HandleStatus, Handles, MergedInto, Merges, Pallet};
use alloc::collections::BTreeSet;
use codec::Encode;
use frame_support::{ensure, traits::Time};
use salus_primitives::Members;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Checks every handle and every merge.
	pub(crate) fn do_try_state() -> Result<(), TryRuntimeError> {
		Self::try_state_merges()?;
		Handles::<T>::iter().try_for_each(|(handle, record)| {
			let merged = record.status == HandleStatus::Merged;
			ensure!(merged == MergedInto::<T>::contains_key(handle), "a handle is merged when it is known whose it is");
			ensure!(T::Members::kind(record.custodian).is_some(), "the custodian of a handle exists");
			ensure!(record.registered_at <= T::Time::now(), "no handle was registered in the future");
			match record.status {
				HandleStatus::Active => Self::try_state_active(&record),
				HandleStatus::Merged => {
					ensure!(record.is_provisional(), "a merged handle is provisional");
					Self::try_state_active(&record)
				}
				HandleStatus::Retired => {
					ensure!(record.controllers.is_empty(), "a retired handle has no controllers");
					Ok(())
				}
			}
		})
	}

	fn try_state_merges() -> Result<(), TryRuntimeError> {
		let mut listed = 0;
		for (into, merged) in Merges::<T>::iter() {
			ensure!(!merged.is_empty(), "no empty list of merges is kept");
			let target = Handles::<T>::get(into);
			for handle in &merged {
				let known = MergedInto::<T>::get(handle);
				ensure!(known.is_some_and(|merge| merge.into == into), "a merge is known from both sides");
				let custodian = Handles::<T>::get(handle).map(|record| record.custodian);
				ensure!(
					custodian.is_some() && custodian == target.as_ref().map(|record| record.custodian),
					"merged handles have the same custodian"
				);
			}
			listed += merged.len();
		}
		ensure!(listed == MergedInto::<T>::iter_keys().count(), "a merge is listed once");
		Ok(())
	}

	/// A merged handle keeps the controllers with which it goes on when the merge is taken back.
	fn try_state_active(record: &HandleRecord<T>) -> Result<(), TryRuntimeError> {
		let controllers = &record.controllers;
		let open = controllers.iter().filter(|controller| controller.valid_until.is_none());
		ensure!(open.count() == 1, "an active handle has exactly one controller without an end");
		let distinct: BTreeSet<_> = controllers.iter().map(|controller| controller.kind.encode()).collect();
		ensure!(distinct.len() == controllers.len(), "no controller is listed twice");
		for controller in controllers {
			ensure!(
				controller.valid_until.is_none_or(|until| controller.valid_from <= until),
				"no control ends before it begins"
			);
			ensure!(
				controller.kind != ControllerOf::Custodian || record.evidence.is_some(),
				"custody rests on evidence"
			);
		}
		let custody_open = controllers.iter().any(|controller| {
			!matches!(controller.kind, ControllerOf::SelfHeld(_)) && controller.valid_until.is_none()
		});
		ensure!(
			custody_open != record.is_self_held(T::Time::now()),
			"either the patient holds a key, or the custodian's part has no end"
		);
		Ok(())
	}
}

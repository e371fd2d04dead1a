//! What is true of the registry after every block.

use crate::{Config, ControllerOf, HandleRecord, HandleStatus, Handles, Pallet};
use alloc::collections::BTreeSet;
use codec::Encode;
use frame_support::{ensure, traits::Time};
use salus_primitives::Members;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	/// Checks every handle.
	pub(crate) fn do_try_state() -> Result<(), TryRuntimeError> {
		Handles::<T>::iter_values().try_for_each(|record| {
			ensure!(T::Members::kind(record.custodian).is_some(), "the custodian of a handle exists");
			ensure!(record.registered_at <= T::Time::now(), "no handle was registered in the future");
			match record.status {
				HandleStatus::Active => Self::try_state_active(&record),
				HandleStatus::Retired => {
					ensure!(record.controllers.is_empty(), "a retired handle has no controllers");
					Ok(())
				}
			}
		})
	}

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
		let custody_open = controllers
			.iter()
			.any(|controller| controller.kind == ControllerOf::Custodian && controller.valid_until.is_none());
		ensure!(
			custody_open != record.is_self_held(T::Time::now()),
			"either the patient holds a key, or the custody has no end"
		);
		Ok(())
	}
}

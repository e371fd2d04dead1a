//! Accounts exist while they have a role, and a while longer.
//!
//! One provider reference per account, however many roles. After the last role the account stays for `LongestEra`
//! blocks: if it went at once its nonce would start again at zero, and a transaction that is still within its era
//! could be replayed once the account is back. That no era is longer is what `mortality` sees to.

use crate::{
	AccountRoles as RoleCount, Config, Error, Event, Pallet, Retirement, RetirementBounds, RetirementQueue, Retiring,
	Sessions, WeightInfo,
};
use frame_support::{ensure, traits::Get, weights::WeightMeter};
use frame_system::pallet_prelude::BlockNumberFor;
use salus_primitives::AccountRoles;
use sp_runtime::{traits::Saturating, DispatchError, DispatchResult};

/// Largest number of queue entries looked at in one block's idle time.
pub const MAX_RETIREMENTS: u32 = 16;

impl<T: Config> AccountRoles<T::AccountId> for Pallet<T> {
	fn add_role(account: &T::AccountId) -> DispatchResult {
		let roles = RoleCount::<T>::get(account).checked_add(1).ok_or(Error::<T>::TooManyRoles)?;
		// An account on its way out still has its reference: taking it off the queue is enough. Its entry in the
		// queue stays behind and is passed over when its turn comes.
		if roles == 1 && Retiring::<T>::take(account).is_none() {
			frame_system::Pallet::<T>::inc_providers(account);
		}
		RoleCount::<T>::insert(account, roles);
		Ok(())
	}

	fn remove_role(account: &T::AccountId) -> DispatchResult {
		let roles = RoleCount::<T>::get(account).checked_sub(1).ok_or(Error::<T>::NoRole)?;
		if roles > 0 {
			RoleCount::<T>::insert(account, roles);
			return Ok(());
		}
		RoleCount::<T>::remove(account);
		Self::retire_later(account)
	}
}

impl<T: Config> Pallet<T> {
	/// Puts an account without roles at the end of the queue. Every entry waits equally long, so the queue is in
	/// order of time.
	fn retire_later(account: &T::AccountId) -> DispatchResult {
		let due = frame_system::Pallet::<T>::block_number().saturating_add(T::LongestEra::get());
		let (first, end) = RetirementBounds::<T>::get();
		let next = end.checked_add(1).ok_or(Error::<T>::IdsExhausted)?;
		RetirementQueue::<T>::insert(end, Retirement { account: account.clone(), due });
		RetirementBounds::<T>::put((first, next));
		Retiring::<T>::insert(account, due);
		Ok(())
	}

	/// Lets go of accounts whose time has come, at most [`MAX_RETIREMENTS`] per block and as the weight permits.
	pub(crate) fn retire_due(now: BlockNumberFor<T>, meter: &mut WeightMeter) {
		for _ in 0..MAX_RETIREMENTS {
			if meter.try_consume(T::WeightInfo::retire_account()).is_err() {
				return;
			}
			let (first, end) = RetirementBounds::<T>::get();
			let Some(entry) = RetirementQueue::<T>::get(first).filter(|entry| entry.due <= now) else { return };
			RetirementQueue::<T>::remove(first);
			RetirementBounds::<T>::put((first.saturating_add(1), end));
			// Passed over: it has roles again, or lost them again later.
			if Retiring::<T>::get(&entry.account) != Some(entry.due) {
				continue;
			}
			if let Err(error) = Self::retire_now(&entry.account).or_else(|_| Self::retire_later(&entry.account)) {
				log::error!(target: crate::LOG_TARGET, "account stays: {error:?}");
			}
		}
	}

	/// Gives the reference back. Fails, changing nothing, while something still holds on to the account.
	fn retire_now(account: &T::AccountId) -> DispatchResult {
		frame_support::storage::with_storage_layer(|| -> Result<(), DispatchError> {
			ensure!(!T::Sessions::is_in_use(account), DispatchError::ConsumerRemaining);
			// A former validator's keys hold a reference.
			if T::Sessions::keys(account).is_some() {
				T::Sessions::drop_keys(account)?;
			}
			frame_system::Pallet::<T>::dec_providers(account)?;
			Retiring::<T>::remove(account);
			Self::deposit_event(Event::AccountRetired { account: account.clone() });
			Ok(())
		})
	}
}

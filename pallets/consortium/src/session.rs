//! What the consortium needs of the session pallet, and how it gets it.

use alloc::vec::Vec;
use codec::Encode;
use core::marker::PhantomData;
use frame_system::RawOrigin;
use pallet_session::historical;
use sp_runtime::{traits::Convert, DispatchResult};
use sp_staking::{offence::OffenceSeverity, SessionIndex};

/// Sessions and their keys.
pub trait Sessions<AccountId> {
	/// The session that runs.
	fn current_index() -> SessionIndex;
	/// The session keys that this account has set for the next session, SCALE encoded.
	fn keys(account: &AccountId) -> Option<Vec<u8>>;
	/// Whether the account validates now or is queued for the next session.
	fn is_in_use(account: &AccountId) -> bool;
	/// Removes the keys of an account and the reference that they hold.
	fn drop_keys(account: &AccountId) -> DispatchResult;
	/// Lets the session's strategy decide whether to disable an offender.
	fn report_offence(validator: AccountId, severity: OffenceSeverity);
	/// Forgets what is known of sessions before this one.
	fn forget_before(session: SessionIndex);
}

/// [`Sessions`] by `pallet-session` with its historical pallet.
pub struct PalletSession<T>(PhantomData<T>);

impl<T> Sessions<T::AccountId> for PalletSession<T>
where
	T: pallet_session::Config<ValidatorId = <T as frame_system::Config>::AccountId> + historical::Config,
{
	fn current_index() -> SessionIndex {
		pallet_session::Pallet::<T>::current_index()
	}

	fn keys(account: &T::AccountId) -> Option<Vec<u8>> {
		pallet_session::NextKeys::<T>::get(account).map(|keys| keys.encode())
	}

	fn is_in_use(account: &T::AccountId) -> bool {
		pallet_session::Validators::<T>::get().contains(account)
			|| pallet_session::QueuedKeys::<T>::get().iter().any(|(validator, _)| validator == account)
	}

	fn drop_keys(account: &T::AccountId) -> DispatchResult {
		pallet_session::Pallet::<T>::purge_keys(RawOrigin::Signed(account.clone()).into())
	}

	fn report_offence(validator: T::AccountId, severity: OffenceSeverity) {
		pallet_session::Pallet::<T>::report_offence(validator, severity);
	}

	fn forget_before(session: SessionIndex) {
		historical::Pallet::<T>::prune_up_to(session);
	}
}

/// Identifies every validator by nothing more than its account, for `FullIdentificationOf`.
///
/// Also one that has left the consortium but sits in the set until the session ends: leaving it out would change the
/// root of the current session, and nobody's equivocation could be proven any more.
pub struct IdentifyByAccount;

impl<AccountId> Convert<AccountId, Option<()>> for IdentifyByAccount {
	fn convert(_: AccountId) -> Option<()> {
		Some(())
	}
}

//! Migrations of the stored types, for `frame_system::Config::SingleBlockMigrations`.

use crate::{Config, Institution, InstitutionName, Institutions, Pallet, Quota, SessionBegan};
use codec::{Decode, Encode};
use frame_support::{
	migrations::VersionedMigration,
	traits::{Get, UncheckedOnRuntimeUpgrade},
	weights::Weight,
};
use frame_system::pallet_prelude::BlockNumberFor;
use salus_primitives::{InstitutionKind, MemberStatus, Moment};
#[cfg(feature = "try-runtime")]
use sp_runtime::traits::CheckedSub;
use sp_runtime::traits::{One, Saturating};

/// An institution of storage version 0: memberships had no end.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct InstitutionV0<AccountId> {
	/// What it is.
	pub kind: InstitutionKind,
	/// Its public name.
	pub name: InstitutionName,
	/// Who administers it.
	pub operator: AccountId,
	/// Whether it may act.
	pub status: MemberStatus,
	/// When it joined, milliseconds.
	pub admitted_at: Moment,
	/// From when its statements do not count, milliseconds.
	pub invalid_from: Option<Moment>,
	/// What its transactions may use.
	pub quota: Quota,
}

impl<AccountId> From<InstitutionV0<AccountId>> for Institution<AccountId> {
	fn from(old: InstitutionV0<AccountId>) -> Self {
		let InstitutionV0 { kind, name, operator, status, admitted_at, invalid_from, quota } = old;
		Self { kind, name, operator, status, admitted_at, until: None, invalid_from, quota }
	}
}

/// Makes every membership of storage version 0 a permanent one. In one block: there are as many institutions as the council
/// admitted one by one.
pub type ToV1<T> = VersionedMigration<0, 1, PermanentMemberships<T>, Pallet<T>, <T as frame_system::Config>::DbWeight>;

/// The work of [`ToV1`], without its check of the version.
pub struct PermanentMemberships<T>(core::marker::PhantomData<T>);

impl<T: Config> UncheckedOnRuntimeUpgrade for PermanentMemberships<T> {
	fn on_runtime_upgrade() -> Weight {
		let mut count = 0;
		Institutions::<T>::translate_values(|old: InstitutionV0<T::AccountId>| {
			count += 1;
			Some(old.into())
		});
		log::info!(target: crate::LOG_TARGET, "{count} memberships are permanent");
		T::DbWeight::get().reads_writes(count, count)
	}

	/// How many institutions there are.
	#[cfg(feature = "try-runtime")]
	fn pre_upgrade() -> Result<alloc::vec::Vec<u8>, sp_runtime::TryRuntimeError> {
		Ok((Institutions::<T>::iter_keys().count() as u64).encode())
	}

	#[cfg(feature = "try-runtime")]
	fn post_upgrade(before: alloc::vec::Vec<u8>) -> Result<(), sp_runtime::TryRuntimeError> {
		let before = u64::decode(&mut &before[..]).map_err(|_| "the count before the migration is unreadable")?;
		let readable = Institutions::<T>::iter_values().filter(|member| member.until.is_none()).count() as u64;
		frame_support::ensure!(readable == before, "an institution was lost or got an end");
		Pallet::<T>::do_try_state()
	}
}

/// Writes when the session under way began, so that it ends in the block in which it would have: up to storage version 1
/// sessions began at the multiples of a fixed `Period` of blocks.
pub type ToV2<T, Period> =
	VersionedMigration<1, 2, FirstBlockOfSession<T, Period>, Pallet<T>, <T as frame_system::Config>::DbWeight>;

/// The work of [`ToV2`], without its check of the version.
pub struct FirstBlockOfSession<T, Period>(core::marker::PhantomData<(T, Period)>);

impl<T: Config, Period: Get<BlockNumberFor<T>>> UncheckedOnRuntimeUpgrade for FirstBlockOfSession<T, Period> {
	fn on_runtime_upgrade() -> Weight {
		// Migrations run before the new block has its number: this is the last block of the runtime before, so a session that is
		// due in the new block still ends in it.
		let last = frame_system::Pallet::<T>::block_number();
		let into_session = last % Period::get().max(One::one());
		SessionBegan::<T>::put(last.saturating_sub(into_session));
		T::DbWeight::get().reads_writes(1, 1)
	}

	#[cfg(feature = "try-runtime")]
	fn post_upgrade(_: alloc::vec::Vec<u8>) -> Result<(), sp_runtime::TryRuntimeError> {
		let passed = frame_system::Pallet::<T>::block_number().checked_sub(&SessionBegan::<T>::get());
		frame_support::ensure!(
			passed.is_some_and(|passed| passed < Period::get()),
			"the session under way began before now, and not longer ago than a session lasts"
		);
		Pallet::<T>::do_try_state()
	}
}

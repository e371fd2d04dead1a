//! Which accounts validate: the set for each session, and the guards that keep the chain alive while it changes.
//!
//! Two guards. At least `MinValidators` with session keys remain; and of the n validators of the set planned last, at
//! most f = (n - 1) / 3 leave before the next plan, because a set that shares less than two thirds with its
//! predecessor could lose finality in between. Removing and deactivating are refused where a guard says so. A
//! suspension is never refused: it takes the institution's gateways, quota and seat at once, and its validators leave
//! the set as soon as the guards let them. So does a validator that was proven to have equivocated.

use crate::{
	Config, Error, Event, NamedIn, Offenders, Pallet, PlannedKeys, PlannedValidators, SessionBegan, Sessions,
	Validators,
};
use alloc::vec::Vec;
use codec::Encode;
use core::marker::PhantomData;
use frame_support::{ensure, traits::Get, BoundedVec};
use pallet_session::{historical, SessionManager};
use salus_primitives::{AccountRoles, InstitutionId, InstitutionKind};
use sp_io::hashing::blake2_256;
use sp_runtime::{traits::Convert, DispatchResult};
use sp_staking::SessionIndex;

/// How many of n may fail, or leave at once, without harm to the rest.
pub fn max_faulty(n: usize) -> usize {
	n.saturating_sub(1) / 3
}

/// The validator id of an account, for `pallet_session::Config::ValidatorIdOf`: itself, when it is a validator of an
/// active institution.
pub struct ValidatorOf<T>(PhantomData<T>);

impl<T: Config> Convert<T::AccountId, Option<T::AccountId>> for ValidatorOf<T> {
	fn convert(account: T::AccountId) -> Option<T::AccountId> {
		Pallet::<T>::validator_of(&account).filter(|id| Pallet::<T>::institution_is_active(*id)).map(|_| account)
	}
}

impl<T: Config> Pallet<T> {
	/// The institution for which this account validates, whatever its status.
	pub fn validator_of(account: &T::AccountId) -> Option<InstitutionId> {
		Validators::<T>::get().into_iter().find(|(validator, _)| validator == account).map(|(_, id)| id)
	}

	/// Names a validator; it joins the set once its account has set session keys. An offender that is named is pardoned
	/// by being named again: where the minimum needs it, it could not be removed first.
	pub(crate) fn insert_validator(institution: InstitutionId, validator: &T::AccountId) -> DispatchResult {
		let member = Self::active(institution)?;
		ensure!(member.kind == InstitutionKind::Hospital, Error::<T>::NotAHospital);
		Self::ensure_free_for(validator, institution)?;
		let pardoned = Self::pardon(validator);
		NamedIn::<T>::insert(validator, T::Sessions::current_index());
		if Self::validator_of(validator).is_some() {
			ensure!(pardoned, Error::<T>::AlreadyValidator);
			return Ok(());
		}
		Validators::<T>::try_mutate(|all| all.try_push((validator.clone(), institution)))
			.map_err(|_| Error::<T>::TooManyValidators)?;
		Self::add_role(validator)
	}

	/// Removes validators, when the guards permit it.
	pub(crate) fn drop_validators(leaving: &[T::AccountId]) -> DispatchResult {
		Self::ensure_may_leave(leaving)?;
		let (gone, staying): (Vec<_>, Vec<_>) =
			Validators::<T>::get().into_iter().partition(|(account, _)| leaving.contains(account));
		// A part of what was there: nothing is cut off.
		Validators::<T>::put(BoundedVec::truncate_from(staying));
		Self::forget_offenders();
		gone.into_iter().try_for_each(|(account, institution)| {
			NamedIn::<T>::remove(&account);
			Self::note_departing(institution, &account);
			Self::remove_role(&account)
		})
	}

	/// The validators of an institution.
	pub fn validators_of(institution: InstitutionId) -> Vec<T::AccountId> {
		Validators::<T>::get().into_iter().filter(|(_, id)| *id == institution).map(|(account, _)| account).collect()
	}

	/// Validators that have session keys: those that should validate, and those that should not, because they
	/// equivocated or their institution is not active.
	fn ready_validators() -> (Vec<T::AccountId>, Vec<T::AccountId>) {
		let offenders = Offenders::<T>::get();
		let ready = Validators::<T>::get().into_iter().filter(|(account, _)| T::Sessions::keys(account).is_some());
		let (staying, leaving): (Vec<_>, Vec<_>) =
			ready.partition(|(account, id)| !offenders.contains(account) && Self::institution_is_active(*id));
		let accounts =
			|list: Vec<(T::AccountId, InstitutionId)>| list.into_iter().map(|(account, _)| account).collect();
		(accounts(staying), accounts(leaving))
	}

	fn min_validators() -> usize {
		(T::MinValidators::get() as usize).max(1)
	}

	/// Whether these may go now. Offenders and those of suspended institutions that have not left yet count, too.
	fn ensure_may_leave(leaving: &[T::AccountId]) -> DispatchResult {
		let planned = PlannedValidators::<T>::get();
		let (ready, _) = Self::ready_validators();
		// Who neither sits in the set nor would join it is not missed.
		if !leaving.iter().any(|account| planned.contains(account) || ready.contains(account)) {
			return Ok(());
		}
		let staying = ready.iter().filter(|account| !leaving.contains(account)).count();
		ensure!(staying >= Self::min_validators(), Error::<T>::TooFewValidators);
		let stays = |account: &&T::AccountId| ready.contains(account) && !leaving.contains(account);
		let leavers = planned.len().saturating_sub(planned.iter().filter(stays).count());
		ensure!(leavers <= max_faulty(planned.len()), Error::<T>::TooManyLeavers);
		Ok(())
	}

	/// The set for the next session, sorted: active institutions' validators with keys that did not equivocate, and so
	/// many of the others in the last set that the guards hold.
	pub(crate) fn plan() -> Vec<T::AccountId> {
		let planned = PlannedValidators::<T>::get();
		let (mut set, leaving) = Self::ready_validators();
		let held: Vec<_> = leaving.into_iter().filter(|account| planned.contains(account)).collect();
		let gone = planned.iter().filter(|account| !set.contains(account) && !held.contains(account)).count();
		let may_leave = max_faulty(planned.len())
			.saturating_sub(gone)
			.min(set.len().saturating_add(held.len()).saturating_sub(Self::min_validators()))
			.min(held.len());
		set.extend(held.into_iter().skip(may_leave));
		set.sort();
		set
	}

	/// Whether the planned set is the one that should validate now, under its present keys.
	pub(crate) fn is_planned() -> bool {
		let set = Self::plan();
		set == *PlannedValidators::<T>::get() && PlannedKeys::<T>::get() == Self::keys_digest(&set)
	}

	/// What the plan depends on besides the accounts: their keys. A changed key must reach the historical roots, or an
	/// equivocation under it could not be proven.
	fn keys_digest(set: &[T::AccountId]) -> [u8; 32] {
		let keys: Vec<_> = set.iter().map(|account| (account, T::Sessions::keys(account))).collect();
		blake2_256(&keys.encode())
	}
}

impl<T: Config> SessionManager<T::AccountId> for Pallet<T> {
	/// A set only when it, or a key in it, differs from the last one.
	fn new_session(session: SessionIndex) -> Option<Vec<T::AccountId>> {
		let planned = PlannedValidators::<T>::get();
		let set = Self::plan();
		// A small chain may grow, a chain at its minimum may not shrink, and nobody at all is never an answer.
		let floor = Self::min_validators().min(planned.len()).max(1);
		if set.len() < floor {
			log::error!(target: crate::LOG_TARGET, "{} validators are too few: the set stays", set.len());
			return None;
		}
		let keys = Self::keys_digest(&set);
		if set == *planned && PlannedKeys::<T>::get() == keys {
			return None;
		}
		let bounded = BoundedVec::try_from(set.clone()).ok()?;
		PlannedValidators::<T>::put(bounded);
		PlannedKeys::<T>::put(keys);
		Self::deposit_event(Event::ValidatorsPlanned { session, validators: set.len() as u32 });
		Some(set)
	}

	fn start_session(session: SessionIndex) {
		SessionBegan::<T>::put(frame_system::Pallet::<T>::block_number());
		Self::forget_offenders();
		Self::disable_offenders();
		Self::forget_departed();
		let first = session.saturating_sub(T::SessionsKept::get());
		if first > 0 {
			T::Sessions::forget_before(first);
		}
	}

	fn end_session(_: SessionIndex) {}
}

impl<T: Config> historical::SessionManager<T::AccountId, ()> for Pallet<T> {
	fn new_session(session: SessionIndex) -> Option<Vec<(T::AccountId, ())>> {
		let set = <Self as SessionManager<T::AccountId>>::new_session(session)?;
		Some(set.into_iter().map(|account| (account, ())).collect())
	}

	fn start_session(session: SessionIndex) {
		<Self as SessionManager<T::AccountId>>::start_session(session);
	}

	fn end_session(session: SessionIndex) {
		<Self as SessionManager<T::AccountId>>::end_session(session);
	}
}

//! Stopping a call that was found to be broken, for a limited time.
//!
//! Two ways. The council by motion, for as long as `MaxPause`. And, because motions take days and a leak does not wait,
//! any third of the seats with a regulator among them: each seat asks with a call of its own, which counts for
//! `EmergencyPause`, and the request that completes the third pauses the call for the same time. The council's own
//! origins do not tell who voted, so they cannot ask for a regulator. A third can do nothing but pause, and the same call only
//! once in `PauseCooldown`: a minority cannot keep stopped what the majority lets run.
//!
//! The runtime lists which calls can be paused at all. A pause holds for dispatched calls, not only for transactions:
//! [`NotPaused`] is the runtime's `BaseCallFilter`, which batches and motions pass too.

use crate::{Config, Error, Event, Institutions, Pallet, PauseRequests, Pauses, Seats};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::marker::PhantomData;
use frame_support::{
	ensure,
	traits::{Contains, Get},
	BoundedVec, Parameter,
};
use frame_system::pallet_prelude::BlockNumberFor;
use salus_primitives::{InstitutionId, InstitutionKind};
use scale_info::TypeInfo;
use sp_runtime::{
	traits::{Saturating, Zero},
	DispatchResult,
};

/// The list of calls that can be paused. Written by the runtime.
pub trait PausableCall<Call>: Parameter + MaxEncodedLen + Copy {
	/// The entry of this call; `None` for one that can never be paused.
	fn of(call: &Call) -> Option<Self>;
	/// Any entry, for benchmarks.
	#[cfg(feature = "runtime-benchmarks")]
	fn any() -> Self;
}

/// A pause, and what is left of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Pause<BlockNumber> {
	/// First block in which the call runs again.
	pub until: BlockNumber,
	/// First block in which a third of the seats may pause it again.
	pub third_may_from: BlockNumber,
}

/// Lets through what is not paused, for `frame_system::Config::BaseCallFilter`.
pub struct NotPaused<T>(PhantomData<T>);

impl<T: Config> Contains<<T as frame_system::Config>::RuntimeCall> for NotPaused<T> {
	fn contains(call: &<T as frame_system::Config>::RuntimeCall) -> bool {
		!Pallet::<T>::is_paused(call)
	}
}

impl<T: Config> Pallet<T> {
	/// Whether this call does not run now.
	pub fn is_paused(call: &<T as frame_system::Config>::RuntimeCall) -> bool {
		T::Pausable::of(call).is_some_and(|call| Self::paused_until(call).is_some())
	}

	/// The first block in which a paused call runs again.
	pub fn paused_until(call: T::Pausable) -> Option<BlockNumberFor<T>> {
		Pauses::<T>::get(call).map(|pause| pause.until).filter(|until| Self::now_block() < *until)
	}

	/// The institutions whose request to pause this call still counts.
	pub fn pause_requests(call: T::Pausable) -> impl Iterator<Item = (InstitutionId, BlockNumberFor<T>)> {
		let now = Self::now_block();
		PauseRequests::<T>::get(call)
			.into_iter()
			.filter(move |(id, until)| now < *until && Self::institution_is_active(*id))
	}

	fn now_block() -> BlockNumberFor<T> {
		frame_system::Pallet::<T>::block_number()
	}

	/// Pauses by motion. On a paused call it changes the end.
	pub(crate) fn pause_for(call: T::Pausable, blocks: BlockNumberFor<T>) -> DispatchResult {
		ensure!(!blocks.is_zero() && blocks <= T::MaxPause::get(), Error::<T>::PauseTooLong);
		let third_may_from = Pauses::<T>::get(call).map_or_else(Zero::zero, |pause| pause.third_may_from);
		Self::pause_until(call, Self::now_block().saturating_add(blocks), third_may_from);
		Ok(())
	}

	/// Ends a pause. When a third may pause again stays as it was.
	pub(crate) fn resume(call: T::Pausable) -> DispatchResult {
		ensure!(Self::paused_until(call).is_some(), Error::<T>::CallNotPaused);
		Pauses::<T>::mutate(call, |pause| pause.iter_mut().for_each(|pause| pause.until = Self::now_block()));
		PauseRequests::<T>::remove(call);
		Ok(())
	}

	/// Notes that this member, which has a seat, wants a call paused; pauses it when that makes a third.
	pub(crate) fn note_pause_request(institution: InstitutionId, call: T::Pausable) -> DispatchResult {
		let now = Self::now_block();
		ensure!(Self::paused_until(call).is_none(), Error::<T>::CallPausedAlready);
		let may = Pauses::<T>::get(call).is_none_or(|pause| pause.third_may_from <= now);
		ensure!(may, Error::<T>::PausedRecently);
		let until = now.saturating_add(T::EmergencyPause::get());
		let mut requests: alloc::vec::Vec<_> =
			Self::pause_requests(call).filter(|(other, _)| *other != institution).collect();
		requests.push((institution, until));
		if Self::may_pause_at_once(&requests) {
			Self::pause_until(call, until, until.saturating_add(T::PauseCooldown::get()));
			return Ok(());
		}
		let requests = BoundedVec::try_from(requests).map_err(|_| Error::<T>::TooManyInstitutions)?;
		PauseRequests::<T>::insert(call, requests);
		Self::deposit_event(Event::PauseRequested { institution, call, until });
		Ok(())
	}

	/// A third of the seats, a regulator's among them.
	fn may_pause_at_once(requests: &[(InstitutionId, BlockNumberFor<T>)]) -> bool {
		let regulator = |id| Institutions::<T>::get(id).is_some_and(|m| m.kind == InstitutionKind::Regulator);
		requests.len() >= Seats::<T>::get().len().div_ceil(3) && requests.iter().any(|(id, _)| regulator(id))
	}

	fn pause_until(call: T::Pausable, until: BlockNumberFor<T>, third_may_from: BlockNumberFor<T>) {
		Pauses::<T>::insert(call, Pause { until, third_may_from });
		PauseRequests::<T>::remove(call);
		Self::deposit_event(Event::CallPaused { call, until });
	}
}

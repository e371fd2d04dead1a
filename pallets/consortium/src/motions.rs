//! How many motions one seat may keep open.
//!
//! The council takes a limited number of motions at a time, each for days. One member that fills all the places would
//! keep the others from deciding anything, the end of its own membership included. There is no deposit to lose on a chain
//! without currency, so each seat gets a few places and no more.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::marker::PhantomData;
use frame_support::{
	ensure,
	traits::{Consideration, Get, MaybeConsideration},
	CloneNoBound, DebugNoBound, EqNoBound, PartialEqNoBound,
};
use pallet_collective::{CostOf, Error, Proposals};
use scale_info::TypeInfo;
use sp_runtime::{DispatchError, DispatchResult};

/// A motion that counts against its proposer while it is open, for `pallet_collective::Config::Consideration`. `Most` is
/// how many may be open at once; with `MaxProposals` of three times as many as a third of the seats may keep open, fewer
/// than a third can never stop the rest.
///
/// What was closed counts no more, whether anybody has called `release_proposal_cost` or not: that call only tidies up.
#[derive(
	CloneNoBound,
	DebugNoBound,
	PartialEqNoBound,
	EqNoBound,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
#[scale_info(skip_type_params(T, I, Most))]
#[codec(mel_bound())]
pub struct MotionOfSeat<T, I, Most>(PhantomData<(T, I, Most)>);

impl<T, I, Most> Consideration<T::AccountId, u32> for MotionOfSeat<T, I, Most>
where
	T: pallet_collective::Config<I>,
	I: Send + Sync + 'static,
	T: Send + Sync,
	Most: Get<u32> + Send + Sync + 'static,
{
	/// Fails with `TooManyProposals` when the proposer's places are taken. The council notes the motion before it asks.
	fn new(who: &T::AccountId, _: u32) -> Result<Self, DispatchError> {
		let motions = Proposals::<T, I>::get();
		let before = motions.split_last().map_or(&[][..], |(_, before)| before);
		let open = before.iter().filter(|hash| CostOf::<T, I>::get(hash).is_some_and(|(by, _)| by == *who)).count();
		// The council's own benchmarks let one member propose everything.
		ensure!(cfg!(feature = "runtime-benchmarks") || open < Most::get() as usize, Error::<T, I>::TooManyProposals);
		Ok(Self(PhantomData))
	}

	fn update(self, _: &T::AccountId, _: u32) -> Result<Self, DispatchError> {
		Ok(self)
	}

	fn drop(self, _: &T::AccountId) -> DispatchResult {
		Ok(())
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn ensure_successful(_: &T::AccountId, _: u32) {}
}

impl<T, I, Most> MaybeConsideration<T::AccountId, u32> for MotionOfSeat<T, I, Most>
where
	T: pallet_collective::Config<I>,
	I: Send + Sync + 'static,
	T: Send + Sync,
	Most: Get<u32> + Send + Sync + 'static,
{
	/// The council keeps it, as it says who proposed.
	fn is_none(&self) -> bool {
		false
	}
}

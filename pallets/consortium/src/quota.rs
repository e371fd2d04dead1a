//! Leaky buckets: what a signer used leaks back block by block, up to a burst may be used at once.
//!
//! Whose bucket pays: the institution of the signer, one bucket per lane; for a patient with an own key the bucket of
//! the handle, which no institution can fill; for the persons whom a patient chose as guardians a second one of the handle,
//! so that they cannot use up what the patient needs; for an account without any of these, one that all such accounts
//! share.
//!
//! Handles cost their custodian nothing to keep, so the buckets of handles add up without a bound. One more bucket per
//! custodian counts what all of its patients and their guardians use: beyond it they are not refused, but wait for what others have to send.

use crate::{
	Bucket, Buckets, Config, GuardianBuckets, GuardianSweepCursor, Institutions, Lane, PatientBuckets, PatientsOf,
	SharedBucket, SweepCursor, WeightInfo,
};
use frame_support::{
	dispatch::DispatchClass,
	storage::{IterableStorageMap, StorageValue},
	traits::Get,
	weights::WeightMeter,
};
use frame_system::pallet_prelude::BlockNumberFor;
use salus_primitives::{Handles, InstitutionId, PatientHandle};
use sp_runtime::{
	traits::{Saturating, UniqueSaturatedInto},
	transaction_validity::{InvalidTransaction, TransactionValidityError},
};

/// Largest number of patients' buckets looked at in one block's idle time.
pub const MAX_SWEEP: u32 = 32;

/// Steps of priority within a lane: the emptier the payer's bucket, the higher. Whoever keeps the pool full uses its
/// quota up, and gives way to those who do not. Few steps, so that two transactions of one block compare as equal and
/// neither takes the other's nonce.
pub const HEADROOM_STEPS: u64 = 16;

/// Who pays for a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payer {
	/// The bucket of an institution for this lane.
	Institution(InstitutionId, Lane),
	/// The bucket of a handle, for a controller with an own key.
	Patient(PatientHandle),
	/// The bucket of a handle for the persons whom its patient chose as guardians.
	GuardiansOf(PatientHandle),
	/// The bucket that accounts without institution share.
	Shared,
}

/// An admitted transaction's charge, from `validate` to `prepare`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Debit {
	/// Whose bucket.
	pub payer: Payer,
	/// What decides the priority.
	pub lane: Lane,
	/// Picoseconds of reference time.
	pub cost: u64,
}

impl<BlockNumber: Copy + Saturating + UniqueSaturatedInto<u64>> Bucket<BlockNumber> {
	/// What is still in use at block `now` when `rate` leaks back per block.
	pub fn level_at(&self, now: BlockNumber, rate: u64) -> u64 {
		let elapsed: u64 = now.saturating_sub(self.at).unique_saturated_into();
		self.level.saturating_sub(rate.saturating_mul(elapsed))
	}

	/// The bucket after `cost` more, or `None` when that does not fit into `burst` blocks' worth of `rate`.
	///
	/// Without a rate nothing fits, not even what costs nothing.
	pub fn charged(&self, now: BlockNumber, rate: u64, burst: u32, cost: u64) -> Option<Self> {
		let level = self.level_at(now, rate).checked_add(cost)?;
		(rate > 0 && level <= capacity(rate, burst)).then_some(Self { level, at: now })
	}
}

/// What may be in use at once.
pub fn capacity(rate: u64, burst: u32) -> u64 {
	rate.saturating_mul(burst.into())
}

impl Payer {
	/// Picoseconds that leak back per block; zero when there is nobody to pay.
	fn rate<T: Config>(&self) -> u64 {
		match self {
			Self::Institution(id, Lane::Bulk) => Institutions::<T>::get(id).map_or(0, |i| i.quota.bulk),
			Self::Institution(id, Lane::Decisions) => Institutions::<T>::get(id).map_or(0, |i| i.quota.decisions),
			// What the council cannot take away: a majority could otherwise silence a minority, or a custodian's
			// patients.
			Self::Institution(_, Lane::Governance | Lane::PatientRights) => T::GuaranteedQuota::get(),
			Self::Patient(_) => T::PatientQuota::get(),
			Self::GuardiansOf(_) => T::GuardianQuota::get(),
			Self::Shared => T::GuaranteedQuota::get(),
		}
	}

	fn bucket<T: Config>(&self) -> Bucket<BlockNumberFor<T>> {
		match self {
			Self::Institution(id, lane) => Buckets::<T>::get(id, lane),
			Self::Patient(handle) => PatientBuckets::<T>::get(handle).unwrap_or_default(),
			Self::GuardiansOf(handle) => GuardianBuckets::<T>::get(handle).unwrap_or_default(),
			Self::Shared => SharedBucket::<T>::get(),
		}
	}

	fn set_bucket<T: Config>(&self, bucket: Bucket<BlockNumberFor<T>>) {
		match self {
			Self::Institution(id, lane) => Buckets::<T>::insert(id, lane, bucket),
			Self::Patient(handle) => PatientBuckets::<T>::insert(handle, bucket),
			Self::GuardiansOf(handle) => GuardianBuckets::<T>::insert(handle, bucket),
			Self::Shared => SharedBucket::<T>::put(bucket),
		}
	}
}

impl Debit {
	/// The charge for a transaction that takes this time and these bytes of a block.
	///
	/// What counts is the larger of its two shares: keys with a proof of megabytes take little time to refuse.
	pub fn new<T: Config>(payer: Payer, lane: Lane, ref_time: u64, len: usize) -> Self {
		Self { payer, lane, cost: ref_time.max(time_of_bytes::<T>(len)) }
	}

	/// Reads only: the bucket after the charge, or `ExhaustsResources`, which keeps a transaction in the pool for
	/// later.
	fn fits<T: Config>(&self) -> Result<Bucket<BlockNumberFor<T>>, TransactionValidityError> {
		self.payer
			.bucket::<T>()
			.charged(
				frame_system::Pallet::<T>::block_number(),
				self.payer.rate::<T>(),
				T::BurstBlocks::get(),
				self.cost,
			)
			.ok_or_else(|| InvalidTransaction::ExhaustsResources.into())
	}

	/// Checks that the charge fits, without writing, and says with which priority the transaction competes.
	pub fn priority<T: Config>(&self) -> Result<u64, TransactionValidityError> {
		self.fits::<T>()?;
		let crowded = self.crowd::<T>().is_some_and(|(_, charged)| charged.is_none());
		let lane = if crowded { CROWDED } else { self.lane.priority() };
		Ok(lane.saturating_add(self.headroom::<T>()))
	}

	/// Charges.
	pub fn apply<T: Config>(&self) -> Result<(), TransactionValidityError> {
		self.payer.set_bucket::<T>(self.fits::<T>()?);
		if let Some((custodian, Some(charged))) = self.crowd::<T>() {
			PatientsOf::<T>::insert(custodian, charged);
		}
		Ok(())
	}

	/// Gives back what the transaction was charged beyond this.
	pub fn settle<T: Config>(&self, cost: u64) {
		let unspent = self.cost.saturating_sub(cost);
		let mut bucket = self.payer.bucket::<T>();
		// Nothing is left to give back to when the call ended the membership.
		if unspent > 0 && bucket.level > 0 {
			bucket.level = bucket.level.saturating_sub(unspent);
			self.payer.set_bucket::<T>(bucket);
		}
	}

	/// For a patient with an own key and for personal guardians: the custodian, and the bucket of all of its patients after
	/// the charge, `None` when they have used it up.
	fn crowd<T: Config>(&self) -> Option<(InstitutionId, Option<Bucket<BlockNumberFor<T>>>)> {
		let (Payer::Patient(handle) | Payer::GuardiansOf(handle)) = &self.payer else { return None };
		let custodian = T::Handles::custodian(handle)?;
		let charged = PatientsOf::<T>::get(custodian).charged(
			frame_system::Pallet::<T>::block_number(),
			T::GuaranteedQuota::get(),
			T::BurstBlocks::get(),
			self.cost,
		);
		Some((custodian, charged))
	}

	/// How much of the payer's bucket was left before this transaction, in steps.
	fn headroom<T: Config>(&self) -> u64 {
		let rate = self.payer.rate::<T>();
		let full = capacity(rate, T::BurstBlocks::get());
		let level = self.payer.bucket::<T>().level_at(frame_system::Pallet::<T>::block_number(), rate);
		// No more than the steps, as the rest is no more than the whole.
		let steps = u128::from(full.saturating_sub(level)).saturating_mul(HEADROOM_STEPS.into());
		steps.checked_div(full.into()).map_or(0, |steps| steps.unique_saturated_into())
	}
}

/// Priority of patients whose custodian's patients have used up what they share. Below every lane, yet of the class
/// that has room in each block which bulk cannot take.
const CROWDED: u64 = 0;

/// What a block could compute in the time that it gives to so many of its bytes, picoseconds.
fn time_of_bytes<T: Config>(len: usize) -> u64 {
	let time = u128::from(T::BlockWeights::get().max_block.ref_time()).saturating_mul(len as u128);
	let bytes = u128::from(*T::BlockLength::get().max.get(DispatchClass::Operational));
	time.checked_div(bytes).map_or(u64::MAX, |share| share.unique_saturated_into())
}

/// Removes buckets of patients and of their guardians that have drained, going round both maps, at most [`MAX_SWEEP`] of
/// each per block and as the weight permits.
pub(crate) fn sweep<T: Config>(meter: &mut WeightMeter) {
	let mut weight_left = || meter.try_consume(T::WeightInfo::sweep_bucket()).is_ok();
	sweep_map::<T, PatientBuckets<T>, SweepCursor<T>>(T::PatientQuota::get(), &mut weight_left);
	sweep_map::<T, GuardianBuckets<T>, GuardianSweepCursor<T>>(T::GuardianQuota::get(), &mut weight_left);
}

fn sweep_map<T, Map, Cursor>(rate: u64, weight_left: &mut impl FnMut() -> bool)
where
	T: Config,
	Map: IterableStorageMap<PatientHandle, Bucket<BlockNumberFor<T>>>,
	Cursor: StorageValue<PatientHandle, Query = Option<PatientHandle>>,
{
	let now = frame_system::Pallet::<T>::block_number();
	for _ in 0..MAX_SWEEP {
		if !weight_left() {
			return;
		}
		let next = match Cursor::get() {
			Some(after) => Map::iter_from(Map::hashed_key_for(after)).next(),
			None => Map::iter().next(),
		};
		let Some((handle, bucket)) = next else {
			// The end, or an empty map: the next block begins again.
			Cursor::kill();
			return;
		};
		Cursor::put(handle);
		if bucket.level_at(now, rate) == 0 {
			Map::remove(handle);
		}
	}
}

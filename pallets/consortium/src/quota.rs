//! Leaky buckets: what a signer used leaks back block by block, up to a burst may be used at once.
//!
//! Whose bucket pays: the institution of the signer, one bucket per lane; for a patient with an own key the bucket of
//! the handle, which no institution can fill; for an account without either, one that all such accounts share.

use crate::{Bucket, Buckets, Config, Institutions, Lane, PatientBuckets, SharedBucket};
use frame_support::{traits::Get, weights::WeightMeter};
use frame_system::pallet_prelude::BlockNumberFor;
use salus_primitives::{InstitutionId, PatientHandle};
use sp_runtime::{
	traits::{Saturating, UniqueSaturatedInto},
	transaction_validity::{InvalidTransaction, TransactionValidityError},
};

/// Largest number of patients' buckets looked at in one block's idle time.
pub const MAX_SWEEP: u32 = 32;

/// Who pays for a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Payer {
	/// The bucket of an institution for this lane.
	Institution(InstitutionId, Lane),
	/// The bucket of a handle, for a controller with an own key.
	Patient(PatientHandle),
	/// The bucket that accounts without institution share.
	Shared,
}

/// An admitted transaction's charge, from `validate` to `prepare`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Debit {
	/// Whose bucket.
	pub payer: Payer,
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
			Self::Shared => T::GuaranteedQuota::get(),
		}
	}

	fn bucket<T: Config>(&self) -> Bucket<BlockNumberFor<T>> {
		match self {
			Self::Institution(id, lane) => Buckets::<T>::get(id, lane),
			Self::Patient(handle) => PatientBuckets::<T>::get(handle).unwrap_or_default(),
			Self::Shared => SharedBucket::<T>::get(),
		}
	}

	fn set_bucket<T: Config>(&self, bucket: Bucket<BlockNumberFor<T>>) {
		match self {
			Self::Institution(id, lane) => Buckets::<T>::insert(id, lane, bucket),
			Self::Patient(handle) => PatientBuckets::<T>::insert(handle, bucket),
			Self::Shared => SharedBucket::<T>::put(bucket),
		}
	}
}

impl Debit {
	/// The charge for a call of this weight in this lane.
	///
	/// A governance call costs at most a quarter of the burst: applying an upgrade reports the weight of a whole
	/// block, and has to fit, while four such calls in a row still empty the bucket.
	pub fn new<T: Config>(payer: Payer, lane: Lane, ref_time: u64) -> Self {
		let most = match lane {
			Lane::Governance => capacity(payer.rate::<T>(), T::BurstBlocks::get()) / 4,
			_ => u64::MAX,
		};
		Self { payer, cost: ref_time.min(most) }
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

	/// Checks that the charge fits, without writing.
	pub fn check<T: Config>(&self) -> Result<(), TransactionValidityError> {
		self.fits::<T>().map(|_| ())
	}

	/// Charges.
	pub fn apply<T: Config>(&self) -> Result<(), TransactionValidityError> {
		self.payer.set_bucket::<T>(self.fits::<T>()?);
		Ok(())
	}
}

/// Removes patients' buckets that have drained, going round the map, at most [`MAX_SWEEP`] per block and as the
/// weight permits.
pub(crate) fn sweep<T: Config>(meter: &mut WeightMeter) {
	use crate::{SweepCursor, WeightInfo};
	let now = frame_system::Pallet::<T>::block_number();
	for _ in 0..MAX_SWEEP {
		if meter.try_consume(T::WeightInfo::sweep_bucket()).is_err() {
			return;
		}
		let next = match SweepCursor::<T>::get() {
			Some(after) => PatientBuckets::<T>::iter_from(PatientBuckets::<T>::hashed_key_for(after)).next(),
			None => PatientBuckets::<T>::iter().next(),
		};
		let Some((handle, bucket)) = next else {
			// The end, or an empty map: the next block begins again.
			SweepCursor::<T>::kill();
			return;
		};
		SweepCursor::<T>::put(handle);
		if bucket.level_at(now, T::PatientQuota::get()) == 0 {
			PatientBuckets::<T>::remove(handle);
		}
	}
}

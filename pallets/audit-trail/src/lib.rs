#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod block_log;
mod chain;
mod receipts;
mod types;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(any(test, feature = "try-runtime"))]
mod invariants;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;
pub mod weights;

pub use pallet::*;
pub use types::{AuditDigest, BlockLeaf, ReceiptBatch};
pub use weights::WeightInfo;

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use frame_support::{pallet_prelude::*, traits::Time};
	use frame_system::pallet_prelude::*;
	use salus_primitives::{
		Act, AuditChain, AuditEntry, AuditLog, ChainHead, Commitment, InstitutionId, Members, Moment, OutcomeClass,
	};
	use salus_threshold::tree::Frontier;

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	/// What the pallet asks of the runtime.
	#[pallet::config]
	pub trait Config: frame_system::Config {
		/// Which accounts act for which institution.
		type Members: Members<Self::AccountId>;
		/// Slot time of the block.
		type Time: Time<Moment = Moment>;
		/// Largest number of entries in one block. Bounds the work of closing it.
		#[pallet::constant]
		type MaxEntriesPerBlock: Get<u32>;
		/// How far back the period of a batch of receipts may begin, in milliseconds. Long enough for the longest outage.
		type MaxReceiptsAge: Get<Moment>;
		/// Weights of the calls and hooks.
		type WeightInfo: WeightInfo;
	}

	/// The end of each chain that has at least one entry.
	#[pallet::storage]
	pub type Heads<T: Config> = StorageMap<_, Blake2_128Concat, AuditChain, ChainHead, ValueQuery>;

	/// Entries of the block being built, in order; readable at the state of that block, gone in the next one's.
	#[pallet::storage]
	pub type Entries<T: Config> = StorageValue<_, BoundedVec<AuditEntry, T::MaxEntriesPerBlock>, ValueQuery>;

	/// The RFC 9162 log over all blocks, as its frontier.
	#[pallet::storage]
	pub type Log<T: Config> = StorageValue<_, Frontier, ValueQuery>;

	/// Batches of release receipts, by institution and number from 0.
	#[pallet::storage]
	pub type ReceiptBatches<T: Config> =
		StorageDoubleMap<_, Twox64Concat, InstitutionId, Twox64Concat, u32, ReceiptBatch>;

	/// Number of batches that each institution has filed.
	#[pallet::storage]
	pub type ReceiptBatchCount<T: Config> = StorageMap<_, Twox64Concat, InstitutionId, u32, ValueQuery>;

	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// An entry was appended to its chain and to the block.
		EntryRecorded {
			/// The chain.
			chain: AuditChain,
			/// Position in the chain, from 0.
			sequence: u64,
			/// What was done.
			act: Act,
			/// How it ended.
			outcome: OutcomeClass,
			/// Salted commitment to the full entry.
			commitment: Commitment,
		},
		/// A batch of release receipts was filed.
		ReceiptsFiled {
			/// Who released.
			institution: InstitutionId,
			/// Number of the batch among those of the institution, from 0.
			number: u32,
			/// RFC 9162 root over the receipts.
			root: [u8; 32],
			/// Number of receipts.
			count: u32,
			/// Time of the first receipt, in milliseconds.
			from: Moment,
			/// Time of the last receipt, in milliseconds.
			until: Moment,
		},
	}

	/// Why something was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// The block holds no more entries. The act did not happen: send it again for a later block.
		BlockFull,
		/// The chain cannot count another entry.
		ChainExhausted,
		/// A batch needs at least one receipt.
		NoReceipts,
		/// The period ends before it begins.
		PeriodReversed,
		/// The period ends after the time of this block: receipts cannot be filed before the release.
		PeriodInFuture,
		/// The period begins longer ago than receipts may be filed for.
		ReceiptsTooOld,
		/// The institution cannot count another batch.
		BatchesExhausted,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		/// Drops the entries of the last block, and reserves what closing a block without entries costs; each entry brings
		/// the weight of its own share (see [`Pallet::record_weight`]).
		fn on_initialize(_: BlockNumberFor<T>) -> Weight {
			Entries::<T>::kill();
			T::WeightInfo::on_initialize().saturating_add(T::WeightInfo::on_finalize(0))
		}

		fn on_finalize(number: BlockNumberFor<T>) {
			Self::close_block(number);
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Files the RFC 9162 root over a batch of release receipts of the caller's institution, and records the filing on
		/// the institution's own chain.
		///
		/// `count` is the number of leaves, `from` and `until` are the times of the first and the last receipt in
		/// milliseconds, `entry` the salted commitment to the full audit entry. Batches may overlap in time: receipts of a
		/// downtime come late. Errors: not a gateway of an active institution, [`Error::NoReceipts`],
		/// [`Error::PeriodReversed`], [`Error::PeriodInFuture`], [`Error::ReceiptsTooOld`], [`Error::BlockFull`].
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::file_receipts().saturating_add(Pallet::<T>::record_weight()))]
		pub fn file_receipts(
			origin: OriginFor<T>,
			root: [u8; 32],
			count: u32,
			from: Moment,
			until: Moment,
			entry: Commitment,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let institution = T::Members::active_institution(&who)?;
			let batch = ReceiptBatch { root, count, from, until, filed_at: T::Time::now() };
			Self::ensure_acceptable(&batch)?;
			let next = Self::next_batch(institution)?;

			let chain = AuditChain::Institution(institution);
			Self::record(chain, Act::Receipts, OutcomeClass::Permitted, Some(institution), None, entry)?;
			let number = Self::store_batch(institution, next, batch);
			Self::deposit_event(Event::ReceiptsFiled { institution, number, root, count, from, until });
			Ok(())
		}
	}

	impl<T: Config> Pallet<T> {
		/// The end of a chain; zeros when it has no entry.
		pub fn head(chain: AuditChain) -> ChainHead {
			Heads::<T>::get(chain)
		}

		/// The entries of the block at whose state this is asked, in the order in which they were recorded.
		pub fn entries_of_block() -> alloc::vec::Vec<AuditEntry> {
			Entries::<T>::get().into_inner()
		}

		/// The share of one entry in [`Hooks::on_finalize`], which nothing else reserves. Writing it is part of the call.
		pub fn record_weight() -> Weight {
			T::WeightInfo::on_finalize(1).saturating_sub(T::WeightInfo::on_finalize(0))
		}
	}
}

#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod anchors;
#[cfg(any(test, feature = "try-runtime"))]
mod try_state;
mod types;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;

pub use pallet::*;
pub use types::{Anchor, Batch};
pub use weights::WeightInfo;

#[frame_support::pallet]
pub mod pallet {
	use super::{types::*, WeightInfo};
	use frame_support::{pallet_prelude::*, traits::Time};
	use frame_system::pallet_prelude::*;
	use salus_primitives::{
		Act, AuditChain, AuditLog, Commitment, Handles, InstitutionId, Members, Moment, OutcomeClass, PatientHandle,
		RecordId,
	};

	/// What the runtime decides.
	#[pallet::config]
	pub trait Config: frame_system::Config {
		/// Membership.
		type Members: Members<Self::AccountId>;

		/// Patient handles and their custodians.
		type Handles: Handles<Self::AccountId>;

		/// The audit trail.
		type Audit: AuditLog;

		/// Time of the block, UTC milliseconds.
		type Time: Time<Moment = Moment>;

		/// Records in one call.
		#[pallet::constant]
		type MaxAnchors: Get<u32>;

		/// Weights of the calls.
		type WeightInfo: WeightInfo;
	}

	/// Hiding commitments to records.
	#[pallet::pallet]
	pub struct Pallet<T>(_);

	/// Records anchored with a handle. Entries are never changed or removed.
	#[pallet::storage]
	pub type Anchors<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, PatientHandle, Blake2_128Concat, RecordId, Anchor>;

	/// Batches by institution and number. Entries are never changed or removed.
	#[pallet::storage]
	pub type Batches<T: Config> = StorageDoubleMap<_, Blake2_128Concat, InstitutionId, Blake2_128Concat, u32, Batch>;

	/// Number of batches of an institution. Batches are numbered from 0 without gaps.
	#[pallet::storage]
	pub type BatchCount<T: Config> = StorageMap<_, Blake2_128Concat, InstitutionId, u32, ValueQuery>;

	/// What was anchored.
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// Records of a patient were anchored.
		RecordsAnchored {
			/// The patient at the custodian.
			handle: PatientHandle,
			/// The records, in the order of their commitments in the call.
			records: BoundedVec<RecordId, T::MaxAnchors>,
		},
		/// A batch was anchored.
		BatchAnchored {
			/// Who filed it.
			institution: InstitutionId,
			/// Its number there.
			number: u32,
			/// Root of the RFC 9162 tree.
			root: [u8; 32],
			/// Number of leaves.
			leaf_count: u32,
		},
	}

	/// Why a call was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// The list of commitments is empty. Send at least one.
		NoRecords,
		/// The handle is unknown or retired. Check the handle.
		HandleNotActive,
		/// The gateway belongs to another institution than the custodian. Anchor there.
		NotCustodian,
		/// The bytes are not the canonical encoding of a group element, or are the identity. Make the commitment anew.
		InvalidCommitment,
		/// The record is anchored already, or stands twice in the call. Send each record once.
		AlreadyAnchored,
		/// The batch has no leaves. Send one that has.
		EmptyBatch,
		/// The institution has used up its batch numbers. Anchor with a handle.
		TooManyBatches,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Anchors records of one patient, all or none.
		///
		/// `commitments` are Pedersen commitments (`salus_threshold::pedersen`), `entry` is the commitment of the one audit
		/// entry that this call writes to the patient's chain.
		#[pallet::call_index(0)]
		#[pallet::weight(
			T::WeightInfo::anchor_records(commitments.len() as u32).saturating_add(T::Audit::record_weight())
		)]
		pub fn anchor_records(
			origin: OriginFor<T>,
			handle: PatientHandle,
			commitments: BoundedVec<Commitment, T::MaxAnchors>,
			entry: Commitment,
		) -> DispatchResult {
			let gateway = ensure_signed(origin)?;
			let custodian = T::Members::active_institution(&gateway)?;
			ensure!(!commitments.is_empty(), Error::<T>::NoRecords);
			let of_handle = T::Handles::custodian(&handle).ok_or(Error::<T>::HandleNotActive)?;
			ensure!(of_handle == custodian, Error::<T>::NotCustodian);
			let records = Self::store_anchors(custodian, &handle, &commitments)?;
			let chain = AuditChain::Patient(handle);
			let (by, of) = (Some(custodian), Some(custodian));
			T::Audit::record(chain, Act::Anchor, OutcomeClass::Permitted, by, of, entry)?;
			Self::deposit_event(Event::RecordsAnchored { handle, records });
			Ok(())
		}

		/// Anchors the root of an RFC 9162 tree over `leaf_count` leaves.
		///
		/// The institution answers for the leaf count: it belongs to the proof of every leaf (RFC 9162 §2.1.3).
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::anchor_batch())]
		pub fn anchor_batch(origin: OriginFor<T>, root: [u8; 32], leaf_count: u32) -> DispatchResult {
			let gateway = ensure_signed(origin)?;
			let institution = T::Members::active_institution(&gateway)?;
			ensure!(leaf_count > 0, Error::<T>::EmptyBatch);
			let number = Self::store_batch(institution, root, leaf_count)?;
			Self::deposit_event(Event::BatchAnchored { institution, number, root, leaf_count });
			Ok(())
		}
	}
}

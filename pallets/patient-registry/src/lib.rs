#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod control;
mod merge;
mod proof;
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

#[cfg(feature = "runtime-benchmarks")]
pub use benchmarking::BenchmarkHelper;
pub use pallet::*;
pub use types::{
	control_message, Control, ControlProof, Controller, ControllerOf, HandleRecord, HandleStatus, MergeRecord,
};
pub use weights::WeightInfo;

#[frame_support::pallet]
pub mod pallet {
	use super::{types::*, WeightInfo};
	use frame_support::{pallet_prelude::*, traits::Time};
	use frame_system::pallet_prelude::*;
	use salus_primitives::{
		AccountRoles, Act, AuditLog, Commitment, ControllerKind, InstitutionId, InstitutionKind, Members, Moment,
		PatientHandle,
	};
	use sp_runtime::traits::{IdentifyAccount, Verify};

	/// What the runtime decides.
	#[pallet::config]
	pub trait Config: frame_system::Config {
		/// Membership.
		type Members: Members<Self::AccountId>;

		/// References to the accounts of patients.
		type Roles: AccountRoles<Self::AccountId>;

		/// The audit trail.
		type Audit: AuditLog;

		/// Time of the block, UTC milliseconds.
		type Time: Time<Moment = Moment>;

		/// How long the custodian still controls a handle after its patient claimed it, milliseconds.
		///
		/// What a chain starts with; its genesis may choose another one.
		type ClaimDelay: Get<Moment>;

		/// How far ahead a proof of possession may expire, milliseconds.
		type MaxProofValidity: Get<Moment>;

		/// Controllers kept with a handle, those ended lately included. At least two.
		#[pallet::constant]
		type MaxControllers: Get<u32>;

		/// Provisional handles that are one patient's at a time.
		#[pallet::constant]
		type MaxMerges: Get<u32>;

		/// Signature of a self-held controller.
		type Signature: Verify<Signer: IdentifyAccount<AccountId = Self::AccountId>> + Parameter;

		/// Weights of the calls.
		type WeightInfo: WeightInfo;

		/// Keys and signatures for benchmarks.
		#[cfg(feature = "runtime-benchmarks")]
		type BenchmarkHelper: crate::BenchmarkHelper<Self::AccountId, Self::Signature>;
	}

	/// Patient handles and who controls them.
	#[pallet::pallet]
	pub struct Pallet<T>(_);

	/// Every handle that was ever registered. Retired ones stay, so that none is given out again.
	#[pallet::storage]
	pub type Handles<T: Config> = StorageMap<_, Blake2_128Concat, PatientHandle, HandleRecord<T>>;

	/// Whose handle a provisional one turned out to be.
	#[pallet::storage]
	pub type MergedInto<T: Config> = StorageMap<_, Blake2_128Concat, PatientHandle, MergeRecord>;

	/// The provisional handles that turned out to be this patient's, in the order in which they were recognised.
	#[pallet::storage]
	pub type Merges<T: Config> =
		StorageMap<_, Blake2_128Concat, PatientHandle, BoundedVec<PatientHandle, T::MaxMerges>, ValueQuery>;

	/// How long the custodian still controls a handle after its patient claimed it, milliseconds.
	#[pallet::storage]
	pub type ClaimDelay<T: Config> = StorageValue<_, Moment, ValueQuery, T::ClaimDelay>;

	/// What the chain starts with.
	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// How long the custodian still controls a handle after its patient claimed it, milliseconds; `None` for the runtime's
		/// own value.
		pub claim_delay: Option<Moment>,
		#[serde(skip)]
		/// Nothing: the runtime that the value belongs to.
		pub _config: core::marker::PhantomData<T>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			if let Some(delay) = self.claim_delay {
				ClaimDelay::<T>::put(delay);
			}
		}
	}

	/// What happened to a handle.
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A handle was named.
		PatientRegistered {
			/// The handle.
			handle: PatientHandle,
			/// The institution that keeps the records.
			custodian: InstitutionId,
		},
		/// The patient took a custodial handle over.
		HandleClaimed {
			/// The handle.
			handle: PatientHandle,
			/// When the custodian's control ends.
			custodian_until: Moment,
		},
		/// The patient's key was replaced.
		ControllerRotated {
			/// The handle.
			handle: PatientHandle,
		},
		/// Nobody controls the handle any more.
		HandleRetired {
			/// The handle.
			handle: PatientHandle,
		},
		/// The patient of a provisional handle was recognised.
		HandleMerged {
			/// The provisional handle.
			provisional: PatientHandle,
			/// The patient's handle.
			into: PatientHandle,
			/// Commitment to how the patient was recognised.
			statement: Commitment,
		},
		/// A recognition was taken back: the handle is provisional again.
		HandleUnmerged {
			/// The provisional handle.
			provisional: PatientHandle,
			/// The handle that it was merged into.
			into: PatientHandle,
			/// Commitment to why.
			statement: Commitment,
		},
	}

	/// Why a call was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// Only hospitals and clinics register patients. Register where the patient is treated.
		KindCannotRegister,
		/// The handle exists, perhaps retired. Draw another 32 random bytes.
		HandleTaken,
		/// There is no such handle.
		UnknownHandle,
		/// The handle was retired. Register a new one.
		HandleIsRetired,
		/// The gateway belongs to another institution than the custodian. Go there.
		NotCustodian,
		/// The custodian holds no control without an end: the handle was self-held from the start, or is claimed already.
		NotCustodial,
		/// The signer does not control the handle in the way that this call needs. Sign with the current key.
		NotController,
		/// The patient has claimed the handle, so only the patient's key may retire it.
		PatientHoldsKey,
		/// The proof's time is over. Sign a new one.
		ProofExpired,
		/// The proof ends too far in the future. Sign a shorter one.
		ProofTooLong,
		/// The signature is not the controller's over this genesis, custodian, handle and expiry.
		BadProof,
		/// A gateway of an institution cannot pose as a patient's own key.
		ControllerIsGateway,
		/// The account controls the handle or lately did. Use a fresh account.
		ControllerUsed,
		/// Too many changes within the validity of a proof. Try again later.
		TooManyControllers,
		/// The handle is another handle's now. Use that one, or take the merge back first.
		HandleIsMerged,
		/// The patient of this handle is known. Only a provisional handle can turn out to be another patient's.
		NotProvisional,
		/// Nobody knows whose handle the other one is either. Merge both into the patient's handle.
		IntoProvisional,
		/// The handle is not merged into another one. There is nothing to take back.
		NotMerged,
		/// Too many provisional handles are this patient's. Take a mistaken one back.
		TooManyMerges,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			assert!(T::MaxControllers::get() >= 2, "a claim needs room for the custodian and the patient");
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Names a new handle. The institution of the signing gateway becomes its custodian.
		///
		/// `control` says who acts for the patient from now on; `entry` is the commitment of the audit entry.
		#[pallet::call_index(0)]
		#[pallet::weight(T::Audit::record_weight().saturating_add(match control {
			Control::Custodial { .. } => T::WeightInfo::register_custodial(),
			Control::SelfHeld { .. } => T::WeightInfo::register_self_held(),
			Control::Provisional => T::WeightInfo::register_provisional(),
		}))]
		pub fn register_patient(
			origin: OriginFor<T>,
			handle: PatientHandle,
			control: Control<T::AccountId, T::Signature>,
			entry: Commitment,
		) -> DispatchResult {
			let gateway = ensure_signed(origin)?;
			let custodian = T::Members::active_institution(&gateway)?;
			let kind = T::Members::kind(custodian);
			ensure!(
				matches!(kind, Some(InstitutionKind::Hospital | InstitutionKind::Clinic)),
				Error::<T>::KindCannotRegister
			);
			ensure!(!Handles::<T>::contains_key(handle), Error::<T>::HandleTaken);
			let record = Self::new_record(&handle, custodian, control)?;
			Self::store_act(handle, record, Act::Register, Some(custodian), entry)?;
			Self::deposit_event(Event::PatientRegistered { handle, custodian });
			Ok(())
		}

		/// Hands a custodial or provisional handle to its patient, who is there in person.
		///
		/// The patient's key controls the handle at once, a custodian that controlled it `ClaimDelay` longer. `evidence` is a hiding
		/// commitment to how the patient was identified, and takes the place of that of the registration.
		#[pallet::call_index(1)]
		#[pallet::weight((
			T::WeightInfo::claim_handle().saturating_add(T::Audit::record_weight()),
			DispatchClass::Operational,
		))]
		pub fn claim_handle(
			origin: OriginFor<T>,
			handle: PatientHandle,
			controller: T::AccountId,
			proof: ControlProof<T::Signature>,
			evidence: Commitment,
			entry: Commitment,
		) -> DispatchResult {
			let gateway = ensure_signed(origin)?;
			let custodian = T::Members::active_institution(&gateway)?;
			let mut record = Self::active_record(&handle)?;
			ensure!(record.custodian == custodian, Error::<T>::NotCustodian);
			let now = T::Time::now();
			let latest = now.saturating_add(ClaimDelay::<T>::get());
			let custodian_until = record.end_custody(now, latest).ok_or(Error::<T>::NotCustodial)?;
			Self::give_control(&handle, &mut record, controller, &proof)?;
			record.evidence = Some(evidence);
			Self::store_act(handle, record, Act::Claim, Some(custodian), entry)?;
			Self::deposit_event(Event::HandleClaimed { handle, custodian_until });
			Ok(())
		}

		/// Replaces the patient's key. The old one controls nothing from this block on.
		#[pallet::call_index(2)]
		#[pallet::weight((
			T::WeightInfo::rotate_controller().saturating_add(T::Audit::record_weight()),
			DispatchClass::Operational,
		))]
		pub fn rotate_controller(
			origin: OriginFor<T>,
			handle: PatientHandle,
			new_controller: T::AccountId,
			proof: ControlProof<T::Signature>,
			entry: Commitment,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let mut record = Self::active_record(&handle)?;
			ensure!(Self::control_of(&record, &who) == Some(ControllerKind::SelfHeld), Error::<T>::NotController);
			Self::end_self_held(&mut record)?;
			Self::give_control(&handle, &mut record, new_controller, &proof)?;
			Self::store_act(handle, record, Act::Rotate, None, entry)?;
			Self::deposit_event(Event::ControllerRotated { handle });
			Ok(())
		}

		/// Ends all control of a handle for good. Its records stay where they are.
		#[pallet::call_index(3)]
		#[pallet::weight((
			T::WeightInfo::retire_handle().saturating_add(T::Audit::record_weight()),
			DispatchClass::Operational,
		))]
		pub fn retire_handle(origin: OriginFor<T>, handle: PatientHandle, entry: Commitment) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let mut record = Self::active_record(&handle)?;
			let actor = match Self::control_of(&record, &who).ok_or(Error::<T>::NotController)? {
				ControllerKind::SelfHeld => None,
				ControllerKind::Custodian(institution) => {
					// What cannot be undone is no longer the custodian's once the patient holds a key.
					ensure!(!record.is_self_held(T::Time::now()), Error::<T>::PatientHoldsKey);
					Some(institution)
				}
			};
			Self::end_self_held(&mut record)?;
			record.controllers.truncate(0);
			record.status = HandleStatus::Retired;
			Self::store_act(handle, record, Act::Retire, actor, entry)?;
			Self::deposit_event(Event::HandleRetired { handle });
			Ok(())
		}

		/// Says whose handle a provisional one is, now that the patient was recognised.
		///
		/// Both are the signer's patients. The provisional handle is out of use until the merge is taken back; its records and its
		/// audit chain stay where they are and count as the patient's. `statement` is a hiding commitment to how the patient was
		/// recognised; `entry` and `into_entry` are the commitments of the entries on the two patients' chains.
		#[pallet::call_index(4)]
		#[pallet::weight((
			T::WeightInfo::merge_handle().saturating_add(T::Audit::record_weight().saturating_mul(2)),
			DispatchClass::Operational,
		))]
		pub fn merge_handle(
			origin: OriginFor<T>,
			provisional: PatientHandle,
			into: PatientHandle,
			statement: Commitment,
			entry: Commitment,
			into_entry: Commitment,
		) -> DispatchResult {
			let gateway = ensure_signed(origin)?;
			let custodian = T::Members::active_institution(&gateway)?;
			Self::merge(custodian, provisional, into, statement)?;
			Self::record_both(Act::Merge, custodian, (provisional, entry), (into, into_entry))?;
			Self::deposit_event(Event::HandleMerged { provisional, into, statement });
			Ok(())
		}

		/// Takes a merge back: another person was recognised than the one who was treated.
		///
		/// `statement` is a hiding commitment to how the mistake was found, the entries are as in a merge.
		#[pallet::call_index(5)]
		#[pallet::weight((
			T::WeightInfo::unmerge_handle().saturating_add(T::Audit::record_weight().saturating_mul(2)),
			DispatchClass::Operational,
		))]
		pub fn unmerge_handle(
			origin: OriginFor<T>,
			provisional: PatientHandle,
			statement: Commitment,
			entry: Commitment,
			into_entry: Commitment,
		) -> DispatchResult {
			let gateway = ensure_signed(origin)?;
			let custodian = T::Members::active_institution(&gateway)?;
			let into = Self::unmerge(custodian, provisional)?;
			Self::record_both(Act::Unmerge, custodian, (provisional, entry), (into, into_entry))?;
			Self::deposit_event(Event::HandleUnmerged { provisional, into, statement });
			Ok(())
		}
	}
}

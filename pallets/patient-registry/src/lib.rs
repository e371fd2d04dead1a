#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod control;
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
pub use types::{control_message, Control, ControlProof, Controller, ControllerOf, HandleRecord, HandleStatus};
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

		/// Hands a custodial handle to its patient, who is there in person.
		///
		/// The patient's key controls the handle at once, the custodian `ClaimDelay` longer. `evidence` is a hiding
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
			let custodian_until = T::Time::now().saturating_add(ClaimDelay::<T>::get());
			ensure!(record.end_custody(custodian_until), Error::<T>::NotCustodial);
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
	}
}

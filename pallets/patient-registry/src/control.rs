//! Who controls a handle, how control changes, and the answers that other pallets get.

use crate::{
	Config, Control, ControlProof, Controller, ControllerOf, Error, HandleRecord, HandleStatus, Handles, Pallet,
};
use frame_support::{
	ensure,
	traits::{Get, Time},
	BoundedVec,
};
use salus_primitives::{
	AccountRoles, Act, AuditChain, AuditLog, Commitment, ControllerKind, InstitutionId, Members, Moment, OutcomeClass,
	PatientHandle,
};
use sp_runtime::{DispatchError, DispatchResult};

impl<T: Config> HandleRecord<T> {
	/// Whether the handle is in use.
	pub fn is_active(&self) -> bool {
		self.status == HandleStatus::Active
	}

	/// Whether a key of the patient controls the handle at this moment.
	pub fn is_self_held(&self, now: Moment) -> bool {
		self.live(now).any(|controller| matches!(controller.kind, ControllerOf::SelfHeld(_)))
	}

	/// The controllers at this moment.
	pub fn live(&self, now: Moment) -> impl Iterator<Item = &Controller<T::AccountId>> {
		self.controllers.iter().filter(move |controller| controller.is_live(now))
	}

	/// Whether nobody has identified the patient.
	pub fn is_provisional(&self) -> bool {
		let open = self.controllers.iter().filter(|controller| controller.valid_until.is_none());
		open.into_iter().any(|controller| controller.kind == ControllerOf::Provisional)
	}

	/// Sets the end of a custody, or of the want of a controller, that has none. `None` when there is no such thing.
	///
	/// A custodian keeps its control until `until`; where it had none, that ends at once.
	pub(crate) fn end_custody(&mut self, now: Moment, until: Moment) -> Option<Moment> {
		let open = self.controllers.iter_mut().find(|controller| controller.valid_until.is_none())?;
		let until = match open.kind {
			ControllerOf::Custodian => until,
			ControllerOf::Provisional => now,
			ControllerOf::SelfHeld(_) => return None,
		};
		open.valid_until = Some(until);
		Some(until)
	}
}

impl<T: Config> Pallet<T> {
	/// The record of a handle that is in use.
	pub(crate) fn active_record(handle: &PatientHandle) -> Result<HandleRecord<T>, DispatchError> {
		let record = Handles::<T>::get(handle).ok_or(Error::<T>::UnknownHandle)?;
		match record.status {
			HandleStatus::Active => Ok(record),
			HandleStatus::Retired => Err(Error::<T>::HandleIsRetired.into()),
			HandleStatus::Merged => Err(Error::<T>::HandleIsMerged.into()),
		}
	}

	/// How the account controls the handle now. The patient's own key comes first and asks nothing of the custodian.
	pub(crate) fn control_of(record: &HandleRecord<T>, who: &T::AccountId) -> Option<ControllerKind> {
		let now = T::Time::now();
		let holds = |kind: &ControllerOf<T::AccountId>| record.live(now).any(|controller| controller.kind == *kind);
		if holds(&ControllerOf::SelfHeld(who.clone())) {
			return Some(ControllerKind::SelfHeld);
		}
		let of_custodian =
			|| T::Members::active_institution(who).is_ok_and(|institution| institution == record.custodian);
		(holds(&ControllerOf::Custodian) && of_custodian()).then_some(ControllerKind::Custodian(record.custodian))
	}

	/// A new handle under the control that the registration asks for.
	pub(crate) fn new_record(
		handle: &PatientHandle,
		custodian: InstitutionId,
		control: Control<T::AccountId, T::Signature>,
	) -> Result<HandleRecord<T>, DispatchError> {
		let registered_at = T::Time::now();
		let mut record = HandleRecord {
			custodian,
			registered_at,
			status: HandleStatus::Active,
			controllers: BoundedVec::new(),
			evidence: None,
		};
		match control {
			Control::Custodial { evidence } => {
				Self::push(&mut record, ControllerOf::Custodian)?;
				record.evidence = Some(evidence);
			}
			Control::SelfHeld { controller, proof } => Self::give_control(handle, &mut record, controller, &proof)?,
			Control::Provisional => Self::push(&mut record, ControllerOf::Provisional)?,
		}
		Ok(record)
	}

	/// Makes a key of the patient control the handle from now on.
	pub(crate) fn give_control(
		handle: &PatientHandle,
		record: &mut HandleRecord<T>,
		controller: T::AccountId,
		proof: &ControlProof<T::Signature>,
	) -> DispatchResult {
		// A custodian that holds "the patient's key" would act as the patient after the claim.
		ensure!(T::Members::institution_of(&controller).is_none(), Error::<T>::ControllerIsGateway);
		Self::forget_past(record);
		let kind = ControllerOf::SelfHeld(controller.clone());
		// A key that was given up, perhaps because it was stolen, must not come back by its old proof.
		ensure!(record.controllers.iter().all(|known| known.kind != kind), Error::<T>::ControllerUsed);
		Self::ensure_possession(record.custodian, handle, &controller, proof)?;
		Self::push(record, kind)?;
		T::Roles::add_role(&controller)
	}

	/// Ends the control of the patient's key now. Does nothing when there is none.
	pub(crate) fn end_self_held(record: &mut HandleRecord<T>) -> DispatchResult {
		let now = T::Time::now();
		for controller in record.controllers.iter_mut().filter(|controller| controller.is_live(now)) {
			if let ControllerOf::SelfHeld(account) = &controller.kind {
				T::Roles::remove_role(account)?;
				controller.valid_until = Some(now);
			}
		}
		Ok(())
	}

	/// Stores the record and writes the act to the patient's audit chain: both happen or neither.
	pub(crate) fn store_act(
		handle: PatientHandle,
		record: HandleRecord<T>,
		act: Act,
		actor: Option<InstitutionId>,
		entry: Commitment,
	) -> DispatchResult {
		let custodian = Some(record.custodian);
		Handles::<T>::insert(handle, record);
		T::Audit::record(AuditChain::Patient(handle), act, OutcomeClass::Permitted, actor, custodian, entry)?;
		Ok(())
	}

	/// Drops controllers that ended: a custodian at once, an account when no proof that was accepted for it can still hold.
	fn forget_past(record: &mut HandleRecord<T>) {
		let now = T::Time::now();
		let proofs_hold = T::MaxProofValidity::get();
		record.controllers.retain(|controller| {
			let kept_after = match controller.kind {
				ControllerOf::Custodian | ControllerOf::Provisional => 0,
				ControllerOf::SelfHeld(_) => proofs_hold,
			};
			controller.valid_until.is_none_or(|until| now < until.saturating_add(kept_after))
		});
	}

	fn push(record: &mut HandleRecord<T>, kind: ControllerOf<T::AccountId>) -> DispatchResult {
		let controller = Controller { kind, valid_from: T::Time::now(), valid_until: None };
		record.controllers.try_push(controller).map_err(|_| Error::<T>::TooManyControllers.into())
	}
}

impl<T: Config> salus_primitives::Handles<T::AccountId> for Pallet<T> {
	fn custodian(handle: &PatientHandle) -> Option<InstitutionId> {
		Handles::<T>::get(handle).filter(HandleRecord::is_active).map(|record| record.custodian)
	}

	fn controller(handle: &PatientHandle, who: &T::AccountId) -> Option<ControllerKind> {
		let record = Handles::<T>::get(handle).filter(HandleRecord::is_active)?;
		Self::control_of(&record, who)
	}

	#[cfg(feature = "runtime-benchmarks")]
	fn benchmark_handle(handle: PatientHandle, custodian: InstitutionId, controller: &T::AccountId) {
		let now = T::Time::now();
		let kind = ControllerOf::SelfHeld(controller.clone());
		let entry = Controller { kind, valid_from: now, valid_until: None };
		let record = HandleRecord {
			custodian,
			registered_at: now,
			status: HandleStatus::Active,
			controllers: BoundedVec::truncate_from(alloc::vec![entry]),
			evidence: None,
		};
		Handles::<T>::insert(handle, record);
		T::Roles::add_role(controller).expect("a benchmark starts from an empty state, where no count overflows");
	}
}

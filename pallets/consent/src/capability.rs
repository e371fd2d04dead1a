//! Granting and revoking. In each, every check and the audit entry come before the first write.

use crate::{types::all_distinct, Capabilities, Capability, Config, Error, Grant, NextCapability, Pallet};
use alloc::vec::Vec;
use frame_support::{ensure, traits::Get, BoundedVec};
use salus_primitives::{
	Act, AuditChain, AuditLog, CapabilityId, Commitment, ControllerKind, Handles, InstitutionId, Members, Moment,
	OutcomeClass, PatientHandle, PurposeClass, ScopeTag,
};
use sp_runtime::{DispatchError, DispatchResult};

/// For whom a controller acts.
pub(crate) struct Acting {
	/// The custodian that acts on behalf of the patient; `None` when the patient does.
	pub on_behalf: Option<InstitutionId>,
	/// The custodian of the handle.
	pub custodian: InstitutionId,
}

impl<T: Config> Pallet<T> {
	/// The signer controls the handle. Unknown and retired handles fail alike.
	pub(crate) fn ensure_controller(handle: &PatientHandle, who: &T::AccountId) -> Result<Acting, DispatchError> {
		let kind = T::Handles::controller(handle, who).ok_or(Error::<T>::NotController)?;
		let custodian = T::Handles::custodian(handle).ok_or(Error::<T>::NotController)?;
		let on_behalf = match kind {
			ControllerKind::SelfHeld => None,
			ControllerKind::Custodian(institution) => Some(institution),
		};
		Ok(Acting { on_behalf, custodian })
	}

	/// At least one tag, none twice.
	pub(crate) fn ensure_well_formed(tags: &[ScopeTag]) -> DispatchResult {
		ensure!(!tags.is_empty(), Error::<T>::NoTags);
		ensure!(all_distinct(tags), Error::<T>::DuplicateTags);
		Ok(())
	}

	/// The grant says something that could ever have an effect, to somebody who may have it.
	pub(crate) fn ensure_grantable(grant: &Grant, acting: &Acting, now: Moment) -> DispatchResult {
		Self::ensure_well_formed(&grant.tags)?;
		ensure!(grant.purposes.is_valid(), Error::<T>::InvalidPurposes);
		ensure!(grant.valid_from < grant.valid_until, Error::<T>::EndsBeforeBegin);
		ensure!(now < grant.valid_until, Error::<T>::AlreadyEnded);
		ensure!(grant.delegation_depth <= T::MaxDelegationDepth::get(), Error::<T>::DelegationTooDeep);

		let grantee = grant.grantee;
		ensure!(grantee != acting.custodian, Error::<T>::GranteeIsCustodian);
		ensure!(T::Members::kind(grantee).is_some(), Error::<T>::UnknownGrantee);
		ensure!(T::Members::is_active(grantee), Error::<T>::GranteeNotActive);
		let mut granted = PurposeClass::ALL.into_iter().filter(|class| grant.purposes.contains(*class));
		ensure!(granted.all(|class| T::Members::may_claim(grantee, class)), Error::<T>::PurposeNotForGrantee);
		Ok(())
	}

	/// Stores the capability among those of its grantee that have not ended, and records the act.
	pub(crate) fn add_capability(
		handle: PatientHandle,
		grant: Grant,
		acting: &Acting,
		now: Moment,
		entry: Commitment,
	) -> Result<CapabilityId, DispatchError> {
		let id = NextCapability::<T>::get();
		let next = CapabilityId(id.0.checked_add(1).ok_or(Error::<T>::IdsExhausted)?);
		let grantee = grant.grantee;
		let mut list = Capabilities::<T>::get(handle, grantee);
		list.retain(|capability| !capability.has_ended(now));
		list.try_push(Capability::new(id, grant)).map_err(|_| Error::<T>::TooManyCapabilities)?;

		Self::record_act(handle, Act::Grant, acting, entry)?;
		NextCapability::<T>::put(next);
		Capabilities::<T>::insert(handle, grantee, list);
		Ok(id)
	}

	/// Removes one capability, and records the act.
	pub(crate) fn remove_capability(
		handle: PatientHandle,
		grantee: InstitutionId,
		id: CapabilityId,
		acting: &Acting,
		entry: Commitment,
	) -> DispatchResult {
		let mut list = Capabilities::<T>::get(handle, grantee);
		let position = list.iter().position(|capability| capability.id == id).ok_or(Error::<T>::UnknownCapability)?;
		list.remove(position);

		Self::record_act(handle, Act::Revoke, acting, entry)?;
		Self::store_list(handle, grantee, list);
		Ok(())
	}

	/// Removes all capabilities of a grantee, records the act, and returns how many there were.
	pub(crate) fn remove_all(
		handle: PatientHandle,
		grantee: InstitutionId,
		acting: &Acting,
		entry: Commitment,
	) -> Result<u32, DispatchError> {
		let count = Capabilities::<T>::decode_len(handle, grantee).unwrap_or(0);
		ensure!(count > 0, Error::<T>::NothingToRevoke);

		Self::record_act(handle, Act::Revoke, acting, entry)?;
		Capabilities::<T>::remove(handle, grantee);
		// Exact: the list is bounded by a u32.
		Ok(count as u32)
	}

	/// Every capability of the handle that has not ended, with its grantee; also those that begin later, so that they can be
	/// seen and revoked before. [`Capability::is_live`] tells them apart.
	pub fn capabilities_of(handle: &PatientHandle) -> Vec<(InstitutionId, Capability)> {
		let now = Self::now();
		Capabilities::<T>::iter_prefix(handle)
			.flat_map(|(grantee, list)| list.into_iter().map(move |capability| (grantee, capability)))
			.filter(|(_, capability)| !capability.has_ended(now))
			.collect()
	}

	/// An empty list is no item: state is not spent on grantees that have nothing.
	fn store_list(handle: PatientHandle, grantee: InstitutionId, list: BoundedVec<Capability, T::MaxCapabilities>) {
		if list.is_empty() {
			Capabilities::<T>::remove(handle, grantee);
		} else {
			Capabilities::<T>::insert(handle, grantee, list);
		}
	}

	fn record_act(handle: PatientHandle, act: Act, acting: &Acting, entry: Commitment) -> DispatchResult {
		let (chain, custodian) = (AuditChain::Patient(handle), Some(acting.custodian));
		T::Audit::record(chain, act, OutcomeClass::Permitted, acting.on_behalf, custodian, entry)?;
		Ok(())
	}
}

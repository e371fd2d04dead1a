//! Guardians whom a patient chose.

use crate::{
	CommitteeKind, CommitteeOf, CommitteeStatus, Committees, Config, Dealings, Error, Event, GuardianKeys, Member,
	Pallet, PersonalFormation, PersonalMember, PersonalSetupOf, FIRST_PERSONAL_COMMITTEE,
};
use alloc::vec::Vec;
use frame_support::{ensure, BoundedVec};
use salus_primitives::{
	Act, Commitment, CommitteeId, CommitteePurpose, ControllerKind, Guardian, Handles, InstitutionId, Members, Moment,
	PatientHandle,
};
use salus_threshold::{
	committee::{key_id, public_keys_of_dealings},
	dealing::{Dealing, DealingContext},
	group::Point,
};
use sp_runtime::{DispatchError, DispatchResult};

/// Index of a patient as dealer.
const PATIENT: u16 = 0;

impl<T: Config> Pallet<T> {
	/// Proposes a patient's own guardians with the key that was dealt to them.
	pub(crate) fn propose_personal(
		who: &T::AccountId,
		handle: PatientHandle,
		id: CommitteeId,
		setup: PersonalSetupOf<T>,
		entry: Commitment,
	) -> DispatchResult {
		let on_behalf = Self::acting_for(who, &handle)?;
		ensure!(id >= FIRST_PERSONAL_COMMITTEE && !Committees::<T>::contains_key(id), Error::<T>::CommitteeTaken);
		Self::ensure_fallback(setup.fallback_after, on_behalf)?;
		let committee = Self::dealt_committee(handle, id, &setup, on_behalf)?;

		if let Some(former) = PersonalFormation::<T>::get(handle) {
			Self::end(former)?;
		}
		Self::take_on(id, committee.kind, &committee.set)?;
		Self::announce(id, &committee, &committee.set);
		Dealings::<T>::insert((id, committee.set.version), PATIENT, setup.dealing);
		Committees::<T>::insert(id, committee);
		PersonalFormation::<T>::insert(handle, id);
		Self::record(handle, Act::EmergencySetup, on_behalf, entry)
	}

	/// Ends a patient's own guardians.
	pub(crate) fn end_personal(who: &T::AccountId, handle: PatientHandle, entry: Commitment) -> DispatchResult {
		let on_behalf = Self::acting_for(who, &handle)?;
		let committees: Vec<_> = Self::personal_committees(&handle).map(|(id, _)| id).collect();
		ensure!(!committees.is_empty(), Error::<T>::NoPersonalCommittee);
		for id in committees {
			Self::end(id)?;
			Self::deposit_event(Event::CommitteeRetired { committee: id });
		}
		Self::record(handle, Act::EmergencySetup, on_behalf, entry)
	}

	/// On whose behalf the signer acts: `None` for the patient, the custodian's id for the custodian. Whom the patient named by
	/// the own key, the custodian does not touch.
	fn acting_for(who: &T::AccountId, handle: &PatientHandle) -> Result<Option<InstitutionId>, DispatchError> {
		match T::Handles::controller(handle, who).ok_or(Error::<T>::NotController)? {
			ControllerKind::SelfHeld => Ok(None),
			ControllerKind::Custodian(custodian) => {
				let chosen_by_patient = |(_, committee): (_, CommitteeOf<T>)| committee.on_behalf.is_none();
				ensure!(!Self::personal_committees(handle).any(chosen_by_patient), Error::<T>::PatientOnly);
				Ok(Some(custodian))
			}
		}
	}

	fn ensure_fallback(fallback_after: Option<Moment>, on_behalf: Option<InstitutionId>) -> DispatchResult {
		match fallback_after {
			Some(wait) => ensure!((1..=Self::limits().fallback).contains(&wait), Error::<T>::BadFallback),
			// It may cost the patient's life: nobody else waives it.
			None => ensure!(on_behalf.is_none(), Error::<T>::PatientOnly),
		}
		Ok(())
	}

	/// The committee of a setup, with its keys, waiting for its members' proofs.
	fn dealt_committee(
		handle: PatientHandle,
		id: CommitteeId,
		setup: &PersonalSetupOf<T>,
		on_behalf: Option<InstitutionId>,
	) -> Result<CommitteeOf<T>, DispatchError> {
		let members = setup.members.iter().map(Self::personal_member).collect::<Result<_, _>>()?;
		let mut set = Self::new_set(1, members, setup.k, setup.valid_until)?;
		let context =
			DealingContext { committee: Self::context(id, set.version), dealer: PATIENT, threshold: set.threshold };
		let Dealing { commitments, .. } = &setup.dealing;
		setup.dealing.verify(&context, &set.recipients()).map_err(|_| Error::<T>::BadDealing)?;
		let keys = public_keys_of_dealings(set.threshold.n, &[commitments]).ok_or(Error::<T>::DegenerateKey)?;
		let key_id = key_id(&Self::genesis(), id.0, &keys.group);
		set.keys = Some(keys);
		set.dealers = BoundedVec::truncate_from(alloc::vec![PATIENT]);
		Ok(CommitteeOf::<T> {
			kind: CommitteeKind::Personal(handle),
			purpose: CommitteePurpose::Release,
			status: CommitteeStatus::Confirming,
			last_version: set.version,
			set,
			key_id: Some(key_id),
			on_behalf,
			fallback_after: setup.fallback_after,
		})
	}

	fn personal_member(named: &PersonalMember<T::AccountId>) -> Result<Member<T::AccountId>, DispatchError> {
		let PersonalMember { guardian, affiliation, sealing } = named.clone();
		let key_version = match &guardian {
			Guardian::Institution(institution) => {
				ensure!(affiliation.is_none(), Error::<T>::BadAffiliation);
				ensure!(T::Members::is_active(*institution), Error::<T>::MemberNotActive);
				let key = GuardianKeys::<T>::get(institution).ok_or(Error::<T>::NoGuardianKey)?;
				ensure!(key.sealing == sealing, Error::<T>::SealingKeyMismatch);
				key.version
			}
			Guardian::Person(account) => {
				let exists = |institution| T::Members::kind(institution).is_some();
				ensure!(affiliation.is_none_or(exists), Error::<T>::BadAffiliation);
				ensure!(T::Members::institution_of(account).is_none(), Error::<T>::GuardianIsGateway);
				ensure!(Point::from_bytes(&sealing).is_some(), Error::<T>::BadSealingKey);
				0
			}
		};
		Ok(Member { guardian, affiliation, sealing, key_version, confirmed: false })
	}
}

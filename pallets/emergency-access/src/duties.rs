//! Who serves where: by institution and by person, so that a guardian's software finds its committees.

use crate::{
	CommitteeKind, CommitteeOf, Committees, Config, Error, GuardianDuties, MemberSetOf, Pallet, PersonalCommittee,
	PersonalFormation, PersonalGuardians, Resharing,
};
use alloc::vec::Vec;
use frame_support::ensure;
use salus_primitives::{AccountRoles, CommitteeId, Guardians, InstitutionId, PatientHandle};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
	/// Enters the members of a set that is to come about.
	pub(crate) fn take_on(id: CommitteeId, kind: CommitteeKind, set: &MemberSetOf<T>) -> DispatchResult {
		for institution in set.institutions() {
			GuardianDuties::<T>::insert(institution, id, ());
		}
		match kind {
			CommitteeKind::Consortium => Ok(()),
			CommitteeKind::Personal(handle) => set.persons().try_for_each(|person| Self::engage(person, handle)),
		}
	}

	/// Strikes the members of a set that has ended, unless another set of the same committee, or of the same patient, keeps them.
	/// The caller has updated what it stores of both.
	pub(crate) fn let_go(id: CommitteeId, kind: CommitteeKind, set: &MemberSetOf<T>) -> DispatchResult {
		let staying: Vec<_> = Self::sets_of(id).iter().flat_map(|set| set.institutions().collect::<Vec<_>>()).collect();
		for institution in set.institutions().filter(|institution| !staying.contains(institution)) {
			GuardianDuties::<T>::remove(institution, id);
		}
		let CommitteeKind::Personal(handle) = kind else { return Ok(()) };
		let committees: Vec<_> = Self::personal_committees(&handle).collect();
		let serves = |person: &T::AccountId| {
			committees.iter().any(|(_, committee)| committee.set.persons().any(|one| one == person))
		};
		set.persons().filter(|person| !serves(person)).try_for_each(|person| {
			PersonalGuardians::<T>::remove(person);
			T::Roles::remove_role(person)
		})
	}

	/// The committees in which an institution is a guardian, or is to be one.
	pub fn committees_of_institution(institution: InstitutionId) -> Vec<CommitteeId> {
		GuardianDuties::<T>::iter_key_prefix(institution).collect()
	}

	/// The committees in which a person is a guardian: the one that decides, then the one that is coming about.
	pub fn committees_of_guardian(account: &T::AccountId) -> Vec<CommitteeId> {
		let Some(handle) = PersonalGuardians::<T>::get(account) else { return Vec::new() };
		let serves = |committee: &CommitteeOf<T>| committee.set.persons().any(|person| person == account);
		Self::personal_committees(&handle).filter_map(|(id, committee)| serves(&committee).then_some(id)).collect()
	}

	/// The patient's active committee and the one that is coming about, as far as there are any.
	pub(crate) fn personal_committees(handle: &PatientHandle) -> impl Iterator<Item = (CommitteeId, CommitteeOf<T>)> {
		[PersonalCommittee::<T>::get(handle), PersonalFormation::<T>::get(handle)]
			.into_iter()
			.flatten()
			.filter_map(|id| Committees::<T>::get(id).map(|committee| (id, committee)))
	}

	/// The sets of a committee that decide or are coming about.
	fn sets_of(id: CommitteeId) -> Vec<MemberSetOf<T>> {
		let current = Committees::<T>::get(id).filter(CommitteeOf::<T>::is_alive).map(|committee| committee.set);
		current.into_iter().chain(Resharing::<T>::get(id)).collect()
	}

	fn engage(person: &T::AccountId, handle: PatientHandle) -> DispatchResult {
		match PersonalGuardians::<T>::get(person) {
			Some(known) => {
				ensure!(known == handle, Error::<T>::GuardianTaken);
				Ok(())
			}
			None => {
				PersonalGuardians::<T>::insert(person, handle);
				T::Roles::add_role(person)
			}
		}
	}
}

impl<T: Config> Guardians<T::AccountId> for Pallet<T> {
	fn personal_handle(account: &T::AccountId) -> Option<PatientHandle> {
		PersonalGuardians::<T>::get(account)
	}
}

//! Who serves where: by institution and by person, so that a guardian's software finds its committees.
//!
//! A patient names guardians without asking the chain whether they agree. Being named binds nobody: a person is taken by the own
//! proof of a share alone, or whoever learns its account would occupy it; and what is named and not yet confirmed has a bound, or a
//! hospital could be kept busy with committees that nobody needs.

use crate::{
	caps::one_less, Committee, CommitteeKind, CommitteeOf, Committees, Config, Error, GuardianDuties, MemberSetOf,
	Naming, Pallet, PersonalCommittee, PersonalFormation, PersonalGuardians, Resharing, Unconfirmed, UnconfirmedCount,
	MAX_UNCONFIRMED,
};
use alloc::vec::Vec;
use frame_support::ensure;
use salus_primitives::{AccountRoles, CommitteeId, Guardian, Guardians, Handles, InstitutionId, PatientHandle};
use sp_runtime::DispatchResult;

impl<T: Config> Pallet<T> {
	/// Enters the members of a set that is to come about.
	pub(crate) fn take_on(id: CommitteeId, kind: CommitteeKind, set: &MemberSetOf<T>) -> DispatchResult {
		for institution in set.institutions() {
			GuardianDuties::<T>::insert(institution, id, ());
		}
		match kind {
			CommitteeKind::Consortium => Ok(()),
			CommitteeKind::Personal(patient) => {
				set.members.iter().try_for_each(|member| Self::name(&member.guardian, id, patient))
			}
		}
	}

	/// Binds a guardian that proved its share. In a committee of the consortium nothing is left to do.
	pub(crate) fn engage(id: CommitteeId, guardian: &Guardian<T::AccountId>) -> DispatchResult {
		let (Some(naming), Guardian::Person(account)) = (Self::unname(guardian, id), guardian) else { return Ok(()) };
		match PersonalGuardians::<T>::get(account) {
			// The reference that came with the naming stays.
			None => PersonalGuardians::<T>::insert(account, naming.patient),
			Some(known) => {
				ensure!(known == naming.patient, Error::<T>::GuardianTaken);
				T::Roles::remove_role(account)?;
			}
		}
		Ok(())
	}

	/// Strikes the members of a set that has ended, unless another set of the same committee, or of the same patient, keeps them.
	/// The caller has updated what it stores of both.
	pub(crate) fn let_go(id: CommitteeId, kind: CommitteeKind, set: &MemberSetOf<T>) -> DispatchResult {
		let staying: Vec<_> = Self::sets_of(id).iter().flat_map(|set| set.institutions().collect::<Vec<_>>()).collect();
		for institution in set.institutions().filter(|institution| !staying.contains(institution)) {
			GuardianDuties::<T>::remove(institution, id);
		}
		let CommitteeKind::Personal(patient) = kind else { return Ok(()) };
		let committees: Vec<_> = Self::personal_committees(&patient).collect();
		for member in &set.members {
			let was_named = Self::unname(&member.guardian, id).is_some();
			let Guardian::Person(account) = &member.guardian else { continue };
			if !was_named {
				if committees.iter().any(|(_, committee)| has_confirmed(committee, account)) {
					continue;
				}
				PersonalGuardians::<T>::remove(account);
			}
			T::Roles::remove_role(account)?;
		}
		Ok(())
	}

	/// The committees in which an institution is a guardian, or is to be one.
	pub fn committees_of_institution(institution: InstitutionId) -> Vec<CommitteeId> {
		GuardianDuties::<T>::iter_key_prefix(institution).collect()
	}

	/// The committees in which a person has proved its share, the one that decides first; then those in which it is named.
	pub fn committees_of_guardian(account: &T::AccountId) -> Vec<CommitteeId> {
		let patient = PersonalGuardians::<T>::get(account);
		let committees = patient.into_iter().flat_map(|patient| Self::personal_committees(&patient));
		let confirmed = committees.filter(|(_, committee)| has_confirmed(committee, account)).map(|(id, _)| id);
		confirmed.chain(Unconfirmed::<T>::iter_key_prefix(Guardian::Person(account.clone()))).collect()
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

	/// Notes that a patient named a guardian. The bound is one for each custodian, so that nobody can fill it for the patients of
	/// others.
	fn name(guardian: &Guardian<T::AccountId>, id: CommitteeId, patient: PatientHandle) -> DispatchResult {
		let custodian = T::Handles::custodian(&patient).ok_or(Error::<T>::NotController)?;
		if let Guardian::Person(account) = guardian {
			let guards = PersonalGuardians::<T>::get(account);
			ensure!(guards.is_none_or(|known| known == patient), Error::<T>::GuardianTaken);
			// The account exists by that, and can sign its proof.
			T::Roles::add_role(account)?;
		}
		let named = UnconfirmedCount::<T>::get(guardian, custodian);
		ensure!(named < MAX_UNCONFIRMED, Error::<T>::TooManyUnconfirmed);
		UnconfirmedCount::<T>::insert(guardian, custodian, named.saturating_add(1));
		Unconfirmed::<T>::insert(guardian, id, Naming { patient, custodian });
		Ok(())
	}

	/// Takes the note away, when there is one.
	fn unname(guardian: &Guardian<T::AccountId>, id: CommitteeId) -> Option<Naming> {
		let naming = Unconfirmed::<T>::take(guardian, id)?;
		UnconfirmedCount::<T>::mutate_exists(guardian, naming.custodian, |count| *count = one_less(*count));
		Some(naming)
	}
}

impl<T: Config> Guardians<T::AccountId> for Pallet<T> {
	fn personal_handle(account: &T::AccountId) -> Option<PatientHandle> {
		PersonalGuardians::<T>::get(account)
	}

	fn named_handle(account: &T::AccountId, committee: CommitteeId) -> Option<PatientHandle> {
		Unconfirmed::<T>::get(Guardian::Person(account.clone()), committee).map(|naming| naming.patient)
	}
}

/// Whether a person proved its share in the committee's set.
fn has_confirmed<AccountId: PartialEq>(committee: &Committee<AccountId>, account: &AccountId) -> bool {
	let is_it = |guardian: &Guardian<AccountId>| matches!(guardian, Guardian::Person(person) if person == account);
	committee.set.members.iter().any(|member| member.confirmed && is_it(&member.guardian))
}

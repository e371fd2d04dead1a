//! What must hold of committees in every state.

use crate::{
	CommitteeKind, CommitteeOf, CommitteeStatus, Committees, Config, ConsortiumCommittee, Dealings, GuardianDuties,
	GuardianKeys, Limits, MemberSetOf, Naming, NextCommittee, Pallet, PersonalCommittee, PersonalFormation,
	PersonalGuardians, Resharing, Unconfirmed, UnconfirmedCount, FIRST_PERSONAL_COMMITTEE,
};
use alloc::{
	collections::{BTreeMap, BTreeSet},
	vec::Vec,
};
use frame_support::ensure;
use salus_primitives::{CommitteeId, Guardian, PatientHandle};
use sp_runtime::TryRuntimeError;

/// A committee's id, the committee, and one of its sets that decide or are coming about.
type LiveSet<T> = (CommitteeId, CommitteeOf<T>, MemberSetOf<T>);

impl<T: Config> Pallet<T> {
	pub(super) fn try_state_committees() -> Result<(), TryRuntimeError> {
		ensure!(Limits::<T>::get().is_valid(), "no period and no cap is zero, and none outlasts every committee");
		for key in GuardianKeys::<T>::iter_values() {
			ensure!(key.version > 0, "versions of guardian keys begin at 1");
		}
		Committees::<T>::iter().try_for_each(|(id, committee)| Self::try_state_committee(id, &committee))?;
		Self::try_state_resharing()?;
		let live = live_sets::<T>();
		live.iter().try_for_each(|(_, _, set)| Self::try_state_set(set))?;
		Self::try_state_dealings(&live)?;
		Self::try_state_pointers()?;
		Self::try_state_duties(&live)
	}

	fn try_state_committee(id: CommitteeId, committee: &CommitteeOf<T>) -> Result<(), TryRuntimeError> {
		match committee.kind {
			CommitteeKind::Consortium => {
				ensure!(id < NextCommittee::<T>::get(), "ids of consortium committees are below the next id");
				ensure!(
					committee.on_behalf.is_none() && committee.fallback_after.is_none(),
					"a consortium committee acts on behalf of nobody and falls back to none"
				);
			}
			CommitteeKind::Personal(_) => {
				ensure!(id >= FIRST_PERSONAL_COMMITTEE, "ids of personal committees are in the upper half");
			}
		}
		ensure!(committee.set.version <= committee.last_version, "no set has a version above the last one");
		ensure!(
			committee.set.keys.is_some() == committee.key_id.is_some(),
			"a committee has a key id when it has a key"
		);
		let (keys, confirmed) = (committee.set.keys.is_some(), committee.set.is_confirmed());
		let as_it_stands = match committee.status {
			CommitteeStatus::Dealing => !keys,
			CommitteeStatus::Confirming => keys && !confirmed,
			CommitteeStatus::Active | CommitteeStatus::Superseded | CommitteeStatus::Retired => confirmed,
			// Nothing is left of one that never decided.
			CommitteeStatus::Failed => false,
		};
		ensure!(as_it_stands, "keys and proofs of a committee are those of its status");
		Ok(())
	}

	fn try_state_resharing() -> Result<(), TryRuntimeError> {
		for (id, next) in Resharing::<T>::iter() {
			let committee = Committees::<T>::get(id).ok_or("a resharing belongs to a committee")?;
			ensure!(
				matches!(committee.status, CommitteeStatus::Active | CommitteeStatus::Superseded),
				"only a committee that has a key is reshared"
			);
			ensure!(committee.kind == CommitteeKind::Consortium, "no personal committee is reshared");
			ensure!(
				committee.set.version < next.version && next.version <= committee.last_version,
				"a resharing has a version of its own"
			);
			ensure!(!next.is_confirmed(), "a complete resharing has taken over");
			let same_key = next.keys.as_ref().is_none_or(|keys| Some(keys.group) == committee.group_key());
			ensure!(same_key, "a resharing keeps the key");
		}
		Ok(())
	}

	fn try_state_set(set: &MemberSetOf<T>) -> Result<(), TryRuntimeError> {
		ensure!(
			set.threshold.is_valid() && set.members.len() == usize::from(set.threshold.n),
			"a set has an allowed threshold and as many members as it says"
		);
		ensure!(set.is_distinct(), "no guardian stands twice and no institution has two votes");
		ensure!(set.deadline < set.valid_until, "a set comes about before its validity ends");
		let keys = set.keys.as_ref().map(|keys| keys.members.len());
		ensure!(keys.is_none_or(|count| count == set.members.len()), "each member has the key of its share");
		ensure!(
			set.keys.is_some() || set.members.iter().all(|member| !member.confirmed),
			"nobody proves a share before there is one"
		);
		Ok(())
	}

	/// The dealings that are stored are those of the dealers of sets that decide or are coming about.
	fn try_state_dealings(live: &[LiveSet<T>]) -> Result<(), TryRuntimeError> {
		let expected: Vec<_> = live
			.iter()
			.flat_map(|(id, _, set)| set.dealers.iter().map(|dealer| ((*id, set.version), *dealer)))
			.collect();
		let distinct: BTreeSet<_> = expected.iter().copied().collect();
		ensure!(distinct.len() == expected.len(), "nobody deals twice for a set");
		let stored: BTreeSet<_> = Dealings::<T>::iter_keys().collect();
		ensure!(stored == distinct, "dealings stay as long as their set");
		Ok(())
	}

	fn try_state_pointers() -> Result<(), TryRuntimeError> {
		for (purpose, id) in ConsortiumCommittee::<T>::iter() {
			let points_right = Committees::<T>::get(id).is_some_and(|committee| {
				committee.kind == CommitteeKind::Consortium
					&& committee.purpose == purpose
					&& committee.status == CommitteeStatus::Active
			});
			ensure!(points_right, "the consortium's committee for a purpose is an active one");
		}
		for (id, committee) in Committees::<T>::iter() {
			let (kind, status) = (committee.kind, committee.status);
			let pointed_to = match (kind, status) {
				(CommitteeKind::Consortium, CommitteeStatus::Active) => {
					ConsortiumCommittee::<T>::get(committee.purpose) == Some(id)
				}
				(CommitteeKind::Personal(handle), CommitteeStatus::Active) => {
					PersonalCommittee::<T>::get(handle) == Some(id)
				}
				(CommitteeKind::Personal(handle), CommitteeStatus::Confirming) => {
					PersonalFormation::<T>::get(handle) == Some(id)
				}
				(CommitteeKind::Personal(_), status) => !matches!(status, CommitteeStatus::Superseded),
				_ => true,
			};
			ensure!(pointed_to, "an active committee is the one that its pointer names");
		}
		for (pointers, status) in [
			(PersonalCommittee::<T>::iter().collect::<Vec<_>>(), CommitteeStatus::Active),
			(PersonalFormation::<T>::iter().collect::<Vec<_>>(), CommitteeStatus::Confirming),
		] {
			for (handle, id) in pointers {
				let points_right = Committees::<T>::get(id).is_some_and(|committee| {
					committee.kind == CommitteeKind::Personal(handle) && committee.status == status
				});
				ensure!(points_right, "a patient's committee is one of this patient that stands as it should");
			}
		}
		Ok(())
	}

	/// Guardians are found by their duties: those of every set that decides or is coming about, and no others.
	fn try_state_duties(live: &[LiveSet<T>]) -> Result<(), TryRuntimeError> {
		let institutions: BTreeSet<_> =
			live.iter().flat_map(|(id, _, set)| set.institutions().map(|one| (one, *id)).collect::<Vec<_>>()).collect();
		let stored: BTreeSet<_> = GuardianDuties::<T>::iter().map(|(institution, id, ())| (institution, id)).collect();
		ensure!(stored == institutions, "an institution has the duties of its sets");

		let (mut persons, mut named) = (BTreeMap::new(), BTreeMap::new());
		for (id, committee, set) in live {
			let CommitteeKind::Personal(patient) = committee.kind else { continue };
			for member in &set.members {
				match &member.guardian {
					guardian if !member.confirmed => {
						named.insert((guardian.clone(), *id), patient);
					}
					Guardian::Person(person) => {
						let known = persons.insert(person.clone(), patient);
						ensure!(known.is_none_or(|other| other == patient), "a person guards one patient");
					}
					Guardian::Institution(_) => (),
				}
			}
		}
		let stored: BTreeMap<_, _> = PersonalGuardians::<T>::iter().collect();
		ensure!(stored == persons, "a person is listed as long as it guards");
		Self::try_state_unconfirmed(named)
	}

	/// Who was named and has not confirmed is listed, and counted by custodian.
	fn try_state_unconfirmed(
		named: BTreeMap<(Guardian<T::AccountId>, CommitteeId), PatientHandle>,
	) -> Result<(), TryRuntimeError> {
		let mut counts = BTreeMap::<_, u32>::new();
		let mut stored = BTreeMap::new();
		for (guardian, id, Naming { patient, custodian }) in Unconfirmed::<T>::iter() {
			*counts.entry((guardian.clone(), custodian)).or_default() += 1;
			stored.insert((guardian, id), patient);
		}
		ensure!(stored == named, "a guardian is listed as named until it confirms");
		let of_custodians: BTreeMap<_, _> =
			UnconfirmedCount::<T>::iter().map(|(guardian, custodian, count)| ((guardian, custodian), count)).collect();
		ensure!(of_custodians == counts, "namings are counted by custodian");
		Ok(())
	}
}

fn live_sets<T: Config>() -> Vec<LiveSet<T>> {
	let mut sets = Vec::new();
	for (id, committee) in Committees::<T>::iter().filter(|(_, committee)| committee.is_alive()) {
		sets.push((id, committee.clone(), committee.set.clone()));
		if let Some(next) = Resharing::<T>::get(id) {
			sets.push((id, committee, next));
		}
	}
	sets
}

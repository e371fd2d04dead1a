//! Committees in every state, made by the acts of honest guardians.

use crate::{rehearsal::*, *};
use alloc::vec::Vec;
use frame_benchmarking::v2::account;
use frame_support::traits::Time;
use salus_primitives::{
	Commitment, CommitteeId, CommitteePurpose, Guardian, Handles, InstitutionId, InstitutionKind, Members, Moment,
	PatientHandle,
};
use salus_threshold::{
	committee::Threshold,
	dealing::{Dealing, DealingContext},
	group::SecretScalar,
	proof::SchnorrProof,
};

pub const HANDLE: PatientHandle = PatientHandle([7; 32]);
pub const ENTRY: Commitment = Commitment([9; 32]);
/// Members of the largest committee, and how many of them are needed then.
pub const MOST: u32 = 16;

/// How many parts open an envelope at most: the most expensive case.
pub fn threshold(n: u32) -> u16 {
	n as u16 - 2
}

pub fn valid_until<T: Config>() -> Moment {
	T::Time::now() + Limits::<T>::get().committee_validity
}

/// The controller of [`HANDLE`].
pub fn patient<T: Config>() -> T::AccountId {
	let custodian = T::Members::benchmark_member(&account("custodian", 0, 0), InstitutionKind::Hospital);
	let patient = account("patient", 0, 0);
	T::Handles::benchmark_handle(HANDLE, custodian, &patient);
	patient
}

/// The gateway of the guardian with this index in the committees of benchmarks.
pub fn guardian_gateway<T: Config>(index: u32) -> T::AccountId {
	account("guardian", index, 0)
}

/// Hospitals that have registered their keys.
pub fn guardians<T: Config>(n: u32) -> Vec<InstitutionId> {
	(1..=n)
		.map(|index| {
			let gateway = guardian_gateway::<T>(index);
			let institution = T::Members::benchmark_member(&gateway, InstitutionKind::Hospital);
			if !GuardianKeys::<T>::contains_key(institution) {
				let sealing = sealing_secret(institution, 1);
				let proof = key_proof::<T>(institution, &sealing);
				Pallet::<T>::store_guardian_key(institution, sealing.public().to_bytes(), [1; 32], &proof)
					.expect("an honest proof");
			}
			institution
		})
		.collect()
}

/// A committee of the consortium that is to come about.
pub fn proposed<T: Config>(n: u32, k: u16) -> CommitteeId {
	let id = NextCommittee::<T>::get();
	let set = Pallet::<T>::institution_set(1, &guardians::<T>(n), k, valid_until::<T>()).expect("they qualify");
	Pallet::<T>::propose_consortium(CommitteePurpose::Release, set).expect("the first ids are free");
	id
}

/// What an honest member of the set that is coming about deals.
pub fn honest_dealing<T: Config>(id: CommitteeId, dealer: u16) -> Dealing {
	let committee = Committees::<T>::get(id).expect("proposed");
	let (set, constant_term) = match Resharing::<T>::get(id) {
		None => (committee.set, secret(&("constant term", dealer))),
		Some(next) => {
			let share = share::<T>(id, committee.set.version, dealer, &sealing_of::<T>(&committee.set, dealer));
			(next, share.expect("dealt rightly").secret().clone())
		}
	};
	dealing(&dealing_context::<T>(id, &set, dealer), &constant_term, &set.recipients()).expect("well-formed keys")
}

/// The sealing secret of a member.
pub fn sealing_of<T: Config>(set: &MemberSetOf<T>, index: u16) -> SecretScalar {
	match &set.member(index).expect("a member").guardian {
		Guardian::Institution(institution) => sealing_secret(*institution, 1),
		Guardian::Person(account) => secret(&("person", account)),
	}
}

/// All dealings but those of the last `missing` members are there.
pub fn dealt<T: Config>(id: CommitteeId, missing: u16) {
	let n = Committees::<T>::get(id).expect("proposed").set.threshold.n;
	for dealer in 1..=n - missing {
		let who = guardian_gateway::<T>(dealer.into());
		Pallet::<T>::accept_dealing(&who, id, honest_dealing::<T>(id, dealer)).expect("an honest dealing");
	}
}

/// The proof of a member of the set that is coming about, or that decides.
pub fn proof_of<T: Config>(id: CommitteeId, index: u16) -> SchnorrProof {
	let set = Resharing::<T>::get(id).unwrap_or_else(|| Committees::<T>::get(id).expect("proposed").set);
	let share = share::<T>(id, set.version, index, &sealing_of::<T>(&set, index)).expect("dealt rightly");
	possession::<T>(id, set.version, index, &share)
}

/// A committee of the consortium that decides.
pub fn active<T: Config>(n: u32, k: u16) -> CommitteeId {
	let id = proposed::<T>(n, k);
	dealt::<T>(id, 0);
	for index in 1..=n {
		let proof = proof_of::<T>(id, index as u16);
		Pallet::<T>::accept_possession(&guardian_gateway::<T>(index), id, &proof).expect("an honest proof");
	}
	id
}

/// The resharing of a committee of the largest size to the same members is coming about.
pub fn resharing<T: Config>(id: CommitteeId) {
	let members = guardians::<T>(MOST);
	Pallet::<T>::propose_resharing(id, &members, threshold(MOST), valid_until::<T>()).expect("it decides");
}

/// The id of a patient's `number`th committee.
pub fn personal_id(number: u32) -> CommitteeId {
	CommitteeId(FIRST_PERSONAL_COMMITTEE.0 + number)
}

/// A guardian of a patient's `number`th committee.
pub fn person<T: Config>(number: u32, index: u32) -> T::AccountId {
	account("person", index, number)
}

/// The setup of a patient's `number`th committee: persons alone, who cost more than institutions.
pub fn personal_setup<T: Config>(number: u32, n: u32) -> PersonalSetupOf<T> {
	let named = |index| {
		let account = person::<T>(number, index);
		let sealing = secret(&("person", &account)).public().to_bytes();
		PersonalMember { guardian: Guardian::Person(account), affiliation: None, sealing }
	};
	let members: Vec<_> = (1..=n).map(named).collect();
	let k = threshold(n);
	let committee = Pallet::<T>::context(personal_id(number), 1);
	let context = DealingContext { committee, dealer: 0, threshold: Threshold { n: n as u16, k } };
	let recipients: Vec<_> = members.iter().map(|member| member.sealing).collect();
	let dealing = dealing(&context, &secret(&("patient", number)), &recipients).expect("well-formed keys");
	let fallback_after = Some(Limits::<T>::get().fallback);
	let members = members.try_into().expect("no more than the largest committee has");
	PersonalSetup { members, k, dealing, fallback_after, valid_until: valid_until::<T>() }
}

/// A patient's `number`th committee of the largest size is coming about.
pub fn personal_proposed<T: Config>(patient: &T::AccountId, number: u32) -> CommitteeId {
	let id = personal_id(number);
	let setup = personal_setup::<T>(number, MOST);
	Pallet::<T>::propose_personal(patient, HANDLE, id, setup, ENTRY).expect("an honest setup");
	id
}

/// Every member but the first has proved its share, without the cost of the proofs.
pub fn all_but_first_confirmed<T: Config>(id: CommitteeId) {
	Committees::<T>::mutate_extant(id, |committee| {
		for member in committee.set.members.iter_mut().skip(1) {
			member.confirmed = true;
			Pallet::<T>::engage(id, &member.guardian).expect("nobody else's guardian");
		}
	});
}

/// A patient's `number`th committee of the largest size decides.
pub fn personal_active<T: Config>(patient: &T::AccountId, number: u32) -> CommitteeId {
	let id = personal_proposed::<T>(patient, number);
	all_but_first_confirmed::<T>(id);
	Pallet::<T>::accept_possession(&person::<T>(number, 1), id, &proof_of::<T>(id, 1)).expect("an honest proof");
	id
}

//! Tests, one file per call or concept, and what they share.

mod abandon_formation;
mod approve_request;
mod binding;
mod cancel_request;
mod caps;
mod close_session;
mod confirm_share;
mod dispute_dealing;
mod disputes;
mod expire_session;
mod fallback;
mod footprint;
mod form_committee;
mod invariants;
mod lifecycle;
mod locate;
mod model;
mod post_dealing;
mod register_guardian_key;
mod reject_request;
mod remove_personal_committee;
mod request_emergency;
mod reshare_committee;
mod retire_committee;
mod reviews;
mod seal_envelopes;
mod session_invariants;
mod session_weight;
mod set_limits;
mod set_personal_committee;
mod spent_envelopes;
mod stage;
mod weight;

use crate::{mock::*, rehearsal::*, *};
use frame_support::{assert_noop, assert_ok, BoundedVec};
use salus_primitives::{
	test_support::{Clock, Consortium, Patients, Trail, START, TRAIL_FULL},
	Act, AuditChain, Commitment, CommitteeId, CommitteePurpose, Guardian, InstitutionId, Moment, PatientHandle, DAY,
	HOUR, MINUTE,
};
use salus_threshold::{
	committee::Threshold,
	dealing::{Dealing, DealingContext, DealingDispute},
	group::SecretScalar,
	proof::SchnorrProof,
	share::Share,
};
use sp_runtime::{DispatchError, DispatchResult};

pub const ENTRY: Commitment = Commitment([9; 32]);
pub const RELEASE: CommitteePurpose = CommitteePurpose::Release;
/// Long enough for every committee of these tests.
pub const UNTIL: Moment = START + 100 * DAY;
/// An id that a patient drew.
pub const OWN: CommitteeId = CommitteeId(FIRST_PERSONAL_COMMITTEE.0 + 77);
/// Another one.
pub const OTHER: CommitteeId = CommitteeId(FIRST_PERSONAL_COMMITTEE.0 + 78);

pub fn signed(who: AccountId) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

pub fn root() -> RuntimeOrigin {
	RuntimeOrigin::root()
}

pub fn hospital(number: u32) -> InstitutionId {
	InstitutionId(number)
}

pub fn hospitals(numbers: impl IntoIterator<Item = u32>) -> Vec<InstitutionId> {
	numbers.into_iter().map(InstitutionId).collect()
}

pub fn bounded(institutions: Vec<InstitutionId>) -> BoundedVec<InstitutionId, MaxMembers> {
	institutions.try_into().expect("few enough")
}

/// Changes the limits.
pub fn set_limits(change: impl FnOnce(&mut EmergencyLimits)) {
	Limits::<Test>::mutate(change);
}

/// The institution registers its sealing key of this generation.
pub fn register_key(institution: InstitutionId, generation: u32) -> DispatchResult {
	let sealing = sealing_secret(institution, generation);
	let proof = key_proof::<Test>(institution, &sealing);
	let kem_hash = [generation as u8; 32];
	EmergencyAccess::register_guardian_key(signed(gateway(institution)), sealing.public().to_bytes(), kem_hash, proof)
}

/// The secret of the key that an institution has registered, or a first one.
pub fn current_sealing(institution: InstitutionId) -> SecretScalar {
	let version = GuardianKeys::<Test>::get(institution).map_or(1, |key| key.version);
	sealing_secret(institution, version)
}

/// These hospitals have registered their first keys.
pub fn with_keys(institutions: &[InstitutionId]) {
	for institution in institutions.iter().filter(|one| !GuardianKeys::<Test>::contains_key(one)) {
		assert_ok!(register_key(*institution, 1));
	}
}

pub fn form(purpose: CommitteePurpose, members: Vec<InstitutionId>, k: u16) -> DispatchResult {
	EmergencyAccess::form_committee(root(), purpose, bounded(members), k, UNTIL)
}

/// A committee of hospitals 1 to `n` that is to come about.
pub fn proposed(n: u32, k: u16) -> CommitteeId {
	proposed_for(RELEASE, n, k)
}

pub fn proposed_for(purpose: CommitteePurpose, n: u32, k: u16) -> CommitteeId {
	let id = NextCommittee::<Test>::get();
	with_keys(&hospitals(1..=n));
	assert_ok!(form(purpose, hospitals(1..=n), k));
	id
}

/// The set that is coming about.
pub fn forming(id: CommitteeId) -> MemberSetOf<Test> {
	Resharing::<Test>::get(id).unwrap_or_else(|| committee(id).set)
}

pub fn committee(id: CommitteeId) -> CommitteeOf<Test> {
	Committees::<Test>::get(id).expect("proposed")
}

pub fn status(id: CommitteeId) -> CommitteeStatus {
	committee(id).status
}

/// Whether nothing is left of a committee.
pub fn is_gone(id: CommitteeId) -> bool {
	!Committees::<Test>::contains_key(id)
}

/// The index of an institution in the set that decides.
pub fn index_of(id: CommitteeId, institution: InstitutionId) -> u16 {
	committee(id).set.index_of(&Guardian::Institution(institution)).expect("a member")
}

/// What an honest member deals for the set that is coming about.
pub fn honest_dealing(id: CommitteeId, institution: InstitutionId) -> Dealing {
	let dealer = index_of(id, institution);
	let secret = match Resharing::<Test>::contains_key(id) {
		true => share_of(id, institution).secret().clone(),
		false => secret(&("constant term", id, institution)),
	};
	dealing_of(id, dealer, &secret)
}

/// A dealing of this secret for the set that is coming about.
pub fn dealing_of(id: CommitteeId, dealer: u16, secret: &SecretScalar) -> Dealing {
	let set = forming(id);
	dealing(&dealing_context::<Test>(id, &set, dealer), secret, &set.recipients()).expect("well-formed keys")
}

pub fn post(id: CommitteeId, institution: InstitutionId, dealing: Dealing) -> DispatchResult {
	let posted = EmergencyAccess::post_dealing(signed(gateway(institution)), id, dealing);
	posted.map(|_| ()).map_err(|refused| refused.error)
}

pub fn deal(id: CommitteeId, institution: InstitutionId) -> DispatchResult {
	post(id, institution, honest_dealing(id, institution))
}

/// All members that deal have dealt.
pub fn dealt(id: CommitteeId) {
	let dealers: Vec<_> = committee(id).set.institutions().collect();
	let needed = match Resharing::<Test>::contains_key(id) {
		true => usize::from(committee(id).set.threshold.k),
		false => dealers.len(),
	};
	for institution in &dealers[..needed] {
		assert_ok!(deal(id, *institution));
	}
}

/// The share of an institution in the set that decides, or that is coming about when there is none yet.
pub fn share_of(id: CommitteeId, institution: InstitutionId) -> Share {
	let set = committee(id).set;
	let index = index_of(id, institution);
	share::<Test>(id, set.version, index, &current_sealing(institution)).expect("dealt rightly")
}

/// The proof of an institution for the set that is coming about.
pub fn proof_of(id: CommitteeId, institution: InstitutionId) -> SchnorrProof {
	let set = forming(id);
	let index = set.index_of(&Guardian::Institution(institution)).expect("a member");
	let share = share::<Test>(id, set.version, index, &current_sealing(institution)).expect("dealt rightly");
	possession::<Test>(id, set.version, index, &share)
}

pub fn confirm(id: CommitteeId, institution: InstitutionId) -> DispatchResult {
	let proof = proof_of(id, institution);
	EmergencyAccess::confirm_share(signed(gateway(institution)), id, proof)
}

/// All members of the set that is coming about have proved their shares.
pub fn confirmed(id: CommitteeId) {
	for institution in forming(id).institutions().collect::<Vec<_>>() {
		assert_ok!(confirm(id, institution));
	}
}

/// A committee of hospitals 1 to `n` that releases.
pub fn active(n: u32, k: u16) -> CommitteeId {
	active_for(RELEASE, n, k)
}

pub fn active_for(purpose: CommitteePurpose, n: u32, k: u16) -> CommitteeId {
	let id = proposed_for(purpose, n, k);
	dealt(id);
	confirmed(id);
	assert_eq!(status(id), CommitteeStatus::Active);
	id
}

pub fn reshare(id: CommitteeId, members: Vec<InstitutionId>, k: u16) -> DispatchResult {
	EmergencyAccess::reshare_committee(root(), id, bounded(members), k, UNTIL)
}

/// The resharing to these members is to come about.
pub fn resharing(id: CommitteeId, members: Vec<InstitutionId>, k: u16) {
	with_keys(&members);
	assert_ok!(reshare(id, members, k));
}

/// The account of a person who guards.
pub fn person(number: u64) -> AccountId {
	1_000 + number
}

pub fn person_sealing(account: AccountId) -> SecretScalar {
	secret(&("person", account))
}

/// A person as a patient names it.
pub fn named_person(number: u64, affiliation: Option<u32>) -> PersonalMember<AccountId> {
	let account = person(number);
	PersonalMember {
		guardian: Guardian::Person(account),
		affiliation: affiliation.map(InstitutionId),
		sealing: person_sealing(account).public().to_bytes(),
	}
}

/// An institution as a patient names it; it has registered a key.
pub fn named_hospital(number: u32) -> PersonalMember<AccountId> {
	let institution = hospital(number);
	with_keys(&[institution]);
	let sealing = current_sealing(institution).public().to_bytes();
	PersonalMember { guardian: Guardian::Institution(institution), affiliation: None, sealing }
}

/// Three persons, one of them of hospital 9, and hospitals 1 and 2; three of them open an envelope.
pub fn five() -> Vec<PersonalMember<AccountId>> {
	vec![named_person(1, None), named_person(2, None), named_person(3, Some(9)), named_hospital(1), named_hospital(2)]
}

/// A right setup with these guardians for a committee with this id.
pub fn setup(id: CommitteeId, members: Vec<PersonalMember<AccountId>>, k: u16) -> PersonalSetupOf<Test> {
	let context = DealingContext {
		committee: EmergencyAccess::context(id, 1),
		dealer: 0,
		threshold: Threshold { n: members.len() as u16, k },
	};
	let recipients: Vec<_> = members.iter().map(|member| member.sealing).collect();
	let dealing = dealing(&context, &secret(&("patient", id)), &recipients).expect("well-formed keys");
	let members = members.try_into().expect("few enough");
	PersonalSetup { members, k, dealing, fallback_after: Some(10 * MINUTE), valid_until: UNTIL }
}

pub fn set_personal(
	who: AccountId,
	handle: PatientHandle,
	id: CommitteeId,
	setup: PersonalSetupOf<Test>,
) -> DispatchResult {
	EmergencyAccess::set_personal_committee(signed(who), handle, id, setup, ENTRY)
}

/// A guardian of a personal committee proves its share.
pub fn confirm_personal(id: CommitteeId, index: u16) -> DispatchResult {
	let member = forming(id).member(index).expect("a member").clone();
	let (who, sealing) = match member.guardian {
		Guardian::Institution(institution) => (gateway(institution), current_sealing(institution)),
		Guardian::Person(account) => (account, person_sealing(account)),
	};
	let share = share::<Test>(id, 1, index, &sealing).expect("dealt rightly");
	EmergencyAccess::confirm_share(signed(who), id, possession::<Test>(id, 1, index, &share))
}

/// Ana's guardians with this id decide.
pub fn personal(id: CommitteeId, members: Vec<PersonalMember<AccountId>>, k: u16) {
	let n = members.len() as u16;
	assert_ok!(set_personal(ANA_KEY, ANA, id, setup(id, members, k)));
	for index in 1..=n {
		assert_ok!(confirm_personal(id, index));
	}
	assert_eq!(status(id), CommitteeStatus::Active);
}

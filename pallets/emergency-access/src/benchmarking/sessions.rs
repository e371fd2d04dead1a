//! Sessions in every state before the largest committee, made by the acts of honest custodians, requesters and guardians.

use super::committees::*;
use crate::{enactment::*, rehearsal::*, *};
use alloc::vec::Vec;
use frame_benchmarking::v2::{account, whitelisted_caller};
use frame_support::traits::Time;
use salus_primitives::{
	CommitteeId, CommitteePurpose, EmergencyRequestId, EmergencyTier, InstitutionId, InstitutionKind, Members,
	PatientHandle, DAY,
};
use salus_threshold::{
	locate::{Blinded, LocateContext, LocatePart},
	part::DecryptionPart,
};

pub const TIER: EmergencyTier = EmergencyTier::Summary;

/// The gateway of the custodian of [`HANDLE`].
pub fn custodian_gateway<T: Config>() -> T::AccountId {
	account("custodian", 0, 0)
}

/// The signer of the call is a gateway of this new hospital.
pub fn requester<T: Config>() -> (T::AccountId, InstitutionId) {
	let caller = whitelisted_caller();
	let institution = T::Members::benchmark_member(&caller, InstitutionKind::Hospital);
	(caller, institution)
}

/// Envelopes for the running epoch.
pub fn envelopes<T: Config>(committee: CommitteeId, count: u8) -> Envelopes {
	let epoch = Pallet::<T>::scope(&HANDLE, TIER).epoch;
	let envelope = |number| {
		let label = label::<T>(committee, HANDLE, TIER, epoch, number).expect("the committee has a key");
		sealed::<T>(committee, &label).expect("a key").commitment()
	};
	Envelopes::truncate_from((0..count).map(envelope).collect())
}

/// As many envelopes as there can be are sealed to the committee.
pub fn with_envelopes<T: Config>(committee: CommitteeId) {
	let (epoch, envelopes) = (Pallet::<T>::scope(&HANDLE, TIER).epoch, envelopes::<T>(committee, MAX_ENVELOPES as u8));
	let scope =
		Pallet::<T>::scope_with(&HANDLE, TIER, epoch, committee, envelopes, false).expect("an active committee");
	Scopes::<T>::insert(HANDLE, TIER, scope);
}

/// An institution has asked for the envelope of this number.
pub fn requested<T: Config>(requester: InstitutionId, committee: CommitteeId, number: u8) -> EmergencyRequestId {
	let request = request::<T>(requester, committee, HANDLE, TIER, number).expect("sealed");
	let admitted = Pallet::<T>::admit(requester, request, ENTRY).expect("an honest request");
	let id = admitted.id;
	Pallet::<T>::open_session(admitted).expect("room for an entry");
	id
}

/// The same before a new committee of the largest size.
pub fn requested_anew<T: Config>(requester: InstitutionId) -> EmergencyRequestId {
	patient::<T>();
	let committee = active::<T>(MOST, threshold(MOST));
	with_envelopes::<T>(committee);
	requested::<T>(requester, committee, 0)
}

/// All parts that are needed are there, without the cost of making them.
pub fn opened<T: Config>(requester: InstitutionId) -> EmergencyRequestId {
	let id = requested_anew::<T>(requester);
	change::<T>(id, |session| {
		session.parts = Parts::truncate_from((1..=session.required).map(|index| (index, [index as u8; 32])).collect());
		session.status = EmergencyStatus::Active;
		session.active_until = Some(T::Time::now() + 1);
	});
	id
}

pub fn change<T: Config>(id: EmergencyRequestId, change: impl FnOnce(&mut SessionOf<T>)) {
	Sessions::<T>::mutate_extant(id, change);
}

/// All guardians but those who are dispensable, and one more, have yet to vote: a vote against the session ends it.
pub fn on_the_brink<T: Config>(requester: InstitutionId) -> EmergencyRequestId {
	let id = requested_anew::<T>(requester);
	change::<T>(id, |session| {
		session.rejected = Indices::truncate_from((2..=MOST as u16 - session.required + 1).collect())
	});
	id
}

/// The part of the first guardian; of another one's share when it is to be wrong.
pub fn part_of<T: Config>(id: EmergencyRequestId, wrong: bool) -> DecryptionPart {
	let session = Sessions::<T>::get(id).expect("requested");
	let set = Committees::<T>::get(session.committee).expect("active").set;
	let index = if wrong { 2 } else { 1 };
	let share =
		share::<T>(session.committee, set.version, index, &sealing_of::<T>(&set, index)).expect("dealt rightly");
	part::<T>(&session, 1, &share).expect("an honest request")
}

/// The institution has asked as often today, by as many practitioners, as are told apart.
pub fn busy<T: Config>(institution: InstitutionId) {
	let shifts: Vec<_> = (1..MAX_SHIFTS).map(|number| (u128::from(number).to_be_bytes(), 1)).collect();
	let used = DayUse {
		day: T::Time::now() / DAY,
		requests: MAX_SHIFTS - 1,
		shifts: shifts.try_into().expect("one less than the bound"),
	};
	EmergencyUse::<T>::insert(institution, &used);
	EnrolmentUse::<T>::insert(institution, used);
	Limits::<T>::mutate(|limits| (limits.institution_requests, limits.enrolments) = (u32::MAX, u32::MAX));
}

/// A committee of the largest size that evaluates.
pub fn locate_committee<T: Config>() -> CommitteeId {
	let id = active::<T>(MOST, threshold(MOST));
	Committees::<T>::mutate_extant(id, |committee| committee.purpose = CommitteePurpose::Locate);
	id
}

/// To find somebody, or to enter a patient into the index.
pub fn locate_request(committee: CommitteeId, number: u32, enrol: Option<PatientHandle>) -> LocateRequest {
	let blinded = Blinded::with_blind(b"doe|jane|1970-01-01", secret(&("blind", number))).expect("short enough");
	LocateRequest { committee, blinded: blinded.element(), key_hash: [5; 32], shift_tag: [1; 16], enrol }
}

/// An institution has asked for this evaluation.
pub fn located<T: Config>(requester: InstitutionId, committee: CommitteeId, number: u32) -> EmergencyRequestId {
	let request = locate_request(committee, number, None);
	let (id, session) = Pallet::<T>::admit_locate(requester, request, ENTRY).expect("an honest request");
	Pallet::<T>::open_locate(id, session).expect("room for an entry");
	id
}

/// The evaluation of the first guardian, all others that are needed being there.
pub fn last_evaluation<T: Config>(id: EmergencyRequestId) -> LocatePart {
	LocateSessions::<T>::mutate_extant(id, |session| {
		session.parts = Parts::truncate_from((2..=session.required).map(|index| (index, [index as u8; 32])).collect());
	});
	let session = LocateSessions::<T>::get(id).expect("requested");
	let committee = Committees::<T>::get(session.committee).expect("active");
	let context = LocateContext {
		genesis: Pallet::<T>::genesis(),
		key_id: committee.key_id.expect("active"),
		committee: session.committee.0,
		version: session.version,
		requester: session.institution.0,
		key_hash: session.key_hash,
	};
	let share = share::<T>(session.committee, session.version, 1, &sealing_of::<T>(&committee.set, 1));
	evaluation(&context, &session.blinded, 1, &share.expect("dealt rightly")).expect("an element")
}

//! What the tests of sessions share: hospital 17 keeps Ana's and Ben's records, hospitals 1 to 5 guard, hospital 9 asks.

use super::*;
use crate::enactment::*;
use salus_primitives::{EmergencyRequestId, EmergencyTier};
use salus_threshold::{
	envelope::EnvelopeLabel,
	part::{combine, DecryptionPart},
};

/// The hospital that asks. It does not guard.
pub const ASKER: InstitutionId = InstitutionId(9);
pub const SUMMARY: EmergencyTier = EmergencyTier::Summary;
pub const WIDER: EmergencyTier = EmergencyTier::Wider;

/// Envelopes of these numbers for a committee, as commitments.
pub fn envelopes(
	committee: CommitteeId,
	handle: PatientHandle,
	tier: EmergencyTier,
	epoch: u32,
	count: u8,
) -> Envelopes {
	let envelope = |number| {
		let label = label::<Test>(committee, handle, tier, epoch, number).expect("the committee has a key");
		sealed::<Test>(committee, &label).expect("a key").commitment()
	};
	(0..count).map(envelope).collect::<Vec<_>>().try_into().expect("few enough")
}

pub fn seal_as(
	who: AccountId,
	handle: PatientHandle,
	tier: EmergencyTier,
	epoch: u32,
	committee: CommitteeId,
	envelopes: Envelopes,
) -> DispatchResult {
	EmergencyAccess::seal_envelopes(signed(who), handle, tier, epoch, committee, envelopes, false)
}

/// The custodian seals four envelopes for this epoch.
pub fn seal_for(handle: PatientHandle, tier: EmergencyTier, epoch: u32, committee: CommitteeId) -> DispatchResult {
	let envelopes = envelopes(committee, handle, tier, epoch, 4);
	seal_as(gateway(CUSTODIAN), handle, tier, epoch, committee, envelopes)
}

/// Four envelopes are sealed for the running epoch.
pub fn with_envelopes(handle: PatientHandle, tier: EmergencyTier, committee: CommitteeId) {
	let epoch = EmergencyAccess::scope(&handle, tier).epoch;
	assert_ok!(seal_for(handle, tier, epoch, committee));
}

/// Five hospitals of which three open an envelope, and Ana's summary sealed to them.
pub fn ready() -> CommitteeId {
	let committee = active(5, 3);
	with_envelopes(ANA, SUMMARY, committee);
	committee
}

/// An honest request of this hospital for Ana's summary.
pub fn request_of(institution: InstitutionId, committee: CommitteeId, number: u8) -> EmergencyRequest {
	request::<Test>(institution, committee, ANA, SUMMARY, number).expect("sealed")
}

pub fn ask_as(who: AccountId, request: EmergencyRequest) -> DispatchResult {
	EmergencyAccess::request_emergency(signed(who), request, ENTRY)
}

/// The hospital asks, and it is taken.
pub fn asked(institution: InstitutionId, request: EmergencyRequest) -> EmergencyRequestId {
	let id = id_of::<Test>(institution, &request);
	assert_ok!(ask_as(gateway(institution), request));
	id
}

/// Hospital 9 has asked for Ana's summary with the envelope of this number.
pub fn requested(committee: CommitteeId, number: u8) -> EmergencyRequestId {
	asked(ASKER, request_of(ASKER, committee, number))
}

/// The session as it is stored.
pub fn stored(id: EmergencyRequestId) -> SessionOf<Test> {
	Sessions::<Test>::get(id).expect("asked for")
}

/// Where the session stands now.
pub fn stands(id: EmergencyRequestId) -> EmergencyStatus {
	EmergencyAccess::session(id).expect("asked for").status
}

/// The part of a hospital that guards.
pub fn part_of(id: EmergencyRequestId, guardian: InstitutionId) -> DecryptionPart {
	let session = stored(id);
	let index = index_of(session.committee, guardian);
	part::<Test>(&session, index, &share_of(session.committee, guardian)).expect("a request that verifies")
}

pub fn vote_as(who: AccountId, id: EmergencyRequestId, part: DecryptionPart) -> DispatchResult {
	EmergencyAccess::approve_request(signed(who), id, part, ENTRY)
}

/// A hospital approves with its part.
pub fn approve(id: EmergencyRequestId, guardian: InstitutionId) -> DispatchResult {
	vote_as(gateway(guardian), id, part_of(id, guardian))
}

pub fn reject(id: EmergencyRequestId, guardian: InstitutionId) -> DispatchResult {
	EmergencyAccess::reject_request(signed(gateway(guardian)), id, ENTRY)
}

/// The part of one of Ana's own guardians.
pub fn personal_part(id: EmergencyRequestId, index: u16) -> DecryptionPart {
	let session = stored(id);
	let sealing = match committee(session.committee).set.member(index).expect("a member").guardian {
		Guardian::Institution(institution) => current_sealing(institution),
		Guardian::Person(account) => person_sealing(account),
	};
	let share = share::<Test>(session.committee, 1, index, &sealing).expect("dealt rightly");
	part::<Test>(&session, index, &share).expect("a request that verifies")
}

/// One of Ana's own guardians approves with its part.
pub fn personal_vote(id: EmergencyRequestId, index: u16) -> DispatchResult {
	let who = match committee(stored(id).committee).set.member(index).expect("a member").guardian {
		Guardian::Institution(institution) => gateway(institution),
		Guardian::Person(account) => account,
	};
	vote_as(who, id, personal_part(id, index))
}

/// These hospitals have rejected.
pub fn rejected_by(id: EmergencyRequestId, guardians: impl IntoIterator<Item = u32>) {
	for guardian in hospitals(guardians) {
		assert_ok!(reject(id, guardian));
	}
}

/// These hospitals have approved.
pub fn approved(id: EmergencyRequestId, guardians: impl IntoIterator<Item = u32>) {
	for guardian in hospitals(guardians) {
		assert_ok!(approve(id, guardian));
	}
}

/// Hospital 9 asked for Ana's summary, and hospitals 1 to 3 approved.
pub fn opened(committee: CommitteeId, number: u8) -> EmergencyRequestId {
	let id = requested(committee, number);
	approved(id, 1..=3);
	assert_eq!(stands(id), EmergencyStatus::Active);
	id
}

pub fn close(id: EmergencyRequestId) -> DispatchResult {
	EmergencyAccess::close_session(signed(gateway(stored(id).institution)), id, ENTRY)
}

pub fn cancel(id: EmergencyRequestId) -> DispatchResult {
	EmergencyAccess::cancel_request(signed(gateway(stored(id).institution)), id, ENTRY)
}

pub fn expire(id: EmergencyRequestId) -> DispatchResult {
	EmergencyAccess::expire_session(signed(gateway(hospital(18))), id)
}

/// The label of the envelope that a session uses up.
pub fn label_of(session: &SessionOf<Test>) -> EnvelopeLabel {
	let Session { committee, handle, tier, epoch, envelope, .. } = *session;
	label::<Test>(committee, handle, tier, epoch, envelope).expect("a key")
}

/// What the requester gets from the parts on chain: the secret of the envelope, when they are enough.
pub fn opens(id: EmergencyRequestId) -> bool {
	let session = stored(id);
	let committee = committee(session.committee);
	let label = label_of(&session);
	let q = point_secret(session.institution, &label);
	let group_key = committee.group_key().expect("a key");
	let secret = combine(committee.set.threshold.k, &session.parts, &q, &group_key);
	secret.is_ok_and(|secret| *secret == sealed::<Test>(session.committee, &label).expect("a key").shared)
}

/// The events of this pallet since the last reset.
pub fn events() -> Vec<Event<Test>> {
	let of_pallet = |event| match event {
		RuntimeEvent::EmergencyAccess(event) => Some(event),
		_ => None,
	};
	System::events().into_iter().filter_map(|record| of_pallet(record.event)).collect()
}

/// Whose act the last audit entry is about, on which chain, by whom.
pub fn last_act() -> (AuditChain, Act, Option<InstitutionId>) {
	let entry = Trail::last().expect("something was recorded");
	assert_eq!(entry.commitment, ENTRY);
	(entry.chain, entry.act, entry.actor)
}

/// The last moment at which a request of now still waits, and the first at which it does not.
pub fn request_ends() -> (Moment, Moment) {
	let end = EmergencyAccess::now() + EmergencyAccess::limits().request_validity;
	(end - 1, end)
}

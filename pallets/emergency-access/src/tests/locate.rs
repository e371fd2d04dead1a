//! Attacks on, and uses of, `request_locate` and `evaluate_locate`.

use super::{stage::*, *};
use crate::enactment::evaluation;
use frame_support::{traits::Hooks, weights::Weight};
use salus_primitives::{
	test_support::{NOT_A_GATEWAY, SUSPENDED},
	EmergencyRequestId, InstitutionKind,
};
use salus_threshold::{
	locate::{Blinded, LocateContext, LocatePart},
	request::request_id,
};

/// A name, blinded by a secret of this number.
fn blinded(number: u32) -> Blinded {
	Blinded::with_blind(b"doe|jane|1970-01-01", secret(&("blind", number))).expect("short enough")
}

/// A search, or Ana's entry into the index.
fn request_for(committee: CommitteeId, number: u32, enrol: bool) -> LocateRequest {
	let blinded = blinded(number).element();
	let enrol = enrol.then_some(ANA);
	LocateRequest { committee, blinded, key_hash: [5; 32], shift_tag: [1; 16], enrol }
}

fn locate_as(who: AccountId, request: LocateRequest) -> DispatchResult {
	EmergencyAccess::request_locate(signed(who), request, ENTRY)
}

fn id_of(institution: InstitutionId, request: &LocateRequest) -> EmergencyRequestId {
	EmergencyRequestId(request_id(&EmergencyAccess::genesis(), institution.0, &request.blinded))
}

fn located(institution: InstitutionId, request: LocateRequest) -> EmergencyRequestId {
	assert_ok!(locate_as(gateway(institution), request));
	id_of(institution, &request)
}

fn kept(id: EmergencyRequestId) -> LocateSession {
	EmergencyAccess::locate_session(id).expect("kept")
}

fn locate_committee() -> CommitteeId {
	active_for(CommitteePurpose::Locate, 5, 3)
}

fn context_of(session: &LocateSession) -> LocateContext {
	LocateContext {
		genesis: EmergencyAccess::genesis(),
		key_id: committee(session.committee).key_id.expect("a key"),
		committee: session.committee.0,
		version: session.version,
		requester: session.institution.0,
		key_hash: session.key_hash,
	}
}

fn part_of(id: EmergencyRequestId, guardian: InstitutionId) -> LocatePart {
	let session = kept(id);
	let index = index_of(session.committee, guardian);
	let share = share_of(session.committee, guardian);
	evaluation(&context_of(&session), &session.blinded, index, &share).expect("an element")
}

fn evaluate_as(who: AccountId, id: EmergencyRequestId, part: LocatePart) -> DispatchResult {
	EmergencyAccess::evaluate_locate(signed(who), id, part, ENTRY)
}

fn evaluated(id: EmergencyRequestId, guardians: impl IntoIterator<Item = u32>) {
	for guardian in hospitals(guardians) {
		assert_ok!(evaluate_as(gateway(guardian), id, part_of(id, guardian)));
	}
}

#[test]
fn evaluate_locate_completes_with_the_same_output_whoever_evaluates() {
	run(|| {
		let committee = locate_committee();
		let first = located(ASKER, request_for(committee, 1, false));
		assert_eq!(last_act(), (AuditChain::Institution(ASKER), Act::Locate, Some(ASKER)));
		assert_eq!(EmergencyAccess::open_locates(committee), [first]);
		System::reset_events();
		evaluated(first, [1, 2]);
		assert!(!kept(first).is_complete());
		Clock::advance(MINUTE);
		evaluated(first, [4]);
		assert_eq!(last_act(), (AuditChain::Institution(ASKER), Act::LocateEvaluation, Some(hospital(4))));
		assert_eq!(
			events(),
			[
				Event::LocateEvaluated { id: first, guardian: 1, parts: 1, required: 3 },
				Event::LocateEvaluated { id: first, guardian: 2, parts: 2, required: 3 },
				Event::LocateEvaluated { id: first, guardian: 4, parts: 3, required: 3 },
				Event::LocateCompleted { id: first, institution: ASKER },
			]
		);
		assert_eq!(kept(first).expires_at, EmergencyAccess::now() + EmergencyAccess::limits().session_validity);
		assert!(EmergencyAccess::open_locates(committee).is_empty());

		// The custodian that entered the patient got the same from other guardians under another blind.
		let second = located(CUSTODIAN, request_for(committee, 2, true));
		evaluated(second, [5, 3, 2]);
		let output = |id, number| blinded(number).finalize(3, &kept(id).parts).expect("three parts");
		assert_eq!(*output(first, 1), *output(second, 2));
	});
}

#[test]
fn request_locate_fails_when_a_days_searches_are_used_up() {
	run(|| {
		let committee = locate_committee();
		set_limits(|limits| {
			(limits.shift_locates, limits.institution_locates, limits.enrolments) = (2, 3, 1);
		});
		let search = |number, tag| LocateRequest { shift_tag: [tag; 16], ..request_for(committee, number, false) };
		let refused = |request| {
			assert_noop!(locate_as(gateway(ASKER), request), Error::<Test>::LocatesExhausted);
		};
		located(ASKER, search(1, 1));
		located(ASKER, search(2, 1));
		// A dictionary of names ends here, for the practitioner and then for the hospital.
		refused(search(3, 1));
		located(ASKER, search(3, 2));
		refused(search(4, 3));
		// Filling the index is counted apart, and does not serve to search on.
		located(CUSTODIAN, request_for(committee, 4, true));
		let second = LocateRequest { enrol: Some(BEN), ..request_for(committee, 5, true) };
		assert_noop!(locate_as(gateway(CUSTODIAN), second), Error::<Test>::LocatesExhausted);
		// Others go on, and so does the next day.
		located(hospital(10), search(4, 1));
		Clock::set(START + DAY);
		located(ASKER, search(5, 1));
		located(CUSTODIAN, second);
	});
}

#[test]
fn request_locate_fails_alike_when_the_patient_to_enter_is_anothers_or_nobodys() {
	run(|| {
		let committee = locate_committee();
		// Else the quota of enrolments were one of searches, for everybody.
		for (who, handle) in [(ASKER, ANA), (ASKER, BEN), (CUSTODIAN, PatientHandle([0; 32]))] {
			let request = LocateRequest { enrol: Some(handle), ..request_for(committee, 1, true) };
			assert_noop!(locate_as(gateway(who), request), Error::<Test>::NotCustodian);
		}
		assert!(EnrolmentUse::<Test>::iter().next().is_none());
	});
}

#[test]
fn request_locate_fails_when_a_patient_was_entered_a_few_times() {
	run(|| {
		let committee = locate_committee();
		let enrol = |number| request_for(committee, number, true);
		for number in 1..=3 {
			evaluated(located(CUSTODIAN, enrol(number)), [1]);
		}
		let refused = || {
			assert_noop!(locate_as(gateway(CUSTODIAN), enrol(4)), Error::<Test>::EnrolmentsExhausted);
		};
		refused();
		// Not on another day either: a part was given in each.
		Clock::advance(2 * DAY);
		EmergencyAccess::on_idle(1, Weight::MAX);
		refused();
		// Other patients are counted apart, and so is the index of another committee.
		located(CUSTODIAN, LocateRequest { enrol: Some(BEN), ..enrol(5) });
		located(CUSTODIAN, request_for(locate_committee(), 6, true));
		// Who takes the patient over enters it anew.
		Patients::register(ANA, ASKER, Some(ANA_KEY));
		assert_noop!(locate_as(gateway(CUSTODIAN), enrol(4)), Error::<Test>::NotCustodian);
		assert_eq!(Enrolments::<Test>::get(committee, ANA), Some(Enrolment { custodian: CUSTODIAN, times: 3 }));
		located(ASKER, enrol(8));
		assert_eq!(Enrolments::<Test>::get(committee, ANA), Some(Enrolment { custodian: ASKER, times: 1 }));
	});
}

#[test]
fn enrolments_are_given_back_when_no_guardian_answered() {
	run(|| {
		let committee = locate_committee();
		let times = || Enrolments::<Test>::get(committee, ANA).map(|enrolment| enrolment.times);
		let answered = located(CUSTODIAN, request_for(committee, 1, true));
		evaluated(answered, [1]);
		let unanswered = located(CUSTODIAN, request_for(committee, 2, true));
		assert_eq!(times(), Some(2));
		Clock::set(kept(unanswered).expires_at);
		EmergencyAccess::on_idle(1, Weight::MAX);
		assert_eq!(times(), Some(1));
		let last = located(CUSTODIAN, LocateRequest { enrol: Some(BEN), ..request_for(committee, 3, true) });
		// Not to who is custodian now.
		let moved = located(CUSTODIAN, request_for(committee, 4, true));
		Patients::register(ANA, ASKER, Some(ANA_KEY));
		evaluated(located(ASKER, request_for(committee, 5, true)), [1]);
		Clock::set(kept(moved).expires_at.max(kept(last).expires_at));
		EmergencyAccess::on_idle(1, Weight::MAX);
		assert_eq!(times(), Some(1));
		assert!(!Enrolments::<Test>::contains_key(committee, BEN));
	});
}

#[test]
fn request_locate_fails_when_the_element_is_the_identity_or_malformed() {
	run(|| {
		let committee = locate_committee();
		for blinded in [[0; 32], [0xff; 32]] {
			let request = LocateRequest { blinded, ..request_for(committee, 1, false) };
			assert_noop!(locate_as(gateway(ASKER), request), Error::<Test>::InvalidRequest);
		}
	});
}

#[test]
fn request_locate_fails_when_it_would_evaluate_under_the_key_of_envelopes() {
	run(|| {
		// The u of an envelope is a blinded element like any other: its evaluation would open it.
		let release = ready();
		let u = request_of(ASKER, release, 0).header.u;
		let request = LocateRequest { blinded: u, ..request_for(release, 1, false) };
		assert_noop!(locate_as(gateway(ASKER), request), Error::<Test>::WrongPurpose);
	});
}

#[test]
fn request_locate_fails_when_the_committee_does_not_evaluate() {
	run(|| {
		let refused = |committee, error: Error<Test>| {
			assert_noop!(locate_as(gateway(ASKER), request_for(committee, 1, false)), error);
		};
		refused(CommitteeId(0), Error::UnknownCommittee);
		let committee = locate_committee();
		for number in 1..=3 {
			Consortium::<AccountId>::suspend(hospital(number));
		}
		refused(committee, Error::TooFewGuardians);
		Clock::set(UNTIL);
		refused(committee, Error::CommitteeExpired);
	});
}

#[test]
fn request_locate_fails_when_the_same_session_is_there() {
	run(|| {
		let committee = locate_committee();
		let request = request_for(committee, 1, false);
		located(ASKER, request);
		assert_noop!(locate_as(gateway(ASKER), request), Error::<Test>::RequestIdUsed);
		// Whose element it is follows from the origin.
		located(hospital(10), request);
	});
}

#[test]
fn request_locate_fails_when_the_signer_may_not_claim_an_emergency() {
	run(|| {
		let request = request_for(locate_committee(), 1, false);
		assert_noop!(locate_as(ANA_KEY, request), NOT_A_GATEWAY);
		assert_noop!(locate_as(gateway(REGULATOR), request), Error::<Test>::NotForEmergency);
		let refused = EmergencyAccess::request_locate(root(), request, ENTRY);
		assert_noop!(refused, DispatchError::BadOrigin);
		for kind in [InstitutionKind::Payer, InstitutionKind::ResearchBody, InstitutionKind::Laboratory] {
			Consortium::<AccountId>::admit(ASKER, kind);
			assert_noop!(locate_as(gateway(ASKER), request), Error::<Test>::NotForEmergency);
		}
		Consortium::<AccountId>::suspend(ASKER);
		assert_noop!(locate_as(gateway(ASKER), request), SUSPENDED);
	});
}

#[test]
fn evaluate_locate_names_the_guardian_when_a_part_is_wrong() {
	run(|| {
		let committee = locate_committee();
		let id = located(ASKER, request_for(committee, 1, false));
		let other = located(ASKER, request_for(committee, 2, false));
		// Another guardian's part, and the own part for another element.
		for (guardian, part) in [(1, part_of(id, hospital(2))), (4, part_of(other, hospital(4)))] {
			System::reset_events();
			assert_ok!(evaluate_as(gateway(hospital(guardian)), id, part));
			assert_eq!(events(), [Event::LocatePartRefused { id, guardian: guardian as u16 }]);
			let right = part_of(id, hospital(guardian));
			assert_noop!(evaluate_as(second_gateway(hospital(guardian)), id, right), Error::<Test>::AlreadyVoted);
		}
		evaluated(id, [2, 3, 5]);
		assert!(kept(id).is_complete());
	});
}

#[test]
fn evaluate_locate_fails_when_the_signer_has_no_part_in_it() {
	run(|| {
		let committee = locate_committee();
		let id = located(hospital(1), request_for(committee, 1, false));
		let part = part_of(id, hospital(2));
		let of_requester = part_of(id, hospital(1));
		assert_noop!(evaluate_as(gateway(hospital(1)), id, of_requester), Error::<Test>::NotIndependent);
		assert_noop!(evaluate_as(gateway(hospital(6)), id, part), Error::<Test>::NotGuardian);
		assert_noop!(
			evaluate_as(gateway(hospital(2)), EmergencyRequestId([0; 32]), part),
			Error::<Test>::UnknownSession
		);
		let refused = EmergencyAccess::evaluate_locate(root(), id, part, ENTRY);
		assert_noop!(refused, DispatchError::BadOrigin);
		assert_ok!(evaluate_as(gateway(hospital(2)), id, part));
		assert_noop!(evaluate_as(second_gateway(hospital(2)), id, part), Error::<Test>::AlreadyVoted);
		assert_ok!(register_key(hospital(3), 2));
		assert_noop!(evaluate_as(gateway(hospital(3)), id, part), Error::<Test>::GuardianKeyChanged);
		Consortium::<AccountId>::suspend(hospital(1));
		assert_noop!(evaluate_as(gateway(hospital(4)), id, part), Error::<Test>::NotForEmergency);
	});
}

#[test]
fn evaluate_locate_fails_when_the_session_does_not_wait() {
	run(|| {
		let committee = locate_committee();
		let (complete, late) =
			(located(ASKER, request_for(committee, 1, false)), located(ASKER, request_for(committee, 2, false)));
		evaluated(complete, 1..=3);
		let part = part_of(complete, hospital(4));
		assert_noop!(evaluate_as(gateway(hospital(4)), complete, part), Error::<Test>::NotRequested);
		let part = part_of(late, hospital(4));
		Clock::set(kept(late).expires_at);
		assert!(EmergencyAccess::open_locates(committee).is_empty());
		assert_noop!(evaluate_as(gateway(hospital(4)), late, part), Error::<Test>::NotRequested);
	});
}

#[test]
fn evaluate_locate_fails_when_the_members_have_changed() {
	run(|| {
		let committee = locate_committee();
		let id = located(ASKER, request_for(committee, 1, false));
		let part = part_of(id, hospital(2));
		resharing(committee, hospitals(2..=6), 3);
		dealt(committee);
		confirmed(committee);
		assert_noop!(evaluate_as(gateway(hospital(2)), id, part), Error::<Test>::CommitteeChanged);
	});
}

#[test]
fn locate_sessions_are_dropped_when_they_are_over() {
	run(|| {
		let committee = locate_committee();
		let (complete, waiting) =
			(located(ASKER, request_for(committee, 1, false)), located(ASKER, request_for(committee, 2, false)));
		evaluated(complete, 1..=3);
		Clock::set(kept(waiting).expires_at);
		EmergencyAccess::on_idle(1, Weight::MAX);
		assert_eq!(EmergencyAccess::locate_session(waiting), None);
		Clock::set(kept(complete).expires_at - 1);
		EmergencyAccess::on_idle(1, Weight::MAX);
		assert!(kept(complete).is_complete());
		Clock::advance(1);
		EmergencyAccess::on_idle(1, Weight::MAX);
		assert_eq!(LocateSessions::<Test>::iter().count() + OpenLocates::<Test>::iter().count(), 0);
	});
}

#[test]
fn locate_does_not_happen_when_it_cannot_be_recorded() {
	run(|| {
		let committee = locate_committee();
		let id = located(ASKER, request_for(committee, 1, false));
		let part = part_of(id, hospital(1));
		Trail::refuse();
		assert_noop!(locate_as(gateway(ASKER), request_for(committee, 2, false)), TRAIL_FULL);
		assert_noop!(evaluate_as(gateway(hospital(1)), id, part), TRAIL_FULL);
	});
}

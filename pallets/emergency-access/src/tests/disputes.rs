//! Attacks on, and uses of, `dispute_session`, `confirm_dispute` and `suspend_in_person`.

use super::{stage::*, *};
use salus_primitives::{
	test_support::{NOT_A_GATEWAY, SUSPENDED},
	EmergencyRequestId, InstitutionKind, ReviewVerdict,
};

const EVIDENCE: Commitment = Commitment([3; 32]);
const UNKNOWN: EmergencyRequestId = EmergencyRequestId([0; 32]);

fn dispute_as(who: AccountId, id: EmergencyRequestId) -> DispatchResult {
	EmergencyAccess::dispute_session(signed(who), stored(id).handle, id, ENTRY)
}

fn confirm_as(who: AccountId, id: EmergencyRequestId) -> DispatchResult {
	EmergencyAccess::confirm_dispute(signed(who), id, ENTRY)
}

fn suspend_as(who: AccountId, id: EmergencyRequestId) -> DispatchResult {
	EmergencyAccess::suspend_in_person(signed(who), id, EVIDENCE, ENTRY)
}

/// Hospital 9 has opened Ana's summary, and she contradicts.
fn disputed(committee: CommitteeId) -> EmergencyRequestId {
	let id = opened(committee, 0);
	assert_ok!(dispute_as(ANA_KEY, id));
	id
}

#[test]
fn dispute_session_marks_and_stops_nothing_when_the_patient_contradicts() {
	run(|| {
		let committee = ready();
		let id = requested(committee, 0);
		System::reset_events();
		assert_ok!(dispute_as(ANA_KEY, id));
		assert!(stored(id).disputed);
		assert_eq!(events(), [Event::SessionDisputed { id, handle: ANA }]);
		assert_eq!(last_act(), (AuditChain::Patient(ANA), Act::EmergencyDispute, None));
		approved(id, 1..=3);
		assert_eq!(stands(id), EmergencyStatus::Active);
		assert_noop!(dispute_as(ANA_KEY, id), Error::<Test>::AlreadyDisputed);
	});
}

#[test]
fn dispute_session_works_after_the_end_until_the_review() {
	run(|| {
		let committee = ready();
		let (first, second) = (opened(committee, 0), opened(committee, 1));
		for id in [first, second] {
			assert_ok!(close(id));
		}
		assert_ok!(dispute_as(ANA_KEY, first));
		let reviewer = signed(gateway(CUSTODIAN));
		assert_ok!(EmergencyAccess::review_session(reviewer, second, ReviewVerdict::Justified, ENTRY));
		assert_noop!(dispute_as(ANA_KEY, second), Error::<Test>::AlreadyReviewed);
	});
}

#[test]
fn dispute_session_fails_when_signer_is_not_the_patient() {
	run(|| {
		let committee = ready();
		let id = opened(committee, 0);
		with_envelopes(BEN, SUMMARY, committee);
		let request = crate::enactment::request::<Test>(ASKER, committee, BEN, SUMMARY, 0).expect("sealed");
		let of_ben = asked(ASKER, request);
		for who in [gateway(ASKER), gateway(hospital(1)), gateway(CUSTODIAN), 7_777] {
			assert_noop!(dispute_as(who, id), Error::<Test>::NotController);
		}
		// The custodian controls Ben's handle on his behalf, and may not contradict in his name.
		for who in [gateway(CUSTODIAN), ANA_KEY] {
			assert_noop!(dispute_as(who, of_ben), Error::<Test>::NotController);
		}
		// Ana's handle does not make Ben's session hers; it is one that does not exist.
		for of_nobody in [of_ben, UNKNOWN] {
			let refused = EmergencyAccess::dispute_session(signed(ANA_KEY), ANA, of_nobody, ENTRY);
			assert_noop!(refused, Error::<Test>::UnknownSession);
		}
		assert_noop!(EmergencyAccess::dispute_session(root(), ANA, id, ENTRY), DispatchError::BadOrigin);
	});
}

#[test]
fn confirm_dispute_suspends_when_a_quorum_of_guardians_confirms() {
	run(|| {
		let committee = ready();
		let id = disputed(committee);
		System::reset_events();
		// One that approved, and one that did not.
		assert_ok!(confirm_as(gateway(hospital(1)), id));
		assert_eq!(last_act(), (AuditChain::Patient(ANA), Act::EmergencyDispute, Some(hospital(1))));
		assert_eq!(stands(id), EmergencyStatus::Active);
		assert_ok!(confirm_as(gateway(hospital(4)), id));
		// Who commits to an entry cannot know whether it is the last one.
		assert_eq!(last_act(), (AuditChain::Patient(ANA), Act::EmergencyDispute, Some(hospital(4))));
		assert_eq!(stands(id), EmergencyStatus::Suspended);
		assert_eq!(stored(id).review_due, Some(START + EmergencyAccess::limits().review_period));
		let (handle, tier) = (ANA, SUMMARY);
		assert_eq!(
			events(),
			[
				Event::DisputeConfirmed { id, guardian: 1, confirmations: 1, required: 2 },
				Event::DisputeConfirmed { id, guardian: 4, confirmations: 2, required: 2 },
				Event::SessionSuspended { id, handle, tier, epoch: 1, in_person: None },
			]
		);
		assert_eq!(EmergencyAccess::scope(&ANA, SUMMARY), Scope { epoch: 1, ..Default::default() });
		assert!(EmergencyAccess::open_sessions(committee).is_empty());
		assert_noop!(close(id), Error::<Test>::NotActive);
		assert_noop!(confirm_as(gateway(hospital(5)), id), Error::<Test>::SessionOver);
	});
}

#[test]
fn confirm_dispute_suspends_a_request_before_anything_is_opened() {
	run(|| {
		let id = requested(ready(), 0);
		approved(id, [1, 2]);
		assert_ok!(dispute_as(ANA_KEY, id));
		assert_ok!(confirm_as(gateway(hospital(3)), id));
		assert_ok!(confirm_as(gateway(hospital(4)), id));
		assert_eq!((stands(id), stored(id).review_due), (EmergencyStatus::Suspended, None));
		assert_noop!(approve(id, hospital(5)), Error::<Test>::NotRequested);
	});
}

#[test]
fn confirm_dispute_fails_when_a_guardian_confirms_twice() {
	run(|| {
		let id = disputed(ready());
		assert_ok!(confirm_as(gateway(hospital(1)), id));
		for who in [gateway(hospital(1)), second_gateway(hospital(1))] {
			assert_noop!(confirm_as(who, id), Error::<Test>::AlreadyVoted);
		}
	});
}

#[test]
fn confirm_dispute_fails_when_the_signer_has_no_say() {
	run(|| {
		let committee = ready();
		let id = asked(hospital(3), request_of(hospital(3), committee, 0));
		assert_noop!(confirm_as(gateway(hospital(1)), id), Error::<Test>::NotDisputed);
		assert_ok!(dispute_as(ANA_KEY, id));
		assert_noop!(confirm_as(gateway(hospital(3)), id), Error::<Test>::NotIndependent);
		for who in [gateway(hospital(6)), gateway(CUSTODIAN), ANA_KEY] {
			assert_noop!(confirm_as(who, id), Error::<Test>::NotGuardian);
		}
		assert_ok!(register_key(hospital(4), 2));
		assert_noop!(confirm_as(gateway(hospital(4)), id), Error::<Test>::GuardianKeyChanged);
		Consortium::<AccountId>::suspend(hospital(5));
		assert_noop!(confirm_as(gateway(hospital(5)), id), SUSPENDED);
		assert_noop!(confirm_as(gateway(hospital(1)), UNKNOWN), Error::<Test>::UnknownSession);
		assert_noop!(EmergencyAccess::confirm_dispute(root(), id, ENTRY), DispatchError::BadOrigin);
		Clock::set(request_ends().1);
		assert_noop!(confirm_as(gateway(hospital(1)), id), Error::<Test>::SessionOver);
	});
}

#[test]
fn confirm_dispute_works_for_the_present_guardians_after_a_resharing() {
	run(|| {
		let committee = ready();
		let id = disputed(committee);
		assert_ok!(confirm_as(gateway(hospital(1)), id));
		resharing(committee, hospitals(2..=6), 3);
		dealt(committee);
		confirmed(committee);
		// Hospital 2 has the index now that hospital 1 had; it is another guardian.
		assert_ok!(confirm_as(gateway(hospital(2)), id));
		assert_eq!(stands(id), EmergencyStatus::Suspended);
	});
}

#[test]
fn confirm_dispute_never_needs_more_guardians_than_open_the_envelope() {
	run(|| {
		let committee = ready();
		set_limits(|limits| limits.dispute_quorum = 99);
		let id = disputed(committee);
		for guardian in [1, 2, 3].map(hospital) {
			assert_eq!(stands(id), EmergencyStatus::Active);
			assert_ok!(confirm_as(gateway(guardian), id));
		}
		assert_eq!(stands(id), EmergencyStatus::Suspended);
	});
}

#[test]
fn suspend_in_person_stops_the_session_when_the_patient_is_elsewhere() {
	run(|| {
		let committee = ready();
		let id = opened(committee, 0);
		System::reset_events();
		assert_ok!(suspend_as(gateway(hospital(10)), id));
		assert_eq!(stands(id), EmergencyStatus::Suspended);
		let in_person = Some((hospital(10), EVIDENCE));
		let (handle, tier) = (ANA, SUMMARY);
		assert_eq!(events(), [Event::SessionSuspended { id, handle, tier, epoch: 1, in_person }]);
		assert_eq!(last_act(), (AuditChain::Patient(ANA), Act::EmergencySuspension, Some(hospital(10))));
		assert_noop!(suspend_as(gateway(hospital(10)), id), Error::<Test>::SessionOver);
		// Care can be asked for again.
		with_envelopes(ANA, SUMMARY, committee);
		assert!(opens(opened(committee, 0)));
	});
}

/// Hospital 10 has stopped as many sessions today as it may alone.
fn has_stopped_enough() {
	let used =
		DayUse { day: EmergencyAccess::now() / DAY, requests: 3, shifts: vec![([0; 16], 3)].try_into().expect("one") };
	SuspensionUse::<Test>::insert(hospital(10), used);
}

#[test]
fn suspend_in_person_stops_a_few_sessions_a_day_when_one_institution_says_so() {
	run(|| {
		let committee = ready();
		let next = || {
			let epoch = EmergencyAccess::scope(&ANA, SUMMARY).epoch;
			assert_ok!(seal_for(ANA, SUMMARY, epoch + 1, committee));
			requested(committee, 0)
		};
		for _ in 0..3 {
			let id = next();
			assert_ok!(suspend_as(gateway(hospital(10)), id));
			assert_eq!(stands(id), EmergencyStatus::Suspended);
		}
		let id = next();
		System::reset_events();
		assert_ok!(suspend_as(second_gateway(hospital(10)), id));
		assert_eq!((stands(id), stored(id).disputed), (EmergencyStatus::Requested, true));
		let claim =
			Event::PresenceClaimed { id, institution: hospital(10), evidence: EVIDENCE, confirmations: 1, required: 2 };
		assert_eq!(events(), [Event::SessionDisputed { id, handle: ANA }, claim]);
		assert_eq!(last_act(), (AuditChain::Patient(ANA), Act::EmergencySuspension, Some(hospital(10))));
		// Its word counts once; that of another hospital, which has stopped none, suffices.
		assert_noop!(suspend_as(gateway(hospital(10)), id), Error::<Test>::AlreadyVoted);
		assert_ok!(suspend_as(gateway(hospital(11)), id));
		assert_eq!(stands(id), EmergencyStatus::Suspended);
		// The next day begins anew.
		Clock::set(START + DAY);
		let id = next();
		assert_ok!(suspend_as(gateway(hospital(10)), id));
		assert_eq!(stands(id), EmergencyStatus::Suspended);
	});
}

#[test]
fn suspend_in_person_suspends_over_the_cap_when_a_guardian_confirms() {
	run(|| {
		let (first, second) = {
			let committee = ready();
			(opened(committee, 0), opened(committee, 1))
		};
		has_stopped_enough();
		assert_ok!(suspend_as(gateway(hospital(10)), first));
		assert_eq!(stands(first), EmergencyStatus::Active);
		assert_ok!(confirm_as(gateway(hospital(1)), first));
		assert_eq!(stands(first), EmergencyStatus::Suspended);
		// And in the other order, as the last confirmation.
		assert_ok!(suspend_as(gateway(hospital(10)), second));
		let used = SuspensionUse::<Test>::get(hospital(10));
		SuspensionUse::<Test>::insert(hospital(12), used);
		System::reset_events();
		assert_ok!(suspend_as(gateway(hospital(12)), second));
		assert_eq!(stands(second), EmergencyStatus::Suspended);
		let in_person = Some((hospital(12), EVIDENCE));
		let (handle, tier) = (ANA, SUMMARY);
		assert_eq!(events().last(), Some(&Event::SessionSuspended { id: second, handle, tier, epoch: 1, in_person }));
	});
}

#[test]
fn suspend_in_person_is_not_counted_and_never_over_the_cap_when_the_patients_key_spoke() {
	run(|| {
		let committee = ready();
		let (first, second) = (disputed(committee), opened(committee, 1));
		assert_ok!(dispute_as(ANA_KEY, second));
		assert_ok!(suspend_as(gateway(hospital(10)), first));
		assert!(!SuspensionUse::<Test>::contains_key(hospital(10)));
		has_stopped_enough();
		assert_ok!(suspend_as(gateway(hospital(10)), second));
		assert_eq!(stands(second), EmergencyStatus::Suspended);
	});
}

#[test]
fn suspend_in_person_over_the_cap_is_not_the_patients_own_key() {
	run(|| {
		let id = opened(ready(), 0);
		has_stopped_enough();
		assert_ok!(suspend_as(gateway(hospital(10)), id));
		// Neither for the custodian, nor for a second try, and the patient's own key may still speak.
		assert_noop!(suspend_as(gateway(CUSTODIAN), id), Error::<Test>::NotIndependent);
		assert_noop!(suspend_as(gateway(hospital(10)), id), Error::<Test>::AlreadyVoted);
		assert_ok!(dispute_as(ANA_KEY, id));
		assert_noop!(dispute_as(ANA_KEY, id), Error::<Test>::AlreadyDisputed);
		assert_ok!(suspend_as(gateway(hospital(10)), id));
		assert_eq!(stands(id), EmergencyStatus::Suspended);
	});
}

#[test]
fn suspend_in_person_over_the_cap_gives_an_institution_one_confirmation_with_its_people() {
	run(|| {
		// Person 4 guards for Ana and works for hospital 10, hospital 1 guards itself.
		let members = [&five()[..2], &[named_person(4, Some(10)), named_hospital(1), named_hospital(2)]].concat();
		personal(OWN, members, 3);
		with_envelopes(ANA, SUMMARY, OWN);
		let id = asked(ASKER, request_of(ASKER, OWN, 0));
		has_stopped_enough();
		let used = SuspensionUse::<Test>::get(hospital(10));
		SuspensionUse::<Test>::insert(hospital(1), used);
		assert_ok!(suspend_as(gateway(hospital(10)), id));
		assert_noop!(confirm_as(person(4), id), Error::<Test>::AlreadyVoted);
		assert_eq!(stands(id), EmergencyStatus::Requested);
		let other = asked(hospital(11), request_of(hospital(11), OWN, 1));
		assert_ok!(suspend_as(gateway(hospital(1)), other));
		assert_noop!(confirm_as(gateway(hospital(1)), other), Error::<Test>::AlreadyVoted);
	});
}

#[test]
fn suspend_in_person_fails_when_the_institution_has_a_part_in_it() {
	run(|| {
		let id = opened(ready(), 0);
		assert_noop!(suspend_as(gateway(ASKER), id), Error::<Test>::NotIndependent);
		// The custodian alone cannot stop others from reading what it did; once the patient has spoken it can.
		assert_noop!(suspend_as(gateway(CUSTODIAN), id), Error::<Test>::NotIndependent);
		assert_ok!(dispute_as(ANA_KEY, id));
		assert_noop!(suspend_as(gateway(ASKER), id), Error::<Test>::NotIndependent);
		assert_ok!(suspend_as(gateway(CUSTODIAN), id));
	});
}

#[test]
fn suspend_in_person_fails_when_the_institution_has_become_the_custodian_since() {
	run(|| {
		let id = opened(ready(), 0);
		Patients::<AccountId>::register(ANA, hospital(10), Some(ANA_KEY));
		assert_noop!(suspend_as(gateway(hospital(10)), id), Error::<Test>::NotIndependent);
		// Who kept the records before has no more to hide than others.
		assert_ok!(suspend_as(gateway(CUSTODIAN), id));
	});
}

#[test]
fn suspend_in_person_fails_when_nobody_could_be_there_in_person() {
	run(|| {
		let id = opened(ready(), 0);
		for kind in [InstitutionKind::Payer, InstitutionKind::Laboratory, InstitutionKind::ResearchBody] {
			Consortium::<AccountId>::admit(hospital(10), kind);
			assert_noop!(suspend_as(gateway(hospital(10)), id), Error::<Test>::NotForEmergency);
		}
		assert_noop!(suspend_as(gateway(REGULATOR), id), Error::<Test>::NotForEmergency);
		assert_noop!(suspend_as(ANA_KEY, id), NOT_A_GATEWAY);
		assert_noop!(suspend_as(gateway(hospital(11)), UNKNOWN), Error::<Test>::UnknownSession);
		let refused = EmergencyAccess::suspend_in_person(root(), id, EVIDENCE, ENTRY);
		assert_noop!(refused, DispatchError::BadOrigin);
		Clock::set(stored(id).active_until.expect("active"));
		assert_noop!(suspend_as(gateway(hospital(11)), id), Error::<Test>::SessionOver);
	});
}

#[test]
fn disputes_do_not_happen_when_they_cannot_be_recorded() {
	run(|| {
		let committee = ready();
		let (first, second) = (disputed(committee), opened(committee, 1));
		Trail::refuse();
		assert_noop!(dispute_as(ANA_KEY, second), TRAIL_FULL);
		assert_noop!(confirm_as(gateway(hospital(1)), first), TRAIL_FULL);
		assert_noop!(suspend_as(gateway(hospital(10)), first), TRAIL_FULL);
	});
}

//! The patient's own guardians come first.

use super::{stage::*, *};
use crate::enactment::request;

/// Ana has guardians of her own besides the consortium's committee, and her summary is sealed to both.
fn both() -> CommitteeId {
	let committee = ready();
	personal(OWN, five(), 3);
	with_envelopes(ANA, SUMMARY, OWN);
	committee
}

fn is_too_early(committee: CommitteeId, number: u8) {
	let request = request_of(ASKER, committee, number);
	assert_noop!(ask_as(gateway(ASKER), request), Error::<Test>::PersonalCommitteeFirst);
}

/// How long Ana wants her guardians to be waited for.
const WAIT: Moment = 10 * MINUTE;

#[test]
fn consortium_is_asked_only_when_the_own_guardians_did_not_answer_in_time() {
	run(|| {
		let committee = both();
		is_too_early(committee, 0);
		let attempt = requested(OWN, 0);
		is_too_early(committee, 0);
		Clock::set(START + WAIT - 1);
		is_too_early(committee, 0);
		Clock::set(START + WAIT);
		let id = requested(committee, 0);
		approved(id, 1..=3);
		assert!(opens(id));
		// Her guardians may still answer.
		for index in [1, 2, 4] {
			assert_ok!(personal_vote(attempt, index));
		}
		assert!(opens(attempt));
	});
}

#[test]
fn consortium_is_asked_also_after_the_attempt_has_expired_but_not_long_after() {
	run(|| {
		let committee = both();
		requested(OWN, 0);
		let end = START + WAIT + EmergencyAccess::limits().fallback_window;
		Clock::set(end - 1);
		requested(committee, 0);
		Clock::set(end);
		is_too_early(committee, 1);
	});
}

#[test]
fn consortium_is_not_asked_when_the_attempt_was_taken_back_or_rejected() {
	run(|| {
		let committee = both();
		let cancelled = requested(OWN, 0);
		assert_ok!(cancel(cancelled));
		Clock::advance(WAIT);
		is_too_early(committee, 0);
		let rejected = requested(OWN, 1);
		for who in [person(1), person(2)] {
			assert_ok!(EmergencyAccess::reject_request(signed(who), rejected, ENTRY));
		}
		assert_eq!(stands(rejected), EmergencyStatus::Rejected);
		Clock::advance(WAIT);
		is_too_early(committee, 0);
	});
}

#[test]
fn consortium_is_not_asked_when_somebody_else_asked_or_for_another_tier() {
	run(|| {
		let committee = both();
		with_envelopes(ANA, WIDER, committee);
		with_envelopes(ANA, WIDER, OWN);
		asked(hospital(10), request_of(hospital(10), OWN, 0));
		let wider = request::<Test>(ASKER, OWN, ANA, WIDER, 0).expect("sealed");
		asked(ASKER, wider);
		Clock::advance(WAIT);
		is_too_early(committee, 0);
		let wider = request::<Test>(ASKER, committee, ANA, WIDER, 0).expect("sealed");
		asked(ASKER, wider);
	});
}

#[test]
fn consortium_is_not_asked_when_the_own_guardians_envelopes_are_used_up() {
	run(|| {
		// Whoever use up her envelopes together do not get past her guardians.
		let committee = both();
		for (number, asker) in (0..4).zip(hospitals(9..13)) {
			assert_ok!(cancel(asked(asker, request_of(asker, OWN, number))));
		}
		Clock::advance(WAIT);
		is_too_early(committee, 0);
	});
}

#[test]
fn consortium_is_asked_at_once_when_nothing_is_sealed_to_the_own_guardians() {
	run(|| {
		let committee = ready();
		personal(OWN, five(), 3);
		requested(committee, 0);
	});
}

#[test]
fn consortium_is_asked_at_once_when_too_few_own_guardians_have_a_vote() {
	run(|| {
		let committee = both();
		is_too_early(committee, 0);
		// Person 3 works for the hospital that asks; without hospital 1 three of five are left, without hospital 2 two.
		Consortium::<AccountId>::suspend(hospital(1));
		is_too_early(committee, 0);
		assert_ok!(register_key(hospital(2), 2));
		let own = request_of(ASKER, OWN, 0);
		assert_noop!(ask_as(gateway(ASKER), own), Error::<Test>::TooFewGuardians);
		requested(committee, 0);
		// They can decide on what another hospital asks, and come first there.
		let other = request_of(hospital(10), committee, 1);
		assert_noop!(ask_as(gateway(hospital(10)), other), Error::<Test>::PersonalCommitteeFirst);
		Consortium::<AccountId>::reinstate(hospital(1));
		is_too_early(committee, 1);
	});
}

#[test]
fn consortium_is_not_asked_when_the_own_guardians_have_no_vote_but_the_patient_opted_out() {
	run(|| {
		let committee = ready();
		let setup = PersonalSetupOf::<Test> { fallback_after: None, ..setup(OWN, five(), 3) };
		assert_ok!(set_personal(ANA_KEY, ANA, OWN, setup));
		for index in 1..=5 {
			assert_ok!(confirm_personal(OWN, index));
		}
		for guardian in [1, 2].map(hospital) {
			Consortium::<AccountId>::suspend(guardian);
		}
		let request = request_of(ASKER, committee, 0);
		assert_noop!(ask_as(gateway(ASKER), request), Error::<Test>::PatientOptedOut);
	});
}

#[test]
fn consortium_is_never_asked_when_the_patient_opted_out() {
	run(|| {
		let committee = ready();
		let setup = PersonalSetupOf::<Test> { fallback_after: None, ..setup(OWN, five(), 3) };
		assert_ok!(set_personal(ANA_KEY, ANA, OWN, setup));
		// Those who are coming about decide nothing yet.
		requested(committee, 0);
		for index in 1..=5 {
			assert_ok!(confirm_personal(OWN, index));
		}
		let refused = |number| {
			let request = request_of(ASKER, committee, number);
			assert_noop!(ask_as(gateway(ASKER), request), Error::<Test>::PatientOptedOut);
		};
		// Whether anything is sealed to them or not, and however long they were asked.
		refused(1);
		with_envelopes(ANA, SUMMARY, OWN);
		requested(OWN, 0);
		Clock::advance(WAIT);
		refused(1);
		// Their validity over, nobody would decide: the consortium's committee does.
		Clock::set(UNTIL);
		assert_ok!(EmergencyAccess::retire_committee(root(), committee));
	});
}

#[test]
fn consortium_is_asked_at_once_when_the_own_guardians_were_removed() {
	run(|| {
		let committee = both();
		is_too_early(committee, 0);
		assert_ok!(EmergencyAccess::remove_personal_committee(signed(ANA_KEY), ANA, ENTRY));
		requested(committee, 0);
	});
}

#[test]
fn consortium_is_asked_at_once_when_the_own_guardians_validity_is_over() {
	run(|| {
		let committee = ready();
		let setup = PersonalSetupOf::<Test> { valid_until: START + 20 * DAY, ..setup(OWN, five(), 3) };
		assert_ok!(set_personal(ANA_KEY, ANA, OWN, setup));
		for index in 1..=5 {
			assert_ok!(confirm_personal(OWN, index));
		}
		with_envelopes(ANA, SUMMARY, OWN);
		Clock::set(START + 20 * DAY - 1);
		is_too_early(committee, 0);
		Clock::set(START + 20 * DAY);
		requested(committee, 0);
	});
}

#[test]
fn consortium_is_not_asked_when_the_attempt_was_before_former_guardians() {
	run(|| {
		let committee = both();
		requested(OWN, 0);
		Clock::advance(WAIT);
		// Ana names the same people anew.
		personal(OTHER, five(), 3);
		with_envelopes(ANA, SUMMARY, OTHER);
		is_too_early(committee, 0);
	});
}

//! One hospital, or a stolen gateway of it, cannot use up what is sealed for everybody.

use super::{stage::*, *};

/// Eight envelopes of Ana's summary, as a custodian's gateway seals them.
fn eight() -> CommitteeId {
	let committee = active(5, 3);
	let envelopes = envelopes(committee, ANA, SUMMARY, 0, 8);
	assert_ok!(seal_as(gateway(CUSTODIAN), ANA, SUMMARY, 0, committee, envelopes));
	committee
}

/// The hospital asks with this number and takes the request back.
fn waste(asker: InstitutionId, committee: CommitteeId, number: u8) {
	assert_ok!(cancel(asked(asker, request_of(asker, committee, number))));
}

fn is_refused(asker: InstitutionId, committee: CommitteeId, number: u8) {
	let request = request_of(asker, committee, number);
	assert_noop!(ask_as(gateway(asker), request), Error::<Test>::EnvelopesUsedUp);
}

fn spent() -> Vec<(u8, InstitutionId)> {
	let scope = EmergencyAccess::scope(&ANA, SUMMARY);
	scope.sealed[0].spent.iter().map(|spent| (spent.number, spent.institution)).collect()
}

#[test]
fn request_emergency_fails_when_institution_has_used_envelopes_up_for_nothing() {
	run(|| {
		let committee = eight();
		for number in 0..3 {
			waste(ASKER, committee, number);
		}
		for number in 3..8 {
			is_refused(ASKER, committee, number);
		}
		assert_eq!(spent(), [(0, ASKER), (1, ASKER), (2, ASKER)]);
		// Nobody else is held up.
		requested_by(hospital(10), committee, 3);
	});
}

fn requested_by(asker: InstitutionId, committee: CommitteeId, number: u8) {
	asked(asker, request_of(asker, committee, number));
}

#[test]
fn request_emergency_counts_what_waits_was_rejected_or_ran_out() {
	run(|| {
		let committee = eight();
		requested(committee, 0);
		rejected_by(requested(committee, 1), 1..=3);
		requested(committee, 2);
		is_refused(ASKER, committee, 3);
		Clock::set(request_ends().1);
		is_refused(ASKER, committee, 3);
	});
}

#[test]
fn request_emergency_is_never_refused_when_each_request_was_waited_for() {
	run(|| {
		// Nobody answers at night: whoever asks again each time has an envelope as long as there are others.
		let committee = eight();
		for number in 0..6 {
			requested(committee, number);
			Clock::set(request_ends().1);
		}
	});
}

#[test]
fn request_emergency_does_not_count_what_became_active() {
	run(|| {
		let committee = eight();
		waste(ASKER, committee, 0);
		waste(ASKER, committee, 1);
		let waiting = requested(committee, 2);
		is_refused(ASKER, committee, 3);
		approved(waiting, 1..=3);
		assert_eq!(spent(), [(0, ASKER), (1, ASKER)]);
		// It stays used up all the same.
		let again = request_of(hospital(10), committee, 2);
		assert_noop!(ask_as(gateway(hospital(10)), again), Error::<Test>::EnvelopeConsumed);
		requested(committee, 3);
		is_refused(ASKER, committee, 4);
	});
}

#[test]
fn request_emergency_leaves_the_last_envelopes_to_those_who_have_used_none() {
	run(|| {
		let committee = eight();
		for number in 0..3 {
			waste(ASKER, committee, number);
			waste(hospital(10), committee, number + 3);
		}
		requested_by(hospital(11), committee, 6);
		is_refused(hospital(11), committee, 7);
		let id = asked(hospital(12), request_of(hospital(12), committee, 7));
		approved(id, 1..=3);
		assert!(opens(id));
	});
}

#[test]
fn request_emergency_works_again_when_some_time_has_passed_or_another_epoch_runs() {
	run(|| {
		let committee = eight();
		for number in 0..3 {
			waste(ASKER, committee, number);
		}
		let window = 2 * EmergencyAccess::limits().request_validity;
		Clock::set(START + window - 1);
		is_refused(ASKER, committee, 3);
		Clock::set(START + window);
		waste(ASKER, committee, 3);
		// Two of eight and of a new set of four are for others.
		waste(ASKER, committee, 4);
		waste(ASKER, committee, 5);
		is_refused(ASKER, committee, 6);
		assert_ok!(seal_for(ANA, SUMMARY, 1, committee));
		waste(ASKER, committee, 0);
		waste(ASKER, committee, 1);
		is_refused(ASKER, committee, 2);
	});
}

#[test]
fn approve_request_forgives_nothing_of_a_later_epoch() {
	run(|| {
		let committee = eight();
		let old = requested(committee, 0);
		assert_ok!(seal_for(ANA, SUMMARY, 1, committee));
		waste(hospital(10), committee, 0);
		approved(old, 1..=3);
		assert_eq!(spent(), [(0, hospital(10))]);
	});
}

#[test]
fn request_emergency_counts_each_committees_envelopes_and_each_tiers_apart() {
	run(|| {
		let committee = eight();
		with_envelopes(ANA, WIDER, committee);
		for number in 0..3 {
			waste(ASKER, committee, number);
		}
		let wider = crate::enactment::request::<Test>(ASKER, committee, ANA, WIDER, 0).expect("sealed");
		asked(ASKER, wider);
		personal(OWN, five(), 3);
		with_envelopes(ANA, SUMMARY, OWN);
		requested(OWN, 0);
	});
}

#[test]
fn seal_envelopes_does_not_forget_who_used_envelopes_up_when_they_are_withdrawn() {
	run(|| {
		let committee = eight();
		waste(ASKER, committee, 5);
		assert_ok!(seal_as(gateway(CUSTODIAN), ANA, SUMMARY, 0, committee, Envelopes::default()));
		assert_eq!(spent(), [(5, ASKER)]);
	});
}

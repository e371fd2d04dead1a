//! Attacks on, and uses of, `review_session` and `escalate_review`.

use super::{stage::*, *};
use salus_primitives::{
	test_support::{NOT_A_GATEWAY, NOT_A_MEMBER, SUSPENDED},
	EmergencyRequestId, ReviewVerdict,
};

const UNKNOWN: EmergencyRequestId = EmergencyRequestId([0; 32]);

fn review_as(who: AccountId, id: EmergencyRequestId) -> DispatchResult {
	EmergencyAccess::review_session(signed(who), id, ReviewVerdict::Unjustified, ENTRY)
}

fn escalate_as(who: AccountId, id: EmergencyRequestId) -> DispatchResult {
	EmergencyAccess::escalate_review(signed(who), id)
}

/// Hospital 9 has opened and closed a session.
fn ended(committee: CommitteeId, number: u8) -> EmergencyRequestId {
	let id = opened(committee, number);
	assert_ok!(close(id));
	id
}

/// Its review was due, and somebody said so.
fn overdue(id: EmergencyRequestId) {
	Clock::set(stored(id).review_due.expect("it was active"));
	assert_ok!(escalate_as(gateway(hospital(18)), id));
}

#[test]
fn review_session_stores_the_verdict_of_custodian_or_regulator() {
	for who in [CUSTODIAN, REGULATOR] {
		run(|| {
			let id = ended(ready(), 0);
			System::reset_events();
			assert_ok!(review_as(gateway(who), id));
			assert_eq!(stored(id).verdict, Some(ReviewVerdict::Unjustified));
			let verdict = ReviewVerdict::Unjustified;
			assert_eq!(events(), [Event::SessionReviewed { id, reviewer: who, verdict }]);
			assert_eq!(last_act(), (AuditChain::Patient(ANA), Act::EmergencyReview, Some(who)));
			// Once, by whomever.
			for again in [CUSTODIAN, REGULATOR] {
				assert_noop!(review_as(gateway(again), id), Error::<Test>::AlreadyReviewed);
			}
		});
	}
}

#[test]
fn review_session_works_for_every_end_but_a_request_taken_back() {
	run(|| {
		let committee = ready();
		let suspended = requested(committee, 0);
		let evidence = Commitment([3; 32]);
		assert_ok!(EmergencyAccess::suspend_in_person(signed(gateway(hospital(10))), suspended, evidence, ENTRY));
		with_envelopes(ANA, SUMMARY, committee);
		let (rejected, cancelled) = (requested(committee, 0), requested(committee, 1));
		rejected_by(rejected, 1..=3);
		assert_ok!(cancel(cancelled));
		let [expired, active] = [(10, 2), (11, 3)].map(|(asker, number)| {
			let asker = hospital(asker);
			asked(asker, request_of(asker, committee, number))
		});
		approved(active, 1..=3);
		assert_noop!(review_as(gateway(CUSTODIAN), expired), Error::<Test>::NotReviewable);
		assert_noop!(review_as(gateway(CUSTODIAN), active), Error::<Test>::NotReviewable);
		assert_noop!(review_as(gateway(CUSTODIAN), cancelled), Error::<Test>::NotReviewable);
		Clock::set(request_ends().1);
		assert_ok!(expire(expired));
		assert_ok!(close(active));
		for id in [suspended, rejected, expired, active] {
			assert_ok!(review_as(gateway(CUSTODIAN), id));
		}
	});
}

#[test]
fn review_session_fails_when_the_reviewer_asked_for_it() {
	run(|| {
		let id = ended(ready(), 0);
		assert_noop!(review_as(gateway(ASKER), id), Error::<Test>::NotReviewer);
		// Not even when it has become the custodian since.
		Patients::<AccountId>::register(ANA, ASKER, Some(ANA_KEY));
		assert_noop!(review_as(gateway(ASKER), id), Error::<Test>::NotReviewer);
		assert_noop!(review_as(gateway(CUSTODIAN), id), Error::<Test>::NotReviewer);
		assert_ok!(review_as(gateway(REGULATOR), id));
	});
}

#[test]
fn review_session_is_the_former_custodians_when_the_handle_was_retired() {
	run(|| {
		let id = ended(ready(), 0);
		Patients::<AccountId>::retire(ANA);
		assert_ok!(review_as(gateway(CUSTODIAN), id));
	});
}

#[test]
fn review_session_fails_when_the_signer_has_no_say() {
	run(|| {
		let id = ended(ready(), 0);
		for who in [gateway(hospital(1)), gateway(hospital(10))] {
			assert_noop!(review_as(who, id), Error::<Test>::NotReviewer);
		}
		assert_noop!(review_as(ANA_KEY, id), NOT_A_GATEWAY);
		assert_noop!(review_as(gateway(CUSTODIAN), UNKNOWN), Error::<Test>::UnknownSession);
		let refused = EmergencyAccess::review_session(root(), id, ReviewVerdict::Justified, ENTRY);
		assert_noop!(refused, DispatchError::BadOrigin);
		Consortium::<AccountId>::suspend(CUSTODIAN);
		assert_noop!(review_as(gateway(CUSTODIAN), id), SUSPENDED);
	});
}

#[test]
fn review_session_does_not_happen_when_it_cannot_be_recorded() {
	run(|| {
		let id = ended(ready(), 0);
		Trail::refuse();
		assert_noop!(review_as(gateway(CUSTODIAN), id), TRAIL_FULL);
	});
}

#[test]
fn escalate_review_adds_an_approval_and_refuses_nobody_until_the_review_is_done() {
	run(|| {
		let committee = ready();
		let id = ended(committee, 0);
		with_envelopes(ANA, SUMMARY, committee);
		System::reset_events();
		overdue(id);
		assert_eq!(events(), [Event::ReviewEscalated { id, institution: ASKER }]);
		let held_up = requested(committee, 0);
		assert_eq!((stored(held_up).required, stored(held_up).manual), (4, false));
		approved(held_up, 1..=3);
		assert_eq!(stands(held_up), EmergencyStatus::Requested);
		approved(held_up, [4]);
		assert!(opens(held_up));
		// Nobody else is held up.
		let other = asked(hospital(10), request_of(hospital(10), committee, 1));
		assert_eq!(stored(other).required, 3);
		assert_ok!(review_as(gateway(CUSTODIAN), id));
		assert_eq!(OverdueReviews::<Test>::get(ASKER), 0);
		assert_eq!(stored(requested(committee, 2)).required, 3);
	});
}

#[test]
fn escalate_review_holds_up_for_a_review_period_when_nobody_writes_the_review() {
	run(|| {
		let committee = ready();
		let (first, second) = (opened(committee, 0), opened(committee, 1));
		assert_ok!(close(first));
		assert_ok!(close(second));
		overdue(first);
		let from = Clock::now();
		with_envelopes(ANA, SUMMARY, committee);
		let period = EmergencyAccess::limits().review_period;
		let needed = |number| {
			let id = requested(committee, number);
			assert_ok!(cancel(id));
			stored(id).required
		};
		Clock::set(from + period - 1);
		assert_eq!(needed(0), 4);
		Clock::set(from + period);
		assert_eq!(needed(1), 3);
		assert!(stored(first).overdue);
		// Another one that is found overdue holds up again.
		assert_ok!(escalate_as(gateway(hospital(18)), second));
		Clock::advance(HOUR);
		assert_eq!(needed(2), 4);
		// Until all are done.
		assert_ok!(review_as(gateway(CUSTODIAN), first));
		assert!(OverdueUntil::<Test>::contains_key(ASKER));
		assert_ok!(review_as(gateway(CUSTODIAN), second));
		assert!(!OverdueUntil::<Test>::contains_key(ASKER));
	});
}

#[test]
fn escalate_review_never_asks_for_more_guardians_than_there_are() {
	run(|| {
		let committee = ready();
		let id = opened(committee, 0);
		assert_ok!(close(id));
		with_envelopes(ANA, SUMMARY, committee);
		overdue(id);
		Consortium::<AccountId>::suspend(hospital(1));
		assert_ok!(register_key(hospital(2), 2));
		// Hospitals 3, 4 and 5 are left: care goes on.
		let next = requested(committee, 0);
		assert_eq!(stored(next).required, 3);
		approved(next, 3..=5);
		assert!(opens(next));
	});
}

#[test]
fn escalate_review_fails_when_the_review_is_not_overdue() {
	run(|| {
		let committee = ready();
		let (never, id) = (requested(committee, 0), opened(committee, 1));
		assert_noop!(escalate_as(gateway(hospital(18)), id), Error::<Test>::ReviewNotDue);
		assert_ok!(close(id));
		let due = stored(id).review_due.expect("it was active");
		Clock::set(due - 1);
		assert_noop!(escalate_as(gateway(hospital(18)), id), Error::<Test>::ReviewNotDue);
		Clock::set(due);
		assert_ok!(expire(never));
		assert_noop!(escalate_as(gateway(hospital(18)), never), Error::<Test>::ReviewNotDue);
		assert_ok!(escalate_as(gateway(hospital(18)), id));
		assert_noop!(escalate_as(gateway(hospital(18)), id), Error::<Test>::AlreadyOverdue);
		assert_ok!(review_as(gateway(CUSTODIAN), id));
		assert_noop!(escalate_as(gateway(hospital(18)), id), Error::<Test>::AlreadyReviewed);
		assert_noop!(escalate_as(gateway(hospital(18)), UNKNOWN), Error::<Test>::UnknownSession);
	});
}

#[test]
fn escalate_review_fails_when_the_signer_is_no_member() {
	run(|| {
		let id = ended(ready(), 0);
		Clock::set(stored(id).review_due.expect("it was active"));
		assert_noop!(escalate_as(7_777, id), NOT_A_MEMBER);
		assert_noop!(EmergencyAccess::escalate_review(root(), id), DispatchError::BadOrigin);
	});
}

#[test]
fn escalate_review_is_not_for_drills() {
	run(|| {
		let committee = active(5, 3);
		let envelopes = envelopes(committee, ANA, SUMMARY, 0, 4);
		let custodian = signed(gateway(CUSTODIAN));
		assert_ok!(EmergencyAccess::seal_envelopes(custodian, ANA, SUMMARY, 0, committee, envelopes, true));
		let id = ended(committee, 0);
		assert!(stored(id).drill);
		assert_eq!(stored(id).review_due, None);
		Clock::advance(100 * DAY - 1);
		assert_noop!(escalate_as(gateway(hospital(18)), id), Error::<Test>::ReviewNotDue);
		// It can be reviewed as an exercise.
		assert_ok!(review_as(gateway(CUSTODIAN), id));
	});
}

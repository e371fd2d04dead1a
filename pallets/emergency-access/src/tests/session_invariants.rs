//! Each invariant of scopes and sessions fails when it is broken.

use super::{stage::*, *};
use frame_support::assert_err;
use salus_primitives::{EmergencyRequestId, ReviewVerdict};
use sp_runtime::TryRuntimeError;

/// Sessions before the consortium's committee: waiting, active, closed, overdue; one before Ana's own; locate sessions.
struct Scene {
	waiting: EmergencyRequestId,
	active: EmergencyRequestId,
	closed: EmergencyRequestId,
}

fn scene() -> Scene {
	let committee = ready();
	let (closed, overdue) = (opened(committee, 0), opened(committee, 1));
	assert_ok!(close(overdue));
	assert_ok!(close(closed));
	Clock::set(stored(overdue).review_due.expect("it was active"));
	assert_ok!(EmergencyAccess::escalate_review(signed(gateway(CUSTODIAN)), overdue));
	with_envelopes(ANA, SUMMARY, committee);
	let (waiting, active) = (requested(committee, 0), requested(committee, 1));
	approved(waiting, [1]);
	assert_ok!(reject(waiting, hospital(2)));
	approved(active, 1..=4);
	personal(OWN, five(), 3);
	with_envelopes(ANA, SUMMARY, OWN);
	asked(hospital(10), request_of(hospital(10), OWN, 0));
	let locate = active_for(CommitteePurpose::Locate, 5, 3);
	let blinded = secret(&"blinded").public().to_bytes();
	for (who, enrol) in [(ASKER, None), (CUSTODIAN, Some(ANA))] {
		let request = LocateRequest { committee: locate, blinded, key_hash: [2; 32], shift_tag: [3; 16], enrol };
		assert_ok!(EmergencyAccess::request_locate(signed(gateway(who)), request, ENTRY));
	}
	with_envelopes(BEN, SUMMARY, committee);
	let of_ben = crate::enactment::request::<Test>(ASKER, committee, BEN, SUMMARY, 0).expect("sealed");
	let suspended = asked(ASKER, of_ben);
	assert_ok!(EmergencyAccess::suspend_in_person(signed(gateway(hospital(10))), suspended, ENTRY, ENTRY));
	Scene { waiting, active, closed }
}

fn broken(expected: &'static str, break_it: impl FnOnce(Scene)) {
	new_test_ext().execute_with(|| {
		let scene = scene();
		check();
		break_it(scene);
		assert_err!(EmergencyAccess::do_try_state(), TryRuntimeError::Other(expected));
	});
}

fn change(id: EmergencyRequestId, change: impl FnOnce(&mut SessionOf<Test>)) {
	Sessions::<Test>::mutate_extant(id, change);
}

fn change_scope(change: impl FnOnce(&mut Scope)) {
	Scopes::<Test>::mutate(ANA, SUMMARY, |scope| change(scope.as_mut().expect("sealed")));
}

#[test]
fn try_state_fails_when_a_scope_is_broken() {
	broken("a patient's data are all test data or none", |_| {
		Scopes::<Test>::insert(ANA, WIDER, Scope { drill: true, ..Default::default() });
	});
	broken("a scope has one set for each kind of committee", |_| {
		change_scope(|scope| scope.sealed[0].personal = scope.sealed[1].personal);
	});
	broken("no envelope is sealed twice", |_| {
		change_scope(|scope| scope.sealed[0].envelopes[0] = scope.sealed[0].envelopes[1]);
	});
	broken("a set without envelopes is kept for the numbers that were used up", |_| {
		change_scope(|scope| (scope.sealed[0].envelopes, scope.sealed[0].consumed) = (Envelopes::default(), 0));
	});
	broken("only numbers of envelopes are used up", |_| {
		change_scope(|scope| scope.sealed[0].consumed |= 0b1_0000);
	});
	let spent = |number| Spent { number, institution: ASKER, at: START };
	broken("what was used up for nothing was used up once", |_| {
		change_scope(|scope| scope.sealed[0].spent = vec![spent(0), spent(0)].try_into().expect("two"));
	});
	broken("what was used up for nothing was used up once", |_| {
		change_scope(|scope| scope.sealed[0].spent = vec![spent(3)].try_into().expect("one"));
	});
}

#[test]
fn try_state_fails_when_votes_of_a_session_are_broken() {
	broken("a guardian has one vote in a session", |Scene { waiting, .. }| {
		change(waiting, |session| session.rejected[0] = 1);
	});
	broken("a session was active when it has the parts that it needs", |Scene { waiting, .. }| {
		change(waiting, |session| session.required = 1);
	});
	broken("a session was active when it has the parts that it needs", |Scene { active, .. }| {
		change(active, |session| session.parts.truncate(2));
	});
	broken("parts of a session are those of its status", |Scene { active, .. }| {
		change(active, |session| session.status = EmergencyStatus::Requested);
	});
	broken("a dispute by the own key is a dispute", |Scene { active, .. }| {
		change(active, |session| session.disputed_by_key = true);
	});
	broken("guardians confirm what the patient said", |Scene { active, .. }| {
		change(active, |session| {
			session.confirmed = vec![Guardian::Institution(hospital(1))].try_into().expect("one");
		});
	});
}

#[test]
fn try_state_fails_when_the_end_of_a_session_is_broken() {
	broken("a review is due when data could be read", |Scene { closed, .. }| {
		change(closed, |session| session.review_due = None);
	});
	broken("only a review that is due is overdue", |Scene { waiting, .. }| {
		change(waiting, |session| session.overdue = true);
	});
	broken("what is reviewed has ended", |Scene { active, .. }| {
		change(active, |session| session.verdict = Some(ReviewVerdict::Justified));
	});
	broken("nobody asks for the own patient", |Scene { active, .. }| {
		change(active, |session| session.custodian = session.institution);
	});
	broken("the epoch of a session that was active ends with it", |_| change_scope(|scope| scope.epoch = 0));
	broken("a request uses its envelope up", |_| {
		change_scope(|scope| scope.sealed.iter_mut().for_each(|set| (set.consumed, set.spent) = Default::default()));
	});
}

#[test]
fn try_state_fails_when_an_index_is_broken() {
	let committee = CommitteeId(0);
	broken("open sessions are those that are requested or active", |Scene { active, .. }| {
		OpenSessions::<Test>::remove(committee, active);
	});
	broken("open sessions are those that are requested or active", |Scene { closed, .. }| {
		OpenSessions::<Test>::insert(committee, closed, ());
	});
	broken("a patient's sessions are all that there were", |Scene { closed, .. }| {
		SessionsOf::<Test>::remove(ANA, closed);
	});
	broken("an attempt is a session of the institution on the patient's tier", |Scene { active, .. }| {
		PersonalAttempts::<Test>::insert(ANA, (hospital(10), SUMMARY), active);
	});
}

#[test]
fn try_state_fails_when_a_count_is_broken() {
	broken("open sessions are counted", |_| OpenCount::<Test>::insert(ASKER, 3));
	broken("an institution is held up for overdue reviews", |_| OverdueUntil::<Test>::remove(ASKER));
	broken("overdue reviews are counted", |_| OverdueReviews::<Test>::remove(ASKER));
	broken("an institution's requests are those of its practitioners", |_| {
		EmergencyUse::<Test>::mutate(ASKER, |used| used.requests += 1);
	});
	broken("an institution's requests are those of its practitioners", |_| {
		LocateUse::<Test>::mutate(ASKER, |used| used.requests += 1);
	});
	broken("an institution's requests are those of its practitioners", |_| {
		EnrolmentUse::<Test>::mutate(CUSTODIAN, |used| used.requests += 1);
	});
	broken("an institution's requests are those of its practitioners", |_| {
		SuspensionUse::<Test>::mutate(hospital(10), |used| used.requests += 1);
	});
	broken("a practitioner is counted in one place", |_| {
		EmergencyUse::<Test>::mutate(ASKER, |used| {
			used.shifts.try_push(used.shifts[0]).expect("room");
		});
	});
}

#[test]
fn try_state_fails_when_a_locate_session_is_broken() {
	let change = |change: fn(&mut LocateSession)| {
		let id = LocateSessions::<Test>::iter_keys().next().expect("asked for");
		LocateSessions::<Test>::mutate_extant(id, change);
	};
	broken("a guardian answers once in a locate session", |_| {
		change(|session| session.refused = vec![1, 1].try_into().expect("two"));
	});
	broken("a complete locate session takes no more parts", |_| {
		change(|session| {
			session.parts = (1..=4).map(|index| (index, [0; 32])).collect::<Vec<_>>().try_into().expect("four");
		});
	});
	for times in [0, MAX_ENROLMENTS + 1] {
		broken("a patient is entered into an index a few times", |_| {
			let id = Enrolments::<Test>::iter_keys().next().expect("entered");
			Enrolments::<Test>::insert(id.0, id.1, Enrolment { custodian: CUSTODIAN, times });
		});
	}
	broken("locate sessions that wait are those that lack parts", |_| {
		change(|session| session.required = 0);
	});
}

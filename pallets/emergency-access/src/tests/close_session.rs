//! Attacks on, and uses of, `close_session`.

use super::{stage::*, *};
use salus_primitives::{test_support::SUSPENDED, EmergencyRequestId};

#[test]
fn close_session_ends_the_epoch_when_the_requester_closes() {
	run(|| {
		let committee = ready();
		let id = opened(committee, 0);
		System::reset_events();
		assert_ok!(close(id));
		let session = stored(id);
		assert_eq!(session.status, EmergencyStatus::Closed);
		assert_eq!(session.review_due, Some(START + EmergencyAccess::limits().review_period));
		assert_eq!(EmergencyAccess::scope(&ANA, SUMMARY), Scope { epoch: 1, ..Default::default() });
		assert!(EmergencyAccess::open_sessions(committee).is_empty());
		assert_eq!(EmergencyAccess::sessions_of(&ANA), [id]);
		assert_eq!(last_act(), (AuditChain::Patient(ANA), Act::EmergencyClose, Some(ASKER)));
		let (handle, tier) = (ANA, SUMMARY);
		assert_eq!(events(), [Event::SessionClosed { id, handle, tier, epoch: 1, expired: false }]);
	});
}

#[test]
fn close_session_leaves_nothing_to_ask_for_until_the_next_epoch_is_sealed() {
	run(|| {
		let committee = ready();
		let unused = request_of(ASKER, committee, 1);
		assert_ok!(close(opened(committee, 0)));
		// An envelope of the old epoch that nobody used.
		assert_noop!(ask_as(gateway(ASKER), unused.clone()), Error::<Test>::NothingSealed);
		assert_noop!(seal_for(ANA, SUMMARY, 0, committee), Error::<Test>::WrongEpoch);
		with_envelopes(ANA, SUMMARY, committee);
		assert_noop!(ask_as(gateway(ASKER), unused), Error::<Test>::EnvelopeMismatch);
		assert!(opens(opened(committee, 1)));
	});
}

#[test]
fn close_session_leaves_the_other_tier_and_other_sessions_as_they_are() {
	run(|| {
		let committee = ready();
		with_envelopes(ANA, WIDER, committee);
		let (first, second, waiting) = (opened(committee, 0), opened(committee, 1), requested(committee, 2));
		assert_ok!(close(first));
		assert_eq!(EmergencyAccess::scope(&ANA, WIDER).epoch, 0);
		assert_eq!(stands(second), EmergencyStatus::Active);
		// Another hospital's patient care does not stop because this one has finished.
		approved(waiting, 1..=3);
		assert!(opens(waiting));
		assert_ok!(close(second));
		// One epoch for both: the second one knew the same secret.
		assert_eq!(EmergencyAccess::scope(&ANA, SUMMARY).epoch, 1);
	});
}

#[test]
fn close_session_fails_when_the_session_is_not_active() {
	run(|| {
		let committee = ready();
		let waiting = requested(committee, 0);
		assert_noop!(close(waiting), Error::<Test>::NotActive);
		let id = opened(committee, 1);
		let until = stored(id).active_until.expect("active");
		Clock::set(until);
		// Over, though nobody said so; its end does not depend on the requester.
		assert_noop!(close(id), Error::<Test>::NotActive);
		Clock::set(until - 1);
		assert_ok!(close(id));
		assert_noop!(close(id), Error::<Test>::NotActive);
	});
}

#[test]
fn close_session_fails_when_the_signer_did_not_ask() {
	run(|| {
		let id = opened(ready(), 0);
		let close_as = |who| EmergencyAccess::close_session(signed(who), id, ENTRY);
		for who in [gateway(hospital(1)), gateway(CUSTODIAN), gateway(hospital(10))] {
			assert_noop!(close_as(who), Error::<Test>::NotRequester);
		}
		assert!(close_as(ANA_KEY).is_err());
		assert_noop!(EmergencyAccess::close_session(root(), id, ENTRY), DispatchError::BadOrigin);
		let unknown = EmergencyRequestId([0; 32]);
		assert_noop!(
			EmergencyAccess::close_session(signed(gateway(ASKER)), unknown, ENTRY),
			Error::<Test>::UnknownSession
		);
		Consortium::<AccountId>::suspend(ASKER);
		assert_noop!(close(id), SUSPENDED);
		Consortium::<AccountId>::reinstate(ASKER);
		assert_ok!(close_as(second_gateway(ASKER)));
	});
}

#[test]
fn close_session_does_not_happen_when_it_cannot_be_recorded() {
	run(|| {
		let id = opened(ready(), 0);
		Trail::refuse();
		assert_noop!(close(id), TRAIL_FULL);
	});
}

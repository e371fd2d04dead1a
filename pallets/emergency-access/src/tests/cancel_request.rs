//! Attacks on, and uses of, `cancel_request`.

use super::{stage::*, *};
use salus_primitives::{test_support::SUSPENDED, EmergencyRequestId};

#[test]
fn cancel_request_ends_the_session_and_keeps_the_envelope_used_up() {
	run(|| {
		let committee = ready();
		let id = requested(committee, 0);
		approved(id, [1, 2]);
		System::reset_events();
		assert_ok!(cancel(id));
		assert_eq!((stands(id), stored(id).review_due), (EmergencyStatus::Cancelled, None));
		assert_eq!(events(), [Event::RequestCancelled { id }]);
		assert_eq!(last_act(), (AuditChain::Patient(ANA), Act::EmergencyCancel, Some(ASKER)));
		let scope = EmergencyAccess::scope(&ANA, SUMMARY);
		assert_eq!((scope.epoch, scope.sealed[0].consumed), (0, 1));
		assert_eq!(OpenCount::<Test>::get(ASKER), 0);
	});
}

#[test]
fn cancel_request_fails_when_the_session_does_not_wait() {
	run(|| {
		let committee = ready();
		let active = opened(committee, 0);
		// Who has the parts cannot make as if nothing was opened.
		assert_noop!(cancel(active), Error::<Test>::NotRequested);
		let late = requested(committee, 1);
		Clock::set(request_ends().1);
		assert_noop!(cancel(late), Error::<Test>::NotRequested);
	});
}

#[test]
fn cancel_request_fails_when_the_signer_did_not_ask() {
	run(|| {
		let id = requested(ready(), 0);
		let cancel_as = |who| EmergencyAccess::cancel_request(signed(who), id, ENTRY);
		for who in [gateway(hospital(1)), gateway(CUSTODIAN)] {
			assert_noop!(cancel_as(who), Error::<Test>::NotRequester);
		}
		assert!(cancel_as(ANA_KEY).is_err());
		assert_noop!(EmergencyAccess::cancel_request(root(), id, ENTRY), DispatchError::BadOrigin);
		let unknown = EmergencyRequestId([0; 32]);
		let refused = EmergencyAccess::cancel_request(signed(gateway(ASKER)), unknown, ENTRY);
		assert_noop!(refused, Error::<Test>::UnknownSession);
		Consortium::<AccountId>::suspend(ASKER);
		assert_noop!(cancel(id), SUSPENDED);
	});
}

#[test]
fn cancel_request_does_not_happen_when_it_cannot_be_recorded() {
	run(|| {
		let id = requested(ready(), 0);
		Trail::refuse();
		assert_noop!(cancel(id), TRAIL_FULL);
	});
}

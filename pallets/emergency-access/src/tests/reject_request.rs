//! Attacks on, and uses of, `reject_request`.

use super::{stage::*, *};
use salus_primitives::{test_support::SUSPENDED, EmergencyRequestId};

fn reject_as(who: AccountId, id: EmergencyRequestId) -> DispatchResult {
	EmergencyAccess::reject_request(signed(who), id, ENTRY)
}

#[test]
fn reject_request_ends_the_session_when_too_few_guardians_are_left() {
	run(|| {
		let committee = ready();
		let id = requested(committee, 0);
		approved(id, [5]);
		System::reset_events();
		assert_ok!(reject(id, hospital(1)));
		assert_eq!(last_act(), (AuditChain::Patient(ANA), Act::EmergencyRejection, Some(hospital(1))));
		assert_ok!(reject(id, hospital(2)));
		assert_eq!(stands(id), EmergencyStatus::Requested);
		assert_ok!(reject(id, hospital(3)));
		assert_eq!((stands(id), stored(id).rejected.to_vec()), (EmergencyStatus::Rejected, vec![1, 2, 3]));
		assert_eq!(
			events(),
			[
				Event::GuardianRejected { id, guardian: 1 },
				Event::GuardianRejected { id, guardian: 2 },
				Event::GuardianRejected { id, guardian: 3 },
				Event::RequestRejected { id },
			]
		);
		// The epoch goes on: nothing was opened. The number stays used up.
		let scope = EmergencyAccess::scope(&ANA, SUMMARY);
		assert_eq!((scope.epoch, scope.sealed[0].consumed), (0, 1));
		assert!(EmergencyAccess::open_sessions(committee).is_empty());
		assert_eq!(stored(id).review_due, None);
	});
}

#[test]
fn reject_request_counts_guardians_who_may_not_vote_as_lost() {
	run(|| {
		let committee = ready();
		let id = asked(hospital(1), request_of(hospital(1), committee, 0));
		// Hospital 1 has asked; with hospital 5 suspended, the other three are needed.
		Consortium::<AccountId>::suspend(hospital(5));
		assert_ok!(reject(id, hospital(2)));
		assert_eq!(stands(id), EmergencyStatus::Rejected);
	});
}

#[test]
fn reject_request_does_not_end_the_session_while_enough_are_left() {
	run(|| {
		let id = requested(ready(), 0);
		assert_ok!(reject(id, hospital(1)));
		assert_ok!(reject(id, hospital(2)));
		approved(id, 3..=5);
		assert!(opens(id));
	});
}

#[test]
fn reject_request_fails_when_the_guardian_has_voted() {
	run(|| {
		let id = requested(ready(), 0);
		assert_ok!(reject(id, hospital(1)));
		approved(id, [2]);
		for guardian in [1, 2].map(hospital) {
			assert_noop!(reject_as(gateway(guardian), id), Error::<Test>::AlreadyVoted);
			assert_noop!(reject_as(second_gateway(guardian), id), Error::<Test>::AlreadyVoted);
		}
	});
}

#[test]
fn reject_request_fails_when_the_signer_has_no_vote() {
	run(|| {
		let committee = ready();
		let id = asked(hospital(1), request_of(hospital(1), committee, 0));
		assert_noop!(reject_as(gateway(hospital(1)), id), Error::<Test>::NotIndependent);
		assert_noop!(reject_as(gateway(hospital(6)), id), Error::<Test>::NotGuardian);
		assert_noop!(reject_as(ANA_KEY, id), Error::<Test>::NotGuardian);
		assert_ok!(register_key(hospital(2), 2));
		assert_noop!(reject_as(gateway(hospital(2)), id), Error::<Test>::GuardianKeyChanged);
		Consortium::<AccountId>::suspend(hospital(3));
		assert_noop!(reject_as(gateway(hospital(3)), id), SUSPENDED);
		assert_noop!(EmergencyAccess::reject_request(root(), id, ENTRY), DispatchError::BadOrigin);
		assert_noop!(reject_as(gateway(hospital(4)), EmergencyRequestId([0; 32])), Error::<Test>::UnknownSession);
		resharing(committee, hospitals(4..=8), 3);
		// The new set takes over with the shares of hospitals 1 to 5, of which 1, 4 and 5 can deal.
		for guardian in [1, 4, 5] {
			assert_ok!(deal(committee, hospital(guardian)));
		}
		confirmed(committee);
		assert_noop!(reject_as(gateway(hospital(4)), id), Error::<Test>::CommitteeChanged);
	});
}

#[test]
fn reject_request_fails_when_the_session_does_not_wait() {
	run(|| {
		let committee = ready();
		let active = opened(committee, 0);
		assert_noop!(reject(active, hospital(4)), Error::<Test>::NotRequested);
		let late = requested(committee, 1);
		Clock::set(request_ends().1);
		assert_noop!(reject(late, hospital(4)), Error::<Test>::NotRequested);
	});
}

#[test]
fn reject_request_does_not_happen_when_it_cannot_be_recorded() {
	run(|| {
		let id = requested(ready(), 0);
		Trail::refuse();
		assert_noop!(reject(id, hospital(1)), TRAIL_FULL);
	});
}

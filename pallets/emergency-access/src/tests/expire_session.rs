//! Attacks on, and uses of, `expire_session`, and the end of what has run out by itself.

use super::{stage::*, *};
use frame_support::{traits::Hooks, weights::Weight};
use salus_primitives::{test_support::NOT_A_MEMBER, EmergencyRequestId};

fn idle() -> Weight {
	EmergencyAccess::on_idle(1, Weight::MAX)
}

#[test]
fn expire_session_ends_a_request_when_nobody_answered() {
	run(|| {
		let committee = ready();
		let id = requested(committee, 0);
		let (last, over) = request_ends();
		Clock::set(last);
		assert_noop!(expire(id), Error::<Test>::NotExpired);
		Clock::set(over);
		let recorded = Trail::entries().len();
		System::reset_events();
		assert_ok!(expire(id));
		assert_eq!((stored(id).status, stored(id).review_due), (EmergencyStatus::Expired, None));
		assert_eq!(events(), [Event::RequestExpired { id }]);
		assert_eq!(EmergencyAccess::scope(&ANA, SUMMARY).epoch, 0);
		assert_eq!((Trail::entries().len(), OpenCount::<Test>::get(ASKER)), (recorded, 0));
		assert_noop!(expire(id), Error::<Test>::NotExpired);
	});
}

#[test]
fn expire_session_closes_an_active_session_when_its_time_is_over() {
	run(|| {
		let committee = ready();
		let id = opened(committee, 0);
		let until = stored(id).active_until.expect("active");
		Clock::set(until - 1);
		assert_noop!(expire(id), Error::<Test>::NotExpired);
		Clock::set(until);
		// Who reads sees the end at once, and nothing depends on somebody saying so.
		assert_eq!((stands(id), stored(id).status), (EmergencyStatus::Closed, EmergencyStatus::Active));
		assert!(EmergencyAccess::open_sessions(committee).is_empty());
		System::reset_events();
		assert_ok!(expire(id));
		assert_eq!(stored(id).status, EmergencyStatus::Closed);
		assert_eq!(stored(id).review_due, Some(until + EmergencyAccess::limits().review_period));
		let (handle, tier) = (ANA, SUMMARY);
		assert_eq!(events(), [Event::SessionClosed { id, handle, tier, epoch: 1, expired: true }]);
		assert_eq!(EmergencyAccess::scope(&ANA, SUMMARY).epoch, 1);
	});
}

#[test]
fn expire_session_works_for_every_member_and_for_nobody_else() {
	run(|| {
		ready();
		personal(OWN, five(), 3);
		let id = requested(CommitteeId(0), 0);
		Clock::set(request_ends().1);
		let expire_as = |who| EmergencyAccess::expire_session(signed(who), id);
		assert_noop!(expire_as(7_777), NOT_A_MEMBER);
		assert_noop!(EmergencyAccess::expire_session(root(), id), DispatchError::BadOrigin);
		let unknown = EmergencyAccess::expire_session(signed(person(1)), EmergencyRequestId([0; 32]));
		assert_noop!(unknown, Error::<Test>::UnknownSession);
		assert_ok!(expire_as(person(1)));
	});
}

#[test]
fn on_idle_ends_what_has_run_out_and_nothing_else() {
	run(|| {
		let committee = ready();
		let active = opened(committee, 0);
		let waiting = requested(committee, 1);
		idle();
		assert_eq!(EmergencyAccess::open_sessions(committee).len(), 2);
		Clock::set(request_ends().1);
		let later = asked(hospital(10), request_of(hospital(10), committee, 2));
		idle();
		assert_eq!(stored(waiting).status, EmergencyStatus::Expired);
		assert_eq!(
			(stored(active).status, stored(later).status),
			(EmergencyStatus::Active, EmergencyStatus::Requested)
		);
		Clock::set(stored(active).active_until.expect("active"));
		idle();
		assert_eq!(stored(active).status, EmergencyStatus::Closed);
		assert_eq!(OpenSessions::<Test>::iter().count(), 0);
	});
}

#[test]
fn on_idle_goes_round_all_sessions_when_a_block_has_room_for_one() {
	run(|| {
		let committee = ready();
		let ids: Vec<_> = [9, 10, 11, 12]
			.map(hospital)
			.iter()
			.zip(0..)
			.map(|(asker, number)| asked(*asker, request_of(*asker, committee, number)))
			.collect();
		Clock::set(request_ends().1);
		let one = <()>::expire_some(1, 1);
		let (mut ended, mut blocks) = (0, 0);
		while ended < ids.len() {
			let used = EmergencyAccess::on_idle(1, one);
			assert!(used.all_lte(one));
			ended = ids.iter().filter(|id| stored(**id).status == EmergencyStatus::Expired).count();
			blocks += 1;
			assert!(ended <= blocks && blocks <= 10, "{ended} of 4 after {blocks} blocks");
		}
	});
}

#[test]
fn on_idle_does_nothing_when_a_block_has_no_room() {
	run(|| {
		let id = requested(ready(), 0);
		Clock::set(request_ends().1);
		let one = <()>::expire_some(1, 1);
		assert_eq!(EmergencyAccess::on_idle(1, one.saturating_sub(Weight::from_parts(1, 0))), Weight::zero());
		assert_eq!(stored(id).status, EmergencyStatus::Requested);
	});
}

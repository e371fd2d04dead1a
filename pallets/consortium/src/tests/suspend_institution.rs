use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{InstitutionId, MemberStatus, Members};
use sp_runtime::DispatchError::BadOrigin;

fn suspend(id: InstitutionId, from: Option<u64>) -> frame_support::dispatch::DispatchResult {
	Consortium::suspend_institution(signed(TWO_THIRDS), id, from)
}

#[test]
fn suspend_institution_stops_everything_at_once_when_two_thirds_agree() {
	run(|| {
		assert_ok!(suspend(H[0], None));
		let member = Institutions::<Test>::get(H[0]).unwrap();
		assert_eq!((member.status, member.invalid_from), (MemberStatus::Suspended, Some(1_000_000)));
		assert_eq!(Consortium::active_institution(&gateway(0)), Err(Error::<Test>::InstitutionNotActive.into()));
		assert_eq!(Consortium::institution_of(&gateway(0)), Some(H[0]));
		assert!(!council().contains(&operator(0)));
		assert_noop!(Consortium::register_gateway(signed(operator(0)), 50), Error::<Test>::InstitutionNotActive);
		assert_noop!(
			Consortium::register_practitioner(signed(gateway(0)), ANNA, record()),
			Error::<Test>::InstitutionNotActive
		);
		// Accounts of members are suspended, not reaped.
		assert_eq!(System::providers(&operator(0)), 1);
		assert_eq!(last_event(), Event::InstitutionSuspended { institution: H[0], invalid_from: 1_000_000 });
	});
}

#[test]
fn suspend_institution_voids_earlier_statements_when_a_compromise_is_found_late() {
	run(|| {
		set_now(1_005_000);
		assert_ok!(suspend(H[0], Some(1_002_000)));
		for (at, counts) in
			[(999_999, false), (1_000_000, true), (1_001_999, true), (1_002_000, false), (2_000_000, false)]
		{
			assert_eq!(Consortium::statements_count(H[0], at), counts, "{at}");
		}
	});
}

#[test]
fn suspend_institution_moves_the_time_back_when_it_is_suspended_already() {
	run(|| {
		assert_ok!(suspend(H[0], None));
		assert_ok!(suspend(H[0], Some(900_000)));
		assert_eq!(Institutions::<Test>::get(H[0]).unwrap().invalid_from, Some(900_000));
		for from in [None, Some(900_000), Some(950_000)] {
			assert_noop!(suspend(H[0], from), Error::<Test>::AlreadySuspended);
		}
	});
}

#[test]
fn suspend_institution_moves_the_time_back_and_nothing_else_when_it_has_left_for_good() {
	run(|| {
		assert_ok!(Consortium::deactivate_institution(signed(TWO_THIRDS), H[0], None));
		let (left, seats) = (Institutions::<Test>::get(H[0]).unwrap(), council());
		assert_ok!(suspend(H[0], Some(900_000)));
		assert_eq!(Institutions::<Test>::get(H[0]).unwrap(), Institution { invalid_from: Some(900_000), ..left });
		assert_eq!(council(), seats);
		assert_eq!(last_event(), Event::InstitutionSuspended { institution: H[0], invalid_from: 900_000 });
		assert!(!Consortium::statements_count(H[0], 900_000));
		for from in [None, Some(900_000), Some(950_000)] {
			assert_noop!(suspend(H[0], from), Error::<Test>::InstitutionDeactivated);
		}
	});
}

#[test]
fn suspend_institution_is_refused_when_the_time_lies_ahead() {
	run(|| {
		assert_noop!(suspend(H[0], Some(1_000_001)), Error::<Test>::InvalidFromInFuture);
	});
}

#[test]
fn suspend_institution_is_refused_when_there_is_no_such_member() {
	run(|| {
		assert_noop!(suspend(InstitutionId(9), None), Error::<Test>::UnknownInstitution);
		assert_ok!(Consortium::deactivate_institution(signed(TWO_THIRDS), CLINIC, None));
		assert_noop!(suspend(CLINIC, None), Error::<Test>::InstitutionDeactivated);
	});
}

#[test]
fn suspend_institution_is_refused_when_the_origin_is_not_two_thirds() {
	run(|| {
		for who in [HALF, operator(0), operator(1), gateway(0)] {
			assert_eq!(Consortium::suspend_institution(signed(who), H[0], None), Err(BadOrigin));
		}
	});
}

#[test]
fn suspend_institution_is_refused_when_the_last_seat_would_go() {
	run_with(genesis(0), || {
		assert_noop!(suspend(InstitutionId(0), None), Error::<Test>::LastCouncilSeat);
	});
}

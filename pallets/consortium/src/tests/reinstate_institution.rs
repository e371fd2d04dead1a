use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{InstitutionId, MemberStatus, Members};
use sp_runtime::DispatchError::BadOrigin;

fn reinstate(id: InstitutionId) -> frame_support::dispatch::DispatchResult {
	Consortium::reinstate_institution(signed(TWO_THIRDS), id)
}

#[test]
fn reinstate_institution_restores_everything_when_it_was_suspended() {
	run(|| {
		assert_ok!(Consortium::suspend_institution(signed(TWO_THIRDS), H[0], None));
		assert_ok!(reinstate(H[0]));
		assert_eq!(Institutions::<Test>::get(H[0]).unwrap().status, MemberStatus::Active);
		assert_eq!(Consortium::active_institution(&gateway(0)), Ok(H[0]));
		assert!(council().contains(&operator(0)));
		assert_eq!(last_event(), Event::InstitutionReinstated { institution: H[0] });
	});
}

#[test]
fn reinstate_institution_leaves_the_period_void_when_it_acts_again() {
	run(|| {
		assert_ok!(Consortium::suspend_institution(signed(TWO_THIRDS), H[0], Some(990_000)));
		set_now(1_100_000);
		assert_ok!(reinstate(H[0]));
		set_now(1_300_000);
		assert_ok!(Consortium::suspend_institution(signed(TWO_THIRDS), H[0], Some(1_250_000)));
		for (at, counts) in
			[(1_000_000, false), (1_099_999, false), (1_100_000, true), (1_249_999, true), (1_250_000, false)]
		{
			assert_eq!(Consortium::statements_count(H[0], at), counts, "{at}");
		}
	});
}

#[test]
fn reinstate_institution_is_refused_when_it_is_not_suspended() {
	run(|| {
		assert_noop!(reinstate(H[0]), Error::<Test>::NotSuspended);
		assert_noop!(reinstate(InstitutionId(9)), Error::<Test>::UnknownInstitution);
		assert_ok!(Consortium::deactivate_institution(signed(TWO_THIRDS), CLINIC, None));
		assert_noop!(reinstate(CLINIC), Error::<Test>::InstitutionDeactivated);
	});
}

#[test]
fn reinstate_institution_is_refused_when_it_was_suspended_too_often() {
	run(|| {
		for _ in 0..MAX_PERIODS {
			assert_ok!(Consortium::suspend_institution(signed(TWO_THIRDS), CLINIC, None));
			assert_ok!(reinstate(CLINIC));
		}
		assert_ok!(Consortium::suspend_institution(signed(TWO_THIRDS), CLINIC, None));
		assert_noop!(reinstate(CLINIC), Error::<Test>::TooManySuspensions);
	});
}

#[test]
fn reinstate_institution_is_refused_when_the_origin_is_not_two_thirds() {
	run(|| {
		assert_ok!(Consortium::suspend_institution(signed(TWO_THIRDS), H[0], None));
		for who in [HALF, operator(0), operator(1)] {
			assert_eq!(Consortium::reinstate_institution(signed(who), H[0]), Err(BadOrigin));
		}
	});
}

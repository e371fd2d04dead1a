use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{InstitutionId, MemberStatus, Members};
use sp_runtime::DispatchError::BadOrigin;

fn deactivate(id: InstitutionId, from: Option<u64>) -> frame_support::dispatch::DispatchResult {
	Consortium::deactivate_institution(signed(TWO_THIRDS), id, from)
}

#[test]
fn deactivate_institution_releases_its_accounts_when_two_thirds_agree() {
	run(|| {
		assert_ok!(Consortium::register_gateway(signed(operator(0)), 50));
		assert_ok!(deactivate(H[0], Some(999_000)));
		let member = Institutions::<Test>::get(H[0]).unwrap();
		assert_eq!((member.status, member.invalid_from), (MemberStatus::Deactivated, Some(999_000)));
		for account in [operator(0), gateway(0), validator(0), 50] {
			assert_eq!(Consortium::serves(&account), None);
			assert_eq!(AccountRoles::<Test>::get(account), 0);
			assert!(Retiring::<Test>::contains_key(account));
			assert_eq!(System::providers(&account), 1);
		}
		assert!(GatewaysOf::<Test>::get(H[0]).is_empty());
		assert!(!council().contains(&operator(0)));
		assert_eq!(Consortium::institution_of(&gateway(0)), None);
		assert_eq!(Consortium::kind(H[0]), Some(salus_primitives::InstitutionKind::Hospital));
		assert_eq!(last_event(), Event::InstitutionDeactivated { institution: H[0], invalid_from: 999_000 });
	});
}

#[test]
fn deactivate_institution_keeps_the_earlier_time_when_it_was_suspended() {
	run(|| {
		assert_ok!(Consortium::suspend_institution(signed(TWO_THIRDS), CLINIC, Some(900_000)));
		assert_ok!(deactivate(CLINIC, Some(950_000)));
		assert_eq!(Institutions::<Test>::get(CLINIC).unwrap().invalid_from, Some(900_000));
	});
}

#[test]
fn deactivate_institution_is_refused_when_too_few_validators_would_remain() {
	run(|| {
		MinValidators::set(4);
		assert_noop!(deactivate(H[0], None), Error::<Test>::TooFewValidators);
		// It can still be stopped: only its validator goes on until another one takes its place.
		assert_ok!(Consortium::suspend_institution(signed(TWO_THIRDS), H[0], None));
		assert_noop!(deactivate(H[0], None), Error::<Test>::TooFewValidators);
	});
}

#[test]
fn deactivate_institution_is_refused_when_more_than_f_would_leave() {
	run_with(genesis(7), || {
		assert_ok!(deactivate(H[0], None));
		assert_ok!(deactivate(H[1], None));
		assert_noop!(deactivate(H[2], None), Error::<Test>::TooManyLeavers);
		next_session();
		// Of five that remain one may go.
		assert_ok!(deactivate(H[2], None));
		assert_noop!(deactivate(H[3], None), Error::<Test>::TooManyLeavers);
	});
}

#[test]
fn deactivate_institution_is_refused_when_it_is_gone_unknown_or_dated_ahead() {
	run(|| {
		assert_noop!(deactivate(CLINIC, Some(1_000_001)), Error::<Test>::InvalidFromInFuture);
		assert_ok!(deactivate(CLINIC, None));
		assert_noop!(deactivate(CLINIC, None), Error::<Test>::InstitutionDeactivated);
		assert_noop!(deactivate(InstitutionId(9), None), Error::<Test>::UnknownInstitution);
	});
}

#[test]
fn deactivate_institution_is_refused_when_the_last_seat_would_go() {
	run_with(genesis(0), || {
		assert_noop!(deactivate(InstitutionId(0), None), Error::<Test>::LastCouncilSeat);
	});
}

#[test]
fn deactivate_institution_is_refused_when_the_origin_is_not_two_thirds() {
	run(|| {
		for who in [HALF, operator(0), operator(1)] {
			assert_eq!(Consortium::deactivate_institution(signed(who), H[0], None), Err(BadOrigin));
		}
	});
}

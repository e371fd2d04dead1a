use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::MemberStatus;
use sp_runtime::DispatchError::BadOrigin;

#[test]
fn withdraw_institution_ends_the_membership_when_its_operator_says_so() {
	run(|| {
		assert_ok!(Consortium::withdraw_institution(signed(operator(4))));
		let member = Institutions::<Test>::get(CLINIC).unwrap();
		assert_eq!((member.status, member.invalid_from), (MemberStatus::Deactivated, Some(1_000_000)));
		assert!(!council().contains(&operator(4)));
		assert_eq!(Consortium::serves(&gateway(4)), None);
		assert_eq!(last_event(), Event::InstitutionDeactivated { institution: CLINIC, invalid_from: 1_000_000 });
		assert_noop!(Consortium::withdraw_institution(signed(operator(4))), Error::<Test>::NotAnOperator);
	});
}

#[test]
fn withdraw_institution_is_refused_when_the_set_needs_its_validators() {
	run(|| {
		MinValidators::set(4);
		assert_noop!(Consortium::withdraw_institution(signed(operator(0))), Error::<Test>::TooFewValidators);
		MinValidators::set(3);
		assert_ok!(Consortium::withdraw_institution(signed(operator(0))));
		assert_noop!(Consortium::withdraw_institution(signed(operator(1))), Error::<Test>::TooFewValidators);
	});
	run_with(genesis(7), || {
		for leaving in [0, 1] {
			assert_ok!(Consortium::withdraw_institution(signed(operator(leaving))));
		}
		assert_noop!(Consortium::withdraw_institution(signed(operator(2))), Error::<Test>::TooManyLeavers);
	});
}

#[test]
fn withdraw_institution_is_refused_when_the_signer_is_not_the_operator_of_an_active_one() {
	run(|| {
		for who in [gateway(0), validator(0), TWO_THIRDS] {
			assert_noop!(Consortium::withdraw_institution(signed(who)), Error::<Test>::NotAnOperator);
		}
		assert_noop!(Consortium::withdraw_institution(RuntimeOrigin::none()), BadOrigin);
		assert_ok!(Consortium::suspend_institution(signed(TWO_THIRDS), CLINIC, None));
		// What a suspended member stated is for the council to look at first.
		assert_noop!(Consortium::withdraw_institution(signed(operator(4))), Error::<Test>::InstitutionNotActive);
	});
}

#[test]
fn withdraw_institution_is_refused_when_the_last_seat_would_go() {
	run_with(genesis(0), || {
		assert_noop!(Consortium::withdraw_institution(signed(operator(0))), Error::<Test>::LastCouncilSeat);
	});
}

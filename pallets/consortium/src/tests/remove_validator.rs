use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::{traits::Convert, DispatchError::BadOrigin};

fn remove(account: AccountId) -> frame_support::dispatch::DispatchResult {
	Consortium::remove_validator(signed(TWO_THIRDS), account)
}

#[test]
fn remove_validator_takes_it_out_of_the_next_set_when_the_guards_permit() {
	run(|| {
		assert_ok!(remove(validator(0)));
		assert_eq!(last_event(), Event::ValidatorRemoved { institution: H[0], validator: validator(0) });
		assert_eq!(ValidatorOf::<Test>::convert(validator(0)), None);
		next_session();
		assert!(!PlannedValidators::<Test>::get().contains(&validator(0)));
		next_session();
		assert_eq!(Session::validators(), [validator(1), validator(2), validator(3)]);
	});
}

#[test]
fn remove_validator_is_refused_when_the_minimum_would_not_remain() {
	run(|| {
		MinValidators::set(4);
		assert_noop!(remove(validator(0)), Error::<Test>::TooFewValidators);
		// One without session keys does not make up for it.
		assert_ok!(Consortium::add_validator(signed(TWO_THIRDS), H[1], 50));
		assert_noop!(remove(validator(0)), Error::<Test>::TooFewValidators);
		assert_ok!(set_keys(50, 50));
		assert_ok!(remove(validator(0)));
	});
}

#[test]
fn remove_validator_is_refused_when_nobody_would_remain_whatever_the_minimum_is() {
	run_with(genesis(1), || {
		MinValidators::set(0);
		assert_noop!(remove(validator(0)), Error::<Test>::TooFewValidators);
	});
}

#[test]
fn remove_validator_is_refused_when_more_than_f_leave_in_one_session() {
	run_with(genesis(7), || {
		assert_ok!(remove(validator(0)));
		assert_ok!(remove(validator(1)));
		assert_noop!(remove(validator(2)), Error::<Test>::TooManyLeavers);
		next_session();
		// Five remain: one may go.
		assert_ok!(remove(validator(2)));
		assert_noop!(remove(validator(3)), Error::<Test>::TooManyLeavers);
	});
}

#[test]
fn remove_validator_counts_suspended_ones_when_they_are_still_to_leave() {
	run_with(genesis(7), || {
		assert_ok!(Consortium::suspend_institution(signed(TWO_THIRDS), H[0], None));
		assert_ok!(remove(validator(1)));
		assert_noop!(remove(validator(2)), Error::<Test>::TooManyLeavers);
		// A suspension that is taken back leaves room again.
		assert_ok!(Consortium::reinstate_institution(signed(TWO_THIRDS), H[0]));
		assert_ok!(remove(validator(2)));
	});
}

#[test]
fn remove_validator_counts_offenders_when_they_are_still_to_leave() {
	run_with(genesis(7), || {
		report_offence(validator(0));
		assert_ok!(remove(validator(1)));
		assert_noop!(remove(validator(2)), Error::<Test>::TooManyLeavers);
		// The offender itself is counted once.
		assert_ok!(remove(validator(0)));
	});
}

#[test]
fn remove_validator_is_refused_when_an_offender_is_needed_for_the_minimum() {
	run(|| {
		MinValidators::set(4);
		report_offence(validator(0));
		assert_noop!(remove(validator(0)), Error::<Test>::TooFewValidators);
		assert_ok!(Consortium::add_validator(signed(TWO_THIRDS), H[1], 50));
		assert_ok!(set_keys(50, 50));
		assert_ok!(remove(validator(0)));
	});
}

#[test]
fn remove_validator_is_free_when_the_account_never_joined_the_set() {
	run(|| {
		MinValidators::set(4);
		assert_ok!(Consortium::add_validator(signed(TWO_THIRDS), H[0], 50));
		assert_ok!(remove(50));
	});
}

#[test]
fn remove_validator_is_refused_when_it_is_none_or_the_origin_is_wrong() {
	run(|| {
		for account in [operator(0), gateway(0), 7] {
			assert_noop!(remove(account), Error::<Test>::NotAValidator);
		}
		for who in [HALF, operator(0), validator(0)] {
			assert_eq!(Consortium::remove_validator(signed(who), validator(0)), Err(BadOrigin));
		}
	});
}

//! Which set the session pallet gets, and when.

use crate::{mock::*, *};
use codec::Encode;
use frame_support::{assert_ok, traits::KeyOwnerProofSystem};
use pallet_session::{historical::HistoricalSessions, SessionManager};
use sp_runtime::{key_types::DUMMY, testing::UintAuthorityId, traits::Convert};

fn planned() -> Vec<AccountId> {
	PlannedValidators::<Test>::get().into_inner()
}

fn new_session() -> Option<Vec<AccountId>> {
	<Consortium as SessionManager<_>>::new_session(7)
}

#[test]
fn set_is_that_of_the_hospitals_when_the_chain_begins() {
	run(|| {
		let all = [validator(0), validator(1), validator(2), validator(3)];
		assert_eq!(planned(), all);
		assert_eq!(Session::validators(), all);
		assert_eq!(Session::queued_keys().len(), 4);
	});
}

#[test]
fn set_is_not_given_again_when_nothing_changed() {
	run(|| {
		assert_eq!(new_session(), None);
		next_session();
		next_session();
		assert_eq!(Session::validators().len(), 4);
		assert!(!pallet_session::QueuedChanged::<Test>::get());
	});
}

#[test]
fn set_is_given_again_when_a_key_changed_so_that_its_owner_can_be_proven() {
	run(|| {
		next_session();
		let before = HistoricalSessions::<Test>::get(1);
		assert_ok!(set_keys(validator(0), 777));
		next_session();
		assert_eq!(last_event(), Event::ValidatorsPlanned { session: Session::current_index() + 1, validators: 4 });
		next_session();
		let session = Session::current_index();
		assert_ne!(HistoricalSessions::<Test>::get(session), before);
		let key = UintAuthorityId(777).encode();
		let proof = Historical::prove((DUMMY, key.clone())).unwrap();
		next_session();
		assert_eq!(Historical::check_proof((DUMMY, key), proof), Some((validator(0), ())));
		assert_eq!(new_session(), None);
	});
}

#[test]
fn owner_is_proven_when_the_validator_was_removed_in_this_session() {
	run(|| {
		next_session();
		assert_ok!(Consortium::remove_validator(signed(TWO_THIRDS), validator(0)));
		let key = UintAuthorityId(validator(1)).encode();
		let proof = Historical::prove((DUMMY, key.clone())).unwrap();
		next_session();
		assert_eq!(Historical::check_proof((DUMMY, key), proof), Some((validator(1), ())));
	});
}

#[test]
fn set_loses_the_validators_of_an_institution_when_it_is_suspended() {
	run(|| {
		assert_ok!(Consortium::suspend_institution(signed(TWO_THIRDS), H[0], None));
		assert_eq!(ValidatorOf::<Test>::convert(validator(0)), None);
		assert!(set_keys(validator(0), 555).is_err(), "no new keys while suspended");
		next_session();
		assert_eq!(planned(), [validator(1), validator(2), validator(3)]);
		assert_ok!(Consortium::reinstate_institution(signed(TWO_THIRDS), H[0]));
		next_session();
		assert_eq!(planned().len(), 4);
	});
}

#[test]
fn set_keeps_suspended_validators_when_the_minimum_needs_them() {
	run(|| {
		MinValidators::set(4);
		assert_ok!(Consortium::suspend_institution(signed(TWO_THIRDS), H[0], None));
		next_session();
		assert_eq!(planned().len(), 4);
		assert_ok!(Consortium::add_validator(signed(TWO_THIRDS), H[1], 50));
		assert_ok!(set_keys(50, 50));
		next_session();
		assert_eq!(planned(), [50, validator(1), validator(2), validator(3)]);
	});
}

#[test]
fn set_loses_f_per_session_when_more_are_suspended() {
	run_with(genesis(10), || {
		for id in 0..5 {
			assert_ok!(Consortium::suspend_institution(signed(TWO_THIRDS), salus_primitives::InstitutionId(id), None));
		}
		// f of 10 is 3, f of 7 is 2.
		for left in [7, 5, 5] {
			next_session();
			assert_eq!(planned().len(), left);
		}
	});
}

#[test]
fn set_does_not_take_in_a_suspended_validator_when_it_was_not_there() {
	run(|| {
		MinValidators::set(1);
		assert_ok!(Consortium::add_validator(signed(TWO_THIRDS), H[0], 50));
		assert_ok!(set_keys(50, 50));
		assert_ok!(Consortium::suspend_institution(signed(TWO_THIRDS), H[0], None));
		next_session();
		assert!(!planned().contains(&50));
	});
}

#[test]
fn set_stays_when_too_few_have_keys() {
	run(|| {
		assert_ok!(Session::purge_keys(signed(validator(0))));
		assert_ok!(Session::purge_keys(signed(validator(1))));
		assert_eq!(new_session(), None);
		assert_eq!(planned().len(), 4);
	});
}

#[test]
fn set_of_a_small_chain_goes_on_and_grows_when_it_is_below_the_minimum() {
	run_with(genesis(1), || {
		assert_eq!(planned(), [validator(0)]);
		assert_ok!(Consortium::add_validator(signed(TWO_THIRDS), H[0], 50));
		assert_ok!(set_keys(50, 50));
		next_session();
		assert_eq!(planned(), [50, validator(0)]);
	});
}

#[test]
fn set_loses_an_offender_when_enough_others_remain() {
	run_with(genesis(5), || {
		MinValidators::set(4);
		report_offence(validator(0));
		next_session();
		assert!(!planned().contains(&validator(0)));
		next_session();
		assert_eq!(Session::validators(), [validator(1), validator(2), validator(3), validator(4)]);
		// It stays out, whatever keys it sets.
		assert_ok!(set_keys(validator(0), 777));
		next_session();
		assert!(!planned().contains(&validator(0)));
	});
}

#[test]
fn set_keeps_an_offender_when_the_minimum_needs_it_and_lets_go_once_another_is_there() {
	run(|| {
		MinValidators::set(4);
		report_offence(validator(0));
		next_session();
		assert_eq!(planned().len(), 4);
		assert_ok!(Consortium::add_validator(signed(TWO_THIRDS), H[1], 50));
		assert_ok!(set_keys(50, 50));
		next_session();
		assert_eq!(planned(), [50, validator(1), validator(2), validator(3)]);
	});
}

#[test]
fn set_takes_an_offender_back_when_the_council_names_it_anew() {
	run_with(genesis(5), || {
		MinValidators::set(4);
		report_offence(validator(0));
		next_session();
		next_session();
		assert_ok!(Consortium::remove_validator(signed(TWO_THIRDS), validator(0)));
		assert!(Offenders::<Test>::get().is_empty());
		assert_ok!(Consortium::add_validator(signed(TWO_THIRDS), H[0], validator(0)));
		next_session();
		assert_eq!(planned().len(), 5);
		next_session();
		assert!(Session::disabled_validators().is_empty());
	});
}

/// A suspension that ends pardons nobody.
#[test]
fn set_does_not_take_an_offender_back_when_its_institution_is_reinstated() {
	run_with(genesis(5), || {
		MinValidators::set(4);
		report_offence(validator(0));
		assert_ok!(Consortium::suspend_institution(signed(TWO_THIRDS), H[0], None));
		next_session();
		assert_ok!(Consortium::reinstate_institution(signed(TWO_THIRDS), H[0]));
		next_session();
		assert!(!planned().contains(&validator(0)));
	});
}

#[test]
fn set_loses_no_more_than_f_when_offenders_and_suspended_ones_leave_together() {
	run_with(genesis(10), || {
		for id in 0..3 {
			report_offence(validator(id));
		}
		for id in 3..5 {
			assert_ok!(Consortium::suspend_institution(signed(TWO_THIRDS), salus_primitives::InstitutionId(id), None));
		}
		for left in [7, 5, 5] {
			next_session();
			assert_eq!(planned().len(), left);
		}
	});
}

/// A new set enables whoever was disabled, and an offender makes one by setting new keys.
#[test]
fn held_offender_stays_disabled_when_it_rotates_its_keys() {
	run(|| {
		MinValidators::set(4);
		report_offence(validator(0));
		assert_eq!(Session::disabled_validators(), [0]);
		assert_ok!(set_keys(validator(0), 777));
		for _ in 0..3 {
			next_session();
			assert_eq!(Session::validators()[0], validator(0));
			assert_eq!(Session::disabled_validators(), [0]);
		}
		assert!(Session::queued_keys().contains(&(validator(0), MockKeys { dummy: UintAuthorityId(777) })));
	});
}

#[test]
fn history_is_bounded_when_sessions_pass() {
	run(|| {
		for _ in 0..12 {
			next_session();
		}
		assert!(HistoricalSessions::<Test>::iter().count() <= 3 + 2);
	});
}

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::InstitutionId;
use sp_runtime::{traits::Convert, DispatchError::BadOrigin};

fn add(id: InstitutionId, account: AccountId) -> frame_support::dispatch::DispatchResult {
	Consortium::add_validator(signed(TWO_THIRDS), id, account)
}

#[test]
fn add_validator_makes_the_account_validate_when_it_has_set_keys() {
	run(|| {
		assert_ok!(add(H[0], 50));
		assert_eq!(last_event(), Event::ValidatorAdded { institution: H[0], validator: 50 });
		assert_eq!(System::providers(&50), 1);
		assert_eq!(ValidatorOf::<Test>::convert(50), Some(50));
		next_session();
		assert!(!PlannedValidators::<Test>::get().contains(&50), "no keys, no seat in the set");
		assert_ok!(set_keys(50, 50));
		next_session();
		assert!(PlannedValidators::<Test>::get().contains(&50));
		next_session();
		assert!(Session::validators().contains(&50));
	});
}

#[test]
fn add_validator_is_refused_when_the_member_is_no_active_hospital() {
	run(|| {
		assert_noop!(add(CLINIC, 50), Error::<Test>::NotAHospital);
		assert_noop!(add(InstitutionId(9), 50), Error::<Test>::UnknownInstitution);
		assert_ok!(Consortium::suspend_institution(signed(TWO_THIRDS), H[0], None));
		assert_noop!(add(H[0], 50), Error::<Test>::InstitutionNotActive);
	});
}

#[test]
fn add_validator_is_refused_when_the_account_is_taken() {
	run(|| {
		assert_noop!(add(H[0], validator(0)), Error::<Test>::AlreadyValidator);
		for account in [validator(1), operator(1), gateway(1), gateway(4)] {
			assert_noop!(add(H[0], account), Error::<Test>::AccountServesAnother);
		}
	});
}

#[test]
fn add_validator_is_refused_when_there_are_too_many() {
	run(|| {
		for account in 50..56 {
			assert_ok!(add(H[0], account));
		}
		assert_noop!(add(H[0], 56), Error::<Test>::TooManyValidators);
	});
}

#[test]
fn add_validator_is_refused_when_the_origin_is_not_two_thirds() {
	run(|| {
		for who in [HALF, operator(0), validator(0)] {
			assert_eq!(Consortium::add_validator(signed(who), H[0], 50), Err(BadOrigin));
		}
	});
}

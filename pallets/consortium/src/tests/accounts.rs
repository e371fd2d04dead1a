//! One reference however many roles; accounts outlive their last role.

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok, traits::Hooks, weights::Weight};
use salus_primitives::AccountRoles as _;

const ERA: u64 = 50;

#[test]
fn add_role_takes_one_reference_when_there_are_many_roles() {
	run(|| {
		for roles in 1..5 {
			assert_ok!(Consortium::add_role(&9));
			assert_eq!((System::providers(&9), AccountRoles::<Test>::get(9)), (1, roles));
		}
	});
}

#[test]
fn remove_role_keeps_the_account_when_roles_remain() {
	run(|| {
		assert_ok!(Consortium::add_role(&9));
		assert_ok!(Consortium::add_role(&9));
		assert_ok!(Consortium::remove_role(&9));
		assert!(!Retiring::<Test>::contains_key(9));
		go_to(2 * ERA);
		assert_eq!(System::providers(&9), 1);
	});
}

#[test]
fn account_retires_when_the_longest_era_has_passed() {
	run(|| {
		assert_ok!(Consortium::add_role(&9));
		System::inc_account_nonce(9);
		assert_ok!(Consortium::remove_role(&9));
		go_to(ERA);
		assert_eq!((System::providers(&9), System::account_nonce(9)), (1, 1));
		go_to(ERA + 1);
		assert!(!System::account_exists(&9));
		assert_eq!(last_event(), Event::AccountRetired { account: 9 });
		assert_eq!(RetirementBounds::<Test>::get(), (1, 1));
	});
}

#[test]
fn account_keeps_its_nonce_when_it_gets_a_role_while_retiring() {
	run(|| {
		assert_ok!(Consortium::add_role(&9));
		System::inc_account_nonce(9);
		assert_ok!(Consortium::remove_role(&9));
		go_to(20);
		assert_ok!(Consortium::add_role(&9));
		go_to(3 * ERA);
		assert_eq!((System::providers(&9), System::account_nonce(9)), (1, 1));
	});
}

#[test]
fn account_waits_from_its_last_role_on_when_it_had_retired_before() {
	run(|| {
		assert_ok!(Consortium::add_role(&9));
		assert_ok!(Consortium::remove_role(&9));
		go_to(20);
		assert_ok!(Consortium::add_role(&9));
		assert_ok!(Consortium::remove_role(&9));
		go_to(20 + ERA - 1);
		assert_eq!(System::providers(&9), 1);
		go_to(20 + ERA);
		assert!(!System::account_exists(&9));
	});
}

#[test]
fn account_goes_once_when_it_lost_its_role_twice_in_a_block() {
	run(|| {
		for _ in 0..2 {
			assert_ok!(Consortium::add_role(&9));
			assert_ok!(Consortium::remove_role(&9));
		}
		System::inc_providers(&9); // another pallet's
		go_to(ERA + 1);
		assert_eq!(System::providers(&9), 1);
	});
}

#[test]
fn account_waits_longer_when_something_holds_on_to_it() {
	run(|| {
		assert_ok!(Consortium::add_role(&9));
		assert_ok!(System::inc_consumers(&9));
		assert_ok!(Consortium::remove_role(&9));
		go_to(ERA + 1);
		assert_eq!(Retiring::<Test>::get(9), Some(2 * ERA + 1));
		System::dec_consumers(&9);
		go_to(2 * ERA + 1);
		assert!(!System::account_exists(&9));
	});
}

#[test]
fn account_of_a_validator_goes_with_its_keys_when_it_has_left() {
	run(|| {
		assert_ok!(Consortium::remove_validator(signed(TWO_THIRDS), validator(0)));
		go_to(ERA + 1);
		assert_eq!(pallet_session::NextKeys::<Test>::get(validator(0)), None);
		assert!(!System::account_exists(&validator(0)));
		// Its key can be used by another account.
		assert_ok!(Consortium::add_validator(signed(TWO_THIRDS), H[0], 50));
		assert_ok!(set_keys(50, validator(0)));
	});
}

#[test]
fn retirement_waits_when_there_is_no_weight() {
	run(|| {
		assert_ok!(Consortium::add_role(&9));
		assert_ok!(Consortium::remove_role(&9));
		let needed = <() as WeightInfo>::retire_account();
		System::set_block_number(ERA + 1);
		let short = Weight::from_parts(needed.ref_time() - 1, u64::MAX);
		assert!(Consortium::on_idle(ERA + 1, short).ref_time() < needed.ref_time());
		assert_eq!(System::providers(&9), 1);
		assert_eq!(Consortium::on_idle(ERA + 1, needed), needed);
		assert!(!System::account_exists(&9));
	});
}

#[test]
fn retirement_goes_on_in_the_next_block_when_many_are_due() {
	run(|| {
		for who in 2_000..2_000 + u64::from(MAX_RETIREMENTS) + 3 {
			assert_ok!(Consortium::add_role(&who));
			assert_ok!(Consortium::remove_role(&who));
		}
		go_to(ERA + 1);
		assert_eq!(Retiring::<Test>::iter().count(), 3);
		go_to(ERA + 2);
		assert_eq!(Retiring::<Test>::iter().count(), 0);
	});
}

#[test]
fn roles_are_refused_when_they_cannot_be_counted() {
	run(|| {
		assert_noop!(Consortium::remove_role(&9), Error::<Test>::NoRole);
		AccountRoles::<Test>::insert(gateway(0), u32::MAX);
		assert_noop!(Consortium::add_role(&gateway(0)), Error::<Test>::TooManyRoles);
	});
}

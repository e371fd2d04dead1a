//! Attacks on, and uses of, `remove_expired_permits`.

use super::*;
use codec::{Decode, Encode};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::HOUR;
use sp_runtime::DispatchError;

fn remove(ids: &[u64]) -> DispatchResult {
	remove_by(gateway(PAYER), ids)
}

fn remove_by(who: u64, ids: &[u64]) -> DispatchResult {
	let ids: Vec<_> = ids.iter().copied().map(PermitId).collect();
	Consent::remove_expired_permits(RuntimeOrigin::signed(who), ids.try_into().expect("few enough"))
}

/// Permits 0 and 1, and an hour later permit 2.
fn issue() {
	granted(grant_of(ASKER, &[1]));
	for hours in [0, 0, 1] {
		wait(hours * HOUR);
		assert!(ask(&[1]).is_some());
	}
}

#[test]
fn remove_expired_permits_drops_them_when_they_have_ended() {
	execute(|| {
		issue();
		Clock::set(START + SHIFT);
		assert_ok!(remove(&[0, 1]));
		System::assert_last_event(Event::<Test>::PermitsRemoved { count: 2 }.into());
		let left: Vec<_> = Permits::<Test>::iter_keys().collect();
		assert_eq!(left, [PermitId(2)]);
	});
}

#[test]
fn remove_expired_permits_counts_each_once_when_named_twice_or_gone() {
	execute(|| {
		issue();
		Clock::set(START + SHIFT);
		assert_ok!(remove(&[0]));
		assert_ok!(remove(&[0, 1, 1, 77]));
		System::assert_last_event(Event::<Test>::PermitsRemoved { count: 1 }.into());
	});
}

#[test]
fn remove_expired_permits_fails_when_one_has_not_ended() {
	execute(|| {
		issue();
		Clock::set(START + SHIFT - 1);
		assert_noop!(remove(&[0]), Error::<Test>::PermitNotExpired);
		Clock::set(START + SHIFT);
		assert_noop!(remove(&[0, 1, 2]), Error::<Test>::PermitNotExpired);
	});
}

#[test]
fn remove_expired_permits_fails_when_permit_is_dead_but_has_not_ended() {
	execute(|| {
		issue();
		assert_ok!(revoke_by(ANA_KEY, ANA, ASKER, CapabilityId(0)));
		assert_noop!(remove(&[0]), Error::<Test>::PermitNotExpired);
	});
}

#[test]
fn remove_expired_permits_fails_when_there_is_nothing_to_remove() {
	execute(|| {
		assert_noop!(remove(&[]), Error::<Test>::NothingToRemove);
		assert_noop!(remove(&[5, 6]), Error::<Test>::NothingToRemove);
	});
}

#[test]
fn remove_expired_permits_fails_when_nobody_signs() {
	execute(|| {
		for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
			assert_noop!(Consent::remove_expired_permits(origin, Default::default()), DispatchError::BadOrigin);
		}
	});
}

#[test]
fn remove_expired_permits_works_when_a_patient_with_a_role_asks() {
	execute(|| {
		issue();
		assert_ok!(<Registry as salus_primitives::AccountRoles<u64>>::add_role(&ANA_KEY));
		Clock::set(START + SHIFT);
		assert_ok!(remove_by(ANA_KEY, &[0]));
	});
}

#[test]
fn remove_expired_permits_fails_when_the_signer_has_no_role_now() {
	execute(|| {
		issue();
		Clock::set(START + SHIFT);
		Registry::suspend(PAYER);
		for who in [STRANGER, ANA_KEY, gateway(PAYER)] {
			assert_noop!(remove_by(who, &[0]), NOT_A_MEMBER);
		}
	});
}

#[test]
fn remove_expired_permits_does_not_decode_when_it_has_65_ids() {
	let encoded = |count: u64| (4u8, (0..count).map(PermitId).collect::<Vec<_>>()).encode();
	assert!(Call::<Test>::decode(&mut &encoded(64)[..]).is_ok());
	assert!(Call::<Test>::decode(&mut &encoded(65)[..]).is_err());
}

//! Idle time drops ended permits, oldest first, without anybody asking.

use super::*;
use frame_support::{assert_ok, traits::Hooks, weights::Weight};
use salus_primitives::HOUR;

fn idle(limit: Weight) -> Weight {
	System::reset_events();
	<Consent as Hooks<u64>>::on_idle(1, limit)
}

fn left() -> Vec<u64> {
	let mut ids: Vec<_> = Permits::<Test>::iter_keys().map(|id| id.0).collect();
	ids.sort_unstable();
	ids
}

fn step() -> Weight {
	<Test as Config>::WeightInfo::sweep_permit()
}

/// Permits 0 to 4, an hour apart.
fn issue() {
	granted(grant_of(ASKER, &[1]));
	for _ in 0..5 {
		assert!(ask(&[1]).is_some());
		wait(HOUR);
	}
}

#[test]
fn sweep_permits_drops_what_has_ended_when_there_is_time() {
	execute(|| {
		issue();
		Clock::set(START + SHIFT + 2 * HOUR);
		idle(Weight::MAX);
		System::assert_last_event(Event::<Test>::PermitsRemoved { count: 3 }.into());
		assert_eq!(left(), [3, 4]);
		Clock::set(START + SHIFT + 4 * HOUR);
		idle(Weight::MAX);
		assert!(left().is_empty());
		assert_eq!(OldestPermit::<Test>::get(), NextPermit::<Test>::get());
	});
}

#[test]
fn sweep_permits_drops_nothing_when_nothing_has_ended() {
	execute(|| {
		assert_eq!(idle(Weight::MAX), step());
		issue();
		Clock::set(START + SHIFT - 1);
		// One look at the oldest, however many there are.
		assert_eq!(idle(Weight::MAX), step());
		assert_eq!(left().len(), 5);
		assert!(System::events().is_empty());
	});
}

#[test]
fn sweep_permits_goes_on_where_it_stopped_when_the_weight_is_short() {
	execute(|| {
		issue();
		Clock::set(START + 2 * SHIFT);
		assert_eq!(idle(step().saturating_sub(Weight::from_parts(1, 0))), Weight::zero());
		assert_eq!(left().len(), 5);
		for expected in [[2, 3, 4].as_slice(), &[4], &[]] {
			let limit = step().saturating_mul(2);
			assert!(idle(limit).all_lte(limit));
			assert_eq!(left(), expected);
		}
	});
}

#[test]
fn sweep_permits_takes_no_more_than_its_share_when_thousands_have_ended() {
	execute(|| {
		granted(grant_of(ASKER, &[1]));
		let count = u64::from(MAX_SWEEP) + 3;
		for _ in 0..count {
			assert!(ask(&[1]).is_some());
		}
		Clock::set(START + SHIFT);
		idle(Weight::MAX);
		assert_eq!(left(), [count - 3, count - 2, count - 1]);
		idle(Weight::MAX);
		assert!(left().is_empty());
	});
}

#[test]
fn sweep_permits_passes_over_those_that_a_call_has_dropped() {
	execute(|| {
		issue();
		Clock::set(START + SHIFT + HOUR);
		let ids = vec![PermitId(0), PermitId(1)].try_into().expect("few enough");
		assert_ok!(Consent::remove_expired_permits(RuntimeOrigin::signed(gateway(PAYER)), ids));
		Clock::set(START + SHIFT + 2 * HOUR);
		idle(Weight::MAX);
		System::assert_last_event(Event::<Test>::PermitsRemoved { count: 1 }.into());
		assert_eq!(left(), [3, 4]);
	});
}

#[test]
fn sweep_permits_lets_one_wait_when_its_capability_ended_before_an_older_permit() {
	execute(|| {
		granted(grant_of(ASKER, &[1]));
		granted(Grant { valid_until: START + HOUR, ..grant_of(ASKER, &[2]) });
		assert!(ask(&[1]).is_some());
		assert!(ask(&[2]).is_some());
		Clock::set(START + HOUR);
		idle(Weight::MAX);
		assert_eq!(left(), [0, 1]);
		assert!(!Consent::permit_is_live(PermitId(1)));
		Clock::set(START + <Test as Config>::MaxPermitValidity::get());
		idle(Weight::MAX);
		assert!(left().is_empty());
	});
}

//! When sessions end.

use crate::{mock::*, *};
use frame_support::traits::EstimateNextSessionRotation;
use pallet_session::ShouldEndSession;
use sp_runtime::Permill;

fn index_at(block: u64) -> u32 {
	go_to(block);
	Session::current_index()
}

#[test]
fn session_ends_in_the_blocks_of_a_fixed_grid_when_nobody_changes_its_length() {
	run(|| {
		for session in 1..4 {
			assert_eq!(index_at(SESSION * u64::from(session) - 1), session - 1);
			assert_eq!(index_at(SESSION * u64::from(session)), session);
			assert_eq!(SessionBegan::<Test>::get(), SESSION * u64::from(session));
		}
	});
}

#[test]
fn session_that_runs_ends_earlier_when_the_length_is_shortened() {
	run(|| {
		assert_eq!(index_at(13), 1);
		SessionLength::set(4);
		assert_eq!(index_at(14), 2);
		assert_eq!((index_at(17), index_at(18)), (2, 3));
	});
}

/// However far behind the new end lies: one session ends, in the next block.
#[test]
fn one_session_ends_at_once_when_the_new_end_lies_in_the_past() {
	run(|| {
		assert_eq!(index_at(19), 1);
		SessionLength::set(2);
		assert_eq!(Consortium::next_session_at(19), 20);
		assert_eq!((index_at(20), index_at(21), index_at(22)), (2, 2, 3));
	});
}

#[test]
fn session_that_runs_ends_later_when_the_length_is_extended() {
	run(|| {
		assert_eq!(index_at(19), 1);
		SessionLength::set(25);
		assert_eq!((index_at(34), index_at(35)), (1, 2));
		assert_eq!(SessionBegan::<Test>::get(), 35);
	});
}

#[test]
fn session_ends_as_genesis_says_when_the_network_is_for_tests() {
	let spec = GenesisConfig { institutions: genesis(4), short_sessions: Some(3), ..Default::default() };
	build_with(spec).execute_with(|| {
		assert_eq!((index_at(2), index_at(3), index_at(6)), (0, 1, 2));
		SessionLength::set(25);
		assert_eq!((Consortium::average_session_length(), index_at(9)), (3, 3));
	});
}

#[test]
fn estimates_are_what_then_happens_when_the_length_stays() {
	run(|| {
		go_to(SESSION);
		assert_eq!(Consortium::average_session_length(), SESSION);
		for at in SESSION..2 * SESSION {
			assert_eq!(Consortium::estimate_next_session_rotation(at).0, Some(2 * SESSION));
			assert!(!Consortium::should_end_session(at));
			let progress = Permill::from_rational(at - SESSION + 1, SESSION);
			assert_eq!(Consortium::estimate_current_session_progress(at).0, Some(progress));
		}
		assert!(Consortium::should_end_session(2 * SESSION));
		assert!(Consortium::should_end_session(2 * SESSION + 7), "a missed end is made up for");
		assert_eq!(Consortium::estimate_current_session_progress(5 * SESSION).0, Some(Permill::one()));
	});
}

//! What needs Root, by the council's majorities and nobody else.

use crate::{mock::*, *};
use codec::Encode;
use frame_support::{assert_noop, assert_ok, dispatch::DispatchResult};
use sp_core::H256;
use sp_runtime::DispatchError::{self, BadOrigin};

const CODE: H256 = H256([7; 32]);

fn enact(who: AccountId, action: ActionOf<Test>) -> DispatchResult {
	Consortium::enact(signed(who), action)
}

fn upgrade(check_version: bool) -> ActionOf<Test> {
	Action::AuthorizeUpgrade { code_hash: CODE, check_version }
}

fn stalled(delay: u64, best_finalized: u64) -> ActionOf<Test> {
	Action::NoteStalled { delay, best_finalized }
}

fn of_two_thirds() -> Vec<ActionOf<Test>> {
	vec![upgrade(true), upgrade(false), stalled(3, 1)]
}

fn of_half() -> Vec<ActionOf<Test>> {
	vec![
		Action::SetParameter { parameter: Figure::Cap, value: 11 },
		Action::PauseCall { call: Stoppable::Remark, blocks: 1 },
		Action::ResumeCall { call: Stoppable::Remark },
	]
}

#[test]
fn enact_asks_root_for_exactly_what_the_action_says_when_two_thirds_agree() {
	run(|| {
		for check_version in [true, false] {
			assert_ok!(enact(TWO_THIRDS, upgrade(check_version)));
			assert_eq!(root_acts(), Some((CODE, check_version).encode()));
			assert_eq!(last_event(), Event::ActionEnacted { action: upgrade(check_version) });
		}
		assert_ok!(enact(TWO_THIRDS, stalled(3, 1)));
		assert_eq!(root_acts(), Some((3u64, 1u64).encode()));
		assert_eq!(last_event(), Event::ActionEnacted { action: stalled(3, 1) });
	});
}

#[test]
fn enact_does_the_rest_when_half_agree() {
	run(|| {
		for action in of_half() {
			assert_ok!(enact(HALF, action.clone()));
			assert_eq!(last_event(), Event::ActionEnacted { action });
			assert_eq!(root_acts(), None);
		}
	});
}

#[test]
fn enact_changes_nothing_when_root_fails() {
	run(|| {
		assert_noop!(enact(TWO_THIRDS, stalled(REFUSED_DELAY, 1)), DispatchError::Other("refused"));
	});
}

#[test]
fn enact_does_not_tell_grandpa_when_the_figures_make_no_sense() {
	run(|| {
		assert_ok!(enact(TWO_THIRDS, stalled(SESSION - 1, 0)));
		for (delay, best_finalized) in [(0, 1), (SESSION, 1), (u64::MAX, 1), (3, 2), (3, u64::MAX)] {
			assert_noop!(enact(TWO_THIRDS, stalled(delay, best_finalized)), Error::<Test>::InvalidStall);
		}
	});
}

#[test]
fn enact_measures_the_delay_by_the_session_when_its_length_was_changed() {
	run(|| {
		SessionLength::set(5);
		assert_noop!(enact(TWO_THIRDS, stalled(5, 1)), Error::<Test>::InvalidStall);
		SessionLength::set(30);
		assert_ok!(enact(TWO_THIRDS, stalled(29, 1)));
	});
}

#[test]
fn enact_is_refused_when_the_origin_is_not_the_majority_that_it_takes() {
	run(|| {
		for (actions, others) in [(of_two_thirds(), HALF), (of_half(), TWO_THIRDS)] {
			for action in actions {
				for who in [others, operator(0), gateway(0), validator(0)] {
					assert_noop!(enact(who, action.clone()), BadOrigin);
				}
				assert_noop!(Consortium::enact(RuntimeOrigin::none(), action), BadOrigin);
			}
		}
	});
}

/// The change by force takes what was planned: a set whose lost keys were just replaced is not it.
#[test]
fn enact_notes_no_stall_when_a_key_was_replaced_since_the_last_plan() {
	run(|| {
		assert_ok!(set_keys(validator(0), 777));
		assert_noop!(enact(TWO_THIRDS, stalled(3, 1)), Error::<Test>::NotPlanned);
		next_session();
		assert_ok!(enact(TWO_THIRDS, stalled(3, 1)));
	});
}

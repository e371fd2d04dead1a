//! Whose nodes belong on the network, and until when.

use crate::{mock::*, *};
use frame_support::assert_ok;
use salus_primitives::{InstitutionId, NodeId};

const fn node(institution: u32) -> NodeId {
	NodeId([institution as u8 + 1; 32])
}

fn list_for(institutions: impl IntoIterator<Item = u32>) {
	for id in institutions {
		assert_ok!(Consortium::register_node(signed(operator(id)), node(id)));
	}
}

fn is_on_the_network(id: u32) -> bool {
	Consortium::nodes().contains(&(node(id), InstitutionId(id)))
}

#[test]
fn nodes_go_at_once_and_come_back_when_a_member_without_validators_is_suspended() {
	run(|| {
		list_for([4]);
		assert_ok!(Consortium::suspend_institution(signed(TWO_THIRDS), CLINIC, None));
		assert!(!is_on_the_network(4));
		assert_ok!(Consortium::reinstate_institution(signed(TWO_THIRDS), CLINIC));
		assert!(is_on_the_network(4));
	});
}

#[test]
fn nodes_go_when_the_time_of_a_membership_is_over_whether_anybody_wrote_it_down() {
	run(|| {
		list_for([4]);
		assert_ok!(Consortium::set_membership_end(signed(TWO_THIRDS), CLINIC, Some(1_000_500)));
		assert!(is_on_the_network(4));
		set_now(1_000_500);
		assert!(!is_on_the_network(4));
	});
}

/// A suspension takes effect at once, the set lets go step by step: cut off at once, half of the set could not
/// finalize, and no other set would ever follow.
#[test]
fn nodes_stay_when_the_set_still_needs_the_suspended_members_validators() {
	run(|| {
		list_for([0]);
		assert_ok!(Consortium::suspend_institution(signed(TWO_THIRDS), H[0], None));
		next_session();
		assert!(!PlannedValidators::<Test>::get().contains(&validator(0)));
		assert!(is_on_the_network(0), "it sits in the set until the next session");
		next_session();
		assert!(!is_on_the_network(0));
	});
}

#[test]
fn nodes_stay_when_the_guards_hold_the_suspended_members_validators() {
	run(|| {
		MinValidators::set(4);
		list_for([0]);
		assert_ok!(Consortium::suspend_institution(signed(TWO_THIRDS), H[0], None));
		for _ in 0..4 {
			next_session();
			assert!(is_on_the_network(0));
		}
	});
}

#[test]
fn nodes_are_forgotten_when_a_member_leaves_for_good() {
	run(|| {
		list_for([0, 4]);
		assert_ok!(Consortium::deactivate_institution(signed(TWO_THIRDS), CLINIC, None));
		assert!(!Nodes::<Test>::contains_key(CLINIC));
		assert_ok!(Consortium::deactivate_institution(signed(TWO_THIRDS), H[0], None));
		next_session();
		assert!(is_on_the_network(0), "its validator sits in the set until the next session");
		next_session();
		assert!(!is_on_the_network(0));
		assert!(!Nodes::<Test>::contains_key(H[0]) && !Departing::<Test>::contains_key(H[0]));
	});
}

#[test]
fn nodes_stay_when_the_set_still_needs_a_removed_validator_and_its_member_leaves() {
	run(|| {
		list_for([0]);
		assert_ok!(Consortium::remove_validator(signed(TWO_THIRDS), validator(0)));
		assert_ok!(Consortium::deactivate_institution(signed(TWO_THIRDS), H[0], None));
		next_session();
		assert!(is_on_the_network(0), "its validator sits in the set until the next session");
		next_session();
		assert!(!is_on_the_network(0));
		assert!(!Nodes::<Test>::contains_key(H[0]) && !Departing::<Test>::contains_key(H[0]));
	});
}

#[test]
fn nodes_stay_when_the_set_still_needs_a_removed_validator_and_its_member_is_suspended() {
	run(|| {
		list_for([0]);
		assert_ok!(Consortium::remove_validator(signed(TWO_THIRDS), validator(0)));
		assert_ok!(Consortium::suspend_institution(signed(TWO_THIRDS), H[0], None));
		next_session();
		assert!(is_on_the_network(0), "its validator sits in the set until the next session");
		next_session();
		assert!(!is_on_the_network(0) && !Departing::<Test>::contains_key(H[0]));
		// A suspended member may come back, and its nodes with it.
		assert_ok!(Consortium::reinstate_institution(signed(TWO_THIRDS), H[0]));
		assert!(is_on_the_network(0));
	});
}

#[test]
fn nodes_are_forgotten_when_another_member_has_taken_over_the_validator() {
	run(|| {
		list_for([0]);
		assert_ok!(Consortium::deactivate_institution(signed(TWO_THIRDS), H[0], None));
		assert_ok!(Consortium::add_validator(signed(TWO_THIRDS), H[1], validator(0)));
		assert!(!is_on_the_network(0));
		next_session();
		assert!(Session::validators().contains(&validator(0)));
		assert!(!Nodes::<Test>::contains_key(H[0]) && !Departing::<Test>::contains_key(H[0]));
	});
}

/// At no time is more than f of the set that runs off the network, whatever the council decides within the guards.
#[test]
fn nodes_of_more_than_f_validators_are_never_gone_when_members_leave_session_after_session() {
	run_with(genesis(9), || {
		list_for(0..9);
		for leaving in [0..2, 2..4, 4..5] {
			for id in leaving {
				assert_ok!(Consortium::deactivate_institution(signed(TWO_THIRDS), InstitutionId(id), None));
			}
			for _ in 0..SESSION {
				let set = Session::validators();
				let gone = set.iter().filter(|account| !is_on_the_network((**account - validator(0)) as u32)).count();
				assert!(gone <= max_faulty(set.len()), "{gone} of {}", set.len());
				go_to(System::block_number() + 1);
			}
		}
	});
}

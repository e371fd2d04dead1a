use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::NodeId;
use sp_runtime::DispatchError::BadOrigin;

const NODE: NodeId = NodeId([7; 32]);

#[test]
fn register_node_lists_it_when_the_operator_signs() {
	run(|| {
		assert_ok!(Consortium::register_node(signed(operator(0)), NODE));
		assert_eq!(last_event(), Event::NodeRegistered { institution: H[0], node: NODE });
		assert_eq!(Consortium::nodes(), [(NODE, H[0])]);
	});
}

/// Nobody keeps another's node out by listing it first, or takes it down with itself.
#[test]
fn register_node_succeeds_when_another_member_lists_it_too() {
	run(|| {
		assert_ok!(Consortium::register_node(signed(operator(4)), NODE));
		assert_ok!(Consortium::register_node(signed(operator(0)), NODE));
		assert_eq!(Consortium::nodes(), [(NODE, H[0]), (NODE, CLINIC)]);
		assert_ok!(Consortium::suspend_institution(signed(TWO_THIRDS), CLINIC, None));
		assert_eq!(Consortium::nodes(), [(NODE, H[0])]);
	});
}

#[test]
fn register_node_is_refused_when_it_is_listed_or_no_key() {
	run(|| {
		assert_ok!(Consortium::register_node(signed(operator(0)), NODE));
		assert_noop!(Consortium::register_node(signed(operator(0)), NODE), Error::<Test>::NodeAlreadyListed);
		assert_noop!(Consortium::register_node(signed(operator(0)), NodeId([0; 32])), Error::<Test>::InvalidKey);
	});
}

#[test]
fn register_node_is_refused_when_there_are_too_many() {
	run(|| {
		let register = |number| Consortium::register_node(signed(operator(0)), NodeId([number; 32]));
		for number in 1..=3 {
			assert_ok!(register(number));
		}
		assert_noop!(register(4), Error::<Test>::TooManyNodes);
		// Another member has room of its own.
		assert_ok!(Consortium::register_node(signed(operator(1)), NODE));
		NodesPerMember::set(4);
		assert_ok!(register(4));
		// What is stored has a bound that no parameter moves.
		NodesPerMember::set(5);
		assert_noop!(register(5), Error::<Test>::TooManyNodes);
		NodesPerMember::set(2);
		assert_ok!(Consortium::remove_node(signed(operator(0)), NodeId([4; 32])));
		assert_noop!(register(4), Error::<Test>::TooManyNodes);
	});
}

#[test]
fn register_node_is_refused_when_the_signer_is_no_active_operator() {
	run(|| {
		for who in [gateway(0), validator(0), TWO_THIRDS, 7] {
			assert_noop!(Consortium::register_node(signed(who), NODE), Error::<Test>::NotAnOperator);
		}
		assert_eq!(Consortium::register_node(RuntimeOrigin::none(), NODE), Err(BadOrigin));
		assert_ok!(Consortium::suspend_institution(signed(TWO_THIRDS), H[0], None));
		assert_noop!(Consortium::register_node(signed(operator(0)), NODE), Error::<Test>::InstitutionNotActive);
	});
}

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::NodeId;
use sp_runtime::DispatchError::BadOrigin;

const NODE: NodeId = NodeId([7; 32]);

fn listed() {
	assert_ok!(Consortium::register_node(signed(operator(0)), NODE));
}

#[test]
fn remove_node_takes_it_off_the_list_when_the_operator_signs() {
	run(|| {
		listed();
		assert_ok!(Consortium::register_node(signed(operator(1)), NODE));
		assert_ok!(Consortium::remove_node(signed(operator(0)), NODE));
		assert_eq!(last_event(), Event::NodeRemoved { institution: H[0], node: NODE });
		assert_eq!(Consortium::nodes(), [(NODE, H[1])]);
	});
}

#[test]
fn remove_node_is_refused_when_the_operators_own_institution_does_not_list_it() {
	run(|| {
		listed();
		for (who, node) in [(operator(1), NODE), (operator(0), NodeId([8; 32]))] {
			assert_noop!(Consortium::remove_node(signed(who), node), Error::<Test>::NodeNotListed);
		}
	});
}

#[test]
fn remove_node_is_refused_when_the_signer_is_no_active_operator() {
	run(|| {
		listed();
		for who in [gateway(0), validator(0), TWO_THIRDS, 7] {
			assert_noop!(Consortium::remove_node(signed(who), NODE), Error::<Test>::NotAnOperator);
		}
		assert_eq!(Consortium::remove_node(RuntimeOrigin::none(), NODE), Err(BadOrigin));
		assert_ok!(Consortium::suspend_institution(signed(TWO_THIRDS), H[0], None));
		assert_noop!(Consortium::remove_node(signed(operator(0)), NODE), Error::<Test>::InstitutionNotActive);
	});
}

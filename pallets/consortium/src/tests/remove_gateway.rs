use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::Members;

#[test]
fn remove_gateway_stops_it_at_once_when_the_operator_signs() {
	run(|| {
		assert_ok!(Consortium::remove_gateway(signed(operator(0)), gateway(0)));
		assert_eq!(Consortium::active_institution(&gateway(0)), Err(Error::<Test>::NotAGateway.into()));
		assert!(Retiring::<Test>::contains_key(gateway(0)));
		assert_eq!(last_event(), Event::GatewayRemoved { institution: H[0], gateway: gateway(0) });
		// Another institution may take the account into service now.
		assert_ok!(Consortium::register_gateway(signed(operator(1)), gateway(0)));
		assert_eq!(Consortium::active_institution(&gateway(0)), Ok(H[1]));
	});
}

#[test]
fn remove_gateway_is_refused_when_it_is_not_the_operators_own() {
	run(|| {
		for account in [gateway(1), operator(0), 7] {
			assert_noop!(Consortium::remove_gateway(signed(operator(0)), account), Error::<Test>::NotAGateway);
		}
	});
}

#[test]
fn remove_gateway_is_refused_when_the_signer_is_no_active_operator() {
	run(|| {
		assert_noop!(Consortium::remove_gateway(signed(gateway(0)), gateway(0)), Error::<Test>::NotAnOperator);
		assert_ok!(Consortium::suspend_institution(signed(TWO_THIRDS), H[0], None));
		assert_noop!(Consortium::remove_gateway(signed(operator(0)), gateway(0)), Error::<Test>::InstitutionNotActive);
	});
}

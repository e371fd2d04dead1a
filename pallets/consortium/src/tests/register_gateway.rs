use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::Members;
use sp_runtime::DispatchError::BadOrigin;

#[test]
fn register_gateway_succeeds_when_the_operator_signs() {
	run(|| {
		assert_ok!(Consortium::register_gateway(signed(operator(0)), 50));
		assert_eq!(Consortium::active_institution(&50), Ok(H[0]));
		assert_eq!((System::providers(&50), AccountRoles::<Test>::get(50)), (1, 1));
		assert_eq!(last_event(), Event::GatewayRegistered { institution: H[0], gateway: 50 });
	});
}

#[test]
fn register_gateway_counts_one_more_role_when_the_account_serves_the_same_institution() {
	run(|| {
		assert_ok!(Consortium::register_gateway(signed(operator(0)), operator(0)));
		assert_eq!((System::providers(&operator(0)), AccountRoles::<Test>::get(operator(0))), (1, 2));
	});
}

#[test]
fn register_gateway_is_refused_when_the_account_serves_another() {
	run(|| {
		for account in [operator(1), gateway(1), validator(1)] {
			assert_noop!(
				Consortium::register_gateway(signed(operator(0)), account),
				Error::<Test>::AccountServesAnother
			);
		}
	});
}

#[test]
fn register_gateway_is_refused_when_it_is_one_already() {
	run(|| {
		assert_noop!(Consortium::register_gateway(signed(operator(0)), gateway(0)), Error::<Test>::AlreadyGateway);
	});
}

#[test]
fn register_gateway_is_refused_when_there_are_too_many() {
	run(|| {
		assert_ok!(Consortium::register_gateway(signed(operator(0)), 50));
		assert_ok!(Consortium::register_gateway(signed(operator(0)), 51));
		assert_noop!(Consortium::register_gateway(signed(operator(0)), 52), Error::<Test>::TooManyGateways);
	});
}

#[test]
fn register_gateway_is_refused_when_the_signer_is_no_active_operator() {
	run(|| {
		for who in [gateway(0), validator(0), TWO_THIRDS, 7] {
			assert_noop!(Consortium::register_gateway(signed(who), 50), Error::<Test>::NotAnOperator);
		}
		assert_eq!(Consortium::register_gateway(RuntimeOrigin::none(), 50), Err(BadOrigin));
		assert_ok!(Consortium::suspend_institution(signed(TWO_THIRDS), H[0], None));
		assert_noop!(Consortium::register_gateway(signed(operator(0)), 50), Error::<Test>::InstitutionNotActive);
	});
}

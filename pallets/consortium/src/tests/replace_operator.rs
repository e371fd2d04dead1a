use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::InstitutionId;
use sp_runtime::DispatchError::BadOrigin;

fn replace(id: InstitutionId, account: AccountId) -> frame_support::dispatch::DispatchResult {
	Consortium::replace_operator(signed(TWO_THIRDS), id, account)
}

#[test]
fn replace_operator_moves_seat_and_powers_when_two_thirds_agree() {
	run(|| {
		assert_ok!(replace(H[0], 50));
		assert_eq!(last_event(), Event::OperatorReplaced { institution: H[0], old: operator(0), new: 50 });
		assert!(council().contains(&50) && !council().contains(&operator(0)));
		assert_noop!(Consortium::register_gateway(signed(operator(0)), 51), Error::<Test>::NotAnOperator);
		assert_ok!(Consortium::register_gateway(signed(50), 51));
		assert!(Retiring::<Test>::contains_key(operator(0)));
	});
}

#[test]
fn replace_operator_gives_no_seat_when_the_institution_is_suspended() {
	run(|| {
		assert_ok!(Consortium::suspend_institution(signed(TWO_THIRDS), H[0], None));
		assert_ok!(replace(H[0], 50));
		assert!(!council().contains(&50));
		assert_ok!(Consortium::reinstate_institution(signed(TWO_THIRDS), H[0]));
		assert!(council().contains(&50));
	});
}

#[test]
fn replace_operator_works_when_the_consortium_has_one_seat() {
	run_with(genesis(0), || {
		assert_ok!(replace(InstitutionId(0), 50));
		assert_eq!(council(), [50]);
	});
}

#[test]
fn replace_operator_is_refused_when_the_account_is_taken() {
	run(|| {
		assert_noop!(replace(H[0], operator(0)), Error::<Test>::AlreadyOperator);
		for account in [operator(1), gateway(1), validator(1)] {
			assert_noop!(replace(H[0], account), Error::<Test>::AccountServesAnother);
		}
	});
}

#[test]
fn replace_operator_is_refused_when_there_is_no_such_member() {
	run(|| {
		assert_noop!(replace(InstitutionId(9), 50), Error::<Test>::UnknownInstitution);
		assert_ok!(Consortium::deactivate_institution(signed(TWO_THIRDS), CLINIC, None));
		assert_noop!(replace(CLINIC, 50), Error::<Test>::InstitutionDeactivated);
	});
}

#[test]
fn replace_operator_is_refused_when_the_origin_is_not_two_thirds() {
	run(|| {
		for who in [HALF, operator(0), 50] {
			assert_eq!(Consortium::replace_operator(signed(who), H[0], 50), Err(BadOrigin));
		}
	});
}

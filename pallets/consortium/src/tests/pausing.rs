//! Pausing by motion and by a third of the seats with a regulator.

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok, dispatch::DispatchResult};
use salus_primitives::InstitutionId;
use sp_runtime::{
	traits::{DispatchTransaction, Dispatchable},
	transaction_validity::{InvalidTransaction, TransactionSource::External},
};

const CALL: Stoppable = Stoppable::RegisterGateway;

fn pause(blocks: u64) -> DispatchResult {
	Consortium::enact(signed(HALF), Action::PauseCall { call: CALL, blocks })
}

fn resume() -> DispatchResult {
	Consortium::enact(signed(HALF), Action::ResumeCall { call: CALL })
}

fn request(member: InstitutionId) -> DispatchResult {
	Consortium::request_pause(signed(operator(member.0)), CALL)
}

/// As a transaction, a batch or a motion would run it.
fn register(gateway: AccountId) -> DispatchResult {
	let call = RuntimeCall::Consortium(Call::register_gateway { gateway });
	call.dispatch(signed(operator(0))).map(|_| ()).map_err(|refused| refused.error)
}

fn is_paused() -> bool {
	Consortium::paused_until(CALL).is_some()
}

#[test]
fn paused_call_does_not_run_until_the_pause_is_over() {
	run(|| {
		assert_ok!(register(50));
		assert_ok!(pause(4));
		assert_eq!(Consortium::paused_until(CALL), Some(5));
		assert_noop!(register(51), frame_system::Error::<Test>::CallFiltered);
		// Others run.
		assert_ok!(RuntimeCall::System(frame_system::Call::remark { remark: vec![] }).dispatch(signed(1)));
		go_to(4);
		assert_noop!(register(51), frame_system::Error::<Test>::CallFiltered);
		go_to(5);
		assert_ok!(register(51));
	});
}

#[test]
fn paused_call_is_refused_in_the_pool() {
	run(|| {
		classify_remark(Lane::Bulk, Who::Gateway);
		let remark = RuntimeCall::System(frame_system::Call::remark { remark: vec![] });
		let validate = || {
			let extension = CheckMember::<Test>::new();
			extension.validate_only(signed(gateway(0)), &remark, &Default::default(), 0, External, 0).map(|_| ())
		};
		assert_ok!(validate());
		assert_ok!(Consortium::enact(signed(HALF), Action::PauseCall { call: Stoppable::Remark, blocks: 1 }));
		assert_eq!(validate(), Err(InvalidTransaction::Call.into()));
	});
}

#[test]
fn pause_by_motion_is_refused_when_it_is_empty_or_too_long() {
	run(|| {
		for blocks in [0, MAX_PAUSE + 1, u64::MAX] {
			assert_noop!(pause(blocks), Error::<Test>::PauseTooLong);
		}
		assert_ok!(pause(MAX_PAUSE));
		// A later motion may shorten it.
		assert_ok!(pause(1));
		assert_eq!(Consortium::paused_until(CALL), Some(2));
	});
}

#[test]
fn resume_ends_a_pause_at_once_and_is_refused_when_there_is_none() {
	run(|| {
		assert_noop!(resume(), Error::<Test>::CallNotPaused);
		assert_ok!(pause(4));
		assert_ok!(resume());
		assert_ok!(register(50));
		assert_noop!(resume(), Error::<Test>::CallNotPaused);
		assert_ok!(pause(1));
		go_to(2);
		assert_noop!(resume(), Error::<Test>::CallNotPaused);
	});
}

#[test]
fn request_pause_pauses_when_a_third_of_the_seats_with_a_regulator_ask() {
	run_with(with_regulator(), || {
		assert_ok!(request(H[0]));
		assert_eq!(last_event(), Event::PauseRequested { institution: H[0], call: CALL, until: 1 + EMERGENCY_PAUSE });
		assert!(!is_paused());
		assert_ok!(request(REGULATOR));
		assert_eq!(last_event(), Event::CallPaused { call: CALL, until: 1 + EMERGENCY_PAUSE });
		assert_noop!(register(50), frame_system::Error::<Test>::CallFiltered);
		assert_noop!(request(H[1]), Error::<Test>::CallPausedAlready);
		go_to(1 + EMERGENCY_PAUSE);
		assert_ok!(register(50));
	});
}

#[test]
fn request_pause_does_not_pause_when_no_regulator_asks() {
	run_with(with_regulator(), || {
		for member in H {
			assert_ok!(request(member));
		}
		assert_ok!(request(CLINIC));
		assert!(!is_paused());
		assert_eq!(Consortium::pause_requests(CALL).count(), 5);
	});
}

#[test]
fn request_pause_does_not_pause_when_a_regulator_asks_twice() {
	run_with(with_regulator(), || {
		assert_ok!(request(REGULATOR));
		assert_ok!(request(REGULATOR));
		assert!(!is_paused());
		assert_eq!(Consortium::pause_requests(CALL).count(), 1);
	});
}

#[test]
fn request_pause_does_not_count_what_was_asked_long_ago_or_by_members_that_were_stopped() {
	run_with(with_regulator(), || {
		assert_ok!(request(H[0]));
		go_to(1 + EMERGENCY_PAUSE);
		assert_ok!(request(REGULATOR));
		assert!(!is_paused());
		assert_ok!(request(H[1]));
		assert!(is_paused());
	});
	run_with(with_regulator(), || {
		assert_ok!(request(REGULATOR));
		assert_ok!(Consortium::suspend_institution(signed(TWO_THIRDS), REGULATOR, None));
		assert_ok!(request(H[0]));
		assert_ok!(request(H[1]));
		assert!(!is_paused());
	});
}

#[test]
fn request_pause_is_refused_when_a_third_paused_the_call_not_long_ago() {
	run_with(with_regulator(), || {
		assert_ok!(request(H[0]));
		assert_ok!(request(REGULATOR));
		assert_ok!(resume());
		// Not even one who did not ask before, nor once a motion has paused it in between.
		assert_noop!(request(H[2]), Error::<Test>::PausedRecently);
		assert_ok!(pause(1));
		go_to(EMERGENCY_PAUSE + PAUSE_COOLDOWN);
		assert_noop!(request(H[2]), Error::<Test>::PausedRecently);
		go_to(1 + EMERGENCY_PAUSE + PAUSE_COOLDOWN);
		assert_ok!(request(H[2]));
	});
}

#[test]
fn request_pause_is_refused_when_the_signer_is_no_operator_of_an_active_member() {
	run_with(with_regulator(), || {
		for who in [gateway(5), validator(0), TWO_THIRDS, 9] {
			assert_noop!(Consortium::request_pause(signed(who), CALL), Error::<Test>::NotAnOperator);
		}
		assert_ok!(Consortium::suspend_institution(signed(TWO_THIRDS), REGULATOR, None));
		assert_noop!(request(REGULATOR), Error::<Test>::InstitutionNotActive);
	});
}

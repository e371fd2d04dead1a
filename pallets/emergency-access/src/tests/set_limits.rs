//! The consortium sets periods and caps.

use super::*;

#[test]
fn set_limits_holds_from_now_on_when_the_consortium_sets_them() {
	run(|| {
		let id = proposed(5, 3);
		let limits = EmergencyLimits { formation: HOUR, ..EmergencyLimits::default() };
		assert_ok!(EmergencyAccess::set_limits(root(), limits));
		System::assert_last_event(Event::LimitsSet { limits }.into());
		assert_eq!(EmergencyAccess::limits(), limits);
		// What runs keeps its time.
		assert_eq!(forming(id).deadline, START + EmergencyLimits::default().formation);
		assert_eq!(forming(proposed(5, 3)).deadline, START + HOUR);
	});
}

#[test]
fn set_limits_is_refused_when_a_period_or_a_cap_is_zero() {
	run(|| {
		let changes: [fn(&mut EmergencyLimits); 16] = [
			|limits| limits.formation = 0,
			|limits| limits.committee_validity = 0,
			|limits| limits.fallback = 0,
			|limits| limits.fallback_window = 0,
			|limits| limits.request_validity = 0,
			|limits| limits.session_validity = 0,
			|limits| limits.review_period = 0,
			|limits| limits.locate_validity = 0,
			|limits| limits.shift_requests = 0,
			|limits| limits.institution_requests = 0,
			|limits| limits.open_sessions = 0,
			|limits| limits.shift_locates = 0,
			|limits| limits.institution_locates = 0,
			|limits| limits.enrolments = 0,
			|limits| limits.dispute_quorum = 0,
			|limits| limits.suspensions = 0,
		];
		for change in changes {
			let mut limits = EmergencyLimits::default();
			change(&mut limits);
			assert_noop!(EmergencyAccess::set_limits(root(), limits), Error::<Test>::BadLimits);
		}
	});
}

#[test]
fn set_limits_is_refused_when_guardians_have_longer_than_any_committee_lasts() {
	run(|| {
		let validity = EmergencyLimits::default().committee_validity;
		let changes: [fn(&mut EmergencyLimits, Moment); 6] = [
			// No committee could be proposed.
			|limits, period| limits.formation = period,
			// A custodian could keep the consortium's committee out for as long as the patient's own one lasts.
			|limits, period| limits.fallback = period,
			|limits, period| limits.fallback_window = period,
			|limits, period| limits.request_validity = period,
			|limits, period| limits.session_validity = period,
			|limits, period| limits.locate_validity = period,
		];
		for change in changes {
			let mut limits = EmergencyLimits::default();
			change(&mut limits, validity);
			assert_noop!(EmergencyAccess::set_limits(root(), limits), Error::<Test>::BadLimits);
			change(&mut limits, validity - 1);
			assert_ok!(EmergencyAccess::set_limits(root(), limits));
		}
	});
}

#[test]
fn set_limits_is_refused_when_the_origin_is_not_the_consortium() {
	run(|| {
		let call = EmergencyAccess::set_limits(signed(gateway(hospital(1))), EmergencyLimits::default());
		assert_noop!(call, DispatchError::BadOrigin);
	});
}

#[test]
fn genesis_sets_limits_when_it_names_them() {
	use sp_runtime::BuildStorage;
	let limits = EmergencyLimits { institution_requests: 7, ..EmergencyLimits::default() };
	let genesis = GenesisConfig::<Test> { limits: Some(limits), ..Default::default() };
	let storage = genesis.build_storage().expect("valid limits");
	sp_io::TestExternalities::new(storage).execute_with(|| assert_eq!(EmergencyAccess::limits(), limits));
}

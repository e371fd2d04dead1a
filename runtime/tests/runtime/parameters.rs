//! Every parameter can be read, set within its range and seen; the code that it is for reads it.

use crate::support::{decide, start};
use codec::{Decode, Encode};
use frame_support::traits::Get;
use pallet_consortium::{Action, Call, Config, Tunable};
use salus_primitives::MINUTE;
use salus_runtime::{Parameter, Runtime, LOCAL_TESTNET_PRESET};
use salus_runtime_api::runtime_decl_for_consortium_api::ConsortiumApiV2;
use scale_info::{TypeDef, TypeInfo};

/// More than half of seven seats.
const HALF: u32 = 4;

fn set(parameter: Parameter, value: u64) -> bool {
	let call = Call::<Runtime>::enact { action: Action::SetParameter { parameter, value } };
	decide(call, HALF).unwrap().is_ok()
}

#[test]
fn every_parameter_is_listed_once_and_its_default_lies_in_its_range() {
	let TypeDef::Variant(variants) = Parameter::type_info().type_def else { panic!("an enum") };
	assert_eq!(variants.variants.len(), Parameter::ALL.len());
	for (at, parameter) in Parameter::ALL.into_iter().enumerate() {
		// Stored under its number: that never changes.
		assert_eq!(parameter.encode(), [at as u8]);
		assert_eq!(Parameter::decode(&mut &[at as u8][..]).unwrap(), parameter);
		let range = parameter.range();
		assert!(range.least <= range.default && range.default <= range.most, "{parameter:?}");
		assert!(range.least < range.most, "{parameter:?} could as well be a constant");
		assert!(!parameter.unit().is_empty());
	}
}

#[test]
fn parameters_that_are_numbers_of_32_bits_end_below() {
	use Parameter::*;
	for parameter in [
		MinValidators,
		OpenMotionsPerSeat,
		MotionDuration,
		MaxRefusalsPerDay,
		MaxPause,
		EmergencyPause,
		PauseCooldown,
		SessionLength,
		NodesPerMember,
	] {
		assert!(parameter.range().most <= u32::MAX.into(), "{parameter:?}");
	}
}

/// What the pallets read, in the order of `Parameter::ALL`.
fn as_read() -> [u64; Parameter::ALL.len()] {
	let quota = <Runtime as Config>::DefaultQuota::get();
	[
		<Runtime as Config>::MinValidators::get().into(),
		quota.bulk,
		quota.decisions,
		<Runtime as Config>::PatientQuota::get(),
		<Runtime as Config>::GuardianQuota::get(),
		<Runtime as Config>::GuaranteedQuota::get(),
		salus_runtime::configs::council::OpenMotionsPerSeat::get().into(),
		<<Runtime as pallet_collective::Config<pallet_collective::Instance1>>::MotionDuration as Get<u32>>::get()
			.into(),
		<Runtime as pallet_consent::Config>::MaxPermitValidity::get(),
		<Runtime as pallet_consent::Config>::MaxRefusalsPerDay::get().into(),
		<Runtime as pallet_audit_trail::Config>::MaxReceiptsAge::get(),
		<<Runtime as Config>::MaxPause as Get<u32>>::get().into(),
		<<Runtime as Config>::EmergencyPause as Get<u32>>::get().into(),
		<<Runtime as Config>::PauseCooldown as Get<u32>>::get().into(),
		<<Runtime as Config>::SessionLength as Get<u32>>::get().into(),
		<Runtime as Config>::NodesPerMember::get().into(),
		// The nodes read it, by its name.
		Runtime::parameters().into_iter().find(|info| info.name == "OnlyListedNodes").unwrap().value,
	]
}

#[test]
fn each_parameter_reaches_the_code_that_it_is_for_and_no_other() {
	start(LOCAL_TESTNET_PRESET).execute_with(|| {
		let mut expected = Parameter::ALL.map(|parameter| parameter.range().default);
		assert_eq!(as_read(), expected);
		for (at, parameter) in Parameter::ALL.into_iter().enumerate() {
			let range = parameter.range();
			expected[at] = if range.default == range.least { range.most } else { range.least };
			assert!(set(parameter, expected[at]), "{parameter:?}");
			assert_eq!(as_read(), expected, "{parameter:?}");
		}
	});
}

#[test]
fn a_value_outside_of_its_range_is_refused_whoever_agrees() {
	start(LOCAL_TESTNET_PRESET).execute_with(|| {
		for parameter in Parameter::ALL {
			let range = parameter.range();
			let outside = range.least.checked_sub(1).into_iter().chain(range.most.checked_add(1));
			for value in outside {
				assert!(!set(parameter, value), "{parameter:?} {value}");
				assert_eq!(parameter.value(), range.default);
			}
		}
	});
}

/// A majority must not be able to starve or outwait the rest.
#[test]
fn what_protects_a_minority_can_only_be_raised() {
	use Parameter::*;
	for parameter in [PatientQuota, GuardianQuota, GuaranteedQuota] {
		assert_eq!(parameter.range().least, parameter.range().default, "{parameter:?}");
	}
	assert!(MinValidators.range().least >= 4);
	assert!(EmergencyPause.range().least * salus_runtime::SLOT_DURATION_MS >= 60 * MINUTE);
}

/// What the council allows must fit into what is stored.
#[test]
fn a_member_can_list_as_many_nodes_as_the_parameter_can_allow() {
	let stored = <<Runtime as Config>::MaxNodes as Get<u32>>::get();
	assert_eq!(Parameter::NodesPerMember.range().most, u64::from(stored));
}

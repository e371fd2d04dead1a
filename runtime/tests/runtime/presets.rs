//! Every preset builds, and the chain that it starts is the one that its name promises.

use crate::support::{start, start_with};
use pallet_consortium::{Institutions, Tunable, Validators};
use salus_primitives::{InstitutionId, InstitutionKind, NodeId, SECOND};
use salus_runtime::{Parameter, Runtime, System, DEVELOPMENT_PRESET, LOCAL_TESTNET_PRESET};
use serde_json::json;
use sp_genesis_builder::PresetId;

#[test]
fn every_preset_has_a_name_and_builds() {
	assert_eq!(
		salus_runtime::preset_names(),
		[PresetId::from(DEVELOPMENT_PRESET), PresetId::from(LOCAL_TESTNET_PRESET)]
	);
	for id in salus_runtime::preset_names() {
		start(id.as_ref());
	}
	assert_eq!(salus_runtime::preset(&PresetId::from("mainnet")), None);
}

#[test]
fn the_local_consortium_has_four_validating_hospitals_a_clinic_a_research_body_and_a_regulator() {
	start(LOCAL_TESTNET_PRESET).execute_with(|| {
		let mut kinds: Vec<_> = Institutions::<Runtime>::iter().map(|(id, member)| (id.0, member.kind)).collect();
		kinds.sort_by_key(|(id, _)| *id);
		use InstitutionKind::*;
		let expected = [Hospital, Hospital, Hospital, Hospital, Clinic, ResearchBody, Regulator];
		assert_eq!(kinds.into_iter().map(|(_, kind)| kind).collect::<Vec<_>>(), expected);
		assert_eq!(Validators::<Runtime>::get().len(), 4);
		assert_eq!(pallet_session::Validators::<Runtime>::get().len(), 4);
		assert_eq!(pallet_grandpa::Pallet::<Runtime>::grandpa_authorities().len(), 4);
		assert_eq!(pallet_collective::Members::<Runtime, pallet_collective::Instance1>::get().len(), 7);
		assert_eq!(pallet_patient_registry::ClaimDelay::<Runtime>::get(), 20 * SECOND);
	});
}

#[test]
fn an_account_holds_one_reference_when_the_chain_begins() {
	start(LOCAL_TESTNET_PRESET).execute_with(|| {
		for (account, roles) in pallet_consortium::AccountRoles::<Runtime>::iter() {
			assert!(roles > 0);
			// Session keys that are noted before the account exists make a second one, which nobody ever gives back.
			assert_eq!(System::providers(&account), 1, "{account:?}");
		}
	});
}

#[test]
fn a_real_chain_waits_a_day_before_custody_ends() {
	sp_io::TestExternalities::default().execute_with(|| {
		assert_eq!(pallet_patient_registry::ClaimDelay::<Runtime>::get(), salus_primitives::DAY);
	});
}

#[test]
fn trials_find_roomy_caps_and_a_real_chain_those_of_the_runtime() {
	use pallet_emergency_access::{EmergencyLimits, Limits};
	let of_runtime = sp_io::TestExternalities::default().execute_with(Limits::<Runtime>::get);
	assert_eq!((of_runtime.shift_requests, of_runtime.institution_requests), (10, 200));
	assert_eq!(of_runtime.session_validity, salus_primitives::HOUR);
	for id in [DEVELOPMENT_PRESET, LOCAL_TESTNET_PRESET] {
		let local = start(id).execute_with(Limits::<Runtime>::get);
		assert!(local.formation < of_runtime.formation && local.institution_requests > of_runtime.institution_requests);
		// The rest, which decides who may open what, is the same.
		let EmergencyLimits { formation, shift_requests, institution_requests, .. } = local;
		let EmergencyLimits { shift_locates, institution_locates, .. } = local;
		assert_eq!(
			local,
			EmergencyLimits {
				formation,
				shift_requests,
				institution_requests,
				shift_locates,
				institution_locates,
				..of_runtime
			}
		);
	}
}

#[test]
fn the_council_can_seat_every_institution_that_can_be_admitted() {
	use frame_support::traits::Get;
	let seats = <<Runtime as pallet_collective::Config<pallet_collective::Instance1>>::MaxMembers as Get<u32>>::get();
	assert!(seats >= <<Runtime as pallet_consortium::Config>::MaxInstitutions as Get<u32>>::get());
}

#[test]
fn an_account_outlives_its_last_role_by_more_than_two_sessions_however_long_the_council_makes_them() {
	use frame_support::traits::Get;
	let era = <<Runtime as pallet_consortium::Config>::LongestEra as Get<u32>>::get();
	assert!(u64::from(era) > 2 * Parameter::SessionLength.range().most);
}

#[test]
fn a_spec_sets_parameters_and_lists_nodes_by_patching_a_preset() {
	let node = NodeId([0xab; 32]);
	let regulator = json!({
		"kind": "Regulator", "name": "Authority", "operator": sp_keyring::Sr25519Keyring::One.to_account_id(), "nodes": [node],
	});
	let patch = json!({ "consortium": { "institutions": [regulator], "parameters": [["SessionLength", 700]] } });
	start_with(LOCAL_TESTNET_PRESET, patch).execute_with(|| {
		assert_eq!(Parameter::SessionLength.value(), 700);
		assert_eq!(Parameter::NodesPerMember.value(), 8);
		assert_eq!(salus_runtime::Consortium::nodes(), [(node, InstitutionId(0))]);
	});
}

#[test]
#[should_panic(expected = "genesis sets SessionLength to 599: it goes from 600 to 2047")]
fn a_spec_with_a_parameter_out_of_range_is_refused() {
	start_with(LOCAL_TESTNET_PRESET, json!({ "consortium": { "parameters": [["SessionLength", 599]] } }));
}

#[test]
#[should_panic(expected = "unknown variant `SesionLength`")]
fn a_spec_with_an_unknown_parameter_is_refused() {
	start_with(LOCAL_TESTNET_PRESET, json!({ "consortium": { "parameters": [["SesionLength", 700]] } }));
}

/// The runtimes before knew neither, and refuse fields that they do not know: a new plain spec can still begin with their code.
#[test]
fn a_preset_names_neither_nodes_nor_parameters() {
	for id in salus_runtime::preset_names() {
		let patch: serde_json::Value = serde_json::from_slice(&salus_runtime::preset(&id).unwrap()).unwrap();
		assert_eq!(patch["consortium"].get("parameters"), None);
		let members = patch["consortium"]["institutions"].as_array().unwrap();
		assert!(!members.is_empty() && members.iter().all(|member| member.get("nodes").is_none()));
	}
}

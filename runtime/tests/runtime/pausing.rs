//! Which calls can be paused, and that a pause holds wherever a call is run.

use crate::support::{decide, every_call, start};
use codec::Encode;
use frame_support::{assert_err, assert_ok, traits::GetCallMetadata};
use pallet_consortium::{Action, Call as Consortium, PausableCall};
use salus_runtime::{
	AccountId, Pausable, Runtime, RuntimeCall, RuntimeEvent, RuntimeOrigin, System, LOCAL_TESTNET_PRESET,
};
use sp_keyring::Sr25519Keyring::{AliceStash, BobStash, CharlieStash, One};
use sp_runtime::traits::Dispatchable;

type Filtered = frame_system::Error<Runtime>;

fn register(number: u8) -> RuntimeCall {
	Consortium::register_gateway { gateway: AccountId::new([number; 32]) }.into()
}

fn run(call: RuntimeCall) -> Result<(), sp_runtime::DispatchError> {
	let operator = RuntimeOrigin::signed(AliceStash.to_account_id());
	call.dispatch(operator).map(|_| ()).map_err(|refused| refused.error)
}

#[test]
fn every_call_that_can_be_paused_has_the_name_of_its_call() {
	let mut found = Vec::new();
	for call in every_call() {
		let Some(pausable) = Pausable::of(&call) else { continue };
		let name: String = call.get_call_metadata().function_name.split('_').map(capitalized).collect();
		assert_eq!(format!("{pausable:?}"), name);
		found.push(pausable);
	}
	found.sort_by_key(Encode::encode);
	// Stored under their numbers: those never change.
	assert_eq!(found, Pausable::ALL);
	assert_eq!(found.encode()[1..], (0..Pausable::ALL.len() as u8).collect::<Vec<_>>());
}

fn capitalized(word: &str) -> String {
	word[..1].to_uppercase() + &word[1..]
}

#[test]
fn what_takes_back_reviews_or_governs_can_never_be_paused() {
	use pallet_collective::Call as Council;
	use pallet_consent::Call as Consent;
	use pallet_emergency_access::Call as Emergency;
	use salus_primitives::{Commitment, EmergencyRequestId, InstitutionId, PatientHandle};
	let (handle, entry, id) = (PatientHandle([1; 32]), Commitment([0; 32]), EmergencyRequestId([1; 32]));
	let never: Vec<RuntimeCall> = vec![
		Consortium::remove_gateway { gateway: One.to_account_id() }.into(),
		Consortium::enact { action: Action::ResumeCall { call: Pausable::RequestAccess } }.into(),
		Consortium::suspend_institution { institution: InstitutionId(1), invalid_from: None }.into(),
		Consortium::request_pause { call: Pausable::RequestAccess }.into(),
		Council::vote { proposal: Default::default(), index: 0, approve: true }.into(),
		Consent::revoke_grantee { handle, grantee: InstitutionId(1), entry }.into(),
		Emergency::reject_request { id, entry }.into(),
		Emergency::cancel_request { id, entry }.into(),
		Emergency::close_session { id, entry }.into(),
		Emergency::dispute_session { handle, id, entry }.into(),
		Emergency::confirm_dispute { id, entry }.into(),
		pallet_audit_trail::Call::file_receipts { root: [0; 32], count: 1, from: 0, until: 1, entry }.into(),
		pallet_patient_registry::Call::retire_handle { handle, entry }.into(),
		frame_system::Call::apply_authorized_upgrade { code: vec![] }.into(),
		pallet_timestamp::Call::set { now: 1 }.into(),
		pallet_utility::Call::batch { calls: vec![] }.into(),
	];
	let names = ["seal_envelopes", "approve_request", "register_guardian_key", "claim_handle"];
	let by_name: Vec<RuntimeCall> =
		every_call().into_iter().filter(|call| names.contains(&call.get_call_metadata().function_name)).collect();
	assert_eq!(by_name.len(), names.len());
	for call in never.into_iter().chain(by_name) {
		assert_eq!(Pausable::of(&call), None, "{:?}", call.get_call_metadata());
	}
	assert_eq!(Pausable::of(&register(1)), Some(Pausable::RegisterGateway));
}

fn pause() {
	let action = Action::PauseCall { call: Pausable::RegisterGateway, blocks: 10 };
	assert_eq!(decide(Consortium::<Runtime>::enact { action }, 4), Some(Ok(())));
}

#[test]
fn a_paused_call_runs_neither_alone_nor_in_a_batch() {
	start(LOCAL_TESTNET_PRESET).execute_with(|| {
		assert_ok!(run(register(1)));
		pause();
		assert_err!(run(register(2)), Filtered::CallFiltered);
		let calls = vec![register(2)];
		assert_err!(run(pallet_utility::Call::batch_all { calls: calls.clone() }.into()), Filtered::CallFiltered);
		assert_ok!(run(pallet_utility::Call::batch { calls }.into()));
		let stopped = System::events().into_iter().any(|record| {
			let error = Filtered::CallFiltered.into();
			record.event == RuntimeEvent::Utility(pallet_utility::Event::BatchInterrupted { index: 0, error })
		});
		assert!(stopped);
		System::set_block_number(11);
		assert_ok!(run(register(2)));
	});
}

#[test]
fn a_third_of_the_seats_with_the_regulator_pauses_a_call_for_a_day() {
	start(LOCAL_TESTNET_PRESET).execute_with(|| {
		let ask = |who: sp_keyring::Sr25519Keyring| {
			let call = RuntimeCall::from(Consortium::request_pause { call: Pausable::RegisterGateway });
			assert_ok!(call.dispatch(RuntimeOrigin::signed(who.to_account_id())));
		};
		// Seven seats: two are no third, and three without the regulator are not enough.
		ask(BobStash);
		ask(CharlieStash);
		ask(AliceStash);
		assert_ok!(run(register(1)));
		ask(One);
		assert_err!(run(register(2)), Filtered::CallFiltered);
		System::set_block_number(1 + salus_runtime::DAYS);
		assert_ok!(run(register(2)));
	});
}

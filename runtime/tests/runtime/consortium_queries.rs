//! What operators are told about the consortium's own affairs is what the state says.

use crate::support::{decide, equivocate, start};
use frame_support::assert_ok;
use pallet_consortium::{Action, Call as Consortium, Institutions};
use salus_primitives::{InstitutionId, MemberStatus, NodeId};
use salus_runtime::{Parameter, Pausable, Runtime, RuntimeCall, RuntimeOrigin, System, LOCAL_TESTNET_PRESET};
use salus_runtime_api::{
	runtime_decl_for_consortium_api::ConsortiumApiV2, runtime_decl_for_salus_api::SalusApi, SessionInfo, UpgradeInfo,
	ValidatorInfo,
};
use sp_keyring::Sr25519Keyring::{Alice, BobStash};
use sp_runtime::traits::Dispatchable;

fn enact(action: pallet_consortium::ActionOf<Runtime>) {
	assert_eq!(decide(Consortium::<Runtime>::enact { action }, 5), Some(Ok(())));
}

#[test]
fn parameters_are_listed_with_value_range_and_unit() {
	start(LOCAL_TESTNET_PRESET).execute_with(|| {
		enact(Action::SetParameter { parameter: Parameter::MaxRefusalsPerDay, value: 77 });
		let all = Runtime::parameters();
		assert_eq!(all.len(), Parameter::ALL.len());
		let refusals = all.iter().find(|info| info.name == "MaxRefusalsPerDay").unwrap();
		assert_eq!((refusals.value, refusals.default, refusals.least, refusals.most), (77, 1_000, 10, 100_000));
		assert_eq!(refusals.unit, "answers");
		assert_eq!(u64::from(<Runtime as pallet_consent::Config>::MaxRefusalsPerDay::get()), refusals.value);
	});
}

#[test]
fn pauses_tell_until_when_and_who_asks() {
	start(LOCAL_TESTNET_PRESET).execute_with(|| {
		enact(Action::PauseCall { call: Pausable::AnchorBatch, blocks: 10 });
		let ask = RuntimeCall::from(Consortium::request_pause { call: Pausable::RequestAccess });
		assert_ok!(ask.dispatch(RuntimeOrigin::signed(BobStash.to_account_id())));
		let all = Runtime::pauses();
		assert_eq!(all.len(), Pausable::ALL.len());
		let of = |name: &str| all.iter().find(|info| info.call == name).unwrap();
		assert_eq!((of("AnchorBatch").until, of("AnchorBatch").third_may_from), (Some(11), 0));
		assert_eq!(of("RequestAccess").until, None);
		assert_eq!(of("RequestAccess").requests, [(InstitutionId(1), 1 + salus_runtime::DAYS)]);
	});
}

#[test]
fn validators_are_listed_with_their_keys_and_sets() {
	start(LOCAL_TESTNET_PRESET).execute_with(|| {
		let newcomer = salus_runtime::AccountId::new([5; 32]);
		let call = Consortium::<Runtime>::add_validator { institution: InstitutionId(0), validator: newcomer.clone() };
		assert_eq!(decide(call, 5), Some(Ok(())));
		let all = Runtime::validators();
		assert_eq!(all.len(), 5);
		let alice = ValidatorInfo {
			account: Alice.to_account_id(),
			institution: InstitutionId(0),
			has_keys: true,
			in_set: true,
			in_next_set: true,
			disabled: false,
		};
		assert!(all.contains(&alice), "{all:?}");
		let fresh = ValidatorInfo { account: newcomer, has_keys: false, in_set: false, in_next_set: false, ..alice };
		assert!(all.contains(&fresh), "{all:?}");
	});
}

#[test]
fn a_membership_whose_time_is_over_shows_as_suspended_before_anybody_wrote_it_down() {
	start(LOCAL_TESTNET_PRESET).execute_with(|| {
		let id = InstitutionId(4);
		let call = Consortium::<Runtime>::set_membership_end { institution: id, until: Some(5_000) };
		assert_eq!(decide(call, 5), Some(Ok(())));
		assert_eq!(Runtime::membership_ends(), [(id, 5_000)]);
		let shown = || Runtime::institution(id).map(|info| (info.status, info.invalid_from)).unwrap();
		pallet_timestamp::Now::<Runtime>::put(4_999);
		assert_eq!(shown(), (MemberStatus::Active, None));
		pallet_timestamp::Now::<Runtime>::put(5_000);
		assert_eq!(shown(), (MemberStatus::Suspended, Some(5_000)));
		assert_eq!(Institutions::<Runtime>::get(id).unwrap().status, MemberStatus::Active);
	});
}

#[test]
fn the_authorized_upgrade_is_told_until_it_is_applied() {
	start(LOCAL_TESTNET_PRESET).execute_with(|| {
		assert_eq!(Runtime::authorized_upgrade(), None);
		enact(Action::AuthorizeUpgrade { code_hash: [3; 32].into(), check_version: true });
		let expected = UpgradeInfo { code_hash: [3; 32], check_version: true };
		assert_eq!(Runtime::authorized_upgrade(), Some(expected));
	});
}

#[test]
fn nodes_are_told_with_the_member_that_lists_each() {
	start(LOCAL_TESTNET_PRESET).execute_with(|| {
		let node = NodeId([7; 32]);
		assert_eq!(Runtime::nodes(), []);
		let list = RuntimeCall::from(Consortium::register_node { node });
		assert_ok!(list.dispatch(RuntimeOrigin::signed(BobStash.to_account_id())));
		assert_eq!(Runtime::nodes(), [(node, InstitutionId(1))]);
	});
}

#[test]
fn the_session_is_told_with_its_end_as_the_council_sets_it() {
	start(LOCAL_TESTNET_PRESET).execute_with(|| {
		let expected = SessionInfo { index: 0, began: 0, length: 600, next: 600, set_changes: false };
		assert_eq!(Runtime::session(), expected);
		enact(Action::SetParameter { parameter: Parameter::SessionLength, value: 700 });
		assert_eq!(Runtime::session(), SessionInfo { length: 700, next: 700, ..expected });
		enact(Action::SetParameter { parameter: Parameter::SessionLength, value: 600 });
		System::set_block_number(650);
		assert_eq!(Runtime::session().next, 651, "a shortened session ends in the next block");
	});
}

#[test]
fn offenders_are_told() {
	start(LOCAL_TESTNET_PRESET).execute_with(|| {
		assert_eq!(Runtime::offenders(), []);
		equivocate(Alice.to_account_id());
		assert_eq!(Runtime::offenders(), [Alice.to_account_id()]);
	});
}

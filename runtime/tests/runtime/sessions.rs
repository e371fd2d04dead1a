//! Sessions end when the council's length says so, and never while GRANDPA could not follow.

use crate::support::{decide, equivocate, start, start_with};
use frame_support::traits::Hooks;
use pallet_consortium::{Action, Call as Consortium, SessionBegan, ShortSessions};
use pallet_session::ShouldEndSession;
use salus_runtime::{AccountId, Grandpa, Parameter, Runtime, Session, SessionKeys, System, LOCAL_TESTNET_PRESET};
use serde_json::json;
use sp_keyring::{
	Ed25519Keyring, Sr25519Keyring,
	Sr25519Keyring::{Alice, Bob},
};

fn enact(action: pallet_consortium::ActionOf<Runtime>) {
	assert_eq!(decide(Consortium::<Runtime>::enact { action }, 5), Some(Ok(())));
}

fn set_length(value: u64) {
	enact(Action::SetParameter { parameter: Parameter::SessionLength, value });
}

/// As a test network begins.
fn shorten(length: u32) {
	ShortSessions::<Runtime>::put(length);
}

/// Runs the blocks up to this one, as far as sessions and GRANDPA are concerned.
fn go_to(block: u32) {
	while System::block_number() < block {
		let next = System::block_number() + 1;
		System::initialize(&next, &Default::default(), &Default::default());
		Session::on_initialize(next);
		Grandpa::on_finalize(next);
	}
}

/// Gives a validator other session keys.
fn rotate_keys(who: AccountId) {
	let keys =
		SessionKeys { aura: Sr25519Keyring::Ferdie.public().into(), grandpa: Ed25519Keyring::Ferdie.public().into() };
	pallet_session::NextKeys::<Runtime>::insert(who, keys);
}

/// What the two pallets must agree on: who votes on finality.
fn assert_grandpa_follows() {
	use sp_runtime::traits::OpaqueKeys;
	// The keys of the session that runs are those queued before it, which Aura has.
	let of_session: Vec<_> = Session::validators()
		.into_iter()
		.map(|who| pallet_session::NextKeys::<Runtime>::get(who).unwrap())
		.map(|keys| keys.get_raw(sp_core::crypto::key_types::GRANDPA).to_vec())
		.collect();
	let of_grandpa: Vec<_> = Grandpa::grandpa_authorities()
		.into_iter()
		.map(|(key, _)| sp_core::crypto::ByteArray::to_raw_vec(&key))
		.collect();
	assert_eq!(of_grandpa, of_session);
}

#[test]
fn sessions_last_as_long_as_the_council_says() {
	start(LOCAL_TESTNET_PRESET).execute_with(|| {
		go_to(599);
		assert_eq!(Session::current_index(), 0);
		go_to(600);
		assert_eq!((Session::current_index(), SessionBegan::<Runtime>::get()), (1, 600));
		set_length(2_047);
		go_to(600 + 2_046);
		assert_eq!(Session::current_index(), 1);
		go_to(600 + 2_047);
		assert_eq!(Session::current_index(), 2);
	});
}

#[test]
fn a_test_network_has_sessions_that_no_council_may_set() {
	start_with(LOCAL_TESTNET_PRESET, json!({ "consortium": { "shortSessions": 10 } })).execute_with(|| {
		go_to(9);
		assert_eq!(Session::current_index(), 0);
		go_to(40);
		assert_eq!((Session::current_index(), SessionBegan::<Runtime>::get()), (4, 40));
		set_length(700);
		go_to(50);
		assert_eq!(Session::current_index(), 5, "what genesis wrote goes before what the council sets");
	});
}

#[test]
#[should_panic(expected = "genesis has sessions of 1 blocks: two are the least")]
fn a_test_network_with_sessions_of_one_block_is_refused() {
	start_with(LOCAL_TESTNET_PRESET, json!({ "consortium": { "shortSessions": 1 } }));
}

/// A change by force waits for its delay, and GRANDPA takes no other meanwhile: a session that ended now would lose its
/// set.
#[test]
fn a_session_does_not_end_while_a_change_by_force_waits_however_short_the_council_makes_it() {
	start(LOCAL_TESTNET_PRESET).execute_with(|| {
		go_to(598);
		enact(Action::NoteStalled { delay: 100, best_finalized: 1 });
		go_to(600);
		assert!(pallet_grandpa::PendingChange::<Runtime>::exists());
		rotate_keys(Alice.to_account_id());
		shorten(10);
		go_to(700);
		assert_eq!(Session::current_index(), 1, "the change by force is due in this block");
		go_to(711);
		assert_eq!(Session::current_index(), 3);
		assert_grandpa_follows();
	});
}

/// GRANDPA refuses a further change by force for as long again as the first one waited.
#[test]
fn a_session_does_not_end_before_grandpa_takes_a_further_change_by_force() {
	start(LOCAL_TESTNET_PRESET).execute_with(|| {
		go_to(598);
		enact(Action::NoteStalled { delay: 100, best_finalized: 1 });
		go_to(701);
		enact(Action::NoteStalled { delay: 5, best_finalized: 1 });
		rotate_keys(Alice.to_account_id());
		shorten(10);
		go_to(799);
		assert_eq!(Session::current_index(), 1);
		go_to(800);
		assert_eq!(Session::current_index(), 2);
		assert_eq!(Grandpa::stalled(), None);
		go_to(830);
		assert_grandpa_follows();
	});
}

#[test]
fn reports_may_wait_in_the_pool_as_long_as_they_can_be_proven() {
	use salus_runtime::configs::consensus::{OnceGrandpaIsFree, ReportLongevity, BONDING_SESSIONS};
	start(LOCAL_TESTNET_PRESET).execute_with(|| {
		assert_eq!(ReportLongevity::get(), BONDING_SESSIONS * 600);
		set_length(700);
		assert_eq!(ReportLongevity::get(), BONDING_SESSIONS * 700);
		assert!(!OnceGrandpaIsFree::should_end_session(699) && OnceGrandpaIsFree::should_end_session(700));
	});
}

#[test]
fn an_offender_is_out_of_aura_and_grandpa_when_a_fifth_validator_takes_its_place() {
	start(LOCAL_TESTNET_PRESET).execute_with(|| {
		shorten(10);
		equivocate(Bob.to_account_id());
		assert_eq!(Session::disabled_validators().len(), 1);
		go_to(40);
		let bob = |all: Vec<_>| all.contains(&(Ed25519Keyring::Bob.public().into(), 1));
		assert!(bob(Grandpa::grandpa_authorities()), "the minimum needs it");
		let newcomer = AccountId::new([5; 32]);
		let call = Consortium::<Runtime>::add_validator {
			institution: salus_primitives::InstitutionId(0),
			validator: newcomer.clone(),
		};
		assert_eq!(decide(call, 5), Some(Ok(())));
		rotate_keys(newcomer);
		go_to(60);
		assert_eq!(Session::validators().len(), 4);
		assert!(!bob(Grandpa::grandpa_authorities()));
		assert_eq!(pallet_aura::Authorities::<Runtime>::get().len(), 4);
		assert_grandpa_follows();
	});
}

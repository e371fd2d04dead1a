//! Nobody is Root. What only Root may do is reached by `consortium::enact` and in no other way; this looks at every call that
//! the runtime has, those of the frame included, so that a call which comes with a later version is looked at too.

use crate::support::{decide, every_call, metadata, seats, start, variants};
use codec::{Decode, Encode};
use frame_support::{
	dispatch::RawOrigin,
	storage::{transactional::with_transaction_opaque_err, unhashed},
	traits::{GetCallMetadata, UnfilteredDispatchable},
	weights::Weight,
};
use pallet_collective::RawOrigin as Seats;
use pallet_consortium::{Action, ActionOf, Call as Consortium};
use salus_runtime::{Grandpa, Parameter, Pausable, Runtime, RuntimeCall, RuntimeOrigin, System, LOCAL_TESTNET_PRESET};
use scale_info::{form::PortableForm, PortableRegistry, TypeDef, Variant};
use sp_runtime::{DispatchError, DispatchResult, TransactionOutcome};
use std::collections::BTreeSet;

/// What no origin of this chain may call. All of it is Root's, or nobody's.
const OUT_OF_REACH: [(&str, &str); 15] = [
	("Council", "disapprove_proposal"),
	("Council", "kill"),
	("Council", "set_members"),
	("Grandpa", "note_stalled"),
	("System", "authorize_upgrade"),
	("System", "authorize_upgrade_without_checks"),
	("System", "kill_prefix"),
	("System", "kill_storage"),
	("System", "set_code"),
	("System", "set_code_without_checks"),
	("System", "set_heap_pages"),
	("System", "set_storage"),
	("Utility", "dispatch_as"),
	("Utility", "dispatch_as_fallible"),
	("Utility", "with_weight"),
];

/// Calls that carry another call.
const WRAPPERS: [(&str, &str); 10] = [
	("Council", "execute"),
	("Council", "propose"),
	("Utility", "as_derivative"),
	("Utility", "batch"),
	("Utility", "batch_all"),
	("Utility", "dispatch_as"),
	("Utility", "dispatch_as_fallible"),
	("Utility", "force_batch"),
	("Utility", "if_else"),
	("Utility", "with_weight"),
];

/// Every origin but Root that this chain can make: accounts with and without a seat, unsigned and authorized transactions, one
/// seat, and motions up to all of the seats.
fn origins() -> Vec<RuntimeOrigin> {
	let count = seats().len() as u32;
	let motions = (0..=count).map(|ayes| RuntimeOrigin::from(Seats::Members(ayes, count)));
	let accounts = seats().into_iter().chain([sp_keyring::Sr25519Keyring::Alice.to_account_id(), [9; 32].into()]);
	motions
		.chain(accounts.clone().map(RuntimeOrigin::signed))
		.chain(accounts.map(|account| Seats::Member(account).into()))
		.chain([RuntimeOrigin::none(), RawOrigin::Authorized.into()])
		.collect()
}

/// What a call comes to, without what it changes.
fn tried<R>(act: impl FnOnce() -> R) -> R {
	with_transaction_opaque_err(|| TransactionOutcome::Rollback(Ok::<_, ()>(act()))).unwrap().unwrap()
}

fn run(call: RuntimeCall, origin: RuntimeOrigin) -> DispatchResult {
	call.dispatch_bypass_filter(origin).map(|_| ()).map_err(|refused| refused.error)
}

fn name(call: &RuntimeCall) -> (&'static str, &'static str) {
	let metadata = call.get_call_metadata();
	(metadata.pallet_name, metadata.function_name)
}

#[test]
fn no_origin_of_this_chain_may_call_what_needs_root() {
	start(LOCAL_TESTNET_PRESET).execute_with(|| {
		let refused_to_all = |call: &RuntimeCall| {
			origins().into_iter().all(|origin| tried(|| run(call.clone(), origin)) == Err(DispatchError::BadOrigin))
		};
		let found: BTreeSet<_> = every_call().iter().filter(|call| refused_to_all(call)).map(name).collect();
		assert_eq!(found, BTreeSet::from(OUT_OF_REACH));
	});
}

/// Whether a value of this type can hold a call.
fn holds_a_call(types: &PortableRegistry, id: u32, seen: &mut BTreeSet<u32>) -> bool {
	if !seen.insert(id) {
		return false;
	}
	let ty = types.resolve(id).unwrap();
	if ty.path.segments.last().is_some_and(|name| name == "RuntimeCall") {
		return true;
	}
	let inner: Vec<u32> = match &ty.type_def {
		TypeDef::Composite(composite) => composite.fields.iter().map(|field| field.ty.id).collect(),
		TypeDef::Variant(variant) => variant.variants.iter().flat_map(|v| &v.fields).map(|field| field.ty.id).collect(),
		TypeDef::Sequence(sequence) => vec![sequence.type_param.id],
		TypeDef::Array(array) => vec![array.type_param.id],
		TypeDef::Tuple(tuple) => tuple.fields.iter().map(|field| field.id).collect(),
		TypeDef::Compact(compact) => vec![compact.type_param.id],
		_ => vec![],
	};
	inner.into_iter().any(|id| holds_a_call(types, id, seen))
}

#[test]
fn only_batches_and_motions_carry_other_calls() {
	let metadata = metadata();
	let carries = |variant: &Variant<PortableForm>| {
		variant.fields.iter().any(|field| holds_a_call(&metadata.types, field.ty.id, &mut BTreeSet::new()))
	};
	let found: BTreeSet<_> = variants(&metadata)
		.into_iter()
		.filter(|(.., variant)| carries(variant))
		.map(|(pallet, _, variant)| (pallet, variant.name))
		.collect();
	let expected = WRAPPERS.map(|(pallet, call)| (pallet.to_owned(), call.to_owned()));
	assert_eq!(found, BTreeSet::from(expected));
}

const PROBE: &[u8] = b"written by root";

/// A call that shows whether it ran as Root.
fn probe() -> RuntimeCall {
	frame_system::Call::set_storage { items: vec![(PROBE.to_vec(), vec![1])] }.into()
}

fn wrapped(call: &RuntimeCall) -> Vec<RuntimeCall> {
	use pallet_collective::Call as Council;
	use pallet_utility::Call as Utility;
	let boxed = || Box::new(call.clone());
	let calls = || vec![call.clone()];
	let root = || Box::new(RawOrigin::Root.into());
	let length_bound = call.encoded_size() as u32;
	vec![
		Council::execute { proposal: boxed(), length_bound }.into(),
		Council::propose { threshold: 1, proposal: boxed(), length_bound }.into(),
		Utility::as_derivative { index: 0, call: boxed() }.into(),
		Utility::batch { calls: calls() }.into(),
		Utility::batch_all { calls: calls() }.into(),
		Utility::force_batch { calls: calls() }.into(),
		Utility::if_else { main: boxed(), fallback: boxed() }.into(),
		Utility::dispatch_as { as_origin: root(), call: boxed() }.into(),
		Utility::dispatch_as_fallible { as_origin: root(), call: boxed() }.into(),
		Utility::with_weight { call: boxed(), weight: Weight::zero() }.into(),
	]
}

#[test]
fn nothing_that_carries_a_call_runs_it_as_root() {
	start(LOCAL_TESTNET_PRESET).execute_with(|| {
		// The probe works.
		let written = tried(|| run(probe(), RuntimeOrigin::root()).map(|()| unhashed::exists(PROBE)));
		assert_eq!(written, Ok(true));
		let once = wrapped(&probe());
		assert_eq!(once.iter().map(name).collect::<BTreeSet<_>>(), BTreeSet::from(WRAPPERS));
		let twice = once.iter().flat_map(wrapped);
		for call in once.iter().cloned().chain(twice) {
			for origin in origins() {
				let written = tried(|| {
					// Refused or not: what counts is what was written.
					run(call.clone(), origin.clone()).err();
					unhashed::exists(PROBE)
				});
				assert!(!written, "{call:?} by {origin:?}");
			}
		}
	});
}

#[test]
fn not_even_all_seats_together_run_a_call_as_root() {
	start(LOCAL_TESTNET_PRESET).execute_with(|| {
		let all = seats().len() as u32;
		for call in [probe(), frame_system::Call::set_code { code: vec![1] }.into()] {
			assert_eq!(decide(call, all), Some(Err(DispatchError::BadOrigin)));
		}
		assert!(!unhashed::exists(PROBE));
	});
}

fn enact(action: ActionOf<Runtime>, ayes: u32) -> Option<DispatchResult> {
	decide(Consortium::enact { action }, ayes)
}

#[test]
fn enact_takes_two_thirds_for_upgrades_and_finality_and_more_than_half_for_the_rest() {
	let parameter = Parameter::MaxRefusalsPerDay;
	let call = Pausable::RequestAccess;
	let actions = [
		(Action::AuthorizeUpgrade { code_hash: [1; 32].into(), check_version: true }, 5),
		(Action::NoteStalled { delay: 10, best_finalized: 1 }, 5),
		(Action::SetParameter { parameter, value: 10 }, 4),
		(Action::PauseCall { call, blocks: 1 }, 4),
		(Action::ResumeCall { call }, 4),
	];
	start(LOCAL_TESTNET_PRESET).execute_with(|| {
		assert_eq!(seats().len(), 7);
		for (action, needed) in actions {
			assert_eq!(enact(action.clone(), needed - 1), Some(Err(DispatchError::BadOrigin)), "{action:?}");
			assert_eq!(enact(action.clone(), needed), Some(Ok(())), "{action:?}");
		}
		assert!(System::authorized_upgrade().is_some());
		assert_eq!(Grandpa::stalled(), Some((10, 1)));
	});
}

/// A set that is lost for good: the next session's authorities take over without a finalized block.
#[test]
fn authorities_change_by_force_when_finality_was_noted_as_stalled() {
	use frame_support::traits::Hooks;
	use sp_consensus_grandpa::{ConsensusLog, GRANDPA_ENGINE_ID};
	start(LOCAL_TESTNET_PRESET).execute_with(|| {
		assert_eq!(enact(Action::NoteStalled { delay: 10, best_finalized: 1 }, 5), Some(Ok(())));
		System::initialize(&2, &Default::default(), &Default::default());
		salus_runtime::Session::rotate_session();
		Grandpa::on_finalize(2);
		let forced = System::digest().logs.iter().any(|log| {
			log.as_consensus().is_some_and(|(engine, log)| {
				let log = ConsensusLog::<u32>::decode(&mut &log[..]);
				engine == GRANDPA_ENGINE_ID
					&& matches!(log, Ok(ConsensusLog::ForcedChange(1, change)) if change.delay == 10)
			})
		});
		assert!(forced, "{:?}", System::digest());
	});
}

//! A chain that begins with a preset, and a council that decides.

use codec::{Decode, Encode};
use frame_metadata::{v14::RuntimeMetadataV14, RuntimeMetadata, RuntimeMetadataPrefixed};
use frame_support::{
	assert_ok,
	traits::{BuildGenesisConfig, GetCallMetadata},
};
use pallet_collective::Instance1;
use salus_runtime::{
	AccountId, Council, Runtime, RuntimeCall, RuntimeEvent, RuntimeGenesisConfig, RuntimeOrigin, System,
};
use scale_info::{form::PortableForm, TypeDef, Variant};
use sp_genesis_builder::PresetId;
use sp_runtime::{traits::Hash, DispatchResult};

/// The genesis of a preset with a further patch: both merged into the default, as the node does it.
fn genesis(id: &str, further: serde_json::Value) -> RuntimeGenesisConfig {
	let patch = frame_support::genesis_builder_helper::get_preset::<RuntimeGenesisConfig>(
		&Some(PresetId::from(id)),
		salus_runtime::preset,
	)
	.unwrap();
	let mut config = serde_json::to_value(RuntimeGenesisConfig::default()).unwrap();
	merge(&mut config, serde_json::from_slice(&patch).unwrap());
	merge(&mut config, further);
	serde_json::from_value(config).unwrap()
}

/// RFC 7386.
fn merge(target: &mut serde_json::Value, patch: serde_json::Value) {
	match (target, patch) {
		(serde_json::Value::Object(target), serde_json::Value::Object(patch)) => {
			for (key, value) in patch {
				merge(target.entry(key).or_insert(serde_json::Value::Null), value);
			}
		}
		(target, patch) => *target = patch,
	}
}

/// The chain of a preset, at block 1.
pub fn start(id: &str) -> sp_io::TestExternalities {
	start_with(id, serde_json::json!({}))
}

/// The chain of a preset whose spec was patched, at block 1.
pub fn start_with(id: &str, patch: serde_json::Value) -> sp_io::TestExternalities {
	let mut ext = sp_io::TestExternalities::default();
	ext.execute_with(|| {
		genesis(id, patch).build();
		System::set_block_number(1);
	});
	ext
}

/// The accounts with a seat.
pub fn seats() -> Vec<AccountId> {
	pallet_collective::Members::<Runtime, Instance1>::get()
}

/// Proposes a call, lets so many seats vote for it, and the rest against it.
pub fn propose(call: &RuntimeCall, threshold: u32, ayes: usize) -> (sp_core::H256, u32) {
	let seats = seats();
	let index = pallet_collective::ProposalCount::<Runtime, Instance1>::get();
	let signed = |who: &AccountId| RuntimeOrigin::signed(who.clone());
	assert_ok!(Council::propose(signed(&seats[0]), threshold, Box::new(call.clone()), length(call)));
	let hash = <Runtime as frame_system::Config>::Hashing::hash_of(call);
	for (at, seat) in seats.iter().enumerate() {
		assert_ok!(Council::vote(signed(seat), hash, index, at < ayes));
	}
	(hash, index)
}

/// Closes a motion: how its call ended, `None` when it was voted down.
pub fn close(call: &RuntimeCall, (hash, index): (sp_core::H256, u32)) -> Option<DispatchResult> {
	// The same call may have been decided before.
	System::reset_events();
	let weight = <Runtime as pallet_collective::Config<Instance1>>::MaxProposalWeight::get();
	assert_ok!(Council::close(RuntimeOrigin::signed(seats()[0].clone()), hash, index, weight, length(call)));
	System::events().into_iter().rev().find_map(|record| match record.event {
		RuntimeEvent::Council(pallet_collective::Event::Executed { proposal_hash, result }) => {
			(proposal_hash == hash).then_some(result)
		}
		_ => None,
	})
}

/// Reports a validator for an offence, as `pallet-offences` does with one that was proven.
pub fn equivocate(who: AccountId) {
	use sp_staking::offence::{OffenceDetails, OnOffenceHandler};
	let details = OffenceDetails { offender: (who, ()), reporters: vec![] };
	salus_runtime::Consortium::on_offence(&[details], &[], 0);
}

/// A motion for which so many of the seats vote.
pub fn decide(call: impl Into<RuntimeCall>, ayes: u32) -> Option<DispatchResult> {
	let call = call.into();
	let motion = propose(&call, ayes, ayes as usize);
	close(&call, motion)
}

fn length(call: &RuntimeCall) -> u32 {
	call.encoded_size() as u32
}

/// The runtime's metadata.
pub fn metadata() -> RuntimeMetadataV14 {
	let bytes: Vec<u8> = Runtime::metadata().into();
	match RuntimeMetadataPrefixed::decode(&mut &bytes[..]).unwrap().1 {
		RuntimeMetadata::V14(metadata) => metadata,
		_ => panic!("the runtime's default metadata has another version"),
	}
}

/// Each call of the runtime: its pallet, and its variant in the pallet's calls.
pub fn variants(metadata: &RuntimeMetadataV14) -> Vec<(String, u8, Variant<PortableForm>)> {
	let mut all = Vec::new();
	for pallet in &metadata.pallets {
		let Some(calls) = &pallet.calls else { continue };
		let TypeDef::Variant(calls) = &metadata.types.resolve(calls.ty.id).unwrap().type_def else { panic!("an enum") };
		all.extend(calls.variants.iter().map(|variant| (pallet.name.clone(), pallet.index, variant.clone())));
	}
	all
}

/// Each call of the runtime, its arguments made of zeros.
pub fn every_call() -> Vec<RuntimeCall> {
	let of = |(pallet, index, variant): (String, u8, Variant<PortableForm>)| {
		let mut bytes = vec![0; 4_096];
		bytes[..2].copy_from_slice(&[index, variant.index]);
		let call = RuntimeCall::decode(&mut &bytes[..]).unwrap_or_else(|e| panic!("{pallet}::{}: {e}", variant.name));
		let metadata = call.get_call_metadata();
		assert_eq!((metadata.pallet_name, metadata.function_name), (&pallet[..], &variant.name[..]));
		call
	};
	variants(&metadata()).into_iter().map(of).collect()
}

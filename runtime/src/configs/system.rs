//! The frame of every block: limits, weights, time, batches.

use alloc::vec::Vec;
use codec::Decode;
use frame_support::{
	derive_impl, ensure, parameter_types,
	traits::{ConstU32, ConstU64},
	weights::{
		constants::{ParityDbWeight, WEIGHT_REF_TIME_PER_MILLIS},
		Weight,
	},
};
use frame_system::{
	limits::{BlockLength, BlockWeights},
	SetCode,
};
use pallet_consortium::NotPaused;
use sp_runtime::{
	generic,
	traits::{AccountIdLookup, Hash as _},
	DispatchResult, Perbill,
};
use sp_version::RuntimeVersion;

use crate::{
	AccountId, Aura, Block, Hash, Nonce, OriginCaller, PalletInfo, Runtime, RuntimeCall, RuntimeEvent, RuntimeOrigin,
	RuntimeTask, System, SLOT_DURATION_MS, VERSION,
};

/// Picoseconds in which a block may execute: a third of the slot.
pub const BLOCK_REF_TIME: u64 = SLOT_DURATION_MS / 3 * WEIGHT_REF_TIME_PER_MILLIS;

/// The bulk lane may fill this part of a block; the rest is kept for patients' rights, decisions and emergencies.
const BULK_RATIO: Perbill = Perbill::from_percent(65);

/// Largest block body, bytes.
const MAX_BLOCK_LENGTH: u32 = 5 * 1024 * 1024;

parameter_types! {
	/// Hashes kept, which also caps how long a mortal transaction may live: 4096 slots are 2.3 hours at 2 s.
	pub const BlockHashCount: crate::BlockNumber = 4096;
	/// The version that the node and clients see.
	pub const Version: RuntimeVersion = VERSION;
	/// Generic Substrate addresses: the prefix is not registered yet.
	pub const SS58Prefix: u16 = 42;
	/// A block may compute for a third of its slot, so that import on a slower machine still fits into the slot.
	pub Weights: BlockWeights = BlockWeights::with_sensible_defaults(
		Weight::from_parts(BLOCK_REF_TIME, u64::MAX),
		BULK_RATIO,
	);
	/// The bulk lane's part holds for bytes, too.
	pub Length: BlockLength = BlockLength::builder()
		.max_length(MAX_BLOCK_LENGTH)
		.modify_max_length_for_class(frame_support::dispatch::DispatchClass::Normal, |max| *max = BULK_RATIO * *max)
		.build();
}

#[derive_impl(frame_system::config_preludes::SolochainDefaultConfig)]
impl frame_system::Config for Runtime {
	type Block = Block;
	type BaseCallFilter = NotPaused<Runtime>;
	type Nonce = Nonce;
	type Hash = Hash;
	type AccountId = AccountId;
	type Lookup = AccountIdLookup<AccountId, ()>;
	type BlockHashCount = BlockHashCount;
	type DbWeight = ParityDbWeight;
	type Version = Version;
	type OnSetCode = OwnCode;
	type SS58Prefix = SS58Prefix;
	type BlockWeights = Weights;
	type BlockLength = Length;
	type ExtensionsWeightInfo = frame_system::SubstrateExtensionsWeight<Runtime>;
	type SystemWeightInfo = frame_system::weights::SubstrateWeight<Runtime>;
	type MaxConsumers = ConstU32<16>;
	type SingleBlockMigrations = Migrations;
}

impl pallet_timestamp::Config for Runtime {
	type Moment = u64;
	type OnTimestampSet = Aura;
	type MinimumPeriod = ConstU64<{ SLOT_DURATION_MS / 2 }>;
	type WeightInfo = pallet_timestamp::weights::SubstrateWeight<Runtime>;
}

impl pallet_utility::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type RuntimeCall = RuntimeCall;
	type PalletsOrigin = OriginCaller;
	type WeightInfo = pallet_utility::weights::SubstrateWeight<Runtime>;
}

/// Takes code that carries a version of this chain. A motion may leave out that it is a later one, for the way back to
/// an older; bytes without a version would end the chain, whoever agreed on their hash.
pub struct OwnCode;

impl OwnCode {
	/// Whether the code says of itself that it is a runtime of this chain.
	fn check(code: &[u8]) -> DispatchResult {
		use frame_system::Error;
		let version =
			sp_io::misc::runtime_version(code).and_then(|version| RuntimeVersion::decode(&mut &version[..]).ok());
		let version = version.ok_or(Error::<Runtime>::FailedToExtractRuntimeVersion)?;
		ensure!(version.spec_name == VERSION.spec_name, Error::<Runtime>::InvalidSpecName);
		Ok(())
	}
}

impl SetCode<Runtime> for OwnCode {
	fn set_code(code: Vec<u8>) -> DispatchResult {
		// No error: it would bring the authorization back, and anybody could send the refused code in block after
		// block. The system pallet ends one whose version does not fit in the same way.
		if let Err(error) = Self::check(&code) {
			System::deposit_event(frame_system::Event::<Runtime>::RejectedInvalidAuthorizedUpgrade {
				code_hash: <Runtime as frame_system::Config>::Hashing::hash(&code),
				error,
			});
			return Ok(());
		}
		<() as SetCode<Runtime>>::set_code(code)
	}
}

/// The migrations of the stored types, oldest first. Each looks at the version of its pallet's storage and runs once;
/// all of them stay, for chains that skip versions of the runtime.
type Migrations = (
	pallet_consortium::migration::ToV1<Runtime>,
	pallet_consortium::migration::ToV2<Runtime, ConstU32<SESSION_OF_VERSION_3>>,
);

/// How long sessions were before the council could tune that, blocks: 20 minutes.
const SESSION_OF_VERSION_3: crate::BlockNumber = (20 * 60 * 1_000 / SLOT_DURATION_MS) as crate::BlockNumber;

/// An era that outlives every mortal transaction, in blocks.
pub type LongestEra = BlockHashCount;

/// The header of a block.
pub type Header = generic::Header<crate::BlockNumber, sp_runtime::traits::BlakeTwo256>;

#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]
#![recursion_limit = "256"]
// The macros that assemble a runtime generate items of their own without documentation.
#![allow(missing_docs)]

extern crate alloc;

#[cfg(feature = "std")]
include!(concat!(env!("OUT_DIR"), "/wasm_binary.rs"));

mod admission;
mod apis;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarks;
pub mod configs;
mod enactment;
mod genesis;
mod parameters;
mod pausing;
mod queries;

use alloc::vec::Vec;
use sp_runtime::{
	generic, impl_opaque_keys,
	traits::{BlakeTwo256, IdentifyAccount, Verify},
	MultiAddress, MultiSignature,
};
use sp_version::RuntimeVersion;

#[cfg(feature = "std")]
pub use apis::RuntimeApi;
pub use genesis::{preset, preset_names, DEVELOPMENT_PRESET, LOCAL_TESTNET_PRESET};
pub use parameters::Parameter;
pub use pausing::Pausable;

/// Number of a block.
pub type BlockNumber = u32;
/// Number of transactions that an account has sent.
pub type Nonce = u32;
/// Hash of blocks and of the state trie.
pub type Hash = sp_core::H256;
/// Signature of a transaction; accounts use sr25519.
pub type Signature = MultiSignature;
/// An account, by its public key.
pub type AccountId = <<Signature as Verify>::Signer as IdentifyAccount>::AccountId;
/// How a transaction names an account.
pub type Address = MultiAddress<AccountId, ()>;

/// Length of a slot, milliseconds.
#[cfg(not(feature = "slot-1s"))]
pub const SLOT_DURATION_MS: u64 = 2_000;
/// Length of a slot, milliseconds.
#[cfg(feature = "slot-1s")]
pub const SLOT_DURATION_MS: u64 = 1_000;

/// A day, blocks.
pub const DAYS: BlockNumber = (24 * 60 * 60 * 1_000 / SLOT_DURATION_MS) as BlockNumber;

/// The version of this runtime. `spec_version` grows with every change of behaviour, `transaction_version` with every change of a
/// call's encoding or of the extensions.
#[sp_version::runtime_version]
pub const VERSION: RuntimeVersion = RuntimeVersion {
	spec_name: alloc::borrow::Cow::Borrowed("salus"),
	impl_name: alloc::borrow::Cow::Borrowed("salus"),
	authoring_version: 1,
	spec_version: 4,
	impl_version: 1,
	apis: apis::RUNTIME_API_VERSIONS,
	transaction_version: 1,
	system_version: 1,
};

impl_opaque_keys! {
	/// The keys of a validator, rotated together.
	pub struct SessionKeys {
		/// Authors blocks.
		pub aura: Aura,
		/// Votes on finality.
		pub grandpa: Grandpa,
	}
}

/// What a transaction passes before its call. `CheckMember` stands after the nonce and before the weight, `CheckMortal` in the place
/// of the frame's `CheckEra`: see `pallet-consortium`.
pub type TxExtension = (
	frame_system::AuthorizeCall<Runtime>,
	frame_system::CheckNonZeroSender<Runtime>,
	frame_system::CheckSpecVersion<Runtime>,
	frame_system::CheckTxVersion<Runtime>,
	frame_system::CheckGenesis<Runtime>,
	pallet_consortium::CheckMortal<Runtime>,
	frame_system::CheckNonce<Runtime>,
	pallet_consortium::CheckMember<Runtime>,
	frame_system::CheckWeight<Runtime>,
	frame_system::WeightReclaim<Runtime>,
);

/// A transaction.
pub type UncheckedExtrinsic = generic::UncheckedExtrinsic<Address, RuntimeCall, Signature, TxExtension>;
/// A block of this chain.
pub type Block = generic::Block<configs::system::Header, UncheckedExtrinsic>;
/// What a signature covers.
pub type SignedPayload = generic::SignedPayload<RuntimeCall, TxExtension>;

/// Reports of equivocation are bare extrinsics: they carry their own proof.
impl<Call> frame_system::offchain::CreateTransactionBase<Call> for Runtime
where
	RuntimeCall: From<Call>,
{
	type Extrinsic = UncheckedExtrinsic;
	type RuntimeCall = RuntimeCall;
}

impl<Call> frame_system::offchain::CreateBare<Call> for Runtime
where
	RuntimeCall: From<Call>,
{
	fn create_bare(call: RuntimeCall) -> UncheckedExtrinsic {
		UncheckedExtrinsic::new_bare(call)
	}
}

/// Dispatches a block to the pallets.
pub type Executive =
	frame_executive::Executive<Runtime, Block, frame_system::ChainContext<Runtime>, Runtime, AllPalletsWithSystem>;

/// Types for code that must not depend on the calls of one version of the runtime: the node.
pub mod opaque {
	use super::*;
	pub use sp_runtime::OpaqueExtrinsic as UncheckedExtrinsic;

	/// The header of a block.
	pub type Header = generic::Header<BlockNumber, BlakeTwo256>;
	/// A block whose transactions are bytes.
	pub type Block = generic::Block<Header, UncheckedExtrinsic>;
	/// The identifier of a block.
	pub type BlockId = generic::BlockId<Block>;
}

// Genesis and hooks run in the order of declaration, as the comments below need it. By default they would run in that of the
// indices, which cannot change: they are part of how calls are encoded.
#[frame_support::runtime(legacy_ordering)]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeFreezeReason,
		RuntimeHoldReason,
		RuntimeSlashReason,
		RuntimeLockId,
		RuntimeTask,
		RuntimeViewFunction
	)]
	pub struct Runtime;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type Timestamp = pallet_timestamp;
	#[runtime::pallet_index(2)]
	pub type Aura = pallet_aura;
	#[runtime::pallet_index(3)]
	pub type Grandpa = pallet_grandpa;
	#[runtime::pallet_index(4)]
	pub type Authorship = pallet_authorship;
	#[runtime::pallet_index(5)]
	pub type Historical = pallet_session::historical;
	#[runtime::pallet_index(6)]
	pub type Offences = pallet_offences;
	#[runtime::pallet_index(10)]
	pub type Council = pallet_collective<Instance1>;
	#[runtime::pallet_index(11)]
	pub type Utility = pallet_utility;

	// Before Session: at genesis the institutions' accounts must exist when Session notes their keys.
	#[runtime::pallet_index(20)]
	pub type Consortium = pallet_consortium;
	#[runtime::pallet_index(8)]
	pub type Session = pallet_session;

	#[runtime::pallet_index(21)]
	pub type PatientRegistry = pallet_patient_registry;
	#[runtime::pallet_index(22)]
	pub type RecordAnchors = pallet_record_anchors;
	#[runtime::pallet_index(23)]
	pub type Consent = pallet_consent;
	#[runtime::pallet_index(25)]
	pub type EmergencyAccess = pallet_emergency_access;
	// Last: its on_finalize closes the block's tree after every other pallet has written.
	#[runtime::pallet_index(24)]
	pub type AuditTrail = pallet_audit_trail;
}

//! What the node and clients may ask the runtime.

use alloc::vec::Vec;
use frame_support::genesis_builder_helper::{build_state, get_preset};
#[cfg(feature = "try-runtime")]
use frame_support::weights::Weight;
use pallet_grandpa::AuthorityId as GrandpaId;
use salus_primitives::{
	AuditChain, AuditEntry, ChainHead, CommitteeId, CommitteePurpose, EmergencyRequestId, EmergencyTier, InstitutionId,
	Moment, NodeId, PatientHandle, PermitId, PractitionerId, RecordId,
};
use salus_runtime_api::{
	AnchorInfo, BatchInfo, CapabilityInfo, CommitteeInfo, EmergencyScopeInfo, EmergencySessionInfo, GuardianKeyInfo,
	HandleInfo, InstitutionInfo, LocateSessionInfo, MergeInfo, ParameterInfo, PauseInfo, PermitInfo, PractitionerInfo,
	SessionInfo, UpgradeInfo, ValidatorInfo,
};
use salus_threshold::dealing::Dealing;
use sp_api::impl_runtime_apis;
use sp_consensus_aura::sr25519::AuthorityId as AuraId;
use sp_core::OpaqueMetadata;
use sp_runtime::{
	traits::{Block as BlockT, NumberFor},
	transaction_validity::{TransactionSource, TransactionValidity},
	ApplyExtrinsicResult,
};
use sp_session::OpaqueGeneratedSessionKeys;
use sp_version::RuntimeVersion;

use crate::{
	genesis,
	queries::{self, consortium, emergency},
	AccountId, Aura, Block, Consortium, Executive, Grandpa, Historical, InherentDataExt, Nonce, Runtime,
	RuntimeGenesisConfig, SessionKeys, System, VERSION,
};

impl_runtime_apis! {
	impl sp_api::Core<Block> for Runtime {
		fn version() -> RuntimeVersion {
			VERSION
		}

		fn execute_block(block: <Block as BlockT>::LazyBlock) {
			Executive::execute_block(block);
		}

		fn initialize_block(header: &<Block as BlockT>::Header) -> sp_runtime::ExtrinsicInclusionMode {
			Executive::initialize_block(header)
		}
	}

	impl sp_api::Metadata<Block> for Runtime {
		fn metadata() -> OpaqueMetadata {
			OpaqueMetadata::new(Runtime::metadata().into())
		}

		fn metadata_at_version(version: u32) -> Option<OpaqueMetadata> {
			Runtime::metadata_at_version(version)
		}

		fn metadata_versions() -> Vec<u32> {
			Runtime::metadata_versions()
		}
	}

	impl frame_support::view_functions::runtime_api::RuntimeViewFunction<Block> for Runtime {
		fn execute_view_function(
			id: frame_support::view_functions::ViewFunctionId,
			input: Vec<u8>,
		) -> Result<Vec<u8>, frame_support::view_functions::ViewFunctionDispatchError> {
			Runtime::execute_view_function(id, input)
		}
	}

	impl sp_block_builder::BlockBuilder<Block> for Runtime {
		fn apply_extrinsic(extrinsic: <Block as BlockT>::Extrinsic) -> ApplyExtrinsicResult {
			Executive::apply_extrinsic(extrinsic)
		}

		fn finalize_block() -> <Block as BlockT>::Header {
			Executive::finalize_block()
		}

		fn inherent_extrinsics(data: sp_inherents::InherentData) -> Vec<<Block as BlockT>::Extrinsic> {
			data.create_extrinsics()
		}

		fn check_inherents(
			block: <Block as BlockT>::LazyBlock,
			data: sp_inherents::InherentData,
		) -> sp_inherents::CheckInherentsResult {
			data.check_extrinsics(&block)
		}
	}

	impl sp_transaction_pool::runtime_api::TaggedTransactionQueue<Block> for Runtime {
		fn validate_transaction(
			source: TransactionSource,
			tx: <Block as BlockT>::Extrinsic,
			block_hash: <Block as BlockT>::Hash,
		) -> TransactionValidity {
			Executive::validate_transaction(source, tx, block_hash)
		}
	}

	impl sp_offchain::OffchainWorkerApi<Block> for Runtime {
		fn offchain_worker(header: &<Block as BlockT>::Header) {
			Executive::offchain_worker(header)
		}
	}

	impl sp_consensus_aura::AuraApi<Block, AuraId> for Runtime {
		fn slot_duration() -> sp_consensus_aura::SlotDuration {
			sp_consensus_aura::SlotDuration::from_millis(Aura::slot_duration())
		}

		fn authorities() -> Vec<AuraId> {
			pallet_aura::Authorities::<Runtime>::get().into_inner()
		}
	}

	impl sp_session::SessionKeys<Block> for Runtime {
		fn generate_session_keys(owner: Vec<u8>, seed: Option<Vec<u8>>) -> OpaqueGeneratedSessionKeys {
			SessionKeys::generate(&owner, seed).into()
		}

		fn decode_session_keys(encoded: Vec<u8>) -> Option<Vec<(Vec<u8>, sp_core::crypto::KeyTypeId)>> {
			SessionKeys::decode_into_raw_public_keys(&encoded)
		}
	}

	impl sp_consensus_grandpa::GrandpaApi<Block> for Runtime {
		fn grandpa_authorities() -> sp_consensus_grandpa::AuthorityList {
			Grandpa::grandpa_authorities()
		}

		fn current_set_id() -> sp_consensus_grandpa::SetId {
			pallet_grandpa::CurrentSetId::<Runtime>::get()
		}

		fn submit_report_equivocation_unsigned_extrinsic(
			proof: sp_consensus_grandpa::EquivocationProof<<Block as BlockT>::Hash, NumberFor<Block>>,
			key_owner_proof: sp_consensus_grandpa::OpaqueKeyOwnershipProof,
		) -> Option<()> {
			Grandpa::submit_unsigned_equivocation_report(proof, key_owner_proof.decode()?)
		}

		fn generate_key_ownership_proof(
			_set_id: sp_consensus_grandpa::SetId,
			authority_id: GrandpaId,
		) -> Option<sp_consensus_grandpa::OpaqueKeyOwnershipProof> {
			use codec::Encode;
			use frame_support::traits::KeyOwnerProofSystem;
			Historical::prove((sp_consensus_grandpa::KEY_TYPE, authority_id))
				.map(|proof| sp_consensus_grandpa::OpaqueKeyOwnershipProof::new(proof.encode()))
		}
	}

	impl frame_system_rpc_runtime_api::AccountNonceApi<Block, AccountId, Nonce> for Runtime {
		fn account_nonce(account: AccountId) -> Nonce {
			System::account_nonce(account)
		}
	}

	impl sp_genesis_builder::GenesisBuilder<Block> for Runtime {
		fn build_state(config: Vec<u8>) -> sp_genesis_builder::Result {
			build_state::<RuntimeGenesisConfig>(config)
		}

		fn get_preset(id: &Option<sp_genesis_builder::PresetId>) -> Option<Vec<u8>> {
			get_preset::<RuntimeGenesisConfig>(id, genesis::preset)
		}

		fn preset_names() -> Vec<sp_genesis_builder::PresetId> {
			genesis::preset_names()
		}
	}

	impl salus_runtime_api::SalusApi<Block, AccountId> for Runtime {
		fn institution(id: InstitutionId) -> Option<InstitutionInfo<AccountId>> {
			queries::institution(id)
		}

		fn institutions() -> Vec<(InstitutionId, InstitutionInfo<AccountId>)> {
			queries::institutions()
		}

		fn practitioner(id: PractitionerId) -> Option<PractitionerInfo> {
			queries::practitioner(id)
		}

		fn handle(handle: PatientHandle) -> Option<HandleInfo<AccountId>> {
			queries::handle(handle)
		}

		fn anchors(handle: PatientHandle) -> Vec<(RecordId, AnchorInfo)> {
			queries::anchors(handle)
		}

		fn capabilities(handle: PatientHandle) -> Vec<CapabilityInfo> {
			queries::capabilities(handle)
		}

		fn permit(id: PermitId) -> Option<PermitInfo> {
			queries::permit(id)
		}

		fn audit_head(chain: AuditChain) -> ChainHead {
			queries::audit_head(chain)
		}

		fn block_entries() -> Vec<AuditEntry> {
			queries::block_entries()
		}

		fn batches(institution: InstitutionId) -> Vec<(u32, BatchInfo)> {
			queries::batches(institution)
		}
	}

	impl salus_runtime_api::ConsortiumApi<Block, AccountId> for Runtime {
		fn parameters() -> Vec<ParameterInfo> {
			consortium::parameters()
		}

		fn pauses() -> Vec<PauseInfo> {
			consortium::pauses()
		}

		fn validators() -> Vec<ValidatorInfo<AccountId>> {
			consortium::validators()
		}

		fn membership_ends() -> Vec<(InstitutionId, Moment)> {
			consortium::membership_ends()
		}

		fn authorized_upgrade() -> Option<UpgradeInfo> {
			consortium::authorized_upgrade()
		}

		fn nodes() -> Vec<(NodeId, InstitutionId)> {
			Consortium::nodes()
		}

		fn session() -> SessionInfo {
			consortium::session()
		}

		fn offenders() -> Vec<AccountId> {
			pallet_consortium::Offenders::<Runtime>::get().into_inner()
		}
	}

	impl salus_runtime_api::MergesApi<Block> for Runtime {
		fn merges(handle: PatientHandle) -> Vec<MergeInfo> {
			queries::merges(handle)
		}
	}

	impl salus_runtime_api::EmergencyApi<Block, AccountId> for Runtime {
		fn guardian_key(institution: InstitutionId) -> Option<GuardianKeyInfo> {
			emergency::guardian_key(institution)
		}

		fn committee(id: CommitteeId) -> Option<CommitteeInfo<AccountId>> {
			emergency::committee(id)
		}

		fn committees() -> Vec<CommitteeId> {
			emergency::committees()
		}

		fn consortium_committee(purpose: CommitteePurpose) -> Option<CommitteeId> {
			emergency::consortium_committee(purpose)
		}

		fn personal_committee(handle: PatientHandle) -> Option<CommitteeId> {
			emergency::personal_committee(handle)
		}

		fn personal_formation(handle: PatientHandle) -> Option<CommitteeId> {
			emergency::personal_formation(handle)
		}

		fn committees_of_guardian(account: AccountId) -> Vec<CommitteeId> {
			emergency::committees_of_guardian(account)
		}

		fn committees_of_institution(institution: InstitutionId) -> Vec<CommitteeId> {
			emergency::committees_of_institution(institution)
		}

		fn dealings(id: CommitteeId, version: u32) -> Vec<(u16, Dealing)> {
			emergency::dealings(id, version)
		}

		fn scope(handle: PatientHandle, tier: EmergencyTier) -> EmergencyScopeInfo {
			emergency::scope(handle, tier)
		}

		fn session(id: EmergencyRequestId) -> Option<EmergencySessionInfo> {
			emergency::session(id)
		}

		fn sessions(handle: PatientHandle) -> Vec<EmergencyRequestId> {
			emergency::sessions(handle)
		}

		fn open_sessions(committee: CommitteeId) -> Vec<EmergencyRequestId> {
			emergency::open_sessions(committee)
		}

		fn locate_session(id: EmergencyRequestId) -> Option<LocateSessionInfo> {
			emergency::locate_session(id)
		}

		fn open_locate_sessions(committee: CommitteeId) -> Vec<EmergencyRequestId> {
			emergency::open_locate_sessions(committee)
		}
	}

	#[cfg(feature = "runtime-benchmarks")]
	impl frame_benchmarking::Benchmark<Block> for Runtime {
		fn benchmark_metadata(extra: bool) -> (
			Vec<frame_benchmarking::BenchmarkList>,
			Vec<frame_support::traits::StorageInfo>,
		) {
			crate::benchmarks::metadata(extra)
		}

		fn dispatch_benchmark(
			config: frame_benchmarking::BenchmarkConfig,
		) -> Result<Vec<frame_benchmarking::BenchmarkBatch>, alloc::string::String> {
			crate::benchmarks::dispatch(config)
		}
	}

	#[cfg(feature = "try-runtime")]
	impl frame_try_runtime::TryRuntime<Block> for Runtime {
		fn on_runtime_upgrade(checks: frame_try_runtime::UpgradeCheckSelect) -> (Weight, Weight) {
			let weight = Executive::try_runtime_upgrade(checks).expect("a failed check must stop the tool");
			(weight, crate::configs::system::Weights::get().max_block)
		}

		fn execute_block(
			block: <Block as BlockT>::LazyBlock,
			state_root_check: bool,
			signature_check: bool,
			select: frame_try_runtime::TryStateSelect,
		) -> Weight {
			Executive::try_execute_block(block, state_root_check, signature_check, select)
				.expect("a failed check must stop the tool")
		}
	}
}

//! A running node: network, JSON-RPC, authoring, finality, disk watch.

use super::{
	finality::{gossip_duration, voting_rule, JUSTIFICATION_PERIOD},
	nodes::{Door, Listed, PeerRules},
	partial::{inherents, partial, Partial},
	Backend, Client, GrandpaBlockImport, GrandpaLink, Pool, SelectChain,
};
use crate::rpc;
use salus_runtime::{opaque::Block, Hash};
use sc_basic_authorship::ProposerFactory;
use sc_client_api::Backend as _;
use sc_consensus_aura::{CompatibilityMode, SlotProportion, StartAuraParams};
use sc_consensus_grandpa::{warp_proof::NetworkProvider, GrandpaParams, SharedVoterState};
use sc_network::{
	config::{FullNetworkConfiguration, NonReservedPeerMode},
	NetworkBackend, NotificationService, ProtocolName,
};
use sc_network_sync::SyncingService;
use sc_offchain::{OffchainWorkerOptions, OffchainWorkers};
use sc_service::{
	BuildNetworkParams, Configuration, Error, KeystoreContainer, Role, SpawnTasksParams, TaskManager, WarpSyncConfig,
};
use sc_storage_monitor::{StorageMonitorParams, StorageMonitorService};
use sc_telemetry::{Telemetry, TelemetryHandle};
use sc_transaction_pool_api::OffchainTransactionPoolFactory;
use sp_blockchain::HeaderBackend;
use sp_consensus_aura::{
	sr25519::{AuthorityId, AuthorityPair},
	SlotDuration,
};
use std::sync::Arc;
use substrate_prometheus_endpoint::Registry;

type Network = Arc<dyn sc_network::service::traits::NetworkService>;
type Syncing = Arc<SyncingService<Block>>;

/// A block must fit into one answer of the sync protocol (16 MiB, some of it spent on framing). Below that, the
/// runtime's own length and weight limits decide: the proposer's customary 4 MiB would silently undercut them.
const BLOCK_BYTES: usize = 15 * 1024 * 1024;

/// Pace of a node that has no state to read the slot from, which happens in the middle of a warp sync.
const USUAL_SLOT: SlotDuration = SlotDuration::from_millis(2_000);

/// What authoring and finality need and share once the network runs.
struct Running {
	client: Arc<Client>,
	keystore: KeystoreContainer,
	select_chain: SelectChain,
	pool: Arc<Pool>,
	network: Network,
	sync: Syncing,
	role: Role,
	node_name: String,
	force_authoring: bool,
	slot: SlotDuration,
	registry: Option<Registry>,
	telemetry: Option<TelemetryHandle>,
}

/// Starts a node over the given network backend. It runs until the task manager is dropped or an essential task ends.
pub(crate) fn full<N: NetworkBackend<Block, Hash>>(
	config: Configuration,
	storage_monitor: StorageMonitorParams,
	peers: PeerRules,
) -> Result<TaskManager, Error> {
	let Partial {
		client,
		backend,
		mut task_manager,
		keystore,
		select_chain,
		import_queue,
		pool,
		block_import,
		grandpa_link,
		mut telemetry,
	} = partial(&config)?;
	watch_disk(&config, storage_monitor, &task_manager)?;

	let registry = config.prometheus_registry().cloned();
	let metrics = N::register_notification_metrics(registry.as_ref());
	let mut net_config = FullNetworkConfiguration::<_, _, N>::new(&config.network, registry.clone());
	let default_peers = &mut net_config.network_config.default_peers_set;
	// --reserved-only is a list of the operator's own.
	let follows_list = !peers.any_peer && default_peers.non_reserved_mode == NonReservedPeerMode::Accept;
	let door = follows_list.then(|| Door::new(peers, Listed::last(&client).ok().as_ref()));
	if door.as_ref().is_some_and(Door::is_closed) {
		default_peers.non_reserved_mode = NonReservedPeerMode::Deny;
	}
	let protocol = sc_consensus_grandpa::protocol_standard_name(&client.info().genesis_hash, &config.chain_spec);
	let (protocol_config, notifications) = sc_consensus_grandpa::grandpa_peers_set_config::<_, N>(
		protocol.clone(),
		metrics.clone(),
		net_config.peer_store_handle(),
	);
	net_config.add_notification_protocol(protocol_config);
	let authorities = grandpa_link.shared_authority_set().clone();
	let warp_sync = NetworkProvider::new(backend.clone(), authorities.clone(), Vec::new());
	let (network, system_rpc_tx, tx_handler_controller, sync, _) = sc_service::build_network(BuildNetworkParams {
		config: &config,
		net_config,
		client: client.clone(),
		transaction_pool: pool.clone(),
		spawn_handle: task_manager.spawn_handle(),
		spawn_essential_handle: task_manager.spawn_essential_handle(),
		import_queue,
		block_announce_validator_builder: None,
		warp_sync_config: Some(WarpSyncConfig::WithProvider(Arc::new(warp_sync))),
		block_relay: None,
		metrics,
		gap_sync_body_policy: None,
	})?;

	let slot = sc_consensus_aura::slot_duration::<AuthorityId, _, _>(&*client).unwrap_or(USUAL_SLOT);
	if let Some(door) = door {
		let attend = door.attend(client.clone(), network.clone(), sync.clone(), slot);
		task_manager.spawn_essential_handle().spawn_blocking("node-list", Some("networking"), attend);
	}

	let running = Running {
		client: client.clone(),
		keystore,
		select_chain,
		pool: pool.clone(),
		network: network.clone(),
		sync: sync.clone(),
		role: config.role,
		node_name: config.network.node_name.clone(),
		force_authoring: config.force_authoring,
		slot,
		registry,
		telemetry: telemetry.as_ref().map(Telemetry::handle),
	};
	let (votes, disable_grandpa) = (SharedVoterState::empty(), config.disable_grandpa);
	if config.offchain_worker.enabled {
		running.run_offchain_workers(&backend, &task_manager)?;
	}
	let rpc = rpc::Deps {
		client: client.clone(),
		backend: backend.clone(),
		pool: pool.clone(),
		authorities,
		votes: votes.clone(),
		justifications: grandpa_link.justification_stream(),
	};
	sc_service::spawn_tasks(SpawnTasksParams {
		config,
		client,
		backend,
		task_manager: &mut task_manager,
		keystore: running.keystore.keystore(),
		transaction_pool: pool,
		rpc_builder: Box::new(move |executor| rpc::module(&rpc, executor).map_err(|e| Error::Application(e.into()))),
		network,
		system_rpc_tx,
		tx_handler_controller,
		sync_service: sync,
		telemetry: telemetry.as_mut(),
		tracing_execute_block: None,
	})?;

	if running.role.is_authority() {
		running.author(block_import, &task_manager)?;
	}
	if !disable_grandpa {
		running.finalize(grandpa_link, protocol, notifications, votes, &task_manager)?;
	}
	Ok(task_manager)
}

/// Ends the node in good order before the disk is full: a database that cannot write is lost.
fn watch_disk(config: &Configuration, limits: StorageMonitorParams, task_manager: &TaskManager) -> Result<(), Error> {
	let Some(path) = config.database.path() else { return Ok(()) };
	StorageMonitorService::try_spawn(limits, path.into(), &task_manager.spawn_essential_handle())
		.map_err(|e| Error::Application(e.into()))
}

impl Running {
	/// Makes blocks when it is this node's turn.
	fn author(&self, block_import: GrandpaBlockImport, task_manager: &TaskManager) -> Result<(), Error> {
		let mut proposer_factory = ProposerFactory::new(
			task_manager.spawn_handle(),
			self.client.clone(),
			self.pool.clone(),
			self.registry.as_ref(),
			self.telemetry.clone(),
		);
		proposer_factory.set_default_block_size_limit(BLOCK_BYTES);
		let slot = self.slot;
		let aura = sc_consensus_aura::start_aura::<AuthorityPair, _, _, _, _, _, _, _, _, _, _>(StartAuraParams {
			slot_duration: slot,
			client: self.client.clone(),
			select_chain: self.select_chain.clone(),
			block_import,
			proposer_factory,
			create_inherent_data_providers: move |_, ()| async move { Ok(inherents(slot)) },
			force_authoring: self.force_authoring,
			// Blocks go on at full pace while finality stands still: the council needs them to restore it.
			backoff_authoring_blocks: None::<()>,
			keystore: self.keystore.keystore(),
			sync_oracle: self.sync.clone(),
			justification_sync_link: self.sync.clone(),
			// The rest of the slot is for the block to reach the others and be checked there.
			block_proposal_slot_portion: SlotProportion::new(2f32 / 3f32),
			max_block_proposal_slot_portion: None,
			telemetry: self.telemetry.clone(),
			compatibility_mode: CompatibilityMode::None,
		})?;
		task_manager.spawn_essential_handle().spawn_blocking("aura", Some("block-authoring"), aura);
		Ok(())
	}

	/// Follows GRANDPA's rounds, and votes when this node is a validator.
	fn finalize(
		&self,
		link: GrandpaLink,
		protocol_name: ProtocolName,
		notification_service: Box<dyn NotificationService>,
		shared_voter_state: SharedVoterState,
		task_manager: &TaskManager,
	) -> Result<(), Error> {
		let voter = sc_consensus_grandpa::run_grandpa_voter(GrandpaParams {
			config: sc_consensus_grandpa::Config {
				gossip_duration: gossip_duration(self.slot),
				justification_generation_period: JUSTIFICATION_PERIOD,
				observer_enabled: false,
				local_role: self.role,
				name: Some(self.node_name.clone()),
				keystore: self.role.is_authority().then(|| self.keystore.keystore()),
				telemetry: self.telemetry.clone(),
				protocol_name,
			},
			link,
			network: self.network.clone(),
			sync: self.sync.clone(),
			notification_service,
			voting_rule: voting_rule(),
			prometheus_registry: self.registry.clone(),
			shared_voter_state,
			telemetry: self.telemetry.clone(),
			offchain_tx_pool_factory: OffchainTransactionPoolFactory::new(self.pool.clone()),
		})?;
		task_manager.spawn_essential_handle().spawn_blocking("grandpa-voter", None, voter);
		Ok(())
	}

	fn run_offchain_workers(&self, backend: &Arc<Backend>, task_manager: &TaskManager) -> Result<(), Error> {
		let workers = OffchainWorkers::new(OffchainWorkerOptions {
			runtime_api_provider: self.client.clone(),
			keystore: Some(self.keystore.keystore()),
			offchain_db: backend.offchain_storage(),
			transaction_pool: Some(OffchainTransactionPoolFactory::new(self.pool.clone())),
			network_provider: Arc::new(self.network.clone()),
			is_validator: self.role.is_authority(),
			// Nothing in this runtime has any business to reach out of the hospital's network.
			enable_http_requests: false,
			custom_extensions: |_| Vec::new(),
		})?;
		let run = workers.run(self.client.clone(), task_manager.spawn_handle());
		task_manager.spawn_handle().spawn("offchain-workers-runner", "offchain-worker", run);
		Ok(())
	}
}

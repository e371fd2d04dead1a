//! Database, client, pool and import queue: what a command needs that reads or writes blocks without a network.

use super::{finality::JUSTIFICATION_PERIOD, Backend, Client, GrandpaBlockImport, GrandpaLink, Pool, SelectChain};
use salus_runtime::opaque::Block;
use sc_consensus::{DefaultImportQueue, LongestChain};
use sc_consensus_aura::{CheckForEquivocation, CompatibilityMode, ImportQueueParams};
use sc_consensus_grandpa::GrandpaPruningFilter;
use sc_service::{Configuration, Error, KeystoreContainer, TaskManager};
use sc_telemetry::{Telemetry, TelemetryHandle, TelemetryWorker};
use sp_consensus_aura::{
	inherents::InherentDataProvider as SlotProvider,
	sr25519::{AuthorityId, AuthorityPair},
	SlotDuration,
};
use std::sync::Arc;

/// Everything of a node but its network.
pub(crate) struct Partial {
	/// Blocks and state.
	pub client: Arc<Client>,
	/// The database.
	pub backend: Arc<Backend>,
	/// Spawns and ends tasks.
	pub task_manager: TaskManager,
	/// Session keys.
	pub keystore: KeystoreContainer,
	/// Fork choice.
	pub select_chain: SelectChain,
	/// Checks and stores blocks that arrive.
	pub import_queue: DefaultImportQueue<Block>,
	/// Transactions that wait.
	pub pool: Arc<Pool>,
	/// Stores blocks and follows GRANDPA's authority sets.
	pub block_import: GrandpaBlockImport,
	/// Joins that to the voter.
	pub grandpa_link: GrandpaLink,
	/// Telemetry, when an endpoint was configured.
	pub telemetry: Option<Telemetry>,
}

/// Opens the database, creating it when it is missing, and puts the parts together.
pub(crate) fn partial(config: &Configuration) -> Result<Partial, Error> {
	let telemetry = connect_telemetry(config)?;
	let executor = sc_service::new_wasm_executor(&config.executor);
	let (client, backend, keystore, task_manager) = sc_service::new_full_parts(
		config,
		telemetry.as_ref().map(|(_, telemetry)| telemetry.handle()),
		executor,
		// A node that prunes blocks keeps those with a justification, or it could not help others to warp sync.
		vec![Arc::new(GrandpaPruningFilter)],
	)?;
	let client = Arc::new(client);
	let telemetry = telemetry.map(|(worker, telemetry)| {
		task_manager.spawn_handle().spawn("telemetry", None, worker.run());
		telemetry
	});
	let handle = telemetry.as_ref().map(Telemetry::handle);

	let select_chain = LongestChain::new(backend.clone());
	let pool = sc_transaction_pool::Builder::new(
		task_manager.spawn_essential_handle(),
		client.clone(),
		config.role.is_authority().into(),
	)
	.with_options(config.transaction_pool.clone())
	.with_prometheus(config.prometheus_registry())
	.build();
	let (block_import, grandpa_link) = sc_consensus_grandpa::block_import(
		client.clone(),
		JUSTIFICATION_PERIOD,
		&client,
		select_chain.clone(),
		handle.clone(),
	)?;
	let import_queue = import_queue(config, &client, &block_import, &task_manager, handle)?;

	Ok(Partial {
		client,
		backend,
		task_manager,
		keystore,
		select_chain,
		import_queue,
		pool: Arc::new(pool),
		block_import,
		grandpa_link,
		telemetry,
	})
}

fn connect_telemetry(config: &Configuration) -> Result<Option<(TelemetryWorker, Telemetry)>, Error> {
	let Some(endpoints) = config.telemetry_endpoints.clone().filter(|endpoints| !endpoints.is_empty()) else {
		return Ok(None);
	};
	let worker = TelemetryWorker::new(16)?;
	let telemetry = worker.handle().new_telemetry(endpoints);
	Ok(Some((worker, telemetry)))
}

fn import_queue(
	config: &Configuration,
	client: &Arc<Client>,
	block_import: &GrandpaBlockImport,
	task_manager: &TaskManager,
	telemetry: Option<TelemetryHandle>,
) -> Result<DefaultImportQueue<Block>, Error> {
	let slots = client.clone();
	let queue = sc_consensus_aura::import_queue::<AuthorityPair, _, _, _, _, _>(ImportQueueParams {
		block_import: block_import.clone(),
		justification_import: Some(Box::new(block_import.clone())),
		client: client.clone(),
		create_inherent_data_providers: move |parent, ()| {
			// Read at the parent and not once: the first block of a warp sync has no earlier state to read it from.
			let slot = sc_consensus_aura::standalone::slot_duration_at::<AuthorityId, _, _>(&*slots, parent);
			async move { Ok(inherents(slot?)) }
		},
		spawner: &task_manager.spawn_essential_handle(),
		registry: config.prometheus_registry(),
		check_for_equivocation: CheckForEquivocation::Yes,
		telemetry,
		compatibility_mode: CompatibilityMode::None,
	})?;
	Ok(queue)
}

/// What a block is told from outside: the slot and the time, both by this machine's clock.
pub(super) fn inherents(slot: SlotDuration) -> (SlotProvider, sp_timestamp::InherentDataProvider) {
	let now = sp_timestamp::InherentDataProvider::from_system_time();
	(SlotProvider::from_timestamp_and_slot_duration(*now, slot), now)
}

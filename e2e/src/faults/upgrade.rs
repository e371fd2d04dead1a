//! The runtime is replaced under load, by the council and whoever sends the code.

use super::{Bench, Figures, Load, Watch, ALL};
use crate::{
	council::decide_at_desks,
	measure::{storage_version, stored},
	network::EPSILON,
	person::block,
	rpc::Rpc,
};
use anyhow::{ensure, Context, Result};
use salus_client::{
	chain::{calls, Chain, ChainError, Keypair},
	primitives::InstitutionId,
	wire::{Account, BlockId},
};
use salus_runtime_api::{BatchInfo, InstitutionInfo, ParameterInfo, ValidatorInfo};
use serde_json::json;
use std::time::{Duration, Instant};

/// Version of the runtime before.
const BEFORE: u64 = 3;
/// Version of the consortium's storage before, and after its migration.
const STORAGE: [u16; 2] = [1, 2];
/// Length of a session, blocks: of the release before always, of this one until the council sets another. No session ends here.
const SESSION: u32 = 600;
/// Blocks for which the load goes on afterwards.
const AFTERWARDS: u64 = 6;
/// How long anything here may take on a busy machine.
const LIMIT: Duration = Duration::from_secs(180);

pub async fn upgrade(bench: &Bench) -> Result<Figures> {
	let code = bench.built_code()?.display().to_string();
	for node in &bench.validators {
		ensure!(version(&node.rpc()?).await? == BEFORE, "{} does not begin with release {BEFORE}", node.name);
		ensure!(storage_version(node, "Consortium").await? == STORAGE[0], "{} begins with another storage", node.name);
	}
	let chain = bench.chain(0).await?;
	ensure!(
		matches!(chain.session().await, Err(ChainError::NotInRuntime { .. })),
		"release {BEFORE} tells its session"
	);
	let load = Load::start(bench, &ALL).await?;
	let (stop, stopped) = tokio::sync::watch::channel(false);
	let acts = tokio::spawn(act_until(
		bench.chain(bench.node_of(EPSILON)).await?,
		bench.gateway_account(EPSILON).await?,
		stopped,
	));
	let watch = Watch::start(&bench.validators)?;
	let began = Instant::now();
	watch.wait_finalized(watch.finalized() + AFTERWARDS, LIMIT).await?;

	bench.progress.set_message("upgrade: the council decides");
	let asked = Instant::now();
	decide_at_desks(&bench.operators, &["consortium", "propose", "upgrade", &code]).await?;
	let decided = asked.elapsed();
	let before = State::of(&chain, chain.finalized_head().await?).await?;
	bench.progress.set_message("upgrade: the code is sent");
	let sent = Instant::now();
	let applied = block(&bench.operators[0].does(&["consortium", "apply-upgrade", &code]).await?)?;
	watch.wait_finalized(applied + 1, LIMIT).await?;
	let in_force = sent.elapsed();

	let mut versions = Vec::new();
	for node in &bench.validators {
		node.wait_finalized(applied + 1).await?;
		versions.push(version(&node.rpc()?).await?);
		ensure!(storage_version(node, "Consortium").await? == STORAGE[1], "{} did not migrate", node.name);
		ensure!(
			stored(node, "Consortium", "SessionBegan").await?.len() == 1,
			"{} knows no begin of the session",
			node.name
		);
	}
	ensure!(versions.iter().all(|version| *version > BEFORE), "versions {versions:?} after the upgrade");
	before.goes_on_in(&State::of(&chain, chain.finalized_head().await?).await?)?;

	bench.progress.set_message("upgrade: what only the new runtime can do");
	let session = chain.session().await?;
	ensure!(session.began == 0 && session.next == SESSION, "the session that ran goes on as {session:?}");
	let longer = ["consortium", "propose", "set-parameter", "SessionLength", &(2 * SESSION).to_string()];
	decide_at_desks(&bench.operators, &longer).await?;
	let session = chain.session().await?;
	ensure!(session.next == 2 * SESSION, "twice as long, the session is {session:?}");
	watch.wait_finalized(watch.finalized() + AFTERWARDS, LIMIT).await?;
	stop.send_replace(true);
	let acts = acts.await.context("a member that acts")??;
	ensure!(acts > 0, "nobody acted");
	let report = load.finish(&bench.validators).await?;
	bench.agree_all().await?;

	let mut figures = Figures::default();
	figures.words("runtime", format!("{BEFORE} to {}", versions[0]));
	figures.seconds("until the council had decided", decided);
	figures.seconds("from sending the code until it ran in a final block", in_force);
	figures.seconds("longest time without finality", watch.longest_without_finality());
	figures.blocks(&watch, began);
	figures.count("acts of a member that waits for each, none of them sent again by itself", acts, "acts");
	figures.load(&report);
	Ok(figures)
}

/// Anchors one batch after the other until told to stop, as people act: whatever the upgrade overtakes the client has to sign again.
/// How many.
async fn act_until(chain: Chain, key: Keypair, stopped: tokio::sync::watch::Receiver<bool>) -> Result<u64> {
	let mut acts = 0;
	while !*stopped.borrow() {
		let root = salus_client::random_bytes();
		let act = calls::record_anchors::anchor_batch(root, 1);
		chain.submit_finalized(&key, &act).await.with_context(|| format!("act {} of a member", acts + 1))?;
		acts += 1;
	}
	Ok(acts)
}

/// What an upgrade must not change.
struct State {
	institutions: Vec<(InstitutionId, InstitutionInfo<Account>)>,
	validators: Vec<ValidatorInfo<Account>>,
	parameters: Vec<ParameterInfo>,
	council: Vec<Account>,
	batches: Vec<Vec<(u32, BatchInfo)>>,
}

impl State {
	async fn of(chain: &Chain, at: BlockId) -> Result<Self> {
		let institutions = chain.institutions_at(&at).await?;
		let mut batches = Vec::new();
		for (id, _) in &institutions {
			batches.push(chain.batches_at(&at, *id).await?);
		}
		Ok(Self {
			institutions,
			validators: chain.validators_at(&at).await?,
			parameters: chain.parameters_at(&at).await?,
			council: chain.council_members().await?,
			batches,
		})
	}

	/// Fails unless all of it is there later too, where parameters and batches were added.
	fn goes_on_in(&self, later: &Self) -> Result<()> {
		ensure!(self.institutions == later.institutions, "the institutions changed");
		ensure!(self.validators == later.validators, "the validators changed");
		ensure!(self.council == later.council, "the council changed");
		ensure!(later.parameters.starts_with(&self.parameters), "the parameters changed");
		ensure!(self.batches.iter().any(|of_one| !of_one.is_empty()), "no batch was compared");
		let same = self.batches.iter().zip(&later.batches).all(|(before, after)| after.starts_with(before));
		ensure!(same && self.batches.len() == later.batches.len(), "the batches changed");
		Ok(())
	}
}

/// The version of the runtime in the newest finalized block.
async fn version(rpc: &Rpc) -> Result<u64> {
	let at = rpc.finalized().await?;
	let version = rpc.call("state_getRuntimeVersion", json!([at])).await?;
	version["specVersion"].as_u64().context("a runtime has a version")
}

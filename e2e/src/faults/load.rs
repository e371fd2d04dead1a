//! Members that anchor all the time, as their gateways do, whatever happens to the nodes.

use super::Bench;
use crate::{ground::institution, validators::Node};
use anyhow::{ensure, Context, Result};
use futures::future::try_join_all;
use salus_client::{
	chain::{calls, Chain, ChainError, Keypair},
	primitives::InstitutionId,
};
use std::{
	collections::{BTreeMap, BTreeSet},
	sync::{Arc, Mutex, MutexGuard, PoisonError},
	time::{Duration, Instant},
};
use tokio::{
	sync::watch,
	task::JoinSet,
	time::{interval, sleep, timeout, MissedTickBehavior},
};

/// Between two batches of one member.
const EVERY: Duration = Duration::from_millis(500);
/// Batches of one member that may be on their way; a member with so many waits.
const MOST_OPEN: usize = 64;
/// Before a batch that did not get through is sent again.
const PAUSE: Duration = Duration::from_secs(1);
/// How long a transaction may wait for a block. One behind a gap in the nonces, which a lost pool leaves, would wait until it dies.
const BLOCK_LIMIT: Duration = Duration::from_secs(60);
/// How long a batch may take with everything that happens to it.
const LIMIT: Duration = Duration::from_secs(900);

/// Members that anchor a batch every half second, each at a node of its own, until [`Load::finish`]. What does not get through
/// because a node is away or the runtime changed is signed and sent again. Dropping it ends that.
pub struct Load {
	tally: Arc<Mutex<Tally>>,
	stop: watch::Sender<bool>,
	workers: JoinSet<()>,
}

/// What came of a load.
#[derive(Clone, Debug, Default)]
pub struct LoadReport {
	/// Batches that were handed to a node at least once.
	pub submitted: u64,
	/// Batches that were reported final, and are on every node.
	pub finalized: u64,
	/// What the chain refused in a block, or never took; empty after [`Load::finish`].
	pub failed: Vec<String>,
	/// How often a batch had to be signed and sent again, by the reason. What had to wait for a node is not among them.
	pub again: BTreeMap<&'static str, u64>,
}

impl LoadReport {
	/// How often a batch had to be signed and sent again.
	pub fn signed_again(&self) -> u64 {
		self.again.values().sum()
	}
}

#[derive(Default)]
struct Tally {
	report: LoadReport,
	finals: Vec<Final>,
}

/// A batch that was reported final.
#[derive(Clone, Copy)]
struct Final {
	institution: InstitutionId,
	root: [u8; 32],
	height: u32,
}

impl Load {
	/// Lets these members anchor, each through the node that it uses ([`Bench::node_of`]), which has to answer.
	///
	/// # Errors
	/// When a gateway account cannot be registered.
	pub async fn start(bench: &Bench, members: &[usize]) -> Result<Self> {
		let tally = Arc::new(Mutex::new(Tally::default()));
		let (stop, stopped) = watch::channel(false);
		let prepared = members.iter().map(|member| {
			let tally = tally.clone();
			async move {
				let key = bench.gateway_account(*member).await?;
				let chain = bench.chain(bench.node_of(*member)).await?;
				anyhow::Ok(Worker { institution: institution(*member)?, key, chain, tally })
			}
		});
		let mut workers = JoinSet::new();
		for worker in try_join_all(prepared).await.context("preparing a load")? {
			workers.spawn(worker.work(stopped.clone()));
		}
		Ok(Self { tally, stop, workers })
	}

	/// Batches that have been reported final so far.
	pub fn finalized(&self) -> u64 {
		lock(&self.tally).report.finalized
	}

	/// Sends nothing new, waits for what is on its way, and looks at each of these nodes for every batch that was reported final.
	///
	/// # Errors
	/// When a batch failed, or a node does not have one that was reported final.
	pub async fn finish<'a>(mut self, nodes: impl IntoIterator<Item = &'a Node>) -> Result<LoadReport> {
		self.stop.send_replace(true);
		while let Some(ended) = self.workers.join_next().await {
			ended.context("a member that anchors")?;
		}
		let tally = std::mem::take(&mut *lock(&self.tally));
		let report = tally.report;
		ensure!(report.failed.is_empty(), "{} transactions failed: {}", report.failed.len(), report.failed.join("; "));
		ensure!(report.finalized == report.submitted, "{} of {} are final", report.finalized, report.submitted);
		try_join_all(nodes.into_iter().map(|node| all_there(node, &tally.finals))).await?;
		Ok(report)
	}
}

/// Fails unless a node has all of them in its finalized state.
async fn all_there(node: &Node, finals: &[Final]) -> Result<()> {
	let newest = finals.iter().map(|one| one.height).max().unwrap_or_default();
	node.wait_finalized(newest.into()).await?;
	let chain = Chain::connect(&node.url()).await?;
	let institutions: BTreeSet<InstitutionId> = finals.iter().map(|one| one.institution).collect();
	for institution in institutions {
		let roots: BTreeSet<[u8; 32]> = chain.batches(institution).await?.iter().map(|(_, batch)| batch.root).collect();
		let missing = finals.iter().filter(|one| one.institution == institution && !roots.contains(&one.root)).count();
		ensure!(missing == 0, "{} lost {missing} batches of institution {institution} that were final", node.name);
	}
	Ok(())
}

/// One member.
#[derive(Clone)]
struct Worker {
	institution: InstitutionId,
	key: Keypair,
	chain: Chain,
	tally: Arc<Mutex<Tally>>,
}

impl Worker {
	async fn work(self, mut stopped: watch::Receiver<bool>) {
		let mut open = JoinSet::new();
		let mut beat = interval(EVERY);
		beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
		loop {
			tokio::select! {
				_ = stopped.changed() => break,
				_ = beat.tick() => {
					while open.try_join_next().is_some() {}
					if open.len() < MOST_OPEN {
						open.spawn(self.clone().anchor(salus_client::random_bytes()));
					}
				}
			}
		}
		while open.join_next().await.is_some() {}
	}

	/// Anchors one batch, with as many transactions as that takes.
	async fn anchor(self, root: [u8; 32]) {
		lock(&self.tally).report.submitted += 1;
		let began = Instant::now();
		loop {
			let mut signed = false;
			let reason = match self.send(root, &mut signed).await {
				Ok(height) => {
					let mut tally = lock(&self.tally);
					tally.report.finalized += 1;
					tally.finals.push(Final { institution: self.institution, root, height });
					return;
				}
				Err(error) if is_final(&error) || began.elapsed() > LIMIT => {
					lock(&self.tally).report.failed.push(error.to_string());
					return;
				}
				Err(error) => reason(&error),
			};
			if signed {
				*lock(&self.tally).report.again.entry(reason).or_default() += 1;
			}
			sleep(PAUSE).await;
		}
	}

	/// Sends one transaction, unless an earlier one that seemed lost arrived: the height at which the batch is final. Tells when it
	/// has come so far as to sign.
	async fn send(&self, root: [u8; 32], signed: &mut bool) -> Result<u32, ChainError> {
		let head = self.chain.finalized_head().await?;
		if self.chain.batches_at(&head, self.institution).await?.iter().any(|(_, batch)| batch.root == root) {
			return Ok(head.number);
		}
		*signed = true;
		let mut submission = self.chain.submit(&self.key, &calls::record_anchors::anchor_batch(root, 1)).await?;
		match timeout(BLOCK_LIMIT, submission.in_block()).await {
			Ok(included) => included?,
			Err(_) => return Err(ChainError::NotIncluded("no block took it".to_owned())),
		};
		Ok(submission.finalized().await?.block.number)
	}
}

/// Whether sending it again is no use.
fn is_final(error: &ChainError) -> bool {
	matches!(error, ChainError::Refused(_) | ChainError::Key(_) | ChainError::OtherChain { .. })
}

fn reason(error: &ChainError) -> &'static str {
	match error {
		ChainError::Unreachable { .. } => "the node was away",
		ChainError::NotIncluded(_) => "it left the pool",
		ChainError::NotAccepted { .. } => "the pool did not take it",
		ChainError::NotFinalized { .. } => "finality was late",
		_ => "the node reported an error",
	}
}

fn lock(tally: &Mutex<Tally>) -> MutexGuard<'_, Tally> {
	// A poisoned lock holds a whole tally: nothing that can panic runs under it.
	tally.lock().unwrap_or_else(PoisonError::into_inner)
}

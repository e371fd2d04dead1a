//! Two of four validators are lost for good, disks and all: the council brings finality back, as the operations manual tells it.

use super::{
	sets::{takes_new_keys, wait_for_set, wait_for_vote_by},
	Bench, Figures, Watch, SESSION,
};
use crate::{
	council::decide_at_desks,
	network::{ALPHA, BETA, DELTA, GAMMA},
	rpc::Rpc,
	validators::{Node, Part},
	waiting::until,
};
use anyhow::{ensure, Context, Result};
use std::{
	fs,
	time::{Duration, Instant},
};

/// How long a step may take on a busy machine, while half of the slots are empty.
const LIMIT: Duration = Duration::from_secs(300);
/// How long `salus` waits for finality before it goes by the best block.
const PATIENCE: Duration = Duration::from_secs(60);
/// Blocks from the session's beginning to the forced change.
const DELAY: u64 = SESSION / 2;

pub async fn lost_third(bench: &Bench) -> Result<Figures> {
	let mut figures = Figures::default();
	let [alpha, beta] = [ALPHA, BETA].map(|left| &bench.validators[left]);
	let rpc = &alpha.rpc()?;
	let watch = Watch::start([alpha, beta])?;

	bench.progress.set_message("lost-third: two of four are gone");
	for lost in [GAMMA, DELTA].map(|lost| &bench.validators[lost]) {
		lost.kill();
		fs::remove_dir_all(lost.data()).with_context(|| format!("cannot remove {}", lost.data().display()))?;
	}
	let lost = Instant::now();
	watch.wait_best(watch.best() + 2, LIMIT).await.context("blocks of two validators")?;
	let first_without = watch.best();

	// Their operators have the accounts, and new hosts.
	let mut hosts = Vec::new();
	for (name, secret) in [("gamma-again", "//Charlie"), ("delta-again", "//Dave")] {
		let host = bench.spare(name, Part::Validator)?;
		host.start()?;
		hosts.push((bench.desk(&format!("{name}-validator"), secret, &host)?, host));
	}
	for (_, host) in &hosts {
		reaches_best(host, rpc).await?;
	}
	until("the time after which commands go by the best block", LIMIT, || async {
		Ok((lost.elapsed() > PATIENCE + Duration::from_secs(10)).then_some(()))
	})
	.await?;
	bench.progress.set_message("lost-third: new hosts take new keys");
	let mut keys = Vec::new();
	for (validator, host) in &hosts {
		keys.push(takes_new_keys(validator, host).await?);
	}

	bench.progress.set_message("lost-third: the next session plans the new set");
	let best = &bench.chain(ALPHA).await?.before_finality();
	let session = best.session().await?.index;
	until("the next session", LIMIT, || async { Ok((best.session().await?.index > session).then_some(())) }).await?;
	let stands = rpc.finalized_height().await?;
	ensure!(stands < first_without, "block {stands} became final by two of four validators");
	bench.progress.set_message("lost-third: the council tells GRANDPA");
	let (decided, delay) = (Instant::now(), DELAY.to_string());
	let command = ["consortium", "propose", "stalled", "--best-finalized", &stands.to_string(), "--delay", &delay];
	decide_at_desks(&bench.operators, &command).await?;
	figures.seconds("motion, votes and close, without finality", decided.elapsed());

	bench.progress.set_message("lost-third: the new set takes over");
	watch.wait_finalized(stands + 1, LIMIT).await.context("finality with the new set")?;
	figures.seconds("from the motion until a block is final", decided.elapsed());
	figures.seconds("without finality, from the loss on", lost.elapsed());
	figures.count("blocks without finality", watch.best() - stands, "blocks");
	// The first block that becomes final may lie before the one that named the new set.
	wait_for_set(rpc, "a set with the new keys", |set| keys.iter().all(|keys| set.has(keys))).await?;
	let now = rpc.best_height().await?;
	watch.wait_finalized(now + SESSION, LIMIT).await.context("finality goes on")?;
	for keys in &keys {
		wait_for_vote_by(rpc, &keys.grandpa).await?;
	}

	bench.progress.set_message("lost-third: a node joins after it");
	let fresh = bench.spare("fresh", Part::Full)?;
	let (joined, height) = (Instant::now(), rpc.finalized_height().await?);
	fresh.start()?;
	fresh.wait_finalized(height).await?;
	figures.seconds("until a node that syncs from genesis has crossed it", joined.elapsed());
	let nodes: Vec<&Node> =
		[alpha, beta].into_iter().chain(hosts.iter().map(|(_, host)| host)).chain([&fresh]).collect();
	bench.agree(&nodes).await?;
	Ok(figures)
}

/// Waits until a node has the newest block of another.
async fn reaches_best(node: &Node, other: &Rpc) -> Result<()> {
	node.wait_answers().await?;
	let (own, height) = (&node.rpc()?, other.best_height().await?);
	until(&format!("block {height} at {}", node.name), LIMIT, || async move {
		Ok((own.best_height().await? >= height).then_some(()))
	})
	.await
}

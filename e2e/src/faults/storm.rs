//! Validators are killed at random, again and again, under load.

use super::{Bench, Figures, Load, Watch, ALL};
use crate::{measure::stored, validators::Node};
use anyhow::{ensure, Context, Result};
use std::{
	collections::BTreeSet,
	fs,
	time::{Duration, Instant},
};

/// How often.
const KILLS: usize = 30;
/// Longest pause before the next one, milliseconds: longer than a slot, so that they hit each part of it.
const LONGEST_PAUSE: u64 = 3_000;
/// Blocks in which every validator has to appear afterwards: many turns of all of them, as slots may be missed on a busy machine.
const AFTERWARDS: u64 = 24;
/// What a node writes when something is wrong that a restart must not bring about.
const BAD_SIGNS: [&str; 4] = ["panicked", "orrupt", "quivocat", "Essential task"];

pub async fn storm(bench: &Bench) -> Result<Figures> {
	let logs = bench.validators.iter().map(|node| Ok((node, log(node)?.len()))).collect::<Result<Vec<_>>>()?;
	let load = Load::start(bench, &ALL).await?;
	let watch = Watch::start(&bench.validators)?;
	let began = Instant::now();
	let mut restarts = Vec::new();
	for kill in 1..=KILLS {
		let [victim, pause @ ..] = random();
		let victim = &bench.validators[victim as usize % bench.validators.len()];
		bench.progress.set_message(format!("storm: kill {kill} of {KILLS}, {}", victim.name));
		tokio::time::sleep(Duration::from_millis(u64::from(u16::from_le_bytes(pause)) % LONGEST_PAUSE)).await;
		victim.kill();
		let started = Instant::now();
		victim.start()?;
		victim
			.wait_finalized(watch.finalized() + 1)
			.await
			.with_context(|| format!("{} after kill {kill}", victim.name))?;
		restarts.push(started.elapsed());
	}
	let first = watch.best() + 1;
	bench.validators[0].wait_finalized(first + AFTERWARDS).await.context("finality after the storm")?;
	let report = load.finish(&bench.validators).await?;
	bench.agree_all().await?;
	for (validator, before) in logs {
		ensure!(stored(validator, "Offences", "Reports").await?.is_empty(), "somebody is said to have equivocated");
		no_bad_signs(validator, before)?;
	}
	everybody_makes_blocks(bench, first).await?;

	let mut figures = Figures::default();
	figures.count("kills", KILLS as u64, "times");
	figures.seconds("longest time without finality", watch.longest_without_finality());
	figures.spread("from the start of a killed node until it finalizes", restarts);
	figures.blocks(&watch, began);
	figures.load(&report);
	Ok(figures)
}

fn random() -> [u8; 3] {
	let [first, second, third, ..] = salus_client::random_bytes();
	[first, second, third]
}

fn log(node: &Node) -> Result<String> {
	fs::read_to_string(node.log()).with_context(|| format!("cannot read {}", node.log().display()))
}

/// What another scenario made it write before, does not count.
fn no_bad_signs(node: &Node, before: usize) -> Result<()> {
	let log = log(node)?;
	let bad = log.get(before..).unwrap_or(&log).lines().find(|line| BAD_SIGNS.iter().any(|sign| line.contains(sign)));
	bad.map_or(Ok(()), |line| anyhow::bail!("{} wrote: {line}", node.name))
}

async fn everybody_makes_blocks(bench: &Bench, first: u64) -> Result<()> {
	let (rpc, n) = (bench.validators[0].rpc()?, bench.validators.len() as u64);
	let mut authors = BTreeSet::new();
	for height in first..=first + AFTERWARDS {
		let hash = rpc.call("chain_getBlockHash", serde_json::json!([height])).await?;
		authors.insert(rpc.slot(&hash).await? % n);
	}
	ensure!(authors.len() as u64 == n, "after the storm only {authors:?} make blocks");
	Ok(())
}

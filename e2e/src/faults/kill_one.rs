//! Each validator in turn is killed under load.

use super::{Bench, Figures, Load, Watch, ALL};
use anyhow::{Context, Result};
use std::time::{Duration, Instant};

/// Blocks that have to become final while one is away: more than a turn of all of them.
const WITHOUT: u64 = 5;
/// Longest time without finality that is promised: a turn of all validators, twice.
const PROMISED: Duration = Duration::from_secs(16);
/// How long that may take on a busy machine.
const LIMIT: Duration = Duration::from_secs(180);

pub async fn kill_one(bench: &Bench) -> Result<Figures> {
	let load = Load::start(bench, &ALL).await?;
	let watch = Watch::start(&bench.validators)?;
	let began = Instant::now();
	let mut restarts = Vec::new();
	for victim in &bench.validators {
		bench.progress.set_message(format!("kill-one: without {}", victim.name));
		let height = watch.finalized();
		victim.kill();
		watch.wait_finalized(height + WITHOUT, LIMIT).await.with_context(|| format!("without {}", victim.name))?;
		let started = Instant::now();
		victim.start()?;
		victim.wait_finalized(watch.finalized() + 1).await.with_context(|| format!("with {} again", victim.name))?;
		restarts.push(started.elapsed());
	}
	let longest = watch.longest_without_finality();
	let report = load.finish(&bench.validators).await?;
	bench.agree_all().await?;

	let mut figures = Figures::default();
	figures.within("longest time without finality", longest, PROMISED);
	figures.spread("from the start of a killed node until it finalizes", restarts);
	figures.blocks(&watch, began);
	figures.load(&report);
	Ok(figures)
}

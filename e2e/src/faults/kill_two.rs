//! More validators are killed than finality can do without, and come back.

use super::{Bench, Figures, Load, Watch, ALL};
use crate::network::{DELTA, GAMMA};
use anyhow::{ensure, Context, Result};
use std::time::{Duration, Instant};

/// Blocks that are waited for while finality stands still.
const WITHOUT: u64 = 8;
/// How long anything here may take on a busy machine.
const LIMIT: Duration = Duration::from_secs(180);
/// Within what finality goes on by itself once the killed nodes are started again.
const PROMISED: Duration = Duration::from_secs(10);

pub async fn kill_two(bench: &Bench) -> Result<Figures> {
	let load = Load::start(bench, &ALL).await?;
	let watch = Watch::start(&bench.validators)?;
	let killed = [GAMMA, DELTA].map(|victim| &bench.validators[victim]);
	let began = Instant::now();
	watch.finality_after(began, LIMIT).await?;
	killed.iter().for_each(|victim| victim.kill());
	let halted = Instant::now();

	bench.progress.set_message("kill-two: without finality");
	// Blocks that they had voted for may still become final; this one was made without them.
	watch.wait_best(watch.best() + 2, LIMIT).await.context("blocks of two validators")?;
	let best = watch.best();
	watch.wait_best(best + WITHOUT, LIMIT).await.context("blocks of two validators")?;
	ensure!(watch.finalized() < best, "block {} became final by two of four validators", watch.finalized());
	let halted_for = halted.elapsed();
	let blocks_without = watch.blocks_since(halted);

	bench.progress.set_message("kill-two: with all of them again");
	let restarted = Instant::now();
	for victim in killed {
		victim.start()?;
	}
	let resumed = watch.finality_after(restarted, LIMIT).await.context("finality with all of them again")?;
	watch.wait_finalized(best + WITHOUT, LIMIT).await.context("finality of what waited")?;
	let caught_up = restarted.elapsed();
	let report = load.finish(&bench.validators).await?;
	bench.agree_all().await?;

	let mut figures = Figures::default();
	figures.seconds("finality halted, until the restart", halted_for);
	figures.count("blocks in that time", blocks_without, "blocks");
	figures.within("from the start of both until a block is final", resumed, PROMISED);
	figures.seconds("from the start of both until all that waited is", caught_up);
	figures.blocks(&watch, began);
	figures.load(&report);
	Ok(figures)
}

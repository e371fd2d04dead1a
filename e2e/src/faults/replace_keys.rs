//! A validator takes new session keys while it works, and the old ones are worth nothing afterwards.

use super::{
	sets::{takes_new_keys, wait_for_block_by, wait_for_set, wait_for_vote_by, Set},
	Bench, Figures, Load, Watch, ALL, SESSION,
};
use crate::{
	network::{ALPHA, BETA},
	validators::Part,
};
use anyhow::{ensure, Result};
use salus_client::chain::{calls::SessionKeys, Chain};
use std::time::{Duration, Instant};

/// How long anything here may take on a busy machine.
const LIMIT: Duration = Duration::from_secs(180);
/// How many blocks a node made: what its metrics count.
const MADE: &str = "substrate_proposer_block_constructed_count";

pub async fn replace_keys(bench: &Bench) -> Result<Figures> {
	let (alpha, beta) = (&bench.validators[ALPHA], &bench.validators[BETA]);
	let rpc = &alpha.rpc()?;
	let validator = bench.desk("beta-validator", "//Bob", beta)?;
	let load = Load::start(bench, &ALL).await?;
	let watch = Watch::start(&bench.validators)?;
	let (began, before) = (Instant::now(), Set::finalized(rpc).await?);

	bench.progress.set_message("replace-keys: new keys for beta's validator");
	let new = takes_new_keys(&validator, beta).await?;
	let height = rpc.finalized_height().await?;
	let set = wait_for_set(rpc, "a set with the new keys", |set| set.has(&new)).await?;
	ensure!(set.voters.len() == before.voters.len(), "{} vote, not {}", set.voters.len(), before.voters.len());
	let old = replaced(&before, &set)?;
	let in_force = began.elapsed();
	let first = wait_for_block_by(rpc, &new.aura, height).await?;
	wait_for_vote_by(rpc, &new.grandpa).await?;

	bench.progress.set_message("replace-keys: somebody has the old ones");
	let thief = bench.spare("thief", Part::Founder(BETA))?;
	thief.start()?;
	thief.wait_finalized(first).await?;
	let tried = rpc.best_height().await?;
	watch.wait_best(tried + SESSION, LIMIT).await?;
	let made_by_thief = thief.metrics()?.value(MADE).await?;
	ensure!(made_by_thief == 0.0, "{made_by_thief} blocks were made with keys that were replaced");
	ensure!(!Set::best(rpc).await?.has_any(&old), "the old keys are in the set again");
	let validators = Chain::connect(&alpha.url()).await?.validators().await?;
	ensure!(validators.iter().all(|one| !one.disabled), "somebody was disabled: {validators:?}");
	thief.stop().await?;

	let mut figures = Figures::default();
	figures.seconds("from the command to the set with the new keys", in_force);
	figures.count("from the command to the first block by them", first - height, "blocks");
	figures.blocks(&watch, began);
	figures.seconds("longest time without finality", watch.longest_without_finality());
	figures.load(&load.finish(&bench.validators).await?);
	bench.agree_all().await?;
	Ok(figures)
}

/// The keys that were in the set and are not any more.
fn replaced(before: &Set, now: &Set) -> Result<SessionKeys> {
	let gone = |before: &[[u8; 32]], now: &[[u8; 32]]| -> Vec<[u8; 32]> {
		before.iter().filter(|key| !now.contains(key)).copied().collect()
	};
	match (&gone(&before.authors, &now.authors)[..], &gone(&before.voters, &now.voters)[..]) {
		([aura], [grandpa]) => Ok(SessionKeys { aura: *aura, grandpa: *grandpa }),
		(authors, voters) => anyhow::bail!("{} authors and {} voters left the set", authors.len(), voters.len()),
	}
}

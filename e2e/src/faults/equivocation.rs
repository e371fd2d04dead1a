//! Two nodes vote with the keys of one validator, which is proven, and shuts it out until the council names it anew.

use super::{
	sets::{author_of, takes_new_keys, wait_for_block_by, wait_for_set, wait_for_vote_by, Set},
	Bench, Figures, Load, Watch, ALL,
};
use crate::{
	council::decide_at_desks,
	network::{ALPHA, EPSILON, HOSPITALS},
	rpc::Rpc,
	validators::Part,
	waiting::until,
};
use anyhow::{ensure, Context, Result};
use salus_client::{
	chain::{Chain, Event},
	keystore::AccountKey,
};
use serde_json::json;
use std::time::{Duration, Instant};

/// Slots in which the two must have voted for different blocks and somebody must have proven it.
const SLOTS: u64 = 150;
/// Length of a slot, milliseconds.
const SLOT: u64 = 2_000;
/// How long those slots may take at the most, should the clock of the chain stand still.
const LIMIT: Duration = Duration::from_secs(600);
/// How GRANDPA's offence is named.
const KIND: &[u8] = b"grandpa:equivoca";

pub async fn equivocation(bench: &Bench) -> Result<Figures> {
	let alpha = &bench.validators[ALPHA];
	let (rpc, chain) = (&alpha.rpc()?, bench.chain(ALPHA).await?);
	let eve = AccountKey::from_uri("//Eve")?.account();
	let honest = &bench.validators[..HOSPITALS];
	let load = Load::start(bench, &ALL).await?;
	let watch = Watch::start(honest)?;

	bench.progress.set_message("equivocation: a second node with the same keys");
	let second = bench.spare("second", Part::Founder(EPSILON))?;
	let (began, from) = (Instant::now(), rpc.finalized_height().await?);
	second.start()?;
	let (at, offence) = offence(&chain, from).await?;
	is_about_votes_of(&offence, &eve.0)?;
	let after = began.elapsed();
	let disabled = chain.validators_at(&chain.block_at(at).await?).await?;
	let disabled: Vec<_> = disabled.iter().filter(|one| one.disabled).map(|one| one.account).collect();
	ensure!(disabled == [eve], "{disabled:?} were disabled at once");

	bench.progress.set_message("equivocation: the offender leaves the set");
	let set = wait_for_set(rpc, "a set without the offender", |set| !set.authors.contains(&eve.0)).await?;
	ensure!(set.voters.len() == HOSPITALS, "{} vote", set.voters.len());
	let left = first_without(&chain, rpc, &eve.0, at).await?;
	let last = rpc.finalized_height().await?;
	for author in &set.authors {
		wait_for_block_by(rpc, author, last).await?;
	}
	for height in u64::from(at) + 1..=rpc.finalized_height().await? {
		ensure!(author_of(rpc, height).await? != eve.0, "the offender made block {height}");
	}

	bench.progress.set_message("equivocation: the council names it anew, with new keys on one host");
	second.stop().await?;
	let (host, again) = (&bench.validators[EPSILON], Instant::now());
	let validator = bench.desk("epsilon-validator", "//Eve", host)?;
	// Before it is named anew: it must not come back with the keys that somebody else may have.
	let new = takes_new_keys(&validator, host).await?;
	let (number, account) = (EPSILON.to_string(), eve.to_string());
	decide_at_desks(&bench.operators, &["consortium", "propose", "add-validator", &number, &account]).await?;
	wait_for_set(rpc, "a set with the validator again", |set| set.has(&new)).await?;
	wait_for_vote_by(rpc, &new.grandpa).await?;
	let back = again.elapsed();

	let mut figures = Figures::default();
	figures.seconds("from the start of the second node to the proof in a block", after);
	figures.count("from the start of the second node to the proof in a block", u64::from(at) - from, "blocks");
	figures.count("from the proof to the set without the offender", left - u64::from(at), "blocks");
	figures.seconds("from new keys and a motion to its first vote", back);
	figures.blocks(&watch, began);
	figures.seconds("longest time without finality", watch.longest_without_finality());
	figures.load(&load.finish(honest).await?);
	bench.agree(&honest.iter().collect::<Vec<_>>()).await?;
	Ok(figures)
}

/// Waits for the first block above a height in whose events an offence was reported: its height, and what was reported.
async fn offence(chain: &Chain, above: u64) -> Result<(u32, Vec<Event>)> {
	let next = &std::cell::Cell::new(u32::try_from(above)? + 1);
	let end = chain.now().await? + SLOTS * SLOT;
	until("a proof of the equivocation", LIMIT, || async move {
		let last = chain.finalized_head().await?.number;
		while next.get() <= last {
			let height = next.replace(next.get() + 1);
			let events = chain.events_at(&chain.block_at(height).await?).await?;
			if events.find("Consortium", "OffenceReported").is_some() {
				return Ok(Some((height, events.0)));
			}
		}
		ensure!(chain.now().await? <= end, "no proof of an equivocation in {SLOTS} slots");
		Ok(None)
	})
	.await
}

/// Fails unless the events of the block tell of an equivocation in votes by this account.
fn is_about_votes_of(events: &[Event], offender: &[u8; 32]) -> Result<()> {
	let find = |pallet: &str, name: &str| {
		let event = events.iter().find(|event| event.pallet == pallet && event.name == name);
		event.with_context(|| format!("there is no event {pallet}.{name}"))
	};
	let reported = find("Consortium", "OffenceReported")?.bytes32("validator");
	ensure!(reported.as_ref() == Some(offender), "{reported:?} was reported");
	let kind = &find("Offences", "Offence")?.bytes;
	ensure!(kind.starts_with(KIND), "the offence is {kind:?}");
	Ok(())
}

/// The first block after one in whose state the key makes no blocks any more.
async fn first_without(chain: &Chain, rpc: &Rpc, key: &[u8; 32], after: u32) -> Result<u64> {
	let last = chain.finalized_head().await?.number;
	for height in after..=last {
		let hash = rpc.call("chain_getBlockHash", json!([height])).await?;
		if !Set::at(rpc, &hash).await?.authors.contains(key) {
			return Ok(height.into());
		}
	}
	anyhow::bail!("the key is in the set still")
}

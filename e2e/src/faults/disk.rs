//! A node whose disk fills up while it runs.

use super::{Bench, Figures, Load, Watch};
use crate::{
	disk::{copy_folder, SmallDisk},
	network::{ALPHA, BETA, DELTA, GAMMA},
	rpc::Rpc,
	validators::Node,
};
use anyhow::{ensure, Context, Result};
use futures::future::try_join_all;
use serde_json::json;
use std::{
	fs,
	time::{Duration, Instant},
};

/// Size of the disk: several times what the node keeps.
const SIZE: &str = "768m";
/// The node stops when less is free, looking every second.
const WATCHED: [&str; 2] = ["--db-storage-threshold=64", "--db-storage-polling-period=1"];
/// What stays free on the full disk: less than the threshold, and more than a node writes until it looks again.
const LEFT: u64 = 32 * 1024 * 1024;
/// Exit status of a node that stopped because of its disk, as its manual says.
const STATUS: i32 = 1;
/// How long it may take to start, notice and stop on a busy machine.
const STOP_LIMIT: Duration = Duration::from_secs(240);

pub async fn disk(bench: &Bench) -> Result<Figures> {
	let victim = &bench.validators[DELTA];
	victim.stop().await?;
	let data = victim.data();
	let aside = data.with_extension("aside");
	fs::rename(&data, &aside)?;
	fs::create_dir(&data)?;
	let disk = match SmallDisk::mount(&data, SIZE) {
		Ok(disk) => disk,
		Err(error) => {
			fs::remove_dir(&data)?;
			fs::rename(&aside, &data)?;
			victim.start()?;
			return Ok(Figures::skipped(format!("no small disk can be mounted here ({error})")));
		}
	};
	for entry in fs::read_dir(&aside)? {
		let entry = entry?;
		copy_folder(&entry.path(), &data.join(entry.file_name()))?;
	}
	fs::remove_dir_all(&aside)?;
	let tried = on_small_disk(bench, &disk).await;

	// Back on the large disk, with what was written on the small one: an old copy of a validator's votes must never be used again.
	victim.stop().await?;
	copy_folder(&data, &aside)?;
	drop(disk);
	fs::remove_dir(&data)?;
	fs::rename(&aside, &data)?;
	victim.start()?;
	let figures = tried?;
	let height = bench.validators[ALPHA].finalized().await?;
	victim.wait_finalized(height + 1).await.context("back on the large disk")?;
	Ok(figures)
}

async fn on_small_disk(bench: &Bench, disk: &SmallDisk) -> Result<Figures> {
	let others = [ALPHA, BETA, GAMMA];
	let (alpha, victim) = (&bench.validators[ALPHA], &bench.validators[DELTA]);
	victim.start_with(&WATCHED)?;
	let height = alpha.finalized().await?;
	victim.wait_finalized(height + 2).await.context("running on the small disk")?;
	let load = Load::start(bench, &others).await?;
	let watch = Watch::start(others.map(|other| &bench.validators[other]))?;

	let before = victim.finalized().await?;
	let full = Instant::now();
	disk.fill(LEFT)?;
	stops(victim).await?;
	let stopped = full.elapsed();

	let height = alpha.finalized().await?;
	let finality = others.map(|other| bench.validators[other].wait_finalized(height + 4));
	try_join_all(finality).await.context("finality of the other three")?;
	victim.start_with(&WATCHED)?;
	stops(victim).await.context("started on a full disk")?;

	disk.make_room()?;
	let room = Instant::now();
	victim.start_with(&WATCHED)?;
	let height = alpha.finalized().await?;
	victim.wait_finalized(height + 2).await.context("with room again")?;
	let resumed = room.elapsed();
	alpha.wait_finalized(height + 2).await?;
	let (rpc, theirs) = (alpha.rpc()?, victim.rpc()?);
	same_blocks(&rpc, &theirs, before, height + 2).await?;
	same_state(&rpc, &theirs, before).await?;
	let report = load.finish(&bench.validators).await?;

	let mut figures = Figures::default();
	figures.seconds("from the full disk until the node stopped by itself", stopped);
	figures.seconds("from its start with room until it finalizes", resumed);
	figures.seconds("longest time without finality at the others", watch.longest_without_finality());
	figures.load(&report);
	Ok(figures)
}

/// Waits until it ends in good order, and says why.
async fn stops(node: &Node) -> Result<()> {
	let (status, tail) = node.wait_ended(STOP_LIMIT).await?;
	ensure!(status.code() == Some(STATUS), "it ended with {status}:\n{tail}");
	ensure!(tail.contains("dropped below threshold"), "it does not say why it stopped:\n{tail}");
	ensure!(!tail.contains("panicked"), "it did not stop in good order:\n{tail}");
	Ok(())
}

/// Every block that both finalized is there, whole, and the same.
async fn same_blocks(one: &Rpc, other: &Rpc, full_at: u64, until: u64) -> Result<()> {
	for height in 0..=until {
		let hash = one.call("chain_getBlockHash", json!([height])).await?;
		ensure!(other.call("chain_getBlockHash", json!([height])).await? == hash, "block {height} is another");
		// Those around the stop may have been written while there was hardly any room.
		if height + 50 >= full_at {
			let (mine, theirs) =
				(one.call("chain_getBlock", json!([hash])).await?, other.call("chain_getBlock", json!([hash])).await?);
			ensure!(mine["block"] == theirs["block"] && !mine.is_null(), "block {height} differs");
		}
	}
	Ok(())
}

/// Every value of the state at the last block before the disk was full can be read, and is the same.
async fn same_state(one: &Rpc, other: &Rpc, height: u64) -> Result<()> {
	let at = one.call("chain_getBlockHash", json!([height])).await?;
	let (mine, theirs) = (one.state("0x", &at).await?, other.state("0x", &at).await?);
	ensure!(mine == theirs, "the states differ");
	ensure!(mine.len() > 100, "a state of {} values was compared", mine.len());
	Ok(())
}

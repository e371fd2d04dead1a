//! A node whose disk fills up while it runs.

use super::Verdict;
use anyhow::{ensure, Context, Result};
use futures::future::try_join_all;
use salus_e2e::{
	disk::{copy_folder, SmallDisk},
	ground::Ground,
	network::{ALPHA, BETA, DELTA, GAMMA},
	rpc::Rpc,
	validators::Validator,
};
use serde_json::json;
use std::{fs, time::Duration};

/// Size of the disk: several times what the node keeps.
const SIZE: &str = "768m";
/// The node stops when less is free, looking every second.
const WATCHED: [&str; 2] = ["--db-storage-threshold=64", "--db-storage-polling-period=1"];
/// What stays free on the full disk: less than the threshold, and more than a node writes until it looks again.
const LEFT: u64 = 32 * 1024 * 1024;
/// Exit status of a node that stopped because of its disk, as its manual says.
const STATUS: i32 = 1;
/// How long it may take to notice and stop.
const STOP_LIMIT: Duration = Duration::from_secs(60);

pub async fn a_validator_stops_when_its_disk_is_full_and_catches_up_with_room(ground: &Ground<'_>) -> Result<Verdict> {
	let validators = &ground.network.validators;
	validators[DELTA].stop().await?;
	let data = validators[DELTA].data();
	let aside = data.with_extension("aside");
	fs::rename(&data, &aside)?;
	fs::create_dir(&data)?;
	let disk = match SmallDisk::mount(&data, SIZE) {
		Ok(disk) => disk,
		Err(error) => {
			fs::remove_dir(&data)?;
			fs::rename(&aside, &data)?;
			validators[DELTA].start()?;
			return Ok(Verdict::Skipped(format!("no small disk can be mounted here ({error})")));
		}
	};
	for entry in fs::read_dir(&aside)? {
		let entry = entry?;
		copy_folder(&entry.path(), &data.join(entry.file_name()))?;
	}
	fs::remove_dir_all(&aside)?;
	let tried = on_small_disk(validators, &disk).await;

	// Back on the large disk, with what was written on the small one: an old copy of a validator's votes must never be used again.
	validators[DELTA].stop().await?;
	copy_folder(&data, &aside)?;
	drop(disk);
	fs::remove_dir(&data)?;
	fs::rename(&aside, &data)?;
	validators[DELTA].start()?;
	tried?;
	let height = validators[ALPHA].finalized().await?;
	validators[DELTA].wait_finalized(height + 1).await.context("back on the large disk")?;
	ground.network.gateways[DELTA].wait_ready().await?;
	Ok(Verdict::Passed)
}

async fn on_small_disk(validators: &[Validator], disk: &SmallDisk) -> Result<()> {
	validators[DELTA].start_with(&WATCHED)?;
	let height = validators[ALPHA].finalized().await?;
	validators[DELTA].wait_finalized(height + 2).await.context("running on the small disk")?;

	let before = validators[DELTA].finalized().await?;
	disk.fill(LEFT)?;
	let (status, tail) = validators[DELTA].wait_ended(STOP_LIMIT).await?;
	ensure!(status.code() == Some(STATUS), "it ended with {status}:\n{tail}");
	ensure!(tail.contains("dropped below threshold: 64MiB"), "it does not say why it stopped:\n{tail}");
	ensure!(!tail.contains("panicked"), "it did not stop in good order:\n{tail}");

	let height = validators[ALPHA].finalized().await?;
	let others = [ALPHA, BETA, GAMMA].map(|other| validators[other].wait_finalized(height + 4));
	try_join_all(others).await.context("finality of the other three")?;
	validators[DELTA].start_with(&WATCHED)?;
	let (status, tail) = validators[DELTA].wait_ended(STOP_LIMIT).await?;
	ensure!(status.code() == Some(STATUS), "on a full disk it ended with {status}:\n{tail}");
	ensure!(tail.contains("dropped below threshold"), "on a full disk it does not say what is wrong:\n{tail}");

	disk.make_room()?;
	validators[DELTA].start_with(&WATCHED)?;
	let height = validators[ALPHA].finalized().await?;
	validators[DELTA].wait_finalized(height + 2).await.context("with room again")?;
	let (alpha, delta) = (validators[ALPHA].rpc()?, validators[DELTA].rpc()?);
	same_blocks(&alpha, &delta, before, height + 2).await?;
	same_state(&alpha, &delta, before).await
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

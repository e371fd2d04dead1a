//! Fresh nodes come to a chain whose validators have changed, by each way of syncing.

use super::{
	sets::{takes_new_keys, wait_for_set, Set},
	Bench, Figures, Load, ALL,
};
use crate::{
	council::decide_at_desks,
	network::{ALPHA, HOSPITALS},
	rpc::Rpc,
	validators::{Node, Part},
	waiting::until,
};
use anyhow::{ensure, Context, Result};
use salus_client::keystore::AccountKey;
use serde_json::{json, Value};
use std::{
	fs,
	time::{Duration, Instant},
};

/// How long a fresh node may take on a busy machine.
const LIMIT: Duration = Duration::from_secs(300);
/// What a node says that took the state of a proven block instead of executing those before it.
const WARPED: &str = "State sync is complete";
/// Values of a state that is worth comparing, at least.
const VALUES: usize = 100;

pub async fn sync(bench: &Bench) -> Result<Figures> {
	let mut figures = Figures::default();
	let alpha = &bench.validators[ALPHA];
	let rpc = &alpha.rpc()?;
	let load = Load::start(bench, &ALL).await?;
	let changes = three_changes(bench, rpc).await?;
	figures.count("set changes to be crossed", changes, "changes");

	let mut nodes = Vec::new();
	for way in ["full", "warp"] {
		bench.progress.set_message(format!("sync: a fresh node, {way}"));
		let mut node = bench.spare(&format!("fresh-{way}"), Part::Full)?;
		node.takes(&format!("--sync={way}"));
		let (began, height) = (Instant::now(), rpc.finalized_height().await?);
		node.start()?;
		has_state_of(&node, height).await.with_context(|| format!("sync={way}"))?;
		figures.seconds(format!("until a fresh node has the state, {way} sync"), began.elapsed());
		match way {
			// It can read its state a moment before it says so.
			"warp" => until("the end of a warp sync", LIMIT, || async { Ok(has_warped(&node)?.then_some(())) }).await?,
			_ => ensure!(!has_warped(&node)?, "{} jumped over blocks", node.name),
		}
		nodes.push(node);
	}
	figures.count("blocks when they came", rpc.finalized_height().await?, "blocks");
	load.finish(bench.validators.iter().chain(&nodes[..1])).await?;

	bench.progress.set_message("sync: the states are compared");
	let height = rpc.finalized_height().await?;
	let hash = rpc.call("chain_getBlockHash", json!([height])).await?;
	let (root, state) = state_at(alpha, height, &hash).await?;
	ensure!(state.len() > VALUES, "a state of {} values was compared", state.len());
	for node in &nodes {
		let (their_root, their_state) = state_at(node, height, &hash).await?;
		ensure!(their_root == root, "{} has another state root at block {height}", node.name);
		ensure!(their_state == state, "{} has another state at block {height}", node.name);
	}
	figures.count("values compared at one block", state.len() as u64, "values");
	Ok(figures)
}

fn has_warped(node: &Node) -> Result<bool> {
	Ok(fs::read_to_string(node.log())?.contains(WARPED))
}

/// A validator joins, takes other keys, and leaves: how often the set changed.
async fn three_changes(bench: &Bench, rpc: &Rpc) -> Result<u64> {
	let before = set_id(rpc).await?;
	let visitor = bench.spare("visitor", Part::Validator)?;
	visitor.start()?;
	visitor.wait_finalized(rpc.finalized_height().await?).await?;
	let key = AccountKey::generate()?;
	let account = key.account().to_string();
	let person = bench.desk("visitor", key.uri(), &visitor)?;

	bench.progress.set_message("sync: a validator joins");
	decide_at_desks(&bench.operators, &["consortium", "propose", "add-validator", "3", &account]).await?;
	for change in ["with the validator", "with its new keys"] {
		bench.progress.set_message(format!("sync: a set {change}"));
		let keys = takes_new_keys(&person, &visitor).await?;
		wait_for_set(rpc, "a set with the keys", |set| set.has(&keys)).await?;
	}
	bench.progress.set_message("sync: the validator leaves");
	decide_at_desks(&bench.operators, &["consortium", "propose", "remove-validator", &account]).await?;
	wait_for_set(rpc, "a set without it", |set: &Set| set.voters.len() == HOSPITALS).await?;
	visitor.stop().await?;
	let changes = set_id(rpc).await? - before;
	ensure!(changes >= 3, "the set changed {changes} times");
	Ok(changes)
}

/// The number of GRANDPA's set in the newest finalized block.
async fn set_id(rpc: &Rpc) -> Result<u64> {
	let answer = rpc.call("state_call", json!(["GrandpaApi_current_set_id", "0x", rpc.finalized().await?])).await?;
	let bytes = hex::decode(answer.as_str().unwrap_or_default().trim_start_matches("0x"))?;
	Ok(u64::from_le_bytes(bytes.try_into().ok().context("a set's number has eight bytes")?))
}

/// Waits until a node has finalized a height and can read the state of its newest block.
async fn has_state_of(node: &Node, height: u64) -> Result<()> {
	node.wait_answers().await?;
	let rpc = &node.rpc()?;
	until(&format!("the state at {}", node.name), LIMIT, || async move {
		if rpc.finalized_height().await? < height {
			return Ok(None);
		}
		// In the middle of a warp sync there is a head, and no state yet.
		let version = rpc.try_call("state_getRuntimeVersion", json!([rpc.finalized().await?])).await?;
		Ok(version.is_ok().then_some(()))
	})
	.await
}

/// The state root in the header of a finalized block, and every value of the state.
async fn state_at(node: &Node, height: u64, hash: &Value) -> Result<(Value, Vec<(String, String)>)> {
	node.wait_finalized(height).await?;
	let rpc = node.rpc()?;
	let header = rpc.call("chain_getHeader", json!([hash])).await?;
	Ok((header["stateRoot"].clone(), rpc.state("0x", hash).await?))
}

//! What measuring programs share.

use crate::validators::Node;
use anyhow::{Context, Result};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::{json, Value};
use std::{fs, time::Duration};
use subxt::{
	dynamic::{self, storage},
	OnlineClient, SubstrateConfig,
};

/// The middle, the 99th of a hundred, and the longest of some times, milliseconds: nearest rank.
pub fn percentiles(mut times: Vec<Duration>) -> Value {
	times.sort();
	let at = |share: f64| {
		let rank = (times.len() as f64 * share).ceil() as usize;
		times.get(rank.saturating_sub(1)).map_or(0.0, |time| (time.as_secs_f64() * 1e6).round() / 1e3)
	};
	json!({ "p50": at(0.50), "p99": at(0.99), "max": at(1.0) })
}

/// The entries of a storage map in the newest finalized block of a node: keys and values in hexadecimal digits.
///
/// # Errors
/// When the node does not answer.
pub async fn stored(node: &Node, pallet: &str, item: &str) -> Result<Vec<(String, String)>> {
	let at_block = OnlineClient::<SubstrateConfig>::from_insecure_url(node.url()).await?.at_current_block().await?;
	let address = storage::<Vec<dynamic::Value>, dynamic::Value>(pallet, item);
	let prefix = format!("0x{}", hex::encode(at_block.storage().entry(address)?.key_prefix()));
	let at = format!("0x{}", hex::encode(at_block.block_hash().0));
	node.rpc()?.state(&prefix, &json!(at)).await
}

/// The version of a pallet's storage in the newest finalized block of a node.
///
/// # Errors
/// When the node does not answer, or the pallet keeps no version.
pub async fn storage_version(node: &Node, pallet: &str) -> Result<u16> {
	/// `twox_128(":__STORAGE_VERSION__:")`.
	const ITEM: &str = "4e7b9012096b41c4eb3aaf947f6ea429";
	let rpc = node.rpc()?;
	let at_block = OnlineClient::<SubstrateConfig>::from_insecure_url(node.url()).await?.at_current_block().await?;
	let metadata = at_block.metadata();
	let item = metadata.pallet_by_name(pallet).and_then(|pallet| pallet.storage()?.entries().first());
	let item = item.with_context(|| format!("{pallet} stores nothing"))?.name().to_owned();
	let address = storage::<Vec<dynamic::Value>, dynamic::Value>(pallet, item);
	let prefix = hex::encode(&at_block.storage().entry(address)?.key_prefix()[..16]);
	let at = json!(format!("0x{}", hex::encode(at_block.block_hash().0)));
	let found = rpc.state(&format!("0x{prefix}{ITEM}"), &at).await?;
	let (_, version) = found.first().with_context(|| format!("{pallet} keeps no version"))?;
	let bytes = hex::decode(version.trim_start_matches("0x"))?;
	Ok(u16::from_le_bytes(bytes.as_slice().try_into().context("a version has two bytes")?))
}

/// How many entries a storage map has in the newest finalized block of a node, and the bytes of their keys and values.
///
/// # Errors
/// When the node does not answer.
pub async fn weigh_storage(node: &Node, pallet: &str, item: &str) -> Result<(usize, usize)> {
	let entries = stored(node, pallet, item).await?;
	let bytes = |text: &str| text.len().saturating_sub(2) / 2;
	Ok((entries.len(), entries.iter().map(|(key, value)| bytes(key) + bytes(value)).sum()))
}

/// The system's load averages where it tells them: whether something else ran beside.
pub fn load() -> Option<String> {
	Some(fs::read_to_string("/proc/loadavg").ok()?.split(' ').take(3).collect::<Vec<_>>().join(" "))
}

/// Shows that long work goes on, and what it is.
pub fn spinner() -> ProgressBar {
	let bar = ProgressBar::new_spinner();
	if let Ok(style) = ProgressStyle::with_template("{spinner} {elapsed:>4} {msg}") {
		bar.set_style(style);
	}
	bar.enable_steady_tick(Duration::from_millis(120));
	bar
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn percentiles_are_nearest_ranks() {
		let times = (1..=200).rev().map(Duration::from_millis).collect();
		assert_eq!(percentiles(times), json!({ "p50": 100.0, "p99": 198.0, "max": 200.0 }));
		assert_eq!(percentiles(Vec::new()), json!({ "p50": 0.0, "p99": 0.0, "max": 0.0 }));
	}
}

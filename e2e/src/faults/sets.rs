//! Who makes blocks and who votes on them, as a node tells it from its state.

use crate::{person::Person, rpc::Rpc, validators::Node, waiting::until};
use anyhow::{Context, Result};
use salus_client::{chain::calls::SessionKeys, wire::Account};
use serde_json::{json, Value};
use std::time::Duration;

/// How long a set may take to change: two sessions of some seconds, on a busy machine, with blocks of every second slot.
const CHANGE_LIMIT: Duration = Duration::from_secs(300);
/// How long a validator of the set may take to make a block, or to vote.
const TURN_LIMIT: Duration = Duration::from_secs(120);
/// A public session key.
pub type Key = [u8; 32];

/// The keys of the validators in the set, each kind in the set's order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Set {
	/// Those that make blocks.
	pub authors: Vec<Key>,
	/// Those that vote.
	pub voters: Vec<Key>,
}

impl Set {
	/// The set that the state of a block names.
	///
	/// # Errors
	/// When the node does not answer, or has no such state.
	pub async fn at(rpc: &Rpc, block: &Value) -> Result<Self> {
		let list = |function: &'static str, weight: usize| async move {
			let answer = rpc.call("state_call", json!([function, "0x", block])).await?;
			keys(&bytes(&answer)?, weight).with_context(|| format!("{function} answers {answer}"))
		};
		Ok(Self {
			authors: list("AuraApi_authorities", 0).await?,
			voters: list("GrandpaApi_grandpa_authorities", 8).await?,
		})
	}

	/// The set of a node's newest finalized block.
	///
	/// # Errors
	/// As [`Self::at`].
	pub async fn finalized(rpc: &Rpc) -> Result<Self> {
		Self::at(rpc, &rpc.finalized().await?).await
	}

	/// The set of a node's best block.
	///
	/// # Errors
	/// As [`Self::at`].
	pub async fn best(rpc: &Rpc) -> Result<Self> {
		Self::at(rpc, &rpc.call("chain_getBlockHash", json!([])).await?).await
	}

	/// Whether both keys are in it.
	pub fn has(&self, keys: &SessionKeys) -> bool {
		self.authors.contains(&keys.aura) && self.voters.contains(&keys.grandpa)
	}

	/// Whether one of the keys is in it.
	pub fn has_any(&self, keys: &SessionKeys) -> bool {
		self.authors.contains(&keys.aura) || self.voters.contains(&keys.grandpa)
	}
}

/// A validator's account takes session keys that a host makes, as its operator does it.
///
/// # Errors
/// When the keys cannot be made, or the chain refuses.
pub async fn takes_new_keys(validator: &Person, host: &Node) -> Result<SessionKeys> {
	let account = validator.identity()?.account(&validator.name)?.account();
	let made = host.make_session_keys(&account)?;
	let (keys, proof) = (made.keys.to_string(), made.proof.to_string());
	validator.does(&["consortium", "set-keys", &keys, &proof]).await?;
	Ok(made.keys.into())
}

/// Waits until the set of the finalized state is as wanted.
///
/// # Errors
/// When it does not become so, or the node does not answer.
pub async fn wait_for_set(rpc: &Rpc, what: &str, wanted: impl Fn(&Set) -> bool) -> Result<Set> {
	let wanted = &wanted;
	until(what, CHANGE_LIMIT, || async move { Ok(Some(Set::finalized(rpc).await?).filter(wanted)) }).await
}

/// The key that made a block.
///
/// # Errors
/// When the node does not answer, or has no such block.
pub async fn author_of(rpc: &Rpc, height: u64) -> Result<Key> {
	let hash = rpc.call("chain_getBlockHash", json!([height])).await?;
	let header = rpc.call("chain_getHeader", json!([hash])).await?;
	let authors = Set::at(rpc, &header["parentHash"]).await?.authors;
	let turn = rpc.slot(&hash).await? % u64::try_from(authors.len())?.max(1);
	authors.get(usize::try_from(turn)?).copied().context("nobody may make blocks")
}

/// Waits for a finalized block by this key above a height: its height.
///
/// # Errors
/// When none comes, or the node does not answer.
pub async fn wait_for_block_by(rpc: &Rpc, key: &Key, above: u64) -> Result<u64> {
	let next = &std::cell::Cell::new(above + 1);
	until("a block by the validator", TURN_LIMIT, || async move {
		let last = rpc.finalized_height().await?;
		while next.get() <= last {
			let height = next.replace(next.get() + 1);
			if author_of(rpc, height).await? == *key {
				return Ok(Some(height));
			}
		}
		Ok(None)
	})
	.await
}

/// Waits until a vote of this key counts in one of GRANDPA's rounds: how many voters there are.
///
/// # Errors
/// When it does not vote, or the node does not answer.
pub async fn wait_for_vote_by(rpc: &Rpc, key: &Key) -> Result<u64> {
	let name = &Account(*key).to_string();
	until("a vote of the validator", TURN_LIMIT, || async move {
		let state = rpc.call("grandpa_roundState", json!([])).await?;
		// The newest round may have no votes yet; those before it are told as long as they wait for finality.
		let mut rounds = state["background"].as_array().into_iter().flatten().chain([&state["best"]]);
		let has_vote = |round: &&Value| {
			let votes = &round["precommits"];
			let silent = votes["missing"].as_array().into_iter().flatten().any(|voter| voter == name);
			votes["currentWeight"].as_u64().is_some_and(|weight| weight > 0) && !silent
		};
		Ok(rounds.find(has_vote).and_then(|round| round["totalWeight"].as_u64()))
	})
	.await
}

/// A SCALE list of fewer than 64 keys, each followed by so many bytes.
fn keys(list: &[u8], followed_by: usize) -> Option<Vec<Key>> {
	let (length, rest) = list.split_first()?;
	let entries = rest.chunks_exact(32 + followed_by);
	let whole = length % 4 == 0 && entries.len() == usize::from(length / 4) && entries.remainder().is_empty();
	whole.then(|| entries.filter_map(|entry| entry.first_chunk().copied()).collect())
}

fn bytes(answer: &Value) -> Result<Vec<u8>> {
	let text = answer.as_str().context("the node answers in hexadecimal digits")?;
	Ok(hex::decode(text.trim_start_matches("0x"))?)
}

#[cfg(test)]
// A failed test may panic.
#[allow(clippy::unwrap_used)]
mod tests {
	use super::*;

	#[test]
	fn a_list_of_keys_is_read_whole_or_not_at_all() {
		let voters = [vec![8], vec![1; 32], vec![0; 8], vec![2; 32], vec![0; 8]].concat();
		assert_eq!(keys(&voters, 8).unwrap(), [[1; 32], [2; 32]]);
		assert_eq!(keys(&[0], 0).unwrap(), Vec::<Key>::new());
		assert!(keys(&voters, 0).is_none());
		assert!(keys(&voters[..70], 8).is_none());
		assert!(keys(&[], 0).is_none());
	}
}

//! A node's JSON-RPC and metrics as plain HTTP: what an attacker or an operator sends without this project's client.

use anyhow::{bail, ensure, Context, Result};
use serde_json::{json, Value};
use std::time::Duration;

/// How long a node may take to answer.
const TIMEOUT: Duration = Duration::from_secs(30);

/// JSON-RPC of one node.
#[derive(Clone, Debug)]
pub struct Rpc {
	http: reqwest::Client,
	url: String,
}

impl Rpc {
	/// The node whose RPC listens on this port.
	///
	/// # Errors
	/// When no HTTP client can be made.
	pub fn on_port(port: u16) -> Result<Self> {
		Ok(Self { http: client()?, url: format!("http://127.0.0.1:{port}") })
	}

	/// Calls a method.
	///
	/// # Errors
	/// When the node does not answer, or answers with an error.
	pub async fn call(&self, method: &str, parameters: Value) -> Result<Value> {
		match self.try_call(method, parameters).await? {
			Ok(result) => Ok(result),
			Err(error) => bail!("{method}: {error}"),
		}
	}

	/// Calls a method; an error of the node is an answer.
	///
	/// # Errors
	/// When the node does not answer.
	pub async fn try_call(&self, method: &str, parameters: Value) -> Result<Result<Value, Value>> {
		let request = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": parameters });
		let mut answer = self.post(&request).await?;
		Ok(match answer.get_mut("error").map(Value::take) {
			Some(error) => Err(error),
			None => Ok(answer["result"].take()),
		})
	}

	/// The newest finalized block's hash.
	///
	/// # Errors
	/// When the node does not answer.
	pub async fn finalized(&self) -> Result<Value> {
		self.call("chain_getFinalizedHead", json!([])).await
	}

	/// The height of the newest finalized block.
	///
	/// # Errors
	/// When the node does not answer.
	pub async fn finalized_height(&self) -> Result<u64> {
		let hash = self.finalized().await?;
		self.height(json!([hash])).await
	}

	/// The height of the newest block.
	///
	/// # Errors
	/// When the node does not answer.
	pub async fn best_height(&self) -> Result<u64> {
		self.height(json!([])).await
	}

	/// The slot in which a block was made, as its author says in the header.
	///
	/// # Errors
	/// When the node does not answer, or the header names no slot.
	pub async fn slot(&self, block: &Value) -> Result<u64> {
		/// `PreRuntime`, the engine `aura`, and the length of what it says: eight bytes.
		const SLOT: &str = "0x066175726120";
		let header = self.call("chain_getHeader", json!([block])).await?;
		let logs = header.pointer("/digest/logs").and_then(Value::as_array).into_iter().flatten();
		let slot = logs.filter_map(Value::as_str).find_map(|log| log.strip_prefix(SLOT));
		let bytes = hex::decode(slot.context("a header names its slot")?)?;
		Ok(u64::from_le_bytes(bytes.as_slice().try_into().context("a slot has eight bytes")?))
	}

	/// The height of a block; without parameters of the newest.
	async fn height(&self, parameters: Value) -> Result<u64> {
		let header = self.call("chain_getHeader", parameters).await?;
		let number = header["number"].as_str().context("a header has a number")?;
		Ok(u64::from_str_radix(number.trim_start_matches("0x"), 16)?)
	}

	/// Every key of the state that begins so, with its value, at a block: in hexadecimal digits.
	///
	/// # Errors
	/// When the node does not answer.
	pub async fn state(&self, prefix: &str, at: &Value) -> Result<Vec<(String, String)>> {
		/// Keys of one answer.
		const PAGE: usize = 500;
		let (mut found, mut last) = (Vec::new(), Value::Null);
		loop {
			let keys = self.call("state_getKeysPaged", json!([prefix, PAGE, last, at])).await?;
			let keys: Vec<Value> = serde_json::from_value(keys)?;
			if keys.is_empty() {
				return Ok(found);
			}
			let mut answer = self.call("state_queryStorageAt", json!([keys, at])).await?;
			let changes = answer.pointer_mut("/0/changes").map(Value::take).unwrap_or_default();
			let changes: Vec<(String, Option<String>)> = serde_json::from_value(changes)?;
			ensure!(changes.len() == keys.len(), "the node tells {} of {} values", changes.len(), keys.len());
			found.extend(changes.into_iter().map(|(key, value)| (key, value.unwrap_or_default())));
			match keys.last() {
				Some(key) if keys.len() == PAGE => last = key.clone(),
				_ => return Ok(found),
			}
		}
	}

	/// Sends transactions in one batch, in order; for each, the pool's refusal if there is one.
	///
	/// # Errors
	/// When the node does not answer.
	pub async fn submit_all(&self, transactions: &[Vec<u8>]) -> Result<Vec<Option<Value>>> {
		let request: Vec<Value> = transactions
			.iter()
			.enumerate()
			.map(|(id, bytes)| {
				let bytes = format!("0x{}", hex::encode(bytes));
				json!({ "jsonrpc": "2.0", "id": id, "method": "author_submitExtrinsic", "params": [bytes] })
			})
			.collect();
		let answers = self.post(&Value::Array(request)).await?;
		let answers = answers.as_array().context("a batch is answered by a list")?;
		let answer_to = |id: usize| answers.iter().find(|answer| answer["id"] == id).context("an answer is missing");
		(0..transactions.len()).map(|id| Ok(answer_to(id)?.get("error").cloned())).collect()
	}

	async fn post(&self, request: &Value) -> Result<Value> {
		let body = serde_json::to_vec(request)?;
		let sent = self.http.post(&self.url).header("content-type", "application/json").body(body).send();
		let response = sent.await.with_context(|| format!("the node at {} does not answer", self.url))?;
		let bytes = response.bytes().await.with_context(|| format!("the node at {} broke off", self.url))?;
		serde_json::from_slice(&bytes).with_context(|| String::from_utf8_lossy(&bytes).into_owned())
	}
}

/// The Prometheus metrics of one node.
#[derive(Clone, Debug)]
pub struct Metrics {
	http: reqwest::Client,
	url: String,
}

impl Metrics {
	/// The node whose metrics are served on this port.
	///
	/// # Errors
	/// When no HTTP client can be made.
	pub fn on_port(port: u16) -> Result<Self> {
		Ok(Self { http: client()?, url: format!("http://127.0.0.1:{port}/metrics") })
	}

	/// The value of a metric, by its name without labels.
	///
	/// # Errors
	/// When the node does not answer or has no such metric.
	pub async fn value(&self, name: &str) -> Result<f64> {
		let response =
			self.http.get(&self.url).send().await.with_context(|| format!("{} does not answer", self.url))?;
		let text = response.text().await?;
		value_in(&text, name).with_context(|| format!("{} has no metric {name}", self.url))
	}
}

fn value_in(text: &str, name: &str) -> Option<f64> {
	text.lines().find_map(|line| {
		let rest = line.strip_prefix(name)?;
		(rest.starts_with('{') || rest.starts_with(' ')).then(|| rest.rsplit(' ').next()?.parse().ok())?
	})
}

fn client() -> Result<reqwest::Client> {
	reqwest::Client::builder().timeout(TIMEOUT).build().context("no HTTP client")
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_metric_is_found_by_its_whole_name() {
		let text = "# TYPE ready gauge\nready_total{chain=\"x\"} 5\nready{chain=\"x y\"} 7\nplain 1.5\n";
		assert_eq!(value_in(text, "ready"), Some(7.0));
		assert_eq!(value_in(text, "plain"), Some(1.5));
		assert_eq!(value_in(text, "rea"), None);
	}
}

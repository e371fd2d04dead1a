//! The validators of the local consortium: real nodes on one machine, each with keys of its own, talking to one another only.

use crate::{
	binaries::Binaries,
	process::{run, Process},
	rpc::{Metrics, Rpc},
	slot::Slot,
	waiting::until,
};
use anyhow::{ensure, Context, Result};
use serde_json::json;
use std::{
	fs,
	path::{Path, PathBuf},
	process::ExitStatus,
	time::Duration,
};

/// Transactions that a node's pool holds. Small, so that it can be filled within seconds.
pub const POOL_LIMIT: usize = 512;
/// How long nodes may take until blocks are final, on a busy machine.
const START_LIMIT: Duration = Duration::from_secs(240);
/// The development accounts whose session keys stand in the genesis of the local chain.
const KEYS: [&str; 4] = ["--alice", "--bob", "--charlie", "--dave"];

/// One validator.
#[derive(Debug)]
pub struct Validator {
	/// Name of the hospital that runs it.
	pub name: String,
	/// Port of its JSON-RPC (HTTP and WebSocket).
	pub rpc_port: u16,
	/// Port of its metrics.
	pub prometheus_port: u16,
	arguments: Vec<String>,
	program: PathBuf,
	home: PathBuf,
	process: Slot,
}

impl Validator {
	/// Its WebSocket address.
	pub fn url(&self) -> String {
		format!("ws://127.0.0.1:{}", self.rpc_port)
	}

	/// Its JSON-RPC.
	///
	/// # Errors
	/// When no HTTP client can be made.
	pub fn rpc(&self) -> Result<Rpc> {
		Rpc::on_port(self.rpc_port)
	}

	/// Its metrics.
	///
	/// # Errors
	/// When no HTTP client can be made.
	pub fn metrics(&self) -> Result<Metrics> {
		Metrics::on_port(self.prometheus_port)
	}

	/// Its log.
	pub fn log(&self) -> PathBuf {
		self.home.join("node.log")
	}

	/// The folder with its database.
	pub fn data(&self) -> PathBuf {
		data(&self.home)
	}

	/// Resident memory, bytes.
	pub fn resident_bytes(&self) -> Option<u64> {
		self.process.resident_bytes()
	}

	/// Starts it, on its old data when there are some.
	///
	/// # Errors
	/// When the program cannot be started.
	pub fn start(&self) -> Result<()> {
		self.start_with(&[])
	}

	/// Starts it with more arguments, this time.
	///
	/// # Errors
	/// When the program cannot be started.
	pub fn start_with(&self, more: &[&str]) -> Result<()> {
		// Fewer heaps of the allocator: idle memory is what counts on a machine with four nodes.
		let environment = [("MALLOC_ARENA_MAX", "2")];
		let arguments = self.arguments.iter().map(String::as_str).chain(more.iter().copied());
		self.process.fill(|| Process::start(&self.name, &self.program, arguments, &environment, &self.log()))
	}

	/// Ends it in good order.
	///
	/// # Errors
	/// When the runtime is ending.
	pub async fn stop(&self) -> Result<()> {
		self.process.stop().await
	}

	/// Waits until it has ended by itself: how, and the last lines that it wrote.
	///
	/// # Errors
	/// When it runs on, or was not started.
	pub async fn wait_ended(&self, limit: Duration) -> Result<(ExitStatus, String)> {
		until(&format!("the end of {}", self.name), limit, || async { self.process.ended() }).await
	}

	/// Height of its finalized head.
	///
	/// # Errors
	/// When it does not answer.
	pub async fn finalized(&self) -> Result<u64> {
		finalized(&self.rpc()?).await
	}

	/// Waits until its finalized head is at this height or above.
	///
	/// # Errors
	/// When it ends instead, or takes too long.
	pub async fn wait_finalized(&self, height: u64) -> Result<()> {
		let rpc = &self.rpc()?;
		until(&format!("finality of block {height} at {}", self.name), START_LIMIT, || async move {
			self.process.check_running()?;
			// Until it listens, it does not answer: that is what is waited for.
			Ok(finalized(rpc).await.ok().filter(|number| *number >= height).map(drop))
		})
		.await
	}
}

async fn finalized(rpc: &Rpc) -> Result<u64> {
	let hash = rpc.call("chain_getFinalizedHead", json!([])).await?;
	let header = rpc.call("chain_getHeader", json!([hash])).await?;
	let number = header["number"].as_str().context("a header has a number")?;
	Ok(u64::from_str_radix(number.trim_start_matches("0x"), 16)?)
}

/// Prepares and starts a validator for each name.
///
/// # Errors
/// When a program cannot be run or a file not be written.
pub fn start(binaries: &Binaries, folder: &Path, names: &[&str], ports: &[u16]) -> Result<Vec<Validator>> {
	ensure!(ports.len() == 3 * names.len(), "each validator has three ports");
	ensure!(names.len() == KEYS.len(), "the genesis has {} validators", KEYS.len());
	let spec = folder.join("chain.json");
	let text = run(&binaries.node, ["export-chain-spec", "--chain", "local", "--raw"])?;
	fs::write(&spec, text).with_context(|| format!("cannot write {}", spec.display()))?;

	let mut addresses = Vec::new();
	for (name, ports) in names.iter().zip(ports.chunks_exact(3)) {
		let home = home(folder, name);
		fs::create_dir_all(&home).with_context(|| format!("cannot make {}", home.display()))?;
		addresses.push(format!("/ip4/127.0.0.1/tcp/{}/p2p/{}", ports[0], network_key(binaries, &home)?));
	}
	let mut validators = Vec::new();
	for ((index, name), ports) in names.iter().enumerate().zip(ports.chunks_exact(3)) {
		let others: Vec<&str> = addresses
			.iter()
			.enumerate()
			.filter(|(other, _)| *other != index)
			.map(|(_, address)| address.as_str())
			.collect();
		let validator = Validator {
			name: (*name).to_owned(),
			rpc_port: ports[1],
			prometheus_port: ports[2],
			arguments: arguments(&spec, &home(folder, name), KEYS[index], ports, &others),
			program: binaries.node.clone(),
			home: home(folder, name),
			process: Slot::default(),
		};
		validator.start()?;
		validators.push(validator);
	}
	Ok(validators)
}

/// Ends all of them at once.
pub fn stop_all(validators: &[Validator]) {
	validators.iter().for_each(|validator| validator.process.ask_to_end());
	validators.iter().for_each(|validator| validator.process.end());
}

fn data(home: &Path) -> PathBuf {
	home.join("data")
}

fn home(folder: &Path, name: &str) -> PathBuf {
	folder.join("validators").join(name)
}

/// Makes the node's network key unless there is one, and returns its peer id.
fn network_key(binaries: &Binaries, home: &Path) -> Result<String> {
	let file = home.join("network.key");
	if !file.exists() {
		run(&binaries.node, ["key".as_ref(), "generate-node-key".as_ref(), "--file".as_ref(), file.as_os_str()])?;
	}
	let id = run(&binaries.node, ["key".as_ref(), "inspect-node-key".as_ref(), "--file".as_ref(), file.as_os_str()])?;
	Ok(String::from_utf8(id).context("a peer id is text")?.trim().to_owned())
}

fn arguments(spec: &Path, home: &Path, key: &str, ports: &[u16], others: &[&str]) -> Vec<String> {
	let fixed = [
		"--validator",
		"--no-mdns",
		"--no-telemetry",
		"--allow-private-ip",
		"--reserved-only",
		// Audit walks read the state of old blocks.
		"--state-pruning=archive",
		// Four nodes on two cores and little memory.
		"--db-cache=16",
		"--trie-cache-size=33554432",
		"--max-runtime-instances=2",
		"--runtime-cache-size=1",
	];
	let mut arguments: Vec<String> = fixed.map(ToOwned::to_owned).into();
	arguments.push(key.to_owned());
	for (name, value) in [
		("--chain", spec.display().to_string()),
		("--base-path", data(home).display().to_string()),
		("--node-key-file", home.join("network.key").display().to_string()),
		("--listen-addr", format!("/ip4/127.0.0.1/tcp/{}", ports[0])),
		("--rpc-port", ports[1].to_string()),
		("--prometheus-port", ports[2].to_string()),
		("--pool-limit", POOL_LIMIT.to_string()),
	] {
		arguments.push(format!("{name}={value}"));
	}
	arguments.push("--reserved-nodes".to_owned());
	arguments.extend(others.iter().map(|other| (*other).to_owned()));
	arguments
}

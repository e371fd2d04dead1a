//! The nodes of a local consortium: real processes on one machine, each with keys, ports and a folder of its own.

use crate::{
	binaries::Binaries,
	process::{run, Process},
	rpc::{Metrics, Rpc},
	slot::Slot,
	waiting::until,
};
use anyhow::{ensure, Context, Result};
use salus_client::wire::{Account, Bytes64, HexBytes};
use serde::Deserialize;
use std::{
	fs,
	path::{Path, PathBuf},
	process::ExitStatus,
	time::Duration,
};

/// Transactions that a node's pool holds. Small, so that it can be filled within seconds.
pub const POOL_LIMIT: usize = 512;
/// Ports that a node listens on: for other nodes, JSON-RPC, metrics.
pub const PORTS: usize = 3;
/// How long nodes may take until blocks are final, on a busy machine.
const START_LIMIT: Duration = Duration::from_secs(240);
/// How long a node may take from its start until it answers, on a busy machine.
const ANSWER_LIMIT: Duration = Duration::from_secs(120);
/// The development accounts whose session keys stand in the genesis, in the order of the members.
const FOUNDERS: [&str; 5] = ["--alice", "--bob", "--charlie", "--dave", "--eve"];

/// How a node takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
	/// Makes blocks from the first one on, by the development keys of the member at this position.
	Founder(usize),
	/// Makes blocks once the session keys in its folder are those of a validator.
	Validator,
	/// Follows the chain.
	Full,
}

/// One node.
#[derive(Debug)]
pub struct Node {
	/// Its name; of a validator the hospital's.
	pub name: String,
	/// Port of its JSON-RPC (HTTP and WebSocket).
	pub rpc_port: u16,
	/// Port of its metrics.
	pub prometheus_port: u16,
	/// Its network identity.
	pub peer_id: String,
	port: u16,
	arguments: Vec<String>,
	known: Vec<String>,
	program: PathBuf,
	spec: PathBuf,
	home: PathBuf,
	process: Slot,
}

/// Session keys in a node's folder, and the proof that it holds them.
#[derive(Clone, Debug, Deserialize)]
pub struct MadeKeys {
	/// What `session.set_keys` is given.
	pub keys: Bytes64,
	/// The proof, for one account.
	pub proof: HexBytes<128>,
}

impl Node {
	/// Prepares a node in a folder of its own below `folder`: it has a network key then, and knows nobody.
	///
	/// # Errors
	/// When the folder cannot be made, or the program not be run.
	pub fn prepare(
		binaries: &Binaries,
		folder: &Path,
		spec: &Path,
		name: &str,
		part: Part,
		ports: [u16; PORTS],
	) -> Result<Self> {
		let home = folder.join("validators").join(name);
		fs::create_dir_all(&home).with_context(|| format!("cannot make {}", home.display()))?;
		let [port, rpc_port, prometheus_port] = ports;
		Ok(Self {
			name: name.to_owned(),
			rpc_port,
			prometheus_port,
			peer_id: network_key(binaries, &home)?,
			port,
			arguments: arguments(spec, &home, part, ports)?,
			known: Vec::new(),
			program: binaries.node.clone(),
			spec: spec.to_owned(),
			home,
			process: Slot::default(),
		})
	}

	/// Names the nodes that it keeps connections with.
	pub fn knows<'a>(&mut self, others: impl IntoIterator<Item = &'a Node>) {
		self.known.extend(others.into_iter().map(Node::address));
	}

	/// Lets it be started with one more argument from now on.
	pub fn takes(&mut self, argument: &str) {
		self.arguments.push(argument.to_owned());
	}

	/// Where other nodes reach it, with its network identity.
	pub fn address(&self) -> String {
		format!("/ip4/127.0.0.1/tcp/{}/p2p/{}", self.port, self.peer_id)
	}

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

	/// The folder with its database and its session keys.
	pub fn data(&self) -> PathBuf {
		data(&self.home)
	}

	/// Resident memory, bytes.
	pub fn resident_bytes(&self) -> Option<u64> {
		self.process.resident_bytes()
	}

	/// Makes new session keys for a validator's account, as an operator does it: whether it runs or not.
	///
	/// # Errors
	/// When the program fails.
	pub fn make_session_keys(&self, owner: &Account) -> Result<MadeKeys> {
		let [owner, spec, data] =
			[owner.to_string(), self.spec.display().to_string(), self.data().display().to_string()];
		let printed =
			run(&self.program, ["session-keys", "--json", "--owner", &owner, "--chain", &spec, "--base-path", &data])?;
		serde_json::from_slice(&printed).context("the session keys that the node printed")
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
		let mut arguments: Vec<&str> = self.arguments.iter().map(String::as_str).chain(more.iter().copied()).collect();
		if !self.known.is_empty() {
			arguments.push("--reserved-nodes");
			arguments.extend(self.known.iter().map(String::as_str));
		}
		self.process.fill(|| Process::start(&self.name, &self.program, arguments, &environment, &self.log()))
	}

	/// Ends it in good order.
	///
	/// # Errors
	/// When the runtime is ending.
	pub async fn stop(&self) -> Result<()> {
		self.process.stop().await
	}

	/// Kills it, as a power cut would.
	pub fn kill(&self) {
		self.process.kill();
	}

	/// Whether it was started and has not ended.
	pub fn is_running(&self) -> bool {
		self.process.check_running().is_ok()
	}

	/// Waits until it has ended by itself: how, and the last lines that it wrote.
	///
	/// # Errors
	/// When it runs on, or was not started.
	pub async fn wait_ended(&self, limit: Duration) -> Result<(ExitStatus, String)> {
		until(&format!("the end of {}", self.name), limit, || async { self.process.ended() }).await
	}

	/// Waits until it answers.
	///
	/// # Errors
	/// When it ends instead, or takes too long.
	pub async fn wait_answers(&self) -> Result<()> {
		let rpc = &self.rpc()?;
		until(&format!("an answer of {}", self.name), ANSWER_LIMIT, || async move {
			self.process.check_running()?;
			Ok(rpc.finalized().await.ok().map(drop))
		})
		.await
	}

	/// Height of its finalized head.
	///
	/// # Errors
	/// When it does not answer.
	pub async fn finalized(&self) -> Result<u64> {
		self.rpc()?.finalized_height().await
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
			Ok(rpc.finalized_height().await.ok().filter(|number| *number >= height).map(drop))
		})
		.await
	}
}

/// Writes the raw specification of a chain into a folder, which the node knows by its name or by the file of its plain
/// specification: where.
///
/// # Errors
/// When the program fails or the file cannot be written.
pub fn raw_spec(binaries: &Binaries, folder: &Path, chain: &str) -> Result<PathBuf> {
	let spec = folder.join("chain.json");
	let text = run(&binaries.node, ["export-chain-spec", "--chain", chain, "--raw"])?;
	fs::write(&spec, text).with_context(|| format!("cannot write {}", spec.display()))?;
	Ok(spec)
}

/// Prepares a founder's node for each name, which know one another.
///
/// # Errors
/// When a program cannot be run or a file not be written, or the genesis has not so many validators.
pub fn founders(binaries: &Binaries, folder: &Path, spec: &Path, names: &[&str], ports: &[u16]) -> Result<Vec<Node>> {
	let (ports, []) = ports.as_chunks::<PORTS>() else { anyhow::bail!("each node has {PORTS} ports") };
	ensure!(ports.len() == names.len(), "each node has {PORTS} ports");
	let prepare = |(index, (name, ports)): (usize, (&&str, &[u16; PORTS]))| {
		Node::prepare(binaries, folder, spec, name, Part::Founder(index), *ports)
	};
	let mut nodes = names.iter().zip(ports).enumerate().map(prepare).collect::<Result<Vec<Node>>>()?;
	let addresses: Vec<String> = nodes.iter().map(Node::address).collect();
	for (index, node) in nodes.iter_mut().enumerate() {
		let others = addresses.iter().enumerate().filter(|(other, _)| *other != index);
		node.known = others.map(|(_, address)| address.clone()).collect();
	}
	Ok(nodes)
}

/// Ends all of them at once.
pub fn stop_all(nodes: &[Node]) {
	nodes.iter().for_each(|node| node.process.ask_to_end());
	nodes.iter().for_each(|node| node.process.end());
}

fn data(home: &Path) -> PathBuf {
	home.join("data")
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

fn arguments(
	spec: &Path,
	home: &Path,
	part: Part,
	[port, rpc_port, prometheus_port]: [u16; PORTS],
) -> Result<Vec<String>> {
	let fixed = [
		"--no-mdns",
		"--no-telemetry",
		"--allow-private-ip",
		// Four nodes on two cores and little memory.
		"--db-cache=16",
		"--trie-cache-size=33554432",
		"--max-runtime-instances=2",
	];
	let mut arguments: Vec<String> = fixed.map(ToOwned::to_owned).into();
	match part {
		Part::Founder(member) => {
			let key = FOUNDERS.get(member).with_context(|| format!("member {member} has no keys in the genesis"))?;
			// Audit walks read the state of old blocks; nodes that warp-sync cannot have it.
			arguments.extend(["--validator", *key, "--state-pruning=archive"].map(ToOwned::to_owned));
		}
		Part::Validator => arguments.push("--validator".to_owned()),
		Part::Full => {}
	}
	for (name, value) in [
		("--chain", spec.display().to_string()),
		("--base-path", data(home).display().to_string()),
		("--node-key-file", home.join("network.key").display().to_string()),
		("--listen-addr", format!("/ip4/127.0.0.1/tcp/{port}")),
		("--rpc-port", rpc_port.to_string()),
		("--prometheus-port", prometheus_port.to_string()),
		("--pool-limit", POOL_LIMIT.to_string()),
	] {
		arguments.push(format!("{name}={value}"));
	}
	Ok(arguments)
}

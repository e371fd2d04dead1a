//! A consortium of nodes alone, made to be disturbed: founders that make blocks, and whatever else a scenario adds.

use crate::{
	binaries::Binaries,
	ground::operator,
	network::{MEMBERS, OPERATORS},
	person::Person,
	ports,
	process::run,
	validators::{founders, raw_spec, stop_all, Node, Part, PORTS},
	waiting::until,
};
use anyhow::{ensure, Context, Result};
use futures::future::try_join_all;
use indicatif::ProgressBar;
use salus_client::{
	chain::{calls, Chain, Keypair},
	keystore::{AccountKey, Identity},
	wire::Account,
};
use serde_json::{json, Value};
use std::{
	collections::BTreeMap,
	fs,
	path::{Path, PathBuf},
	time::Duration,
};
use tokio::sync::Mutex;

/// Length of a session on a bench, blocks: 20 seconds, so that changes of the set can be waited for.
pub const SESSION: u64 = 10;
/// How far one node may be behind another that is heard.
const LAG_LIMIT: Duration = Duration::from_secs(120);
/// The runtime of the release before this one, as it was built then.
const RELEASE: &str = "releases/salus_runtime-3.compact.compressed.wasm";

/// What a bench starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Genesis {
	/// The local consortium of four hospitals with a validator each, with short sessions.
	Four,
	/// The same with the clinic as a fifth hospital, whose validator is `//Eve`.
	Five,
	/// Four, on the release before this one, with sessions as long as they are there.
	ReleaseBefore,
}

/// The nodes, and the operators of all members. Dropping it ends the founders' nodes; spare nodes end with the scenario that has them.
pub struct Bench {
	/// Where everything keeps its files.
	pub folder: PathBuf,
	/// The programs.
	pub binaries: Binaries,
	/// The chain's specification, raw.
	pub spec: PathBuf,
	/// What it started from.
	pub genesis: Genesis,
	/// The founders' nodes, by member. They talk to whoever comes, unless the chain's list of nodes says otherwise.
	pub validators: Vec<Node>,
	/// The members' operators, at desks with the first node.
	pub operators: Vec<Person>,
	/// Where a scenario tells what it does.
	pub progress: ProgressBar,
	gateways: Mutex<BTreeMap<usize, Keypair>>,
}

impl Bench {
	/// Starts the founders' nodes in a new folder, and waits until blocks are final.
	///
	/// # Errors
	/// When a program cannot be started, or ends, or no block becomes final.
	pub async fn start(binaries: &Binaries, folder: &Path, genesis: Genesis, progress: &ProgressBar) -> Result<Self> {
		fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
		let folder = fs::canonicalize(folder).with_context(|| format!("cannot find {}", folder.display()))?;
		let spec = genesis.spec(binaries, &folder)?;
		let names = &MEMBERS[..genesis.validators()];
		let validators = founders(binaries, &folder, &spec, names, &ports::free(PORTS * names.len())?)?;
		let bench = Self {
			operators: operators(binaries, &folder, &validators)?,
			binaries: binaries.clone(),
			folder,
			spec,
			genesis,
			validators,
			progress: progress.clone(),
			gateways: Mutex::default(),
		};
		bench.validators.iter().try_for_each(Node::start)?;
		try_join_all(bench.validators.iter().map(|node| node.wait_finalized(2))).await?;
		Ok(bench)
	}

	/// Prepares another node, which knows the founders' and is not started. It ends when it is dropped.
	///
	/// # Errors
	/// When its folder cannot be made.
	pub fn spare(&self, name: &str, part: Part) -> Result<Node> {
		let ports = ports::free(PORTS)?;
		let ports = *ports.first_chunk().context("a node has ports")?;
		let mut node = Node::prepare(&self.binaries, &self.folder, &self.spec, name, part, ports)?;
		node.knows(&self.validators);
		Ok(node)
	}

	/// A new connection to a founder's node.
	///
	/// # Errors
	/// When it does not answer.
	pub async fn chain(&self, validator: usize) -> Result<Chain> {
		Ok(Chain::connect(&self.validators[validator].url()).await?)
	}

	/// The position of the founder's node that a member uses: its own, or when it has none one of the others', in turn.
	pub fn node_of(&self, member: usize) -> usize {
		member % self.validators.len()
	}

	/// The members' operators with another founder's node: for when the first one is away.
	pub fn operators_at(&self, validator: usize) -> Vec<Person> {
		let url = self.validators[validator].url();
		self.operators.iter().map(|operator| operator.at_node(&url)).collect()
	}

	/// Somebody with an account, at a desk with a node: `secret` is its secret URI (`//Eve`).
	///
	/// # Errors
	/// When there is a desk of this name.
	pub fn desk(&self, name: &str, secret: &str, node: &Node) -> Result<Person> {
		desk(&self.binaries, &self.folder, name, secret, node)
	}

	/// A gateway account of a member, registered at the first use.
	///
	/// # Errors
	/// When the chain refuses.
	pub async fn gateway_account(&self, member: usize) -> Result<Keypair> {
		if let Some(key) = self.gateways.lock().await.get(&member) {
			return Ok(key.clone());
		}
		let key = Keypair::from_secret_key(salus_client::random_bytes())?;
		let register = calls::consortium::register_gateway(Account(key.public_key().0));
		self.chain(self.node_of(member)).await?.submit_finalized(&operator(member)?, &register).await?;
		self.gateways.lock().await.insert(member, key.clone());
		Ok(key)
	}

	/// Fails unless these nodes finalized the same blocks: waits until all of them have what the first one has now.
	///
	/// # Errors
	/// When a node is too far behind, or has another block.
	pub async fn agree(&self, nodes: &[&Node]) -> Result<()> {
		let (first, others) = nodes.split_first().context("nodes agree with one another")?;
		let rpc = first.rpc()?;
		let height = rpc.finalized_height().await?;
		let mut hashes = Vec::new();
		for number in 0..=height {
			hashes.push(rpc.call("chain_getBlockHash", json!([number])).await?);
		}
		for other in others {
			let rpc = &other.rpc()?;
			until(&format!("block {height} at {}", other.name), LAG_LIMIT, || async move {
				Ok((rpc.finalized_height().await? >= height).then_some(()))
			})
			.await?;
			for (number, hash) in hashes.iter().enumerate() {
				let theirs = rpc.call("chain_getBlockHash", json!([number])).await?;
				ensure!(theirs == *hash, "{} and {} finalized different blocks at {number}", first.name, other.name);
			}
		}
		Ok(())
	}

	/// The same for all founders' nodes.
	///
	/// # Errors
	/// Those of [`Self::agree`].
	pub async fn agree_all(&self) -> Result<()> {
		self.agree(&self.validators.iter().collect::<Vec<_>>()).await
	}

	/// The code of the runtime that these programs were built with, in a file.
	///
	/// # Errors
	/// When the node does not tell it, or the file cannot be written.
	pub fn built_code(&self) -> Result<PathBuf> {
		let spec = plain_spec(&self.binaries)?;
		let code = spec.pointer("/genesis/runtimeGenesis/code").and_then(Value::as_str).context("a spec has code")?;
		let file = self.folder.join("salus_runtime.compact.compressed.wasm");
		fs::write(&file, hex::decode(code.trim_start_matches("0x"))?)
			.with_context(|| format!("cannot write {}", file.display()))?;
		Ok(file)
	}
}

impl Drop for Bench {
	fn drop(&mut self) {
		stop_all(&self.validators);
	}
}

impl Genesis {
	/// How many members have a validator.
	pub fn validators(self) -> usize {
		match self {
			Self::Four | Self::ReleaseBefore => 4,
			Self::Five => 5,
		}
	}

	/// Writes the specification into a folder: where.
	fn spec(self, binaries: &Binaries, folder: &Path) -> Result<PathBuf> {
		let mut plain = plain_spec(binaries)?;
		let genesis = plain.pointer_mut("/genesis/runtimeGenesis").context("a spec has a genesis")?;
		match self {
			Self::Four => shorten_sessions(genesis)?,
			Self::Five => {
				shorten_sessions(genesis)?;
				make_five(genesis)?;
			}
			Self::ReleaseBefore => go_back(genesis)?,
		}
		let file = folder.join("plain.json");
		fs::write(&file, plain.to_string()).with_context(|| format!("cannot write {}", file.display()))?;
		raw_spec(binaries, folder, &file.display().to_string())
	}
}

fn plain_spec(binaries: &Binaries) -> Result<Value> {
	let printed = run(&binaries.node, ["export-chain-spec", "--chain", "local"])?;
	serde_json::from_slice(&printed).context("the specification that the node printed")
}

fn consortium(genesis: &mut Value) -> Result<&mut Value> {
	genesis.pointer_mut("/patch/consortium").context("a genesis has a consortium")
}

fn shorten_sessions(genesis: &mut Value) -> Result<()> {
	consortium(genesis)?["shortSessions"] = json!(SESSION);
	Ok(())
}

/// Makes the clinic a hospital with a validator.
fn make_five(genesis: &mut Value) -> Result<()> {
	// The sr25519 and the Ed25519 key of //Eve.
	let eve = "5HGjWAeFDfFCWPsjFQdVV2Msvz2XtMktvgocEZcCj68kUMaw";
	let clinic = consortium(genesis)?.pointer_mut("/institutions/4").context("a local consortium has a clinic")?;
	clinic["kind"] = json!("Hospital");
	clinic["validators"] = json!([eve]);
	let keys = json!({ "aura": eve, "grandpa": "5Ck2miBfCe1JQ4cY3NDsXyBaD6EcsgiVmEFTWwqNSs25XDEq" });
	let all = genesis.pointer_mut("/patch/session/keys").and_then(Value::as_array_mut);
	all.context("a genesis has session keys")?.push(json!([eve, eve, keys]));
	Ok(())
}

/// Puts the code of the release before this one in, and takes out what its genesis does not know.
fn go_back(genesis: &mut Value) -> Result<()> {
	let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(RELEASE);
	let code = fs::read(&file).with_context(|| format!("cannot read {}", file.display()))?;
	genesis["code"] = json!(format!("0x{}", hex::encode(code)));
	let consortium = consortium(genesis)?;
	let fields = consortium.as_object_mut().context("a consortium is an object")?;
	fields.retain(|name, _| name == "institutions");
	for institution in fields["institutions"].as_array_mut().into_iter().flatten() {
		institution.as_object_mut().context("an institution is an object")?.remove("nodes");
	}
	Ok(())
}

fn operators(binaries: &Binaries, folder: &Path, validators: &[Node]) -> Result<Vec<Person>> {
	let node = validators.first().context("there is a validator")?;
	let desks = MEMBERS.iter().zip(OPERATORS);
	desks.map(|(member, secret)| desk(binaries, folder, &format!("{member}-operator"), secret, node)).collect()
}

fn desk(binaries: &Binaries, folder: &Path, name: &str, secret: &str, node: &Node) -> Result<Person> {
	let person = Person::new(&binaries.salus, &folder.join("desks"), name, &node.url(), None)?;
	person.has_keys(&Identity::Account(AccountKey::from_uri(secret)?))?;
	Ok(person)
}

#[cfg(test)]
// A failed test may panic.
#[allow(clippy::unwrap_used)]
mod tests {
	use super::*;

	fn genesis() -> Value {
		let institution = |name: &str| json!({ "name": name, "kind": "Clinic", "validators": [], "nodes": ["0x01"] });
		let institutions: Vec<Value> = MEMBERS.map(institution).into();
		json!({ "code": "0x00", "patch": {
			"consortium": { "institutions": institutions, "shortSessions": null },
			"session": { "keys": [] },
		} })
	}

	#[test]
	fn the_release_before_gets_its_code_and_nothing_that_it_does_not_know() {
		let mut genesis = genesis();
		go_back(&mut genesis).unwrap();
		assert!(genesis["code"].as_str().unwrap().len() > 1_000_000);
		let consortium = genesis["patch"]["consortium"].as_object().unwrap();
		assert_eq!(consortium.keys().collect::<Vec<_>>(), ["institutions"]);
		let institutions = consortium["institutions"].as_array().unwrap();
		assert!(institutions.len() == MEMBERS.len() && institutions.iter().all(|one| one.get("nodes").is_none()));
	}

	#[test]
	fn a_fifth_validator_belongs_to_the_fifth_member_and_has_keys() {
		let mut genesis = genesis();
		make_five(&mut genesis).unwrap();
		let clinic = &genesis["patch"]["consortium"]["institutions"][4];
		let keys = &genesis["patch"]["session"]["keys"][0];
		assert_eq!((&clinic["kind"], &clinic["validators"][0]), (&json!("Hospital"), &keys[0]));
		let eve: Account = keys[0].as_str().unwrap().parse().unwrap();
		assert_eq!(eve.0, AccountKey::from_uri("//Eve").unwrap().pair().public_key().0);
		assert_eq!(keys[2]["aura"], keys[0]);
	}
}

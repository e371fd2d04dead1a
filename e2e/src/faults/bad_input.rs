//! Motions, keys, code and specifications that are wrong: each is refused with its reason, and changes nothing.

use super::{sets::Set, standing::Standing, Bench, Figures, Watch};
use crate::{
	council::{decide_at_desks, refused_at_desks},
	network::{ALPHA, HOSPITALS},
	person::{exit, Person},
	ports,
	validators::{Node, Part, PORTS},
	waiting::until,
};
use anyhow::{ensure, Context, Result};
use salus_client::{chain::begins_like_code, keystore::AccountKey};
use serde_json::Value;
use std::{
	fs,
	path::Path,
	time::{Duration, Instant},
};

/// How long two sessions may take on a busy machine.
const LIMIT: Duration = Duration::from_secs(300);
/// How long a node may take to find that its specification is wrong.
const REFUSAL_LIMIT: Duration = Duration::from_secs(240);
/// How WebAssembly begins, and nothing that a runtime has.
const NO_RUNTIME: &[u8] = b"\0asm\x01\0\0\0 and nothing more";

/// What was tried, and what it was before.
struct Trial<'a> {
	bench: &'a Bench,
	before: Standing,
	refused: u64,
}

pub async fn bad_input(bench: &Bench) -> Result<Figures> {
	let alpha = &bench.validators[ALPHA];
	let watch = Watch::start(&bench.validators)?;
	let began = Instant::now();
	let mut trial = Trial { bench, before: Standing::at(alpha).await?, refused: 0 };
	trial.motions().await?;
	trial.session_keys().await?;
	trial.code().await?;
	trial.validator_without_keys().await?;
	trial.specifications().await?;

	let mut figures = Figures::default();
	figures.count("refused, each with its reason", trial.refused, "inputs");
	figures.blocks(&watch, began);
	figures.seconds("longest time without finality", watch.longest_without_finality());
	Ok(figures)
}

impl Trial<'_> {
	/// Counts a refusal, after which everything is as before.
	async fn refused(&mut self, what: &str) -> Result<()> {
		let now = Standing::at(&self.bench.validators[ALPHA]).await?;
		ensure!(now == self.before, "{what} was refused, and changed something: {now:?}, not {:?}", self.before);
		self.refused += 1;
		Ok(())
	}

	async fn motions(&mut self) -> Result<()> {
		let alice = AccountKey::from_uri("//Alice")?.account().to_string();
		for (command, error) in [
			(&["suspend", "99"][..], "Consortium.UnknownInstitution"),
			(&["add-validator", "99", &alice], "Consortium.UnknownInstitution"),
			(&["add-validator", "4", &alice], "Consortium.NotAHospital"),
			(&["remove-validator", &alice], "Consortium.TooFewValidators"),
			(&["deactivate", "0"], "Consortium.TooFewValidators"),
		] {
			self.bench.progress.set_message(format!("bad-input: {}", command.join(" ")));
			let command = [&["consortium", "propose"], command].concat();
			refused_at_desks(&self.bench.operators, &command, error).await?;
			self.refused(&command.join(" ")).await?;
		}
		Ok(())
	}

	/// Keys whose proof is somebody else's, and keys that are another's.
	async fn session_keys(&mut self) -> Result<()> {
		self.bench.progress.set_message("bad-input: session keys");
		let alpha = &self.bench.validators[ALPHA];
		let alice = self.bench.desk("alice", "//Alice", alpha)?;
		let others = alpha.make_session_keys(&AccountKey::from_uri("//Bob")?.account())?;
		let (keys, proof) = (others.keys.to_string(), others.proof.to_string());
		let answer = alice.salus(&["consortium", "set-keys", &keys, &proof]).await?;
		ensure!(answer.exit == exit::FAILED, "it ended with {}: {}", answer.exit, answer.message());
		ensure!(answer.error_code() == "Session.InvalidProof", "{}: {}", answer.error_code(), answer.message());
		self.refused("keys with a wrong proof").await?;
		let stranger = self.bench.desk("stranger", "//Stranger", alpha)?;
		let answer = stranger.salus(&["consortium", "set-keys", &keys, &proof]).await?;
		ensure!(answer.exit == exit::FAILED && answer.error_code() == "not_accepted", "{}", answer.message());
		self.refused("keys of an account that is no validator's").await
	}

	/// Code that is none: refused before anybody votes, or when it is applied.
	async fn code(&mut self) -> Result<()> {
		let proposer = &self.bench.operators[ALPHA];
		self.bench.progress.set_message("bad-input: code that is none");
		let text = file(proposer, "notes.wasm", b"this is not WebAssembly")?;
		let answer = proposer.salus(&["consortium", "propose", "upgrade", &text]).await?;
		ensure!(answer.exit == exit::FAILED, "it ended with {}: {}", answer.exit, answer.message());
		ensure!(answer.message().contains("is not the code of a runtime"), "{}", answer.message());
		self.refused("a file that is no code").await?;

		ensure!(begins_like_code(NO_RUNTIME), "it would be refused before anybody votes");
		let code = file(proposer, "no-runtime.wasm", NO_RUNTIME)?;
		let answer = proposer.salus(&["consortium", "apply-upgrade", &code]).await?;
		ensure!(answer.error_code() == "not_there", "{}: {}", answer.error_code(), answer.message());
		self.refused("code that no motion has authorized").await?;
		// Each refusal uses the motion up. Not the same bytes: pools take no transaction twice at once.
		for (content, more) in [(&NO_RUNTIME[..8], &["--any-version"][..]), (NO_RUNTIME, &[])] {
			self.bench.progress.set_message("bad-input: code without a runtime");
			let code = file(proposer, "no-runtime.wasm", content)?;
			let command = [&["consortium", "propose", "upgrade", &code], more].concat();
			decide_at_desks(&self.bench.operators, &command).await?;
			let answer = proposer.salus(&["consortium", "apply-upgrade", &code]).await?;
			ensure!(answer.exit == exit::FAILED, "it ended with {}: {}", answer.exit, answer.message());
			let said = answer.json.to_string();
			ensure!(said.contains("System.FailedToExtractRuntimeVersion"), "it was refused otherwise: {said}");
		}
		self.refused += 1;
		self.refused("code without a runtime").await?;
		let rpc = self.bench.validators[ALPHA].rpc()?;
		let height = rpc.finalized_height().await?;
		self.bench.validators[ALPHA].wait_finalized(height + 2).await
	}

	/// A validator that never sets keys is named, and the set goes on without it.
	async fn validator_without_keys(&mut self) -> Result<()> {
		self.bench.progress.set_message("bad-input: a validator without session keys");
		let rpc = &self.bench.validators[ALPHA].rpc()?;
		let (chain, set) = (&self.bench.chain(ALPHA).await?, Set::finalized(rpc).await?);
		let idle = AccountKey::generate()?.account();
		let named = ["consortium", "propose", "add-validator", "0", &idle.to_string()];
		decide_at_desks(&self.bench.operators, &named).await?;
		let session = chain.session().await?.index;
		until("two sessions", LIMIT, || async move { Ok((chain.session().await?.index >= session + 2).then_some(())) })
			.await?;
		let validators = chain.validators().await?;
		let entry = validators.iter().find(|one| one.account == idle).context("the validator is not listed")?;
		ensure!(!entry.has_keys && !entry.in_set && !entry.in_next_set, "{entry:?}");
		ensure!(Set::finalized(rpc).await? == set && set.voters.len() == HOSPITALS, "the set has changed");
		let removed = ["consortium", "propose", "remove-validator", &idle.to_string()];
		decide_at_desks(&self.bench.operators, &removed).await?;
		self.refused("a validator without session keys").await
	}

	/// Specifications with somebody twice. No chain starts from them.
	async fn specifications(&mut self) -> Result<()> {
		self.bench.progress.set_message("bad-input: specifications");
		let plain =
			fs::read(self.bench.folder.join("plain.json")).context("the bench keeps its plain specification")?;
		let plain: Value = serde_json::from_slice(&plain)?;
		let keys = "/genesis/runtimeGenesis/patch/session/keys";
		let institutions = "/genesis/runtimeGenesis/patch/consortium/institutions";
		let copies = [
			(format!("{keys}/0/2/aura"), format!("{keys}/1/2/aura")),
			(format!("{keys}/0/2/grandpa"), format!("{keys}/1/2/grandpa")),
			(format!("{keys}/0"), format!("{keys}/1")),
			(format!("{institutions}/0/validators"), format!("{institutions}/1/validators")),
			(format!("{institutions}/0/operator"), format!("{institutions}/1/operator")),
		];
		for (number, (from, to)) in copies.iter().enumerate() {
			let mut spec = plain.clone();
			let value = spec.pointer(from).cloned().with_context(|| format!("there is no {from}"))?;
			*spec.pointer_mut(to).with_context(|| format!("there is no {to}"))? = value;
			let folder = self.bench.folder.join(format!("bad-spec-{number}"));
			no_chain_starts(self.bench, &folder, &spec).await.with_context(|| format!("{from} twice"))?;
			self.refused += 1;
		}
		Ok(())
	}
}

/// Fails unless a node refuses to start from a specification, says that something stands twice, and writes no database.
async fn no_chain_starts(bench: &Bench, folder: &Path, spec: &Value) -> Result<()> {
	fs::create_dir_all(folder)?;
	let file = folder.join("plain.json");
	fs::write(&file, spec.to_string())?;
	let ports = ports::free(PORTS)?;
	let ports = *ports.first_chunk().context("a node has ports")?;
	let node = Node::prepare(&bench.binaries, folder, &file, "nobody", Part::Full, ports)?;
	node.start()?;
	let (status, _) = node.wait_ended(REFUSAL_LIMIT).await?;
	let said = fs::read_to_string(node.log())?;
	ensure!(!status.success() && said.contains("twice"), "the node ended with {status} and said: {said}");
	ensure!(!said.contains("backtrace"), "the reason stands among a backtrace: {said}");
	ensure!(!node.data().join("chains").exists(), "a database was written");
	Ok(())
}

fn file(person: &Person, name: &str, content: &[u8]) -> Result<String> {
	Ok(person.write(name, content)?.display().to_string())
}

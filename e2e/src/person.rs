//! A person with an own key folder, who uses the `salus` command as it is installed.

use crate::{process::Process, waiting::until};
use anyhow::{bail, ensure, Context, Result};
use salus_client::{
	chain::Chain,
	keystore::{Identity, Keystore},
	primitives::PatientHandle,
};
use salus_envelope::keyfile::KdfParams;
use serde_json::Value;
use std::{
	fs,
	path::{Path, PathBuf},
	process::Stdio,
	time::{Duration, Instant},
};
use tokio::process::Command;

/// How long one command may take.
const LIMIT: Duration = Duration::from_secs(300);
/// How far one node may be behind another.
const FINALITY_LIMIT: Duration = Duration::from_secs(120);
/// The passphrase of everybody in the local consortium.
const PASSPHRASE: &str = "a passphrase for one machine, for one afternoon";
/// Costs of a passphrase that nobody guesses at.
const CHEAP: KdfParams = KdfParams { memory_kib: 64, passes: 1, lanes: 1 };

/// Exit codes of `salus`, as its help tells them.
pub mod exit {
	/// Done.
	pub const DONE: i32 = 0;
	/// Failed.
	pub const FAILED: i32 = 1;
	/// The command line is wrong.
	pub const USAGE: i32 = 2;
	/// A finding.
	pub const FINDING: i32 = 3;
	/// Nothing was permitted, or the answer is empty.
	pub const EMPTY: i32 = 4;
	/// Node or gateway do not answer.
	pub const UNREACHABLE: i32 = 5;
}

/// A person, or an institution's administration, at an own desk.
#[derive(Clone, Debug)]
pub struct Person {
	/// Name of the identity.
	pub name: String,
	/// The folder with keys and notes.
	pub home: PathBuf,
	/// The node that is asked.
	pub node: String,
	/// The gateway that is asked.
	pub gateway: Option<String>,
	program: PathBuf,
}

/// What a command answered.
#[derive(Clone, Debug)]
pub struct Answer {
	/// Exit code.
	pub exit: i32,
	/// What it printed: its report, or on failure its error.
	pub json: Value,
	/// How long it took.
	pub took: Duration,
	command: String,
}

impl Person {
	/// A desk with an empty key folder below `folder`.
	///
	/// # Errors
	/// When the folder cannot be written.
	pub fn new(program: &Path, folder: &Path, name: &str, node: &str, gateway: Option<&str>) -> Result<Self> {
		let home = folder.join(name);
		fs::create_dir_all(&home).with_context(|| format!("cannot make {}", home.display()))?;
		let person = Self {
			name: name.to_owned(),
			home,
			node: node.to_owned(),
			gateway: gateway.map(ToOwned::to_owned),
			program: program.to_owned(),
		};
		person.write("passphrase", PASSPHRASE)?;
		Ok(person)
	}

	/// Waits until the own node has made a block final: what somebody did through another node is not there before.
	///
	/// # Errors
	/// When it does not, or does not answer.
	pub async fn sees(&self, block: u64) -> Result<()> {
		let chain = Chain::connect(&self.node).await?;
		until(&format!("block {block} at the node of {}", self.name), FINALITY_LIMIT, || async {
			Ok((u64::from(chain.finalized_head().await?.number) >= block).then_some(()))
		})
		.await
	}

	/// Another identity at the same desk.
	pub fn also(&self, name: &str) -> Self {
		Self { name: name.to_owned(), ..self.clone() }
	}

	/// The same person with another gateway.
	pub fn at_gateway(&self, url: &str) -> Self {
		Self { gateway: Some(url.to_owned()), ..self.clone() }
	}

	/// The same person with another node.
	pub fn at_node(&self, url: &str) -> Self {
		Self { node: url.to_owned(), ..self.clone() }
	}

	/// Writes a file at this desk.
	///
	/// # Errors
	/// When it cannot be written.
	pub fn write(&self, name: &str, content: impl AsRef<[u8]>) -> Result<PathBuf> {
		let path = self.home.join(name);
		fs::write(&path, content).with_context(|| format!("cannot write {}", path.display()))?;
		Ok(path)
	}

	/// Writes what another person's command printed into a file at this desk, as it would be handed over on a stick.
	///
	/// # Errors
	/// When it cannot be written.
	pub fn hand_over(&self, name: &str, content: &Value) -> Result<String> {
		Ok(self.write(name, content.to_string())?.display().to_string())
	}

	/// Runs `salus` with these arguments and `--json`.
	///
	/// # Errors
	/// When it cannot be run or does not print JSON; an exit code is no error here.
	pub async fn salus(&self, arguments: &[&str]) -> Result<Answer> {
		let command = format!("salus {}", arguments.join(" "));
		let began = Instant::now();
		let mut program = Command::new(&self.program);
		program
			.args(arguments)
			.arg("--json")
			.env_remove("SALUS_GATEWAY")
			.envs(self.environment())
			.stdin(Stdio::null())
			.kill_on_drop(true);
		let output = tokio::time::timeout(LIMIT, program.output())
			.await
			.with_context(|| format!("`{command}` did not end within {} s", LIMIT.as_secs()))?
			.with_context(|| format!("cannot run {}", self.program.display()))?;
		let exit = output.status.code().with_context(|| format!("`{command}` was killed"))?;
		let printed = if output.stdout.is_empty() { &output.stderr } else { &output.stdout };
		let json = serde_json::from_slice(printed)
			.with_context(|| format!("`{command}` printed no JSON: {}", String::from_utf8_lossy(printed)))?;
		Ok(Answer { exit, json, took: began.elapsed(), command })
	}

	/// Starts `salus` with arguments with which it runs until it is ended. Its output goes to a log at this desk.
	///
	/// # Errors
	/// When it cannot be started.
	pub fn starts(&self, arguments: &[&str]) -> Result<Process> {
		let environment = self.environment();
		let environment: Vec<(&str, &str)> = environment.iter().map(|(name, value)| (*name, value.as_str())).collect();
		let log = self.home.join(format!("{}.log", self.name));
		Process::start(&self.name, &self.program, arguments, &environment, &log)
	}

	/// What tells `salus` who uses it, and where.
	fn environment(&self) -> Vec<(&'static str, String)> {
		let mut environment = vec![
			("SALUS_HOME", self.home.display().to_string()),
			("SALUS_NODE", self.node.clone()),
			("SALUS_IDENTITY", self.name.clone()),
			("SALUS_PASSPHRASE_FILE", self.home.join("passphrase").display().to_string()),
		];
		environment.extend(self.gateway.clone().map(|gateway| ("SALUS_GATEWAY", gateway)));
		environment
	}

	/// Runs `salus` and expects it to succeed.
	///
	/// # Errors
	/// When it does not: what it said.
	pub async fn does(&self, arguments: &[&str]) -> Result<Value> {
		self.salus(arguments).await?.done().map_err(|error| error.context(format!("{} could not", self.name)))
	}

	/// Puts an identity into the key folder, in a file that is cheap to open: it lives for one run.
	///
	/// # Errors
	/// When there is one of this name.
	pub fn has_keys(&self, identity: &Identity) -> Result<()> {
		Keystore::with_params(&self.home, CHEAP)?.create(&self.name, identity, PASSPHRASE)?;
		Ok(())
	}

	/// Makes keys of a kind: practitioner, patient or account.
	///
	/// # Errors
	/// As [`Self::does`].
	pub async fn make_keys(&self, kind: &str) -> Result<Value> {
		self.does(&["keys", "new", &self.name, "--kind", kind]).await
	}

	/// Takes an account's secret over.
	///
	/// # Errors
	/// As [`Self::does`].
	pub async fn import_account(&self, secret: &str) -> Result<()> {
		let file = self.write("secret", secret)?.display().to_string();
		self.does(&["keys", "import", &self.name, "--kind", "account", "--secret-file", &file]).await?;
		fs::remove_file(&file).with_context(|| format!("cannot remove {file}"))
	}

	/// The identity with its secret, for what the command line has no command for.
	///
	/// # Errors
	/// When there is none yet.
	pub fn identity(&self) -> Result<Identity> {
		Ok(Keystore::open(&self.home)?.load(&self.name, PASSPHRASE)?)
	}

	/// The public part of the identity, as `salus keys show` prints it.
	///
	/// # Errors
	/// As [`Self::does`].
	pub async fn public(&self) -> Result<Value> {
		self.does(&["keys", "show", &self.name]).await
	}

	/// A patient's derivation index for a handle, from the patient's notes.
	///
	/// # Errors
	/// When there are none.
	pub fn handle_index(&self, handle: &PatientHandle) -> Result<u32> {
		let path = self.home.join("patients").join(format!("{}.json", self.name));
		let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
		let notes: Value = serde_json::from_slice(&bytes)?;
		let handle = handle.to_string();
		let found = notes["handles"].as_array().into_iter().flatten().find(|known| known["handle"] == handle);
		let index =
			found.and_then(|known| known["index"].as_u64()).context("the patient has no notes of the handle")?;
		Ok(u32::try_from(index)?)
	}
}

impl Answer {
	/// The report, when the command succeeded.
	///
	/// # Errors
	/// When it did not.
	pub fn done(self) -> Result<Value> {
		if self.exit != exit::DONE {
			bail!("`{}` ended with {}: {}", self.command, self.exit, self.message());
		}
		Ok(self.json)
	}

	/// What it printed, when it ended with this code.
	///
	/// # Errors
	/// When it ended with another.
	pub fn ended(self, exit: i32) -> Result<Value> {
		ensure!(self.exit == exit, "`{}` ended with {}, not {exit}: {}", self.command, self.exit, self.message());
		Ok(self.json)
	}

	/// The error's code; empty when there is none.
	pub fn error_code(&self) -> &str {
		self.json["error"].as_str().unwrap_or_default()
	}

	/// The error's message, or the report.
	pub fn message(&self) -> String {
		self.json["message"].as_str().map_or_else(|| self.json.to_string(), ToOwned::to_owned)
	}
}

/// A text field of a report.
///
/// # Errors
/// When it is not there.
pub fn text<'a>(json: &'a Value, pointer: &str) -> Result<&'a str> {
	json.pointer(pointer).and_then(Value::as_str).with_context(|| format!("no text at {pointer} in {json}"))
}

/// A number in a report.
///
/// # Errors
/// When it is not there.
pub fn number(json: &Value, pointer: &str) -> Result<u64> {
	json.pointer(pointer).and_then(Value::as_u64).with_context(|| format!("no number at {pointer} in {json}"))
}

/// A list in a report.
///
/// # Errors
/// When it is not there.
pub fn list<'a>(json: &'a Value, pointer: &str) -> Result<&'a [Value]> {
	json.pointer(pointer)
		.and_then(Value::as_array)
		.map(Vec::as_slice)
		.with_context(|| format!("no list at {pointer} in {json}"))
}

/// The number of the block that a report names.
///
/// # Errors
/// When it names none.
pub fn block(json: &Value) -> Result<u64> {
	number(json, "/block/number")
}

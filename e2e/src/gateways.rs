//! The gateways of the local consortium.

use crate::{
	binaries::Binaries,
	process::{run, Process},
	slot::Slot,
	waiting::until,
};
use anyhow::{Context, Result};
use salus_client::{
	chain::Keypair, gateway::Gateway, keystore::Keystore, primitives::PatientHandle, wire::GatewayStatus,
};
use serde_json::{json, Value};
use std::{
	ffi::OsStr,
	fs,
	path::{Path, PathBuf},
	time::Duration,
};

/// How long a gateway may take to answer on a busy machine.
const START_LIMIT: Duration = Duration::from_secs(120);
/// The file below its folder that configures it.
const CONFIG: &str = "gateway.json";
/// Name of its account's keyfile.
const ACCOUNT_KEYFILE: &str = "gateway";
/// Whose passphrase opens its keys.
const GATEWAY: &str = "the gateway";
/// The handle of a registered test patient, as every custodian here knows it. Real ones are drawn.
pub const TEST_PATIENT: PatientHandle = PatientHandle([0xd1; 32]);
/// How often a gateway files receipts.
const RECEIPTS_PERIOD_SECONDS: u64 = 4;

/// What a gateway is to be.
#[derive(Clone, Debug)]
pub struct GatewaySettings {
	/// Name of the member.
	pub name: String,
	/// Number of the member.
	pub institution: usize,
	/// WebSocket address of the node that it uses.
	pub node: String,
	/// Port that it listens on.
	pub port: u16,
	/// The gateways of the others.
	pub peers: Vec<(usize, String)>,
	/// The members that keep second halves and emergency packages of its patients.
	pub holders: Vec<usize>,
}

/// One gateway.
#[derive(Debug)]
pub struct GatewayProcess {
	/// What it is.
	pub settings: GatewaySettings,
	program: PathBuf,
	home: PathBuf,
	account: String,
	process: Slot,
}

impl GatewayProcess {
	/// Makes keys and configuration below `folder`. Nothing runs yet.
	///
	/// # Errors
	/// When the program fails or files cannot be written.
	pub fn prepare(binaries: &Binaries, folder: &Path, settings: GatewaySettings) -> Result<Self> {
		let home = folder.join(&settings.name);
		fs::create_dir_all(&home).with_context(|| format!("cannot make {}", home.display()))?;
		let account = initialise(binaries, &home, &settings)?;
		let gateway = Self { settings, program: binaries.gateway.clone(), home, account, process: Slot::default() };
		// Its callers are tests.
		gateway.configure(|config| {
			config["limits"]["requests_per_minute"] = json!(600_000);
			config["limits"]["burst"] = json!(100_000);
			config["emergency"]["drill_handles"] = json!([TEST_PATIENT]);
		})?;
		Ok(gateway)
	}

	/// Changes the configuration, for the next start.
	///
	/// # Errors
	/// When it cannot be read or written.
	pub fn configure(&self, change: impl FnOnce(&mut Value)) -> Result<()> {
		let path = self.home.join(CONFIG);
		let bytes = fs::read(&path).with_context(|| format!("cannot read {}", path.display()))?;
		let mut config: Value = serde_json::from_slice(&bytes)?;
		change(&mut config);
		fs::write(&path, serde_json::to_vec_pretty(&config)?)
			.with_context(|| format!("cannot write {}", path.display()))
	}

	/// Its address.
	pub fn url(&self) -> String {
		format!("http://127.0.0.1:{}", self.settings.port)
	}

	/// Its account on the chain.
	pub fn account(&self) -> &str {
		&self.account
	}

	/// The secret of its account, as a thief of its machine and its passphrase has it.
	///
	/// # Errors
	/// When its keyfile cannot be opened.
	pub fn account_key(&self) -> Result<Keypair> {
		let identity = Keystore::open(&self.home)?.load(ACCOUNT_KEYFILE, &passphrase_of(GATEWAY))?;
		Ok(identity.account(ACCOUNT_KEYFILE)?.pair().clone())
	}

	/// The folder with everything it keeps.
	pub fn home(&self) -> PathBuf {
		self.home.clone()
	}

	/// The folder with sealed blobs.
	pub fn vault(&self) -> PathBuf {
		self.home.join("data").join("vault")
	}

	/// Resident memory, bytes.
	pub fn resident_bytes(&self) -> Option<u64> {
		self.process.resident_bytes()
	}

	/// Starts it.
	///
	/// # Errors
	/// When the program cannot be started.
	pub fn start(&self) -> Result<()> {
		let arguments = [OsStr::new("--config"), self.home.join(CONFIG).as_os_str()].map(OsStr::to_owned);
		let log = self.home.join("gateway.log");
		self.process.fill(|| Process::start(&self.settings.name, &self.program, arguments, &[], &log))
	}

	/// Ends it in good order.
	///
	/// # Errors
	/// When the runtime is ending.
	pub async fn stop(&self) -> Result<()> {
		self.process.stop().await
	}

	/// The same, and nothing else goes on meanwhile.
	pub fn end(&self) {
		self.process.end();
	}

	/// Kills it, as a power cut would.
	pub fn kill(&self) {
		self.process.kill();
	}

	/// Waits until it answers.
	///
	/// # Errors
	/// When it ends instead, or takes too long.
	pub async fn wait_answers(&self) -> Result<GatewayStatus> {
		self.wait_status("the gateway's answer", |_| true).await
	}

	/// Waits until it takes requests.
	///
	/// # Errors
	/// When it ends instead, or takes too long.
	pub async fn wait_ready(&self) -> Result<GatewayStatus> {
		self.wait_status("a ready gateway", |status| status.ready).await
	}

	async fn wait_status(&self, what: &str, good: impl Fn(&GatewayStatus) -> bool) -> Result<GatewayStatus> {
		let url = self.url();
		let (url, good) = (&url, &good);
		until(&format!("{what} ({})", self.settings.name), START_LIMIT, || async move {
			self.process.check_running()?;
			Ok(Gateway::status_of(url).await.ok().filter(good))
		})
		.await
	}
}

/// Votes for summaries, searches and entries into the index without a person, as often as the chain's caps allow: those are what is tried and
/// measured.
fn emergency_policy() -> Value {
	let rules = json!({
		"roles": ["Physician", "Nurse", "Paramedic"], "per_practitioner": 100_000, "per_institution": 100_000,
	});
	json!({ "version": 1, "summary": rules, "locate": rules, "enrol": { "per_institution": 100_000 } })
}

fn passphrase_of(whom: &str) -> String {
	format!("a passphrase of {whom}")
}

/// Makes the gateway's keys and configuration; returns its account.
fn initialise(binaries: &Binaries, home: &Path, settings: &GatewaySettings) -> Result<String> {
	// Keys that are cheap to open: they live for one run.
	let mut arguments: Vec<String> = vec!["init".into(), "--weak-keyfiles".into()];
	let mut option = |name: &str, value: String| arguments.extend([name.to_owned(), value]);
	option("--dir", home.display().to_string());
	option("--institution", settings.institution.to_string());
	option("--node", settings.node.clone());
	option("--listen", format!("127.0.0.1:{}", settings.port));
	option("--default-policy", "clinicians-for-treatment".into());
	// Seconds where a hospital has minutes: the story waits for batches.
	option("--receipts-period", RECEIPTS_PERIOD_SECONDS.to_string());
	for (institution, url) in &settings.peers {
		option("--peer", format!("{institution}={url}"));
	}
	for holder in &settings.holders {
		option("--emergency-holder", holder.to_string());
	}
	let policy = home.join("emergency-policy.json");
	fs::write(&policy, emergency_policy().to_string()).with_context(|| format!("cannot write {}", policy.display()))?;
	option("--emergency-policy", policy.display().to_string());
	for (name, of) in [
		("--passphrase-file", GATEWAY),
		("--officer-passphrase-file", "the first officer"),
		("--officer-passphrase-file", "the second officer"),
	] {
		let file = home.join(format!("passphrase of {of}"));
		fs::write(&file, passphrase_of(of) + "\n").with_context(|| format!("cannot write {}", file.display()))?;
		option(name, file.display().to_string());
	}
	let printed = run(&binaries.gateway, arguments)?;
	let report: Value = serde_json::from_slice(&printed).context("salus-gateway init prints no JSON")?;
	crate::person::text(&report, "/gateway").map(ToOwned::to_owned)
}

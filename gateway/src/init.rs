//! `salus-gateway init`: keys and a configuration.

use crate::{
	config::{read_passphrase, Config, Emergency, Limits, Peer},
	emergency::Policy,
	keys,
};
use anyhow::{ensure, Context};
use clap::Args;
use salus_client::keystore::{make_private_folder, AccountKey};
use salus_envelope::KdfParams;
use salus_policy::DefaultPolicy;
use salus_primitives::InstitutionId;
use serde_json::json;
use std::{net::SocketAddr, path::PathBuf};
use zeroize::Zeroizing;

/// What `init` is told.
#[derive(Debug, Args)]
pub struct Init {
	/// Folder for configuration, keys and data
	#[arg(long)]
	pub dir: PathBuf,
	/// The institution's number on the chain
	#[arg(long, value_name = "NO")]
	pub institution: u32,
	/// The institution's node
	#[arg(long, value_name = "URL", default_value = "ws://127.0.0.1:9944")]
	pub node: String,
	/// Where the gateway listens: behind a TLS proxy, or on the own machine
	#[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1:8080")]
	pub listen: SocketAddr,
	/// File whose first line is the passphrase of the gateway's keys. It is named in the configuration
	#[arg(long, value_name = "FILE")]
	pub passphrase_file: PathBuf,
	/// Files with the passphrases of the two officers who each keep a share of the retention key. Name it twice
	#[arg(long = "officer-passphrase-file", value_name = "FILE", required_unless_present = "retention_key")]
	pub officers: Vec<PathBuf>,
	/// Instead: the public half of a retention key that is there already
	#[arg(long, value_name = "FILE", conflicts_with = "officers")]
	pub retention_key: Option<PathBuf>,
	/// File whose first line is the secret URI of an account that is there already. Without it a new account is made
	#[arg(long, value_name = "FILE")]
	pub account_uri_file: Option<PathBuf>,
	/// Another institution's gateway, as NO=URL. Any number
	#[arg(long = "peer", value_name = "NO=URL", value_parser = peer)]
	pub peers: Vec<Peer>,
	/// Lets peers on other machines be spoken to by http://. For test networks
	#[arg(long)]
	pub allow_plain_http_peers: bool,
	/// What the institution declares for readers of its own (IHE PCF, Implicit 1 to 4): clinicians-for-treatment, all-authorised,
	/// deny-except-break-glass, deny-all or not-declared
	#[arg(long, default_value = "clinicians-for-treatment", value_parser = default_policy)]
	pub default_policy: DefaultPolicy,
	/// How often receipts are filed, seconds: at most 300
	#[arg(long, default_value_t = 240, value_parser = clap::value_parser!(u64).range(1..=300))]
	pub receipts_period: u64,
	/// Rules by which this gateway votes in emergencies without a person, a JSON file. Without it every session waits for a duty officer
	#[arg(long, value_name = "FILE")]
	pub emergency_policy: Option<PathBuf>,
	/// Another institution that keeps second halves and emergency packages of the own patients. Any number
	#[arg(long = "emergency-holder", value_name = "NO")]
	pub emergency_holders: Vec<u32>,
	/// For tests: keyfiles that are cheap to open, and cheap to guess
	#[arg(long, hide = true)]
	pub weak_keyfiles: bool,
}

fn peer(text: &str) -> Result<Peer, String> {
	let (institution, url) = text.split_once('=').ok_or("expected NO=URL, e.g. 2=https://gateway.example")?;
	let institution = institution.parse().map_err(|_| "the institution is a number")?;
	Ok(Peer { institution: InstitutionId(institution), url: url.to_owned() })
}

fn default_policy(text: &str) -> Result<DefaultPolicy, String> {
	serde_json::from_value(json!(text)).map_err(|_| format!("`{text}` is no default policy"))
}

/// Makes everything and tells what the operator has to do next. Overwrites nothing.
///
/// # Errors
/// Whatever cannot be made, with its name.
pub fn run(init: Init) -> anyhow::Result<serde_json::Value> {
	let passphrase = read_passphrase(&init.passphrase_file)?;
	let path = init.dir.join("gateway.json");
	ensure!(!path.exists(), "{} is there already and was left alone", path.display());
	let policy_file = init.emergency_policy.as_deref().map(std::path::absolute).transpose()?;
	if let Some(file) = &policy_file {
		Policy::load(file)?;
	}
	let keys_dir = init.dir.join("keys");
	make_private_folder(&keys_dir).with_context(|| format!("making {}", keys_dir.display()))?;
	let costs = match init.weak_keyfiles {
		true => KdfParams { memory_kib: 64, passes: 1, lanes: 1 },
		false => KdfParams::default(),
	};
	let uri = match &init.account_uri_file {
		Some(file) => read_passphrase(file)?,
		None => Zeroizing::new(AccountKey::generate()?.uri().to_owned()),
	};
	let (retention_path, shares) = retention_key(&init, costs, &passphrase)?;
	let account = keys::create_account(&keys_dir.join("gateway.json"), &uri, &passphrase, costs)?;
	keys::create_storage_key(&keys_dir.join("storage.json"), &passphrase, costs)?;
	keys::create_guardian_keys(&keys_dir.join("guardian.json"), &passphrase, costs)?;

	let config = Config {
		institution: InstitutionId(init.institution),
		listen: init.listen,
		node: init.node,
		data: "data".into(),
		gateway_key: "keys/gateway.json".into(),
		storage_key: "keys/storage.json".into(),
		passphrase_file: std::path::absolute(&init.passphrase_file)?,
		retention_key: retention_path,
		default_policy: init.default_policy,
		peers: init.peers.clone(),
		allow_plain_http_peers: init.allow_plain_http_peers,
		receipts_period_seconds: init.receipts_period,
		max_head_age_seconds: 60,
		answer_quantum_ms: 250,
		staff_cache_seconds: 15,
		staff_downtime_seconds: 24 * 60 * 60,
		limits: Limits::default(),
		emergency: Emergency {
			guardian_key: Some("keys/guardian.json".into()),
			policy_file,
			holders: init.emergency_holders.into_iter().map(InstitutionId).collect(),
			// Who is named as a peer is one of the consortium that this house works with.
			holds_for: init.peers.iter().map(|peer| peer.institution).collect(),
			..Emergency::default()
		},
	};
	let text = serde_json::to_string_pretty(&config)?;
	std::fs::write(&path, text + "\n").with_context(|| format!("writing {}", path.display()))?;
	// What was just written is what the gateway will read.
	Config::load(&path)?;
	Ok(json!({
		"config": path, "institution": init.institution, "gateway": account.to_string(),
		"gateway_public_key": format!("0x{}", hex::encode(account.0)), "retention_shares": shares,
		"next": "Have the institution's operator register the gateway account. Back up keys and data; hand each retention share to its officer and delete it here.",
	}))
}

/// The public half of the retention key, and where its shares lie when it was made here.
fn retention_key(init: &Init, costs: KdfParams, passphrase: &str) -> anyhow::Result<(PathBuf, Vec<PathBuf>)> {
	if let Some(path) = &init.retention_key {
		keys::load_retention_key(path)?;
		return Ok((std::path::absolute(path)?, Vec::new()));
	}
	let [first, second] = init.officers.as_slice() else {
		anyhow::bail!("name --officer-passphrase-file twice: the retention key is under dual control");
	};
	let (first, second) = (read_passphrase(first)?, read_passphrase(second)?);
	ensure!(
		*first != *second && *first != *passphrase && *second != *passphrase,
		"the passphrases of both officers and of the gateway have to differ: whoever knows one must not open the other share"
	);
	let keys_dir = init.dir.join("keys");
	let (one, two) = (keys_dir.join("retention-share-1.json"), keys_dir.join("retention-share-2.json"));
	let public = keys_dir.join("retention-key.json");
	keys::create_retention_key(&public, [(&one, &first), (&two, &second)], costs)?;
	Ok(("keys/retention-key.json".into(), vec![one, two]))
}

#[cfg(test)]
mod tests {
	use super::*;
	use clap::Parser;
	use std::path::Path;

	#[derive(Parser)]
	struct Line {
		#[command(flatten)]
		init: Init,
	}

	fn line(dir: &Path, more: &[&str]) -> Init {
		for (name, text) in [("p", "gateway"), ("o1", "first"), ("o2", "second"), ("uri", "//Test//gateway")] {
			std::fs::write(dir.join(name), text).unwrap();
		}
		let path = |name: &str| dir.join(name).to_str().unwrap().to_owned();
		let words = ["init", "--institution", "3", "--weak-keyfiles", "--dir"].map(ToOwned::to_owned);
		let words = words.into_iter().chain([path("home"), "--passphrase-file".into(), path("p")]);
		let officers = ["--officer-passphrase-file".into(), path("o1"), "--officer-passphrase-file".into(), path("o2")];
		let more = more.iter().map(|word| word.replace("DIR", dir.to_str().unwrap()));
		Line::parse_from(words.chain(officers).chain(more)).init
	}

	#[test]
	fn init_makes_what_the_gateway_starts_with() {
		let dir = tempfile::tempdir().unwrap();
		let init = line(dir.path(), &["--peer", "2=http://127.0.0.1:9", "--account-uri-file", "DIR/uri"]);
		let report = run(init).unwrap();
		let expected = AccountKey::from_uri("//Test//gateway").unwrap().account();
		assert_eq!(report["gateway"], json!(expected.to_string()));
		let config = Config::load(&dir.path().join("home/gateway.json")).unwrap();
		assert_eq!(config.peers.len(), 1);
		assert_eq!(config.emergency.holds_for, [InstitutionId(2)]);
		assert_eq!(config.default_policy, DefaultPolicy::CliniciansForTreatment);
		let service = crate::daemon::open(config).unwrap();
		assert_eq!(service.account, expected);
		assert!(service.guardian.is_some());
	}

	#[test]
	fn init_takes_the_rules_for_emergencies_and_refuses_what_is_none() {
		let dir = tempfile::tempdir().unwrap();
		let policy = dir.path().join("policy.json");
		let more = ["--emergency-policy", "DIR/policy.json", "--emergency-holder", "2", "--emergency-holder", "4"];
		std::fs::write(&policy, "{\"version\":1,\"sumary\":null}").unwrap();
		assert!(run(line(dir.path(), &more)).unwrap_err().to_string().contains("not an emergency policy"));
		assert!(!dir.path().join("home").exists(), "nothing was made");
		std::fs::write(&policy, crate::emergency::testing::RULES).unwrap();
		run(line(dir.path(), &more)).unwrap();
		let config = Config::load(&dir.path().join("home/gateway.json")).unwrap();
		assert_eq!(config.emergency.policy_file.as_deref(), Some(policy.as_path()));
		assert_eq!(config.emergency.holders, [InstitutionId(2), InstitutionId(4)]);
		assert!(!crate::daemon::open(config).unwrap().policy.is_closed());
	}

	#[test]
	fn init_overwrites_nothing() {
		let dir = tempfile::tempdir().unwrap();
		run(line(dir.path(), &[])).unwrap();
		let error = run(line(dir.path(), &[])).unwrap_err();
		assert!(error.to_string().contains("left alone"), "{error}");
	}

	#[test]
	fn init_refuses_one_passphrase_for_two_officers() {
		let dir = tempfile::tempdir().unwrap();
		let init = line(dir.path(), &[]);
		std::fs::write(dir.path().join("o2"), "first").unwrap();
		assert!(run(init).unwrap_err().to_string().contains("have to differ"));
	}
}

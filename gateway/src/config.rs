//! The configuration: one JSON file. Paths in it are relative to the folder that it lies in.

use axum::http::Uri;
use salus_policy::default::DefaultPolicy;
use salus_primitives::{InstitutionId, Moment, PatientHandle, SECOND};
use serde::{Deserialize, Serialize};
use std::{
	collections::BTreeMap,
	net::{IpAddr, SocketAddr},
	path::{Path, PathBuf},
};

/// Why the configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
	/// The file cannot be read.
	#[error("{0} cannot be read: {1}. Check the path; `salus-gateway init` makes the files of a new gateway")]
	Io(PathBuf, std::io::Error),
	/// The file is not the JSON of a configuration.
	#[error("{0} is not a configuration: {1}")]
	Malformed(PathBuf, serde_json::Error),
	/// A value makes no sense.
	#[error("{0}: `{1}` {2}")]
	Value(PathBuf, &'static str, &'static str),
}

/// The configuration of one gateway.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
	/// The institution that the gateway acts for.
	pub institution: InstitutionId,
	/// Where it listens. Bind to the inside of a TLS proxy: the gateway itself speaks plain HTTP.
	pub listen: SocketAddr,
	/// The node, `ws://` or `wss://`.
	pub node: String,
	/// Folder of index and vault.
	pub data: PathBuf,
	/// Keyfile of the gateway's account.
	pub gateway_key: PathBuf,
	/// Keyfile of the storage key.
	pub storage_key: PathBuf,
	/// File with the passphrase of both keyfiles, in its first line.
	pub passphrase_file: PathBuf,
	/// File with the public half of the institution's retention key.
	pub retention_key: PathBuf,
	/// What the institution declares for readers of its own (IHE PCF, Implicit 1 to 4). Without it nobody reads.
	#[serde(default)]
	pub default_policy: DefaultPolicy,
	/// The gateways of other institutions.
	#[serde(default)]
	pub peers: Vec<Peer>,
	/// Lets peers on other machines be spoken to without TLS. For test networks: what the gateways tell each other about patients is readable
	/// on the way.
	#[serde(default)]
	pub allow_plain_http_peers: bool,
	/// How often receipts are filed on chain, seconds: 1 to 300.
	#[serde(default = "defaults::receipts_period")]
	pub receipts_period_seconds: u64,
	/// A finalized head older than this is too old to decide on, seconds.
	#[serde(default = "defaults::max_head_age")]
	pub max_head_age_seconds: u64,
	/// Answers to releases are held until a multiple of this, milliseconds: what was withheld must not show in the time.
	#[serde(default = "defaults::answer_quantum")]
	pub answer_quantum_ms: u64,
	/// How long a registry entry counts without being looked up again, seconds.
	#[serde(default = "defaults::staff_cache")]
	pub staff_cache_seconds: u64,
	/// How long own staff may read own records by their last known registry entry while the node does not answer, seconds.
	#[serde(default = "defaults::staff_downtime")]
	pub staff_downtime_seconds: u64,
	/// Bounds on what callers can ask for.
	#[serde(default)]
	pub limits: Limits,
	/// Emergency access.
	#[serde(default)]
	pub emergency: Emergency,
}

/// What the gateway does for emergencies: of the own patients, and as guardian of others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Emergency {
	/// Keyfile of the guardian key, under the same passphrase. Without it the gateway takes part in no committee and keeps nothing for others.
	pub guardian_key: Option<PathBuf>,
	/// When the guardian key is registered on the chain.
	pub register_key: KeyRegistration,
	/// The rules by which votes are given without a person. Without the file every session waits for a duty officer.
	pub policy_file: Option<PathBuf>,
	/// The institutions that keep second halves and packages of the own patients.
	pub holders: Vec<InstitutionId>,
	/// The institutions for whose patients second halves and packages are kept here. Nothing is taken from others.
	pub holds_for: Vec<InstitutionId>,
	/// How much is kept for each of them, bytes.
	pub quota_bytes: u64,
	/// How many patients' own committees this institution takes a seat in.
	pub personal_duties: PersonalDuties,
	/// Whether own patients are entered with the guardians, so that they are found by name and birth date when they cannot speak. Nothing is
	/// entered while there is no committee for it.
	pub enrol: bool,
	/// Registered test patients: what is sealed for them is marked as a drill, and so is every session on it.
	pub drill_handles: Vec<PatientHandle>,
}

impl Default for Emergency {
	fn default() -> Self {
		Self {
			guardian_key: None,
			register_key: KeyRegistration::default(),
			policy_file: None,
			holders: Vec::new(),
			holds_for: Vec::new(),
			// A hundred thousand patients, at a few hundred kilobytes for both tiers.
			quota_bytes: 64 * 1024 * 1024 * 1024,
			personal_duties: PersonalDuties::default(),
			enrol: true,
			drill_handles: Vec::new(),
		}
	}
}

/// Patients' own committees that a gateway takes a seat in. The chain asks nobody before it names an institution in one; without the confirmation of
/// all that were named the committee does not come about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum PersonalDuties {
	/// Every one, or none.
	Accept(bool),
	/// So many.
	AtMost(usize),
}

impl Default for PersonalDuties {
	fn default() -> Self {
		// Read at every block, side by side, in a fraction of a second.
		Self::AtMost(200)
	}
}

impl PersonalDuties {
	/// Whether one more is taken on beside these.
	pub fn has_room(self, taken: usize) -> bool {
		match self {
			Self::Accept(accept) => accept,
			Self::AtMost(most) => taken < most,
		}
	}
}

/// When a gateway registers its guardian key.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum KeyRegistration {
	/// When the chain has none of this institution.
	#[default]
	IfMissing,
	/// Also when the chain has another one. Committees count this institution's vote again when they were reshared.
	Replace,
	/// Never: another gateway of the institution does.
	Never,
}

/// The gateway of another institution.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Peer {
	/// The institution.
	pub institution: InstitutionId,
	/// Its gateway: `https://`; `http://` on this machine, or with [`Config::allow_plain_http_peers`].
	pub url: String,
}

/// Bounds on what callers can ask for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Limits {
	/// Largest JSON body, bytes.
	pub json_bytes: usize,
	/// Largest bundle, bytes.
	pub bundle_bytes: usize,
	/// Requests per minute of one caller.
	pub requests_per_minute: u32,
	/// How many requests a caller may send at once after a pause.
	pub burst: u32,
	/// Requests in work at a time.
	pub concurrent_requests: usize,
}

impl Default for Limits {
	fn default() -> Self {
		Self {
			json_bytes: 4 * 1024 * 1024,
			bundle_bytes: salus_fhir::MAX_BUNDLE_BYTES,
			requests_per_minute: 1_200,
			burst: 200,
			concurrent_requests: 256,
		}
	}
}

mod defaults {
	pub fn receipts_period() -> u64 {
		240
	}
	pub fn max_head_age() -> u64 {
		60
	}
	pub fn answer_quantum() -> u64 {
		250
	}
	pub fn staff_cache() -> u64 {
		15
	}
	pub fn staff_downtime() -> u64 {
		24 * 60 * 60
	}
}

/// The longest time between filings, seconds.
const MAX_RECEIPTS_PERIOD: u64 = 300;

/// Whether nobody on the way to this address reads along.
fn is_private_on_the_way(url: &str) -> bool {
	let Ok(url) = url.parse::<Uri>() else { return false };
	match (url.scheme_str(), url.authority()) {
		(Some("https"), Some(_)) => true,
		// With a user name in front, another reader of addresses could take another part for the host.
		(Some("http"), Some(authority)) if !authority.as_str().contains('@') => {
			let host = authority.host();
			let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
			address.map_or(host == "localhost", |address| address.is_loopback())
		}
		_ => false,
	}
}

impl Config {
	/// Reads a configuration and makes its paths absolute.
	///
	/// # Errors
	/// [`ConfigError`].
	pub fn load(path: &Path) -> Result<Self, ConfigError> {
		let bytes = std::fs::read(path).map_err(|error| ConfigError::Io(path.into(), error))?;
		let mut config: Self =
			serde_json::from_slice(&bytes).map_err(|error| ConfigError::Malformed(path.into(), error))?;
		config.check(path)?;
		let folder = path.parent().unwrap_or(Path::new(""));
		for relative in [
			&mut config.data,
			&mut config.gateway_key,
			&mut config.storage_key,
			&mut config.passphrase_file,
			&mut config.retention_key,
		]
		.into_iter()
		.chain(&mut config.emergency.guardian_key)
		.chain(&mut config.emergency.policy_file)
		{
			// Joining an absolute path gives that path.
			*relative = folder.join(&*relative);
		}
		Ok(config)
	}

	fn check(&self, path: &Path) -> Result<(), ConfigError> {
		let wrong = |field, why| Err(ConfigError::Value(path.into(), field, why));
		if !self.node.starts_with("ws://") && !self.node.starts_with("wss://") {
			return wrong("node", "has to start with ws:// or wss://");
		}
		if !(1..=MAX_RECEIPTS_PERIOD).contains(&self.receipts_period_seconds) {
			return wrong("receipts_period_seconds", "has to be 1 to 300: receipts stand on chain after five minutes");
		}
		if self.max_head_age_seconds == 0 {
			return wrong("max_head_age_seconds", "has to be at least 1");
		}
		if self.limits.requests_per_minute == 0 || self.limits.burst == 0 || self.limits.concurrent_requests == 0 {
			return wrong("limits", "have to be at least 1, else nobody is let in");
		}
		if self.peers.iter().any(|peer| peer.institution == self.institution) {
			return wrong("peers", "names the own institution");
		}
		if self.emergency.holders.contains(&self.institution) {
			return wrong(
				"emergency.holders",
				"names the own institution: name others, the own gateway keeps everything anyway",
			);
		}
		if self.emergency.holds_for.contains(&self.institution) {
			return wrong("emergency.holds_for", "names the own institution: the own gateway keeps everything anyway");
		}
		if self.peer_urls().len() != self.peers.len() {
			return wrong("peers", "names an institution twice");
		}
		if !self.allow_plain_http_peers && self.peers.iter().any(|peer| !is_private_on_the_way(&peer.url)) {
			return wrong(
				"peers",
				"names a gateway on another machine without https://; for a test network set `allow_plain_http_peers`",
			);
		}
		Ok(())
	}

	/// The addresses of other gateways.
	pub fn peer_urls(&self) -> BTreeMap<InstitutionId, String> {
		self.peers.iter().map(|peer| (peer.institution, peer.url.clone())).collect()
	}

	/// [`Self::max_head_age_seconds`] in milliseconds.
	pub fn max_head_age(&self) -> Moment {
		self.max_head_age_seconds.saturating_mul(SECOND)
	}
}

/// The first line of a passphrase file.
///
/// # Errors
/// [`ConfigError::Io`]; [`ConfigError::Value`] when it is empty.
pub fn read_passphrase(path: &Path) -> Result<zeroize::Zeroizing<String>, ConfigError> {
	let text = std::fs::read_to_string(path).map_err(|error| ConfigError::Io(path.into(), error))?;
	let text = zeroize::Zeroizing::new(text);
	let line = text.lines().next().unwrap_or_default();
	if line.is_empty() {
		return Err(ConfigError::Value(path.into(), "passphrase", "is empty"));
	}
	Ok(zeroize::Zeroizing::new(line.to_owned()))
}

#[cfg(test)]
mod tests {
	use super::*;

	fn written(text: &str) -> Result<Config, ConfigError> {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("gateway.json");
		std::fs::write(&path, text).unwrap();
		Config::load(&path)
	}

	const SMALL: &str = r#"{"institution":1,"listen":"127.0.0.1:0","node":"ws://127.0.0.1:9944","data":"data","gateway_key":"g",
		"storage_key":"s","passphrase_file":"/p","retention_key":"r"PLACE}"#;

	#[test]
	fn a_small_configuration_takes_the_defaults() {
		let config = written(&SMALL.replace("PLACE", "")).unwrap();
		assert_eq!(config.default_policy, DefaultPolicy::NotDeclared, "none declared means deny");
		assert_eq!(config.receipts_period_seconds, 240);
		assert!(config.data.is_absolute() && config.data.ends_with("data"));
		assert_eq!(config.passphrase_file, Path::new("/p"));
	}

	#[test]
	fn a_misspelt_or_senseless_field_is_refused() {
		let peer = r#","peers":[{"institution":1,"url":"https://x"}]"#;
		let twice = r#","peers":[{"institution":2,"url":"https://x"},{"institution":2,"url":"https://y"}]"#;
		let (never, late) = (r#","receipts_period_seconds":0"#, r#","receipts_period_seconds":301"#);
		for place in [r#","recepits_period_seconds":5"#, never, late, peer, twice] {
			assert!(written(&SMALL.replace("PLACE", place)).is_err(), "{place}");
		}
		written(&SMALL.replace("PLACE", r#","receipts_period_seconds":300"#)).unwrap();
		assert!(written(&SMALL.replace("PLACE", "").replace("ws://", "http://")).is_err());
	}

	#[test]
	fn peers_on_other_machines_are_spoken_to_by_https_unless_the_operator_says_otherwise() {
		let with = |url: &str, more: &str| {
			written(&SMALL.replace("PLACE", &format!(r#","peers":[{{"institution":2,"url":"{url}"}}]{more}"#)))
		};
		for url in ["https://gateway.example", "http://127.0.0.1:9", "http://[::1]:9", "http://localhost:9"] {
			assert!(with(url, "").is_ok(), "{url}");
		}
		let plain = [
			"http://gateway.example",
			"http://10.0.0.7:9",
			"http://localhost.example",
			"http://127.0.0.1.example",
			"http://127.0.0.1@gateway.example",
			"HTTP://gateway.example",
			"gateway.example",
		];
		for url in plain {
			let error = with(url, "").unwrap_err();
			assert!(error.to_string().contains("allow_plain_http_peers"), "{url}: {error}");
			assert!(with(url, r#","allow_plain_http_peers":true"#).is_ok(), "{url}");
		}
	}

	#[test]
	fn emergency_paths_start_at_the_folder_and_holders_are_others() {
		let with = |fields: &str| written(&SMALL.replace("PLACE", &format!(r#","emergency":{{{fields}}}"#)));
		let config = with(r#""guardian_key":"g.json","policy_file":"/p.json","holders":[2,3]"#).unwrap().emergency;
		assert!(config.guardian_key.is_some_and(|path| path.is_absolute() && path.ends_with("g.json")));
		assert_eq!(config.policy_file.as_deref(), Some(Path::new("/p.json")));
		assert_eq!(config.register_key, KeyRegistration::IfMissing);
		assert!(config.personal_duties.has_room(199) && !config.personal_duties.has_room(200));
		for (value, has_room) in [("true", true), ("false", false), ("0", false), ("5", true)] {
			let config = with(&format!(r#""personal_duties":{value}"#)).unwrap().emergency;
			assert_eq!(config.personal_duties.has_room(4), has_room, "{value}");
		}
		assert!(config.enrol && !with(r#""enrol":false"#).unwrap().emergency.enrol);
		assert!(with(r#""register_key":"replace""#).is_ok());
		for wrong in [
			r#""personal_duties":-1"#,
			r#""holders":[1]"#,
			r#""holds_for":[2,1]"#,
			r#""guardian-key":"g""#,
			r#""register_key":"always""#,
		] {
			assert!(with(wrong).is_err(), "{wrong}");
		}
		assert_eq!(written(&SMALL.replace("PLACE", "")).unwrap().emergency, Emergency::default());
	}

	#[test]
	fn a_passphrase_is_the_first_line() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("passphrase");
		std::fs::write(&path, "correct horse\n").unwrap();
		assert_eq!(*read_passphrase(&path).unwrap(), "correct horse");
		std::fs::write(&path, "\n").unwrap();
		assert!(read_passphrase(&path).is_err());
	}
}

//! The local consortium: four hospitals, each with a validator and a gateway, on free ports of this machine.

use crate::{
	binaries::Binaries,
	gateways::{GatewayProcess, GatewaySettings},
	ports,
	validators::{self, Validator},
};
use anyhow::{Context, Result};
use futures::future::try_join_all;
use indicatif::ProgressBar;
use salus_client::chain::Chain;
use std::{
	fs,
	path::{Path, PathBuf},
	time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

/// Folder names of the hospitals; their position is their number on the chain.
pub const HOSPITALS: [&str; 4] = ["alpha", "beta", "gamma", "delta"];
/// Their operators' development accounts.
pub const OPERATORS: [&str; 4] = ["//Alice//stash", "//Bob//stash", "//Charlie//stash", "//Dave//stash"];
/// What a hospital's folder is called by.
pub const ALPHA: usize = 0;
/// See [`ALPHA`].
pub const BETA: usize = 1;
/// See [`ALPHA`].
pub const GAMMA: usize = 2;
/// See [`ALPHA`].
pub const DELTA: usize = 3;

/// Everything that runs. Dropping it ends it.
#[derive(Debug)]
pub struct Network {
	/// Where it keeps its files.
	pub folder: PathBuf,
	/// The programs.
	pub binaries: Binaries,
	/// One validator per hospital.
	pub validators: Vec<Validator>,
	/// One gateway per hospital.
	pub gateways: Vec<GatewayProcess>,
	/// How long it took until blocks were final and gateways ready.
	pub took: Duration,
}

impl Network {
	/// Starts everything in a folder and waits until it works.
	///
	/// # Errors
	/// When a program cannot be started, or ends, or does not get ready in time.
	pub async fn start(binaries: Binaries, folder: &Path, progress: &ProgressBar) -> Result<Self> {
		let began = Instant::now();
		let folder = fs::canonicalize(folder).with_context(|| format!("cannot find {}", folder.display()))?;
		let ports = ports::free(4 * HOSPITALS.len())?;
		let (node_ports, gateway_ports) = ports.split_at(3 * HOSPITALS.len());

		progress.set_message("starting four validators");
		let mut validators = validators::start(&binaries, &folder, &HOSPITALS, node_ports)?;
		let settings: Vec<GatewaySettings> = HOSPITALS
			.iter()
			.enumerate()
			.map(|(index, name)| GatewaySettings {
				name: (*name).to_owned(),
				institution: index,
				node: validators[index].url(),
				port: gateway_ports[index],
				peers: (0..HOSPITALS.len())
					.filter(|other| *other != index)
					.map(|other| (other, format!("http://127.0.0.1:{}", gateway_ports[other])))
					.collect(),
			})
			.collect();
		let mut gateways = Vec::new();
		for settings in settings {
			gateways.push(GatewayProcess::prepare(&binaries, &folder.join("gateways"), settings)?);
		}
		try_join_all(validators.iter_mut().map(|validator| validator.wait_finalized(2))).await?;

		progress.set_message("starting four gateways");
		for gateway in &mut gateways {
			gateway.start()?;
		}
		try_join_all(gateways.iter_mut().map(GatewayProcess::wait_answers)).await?;
		Ok(Self { folder, binaries, validators, gateways, took: began.elapsed() })
	}

	/// A connection to a hospital's node.
	///
	/// # Errors
	/// When it does not answer.
	pub async fn chain(&self, hospital: usize) -> Result<Chain> {
		Ok(Chain::connect(&self.validators[hospital].url()).await?)
	}

	/// Where everything can be reached, for people.
	pub fn endpoints(&self) -> String {
		let mut text = format!("{:<8}{:<24}{:<26}{}\n", "", "node", "gateway", "metrics");
		for (validator, gateway) in self.validators.iter().zip(&self.gateways) {
			let metrics = format!("http://127.0.0.1:{}/metrics", validator.prometheus_port);
			text += &format!("{:<8}{:<24}{:<26}{metrics}\n", validator.name, validator.url(), gateway.url());
		}
		let url = self.validators[ALPHA].url();
		text += &format!("\npolkadot.js apps: https://polkadot.js.org/apps/?rpc={url}\n");
		text += &format!("files and logs:   {}", self.folder.display());
		text
	}

	/// Ends everything, gateways first.
	pub fn stop(&mut self) {
		self.gateways.iter_mut().for_each(GatewayProcess::stop);
		validators::stop_all(&mut self.validators);
	}
}

impl Drop for Network {
	fn drop(&mut self) {
		self.stop();
	}
}

/// A new folder for one run, below the platform's cache.
///
/// # Errors
/// When it cannot be made.
pub fn new_run_folder() -> Result<PathBuf> {
	let base = dirs::cache_dir().unwrap_or_else(std::env::temp_dir).join("salus").join("local");
	let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
	let folder = base.join(format!("{now}-{}", std::process::id()));
	fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
	Ok(folder)
}

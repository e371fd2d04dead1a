//! The local consortium: four hospitals, each with a validator and a gateway, on free ports of this machine; and as many of the other members'
//! gateways as are asked for.

use crate::{
	binaries::Binaries,
	gateways::{GatewayProcess, GatewaySettings},
	ports,
	validators::{self, Node, PORTS},
};
use anyhow::{ensure, Context, Result};
use futures::future::try_join_all;
use indicatif::ProgressBar;
use salus_client::chain::Chain;
use std::{
	fs,
	path::{Path, PathBuf},
	time::{Duration, Instant},
};

/// Folder names of the members; their position is their number on the chain. After the hospitals a clinic, a research body, a regulator.
pub const MEMBERS: [&str; 7] = ["alpha", "beta", "gamma", "delta", "epsilon", "zeta", "authority"];
/// Their operators' development accounts.
pub const OPERATORS: [&str; 7] =
	["//Alice//stash", "//Bob//stash", "//Charlie//stash", "//Dave//stash", "//Eve//stash", "//Ferdie//stash", "//One"];
/// How many of them, the first ones, are hospitals with a validator.
pub const HOSPITALS: usize = 4;
/// How many members have a gateway where emergencies are tried: five guardians, and a hospital that is none of them.
pub const GATEWAYS: usize = 6;
/// What a hospital's folder is called by.
pub const ALPHA: usize = 0;
/// See [`ALPHA`].
pub const BETA: usize = 1;
/// See [`ALPHA`].
pub const GAMMA: usize = 2;
/// See [`ALPHA`].
pub const DELTA: usize = 3;
/// The clinic. It has no node of its own, like those after it.
pub const EPSILON: usize = 4;
/// The research body.
pub const ZETA: usize = 5;

/// Everything that runs. Dropping it ends it.
#[derive(Debug)]
pub struct Network {
	/// Where it keeps its files.
	pub folder: PathBuf,
	/// The programs.
	pub binaries: Binaries,
	/// One validator per hospital.
	pub validators: Vec<Node>,
	/// One gateway per hospital, and those of the members after them that were asked for.
	pub gateways: Vec<GatewayProcess>,
	/// How long it took until blocks were final and gateways ready.
	pub took: Duration,
}

impl Network {
	/// Starts the validators, and the gateways of the first so many members, in a folder, and waits until all of it works.
	///
	/// # Errors
	/// When a program cannot be started, or ends, or does not get ready in time.
	pub async fn start(binaries: Binaries, folder: &Path, gateways: usize, progress: &ProgressBar) -> Result<Self> {
		let began = Instant::now();
		ensure!((HOSPITALS..=MEMBERS.len()).contains(&gateways), "there are no {gateways} members to give a gateway");
		let folder = fs::canonicalize(folder).with_context(|| format!("cannot find {}", folder.display()))?;
		let ports = ports::free(PORTS * HOSPITALS + gateways)?;
		let (node_ports, gateway_ports) = ports.split_at(PORTS * HOSPITALS);

		progress.set_message("starting four validators");
		let spec = validators::raw_spec(&binaries, &folder, "local")?;
		let mut validators = validators::founders(&binaries, &folder, &spec, &MEMBERS[..HOSPITALS], node_ports)?;
		for validator in &mut validators {
			validator.takes("--reserved-only");
			validator.start()?;
		}
		let settings: Vec<GatewaySettings> = MEMBERS[..gateways]
			.iter()
			.enumerate()
			.map(|(index, name)| GatewaySettings {
				name: (*name).to_owned(),
				institution: index,
				node: validators[node_of(index)].url(),
				port: gateway_ports[index],
				peers: (0..gateways)
					.filter(|other| *other != index)
					.map(|other| (other, format!("http://127.0.0.1:{}", gateway_ports[other])))
					.collect(),
				// Neither the own house nor the next one, at which the story's emergencies happen.
				holders: [2, 3].map(|step| (index + step) % gateways).into(),
			})
			.collect();
		let mut gateways = Vec::new();
		for settings in settings {
			gateways.push(GatewayProcess::prepare(&binaries, &folder.join("gateways"), settings)?);
		}
		try_join_all(validators.iter().map(|validator| validator.wait_finalized(2))).await?;

		progress.set_message(format!("starting {} gateways", gateways.len()));
		for gateway in &gateways {
			gateway.start()?;
		}
		try_join_all(gateways.iter().map(GatewayProcess::wait_answers)).await?;
		Ok(Self { folder, binaries, validators, gateways, took: began.elapsed() })
	}

	/// A connection to the node that a member uses.
	///
	/// # Errors
	/// When it does not answer.
	pub async fn chain(&self, member: usize) -> Result<Chain> {
		Ok(Chain::connect(&self.validators[node_of(member)].url()).await?)
	}

	/// Where everything can be reached, for people.
	pub fn endpoints(&self) -> String {
		let mut text = format!("{:<10}{:<24}{:<26}{}\n", "", "node", "gateway", "metrics");
		for (index, gateway) in self.gateways.iter().enumerate() {
			let validator = &self.validators[node_of(index)];
			let metrics = match index < HOSPITALS {
				true => format!("http://127.0.0.1:{}/metrics", validator.prometheus_port),
				false => format!("(node of {})", validator.name),
			};
			text += &format!("{:<10}{:<24}{:<26}{metrics}\n", gateway.settings.name, validator.url(), gateway.url());
		}
		let url = self.validators[ALPHA].url();
		text += &format!("\npolkadot.js apps: https://polkadot.js.org/apps/?rpc={url}\n");
		text += &format!("files and logs:   {}", self.folder.display());
		text
	}

	/// Ends everything, gateways first.
	pub fn stop(&self) {
		self.gateways.iter().for_each(GatewayProcess::end);
		validators::stop_all(&self.validators);
	}
}

/// The position of the hospital whose node a member uses: its own, or when it has none one of the hospitals', in turn.
pub fn node_of(member: usize) -> usize {
	member % HOSPITALS
}

impl Drop for Network {
	fn drop(&mut self) {
		self.stop();
	}
}

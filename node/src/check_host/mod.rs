//! `salus-node check-host`: whether a machine can carry a member's node, asked before it joins. It changes nothing.

mod clock;
mod disk;
mod machine;
mod peers;
mod ports;
mod report;

use crate::chain_spec;
use clap::Args;
use report::Report;
use sc_cli::{Error, Result, SubstrateCli};
use sc_network::config::MultiaddrWithPeerId;
use sc_service::BasePath;
use std::path::PathBuf;

/// Where the node is to run.
#[derive(Debug, Args)]
pub(crate) struct CheckHost {
	/// The chain that the node is for: its boot nodes are tried
	#[arg(long, value_name = "CHAIN_SPEC")]
	pub chain: Option<String>,

	/// The folder that the database will lie in
	#[arg(long, short = 'd', value_name = "PATH")]
	pub base_path: Option<PathBuf>,

	/// Further nodes to try, e.g. /dns/node.example/tcp/30333/p2p/12D3KooW...
	#[arg(long, value_name = "ADDR", num_args = 1..)]
	pub bootnodes: Vec<MultiaddrWithPeerId>,

	/// Where the node will listen for others
	#[arg(long, value_name = "PORT", default_value_t = 30333)]
	pub port: u16,

	/// Where it will answer JSON-RPC
	#[arg(long, value_name = "PORT", default_value_t = 9944)]
	pub rpc_port: u16,

	/// Where it will serve metrics
	#[arg(long, value_name = "PORT", default_value_t = 9615)]
	pub prometheus_port: u16,

	/// Print JSON
	#[arg(long)]
	pub json: bool,
}

impl CheckHost {
	/// Looks at everything and prints what it found.
	///
	/// # Errors
	/// When something has to be mended, or the chain's specification cannot be read.
	pub(crate) fn run<Cli: SubstrateCli>(&self) -> Result<()> {
		let base_path = match &self.base_path {
			Some(path) => path.clone(),
			None => BasePath::from_project("", "", &Cli::executable_name()).path().to_owned(),
		};
		let mut boot_nodes = self.bootnodes.clone();
		if let Some(chain) = &self.chain {
			boot_nodes.extend_from_slice(chain_spec::load(chain)?.boot_nodes());
		}
		let mut checks = vec![clock::check(), disk::check(&base_path)];
		checks.extend(machine::check());
		checks.extend(ports::check(self.port, self.rpc_port, self.prometheus_port));
		checks.extend(peers::check(&boot_nodes));

		let report = Report::new(checks);
		match self.json {
			true => println!("{}", serde_json::to_string_pretty(&report).map_err(|e| Error::Application(e.into()))?),
			false => print!("{report}"),
		}
		match report.ready {
			true => Ok(()),
			false => Err(Error::Application("this host is not ready: mend what is marked as a fault".into())),
		}
	}
}

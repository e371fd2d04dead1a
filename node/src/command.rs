//! Carries out what the command line says.

use crate::{
	chain_spec,
	cli::{Cli, Subcommand},
	service::{self, Partial, PeerRules},
};
use salus_runtime::opaque::Block;
use sc_cli::{CliConfiguration, Error, Result, SubstrateCli};
use sc_network::config::NetworkBackendType;
use sc_service::{ChainSpec, Configuration};

impl SubstrateCli for Cli {
	fn impl_name() -> String {
		"Salus Node".into()
	}

	fn impl_version() -> String {
		env!("CARGO_PKG_VERSION").into()
	}

	fn description() -> String {
		env!("CARGO_PKG_DESCRIPTION").into()
	}

	fn author() -> String {
		"the Salus authors".into()
	}

	fn support_url() -> String {
		concat!(env!("CARGO_PKG_REPOSITORY"), "/issues").into()
	}

	fn copyright_start_year() -> i32 {
		2026
	}

	fn load_spec(&self, name: &str) -> std::result::Result<Box<dyn ChainSpec>, String> {
		Ok(Box::new(chain_spec::load(name)?))
	}
}

/// Reads the command line and does what it says.
pub(crate) fn run() -> Result<()> {
	let cli = Cli::from_args();
	match &cli.subcommand {
		None => run_node(&cli),
		Some(Subcommand::CheckHost(command)) => command.run::<Cli>(),
		Some(Subcommand::SessionKeys(command)) => command.run::<Cli>(),
		Some(Subcommand::Key(command)) => command.run(&cli),
		Some(Subcommand::BuildSpec(command)) => {
			cli.create_runner(command)?.sync_run(|config| command.run(config.chain_spec, config.network))
		}
		Some(Subcommand::ExportChainSpec(command)) => command.run(cli.load_spec(&command.chain)?),
		Some(Subcommand::CheckBlock(command)) => cli.create_runner(command)?.async_run(|config| {
			let Partial { client, import_queue, task_manager, .. } = service::partial(&config)?;
			Ok((command.run(client, import_queue), task_manager))
		}),
		Some(Subcommand::ExportBlocks(command)) => cli.create_runner(command)?.async_run(|config| {
			let Partial { client, task_manager, .. } = service::partial(&config)?;
			Ok((command.run(client, config.database), task_manager))
		}),
		Some(Subcommand::ExportState(command)) => cli.create_runner(command)?.async_run(|config| {
			let Partial { client, task_manager, .. } = service::partial(&config)?;
			Ok((command.run(client, config.chain_spec), task_manager))
		}),
		Some(Subcommand::ImportBlocks(command)) => cli.create_runner(command)?.async_run(|config| {
			let Partial { client, import_queue, task_manager, .. } = service::partial(&config)?;
			Ok((command.run(client, import_queue), task_manager))
		}),
		Some(Subcommand::PurgeChain(command)) => {
			cli.create_runner(command)?.sync_run(|config| command.run(config.database))
		}
		Some(Subcommand::Revert(command)) => cli.create_runner(command)?.async_run(|config| {
			let Partial { client, backend, task_manager, .. } = service::partial(&config)?;
			Ok((command.run(client, backend, Some(Box::new(revert_votes))), task_manager))
		}),
		Some(Subcommand::ChainInfo(command)) => {
			cli.create_runner(command)?.sync_run(|config| command.run::<Block>(&config))
		}
	}
}

/// GRANDPA keeps its authority set outside the blocks: it goes back with them.
fn revert_votes(
	client: std::sync::Arc<service::Client>,
	_: std::sync::Arc<service::Backend>,
	blocks: u32,
) -> Result<()> {
	Ok(sc_consensus_grandpa::revert(client, blocks)?)
}

fn run_node(cli: &Cli) -> Result<()> {
	name_the_chain(cli)?;
	let (storage_monitor, peers) = (cli.storage_monitor.clone(), cli.peer_rules());
	cli.create_runner(&cli.run)?
		.run_node_until_exit(|config| async move { start(config, storage_monitor, peers).map_err(Error::from) })
}

/// A validator that was started without `--chain` would quietly join a test network.
fn name_the_chain(cli: &Cli) -> Result<()> {
	if cli.run.shared_params().chain_id(cli.run.is_dev()?).is_empty() {
		return Err(Error::Input(
			"which chain? Name it with --chain (local, or the file of a chain specification), or use --dev".into(),
		));
	}
	Ok(())
}

fn start(
	config: Configuration,
	storage_monitor: sc_storage_monitor::StorageMonitorParams,
	peers: PeerRules,
) -> std::result::Result<sc_service::TaskManager, sc_service::Error> {
	match config.network.network_backend {
		NetworkBackendType::Litep2p => {
			service::full::<sc_network::Litep2pNetworkBackend>(config, storage_monitor, peers)
		}
		NetworkBackendType::Libp2p => {
			service::full::<sc_network::NetworkWorker<Block, salus_runtime::Hash>>(config, storage_monitor, peers)
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn parse(arguments: &[&str]) -> Cli {
		Cli::try_from_iter(core::iter::once("salus-node").chain(arguments.iter().copied())).unwrap()
	}

	#[test]
	fn running_is_refused_when_no_chain_is_named() {
		assert!(name_the_chain(&parse(&["--validator"])).is_err());
		assert!(name_the_chain(&parse(&["--chain", "local"])).is_ok());
		assert!(name_the_chain(&parse(&["--dev"])).is_ok());
	}

	#[test]
	fn the_telemetry_of_built_in_chains_is_off() {
		let cli = parse(&["--chain", "local"]);
		let spec = cli.load_spec("local").unwrap();
		assert!(cli.run.telemetry_endpoints(&spec).unwrap().is_none());
	}
}

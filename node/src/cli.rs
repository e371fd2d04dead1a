//! The command line. What differs from the defaults of the SDK is set here and nowhere else.

use crate::{check_host::CheckHost, service::PeerRules, session_keys::MakeSessionKeys};
use sc_cli::RunCmd;
use sc_network::config::MultiaddrWithPeerId;
use sc_storage_monitor::StorageMonitorParams;

/// How many finalized blocks keep their state unless the operator says otherwise: one day of 2 s slots.
///
/// Audit entries, capabilities and handles are read from the state of the block in question. The SDK's 256 blocks are
/// eight minutes here: a gateway that was away for a quarter of an hour would find its entries gone.
const STATE_BLOCKS: &str = "43200";

const STATE_HELP: &str = "How much history of the state to keep: archive, archive-canonical, or a number of finalized \
	blocks. Set when the database is created; later runs must name the same kind (the number itself may change). A node \
	that answers questions about older audit entries needs archive-canonical";

/// A node of a Salus consortium.
#[derive(Debug, clap::Parser)]
// Offchain workers do nothing on this chain: reports of equivocation go to the pool without them.
#[command(mut_arg("enabled", |arg| arg.default_value("never")))]
// A proxy on the same machine makes every caller local, so being local entitles to nothing. Who rotates keys says so.
#[command(mut_arg("rpc_methods", |arg| arg.default_value("safe")))]
#[command(mut_arg("state_pruning", |arg| arg.default_value(STATE_BLOCKS).help(STATE_HELP).long_help(STATE_HELP)))]
pub(crate) struct Cli {
	/// What to do instead of running a node.
	#[command(subcommand)]
	pub subcommand: Option<Subcommand>,

	/// How to run a node.
	#[command(flatten)]
	pub run: RunCmd,

	/// When to stop because the disk fills.
	#[command(flatten)]
	pub storage_monitor: StorageMonitorParams,

	/// Let nodes connect that no member lists on the chain
	///
	/// Without this, once the council has put the list in force, only listed nodes may, and those that --reserved-nodes
	/// and --bootnodes name. It is the way back when a wrong list has cut the consortium in pieces.
	#[arg(long, conflicts_with = "reserved_only")]
	pub any_peer: bool,
}

impl Cli {
	/// What the operator said about other nodes. Boot nodes of the specification have no privilege: a file is not
	/// changed when a member leaves.
	pub(crate) fn peer_rules(&self) -> PeerRules {
		let ids = |nodes: &[MultiaddrWithPeerId]| nodes.iter().map(|node| node.peer_id).collect();
		let network = &self.run.network_params;
		PeerRules { any_peer: self.any_peer, reserved: ids(&network.reserved_nodes), boot: ids(&network.bootnodes) }
	}
}

/// Commands that do their work and end.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Subcommand {
	/// Say whether this machine can carry a node: clock, disk, processors, memory, ports
	CheckHost(CheckHost),

	/// Make a validator's session keys and the proof that session.setKeys asks for, beside a node that runs or before
	/// it does
	SessionKeys(MakeSessionKeys),

	/// Make, show and insert keys
	#[command(subcommand)]
	Key(sc_cli::KeySubcommand),

	/// Print the specification of a chain, with a boot node added (older name of export-chain-spec)
	BuildSpec(sc_cli::BuildSpecCmd),

	/// Write the specification of a chain to a file
	ExportChainSpec(sc_cli::ExportChainSpecCmd),

	/// Execute a block again and compare
	CheckBlock(sc_cli::CheckBlockCmd),

	/// Write blocks to a file
	ExportBlocks(sc_cli::ExportBlocksCmd),

	/// Write the state of a block as a chain specification
	ExportState(sc_cli::ExportStateCmd),

	/// Read blocks from a file
	ImportBlocks(sc_cli::ImportBlocksCmd),

	/// Delete the database; keys stay
	PurgeChain(sc_cli::PurgeChainCmd),

	/// Take back blocks that are not finalized
	Revert(sc_cli::RevertCmd),

	/// Print genesis, best and finalized block of the database
	ChainInfo(sc_cli::ChainInfoCmd),
}

#[cfg(test)]
mod tests {
	use super::*;
	use sc_cli::{CliConfiguration, SubstrateCli};
	use sc_service::{config::RpcMethods, BlocksPruning, PruningMode, Role};

	fn parse(arguments: &[&str]) -> Cli {
		Cli::try_from_iter(core::iter::once("salus-node").chain(arguments.iter().copied())).unwrap()
	}

	#[test]
	fn the_command_line_is_consistent() {
		<Cli as clap::CommandFactory>::command().debug_assert();
	}

	#[test]
	fn defaults_are_safe_when_nothing_is_said() {
		let run = parse(&[]).run;
		assert!(!run.role(false).unwrap().is_authority());
		assert!(matches!(run.rpc_methods().unwrap(), RpcMethods::Safe));
		assert!(!run.offchain_worker(&Role::Authority).unwrap().enabled);
		assert_eq!(run.state_pruning().unwrap(), Some(PruningMode::blocks_pruning(43_200)));
		assert_eq!(run.blocks_pruning().unwrap(), BlocksPruning::KeepFinalized);
		assert!(run.telemetry_params.telemetry_endpoints.is_empty());
	}

	#[test]
	fn the_operator_may_choose_otherwise() {
		let run = parse(&["--offchain-worker", "always", "--rpc-methods", "unsafe", "--state-pruning", "archive"]).run;
		assert!(run.offchain_worker(&Role::Full).unwrap().enabled);
		assert!(matches!(run.rpc_methods().unwrap(), RpcMethods::Unsafe));
		assert_eq!(run.state_pruning().unwrap(), Some(PruningMode::ArchiveAll));
	}

	#[test]
	fn the_database_is_paritydb_and_rocksdb_is_unknown() {
		assert!(Cli::try_from_iter(["salus-node", "--database", "rocksdb"]).is_err());
		assert!(Cli::try_from_iter(["salus-node", "--database", "paritydb"]).is_ok());
	}

	#[test]
	fn a_development_node_is_a_validator_on_a_temporary_path() {
		let run = parse(&["--dev"]).run;
		assert!(run.role(true).unwrap().is_authority());
		assert_eq!(run.dev_key_seed(true).unwrap().as_deref(), Some("//Alice"));
		let temporary = std::env::temp_dir();
		assert!(CliConfiguration::<()>::base_path(&run).unwrap().unwrap().path().starts_with(temporary));
	}

	#[test]
	fn nodes_named_by_flags_are_let_in_beside_the_list() {
		const PEERS: [&str; 2] = [
			"12D3KooWEyoppNCUx8Yx66oV9fJnriXwCcXwDDUA2kj6vnc6iDEp",
			"12D3KooWHdiAxVd8uMQR1hGWXccidmfCwLqcMpGwR6QcTP6QRMuD",
		];
		let [reserved, boot] = PEERS.map(|peer| format!("/ip4/127.0.0.1/tcp/30333/p2p/{peer}"));
		let rules = parse(&["--reserved-nodes", &reserved, "--bootnodes", &boot]).peer_rules();
		let ids = PEERS.map(|peer| std::collections::HashSet::from([peer.parse().unwrap()]));
		assert_eq!((rules.any_peer, [rules.reserved, rules.boot]), (false, ids));
		assert_eq!(parse(&[]).peer_rules(), PeerRules::default());
	}

	#[test]
	fn anybody_is_let_in_only_when_the_operator_says_so() {
		assert!(parse(&["--any-peer"]).peer_rules().any_peer);
		assert!(Cli::try_from_iter(["salus-node", "--any-peer", "--reserved-only"]).is_err());
	}

	#[test]
	fn storage_threshold_is_read() {
		let cli = parse(&["--validator", "--db-storage-threshold", "64", "--db-storage-polling-period", "1"]);
		assert_eq!((cli.storage_monitor.threshold, cli.storage_monitor.polling_period), (64, 1));
	}

	#[test]
	fn every_subcommand_parses() {
		for arguments in [
			&["check-host", "--chain", "local", "--base-path", "data", "--port", "30334", "--json"][..],
			&["session-keys", "--chain", "local", "--owner", "5GrwvaEF5zXb26Fz9rcQpDWS57CtERHpNehXCPcNoHGKutQY"],
			&["key", "generate"],
			&["build-spec", "--chain", "local"],
			&["export-chain-spec", "--chain", "dev", "--raw"],
			&["check-block", "1", "--dev"],
			&["export-blocks", "--dev", "/dev/null"],
			&["export-state", "--dev"],
			&["import-blocks", "--dev", "/dev/null"],
			&["purge-chain", "--dev", "-y"],
			&["revert", "5", "--dev"],
			&["chain-info", "--dev"],
		] {
			assert!(parse(arguments).subcommand.is_some(), "{arguments:?}");
		}
	}
}

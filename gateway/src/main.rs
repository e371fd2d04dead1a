//! The `salus-gateway` command.

use anyhow::Context;
use clap::{Parser, Subcommand};
use salus_gateway::{config::Config, daemon, init};
use std::{path::PathBuf, process::ExitCode};

/// A hospital's gateway: vault, ingest, enforcement, key service, receipts
#[derive(Debug, Parser)]
#[command(name = "salus-gateway", version, args_conflicts_with_subcommands = true)]
struct Arguments {
	/// Configuration: serves until SIGTERM or Ctrl-C
	#[arg(long, value_name = "FILE")]
	config: Option<PathBuf>,
	/// Passphrase of the keys, instead of the file that the configuration names: where a service manager hands it over
	#[arg(long, value_name = "FILE", requires = "config")]
	passphrase_file: Option<PathBuf>,
	#[command(subcommand)]
	command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
	/// Make keys and a configuration
	Init(Box<init::Init>),
}

fn main() -> ExitCode {
	let arguments = Arguments::parse();
	let filter = tracing_subscriber::EnvFilter::try_from_default_env()
		.unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("info,subxt=warn,jsonrpsee=warn,hyper=warn"));
	tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
	match run(arguments) {
		Ok(()) => ExitCode::SUCCESS,
		Err(error) => {
			eprintln!("salus-gateway: {error:#}");
			ExitCode::FAILURE
		}
	}
}

fn run(arguments: Arguments) -> anyhow::Result<()> {
	match (arguments.command, arguments.config) {
		(Some(Command::Init(init)), _) => {
			println!("{}", serde_json::to_string_pretty(&init::run(*init)?)?);
			Ok(())
		}
		(None, Some(path)) => {
			let mut config = Config::load(&path)?;
			if let Some(file) = arguments.passphrase_file {
				config.passphrase_file = file;
			}
			let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().context("starting")?;
			runtime.block_on(daemon::run(config))
		}
		(None, None) => anyhow::bail!("name a configuration with --config FILE, or make one with `salus-gateway init`"),
	}
}

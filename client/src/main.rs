//! The `salus` command.

mod cli;

use clap::Parser;
use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
	cli::run(cli::Cli::parse()).await
}

#![doc = include_str!("../README.md")]
// The errors of the SDK are large; they are returned once per run.
#![allow(clippy::result_large_err)]

mod chain_spec;
mod check_host;
mod cli;
mod command;
mod genesis;
mod rpc;
mod service;
mod session_keys;

use std::process::ExitCode;

fn main() -> ExitCode {
	match command::run() {
		Ok(()) => ExitCode::SUCCESS,
		Err(error) => {
			eprintln!("salus-node: {error}");
			ExitCode::FAILURE
		}
	}
}

#![doc = include_str!("../README.md")]

mod chain_spec;
mod cli;
mod command;
mod rpc;
mod service;

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

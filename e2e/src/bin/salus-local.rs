//! Starts a local consortium and plays the story on it.

use anyhow::Result;
use clap::Parser;
use salus_e2e::{
	binaries::Binaries,
	ending::{work_until_asked_to_end, RunFolder},
	measure::spinner,
	network::{Network, GATEWAYS},
	samples::Samples,
	story::{self, Voice},
};
use std::{path::PathBuf, process::ExitCode};

/// A local consortium: four validator hospitals, a clinic and a research body with their gateways, and a regulator. Plays the story on it, then
/// leaves it running until Ctrl-C.
#[derive(Debug, Parser)]
#[command(version)]
struct Options {
	/// Folder of FHIR R4 bundles to play on; the project's own sample patients unless given
	#[arg(long, value_name = "DIR")]
	data: Option<PathBuf>,
	/// End everything after the story, with its result
	#[arg(long)]
	once: bool,
	/// Keep the folder with data and logs
	#[arg(long)]
	keep: bool,
	/// Folder for data and logs; a new one below the platform's cache folder unless given, which is then kept
	#[arg(long, value_name = "DIR")]
	dir: Option<PathBuf>,
	/// Start the consortium without the story
	#[arg(long, conflicts_with = "once")]
	no_story: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
	let options = Options::parse();
	work_until_asked_to_end(run(&options)).await
}

async fn run(options: &Options) -> Result<ExitCode> {
	let samples = match &options.data {
		Some(folder) => Samples::from_folder(folder)?,
		None => Samples::own()?,
	};
	let mut folder = match &options.dir {
		Some(path) => RunFolder::at(path)?,
		None => RunFolder::new()?,
	};
	if options.keep {
		folder.keep();
	}
	let progress = spinner();
	let network = Network::start(Binaries::find()?, folder.path(), GATEWAYS, &progress).await;
	let network = network.inspect_err(|_| folder.keep())?;
	progress.suspend(|| println!("The consortium runs after {} s.", network.took.as_secs()));
	let good = match options.no_story {
		true => true,
		false => story::tell(&network, samples, &Voice::Aloud(progress.clone())).await?.0.good(),
	};
	progress.finish_and_clear();
	if !good {
		folder.keep();
	}
	if !options.once {
		println!("\n{}\n\nCtrl-C ends everything.", network.endpoints());
		std::future::pending::<()>().await;
	}
	// Gone before its folder is.
	drop(network);
	Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

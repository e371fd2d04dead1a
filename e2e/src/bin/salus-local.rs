//! Starts a local consortium and plays the story on it.

use anyhow::{Context, Result};
use clap::Parser;
use indicatif::ProgressBar;
use salus_e2e::{
	binaries::Binaries,
	measure::spinner,
	network::{new_run_folder, Network, GATEWAYS},
	samples::Samples,
	story,
};
use std::{
	fs,
	path::{Path, PathBuf},
	process::ExitCode,
};
use tokio::signal::unix::{signal, SignalKind};

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
	let (mut interrupt, mut terminate) = match (signal(SignalKind::interrupt()), signal(SignalKind::terminate())) {
		(Ok(interrupt), Ok(terminate)) => (interrupt, terminate),
		(Err(error), _) | (_, Err(error)) => return failed(&error.into()),
	};
	// Dropping the future on a signal drops the network, which ends every process.
	let ended = tokio::select! {
		ended = run(&options) => ended,
		_ = interrupt.recv() => Ok(stopped()),
		_ = terminate.recv() => Ok(stopped()),
	};
	ended.unwrap_or_else(|error| failed(&error))
}

fn stopped() -> ExitCode {
	eprintln!("\nended");
	// As a shell tells of a program that Ctrl-C ended.
	ExitCode::from(130)
}

fn failed(error: &anyhow::Error) -> ExitCode {
	eprintln!("error: {error:#}");
	ExitCode::FAILURE
}

/// A folder that goes away at the end unless it is to be kept.
struct RunFolder {
	path: PathBuf,
	keep: bool,
}

impl RunFolder {
	fn new(options: &Options) -> Result<Self> {
		match &options.dir {
			Some(dir) => {
				fs::create_dir_all(dir).with_context(|| format!("cannot make {}", dir.display()))?;
				let used =
					fs::read_dir(dir).with_context(|| format!("cannot read {}", dir.display()))?.next().is_some();
				anyhow::ensure!(!used, "{} is not empty: name a new folder", dir.display());
				Ok(Self { path: dir.clone(), keep: true })
			}
			None => Ok(Self { path: new_run_folder()?, keep: options.keep }),
		}
	}
}

impl Drop for RunFolder {
	fn drop(&mut self) {
		if self.keep {
			eprintln!("data and logs are in {}", self.path.display());
		} else if let Err(error) = fs::remove_dir_all(&self.path) {
			eprintln!("could not remove {}: {error}", self.path.display());
		}
	}
}

async fn run(options: &Options) -> Result<ExitCode> {
	let samples = match &options.data {
		Some(folder) => Samples::from_folder(folder)?,
		None => Samples::own()?,
	};
	let mut folder = RunFolder::new(options)?;
	let progress = spinner();
	let mut network = start(&folder.path, &progress).await.inspect_err(|_| folder.keep = true)?;
	progress.suspend(|| println!("The consortium runs after {} s.", network.took.as_secs()));
	let good = match options.no_story {
		true => true,
		false => story::tell(&mut network, samples, &progress).await?.0.good(),
	};
	progress.finish_and_clear();
	if !good {
		folder.keep = true;
	}
	if !options.once {
		println!("\n{}\n\nCtrl-C ends everything.", network.endpoints());
		std::future::pending::<()>().await;
	}
	// Gone before its folder is.
	drop(network);
	Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn start(folder: &Path, progress: &ProgressBar) -> Result<Network> {
	Network::start(Binaries::find()?, folder, GATEWAYS, progress).await
}

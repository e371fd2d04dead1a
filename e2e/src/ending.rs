//! How a program of this crate ends: with its work, or when it is asked to; never without the programs that it started.

use anyhow::{ensure, Context, Result};
use std::{
	fs,
	future::Future,
	path::{Path, PathBuf},
	process::ExitCode,
	time::{SystemTime, UNIX_EPOCH},
};
use tokio::signal::unix::{signal, SignalKind};

/// Exit code of a program that a signal ended, as shells tell it of Ctrl-C.
const ASKED: u8 = 130;

/// Works until the end, or until SIGINT or SIGTERM come. Then the work is dropped, and with it every process that it started.
pub async fn work_until_asked_to_end(work: impl Future<Output = Result<ExitCode>>) -> ExitCode {
	let (mut interrupt, mut terminate) = match (signal(SignalKind::interrupt()), signal(SignalKind::terminate())) {
		(Ok(interrupt), Ok(terminate)) => (interrupt, terminate),
		(Err(error), _) | (_, Err(error)) => return failed(&error.into()),
	};
	let ended = tokio::select! {
		ended = work => ended,
		_ = interrupt.recv() => Ok(asked()),
		_ = terminate.recv() => Ok(asked()),
	};
	ended.unwrap_or_else(|error| failed(&error))
}

fn asked() -> ExitCode {
	eprintln!("\nended");
	ExitCode::from(ASKED)
}

fn failed(error: &anyhow::Error) -> ExitCode {
	eprintln!("error: {error:#}");
	ExitCode::FAILURE
}

/// The folder of one run, with data and logs. It goes away when this is dropped, unless it is to be kept.
#[derive(Debug)]
pub struct RunFolder {
	path: PathBuf,
	keep: bool,
}

impl RunFolder {
	/// A new one below the platform's cache.
	///
	/// # Errors
	/// When it cannot be made.
	pub fn new() -> Result<Self> {
		let base = dirs::cache_dir().unwrap_or_else(std::env::temp_dir).join("salus").join("local");
		let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
		let path = base.join(format!("{now}-{}", std::process::id()));
		fs::create_dir_all(&path).with_context(|| format!("cannot make {}", path.display()))?;
		Ok(Self { path, keep: false })
	}

	/// This one, which is then kept.
	///
	/// # Errors
	/// When it cannot be made, or is not empty.
	pub fn at(path: &Path) -> Result<Self> {
		fs::create_dir_all(path).with_context(|| format!("cannot make {}", path.display()))?;
		let used = fs::read_dir(path).with_context(|| format!("cannot read {}", path.display()))?.next().is_some();
		ensure!(!used, "{} is not empty: name a new folder", path.display());
		Ok(Self { path: path.to_owned(), keep: true })
	}

	/// Where it is.
	pub fn path(&self) -> &Path {
		&self.path
	}

	/// Keeps it.
	pub fn keep(&mut self) {
		self.keep = true;
	}
}

impl Drop for RunFolder {
	fn drop(&mut self) {
		if self.keep || std::thread::panicking() {
			eprintln!("data and logs are in {}", self.path.display());
		} else if let Err(error) = fs::remove_dir_all(&self.path) {
			eprintln!("could not remove {}: {error}", self.path.display());
		}
	}
}

#[cfg(test)]
// A failed test may panic.
#[allow(clippy::unwrap_used)]
mod tests {
	use super::*;

	#[test]
	fn a_folder_goes_with_its_run_unless_it_is_kept() {
		let base = tempfile::tempdir().unwrap();
		let path = base.path().join("run");
		let folder = RunFolder { path: path.clone(), keep: false };
		fs::create_dir(&path).unwrap();
		fs::write(path.join("log"), "x").unwrap();
		drop(folder);
		assert!(!path.exists());
		drop(RunFolder::at(&path).unwrap());
		assert!(path.exists());
		fs::write(path.join("log"), "x").unwrap();
		assert!(RunFolder::at(&path).is_err());
	}
}

//! Room for a program that runs or not, in the hands of several who start, stop and watch it.

use crate::process::Process;
use anyhow::{Context, Result};
use std::{
	process::ExitStatus,
	sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// A program that may run. Dropping the last of its clones ends it.
#[derive(Clone, Debug, Default)]
pub struct Slot(Arc<Mutex<Option<Process>>>);

impl Slot {
	fn lock(&self) -> MutexGuard<'_, Option<Process>> {
		// A poisoned lock holds a process, or none: both are whole.
		self.0.lock().unwrap_or_else(PoisonError::into_inner)
	}

	/// Starts the program, unless it runs.
	///
	/// # Errors
	/// When it cannot be started.
	pub fn fill(&self, start: impl FnOnce() -> Result<Process>) -> Result<()> {
		let mut slot = self.lock();
		if slot.is_none() {
			*slot = Some(start()?);
		}
		Ok(())
	}

	/// Fails when it has ended, or was not started.
	///
	/// # Errors
	/// As said, with the end of its log.
	pub fn check_running(&self) -> Result<()> {
		self.lock().as_mut().context("the program is not started")?.check_running()
	}

	/// How it ended by itself, and the last lines that it wrote; `None` while it runs.
	///
	/// # Errors
	/// When it was not started.
	pub fn ended(&self) -> Result<Option<(ExitStatus, String)>> {
		let mut slot = self.lock();
		let process = slot.as_mut().context("the program is not started")?;
		let Some(status) = process.ended()? else { return Ok(None) };
		let tail = process.tail();
		*slot = None;
		Ok(Some((status, tail)))
	}

	/// Resident memory, bytes.
	pub fn resident_bytes(&self) -> Option<u64> {
		self.lock().as_ref()?.resident_bytes()
	}

	/// Asks it to end, without waiting.
	pub fn ask_to_end(&self) {
		if let Some(process) = self.lock().as_mut() {
			process.ask_to_end();
		}
	}

	/// Ends it in good order.
	pub fn end(&self) {
		// Not under the lock: it takes a while.
		let process = self.lock().take();
		drop(process);
	}

	/// The same, while others go on.
	///
	/// # Errors
	/// When the runtime is ending.
	pub async fn stop(&self) -> Result<()> {
		let slot = self.clone();
		tokio::task::spawn_blocking(move || slot.end()).await.context("while a program was ended")
	}

	/// Kills it, as a power cut would.
	pub fn kill(&self) {
		if let Some(mut process) = self.lock().take() {
			process.kill();
		}
	}
}

#[cfg(test)]
// A failed test may panic.
#[allow(clippy::unwrap_used)]
mod tests {
	use super::*;
	use std::path::Path;

	fn shell(script: &str, log: &Path) -> Result<Process> {
		Process::start("sh", Path::new("/bin/sh"), ["-c", script], &[], log)
	}

	#[tokio::test]
	async fn a_program_is_started_once_and_stopped_by_any_clone() {
		let folder = tempfile::tempdir().unwrap();
		let log = folder.path().join("log");
		let slot = Slot::default();
		assert!(slot.check_running().is_err());
		slot.fill(|| shell("exec sleep 600", &log)).unwrap();
		slot.fill(|| anyhow::bail!("it runs")).unwrap();
		slot.check_running().unwrap();
		slot.clone().stop().await.unwrap();
		assert!(slot.check_running().is_err());
	}

	#[test]
	fn how_a_program_ended_is_told_once() {
		let folder = tempfile::tempdir().unwrap();
		let slot = Slot::default();
		slot.fill(|| shell("echo it rains; exit 3", &folder.path().join("log"))).unwrap();
		let (status, tail) = loop {
			match slot.ended().unwrap() {
				Some(ended) => break ended,
				None => std::thread::yield_now(),
			}
		};
		assert_eq!(status.code(), Some(3));
		assert!(tail.contains("it rains"));
		assert!(slot.ended().is_err());
	}
}

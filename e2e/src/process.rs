//! A program that runs beside this one, and ends with it.

use anyhow::{bail, Context, Result};
use std::{
	ffi::OsStr,
	fs::{File, OpenOptions},
	path::{Path, PathBuf},
	process::{Child, Command, ExitStatus, Stdio},
	thread::sleep,
	time::{Duration, Instant},
};

/// How long a program may take to end in good order.
const GRACE: Duration = Duration::from_secs(15);
/// How often an ending program is looked at.
const LOOK: Duration = Duration::from_millis(20);
/// Lines of a log that an error shows.
const TAIL_LINES: usize = 12;

/// A running program. Dropping it ends it: SIGTERM to its own pid, and SIGKILL when it does not go.
#[derive(Debug)]
pub struct Process {
	name: String,
	log: PathBuf,
	child: Child,
}

impl Process {
	/// Starts a program whose output goes to a file, appended to what an earlier run left there.
	///
	/// # Errors
	/// When log or program cannot be opened.
	pub fn start<A: AsRef<OsStr>>(
		name: &str,
		program: &Path,
		arguments: impl IntoIterator<Item = A>,
		environment: &[(&str, &str)],
		log: &Path,
	) -> Result<Self> {
		let output = append(log)?;
		let errors = output.try_clone().with_context(|| format!("cannot open {}", log.display()))?;
		let child = Command::new(program)
			.args(arguments)
			.envs(environment.iter().copied())
			.stdin(Stdio::null())
			.stdout(output)
			.stderr(errors)
			.spawn()
			.with_context(|| format!("cannot start {}", program.display()))?;
		Ok(Self { name: name.to_owned(), log: log.to_owned(), child })
	}

	/// What it is called in messages.
	pub fn name(&self) -> &str {
		&self.name
	}

	/// Where its output goes.
	pub fn log(&self) -> &Path {
		&self.log
	}

	/// Its process id.
	pub fn id(&self) -> u32 {
		self.child.id()
	}

	/// Fails with the end of its log when it has ended.
	///
	/// # Errors
	/// When it has ended.
	pub fn check_running(&mut self) -> Result<()> {
		match self.ended()? {
			None => Ok(()),
			Some(status) => {
				bail!("{} ended ({status}). The end of {}:\n{}", self.name, self.log.display(), self.tail())
			}
		}
	}

	/// How it ended, when it has.
	///
	/// # Errors
	/// When the system does not tell.
	pub fn ended(&mut self) -> Result<Option<ExitStatus>> {
		self.child.try_wait().context("cannot ask after a process")
	}

	/// The last lines of its log.
	pub fn tail(&self) -> String {
		let text = std::fs::read(&self.log).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
		let text = text.unwrap_or_else(|error| format!("(unreadable: {error})"));
		let lines: Vec<&str> = text.lines().collect();
		lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n")
	}

	/// Resident memory, bytes, where the system tells it under `/proc`.
	pub fn resident_bytes(&self) -> Option<u64> {
		let status = std::fs::read_to_string(format!("/proc/{}/status", self.id())).ok()?;
		let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
		let kibibytes: u64 = line.trim().trim_end_matches("kB").trim().parse().ok()?;
		Some(kibibytes * 1024)
	}

	/// Asks it to end, without waiting.
	pub fn ask_to_end(&mut self) {
		if !matches!(self.child.try_wait(), Ok(None)) {
			return;
		}
		// The standard library knows SIGKILL only. That `kill` cannot be run shows in `end`, which then uses that.
		let asked = Command::new("kill").arg("-TERM").arg(self.id().to_string()).stderr(Stdio::null()).status();
		if !asked.is_ok_and(|status| status.success()) {
			self.kill();
		}
	}

	/// Asks it to end and waits; kills it when it takes too long.
	pub fn end(&mut self) {
		self.ask_to_end();
		let deadline = Instant::now() + GRACE;
		while matches!(self.child.try_wait(), Ok(None)) {
			if Instant::now() > deadline {
				self.kill();
				return;
			}
			sleep(LOOK);
		}
	}

	/// Kills it, as a power cut would, and waits until it is gone.
	pub fn kill(&mut self) -> Option<ExitStatus> {
		// An error here means that it has ended already.
		self.child.kill().ok();
		self.child.wait().ok()
	}
}

impl Drop for Process {
	fn drop(&mut self) {
		self.end();
	}
}

fn append(path: &Path) -> Result<File> {
	OpenOptions::new().create(true).append(true).open(path).with_context(|| format!("cannot write {}", path.display()))
}

/// Runs a short program and returns what it prints on standard output.
///
/// # Errors
/// When it cannot be started, or fails; with what it said.
pub fn run<A: AsRef<OsStr>>(program: &Path, arguments: impl IntoIterator<Item = A>) -> Result<Vec<u8>> {
	let output = Command::new(program)
		.args(arguments)
		.stdin(Stdio::null())
		.output()
		.with_context(|| format!("cannot start {}", program.display()))?;
	if !output.status.success() {
		bail!("{} failed ({}): {}", program.display(), output.status, String::from_utf8_lossy(&output.stderr).trim());
	}
	Ok(output.stdout)
}

#[cfg(test)]
// A failed test may panic.
#[allow(clippy::unwrap_used)]
mod tests {
	use super::*;

	fn shell(script: &str, log: &Path) -> Process {
		Process::start("sh", Path::new("/bin/sh"), ["-c", script], &[], log).unwrap()
	}

	#[test]
	fn a_process_ends_when_it_is_dropped() {
		let folder = tempfile::tempdir().unwrap();
		let process = shell("exec sleep 600", &folder.path().join("log"));
		let id = process.id();
		drop(process);
		assert!(!Path::new(&format!("/proc/{id}")).exists());
	}

	#[test]
	fn a_process_that_has_ended_shows_the_end_of_its_log() {
		let folder = tempfile::tempdir().unwrap();
		let mut process = shell("echo it rains; exit 3", &folder.path().join("log"));
		process.child.wait().unwrap();
		let error = process.check_running().unwrap_err().to_string();
		assert!(error.contains("it rains") && error.contains('3'), "{error}");
	}

	#[test]
	fn a_failed_command_says_why() {
		let error = run(Path::new("/bin/sh"), ["-c", "echo because >&2; exit 1"]).unwrap_err().to_string();
		assert!(error.contains("because"), "{error}");
		assert_eq!(run(Path::new("/bin/sh"), ["-c", "printf done"]).unwrap(), b"done");
	}
}

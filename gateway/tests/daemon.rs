//! The command itself: keys and configuration, a start without a node, a clean end.
#![allow(clippy::unwrap_used)]

use salus_client::gateway::{Gateway, GatewayError};
use salus_client::wire::codes;
use serde_json::Value;
use std::{
	ffi::OsStr,
	io::{BufRead, BufReader},
	path::Path,
	process::{Child, Command, Output, Stdio},
	time::{Duration, Instant},
};

const COMMAND: &str = env!("CARGO_BIN_EXE_salus-gateway");

fn init(dir: &Path) -> Output {
	for (name, text) in
		[("passphrase", "of the gateway"), ("officer-1", "of the first"), ("officer-2", "of the second")]
	{
		std::fs::write(dir.join(name), text).unwrap();
	}
	let path = |name: &str| dir.join(name).to_str().unwrap().to_owned();
	Command::new(COMMAND)
		.args(["init", "--institution", "7", "--weak-keyfiles", "--listen", "127.0.0.1:0"])
		// Port 1 is reserved and closed.
		.args(["--node", "ws://127.0.0.1:1", "--dir", &path("gateway")])
		.args(["--passphrase-file", &path("passphrase")])
		.args(["--officer-passphrase-file", &path("officer-1"), "--officer-passphrase-file", &path("officer-2")])
		.output()
		.unwrap()
}

fn start(dir: &Path) -> (Child, String) {
	start_with(dir, &[])
}

fn start_with(dir: &Path, more: &[&OsStr]) -> (Child, String) {
	let config = dir.join("gateway").join("gateway.json");
	let mut command = Command::new(COMMAND);
	command.arg("--config").arg(config).args(more).stdout(Stdio::piped()).stderr(Stdio::null());
	let mut child = command.spawn().unwrap();
	let mut line = String::new();
	BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
	let told: Value = serde_json::from_str(&line).unwrap();
	(child, told["listening"].as_str().unwrap().to_owned())
}

fn wait_for_end(child: &mut Child) -> std::process::ExitStatus {
	let started = Instant::now();
	loop {
		if let Some(status) = child.try_wait().unwrap() {
			return status;
		}
		assert!(started.elapsed() < Duration::from_secs(60), "it does not end");
		std::thread::sleep(Duration::from_millis(20));
	}
}

fn terminate(child: &Child) {
	let status = Command::new("kill").arg("-TERM").arg(child.id().to_string()).status().unwrap();
	assert!(status.success());
}

#[tokio::test]
async fn it_starts_without_a_node_says_so_and_ends_on_sigterm() {
	let dir = tempfile::tempdir().unwrap();
	let made = init(dir.path());
	assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
	let report: Value = serde_json::from_slice(&made.stdout).unwrap();
	assert_eq!(report["institution"], 7);
	let (mut child, url) = start(dir.path());
	let error = Gateway::status_of(&url).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::NODE_UNREACHABLE));
	assert!(matches!(error, GatewayError::Refused { status: 503, .. }));
	terminate(&child);
	assert!(wait_for_end(&mut child).success());
	// And again: what it left is what it starts with.
	let (mut child, _) = start(dir.path());
	terminate(&child);
	assert!(wait_for_end(&mut child).success());
}

#[test]
fn the_passphrase_is_read_where_a_service_manager_puts_it_when_it_is_named() {
	let dir = tempfile::tempdir().unwrap();
	assert!(init(dir.path()).status.success());
	let credential = dir.path().join("credential");
	std::fs::rename(dir.path().join("passphrase"), &credential).unwrap();
	let config = dir.path().join("gateway").join("gateway.json");
	let refused = Command::new(COMMAND).arg("--config").arg(&config).output().unwrap();
	assert!(!refused.status.success(), "the file that the configuration names is gone");
	let (mut child, _) = start_with(dir.path(), &["--passphrase-file".as_ref(), credential.as_ref()]);
	terminate(&child);
	assert!(wait_for_end(&mut child).success());
}

#[test]
fn it_says_what_is_wrong_with_its_files() {
	let dir = tempfile::tempdir().unwrap();
	assert!(init(dir.path()).status.success());
	let config = dir.path().join("gateway").join("gateway.json");
	let run = || Command::new(COMMAND).arg("--config").arg(&config).output().unwrap();
	std::fs::write(dir.path().join("passphrase"), "another").unwrap();
	let refused = run();
	assert!(!refused.status.success());
	let text = String::from_utf8_lossy(&refused.stderr).into_owned();
	assert!(text.contains("wrong passphrase") && !text.contains("another"), "{text}");
	std::fs::write(&config, "{").unwrap();
	assert!(String::from_utf8_lossy(&run().stderr).contains("is not a configuration"));
	let none = Command::new(COMMAND).output().unwrap();
	assert!(String::from_utf8_lossy(&none.stderr).contains("--config"));
}

#[test]
fn two_gateways_do_not_share_a_data_folder() {
	let dir = tempfile::tempdir().unwrap();
	assert!(init(dir.path()).status.success());
	let (mut child, _) = start(dir.path());
	let config = dir.path().join("gateway").join("gateway.json");
	let second = Command::new(COMMAND).arg("--config").arg(config).output().unwrap();
	assert!(!second.status.success());
	assert!(String::from_utf8_lossy(&second.stderr).contains("in use"), "{}", String::from_utf8_lossy(&second.stderr));
	terminate(&child);
	assert!(wait_for_end(&mut child).success());
}

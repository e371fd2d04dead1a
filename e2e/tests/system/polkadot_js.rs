//! The node tests of `polkadot-js/`, run in a copy outside of the checkout, so that no packages lie in it.

use super::Verdict;
use anyhow::{ensure, Context, Result};
use salus_e2e::ground::Ground;
use salus_e2e::{network::ALPHA, samples::project_folder};
use std::{
	fs,
	path::{Path, PathBuf},
	process::Stdio,
};
use tokio::process::Command;

/// Files of the npm project.
const FILES: [&str; 3] = ["package.json", "package-lock.json", "admin.test.js"];

pub async fn an_admin_admits_an_institution_with_polkadot_js(ground: &Ground<'_>) -> Result<Verdict> {
	if output("node", &["--version"], Path::new(".")).await.is_err()
		|| output("npm", &["--version"], Path::new(".")).await.is_err()
	{
		return Ok(Verdict::Skipped("node and npm are not installed".to_owned()));
	}
	let folder = project()?;
	if !folder.join("node_modules/.package-lock.json").is_file() {
		output("npm", &["ci", "--no-audit", "--no-fund"], &folder).await.context("npm ci")?;
	}
	let _operators = ground.operators_alone().await;
	let mut tests = Command::new("node");
	tests.arg("--test").current_dir(&folder).env("SALUS_NODE", ground.network.validators[ALPHA].url());
	let tested = tests.stdin(Stdio::null()).kill_on_drop(true).output().await.context("node --test")?;
	let printed = String::from_utf8_lossy(&tested.stdout);
	ensure!(tested.status.success(), "{printed}{}", String::from_utf8_lossy(&tested.stderr));
	let counted = printed.lines().filter(|line| line.contains("# pass") || line.contains("pass "));
	Ok(Verdict::Told(counted.map(str::trim).collect::<Vec<_>>().join("; ")))
}

/// The copy; packages in it stay as long as the lock file is the same.
fn project() -> Result<PathBuf> {
	let source = project_folder().join("e2e/polkadot-js");
	let base = dirs::cache_dir().unwrap_or_else(std::env::temp_dir).join("salus").join("polkadot-js");
	let lock = fs::read(source.join("package-lock.json")).context("the lock file")?;
	if fs::read(base.join("package-lock.json")).is_ok_and(|known| known != lock) {
		fs::remove_dir_all(&base).with_context(|| format!("cannot remove {}", base.display()))?;
	}
	fs::create_dir_all(&base).with_context(|| format!("cannot make {}", base.display()))?;
	for file in FILES {
		fs::copy(source.join(file), base.join(file)).with_context(|| format!("cannot copy {file}"))?;
	}
	Ok(base)
}

async fn output(program: &str, arguments: &[&str], folder: &Path) -> Result<()> {
	let output = Command::new(program).args(arguments).current_dir(folder).stdin(Stdio::null()).output().await?;
	ensure!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
	Ok(())
}

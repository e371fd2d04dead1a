//! Where the programs of this project are.

use anyhow::{bail, Context, Result};
use std::path::{Path, PathBuf};

/// Names another folder of programs than the one that this program lies in.
pub const FOLDER_VARIABLE: &str = "SALUS_BIN_DIR";

/// The programs that a consortium consists of.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binaries {
	/// The node.
	pub node: PathBuf,
	/// The gateway.
	pub gateway: PathBuf,
	/// The command line of people.
	pub salus: PathBuf,
}

impl Binaries {
	/// Finds them beside this program (a test lies one folder below), or in [`FOLDER_VARIABLE`].
	///
	/// # Errors
	/// When one is missing: how to build it.
	pub fn find() -> Result<Self> {
		if let Some(folder) = std::env::var_os(FOLDER_VARIABLE) {
			return Self::in_folder(Path::new(&folder));
		}
		let own = std::env::current_exe().context("this program does not know where it is")?;
		let folder = own.parent().unwrap_or(Path::new("."));
		match folder.file_name().is_some_and(|name| name == "deps") {
			true => Self::in_folder(folder.parent().unwrap_or(folder)),
			false => Self::in_folder(folder),
		}
	}

	fn in_folder(folder: &Path) -> Result<Self> {
		let program = |name: &str| {
			let path = folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
			if !path.is_file() {
				bail!(
					"{} is not there: build it with `cargo build --release -p {}`, or name its folder in {FOLDER_VARIABLE}",
					path.display(),
					if name == "salus" { "salus-client" } else { name },
				);
			}
			Ok(path)
		};
		Ok(Self { node: program("salus-node")?, gateway: program("salus-gateway")?, salus: program("salus")? })
	}

	/// Size of the runtime's wasm as the node carries it (compressed), bytes, when the build left it beside the programs.
	pub fn wasm_bytes(&self) -> Option<u64> {
		let folder = self.node.parent()?.join("wbuild/salus-runtime");
		let file = folder.join("salus_runtime.compact.compressed.wasm");
		file.metadata().ok().map(|data| data.len())
	}
}

#[cfg(test)]
// A failed test may panic.
#[allow(clippy::unwrap_used)]
mod tests {
	use super::*;

	#[test]
	fn a_missing_program_says_how_to_build_it() {
		let folder = tempfile::tempdir().unwrap();
		let error = Binaries::in_folder(folder.path()).unwrap_err().to_string();
		assert!(error.contains("cargo build --release -p salus-node"), "{error}");
		for name in ["salus-node", "salus-gateway"] {
			std::fs::write(folder.path().join(name), "").unwrap();
		}
		let error = Binaries::in_folder(folder.path()).unwrap_err().to_string();
		assert!(error.contains("-p salus-client"), "{error}");
		std::fs::write(folder.path().join("salus"), "").unwrap();
		assert!(Binaries::in_folder(folder.path()).is_ok());
	}
}

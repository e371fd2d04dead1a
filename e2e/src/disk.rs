//! Disks that are too small: file systems in memory, which only root can mount.

use crate::process::run;
use anyhow::{ensure, Context, Result};
use std::{
	fs,
	path::{Path, PathBuf},
};

/// The file that takes the room away.
const BALLAST: &str = "ballast";

/// A file system in memory over a folder, unmounted when dropped.
#[derive(Debug)]
pub struct SmallDisk(PathBuf);

impl SmallDisk {
	/// Mounts one over a folder, whose files are hidden until it is dropped. Sizes are written as `mount` knows them: `192k`, `64m`.
	///
	/// # Errors
	/// When this process must not mount, or the system has no `tmpfs`.
	pub fn mount(folder: &Path, size: &str) -> Result<Self> {
		let target = folder.display().to_string();
		run(Path::new("mount"), ["-t", "tmpfs", "-o", &format!("size={size}"), "tmpfs", &target])?;
		Ok(Self(folder.to_owned()))
	}

	/// Gives it another size.
	///
	/// # Errors
	/// When it cannot be mounted anew.
	pub fn resize(&self, size: &str) -> Result<()> {
		let target = self.0.display().to_string();
		run(Path::new("mount"), ["-o", &format!("remount,size={size}"), &target]).map(drop)
	}

	/// Writes one file so long that only so many bytes stay free.
	///
	/// # Errors
	/// When less than that is free already.
	pub fn fill(&self, leave: u64) -> Result<()> {
		let free = free_bytes(&self.0)?;
		let ballast = free.checked_sub(leave).with_context(|| format!("only {free} bytes are free"))?;
		let path = self.0.join(BALLAST);
		// Room that is reserved only would be taken by whoever writes first.
		run(Path::new("fallocate"), ["--length", &ballast.to_string(), &path.display().to_string()]).map(drop)
	}

	/// Removes what [`Self::fill`] wrote.
	///
	/// # Errors
	/// When it was not filled.
	pub fn make_room(&self) -> Result<()> {
		let path = self.0.join(BALLAST);
		fs::remove_file(&path).with_context(|| format!("cannot remove {}", path.display()))
	}
}

impl Drop for SmallDisk {
	fn drop(&mut self) {
		let target = self.0.display().to_string();
		if let Err(error) = run(Path::new("umount"), ["--lazy", &target]) {
			eprintln!("{error}");
		}
	}
}

/// Bytes that are free where a path lies.
fn free_bytes(path: &Path) -> Result<u64> {
	let path = path.display().to_string();
	let printed = run(Path::new("df"), ["--output=avail", "--block-size=1", &path])?;
	let text = String::from_utf8(printed)?;
	text.split_whitespace()
		.next_back()
		.and_then(|number| number.parse().ok())
		.with_context(|| format!("df says {text}"))
}

/// Copies a folder with what lies in it; holes in files stay holes.
///
/// # Errors
/// When the target is there already, or a file cannot be copied.
pub fn copy_folder(from: &Path, to: &Path) -> Result<()> {
	ensure!(!to.exists(), "{} is there already", to.display());
	let (from, to) = (from.display().to_string(), to.display().to_string());
	run(Path::new("cp"), ["-a", "--sparse=always", &from, &to]).map(drop)
}

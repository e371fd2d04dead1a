//! Room for the database.

use super::report::Finding;
use std::path::{absolute, Path};

const CHECK: &str = "disk";
const GIB: u64 = 1 << 30;
/// The node stops when 1 GiB is left (`--db-storage-threshold`): there has to be time to act before that.
const NEEDED: u64 = 10 * GIB;
/// For a node that keeps a day of states. One that keeps all of them needs more as the chain grows.
const ADVISED: u64 = 100 * GIB;

/// How much is free where the database will lie. The folder need not exist yet.
pub(super) fn check(base_path: &Path) -> Finding {
	match absolute(base_path).and_then(|path| fs4::available_space(existing(&path))) {
		Ok(free) => Finding::amount(
			CHECK,
			[free, NEEDED, ADVISED],
			format!("{:.1} GiB free at {}", free as f64 / GIB as f64, base_path.display()),
			format!("{} GiB are needed, {} GiB advised: another disk, or --base-path", NEEDED / GIB, ADVISED / GIB),
		),
		Err(why) => Finding::unknown(CHECK, why),
	}
}

/// The folder, or the nearest one above it that is there.
fn existing(path: &Path) -> &Path {
	path.ancestors().find(|path| path.exists()).unwrap_or(path)
}

#[cfg(test)]
mod tests {
	use super::{super::report::Outcome, *};

	#[test]
	fn a_folder_that_is_yet_to_be_made_is_looked_for_above() {
		let root = std::env::temp_dir();
		assert_eq!(existing(&root.join("salus-not-there").join("deeper")), root);
		let found = check(&root.join("salus-not-there"));
		assert!(found.found.contains("GiB free at"), "{}", found.found);
	}

	#[cfg(target_os = "linux")]
	#[test]
	fn a_file_system_without_room_is_a_fault() {
		// The kernel's own file system has no blocks at all.
		assert_eq!(check(Path::new("/proc")).outcome, Outcome::Fault);
	}
}

//! Processors, memory, and what the system allows a process.

use super::report::Finding;
use sc_sysinfo::{benchmark_sr25519_verify, ExecutionLimit};
use std::{fs, thread::available_parallelism, time::Duration};

const GIB: u64 = 1 << 30;
/// What the SDK measures for one signature: 32 bytes of message.
const BYTES_PER_SIGNATURE: f64 = 32.0;
/// How long signatures are checked to see how fast that goes.
const MEASURED_FOR: Duration = Duration::from_millis(500);
/// Signatures per second at which a full block, a third of a slot by the weights, would take its whole slot.
const SIGNATURES_NEEDED: u64 = 7_000;
/// Twice that: such a block takes half of its slot.
const SIGNATURES_ADVISED: u64 = 14_000;
/// What the SDK asks for: a file for each table of the database and a socket for each peer and caller.
const FILES_NEEDED: u64 = 10_000;

/// Processors, their speed, memory, open files.
pub(super) fn check() -> Vec<Finding> {
	vec![processors(), instructions(), speed(), memory(), open_files()]
}

fn processors() -> Finding {
	match available_parallelism() {
		Ok(cores) => Finding::amount(
			"processors",
			[cores.get() as u64, 2, 4],
			format!("{cores}"),
			"2 are needed, 4 advised: blocks are checked, made and served side by side",
		),
		Err(why) => Finding::unknown("processors", why),
	}
}

/// Hashing, signatures and the compiler of the runtime use these; without them all of that works, slower.
fn instructions() -> Finding {
	#[cfg(target_arch = "x86_64")]
	let missing: Vec<&str> = [
		("sse4.2", is_x86_feature_detected!("sse4.2")),
		("aes", is_x86_feature_detected!("aes")),
		("avx2", is_x86_feature_detected!("avx2")),
	]
	.into_iter()
	.filter_map(|(name, there)| (!there).then_some(name))
	.collect();
	#[cfg(not(target_arch = "x86_64"))]
	let missing: Vec<&str> = Vec::new();

	let architecture = std::env::consts::ARCH;
	match (architecture, missing.is_empty()) {
		("x86_64", true) => Finding::fine("instructions", "x86_64 with sse4.2, aes, avx2"),
		("x86_64", false) => Finding::warning(
			"instructions",
			format!("x86_64 without {}", missing.join(", ")),
			"let the virtual machine see the host's processor, or take a newer one",
		),
		(other, _) => {
			Finding::warning("instructions", other, "this software is tested on x86_64: try it before you rely on it")
		}
	}
}

fn speed() -> Finding {
	let measured = benchmark_sr25519_verify(ExecutionLimit::MaxDuration(MEASURED_FOR)).as_bytes();
	let rate = (measured / BYTES_PER_SIGNATURE) as u64;
	Finding::amount(
		"speed",
		[rate, SIGNATURES_NEEDED, SIGNATURES_ADVISED],
		format!("{rate} signatures checked in a second on one processor"),
		format!("{SIGNATURES_NEEDED} are needed, {SIGNATURES_ADVISED} advised: full blocks would come too late"),
	)
}

fn memory() -> Finding {
	match read("/proc/meminfo", memory_of) {
		Ok(bytes) => Finding::amount(
			"memory",
			// What a provider sells as 2 GiB shows up as a little less.
			[bytes, 2 * GIB - GIB / 4, 4 * GIB - GIB / 4],
			format!("{:.1} GiB", bytes as f64 / GIB as f64),
			"2 GiB are needed, 4 GiB advised; below that lower --trie-cache-size and --max-runtime-instances",
		),
		Err(why) => Finding::unknown("memory", why),
	}
}

fn open_files() -> Finding {
	match read("/proc/self/limits", open_files_of) {
		Ok(limit) => Finding::amount(
			"open files",
			[limit, FILES_NEEDED, FILES_NEEDED],
			match limit {
				u64::MAX => "no limit".to_owned(),
				limit => format!("at most {limit} for a process started from here"),
			},
			format!("allow {FILES_NEEDED}: LimitNOFILE= of the service, or `ulimit -Hn`"),
		),
		Err(why) => Finding::unknown("open files", why),
	}
}

fn read(file: &str, parse: fn(&str) -> Option<u64>) -> Result<u64, String> {
	let text = fs::read_to_string(file).map_err(|error| format!("{file}: {error}"))?;
	parse(&text).ok_or_else(|| format!("{file} is not understood"))
}

/// `MemTotal:       24612348 kB`
fn memory_of(meminfo: &str) -> Option<u64> {
	let line = meminfo.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
	let kib: u64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
	kib.checked_mul(1024)
}

/// `Max open files            1024                 524288               files`: the hard limit, up to which the node raises its own.
fn open_files_of(limits: &str) -> Option<u64> {
	let line = limits.lines().find_map(|line| line.strip_prefix("Max open files"))?;
	match line.split_whitespace().nth(1)? {
		"unlimited" => Some(u64::MAX),
		number => number.parse().ok(),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn memory_is_read_in_bytes() {
		assert_eq!(memory_of("MemTotal:       24612348 kB\nMemFree:  1 kB\n"), Some(24_612_348 * 1024));
		for strange in ["", "MemTotal: 5 MB", "MemTotal: much kB", "MemFree: 5 kB"] {
			assert_eq!(memory_of(strange), None, "{strange}");
		}
	}

	#[test]
	fn the_hard_limit_of_open_files_counts() {
		let limits =
			|hard: &str| format!("Limit  Soft  Hard\nMax open files            1024                 {hard}   files\n");
		assert_eq!(open_files_of(&limits("524288")), Some(524_288));
		assert_eq!(open_files_of(&limits("unlimited")), Some(u64::MAX));
		assert_eq!(open_files_of("Max processes 1 2 processes"), None);
	}

	#[test]
	fn a_file_that_is_missing_or_strange_is_named() {
		assert!(read("/salus/not/there", memory_of).unwrap_err().contains("/salus/not/there"));
	}

	#[test]
	fn each_check_has_a_name_of_its_own() {
		let mut names: Vec<_> = check().into_iter().map(|finding| finding.check).collect();
		names.sort_unstable();
		names.dedup();
		assert_eq!(names.len(), 5);
	}
}

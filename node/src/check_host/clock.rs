//! The clock. A validator whose clock is wrong makes blocks in other members' slots, which they refuse.

use super::report::Finding;
use salus_runtime::SLOT_DURATION_MS;
use std::ffi::c_long;

const CHECK: &str = "clock";
const MICROS: c_long = 1_000;

/// What the kernel knows about its clock.
struct Clock {
	/// A time service keeps it.
	synchronised: bool,
	/// What is left of the last correction, microseconds.
	offset: c_long,
	/// How far the time service believes to be off, microseconds.
	estimated_error: c_long,
}

/// Whether a time service keeps this machine's clock, and how well.
pub(super) fn check() -> Finding {
	match read() {
		Ok(clock) => judge(&clock),
		Err(why) => Finding::unknown(CHECK, why),
	}
}

/// Off by a quarter of a slot, a block arrives when its slot is half over at the others, network included.
fn judge(clock: &Clock) -> Finding {
	let quarter = SLOT_DURATION_MS as c_long / 4 * MICROS;
	let off = clock.offset.abs().saturating_add(clock.estimated_error.abs());
	let found = format!("kept by a time service, off by at most {:.1} ms", off as f64 / MICROS as f64);
	match clock.synchronised {
		false => Finding::fault(
			CHECK,
			"no time service keeps it",
			"start chrony or systemd-timesyncd with the hospital's time servers, and wait until it has synchronised",
		),
		true if off > quarter => Finding::fault(CHECK, found, "wait until it has settled, or name nearer time servers"),
		true if off > quarter / 5 => Finding::warning(CHECK, found, "name nearer time servers"),
		true => Finding::fine(CHECK, found),
	}
}

#[cfg(target_os = "linux")]
#[allow(unsafe_code)]
fn read() -> std::io::Result<Clock> {
	// SAFETY: a `timex` is integers only. All zeroes, its `modes` among them, ask for the state and change nothing.
	let mut state: libc::timex = unsafe { std::mem::zeroed() };
	// SAFETY: the pointer is to a live `timex` that nobody else has, and is not kept.
	let answer = unsafe { libc::adjtimex(&mut state) };
	if answer < 0 {
		return Err(std::io::Error::last_os_error());
	}
	let unit = if state.status & libc::STA_NANO == 0 { 1 } else { 1_000 };
	Ok(Clock {
		synchronised: answer != libc::TIME_ERROR && state.status & libc::STA_UNSYNC == 0,
		offset: state.offset / unit,
		estimated_error: state.esterror,
	})
}

#[cfg(not(target_os = "linux"))]
fn read() -> std::io::Result<Clock> {
	Err(std::io::ErrorKind::Unsupported.into())
}

#[cfg(test)]
mod tests {
	use super::{super::report::Outcome, *};

	const SLOT: c_long = SLOT_DURATION_MS as c_long * MICROS;

	#[test]
	fn a_clock_that_nobody_keeps_is_a_fault_however_right_it_is() {
		assert_eq!(judge(&Clock { synchronised: false, offset: 0, estimated_error: 0 }).outcome, Outcome::Fault);
	}

	#[test]
	fn a_kept_clock_is_judged_by_how_far_it_is_off() {
		for (offset, estimated_error, outcome) in [
			(0, 0, Outcome::Fine),
			(-SLOT / 25, 0, Outcome::Fine),
			(-SLOT / 10, 0, Outcome::Warning),
			(SLOT / 8, SLOT / 8, Outcome::Warning),
			(SLOT / 4, 1, Outcome::Fault),
			(-SLOT, 0, Outcome::Fault),
			(c_long::MIN + 1, c_long::MAX, Outcome::Fault),
		] {
			let found = judge(&Clock { synchronised: true, offset, estimated_error });
			assert_eq!(found.outcome, outcome, "{offset} {estimated_error}: {}", found.found);
		}
	}

	#[cfg(target_os = "linux")]
	#[test]
	fn the_kernel_answers_and_its_clock_is_not_touched() {
		// Whether this machine is synchronised is not for a test to demand.
		let before = read().unwrap();
		assert_eq!(before.synchronised, read().unwrap().synchronised);
	}
}

//! Free TCP ports of this machine.

use anyhow::{ensure, Result};
use std::net::TcpListener;

/// Where is looked: below the ports that systems hand to outgoing connections, which could take one before its listener does.
const FIRST: u16 = 10_000;
/// How many are looked at.
const SPAN: u16 = 20_000;

/// So many different ports that nobody listens on, from a random place on, so that two runs at a time hardly meet.
///
/// # Errors
/// When there are not so many.
pub fn free(count: usize) -> Result<Vec<u16>> {
	let [low, high, ..] = salus_client::random_bytes();
	let begin = u16::from_le_bytes([low, high]) % SPAN;
	let candidates = (0..SPAN).map(|step| FIRST + (begin + step) % SPAN);
	let found: Vec<u16> =
		candidates.filter(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).take(count).collect();
	ensure!(found.len() == count, "there are no {count} free ports");
	Ok(found)
}

#[cfg(test)]
// A failed test may panic.
#[allow(clippy::unwrap_used)]
mod tests {
	use super::*;

	#[test]
	fn ports_differ_and_a_taken_one_is_left_out() {
		let ports = free(16).unwrap();
		assert_eq!(ports.iter().collect::<std::collections::BTreeSet<_>>().len(), 16);
		assert!(ports.iter().all(|port| (FIRST..FIRST + SPAN).contains(port)));
		let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
		assert!(!free(16).unwrap().contains(&taken));
	}
}

//! Free TCP ports of this machine.

use anyhow::{ensure, Result};
use std::{
	collections::BTreeSet,
	net::TcpListener,
	sync::{Mutex, PoisonError},
};

/// Where is looked: below the ports that systems hand to outgoing connections, which could take one before its listener does.
const FIRST: u16 = 10_000;
/// How many are looked at.
const SPAN: u16 = 20_000;

/// What was given out: who got it may not listen yet.
static GIVEN: Mutex<BTreeSet<u16>> = Mutex::new(BTreeSet::new());

/// So many different ports that nobody listens on, from a random place on, so that two runs at a time hardly meet. None is given out twice.
///
/// # Errors
/// When there are not so many.
pub fn free(count: usize) -> Result<Vec<u16>> {
	let [low, high, ..] = salus_client::random_bytes();
	let begin = u16::from_le_bytes([low, high]) % SPAN;
	let candidates = (0..SPAN).map(|step| FIRST + (begin + step) % SPAN);
	let mut given = GIVEN.lock().unwrap_or_else(PoisonError::into_inner);
	let is_free = |port: &u16| !given.contains(port) && TcpListener::bind(("127.0.0.1", *port)).is_ok();
	let found: Vec<u16> = candidates.filter(is_free).take(count).collect();
	ensure!(found.len() == count, "there are no {count} free ports");
	given.extend(&found);
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
		assert_eq!(ports.iter().collect::<BTreeSet<_>>().len(), 16);
		assert!(ports.iter().all(|port| (FIRST..FIRST + SPAN).contains(port)));
		let taken = TcpListener::bind(("127.0.0.1", 0)).unwrap().local_addr().unwrap().port();
		assert!(!free(16).unwrap().contains(&taken));
	}

	#[test]
	fn no_port_is_given_out_twice() {
		// More than half of all: each second run would meet the first.
		let [first, second] = [free(SPAN as usize / 2 - 1_000).unwrap(), free(SPAN as usize / 3).unwrap()];
		let first: BTreeSet<_> = first.into_iter().collect();
		assert!(second.iter().all(|port| !first.contains(port)));
	}
}

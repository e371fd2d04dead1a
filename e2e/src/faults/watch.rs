//! What can be seen of a chain from outside while things happen to it: when blocks come, and when they are final.

use crate::{rpc::Rpc, validators::Node, waiting::until};
use anyhow::Result;
use std::{
	sync::{Arc, Mutex, MutexGuard, PoisonError},
	time::{Duration, Instant},
};
use tokio::{task::JoinSet, time::sleep};

/// How often each node is asked.
const LOOK: Duration = Duration::from_millis(250);

/// Follows the newest block and the newest finalized block of several nodes, whichever has them first; a node that is away is
/// asked again. Dropping it ends that.
pub struct Watch {
	seen: Arc<Mutex<Seen>>,
	_asking: JoinSet<()>,
}

/// When which heights were seen first.
#[derive(Debug)]
struct Seen {
	began: Instant,
	best: Vec<(Instant, u64)>,
	finalized: Vec<(Instant, u64)>,
}

impl Watch {
	/// Begins to follow these nodes.
	///
	/// # Errors
	/// When no HTTP client can be made.
	pub fn start<'a>(nodes: impl IntoIterator<Item = &'a Node>) -> Result<Self> {
		let seen = Arc::new(Mutex::new(Seen { began: Instant::now(), best: Vec::new(), finalized: Vec::new() }));
		let mut asking = JoinSet::new();
		for node in nodes {
			asking.spawn(ask(node.rpc()?, seen.clone()));
		}
		Ok(Self { seen, _asking: asking })
	}

	fn seen(&self) -> MutexGuard<'_, Seen> {
		lock(&self.seen)
	}

	/// Height of the newest block that was seen.
	pub fn best(&self) -> u64 {
		height(&self.seen().best)
	}

	/// Height of the newest finalized block that was seen.
	pub fn finalized(&self) -> u64 {
		height(&self.seen().finalized)
	}

	/// The longest time without a newly finalized block, the one that may last still included.
	pub fn longest_without_finality(&self) -> Duration {
		let seen = self.seen();
		seen.longest_without_finality(Instant::now())
	}

	/// Blocks that were added since then.
	pub fn blocks_since(&self, moment: Instant) -> u64 {
		let seen = self.seen();
		height(&seen.best).saturating_sub(height_at(&seen.best, moment))
	}

	/// Waits for the first block that becomes final after this moment: how long after it that was.
	///
	/// # Errors
	/// When it takes longer than `limit`.
	pub async fn finality_after(&self, moment: Instant, limit: Duration) -> Result<Duration> {
		until("a newly finalized block", limit, || async { Ok(self.seen().finality_after(moment)) }).await
	}

	/// Waits until the newest block is at this height or above.
	///
	/// # Errors
	/// When it takes longer than `limit`.
	pub async fn wait_best(&self, height: u64, limit: Duration) -> Result<()> {
		until(&format!("block {height}"), limit, || async { Ok((self.best() >= height).then_some(())) }).await
	}

	/// Waits until the newest finalized block is at this height or above.
	///
	/// # Errors
	/// When it takes longer than `limit`.
	pub async fn wait_finalized(&self, height: u64, limit: Duration) -> Result<()> {
		until(&format!("finality of block {height}"), limit, || async {
			Ok((self.finalized() >= height).then_some(()))
		})
		.await
	}
}

impl Seen {
	fn longest_without_finality(&self, now: Instant) -> Duration {
		let moments = [self.began].into_iter().chain(self.finalized.iter().map(|(at, _)| *at)).chain([now]);
		let moments: Vec<Instant> = moments.collect();
		moments.windows(2).map(|pair| pair[1].saturating_duration_since(pair[0])).max().unwrap_or_default()
	}

	fn finality_after(&self, moment: Instant) -> Option<Duration> {
		self.finalized.iter().find(|(at, _)| *at > moment).map(|(at, _)| at.saturating_duration_since(moment))
	}
}

async fn ask(rpc: Rpc, seen: Arc<Mutex<Seen>>) {
	loop {
		// A node that does not answer tells nothing; others do.
		if let Ok(height) = rpc.best_height().await {
			note(&mut lock(&seen).best, Instant::now(), height);
		}
		if let Ok(height) = rpc.finalized_height().await {
			note(&mut lock(&seen).finalized, Instant::now(), height);
		}
		sleep(LOOK).await;
	}
}

fn lock(seen: &Mutex<Seen>) -> MutexGuard<'_, Seen> {
	// A poisoned lock holds whole lists: nothing that can panic runs under it.
	seen.lock().unwrap_or_else(PoisonError::into_inner)
}

fn note(heights: &mut Vec<(Instant, u64)>, now: Instant, new: u64) {
	if heights.last().is_none_or(|(_, newest)| new > *newest) {
		heights.push((now, new));
	}
}

fn height(heights: &[(Instant, u64)]) -> u64 {
	heights.last().map_or(0, |(_, height)| *height)
}

/// What had been seen at a moment; before the first look what that saw.
fn height_at(heights: &[(Instant, u64)], moment: Instant) -> u64 {
	let known = heights.iter().take_while(|(at, _)| *at <= moment).last().or(heights.first());
	known.map_or(0, |(_, height)| *height)
}

#[cfg(test)]
mod tests {
	use super::*;

	fn seen(began: Instant, finalized: &[(u64, u64)]) -> Seen {
		let at = |(seconds, height): &(u64, u64)| (began + Duration::from_secs(*seconds), *height);
		Seen { began, best: Vec::new(), finalized: finalized.iter().map(at).collect() }
	}

	#[test]
	fn the_longest_time_without_finality_may_lie_at_the_beginning_in_the_middle_or_last_still() {
		let began = Instant::now();
		let now = began + Duration::from_secs(20);
		for (finalized, longest) in [
			(&[(9, 1), (12, 2), (18, 3)][..], 9),
			(&[(1, 1), (12, 2), (18, 3)], 11),
			(&[(1, 1), (3, 2)], 17),
			(&[], 20),
		] {
			assert_eq!(seen(began, finalized).longest_without_finality(now), Duration::from_secs(longest));
		}
	}

	#[test]
	fn finality_after_a_moment_is_the_first_block_that_was_not_final_then() {
		let began = Instant::now();
		let seen = seen(began, &[(1, 1), (7, 2), (9, 3)]);
		assert_eq!(seen.finality_after(began + Duration::from_secs(3)), Some(Duration::from_secs(4)));
		assert_eq!(seen.finality_after(began + Duration::from_secs(9)), None);
	}

	#[test]
	fn heights_only_grow_and_are_known_as_of_a_moment() {
		let began = Instant::now();
		let at = |seconds| began + Duration::from_secs(seconds);
		let mut heights = Vec::new();
		for (seconds, height) in [(1, 4), (2, 4), (3, 3), (5, 6)] {
			note(&mut heights, at(seconds), height);
		}
		assert_eq!(heights, [(at(1), 4), (at(5), 6)]);
		assert_eq!([0, 1, 4, 5].map(|seconds| height_at(&heights, at(seconds))), [4, 4, 4, 6]);
	}
}

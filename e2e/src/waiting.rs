//! Waiting for something that will happen, with an end.

use anyhow::{Context, Result};
use std::{
	future::Future,
	time::{Duration, Instant},
};

/// How often is looked.
const LOOK: Duration = Duration::from_millis(100);

/// Asks again and again until there is an answer.
///
/// # Errors
/// The last thing that was not yet right, when `limit` is over; an error of `ask` at once.
pub async fn until<T, F>(what: &str, limit: Duration, mut ask: impl FnMut() -> F) -> Result<T>
where
	F: Future<Output = Result<Option<T>>>,
{
	let deadline = Instant::now() + limit;
	loop {
		if let Some(answer) = ask().await.with_context(|| format!("while waiting for {what}"))? {
			return Ok(answer);
		}
		anyhow::ensure!(Instant::now() < deadline, "{what}: not within {} s", limit.as_secs());
		tokio::time::sleep(LOOK).await;
	}
}

#[cfg(test)]
// A failed test may panic.
#[allow(clippy::unwrap_used)]
mod tests {
	use super::*;

	#[tokio::test]
	async fn waiting_ends_with_an_answer_or_says_what_did_not_come() {
		let mut asked = 0;
		let answer = until("three", Duration::from_secs(5), || {
			asked += 1;
			let now = asked;
			async move { Ok((now == 3).then_some(now)) }
		});
		assert_eq!(answer.await.unwrap(), 3);
		let never = until::<(), _>("rain", Duration::ZERO, || async { Ok(None) }).await.unwrap_err();
		assert!(never.to_string().contains("rain"), "{never}");
	}
}

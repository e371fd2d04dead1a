//! How much one caller may ask: a bucket of requests per key.

use salus_client::signature::KeyId;
use salus_primitives::{Moment, MINUTE};
use std::{
	collections::HashMap,
	sync::{Mutex, PoisonError},
};

/// Callers that are remembered at a time.
const MAX_CALLERS: usize = 50_000;

struct Bucket {
	/// Requests that may be sent now, in thousandths.
	tokens: u64,
	at: Moment,
}

/// Requests per caller: `burst` at once, refilled at `per_minute`.
pub struct Limiter {
	per_minute: u64,
	burst: u64,
	buckets: Mutex<HashMap<KeyId, Bucket>>,
}

impl Limiter {
	/// A limiter.
	pub fn new(per_minute: u32, burst: u32) -> Self {
		Self { per_minute: per_minute.into(), burst: u64::from(burst) * 1_000, buckets: Mutex::default() }
	}

	/// Whether the caller may send one more request now.
	pub fn admit(&self, caller: &KeyId, now: Moment) -> bool {
		// A poisoned lock holds a complete map: no code that can panic runs under it.
		let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
		let refill = |bucket: &Bucket| {
			let gained = now.saturating_sub(bucket.at).saturating_mul(self.per_minute * 1_000) / MINUTE;
			bucket.tokens.saturating_add(gained).min(self.burst)
		};
		if buckets.len() >= MAX_CALLERS {
			buckets.retain(|_, bucket| refill(bucket) < self.burst);
		}
		let tokens = buckets.get(caller).map_or(self.burst, refill);
		let admitted = tokens >= 1_000;
		buckets.insert(*caller, Bucket { tokens: if admitted { tokens - 1_000 } else { tokens }, at: now });
		admitted
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_primitives::{PractitionerId, SECOND};

	#[test]
	fn a_caller_is_held_up_after_its_burst_and_others_are_not() {
		let limiter = Limiter::new(60, 3);
		let (one, two) = (KeyId::Practitioner(PractitionerId([1; 32])), KeyId::Practitioner(PractitionerId([2; 32])));
		assert!((0..3).all(|_| limiter.admit(&one, 0)));
		assert!(!limiter.admit(&one, 0));
		assert!(limiter.admit(&two, 0));
		assert!(!limiter.admit(&one, SECOND / 2));
		assert!(limiter.admit(&one, 2 * SECOND));
	}
}

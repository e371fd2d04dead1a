//! Leaky buckets against a plain reference: a list of every charge, leaking step by step.

use crate::{capacity, max_faulty, Bucket};
use proptest::prelude::*;

/// One block after the other, one subtraction each.
struct Reference {
	level: u128,
	block: u64,
}

impl Reference {
	fn charge(&mut self, block: u64, rate: u64, burst: u32, cost: u64) -> bool {
		while self.block < block {
			self.level = self.level.saturating_sub(rate.into());
			self.block += 1;
		}
		let fits = rate > 0 && self.level + u128::from(cost) <= u128::from(rate) * u128::from(burst);
		if fits {
			self.level += u128::from(cost);
		}
		fits
	}
}

proptest! {
	#[test]
	fn bucket_agrees_with_the_reference(
		rate in 0u64..50,
		burst in 1u32..20,
		steps in prop::collection::vec((0u64..6, 0u64..120), 1..80),
	) {
		let mut reference = Reference { level: 0, block: 0 };
		let (mut bucket, mut now) = (Bucket::<u64>::default(), 0);
		for (wait, cost) in steps {
			now += wait;
			let charged = bucket.charged(now, rate, burst, cost);
			prop_assert_eq!(charged.is_some(), reference.charge(now, rate, burst, cost));
			bucket = charged.unwrap_or(bucket);
			prop_assert_eq!(u128::from(bucket.level_at(now, rate)), reference.level);
		}
	}

	/// However it is spread, no more than the burst and what leaked since goes through.
	#[test]
	fn bucket_never_admits_more_than_its_rate(
		rate in 1u64..1_000,
		burst in 1u32..50,
		steps in prop::collection::vec((0u64..3, 0u64..5_000), 1..100),
	) {
		let (mut bucket, mut now, mut admitted) = (Bucket::<u64>::default(), 0u64, 0u64);
		for (wait, cost) in steps {
			now += wait;
			if let Some(charged) = bucket.charged(now, rate, burst, cost) {
				bucket = charged;
				admitted += cost;
			}
			prop_assert!(admitted <= capacity(rate, burst) + rate * now);
		}
	}

	/// After a burst's worth of blocks everything is available again.
	#[test]
	fn bucket_drains_in_a_burst(rate in 1u64.., burst in 1u32.., at in 0u64..1_000_000) {
		let full = Bucket { level: capacity(rate, burst), at };
		prop_assert_eq!(full.level_at(at + u64::from(burst), rate), 0);
	}

	/// Nothing overflows, whatever is stored or asked.
	#[test]
	fn bucket_does_not_overflow(level: u64, at: u64, now: u64, rate: u64, burst: u32, cost: u64) {
		let charged = Bucket { level, at }.charged(now, rate, burst, cost);
		prop_assert!(charged.is_none_or(|bucket| bucket.level <= capacity(rate, burst)));
	}

	/// More than two thirds stay.
	#[test]
	fn leavers_are_fewer_than_a_third(n in 1usize..1_000) {
		let f = max_faulty(n);
		prop_assert!(3 * f < n && 3 * (f + 1) >= n);
	}
}

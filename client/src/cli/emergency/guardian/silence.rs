//! Requests whose words nobody sent. A requester that withholds them would otherwise get past guardians who cannot judge: after the patient's time-out
//! the consortium's are asked.

use salus_client::primitives::{EmergencyRequestId, Moment, MINUTE};
use std::collections::BTreeMap;

/// Since when words are missing although the custodian's gateway, which would have them, answers.
#[derive(Default)]
pub(super) struct Silence {
	/// How long that may be; `None` for ever.
	limit: Option<Moment>,
	since: BTreeMap<EmergencyRequestId, Moment>,
}

impl Silence {
	/// A limit in minutes; 0 for none.
	pub(super) fn of_minutes(minutes: u64) -> Self {
		Self { limit: (minutes > 0).then(|| minutes.saturating_mul(MINUTE)), since: BTreeMap::new() }
	}

	/// Takes down whether the gateway answered just now that it has no words. Tells whether that has lasted too long. Time in which it did not answer
	/// counts for nobody: when it is back, the requester's gateway has as long again to deliver them.
	pub(super) fn is_too_long(&mut self, id: EmergencyRequestId, is_answered: bool, now: Moment) -> bool {
		if !is_answered {
			self.since.remove(&id);
			return false;
		}
		let since = *self.since.entry(id).or_insert(now);
		self.limit.is_some_and(|limit| now.saturating_sub(since) >= limit)
	}

	/// Why such a request is rejected, for its audit entry.
	pub(super) fn words(&self) -> String {
		let minutes = self.limit.unwrap_or_default() / MINUTE;
		format!("the requester sent no reason: none had arrived after {minutes} min, although the custodian's gateway answers")
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	const ID: EmergencyRequestId = EmergencyRequestId([1; 32]);

	#[test]
	fn words_that_are_withheld_are_waited_for_until_the_limit() {
		let mut silence = Silence::of_minutes(5);
		assert!(!silence.is_too_long(ID, true, 1_000));
		assert!(!silence.is_too_long(ID, true, 1_000 + 5 * MINUTE - 1));
		assert!(!silence.is_too_long(EmergencyRequestId([2; 32]), true, 1_000 + 5 * MINUTE), "another request");
		assert!(silence.is_too_long(ID, true, 1_000 + 5 * MINUTE));
		assert!(silence.words().contains("after 5 min"));
	}

	#[test]
	fn a_custodian_that_is_away_makes_nobody_say_no() {
		let mut silence = Silence::of_minutes(5);
		assert!(!silence.is_too_long(ID, false, 0));
		assert!(!silence.is_too_long(ID, false, 20 * MINUTE));
		assert!(!silence.is_too_long(ID, true, 21 * MINUTE), "it is back, and the words are on their way");
		assert!(!silence.is_too_long(ID, false, 25 * MINUTE));
		assert!(!silence.is_too_long(ID, true, 26 * MINUTE));
		assert!(silence.is_too_long(ID, true, 31 * MINUTE));
	}

	#[test]
	fn without_a_limit_silence_is_never_too_long() {
		for mut silence in [Silence::of_minutes(0), Silence::default()] {
			assert!(!silence.is_too_long(ID, true, 0) && !silence.is_too_long(ID, true, Moment::MAX));
		}
	}
}

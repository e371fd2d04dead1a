//! How GRANDPA is run: what validators vote for, at which pace, and which proofs stay in the database.

use super::Client;
use salus_runtime::opaque::Block;
use sc_consensus_grandpa::{ThreeQuartersOfTheUnfinalizedChain, VotingRule, VotingRulesBuilder};
use sp_consensus_aura::SlotDuration;
use std::time::Duration;

/// A justification is stored with at least every so many finalized blocks, and with each that ends an authority set.
///
/// An audit proof leads to a header that has one; with 8 it waits 16 s at most. A justification of four validators is 442
/// bytes, one of sixty-four about 6 kB: 2 to 31 MB a day.
pub(super) const JUSTIFICATION_PERIOD: u32 = 8;

/// The longest time that a vote is given to reach the other validators: the value that the SDK's own nodes use.
const LONGEST_GOSSIP: Duration = Duration::from_millis(333);
/// The shortest: two or three hops between hospitals of one continent.
const SHORTEST_GOSSIP: Duration = Duration::from_millis(100);

/// The head itself is voted for, as long as at most two blocks wait.
///
/// The SDK's default stays two blocks behind the best one, so that a short fork is settled before anyone votes. Here a
/// clinician waits for the block with the decision to be final, and two blocks are four seconds. Aura forks for one slot at
/// most when messages are slow; GRANDPA then needs one more round. When finality lags behind, voting for three quarters of
/// what is not final keeps validators that have not seen the newest blocks in agreement, so that it catches up in steps.
pub(super) fn voting_rule() -> impl VotingRule<Block, Client> + Clone {
	VotingRulesBuilder::new().add(ThreeQuartersOfTheUnfinalizedChain).build()
}

/// A tenth of a slot. A round waits twice this for prevotes and four times for precommits when not everybody answers, so a
/// block that just missed one round is final after the next: within one slot, two when a validator is silent. The value
/// concerns pace only; agreement does not depend on it.
pub(super) fn gossip_duration(slot: SlotDuration) -> Duration {
	(slot.as_duration() / 10).clamp(SHORTEST_GOSSIP, LONGEST_GOSSIP)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn two_rounds_fit_into_two_slots() {
		for millis in [1_000, 2_000, 6_000] {
			let slot = SlotDuration::from_millis(millis);
			let round = gossip_duration(slot) * 4;
			assert!(round * 2 <= slot.as_duration() * 2, "{millis}");
		}
	}

	#[test]
	fn gossip_follows_the_slot_within_its_limits() {
		for (slot, gossip) in [(500, 100), (1_000, 100), (2_000, 200), (6_000, 333)] {
			assert_eq!(gossip_duration(SlotDuration::from_millis(slot)), Duration::from_millis(gossip));
		}
	}
}

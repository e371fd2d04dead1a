//! The patients' own committees that name this institution, as the last rounds saw them. In memory: read again after a start.
//!
//! The chain asks nobody before it names an institution in such a committee. So the consortium's committees come first everywhere, and of the others
//! each round reads a bounded number.

use salus_client::emergency::personal::FIRST_PERSONAL_COMMITTEE;
use salus_primitives::CommitteeId;
use std::{
	collections::BTreeMap,
	sync::{Mutex, MutexGuard, PoisonError},
};

/// Patients' own committees that are read in one round.
const PER_ROUND: usize = 128;

/// What is known of them.
#[derive(Default)]
pub(super) struct Seats(Mutex<State>);

#[derive(Default)]
struct State {
	/// Whether this institution has confirmed its share in one, and it is not over.
	seen: BTreeMap<CommitteeId, bool>,
	/// The committee after which the next turn begins.
	after: Option<CommitteeId>,
}

/// Those of the consortium, and those of patients.
pub(super) fn by_kind(committees: Vec<CommitteeId>) -> (Vec<CommitteeId>, Vec<CommitteeId>) {
	committees.into_iter().partition(|id| id.0 < FIRST_PERSONAL_COMMITTEE)
}

impl Seats {
	fn lock(&self) -> MutexGuard<'_, State> {
		// A poisoned lock holds a complete map: no code that can panic runs under it.
		self.0.lock().unwrap_or_else(PoisonError::into_inner)
	}

	/// Which of these patients' committees are read in this round: those that were never read, then the others in turn. What is not among them is
	/// forgotten.
	pub fn turn(&self, personal: &[CommitteeId]) -> Vec<CommitteeId> {
		let mut state = self.lock();
		state.seen.retain(|id, _| personal.contains(id));
		let unread: Vec<_> =
			personal.iter().filter(|id| !state.seen.contains_key(id)).take(PER_ROUND).copied().collect();
		let (after, room) = (state.after, PER_ROUND - unread.len());
		let later = state.seen.keys().filter(|id| Some(**id) > after);
		let earlier = state.seen.keys().filter(|id| Some(**id) <= after);
		let turn: Vec<_> = later.chain(earlier).take(room).copied().collect();
		state.after = turn.last().copied().or(after);
		unread.into_iter().chain(turn).collect()
	}

	/// Whether a seat is taken, as it was read just now.
	pub fn note(&self, id: CommitteeId, is_taken: bool) {
		self.lock().seen.insert(id, is_taken);
	}

	/// How many seats are taken; `None` until all of these committees were read.
	pub fn taken(&self, personal: &[CommitteeId]) -> Option<usize> {
		let state = self.lock();
		let is_known = personal.iter().all(|id| state.seen.contains_key(id));
		is_known.then(|| state.seen.values().filter(|is_taken| **is_taken).count())
	}

	/// Which of these patients' committees this institution may have to decide in.
	pub fn may_decide(&self, personal: Vec<CommitteeId>) -> Vec<CommitteeId> {
		let state = self.lock();
		personal.into_iter().filter(|id| state.seen.get(id) != Some(&false)).collect()
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn committees(numbers: std::ops::Range<u32>) -> Vec<CommitteeId> {
		numbers.map(|number| CommitteeId(FIRST_PERSONAL_COMMITTEE + number)).collect()
	}

	#[test]
	fn every_committee_has_its_turn_and_a_round_is_bounded() {
		let (seats, all) = (Seats::default(), committees(0..300));
		assert_eq!(seats.taken(&all), None);
		for (from, until) in [(0, 128), (128, 256)] {
			let turn = seats.turn(&all);
			assert_eq!(turn, committees(from..until));
			turn.into_iter().for_each(|id| seats.note(id, true));
		}
		let turn = seats.turn(&all);
		assert_eq!(
			(turn.len(), &turn[..44]),
			(128, &committees(256..300)[..]),
			"those that were never read come first"
		);
		turn.iter().for_each(|id| seats.note(*id, true));
		assert_eq!(turn[44..], committees(0..84));
		assert_eq!(seats.turn(&all), committees(84..212));
		assert_eq!(seats.taken(&all), Some(300));
		assert_eq!(seats.taken(&committees(0..301)), None, "a new one");
		seats.turn(&committees(0..2));
		assert_eq!(seats.taken(&committees(0..2)), Some(2), "the others are forgotten");
	}

	#[test]
	fn only_seats_that_are_taken_or_unknown_decide() {
		let (seats, all) = (Seats::default(), committees(0..3));
		seats.note(all[0], true);
		seats.note(all[1], false);
		assert_eq!(seats.may_decide(all.clone()), [all[0], all[2]]);
		assert_eq!(by_kind(vec![CommitteeId(3), all[0]]), (vec![CommitteeId(3)], vec![all[0]]));
	}
}

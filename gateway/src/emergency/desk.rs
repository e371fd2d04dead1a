//! What the guardian has in hand, in memory: nothing of it is needed after a restart.

use super::{seats::Seats, tally::Tally};
use salus_client::{emergency::formation::FormationError, wire::BlockId};
use salus_primitives::{CommitteeId, EmergencyRequestId, Moment};
use std::{
	collections::{hash_map::Entry, HashMap, HashSet},
	sync::{Arc, Mutex, MutexGuard, PoisonError},
	time::Duration,
};

/// How often somebody who waits for a session looks whether it is free.
const POLL: Duration = Duration::from_millis(50);

/// Sessions in work, and when to look at the others again.
#[derive(Default)]
pub struct Desk {
	inner: Arc<Mutex<Inner>>,
	/// Held from the look at the caps until the vote stands in the journal: two sessions must not both be the last one under a cap.
	pub(super) deciding: tokio::sync::Mutex<()>,
	/// What was approved without a person.
	pub(super) tally: Tally,
	/// The patients' own committees that name this institution.
	pub(super) seats: Seats,
}

#[derive(Default)]
struct Inner {
	/// The finalized head that was looked at last.
	seen: Option<BlockId>,
	/// How often something new became known.
	wakes: u64,
	/// Sessions in work, and whether something new became known about them since they were taken on.
	in_work: HashMap<EmergencyRequestId, bool>,
	/// Sessions that were looked at and not voted on, and when to look again.
	looked_at: HashMap<EmergencyRequestId, Moment>,
	/// What was logged about committees.
	told: HashSet<(CommitteeId, FormationError)>,
}

impl Inner {
	fn look_again(&mut self) {
		self.wakes = self.wakes.wrapping_add(1);
		self.seen = None;
	}
}

/// A look at everything that is open at one head.
#[derive(Debug)]
pub(crate) struct Round {
	head: BlockId,
	wakes: u64,
}

/// A session in work. While this is held, nobody else here votes on it.
pub struct InWork {
	id: EmergencyRequestId,
	inner: Arc<Mutex<Inner>>,
}

impl InWork {
	/// Puts the session aside until a time, unless something new became known about it since it was taken on.
	pub(crate) fn put_aside(&self, until: Moment) {
		let mut inner = lock(&self.inner);
		if inner.in_work.get(&self.id) == Some(&false) {
			inner.looked_at.insert(self.id, until);
		}
	}
}

impl Drop for InWork {
	fn drop(&mut self) {
		let mut inner = lock(&self.inner);
		// Whoever was to look again meanwhile found it in work.
		if inner.in_work.remove(&self.id) == Some(true) {
			inner.look_again();
		}
	}
}

fn lock(inner: &Mutex<Inner>) -> MutexGuard<'_, Inner> {
	// A poisoned lock holds complete collections: no code that can panic runs under it.
	inner.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Desk {
	/// Takes a session on; `None` while somebody else has it.
	pub fn take(&self, id: EmergencyRequestId) -> Option<InWork> {
		match lock(&self.inner).in_work.entry(id) {
			Entry::Occupied(_) => None,
			Entry::Vacant(free) => {
				free.insert(false);
				Some(InWork { id, inner: self.inner.clone() })
			}
		}
	}

	/// Takes a session on as soon as nobody else has it.
	pub(crate) async fn turn(&self, id: EmergencyRequestId) -> InWork {
		loop {
			if let Some(in_work) = self.take(id) {
				return in_work;
			}
			tokio::time::sleep(POLL).await;
		}
	}

	/// Begins a look at a head; `None` when it was looked at and nothing new is known.
	pub(crate) fn begin(&self, head: BlockId) -> Option<Round> {
		let inner = lock(&self.inner);
		(inner.seen != Some(head)).then_some(Round { head, wakes: inner.wakes })
	}

	/// The look came to its end. What became known meanwhile asks for another one.
	pub(crate) fn end(&self, round: Round) {
		let mut inner = lock(&self.inner);
		if inner.wakes == round.wakes {
			inner.seen = Some(round.head);
		}
	}

	/// Whether a session lies aside.
	pub(crate) fn lies_aside(&self, id: &EmergencyRequestId, now: Moment) -> bool {
		lock(&self.inner).looked_at.get(id).is_some_and(|until| now < *until)
	}

	/// Forgets the sessions that are not open any more.
	pub(crate) fn keep_only(&self, open: &HashSet<EmergencyRequestId>) {
		lock(&self.inner).looked_at.retain(|id, _| open.contains(id));
	}

	/// Something new is known about a session: it is looked at again at once.
	pub fn wake(&self, id: &EmergencyRequestId) {
		let mut inner = lock(&self.inner);
		inner.looked_at.remove(id);
		if let Some(is_woken) = inner.in_work.get_mut(id) {
			*is_woken = true;
		}
		inner.look_again();
	}

	/// Whether this is the first time that this is said about a committee.
	pub(super) fn is_first(&self, committee: CommitteeId, error: FormationError) -> bool {
		lock(&self.inner).told.insert((committee, error))
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	const ID: EmergencyRequestId = EmergencyRequestId([1; 32]);

	#[test]
	fn a_session_is_in_one_hand_at_a_time() {
		let desk = Desk::default();
		let held = desk.take(ID).unwrap();
		assert!(desk.take(ID).is_none());
		assert!(desk.take(EmergencyRequestId([2; 32])).is_some());
		drop(held);
		assert!(desk.take(ID).is_some());
	}

	fn head() -> BlockId {
		BlockId { hash: [1; 32].into(), number: 1 }
	}

	/// A look at the head, to its end; whether there was one to do.
	fn look(desk: &Desk) -> bool {
		desk.begin(head()).map(|round| desk.end(round)).is_some()
	}

	#[test]
	fn what_lies_aside_is_looked_at_when_something_new_is_known() {
		let desk = Desk::default();
		assert!(look(&desk) && !look(&desk));
		desk.take(ID).unwrap().put_aside(10);
		assert!(desk.lies_aside(&ID, 9) && !desk.lies_aside(&ID, 10));
		desk.wake(&ID);
		assert!(!desk.lies_aside(&ID, 9) && look(&desk));
		desk.take(ID).unwrap().put_aside(10);
		desk.keep_only(&HashSet::new());
		assert!(!desk.lies_aside(&ID, 9));
	}

	#[test]
	fn words_that_arrive_during_a_look_are_looked_at_at_once() {
		let desk = Desk::default();
		let held = desk.take(ID).unwrap();
		assert!(look(&desk));
		desk.wake(&ID);
		held.put_aside(10);
		assert!(!desk.lies_aside(&ID, 9));
		// The look that the words asked for found the session in work.
		assert!(look(&desk) && !look(&desk));
		drop(held);
		assert!(look(&desk));
	}

	#[test]
	fn a_look_that_broke_off_or_was_overtaken_is_done_again() {
		let desk = Desk::default();
		assert!(desk.begin(head()).is_some());
		let round = desk.begin(head()).unwrap();
		desk.wake(&ID);
		desk.end(round);
		assert!(look(&desk) && !look(&desk));
	}
}

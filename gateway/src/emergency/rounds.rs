//! Which patients are looked at, and when: those about whom something changed at once, those whose documents begin or end at that time, and all the
//! others in turn, because the chain may have changed what nobody told us.
//!
//! A round costs what is due in it. Nothing that stands in the index is read for a patient who is not looked at.

use super::{holder, retention, scope};
use crate::{
	chain::Head,
	failure::Failure,
	index::{Index, IndexError, Key, Row, Table, EMERGENCY_DEPOSITS, PATIENTS},
	service::Service,
};
use futures::{stream, StreamExt};
use salus_primitives::{Moment, PatientHandle, HOUR, SECOND};
use std::{
	collections::{BTreeSet, HashMap},
	sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// How long after a change a package is made: further ones usually follow.
const DEBOUNCE: Moment = 2 * SECOND;
/// When a patient is looked at again after something failed.
const RETRY: Moment = 10 * SECOND;
/// How often the next patients in turn are looked at.
const TURN: Moment = 10 * SECOND;
/// Within which time everybody has a turn, however many there are.
const CYCLE: Moment = 4 * HOUR;
/// Rows of a turn at least.
const PER_TURN: u64 = 16;
/// Patients about whom something changed that are looked at in one round.
const PER_ROUND: usize = 64;
/// Patients that are worked on at a time: each may hold a chart in memory.
const AT_A_TIME: usize = 8;
/// How often it is looked for what is over.
const SWEEP: Moment = HOUR;

/// Where the rounds stand. In memory: after a restart everybody's turn comes again, without waiting.
#[derive(Default)]
pub struct Rounds(Mutex<State>);

#[derive(Default)]
struct State {
	due: Due,
	/// When the last turn was.
	turned_at: Moment,
	/// The patient after whom the next turn begins; `None` for the first one.
	patients: Option<Key>,
	/// The deposit after which the next turn begins.
	deposits: Option<Key>,
	/// Turns do not wait for each other until everybody had one.
	hurried: bool,
	/// The committee that envelopes went to at the last round.
	committee: Option<scope::Target>,
	/// When it was looked for what is over.
	swept_at: Moment,
}

/// Patients by the time at which they are looked at.
#[derive(Default)]
pub(crate) struct Due {
	pub(crate) at: HashMap<PatientHandle, Moment>,
	order: BTreeSet<(Moment, PatientHandle)>,
}

impl Due {
	/// The patient is looked at by this time; an earlier one stands.
	pub(crate) fn by(&mut self, handle: &PatientHandle, at: Moment) {
		match self.at.get(handle).copied() {
			Some(known) if known <= at => return,
			Some(known) => drop(self.order.remove(&(known, *handle))),
			None => {}
		}
		self.at.insert(*handle, at);
		self.order.insert((at, *handle));
	}

	/// Those who are due, the longest first, as many as one round looks at.
	pub(crate) fn take(&mut self, now: Moment) -> BTreeSet<PatientHandle> {
		let due: Vec<_> = self.order.iter().take_while(|(at, _)| *at <= now).take(PER_ROUND).copied().collect();
		for entry in &due {
			self.order.remove(entry);
			self.at.remove(&entry.1);
		}
		due.into_iter().map(|(_, handle)| handle).collect()
	}
}

/// Whose turn it is.
#[derive(Default)]
struct Turn {
	patients: Vec<Key>,
	deposits: Vec<Key>,
}

impl Rounds {
	fn state(&self) -> MutexGuard<'_, State> {
		// A poisoned lock holds complete collections: no code that can panic runs under it.
		self.0.lock().unwrap_or_else(PoisonError::into_inner)
	}

	/// Something about the patient changed: records, documents, a session. A later change does not put the look off.
	pub fn touch(&self, handle: &PatientHandle, now: Moment) {
		self.look_by(handle, now.saturating_add(DEBOUNCE));
	}

	/// The patient is looked at in the next round.
	pub fn hurry(&self, handle: &PatientHandle) {
		self.look_by(handle, 0);
	}

	/// The patient is looked at by this time: something changes then by itself.
	pub(super) fn look_by(&self, handle: &PatientHandle, at: Moment) {
		self.state().due.by(handle, at);
	}

	/// Envelopes go to another committee than at the last round: everybody's turn comes at once.
	fn note_committee(&self, committee: Option<&scope::Target>) {
		let mut state = self.state();
		if state.committee.as_ref() != committee {
			state.committee = committee.cloned();
			(state.hurried, state.patients) = (true, None);
		}
	}

	fn is_hurried(&self) -> bool {
		self.state().hurried
	}

	/// The next patients and deposits, when it is time.
	fn take_turn(&self, index: &Index, now: Moment) -> Result<Turn, IndexError> {
		let mut state = self.state();
		if !state.hurried && now.saturating_sub(state.turned_at) < TURN {
			return Ok(Turn::default());
		}
		state.turned_at = now;
		let patients = page(index, &PATIENTS, &mut state.patients)?;
		let deposits = page(index, &EMERGENCY_DEPOSITS, &mut state.deposits)?;
		// After the last page everybody had a turn.
		state.hurried &= state.patients.is_some();
		Ok(Turn { patients, deposits })
	}

	/// Whether it is time to look for what is over.
	fn begin_sweep(&self, now: Moment) -> bool {
		let mut state = self.state();
		let is_time = now.saturating_sub(state.swept_at) >= SWEEP;
		if is_time {
			state.swept_at = now;
		}
		is_time
	}
}

/// The keys of a table after the last one that had a turn, so many that all have one within [`CYCLE`].
pub(crate) fn page<V: Row>(index: &Index, table: &Table<V>, after: &mut Option<Key>) -> Result<Vec<Key>, IndexError> {
	let size = (index.len(table)? / (CYCLE / TURN)).max(PER_TURN);
	let size = usize::try_from(size).unwrap_or(usize::MAX);
	let keys = index.keys_after(table, after.as_deref(), size)?;
	*after = keys.last().filter(|_| keys.len() == size).cloned();
	Ok(keys)
}

/// Looks at the own patients whose turn it is, and at what is held for others. While turns are hurried, until everybody had one.
///
/// # Errors
/// The first error. One patient's trouble holds no other's work up; what failed is tried again soon.
pub async fn keep(service: &Arc<Service>) -> Result<(), Failure> {
	loop {
		round(service).await?;
		if !service.rounds.is_hurried() {
			return Ok(());
		}
	}
}

async fn round(service: &Arc<Service>) -> Result<(), Failure> {
	let head = service.head().await?;
	let now = salus_client::now();
	let committee = scope::consortium(service, &head).await?;
	service.rounds.note_committee(committee.as_ref());
	// First those about whom something changed: they do not wait for a turn's end.
	let due = service.rounds.state().due.take(now);
	let changed = settle_all(service, &head, committee.as_ref(), &due).await;
	let turn = service.rounds.take_turn(&service.index, now)?;
	let patients = turn.patients.into_iter().filter_map(|key| Some(PatientHandle(key.try_into().ok()?)));
	let others = patients.filter(|handle| !due.contains(handle)).collect();
	let turned = settle_all(service, &head, committee.as_ref(), &others).await;
	let cleared = holder::clear(service, &head, &turn.deposits).await;
	let swept = match service.rounds.begin_sweep(now) {
		true => retention::sweep(service, &head, now).await,
		false => Ok(()),
	};
	changed.and(turned).and(cleared).and(swept)
}

async fn settle_all(
	service: &Arc<Service>,
	head: &Head,
	committee: Option<&scope::Target>,
	handles: &BTreeSet<PatientHandle>,
) -> Result<(), Failure> {
	// What may change a package may also change by which names a patient is found, or whether at all.
	handles.iter().for_each(|handle| service.enrolment.touch(handle, salus_client::now()));
	let outcomes = stream::iter(handles.iter().copied())
		.map(|handle| async move { (handle, scope::settle(service, head, &handle, committee).await) })
		.buffer_unordered(AT_A_TIME)
		.collect::<Vec<_>>()
		.await;
	let now = salus_client::now();
	let mut first_failure = Ok(());
	for (handle, outcome) in outcomes {
		match outcome {
			// What was done may have left more to do, e.g. a holder that was away.
			Ok(true) => service.rounds.touch(&handle, now),
			Ok(false) => {}
			Err(failure) => {
				service.rounds.look_by(&handle, now.saturating_add(RETRY));
				first_failure = first_failure.and(Err(failure));
			}
		}
	}
	first_failure
}

/// The time at which nothing that was touched waits any more, for tests.
#[cfg(test)]
pub async fn keep_now(service: &Arc<Service>) -> Result<(), Failure> {
	{
		let mut state = service.rounds.state();
		let waiting: Vec<PatientHandle> = state.due.at.keys().copied().collect();
		waiting.iter().for_each(|handle| state.due.by(handle, 0));
		(state.hurried, state.patients, state.deposits) = (true, None, None);
	}
	keep(service).await
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::index::StorageKey;

	const HANDLE: PatientHandle = PatientHandle([7; 32]);

	fn take_due(rounds: &Rounds, now: Moment) -> BTreeSet<PatientHandle> {
		rounds.state().due.take(now)
	}

	#[test]
	fn a_change_is_looked_at_after_the_others_that_follow_it_and_not_later() {
		let rounds = Rounds::default();
		rounds.touch(&HANDLE, 1_000);
		rounds.touch(&HANDLE, 2_500);
		assert!(take_due(&rounds, 1_000 + DEBOUNCE - 1).is_empty());
		assert_eq!(take_due(&rounds, 1_000 + DEBOUNCE), [HANDLE].into());
		assert!(take_due(&rounds, 1_000 + DEBOUNCE).is_empty(), "once");
		rounds.hurry(&HANDLE);
		rounds.look_by(&HANDLE, 9_000);
		assert_eq!(take_due(&rounds, 0), [HANDLE].into());
		assert!(take_due(&rounds, 9_000).is_empty(), "the earlier look was the one");
	}

	#[test]
	fn of_many_that_are_due_those_come_first_that_waited_longest() {
		let rounds = Rounds::default();
		let handle = |number: u8| PatientHandle([number; 32]);
		(0..=255).for_each(|number| rounds.look_by(&handle(number), Moment::from(255 - number)));
		let first = take_due(&rounds, 1_000);
		assert_eq!(first, (192..=255).map(handle).collect());
		assert_eq!((0..3).map(|_| take_due(&rounds, 1_000).len()).sum::<usize>(), 192);
	}

	/// An index with this many patients, whose values nobody can read: turns go by the keys.
	fn house(patients: u32) -> (tempfile::TempDir, Index) {
		let folder = tempfile::tempdir().unwrap();
		let index = Index::open(&folder.path().join("index.redb"), StorageKey::from_bytes([1; 32])).unwrap();
		let unreadable = PATIENTS.holding::<()>();
		index
			.write(|batch| {
				(0..patients).try_for_each(|number| {
					let mut key = [0; 32];
					key[..4].copy_from_slice(&number.to_be_bytes());
					batch.put(&unreadable, key, &())
				})
			})
			.unwrap();
		(folder, index)
	}

	#[test]
	fn everybodys_turn_comes_and_none_reads_a_patient() {
		let (_folder, index) = house(40);
		let rounds = Rounds::default();
		let mut seen = Vec::new();
		for turn in 1..=3 {
			let patients = rounds.take_turn(&index, turn * TURN).unwrap().patients;
			assert_eq!(patients.len(), [16, 16, 8][turn as usize - 1]);
			seen.extend(patients);
			assert!(rounds.take_turn(&index, turn * TURN + 1).unwrap().patients.is_empty(), "not before its time");
		}
		assert!(seen.windows(2).all(|pair| pair[0] < pair[1]));
		assert_eq!(rounds.take_turn(&index, 4 * TURN).unwrap().patients[..], seen[..16], "and begins anew");
	}

	#[test]
	fn a_large_house_has_larger_turns_and_no_longer_cycle() {
		let (_folder, index) = house(30_000);
		let rounds = Rounds::default();
		let size = rounds.take_turn(&index, TURN).unwrap().patients.len();
		assert_eq!(size as u64, 30_000 / (CYCLE / TURN));
	}

	#[test]
	fn a_new_committee_does_not_wait_for_the_turn() {
		let (_folder, index) = house(40);
		let rounds = Rounds::default();
		rounds.take_turn(&index, TURN).unwrap();
		rounds.note_committee(None);
		assert!(!rounds.is_hurried(), "the same committee");
		let committee = scope::Target::example();
		rounds.note_committee(Some(&committee));
		let mut seen = 0;
		while rounds.is_hurried() {
			seen += rounds.take_turn(&index, TURN + 1).unwrap().patients.len();
		}
		assert_eq!(seen, 40, "from the first to the last");
		rounds.note_committee(Some(&committee));
		assert!(rounds.take_turn(&index, TURN + 1).unwrap().patients.is_empty(), "everybody had a turn");
	}

	#[test]
	fn what_is_over_is_looked_for_once_an_hour() {
		let rounds = Rounds::default();
		assert!(rounds.begin_sweep(SWEEP) && !rounds.begin_sweep(2 * SWEEP - 1));
		assert!(rounds.begin_sweep(2 * SWEEP));
	}
}

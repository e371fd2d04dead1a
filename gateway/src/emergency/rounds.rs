//! Which patients are looked at, and when: those about whom something changed at once, all the others in turn.

use super::{holder, scope};
use crate::{
	failure::Failure,
	index::{Index, IndexError, PATIENTS},
	service::Service,
};
use futures::{stream, StreamExt};
use salus_primitives::{Moment, PatientHandle, SECOND};
use std::{
	collections::{BTreeMap, BTreeSet},
	sync::{Arc, Mutex, MutexGuard, PoisonError},
};

/// How long after a change a package is made: further ones usually follow.
const DEBOUNCE: Moment = 2 * SECOND;
/// When a patient is looked at again after something failed.
const RETRY: Moment = 10 * SECOND;
/// How often the next patients in turn are looked at.
const TURN: Moment = 10 * SECOND;
/// Patients of a turn.
const PER_TURN: usize = 16;
/// Patients about whom something changed that are looked at in one round.
const PER_ROUND: usize = 64;
/// Patients that are worked on at a time: each may hold a chart in memory.
const AT_A_TIME: usize = 8;
/// First bytes of handles, which are random.
const BUCKETS: u16 = 256;

/// Where the rounds stand. In memory: after a restart everybody's turn comes again.
#[derive(Default)]
pub struct Rounds(Mutex<State>);

#[derive(Default)]
struct State {
	due: BTreeMap<PatientHandle, Moment>,
	/// The bucket whose turn is next.
	bucket: u8,
	/// When the last turn was.
	turned_at: Moment,
	/// The committee that envelopes went to at the last round.
	committee: Option<scope::Target>,
	/// Buckets whose turn comes without waiting.
	hurried: u16,
}

impl Rounds {
	fn state(&self) -> MutexGuard<'_, State> {
		// A poisoned lock holds complete collections: no code that can panic runs under it.
		self.0.lock().unwrap_or_else(PoisonError::into_inner)
	}

	/// Something about the patient changed: records, documents, a session. A later change does not put the look off.
	pub fn touch(&self, handle: &PatientHandle, now: Moment) {
		self.state().due.entry(*handle).or_insert(now.saturating_add(DEBOUNCE));
	}

	/// The patient is looked at in the next round.
	pub fn hurry(&self, handle: &PatientHandle) {
		self.state().due.insert(*handle, 0);
	}

	fn put_off(&self, handle: &PatientHandle, now: Moment) {
		self.state().due.insert(*handle, now.saturating_add(RETRY));
	}

	/// Envelopes go to another committee than at the last round: everybody's turn comes at once.
	fn note_committee(&self, committee: Option<&scope::Target>) {
		let mut state = self.state();
		if state.committee.as_ref() != committee {
			state.committee = committee.cloned();
			state.hurried = BUCKETS;
		}
	}

	fn take_due(&self, now: Moment) -> BTreeSet<PatientHandle> {
		let mut state = self.state();
		let due: BTreeSet<_> =
			state.due.iter().filter(|(_, at)| **at <= now).map(|(handle, _)| *handle).take(PER_ROUND).collect();
		state.due.retain(|handle, _| !due.contains(handle));
		due
	}

	/// The buckets whose turn it is, one after the other, while `wanted` says that there is room.
	fn take_turn(&self, now: Moment, mut wanted: impl FnMut(u8) -> Result<bool, IndexError>) -> Result<(), IndexError> {
		let buckets = {
			let mut state = self.state();
			if state.hurried == 0 && now.saturating_sub(state.turned_at) < TURN {
				return Ok(());
			}
			state.turned_at = now;
			(0..BUCKETS).map(|number| state.bucket.wrapping_add(number as u8)).collect::<Vec<u8>>()
		};
		for bucket in buckets {
			let more = wanted(bucket)?;
			let mut state = self.state();
			state.bucket = bucket.wrapping_add(1);
			state.hurried = state.hurried.saturating_sub(1);
			if !more {
				break;
			}
		}
		Ok(())
	}
}

/// One round over the own patients whose turn it is, and over what is held for others.
///
/// # Errors
/// The first error. One patient's trouble holds no other's work up; what failed is tried again soon.
pub async fn keep(service: &Arc<Service>) -> Result<(), Failure> {
	let head = service.head().await?;
	let now = salus_client::now();
	let committee = scope::consortium(service, &head).await?;
	service.rounds.note_committee(committee.as_ref());
	let mut handles = service.rounds.take_due(now);
	let mut buckets = Vec::new();
	service.rounds.take_turn(now, |bucket| {
		handles.extend(patients(&service.index, bucket)?);
		buckets.push(bucket);
		Ok(handles.len() < PER_TURN)
	})?;
	let outcomes = stream::iter(handles)
		.map(|handle| {
			let committee = committee.as_ref();
			async move { (handle, scope::settle(service, &head, &handle, committee).await) }
		})
		.buffer_unordered(AT_A_TIME)
		.collect::<Vec<_>>()
		.await;
	let mut first_failure = None;
	for (handle, outcome) in outcomes {
		match outcome {
			// What was done may have left more to do, e.g. a holder that was away.
			Ok(true) => service.rounds.touch(&handle, now),
			Ok(false) => {}
			Err(failure) => {
				service.rounds.put_off(&handle, now);
				first_failure = first_failure.or(Some(failure));
			}
		}
	}
	for bucket in buckets {
		if let Err(failure) = holder::clear(service, &head, bucket).await {
			first_failure = first_failure.or(Some(failure));
		}
	}
	first_failure.map_or(Ok(()), Err)
}

fn patients(index: &Index, bucket: u8) -> Result<Vec<PatientHandle>, IndexError> {
	let rows = index.scan(&PATIENTS, [bucket])?.into_iter().filter(|(_, row)| row.registered.is_some());
	Ok(rows.filter_map(|(key, _)| Some(PatientHandle(key.try_into().ok()?))).collect())
}

/// The time at which nothing that was touched waits any more, for tests.
#[cfg(test)]
pub async fn keep_now(service: &Arc<Service>) -> Result<(), Failure> {
	{
		let mut state = service.rounds.state();
		state.due.values_mut().for_each(|at| *at = 0);
		state.hurried = BUCKETS;
	}
	keep(service).await
}

#[cfg(test)]
mod tests {
	use super::*;

	const HANDLE: PatientHandle = PatientHandle([7; 32]);

	#[test]
	fn a_change_is_looked_at_after_the_others_that_follow_it_and_not_later() {
		let rounds = Rounds::default();
		rounds.touch(&HANDLE, 1_000);
		rounds.touch(&HANDLE, 2_500);
		assert!(rounds.take_due(1_000 + DEBOUNCE - 1).is_empty());
		assert_eq!(rounds.take_due(1_000 + DEBOUNCE), [HANDLE].into());
		assert!(rounds.take_due(1_000 + DEBOUNCE).is_empty(), "once");
		rounds.hurry(&HANDLE);
		assert_eq!(rounds.take_due(0), [HANDLE].into());
	}

	#[test]
	fn everybodys_turn_comes() {
		let rounds = Rounds::default();
		let mut seen = Vec::new();
		for turn in 1..=4 {
			let mut count = 0;
			let wanted = |bucket| {
				seen.push(bucket);
				count += 1;
				Ok(count < 64)
			};
			rounds.take_turn(turn * TURN, wanted).unwrap();
		}
		assert_eq!(seen, (0..=255).collect::<Vec<u8>>());
		rounds.take_turn(4 * TURN + 1, |_| panic!("not before its time")).unwrap();
	}

	#[test]
	fn a_new_committee_does_not_wait_for_the_turn() {
		let rounds = Rounds::default();
		rounds.take_turn(TURN, |_| Ok(false)).unwrap();
		rounds.note_committee(None);
		rounds.take_turn(TURN + 1, |_| panic!("the same committee")).unwrap();
		let committee = scope::Target::example();
		rounds.note_committee(Some(&committee));
		let mut seen = 0;
		while seen < BUCKETS {
			rounds
				.take_turn(TURN + 1, |_| {
					Ok({
						seen += 1;
						seen % 16 != 0
					})
				})
				.unwrap();
		}
		rounds.take_turn(TURN + 1, |_| panic!("everybody had a turn")).unwrap();
	}
}

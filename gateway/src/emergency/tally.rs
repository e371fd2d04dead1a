//! What this server approved by its rules: counted in memory, and made from the journal when it is asked for the first time after a start.

use super::Counts;
use crate::index::{Index, IndexError, VoteRow, VOTES};
use salus_primitives::{EmergencyRequestId, InstitutionId, Moment, PractitionerId, DAY};
use std::{
	collections::HashMap,
	sync::{Mutex, MutexGuard, PoisonError},
};

/// The approvals without a person of the last 24 hours, drills left aside. `None` until the journal was read.
#[derive(Default)]
pub(super) struct Tally(Mutex<Option<HashMap<EmergencyRequestId, Given>>>);

/// One approval.
struct Given {
	at: Moment,
	institution: InstitutionId,
	practitioner: Option<PractitionerId>,
}

/// The approval of a vote, when it counts.
fn given(row: &VoteRow) -> Option<(EmergencyRequestId, Given)> {
	let counts = row.is_automatic() && !row.drill;
	counts.then_some((row.id, Given { at: row.at, institution: row.requester, practitioner: row.practitioner }))
}

impl Tally {
	fn lock(&self) -> MutexGuard<'_, Option<HashMap<EmergencyRequestId, Given>>> {
		// A poisoned lock holds a complete map: no code that can panic runs under it.
		self.0.lock().unwrap_or_else(PoisonError::into_inner)
	}

	/// Counts a vote that was written into the journal.
	pub fn add(&self, row: &VoteRow) {
		if let Some(known) = self.lock().as_mut() {
			known.extend(given(row));
		}
	}

	/// What was approved in the day before `now` for an institution and for its practitioner.
	///
	/// # Errors
	/// The index, at the first call.
	pub fn counts(
		&self,
		index: &Index,
		institution: InstitutionId,
		practitioner: PractitionerId,
		now: Moment,
	) -> Result<Counts, IndexError> {
		let mut known = self.lock();
		if known.is_none() {
			*known = Some(index.scan(&VOTES, [])?.iter().filter_map(|(_, row)| given(row)).collect());
		}
		let known = known.get_or_insert_default();
		let since = now.saturating_sub(DAY);
		known.retain(|_, given| since <= given.at);
		let mut counts = Counts::default();
		for given in known.values().filter(|given| given.institution == institution) {
			counts.institution = counts.institution.saturating_add(1);
			if given.practitioner == Some(practitioner) {
				counts.practitioner = counts.practitioner.saturating_add(1);
			}
		}
		Ok(counts)
	}
}

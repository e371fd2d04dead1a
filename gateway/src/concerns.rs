//! What the operator has to look after: said in the log when it begins and when it is over, and by `GET /v1/status` for as long as it lasts. Nothing of
//! it is about a patient.

use salus_primitives::{CommitteeId, InstitutionId};
use std::{
	collections::BTreeSet,
	sync::{Mutex, MutexGuard, PoisonError},
};

/// Something that is not as it should be and does not mend itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Concern {
	/// Envelopes are sealed, and nobody else has a second half.
	#[error(
		"emergency packages are sealed and no institution holds them: while this gateway is down, nobody can open one. Name others in \
		 `emergency.holders`"
	)]
	NoHolders,
	/// A holder does not take what it is to hold.
	#[error(
		"institution {0} does not take the emergency packages that it is to hold. The log says why; ask its operator, or take it out of \
		 `emergency.holders`"
	)]
	NotDeposited(InstitutionId),
	/// A committee lost more votes than it can miss.
	#[error(
		"so many guardians of committee {0} replaced their key, or are not active, that it can neither vote nor be reshared: form another one. \
		 Whoever still has a former key puts it back"
	)]
	TooFewVotes(CommitteeId),
	/// Patients chose this institution more often than it takes seats.
	#[error(
		"patients named this institution in more own committees than it takes seats in, so some of these do not come about: raise \
		 `emergency.personal_duties`, or look who names it"
	)]
	SeatsDeclined,
}

/// What there is to look after now.
#[derive(Default)]
pub struct Concerns(Mutex<BTreeSet<Concern>>);

impl Concerns {
	fn lock(&self) -> MutexGuard<'_, BTreeSet<Concern>> {
		// A poisoned lock holds a complete set: no code that can panic runs under it.
		self.0.lock().unwrap_or_else(PoisonError::into_inner)
	}

	/// Whether this is a concern.
	pub fn set(&self, concern: Concern, is_one: bool) {
		let now = is_one.then_some(concern).into_iter().collect();
		self.replace(|known| *known == concern, now);
	}

	/// These are the concerns of a kind, and no others.
	pub fn replace(&self, is_of_kind: impl Fn(&Concern) -> bool, now: BTreeSet<Concern>) {
		let mut known = self.lock();
		for begun in now.difference(&known) {
			tracing::warn!("{begun}");
		}
		for over in known.iter().filter(|concern| is_of_kind(concern) && !now.contains(*concern)) {
			tracing::info!("no longer so: {over}");
		}
		known.retain(|concern| !is_of_kind(concern));
		known.extend(now);
	}

	/// Each in words.
	pub fn words(&self) -> Vec<String> {
		self.lock().iter().map(ToString::to_string).collect()
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_concern_lasts_until_it_is_over_and_takes_no_other_with_it() {
		let concerns = Concerns::default();
		let not_deposited = |known: &Concern| matches!(known, Concern::NotDeposited(_));
		concerns.set(Concern::NoHolders, true);
		concerns.replace(not_deposited, [2, 3].map(|holder| Concern::NotDeposited(InstitutionId(holder))).into());
		assert_eq!(concerns.words().len(), 3);
		concerns.replace(not_deposited, [Concern::NotDeposited(InstitutionId(3))].into());
		let words = concerns.words();
		assert_eq!(words.len(), 2);
		assert!(words[0].contains("emergency.holders") && words[1].contains("institution 3"));
		concerns.set(Concern::NoHolders, false);
		concerns.set(Concern::TooFewVotes(CommitteeId(1)), false);
		assert_eq!(concerns.words().len(), 1);
	}
}

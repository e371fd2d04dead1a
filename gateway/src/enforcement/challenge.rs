//! Challenges: drawn here, good once, for one permit or session and one institution, for a short time.

use salus_client::wire::{Bytes32, ReleaseChallenge};
use salus_primitives::{InstitutionId, Moment, PermitId, MINUTE};
use std::{
	collections::HashMap,
	sync::{Mutex, PoisonError},
};

/// How long a challenge is good for.
const VALIDITY: Moment = 2 * MINUTE;
/// Open challenges of one institution. More are refused: the memory is bounded, and others are not crowded out.
const MAX_OPEN: usize = 1_024;

struct Open<S> {
	subject: S,
	institution: InstitutionId,
	expires_at: Moment,
}

/// The open challenges for permits, or for emergency sessions. They live in memory: a restart ends them, and callers ask for new ones.
pub struct Challenges<S = PermitId> {
	open: Mutex<HashMap<[u8; 32], Open<S>>>,
}

impl<S> Default for Challenges<S> {
	fn default() -> Self {
		Self { open: Mutex::default() }
	}
}

impl<S: PartialEq> Challenges<S> {
	/// Draws a challenge; whether there is such a permit is not looked at, so that the answer tells nothing. `None` when the institution has
	/// too many open ones.
	pub fn draw(&self, subject: S, institution: InstitutionId, now: Moment) -> Option<ReleaseChallenge> {
		// A poisoned lock holds a complete map: no code that can panic runs under it.
		let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
		open.retain(|_, challenge| now < challenge.expires_at);
		if open.values().filter(|challenge| challenge.institution == institution).count() >= MAX_OPEN {
			return None;
		}
		let nonce = salus_client::random_bytes();
		let expires_at = now.saturating_add(VALIDITY);
		open.insert(nonce, Open { subject, institution, expires_at });
		Some(ReleaseChallenge { nonce: nonce.into(), expires_at })
	}

	/// Uses a challenge up. `false` when it was never drawn, is used, is over, or was drawn for another subject or institution.
	pub fn take(&self, nonce: &Bytes32, subject: S, institution: InstitutionId, now: Moment) -> bool {
		let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
		// Only its owner uses it up: another institution cannot spend it by guessing at permits.
		match open.get(&nonce.0) {
			Some(challenge) if challenge.institution == institution => {}
			_ => return false,
		}
		open.remove(&nonce.0).is_some_and(|challenge| challenge.subject == subject && now < challenge.expires_at)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	const PERMIT: PermitId = PermitId(4);
	const ASKER: InstitutionId = InstitutionId(2);

	#[test]
	fn a_challenge_is_good_once() {
		let challenges = Challenges::default();
		let challenge = challenges.draw(PERMIT, ASKER, 0).unwrap();
		assert!(challenges.take(&challenge.nonce, PERMIT, ASKER, 1));
		assert!(!challenges.take(&challenge.nonce, PERMIT, ASKER, 1));
	}

	#[test]
	fn a_challenge_is_void_when_late_for_another_permit_or_for_another_institution() {
		let challenges = Challenges::default();
		let draw = || challenges.draw(PERMIT, ASKER, 0).unwrap();
		assert!(!challenges.take(&draw().nonce, PERMIT, ASKER, VALIDITY));
		assert!(!challenges.take(&draw().nonce, PermitId(5), ASKER, 1));
		let challenge = draw();
		assert!(!challenges.take(&challenge.nonce, PERMIT, InstitutionId(3), 1));
		assert!(challenges.take(&challenge.nonce, PERMIT, ASKER, 1), "another institution cannot spend it");
		assert!(!challenges.take(&[9; 32].into(), PERMIT, ASKER, 1), "never drawn");
	}

	#[test]
	fn open_challenges_are_bounded_per_institution() {
		let challenges = Challenges::default();
		for _ in 0..MAX_OPEN {
			challenges.draw(PERMIT, ASKER, 0).unwrap();
		}
		assert!(challenges.draw(PERMIT, ASKER, 0).is_none());
		assert!(challenges.draw(PERMIT, InstitutionId(3), 0).is_some());
		assert!(challenges.draw(PERMIT, ASKER, VALIDITY).is_some(), "old ones make room");
	}
}

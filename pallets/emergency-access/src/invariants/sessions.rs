//! What must hold of scopes and sessions in every state.

use crate::{
	Config, EmergencyStatus, EmergencyUse, EnrolmentUse, Enrolments, LocateSessions, LocateUse, OpenCount, OpenLocates,
	OpenSessions, OverdueReviews, OverdueUntil, Pallet, PersonalAttempts, Scopes, SessionOf, Sessions, SessionsOf,
	SuspensionUse, MAX_ENROLMENTS,
};
use alloc::{
	collections::{BTreeMap, BTreeSet},
	vec::Vec,
};
use frame_support::ensure;
use salus_primitives::InstitutionId;
use sp_runtime::TryRuntimeError;

impl<T: Config> Pallet<T> {
	pub(super) fn try_state_sessions() -> Result<(), TryRuntimeError> {
		Self::try_state_scopes()?;
		Sessions::<T>::iter_values().try_for_each(|session| Self::try_state_session(&session))?;
		Self::try_state_indexes()?;
		Self::try_state_counts()?;
		Self::try_state_locates()
	}

	fn try_state_scopes() -> Result<(), TryRuntimeError> {
		let mut drills = BTreeMap::new();
		for (handle, _, scope) in Scopes::<T>::iter() {
			let same = *drills.entry(handle).or_insert(scope.drill) == scope.drill;
			ensure!(same, "a patient's data are all test data or none");
			let kinds: BTreeSet<_> = scope.sealed.iter().map(|set| set.personal).collect();
			ensure!(kinds.len() == scope.sealed.len(), "a scope has one set for each kind of committee");
			for set in &scope.sealed {
				let distinct: BTreeSet<_> = set.envelopes.iter().collect();
				ensure!(distinct.len() == set.envelopes.len(), "no envelope is sealed twice");
				ensure!(
					!set.envelopes.is_empty() || set.consumed != 0,
					"a set without envelopes is kept for the numbers that were used up"
				);
				let numbers = (0..8u8).filter(|number| set.is_consumed(*number)).map(usize::from);
				ensure!(
					set.envelopes.is_empty() || numbers.max().is_none_or(|last| last < set.envelopes.len()),
					"only numbers of envelopes are used up"
				);
				let spent: BTreeSet<_> = set.spent.iter().map(|spent| spent.number).collect();
				ensure!(
					spent.len() == set.spent.len() && spent.iter().all(|number| set.is_consumed(*number)),
					"what was used up for nothing was used up once"
				);
			}
		}
		Ok(())
	}

	fn try_state_session(session: &SessionOf<T>) -> Result<(), TryRuntimeError> {
		use EmergencyStatus::*;
		let parts = session.parts.iter().map(|(index, _)| *index);
		let voters: Vec<_> =
			parts.chain(session.refused.iter().copied()).chain(session.rejected.iter().copied()).collect();
		let distinct: BTreeSet<_> = voters.iter().collect();
		ensure!(distinct.len() == voters.len(), "a guardian has one vote in a session");

		let (parts, required) = (session.parts.len(), usize::from(session.required));
		let was_active = session.active_until.is_some();
		ensure!(
			parts == if was_active { required } else { parts.min(required.saturating_sub(1)) },
			"a session was active when it has the parts that it needs"
		);
		let as_it_stands = match session.status {
			Requested | Expired | Rejected | Cancelled => !was_active,
			Active | Closed => was_active,
			Suspended => true,
		};
		ensure!(as_it_stands, "parts of a session are those of its status");
		let ended = !matches!(session.status, Requested | Active);
		ensure!(
			session.review_due.is_some() == (ended && was_active && !session.drill),
			"a review is due when data could be read"
		);
		ensure!(!session.overdue || session.review_due.is_some(), "only a review that is due is overdue");
		ensure!(session.verdict.is_none() || (ended && session.status != Cancelled), "what is reviewed has ended");
		ensure!(session.disputed || session.confirmed.is_empty(), "guardians confirm what the patient said");
		ensure!(session.disputed || !session.disputed_by_key, "a dispute by the own key is a dispute");
		ensure!(session.institution != session.custodian, "nobody asks for the own patient");

		let scope = Self::scope(&session.handle, session.tier);
		ensure!(
			scope.epoch > session.epoch || (scope.epoch == session.epoch && !(ended && was_active)),
			"the epoch of a session that was active ends with it"
		);
		let set = scope.sealed_to(session.committee).filter(|_| scope.epoch == session.epoch);
		ensure!(set.is_none_or(|set| set.is_consumed(session.envelope)), "a request uses its envelope up");
		Ok(())
	}

	/// Each index lists what the sessions say, and nothing else.
	fn try_state_indexes() -> Result<(), TryRuntimeError> {
		let sessions: Vec<_> = Sessions::<T>::iter().collect();
		let open =
			|session: &SessionOf<T>| matches!(session.status, EmergencyStatus::Requested | EmergencyStatus::Active);
		let expected: BTreeSet<_> = sessions
			.iter()
			.filter(|(_, session)| open(session))
			.map(|(id, session)| (session.committee, *id))
			.collect();
		let stored: BTreeSet<_> = OpenSessions::<T>::iter_keys().collect();
		ensure!(stored == expected, "open sessions are those that are requested or active");
		let expected: BTreeSet<_> = sessions.iter().map(|(id, session)| (session.handle, *id)).collect();
		let stored: BTreeSet<_> = SessionsOf::<T>::iter_keys().collect();
		ensure!(stored == expected, "a patient's sessions are all that there were");
		for (handle, (institution, tier), id) in PersonalAttempts::<T>::iter() {
			let points_right = Sessions::<T>::get(id).is_some_and(|session| {
				(session.handle, session.institution, session.tier) == (handle, institution, tier)
			});
			ensure!(points_right, "an attempt is a session of the institution on the patient's tier");
		}
		Ok(())
	}

	fn try_state_counts() -> Result<(), TryRuntimeError> {
		let count = |of: &dyn Fn(&SessionOf<T>) -> bool| {
			let mut counts = BTreeMap::<InstitutionId, u32>::new();
			for session in Sessions::<T>::iter_values().filter(|session| of(session)) {
				*counts.entry(session.institution).or_default() += 1;
			}
			counts
		};
		let open = count(&|session| matches!(session.status, EmergencyStatus::Requested | EmergencyStatus::Active));
		ensure!(OpenCount::<T>::iter().collect::<BTreeMap<_, _>>() == open, "open sessions are counted");
		let overdue = count(&|session| session.overdue && session.verdict.is_none());
		ensure!(OverdueReviews::<T>::iter().collect::<BTreeMap<_, _>>() == overdue, "overdue reviews are counted");
		let held: BTreeSet<_> = OverdueUntil::<T>::iter_keys().collect();
		ensure!(held == overdue.into_keys().collect(), "an institution is held up for overdue reviews");
		let uses = EmergencyUse::<T>::iter_values().chain(LocateUse::<T>::iter_values());
		for used in uses.chain(EnrolmentUse::<T>::iter_values()).chain(SuspensionUse::<T>::iter_values()) {
			let tags: BTreeSet<_> = used.shifts.iter().map(|(tag, _)| tag).collect();
			ensure!(tags.len() == used.shifts.len(), "a practitioner is counted in one place");
			let sum: u32 = used.shifts.iter().map(|(_, requests)| requests).sum();
			ensure!(sum == used.requests && sum > 0, "an institution's requests are those of its practitioners");
		}
		Ok(())
	}

	fn try_state_locates() -> Result<(), TryRuntimeError> {
		let mut waiting = BTreeSet::new();
		for (id, session) in LocateSessions::<T>::iter() {
			let parts = session.parts.iter().map(|(index, _)| *index);
			let answers: Vec<_> = parts.chain(session.refused.iter().copied()).collect();
			let distinct: BTreeSet<_> = answers.iter().collect();
			ensure!(distinct.len() == answers.len(), "a guardian answers once in a locate session");
			ensure!(
				session.parts.len() <= usize::from(session.required),
				"a complete locate session takes no more parts"
			);
			if !session.is_complete() {
				waiting.insert((session.committee, id));
			}
		}
		let counted = |times| (1..=MAX_ENROLMENTS).contains(&times);
		let enrolled = Enrolments::<T>::iter_values().all(|enrolment| counted(enrolment.times));
		ensure!(enrolled, "a patient is entered into an index a few times");
		let stored: BTreeSet<_> = OpenLocates::<T>::iter_keys().collect();
		ensure!(stored == waiting, "locate sessions that wait are those that lack parts");
		Ok(())
	}
}

//! Locate sessions: guardians evaluate a keyed function on one blinded name, each by its part, verified here.
//!
//! Nobody on chain can tell who is looked for. What the function gives away is an answer to a guess, so a day's searches of an
//! institution are counted.

use crate::{
	CommitteeOf, Config, Error, Event, LocateCursor, LocateRequest, LocateSession, LocateSessions, OpenLocates, Pallet,
};
use alloc::vec::Vec;
use frame_support::ensure;
use salus_primitives::{
	Act, AuditChain, AuditLog, Commitment, CommitteeId, CommitteePurpose, EmergencyRequestId, Handles, InstitutionId,
	Members, OutcomeClass, PurposeClass,
};
use salus_threshold::{
	locate::{is_blinded_element, LocateContext, LocatePart},
	request::request_id,
};
use sp_runtime::{DispatchError, DispatchResult};

use crate::session::MAX_LISTED;

impl<T: Config> Pallet<T> {
	/// Every check of a request to locate, and what is stored for it.
	pub(crate) fn admit_locate(
		institution: InstitutionId,
		request: LocateRequest,
		entry: Commitment,
	) -> Result<(EmergencyRequestId, LocateSession), DispatchError> {
		let LocateRequest { committee, blinded, key_hash, shift_tag, enrol } = request;
		ensure!(T::Members::may_claim(institution, PurposeClass::Emergency), Error::<T>::NotForEmergency);
		let is_custodian = |handle| T::Handles::custodian(&handle) == Some(institution);
		ensure!(enrol.is_none_or(is_custodian), Error::<T>::NotCustodian);
		let deciding = Self::committee_for(committee, CommitteePurpose::Locate)?;
		let id = EmergencyRequestId(request_id(&Self::genesis(), institution.0, &blinded));
		ensure!(!LocateSessions::<T>::contains_key(id), Error::<T>::RequestIdUsed);
		let required = deciding.set.threshold.k;
		let eligible = Self::eligible(&deciding.set, institution).count();
		ensure!(eligible >= usize::from(required), Error::<T>::TooFewGuardians);
		ensure!(is_blinded_element(&blinded), Error::<T>::InvalidRequest);

		let now = Self::now();
		let session = LocateSession {
			committee,
			version: deciding.set.version,
			institution,
			blinded,
			key_hash,
			shift_tag,
			enrol,
			required,
			parts: Default::default(),
			refused: Default::default(),
			requested_at: now,
			expires_at: now.saturating_add(Self::limits().locate_validity),
			entry,
		};
		Ok((id, session))
	}

	/// Counts and opens the session, and records the act on the chain of who asks: no patient is known.
	pub(crate) fn open_locate(id: EmergencyRequestId, session: LocateSession) -> DispatchResult {
		let institution = session.institution;
		Self::count_locate(&session, &Self::limits(), Self::now())?;
		Self::record_locate(Act::Locate, institution, Some(institution), session.entry)?;
		OpenLocates::<T>::insert(session.committee, id, ());
		LocateSessions::<T>::insert(id, session);
		Ok(())
	}

	/// A guardian's part of the evaluation: taken, or its author named when it is wrong.
	pub(crate) fn evaluate(
		id: EmergencyRequestId,
		who: &T::AccountId,
		part: &LocatePart,
		entry: Commitment,
	) -> DispatchResult {
		let mut session = LocateSessions::<T>::get(id).ok_or(Error::<T>::UnknownSession)?;
		let waits = !session.is_complete() && Self::now() < session.expires_at;
		ensure!(waits, Error::<T>::NotRequested);
		let committee = Self::committee_for(session.committee, CommitteePurpose::Locate)?;
		ensure!(committee.set.version == session.version, Error::<T>::CommitteeChanged);
		let index = Self::voting_seat(&committee.set, who)?;
		let actor = Self::independent(&committee, index, session.institution)?;
		ensure!(!session.has_answered(index), Error::<T>::AlreadyVoted);
		ensure!(T::Members::may_claim(session.institution, PurposeClass::Emergency), Error::<T>::NotForEmergency);

		let context = Self::locate_context(&session, &committee)?;
		let keys = committee.set.keys.as_ref().ok_or(Error::<T>::CommitteeNotActive)?;
		let key = keys.member(index).ok_or(Error::<T>::NotGuardian)?;
		if !part.verify(&context, &session.blinded, index, key) {
			session.refused.try_push(index).map_err(|_| DispatchError::Exhausted)?;
			LocateSessions::<T>::insert(id, session);
			Self::deposit_event(Event::LocatePartRefused { id, guardian: index });
			return Ok(());
		}

		Self::record_locate(Act::LocateEvaluation, session.institution, actor, entry)?;
		session.parts.try_push((index, part.value)).map_err(|_| DispatchError::Exhausted)?;
		let (parts, required) = (session.parts.len() as u32, session.required);
		Self::deposit_event(Event::LocateEvaluated { id, guardian: index, parts, required });
		if session.is_complete() {
			session.expires_at = Self::now().saturating_add(Self::limits().session_validity);
			OpenLocates::<T>::remove(session.committee, id);
			Self::deposit_event(Event::LocateCompleted { id, institution: session.institution });
		}
		LocateSessions::<T>::insert(id, session);
		Ok(())
	}

	/// Drops what is over among a few locate sessions, going on where the last block stopped. Returns how many it looked at.
	pub(crate) fn drop_some_locates(most: u32) -> u32 {
		let mut sessions = match LocateCursor::<T>::get() {
			Some(id) => LocateSessions::<T>::iter_from(LocateSessions::<T>::hashed_key_for(id)),
			None => LocateSessions::<T>::iter(),
		};
		let seen: Vec<_> = sessions.by_ref().take(most as usize).collect();
		match seen.last() {
			Some((last, _)) if seen.len() == most as usize => LocateCursor::<T>::put(last),
			_ => LocateCursor::<T>::kill(),
		}
		let now = Self::now();
		for (id, session) in seen.iter().filter(|(_, session)| session.expires_at <= now) {
			OpenLocates::<T>::remove(session.committee, id);
			Self::uncount_enrolment(session);
			LocateSessions::<T>::remove(id);
		}
		// Exact: no more than `most`.
		seen.len() as u32
	}

	/// A locate session that the chain still keeps. One that is over is dropped within some blocks.
	pub fn locate_session(id: EmergencyRequestId) -> Option<LocateSession> {
		LocateSessions::<T>::get(id)
	}

	/// The locate sessions before a committee that wait for parts, at most 1,024.
	pub fn open_locates(committee: CommitteeId) -> Vec<EmergencyRequestId> {
		let now = Self::now();
		let waits =
			|id: &EmergencyRequestId| LocateSessions::<T>::get(id).is_some_and(|session| now < session.expires_at);
		OpenLocates::<T>::iter_key_prefix(committee).filter(waits).take(MAX_LISTED).collect()
	}

	/// What every part is bound to. Taken from the state, never from who brings a part.
	fn locate_context(session: &LocateSession, committee: &CommitteeOf<T>) -> Result<LocateContext, DispatchError> {
		Ok(LocateContext {
			genesis: Self::genesis(),
			key_id: committee.key_id.ok_or(Error::<T>::CommitteeNotActive)?,
			committee: session.committee.0,
			version: session.version,
			requester: session.institution.0,
			key_hash: session.key_hash,
		})
	}

	fn record_locate(
		act: Act,
		institution: InstitutionId,
		actor: Option<InstitutionId>,
		entry: Commitment,
	) -> DispatchResult {
		T::Audit::record(AuditChain::Institution(institution), act, OutcomeClass::Permitted, actor, None, entry)?;
		Ok(())
	}
}

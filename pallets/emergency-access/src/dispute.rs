//! The patient contradicts a session. That alone stops nothing, or a thief with the patient's phone would stop the ambulance:
//! guardians confirm it, or the patient stands before another institution. That one's word suffices a few times a day; then it is a
//! confirmation like others, or a stolen gateway would stop every ambulance.

use crate::{CommitteeOf, Config, EmergencyStatus, Error, Event, Pallet, Session, SessionOf, Sessions, SuspensionUse};
use frame_support::ensure;
use salus_primitives::{
	Act, Commitment, ControllerKind, EmergencyRequestId, Guardian, Handles, InstitutionId, Members, PatientHandle,
	PurposeClass,
};
use sp_runtime::{DispatchError, DispatchResult};

impl<T: Config> Pallet<T> {
	/// The session, for the patient whose data it is about. A custodian who acts on behalf of the patient cannot contradict in
	/// the patient's name.
	pub(crate) fn disputable(
		handle: &PatientHandle,
		id: EmergencyRequestId,
		who: &T::AccountId,
	) -> Result<SessionOf<T>, DispatchError> {
		let controls = T::Handles::controller(handle, who);
		ensure!(controls == Some(ControllerKind::SelfHeld), Error::<T>::NotController);
		// A session of another patient is none to this one.
		let session = Sessions::<T>::get(id).filter(|session| session.handle == *handle);
		let session = session.ok_or(Error::<T>::UnknownSession)?;
		ensure!(session.verdict.is_none(), Error::<T>::AlreadyReviewed);
		ensure!(!session.disputed_by_key, Error::<T>::AlreadyDisputed);
		Ok(session)
	}

	/// Marks the session. Later than its end, the mark is for the review.
	pub(crate) fn dispute(id: EmergencyRequestId, mut session: SessionOf<T>, entry: Commitment) -> DispatchResult {
		Self::record(session.handle, Act::EmergencyDispute, None, entry)?;
		(session.disputed, session.disputed_by_key) = (true, true);
		Sessions::<T>::insert(id, session);
		Ok(())
	}

	/// A guardian confirms the patient's dispute; enough of them suspend the session.
	///
	/// Any present guardian of the committee may, whatever its version: none needs a share for this.
	pub(crate) fn confirm_for(id: EmergencyRequestId, who: &T::AccountId, entry: Commitment) -> DispatchResult {
		let mut session = Self::running_session(id)?;
		ensure!(session.disputed, Error::<T>::NotDisputed);
		let committee = Self::committee(session.committee)?;
		let index = Self::voting_seat(&committee.set, who)?;
		let institution = Self::independent(&committee, index, session.institution)?;
		let guardian = committee.set.member(index).ok_or(Error::<T>::NotGuardian)?.guardian.clone();
		let (confirmations, required) = Self::confirm(&mut session, &committee, guardian)?;
		// The same act whether it suspends or not: the guardian committed to its entry before it could know.
		Self::record(session.handle, Act::EmergencyDispute, institution, entry)?;
		Self::deposit_event(Event::DisputeConfirmed { id, guardian: index, confirmations, required });
		if confirmations >= required {
			Self::suspend(id, session, None);
		} else {
			Sessions::<T>::insert(id, session);
		}
		Ok(())
	}

	/// Adds a confirmation. Returns how many there are, and how many suspend.
	fn confirm(
		session: &mut SessionOf<T>,
		committee: &CommitteeOf<T>,
		guardian: Guardian<T::AccountId>,
	) -> Result<(u32, u32), DispatchError> {
		ensure!(!session.confirmed.contains(&guardian), Error::<T>::AlreadyVoted);
		session.confirmed.try_push(guardian).map_err(|_| DispatchError::Exhausted)?;
		// More than open the envelope are never asked to close it.
		let quorum = Self::limits().dispute_quorum.min(committee.set.threshold.k.into());
		Ok((session.confirmed.len() as u32, quorum))
	}

	/// An institution states, with evidence, that the patient is there in person and wants the session stopped. When it has stopped as
	/// many today as it may, and the patient's own key has not spoken, its statement marks the session and is one confirmation.
	///
	/// Not the requester's, which can close. Not the custodian's, which may have reasons of its own to hide what it did, unless
	/// the patient's own key has spoken.
	pub(crate) fn suspend_for_patient(
		id: EmergencyRequestId,
		institution: InstitutionId,
		evidence: Commitment,
		entry: Commitment,
	) -> DispatchResult {
		ensure!(T::Members::may_claim(institution, PurposeClass::Emergency), Error::<T>::NotForEmergency);
		let session = Self::running_session(id)?;
		let custodian = T::Handles::custodian(&session.handle).unwrap_or(session.custodian);
		let independent = session.institution != institution && (session.disputed_by_key || custodian != institution);
		ensure!(independent, Error::<T>::NotIndependent);

		// The same act whether it suspends or not, as for a guardian that confirms.
		Self::record(session.handle, Act::EmergencySuspension, Some(institution), entry)?;
		if !session.disputed_by_key {
			let Some(used) = Self::one_more_suspension(institution) else {
				return Self::claim_presence(id, session, institution, evidence);
			};
			SuspensionUse::<T>::insert(institution, used);
		}
		Self::suspend(id, session, Some((institution, evidence)));
		Ok(())
	}

	/// Marks the session, and takes an institution's statement that the patient is there as one confirmation.
	fn claim_presence(
		id: EmergencyRequestId,
		mut session: SessionOf<T>,
		institution: InstitutionId,
		evidence: Commitment,
	) -> DispatchResult {
		let committee = Self::committee(session.committee)?;
		// An institution that guards, or whose people do, is one guardian and not two.
		let seat = committee.set.members.iter().find(|member| member.institution() == Some(institution));
		let guardian = seat.map_or(Guardian::Institution(institution), |member| member.guardian.clone());
		let (confirmations, required) = Self::confirm(&mut session, &committee, guardian)?;
		if !session.disputed {
			session.disputed = true;
			Self::deposit_event(Event::SessionDisputed { id, handle: session.handle });
		}
		Self::deposit_event(Event::PresenceClaimed { id, institution, evidence, confirmations, required });
		if confirmations >= required {
			Self::suspend(id, session, Some((institution, evidence)));
		} else {
			Sessions::<T>::insert(id, session);
		}
		Ok(())
	}

	/// A session in which something could still be approved or opened.
	fn running_session(id: EmergencyRequestId) -> Result<SessionOf<T>, DispatchError> {
		let session = Self::stored_session(id)?;
		let running = matches!(session.status_at(Self::now()), EmergencyStatus::Requested | EmergencyStatus::Active);
		ensure!(running, Error::<T>::SessionOver);
		Ok(session)
	}

	fn suspend(id: EmergencyRequestId, mut session: SessionOf<T>, in_person: Option<(InstitutionId, Commitment)>) {
		let Session { handle, tier, .. } = session;
		session.review_due = Self::review_due(&session);
		let epoch = Self::end_epoch(&handle, tier, session.epoch);
		Self::end_session(id, session, EmergencyStatus::Suspended);
		Self::deposit_event(Event::SessionSuspended { id, handle, tier, epoch, in_person });
	}
}

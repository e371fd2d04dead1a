//! Votes. An approval is a part of the decryption, verified here; a rejection is a word.

use crate::{CommitteeOf, Config, EmergencyStatus, Error, Event, Pallet, Session, SessionOf, Sessions};
use frame_support::{ensure, pallet_prelude::*};
use salus_primitives::{Act, Commitment, CommitteePurpose, EmergencyRequestId, InstitutionId, Members, PurposeClass};
use salus_threshold::part::DecryptionPart;
use sp_runtime::{DispatchError, DispatchResult};

/// A guardian's right to one vote on one session.
pub(crate) struct Ballot<T: Config> {
	pub id: EmergencyRequestId,
	pub session: SessionOf<T>,
	committee: CommitteeOf<T>,
	/// The guardian, from 1.
	index: u16,
	/// The institution that answers for the vote; `None` for a person on its own.
	institution: Option<InstitutionId>,
}

impl<T: Config> Pallet<T> {
	/// The signer is a guardian who may vote on this session, and has not. Who it is follows from the origin alone, so that two
	/// gateways of one institution are one guardian; no institution stands twice in a set of members.
	pub(crate) fn ballot(id: EmergencyRequestId, who: &T::AccountId) -> Result<Ballot<T>, DispatchError> {
		let session = Self::stored_session(id)?;
		ensure!(session.status_at(Self::now()) == EmergencyStatus::Requested, Error::<T>::NotRequested);
		let committee = Self::committee_for(session.committee, CommitteePurpose::Release)?;
		// A removed guardian still has a share, of a polynomial that is no longer in use.
		ensure!(committee.set.version == session.version, Error::<T>::CommitteeChanged);
		let index = Self::voting_seat(&committee.set, who)?;
		let institution = Self::independent(&committee, index, session.institution)?;
		ensure!(!session.has_voted(index), Error::<T>::AlreadyVoted);
		Ok(Ballot { id, session, committee, index, institution })
	}

	/// The institution behind a guardian, which must not be the requester's: neither itself nor its people decide on it.
	pub(crate) fn independent(
		committee: &CommitteeOf<T>,
		index: u16,
		requester: InstitutionId,
	) -> Result<Option<InstitutionId>, DispatchError> {
		let member = committee.set.member(index).ok_or(Error::<T>::NotGuardian)?;
		let institution = member.institution();
		ensure!(institution != Some(requester), Error::<T>::NotIndependent);
		Ok(institution)
	}

	/// Takes a part, or voids the vote of who sent a wrong one: refusing the call instead would leave no trace of it.
	pub(crate) fn approve(ballot: Ballot<T>, part: &DecryptionPart, entry: Commitment) -> DispatchResult {
		let Ballot { id, mut session, committee, index, institution } = ballot;
		ensure!(T::Members::may_claim(session.institution, PurposeClass::Emergency), Error::<T>::NotForEmergency);
		let context = Self::request_context(&session, &committee)?;
		let keys = committee.set.keys.as_ref().ok_or(Error::<T>::CommitteeNotActive)?;
		let key = keys.member(index).ok_or(Error::<T>::NotGuardian)?;
		if !part.verify(&context, &session.point, index, key) {
			add(&mut session.refused, index)?;
			Self::deposit_event(Event::PartRefused { id, guardian: index });
			Self::store_unless_hopeless(id, session, &committee);
			return Ok(());
		}

		Self::record(session.handle, Act::EmergencyApproval, institution, entry)?;
		add(&mut session.parts, (index, part.value))?;
		let parts = votes(session.parts.len());
		Self::deposit_event(Event::RequestApproved { id, guardian: index, parts, required: session.required });
		if parts >= session.required {
			Self::activate(id, &mut session);
		}
		Sessions::<T>::insert(id, session);
		Ok(())
	}

	/// Takes a rejection.
	pub(crate) fn reject(ballot: Ballot<T>, entry: Commitment) -> DispatchResult {
		let Ballot { id, mut session, committee, index, institution } = ballot;
		Self::record(session.handle, Act::EmergencyRejection, institution, entry)?;
		add(&mut session.rejected, index)?;
		Self::deposit_event(Event::GuardianRejected { id, guardian: index });
		Self::store_unless_hopeless(id, session, &committee);
		Ok(())
	}

	fn activate(id: EmergencyRequestId, session: &mut SessionOf<T>) {
		let until = Self::now().saturating_add(Self::limits().session_validity);
		session.status = EmergencyStatus::Active;
		session.active_until = Some(until);
		Self::forgive_envelope(session);
		let Session { handle, institution, .. } = *session;
		Self::deposit_event(Event::SessionActivated { id, handle, institution, until });
	}

	/// Stores a session after a vote against it; ends it when those who have not voted cannot make it active any more.
	fn store_unless_hopeless(id: EmergencyRequestId, session: SessionOf<T>, committee: &CommitteeOf<T>) {
		let open = Self::eligible(&committee.set, session.institution).filter(|index| !session.has_voted(*index));
		if session.parts.len().saturating_add(open.count()) >= usize::from(session.required) {
			Sessions::<T>::insert(id, session);
		} else {
			Self::end_session(id, session, EmergencyStatus::Rejected);
			Self::deposit_event(Event::RequestRejected { id });
		}
	}
}

/// Adds a vote to a list that has room for one of each member.
fn add<V, S: Get<u32>>(list: &mut BoundedVec<V, S>, vote: V) -> Result<(), DispatchError> {
	list.try_push(vote).map_err(|_| DispatchError::Exhausted)
}

/// A number of votes; no committee has more members than u16 counts.
fn votes(count: usize) -> u16 {
	u16::try_from(count).unwrap_or(u16::MAX)
}

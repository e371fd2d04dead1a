//! The life of a session: requested, then active, cancelled, rejected or expired; an active one ends closed or suspended.

use crate::{
	scope::{is_personal, serves},
	CommitteeOf, Config, DayUse, EmergencyRequest, EmergencyStatus, EmergencyUse, Error, Event, ExpiryCursor,
	MemberSetOf, OpenSessions, Pallet, PersonalAttempts, Session, SessionOf, Sessions, SessionsOf,
};
use alloc::vec::Vec;
use frame_support::ensure;
use salus_primitives::{
	Act, Commitment, CommitteeId, CommitteePurpose, EmergencyRequestId, Handles, InstitutionId, Members, Moment,
	PatientHandle, PurposeClass,
};
use salus_threshold::request::{request_id, verify_request, RequestContext};
use sp_runtime::{DispatchError, DispatchResult};

/// Most sessions that one block looks at to end what has run out.
pub(crate) const MAX_EXPIRIES: u32 = 16;
/// Most open sessions of a committee that a query lists.
pub(crate) const MAX_LISTED: usize = 1_024;

/// A request that passed every check, and what it makes of the caps.
pub(crate) struct Admitted<T: Config> {
	pub id: EmergencyRequestId,
	pub session: SessionOf<T>,
	/// The use of the day, when the request is an automatic one and no drill.
	counted: Option<DayUse>,
	/// Whether the patient's own committee decides.
	personal: bool,
}

impl<T: Config> Pallet<T> {
	/// Every check of a request, those with cryptography last: what fails earlier costs the chain little.
	pub(crate) fn admit(
		institution: InstitutionId,
		request: EmergencyRequest,
		entry: Commitment,
	) -> Result<Admitted<T>, DispatchError> {
		let EmergencyRequest { handle, tier, committee, envelope, header, point, key_hash, proof, shift_tag, .. } =
			request;
		ensure!(T::Members::may_claim(institution, PurposeClass::Emergency), Error::<T>::NotForEmergency);
		// A handle that nobody registered is one for which nothing is sealed.
		let custodian = T::Handles::custodian(&handle).ok_or(Error::<T>::NothingSealed)?;
		ensure!(custodian != institution, Error::<T>::OwnPatient);

		let deciding = Self::committee_for(committee, CommitteePurpose::Release)?;
		ensure!(serves(&deciding, &handle), Error::<T>::CommitteeOfAnother);
		let scope = Self::scope(&handle, tier);
		Self::ensure_sealed(&scope, institution, committee, envelope, &request.salt, &header)?;
		if !is_personal(&deciding) {
			Self::ensure_own_committee_asked(&handle, tier, institution, &scope)?;
		}

		let id = EmergencyRequestId(request_id(&Self::genesis(), institution.0, &point));
		ensure!(!Sessions::<T>::contains_key(id), Error::<T>::RequestIdUsed);
		let (limits, now) = (Self::limits(), Self::now());
		let has_room = Self::has_room(institution, &limits)?;
		let counted = match has_room && !scope.drill {
			true => Self::automatic_use(institution, &shift_tag, &limits, now),
			false => None,
		};
		let manual = counted.is_none() && !scope.drill;
		let required = Self::required(&deciding, institution, manual)?;

		let session = Session {
			handle,
			tier,
			epoch: scope.epoch,
			envelope,
			committee,
			version: deciding.set.version,
			institution,
			custodian,
			header,
			point,
			key_hash,
			proof,
			shift_tag,
			status: EmergencyStatus::Requested,
			manual,
			required,
			parts: Default::default(),
			refused: Default::default(),
			rejected: Default::default(),
			requested_at: now,
			expires_at: now.saturating_add(limits.request_validity),
			active_until: None,
			disputed: false,
			disputed_by_key: false,
			confirmed: Default::default(),
			review_due: None,
			overdue: false,
			verdict: None,
			entry,
			drill: scope.drill,
		};
		let context = Self::request_context(&session, &deciding)?;
		verify_request(&context, &point, &proof).map_err(|_| Error::<T>::InvalidRequest)?;
		Ok(Admitted { id, session, counted, personal: is_personal(&deciding) })
	}

	/// Opens the session, uses its envelope up, and records the act.
	pub(crate) fn open_session(admitted: Admitted<T>) -> DispatchResult {
		let Admitted { id, session, counted, personal } = admitted;
		let Session { handle, tier, institution, committee, .. } = session;
		Self::record(handle, Act::EmergencyRequest, Some(institution), session.entry)?;
		Self::consume_envelope(&session)?;
		if let Some(used) = counted {
			EmergencyUse::<T>::insert(institution, used);
		}
		if personal {
			PersonalAttempts::<T>::insert(handle, (institution, tier), id);
		}
		Self::count_open(institution);
		OpenSessions::<T>::insert(committee, id, ());
		SessionsOf::<T>::insert(handle, id, ());
		Sessions::<T>::insert(id, session);
		Ok(())
	}

	/// Parts that a request needs: the threshold and what caps and reviews add, and never more than there are guardians who
	/// could give them.
	fn required(committee: &CommitteeOf<T>, institution: InstitutionId, manual: bool) -> Result<u16, DispatchError> {
		let k = committee.set.threshold.k;
		let eligible = Self::eligible(&committee.set, institution).count();
		let eligible = u16::try_from(eligible).unwrap_or(u16::MAX);
		// Before the envelope is used up for nothing.
		ensure!(eligible >= k, Error::<T>::TooFewGuardians);
		Ok(k.saturating_add(Self::extra_approvals(institution, manual)).min(eligible))
	}

	/// Indices of the guardians whose vote counts on a request of this institution: in good standing, and not its own people.
	pub(crate) fn eligible(set: &MemberSetOf<T>, institution: InstitutionId) -> impl Iterator<Item = u16> + '_ {
		(1..).zip(&set.members).filter_map(move |(index, member)| {
			(member.institution() != Some(institution) && Self::counts(member)).then_some(index)
		})
	}

	/// What the proofs of a session are bound to. Taken from the state, never from who brings a proof.
	pub(crate) fn request_context(
		session: &SessionOf<T>,
		committee: &CommitteeOf<T>,
	) -> Result<RequestContext, DispatchError> {
		let key_id = committee.key_id.ok_or(Error::<T>::CommitteeNotActive)?;
		Ok(RequestContext {
			label: Self::label(key_id, &session.handle, session.tier, session.epoch, session.envelope),
			committee: session.committee.0,
			version: session.version,
			requester: session.institution.0,
			key_hash: session.key_hash,
			header: session.header,
		})
	}

	/// A session as it is stored, for the institution that asked for it.
	pub(crate) fn own_session(id: EmergencyRequestId, who: &T::AccountId) -> Result<SessionOf<T>, DispatchError> {
		let institution = T::Members::active_institution(who)?;
		let session = Self::stored_session(id)?;
		ensure!(session.institution == institution, Error::<T>::NotRequester);
		Ok(session)
	}

	pub(crate) fn stored_session(id: EmergencyRequestId) -> Result<SessionOf<T>, DispatchError> {
		Ok(Sessions::<T>::get(id).ok_or(Error::<T>::UnknownSession)?)
	}

	/// Takes a request back while it waits.
	pub(crate) fn cancel(id: EmergencyRequestId, session: SessionOf<T>, entry: Commitment) -> DispatchResult {
		ensure!(session.status_at(Self::now()) == EmergencyStatus::Requested, Error::<T>::NotRequested);
		Self::record(session.handle, Act::EmergencyCancel, Some(session.institution), entry)?;
		Self::end_session(id, session, EmergencyStatus::Cancelled);
		Ok(())
	}

	/// Closes an active session for the institution that asked.
	pub(crate) fn close(id: EmergencyRequestId, session: SessionOf<T>, entry: Commitment) -> DispatchResult {
		ensure!(session.status_at(Self::now()) == EmergencyStatus::Active, Error::<T>::NotActive);
		Self::record(session.handle, Act::EmergencyClose, Some(session.institution), entry)?;
		Self::close_with_epoch(id, session, false);
		Ok(())
	}

	/// Ends a session whose time is over. Fails when it is not.
	pub(crate) fn expire(id: EmergencyRequestId) -> DispatchResult {
		let session = Self::stored_session(id)?;
		ensure!(Self::expire_if_over(id, session), Error::<T>::NotExpired);
		Ok(())
	}

	/// Ends a session if its time is over; whether it was.
	fn expire_if_over(id: EmergencyRequestId, session: SessionOf<T>) -> bool {
		let ended = session.status_at(Self::now());
		if ended == session.status {
			return false;
		}
		if ended == EmergencyStatus::Closed {
			Self::close_with_epoch(id, session, true);
		} else {
			Self::end_session(id, session, ended);
			Self::deposit_event(Event::RequestExpired { id });
		}
		true
	}

	/// Ends a session that was active, and its epoch with it; a review falls due.
	fn close_with_epoch(id: EmergencyRequestId, mut session: SessionOf<T>, expired: bool) {
		let Session { handle, tier, .. } = session;
		session.review_due = Self::review_due(&session);
		let epoch = Self::end_epoch(&handle, tier, session.epoch);
		Self::end_session(id, session, EmergencyStatus::Closed);
		Self::deposit_event(Event::SessionClosed { id, handle, tier, epoch, expired });
	}

	/// Stores a session in a status in which nothing can be opened or approved any more.
	pub(crate) fn end_session(id: EmergencyRequestId, mut session: SessionOf<T>, status: EmergencyStatus) {
		session.status = status;
		OpenSessions::<T>::remove(session.committee, id);
		Self::count_ended(session.institution);
		Sessions::<T>::insert(id, session);
	}

	/// When a session that ends now has to be reviewed. Drills are not: there is no patient to whom it would be owed.
	pub(crate) fn review_due(session: &SessionOf<T>) -> Option<Moment> {
		let readable = session.active_until.is_some() && !session.drill;
		readable.then(|| Self::now().saturating_add(Self::limits().review_period))
	}

	/// Ends what has run out among a few open sessions, going on where the last block stopped. Returns how many it looked at.
	pub(crate) fn expire_some(most: u32) -> u32 {
		let mut keys = match ExpiryCursor::<T>::get() {
			Some((committee, id)) => {
				OpenSessions::<T>::iter_keys_from(OpenSessions::<T>::hashed_key_for(committee, id))
			}
			None => OpenSessions::<T>::iter_keys(),
		};
		let due: Vec<_> = keys.by_ref().take(most as usize).collect();
		match due.last() {
			Some(last) if due.len() == most as usize => ExpiryCursor::<T>::put(last),
			_ => ExpiryCursor::<T>::kill(),
		}
		for (_, id) in &due {
			if let Some(session) = Sessions::<T>::get(id) {
				Self::expire_if_over(*id, session);
			}
		}
		// Exact: no more than `most`.
		due.len() as u32
	}

	/// The session with its status as of now.
	pub fn session(id: EmergencyRequestId) -> Option<SessionOf<T>> {
		let mut session = Sessions::<T>::get(id)?;
		session.status = session.status_at(Self::now());
		Some(session)
	}

	/// Every session on a patient's data, the oldest first.
	pub fn sessions_of(handle: &PatientHandle) -> Vec<EmergencyRequestId> {
		let mut ids: Vec<_> = SessionsOf::<T>::iter_key_prefix(handle)
			.filter_map(|id| Sessions::<T>::get(id).map(|session| (session.requested_at, id)))
			.collect();
		ids.sort_unstable();
		ids.into_iter().map(|(_, id)| id).collect()
	}

	/// The sessions before a committee that are requested or active now, at most 1,024.
	pub fn open_sessions(committee: CommitteeId) -> Vec<EmergencyRequestId> {
		let open = |id: &EmergencyRequestId| {
			Self::session(*id)
				.is_some_and(|session| matches!(session.status, EmergencyStatus::Requested | EmergencyStatus::Active))
		};
		OpenSessions::<T>::iter_key_prefix(committee).filter(open).take(MAX_LISTED).collect()
	}
}

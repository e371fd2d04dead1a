//! Sessions: requests, votes and ends.

use super::{refused, votes_for, EmergencyWorld, World, GENESIS};
use salus_client::{
	chain::{calls::EmergencyRequest, ChainError},
	wire::Account,
};
use salus_primitives::{
	Commitment, EmergencyRequestId, Guardian, InstitutionId, MemberStatus, Moment, PatientHandle, ReviewVerdict, DAY,
	HOUR, MINUTE,
};
use salus_runtime_api::{CommitteeMemberInfo, CommitteeStatus, EmergencySessionInfo, EmergencyStatus};
use salus_threshold::{
	envelope::{envelope_commitment, EnvelopeLabel},
	part::DecryptionPart,
	request::{verify_request, RequestContext},
};

/// How long guardians have to answer.
pub(super) const REQUEST_VALIDITY: Moment = 30 * MINUTE;

impl World {
	pub(super) fn request_emergency(
		&mut self,
		own: InstitutionId,
		request: EmergencyRequest,
		entry: Commitment,
	) -> Result<(), ChainError> {
		let now = salus_client::now();
		let custodian = self.handles.get(&request.handle).ok_or_else(|| refused("UnknownPatient"))?.custodian;
		if custodian == own {
			return Err(refused("OwnPatient"));
		}
		let emergency = &mut self.emergency;
		let committee = emergency.committee(request.committee).ok_or_else(|| refused("UnknownCommittee"))?;
		if !matches!(committee.status, CommitteeStatus::Active | CommitteeStatus::Superseded) {
			return Err(refused("CommitteeNotActive"));
		}
		let scope = emergency.scopes.get(&(request.handle, request.tier)).ok_or_else(|| refused("NothingSealed"))?;
		let set = scope.sealed.iter().find(|set| set.committee == request.committee);
		let set = set.ok_or_else(|| refused("NothingSealed"))?;
		let sealed = set.envelopes.get(usize::from(request.envelope)).ok_or_else(|| refused("UnknownEnvelope"))?;
		if sealed.0 != envelope_commitment(&request.salt, &request.header) {
			return Err(refused("OtherEnvelope"));
		}
		if set.consumed & (1 << request.envelope) != 0 {
			return Err(refused("EnvelopeConsumed"));
		}
		if !scope.drill && !emergency.leaves_enough(request.handle, request.tier, set, own) {
			return Err(refused("EnvelopesUsedUp"));
		}
		let id = salus_threshold::request::request_id(&GENESIS, own.0, &request.point);
		let session = EmergencySessionInfo {
			id: EmergencyRequestId(id),
			handle: request.handle,
			tier: request.tier,
			epoch: scope.epoch,
			envelope: request.envelope,
			committee: request.committee,
			version: committee.version,
			institution: own,
			custodian,
			header: request.header,
			point: request.point,
			key_hash: request.key_hash,
			proof: request.proof,
			shift_tag: request.shift_tag,
			status: EmergencyStatus::Requested,
			manual: emergency.manual,
			required: committee.k + u16::from(emergency.manual),
			parts: Vec::new(),
			refused: Vec::new(),
			rejected: Vec::new(),
			requested_at: now,
			expires_at: now + REQUEST_VALIDITY,
			active_until: None,
			disputed: false,
			review_due: None,
			overdue: false,
			verdict: None,
			entry,
			drill: scope.drill,
		};
		if emergency.sessions.contains_key(&session.id) {
			return Err(refused("RequestUsed"));
		}
		verify_request(&emergency.context(&session), &session.point, &session.proof)
			.map_err(|_| refused("BadRequest"))?;
		let scope = emergency.scopes.get_mut(&(request.handle, request.tier)).unwrap();
		let set = scope.sealed.iter_mut().find(|set| set.committee == request.committee).unwrap();
		set.consumed |= 1 << request.envelope;
		emergency.note_spent(&session);
		emergency.sessions.insert(session.id, session);
		Ok(())
	}

	/// The member as whom an institution votes, when it may.
	fn voter(
		&self,
		own: InstitutionId,
		id: &EmergencyRequestId,
	) -> Result<(EmergencySessionInfo, CommitteeMemberInfo<Account>), ChainError> {
		let session = self.emergency.session(id).ok_or_else(|| refused("UnknownSession"))?;
		if session.status != EmergencyStatus::Requested {
			return Err(refused("NotRequested"));
		}
		let committee = self.emergency.committee(session.committee).unwrap();
		if committee.version != session.version {
			return Err(refused("CommitteeChanged"));
		}
		let member = committee.members.iter().find(|member| member.guardian == Guardian::Institution(own));
		let member = member.ok_or_else(|| refused("NotAMember"))?;
		let active = self.institutions.get(&own).is_some_and(|info| info.status == MemberStatus::Active);
		if !member.counts || !active {
			return Err(refused("VoteDoesNotCount"));
		}
		if session.institution == own {
			return Err(refused("OwnRequest"));
		}
		let has_voted = |index: u16| {
			session.parts.iter().any(|(voter, _)| *voter == index)
				|| session.rejected.contains(&index)
				|| session.refused.contains(&index)
		};
		let same = |other: &&CommitteeMemberInfo<Account>| votes_for(other) == Some(own);
		if committee.members.iter().filter(same).any(|member| has_voted(member.index)) {
			return Err(refused("AlreadyVoted"));
		}
		Ok((session, member.clone()))
	}

	pub(super) fn approve_request(
		&mut self,
		own: InstitutionId,
		id: &EmergencyRequestId,
		part: &DecryptionPart,
	) -> Result<(PatientHandle, bool), ChainError> {
		let (session, member) = self.voter(own, id)?;
		let context = self.emergency.context(&session);
		let key = member.public_share.unwrap();
		let accepted = part.verify(&context, &session.point, member.index, &key);
		let stored = self.emergency.sessions.get_mut(id).unwrap();
		if !accepted {
			stored.refused.push(member.index);
			return Ok((session.handle, false));
		}
		stored.parts.push((member.index, part.value));
		if stored.parts.len() >= usize::from(stored.required) {
			stored.status = EmergencyStatus::Active;
			stored.active_until = Some(salus_client::now() + HOUR);
			self.emergency.forgive(&session);
		}
		Ok((session.handle, true))
	}

	pub(super) fn reject_request(
		&mut self,
		own: InstitutionId,
		id: &EmergencyRequestId,
	) -> Result<PatientHandle, ChainError> {
		let (session, member) = self.voter(own, id)?;
		let committee = self.emergency.committee(session.committee).unwrap();
		let eligible = committee.members.iter().filter(|member| votes_for(member) != Some(session.institution)).count();
		let stored = self.emergency.sessions.get_mut(id).unwrap();
		stored.rejected.push(member.index);
		if eligible < stored.rejected.len() + stored.refused.len() + usize::from(stored.required) {
			stored.status = EmergencyStatus::Rejected;
		}
		Ok(session.handle)
	}

	/// The requester's own end of a session.
	pub(super) fn end(
		&mut self,
		own: InstitutionId,
		id: &EmergencyRequestId,
		from: EmergencyStatus,
		to: EmergencyStatus,
	) -> Result<PatientHandle, ChainError> {
		let session = self.emergency.session(id).ok_or_else(|| refused("UnknownSession"))?;
		if session.institution != own {
			return Err(refused("NotRequester"));
		}
		if session.status != from {
			return Err(refused("WrongStatus"));
		}
		self.emergency.sessions.get_mut(id).unwrap().status = to;
		Ok(session.handle)
	}
}

impl EmergencyWorld {
	/// A session with its status as of now.
	pub fn session(&self, id: &EmergencyRequestId) -> Option<EmergencySessionInfo> {
		let now = salus_client::now();
		let mut session = self.sessions.get(id)?.clone();
		session.status = match session.status {
			EmergencyStatus::Requested if session.expires_at <= now => EmergencyStatus::Expired,
			EmergencyStatus::Active if session.active_until.is_some_and(|until| until <= now) => {
				EmergencyStatus::Closed
			}
			status => status,
		};
		Some(session)
	}

	/// What a request or part of a session is bound to.
	pub fn context(&self, session: &EmergencySessionInfo) -> RequestContext {
		let label = EnvelopeLabel {
			genesis: GENESIS,
			key_id: self.committees[&session.committee].key_id.unwrap(),
			handle: session.handle.0,
			scope: session.tier.scope(),
			scope_epoch: session.epoch,
			number: session.envelope.into(),
		};
		RequestContext {
			label,
			committee: session.committee.0,
			version: session.version,
			requester: session.institution.0,
			key_hash: session.key_hash,
			header: session.header,
		}
	}

	/// The keys of an epoch end with its session.
	pub(super) fn end_epoch(&mut self, id: &EmergencyRequestId) {
		const REVIEW: Moment = 7 * DAY;
		let session = self.sessions.get_mut(id).unwrap();
		if !session.drill {
			session.review_due = Some(salus_client::now() + REVIEW);
		}
		let (handle, tier, epoch) = (session.handle, session.tier, session.epoch);
		if self.scopes.entry((handle, tier)).or_default().epoch == epoch {
			self.begin_epoch(handle, tier);
		}
	}

	pub(super) fn open_session(&self, id: &EmergencyRequestId) -> Result<EmergencySessionInfo, ChainError> {
		let session = self.session(id).ok_or_else(|| refused("UnknownSession"))?;
		match session.status {
			EmergencyStatus::Requested | EmergencyStatus::Active => Ok(session),
			_ => Err(refused("NotOpen")),
		}
	}

	pub(super) fn review(
		&mut self,
		own: InstitutionId,
		regulates: bool,
		id: &EmergencyRequestId,
		verdict: ReviewVerdict,
	) -> Result<PatientHandle, ChainError> {
		let status = self.session(id).ok_or_else(|| refused("UnknownSession"))?.status;
		let session = self.sessions.get_mut(id).unwrap();
		if (session.custodian != own && !regulates) || session.institution == own {
			return Err(refused("NotReviewer"));
		}
		if matches!(status, EmergencyStatus::Requested | EmergencyStatus::Active) {
			return Err(refused("NotOver"));
		}
		(session.verdict, session.overdue) = (Some(verdict), false);
		Ok(session.handle)
	}
}

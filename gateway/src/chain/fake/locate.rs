//! Locate sessions in memory: the rules of the pallet, with the real proofs of parts.

use super::{emergency::votes_for, refused, World, GENESIS};
use crate::chain::Included;
use salus_client::{
	chain::{calls::LocateRequest, ChainError},
	wire::Account,
};
use salus_primitives::{
	Act, AuditChain, Commitment, CommitteeId, CommitteePurpose, EmergencyRequestId, Guardian, InstitutionId,
	MemberStatus, Moment, OutcomeClass, PatientHandle, HOUR, MINUTE,
};
use salus_runtime_api::{CommitteeInfo, CommitteeStatus, EmergencyStatus, LocateSessionInfo};
use salus_threshold::{
	locate::{is_blinded_element, LocateContext, LocatePart},
	request::request_id,
};
use std::collections::BTreeMap;

/// How often a custodian enters one patient into the index of one committee.
const MAX_ENROLMENTS: u8 = 3;
/// How long guardians have to answer.
const VALIDITY: Moment = 10 * MINUTE;
/// How long a complete session serves.
const SESSION_VALIDITY: Moment = HOUR;

/// What the chain knows about locate sessions.
#[derive(Default)]
pub struct LocateWorld {
	pub sessions: BTreeMap<EmergencyRequestId, LocateSessionInfo>,
	/// By whom and how often a patient was entered into the index of a committee.
	pub enrolments: BTreeMap<(CommitteeId, PatientHandle), (InstitutionId, u8)>,
	/// Everybody has had a day's searches and entries.
	pub exhausted: bool,
}

impl LocateWorld {
	/// A session with its status as of now.
	pub fn session(&self, id: &EmergencyRequestId) -> Option<LocateSessionInfo> {
		let mut session = self.sessions.get(id)?.clone();
		let is_over = session.expires_at <= salus_client::now();
		session.status = match (session.parts.len() >= usize::from(session.required), is_over) {
			(false, false) => EmergencyStatus::Requested,
			(false, true) => EmergencyStatus::Expired,
			(true, false) => EmergencyStatus::Active,
			(true, true) => EmergencyStatus::Closed,
		};
		Some(session)
	}

	/// The sessions before a committee that wait for parts.
	pub fn open(&self, committee: CommitteeId) -> Vec<EmergencyRequestId> {
		let waits = |id: &&EmergencyRequestId| {
			let session = self.session(id);
			session
				.is_some_and(|session| session.committee == committee && session.status == EmergencyStatus::Requested)
		};
		self.sessions.keys().filter(waits).copied().collect()
	}

	fn count(&mut self, own: InstitutionId, request: &LocateRequest) -> Result<(), ChainError> {
		if self.exhausted {
			return Err(refused("LocatesExhausted"));
		}
		if let Some(handle) = request.enrol {
			let counted = self.enrolments.entry((request.committee, handle)).or_insert((own, 0));
			if counted.0 != own {
				*counted = (own, 0);
			}
			if counted.1 >= MAX_ENROLMENTS {
				return Err(refused("EnrolmentsExhausted"));
			}
			counted.1 += 1;
		}
		Ok(())
	}

	/// Drops a session that is over. An enrolment that nobody answered is not counted.
	pub fn drop_session(&mut self, id: &EmergencyRequestId) {
		let Some(session) = self.sessions.remove(id) else { return };
		let Some(handle) = session.enrol.filter(|_| session.parts.is_empty()) else { return };
		if let Some(counted) = self.enrolments.get_mut(&(session.committee, handle)) {
			counted.1 = counted.1.saturating_sub(1);
		}
	}
}

impl World {
	pub(super) fn request_locate(
		&mut self,
		own: InstitutionId,
		request: LocateRequest,
		entry: Commitment,
	) -> Result<Included, ChainError> {
		let now = salus_client::now();
		let custodian = |handle| self.handles.get(&handle).map(|info| info.custodian);
		if request.enrol.is_some_and(|handle| custodian(handle) != Some(own)) {
			return Err(refused("NotCustodian"));
		}
		let committee = self.locate_committee(request.committee)?;
		let id = EmergencyRequestId(request_id(&GENESIS, own.0, &request.blinded));
		if self.emergency.locate.sessions.contains_key(&id) {
			return Err(refused("RequestIdUsed"));
		}
		let eligible =
			committee.members.iter().filter(|member| member.counts && votes_for(member) != Some(own)).count();
		if eligible < usize::from(committee.k) {
			return Err(refused("TooFewGuardians"));
		}
		if !is_blinded_element(&request.blinded) {
			return Err(refused("InvalidRequest"));
		}
		self.emergency.locate.count(own, &request)?;
		let session = LocateSessionInfo {
			id,
			committee: request.committee,
			version: committee.version,
			institution: own,
			blinded: request.blinded,
			key_hash: request.key_hash,
			shift_tag: request.shift_tag,
			enrol: request.enrol,
			status: EmergencyStatus::Requested,
			required: committee.k,
			parts: Vec::new(),
			refused: Vec::new(),
			requested_at: now,
			expires_at: now + VALIDITY,
			entry,
		};
		self.emergency.locate.sessions.insert(id, session);
		Ok(self.record(AuditChain::Institution(own), Act::Locate, OutcomeClass::Permitted, own, entry))
	}

	pub(super) fn evaluate_locate(
		&mut self,
		own: InstitutionId,
		id: &EmergencyRequestId,
		part: &LocatePart,
		entry: Commitment,
	) -> Result<Included, ChainError> {
		let session = self.emergency.locate.session(id).ok_or_else(|| refused("UnknownSession"))?;
		if session.status != EmergencyStatus::Requested {
			return Err(refused("NotRequested"));
		}
		let committee = self.locate_committee(session.committee)?;
		if committee.version != session.version {
			return Err(refused("CommitteeChanged"));
		}
		let member = committee.members.iter().find(|member| member.guardian == Guardian::Institution(own));
		let member = member.ok_or_else(|| refused("NotGuardian"))?;
		let active = self.institutions.get(&own).is_some_and(|info| info.status == MemberStatus::Active);
		if !member.counts || !active {
			return Err(refused("GuardianKeyChanged"));
		}
		if session.institution == own {
			return Err(refused("NotIndependent"));
		}
		if session.parts.iter().any(|(index, _)| *index == member.index) || session.refused.contains(&member.index) {
			return Err(refused("AlreadyVoted"));
		}
		let context = LocateContext {
			genesis: GENESIS,
			key_id: committee.key_id.unwrap(),
			committee: committee.id.0,
			version: session.version,
			requester: session.institution.0,
			key_hash: session.key_hash,
		};
		let accepted = part.verify(&context, &session.blinded, member.index, &member.public_share.unwrap());
		let block = self.block();
		let stored = self.emergency.locate.sessions.get_mut(id).unwrap();
		if !accepted {
			stored.refused.push(member.index);
			return Ok(Included { part_refused: true, ..Included::without_events(block) });
		}
		stored.parts.push((member.index, part.value));
		if stored.parts.len() >= usize::from(stored.required) {
			stored.expires_at = salus_client::now() + SESSION_VALIDITY;
		}
		let chain = AuditChain::Institution(session.institution);
		Ok(self.record(chain, Act::LocateEvaluation, OutcomeClass::Permitted, own, entry))
	}

	fn locate_committee(&self, id: CommitteeId) -> Result<CommitteeInfo<Account>, ChainError> {
		let committee = self.emergency.committee(id).ok_or_else(|| refused("UnknownCommittee"))?;
		if !matches!(committee.status, CommitteeStatus::Active | CommitteeStatus::Superseded) {
			return Err(refused("CommitteeNotActive"));
		}
		match committee.purpose {
			CommitteePurpose::Locate => Ok(committee),
			CommitteePurpose::Release => Err(refused("WrongPurpose")),
		}
	}
}

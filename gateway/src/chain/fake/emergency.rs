//! Emergency access in memory: the rules of the pallet as far as a gateway meets them, with the real proofs.

use super::{refused, FakeChain, World, GENESIS};
use crate::chain::{EmergencyReads, Included, Transaction};
use async_trait::async_trait;
use codec::Encode;
use salus_client::{
	chain::{calls::EmergencyRequest, ChainError},
	wire::{Account, BlockId},
};
use salus_primitives::{
	Act, AuditChain, CommitteeId, CommitteePurpose, EmergencyRequestId, EmergencyTier, Guardian, InstitutionId,
	InstitutionKind, MemberStatus, Moment, OutcomeClass, PatientHandle, ReviewVerdict, DAY, HOUR, MINUTE,
};
use salus_runtime_api::{
	CommitteeInfo, CommitteeKind, CommitteeMemberInfo, CommitteeStatus, EmergencyScopeInfo, EmergencySessionInfo,
	EmergencyStatus, GuardianKeyInfo, LocateSessionInfo, PendingSetInfo, SealedSetInfo,
};
use salus_threshold::{
	committee::{
		key_id, public_keys_of_dealings, public_keys_of_resharing, verify_possession, verify_sealing_key,
		CommitteeContext, PublicKeys, Threshold,
	},
	dealing::{Dealing, DealingContext, DealingDispute},
	envelope::{envelope_commitment, EnvelopeLabel},
	part::DecryptionPart,
	proof::SchnorrProof,
	request::{verify_request, RequestContext},
};
use std::collections::BTreeMap;

type Members = Vec<CommitteeMemberInfo<Account>>;

/// What the chain knows about emergency access.
#[derive(Default)]
pub struct EmergencyWorld {
	pub guardian_keys: BTreeMap<InstitutionId, GuardianKeyInfo>,
	pub committees: BTreeMap<CommitteeId, CommitteeInfo<Account>>,
	pub dealings: BTreeMap<(CommitteeId, u32), Vec<(u16, Dealing)>>,
	pub consortium: BTreeMap<CommitteePurpose, CommitteeId>,
	pub personal: BTreeMap<PatientHandle, CommitteeId>,
	pub scopes: BTreeMap<(PatientHandle, EmergencyTier), EmergencyScopeInfo>,
	pub sessions: BTreeMap<EmergencyRequestId, EmergencySessionInfo>,
	pub confirmed_disputes: BTreeMap<EmergencyRequestId, Vec<InstitutionId>>,
	pub locate_sessions: BTreeMap<EmergencyRequestId, LocateSessionInfo>,
	/// Requests are left to people, as over a cap.
	pub manual: bool,
}

impl EmergencyWorld {
	fn members(&self, institutions: &[u32]) -> Members {
		let member = |(index, institution): (u16, &u32)| CommitteeMemberInfo {
			index,
			guardian: Guardian::Institution(InstitutionId(*institution)),
			affiliation: None,
			sealing: self.guardian_keys[&InstitutionId(*institution)].sealing,
			public_share: None,
			dealt: false,
			confirmed: false,
			counts: true,
		};
		(1..).zip(institutions).map(member).collect()
	}

	/// As a motion of the council does. The members have registered their keys.
	pub fn form_committee(&mut self, id: u32, institutions: &[u32], k: u16) -> CommitteeId {
		let now = salus_client::now();
		let id = CommitteeId(id);
		let members = self.members(institutions);
		let committee = CommitteeInfo {
			id,
			kind: CommitteeKind::Consortium,
			purpose: CommitteePurpose::Release,
			status: CommitteeStatus::Dealing,
			n: members.len() as u16,
			k,
			version: 1,
			key_id: None,
			group_key: None,
			members,
			valid_until: now + 100 * DAY,
			fallback_after: None,
			deadline: now + DAY,
			pending: None,
		};
		self.committees.insert(id, committee);
		id
	}

	/// As a motion of the council does.
	pub fn reshare_committee(&mut self, id: CommitteeId, institutions: &[u32], k: u16) {
		let now = salus_client::now();
		let members = self.members(institutions);
		let committee = self.committees.get_mut(&id).unwrap();
		committee.pending = Some(PendingSetInfo {
			version: committee.version + 1,
			n: members.len() as u16,
			k,
			members,
			dealers: Vec::new(),
			valid_until: now + 100 * DAY,
			deadline: now + DAY,
		});
	}

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

	/// A committee with its status as of now, and which votes count.
	pub fn committee(&self, id: CommitteeId) -> Option<CommitteeInfo<Account>> {
		let now = salus_client::now();
		let mut committee = self.committees.get(&id)?.clone();
		committee.status = match committee.status {
			CommitteeStatus::Dealing | CommitteeStatus::Confirming if committee.deadline <= now => {
				CommitteeStatus::Failed
			}
			CommitteeStatus::Active | CommitteeStatus::Superseded if committee.valid_until <= now => {
				CommitteeStatus::Retired
			}
			status => status,
		};
		for member in &mut committee.members {
			if let Guardian::Institution(institution) = member.guardian {
				member.counts = self.guardian_keys.get(&institution).map(|key| key.sealing) == Some(member.sealing);
			}
		}
		Some(committee)
	}

	fn committees_of(&self, institution: InstitutionId) -> Vec<CommitteeId> {
		let own = Guardian::Institution(institution);
		let stands_in = |committee: &&CommitteeInfo<Account>| {
			let pending = committee.pending.iter().flat_map(|pending| &pending.members);
			committee.members.iter().chain(pending).any(|member| member.guardian == own)
		};
		self.committees.values().filter(stands_in).map(|committee| committee.id).collect()
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

	fn register_guardian_key(
		&mut self,
		own: InstitutionId,
		sealing: [u8; 32],
		kem_hash: [u8; 32],
		proof: &SchnorrProof,
	) -> Result<(), ChainError> {
		if !verify_sealing_key(&GENESIS, &own.encode(), &sealing, proof) {
			return Err(refused("BadProof"));
		}
		let version = match self.guardian_keys.get(&own) {
			Some(known) if known.sealing == sealing => known.version,
			Some(known) => known.version + 1,
			None => 1,
		};
		self.guardian_keys.insert(own, GuardianKeyInfo { sealing, kem_hash, version });
		Ok(())
	}

	fn post_dealing(&mut self, own: InstitutionId, id: CommitteeId, dealing: Dealing) -> Result<(), ChainError> {
		let status = self.committee(id).ok_or_else(|| refused("UnknownCommittee"))?.status;
		let committee = self.committees.get_mut(&id).unwrap();
		let index_of_own = index_of(&committee.members, own).ok_or_else(|| refused("NotAMember"))?;
		let (version, threshold, recipients, needed) = match &committee.pending {
			None if status == CommitteeStatus::Dealing => {
				let threshold = Threshold::new(committee.n, committee.k).unwrap();
				(committee.version, threshold, sealing_keys(&committee.members), usize::from(committee.n))
			}
			Some(pending) => {
				let old_share = committee.members[usize::from(index_of_own) - 1].public_share;
				if old_share != dealing.commitments.first().copied() {
					return Err(refused("OtherSecret"));
				}
				let threshold = Threshold::new(pending.n, pending.k).unwrap();
				(pending.version, threshold, sealing_keys(&pending.members), usize::from(committee.k))
			}
			None => return Err(refused("NotDealing")),
		};
		let dealt = self.dealings.entry((id, version)).or_default();
		if dealt.len() >= needed || dealt.iter().any(|(dealer, _)| *dealer == index_of_own) {
			return Err(refused("AlreadyDealt"));
		}
		let context = DealingContext { committee: context(id, version), dealer: index_of_own, threshold };
		dealing.verify(&context, &recipients).map_err(|_| refused("BadDealing"))?;
		dealt.push((index_of_own, dealing));
		if let Some(pending) = &mut committee.pending {
			pending.dealers.push(index_of_own);
		}
		if dealt.len() == needed {
			self.set_keys(id, version);
		}
		Ok(())
	}

	/// Computes the keys of a version whose dealings are complete.
	pub fn set_keys(&mut self, id: CommitteeId, version: u32) {
		let committee = self.committees.get_mut(&id).unwrap();
		let dealt = self.dealings[&(id, version)].iter();
		let commitments = dealt.map(|(dealer, dealing)| (*dealer, dealing.commitments.as_slice()));
		match &mut committee.pending {
			Some(pending) => {
				let keys = public_keys_of_resharing(pending.n, &commitments.collect::<Vec<_>>()).unwrap();
				assert_eq!(Some(keys.group), committee.group_key, "a resharing keeps the key");
				show_keys(&mut pending.members, &keys);
			}
			None => {
				let commitments: Vec<_> = commitments.map(|(_, commitments)| commitments).collect();
				let keys = public_keys_of_dealings(committee.n, &commitments).unwrap();
				show_keys(&mut committee.members, &keys);
				committee.key_id = Some(key_id(&GENESIS, id.0, &keys.group));
				committee.group_key = Some(keys.group);
				committee.status = CommitteeStatus::Confirming;
			}
		}
	}

	fn dispute_dealing(
		&mut self,
		own: InstitutionId,
		id: CommitteeId,
		dealer: u16,
		dispute: &DealingDispute,
	) -> Result<(), ChainError> {
		let committee = self.committees.get_mut(&id).ok_or_else(|| refused("UnknownCommittee"))?;
		let (version, n, k, members) = match &committee.pending {
			Some(pending) => (pending.version, pending.n, pending.k, &pending.members),
			None => (committee.version, committee.n, committee.k, &committee.members),
		};
		let index = index_of(members, own).ok_or_else(|| refused("NotAMember"))?;
		let threshold = Threshold::new(n, k).unwrap();
		let context = DealingContext { committee: context(id, version), dealer, threshold };
		let dealt = self.dealings.get(&(id, version)).into_iter().flatten();
		let (_, dealing) =
			dealt.into_iter().find(|(known, _)| *known == dealer).ok_or_else(|| refused("UnknownDealing"))?;
		if !dispute.is_founded(&context, dealing, index, &members[usize::from(index) - 1].sealing) {
			return Err(refused("UnfoundedDispute"));
		}
		match committee.pending.take() {
			Some(_) => {}
			None => committee.status = CommitteeStatus::Failed,
		}
		Ok(())
	}

	fn confirm_share(&mut self, own: InstitutionId, id: CommitteeId, proof: &SchnorrProof) -> Result<(), ChainError> {
		let committee = self.committees.get_mut(&id).ok_or_else(|| refused("UnknownCommittee"))?;
		let (version, members) = match &mut committee.pending {
			Some(pending) => (pending.version, &mut pending.members),
			None if committee.status == CommitteeStatus::Confirming => (committee.version, &mut committee.members),
			None => return Err(refused("NotConfirming")),
		};
		let index = index_of(members, own).ok_or_else(|| refused("NotAMember"))?;
		let member = &mut members[usize::from(index) - 1];
		let key = member.public_share.ok_or_else(|| refused("NotConfirming"))?;
		if member.confirmed {
			return Err(refused("AlreadyConfirmed"));
		}
		if !verify_possession(&context(id, version), index, &key, proof) {
			return Err(refused("BadProof"));
		}
		member.confirmed = true;
		if members.iter().all(|member| member.confirmed) {
			if let Some(pending) = committee.pending.take() {
				(committee.version, committee.n, committee.k) = (pending.version, pending.n, pending.k);
				(committee.members, committee.valid_until) = (pending.members, pending.valid_until);
			}
			committee.status = CommitteeStatus::Active;
			if let Some(former) = self.consortium.insert(committee.purpose, id).filter(|former| *former != id) {
				self.committees.get_mut(&former).unwrap().status = CommitteeStatus::Superseded;
			}
		}
		Ok(())
	}

	fn abandon_formation(&mut self, id: CommitteeId) -> Result<(), ChainError> {
		let now = salus_client::now();
		let committee = self.committees.get_mut(&id).ok_or_else(|| refused("UnknownCommittee"))?;
		match committee.pending.as_ref().map(|pending| pending.deadline) {
			Some(deadline) if deadline <= now => committee.pending = None,
			None if committee.deadline <= now => committee.status = CommitteeStatus::Failed,
			_ => return Err(refused("FormationNotOver")),
		}
		Ok(())
	}
}

fn context(id: CommitteeId, version: u32) -> CommitteeContext {
	CommitteeContext { genesis: GENESIS, committee: id.0, version }
}

fn index_of(members: &Members, institution: InstitutionId) -> Option<u16> {
	let own = Guardian::Institution(institution);
	members.iter().find(|member| member.guardian == own).map(|member| member.index)
}

fn sealing_keys(members: &Members) -> Vec<[u8; 32]> {
	members.iter().map(|member| member.sealing).collect()
}

fn show_keys(members: &mut Members, keys: &PublicKeys) {
	for member in members {
		member.public_share = keys.member(member.index).copied();
	}
}

/// The institution that a member votes for.
fn votes_for(member: &CommitteeMemberInfo<Account>) -> Option<InstitutionId> {
	match member.guardian {
		Guardian::Institution(institution) => Some(institution),
		Guardian::Person(_) => member.affiliation,
	}
}

impl World {
	/// Applies an act of emergency access.
	pub(super) fn apply_emergency(
		&mut self,
		own: InstitutionId,
		transaction: Transaction,
	) -> Result<Included, ChainError> {
		let emergency = &mut self.emergency;
		match transaction {
			Transaction::RegisterGuardianKey { sealing, kem_hash, proof } => {
				emergency.register_guardian_key(own, sealing, kem_hash, &proof)?;
			}
			Transaction::PostDealing { committee, dealing } => emergency.post_dealing(own, committee, *dealing)?,
			Transaction::DisputeDealing { committee, dealer, dispute } => {
				emergency.dispute_dealing(own, committee, dealer, &dispute)?;
			}
			Transaction::ConfirmShare { committee, proof } => emergency.confirm_share(own, committee, &proof)?,
			Transaction::AbandonFormation { committee } => emergency.abandon_formation(committee)?,
			Transaction::SealEnvelopes { handle, tier, epoch, committee, envelopes, drill } => {
				self.seal_envelopes(own, (handle, tier), epoch, committee, envelopes, drill)?;
			}
			Transaction::RequestEmergency { request, entry } => {
				let handle = request.handle;
				self.request_emergency(own, *request, entry)?;
				return Ok(self.record_emergency(handle, Act::EmergencyRequest, own, entry));
			}
			Transaction::ApproveRequest { id, part, entry } => {
				let (handle, accepted) = self.approve_request(own, &id, &part)?;
				if !accepted {
					let block = self.block();
					return Ok(Included { part_refused: true, ..Included::without_events(block) });
				}
				return Ok(self.record_emergency(handle, Act::EmergencyApproval, own, entry));
			}
			Transaction::RejectRequest { id, entry } => {
				let handle = self.reject_request(own, &id)?;
				return Ok(self.record_emergency(handle, Act::EmergencyRejection, own, entry));
			}
			Transaction::CancelRequest { id, entry } => {
				let handle = self.end(own, &id, EmergencyStatus::Requested, EmergencyStatus::Cancelled)?;
				return Ok(self.record_emergency(handle, Act::EmergencyCancel, own, entry));
			}
			Transaction::CloseSession { id, entry } => {
				let handle = self.end(own, &id, EmergencyStatus::Active, EmergencyStatus::Closed)?;
				self.emergency.end_epoch(&id);
				return Ok(self.record_emergency(handle, Act::EmergencyClose, own, entry));
			}
			Transaction::ExpireSession { id } => {
				let now = emergency.session(&id).ok_or_else(|| refused("UnknownSession"))?;
				let before = emergency.sessions[&id].status;
				if now.status == before {
					return Err(refused("NotOver"));
				}
				emergency.sessions.insert(id, now);
				if before == EmergencyStatus::Active {
					emergency.end_epoch(&id);
				}
			}
			Transaction::ConfirmDispute { id, entry } => {
				let handle = emergency.confirm_dispute(own, &id)?;
				return Ok(self.record_emergency(handle, Act::EmergencyDispute, own, entry));
			}
			Transaction::SuspendInPerson { id, entry, .. } => {
				let session = emergency.open_session(&id)?;
				if session.institution == own || (session.custodian == own && !session.disputed) {
					return Err(refused("NotIndependent"));
				}
				let handle = session.handle;
				emergency.suspend(&id);
				return Ok(self.record_emergency(handle, Act::EmergencySuspension, own, entry));
			}
			Transaction::ReviewSession { id, verdict, entry } => {
				let regulates = self.institutions.get(&own).is_some_and(|info| info.kind == InstitutionKind::Regulator);
				let handle = emergency.review(own, regulates, &id, verdict)?;
				return Ok(self.record_emergency(handle, Act::EmergencyReview, own, entry));
			}
			Transaction::EscalateReview { id } => {
				let session = emergency.sessions.get_mut(&id).ok_or_else(|| refused("UnknownSession"))?;
				let is_due = session.review_due.is_some_and(|due| due <= salus_client::now());
				if !is_due || session.overdue || session.verdict.is_some() {
					return Err(refused("NotOverdue"));
				}
				session.overdue = true;
			}
			_ => return Err(refused("NotForThisChain")),
		}
		Ok(Included::without_events(self.block()))
	}

	fn record_emergency(
		&mut self,
		handle: PatientHandle,
		act: Act,
		own: InstitutionId,
		entry: salus_primitives::Commitment,
	) -> Included {
		self.record(AuditChain::Patient(handle), act, OutcomeClass::Permitted, own, entry)
	}

	fn seal_envelopes(
		&mut self,
		own: InstitutionId,
		scope: (PatientHandle, EmergencyTier),
		epoch: u32,
		committee: CommitteeId,
		envelopes: Vec<salus_primitives::Commitment>,
		drill: bool,
	) -> Result<(), ChainError> {
		if self.handles.get(&scope.0).map(|info| info.custodian) != Some(own) {
			return Err(refused("NotCustodian"));
		}
		let key_id = self.emergency.committee(committee).and_then(|committee| committee.key_id);
		let key_id = key_id.ok_or_else(|| refused("UnknownCommittee"))?;
		let sealed = self.emergency.scopes.entry(scope).or_default();
		if epoch == sealed.epoch + 1 {
			(sealed.epoch, sealed.sealed) = (epoch, Vec::new());
		}
		if epoch != sealed.epoch {
			return Err(refused("OtherEpoch"));
		}
		sealed.drill = drill;
		let consumed = sealed.sealed.iter().find(|set| set.committee == committee).map_or(0, |set| set.consumed);
		if consumed != 0 && !envelopes.is_empty() {
			return Err(refused("EnvelopesInUse"));
		}
		sealed.sealed.retain(|set| set.committee != committee);
		// What was used up is not forgotten before the epoch ends.
		if consumed != 0 || !envelopes.is_empty() {
			sealed.sealed.push(SealedSetInfo { committee, key_id, envelopes, consumed });
		}
		Ok(())
	}

	fn request_emergency(
		&mut self,
		own: InstitutionId,
		request: EmergencyRequest,
		entry: salus_primitives::Commitment,
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
			expires_at: now + 30 * MINUTE,
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

	fn approve_request(
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
		}
		Ok((session.handle, true))
	}

	fn reject_request(&mut self, own: InstitutionId, id: &EmergencyRequestId) -> Result<PatientHandle, ChainError> {
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
	fn end(
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
	/// The keys of an epoch end with its session.
	fn end_epoch(&mut self, id: &EmergencyRequestId) {
		const REVIEW: Moment = 7 * DAY;
		let session = self.sessions.get_mut(id).unwrap();
		if !session.drill {
			session.review_due = Some(salus_client::now() + REVIEW);
		}
		let scope = self.scopes.entry((session.handle, session.tier)).or_default();
		if scope.epoch == session.epoch {
			scope.epoch += 1;
			scope.sealed.clear();
		}
	}

	fn open_session(&self, id: &EmergencyRequestId) -> Result<EmergencySessionInfo, ChainError> {
		let session = self.session(id).ok_or_else(|| refused("UnknownSession"))?;
		match session.status {
			EmergencyStatus::Requested | EmergencyStatus::Active => Ok(session),
			_ => Err(refused("NotOpen")),
		}
	}

	fn suspend(&mut self, id: &EmergencyRequestId) {
		let session = self.sessions.get_mut(id).unwrap();
		let was_active = session.status == EmergencyStatus::Active;
		session.status = EmergencyStatus::Suspended;
		if was_active {
			self.end_epoch(id);
		}
	}

	fn confirm_dispute(&mut self, own: InstitutionId, id: &EmergencyRequestId) -> Result<PatientHandle, ChainError> {
		const QUORUM: usize = 2;
		let session = self.open_session(id)?;
		let is_member = index_of(&self.committees[&session.committee].members, own).is_some();
		if !session.disputed || !is_member || session.institution == own {
			return Err(refused("NotForThisGuardian"));
		}
		let confirmed = self.confirmed_disputes.entry(*id).or_default();
		if confirmed.contains(&own) {
			return Err(refused("AlreadyConfirmed"));
		}
		confirmed.push(own);
		if confirmed.len() >= QUORUM {
			self.suspend(id);
		}
		Ok(session.handle)
	}

	fn review(
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

#[async_trait]
impl EmergencyReads for FakeChain {
	async fn guardian_key(
		&self,
		_: &BlockId,
		institution: InstitutionId,
	) -> Result<Option<GuardianKeyInfo>, ChainError> {
		Ok(self.up()?.emergency.guardian_keys.get(&institution).copied())
	}

	async fn committee(&self, _: &BlockId, id: CommitteeId) -> Result<Option<CommitteeInfo<Account>>, ChainError> {
		Ok(self.up()?.emergency.committee(id))
	}

	async fn consortium_committee(
		&self,
		_: &BlockId,
		purpose: CommitteePurpose,
	) -> Result<Option<CommitteeId>, ChainError> {
		Ok(self.up()?.emergency.consortium.get(&purpose).copied())
	}

	async fn personal_committee(&self, _: &BlockId, handle: &PatientHandle) -> Result<Option<CommitteeId>, ChainError> {
		Ok(self.up()?.emergency.personal.get(handle).copied())
	}

	async fn committees_of_guardian(&self, _: &BlockId, account: &Account) -> Result<Vec<CommitteeId>, ChainError> {
		let own = Guardian::Person(*account);
		let world = self.up()?;
		let committees = world.emergency.committees.values();
		let of_own = committees.filter(|committee| committee.members.iter().any(|member| member.guardian == own));
		Ok(of_own.map(|committee| committee.id).collect())
	}

	async fn committees_of_institution(
		&self,
		_: &BlockId,
		institution: InstitutionId,
	) -> Result<Vec<CommitteeId>, ChainError> {
		Ok(self.up()?.emergency.committees_of(institution))
	}

	async fn dealings(&self, _: &BlockId, id: CommitteeId, version: u32) -> Result<Vec<(u16, Dealing)>, ChainError> {
		// As at a node, others get their turn meanwhile.
		tokio::task::yield_now().await;
		Ok(self.up()?.emergency.dealings.get(&(id, version)).cloned().unwrap_or_default())
	}

	async fn emergency_scope(
		&self,
		_: &BlockId,
		handle: &PatientHandle,
		tier: EmergencyTier,
	) -> Result<EmergencyScopeInfo, ChainError> {
		Ok(self.up()?.emergency.scopes.get(&(*handle, tier)).cloned().unwrap_or_default())
	}

	async fn emergency_session(
		&self,
		_: &BlockId,
		id: &EmergencyRequestId,
	) -> Result<Option<EmergencySessionInfo>, ChainError> {
		Ok(self.up()?.emergency.session(id))
	}

	async fn emergency_sessions(
		&self,
		_: &BlockId,
		handle: &PatientHandle,
	) -> Result<Vec<EmergencyRequestId>, ChainError> {
		let world = self.up()?;
		let mut sessions: Vec<_> =
			world.emergency.sessions.values().filter(|session| session.handle == *handle).collect();
		sessions.sort_by_key(|session| session.requested_at);
		Ok(sessions.into_iter().map(|session| session.id).collect())
	}

	async fn open_emergency_sessions(
		&self,
		_: &BlockId,
		committee: CommitteeId,
	) -> Result<Vec<EmergencyRequestId>, ChainError> {
		let world = self.up()?;
		let emergency = &world.emergency;
		let is_open =
			|id: &&EmergencyRequestId| emergency.open_session(id).is_ok_and(|session| session.committee == committee);
		Ok(emergency.sessions.keys().filter(is_open).copied().collect())
	}

	async fn locate_session(
		&self,
		_: &BlockId,
		id: &EmergencyRequestId,
	) -> Result<Option<LocateSessionInfo>, ChainError> {
		Ok(self.up()?.emergency.locate_sessions.get(id).cloned())
	}

	async fn open_locate_sessions(
		&self,
		_: &BlockId,
		committee: CommitteeId,
	) -> Result<Vec<EmergencyRequestId>, ChainError> {
		let world = self.up()?;
		let sessions = world.emergency.locate_sessions.values();
		let open =
			sessions.filter(|session| session.committee == committee && session.status == EmergencyStatus::Requested);
		Ok(open.map(|session| session.id).collect())
	}
}

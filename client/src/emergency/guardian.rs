//! A guardian looks at a session and, only then, at its share.
//!
//! A part leaves the house for good: once it is in the pool, whoever listens has it, also when the chain refuses the call. So everything that the
//! chain has checked is checked here again, over what one finalized block shows, and so is what the chain cannot see: who asks, for whom,
//! why. [`vote`] takes nothing but a [`VerifiedSession`], and [`verify_session`] alone makes one.

use super::{formation::OwnShare, has_emergency_role, is_valid, shift_tag};
use crate::wire::{
	emergency::{EmergencyOpening, EmergencyStatement, SignedEmergency},
	Account,
};
use salus_primitives::{
	Act, CommitteePurpose, EmergencyRequestId, EmergencyTier, Guardian, InstitutionId, MemberStatus, Moment,
	PatientHandle, MINUTE,
};
use salus_runtime_api::{
	CommitteeInfo, CommitteeKind, CommitteeMemberInfo, CommitteeStatus, EmergencySessionInfo, EmergencyStatus,
	HandleInfo, HandleStatus, InstitutionInfo, PractitionerInfo,
};
use salus_threshold::{
	committee::key_id,
	envelope::EnvelopeLabel,
	part::{DecryptionPart, PartError},
	proof::SchnorrProof,
	rand_core::{CryptoRng, RngCore},
	request::{verify_request, RequestContext, RequestError},
};

/// How far the time of a statement may lie from that of the request on chain: the practitioner's clock, and the way to a block.
pub const STATEMENT_TOLERANCE: Moment = 15 * MINUTE;

/// Everything that a vote is decided on. What is of the chain was read at one finalized block.
#[derive(Clone, Copy, Debug)]
pub struct SessionCase<'a> {
	/// Hash of the genesis block.
	pub genesis: &'a [u8; 32],
	/// The later of the block's time and this machine's.
	pub now: Moment,
	/// Who the guardian is.
	pub own: &'a Guardian<Account>,
	/// Which session.
	pub id: EmergencyRequestId,
	/// The session, when the block has it.
	pub session: Option<&'a EmergencySessionInfo>,
	/// The session's committee.
	pub committee: Option<&'a CommitteeInfo<Account>>,
	/// The session's handle.
	pub handle: Option<&'a HandleInfo<Account>>,
	/// The institution that asks.
	pub requester: Option<&'a InstitutionInfo<Account>>,
	/// The opened audit entry of the request, when it has arrived.
	pub opening: Option<&'a EmergencyOpening>,
	/// Registry entry of the practitioner whom the opened request names.
	pub practitioner: Option<&'a PractitionerInfo>,
}

/// Why a guardian does not vote, or makes no part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)]
pub enum Refusal {
	#[error("the finalized chain has no such session")]
	UnknownSession,
	#[error("the session does not wait for approvals")]
	NotRequested,
	#[error("the time for approvals is over")]
	RequestExpired,
	#[error("the session's committee is not active")]
	CommitteeNotActive,
	#[error("the committee's members were changed since the request")]
	CommitteeChanged,
	#[error("the committee serves another patient")]
	OtherPatientsCommittee,
	#[error("this guardian is not a member of the session's committee")]
	NotAMember,
	#[error("this guardian's vote does not count: its key was replaced, or its institution is not active")]
	VoteDoesNotCount,
	#[error("the request comes from the own institution")]
	OwnRequest,
	#[error("the own institution has voted already")]
	AlreadyVoted,
	#[error("the patient does not contradict the session, or it is over")]
	NotDisputed,
	#[error("the handle is unknown or closed")]
	HandleNotOpen,
	#[error("the session names another custodian than the handle has")]
	OtherCustodian,
	#[error("the custodian asks for a patient of its own")]
	OwnPatient,
	#[error("the institution that asks is not active")]
	RequesterNotActive,
	#[error("the committee's key is not the one that its name stands for")]
	OtherKey,
	#[error("the id of the session is not that of its request")]
	OtherId,
	#[error("the envelope was not sealed for this patient, scope, epoch and number")]
	BadEnvelope,
	#[error("the requester does not prove that it can open what it asks for, or asked for another thing")]
	BadRequestProof,
	#[error("the words behind the request have not arrived")]
	NoOpening,
	#[error("the words that were sent are not those that the chain commits to")]
	OtherOpening,
	#[error("the signed statement is about another request")]
	OtherStatement,
	#[error("the statement was signed at another time than the request was made")]
	StaleStatement,
	#[error("reason or evidence is missing or too long")]
	NoReason,
	#[error("the practitioner is not in the staff registry")]
	UnknownPractitioner,
	#[error("the practitioner belongs to another institution than the one that asks")]
	PractitionerElsewhere,
	#[error("the practitioner's registry entry is not valid now")]
	PractitionerNotValid,
	#[error("the practitioner is not authorised for emergencies")]
	NotEmergencyAuthorised,
	#[error("the practitioner's roles do not ask in emergencies")]
	RoleNotEntitled,
	#[error("the request was not signed by the practitioner it names")]
	StatementSignature,
	#[error("the session counts against another practitioner than the one who asks")]
	OtherShiftTag,
}

/// A session on which this guardian may vote, as far as the chain alone tells: enough to say no.
#[derive(Clone, Copy, Debug)]
pub struct Standing<'a> {
	/// The session.
	pub session: &'a EmergencySessionInfo,
	/// Its committee.
	pub committee: &'a CommitteeInfo<Account>,
	/// The guardian's place in it.
	pub member: &'a CommitteeMemberInfo<Account>,
}

/// A session that was found right in every respect: the only thing that a part can be made for.
#[derive(Clone, Debug)]
pub struct VerifiedSession {
	id: EmergencyRequestId,
	context: RequestContext,
	point: [u8; 32],
	proof: SchnorrProof,
	index: u16,
	member_key: [u8; 32],
	session: EmergencySessionInfo,
	request: SignedEmergency,
	practitioner: PractitionerInfo,
}

/// Why no part was made of a verified session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VoteError {
	/// The share is not that of this guardian in this committee.
	#[error("the share at hand is not the one of this guardian in the session's committee")]
	OtherShare,
	/// The cryptography refused what was verified before.
	#[error("no part can be made: {0}")]
	Part(PartError),
}

/// The institution for which a guardian has its one vote: itself, or the one that the person works at.
pub fn votes_for(member: &CommitteeMemberInfo<Account>) -> Option<InstitutionId> {
	match member.guardian {
		Guardian::Institution(institution) => Some(institution),
		Guardian::Person(_) => member.affiliation,
	}
}

/// Whether this guardian may vote on the session.
///
/// # Errors
/// [`Refusal`]: the first thing that forbids it.
pub fn standing<'a>(case: &SessionCase<'a>) -> Result<Standing<'a>, Refusal> {
	let session = case.session.filter(|session| session.id == case.id).ok_or(Refusal::UnknownSession)?;
	if session.status != EmergencyStatus::Requested {
		return Err(Refusal::NotRequested);
	}
	if session.expires_at <= case.now {
		return Err(Refusal::RequestExpired);
	}
	let committee = case.committee.filter(|committee| committee.id == session.committee);
	let committee = committee.ok_or(Refusal::CommitteeNotActive)?;
	let is_active = matches!(committee.status, CommitteeStatus::Active | CommitteeStatus::Superseded);
	if !is_active || committee.valid_until <= case.now || committee.purpose != CommitteePurpose::Release {
		return Err(Refusal::CommitteeNotActive);
	}
	if committee.version != session.version {
		return Err(Refusal::CommitteeChanged);
	}
	if matches!(committee.kind, CommitteeKind::Personal(handle) if handle != session.handle) {
		return Err(Refusal::OtherPatientsCommittee);
	}
	let member = committee.members.iter().find(|member| member.guardian == *case.own);
	let member = member.ok_or(Refusal::NotAMember)?;
	if !member.counts {
		return Err(Refusal::VoteDoesNotCount);
	}
	let own = votes_for(member);
	if own == Some(session.institution) {
		return Err(Refusal::OwnRequest);
	}
	let same_vote = |other: &&CommitteeMemberInfo<Account>| {
		other.index == member.index || (own.is_some() && votes_for(other) == own)
	};
	if committee.members.iter().filter(same_vote).any(|member| has_voted(session, member.index)) {
		return Err(Refusal::AlreadyVoted);
	}
	Ok(Standing { session, committee, member })
}

/// Whether the guardian with this index has voted, in whichever way.
pub fn has_voted(session: &EmergencySessionInfo, index: u16) -> bool {
	session.parts.iter().any(|(voter, _)| *voter == index)
		|| session.rejected.contains(&index)
		|| session.refused.contains(&index)
}

/// Checks everything about a session.
///
/// # Errors
/// [`Refusal`]: the first thing that is wrong.
pub fn verify_session(case: &SessionCase<'_>) -> Result<VerifiedSession, Refusal> {
	let standing = standing(case)?;
	case.check_parties(standing.session)?;
	let (context, member_key) = case.check_request(&standing)?;
	let request = case.check_opening(standing.session)?;
	let practitioner = case.check_practitioner(standing.session, &request)?;
	let session = standing.session;
	Ok(VerifiedSession {
		id: session.id,
		context,
		point: session.point,
		proof: session.proof,
		index: standing.member.index,
		member_key,
		session: session.clone(),
		request,
		practitioner: practitioner.clone(),
	})
}

impl<'a> SessionCase<'a> {
	fn check_parties(&self, session: &EmergencySessionInfo) -> Result<(), Refusal> {
		let handle = self.handle.filter(|handle| handle.status == HandleStatus::Active);
		let handle = handle.ok_or(Refusal::HandleNotOpen)?;
		if handle.custodian != session.custodian {
			return Err(Refusal::OtherCustodian);
		}
		if session.institution == session.custodian {
			return Err(Refusal::OwnPatient);
		}
		let is_active = self.requester.is_some_and(|requester| requester.status == MemberStatus::Active);
		is_active.then_some(()).ok_or(Refusal::RequesterNotActive)
	}

	/// What the part will be bound to, made of what the chain shows and of nothing that was sent.
	fn check_request(&self, standing: &Standing<'_>) -> Result<(RequestContext, [u8; 32]), Refusal> {
		let Standing { session, committee, member } = standing;
		let (Some(group_key), Some(key), Some(member_key)) =
			(committee.group_key, committee.key_id, member.public_share)
		else {
			return Err(Refusal::CommitteeNotActive);
		};
		if key != key_id(self.genesis, committee.id.0, &group_key) {
			return Err(Refusal::OtherKey);
		}
		let label = EnvelopeLabel {
			genesis: *self.genesis,
			key_id: key,
			handle: session.handle.0,
			scope: session.tier.scope(),
			scope_epoch: session.epoch,
			number: session.envelope.into(),
		};
		let context = RequestContext {
			label,
			committee: committee.id.0,
			version: session.version,
			requester: session.institution.0,
			key_hash: session.key_hash,
			header: session.header,
		};
		if context.id(&session.point) != session.id.0 {
			return Err(Refusal::OtherId);
		}
		match verify_request(&context, &session.point, &session.proof) {
			Ok(_) => Ok((context, member_key)),
			Err(RequestError::Envelope) => Err(Refusal::BadEnvelope),
			Err(_) => Err(Refusal::BadRequestProof),
		}
	}

	/// The statement inside the entry that the chain commits to. The commitment is the one thing that the requester cannot choose now.
	fn check_opening(&self, session: &EmergencySessionInfo) -> Result<SignedEmergency, Refusal> {
		let opening = self.opening.ok_or(Refusal::NoOpening)?;
		let entry = opening.opening.full_entry().ok_or(Refusal::OtherOpening)?;
		let is_committed = opening.id == session.id
			&& opening.opening.commitment == session.entry
			&& entry.event.act == Act::EmergencyRequest
			&& entry.actor.institution == Some(session.institution)
			&& entry.patient == Some(session.handle)
			&& entry.custodian == Some(session.custodian)
			&& entry.emergency.is_none_or(|id| id == session.id);
		let request = opening.request().filter(|_| is_committed).ok_or(Refusal::OtherOpening)?;
		if entry.actor.practitioner != Some(request.statement.practitioner) {
			return Err(Refusal::OtherOpening);
		}
		let statement = &request.statement;
		let keys = statement.one_time_keys().map_err(|_| Refusal::OtherStatement)?;
		// The point is fresh: a statement that served once fits no second session.
		let is_about_this = statement.point.0 == session.point
			&& statement.proof == session.proof
			&& statement.handle == session.handle
			&& statement.custodian == session.custodian
			&& statement.tier == session.tier
			&& keys.binding() == session.key_hash;
		if !is_about_this {
			return Err(Refusal::OtherStatement);
		}
		if statement.at.abs_diff(session.requested_at) > STATEMENT_TOLERANCE {
			return Err(Refusal::StaleStatement);
		}
		match statement.texts_are_sound() {
			true => Ok(request),
			false => Err(Refusal::NoReason),
		}
	}

	fn check_practitioner(
		&self,
		session: &EmergencySessionInfo,
		request: &SignedEmergency,
	) -> Result<&'a PractitionerInfo, Refusal> {
		let info = self.practitioner.ok_or(Refusal::UnknownPractitioner)?;
		if info.institution != session.institution {
			return Err(Refusal::PractitionerElsewhere);
		}
		if !is_valid(info, self.now) {
			return Err(Refusal::PractitionerNotValid);
		}
		if !info.emergency_authorised {
			return Err(Refusal::NotEmergencyAuthorised);
		}
		if !has_emergency_role(info) {
			return Err(Refusal::RoleNotEntitled);
		}
		if !request.is_signed_by(self.genesis, &info.signing_key) {
			return Err(Refusal::StatementSignature);
		}
		let shift_key = self.opening.map(|opening| opening.shift_key.0).ok_or(Refusal::NoOpening)?;
		match shift_tag(&shift_key, &request.statement.practitioner) == session.shift_tag {
			true => Ok(info),
			false => Err(Refusal::OtherShiftTag),
		}
	}
}

impl VerifiedSession {
	/// Its id.
	pub fn id(&self) -> EmergencyRequestId {
		self.id
	}

	/// Whose data.
	pub fn handle(&self) -> PatientHandle {
		self.session.handle
	}

	/// How much is asked for.
	pub fn tier(&self) -> EmergencyTier {
		self.session.tier
	}

	/// Whether only people may approve.
	pub fn is_manual(&self) -> bool {
		self.session.manual
	}

	/// The session as the chain has it.
	pub fn session(&self) -> &EmergencySessionInfo {
		&self.session
	}

	/// What the practitioner states.
	pub fn statement(&self) -> &EmergencyStatement {
		&self.request.statement
	}

	/// The statement with its signature.
	pub fn request(&self) -> &SignedEmergency {
		&self.request
	}

	/// Registry entry of the practitioner.
	pub fn practitioner(&self) -> &PractitionerInfo {
		&self.practitioner
	}
}

/// The vote: the guardian's part of the answer, verified as the chain will.
///
/// # Errors
/// [`VoteError`].
pub fn vote<R: RngCore + CryptoRng>(
	verified: &VerifiedSession,
	own: &OwnShare,
	rng: &mut R,
) -> Result<DecryptionPart, VoteError> {
	let VerifiedSession { context, point, proof, index, member_key, .. } = verified;
	if own.index != *index || !own.share.verifies(member_key) {
		return Err(VoteError::OtherShare);
	}
	let part = DecryptionPart::make(context, point, proof, *index, &own.share, rng).map_err(VoteError::Part)?;
	// A wrong part would void the vote and put this guardian's name on it.
	part.verify(context, point, *index, member_key).then_some(part).ok_or(VoteError::OtherShare)
}

#[cfg(test)]
mod tests;

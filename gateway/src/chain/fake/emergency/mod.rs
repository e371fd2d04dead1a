//! Emergency access in memory: the rules of the pallet as far as a gateway meets them, with the real proofs.

mod committees;
mod disputes;
mod reads;
mod scopes;
mod sessions;

use super::{locate::LocateWorld, refused, FakeChain, World, GENESIS};
use crate::chain::{Included, Transaction};
use salus_client::{chain::ChainError, wire::Account};
use salus_primitives::{
	Act, AuditChain, Commitment, CommitteeId, CommitteePurpose, EmergencyRequestId, EmergencyTier, Guardian,
	InstitutionId, InstitutionKind, OutcomeClass, PatientHandle,
};
use salus_runtime_api::{
	CommitteeInfo, CommitteeMemberInfo, EmergencyScopeInfo, EmergencySessionInfo, EmergencyStatus, GuardianKeyInfo,
};
use salus_threshold::dealing::Dealing;
use scopes::Spent;
use std::collections::{BTreeMap, BTreeSet};

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
	pub locate: LocateWorld,
	/// Committees about whose sessions the node does not answer.
	pub silent: BTreeSet<CommitteeId>,
	/// Requests are left to people, as over a cap.
	pub manual: bool,
	/// Sessions that institutions stopped alone today.
	pub suspensions: BTreeMap<InstitutionId, u32>,
	/// Who used up which envelope of the running epochs, as far as no session became active by it.
	spent: BTreeMap<(PatientHandle, EmergencyTier, CommitteeId), Vec<Spent>>,
}

fn index_of(members: &Members, institution: InstitutionId) -> Option<u16> {
	let own = Guardian::Institution(institution);
	members.iter().find(|member| member.guardian == own).map(|member| member.index)
}

/// The institution that a member votes for.
pub(in crate::chain::fake) fn votes_for(member: &CommitteeMemberInfo<Account>) -> Option<InstitutionId> {
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
				let handle = emergency.suspend_in_person(own, &id)?;
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

	fn record_emergency(&mut self, handle: PatientHandle, act: Act, own: InstitutionId, entry: Commitment) -> Included {
		self.record(AuditChain::Patient(handle), act, OutcomeClass::Permitted, own, entry)
	}
}

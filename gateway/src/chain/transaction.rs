//! The acts that a gateway signs.

use salus_client::{
	chain::{
		calls::{self, emergency_access as emergency, Control, EmergencyRequest, Grant, LocateRequest, Proof},
		AccessDecided, Call, InBlock,
	},
	wire::{Account, BlockId},
};
use salus_primitives::{
	AuditChain, CapabilityId, Commitment, CommitteeId, EmergencyRequestId, EmergencyTier, InstitutionId, Moment,
	PatientHandle, PurposeClass, ReviewVerdict, ScopeTag,
};
use salus_threshold::{
	dealing::{Dealing, DealingDispute},
	locate::LocatePart,
	part::DecryptionPart,
	proof::SchnorrProof,
};

/// An act with its arguments. `entry` is the commitment of the audit entry that the act leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Transaction {
	/// Registers a patient.
	RegisterPatient { handle: PatientHandle, control: Control, entry: Commitment },
	/// Gives a custodial handle to the patient.
	ClaimHandle { handle: PatientHandle, controller: Account, proof: Proof, evidence: Commitment, entry: Commitment },
	/// Says whose handle a provisional one is.
	MergeHandle {
		provisional: PatientHandle,
		into: PatientHandle,
		statement: Commitment,
		entry: Commitment,
		into_entry: Commitment,
	},
	/// Takes that back.
	UnmergeHandle { provisional: PatientHandle, statement: Commitment, entry: Commitment, into_entry: Commitment },
	/// Anchors up to 64 records of a handle.
	AnchorRecords { handle: PatientHandle, commitments: Vec<Commitment>, entry: Commitment },
	/// Grants on behalf of a custodial patient.
	GrantCapability { handle: PatientHandle, grant: Grant, entry: Commitment },
	/// Ends one capability on behalf of a custodial patient.
	RevokeCapability { handle: PatientHandle, grantee: InstitutionId, id: CapabilityId, entry: Commitment },
	/// Ends everything granted to an institution on behalf of a custodial patient.
	RevokeGrantee { handle: PatientHandle, grantee: InstitutionId, entry: Commitment },
	/// Asks for access.
	RequestAccess {
		handle: PatientHandle,
		tags: Vec<ScopeTag>,
		purpose: PurposeClass,
		requester: [u8; 32],
		entry: Commitment,
	},
	/// Files a batch of receipts.
	FileReceipts { root: [u8; 32], count: u32, from: Moment, until: Moment, entry: Commitment },
	/// Registers the keys with which the institution takes part in committees.
	RegisterGuardianKey { sealing: [u8; 32], kem_hash: [u8; 32], proof: SchnorrProof },
	/// Deals in the formation or resharing of a committee.
	PostDealing { committee: CommitteeId, dealing: Box<Dealing> },
	/// Accuses a dealer.
	DisputeDealing { committee: CommitteeId, dealer: u16, dispute: Box<DealingDispute> },
	/// Proves that the share arrived.
	ConfirmShare { committee: CommitteeId, proof: SchnorrProof },
	/// Gives up a formation whose time is over.
	AbandonFormation { committee: CommitteeId },
	/// Says which envelopes are sealed for an epoch of a scope.
	SealEnvelopes {
		handle: PatientHandle,
		tier: EmergencyTier,
		epoch: u32,
		committee: CommitteeId,
		envelopes: Vec<Commitment>,
		drill: bool,
	},
	/// Asks the guardians.
	RequestEmergency { request: Box<EmergencyRequest>, entry: Commitment },
	/// Approves with a part of the decryption.
	ApproveRequest { id: EmergencyRequestId, part: Box<DecryptionPart>, entry: Commitment },
	/// Refuses.
	RejectRequest { id: EmergencyRequestId, entry: Commitment },
	/// Takes a request back.
	CancelRequest { id: EmergencyRequestId, entry: Commitment },
	/// Ends a session and its epoch.
	CloseSession { id: EmergencyRequestId, entry: Commitment },
	/// Writes down that a session has run out.
	ExpireSession { id: EmergencyRequestId },
	/// Confirms a patient's dispute.
	ConfirmDispute { id: EmergencyRequestId, entry: Commitment },
	/// Stops a session before whose patient the institution stands.
	SuspendInPerson { id: EmergencyRequestId, evidence: Commitment, entry: Commitment },
	/// Judges a session that is over.
	ReviewSession { id: EmergencyRequestId, verdict: ReviewVerdict, entry: Commitment },
	/// Says that a review is overdue.
	EscalateReview { id: EmergencyRequestId },
	/// Asks the guardians to evaluate a blinded search term.
	RequestLocate { request: Box<LocateRequest>, entry: Commitment },
	/// Evaluates a search term in part.
	EvaluateLocate { id: EmergencyRequestId, part: Box<LocatePart>, entry: Commitment },
}

impl Transaction {
	/// The call of the runtime.
	pub fn call(self) -> Call {
		match self {
			Self::RegisterPatient { handle, control, entry } => {
				calls::patient_registry::register_patient(handle, control, entry)
			}
			Self::ClaimHandle { handle, controller, proof, evidence, entry } => {
				calls::patient_registry::claim_handle(handle, controller, proof, evidence, entry)
			}
			Self::MergeHandle { provisional, into, statement, entry, into_entry } => {
				calls::patient_registry::merge_handle(provisional, into, statement, entry, into_entry)
			}
			Self::UnmergeHandle { provisional, statement, entry, into_entry } => {
				calls::patient_registry::unmerge_handle(provisional, statement, entry, into_entry)
			}
			Self::AnchorRecords { handle, commitments, entry } => {
				calls::record_anchors::anchor_records(handle, commitments, entry)
			}
			Self::GrantCapability { handle, grant, entry } => calls::consent::grant_capability(handle, grant, entry),
			Self::RevokeCapability { handle, grantee, id, entry } => {
				calls::consent::revoke_capability(handle, grantee, id, entry)
			}
			Self::RevokeGrantee { handle, grantee, entry } => calls::consent::revoke_grantee(handle, grantee, entry),
			Self::RequestAccess { handle, tags, purpose, requester, entry } => {
				calls::consent::request_access(handle, tags, purpose, requester, entry)
			}
			Self::FileReceipts { root, count, from, until, entry } => {
				calls::audit_trail::file_receipts(root, count, from, until, entry)
			}
			Self::RegisterGuardianKey { sealing, kem_hash, proof } => {
				emergency::register_guardian_key(sealing, kem_hash, proof)
			}
			Self::PostDealing { committee, dealing } => emergency::post_dealing(committee, *dealing),
			Self::DisputeDealing { committee, dealer, dispute } => {
				emergency::dispute_dealing(committee, dealer, *dispute)
			}
			Self::ConfirmShare { committee, proof } => emergency::confirm_share(committee, proof),
			Self::AbandonFormation { committee } => emergency::abandon_formation(committee),
			Self::SealEnvelopes { handle, tier, epoch, committee, envelopes, drill } => {
				emergency::seal_envelopes(handle, tier, epoch, committee, envelopes, drill)
			}
			Self::RequestEmergency { request, entry } => emergency::request_emergency(*request, entry),
			Self::ApproveRequest { id, part, entry } => emergency::approve_request(id, *part, entry),
			Self::RejectRequest { id, entry } => emergency::reject_request(id, entry),
			Self::CancelRequest { id, entry } => emergency::cancel_request(id, entry),
			Self::CloseSession { id, entry } => emergency::close_session(id, entry),
			Self::ExpireSession { id } => emergency::expire_session(id),
			Self::ConfirmDispute { id, entry } => emergency::confirm_dispute(id, entry),
			Self::SuspendInPerson { id, evidence, entry } => emergency::suspend_in_person(id, evidence, entry),
			Self::ReviewSession { id, verdict, entry } => emergency::review_session(id, verdict, entry),
			Self::EscalateReview { id } => emergency::escalate_review(id),
			Self::RequestLocate { request, entry } => emergency::request_locate(*request, entry),
			Self::EvaluateLocate { id, part, entry } => emergency::evaluate_locate(id, *part, entry),
		}
	}
}

/// A finalized act and what its events say.
#[derive(Clone, Debug, PartialEq)]
pub struct Included {
	/// The block.
	pub block: BlockId,
	/// Chain and position of the audit entry.
	pub entry: Option<(AuditChain, u64)>,
	/// The same of the second entry, after an act that leaves two.
	pub second_entry: Option<(AuditChain, u64)>,
	/// The decision, after a request.
	pub decided: Option<AccessDecided>,
	/// The new capability, after a grant.
	pub capability: Option<CapabilityId>,
	/// When the custodian's rights end, after a claim.
	pub custodian_until: Option<Moment>,
	/// Number of the batch, after filing.
	pub receipts: Option<u32>,
	/// Whether the part of an approval was wrong: the act stands, the vote does not.
	pub part_refused: bool,
}

#[cfg(test)]
impl Included {
	/// An act of which no event tells more.
	pub fn without_events(block: BlockId) -> Self {
		Self {
			block,
			entry: None,
			second_entry: None,
			decided: None,
			capability: None,
			custodian_until: None,
			receipts: None,
			part_refused: false,
		}
	}
}

impl From<InBlock> for Included {
	fn from(included: InBlock) -> Self {
		let InBlock { block, events } = included;
		Self {
			block,
			entry: events.entry_recorded(),
			second_entry: events.second_entry_recorded(),
			decided: events.access_decided(),
			capability: events.capability_granted(),
			custodian_until: events.custodian_until(),
			receipts: events.receipts_filed(),
			part_refused: events.part_refused(),
		}
	}
}

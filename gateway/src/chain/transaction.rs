//! The acts that a gateway signs.

use salus_client::{
	chain::{
		calls::{self, Control, Grant, Proof},
		AccessDecided, Call, InBlock,
	},
	wire::{Account, BlockId},
};
use salus_primitives::{
	AuditChain, CapabilityId, Commitment, InstitutionId, Moment, PatientHandle, PurposeClass, ScopeTag,
};

/// An act with its arguments. `entry` is the commitment of the audit entry that the act leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
#[allow(missing_docs)]
pub enum Transaction {
	/// Registers a patient.
	RegisterPatient { handle: PatientHandle, control: Control, entry: Commitment },
	/// Gives a custodial handle to the patient.
	ClaimHandle { handle: PatientHandle, controller: Account, proof: Proof, evidence: Commitment, entry: Commitment },
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
	/// The decision, after a request.
	pub decided: Option<AccessDecided>,
	/// The new capability, after a grant.
	pub capability: Option<CapabilityId>,
	/// When the custodian's rights end, after a claim.
	pub custodian_until: Option<Moment>,
	/// Number of the batch, after filing.
	pub receipts: Option<u32>,
}

impl From<InBlock> for Included {
	fn from(included: InBlock) -> Self {
		let InBlock { block, events } = included;
		Self {
			block,
			entry: events.entry_recorded(),
			decided: events.access_decided(),
			capability: events.capability_granted(),
			custodian_until: events.custodian_until(),
			receipts: events.receipts_filed(),
		}
	}
}

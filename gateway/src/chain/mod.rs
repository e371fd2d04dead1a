//! The chain as the gateway needs it, behind a trait, so that everything else can be tried without a node.

mod emergency;
mod gateways;
mod head;
mod live;
mod transaction;

pub use emergency::EmergencyReads;
pub use head::Head;
pub use live::LiveChain;
pub use transaction::{Included, Transaction};

use async_trait::async_trait;
use salus_client::{
	chain::{ChainError, ChainIdentity, ReceiptBatch},
	wire::{Account, BlockId},
};
use salus_primitives::{
	AuditChain, ChainHead, InstitutionId, Moment, PatientHandle, PermitId, PractitionerId, RecordId,
};
use salus_runtime_api::{
	AnchorInfo, CapabilityInfo, HandleInfo, InstitutionInfo, MergeInfo, PermitInfo, PractitionerInfo,
};

/// What a gateway asks of the chain, and what it does there. Reads name the block they are for.
///
/// Every method fails with [`ChainError::Unreachable`] and the like when the node is not there.
#[async_trait]
pub trait ChainPort: EmergencyReads + Send + Sync {
	/// Genesis and runtime version.
	async fn identity(&self) -> Result<ChainIdentity, ChainError>;
	/// The newest finalized block that the node knows.
	async fn finalized_head(&self) -> Result<BlockId, ChainError>;
	/// Slot time of a block.
	async fn time_at(&self, at: &BlockId) -> Result<Moment, ChainError>;
	/// A member of the consortium.
	async fn institution(
		&self,
		at: &BlockId,
		id: InstitutionId,
	) -> Result<Option<InstitutionInfo<Account>>, ChainError>;
	/// The institution that a gateway account is registered for, at the finalized head.
	async fn gateway_institution(&self, account: &Account) -> Result<Option<InstitutionId>, ChainError>;
	/// An entry of the staff registry.
	async fn practitioner(&self, at: &BlockId, id: &PractitionerId) -> Result<Option<PractitionerInfo>, ChainError>;
	/// A patient handle.
	async fn handle(&self, at: &BlockId, handle: &PatientHandle) -> Result<Option<HandleInfo<Account>>, ChainError>;
	/// The provisional handles that count as a patient's, or the one merge that a provisional handle is in.
	async fn merges(&self, at: &BlockId, handle: &PatientHandle) -> Result<Vec<MergeInfo>, ChainError>;
	/// The capabilities of a handle that have not ended.
	async fn capabilities(&self, at: &BlockId, handle: &PatientHandle) -> Result<Vec<CapabilityInfo>, ChainError>;
	/// A live permit, reduced to the tags that a live capability still backs.
	async fn permit(&self, at: &BlockId, id: PermitId) -> Result<Option<PermitInfo>, ChainError>;
	/// The anchored records of a handle.
	async fn anchors(&self, at: &BlockId, handle: &PatientHandle) -> Result<Vec<(RecordId, AnchorInfo)>, ChainError>;
	/// Head and length of an audit chain.
	async fn audit_head(&self, at: &BlockId, chain: AuditChain) -> Result<ChainHead, ChainError>;
	/// A filed batch of receipts, at the finalized head.
	async fn receipt_batch(&self, institution: InstitutionId, number: u32) -> Result<Option<ReceiptBatch>, ChainError>;
	/// Signs with the gateway's account, submits, and waits until the act stands in a finalized block.
	async fn submit(&self, transaction: Transaction) -> Result<Included, ChainError>;
}

#[cfg(test)]
pub mod fake;

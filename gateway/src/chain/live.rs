//! The chain behind a node.

use super::{gateways::GatewayRegistry, ChainPort, Included, Transaction};
use async_trait::async_trait;
use salus_client::{
	chain::{Chain, ChainError, ChainIdentity, Keypair, ReceiptBatch},
	wire::{Account, BlockId},
};
use salus_primitives::{
	AuditChain, ChainHead, InstitutionId, Moment, PatientHandle, PermitId, PractitionerId, RecordId,
};
use salus_runtime_api::{
	AnchorInfo, CapabilityInfo, HandleInfo, InstitutionInfo, MergeInfo, PermitInfo, PractitionerInfo,
};
use std::time::Duration;
use tokio::sync::Mutex;

/// How long a read may take before the node counts as unreachable: a hanging node must not hold requests.
const READ_TIMEOUT: Duration = Duration::from_secs(15);
/// How long an act may take to become final.
const FINALITY_TIMEOUT: Duration = Duration::from_secs(240);

/// The chain behind a node that may be away, even at the start.
pub struct LiveChain {
	url: String,
	signer: Keypair,
	chain: Mutex<Option<Chain>>,
	gateways: GatewayRegistry,
}

impl LiveChain {
	/// The node at `url`; acts are signed by `signer`. Connects when first used.
	pub fn new(url: &str, signer: Keypair) -> Self {
		Self { url: url.to_owned(), signer, chain: Mutex::new(None), gateways: GatewayRegistry::new(url) }
	}

	pub(super) async fn chain(&self) -> Result<Chain, ChainError> {
		let mut slot = self.chain.lock().await;
		if let Some(chain) = slot.as_ref() {
			return Ok(chain.clone());
		}
		let chain = Chain::connect(&self.url).await?;
		Ok(slot.insert(chain).clone())
	}

	/// A read, in the time that a read may take.
	pub(super) async fn read<T>(
		&self,
		work: impl std::future::Future<Output = Result<T, ChainError>> + Send,
	) -> Result<T, ChainError> {
		self.within(READ_TIMEOUT, work).await
	}

	async fn within<T>(
		&self,
		limit: Duration,
		work: impl std::future::Future<Output = Result<T, ChainError>> + Send,
	) -> Result<T, ChainError> {
		tokio::time::timeout(limit, work).await.unwrap_or_else(|_| {
			let reason = format!("no answer within {} seconds", limit.as_secs());
			Err(ChainError::Unreachable { url: self.url.clone(), reason })
		})
	}
}

macro_rules! read {
	($self:ident, |$chain:ident| $call:expr) => {
		$self
			.within(READ_TIMEOUT, async {
				let $chain = $self.chain().await?;
				$call.await
			})
			.await
	};
}

#[async_trait]
impl ChainPort for LiveChain {
	async fn identity(&self) -> Result<ChainIdentity, ChainError> {
		read!(self, |chain| chain.identity())
	}

	async fn finalized_head(&self) -> Result<BlockId, ChainError> {
		read!(self, |chain| chain.finalized_head())
	}

	async fn time_at(&self, at: &BlockId) -> Result<Moment, ChainError> {
		read!(self, |chain| chain.time_at(at))
	}

	async fn institution(
		&self,
		at: &BlockId,
		id: InstitutionId,
	) -> Result<Option<InstitutionInfo<Account>>, ChainError> {
		read!(self, |chain| chain.institution_at(at, id))
	}

	async fn gateway_institution(&self, account: &Account) -> Result<Option<InstitutionId>, ChainError> {
		self.within(READ_TIMEOUT, self.gateways.institution_of(account)).await
	}

	async fn practitioner(&self, at: &BlockId, id: &PractitionerId) -> Result<Option<PractitionerInfo>, ChainError> {
		read!(self, |chain| chain.practitioner_at(at, id))
	}

	async fn handle(&self, at: &BlockId, handle: &PatientHandle) -> Result<Option<HandleInfo<Account>>, ChainError> {
		read!(self, |chain| chain.handle_at(at, handle))
	}

	async fn merges(&self, at: &BlockId, handle: &PatientHandle) -> Result<Vec<MergeInfo>, ChainError> {
		read!(self, |chain| chain.merges_at(at, handle))
	}

	async fn capabilities(&self, at: &BlockId, handle: &PatientHandle) -> Result<Vec<CapabilityInfo>, ChainError> {
		read!(self, |chain| chain.capabilities_at(at, handle))
	}

	async fn permit(&self, at: &BlockId, id: PermitId) -> Result<Option<PermitInfo>, ChainError> {
		read!(self, |chain| chain.permit_at(at, id))
	}

	async fn anchors(&self, at: &BlockId, handle: &PatientHandle) -> Result<Vec<(RecordId, AnchorInfo)>, ChainError> {
		read!(self, |chain| chain.anchors_at(at, handle))
	}

	async fn audit_head(&self, at: &BlockId, chain: AuditChain) -> Result<ChainHead, ChainError> {
		read!(self, |client| client.audit_head_at(at, chain))
	}

	async fn receipt_batch(&self, institution: InstitutionId, number: u32) -> Result<Option<ReceiptBatch>, ChainError> {
		read!(self, |chain| chain.receipt_batch(institution, number))
	}

	async fn submit(&self, transaction: Transaction) -> Result<Included, ChainError> {
		let call = transaction.call();
		let included = self
			.within(FINALITY_TIMEOUT, async { self.chain().await?.submit_finalized(&self.signer, &call).await })
			.await?;
		Ok(included.into())
	}
}

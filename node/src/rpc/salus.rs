//! The `salus_*` methods: the runtime's typed queries, and the walk over audit entries.
//!
//! Each method takes an optional block hash `at` and answers for the newest *finalized* block without it: what is not final
//! may still be taken back, and nobody should be treated, refused or audited on it.

use super::{
	audit::{walk, AuditPage, Blocks},
	error::Error,
};
use jsonrpsee::proc_macros::rpc;
use salus_primitives::{
	AuditChain, AuditEntry, Commitment, CommitteeId, EmergencyRequestId, EmergencyTier, InstitutionId, PatientHandle,
	PermitId, PractitionerId, RecordId,
};
use salus_runtime::{opaque::Block, AccountId, Hash};
use salus_runtime_api::{
	AnchorInfo, BatchInfo, CapabilityInfo, CommitteeInfo, EmergencyApi as EmergencyQueries, EmergencyScopeInfo,
	EmergencySessionInfo, HandleInfo, InstitutionInfo, PermitInfo, PractitionerInfo, SalusApi as RuntimeQueries,
};
use serde::Serialize;
use sp_api::{ApiError, ApiExt, ProvideRuntimeApi, RuntimeApiInfo};
use sp_blockchain::HeaderBackend;
use sp_runtime::{traits::Header as _, Digest};
use std::sync::Arc;

type Answer<T> = Result<T, Error>;

/// Head and length of an audit chain. Named apart from the runtime's structure to write the head as hexadecimal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuditHead {
	/// The head; zeros before the first entry.
	pub head: Commitment,
	/// Number of entries.
	pub count: u64,
	/// The block for which this holds.
	pub block_hash: Hash,
}

/// Queries of the Salus chain.
#[rpc(server, namespace = "salus")]
pub trait SalusApi {
	/// A member of the consortium.
	#[method(name = "institution", blocking)]
	fn institution(&self, id: InstitutionId, at: Option<Hash>) -> Result<Option<InstitutionInfo<AccountId>>, Error>;

	/// Every institution that was ever admitted.
	#[method(name = "institutions", blocking)]
	fn institutions(&self, at: Option<Hash>) -> Result<Vec<(InstitutionId, InstitutionInfo<AccountId>)>, Error>;

	/// An entry of the staff registry.
	#[method(name = "practitioner", blocking)]
	fn practitioner(&self, id: PractitionerId, at: Option<Hash>) -> Result<Option<PractitionerInfo>, Error>;

	/// A patient handle.
	#[method(name = "handle", blocking)]
	fn handle(&self, handle: PatientHandle, at: Option<Hash>) -> Result<Option<HandleInfo<AccountId>>, Error>;

	/// The records anchored one by one with a handle.
	#[method(name = "anchors", blocking)]
	fn anchors(&self, handle: PatientHandle, at: Option<Hash>) -> Result<Vec<(RecordId, AnchorInfo)>, Error>;

	/// The batches that an institution anchored.
	#[method(name = "batches", blocking)]
	fn batches(&self, institution: InstitutionId, at: Option<Hash>) -> Result<Vec<(u32, BatchInfo)>, Error>;

	/// The live capabilities of a handle.
	#[method(name = "capabilities", blocking)]
	fn capabilities(&self, handle: PatientHandle, at: Option<Hash>) -> Result<Vec<CapabilityInfo>, Error>;

	/// A permit, when it is live.
	#[method(name = "permit", blocking)]
	fn permit(&self, id: PermitId, at: Option<Hash>) -> Result<Option<PermitInfo>, Error>;

	/// A committee of guardians.
	#[method(name = "committee", blocking)]
	fn committee(&self, id: CommitteeId, at: Option<Hash>) -> Result<Option<CommitteeInfo<AccountId>>, Error>;

	/// An emergency session.
	#[method(name = "emergencySession", blocking)]
	fn emergency_session(
		&self,
		id: EmergencyRequestId,
		at: Option<Hash>,
	) -> Result<Option<EmergencySessionInfo>, Error>;

	/// Every emergency session on a patient's data.
	#[method(name = "emergencySessions", blocking)]
	fn emergency_sessions(&self, handle: PatientHandle, at: Option<Hash>) -> Result<Vec<EmergencyRequestId>, Error>;

	/// What is sealed for emergencies of a patient.
	#[method(name = "emergencyScope", blocking)]
	fn emergency_scope(
		&self,
		handle: PatientHandle,
		tier: EmergencyTier,
		at: Option<Hash>,
	) -> Result<EmergencyScopeInfo, Error>;

	/// Head and length of an audit chain.
	#[method(name = "auditHead", blocking)]
	fn audit_head(&self, chain: AuditChain, at: Option<Hash>) -> Result<AuditHead, Error>;

	/// The entries of an audit chain in a range of finalized blocks.
	#[method(name = "auditEntries", blocking)]
	fn audit_entries(&self, chain: AuditChain, from_block: u32, to_block: Option<u32>) -> Result<AuditPage, Error>;
}

/// Answers the methods from a client `C` over a database `B`.
pub(crate) struct Salus<C, B> {
	client: Arc<C>,
	backend: Arc<B>,
}

impl<C, B> Salus<C, B>
where
	C: ProvideRuntimeApi<Block> + HeaderBackend<Block>,
	B: sc_client_api::Backend<Block>,
{
	pub(crate) fn new(client: Arc<C>, backend: Arc<B>) -> Self {
		Self { client, backend }
	}

	/// Asks the runtime at that block, or at the newest finalized one, after making sure that it can answer.
	fn ask<T>(&self, at: Option<Hash>, query: impl FnOnce(&C::Api, Hash) -> Result<T, ApiError>) -> Answer<T>
	where
		C::Api: RuntimeQueries<Block, AccountId>,
	{
		self.ask_for::<dyn RuntimeQueries<Block, AccountId>, T>(at, query)
	}

	/// As [`Self::ask`], about emergency access: runtimes before it do not know these queries.
	fn ask_emergency<T>(&self, at: Option<Hash>, query: impl FnOnce(&C::Api, Hash) -> Result<T, ApiError>) -> Answer<T>
	where
		C::Api: EmergencyQueries<Block, AccountId>,
	{
		self.ask_for::<dyn EmergencyQueries<Block, AccountId>, T>(at, query)
	}

	fn ask_for<A, T>(&self, at: Option<Hash>, query: impl FnOnce(&C::Api, Hash) -> Result<T, ApiError>) -> Answer<T>
	where
		A: RuntimeApiInfo + ?Sized,
	{
		let hash = at.unwrap_or_else(|| self.client.info().finalized_hash);
		let number = self.client.number(hash).map_err(Error::internal)?;
		let number = number.ok_or_else(|| Error::UnknownBlock(format!("{hash:?}")))?;
		if !self.backend.have_state_at(hash, number) {
			return Err(Error::StatePruned(hash));
		}
		let api = self.client.runtime_api();
		if !api.has_api::<A>(hash).map_err(Error::internal)? {
			return Err(Error::NotSupported(hash));
		}
		query(&api, hash).map_err(Error::internal)
	}
}

impl<C, B> Blocks for Salus<C, B>
where
	C: ProvideRuntimeApi<Block> + HeaderBackend<Block>,
	C::Api: RuntimeQueries<Block, AccountId>,
	B: sc_client_api::Backend<Block>,
{
	fn block(&self, number: u32) -> Answer<(Hash, Digest)> {
		let unknown = || Error::UnknownBlock(number.to_string());
		let hash = self.client.hash(number).map_err(Error::internal)?.ok_or_else(unknown)?;
		let header = self.client.header(hash).map_err(Error::internal)?.ok_or_else(unknown)?;
		Ok((hash, header.digest().clone()))
	}

	fn entries(&self, block: Hash) -> Answer<Vec<AuditEntry>> {
		self.ask(Some(block), |api, at| api.block_entries(at))
	}
}

impl<C, B> SalusApiServer for Salus<C, B>
where
	C: ProvideRuntimeApi<Block> + HeaderBackend<Block> + Send + Sync + 'static,
	C::Api: RuntimeQueries<Block, AccountId> + EmergencyQueries<Block, AccountId>,
	B: sc_client_api::Backend<Block> + 'static,
{
	fn institution(&self, id: InstitutionId, at: Option<Hash>) -> Answer<Option<InstitutionInfo<AccountId>>> {
		self.ask(at, |api, at| api.institution(at, id))
	}

	fn institutions(&self, at: Option<Hash>) -> Answer<Vec<(InstitutionId, InstitutionInfo<AccountId>)>> {
		self.ask(at, |api, at| api.institutions(at))
	}

	fn practitioner(&self, id: PractitionerId, at: Option<Hash>) -> Answer<Option<PractitionerInfo>> {
		self.ask(at, |api, at| api.practitioner(at, id))
	}

	fn handle(&self, handle: PatientHandle, at: Option<Hash>) -> Answer<Option<HandleInfo<AccountId>>> {
		self.ask(at, |api, at| api.handle(at, handle))
	}

	fn anchors(&self, handle: PatientHandle, at: Option<Hash>) -> Answer<Vec<(RecordId, AnchorInfo)>> {
		self.ask(at, |api, at| api.anchors(at, handle))
	}

	fn batches(&self, institution: InstitutionId, at: Option<Hash>) -> Answer<Vec<(u32, BatchInfo)>> {
		self.ask(at, |api, at| api.batches(at, institution))
	}

	fn capabilities(&self, handle: PatientHandle, at: Option<Hash>) -> Answer<Vec<CapabilityInfo>> {
		self.ask(at, |api, at| api.capabilities(at, handle))
	}

	fn permit(&self, id: PermitId, at: Option<Hash>) -> Answer<Option<PermitInfo>> {
		self.ask(at, |api, at| api.permit(at, id))
	}

	fn committee(&self, id: CommitteeId, at: Option<Hash>) -> Answer<Option<CommitteeInfo<AccountId>>> {
		self.ask_emergency(at, |api, at| api.committee(at, id))
	}

	fn emergency_session(&self, id: EmergencyRequestId, at: Option<Hash>) -> Answer<Option<EmergencySessionInfo>> {
		self.ask_emergency(at, |api, at| api.session(at, id))
	}

	fn emergency_sessions(&self, handle: PatientHandle, at: Option<Hash>) -> Answer<Vec<EmergencyRequestId>> {
		self.ask_emergency(at, |api, at| api.sessions(at, handle))
	}

	fn emergency_scope(
		&self,
		handle: PatientHandle,
		tier: EmergencyTier,
		at: Option<Hash>,
	) -> Answer<EmergencyScopeInfo> {
		self.ask_emergency(at, |api, at| api.scope(at, handle, tier))
	}

	fn audit_head(&self, chain: AuditChain, at: Option<Hash>) -> Answer<AuditHead> {
		self.ask(at, |api, at| {
			let head = api.audit_head(at, chain)?;
			Ok(AuditHead { head: Commitment(head.head), count: head.count, block_hash: at })
		})
	}

	fn audit_entries(&self, chain: AuditChain, from_block: u32, to_block: Option<u32>) -> Answer<AuditPage> {
		if let Some(to) = to_block.filter(|to| *to < from_block) {
			return Err(Error::EmptyRange { from: from_block, to });
		}
		let finalized = self.client.info().finalized_number;
		walk(self, chain, from_block, to_block.map_or(finalized, |to| to.min(finalized)))
	}
}

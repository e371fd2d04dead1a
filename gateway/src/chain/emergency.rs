//! What a gateway reads of the chain about emergency access.

use super::LiveChain;
use async_trait::async_trait;
use salus_client::{
	chain::ChainError,
	wire::{Account, BlockId},
};
use salus_primitives::{
	CommitteeId, CommitteePurpose, EmergencyRequestId, EmergencyTier, InstitutionId, PatientHandle,
};
use salus_runtime_api::{CommitteeInfo, EmergencyScopeInfo, EmergencySessionInfo, GuardianKeyInfo, LocateSessionInfo};
use salus_threshold::dealing::Dealing;

/// Guardians, committees, sealed scopes and sessions, each at the block that is named.
///
/// Every method fails with [`ChainError::Unreachable`] and the like when the node is not there.
#[async_trait]
pub trait EmergencyReads {
	/// The keys with which an institution takes part in committees.
	async fn guardian_key(
		&self,
		at: &BlockId,
		institution: InstitutionId,
	) -> Result<Option<GuardianKeyInfo>, ChainError>;
	/// A committee, whatever its status.
	async fn committee(&self, at: &BlockId, id: CommitteeId) -> Result<Option<CommitteeInfo<Account>>, ChainError>;
	/// The committee to which the consortium's envelopes are sealed.
	async fn consortium_committee(
		&self,
		at: &BlockId,
		purpose: CommitteePurpose,
	) -> Result<Option<CommitteeId>, ChainError>;
	/// The patient's own committee.
	async fn personal_committee(&self, at: &BlockId, handle: &PatientHandle)
		-> Result<Option<CommitteeId>, ChainError>;
	/// The personal committees, active or in formation, in which a person is a guardian.
	async fn committees_of_guardian(&self, at: &BlockId, account: &Account) -> Result<Vec<CommitteeId>, ChainError>;
	/// The committees, personal ones included, in whose present or pending set of members the institution stands.
	async fn committees_of_institution(
		&self,
		at: &BlockId,
		institution: InstitutionId,
	) -> Result<Vec<CommitteeId>, ChainError>;
	/// The dealings for one version of a committee's members, by the index of the dealer.
	async fn dealings(&self, at: &BlockId, id: CommitteeId, version: u32) -> Result<Vec<(u16, Dealing)>, ChainError>;
	/// The emergency envelopes of a patient and tier.
	async fn emergency_scope(
		&self,
		at: &BlockId,
		handle: &PatientHandle,
		tier: EmergencyTier,
	) -> Result<EmergencyScopeInfo, ChainError>;
	/// An emergency session, with its status as of the block.
	async fn emergency_session(
		&self,
		at: &BlockId,
		id: &EmergencyRequestId,
	) -> Result<Option<EmergencySessionInfo>, ChainError>;
	/// Every emergency session on a patient's data, by the time of the request.
	async fn emergency_sessions(
		&self,
		at: &BlockId,
		handle: &PatientHandle,
	) -> Result<Vec<EmergencyRequestId>, ChainError>;
	/// The sessions before a committee that are requested or active, at most 1,024.
	async fn open_emergency_sessions(
		&self,
		at: &BlockId,
		committee: CommitteeId,
	) -> Result<Vec<EmergencyRequestId>, ChainError>;
	/// A locate session, with its status as of the block.
	async fn locate_session(
		&self,
		at: &BlockId,
		id: &EmergencyRequestId,
	) -> Result<Option<LocateSessionInfo>, ChainError>;
	/// The locate sessions before a committee that lack parts, at most 1,024.
	async fn open_locate_sessions(
		&self,
		at: &BlockId,
		committee: CommitteeId,
	) -> Result<Vec<EmergencyRequestId>, ChainError>;
}

macro_rules! through_the_node {
	($($method:ident / $method_at:ident ($($argument:ident: $kind:ty),*) -> $answer:ty;)+) => {
		#[async_trait]
		impl EmergencyReads for LiveChain {
			$(async fn $method(&self, at: &BlockId, $($argument: $kind),*) -> Result<$answer, ChainError> {
				self.read(async { self.chain().await?.$method_at(at, $($argument),*).await }).await
			})+
		}
	};
}

through_the_node! {
	guardian_key / guardian_key_at (institution: InstitutionId) -> Option<GuardianKeyInfo>;
	committee / committee_at (id: CommitteeId) -> Option<CommitteeInfo<Account>>;
	consortium_committee / consortium_committee_at (purpose: CommitteePurpose) -> Option<CommitteeId>;
	personal_committee / personal_committee_at (handle: &PatientHandle) -> Option<CommitteeId>;
	committees_of_guardian / committees_of_guardian_at (account: &Account) -> Vec<CommitteeId>;
	committees_of_institution / committees_of_institution_at (institution: InstitutionId) -> Vec<CommitteeId>;
	dealings / dealings_at (id: CommitteeId, version: u32) -> Vec<(u16, Dealing)>;
	emergency_scope / emergency_scope_at (handle: &PatientHandle, tier: EmergencyTier) -> EmergencyScopeInfo;
	emergency_session / emergency_session_at (id: &EmergencyRequestId) -> Option<EmergencySessionInfo>;
	emergency_sessions / emergency_sessions_at (handle: &PatientHandle) -> Vec<EmergencyRequestId>;
	open_emergency_sessions / open_emergency_sessions_at (committee: CommitteeId) -> Vec<EmergencyRequestId>;
	locate_session / locate_session_at (id: &EmergencyRequestId) -> Option<LocateSessionInfo>;
	open_locate_sessions / open_locate_sessions_at (committee: CommitteeId) -> Vec<EmergencyRequestId>;
}

//! What a gateway reads.

use super::FakeChain;
use crate::chain::EmergencyReads;
use async_trait::async_trait;
use salus_client::{
	chain::ChainError,
	wire::{Account, BlockId},
};
use salus_primitives::{
	CommitteeId, CommitteePurpose, EmergencyRequestId, EmergencyTier, Guardian, InstitutionId, PatientHandle,
};
use salus_runtime_api::{CommitteeInfo, EmergencyScopeInfo, EmergencySessionInfo, GuardianKeyInfo, LocateSessionInfo};
use salus_threshold::dealing::Dealing;

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
		if self.world().emergency.silent.contains(&committee) {
			return std::future::pending().await;
		}
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
		Ok(self.up()?.emergency.locate.session(id))
	}

	async fn open_locate_sessions(
		&self,
		_: &BlockId,
		committee: CommitteeId,
	) -> Result<Vec<EmergencyRequestId>, ChainError> {
		Ok(self.up()?.emergency.locate.open(committee))
	}
}

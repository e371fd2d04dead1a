//! Sessions that the patient contradicts, or that another institution stops because the patient stands there.

use super::{index_of, refused, EmergencyWorld};
use salus_client::chain::ChainError;
use salus_primitives::{EmergencyRequestId, InstitutionId, PatientHandle};
use salus_runtime_api::EmergencyStatus;

/// Confirmations that stop a session.
const QUORUM: usize = 2;
/// Sessions that an institution stops alone in a day.
const SUSPENSIONS: u32 = 3;

impl EmergencyWorld {
	pub(super) fn suspend(&mut self, id: &EmergencyRequestId) {
		let session = self.sessions.get_mut(id).unwrap();
		let was_active = session.status == EmergencyStatus::Active;
		session.status = EmergencyStatus::Suspended;
		if was_active {
			self.end_epoch(id);
		}
	}

	pub(super) fn confirm_dispute(
		&mut self,
		own: InstitutionId,
		id: &EmergencyRequestId,
	) -> Result<PatientHandle, ChainError> {
		let session = self.open_session(id)?;
		let is_member = index_of(&self.committees[&session.committee].members, own).is_some();
		if !session.disputed || !is_member || session.institution == own {
			return Err(refused("NotForThisGuardian"));
		}
		self.confirm(own, id)?;
		Ok(session.handle)
	}

	fn confirm(&mut self, own: InstitutionId, id: &EmergencyRequestId) -> Result<(), ChainError> {
		let confirmed = self.confirmed_disputes.entry(*id).or_default();
		if confirmed.contains(&own) {
			return Err(refused("AlreadyVoted"));
		}
		confirmed.push(own);
		if confirmed.len() >= QUORUM {
			self.suspend(id);
		}
		Ok(())
	}

	/// What an institution says before which the patient stands. Who has stopped as many today as it may alone is one voice among others.
	pub(super) fn suspend_in_person(
		&mut self,
		own: InstitutionId,
		id: &EmergencyRequestId,
	) -> Result<PatientHandle, ChainError> {
		let session = self.open_session(id)?;
		if session.institution == own || (session.custodian == own && !session.disputed) {
			return Err(refused("NotIndependent"));
		}
		let stopped = self.suspensions.entry(own).or_default();
		if *stopped < SUSPENSIONS {
			*stopped += 1;
			self.suspend(id);
		} else {
			self.sessions.get_mut(id).unwrap().disputed = true;
			self.confirm(own, id)?;
		}
		Ok(session.handle)
	}
}

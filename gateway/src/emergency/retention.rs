//! What is over goes: the one-time secrets that were left for colleagues with their session, the words behind a request some time later where this
//! house only decided about it.
//!
//! The custodian keeps the words, which the patient reads with the notices. The openings of audit entries are another table, and stay everywhere.

use crate::{
	chain::Head,
	failure::Failure,
	index::{IndexError, EMERGENCY_HANDOVERS, EMERGENCY_OPENINGS},
	service::Service,
};
use salus_client::wire::emergency::Handover;
use salus_primitives::{EmergencyRequestId, Moment, DAY};
use salus_runtime_api::EmergencyStatus;

/// How long after a request its words stay with guardians, and the name of the colleague with the requester: as long as somebody may ask a duty
/// officer why.
const KEPT_FOR: Moment = 30 * DAY;
/// After this time a request that the chain does not have never gets there.
const ON_ITS_WAY: Moment = DAY;

/// Removes what is over.
///
/// # Errors
/// The chain, or the index.
pub async fn sweep(service: &Service, head: &Head, now: Moment) -> Result<(), Failure> {
	for (key, handover) in service.index.scan(&EMERGENCY_HANDOVERS, [])? {
		let statement = &handover.statement.statement;
		let is_old = statement.at.saturating_add(KEPT_FOR) <= now;
		let has_secrets = !handover.secrets.0.is_empty();
		if (is_old || has_secrets) && is_over(service, head, &statement.id, statement.at, now).await? {
			match is_old {
				true => service.index.remove(&EMERGENCY_HANDOVERS, &key)?,
				false => forget_secrets(service, &statement.id)?,
			}
		}
	}
	for (key, words) in service.index.scan(&EMERGENCY_OPENINGS, [])? {
		// Custodian and time were compared with the session's when the words came.
		let entry = words.opening.full_entry();
		let is_kept = entry.as_ref().is_some_and(|entry| entry.custodian == Some(service.own));
		let at = entry.map_or(0, |entry| entry.recorded);
		if !is_kept && at.saturating_add(KEPT_FOR) <= now && is_over(service, head, &words.id, at, now).await? {
			service.index.remove(&EMERGENCY_OPENINGS, &key)?;
		}
	}
	Ok(())
}

/// Forgets the one-time secrets of a session that is over. Who took it over stands in the statement.
///
/// # Errors
/// [`IndexError`].
pub(super) fn forget_secrets(service: &Service, id: &EmergencyRequestId) -> Result<(), IndexError> {
	service.index.write(|batch| match batch.get(&EMERGENCY_HANDOVERS, id.0)? {
		Some(Handover { statement, .. }) => {
			let left = Handover { statement, wrap: Vec::new().into(), secrets: Vec::new().into() };
			batch.put(&EMERGENCY_HANDOVERS, id.0, &left)
		}
		None => Ok(()),
	})
}

async fn is_over(
	service: &Service,
	head: &Head,
	id: &EmergencyRequestId,
	since: Moment,
	now: Moment,
) -> Result<bool, Failure> {
	let session = service.chain.emergency_session(&head.block, id).await?;
	Ok(match session {
		Some(session) => !matches!(session.status, EmergencyStatus::Requested | EmergencyStatus::Active),
		None => since.saturating_add(ON_ITS_WAY) <= now,
	})
}

//! A patient who stands before this institution in person, and wants a session stopped that somebody else runs.

use crate::{
	chain::{Head, Transaction},
	failure::Failure,
	outbox,
	service::{Service, CATCH_UP},
	staff::Staff,
};
use salus_client::wire::{
	emergency::{PresenceEvidence, SuspensionForm, SuspensionRecorded, MAX_EMERGENCY_TEXT},
	Blob,
};
use salus_primitives::{Act, EmergencyRequestId};
use salus_runtime_api::{EmergencySessionInfo, EmergencyStatus};

/// States on chain that the patient is here and wants the session stopped.
///
/// # Errors
/// 400 without evidence or reason; 404 for an unknown session; 409 for one that is over, and for one that this institution has a part in; 422 when the
/// chain refuses.
pub async fn suspend(
	service: &Service,
	staff: &Staff,
	id: EmergencyRequestId,
	form: SuspensionForm,
) -> Result<SuspensionRecorded, Failure> {
	for text in [&form.evidence, &form.reason] {
		if text.trim().is_empty() || text.len() > MAX_EMERGENCY_TEXT {
			return Err(Failure::bad_request(format!(
				"evidence and reason are needed, at most {MAX_EMERGENCY_TEXT} bytes each: the patient reads them"
			)));
		}
	}
	// The patient may have heard of it a moment ago, by way of another node.
	let find = |head: Head| async move { Ok(service.chain.emergency_session(&head.block, &id).await?) };
	let (_, session) = service.catch_up(CATCH_UP, Option::is_some, find).await?;
	let session = session.ok_or_else(Failure::not_found)?;
	check_independence(service, &session)?;
	let evidence = PresenceEvidence::new(form.evidence);
	let mut entry = service.entry(Act::EmergencySuspension, Some(staff), form.reason);
	entry.patient = Some(session.handle);
	entry.custodian = Some(session.custodian);
	entry.emergency = Some(id);
	entry.evidence = Some(evidence.commitment());
	entry.request = Some(Blob(serde_json::to_vec(&evidence)?));
	let opening = service.seal(&entry, &session.handle)?;
	let transaction = Transaction::SuspendInPerson { id, evidence: evidence.commitment(), entry: opening.commitment };
	let block = outbox::act_and_tell(service, transaction, opening, session.custodian).await?.block;
	let session = service.chain.emergency_session(&block, &id).await?;
	let session = session.ok_or_else(|| Failure::internal("the chain suspended a session that it does not know"))?;
	Ok(SuspensionRecorded { id, block, status: session.status })
}

/// What the chain would refuse, with what to do instead.
fn check_independence(service: &Service, session: &EmergencySessionInfo) -> Result<(), Failure> {
	if !matches!(session.status, EmergencyStatus::Requested | EmergencyStatus::Active) {
		return Err(Failure::conflict("the session is over", "Nothing is left to stop."));
	}
	if session.institution == service.own {
		return Err(Failure::conflict(
			"the session is one of this institution",
			"Whoever asked ends it: close or cancel it.",
		));
	}
	if session.custodian == service.own && !session.disputed {
		return Err(Failure::conflict(
			"the custodian stops only what the patient's own key contradicts",
			"Let the patient dispute it first, or go to another hospital.",
		));
	}
	Ok(())
}

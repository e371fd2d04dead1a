//! Sessions that are left for a colleague.

use super::OwnSession;
use crate::{
	failure::Failure,
	index::{EMERGENCY_HANDOVERS, EMERGENCY_RECEIVERS},
	service::Service,
	staff::Staff,
};
use salus_client::wire::emergency::{Handover, HandoverKept, ReceiverKey};
use salus_primitives::{EmergencyRequestId, PractitionerId};
use std::sync::Arc;

/// Keeps a session for a colleague. The gateway cannot read what is in it.
///
/// # Errors
/// 404 for others than the practitioner who asked; 400 when the statement is not that practitioner's about this session; 403 when the colleague may not
/// ask in emergencies; 409 when it was handed to somebody else already.
pub async fn hand_over(
	service: &Arc<Service>,
	staff: &Staff,
	id: EmergencyRequestId,
	handover: Handover,
) -> Result<HandoverKept, Failure> {
	let session = OwnSession::of(service, staff, &id)?;
	let statement = handover.statement.statement;
	let genesis = service.genesis().await?;
	let sound = statement.id == id
		&& statement.from == staff.id
		&& session.row.practitioner() == staff.id
		&& handover.statement.is_signed_by(&genesis, &staff.info.signing_key);
	if !sound {
		return Err(Failure::bad_request("the statement is not yours about this session"));
	}
	let receiver = service.staff.find(service.chain.as_ref(), &statement.to, salus_client::now()).await?;
	let receiver = receiver.filter(|receiver| receiver.info.institution == service.own && !receiver.remembered);
	if !receiver.is_some_and(|receiver| salus_client::emergency::may_ask(&receiver.info)) {
		return Err(Failure::not_entitled(
			"the colleague is not authorised for emergencies at this institution",
			"Hand it over to somebody who is.",
		));
	}
	service.index.write(|batch| {
		let known = batch.get(&EMERGENCY_HANDOVERS, id.0)?;
		// One name in the patient's log, not whoever asked last.
		if known.is_some_and(|known| known.statement.statement.to != statement.to) {
			return Err(Failure::conflict("the session was handed over to somebody else", "Ask anew."));
		}
		batch.put(&EMERGENCY_HANDOVERS, id.0, &handover)?;
		Ok(())
	})?;
	Ok(HandoverKept { id, to: statement.to })
}

/// A session that was left for the caller.
///
/// # Errors
/// 404 for others, and for a session that is over.
pub fn handed_over(service: &Service, staff: &Staff, id: &EmergencyRequestId) -> Result<Handover, Failure> {
	let handover = service.index.get(&EMERGENCY_HANDOVERS, id.0)?;
	let left = handover.filter(|handover| handover.statement.statement.to == staff.id);
	left.filter(|handover| !handover.secrets.0.is_empty()).ok_or_else(Failure::not_found)
}

/// Keeps the key to which sessions can be handed over to its owner.
///
/// # Errors
/// 400 when it is another's, or not the registered one.
pub fn leave_key(service: &Service, staff: &Staff, key: ReceiverKey) -> Result<ReceiverKey, Failure> {
	if key.practitioner != staff.id || key.checked(&staff.info.encryption_key_hash).is_err() {
		return Err(Failure::bad_request("the key is not the one that the staff registry holds for you"));
	}
	service.index.put(&EMERGENCY_RECEIVERS, staff.id.0, &key)?;
	Ok(key)
}

/// A colleague's key.
///
/// # Errors
/// 404 when none was left.
pub fn receiver_key(service: &Service, practitioner: &PractitionerId) -> Result<ReceiverKey, Failure> {
	service.index.get(&EMERGENCY_RECEIVERS, practitioner.0)?.ok_or_else(Failure::not_found)
}

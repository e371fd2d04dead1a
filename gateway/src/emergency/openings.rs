//! The words behind requests, for those who decide about them: the custodian, the guardians, and the persons among them who ask the custodian.

use super::notices;
use crate::{
	chain::Head,
	failure::Failure,
	index::{Index, IndexError, EMERGENCY_OPENINGS},
	openings::{require_timely, MAX_ENTRY},
	service::{Service, CATCH_UP},
};
use salus_client::{
	emergency::shift_tag,
	wire::emergency::{EmergencyOpening, SignedEmergency},
};
use salus_primitives::{Act, CommitteeId, EmergencyRequestId, Guardian, InstitutionId};
use salus_runtime_api::EmergencySessionInfo;
use salus_threshold::request::request_id;
use std::sync::Arc;

/// The words behind a request, when they are here.
///
/// # Errors
/// [`IndexError`].
pub fn of(index: &Index, id: &EmergencyRequestId) -> Result<Option<EmergencyOpening>, IndexError> {
	index.get(&EMERGENCY_OPENINGS, id.0)
}

/// The statement behind a request, when it is here.
///
/// # Errors
/// [`IndexError`].
pub(super) fn statement(index: &Index, id: &EmergencyRequestId) -> Result<Option<SignedEmergency>, IndexError> {
	Ok(of(index, id)?.and_then(|opening| opening.request()))
}

/// Takes the words behind a request from the requester's gateway. Tells whether they are new.
///
/// # Errors
/// 400 when they open nothing, or what the session contradicts; 403 from another than the requester, and for a session that is none of this institution's business; 409 while
/// the chain has no such session, or committed to other words.
pub async fn accept(service: &Arc<Service>, sender: InstitutionId, opening: EmergencyOpening) -> Result<bool, Failure> {
	let unreadable = || Failure::bad_request("the opening does not open an emergency request");
	let entry = opening.opening.full_entry().filter(|_| opening.opening.entry.0.len() <= MAX_ENTRY);
	let entry = entry.ok_or_else(unreadable)?;
	let request = opening.request().ok_or_else(unreadable)?;
	if entry.actor.institution != Some(sender) {
		return Err(Failure::not_entitled(
			"an institution opens entries of its own acts only",
			"Let the institution that acted send the opening.",
		));
	}
	let id = request_id(&service.genesis().await?, sender.0, &request.statement.point.0);
	if entry.event.act != Act::EmergencyRequest || id != opening.id.0 {
		return Err(Failure::bad_request("the opening is that of another request"));
	}
	let (head, session) = find_session(service, &opening.id).await?;
	if session.entry != opening.opening.commitment {
		return Err(Failure::conflict("the chain committed to other words", "Send those that stand on the chain."));
	}
	require_timely(&entry, session.requested_at)?;
	if entry.custodian != Some(session.custodian) {
		return Err(Failure::bad_request("the entry names another custodian than the session"));
	}
	check_statement(service, &head, sender, &request, &opening, &session).await?;
	if session.custodian != service.own && !is_guardian(service, &head, &session).await? {
		return Err(Failure::not_entitled(
			"this institution is neither custodian nor guardian of this session",
			"Send it to those who are.",
		));
	}
	let is_new = service.index.write(|batch| {
		let is_new = batch.get(&EMERGENCY_OPENINGS, opening.id.0)?.is_none();
		batch.put(&EMERGENCY_OPENINGS, opening.id.0, &opening)?;
		Ok::<_, IndexError>(is_new)
	})?;
	if is_new {
		service.desk.wake(&opening.id);
		if session.custodian == service.own {
			notices::note(service, &head, &session).await?;
		}
	}
	Ok(is_new)
}

/// The person named is the one who signed, and the key of the day is the one behind the session's tag: the patient reads the name.
async fn check_statement(
	service: &Service,
	head: &Head,
	sender: InstitutionId,
	request: &SignedEmergency,
	opening: &EmergencyOpening,
	session: &EmergencySessionInfo,
) -> Result<(), Failure> {
	let practitioner = request.statement.practitioner;
	let info = service.chain.practitioner(&head.block, &practitioner).await?;
	let genesis = service.genesis().await?;
	let signed =
		info.is_some_and(|info| info.institution == sender && request.is_signed_by(&genesis, &info.signing_key));
	match signed && shift_tag(&opening.shift_key.0, &practitioner) == session.shift_tag {
		true => Ok(()),
		false => Err(Failure::bad_request("the statement is not signed by the practitioner whose session it is")),
	}
}

async fn is_guardian(service: &Service, head: &Head, session: &EmergencySessionInfo) -> Result<bool, Failure> {
	let committee = service.chain.committee(&head.block, session.committee).await?;
	let mut members = committee.iter().flat_map(|committee| &committee.members);
	Ok(members
		.any(|member| member.guardian == Guardian::Institution(service.own) || member.affiliation == Some(service.own)))
}

async fn find_session(service: &Service, id: &EmergencyRequestId) -> Result<(Head, EmergencySessionInfo), Failure> {
	let find = |head: Head| async move { Ok(service.chain.emergency_session(&head.block, id).await?) };
	let (head, session) = service.catch_up(CATCH_UP, Option::is_some, find).await?;
	let unknown = || Failure::conflict("the finalized chain has no such session", "Wait until the request is final.");
	Ok((head, session.ok_or_else(unknown)?))
}

/// The words behind a request, for a person who is guardian in its committee.
///
/// # Errors
/// 404 for others, and while the requester's gateway has not sent them.
pub async fn for_guardian(
	service: &Service,
	committees: &[CommitteeId],
	id: &EmergencyRequestId,
) -> Result<EmergencyOpening, Failure> {
	let head = service.head().await?;
	let session = service.chain.emergency_session(&head.block, id).await?;
	session.filter(|session| committees.contains(&session.committee)).ok_or_else(Failure::not_found)?;
	of(&service.index, id)?.ok_or_else(Failure::not_found)
}

//! The words behind a search, for the guardians who evaluate it.

use super::session::{find, require_guardian};
use crate::{
	failure::Failure,
	index::{IndexError, LOCATE_OPENINGS},
	openings::{require_timely, MAX_ENTRY},
	service::{Service, CATCH_UP},
};
use salus_client::wire::emergency::EmergencyOpening;
use salus_primitives::{Act, InstitutionId};
use salus_threshold::request::request_id;
use std::sync::Arc;

/// Takes the words behind a search from the searcher's gateway. Tells whether they are new. Who signed them is looked at when they are evaluated.
///
/// # Errors
/// 400 when they open nothing, or another time than the session's; 403 from another than who searches, and before other guardians; 409 while the chain has no such session,
/// or committed to other words.
pub async fn accept(service: &Arc<Service>, sender: InstitutionId, opening: EmergencyOpening) -> Result<bool, Failure> {
	let unreadable = || Failure::bad_request("the opening does not open a search by name");
	let entry = opening.opening.full_entry().filter(|_| opening.opening.entry.0.len() <= MAX_ENTRY);
	let entry = entry.ok_or_else(unreadable)?;
	let request = opening.locate().ok_or_else(unreadable)?;
	if entry.actor.institution != Some(sender) {
		return Err(Failure::not_entitled(
			"an institution opens entries of its own acts only",
			"Let the institution that acted send the opening.",
		));
	}
	let id = request_id(&service.genesis().await?, sender.0, &request.statement.blinded.0);
	if entry.event.act != Act::Locate || id != opening.id.0 {
		return Err(Failure::bad_request("the opening is that of another search"));
	}
	let (head, session) = find(service, CATCH_UP, &opening.id, |_| true).await?;
	if session.entry != opening.opening.commitment {
		return Err(Failure::conflict("the chain committed to other words", "Send those that stand on the chain."));
	}
	require_timely(&entry, session.requested_at)?;
	require_guardian(service, &head, &session).await?;
	let is_new = service.index.write(|batch| {
		let is_new = batch.get(&LOCATE_OPENINGS, opening.id.0)?.is_none();
		batch.put(&LOCATE_OPENINGS, opening.id.0, &opening)?;
		Ok::<_, IndexError>(is_new)
	})?;
	if is_new {
		service.locate_desk.wake(&opening.id);
	}
	Ok(is_new)
}

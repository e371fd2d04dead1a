//! What is over goes: what sessions were used for a day after the session, the words behind a search some time later. The openings of audit entries are
//! another table, and stay.

use crate::{
	index::{IndexError, LOCATE_OPENINGS, LOCATE_REQUESTS, LOCATE_USED},
	service::Service,
};
use salus_primitives::{Moment, DAY};

/// How long after a search its words stay: as long as somebody may ask why.
const KEPT_FOR: Moment = 30 * DAY;

/// How long after a session it is known what it was used for: our clock may be ahead of the chain's, for which it is not over.
const USED_FOR: Moment = DAY;

/// Removes what is over.
///
/// # Errors
/// [`IndexError`].
pub fn sweep(service: &Service, now: Moment) -> Result<(), IndexError> {
	let is_old = |at: Moment| at.saturating_add(KEPT_FOR) <= now;
	for (id, used) in service.index.scan(&LOCATE_USED, [])? {
		if used.until.saturating_add(USED_FOR) <= now {
			service.index.remove(&LOCATE_USED, id)?;
		}
	}
	for (id, words) in service.index.scan(&LOCATE_OPENINGS, [])? {
		// It was compared with the session's when the words came; the chain drops sessions that are over.
		if is_old(words.opening.full_entry().map_or(0, |entry| entry.recorded)) {
			service.index.remove(&LOCATE_OPENINGS, id)?;
		}
	}
	for (id, row) in service.index.scan(&LOCATE_REQUESTS, [])? {
		if is_old(row.request.statement.at) {
			service.index.remove(&LOCATE_REQUESTS, id)?;
		}
	}
	Ok(())
}

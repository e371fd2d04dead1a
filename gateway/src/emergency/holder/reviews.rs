//! The watch over reviews: one that is overdue is published, whoever keeps silent.

use crate::{
	chain::{Head, Transaction},
	failure::Failure,
	index::{IndexError, ReleasedRow, EMERGENCY_RELEASED},
	service::Service,
};
use salus_primitives::{EmergencyRequestId, Moment, HOUR};
use salus_runtime_api::{EmergencySessionInfo, EmergencyStatus};
use std::sync::Arc;

/// How often a session is looked at until it is reviewed.
const REVIEW_LOOK: Moment = HOUR;

/// Has the review of a session watched from here: of one that something was released in, or that this house approved as a guardian. The custodian is
/// among them, but neither it, who should have reviewed, nor the requester has a reason to speak: any one of the others is enough.
///
/// # Errors
/// [`IndexError`].
pub fn watch_review(service: &Service, id: &EmergencyRequestId, now: Moment) -> Result<(), IndexError> {
	let row = ReleasedRow { id: *id, next_at: now.saturating_add(REVIEW_LOOK) };
	service.index.put(&EMERGENCY_RELEASED, id.0, &row)
}

/// Nobody has to review it any more, or never had to: it is judged, its delay is public, it is a drill, or it ended before anything could be read.
fn is_done(session: &EmergencySessionInfo) -> bool {
	let open = matches!(session.status, EmergencyStatus::Requested | EmergencyStatus::Active);
	session.verdict.is_some() || session.overdue || session.drill || (!open && session.active_until.is_none())
}

/// Says on chain that a review is overdue, for the sessions that are watched here.
///
/// # Errors
/// The chain, or the index.
pub async fn escalate(service: &Arc<Service>, head: &Head) -> Result<(), Failure> {
	let now = head.now();
	for (key, row) in service.index.scan(&EMERGENCY_RELEASED, [])? {
		if now < row.next_at {
			continue;
		}
		let session = service.chain.emergency_session(&head.block, &row.id).await?;
		let over = session.as_ref().is_none_or(is_done);
		if over {
			service.index.remove(&EMERGENCY_RELEASED, &key)?;
			continue;
		}
		let due = session.and_then(|session| session.review_due);
		if due.is_some_and(|due| due <= now) {
			let outcome = service.chain.submit(Transaction::EscalateReview { id: row.id }).await;
			match outcome {
				// Somebody else was faster.
				Err(error) if error.pallet_error().is_none() => return Err(error.into()),
				_ => tracing::info!("an overdue review was published"),
			}
		}
		let next_at = due.unwrap_or(0).max(now.saturating_add(REVIEW_LOOK));
		service.index.put(&EMERGENCY_RELEASED, &key, &ReleasedRow { next_at, ..row })?;
	}
	Ok(())
}

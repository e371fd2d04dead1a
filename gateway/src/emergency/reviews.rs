//! Afterwards: the custodian's privacy officer, or a regulator's, judges what happened.

use super::{notices::note, openings, view::session_view};
use crate::{
	chain::{Head, Transaction},
	failure::Failure,
	index::{CaseRow, EMERGENCY_CASES},
	outbox,
	service::Service,
	staff::Staff,
};
use salus_client::wire::emergency::{ReviewForm, ReviewItem, Reviewed, MAX_EMERGENCY_TEXT};
use salus_primitives::{Act, EmergencyRequestId, InstitutionKind};
use salus_runtime_api::{EmergencySessionInfo, EmergencyStatus};
use std::sync::Arc;

/// The sessions about own patients that wait for a verdict, or all of them, the newest first.
///
/// # Errors
/// The chain, or the index.
pub async fn list(service: &Service, all: bool) -> Result<Vec<ReviewItem>, Failure> {
	let head = service.head().await?;
	let mut cases: Vec<CaseRow> = service.index.scan(&EMERGENCY_CASES, [])?.into_iter().map(|(_, case)| case).collect();
	cases.retain(|case| all || waits(&case.session));
	cases.sort_by_key(|case| std::cmp::Reverse(case.session.requested_at));
	let mut items = Vec::with_capacity(cases.len());
	for CaseRow { session, released_at, .. } in cases {
		let statement = openings::statement(&service.index, &session.id)?.map(|request| request.statement);
		let practitioner = statement.as_ref().map(|statement| statement.practitioner);
		let session = session_view(service, &head, &session, practitioner, None).await?;
		items.push(ReviewItem { session, statement, released_at });
	}
	Ok(items)
}

/// A session that was open and is over, and about real data.
fn waits(session: &EmergencySessionInfo) -> bool {
	session.verdict.is_none()
		&& !session.drill
		&& matches!(
			session.status,
			EmergencyStatus::Closed | EmergencyStatus::Expired | EmergencyStatus::Rejected | EmergencyStatus::Suspended
		)
}

/// Writes a verdict down on chain. A regulator judges sessions about anybody's patients; it learns their ids from the chain.
///
/// # Errors
/// 404 for a session about another's patient, unless this institution is a regulator; 400 without a reason; 422 when the chain refuses: the session
/// is not over, judged already, or one of this institution.
pub async fn judge(
	service: &Arc<Service>,
	officer: &Staff,
	id: EmergencyRequestId,
	form: ReviewForm,
) -> Result<Reviewed, Failure> {
	if form.reason.trim().is_empty() || form.reason.len() > MAX_EMERGENCY_TEXT {
		return Err(Failure::bad_request(format!(
			"a reason is needed, at most {MAX_EMERGENCY_TEXT} bytes: the patient reads it"
		)));
	}
	let head = service.head().await?;
	let session = service.chain.emergency_session(&head.block, &id).await?;
	let session = session.ok_or_else(Failure::not_found)?;
	let is_own = session.custodian == service.own;
	if !is_own && !regulates(service, &head).await? {
		return Err(Failure::not_found());
	}
	let mut entry = service.entry(Act::EmergencyReview, Some(officer), form.reason);
	entry.patient = Some(session.handle);
	entry.custodian = Some(session.custodian);
	entry.emergency = Some(id);
	let opening = service.seal(&entry, &session.handle)?;
	let verdict = form.verdict;
	let transaction = Transaction::ReviewSession { id, verdict, entry: opening.commitment };
	let included = outbox::act_and_tell(service, transaction, opening, session.custodian).await?;
	if !is_own {
		return Ok(Reviewed { id, verdict, block: included.block });
	}
	let at = Head { block: included.block, time: service.chain.time_at(&included.block).await? };
	if let Some(session) = service.chain.emergency_session(&at.block, &id).await? {
		note(service, &at, &session).await?;
	}
	Ok(Reviewed { id, verdict, block: included.block })
}

/// Whether this institution is a regulator.
async fn regulates(service: &Service, head: &Head) -> Result<bool, Failure> {
	let own = service.chain.institution(&head.block, service.own).await?;
	Ok(own.is_some_and(|own| own.kind == InstitutionKind::Regulator))
}

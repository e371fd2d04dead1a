//! Sessions and their guardians as the chain shows them.

use crate::{chain::Head, failure::Failure, service::Service};
use salus_client::wire::Account;
use salus_primitives::{EmergencyRequestId, Guardian, InstitutionId};
use salus_runtime_api::{CommitteeInfo, LocateSessionInfo};
use std::time::Duration;

/// How long a state that the sender saw in its own node is waited for in ours.
const CATCH_UP: Duration = Duration::from_secs(2);
const POLL: Duration = Duration::from_millis(200);

/// A session at a fresh finalized head. One that is not there, or not yet as the sender says, is waited for a moment.
///
/// # Errors
/// 409 when the finalized chain has no such session; 503.
pub(super) async fn find(
	service: &Service,
	id: &EmergencyRequestId,
	is_so: impl Fn(&LocateSessionInfo) -> bool,
) -> Result<(Head, LocateSessionInfo), Failure> {
	let deadline = tokio::time::Instant::now() + CATCH_UP;
	loop {
		let head = service.head().await?;
		let session = service.chain.locate_session(&head.block, id).await?;
		let is_late = tokio::time::Instant::now() >= deadline;
		match session {
			Some(session) if is_late || is_so(&session) => return Ok((head, session)),
			None if is_late => {
				return Err(Failure::conflict(
					"the finalized chain has no such session",
					"Wait until the request is final.",
				));
			}
			_ => tokio::time::sleep(POLL).await,
		}
	}
}

/// The institutions among a committee's members.
pub(super) fn guardians(committee: &CommitteeInfo<Account>) -> impl Iterator<Item = InstitutionId> + '_ {
	committee.members.iter().filter_map(|member| match member.guardian {
		Guardian::Institution(id) => Some(id),
		Guardian::Person(_) => None,
	})
}

/// Refuses what is about sessions before others.
///
/// # Errors
/// 403; 503.
pub(super) async fn require_guardian(
	service: &Service,
	head: &Head,
	session: &LocateSessionInfo,
) -> Result<(), Failure> {
	let committee = service.chain.committee(&head.block, session.committee).await?;
	match committee.is_some_and(|committee| guardians(&committee).any(|guardian| guardian == service.own)) {
		true => Ok(()),
		false => {
			Err(Failure::not_entitled("this institution is no guardian of this session", "Send it to those who are."))
		}
	}
}

//! Sessions and their guardians as the chain shows them.

use crate::{chain::Head, failure::Failure, service::Service};
use salus_client::wire::Account;
use salus_primitives::{EmergencyRequestId, Guardian, InstitutionId};
use salus_runtime_api::{CommitteeInfo, LocateSessionInfo};
use std::time::Duration;

/// A session at a fresh finalized head. One that is not there, or not yet as the sender says, is waited for so long.
///
/// # Errors
/// 409 when the finalized chain has no such session; 503.
pub(super) async fn find(
	service: &Service,
	within: Duration,
	id: &EmergencyRequestId,
	is_so: impl Fn(&LocateSessionInfo) -> bool,
) -> Result<(Head, LocateSessionInfo), Failure> {
	let find = |head: Head| async move { Ok(service.chain.locate_session(&head.block, id).await?) };
	let is_there = |session: &Option<LocateSessionInfo>| session.as_ref().is_some_and(&is_so);
	let (head, session) = service.catch_up(within, is_there, find).await?;
	let unknown = || Failure::conflict("the finalized chain has no such session", "Wait until the request is final.");
	Ok((head, session.ok_or_else(unknown)?))
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

//! What custodians tell this institution about grants to it.

use super::{params, Verified};
use crate::{
	failure::Failure,
	granting::{capability_key, find_capability},
	index::NOTICES,
	service::{Service, CATCH_UP},
};
use axum::{extract::State, Json};
use salus_client::wire::{GrantNotice, NoticeAccepted};
use salus_primitives::MAX_TAGS;
use std::sync::Arc;

/// `POST /v1/grant-notices`.
///
/// # Errors
/// 403 for others than the custodian's gateway; 409 when the chain has no such capability; 400 for tags that the capability does not have.
pub async fn accept(State(service): State<Arc<Service>>, request: Verified) -> Result<Json<NoticeAccepted>, Failure> {
	let sender = request.caller.gateway()?;
	let notice: GrantNotice = params::body(&request.body)?;
	let head = service.head().await?;
	let info = service.chain.handle(&head.block, &notice.handle).await?;
	if sender != notice.custodian || info.is_none_or(|info| info.custodian != sender) {
		return Err(Failure::not_entitled(
			"only the custodian of a handle tells what was granted",
			"Check the handle.",
		));
	}
	let capability = find_capability(&service, &notice.handle, notice.capability, CATCH_UP).await?;
	if capability.grantee != service.own {
		return Err(Failure::not_entitled("the capability is not for this institution", "Tell the grantee."));
	}
	let known = notice.tags.iter().all(|meaning| capability.tags.contains(&meaning.tag));
	if !known || notice.tags.len() > usize::try_from(MAX_TAGS).unwrap_or(usize::MAX) {
		return Err(Failure::bad_request("the notice names tags that the capability does not have"));
	}
	// Times and purposes are the chain's, whatever the notice says.
	let notice = GrantNotice {
		purposes: capability.purposes,
		valid_from: capability.valid_from,
		valid_until: capability.valid_until,
		..notice
	};
	service.index.put(&NOTICES, capability_key(&notice.handle, notice.capability), &notice)?;
	Ok(Json(NoticeAccepted { capability: notice.capability }))
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::testing::{gateway_key, Region};
	use salus_client::{signature::HttpSigner, wire::codes};
	use salus_primitives::{CapabilityId, InstitutionId, PatientHandle, PurposeClasses};
	use salus_runtime_api::{HandleInfo, HandleStatus};
	use std::time::{Duration, Instant};

	#[tokio::test]
	async fn a_notice_of_a_capability_that_is_not_there_is_soon_refused() {
		let region = Region::new().await;
		let handle = PatientHandle([3; 32]);
		let custodian = InstitutionId(2);
		let info = HandleInfo {
			custodian,
			registered_at: 0,
			status: HandleStatus::Active,
			controllers: Vec::new(),
			evidence: None,
		};
		region.chain.world().handles.insert(handle, info);
		let notice = GrantNotice {
			handle,
			custodian,
			capability: CapabilityId(77),
			tags: Vec::new(),
			purposes: PurposeClasses::of(&[]),
			valid_from: 0,
			valid_until: 1,
		};
		let started = Instant::now();
		let gateway = region.gateway(1, HttpSigner::Gateway(gateway_key(2)));
		let error = gateway.notify_grant(&notice).await.unwrap_err();
		assert_eq!(error.code(), Some(codes::CONFLICT));
		assert!(started.elapsed() < Duration::from_secs(10));
	}
}

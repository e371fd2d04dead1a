//! Between gateways: what a custodian leaves with a holder, and what a holder releases.

use crate::{
	api::{params, to_the_end, Verified},
	emergency::{holder, notices},
	failure::Failure,
	index::Parcel,
	outbox,
	service::Service,
};
use axum::{extract::State, Json};
use salus_client::wire::emergency::{
	DepositAccepted, EmergencyChallenge, EmergencyChallengeRequest, EmergencyFile, EmergencyRelease,
	EmergencyReleaseRequest, EnvelopesRequest, OpeningAccepted, ReleaseNotice,
};
use std::sync::Arc;

/// `POST /v1/emergency/envelopes`.
///
/// # Errors
/// 403 for others than gateways; 404 when nothing is held.
pub async fn envelopes(State(service): State<Arc<Service>>, request: Verified) -> Result<Json<EmergencyFile>, Failure> {
	request.caller.gateway()?;
	let EnvelopesRequest { handle } = params::body(&request.body)?;
	holder::envelopes(&service, &handle).await.map(Json)
}

/// `POST /v1/emergency/deposits`.
///
/// # Errors
/// See [`holder::accept`].
pub async fn deposit(State(service): State<Arc<Service>>, request: Verified) -> Result<Json<DepositAccepted>, Failure> {
	let sender = request.caller.gateway()?;
	let deposit = params::body(&request.body)?;
	to_the_end(async move {
		let accepted = holder::accept(&service, sender, deposit).await?;
		drop(request);
		Ok(Json(accepted))
	})
	.await
}

/// `POST /v1/emergency/release/challenge`.
///
/// # Errors
/// 403 for others than gateways; 404 when nothing is held for a session of that institution; 429 with too many open challenges.
pub async fn challenge(
	State(service): State<Arc<Service>>,
	request: Verified,
) -> Result<Json<EmergencyChallenge>, Failure> {
	let institution = request.caller.gateway()?;
	let EmergencyChallengeRequest { id } = params::body(&request.body)?;
	holder::require_held(&service, institution, &id).await?;
	let drawn = service.emergency_challenges.draw(id, institution, salus_client::now());
	let drawn = drawn.ok_or_else(Failure::too_many)?;
	Ok(Json(EmergencyChallenge { id, holder: service.own, nonce: drawn.nonce, expires_at: drawn.expires_at }))
}

/// `POST /v1/emergency/release`.
///
/// # Errors
/// See [`holder::release`].
pub async fn release(
	State(service): State<Arc<Service>>,
	request: Verified,
) -> Result<Json<EmergencyRelease>, Failure> {
	let caller = request.caller.gateway()?;
	let body: EmergencyReleaseRequest = params::body(&request.body)?;
	to_the_end(async move {
		let (release, receipt) = holder::release(&service, caller, body).await?;
		drop(request);
		let notice = ReleaseNotice { id: release.id, receipt: receipt.bytes };
		if release.custodian == service.own {
			notices::released(&service, service.own, notice).await?;
		} else {
			outbox::post(&service, release.custodian, Parcel::Released(notice))?;
		}
		Ok(Json(release))
	})
	.await
}

/// `POST /v1/emergency/release-notices`.
///
/// # Errors
/// See [`notices::released`].
pub async fn released(
	State(service): State<Arc<Service>>,
	request: Verified,
) -> Result<Json<OpeningAccepted>, Failure> {
	let holder = request.caller.gateway()?;
	let notice = params::body(&request.body)?;
	let new = notices::released(&service, holder, notice).await?;
	Ok(Json(OpeningAccepted { new }))
}

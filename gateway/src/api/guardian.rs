//! This institution as a guardian: what its duty officers see and decide, and its public key.

use super::{
	params::{self, Params},
	to_the_end, Caller, Verified,
};
use crate::{emergency::duty, failure::Failure, service::Service, staff::Staff};
use axum::{extract::State, Json};
use salus_client::wire::emergency::{DutyDecision, DutyList, DutyRecorded, GatewayKey};
use salus_primitives::{EmergencyRequestId, InstitutionId};
use std::sync::Arc;

/// Own staff whom the registry authorises for emergencies.
fn duty_officer(caller: Caller, own: InstitutionId) -> Result<Staff, Failure> {
	let staff = caller.staff(own, &[])?;
	match staff.info.emergency_authorised {
		true => Ok(staff),
		false => Err(Failure::not_entitled(
			"you are not authorised for emergencies in the staff registry",
			"Ask a colleague who is, or have the registry corrected.",
		)),
	}
}

/// `GET /v1/emergency/duty`.
///
/// # Errors
/// 403 for others than own staff who are authorised for emergencies; 503.
pub async fn list(State(service): State<Arc<Service>>, request: Verified) -> Result<Json<DutyList>, Failure> {
	duty_officer(request.caller.clone(), service.own)?;
	Ok(Json(DutyList { cases: duty::waiting(&service).await? }))
}

/// `POST /v1/emergency/duty/{id}`.
///
/// # Errors
/// As [`list`]; those of [`duty::decide`].
pub async fn decide(
	State(service): State<Arc<Service>>,
	Params(id): Params<EmergencyRequestId>,
	request: Verified,
) -> Result<Json<DutyRecorded>, Failure> {
	let officer = duty_officer(request.caller.clone(), service.own)?;
	let decision: DutyDecision = params::body(&request.body)?;
	to_the_end(async move {
		let recorded = duty::decide(&service, &officer, id, &decision).await?;
		drop(request);
		Ok(Json(recorded))
	})
	.await
}

/// `GET /v1/emergency/key`: the key whose hash the chain has.
///
/// # Errors
/// 403 for others than gateways; 404 when this gateway guards nothing.
pub async fn key(State(service): State<Arc<Service>>, request: Verified) -> Result<Json<GatewayKey>, Failure> {
	request.caller.gateway()?;
	let keys = service.guardian.as_ref().ok_or_else(Failure::not_found)?;
	let xwing_key = keys.kem().public().as_bytes().to_vec().into();
	Ok(Json(GatewayKey { institution: service.own, xwing_key }))
}

//! Privacy officers of the custodian, or of a regulator.

use crate::{
	api::{params, params::Params, to_the_end, Verified},
	emergency::reviews,
	failure::Failure,
	service::Service,
};
use axum::{extract::State, Json};
use salus_client::wire::emergency::{Reviewed, Reviews};
use salus_primitives::{EmergencyRequestId, StaffRole};
use std::sync::Arc;

/// `GET /v1/emergency/reviews`, with `?all=true` for every session.
///
/// # Errors
/// 403 for others than privacy officers; 503.
pub async fn list(State(service): State<Arc<Service>>, request: Verified) -> Result<Json<Reviews>, Failure> {
	request.caller.clone().staff(service.own, &[StaffRole::PrivacyOfficer])?;
	let all = params::list::<bool>(request.query.as_deref(), "all")?.contains(&true);
	Ok(Json(Reviews { reviews: reviews::list(&service, all).await? }))
}

/// `POST /v1/emergency/reviews/{id}`.
///
/// # Errors
/// See [`reviews::judge`]; 403 for others than privacy officers.
pub async fn judge(
	State(service): State<Arc<Service>>,
	Params(id): Params<EmergencyRequestId>,
	request: Verified,
) -> Result<Json<Reviewed>, Failure> {
	let officer = request.caller.clone().staff(service.own, &[StaffRole::PrivacyOfficer])?;
	let form = params::body(&request.body)?;
	to_the_end(async move {
		let reviewed = reviews::judge(&service, &officer, id, form).await?;
		drop(request);
		Ok(Json(reviewed))
	})
	.await
}

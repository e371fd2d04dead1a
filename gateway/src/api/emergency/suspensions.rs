//! A patient who is here in person.

use crate::{
	api::{params, params::Params, to_the_end, Verified},
	emergency::suspension,
	failure::Failure,
	service::Service,
};
use axum::{extract::State, Json};
use salus_client::wire::emergency::{SuspensionForm, SuspensionRecorded};
use salus_primitives::{EmergencyRequestId, StaffRole};
use std::sync::Arc;

/// `POST /v1/emergency/suspensions/{id}`.
///
/// # Errors
/// 403 for others than own registrars and own staff who are authorised for emergencies; those of [`suspension::suspend`].
pub async fn suspend(
	State(service): State<Arc<Service>>,
	Params(id): Params<EmergencyRequestId>,
	request: Verified,
) -> Result<Json<SuspensionRecorded>, Failure> {
	let staff = request.caller.clone().staff(service.own, &[])?;
	if !staff.info.emergency_authorised && !staff.has_role(&[StaffRole::Registrar]) {
		return Err(Failure::not_entitled(
			"only registrars, and staff whom the registry authorises for emergencies, say that a patient is here",
			"Ask the registration desk.",
		));
	}
	let form: SuspensionForm = params::body(&request.body)?;
	to_the_end(async move {
		let recorded = suspension::suspend(&service, &staff, id, form).await?;
		drop(request);
		Ok(Json(recorded))
	})
	.await
}

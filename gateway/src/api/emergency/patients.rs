//! What patients were told.

use crate::{
	api::{
		params,
		params::Params,
		policies::{own_patient, patient_or_officer},
		Verified,
	},
	emergency::notices,
	failure::Failure,
	service::Service,
};
use axum::{extract::State, Json};
use salus_client::wire::emergency::Notices;
use salus_primitives::PatientHandle;
use std::sync::Arc;

/// `GET /v1/patients/{handle}/notices`, with `?after=N` for those after a notice.
///
/// # Errors
/// 403 for others than the controller or, for a custodial handle, a privacy officer; 404.
pub async fn notices(
	State(service): State<Arc<Service>>,
	Params(handle): Params<PatientHandle>,
	request: Verified,
) -> Result<Json<Notices>, Failure> {
	patient_or_officer(&service, request.caller.clone(), &handle).await?;
	own_patient(&service, &handle)?;
	let after = params::list::<u64>(request.query.as_deref(), "after")?.first().copied().unwrap_or(0);
	Ok(Json(Notices { handle, notices: notices::after(&service.index, &handle, after)? }))
}

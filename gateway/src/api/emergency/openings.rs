//! The words behind requests, for custodian and guardians.

use crate::{
	api::{params, Verified},
	emergency::openings,
	failure::Failure,
	service::Service,
};
use axum::{extract::State, Json};
use salus_client::wire::emergency::{EmergencyOpening, OpeningAccepted, OpeningQuery};
use std::sync::Arc;

/// `POST /v1/emergency/openings`.
///
/// # Errors
/// See [`openings::accept`].
pub async fn accept(State(service): State<Arc<Service>>, request: Verified) -> Result<Json<OpeningAccepted>, Failure> {
	let sender = request.caller.gateway()?;
	let opening = params::body(&request.body)?;
	let new = openings::accept(&service, sender, opening).await?;
	Ok(Json(OpeningAccepted { new }))
}

/// `POST /v1/emergency/openings/query`.
///
/// # Errors
/// 403 for others than personal guardians; 404 for sessions before other committees.
pub async fn query(State(service): State<Arc<Service>>, request: Verified) -> Result<Json<EmergencyOpening>, Failure> {
	let OpeningQuery { id } = params::body(&request.body)?;
	openings::for_guardian(&service, request.caller.guardian()?, &id).await.map(Json)
}

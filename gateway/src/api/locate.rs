//! Finding patients who cannot speak, by name and birth date: own staff searches, guardians answer, custodians enter.

use super::{params, params::Params, to_the_end, Verified};
use crate::{
	emergency::requesting::authorised,
	failure::Failure,
	locate::{entries, openings, requesting},
	service::Service,
	staff::Staff,
};
use axum::{extract::State, routing::post, Json, Router};
use salus_client::wire::{
	emergency::{
		EmergencyRequested, LocateEntries, LocateFound, LocateIndexed, LocateLookup, LocateRemoval, OpeningAccepted,
	},
	paths,
};
use salus_primitives::EmergencyRequestId;
use std::sync::Arc;

/// The routes of this file.
pub(super) fn routes() -> Router<Arc<Service>> {
	Router::new()
		.route(paths::LOCATE_REQUESTS, post(ask))
		.route(paths::LOCATE_LOOKUP, post(look_up))
		.route(paths::LOCATE_OPENINGS, post(accept_opening))
		.route(paths::LOCATE_LOOKUPS, post(answer))
		.route(paths::LOCATE_ENTRIES, post(deposit))
		.route(paths::LOCATE_REMOVALS, post(remove))
}

/// Own staff whom the registry authorises for emergencies, by an entry that was looked up just now.
fn emergency_staff(service: &Service, request: &Verified) -> Result<Staff, Failure> {
	authorised(request.caller.clone().staff(service.own, &[])?)
}

/// `POST /v1/locate/requests`.
///
/// # Errors
/// 403 for others than own emergency-authorised staff; those of [`requesting::ask`].
async fn ask(State(service): State<Arc<Service>>, request: Verified) -> Result<Json<EmergencyRequested>, Failure> {
	let staff = emergency_staff(&service, &request)?;
	let form = params::body(&request.body)?;
	to_the_end(async move {
		let requested = requesting::ask(&service, &staff, form).await?;
		drop(request);
		Ok(Json(requested))
	})
	.await
}

/// `POST /v1/locate/requests/{id}/lookup`.
///
/// # Errors
/// 403 for others than own emergency-authorised staff; those of [`requesting::look_up`].
async fn look_up(
	State(service): State<Arc<Service>>,
	Params(id): Params<EmergencyRequestId>,
	request: Verified,
) -> Result<Json<LocateFound>, Failure> {
	let staff = emergency_staff(&service, &request)?;
	let lookup = params::body(&request.body)?;
	requesting::look_up(&service, &staff, id, lookup).await.map(Json)
}

/// `POST /v1/locate/openings`.
///
/// # Errors
/// 403 for others than gateways; those of [`openings::accept`].
async fn accept_opening(
	State(service): State<Arc<Service>>,
	request: Verified,
) -> Result<Json<OpeningAccepted>, Failure> {
	let sender = request.caller.gateway()?;
	let new = openings::accept(&service, sender, params::body(&request.body)?).await?;
	Ok(Json(OpeningAccepted { new }))
}

/// `POST /v1/locate/lookups`.
///
/// # Errors
/// 403 for others than gateways; those of [`entries::look_up`].
async fn answer(State(service): State<Arc<Service>>, request: Verified) -> Result<Json<LocateEntries>, Failure> {
	let searcher = request.caller.gateway()?;
	let lookup: LocateLookup = params::body(&request.body)?;
	entries::look_up(&service, searcher, lookup).await.map(Json)
}

/// `POST /v1/locate/entries`.
///
/// # Errors
/// 403 for others than gateways; those of [`entries::accept`].
async fn deposit(State(service): State<Arc<Service>>, request: Verified) -> Result<Json<LocateIndexed>, Failure> {
	let custodian = request.caller.gateway()?;
	entries::accept(&service, custodian, params::body(&request.body)?).await.map(Json)
}

/// `POST /v1/locate/removals`.
///
/// # Errors
/// 403 for others than gateways; those of [`entries::remove`].
async fn remove(State(service): State<Arc<Service>>, request: Verified) -> Result<Json<LocateIndexed>, Failure> {
	let custodian = request.caller.gateway()?;
	let LocateRemoval { handle } = params::body(&request.body)?;
	entries::remove(&service, custodian, handle).await.map(Json)
}

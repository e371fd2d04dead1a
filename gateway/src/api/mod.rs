//! The HTTP API, version 1. Paths and bodies are those of `salus_client::wire`.

mod access;
mod audit;
mod auth;
mod care;
mod consents;
mod emergency;
mod finding;
mod guardian;
mod locate;
mod notices;
mod params;
mod patients;
mod policies;
mod records;
mod release;
mod status;

pub use auth::{Caller, Verified};
pub use consents::recover_grants;

use crate::{failure::Failure, service::Service};
use auth::{BodyLimit, OwnReading};
use axum::{
	extract::{MatchedPath, Request},
	middleware::{from_fn, Next},
	response::{IntoResponse, Response},
	routing::{delete, get, post},
	Extension, Router,
};
use salus_client::wire::paths;
use std::{sync::Arc, time::Instant};

/// The routes of a gateway.
pub fn router(service: Arc<Service>) -> Router {
	let bundles = Extension(BodyLimit(service.config.limits.bundle_bytes));
	let json = Extension(BodyLimit(service.config.limits.json_bytes));
	let reading = Extension(OwnReading);
	// A whole record, sealed and padded, in base64.
	let deposit_bytes = service.config.limits.bundle_bytes.saturating_mul(2);
	Router::new()
		.route(paths::RECORDS, post(records::ingest).layer(bundles).merge(get(records::list).layer(reading)))
		.route(paths::AMEND, post(records::amend).layer(bundles))
		.route(paths::RECORD, get(records::read).layer(reading))
		.route(paths::PATIENTS, post(patients::register))
		.route(paths::CLAIM, post(patients::claim))
		.route(paths::MERGE, post(finding::merge))
		.route(paths::UNMERGE, post(finding::unmerge))
		.route(paths::DEMOGRAPHICS_QUERIES, post(finding::query))
		.route(paths::DEMOGRAPHICS_MATCH, post(finding::answer))
		.route(paths::CARE_RELATIONSHIPS, post(care::record))
		.route(paths::SCOPE_TAGS, get(policies::scope_tags))
		.route(paths::POLICIES, post(policies::accept).get(policies::held))
		.route(paths::CONSENTS, post(consents::grant))
		.route(paths::CONSENTS_OF, delete(consents::revoke_all))
		.route(paths::CONSENT, delete(consents::revoke_one))
		.route(paths::GRANT_NOTICES, post(notices::accept))
		.route(paths::ACCESS_REQUESTS, post(access::request))
		.route(paths::CHALLENGE, post(access::challenge))
		.route(paths::FETCH, post(access::fetch))
		.route(paths::RELEASE_CHALLENGE, post(release::challenge))
		.route(paths::RELEASE, post(release::release))
		.route(paths::OPENINGS, post(audit::accept_from_gateway))
		.route(paths::PATIENT_OPENINGS, post(audit::accept_from_patient).get(audit::show))
		.route(paths::EMERGENCY_DUTY, get(guardian::list))
		.route(paths::EMERGENCY_DUTY_CASE, post(guardian::decide))
		.route(paths::EMERGENCY_KEY, get(guardian::key))
		.route(paths::STATUS, get(status::status))
		.merge(emergency::routes(deposit_bytes))
		.merge(locate::routes())
		.fallback(|| async { Failure::not_found() })
		.method_not_allowed_fallback(|| async { Failure::bad_request("this path does not take that method") })
		.layer(json)
		.layer(from_fn(log))
		.with_state(service)
}

/// One line per request: method, route, status, time. The path itself is not logged, because handles stand in it.
async fn log(request: Request, next: Next) -> Response {
	let started = Instant::now();
	let method = request.method().clone();
	let route =
		request.extensions().get::<MatchedPath>().map_or_else(|| "unknown".to_owned(), |path| path.as_str().to_owned());
	let response = next.run(request).await;
	let (status, took) = (response.status().as_u16(), started.elapsed());
	tracing::info!(%method, %route, status, took_ms = took.as_millis() as u64, "request");
	response
}

/// Carries work on when the caller goes away in the middle: what was submitted to the chain has to be written down.
async fn to_the_end<T: Send + 'static>(
	work: impl std::future::Future<Output = Result<T, Failure>> + Send + 'static,
) -> Result<T, Failure> {
	match tokio::spawn(work).await {
		Ok(result) => result,
		Err(error) => Err(Failure::internal(error)),
	}
}

/// Bytes of a FHIR resource with the hash of the receipt for handing them out.
fn fhir(bytes: Vec<u8>, receipt: salus_client::wire::Bytes32) -> Response {
	let headers = [
		("content-type", "application/fhir+json".to_owned()),
		("cache-control", "no-store".to_owned()),
		(salus_client::wire::RECEIPT_HEADER, receipt.to_string()),
	];
	(headers, bytes).into_response()
}

#[cfg(test)]
mod tests;

//! Emergency access: asking, holding, telling, reviewing. The guardians' side is in [`super::guardian`].

mod holding;
mod openings;
mod patients;
mod requests;
mod reviews;
mod suspensions;

use super::auth::BodyLimit;
use crate::service::Service;
use axum::{
	routing::{get, post},
	Extension, Router,
};
use salus_client::wire::paths;
use std::sync::Arc;

/// The routes of this folder. A deposit holds the whole record of a patient, sealed, in base64: `deposit_bytes` bounds it.
pub(super) fn routes(deposit_bytes: usize) -> Router<Arc<Service>> {
	let deposits = Extension(BodyLimit(deposit_bytes));
	Router::new()
		.route(paths::EMERGENCY_FILE, get(requests::file))
		.route(paths::EMERGENCY_REQUESTS, post(requests::ask))
		.route(paths::EMERGENCY_REQUEST, get(requests::view))
		.route(paths::EMERGENCY_CHALLENGE, post(requests::challenge))
		.route(paths::EMERGENCY_FETCH, post(requests::fetch))
		.route(paths::EMERGENCY_CLOSE, post(requests::close))
		.route(paths::EMERGENCY_CANCEL, post(requests::cancel))
		.route(paths::EMERGENCY_HANDOVER, post(requests::hand_over).get(requests::handed_over))
		.route(paths::EMERGENCY_RECEIVERS, post(requests::leave_key))
		.route(paths::EMERGENCY_RECEIVER, get(requests::receiver_key))
		.route(paths::EMERGENCY_ENVELOPES, post(holding::envelopes))
		.route(paths::EMERGENCY_DEPOSITS, post(holding::deposit).layer(deposits))
		.route(paths::EMERGENCY_RELEASE_CHALLENGE, post(holding::challenge))
		.route(paths::EMERGENCY_RELEASE, post(holding::release))
		.route(paths::EMERGENCY_RELEASE_NOTICES, post(holding::released))
		.route(paths::EMERGENCY_OPENINGS, post(openings::accept))
		.route(paths::EMERGENCY_OPENINGS_QUERY, post(openings::query))
		.route(paths::EMERGENCY_SUSPENSION, post(suspensions::suspend))
		.route(paths::EMERGENCY_REVIEWS, get(reviews::list))
		.route(paths::EMERGENCY_REVIEW, post(reviews::judge))
		.route(paths::PATIENT_NOTICES, get(patients::notices))
}

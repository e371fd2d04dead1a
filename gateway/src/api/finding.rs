//! Finding patients who are there, and whose handle a provisional one turned out to be.

use super::{params, params::Params, to_the_end, Verified};
use crate::{
	failure::Failure,
	finding::{demographics, merges},
	service::Service,
};
use axum::{extract::State, Json};
use salus_client::wire::{
	DemographicsAnswer, DemographicsMatch, HandlesMerged, MergeHandle, PatientsFound, PersonSought, UnmergeHandle,
};
use salus_primitives::{PatientHandle, StaffRole};
use std::sync::Arc;

/// `POST /v1/patients/{handle}/merge`.
///
/// # Errors
/// 403 for others than registrars; those of [`merges::merge`].
pub async fn merge(
	State(service): State<Arc<Service>>,
	Params(provisional): Params<PatientHandle>,
	request: Verified,
) -> Result<Json<HandlesMerged>, Failure> {
	let registrar = request.caller.clone().staff(service.own, &[StaffRole::Registrar])?;
	let MergeHandle { into, statement } = params::body(&request.body)?;
	to_the_end(async move {
		let merged = merges::merge(&service, &registrar, provisional, into, statement).await?;
		drop(request);
		Ok(Json(merged))
	})
	.await
}

/// `POST /v1/patients/{handle}/unmerge`.
///
/// # Errors
/// 403 for others than registrars; those of [`merges::unmerge`].
pub async fn unmerge(
	State(service): State<Arc<Service>>,
	Params(provisional): Params<PatientHandle>,
	request: Verified,
) -> Result<Json<HandlesMerged>, Failure> {
	let registrar = request.caller.clone().staff(service.own, &[StaffRole::Registrar])?;
	let UnmergeHandle { statement } = params::body(&request.body)?;
	to_the_end(async move {
		let unmerged = merges::unmerge(&service, &registrar, provisional, statement).await?;
		drop(request);
		Ok(Json(unmerged))
	})
	.await
}

/// `POST /v1/demographics/queries`.
///
/// # Errors
/// 403 for others than registrars; those of [`demographics::ask`].
pub async fn query(State(service): State<Arc<Service>>, request: Verified) -> Result<Json<PatientsFound>, Failure> {
	let registrar = request.caller.clone().staff(service.own, &[StaffRole::Registrar])?;
	let person: PersonSought = params::body(&request.body)?;
	Ok(Json(demographics::ask(&service, &registrar, person).await?))
}

/// `POST /v1/demographics/match`.
///
/// # Errors
/// 403 for others than gateways; those of [`demographics::answer`].
pub async fn answer(
	State(service): State<Arc<Service>>,
	request: Verified,
) -> Result<Json<DemographicsAnswer>, Failure> {
	let asker = request.caller.gateway()?;
	let question: DemographicsMatch = params::body(&request.body)?;
	Ok(Json(demographics::answer(&service, asker, question).await?))
}

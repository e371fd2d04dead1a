//! Scope tags and policy documents of patients who hold their own keys.

use super::{
	params::{self, Params},
	to_the_end, Caller, Verified,
};
use crate::{
	chain::Head,
	control::{has_own_key, is_custodial, is_kept_by, is_provisional},
	failure::Failure,
	granting::{check_document, find_capability, keep_policy, tags},
	index::{PatientRow, PATIENTS, POLICIES},
	openings,
	service::{Service, CATCH_UP_FOR_PEOPLE},
};
use axum::{extract::State, Json};
use salus_client::wire::{HeldPolicies, HeldPolicy, PolicyAccepted, PolicyDelivery, ScopeTags};
use salus_policy::{Category, ControllerStatement, LabelClass};
use salus_primitives::{Act, AuditChain, PatientHandle, StaffRole};
use std::{collections::BTreeSet, sync::Arc};

/// The patient, or while nobody but the custodian controls the handle, staff with one of these roles.
pub(super) async fn patient_or_staff(
	service: &Service,
	caller: Caller,
	handle: &PatientHandle,
	roles: &[StaffRole],
) -> Result<Option<crate::staff::Staff>, Failure> {
	if caller.controls(handle) {
		return Ok(None);
	}
	let staff = caller.staff(service.own, roles)?;
	let head: Head = service.head().await?;
	let info = service.chain.handle(&head.block, handle).await?;
	let now = head.now();
	match info {
		Some(info) if is_kept_by(&info, service.own) && is_custodial(&info, now) && !has_own_key(&info, now) => {
			Ok(Some(staff))
		}
		Some(info) if is_kept_by(&info, service.own) => Err(Failure::not_entitled(
			"the patient holds the handle: only the patient's key may do this",
			"Let the patient do it.",
		)),
		_ => Err(Failure::not_found()),
	}
}

/// The patient; the privacy officer while the patient holds no key, also of a patient whom nobody could identify: what is written down about
/// the patient is read by somebody.
pub(super) async fn patient_or_officer(
	service: &Service,
	caller: Caller,
	handle: &PatientHandle,
) -> Result<Option<crate::staff::Staff>, Failure> {
	const OFFICER: [StaffRole; 1] = [StaffRole::PrivacyOfficer];
	let head = service.head().await?;
	let info = service.chain.handle(&head.block, handle).await?;
	match info.is_some_and(|info| is_kept_by(&info, service.own) && is_provisional(&info, head.now())) {
		true => caller.staff(service.own, &OFFICER).map(Some),
		false => patient_or_staff(service, caller, handle, &OFFICER).await,
	}
}

pub(super) fn own_patient(service: &Service, handle: &PatientHandle) -> Result<PatientRow, Failure> {
	service.index.get(&PATIENTS, handle.0)?.filter(|row| row.registered.is_some()).ok_or_else(Failure::not_found)
}

/// `GET /v1/patients/{handle}/scope-tags`.
///
/// # Errors
/// 403, 404; 400 when no category or class is named.
pub async fn scope_tags(
	State(service): State<Arc<Service>>,
	Params(handle): Params<PatientHandle>,
	request: Verified,
) -> Result<Json<ScopeTags>, Failure> {
	patient_or_staff(&service, request.caller.clone(), &handle, &[StaffRole::Registrar]).await?;
	let categories: Vec<Category> = params::list(request.query.as_deref(), "categories")?;
	let classes: BTreeSet<LabelClass> = params::list(request.query.as_deref(), "classes")?.into_iter().collect();
	if categories.is_empty() || classes.is_empty() {
		return Err(Failure::bad_request("name at least one of `categories` and one of `classes`"));
	}
	let patient = own_patient(&service, &handle)?;
	Ok(Json(ScopeTags { handle, tag_epoch: patient.tag_epoch, tags: tags(&patient, categories, &classes) }))
}

/// `POST /v1/patients/{handle}/policies`.
///
/// # Errors
/// 403 for others than the controller; 409 when the chain has no such capability or commits to another document; 400.
pub async fn accept(
	State(service): State<Arc<Service>>,
	Params(handle): Params<PatientHandle>,
	request: Verified,
) -> Result<Json<PolicyAccepted>, Failure> {
	request.caller.controller(&handle)?;
	let delivery: PolicyDelivery = params::body(&request.body)?;
	to_the_end(async move {
		let accepted = accept_for(&service, handle, delivery).await?;
		drop(request);
		Ok(Json(accepted))
	})
	.await
}

async fn accept_for(
	service: &Arc<Service>,
	handle: PatientHandle,
	delivery: PolicyDelivery,
) -> Result<PolicyAccepted, Failure> {
	let PolicyDelivery { capability, grantee, document, salt, opening } = delivery;
	let patient = own_patient(service, &handle)?;
	check_document(&document, service.own, &handle)?;
	if document.grantee.institution != grantee.0 {
		return Err(Failure::bad_request("the policy document names another grantee"));
	}
	if document.given_by != ControllerStatement::Patient {
		return Err(Failure::bad_request("a patient's own document is given by the patient"));
	}
	check_opening(&handle, &opening)?;
	let _turn = service.lock(&handle).await;
	let info = find_capability(service, &handle, capability, CATCH_UP_FOR_PEOPLE).await?;
	let grantee_told = keep_policy(service, &patient, &handle, &info, document, salt.0).await?;
	openings::keep(&service.index, &opening)?;
	Ok(PolicyAccepted { capability, grantee_told })
}

fn check_opening(handle: &PatientHandle, opening: &salus_client::wire::EntryOpening) -> Result<(), Failure> {
	let entry = opening.full_entry();
	let fits = opening.chain == Some(AuditChain::Patient(*handle))
		&& entry.is_some_and(|entry| entry.event.act == Act::Grant && entry.actor.institution.is_none());
	match fits {
		true => Ok(()),
		false => Err(Failure::bad_request("the opening is not that of a grant by the patient of this handle")),
	}
}

/// `GET /v1/patients/{handle}/policies`.
///
/// # Errors
/// 403, 404, 503.
pub async fn held(
	State(service): State<Arc<Service>>,
	Params(handle): Params<PatientHandle>,
	request: Verified,
) -> Result<Json<HeldPolicies>, Failure> {
	patient_or_staff(&service, request.caller.clone(), &handle, &[StaffRole::Registrar]).await?;
	own_patient(&service, &handle)?;
	let head = service.head().await?;
	let now = head.now();
	let live: BTreeSet<_> = service
		.chain
		.capabilities(&head.block, &handle)
		.await?
		.into_iter()
		.filter(|capability| capability.valid_from <= now && now < capability.valid_until)
		.map(|capability| capability.id)
		.collect();
	let rows = service.index.scan(&POLICIES, handle.0)?;
	let policies = rows.into_iter().map(|(_, row)| HeldPolicy {
		capability: row.capability,
		grantee: row.grantee,
		commitment: row.commitment,
		document: row.document,
		live: live.contains(&row.capability),
	});
	Ok(Json(HeldPolicies { handle, policies: policies.collect() }))
}

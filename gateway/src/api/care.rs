//! Care relationships: why somebody of the house may read.

use super::{params, params::Params, Verified};
use crate::{
	failure::Failure,
	index::{compose, CareRow, CARE, PATIENTS},
	service::Service,
};
use axum::{extract::State, Json};
use salus_client::wire::{CareKind, CareRelationshipRecorded, CareRelationshipRequest};
use salus_policy::{default::CarePartner, CareRelationship, Department, RelationshipKind};
use salus_primitives::{Moment, PatientHandle, StaffRole, DAY};
use std::sync::Arc;

/// The longest care relationship: after that somebody looks at it again.
const LONGEST: Moment = 366 * DAY;
/// The longest that somebody records for themselves: until a second person looks at it.
const LONGEST_FOR_ONESELF: Moment = DAY;

/// `POST /v1/patients/{handle}/care-relationships`.
///
/// # Errors
/// 403 for others than registrars and physicians, and for more than a day for oneself or one's own department; 404 for a handle that is not kept here; 400 when it names nobody, both, or a time that
/// cannot be.
pub async fn record(
	State(service): State<Arc<Service>>,
	Params(handle): Params<PatientHandle>,
	request: Verified,
) -> Result<Json<CareRelationshipRecorded>, Failure> {
	let by = request.caller.clone().staff(service.own, &[StaffRole::Registrar, StaffRole::Physician])?;
	let asked: CareRelationshipRequest = params::body(&request.body)?;
	// What gives access is not written on the word of a registry that is out of date.
	service.head().await?;
	let now = salus_client::now();
	if asked.until <= now || asked.until > now.saturating_add(LONGEST) {
		return Err(Failure::bad_request("`until` has to lie in the future, at most a year ahead"));
	}
	let partner = match (asked.practitioner, asked.department) {
		(Some(practitioner), None) => {
			let staff = service.staff.find(service.chain.as_ref(), &practitioner, now).await?;
			if staff.is_none_or(|staff| staff.info.institution != service.own) {
				return Err(Failure::bad_request("the practitioner is not a valid member of this institution's staff"));
			}
			CarePartner::Practitioner(practitioner.0)
		}
		(None, Some(code)) => {
			let department = code.parse::<Department>().map_err(|error| Failure::bad_request(error.to_string()))?;
			CarePartner::Department(department)
		}
		_ => return Err(Failure::bad_request("name either a practitioner or a department")),
	};
	let for_oneself = match &partner {
		CarePartner::Practitioner(id) => *id == by.id.0,
		CarePartner::Department(department) => by.info.departments.contains(&department.0),
	};
	if for_oneself && asked.until > now.saturating_add(LONGEST_FOR_ONESELF) {
		return Err(Failure::not_entitled(
			"a care relationship that one records for oneself or one's own department lasts 24 hours at most",
			"Record it until tomorrow at most, and have a registrar or another physician record the longer one.",
		));
	}
	service.index.get(&PATIENTS, handle.0)?.filter(|row| row.registered.is_some()).ok_or_else(Failure::not_found)?;
	let kind = match asked.kind {
		CareKind::Encounter => RelationshipKind::Encounter,
		CareKind::Admission => RelationshipKind::Admission,
		CareKind::Referral => RelationshipKind::Referral,
	};
	let relationship = CareRelationship { kind, partner, from: now, until: asked.until };
	let row = CareRow { relationship, recorded_by: by.id, recorded_at: now };
	let key = compose(&[&handle.0, &now.to_be_bytes(), &salus_client::random_bytes()[..8]]);
	service.index.put(&CARE, key, &row)?;
	Ok(Json(CareRelationshipRecorded { handle, from: now, until: asked.until }))
}

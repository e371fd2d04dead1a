//! Ingest, amendment, and reading in the own house.

use super::{fhir, params::Params, to_the_end, Verified};
use crate::{
	enforcement::practitioner_context,
	failure::Failure,
	finding::merges::handles_of,
	index::{compose, CareRow, RecordRow, CARE, PATIENTS, RECORDS},
	ingest, reading,
	receipts::Draft,
	service::{blocking, Service},
	staff::Staff,
};
use axum::{extract::State, response::Response, Json};
use salus_client::wire::{AmendReport, IngestReport, ReceiptKind, RecordList, RecordSummary};
use salus_policy::{
	default::{evaluate_own, CarePartner, OwnAccess},
	CareRelationship, Context, Purpose,
};
use salus_primitives::{PatientHandle, PractitionerId, RecordId, StaffRole};
use std::sync::Arc;

/// `POST /v1/patients/{handle}/records`.
///
/// # Errors
/// 403 for others than physicians and registrars, and those of [`ingest::take_in`].
pub async fn ingest(
	State(service): State<Arc<Service>>,
	Params(handle): Params<PatientHandle>,
	request: Verified,
) -> Result<Json<IngestReport>, Failure> {
	let author = request.caller.clone().staff(service.own, &[StaffRole::Physician, StaffRole::Registrar])?;
	to_the_end(async move {
		let bundle = request.body.to_vec();
		let report = ingest::take_in(&service, &author, handle, bundle).await?;
		drop(request);
		Ok(Json(report))
	})
	.await
}

/// `POST /v1/patients/{handle}/records/{record}/amend`.
///
/// # Errors
/// 403 for others than physicians, and without a care relationship; 404 when the amender may not read the record; those of [`ingest::amend`].
pub async fn amend(
	State(service): State<Arc<Service>>,
	Params((handle, record)): Params<(PatientHandle, RecordId)>,
	request: Verified,
) -> Result<Json<AmendReport>, Failure> {
	let author = request.caller.clone().staff(service.own, &[StaffRole::Physician])?;
	to_the_end(async move {
		// What an amendment answers tells about the old record: it is read by who may read it, with a receipt.
		let (shared, reader) = (service.clone(), author.clone());
		blocking(move || {
			let access = OwnReading::of(&shared, &reader, &handle)?;
			let (of, _) = access.permitted(&record)?;
			if of != handle {
				return Err(Failure::conflict(
					"the record was made under a provisional handle, which takes no more records",
					"Take the correction in as a new record of the patient.",
				));
			}
			shared.receipts.append(&access.receipt(ReceiptKind::OwnRead, vec![record]), access.context.now)?;
			Ok::<_, Failure>(())
		})
		.await?;
		let resource = request.body.to_vec();
		let report = ingest::amend(&service, &author, handle, record, resource).await?;
		drop(request);
		Ok(Json(report))
	})
	.await
}

/// `GET /v1/patients/{handle}/records`.
///
/// # Errors
/// 403 without a care relationship, whether or not there is such a handle.
pub async fn list(
	State(service): State<Arc<Service>>,
	Params(handle): Params<PatientHandle>,
	request: Verified,
) -> Result<Json<RecordList>, Failure> {
	let reader = request.caller.clone().own_staff(service.own)?;
	let records = blocking(move || {
		let access = OwnReading::of(&service, &reader, &handle)?;
		let mut rows: Vec<(PatientHandle, RecordRow)> = Vec::new();
		for of in handles_of(&service.index, &handle)? {
			rows.extend(service.index.scan(&RECORDS, of.0)?.into_iter().map(|(_, row)| (of, row)));
		}
		rows.retain(|(_, row)| access.permits(row));
		rows.sort_by_key(|(_, row)| std::cmp::Reverse((row.recorded_at, row.record)));
		service.receipts.append(&access.receipt(ReceiptKind::OwnList, Vec::new()), access.context.now)?;
		let provisional = |of: PatientHandle| (of != handle).then_some(of);
		Ok::<_, Failure>(rows.into_iter().map(|(of, row)| summary(row, provisional(of))).collect())
	})
	.await?;
	Ok(Json(RecordList { handle, records }))
}

/// `GET /v1/patients/{handle}/records/{record}`: decided here, receipt on disk before the answer, the chain not asked.
///
/// # Errors
/// 403 without a care relationship; 404 when there is no such record; 500 when its blob is missing or altered.
pub async fn read(
	State(service): State<Arc<Service>>,
	Params((handle, record)): Params<(PatientHandle, RecordId)>,
	request: Verified,
) -> Result<Response, Failure> {
	let reader = request.caller.clone().own_staff(service.own)?;
	let (bytes, receipt) = blocking(move || {
		let access = OwnReading::of(&service, &reader, &handle)?;
		let (of, row) = access.permitted(&record)?;
		let patient = service.index.get(&PATIENTS, of.0)?.ok_or_else(Failure::not_found)?;
		let bytes = reading::original(service.vault.as_ref(), &patient, &row)?;
		let receipt =
			service.receipts.append(&access.receipt(ReceiptKind::OwnRead, vec![record]), access.context.now)?;
		Ok::<_, Failure>((bytes, receipt))
	})
	.await?;
	Ok(fhir(bytes, receipt))
}

/// A reader of the own house and what the reading rests on.
struct OwnReading<'a> {
	service: &'a Service,
	context: Context,
	handle: PatientHandle,
	reader: PractitionerId,
	emergency_authorised: bool,
	relationships: Vec<CareRelationship>,
	basis: String,
}

impl<'a> OwnReading<'a> {
	fn of(service: &'a Service, reader: &Staff, handle: &PatientHandle) -> Result<Self, Failure> {
		let now = salus_client::now();
		let context = practitioner_context(&reader.info, reader.id.0, Purpose::Treatment, now);
		let rows: Vec<CareRow> = service.index.scan(&CARE, handle.0)?.into_iter().map(|(_, row)| row).collect();
		// What a colleague recorded says more than the reader's own word, and a name more than a department.
		let covering = rows.iter().filter(|row| row.relationship.covers(&context));
		let row = covering
			.min_by_key(|row| {
				(row.recorded_by == reader.id, matches!(row.relationship.partner, CarePartner::Department(_)))
			})
			.ok_or_else(no_relationship)?;
		let basis = format!(
			"care relationship ({:?}) recorded by {}{}{}",
			row.relationship.kind,
			if row.recorded_by == reader.id { "the reader, " } else { "" },
			row.recorded_by,
			if reader.remembered { "; staff registry out of reach, decided by the last known entry" } else { "" }
		);
		Ok(Self {
			service,
			context,
			handle: *handle,
			reader: reader.id,
			emergency_authorised: reader.info.emergency_authorised,
			relationships: rows.into_iter().map(|row| row.relationship).collect(),
			basis,
		})
	}

	fn permits(&self, row: &RecordRow) -> bool {
		let access = OwnAccess {
			custodian: self.service.own.0,
			default: self.service.config.default_policy,
			relationships: &self.relationships,
			emergency_authorised: self.emergency_authorised,
		};
		evaluate_own(&access, &self.context, &row.labels()).permit
	}

	/// A record that may be read, with the handle whose keys it is under. The same answer whether it is not there or not to be read.
	fn permitted(&self, record: &RecordId) -> Result<(PatientHandle, RecordRow), Failure> {
		for of in handles_of(&self.service.index, &self.handle)? {
			if let Some(row) = self.service.index.get(&RECORDS, compose(&[&of.0, &record.0]))? {
				return Some((of, row)).filter(|(_, row)| self.permits(row)).ok_or_else(Failure::not_found);
			}
		}
		Err(Failure::not_found())
	}

	fn receipt(&self, kind: ReceiptKind, records: Vec<RecordId>) -> Draft {
		Draft {
			kind,
			handle: self.handle,
			practitioner: Some(self.reader),
			institution: self.service.own,
			purpose: self.context.purpose,
			permit: None,
			records,
			basis: self.basis.clone(),
		}
	}
}

fn no_relationship() -> Failure {
	Failure::not_entitled(
		"there is no current care relationship between you and this patient here",
		"Have a registrar or physician record the encounter, admission or referral. In an emergency ask the emergency desk.",
	)
}

fn summary(row: RecordRow, provisional: Option<PatientHandle>) -> RecordSummary {
	RecordSummary {
		record: row.record,
		kind: row.kind,
		category: row.category,
		classes: row.classes.into_iter().collect(),
		recorded_at: row.recorded_at,
		author: row.author,
		version: row.version,
		supersedes: row.supersedes,
		superseded_by: row.superseded_by,
		content: row.body.content.0.into(),
		provisional,
	}
}

//! Taking records in: parse, label, split, seal, store, anchor, index. Crash-safe by a journal, and doubling nothing.

mod journal;
mod prepare;

pub use journal::{recover, resume_handle, Resumed};
pub use prepare::class_secrets;

use crate::{
	failure::Failure,
	index::{compose, PatientRow, RecordRow, FINGERPRINTS, PATIENTS, RECORDS},
	service::{blocking, Service},
	staff::Staff,
};
use prepare::{prepare_amendment, prepare_bundle, Prepared};
use salus_client::wire::{AmendReport, Blob, BlockId, IngestReport, IngestedRecord};
use salus_fhir::PatientIdentity;
use salus_primitives::{PatientHandle, RecordId};
use std::{collections::BTreeSet, sync::Arc};

/// Takes a bundle in for a patient of this custodian.
///
/// # Errors
/// What is wrong with the bundle; 404 for another's patient; 409 when the bundle is about another person than the handle's earlier ones; 507
/// when the disk is full; 503 when the chain does not answer. After 503 the ingest is carried on without the caller, and sending the bundle
/// again reports how it ended.
pub async fn take_in(
	service: &Arc<Service>,
	author: &Staff,
	handle: PatientHandle,
	bundle: Vec<u8>,
) -> Result<IngestReport, Failure> {
	let genesis = service.genesis().await?;
	let patient = require_own_patient(service, &handle).await?;
	let _turn = service.lock(&handle).await;
	let resumed = resume_handle(service, &handle).await?;
	// The identity may have grown by what was resumed.
	let patient = service.index.get(&PATIENTS, handle.0)?.unwrap_or(patient);

	let (shared, author_id) = (service.clone(), author.id);
	let prepared = blocking(move || prepare_bundle(&shared, &genesis, author_id, handle, &patient, &bundle)).await?;
	let mut blocks: Vec<BlockId> = Vec::new();
	let made: BTreeSet<RecordId> = prepared.items.iter().map(|item| item.row.record).collect();
	if !prepared.items.is_empty() {
		let key = store(service, handle, author, &prepared).await?;
		blocks = journal::carry_on(service, &key).await?.blocks;
	}
	report(service, handle, &prepared, &made, &resumed, blocks)
}

/// The report follows the order of the bundle. What a journal of an earlier try completed counts as made.
fn report(
	service: &Service,
	handle: PatientHandle,
	prepared: &Prepared,
	made: &BTreeSet<RecordId>,
	resumed: &Resumed,
	mut blocks: Vec<BlockId>,
) -> Result<IngestReport, Failure> {
	let (mut records, mut already_there, mut uses_resumed) = (Vec::new(), 0u32, false);
	let mut listed = BTreeSet::new();
	for record in &prepared.order {
		let was_resumed = resumed.records.contains(record);
		if (made.contains(record) || was_resumed) && listed.insert(*record) {
			uses_resumed |= was_resumed;
			let row = service.index.get(&RECORDS, compose(&[&handle.0, &record.0]))?;
			records.push(ingested(&row.ok_or_else(|| Failure::internal("a record that was just made is not there"))?));
		} else {
			already_there = already_there.saturating_add(1);
		}
	}
	if uses_resumed {
		blocks.splice(0..0, resumed.blocks.iter().copied());
	}
	Ok(IngestReport { handle, records, already_there, blocks })
}

/// Replaces a record by a new version.
///
/// # Errors
/// As [`take_in`]; 404 when there is no such record; 409 when it was replaced already.
pub async fn amend(
	service: &Arc<Service>,
	author: &Staff,
	handle: PatientHandle,
	record: RecordId,
	resource: Vec<u8>,
) -> Result<AmendReport, Failure> {
	let genesis = service.genesis().await?;
	let patient = require_own_patient(service, &handle).await?;
	let _turn = service.lock(&handle).await;
	let resumed = resume_handle(service, &handle).await?;
	let old = service.index.get(&RECORDS, compose(&[&handle.0, &record.0]))?.ok_or_else(Failure::not_found)?;

	if let Some(next) = old.superseded_by {
		return same_amendment(service, &handle, &old, next, &resource, &resumed);
	}
	let (shared, author_id) = (service.clone(), author.id);
	let prepared =
		blocking(move || prepare_amendment(&shared, &genesis, author_id, handle, &patient, &old, &resource)).await?;
	let key = store(service, handle, author, &prepared).await?;
	let done = journal::carry_on(service, &key).await?;
	let row = &prepared.items.first().ok_or_else(|| Failure::internal("an amendment without a record"))?.row;
	let block = done.blocks.first().copied().ok_or_else(|| Failure::internal("an amendment without a block"))?;
	Ok(AmendReport { record: ingested(row), supersedes: record, version: row.version, block })
}

/// The same amendment sent again gets the same answer, as long as its block is at hand; another one has to name the newest version.
fn same_amendment(
	service: &Service,
	handle: &PatientHandle,
	old: &RecordRow,
	next: RecordId,
	resource: &[u8],
	resumed: &Resumed,
) -> Result<AmendReport, Failure> {
	let row = service.index.get(&RECORDS, compose(&[&handle.0, &next.0]))?;
	let row = row.ok_or_else(|| Failure::internal("the record that replaced another is not there"))?;
	let same = row.fingerprint.0 == service.index.fingerprint(handle, resource);
	match resumed.blocks.first().filter(|_| same && resumed.records.contains(&next)) {
		Some(block) => {
			Ok(AmendReport { record: ingested(&row), supersedes: old.record, version: row.version, block: *block })
		}
		None if same => Err(Failure::conflict("this amendment was taken in before", "Nothing is left to do.")),
		None => Err(Failure::conflict(
			"the record was replaced by a newer version",
			"Read the newest version and amend that one.",
		)),
	}
}

async fn require_own_patient(service: &Service, handle: &PatientHandle) -> Result<PatientRow, Failure> {
	let patient = service.index.get(&PATIENTS, handle.0)?.ok_or_else(Failure::not_found)?;
	let head = service.head().await?;
	match service.chain.handle(&head.block, handle).await? {
		Some(info) if info.custodian == service.own && info.status == salus_runtime_api::HandleStatus::Active => {
			Ok(patient)
		}
		Some(info) if info.custodian == service.own && info.status == salus_runtime_api::HandleStatus::Merged => {
			Err(Failure::conflict(
				"the provisional handle was recognised as a patient's and takes no more records",
				"Use the patient's handle, or take the merge back.",
			))
		}
		Some(info) if info.custodian == service.own => {
			Err(Failure::conflict("the handle is closed", "Register the patient anew."))
		}
		_ => Err(Failure::not_found()),
	}
}

/// Stores the sealed blobs between two entries of the journal. Tells the journal's key.
async fn store(
	service: &Arc<Service>,
	handle: PatientHandle,
	author: &Staff,
	prepared: &Prepared,
) -> Result<Vec<u8>, Failure> {
	let row = journal::plan(service, handle, author, prepared)?;
	let key = compose(&[&handle.0, &salus_client::random_bytes()[..16]]);
	let blobs: Vec<Arc<Vec<u8>>> =
		prepared.items.iter().flat_map(|item| [item.body.clone(), item.persona.clone()]).collect();
	let (shared, place) = (service.clone(), key.clone());
	blocking(move || journal::store(&shared, &place, row, &blobs)).await?;
	Ok(key)
}

fn ingested(row: &RecordRow) -> IngestedRecord {
	IngestedRecord {
		record: row.record,
		kind: row.kind.clone(),
		category: row.category,
		classes: row.classes.iter().copied().collect(),
		recorded_at: row.recorded_at,
	}
}

/// The record that was made from these bytes, if any.
fn known_record(
	service: &Service,
	handle: &PatientHandle,
	fingerprint: &[u8; 32],
) -> Result<Option<RecordId>, Failure> {
	let record = service.index.get(&FINGERPRINTS, compose(&[&handle.0, fingerprint]))?;
	Ok(record.map(|record| RecordId(record.0)))
}

/// What is known of a patient after a bundle.
fn identity_of(patient: &PatientRow) -> Result<Option<PatientIdentity>, Failure> {
	let damaged = || Failure::internal("the stored identity of a patient cannot be read");
	patient.identity.as_ref().map(|Blob(bytes)| PatientIdentity::from_bytes(bytes).ok_or_else(damaged)).transpose()
}

#[cfg(test)]
mod tests;

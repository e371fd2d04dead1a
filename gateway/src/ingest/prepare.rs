//! From bytes to sealed parts: everything that needs neither disk nor chain.

use super::{identity_of, known_record};
use crate::{
	failure::Failure,
	finding::demographics,
	index::{PartRow, PatientRow, RecordRow},
	service::Service,
};
use salus_client::{
	records::{PartFacts, RecordFacts},
	wire::Blob,
};
use salus_envelope::{
	key_service::{month_of, wrap_dek},
	record,
	retention::wrap_for_retention,
	ClassSecret, ContentId, Dek,
};
use salus_fhir::{Bundle, PatientIdentity, Split};
use salus_policy::{Category, RecordLabels};
use salus_primitives::{PatientHandle, PractitionerId, RecordId};
use std::{
	collections::{BTreeMap, BTreeSet},
	sync::Arc,
};

/// A record to be, with its sealed parts.
pub(super) struct Item {
	pub row: RecordRow,
	pub body: Arc<Vec<u8>>,
	pub persona: Arc<Vec<u8>>,
}

/// What a bundle becomes.
pub(super) struct Prepared {
	/// Records to be made.
	pub items: Vec<Item>,
	/// The record of each resource, in the order of the bundle: known ones and new ones.
	pub order: Vec<RecordId>,
	/// What is known of the patient with this bundle.
	pub identity: Blob,
	/// What the patient is found by.
	pub demographics: BTreeSet<[u8; 32]>,
}

/// Who and what a record is about, beside its bytes.
struct Origin<'a> {
	service: &'a Service,
	genesis: &'a [u8; 32],
	author: PractitionerId,
	handle: PatientHandle,
	patient: &'a PatientRow,
}

/// Version and predecessor of a record.
#[derive(Clone, Copy)]
struct Lineage {
	version: u32,
	supersedes: Option<RecordId>,
}

pub(super) fn prepare_bundle(
	service: &Service,
	genesis: &[u8; 32],
	author: PractitionerId,
	handle: PatientHandle,
	patient: &PatientRow,
	bytes: &[u8],
) -> Result<Prepared, Failure> {
	let bundle = Bundle::parse(bytes)?;
	let known = identity_of(patient)?;
	let identity = match &known {
		Some(known) => {
			check_same_person(known, bundle.identity())?;
			known.merged(bundle.identity())
		}
		None => bundle.identity().clone(),
	};
	let origin = Origin { service, genesis, author, handle, patient };
	let first = Lineage { version: 1, supersedes: None };
	let (mut items, mut order, mut found_by) = (Vec::new(), Vec::new(), BTreeSet::new());
	let mut in_bundle: BTreeMap<[u8; 32], RecordId> = BTreeMap::new();
	for resource in bundle.resources() {
		let fingerprint = service.index.fingerprint(&handle, resource.original);
		if let Some(record) = known_record(service, &handle, &fingerprint)?.or(in_bundle.get(&fingerprint).copied()) {
			order.push(record);
			continue;
		}
		// With the names of earlier bundles as well: after a change of name the old one is taken out too.
		let split = match &known {
			Some(_) => salus_fhir::split(resource.original, &identity, &handle.0)?,
			None => bundle.split(resource, &handle.0),
		};
		let item = seal(&origin, resource.kind, &resource.labels, &split, fingerprint, first)?;
		if resource.kind == "Patient" {
			found_by.extend(demographics::tags_of(&service.index, resource.original)?);
		}
		in_bundle.insert(fingerprint, item.row.record);
		order.push(item.row.record);
		items.push(item);
	}
	Ok(Prepared { items, order, identity: Blob(identity.to_bytes()), demographics: found_by })
}

pub(super) fn prepare_amendment(
	service: &Service,
	genesis: &[u8; 32],
	author: PractitionerId,
	handle: PatientHandle,
	patient: &PatientRow,
	old: &RecordRow,
	bytes: &[u8],
) -> Result<Prepared, Failure> {
	let identity = identity_of(patient)?
		.ok_or_else(|| Failure::conflict("no bundle of this patient was taken in yet", "Take a bundle in first."))?;
	let resource = salus_fhir::parse_resource(bytes, &identity)?;
	if resource.kind != old.kind {
		return Err(Failure::conflict(
			format!("a {} cannot replace a {}", resource.kind, old.kind),
			"Amend with a resource of the same type.",
		));
	}
	let identity = match resource.kind {
		"Patient" => identity.merged(&PatientIdentity::of_patient(resource.original, None)?),
		_ => identity,
	};
	let fingerprint = service.index.fingerprint(&handle, resource.original);
	if known_record(service, &handle, &fingerprint)?.is_some() {
		return Err(Failure::conflict("these bytes were taken in before", "Nothing is left to do."));
	}
	// What the resource refers to is not at hand, so an amendment never makes a record less closely kept.
	let mut labels = resource.labels.clone();
	labels.classes.extend(old.classes.iter().copied());
	if labels.classes.len() > 1 {
		labels.classes.remove(&salus_policy::LabelClass::Normal);
	}
	let split = salus_fhir::split(resource.original, &identity, &handle.0)?;
	let found_by = match resource.kind {
		"Patient" => demographics::tags_of(&service.index, resource.original)?,
		_ => BTreeSet::new(),
	};
	let origin = Origin { service, genesis, author, handle, patient };
	let lineage = Lineage { version: old.version.saturating_add(1), supersedes: Some(old.record) };
	let item = seal(&origin, resource.kind, &labels, &split, fingerprint, lineage)?;
	Ok(Prepared {
		order: vec![item.row.record],
		items: vec![item],
		identity: Blob(identity.to_bytes()),
		demographics: found_by,
	})
}

/// Two people under one handle would read each other's records, and be treated by them.
fn check_same_person(known: &PatientIdentity, new: &PatientIdentity) -> Result<(), Failure> {
	let shares_identifier = new.identifiers().any(|one| known.identifiers().any(|other| one == other));
	if shares_identifier || known.merged(new) == *known {
		return Ok(());
	}
	Err(Failure::conflict(
		"the bundle is about another person than the records that lie under this handle: no identifier agrees",
		"Check handle and file. If it is the same person, send a bundle whose Patient carries a known identifier as well.",
	))
}

fn seal(
	origin: &Origin<'_>,
	kind: &str,
	labels: &RecordLabels,
	split: &Split,
	fingerprint: [u8; 32],
	lineage: Lineage,
) -> Result<Item, Failure> {
	let no_randomness = |error: salus_envelope::NoRandomness| Failure::internal(error);
	let (body_key, persona_key) = (Dek::generate().map_err(no_randomness)?, Dek::generate().map_err(no_randomness)?);
	let body = record::seal(&body_key, &split.body)?;
	let persona = record::seal(&persona_key, &split.persona)?;
	let classes: std::collections::BTreeSet<_> = labels.effective_classes().collect();
	let facts = RecordFacts {
		author: origin.author,
		category: labels.category,
		classes: classes.clone(),
		recorded_at: labels.recorded_at,
		version: lineage.version,
		supersedes: lineage.supersedes,
		body: PartFacts::of(&body)?,
		persona: Some(PartFacts::of(&persona)?),
	};
	let anchor = facts.anchor(origin.genesis, origin.service.own, &origin.handle);
	let mut row = RecordRow {
		record: anchor.record,
		kind: kind.to_owned(),
		category: labels.category,
		classes,
		recorded_at: labels.recorded_at,
		author: origin.author,
		version: lineage.version,
		supersedes: lineage.supersedes,
		superseded_by: None,
		key_epoch: origin.patient.key_epoch,
		body: unwrapped(&facts.body),
		persona: unwrapped(&PartFacts::of(&persona)?),
		commitment: anchor.commitment,
		blinding: (*anchor.blinding).into(),
		attributes: anchor.attributes,
		fingerprint: fingerprint.into(),
	};
	(row.body.wrap, row.body.retention) = wraps(origin, &row, labels.category, &body_key, &body)?;
	(row.persona.wrap, row.persona.retention) = wraps(origin, &row, Category::Persona, &persona_key, &persona)?;
	Ok(Item { row, body: Arc::new(body), persona: Arc::new(persona) })
}

fn unwrapped(facts: &PartFacts) -> PartRow {
	PartRow {
		content: ContentId(facts.content),
		header: facts.header.into(),
		wrap: Blob::default(),
		retention: Blob::default(),
	}
}

/// The key of a part under all class secrets of the record, and under the retention key.
fn wraps(
	origin: &Origin<'_>,
	row: &RecordRow,
	category: Category,
	key: &Dek,
	blob: &[u8],
) -> Result<(Blob, Blob), Failure> {
	let secrets = class_secrets(origin.patient, row, category);
	let wrap = wrap_dek(&secrets, &row.record.0, key)?;
	let commitment = record::key_commitment(blob)?;
	let retention = wrap_for_retention(&origin.service.retention, key, origin.genesis, &row.record.0, &commitment)?;
	Ok((Blob(wrap), Blob(retention)))
}

/// The secrets that a part of a record is wrapped under, ascending by class code. The persona part has secrets of its own: the category
/// `persona`, the record's classes and month.
pub fn class_secrets(patient: &PatientRow, row: &RecordRow, category: Category) -> Vec<ClassSecret> {
	let (secret, month) = (patient.secret(), month_of(row.recorded_at));
	// The set is ordered, and the order of classes is that of their codes.
	row.classes.iter().map(|class| secret.class_secret(category.code(), class.code(), month, row.key_epoch)).collect()
}

//! References inside a bundle: to whom, and to what.

use crate::{identity::PatientIdentity, json::Value, FhirError};
use std::{borrow::Cow, collections::HashMap};

/// Elements that name whom a resource is about.
fn is_subject(element: &str) -> bool {
	matches!(element, "subject" | "patient" | "beneficiary" | "for" | "subjectReference")
}

/// Elements whose target decides what the resource is about: when it is not there, the labels are not known either.
pub(crate) fn decides_labels(element: &str) -> bool {
	matches!(
		element,
		"diagnosisReference"
			| "procedureReference"
			| "prescription"
			| "originalPrescription"
			| "claim" | "condition"
			| "medicationReference"
			| "reasonReference"
			| "addresses"
	)
}

/// Where the resources of a bundle are, by how they are referred to.
#[derive(Default)]
pub(crate) struct Index {
	positions: HashMap<String, usize>,
}

impl Index {
	/// Takes up a resource; `false` when one of its names is taken.
	pub(crate) fn insert(&mut self, kind: &str, id: Option<&str>, full_url: Option<&str>, position: usize) -> bool {
		let mut fresh = true;
		let mut add = |name: String| fresh &= *self.positions.entry(name).or_insert(position) == position;
		if let Some(url) = full_url {
			add(url.to_owned());
		}
		if let Some(id) = id {
			add(format!("{kind}/{id}"));
			if full_url.is_none() {
				add(format!("urn:uuid:{id}"));
			}
		}
		fresh
	}

	pub(crate) fn resolve(&self, reference: &str) -> Option<usize> {
		let unversioned = reference.split_once("/_history/").map_or(reference, |(before, _)| before);
		self.positions.get(unversioned).copied()
	}
}

/// One reference of a resource.
pub(crate) struct Reference<'t, 'a> {
	/// The element, e.g. `subject`.
	pub(crate) element: &'a str,
	/// Where it points; `None` for a reference by identifier or display only.
	pub(crate) target: Option<Cow<'a, str>>,
	object: Value<'t, 'a>,
}

/// Every reference in a resource.
pub(crate) fn references<'t, 'a: 't>(resource: Value<'t, 'a>) -> impl Iterator<Item = Reference<'t, 'a>> {
	resource.descendants().filter_map(|value| {
		if value.key() == "reference" && value.is_string() {
			let object = value.parent()?;
			return Some(Reference { element: object.element_name(), target: value.text(), object });
		}
		// A subject that is named in another way than by reference.
		let nameless = is_subject(value.element_name()) && value.get("reference").is_none();
		let logical = nameless && (value.get("identifier").is_some() || value.get("display").is_some());
		logical.then(|| Reference { element: value.element_name(), target: None, object: value })
	})
}

/// Refuses a reference to another patient, and a subject that cannot be tied to this one.
pub(crate) fn check_subject(reference: &Reference<'_, '_>, identity: &PatientIdentity) -> Result<(), FhirError> {
	let object = reference.object;
	let ours = match &reference.target {
		Some(target) => identity.is_meant_by(target),
		None => object.get("identifier").is_some_and(|identifier| {
			let (system, value) = (identifier.text_of("system"), identifier.text_of("value"));
			value.is_some_and(|value| identity.has_identifier(&system.unwrap_or_default(), &value))
		}),
	};
	let patient = is_subject(reference.element)
		|| object.text_of("type").as_deref() == Some("Patient")
		|| reference.target.as_deref().is_some_and(names_a_patient);
	if ours || !patient {
		Ok(())
	} else {
		Err(FhirError::ForeignSubject { path: object.path() })
	}
}

/// `Patient/…`, `Patient?…`, or the same behind a server address.
fn names_a_patient(target: &str) -> bool {
	let unversioned = target.split_once("/_history/").map_or(target, |(before, _)| before);
	let mut parts = unversioned.rsplit('/');
	let (last, before) = (parts.next().unwrap_or_default(), parts.next());
	before == Some("Patient") || last.starts_with("Patient?")
}

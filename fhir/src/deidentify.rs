//! What of a resource identifies the person, by byte span.
//!
//! Taking out too much costs nothing but the size of the persona, because every reader who is entitled gets both parts; leaving
//! something in cannot be undone. What cannot be looked into (attachments, narratives, notes) goes out as a whole.

use crate::{
	identity::{PatientIdentity, Strength},
	json::{Kind, Value},
	terms::words,
};
use salus_policy::hex;
use std::borrow::Cow;

/// Stands where a text was (HL7 DataAbsentReason `masked`).
const MASKED: &str = "masked";

/// A part of the original and what stands in its place.
pub(crate) struct Patch {
	pub(crate) start: usize,
	pub(crate) end: usize,
	pub(crate) placeholder: Cow<'static, str>,
}

/// Elements that are taken out of every resource, whatever they hold.
fn identifies(element: &str) -> bool {
	matches!(
		element,
		"identifier"
			| "telecom"
			| "address"
			| "birthDate"
			| "photo" | "contact"
			| "div" | "note"
			| "attachment"
			| "presentedForm"
			| "contentAttachment"
			| "contentString"
			| "subscriberId"
			| "serialNumber"
			| "distinctIdentifier"
			| "udiCarrier"
			| "udi" | "deviceIdentifier"
			| "accessionIdentifier"
			| "locationAddress"
			| "valueAddress"
			| "valueHumanName"
			| "valueContactPoint"
			| "valueIdentifier"
			| "valueAttachment"
			| "valueSignature"
			| "signature"
	)
}

/// Elements that hold codes and URIs of the standard: a name in there is a coincidence, a number of the patient is not.
fn holds_codes(element: &str) -> bool {
	matches!(
		element,
		"resourceType" | "system" | "code" | "url" | "unit" | "status" | "currency" | "gender" | "use" | "intent"
	)
}

/// What stays of a resource about a person.
fn stays_of_person(kind: &str, member: &str) -> bool {
	match kind {
		"Patient" => matches!(member, "resourceType" | "id" | "meta" | "active" | "gender" | "deceasedBoolean"),
		_ => matches!(member, "resourceType" | "meta" | "active" | "gender" | "patient" | "relationship"),
	}
}

struct Walk<'t, 'a, 'i> {
	root: Value<'t, 'a>,
	kind: Cow<'a, str>,
	identity: &'i PatientIdentity,
	reference: String,
	patches: Vec<Patch>,
}

/// The parts of a resource that identify, ascending and apart from each other. Spans count from the start of the tape's text.
pub(crate) fn patches(root: Value<'_, '_>, identity: &PatientIdentity, handle: &[u8; 32]) -> Vec<Patch> {
	let kind = root.text_of("resourceType").unwrap_or_default();
	// 64 digits are the longest id that FHIR allows.
	let id = &hex::to_text(handle)[2..];
	let mut walk = Walk { root, kind, identity, reference: format!("Patient/{id}"), patches: Vec::new() };
	walk.run();
	walk.patches
}

impl Walk<'_, '_, '_> {
	fn run(&mut self) {
		let mut at = self.root.index();
		while at < self.root.next() {
			let value = self.root.at(at);
			at = if self.take(value) { value.next() } else { at + 1 };
		}
	}

	/// Takes out the value or parts of it; `true` when nothing in it is left to look at.
	fn take(&mut self, value: Value<'_, '_>) -> bool {
		let Some(parent) = value.parent().filter(|_| value.index() != self.root.index()) else { return false };
		if !value.key().is_empty() {
			if let Some(kind) = self.person(parent) {
				if kind == "Patient" && value.key() == "id" {
					let id = self.reference["Patient/".len()..].to_owned();
					self.replace(value, format!("\"{id}\"").into());
					return true;
				}
				if !stays_of_person(&kind, value.key()) {
					self.mask(value);
					return true;
				}
			}
			if self.identifies(value, parent) {
				self.mask(value);
				return true;
			}
		}
		match value.kind() {
			Kind::Plain | Kind::Escaped => self.text(value),
			Kind::Number => self.number(value),
			_ => {}
		}
		false
	}

	fn person<'v>(&self, parent: Value<'_, 'v>) -> Option<Cow<'v, str>> {
		let resource = parent.index() == self.root.index() || parent.element_name() == "contained";
		resource.then(|| parent.text_of("resourceType")).flatten().filter(|kind| is_person(kind))
	}

	fn identifies(&self, value: Value<'_, '_>, parent: Value<'_, '_>) -> bool {
		let attachment = || parent.get("contentType").is_some();
		match value.key() {
			"data" => self.kind == "Binary" || attachment(),
			"url" | "hash" | "title" => attachment(),
			"uid" => self.kind == "ImagingStudy",
			"content" => self.kind == "Media",
			"source" => parent.key() == "meta",
			"display" => parent.text_of("reference").is_some_and(|reference| self.identity.is_meant_by(&reference)),
			element => identifies(element),
		}
	}

	fn text(&mut self, value: Value<'_, '_>) {
		let Some(text) = value.text() else { return };
		if matches!(value.key(), "reference" | "valueUri" | "fullUrl") && self.identity.is_meant_by(&text) {
			let reference = self.reference.clone();
			self.replace(value, format!("\"{reference}\"").into());
			return;
		}
		let least = if holds_codes(value.element_name()) { Strength::Number } else { Strength::Word };
		let found = self.identity.find(&text);
		let mut found = found.into_iter().filter(|(_, _, strength)| *strength >= least).peekable();
		if found.peek().is_none() {
			return;
		}
		if value.kind() == Kind::Escaped {
			// Positions in the text are not positions in the bytes.
			self.replace(value, format!("\"{MASKED}\"").into());
			return;
		}
		let first = value.span().0 + 1;
		let mut done = 0;
		for (start, end, _) in found {
			if start >= done {
				self.patches.push(Patch { start: first + start, end: first + end, placeholder: MASKED.into() });
				done = end;
			} else if let (true, Some(patch)) = (end > done, self.patches.last_mut()) {
				patch.end = first + end;
				done = end;
			}
		}
	}

	/// A number of the patient that is written without quotes.
	fn number(&mut self, value: Value<'_, '_>) {
		let raw = value.raw();
		let long = words(raw).any(|(start, end)| end - start >= 5);
		if long && self.identity.find(raw).iter().any(|(_, _, strength)| *strength == Strength::Number) {
			self.replace(value, "null".into());
		}
	}

	fn mask(&mut self, value: Value<'_, '_>) {
		let placeholder = if value.is_string() { format!("\"{MASKED}\"").into() } else { "null".into() };
		self.replace(value, placeholder);
	}

	fn replace(&mut self, value: Value<'_, '_>, placeholder: Cow<'static, str>) {
		let (start, end) = value.span();
		self.patches.push(Patch { start, end, placeholder });
	}
}

fn is_person(kind: &str) -> bool {
	matches!(kind, "Patient" | "Person" | "RelatedPerson")
}

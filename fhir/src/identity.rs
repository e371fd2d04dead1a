//! Who the patient of a bundle is: the references that mean the patient, and the words that name the person.

use crate::{
	json::{Kind, Tape, Value},
	terms::{without_blanks, PhraseTable},
	FhirError,
};
use codec::{Decode, DecodeAll, Encode};
use std::{borrow::Cow, fmt};

/// How certainly a phrase means this person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub(crate) enum Strength {
	/// A name or a town: left alone in elements that hold codes.
	Word,
	/// An identifier, a number, a birth date: taken out everywhere.
	Number,
}

#[derive(Clone, Default, PartialEq, Eq, Encode, Decode)]
struct Facts {
	/// `Patient/<id>`, full URLs, and bare ids.
	references: Vec<String>,
	/// System and value.
	identifiers: Vec<(String, String)>,
	phrases: Vec<(String, Strength)>,
}

/// What ties resources to one patient. It holds the person's names and numbers: keep it as closely as the persona itself.
pub struct PatientIdentity {
	facts: Facts,
	phrases: PhraseTable<Strength>,
}

impl PatientIdentity {
	fn new(mut facts: Facts) -> Self {
		facts.references.sort_unstable();
		facts.references.dedup();
		facts.identifiers.sort_unstable();
		facts.identifiers.dedup();
		facts.phrases.sort_unstable();
		facts.phrases.dedup();
		let phrases = PhraseTable::new(facts.phrases.iter().map(|(phrase, strength)| (phrase, *strength)));
		Self { facts, phrases }
	}

	/// The identity of a `Patient` resource, e.g. one that was kept from an earlier bundle.
	///
	/// Fails when the bytes are no JSON, or no `Patient`.
	pub fn of_patient(original: &[u8], full_url: Option<&str>) -> Result<Self, FhirError> {
		let tape = Tape::parse(original)?;
		if tape.root().text_of("resourceType").as_deref() != Some("Patient") {
			return Err(FhirError::NoPatient);
		}
		Ok(Self::read(tape.root(), full_url))
	}

	pub(crate) fn read(patient: Value<'_, '_>, full_url: Option<&str>) -> Self {
		let mut facts = Facts::default();
		if let Some(id) = patient.text_of("id") {
			facts.references.extend([format!("Patient/{id}"), format!("urn:uuid:{id}"), id.clone().into_owned()]);
			facts.phrases.extend(number(&id));
		}
		if let Some(url) = full_url {
			facts.references.push(url.to_owned());
			facts.phrases.extend(number(url.rsplit([':', '/']).next().unwrap_or(url)));
		}
		let identifiers = patient.get("identifier").into_iter().flat_map(Value::each);
		facts.identifiers = identifiers
			.filter_map(|identifier| {
				let value = identifier.text_of("value")?.into_owned();
				Some((identifier.text_of("system").unwrap_or_default().into_owned(), value))
			})
			.collect();
		for value in patient.descendants().filter(|value| value.is_string()) {
			facts.phrases.extend(phrases_of(value));
		}
		Self::new(facts)
	}

	/// Both together: after a change of name, the old one is still taken out.
	pub fn merged(&self, other: &Self) -> Self {
		let mut facts = self.facts.clone();
		facts.references.extend(other.facts.references.iter().cloned());
		facts.identifiers.extend(other.facts.identifiers.iter().cloned());
		facts.phrases.extend(other.facts.phrases.iter().cloned());
		Self::new(facts)
	}

	/// SCALE bytes, to be kept encrypted.
	pub fn to_bytes(&self) -> Vec<u8> {
		self.facts.encode()
	}

	/// Reads [`Self::to_bytes`]; `None` when the bytes are damaged.
	pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
		Facts::decode_all(&mut &*bytes).ok().map(Self::new)
	}

	/// System and value of every identifier of the patient, e.g. for the index of a hospital.
	pub fn identifiers(&self) -> impl Iterator<Item = (&str, &str)> {
		self.facts.identifiers.iter().map(|(system, value)| (system.as_str(), value.as_str()))
	}

	pub(crate) fn has_identifier(&self, system: &str, value: &str) -> bool {
		self.identifiers().any(|known| known == (system, value))
	}

	/// Whether a reference means the patient. An absolute URL has to be the one that the bundle gave.
	pub(crate) fn is_meant_by(&self, reference: &str) -> bool {
		if let Some(query) = reference.strip_prefix("Patient?identifier=") {
			let (system, value) = query.split_once('|').unwrap_or(("", query));
			return self.has_identifier(system, value);
		}
		let unversioned = reference.split_once("/_history/").map_or(reference, |(before, _)| before);
		self.facts.references.iter().any(|known| known == unversioned)
	}

	pub(crate) fn find(&self, text: &str) -> Vec<(usize, usize, Strength)> {
		self.phrases.find(text)
	}
}

impl Clone for PatientIdentity {
	fn clone(&self) -> Self {
		Self::new(self.facts.clone())
	}
}

impl PartialEq for PatientIdentity {
	fn eq(&self, other: &Self) -> bool {
		self.facts == other.facts
	}
}

impl Eq for PatientIdentity {}

/// Counts only: names must not reach a log.
impl fmt::Debug for PatientIdentity {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("PatientIdentity").field("phrases", &self.facts.phrases.len()).finish_non_exhaustive()
	}
}

/// Shorter numbers would be found in every second text.
fn number(text: &str) -> Option<(String, Strength)> {
	(text.chars().filter(|char| char.is_alphanumeric()).count() >= 4).then(|| (text.to_owned(), Strength::Number))
}

/// A single character is a name in scripts that write one word in one.
fn word(text: &str, at_least: usize) -> Option<(String, Strength)> {
	let letters = text.chars().filter(|char| char.is_alphanumeric()).count();
	(letters >= at_least || text.chars().any(without_blanks)).then(|| (text.to_owned(), Strength::Word))
}

/// What a string of the `Patient` resource gives away about the person. State and country are too coarse for that.
fn phrases_of(value: Value<'_, '_>) -> Vec<(String, Strength)> {
	let Some(text) = value.text() else { return Vec::new() };
	let text = text.as_ref();
	let within = value.parent().map_or("", Value::element_name);
	match (within, value.element_name()) {
		("identifier" | "valueIdentifier" | "telecom" | "valueContactPoint", "value") => {
			number(text).into_iter().collect()
		}
		(_, "birthDate") => birth_date(text),
		(_, "family" | "given") => name_words(text),
		("name" | "valueHumanName", "text") => name_words(text),
		(_, "postalCode") => number(text).into_iter().collect(),
		(_, "line") => word(text, 4).into_iter().collect(),
		("address" | "valueAddress", "text") => word(text, 4).into_iter().collect(),
		(_, "city" | "district") => word(text, 3).into_iter().collect(),
		("extension", "valueString") if url_of(value).is_some_and(|url| url.ends_with("mothersMaidenName")) => {
			name_words(text)
		}
		_ => Vec::new(),
	}
}

fn url_of<'a>(value: Value<'_, 'a>) -> Option<Cow<'a, str>> {
	value.parent().filter(|parent| parent.kind() == Kind::Object)?.text_of("url")
}

/// The name as a whole, and its longer parts by themselves.
fn name_words(text: &str) -> Vec<(String, Strength)> {
	let parts = text.split(|char: char| !char.is_alphanumeric() && char != '\'' && char != '’');
	let parts = parts.filter(|part| part.chars().count() >= 4).filter_map(|part| word(part, 4));
	word(text, 2).into_iter().chain(parts).collect()
}

/// The date in the orders in which people write it.
fn birth_date(text: &str) -> Vec<(String, Strength)> {
	let date = |text: String| (text, Strength::Number);
	let mut phrases = Vec::new();
	let parts: Vec<_> = text.split('-').collect();
	if let [year, month, day] = parts[..] {
		let short = |part: &str| part.trim_start_matches('0').to_owned();
		phrases.extend([date(text.to_owned()), date([year, month, day].concat())]);
		for (month, day) in [(month.to_owned(), day.to_owned()), (short(month), short(day))] {
			phrases.extend([date(format!("{day}.{month}.{year}")), date(format!("{month}/{day}/{year}"))]);
		}
	} else if parts.len() == 2 {
		phrases.push(date(text.to_owned()));
	}
	phrases
}

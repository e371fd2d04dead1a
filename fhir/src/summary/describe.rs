//! A bundle of an emergency in the words of a clinician.

use super::{
	compose::nothing_on_record,
	select::{code_of, given, kind, medication_id, section_of, Given, WHEN_GIVEN},
	Section,
};
use crate::{
	json::{Kind, Tape, Value},
	kinds::category_of_kind,
	FhirError,
};
use salus_policy::Moment;
use std::collections::BTreeMap;
use time::{format_description::well_known::Rfc3339, OffsetDateTime};

/// One row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
	/// Where it belongs: a section of the summary, or the category of a record.
	pub section: String,
	/// What it is.
	pub what: String,
	/// What else is known: since when, how much, how bad.
	pub details: String,
}

/// The rows of a bundle made by [`super::summary`] or [`super::collection`]: the patient, the sections of a summary in their order with a row for each
/// empty one, then everything else by category. Control characters of the records are not passed on: they could forge what a
/// terminal shows.
///
/// # Errors
/// Those of a bundle that cannot be read.
pub fn describe(bundle: &[u8]) -> Result<Vec<Row>, FhirError> {
	let tape = Tape::parse(bundle)?;
	let is_document = tape.root().text_of("type").as_deref() == Some("document");
	let resources = || tape.root().get("entry").into_iter().flat_map(Value::each).filter_map(|it| it.get("resource"));
	let substances = Substances::of(resources());
	let mut patient = Vec::new();
	let mut sections: BTreeMap<Section, Vec<Row>> = BTreeMap::new();
	let mut others: Vec<Row> = Vec::new();
	for entry in tape.root().get("entry").into_iter().flat_map(Value::each) {
		let Some(resource) = entry.get("resource").filter(|resource| resource.kind() == Kind::Object) else {
			return Err(FhirError::MissingResource { path: entry.path() });
		};
		let kind = kind(resource);
		let (what, details) = entry_words(resource, &substances);
		match (kind.as_str(), section_of(resource)) {
			("Composition", _) if is_document => {}
			("Patient", _) => patient.push(row("Patient", what, details)),
			(_, Some(section)) => sections.entry(section).or_default().push(row(section.title(), what, details)),
			// Its name already stands with the medication that refers to it.
			("Medication", None) if is_document => {}
			_ => others.push(row(category_of_kind(&kind).map_or("other", |category| category.name()), what, details)),
		}
	}
	let mut rows = patient;
	for section in Section::ALL {
		match sections.remove(&section) {
			Some(members) => rows.extend(members),
			None if is_document => {
				rows.push(row(section.title(), nothing_on_record(section).to_owned(), String::new()));
			}
			None => {}
		}
	}
	others.sort_by(|one, other| one.section.cmp(&other.section));
	rows.extend(others);
	Ok(rows)
}

fn row(section: &str, what: String, details: String) -> Row {
	Row { section: section.to_owned(), what: printable(&what), details: printable(&details) }
}

fn printable(text: &str) -> String {
	text.chars().map(|char| if char.is_control() { ' ' } else { char }).collect()
}

/// Ids of `Medication` resources and what they are, for those that refer to them.
pub(super) struct Substances<'t, 'a>(BTreeMap<String, Value<'t, 'a>>);

impl<'t, 'a> Substances<'t, 'a> {
	pub(super) fn of(resources: impl Iterator<Item = Value<'t, 'a>>) -> Self {
		let medications = resources.filter(|resource| kind(*resource) == "Medication");
		Self(medications.filter_map(|one| Some((text(one, "id")?, named(one, "code")?))).collect())
	}

	/// The concept that names the medication of a resource: its own, or that of the medication it refers to, inside it or
	/// among these.
	pub(super) fn meant_by(&self, resource: Value<'t, 'a>) -> Option<Value<'t, 'a>> {
		named(resource, "medicationCodeableConcept").or_else(|| {
			let target = resource.get("medicationReference")?.text_of("reference")?;
			match target.strip_prefix('#') {
				Some(id) => Self::of(resource.get("contained").into_iter().flat_map(Value::each)).0.remove(id),
				None => self.0.get(medication_id(&target)?).copied(),
			}
		})
	}
}

/// A CodeableConcept that has words.
fn named<'t, 'a>(resource: Value<'t, 'a>, element: &str) -> Option<Value<'t, 'a>> {
	let concept = resource.get(element)?.each().next()?;
	concept_words(concept).is_some_and(|words| !words.is_empty()).then_some(concept)
}

/// What a resource is, and what else is known of it.
pub(super) fn entry_words<'t, 'a>(resource: Value<'t, 'a>, substances: &Substances<'t, 'a>) -> (String, String) {
	let kind = kind(resource);
	match kind.as_str() {
		"Patient" => {
			(person(resource), joined([prefixed("born ", resource.text_of("birthDate")), text(resource, "gender")]))
		}
		"Condition" => (
			concept(resource, "code").unwrap_or(kind),
			joined([
				not_default(code_of(resource, "clinicalStatus"), "active"),
				not_default(code_of(resource, "verificationStatus"), "confirmed"),
				concept(resource, "severity"),
				since(resource, &["onsetDateTime", "onsetPeriod", "onsetString", "recordedDate"]),
			]),
		),
		"AllergyIntolerance" => (
			allergen(resource).unwrap_or_else(|| "allergy to something that is not named".to_owned()),
			joined([
				text(resource, "criticality").filter(|risk| risk == "high").map(|_| "HIGH RISK".to_owned()),
				not_default(code_of(resource, "clinicalStatus"), "active"),
				not_default(code_of(resource, "verificationStatus"), "confirmed"),
				reactions(resource),
				since(resource, &["onsetDateTime", "recordedDate"]),
			]),
		),
		"MedicationDispense" | "MedicationAdministration" => {
			let (done, usual) = match given(resource) {
				// A status of completed says that it was collected, at a time that is not stated: it is told.
				Some(Given::Prepared) => ("prepared", "in-progress"),
				Some(Given::Administered) => ("administered", "completed"),
				_ => ("dispensed", "completed"),
			};
			let end = resource.get("effectivePeriod").and_then(|period| date(period, &["end"]));
			(
				medication(resource, substances),
				joined([
					Some(worded(done, date(resource, &WHEN_GIVEN))),
					end.map(|end| format!("until {end}")),
					not_default(text(resource, "status"), usual),
					resource.get("quantity").and_then(quantity),
					dosage(resource),
				]),
			)
		}
		"MedicationRequest" | "MedicationStatement" => (
			medication(resource, substances),
			joined([
				resource.get("doNotPerform").filter(|it| it.raw() == "true").map(|_| "NOT TO BE GIVEN".to_owned()),
				not_default(text(resource, "status"), "active"),
				dosage(resource),
				since(resource, &["authoredOn", "effectiveDateTime", "effectivePeriod", "dateAsserted"]),
			]),
		),
		"Observation" => {
			let what = concept(resource, "code").unwrap_or(kind);
			let what = value(resource).map(|value| format!("{what}: {value}")).unwrap_or(what);
			(
				what,
				joined([
					not_default(text(resource, "status"), "final"),
					date(resource, &["effectiveDateTime", "effectivePeriod", "issued"]),
				]),
			)
		}
		_ => {
			let named = ["code", "vaccineCode", "type", "category", "description", "title"];
			let what = named.iter().find_map(|element| concept(resource, element).or_else(|| text(resource, element)));
			let what = what.map_or_else(|| kind.clone(), |what| format!("{kind}: {what}"));
			let dates = [
				"performedDateTime",
				"performedPeriod",
				"occurrenceDateTime",
				"period",
				"effectiveDateTime",
				"created",
				"date",
				"authoredOn",
			];
			(what, joined([text(resource, "status"), date(resource, &dates)]))
		}
	}
}

fn joined<const N: usize>(parts: [Option<String>; N]) -> String {
	parts.into_iter().flatten().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

fn text(resource: Value<'_, '_>, element: &str) -> Option<String> {
	resource.text_of(element).map(|text| text.into_owned())
}

fn prefixed(prefix: &str, text: Option<std::borrow::Cow<'_, str>>) -> Option<String> {
	text.map(|text| format!("{prefix}{text}"))
}

fn not_default(found: Option<String>, default: &str) -> Option<String> {
	found.filter(|found| found != default)
}

/// Text of a CodeableConcept, else the display of its first coding, else the code.
fn concept(resource: Value<'_, '_>, element: &str) -> Option<String> {
	resource.get(element).and_then(|found| found.each().next()).and_then(concept_words)
}

fn concept_words(concept: Value<'_, '_>) -> Option<String> {
	let of_codings = |member: &str| concept.get("coding")?.children().find_map(|coding| coding.text_of(member));
	concept
		.text_of("text")
		.or_else(|| of_codings("display"))
		.or_else(|| of_codings("code"))
		.map(|words| words.into_owned())
}

fn person(patient: Value<'_, '_>) -> String {
	let names = || patient.get("name").into_iter().flat_map(Value::each);
	let official = names().find(|name| name.text_of("use").as_deref() == Some("official"));
	let Some(name) = official.or_else(|| names().next()) else { return "name not on record".to_owned() };
	if let Some(whole) = name.text_of("text") {
		return whole.into_owned();
	}
	let given = name.get("given").into_iter().flat_map(Value::each).filter_map(Value::text);
	given.chain(name.text_of("family")).collect::<Vec<_>>().join(" ")
}

fn medication<'t, 'a>(resource: Value<'t, 'a>, substances: &Substances<'t, 'a>) -> String {
	let named = substances.meant_by(resource).and_then(concept_words);
	let named = named.or_else(|| text(resource.get("medicationReference")?, "display"));
	named.unwrap_or_else(|| "medication not named".to_owned())
}

/// Every instruction: one for the morning and one for the evening are two.
fn dosage(resource: Value<'_, '_>) -> Option<String> {
	let instructions = resource.get("dosageInstruction").or_else(|| resource.get("dosage"))?;
	let words: Vec<_> = instructions.each().filter_map(one_dosage).collect();
	(!words.is_empty()).then(|| words.join("; "))
}

fn one_dosage(dosage: Value<'_, '_>) -> Option<String> {
	text(dosage, "text").or_else(|| text(dosage, "patientInstruction")).or_else(|| {
		let rate = dosage.get("doseAndRate").and_then(|rates| rates.each().next());
		// What was administered has one dose.
		let dose = rate.and_then(|rate| rate.get("doseQuantity")).or_else(|| dosage.get("dose")).and_then(quantity);
		let repeat = dosage.get("timing").and_then(|timing| timing.get("repeat"));
		let often = repeat.and_then(|repeat| {
			let (times, period) = (repeat.get("frequency")?.raw(), repeat.get("period")?.raw());
			Some(format!("{times} time(s) in {period} {}", repeat.text_of("periodUnit")?))
		});
		let both = joined([dose, often]);
		(!both.is_empty()).then_some(both)
	})
}

/// What the patient does not bear: the code, and the substances of reactions that it does not name.
fn allergen(allergy: Value<'_, '_>) -> Option<String> {
	let mut named: Vec<_> = concept(allergy, "code").into_iter().collect();
	for reaction in allergy.get("reaction").into_iter().flat_map(Value::each) {
		match concept(reaction, "substance") {
			Some(substance) if !named.contains(&substance) => named.push(substance),
			_ => {}
		}
	}
	(!named.is_empty()).then(|| named.join(", "))
}

fn reactions(allergy: Value<'_, '_>) -> Option<String> {
	let reactions = allergy.get("reaction").into_iter().flat_map(Value::each);
	let words: Vec<_> = reactions
		.flat_map(|reaction| {
			let manifestations =
				reaction.get("manifestation").into_iter().flat_map(Value::each).filter_map(concept_words);
			manifestations.chain(text(reaction, "severity"))
		})
		.collect();
	(!words.is_empty()).then(|| words.join(", "))
}

/// The value of an observation, numbers as written.
fn value(observation: Value<'_, '_>) -> Option<String> {
	let value = observation.children().find(|member| member.key().starts_with("value"))?;
	match value.kind() {
		Kind::Object if value.get("value").is_some() => quantity(value),
		Kind::Object => concept_words(value),
		Kind::Plain | Kind::Escaped => value.text().map(|text| text.into_owned()),
		_ => Some(value.raw().to_owned()),
	}
}

fn quantity(quantity: Value<'_, '_>) -> Option<String> {
	let number = quantity.get("value")?.raw();
	let comparator = quantity.text_of("comparator").unwrap_or_default();
	let unit = quantity.text_of("unit").or_else(|| quantity.text_of("code")).unwrap_or_default();
	Some(format!("{comparator}{number} {unit}").trim_end().to_owned())
}

/// What was done, and when, as far as it is known.
fn worded(done: &str, date: Option<String>) -> String {
	let date = date.unwrap_or_else(|| "at an unknown date".to_owned());
	format!("{done} {date}")
}

fn since(resource: Value<'_, '_>, elements: &[&str]) -> Option<String> {
	date(resource, elements).map(|date| format!("since {date}"))
}

/// The day of the first of these elements that is there; the start of a period.
fn date(resource: Value<'_, '_>, elements: &[&str]) -> Option<String> {
	let stated = elements.iter().find_map(|element| {
		let found = resource.get(element)?;
		found.text().or_else(|| found.text_of("start"))
	})?;
	// A day, a month or a year; texts are not cut.
	let is_time = stated.len() > 10 && stated.is_char_boundary(10) && stated.as_bytes()[10] == b'T';
	Some(if is_time { stated[..10].to_owned() } else { stated.into_owned() })
}

/// A FHIR instant, UTC.
pub(super) fn instant(at: Moment) -> String {
	let nanos = i128::from(at) * 1_000_000;
	let time = OffsetDateTime::from_unix_timestamp_nanos(nanos).unwrap_or(OffsetDateTime::UNIX_EPOCH);
	time.format(&Rfc3339).unwrap_or_default()
}

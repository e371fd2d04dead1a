//! What an emergency is told: what is taken, what is left out, and that the bytes are those that were taken in.

#![allow(clippy::unwrap_used)]

mod common;

use common::{corpus, samples};
use salus_fhir::{
	summary::{collection, describe, summary, Made, Row, Section},
	Bundle, BundleType, FhirError,
};
use serde_json::{json, Value};

const MADE: Made<'static> = Made { by: "Hospital 1", at: 1_795_000_000_000, id: [7; 16] };

fn originals(bytes: &[u8]) -> Vec<Vec<u8>> {
	Bundle::parse(bytes).unwrap().resources().map(|resource| resource.original.to_vec()).collect()
}

fn made_of(resources: &[Vec<u8>]) -> Vec<u8> {
	let slices: Vec<&[u8]> = resources.iter().map(Vec::as_slice).collect();
	summary(&slices, &MADE).unwrap().bytes
}

fn made_of_json(resources: &[Value]) -> Vec<u8> {
	made_of(&resources.iter().map(|resource| resource.to_string().into_bytes()).collect::<Vec<_>>())
}

fn patient() -> Value {
	json!({"resourceType":"Patient","id":"p1","name":[{"family":"Muster","given":["Änne"]}],"birthDate":"1984-07-19","gender":"female"})
}

fn coded(kind: &str, id: &str, text: &str) -> Value {
	let subject = if kind == "AllergyIntolerance" { "patient" } else { "subject" };
	let mut resource = json!({"resourceType":kind,"id":id,"code":{"coding":[{"system":"http://snomed.info/sct","code":"38341003"}],"text":text}});
	resource[subject] = json!({"reference":"Patient/p1"});
	resource
}

fn with(mut resource: Value, members: Value) -> Value {
	let members = members.as_object().unwrap().clone();
	resource.as_object_mut().unwrap().extend(members);
	resource
}

fn status(element: &str, code: &str) -> Value {
	json!({ element: {"coding":[{"code":code}]} })
}

fn medication(id: &str, text: &str, status: &str) -> Value {
	json!({"resourceType":"MedicationRequest","id":id,"status":status,"intent":"order","subject":{"reference":"Patient/p1"},
		"medicationCodeableConcept":{"text":text}})
}

fn blood_group(id: &str, code: &str, value: &str, at: &str) -> Value {
	json!({"resourceType":"Observation","id":id,"status":"final","subject":{"reference":"Patient/p1"},"effectiveDateTime":at,
		"code":{"coding":[{"system":"http://loinc.org","code":code}],"text":"ABO and Rh group"},"valueCodeableConcept":{"text":value,"coding":[{"code":value}]}})
}

fn of(rows: &[Row], section: Section) -> Vec<String> {
	rows.iter().filter(|row| row.section == section.title()).map(|row| row.what.clone()).collect()
}

fn section<'a>(document: &'a Value, code: &str) -> &'a Value {
	let sections = document["entry"][0]["resource"]["section"].as_array().unwrap();
	sections.iter().find(|section| section["code"]["coding"][0]["code"] == code).unwrap()
}

#[test]
fn a_summary_is_a_document_whose_sections_refer_to_its_entries() {
	for (name, bytes) in samples() {
		let made = made_of(&originals(&bytes));
		let document: Value = serde_json::from_slice(&made).unwrap();
		assert_eq!((&document["resourceType"], &document["type"]), (&json!("Bundle"), &json!("document")), "{name}");
		assert_eq!(document["timestamp"], "2026-11-18T11:06:40Z", "{name}");
		let composition = &document["entry"][0]["resource"];
		assert_eq!(composition["type"]["coding"][0]["code"], "60591-5", "{name}");
		let urls: Vec<&str> =
			document["entry"].as_array().unwrap().iter().map(|entry| entry["fullUrl"].as_str().unwrap()).collect();
		assert!(urls.contains(&composition["subject"]["reference"].as_str().unwrap()), "{name}");
		for code in ["11450-4", "10160-0", "48765-2", "30954-2"] {
			let section = section(&document, code);
			let entries = section["entry"].as_array().cloned().unwrap_or_default();
			assert_eq!(section["emptyReason"].is_null(), !entries.is_empty(), "{name} {code}");
			for entry in entries {
				assert!(urls.contains(&entry["reference"].as_str().unwrap()), "{name} {code}");
			}
		}
		// The document is a bundle that the own parser takes.
		assert_eq!(Bundle::parse(&made).unwrap().bundle_type(), BundleType::Document, "{name}");
	}
}

#[test]
fn the_resources_in_a_summary_are_the_bytes_that_were_taken_in() {
	for (name, bytes) in samples().into_iter().chain(corpus()) {
		if matches!(Bundle::parse(&bytes), Err(FhirError::NoPatient)) {
			continue;
		}
		let taken_in = originals(&bytes);
		let made = made_of(&taken_in);
		let whole = collection(&taken_in.iter().map(Vec::as_slice).collect::<Vec<_>>(), &MADE).unwrap();
		let entries = Bundle::parse(&made).unwrap().resources().count();
		for resource in Bundle::parse(&made).unwrap().resources().skip(1) {
			assert!(taken_in.iter().any(|original| original == resource.original), "{name}: {}", resource.kind);
		}
		let parsed = Bundle::parse(&whole).unwrap();
		assert!(parsed.resources().map(|resource| resource.original).eq(taken_in.iter().map(Vec::as_slice)), "{name}");
		assert!((2..=parsed.resources().count() + 1).contains(&entries), "{name}");
		let rows = describe(&made).unwrap();
		assert_eq!(rows.first().map(|row| row.section.as_str()), Some("Patient"), "{name}");
		assert!(describe(&whole).unwrap().len() >= rows.len() - Section::ALL.len(), "{name}");
	}
}

#[test]
fn the_summary_of_the_corpus_holds_what_is_active_there() {
	for (name, bytes) in corpus() {
		if matches!(Bundle::parse(&bytes), Err(FhirError::NoPatient)) {
			continue;
		}
		let file: Value = serde_json::from_slice(&bytes).unwrap();
		let resources = || file["entry"].as_array().unwrap().iter().map(|entry| &entry["resource"]);
		let active = |kind: &str| {
			resources()
				.filter(|one| one["resourceType"] == kind)
				.filter(|one| one["status"] == "active" || one["clinicalStatus"]["coding"][0]["code"] == "active")
				.count()
		};
		let rows = describe(&made_of(&originals(&bytes))).unwrap();
		for (section, kind) in [
			(Section::Problems, "Condition"),
			(Section::Medications, "MedicationRequest"),
			(Section::Allergies, "AllergyIntolerance"),
		] {
			// An empty section has a row that says so.
			assert_eq!(of(&rows, section).len(), active(kind).max(1), "{name} {kind}");
		}
	}
}

#[test]
fn what_is_over_refuted_or_only_proposed_is_left_out() {
	let condition = |id: &str| coded("Condition", id, id);
	let allergy = |id: &str| coded("AllergyIntolerance", id, id);
	let made = made_of_json(&[
		patient(),
		with(condition("active"), status("clinicalStatus", "active")),
		with(condition("relapse"), status("clinicalStatus", "relapse")),
		condition("unsaid"),
		with(condition("ended"), json!({"abatementDateTime":"2020"})),
		with(condition("resolved"), status("clinicalStatus", "resolved")),
		with(condition("remission"), status("clinicalStatus", "remission")),
		with(condition("refuted"), status("verificationStatus", "refuted")),
		with(condition("error"), status("verificationStatus", "entered-in-error")),
		allergy("penicillin"),
		with(allergy("latex"), status("clinicalStatus", "inactive")),
		with(allergy("nuts"), status("verificationStatus", "refuted")),
		medication("metformin", "metformin", "active"),
		medication("warfarin", "warfarin", "on-hold"),
		medication("ibuprofen", "ibuprofen", "completed"),
		medication("codeine", "codeine", "stopped"),
		medication("mistake", "mistake", "entered-in-error"),
		with(medication("idea", "idea", "active"), json!({"intent":"proposal"})),
	]);
	let rows = describe(&made).unwrap();
	let mut problems = of(&rows, Section::Problems);
	problems.sort();
	assert_eq!(problems, ["active", "relapse", "unsaid"]);
	assert_eq!(of(&rows, Section::Allergies), ["penicillin"]);
	let mut medications = of(&rows, Section::Medications);
	medications.sort();
	assert_eq!(medications, ["metformin", "warfarin"]);
	assert!(rows.iter().any(|row| row.what == "warfarin" && row.details.contains("on-hold")));
}

#[test]
fn of_several_versions_the_newest_one_counts() {
	let version = |text: &str, at: &str| with(coded("Condition", "c1", text), json!({"meta":{"lastUpdated":at}}));
	let newer_first = [patient(), version("newer", "2025-01-02T00:00:00Z"), version("older", "2025-01-01T00:00:00Z")];
	assert_eq!(of(&describe(&made_of_json(&newer_first)).unwrap(), Section::Problems), ["newer"]);
	// Without times the order of taking in decides.
	let unsaid = [patient(), coded("Condition", "c1", "first"), coded("Condition", "c1", "second")];
	assert_eq!(of(&describe(&made_of_json(&unsaid)).unwrap(), Section::Problems), ["second"]);
	// The newest one is over: the older one does not come back.
	let over = with(version("over", "2025-01-03T00:00:00Z"), status("clinicalStatus", "resolved"));
	let rows = describe(&made_of_json(&[patient(), version("active", "2025-01-01T00:00:00Z"), over])).unwrap();
	assert_eq!(of(&rows, Section::Problems), ["No diagnosis on record. That does not mean that there is none."]);
}

#[test]
fn blood_groups_that_disagree_all_stay() {
	let made = made_of_json(&[
		patient(),
		blood_group("b1", "882-1", "A positive", "2019-01-01"),
		blood_group("b2", "882-1", "A positive", "2024-01-01"),
		blood_group("b3", "882-1", "O negative", "2022-01-01"),
		blood_group("b4", "10331-7", "positive", "2022-01-01"),
		blood_group("glucose", "2345-7", "5.5", "2022-01-01"),
		with(blood_group("b5", "883-9", "B", "2025-01-01"), json!({"status":"preliminary"})),
	]);
	let rows = describe(&made).unwrap();
	let group = |value: &str| format!("ABO and Rh group: {value}");
	assert_eq!(of(&rows, Section::Results), [group("A positive"), group("positive"), group("O negative")]);
	assert!(rows.iter().any(|row| row.what.contains("A positive") && row.details == "2024-01-01"));
	let document: Value = serde_json::from_slice(&made).unwrap();
	assert_eq!(section(&document, "30954-2")["entry"].as_array().unwrap().len(), 3);
}

#[test]
fn an_empty_section_says_that_nothing_is_on_record_and_not_that_there_is_none() {
	let made = made_of_json(&[patient()]);
	let document: Value = serde_json::from_slice(&made).unwrap();
	for code in ["11450-4", "10160-0", "48765-2", "30954-2"] {
		let section = section(&document, code);
		assert_eq!(section["emptyReason"]["coding"][0]["code"], "unavailable");
		assert!(section["entry"].is_null());
		assert!(section["text"]["div"].as_str().unwrap().contains("on record"));
	}
	let rows = describe(&made).unwrap();
	assert_eq!(
		rows[0],
		Row { section: "Patient".into(), what: "Änne Muster".into(), details: "born 1984-07-19, female".into() }
	);
	assert_eq!(rows.len(), 5);
	let slices = [patient().to_string().into_bytes()];
	assert_eq!(summary(&[&slices[0]], &MADE).unwrap().entries, 0);
}

#[test]
fn a_medication_that_lies_in_another_resource_is_named() {
	let by_reference = |id: &str, target: &str| {
		let mut request = medication(id, "", "active");
		request.as_object_mut().unwrap().remove("medicationCodeableConcept");
		with(request, json!({"medicationReference":{"reference":target}}))
	};
	let substance = json!({"resourceType":"Medication","id":"m1","code":{"text":"insulin glargine"}});
	let contained = with(
		by_reference("r2", "#inside"),
		json!({"contained":[{"resourceType":"Medication","id":"inside","code":{"text":"heparin"}}]}),
	);
	let made = made_of_json(&[patient(), substance.clone(), by_reference("r1", "Medication/m1"), contained]);
	let rows = describe(&made).unwrap();
	let mut named = of(&rows, Section::Medications);
	named.sort();
	assert_eq!(named, ["heparin", "insulin glargine"]);
	for target in ["Medication/m1/_history/1", "https://ehr.example/fhir/Medication/m1", "urn:uuid:m1"] {
		// Its id is the version of the reference: it must not be taken for the medication.
		let other = json!({"resourceType":"Medication","id":"1","code":{"text":"warfarin"}});
		let rows = describe(&made_of_json(&[patient(), substance.clone(), other, by_reference("r1", target)])).unwrap();
		assert_eq!(of(&rows, Section::Medications), ["insulin glargine"], "{target}");
	}
	let document: Value = serde_json::from_slice(&made).unwrap();
	assert!(section(&document, "10160-0")["text"]["div"].as_str().unwrap().contains("insulin glargine"));
}

#[test]
fn an_allergy_is_named_by_the_substances_of_its_reactions_too() {
	let reaction = |substance: &str| json!({"substance":{"text":substance},"manifestation":[{"text":"anaphylaxis"}]});
	let mut nameless = coded("AllergyIntolerance", "a1", "");
	nameless.as_object_mut().unwrap().remove("code");
	let nameless = with(nameless, json!({"reaction":[reaction("amoxicillin")]}));
	let named = with(coded("AllergyIntolerance", "a2", "penicillins"), json!({"reaction":[reaction("ampicillin")]}));
	let rows = describe(&made_of_json(&[patient(), nameless, named])).unwrap();
	let mut allergies = of(&rows, Section::Allergies);
	allergies.sort();
	assert_eq!(allergies, ["amoxicillin", "penicillins, ampicillin"]);
}

#[test]
fn no_allergy_is_left_out_because_another_source_gave_the_same_id() {
	let of_two_sources =
		[patient(), coded("AllergyIntolerance", "1", "latex"), coded("AllergyIntolerance", "1", "nuts")];
	let rows = describe(&made_of_json(&of_two_sources)).unwrap();
	let mut allergies = of(&rows, Section::Allergies);
	allergies.sort();
	assert_eq!(allergies, ["latex", "nuts"]);
}

#[test]
fn every_instruction_of_a_dosage_is_told() {
	let dosage = json!({"dosageInstruction":[{"text":"10 units in the morning"},{"text":"4 units at night"}]});
	let rows = describe(&made_of_json(&[patient(), with(medication("m", "insulin", "active"), dosage)])).unwrap();
	let row = rows.iter().find(|row| row.section == Section::Medications.title()).unwrap();
	assert!(row.details.contains("10 units in the morning; 4 units at night"), "{}", row.details);
}

#[test]
fn words_of_records_cannot_forge_what_is_shown() {
	let named = "<b>none</b>\u{1b}[2J\nAllergies: none";
	let made = made_of_json(&[patient(), with(coded("AllergyIntolerance", "a", named), json!({"criticality":"high"}))]);
	let rows = describe(&made).unwrap();
	let row = rows.iter().find(|row| row.section == Section::Allergies.title()).unwrap();
	assert!(!row.what.chars().any(char::is_control));
	assert_eq!(row.details, "HIGH RISK");
	let document: Value = serde_json::from_slice(&made).unwrap();
	assert!(!section(&document, "48765-2")["text"]["div"].as_str().unwrap().contains("<b>"));
}

#[test]
fn without_a_patient_there_is_no_summary() {
	let condition = coded("Condition", "c", "x").to_string().into_bytes();
	assert_eq!(summary(&[&condition], &MADE).unwrap_err(), FhirError::NoPatient);
	assert_eq!(collection(&[&condition], &MADE).unwrap_err(), FhirError::NoPatient);
	assert!(matches!(summary(&[b"{"], &MADE), Err(FhirError::Truncated { .. })));
}

#[test]
fn a_summary_does_not_show_in_debug_output() {
	let bytes = patient().to_string().into_bytes();
	let made = summary(&[&bytes], &MADE).unwrap();
	assert!(!format!("{made:?}").contains("Muster"));
}

/// A day so long before the summary is made.
fn days_before(days: u64) -> String {
	let at = i64::try_from(MADE.at / 1_000).unwrap() - i64::try_from(days).unwrap() * 86_400;
	time::OffsetDateTime::from_unix_timestamp(at).unwrap().date().to_string()
}

fn given(kind: &str, id: &str, what: &str, status: &str, time: Option<(&str, &str)>) -> Value {
	let mut resource = json!({"resourceType":kind,"id":id,"status":status,"subject":{"reference":"Patient/p1"},
		"medicationCodeableConcept":{"text":what}});
	if let Some((element, at)) = time {
		resource[element] = json!(at);
	}
	resource
}

#[test]
fn what_was_dispensed_or_administered_lately_is_told_as_that() {
	let dispensed = |id: &str, what: &str, status: &str, days| {
		given("MedicationDispense", id, what, status, Some(("whenHandedOver", &days_before(days))))
	};
	let administered = |id: &str, what: &str, status: &str, days| {
		given("MedicationAdministration", id, what, status, Some(("effectiveDateTime", &days_before(days))))
	};
	let made = made_of_json(&[
		patient(),
		with(
			dispensed("d1", "apixaban", "completed", 179),
			json!({"quantity":{"value":60,"unit":"tablets"},"dosageInstruction":[{"text":"one in the morning"}]}),
		),
		dispensed("d2", "ramipril", "completed", 181),
		dispensed("d3", "tilidine", "cancelled", 1),
		dispensed("d4", "codeine", "entered-in-error", 1),
		with(administered("a1", "haloperidol", "completed", 89), json!({"dosage":{"dose":{"value":50,"unit":"mg"}}})),
		administered("a2", "cefuroxime", "completed", 91),
		administered("a3", "alteplase", "stopped", 0),
		administered("a4", "morphine", "not-done", 0),
		given("MedicationAdministration", "a5", "vaccine", "completed", None),
	]);
	let rows = describe(&made).unwrap();
	let mut told: Vec<_> = rows.iter().filter(|row| row.section == Section::Medications.title()).collect();
	told.sort_by(|one, other| one.what.cmp(&other.what));
	let told: Vec<_> = told.iter().map(|row| (row.what.as_str(), row.details.clone())).collect();
	assert_eq!(
		told,
		[
			("alteplase", format!("administered {}, stopped", days_before(0))),
			("apixaban", format!("dispensed {}, 60 tablets, one in the morning", days_before(179))),
			("haloperidol", format!("administered {}, 50 mg", days_before(89))),
			("vaccine", "administered at an unknown date".to_owned()),
		]
	);
	let document: Value = serde_json::from_slice(&made).unwrap();
	let section = section(&document, "10160-0");
	assert_eq!(section["entry"].as_array().unwrap().len(), told.len());
	assert!(section["text"]["div"].as_str().unwrap().contains("apixaban: dispensed"));
}

#[test]
fn of_a_medication_that_is_given_every_day_the_last_time_is_told() {
	let on = |id: &str, what: &str, days| {
		given("MedicationAdministration", id, what, "completed", Some(("effectiveDateTime", &days_before(days))))
	};
	let mut records = vec![patient(), medication("m", "heparin", "active")];
	records.extend((1..20).map(|day| on(&format!("a{day}"), "heparin", day)));
	records.push(on("i", "insulin", 5));
	let rows = describe(&made_of_json(&records)).unwrap();
	let mut told: Vec<_> = rows.iter().filter(|row| row.section == Section::Medications.title()).collect();
	told.sort_by(|one, other| (&one.what, &one.details).cmp(&(&other.what, &other.details)));
	assert_eq!(told.iter().map(|row| row.what.as_str()).collect::<Vec<_>>(), ["heparin", "heparin", "insulin"]);
	assert!(told.iter().any(|row| row.details == format!("administered {}", days_before(1))));
}

/// The medications that are told, with their details, by name.
fn medications(records: &[Value]) -> Vec<(String, String)> {
	let rows = describe(&made_of_json(&[&[patient()], records].concat())).unwrap();
	let rows = rows.into_iter().filter(|row| row.section == Section::Medications.title());
	let mut told: Vec<_> = rows.map(|row| (row.what, row.details)).collect();
	told.sort();
	told
}

fn names(told: &[(String, String)]) -> Vec<&str> {
	told.iter().map(|(what, _)| what.as_str()).collect()
}

/// A dispense whose medication is another resource.
fn referring(id: &str, target: &str, days: u64) -> Value {
	let mut dispense = given("MedicationDispense", id, "", "completed", Some(("whenHandedOver", &days_before(days))));
	dispense.as_object_mut().unwrap().remove("medicationCodeableConcept");
	with(dispense, json!({"medicationReference":{"reference":target}}))
}

#[test]
fn another_medication_stays_when_its_reference_reads_the_same() {
	let contained = |id: &str, what: &str, days| {
		let inside = json!({"contained":[{"resourceType":"Medication","id":"med","code":{"text":what}}]});
		with(referring(id, "#med", days), inside)
	};
	let told = medications(&[
		contained("d1", "warfarin", 170),
		contained("d2", "paracetamol", 60),
		contained("d3", "paracetamol", 10),
	]);
	assert_eq!(names(&told), ["paracetamol", "warfarin"]);
	assert_eq!(told[0].1, format!("dispensed {}", days_before(10)));
}

#[test]
fn a_medication_is_told_once_when_it_is_named_here_and_referred_to_there() {
	let substance = |id: &str, what: &str| json!({"resourceType":"Medication","id":id,"code":{"text":what}});
	let told = medications(&[
		substance("m1", "warfarin"),
		substance("m2", "warfarin"),
		referring("d1", "Medication/m1", 9),
		referring("d2", "urn:uuid:m2", 8),
		given("MedicationDispense", "d3", "warfarin", "completed", Some(("whenHandedOver", &days_before(7)))),
	]);
	assert_eq!(told, [("warfarin".to_owned(), format!("dispensed {}", days_before(7)))]);
}

#[test]
fn a_medication_that_cannot_be_resolved_hides_no_other() {
	for target in ["#med", "Medication/elsewhere"] {
		let told = medications(&[referring("d1", target, 9), referring("d2", target, 8)]);
		assert_eq!(names(&told), ["medication not named"; 2], "{target}");
	}
	for nameless in [json!({}), json!({"text":""}), json!({"coding":[{"system":"http://snomed.info/sct"}]})] {
		let one = |id: &str| with(referring(id, "#med", 9), json!({"medicationCodeableConcept":nameless}));
		assert_eq!(medications(&[one("d1"), one("d2")]).len(), 2, "{nameless}");
	}
}

#[test]
fn an_administration_is_told_by_its_end() {
	let over = |id: &str, status: &str, period: Value| {
		with(given("MedicationAdministration", id, id, status, None), json!({"effectivePeriod":period}))
	};
	let told = medications(&[
		over("running", "in-progress", json!({"start":days_before(91),"end":days_before(91)})),
		over("open", "unknown", json!({"start":days_before(400)})),
		over("ended lately", "completed", json!({"start":days_before(100),"end":days_before(89)})),
		over("ended long ago", "completed", json!({"start":days_before(100),"end":days_before(91)})),
		given(
			"MedicationAdministration",
			"bolus",
			"bolus",
			"in-progress",
			Some(("effectiveDateTime", &days_before(91))),
		),
	]);
	assert_eq!(names(&told), ["bolus", "ended lately", "open", "running"]);
	assert_eq!(told[1].1, format!("administered {}, until {}", days_before(100), days_before(89)));
}

#[test]
fn the_last_of_several_courses_is_the_one_that_ended_last() {
	let course = |id: &str, start, end| {
		let period = json!({"start":days_before(start),"end":days_before(end)});
		with(given("MedicationAdministration", id, "heparin", "completed", None), json!({"effectivePeriod":period}))
	};
	let told = medications(&[course("a1", 20, 1), course("a2", 10, 9)]);
	assert_eq!(told.len(), 1);
	assert!(told[0].1.ends_with(&days_before(1)), "{}", told[0].1);
}

#[test]
fn a_date_without_day_is_late_until_it_is_over() {
	// The summary is of November 18.
	for (kind, element, date, is_told) in [
		("MedicationAdministration", "effectiveDateTime", "2026", true),
		("MedicationAdministration", "effectiveDateTime", "2025", false),
		("MedicationAdministration", "effectiveDateTime", "2026-08", true),
		("MedicationAdministration", "effectiveDateTime", "2026-07", false),
		("MedicationDispense", "whenHandedOver", "2026-05", true),
		("MedicationDispense", "whenHandedOver", "2026-04", false),
	] {
		let told = medications(&[given(kind, "g", "warfarin", "completed", Some((element, date)))]);
		assert_eq!(told.iter().any(|(what, _)| what == "warfarin"), is_told, "{kind} {date}");
	}
}

#[test]
fn what_was_given_stays_when_it_was_given_again_in_another_way() {
	let on = |id: &str, status: &str, at: &str| {
		given("MedicationAdministration", id, "alteplase", status, Some(("effectiveDateTime", at)))
	};
	// A part of a dose does not hide the whole one, nor a year the day before.
	let mut details: Vec<_> = medications(&[
		on("a1", "completed", &days_before(2)),
		on("a2", "stopped", &days_before(1)),
		on("a3", "completed", "2026"),
	])
	.into_iter()
	.map(|(_, details)| details)
	.collect();
	details.sort();
	assert_eq!(
		details,
		[
			"administered 2026".to_owned(),
			format!("administered {}", days_before(2)),
			format!("administered {}, stopped", days_before(1)),
		]
	);
}

#[test]
fn what_was_only_prepared_is_told_as_that_and_hides_nothing() {
	let dispense = |id: &str, status: &str, element: &str, days| {
		given("MedicationDispense", id, "apixaban", status, Some((element, &days_before(days))))
	};
	for (status, suffix) in [("in-progress", ""), ("completed", ", completed")] {
		let told = medications(&[
			with(dispense("d1", status, "whenHandedOver", 30), json!({"whenPrepared":days_before(31)})),
			dispense("d2", status, "whenPrepared", 2),
			given("MedicationDispense", "d3", "ramipril", status, Some(("whenPrepared", &days_before(181)))),
		]);
		assert_eq!(told.len(), 2, "{status}");
		assert!(told[0].1.starts_with(&format!("dispensed {}", days_before(30))), "{status}: {}", told[0].1);
		assert_eq!(told[1].1, format!("prepared {}{suffix}", days_before(2)), "{status}");
	}
}

#[test]
fn what_was_not_given_is_left_out_even_when_it_has_no_end() {
	for status in ["entered-in-error", "not-done", "cancelled", "declined"] {
		let records = [
			given("MedicationDispense", "d1", "warfarin", status, Some(("whenPrepared", &days_before(1)))),
			given("MedicationDispense", "d2", "warfarin", status, Some(("whenHandedOver", &days_before(1)))),
			with(
				given("MedicationAdministration", "a1", "warfarin", status, None),
				json!({"effectivePeriod":{"start":days_before(1)}}),
			),
		];
		assert!(!names(&medications(&records)).contains(&"warfarin"), "{status}");
	}
}

//! Categories, classes and times.

#![allow(clippy::unwrap_used)]

mod common;

use common::{corpus, sample, COMPACT, PLAIN, RESTRICTED};
use salus_fhir::{parse_resource, Bundle, PatientIdentity};
use salus_policy::{Category, LabelClass, RecordLabels, Sensitivity};
use serde_json::{json, Value};
use std::collections::{BTreeMap, BTreeSet};

const HIV: LabelClass = LabelClass::Sensitive(Sensitivity::Hiv);
const PSY: LabelClass = LabelClass::Sensitive(Sensitivity::Psychiatry);

/// Labels of the resources of this type in which the text stands.
fn labels_of(bytes: &[u8], kind: &str, text: &str) -> Vec<RecordLabels> {
	let bundle = Bundle::parse(bytes).unwrap();
	let all = bundle.resources().filter(|resource| resource.kind == kind);
	let found: Vec<_> = all
		.filter(|resource| std::str::from_utf8(resource.original).unwrap().contains(text))
		.map(|resource| resource.labels.clone())
		.collect();
	assert!(!found.is_empty(), "{kind} {text}");
	found
}

fn one(bytes: &[u8], kind: &str, text: &str) -> (Category, Vec<LabelClass>) {
	let labels = &labels_of(bytes, kind, text)[0];
	(labels.category, labels.classes.iter().copied().collect())
}

#[test]
fn antiretrovirals_and_hiv_tests_are_labelled_hiv() {
	let bytes = sample(RESTRICTED);
	assert_eq!(one(&bytes, "MedicationRequest", "1433868"), (Category::Medications, vec![HIV]));
	assert_eq!(one(&bytes, "Observation", "20447-9"), (Category::Laboratory, vec![HIV]));
	assert_eq!(one(&bytes, "Observation", "24467-3"), (Category::Laboratory, vec![HIV]));
	assert_eq!(one(&bytes, "Condition", "86406008"), (Category::Conditions, vec![HIV]));
	assert_eq!(one(&bytes, "Condition", "66344007"), (Category::Conditions, vec![PSY]));
	assert_eq!(one(&bytes, "MedicationRequest", "36437"), (Category::Medications, vec![PSY]));
}

#[test]
fn ordinary_records_are_normal() {
	let bytes = sample(PLAIN);
	let bundle = Bundle::parse(&bytes).unwrap();
	let mut categories = BTreeSet::new();
	for resource in bundle.resources() {
		let classes: Vec<_> = resource.labels.classes.iter().copied().collect();
		assert_eq!(classes, [LabelClass::Normal], "{} {:?}", resource.kind, resource.id);
		categories.insert(resource.labels.category);
	}
	use Category::*;
	let expected = [
		Laboratory,
		VitalSigns,
		Conditions,
		Medications,
		Allergies,
		Immunizations,
		Procedures,
		Encounters,
		Coverage,
		Other,
		Persona,
	];
	assert_eq!(categories, expected.into());
}

#[test]
fn the_two_patients_differ_in_restricted_records_only() {
	let normal = |name: &str| {
		let bytes = sample(name);
		let bundle = Bundle::parse(&bytes).unwrap();
		let mut counts = BTreeMap::new();
		for resource in bundle.resources() {
			if resource.labels.classes == BTreeSet::from([LabelClass::Normal]) {
				*counts.entry(resource.labels.category).or_insert(0) += 1;
			}
		}
		counts
	};
	assert_eq!(normal(RESTRICTED), normal(PLAIN));
}

#[test]
fn claims_carry_the_labels_of_their_diagnoses() {
	let bytes = sample(RESTRICTED);
	assert_eq!(one(&bytes, "Claim", "240.50"), (Category::Coverage, vec![HIV]));
	assert_eq!(one(&bytes, "Claim", "125.00"), (Category::Coverage, vec![LabelClass::Normal]));
}

const SNOMED: &str = "http://snomed.info/sct";

fn coded(system: &str, code: &str) -> Value {
	json!({ "coding": [{ "system": system, "code": code }] })
}

/// A bundle of a patient and these resources.
fn bundle(resources: &[Value]) -> Vec<u8> {
	let patient = json!({ "resourceType": "Patient", "id": "p-1" });
	let entries: Vec<_> =
		std::iter::once(&patient).chain(resources).map(|resource| json!({ "resource": resource })).collect();
	json!({ "resourceType": "Bundle", "type": "collection", "entry": entries }).to_string().into_bytes()
}

fn classes(resource: Value) -> Vec<LabelClass> {
	let kind = resource["resourceType"].as_str().unwrap().to_owned();
	one(&bundle(&[resource]), &kind, "").1
}

#[test]
fn labels_travel_along_references_through_several_steps() {
	let condition =
		json!({ "resourceType": "Condition", "id": "c", "code": coded("http://hl7.org/fhir/sid/icd-10-cm", "B20") });
	let item = json!([{ "productOrService": coded(SNOMED, "185349003") }]);
	let claim = json!({ "resourceType": "Claim", "id": "k", "item": item,
		"diagnosis": [{ "diagnosisReference": { "reference": "Condition/c" } }] });
	let benefit = json!({ "resourceType": "ExplanationOfBenefit", "id": "b", "item": item,
		"claim": { "reference": "Claim/k" } });
	let prescription = json!({ "resourceType": "MedicationRequest", "id": "m", "medicationReference": { "reference": "Medication/d" } });
	let drug = json!({ "resourceType": "Medication", "id": "d", "code": coded("http://www.whocc.no/atc", "J05AR20") });
	let pharmacy = json!({ "resourceType": "Claim", "id": "p", "item": item, "prescription": { "reference": "MedicationRequest/m" } });
	let bytes = bundle(&[benefit, pharmacy, claim, prescription, condition, drug]);
	for (kind, text) in
		[("Claim", "diagnosis"), ("ExplanationOfBenefit", ""), ("MedicationRequest", ""), ("Claim", "prescription")]
	{
		assert_eq!(one(&bytes, kind, text).1, [HIV], "{kind} {text}");
	}
}

#[test]
fn a_visit_lends_no_label_to_what_happened_in_it() {
	let visit = json!({ "resourceType": "Encounter", "id": "e", "reasonCode": [coded(SNOMED, "86406008")] });
	let weight = json!({ "resourceType": "Observation", "id": "w", "code": coded("http://loinc.org", "29463-7"),
		"encounter": { "reference": "Encounter/e" } });
	let bytes = bundle(&[visit, weight]);
	assert_eq!(one(&bytes, "Encounter", "").1, [HIV]);
	assert_eq!(one(&bytes, "Observation", ""), (Category::VitalSigns, vec![LabelClass::Normal]));
}

#[test]
fn what_cannot_be_labelled_is_restricted() {
	let restricted = [LabelClass::Restricted];
	let condition = |code: Value| json!({ "resourceType": "Condition", "id": "c", "code": code });
	for code in [
		coded("urn:local", "4711"),
		coded(SNOMED, "38341004"),
		coded("http://hl7.org/fhir/sid/ndc", "00093-7424"),
		json!({ "text": "Hypertension" }),
		json!({ "coding": [] }),
		json!({ "coding": [{ "display": "Hypertension" }] }),
		json!({ "coding": [{ "code": "38341003" }] }),
		json!({ "coding": [{ "system": SNOMED, "code": "38341003" }, { "system": "urn:local", "code": "4711" }] }),
		coded("http://terminology.hl7.org/CodeSystem/condition-clinical", "active"),
	] {
		assert_eq!(classes(condition(code.clone())), restricted, "{code}");
	}
	assert_eq!(classes(json!({ "resourceType": "Condition", "id": "c" })), restricted);
	assert_eq!(classes(json!({ "resourceType": "QuestionnaireResponse", "id": "q" })), restricted);
	assert_eq!(classes(json!({ "resourceType": "Binary", "id": "b", "data": "AAAA" })), restricted);
	let letter = json!({ "resourceType": "DiagnosticReport", "id": "r", "code": coded("http://loinc.org", "24331-1"),
		"presentedForm": [{ "contentType": "application/pdf", "data": "AAAA" }] });
	assert_eq!(classes(letter), restricted);
	let claim = json!({ "resourceType": "Claim", "id": "k", "item": [{ "productOrService": coded(SNOMED, "185349003") }],
		"diagnosis": [{ "diagnosisReference": { "reference": "Condition/elsewhere" } }] });
	assert_eq!(classes(claim), restricted);
	assert_eq!(classes(condition(coded(SNOMED, "38341003"))), [LabelClass::Normal]);
}

#[test]
fn security_labels_of_the_source_are_kept() {
	let security = |system: &str, code: &str| json!({ "security": [{ "system": format!("http://terminology.hl7.org/CodeSystem/{system}"), "code": code }] });
	let condition = |meta: Value| {
		classes(json!({ "resourceType": "Condition", "id": "c", "meta": meta, "code": coded(SNOMED, "38341003") }))
	};
	assert_eq!(condition(security("v3-Confidentiality", "R")), [LabelClass::Restricted]);
	assert_eq!(condition(security("v3-Confidentiality", "N")), [LabelClass::Normal]);
	assert_eq!(condition(security("v3-ActCode", "SDV")), [LabelClass::Sensitive(Sensitivity::Violence)]);
	let letter = json!({ "resourceType": "DocumentReference", "id": "d", "meta": security("v3-Confidentiality", "N") });
	assert_eq!(classes(letter), [LabelClass::Normal]);
}

#[test]
fn words_for_people_give_a_sensitivity_away() {
	let test = json!({ "resourceType": "Observation", "id": "o", "code": coded("http://loinc.org", "718-7"), "valueString": "HIV-1 reactive" });
	assert_eq!(classes(test), [HIV]);
	let drug = json!({ "coding": [{ "system": "http://www.nlm.nih.gov/research/umls/rxnorm", "code": "999999", "display": "Emtricitabine 200 MG / Tenofovir" }] });
	assert_eq!(
		classes(json!({ "resourceType": "MedicationStatement", "id": "m", "medicationCodeableConcept": drug })),
		[HIV]
	);
	let aid = json!({ "resourceType": "Condition", "id": "c", "code": { "coding": [{ "system": SNOMED, "code": "38341003", "display": "first-aided" }] } });
	assert_eq!(classes(aid), [LabelClass::Normal]);
}

#[test]
fn a_local_code_and_free_content_in_the_compact_sample_are_restricted() {
	let bytes = sample(COMPACT);
	let restricted = vec![LabelClass::Restricted];
	assert_eq!(one(&bytes, "Observation", "LAB-0815"), (Category::Laboratory, restricted.clone()));
	assert_eq!(one(&bytes, "DocumentReference", ""), (Category::Documents, restricted.clone()));
	assert_eq!(one(&bytes, "Goal", ""), (Category::CarePlans, restricted));
	assert_eq!(one(&bytes, "Claim", ""), (Category::Coverage, vec![LabelClass::Normal]));
	assert_eq!(one(&bytes, "ImagingStudy", ""), (Category::Imaging, vec![LabelClass::Normal]));
}

#[test]
fn times_are_clinical_and_fall_back_to_visit_and_bundle() {
	let at = |kind: &str, text: &str| labels_of(&sample(COMPACT), kind, text)[0].recorded_at;
	assert_eq!(at("Condition", "195967001"), 1, "before 1970");
	assert_eq!(at("Condition", "239873007"), 1_451_606_400_000, "2016-01");
	assert_eq!(at("AllergyIntolerance", ""), 981_158_400_000);
	assert_eq!(at("Patient", ""), 1_725_429_600_000, "the newest time of the bundle");
	let visit = json!({ "resourceType": "Encounter", "id": "e", "period": { "start": "2020-01-01" } });
	let later = json!({ "resourceType": "Procedure", "id": "p", "performedDateTime": "2021-01-01", "code": coded(SNOMED, "80146002") });
	let timeless = json!({ "resourceType": "Condition", "id": "c", "code": coded(SNOMED, "38341003"), "encounter": { "reference": "Encounter/e" } });
	assert_eq!(labels_of(&bundle(&[visit, later, timeless]), "Condition", "")[0].recorded_at, 1_577_836_800_000);
	let nothing = json!({ "resourceType": "Condition", "id": "c", "code": coded(SNOMED, "38341003") });
	assert_eq!(labels_of(&bundle(&[nothing]), "Condition", "")[0].recorded_at, salus_policy::UNKNOWN_TIME);
}

#[test]
fn an_amended_resource_is_labelled_as_well() {
	let identity = PatientIdentity::of_patient(br#"{"resourceType":"Patient","id":"p-1"}"#, None).unwrap();
	let bytes = json!({ "resourceType": "Condition", "code": coded(SNOMED, "86406008"), "subject": { "reference": "Patient/p-1" } }).to_string();
	let resource = parse_resource(bytes.as_bytes(), &identity).unwrap();
	assert_eq!(resource.labels.classes, [HIV].into());
	assert_eq!(resource.original, bytes.as_bytes());
}

#[test]
fn most_of_the_corpus_is_normal_and_every_resource_has_a_class_and_a_time() {
	let mut counts = BTreeMap::<(String, Vec<&str>), usize>::new();
	for (_, bytes) in corpus() {
		let Ok(bundle) = Bundle::parse(&bytes) else { continue };
		for resource in bundle.resources() {
			assert!(
				!resource.labels.classes.is_empty() && resource.recorded_at() > 0,
				"{} {:?}",
				resource.kind,
				resource.id
			);
			let classes = resource.labels.classes.iter().map(|class| class.name()).collect();
			*counts.entry((resource.kind.to_owned(), classes)).or_default() += 1;
		}
	}
	counts.iter().for_each(|((kind, classes), count)| eprintln!("{count:5} {kind} {}", classes.join(" ")));
	let all: usize = counts.values().sum();
	let normal: usize = counts.iter().filter(|((_, classes), _)| classes == &["N"]).map(|(_, count)| count).sum();
	assert!(normal * 2 >= all, "{normal} of {all}");
}

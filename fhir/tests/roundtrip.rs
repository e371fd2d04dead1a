//! What is split comes back byte for byte.

#![allow(clippy::unwrap_used)]

mod common;

use common::{corpus, samples, HANDLE};
use proptest::prelude::*;
use salus_fhir::{parse_resource, rejoin, split, Bundle, FhirError, PatientIdentity};
use serde_json::value::RawValue;

fn check(name: &str, bytes: &[u8]) -> usize {
	let bundle = Bundle::parse(bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
	let span = bytes.as_ptr_range();
	for resource in bundle.resources() {
		let at = format!("{name}: {} {:?}", resource.kind, resource.id);
		assert!(span.contains(&resource.original.as_ptr()), "{at} is borrowed");
		let parts = bundle.split(resource, &HANDLE);
		assert_eq!(rejoin(&parts.body, &parts.persona).unwrap(), resource.original, "{at}");
		assert_eq!(split(resource.original, bundle.identity(), &HANDLE).unwrap(), parts, "{at}");
		let body: serde_json::Value =
			serde_json::from_slice(&parts.body).unwrap_or_else(|error| panic!("{at}: {error}"));
		assert_eq!(body["resourceType"], resource.kind, "{at}");
		let alone = parse_resource(resource.original, bundle.identity()).unwrap();
		assert_eq!((alone.original, alone.labels.category), (resource.original, resource.labels.category), "{at}");
	}
	bundle.resources().count()
}

#[test]
fn every_resource_of_the_samples_comes_back() {
	for (name, bytes) in samples() {
		let count = check(&name, &bytes);
		assert!((15..=30).contains(&count), "{name}: {count}");
	}
}

#[test]
fn every_resource_of_the_corpus_comes_back() {
	let mut resources = 0;
	for (name, bytes) in corpus() {
		match Bundle::parse(&bytes) {
			Err(FhirError::NoPatient) => resources += without_patient(&bytes),
			_ => resources += check(&name, &bytes),
		}
	}
	eprintln!("{resources} resources of the corpus");
}

/// Practitioners and organisations by themselves: not taken as a patient's bundle, but their bytes come back as well.
fn without_patient(bytes: &[u8]) -> usize {
	#[derive(serde::Deserialize)]
	struct Entry<'a> {
		#[serde(borrow)]
		resource: &'a RawValue,
	}
	#[derive(serde::Deserialize)]
	struct Entries<'a> {
		#[serde(borrow)]
		entry: Vec<Entry<'a>>,
	}
	let identity = PatientIdentity::of_patient(br#"{"resourceType":"Patient","id":"none"}"#, None).unwrap();
	let entries: Entries<'_> = serde_json::from_slice(bytes).unwrap();
	for entry in &entries.entry {
		let original = entry.resource.get().as_bytes();
		let parts = split(original, &identity, &HANDLE).unwrap();
		assert_eq!(rejoin(&parts.body, &parts.persona).unwrap(), original);
	}
	entries.entry.len()
}

#[test]
fn an_identity_comes_back_and_takes_in_another() {
	for (_, bytes) in samples() {
		let bundle = Bundle::parse(&bytes).unwrap();
		let stored = PatientIdentity::from_bytes(&bundle.identity().to_bytes()).unwrap();
		assert_eq!(&stored, bundle.identity());
		let other =
			PatientIdentity::of_patient(br#"{"resourceType":"Patient","name":[{"family":"Earlier"}]}"#, None).unwrap();
		let text = br#"{"resourceType":"Basic","code":{"text":"formerly EARLIER"}}"#;
		let body = split(text, &stored.merged(&other), &HANDLE).unwrap().body;
		assert_eq!(body, br#"{"resourceType":"Basic","code":{"text":"formerly masked"}}"#);
	}
	assert_eq!(PatientIdentity::from_bytes(b"damaged"), None);
}

/// Members that the split cares about, with values of every shape.
fn json() -> impl Strategy<Value = serde_json::Value> {
	let leaf = prop_oneof![
		Just(serde_json::json!(null)),
		any::<i32>().prop_map(Into::into),
		Just(serde_json::json!(7712345)),
		"\\PC{0,12}".prop_map(Into::into),
		prop::sample::select(vec![
			"Patient/p-1234",
			"urn:uuid:p-1234",
			"Frau Muster kam",
			"MUSTER\"Ärzte\\",
			"1984-07-19T10:00:00Z",
			"7712345",
			"大山さん",
			"Patient",
			"RelatedPerson",
		])
		.prop_map(Into::into),
	];
	let names = prop::sample::select(vec![
		"resourceType",
		"id",
		"reference",
		"display",
		"identifier",
		"name",
		"text",
		"div",
		"note",
		"contained",
		"data",
		"contentType",
		"url",
		"valueString",
		"value",
		"code",
		"system",
		"coding",
		"meta",
		"source",
		"subject",
	]);
	leaf.prop_recursive(5, 64, 6, move |inner| {
		prop_oneof![
			prop::collection::vec(inner.clone(), 0..4).prop_map(Into::into),
			prop::collection::btree_map(names.clone(), inner, 0..6).prop_map(|members| {
				serde_json::Value::Object(members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect())
			}),
		]
	})
}

proptest! {
	#[test]
	fn any_json_comes_back(value in json(), pretty: bool, blanks in "[ \n\t]{0,3}") {
		let patient = br#"{"resourceType":"Patient","id":"p-1234","birthDate":"1984-07-19",
			"name":[{"family":"Muster","given":["\u5927\u5c71"]}],"identifier":[{"value":"7712345"}]}"#;
		let identity = PatientIdentity::of_patient(patient, None).unwrap();
		let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
		let original = format!("{blanks}{text}{blanks}");
		let parts = split(original.as_bytes(), &identity, &HANDLE).unwrap();
		prop_assert_eq!(rejoin(&parts.body, &parts.persona).unwrap(), original.as_bytes());
		prop_assert!(serde_json::from_slice::<serde_json::Value>(&parts.body).is_ok());
	}

	#[test]
	fn any_bytes_as_persona_or_bundle_are_survived(body in prop::collection::vec(any::<u8>(), 0..64), persona in prop::collection::vec(any::<u8>(), 0..64)) {
		drop(rejoin(&body, &persona));
		drop(Bundle::parse(&persona));
	}
}

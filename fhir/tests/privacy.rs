//! Nothing that names the patient is in any de-identified body. The test collects the names by itself, in another way than the
//! crate does.

#![allow(clippy::unwrap_used)]

mod common;

use common::{corpus, sample, samples, COMPACT, HANDLE, RESTRICTED};
use salus_fhir::{Bundle, FhirError};
use serde_json::Value;

/// Names, birth date, address, identifiers, telecom and id of the Patient resource.
fn person(patient: &Value) -> Vec<String> {
	let texts = |value: &Value| value.as_str().map(str::to_owned);
	let list = |value: &Value| value.as_array().cloned().unwrap_or_default();
	let mut found: Vec<_> = [&patient["id"], &patient["birthDate"]].into_iter().filter_map(texts).collect();
	let contacts = list(&patient["contact"]);
	let names = list(&patient["name"]).into_iter().chain(contacts.iter().map(|contact| contact["name"].clone()));
	for name in names {
		found.extend([&name["family"], &name["text"]].into_iter().filter_map(texts));
		found.extend(list(&name["given"]).iter().filter_map(texts));
	}
	for address in list(&patient["address"]) {
		found.extend(list(&address["line"]).iter().filter_map(texts));
		found.extend([&address["city"], &address["postalCode"]].into_iter().filter_map(texts));
	}
	for part in list(&patient["identifier"]).into_iter().chain(list(&patient["telecom"])) {
		found.extend(texts(&part["value"]));
	}
	found
}

/// Every string in a JSON value, names of members not.
fn strings<'a>(value: &'a Value, into: &mut Vec<&'a str>) {
	match value {
		Value::String(text) => into.push(text),
		Value::Array(elements) => elements.iter().for_each(|element| strings(element, into)),
		Value::Object(members) => members.values().for_each(|member| strings(member, into)),
		_ => {}
	}
}

/// The word stands in the text by itself.
fn stands_in(word: &str, text: &str) -> bool {
	let (word, text) = (word.to_lowercase(), text.to_lowercase());
	text.match_indices(&word).any(|(at, hit)| {
		let before = text[..at].chars().next_back().is_some_and(char::is_alphanumeric);
		let after = text[at + hit.len()..].chars().next().is_some_and(char::is_alphanumeric);
		!before && !after
	})
}

fn check(name: &str, bytes: &[u8]) {
	let bundle = match Bundle::parse(bytes) {
		Err(FhirError::NoPatient) => return,
		bundle => bundle.unwrap(),
	};
	let person = person(&serde_json::from_slice(bundle.patient().original).unwrap());
	assert!(person.len() >= 6, "{name}");
	for resource in bundle.resources() {
		let body: Value = serde_json::from_slice(&bundle.split(resource, &HANDLE).body).unwrap();
		let mut texts = Vec::new();
		strings(&body, &mut texts);
		for text in texts {
			for word in &person {
				assert!(
					!stands_in(word, text),
					"{name}: {} {:?} still says {word:?} in {text:?}",
					resource.kind,
					resource.id
				);
			}
		}
	}
}

#[test]
fn no_body_of_the_samples_names_the_patient() {
	samples().iter().for_each(|(name, bytes)| check(name, bytes));
}

#[test]
fn no_body_of_the_corpus_names_the_patient() {
	corpus().iter().for_each(|(name, bytes)| check(name, bytes));
}

#[test]
fn bodies_refer_to_the_handle_and_keep_what_is_clinical() {
	let bytes = sample(RESTRICTED);
	let bundle = Bundle::parse(&bytes).unwrap();
	let body = |kind: &str, code: &str| {
		let mut bodies = bundle.resources().filter(|resource| resource.kind == kind);
		let found = bodies.find(|resource| std::str::from_utf8(resource.original).unwrap().contains(code)).unwrap();
		String::from_utf8(bundle.split(found, &HANDLE).body).unwrap()
	};
	let handle = format!("\"reference\": \"Patient/{}\"", "5a".repeat(32));
	let hba1c = body("Observation", "4548-4");
	assert!(hba1c.contains(&handle) && hba1c.contains("\"value\": 7.10,"), "{hba1c}");
	let report = body("DiagnosticReport", "24331-1");
	assert!(report.contains(&handle) && report.contains("\"display\": \"masked\""), "{report}");
	assert!(body("Condition", "55822004").contains("\"note\": null"));
	let patient: Value = serde_json::from_slice(&bundle.split(bundle.patient(), &HANDLE).body).unwrap();
	let kept: Vec<_> =
		patient.as_object().unwrap().iter().filter(|(_, value)| !value.is_null()).map(|(name, _)| name).collect();
	assert_eq!(kept, ["resourceType", "id", "meta", "active", "gender", "birthDate"]);
	assert_eq!(patient["birthDate"], "masked");
	assert_eq!(patient["id"], "5a".repeat(32));
}

#[test]
fn escaped_strings_attachments_and_relatives_are_taken_out() {
	let bytes = sample(COMPACT);
	let bundle = Bundle::parse(&bytes).unwrap();
	for resource in bundle.resources() {
		let body: Value = serde_json::from_slice(&bundle.split(resource, &HANDLE).body).unwrap();
		match resource.kind {
			"DocumentReference" => assert!(body["content"][0]["attachment"].is_null()),
			"RelatedPerson" => {
				assert!(body["name"].is_null() && body["birthDate"] == "masked" && body["id"] == "masked")
			}
			"ImagingStudy" => assert!(body["identifier"].is_null() && body["series"][0]["uid"] == "masked"),
			"Observation" if body["valueString"].is_string() => assert_eq!(body["valueString"], "masked"),
			_ => {}
		}
	}
}

#[test]
fn dates_and_numbers_of_the_patient_are_found_in_other_clothes() {
	let patient = r#"{"resourceType":"Patient","id":"p-77","birthDate":"1984-07-09","name":[{"family":"Lee"}],
		"identifier":[{"value":"7712345"}],"telecom":[{"value":"+49 30 900-971234"}]}"#;
	let identity = salus_fhir::PatientIdentity::of_patient(patient.as_bytes(), None).unwrap();
	for (text, expected) in [
		(
			r#"{"valueString":"born 09.07.1984 or 9.7.1984 or 7/9/1984 or 19840709"}"#,
			r#"{"valueString":"born masked or masked or masked or masked"}"#,
		),
		(r#"{"effectiveDateTime":"1984-07-09T20:00:00Z"}"#, r#"{"effectiveDateTime":"maskedT20:00:00Z"}"#),
		(r#"{"valueInteger":7712345,"n":77123450}"#, r#"{"valueInteger":null,"n":77123450}"#),
		(
			r#"{"valueString":"call 49/30/900 971234 for LEE, not Leeds"}"#,
			r#"{"valueString":"call masked for masked, not Leeds"}"#,
		),
		(r#"{"code":"Lee","system":"urn:7712345"}"#, r#"{"code":"Lee","system":"urn:masked"}"#),
		(r#"{"valueString":"Frau L\u0065e"}"#, r#"{"valueString":"masked"}"#),
	] {
		let parts = salus_fhir::split(text.as_bytes(), &identity, &HANDLE).unwrap();
		assert_eq!(String::from_utf8(parts.body).unwrap(), expected);
	}
}

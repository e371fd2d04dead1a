//! Bad input gets an error that says where, and nothing else.

#![allow(clippy::unwrap_used)]

mod common;

use common::{sample, HANDLE, RESTRICTED};
use salus_fhir::{parse_resource, rejoin, split, Bundle, FhirError, PatientIdentity, RejoinError};
use serde_json::{json, Value};

fn error(bundle: &Value) -> FhirError {
	Bundle::parse(bundle.to_string().as_bytes()).unwrap_err()
}

fn entry(resource: Value) -> Value {
	json!({ "fullUrl": format!("urn:uuid:{}", resource["id"].as_str().unwrap_or("none")), "resource": resource })
}

fn patient() -> Value {
	entry(json!({
		"resourceType": "Patient", "id": "pat-1", "birthDate": "1984-07-19", "name": [{ "family": "Muster" }],
		"identifier": [{ "system": "urn:mr", "value": "12345" }],
	}))
}

fn about(subject: Value) -> Value {
	entry(json!({
		"resourceType": "Condition", "id": "c-1", "subject": subject,
		"code": { "coding": [{ "system": "http://snomed.info/sct", "code": "38341003" }] },
	}))
}

fn bundle(entries: Vec<Value>) -> Value {
	json!({ "resourceType": "Bundle", "type": "transaction", "entry": entries })
}

#[test]
fn every_truncation_of_a_file_is_called_truncated() {
	let bytes = sample(RESTRICTED);
	let end = bytes.len() - 2;
	for cut in (0..end).step_by(97).chain(end - 40..end) {
		let error = Bundle::parse(&bytes[..cut]).unwrap_err();
		assert_eq!(error, FhirError::Truncated { offset: cut }, "cut at {cut}");
	}
}

#[test]
fn what_is_no_json_is_refused_with_the_position() {
	assert_eq!(Bundle::parse(b"MSH|^~\\&|LAB|").unwrap_err(), FhirError::NotJson { offset: 0 });
	assert_eq!(Bundle::parse(b"<Bundle/>").unwrap_err(), FhirError::NotJson { offset: 0 });
	assert_eq!(Bundle::parse(b"{\"a\": \"\xff\"}").unwrap_err(), FhirError::NotUtf8 { offset: 7 });
	let deep = format!("{}{}", "[".repeat(200), "]".repeat(200));
	assert_eq!(Bundle::parse(deep.as_bytes()).unwrap_err(), FhirError::TooDeep { offset: 128 });
}

#[test]
fn json_that_is_no_bundle_is_refused() {
	let found = |json: Value| match error(&json) {
		FhirError::NotABundle { found } => found,
		other => panic!("{other:?}"),
	};
	assert_eq!(found(json!({ "patients": [] })), "JSON without a resource type");
	assert_eq!(found(json!([1, 2])), "JSON that is no object");
	assert_eq!(found(json!({ "resourceType": "Patient" })), "Patient");
	assert_eq!(found(json!({ "resourceType": "Frau Muster, 1984" })), "something else");
	let history = json!({ "resourceType": "Bundle", "type": "history", "entry": [] });
	assert_eq!(error(&history), FhirError::UnsupportedBundleType { found: "history".into() });
}

#[test]
fn bundles_without_content_or_patient_are_refused() {
	assert_eq!(error(&json!({ "resourceType": "Bundle", "type": "batch" })), FhirError::EmptyBundle);
	assert_eq!(error(&bundle(vec![])), FhirError::EmptyBundle);
	let condition = about(json!({ "reference": "Patient/pat-1" }));
	assert_eq!(error(&bundle(vec![entry(json!({ "resourceType": "Organization", "id": "o" }))])), FhirError::NoPatient);
	assert_eq!(error(&bundle(vec![condition])), FhirError::NoPatient);
	let empty = json!({ "request": { "method": "DELETE", "url": "Patient/1" } });
	assert_eq!(error(&bundle(vec![patient(), empty])), FhirError::MissingResource { path: "Bundle.entry[1]".into() });
}

#[test]
fn two_patients_are_refused() {
	let second = entry(json!({ "resourceType": "Patient", "id": "pat-2" }));
	let path = "Bundle.entry[1].resource".to_owned();
	assert_eq!(error(&bundle(vec![patient(), second])), FhirError::TwoPatients { path });
	let mut hidden = about(json!({ "reference": "#p" }));
	hidden["resource"]["contained"] = json!([{ "resourceType": "Patient", "id": "p" }]);
	let path = "Bundle.entry[1].resource.contained[0]".to_owned();
	assert_eq!(error(&bundle(vec![patient(), hidden])), FhirError::TwoPatients { path });
}

#[test]
fn a_foreign_subject_is_refused_however_it_is_named() {
	let path = "Bundle.entry[1].resource.subject".to_owned();
	for subject in [
		json!({ "reference": "Patient/pat-2" }),
		json!({ "reference": "urn:uuid:pat-2" }),
		json!({ "reference": "https://other.example/fhir/Patient/pat-1" }),
		json!({ "reference": "Patient?identifier=urn:mr|99999" }),
		json!({ "reference": "Group/1" }),
		json!({ "reference": "#somebody" }),
		json!({ "identifier": { "system": "urn:mr", "value": "99999" } }),
		json!({ "display": "Frau Muster" }),
	] {
		let found = error(&bundle(vec![patient(), about(subject.clone())]));
		assert_eq!(found, FhirError::ForeignSubject { path: path.clone() }, "{subject}");
	}
	let account = entry(json!({ "resourceType": "Account", "id": "a", "subject": [{ "display": "Frau Muster" }] }));
	let path = "Bundle.entry[1].resource.subject[0]".to_owned();
	assert_eq!(error(&bundle(vec![patient(), account])), FhirError::ForeignSubject { path });
	let mut elsewhere = about(json!({ "reference": "Patient/pat-1" }));
	elsewhere["resource"]["asserter"] = json!({ "reference": "Patient/pat-2/_history/3" });
	let path = "Bundle.entry[1].resource.asserter".to_owned();
	assert_eq!(error(&bundle(vec![patient(), elsewhere])), FhirError::ForeignSubject { path });
}

#[test]
fn the_patient_may_be_named_in_every_way_that_the_bundle_allows() {
	for subject in [
		json!({ "reference": "Patient/pat-1" }),
		json!({ "reference": "Patient/pat-1/_history/2" }),
		json!({ "reference": "urn:uuid:pat-1" }),
		json!({ "reference": "Patient?identifier=urn:mr|12345" }),
		json!({ "identifier": { "system": "urn:mr", "value": "12345" }, "display": "Frau Muster" }),
	] {
		let text = bundle(vec![patient(), about(subject.clone())]).to_string();
		let bundle = Bundle::parse(text.as_bytes()).unwrap_or_else(|error| panic!("{subject}: {error}"));
		let condition = bundle.resources().nth(1).unwrap();
		let body = String::from_utf8(bundle.split(condition, &HANDLE).body).unwrap();
		assert!(!body.contains("pat-1") && !body.contains("12345") && !body.contains("Muster"), "{body}");
	}
}

#[test]
fn resources_without_or_of_unknown_type_are_refused() {
	let path = "Bundle.entry[1].resource".to_owned();
	let nameless = entry(json!({ "id": "x" }));
	assert_eq!(error(&bundle(vec![patient(), nameless])), FhirError::MissingResourceType { path: path.clone() });
	let wrong = entry(json!({ "resourceType": 7, "id": "x" }));
	assert_eq!(error(&bundle(vec![patient(), wrong])), FhirError::MissingResourceType { path: path.clone() });
	for found in ["Bundle", "MedicationUsage", "Wish"] {
		let unknown = entry(json!({ "resourceType": found, "id": "x" }));
		let expected = FhirError::UnknownResourceType { path: path.clone(), found: found.into() };
		assert_eq!(error(&bundle(vec![patient(), unknown])), expected);
	}
}

#[test]
fn doubled_resources_and_doubled_or_escaped_members_are_refused() {
	let condition = about(json!({ "reference": "Patient/pat-1" }));
	let path = "Bundle.entry[2].resource".to_owned();
	let twice = bundle(vec![patient(), condition.clone(), condition]);
	assert_eq!(error(&twice), FhirError::DuplicateResource { path });
	let members: Vec<_> = (0..300).map(|i| format!("\"m{i}\":0")).collect();
	let endless = format!("{{\"resourceType\":\"Bundle\",{}}}", members.join(","));
	assert_eq!(Bundle::parse(endless.as_bytes()).unwrap_err(), FhirError::TooManyMembers { path: "Bundle".into() });
	let doubled = br#"{"resourceType":"Bundle","type":"batch","type":"batch"}"#;
	assert_eq!(Bundle::parse(doubled).unwrap_err(), FhirError::DuplicateMember { path: "Bundle.type".into() });
	let escaped = br#"{"resourceType":"Bundle","t\u0079pe":"batch"}"#;
	assert_eq!(Bundle::parse(escaped).unwrap_err(), FhirError::BadMemberName { path: "Bundle".into() });
}

#[test]
fn a_file_above_the_limit_is_refused_before_it_is_read() {
	let bytes = vec![b' '; salus_fhir::MAX_BUNDLE_BYTES + 1];
	assert!(matches!(Bundle::parse(&bytes).unwrap_err(), FhirError::TooLarge { .. }));
}

#[test]
fn outcomes_in_a_searchset_are_passed_over_and_a_byte_order_mark_is_too() {
	let outcome = json!({ "resource": { "resourceType": "OperationOutcome" }, "search": { "mode": "outcome" } });
	let text = json!({ "resourceType": "Bundle", "type": "searchset", "entry": [patient(), outcome] }).to_string();
	let marked = [b"\xef\xbb\xbf", text.as_bytes()].concat();
	assert_eq!(Bundle::parse(&marked).unwrap().resources().count(), 1);
}

#[test]
fn an_amended_resource_has_to_be_about_the_known_patient() {
	let known = patient()["resource"].to_string();
	let identity = PatientIdentity::of_patient(known.as_bytes(), Some("urn:uuid:pat-1")).unwrap();
	let ours = about(json!({ "reference": "Patient/pat-1" }))["resource"].to_string();
	assert_eq!(parse_resource(ours.as_bytes(), &identity).unwrap().kind, "Condition");
	let foreign = about(json!({ "reference": "Patient/pat-2" }))["resource"].to_string();
	let path = "Condition.subject".to_owned();
	assert_eq!(parse_resource(foreign.as_bytes(), &identity).unwrap_err(), FhirError::ForeignSubject { path });
	let other = json!({ "resourceType": "Patient", "id": "pat-2" }).to_string();
	let path = "Patient".to_owned();
	assert_eq!(parse_resource(other.as_bytes(), &identity).unwrap_err(), FhirError::ForeignSubject { path });
	assert_eq!(PatientIdentity::of_patient(ours.as_bytes(), None).unwrap_err(), FhirError::NoPatient);
}

#[test]
fn parts_that_do_not_belong_together_are_not_joined() {
	let bytes = sample(RESTRICTED);
	let bundle = Bundle::parse(&bytes).unwrap();
	let splits: Vec<_> = bundle.resources().map(|resource| bundle.split(resource, &HANDLE)).collect();
	for (first, second) in splits.iter().zip(&splits[1..]) {
		assert_eq!(rejoin(&first.body, &second.persona), Err(RejoinError::Mismatch));
	}
	let one = &splits[3];
	assert_eq!(rejoin(&one.body, b""), Err(RejoinError::BadPersona));
	assert_eq!(rejoin(&one.body, &one.persona[..one.persona.len() - 1]), Err(RejoinError::BadPersona));
	for position in 0..one.persona.len() {
		let mut altered = one.persona.clone();
		altered[position] ^= 1;
		assert!(rejoin(&one.body, &altered).is_err(), "byte {position}");
	}
	for position in 0..one.body.len() {
		let mut altered = one.body.clone();
		altered[position] ^= 1;
		// A changed placeholder is thrown away anyway; a changed byte of the record is noticed.
		assert!(
			rejoin(&altered, &one.persona).is_err()
				|| rejoin(&altered, &one.persona) == rejoin(&one.body, &one.persona)
		);
	}
}

#[test]
fn no_error_repeats_content_of_the_file() {
	let subject = json!({ "reference": "Patient/Muster-1984" });
	let message = error(&bundle(vec![patient(), about(subject)])).to_string();
	assert!(!message.contains("Muster"), "{message}");
	assert!(split(b"{", &identity(), &HANDLE).is_err());
	assert!(!format!("{:?}", identity()).contains("Muster"));
}

fn identity() -> PatientIdentity {
	PatientIdentity::of_patient(patient()["resource"].to_string().as_bytes(), None).unwrap()
}

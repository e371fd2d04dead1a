use super::*;
use crate::{
	finding::demographics::{answer, PER_INSTITUTION, PER_REGISTRAR},
	index::{compose, DEMOGRAPHICS, DEMOGRAPHICS_ASKED},
	testing::gateway_key,
};
use salus_client::{
	signature::HttpSigner,
	wire::{codes, DemographicsMatch, FoundPatient, PatientsFound, PersonSought, Receipt, ReceiptKind, NOBODY},
};
use salus_primitives::InstitutionKind;

const ROSSI: &[u8] =
	br#"{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","id":"p1",
	"identifier":[{"system":"urn:insurance","value":"A-4711"}],
	"name":[{"family":"Rossi","given":["Ada","Maria"]}],"gender":"female","birthDate":"1961-02-03"}}]}"#;
const OTHER_ROSSI: &[u8] =
	br#"{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","id":"p2",
	"identifier":[{"system":"urn:insurance","value":"B-1147"}],
	"name":[{"family":"Rossi","given":["Ada"]}],"gender":"female","birthDate":"1961-02-03"}}]}"#;

fn sought(family: &str, given: &str, birth_date: &str, identifier: Option<&str>) -> PersonSought {
	PersonSought {
		family: family.into(),
		given: given.into(),
		birth_date: birth_date.into(),
		identifier: identifier.map(Into::into),
	}
}

fn rossi() -> PersonSought {
	sought("ROSSI", "ada", "1961-02-03", None)
}

/// A registrar of the second hospital, who asks.
fn asker(staffed: &Staffed) -> Person {
	staffed.region.staff(2, &[StaffRole::Registrar])
}

async fn found(person: &Person, sought: PersonSought) -> Vec<FoundPatient> {
	let PatientsFound { found, unanswered } = person.gateway.find_present(&sought).await.unwrap();
	assert_eq!(unanswered, []);
	found
}

fn receipts(staffed: &Staffed, hospital: u32) -> Vec<Receipt> {
	let rows = staffed.region.service(hospital).receipts.from(0, 1_000).unwrap();
	rows.iter().map(|row| serde_json::from_slice(&row.bytes.0).unwrap()).collect()
}

#[tokio::test]
async fn somebody_who_is_there_is_found_and_both_sides_keep_a_receipt() {
	let staffed = Staffed::new().await;
	let handle = staffed.patient_with(1, ROSSI).await;
	let asker = asker(&staffed);
	let expected = [FoundPatient { handle, custodian: A }];
	assert_eq!(found(&asker, rossi()).await, expected);
	for (family, given, identifier) in
		[("Rossi", "Ada Maria", None), (" rossi ", "Ada-Maria", None), ("Rossi", "Ada", Some("a4711"))]
	{
		assert_eq!(found(&asker, sought(family, given, "1961-02-03", identifier)).await, expected);
	}
	let answered = receipts(&staffed, 1).pop().unwrap();
	assert_eq!((answered.kind, answered.handle), (ReceiptKind::DemographicsAnswer, handle));
	assert_eq!((answered.practitioner, answered.institution), (Some(asker.key.id), InstitutionId(2)));
	let asked = receipts(&staffed, 2).pop().unwrap();
	assert_eq!((asked.kind, asked.handle), (ReceiptKind::DemographicsQuery, handle));
	// The patient's log has it.
	let officer = staffed.region.staff(1, &[StaffRole::PrivacyOfficer]);
	let shown = officer.gateway.openings(&handle).await.unwrap().receipts;
	let kinds: Vec<ReceiptKind> =
		shown.iter().map(|one| serde_json::from_slice::<Receipt>(&one.receipt.0).unwrap().kind).collect();
	assert!(kinds.contains(&ReceiptKind::DemographicsAnswer));
}

#[tokio::test]
async fn a_registrar_whom_the_own_node_does_not_know_yet_is_waited_for() {
	let staffed = Staffed::new().await;
	let handle = staffed.patient_with(1, ROSSI).await;
	let (asker, chain) = (asker(&staffed), &staffed.region.chain);
	let info = chain.world().staff.remove(&asker.key.id).unwrap();
	let later = async {
		tokio::time::sleep(std::time::Duration::from_millis(500)).await;
		chain.world().staff.insert(asker.key.id, info);
	};
	let question = DemographicsMatch { person: rossi(), practitioner: asker.key.id };
	let (answer, ()) = futures::join!(answer(staffed.region.service(1), InstitutionId(2), question), later);
	assert_eq!(answer.unwrap().found, Some(handle));
}

#[tokio::test]
async fn nobody_and_several_people_look_the_same() {
	let staffed = Staffed::new().await;
	let asker = asker(&staffed);
	let none = asker.gateway.find_present(&rossi()).await.unwrap();
	let one = staffed.patient_with(1, ROSSI).await;
	staffed.patient_with(2, OTHER_ROSSI).await;
	let several = asker.gateway.find_present(&rossi()).await.unwrap();
	assert_eq!(none, several);
	assert_eq!(none.found, []);
	assert!(receipts(&staffed, 2).iter().all(|receipt| receipt.handle == NOBODY));
	// A number, or another given name, tells them apart.
	let expected = [FoundPatient { handle: one, custodian: A }];
	assert_eq!(found(&asker, sought("Rossi", "Ada", "1961-02-03", Some("A-4711"))).await, expected);
	assert_eq!(found(&asker, sought("Rossi", "Ada Maria", "1961-02-03", None)).await, expected);
	for (family, given, date, number) in [
		("Rossi", "Ada Maria", "1961-02-04", None),
		("Rosso", "Ada Maria", "1961-02-03", None),
		("Rossi", "Ada", "1961-02-03", Some("A-4712")),
	] {
		assert_eq!(found(&asker, sought(family, given, date, number)).await, []);
	}
}

#[tokio::test]
async fn who_is_unknown_or_gone_is_not_found() {
	let staffed = Staffed::new().await;
	let asker = asker(&staffed);
	let body = RegisterPatient { control: PatientControl::Provisional };
	let provisional = staffed.registrar.gateway.register_patient(&body).await.unwrap().handle;
	staffed.physician.gateway.ingest(&provisional, ROSSI.to_vec()).await.unwrap();
	assert_eq!(found(&asker, rossi()).await, []);
	let handle = staffed.patient_with(1, ROSSI).await;
	assert_eq!(found(&asker, rossi()).await.len(), 1);
	let retired = salus_runtime_api::HandleStatus::Retired;
	staffed.region.chain.world().handles.get_mut(&handle).unwrap().status = retired;
	assert_eq!(found(&asker, rossi()).await, []);
}

#[tokio::test]
async fn only_registrars_of_hospitals_ask() {
	let staffed = Staffed::new().await;
	staffed.patient_with(1, ROSSI).await;
	let asker = asker(&staffed);
	let code = |outcome: Result<PatientsFound, GatewayError>| outcome.unwrap_err().code().map(ToOwned::to_owned);
	let nurse = staffed.cardiologist.gateway.find_present(&rossi()).await;
	assert_eq!(code(nurse).as_deref(), Some(codes::NOT_ENTITLED));
	for half in [sought("", "Ada", "1961-02-03", None), sought("Rossi", "Ada", "1961", None)] {
		assert_eq!(code(asker.gateway.find_present(&half).await).as_deref(), Some(codes::BAD_REQUEST));
	}
	// Between gateways: for a registrar of one's own, and as a house that treats people.
	let gateway = staffed.region.gateway(1, HttpSigner::Gateway(gateway_key(2)));
	let question = |practitioner| DemographicsMatch { person: rossi(), practitioner };
	for person in [&staffed.registrar, &staffed.cardiologist] {
		let refused = gateway.match_demographics(&question(person.key.id)).await.unwrap_err();
		assert_eq!(refused.code(), Some(codes::NOT_ENTITLED));
	}
	gateway.match_demographics(&question(asker.key.id)).await.unwrap();
	let kind = |kind| {
		staffed.region.chain.world().institutions.get_mut(&InstitutionId(2)).unwrap().kind = kind;
	};
	for other in [InstitutionKind::Payer, InstitutionKind::Laboratory, InstitutionKind::ResearchBody] {
		kind(other);
		let refused = gateway.match_demographics(&question(asker.key.id)).await.unwrap_err();
		assert_eq!(refused.code(), Some(codes::NOT_ENTITLED), "{other:?}");
	}
	let staff = asker.gateway.match_demographics(&question(asker.key.id)).await.unwrap_err();
	assert_eq!(staff.code(), Some(codes::NOT_ENTITLED));
}

#[tokio::test]
async fn a_dictionary_of_names_ends_at_the_days_quota() {
	let staffed = Staffed::new().await;
	staffed.patient_with(1, ROSSI).await;
	let asker = asker(&staffed);
	let today = |asker: &[u8]| compose(&[asker, &(salus_client::now() / DAY).to_be_bytes()]);
	let used = |hospital: u32, asker: &[u8], count: u32| {
		staffed.region.service(hospital).index.put(&DEMOGRAPHICS_ASKED, today(asker), &count).unwrap();
	};
	used(2, &asker.key.id.0, PER_REGISTRAR - 1);
	assert_eq!(found(&asker, rossi()).await.len(), 1);
	let over = asker.gateway.find_present(&rossi()).await.unwrap_err();
	assert_eq!(over.code(), Some(codes::TOO_MANY));
	// A house whose own gateway does not count is counted by the others, wrong names as well.
	used(2, &asker.key.id.0, 0);
	used(1, &2u32.to_be_bytes(), PER_INSTITUTION - 1);
	assert_eq!(found(&asker, sought("Nobody", "At All", "1900-01-01", None)).await, []);
	let over = asker.gateway.find_present(&rossi()).await.unwrap();
	assert_eq!((over.found, over.unanswered), (vec![], vec![A]));
}

#[tokio::test]
async fn the_index_holds_no_name() {
	let staffed = Staffed::new().await;
	let handle = staffed.patient_with(1, ROSSI).await;
	let rows = staffed.region.service(1).index.scan(&DEMOGRAPHICS, []).unwrap();
	assert_eq!(rows.len(), 4, "one and all given names, with and without the number");
	for (key, ()) in rows {
		assert_eq!(key.len(), 64);
		assert_eq!(key[32..], handle.0);
	}
}

use super::*;
use crate::{
	receipts::file_pending,
	testing::{COMPACT, WITH_RESTRICTED},
};
use salus_client::wire::{codes, Receipt, ReceiptKind};
use salus_fhir::Bundle;

#[tokio::test]
async fn own_staff_read_the_original_bytes_with_a_receipt() {
	let staffed = Staffed::new().await;
	let handle = staffed.patient_with(1, WITH_RESTRICTED).await;
	let reader = &staffed.physician;
	in_care(&staffed, &handle, reader).await;
	let list = reader.gateway.records(&handle).await.unwrap();
	let parsed = Bundle::parse(WITH_RESTRICTED).unwrap();
	assert_eq!(list.records.len(), parsed.resources().count());
	assert!(list.records.is_sorted_by(|one, other| one.recorded_at >= other.recorded_at));
	for summary in &list.records {
		let read = reader.gateway.record(&handle, &summary.record).await.unwrap();
		assert!(parsed.resources().any(|resource| resource.original == read.bytes));
		assert!(read.receipt.is_some());
	}
	let receipts = staffed.region.service(1).receipts.from(0, 1_000).unwrap();
	let kinds: Vec<ReceiptKind> =
		receipts.iter().map(|row| serde_json::from_slice::<Receipt>(&row.bytes.0).unwrap().kind).collect();
	assert_eq!(kinds[0], ReceiptKind::OwnList);
	assert_eq!(kinds.len(), list.records.len() + 1);
	let last: Receipt = serde_json::from_slice(&receipts.last().unwrap().bytes.0).unwrap();
	assert_eq!(last.practitioner, Some(reader.key.id));
	assert!(last.basis.contains(&staffed.registrar.key.id.to_string()), "who recorded the relationship");
}

#[tokio::test]
async fn own_staff_without_a_care_relationship_read_nothing_and_learn_nothing() {
	let staffed = Staffed::new().await;
	let handle = staffed.patient_with(1, COMPACT).await;
	let known = staffed.physician.gateway.records(&handle).await.unwrap_err();
	let unknown = staffed.physician.gateway.records(&PatientHandle([77; 32])).await.unwrap_err();
	assert_eq!(known.code(), Some(codes::NOT_ENTITLED));
	assert_eq!(known.to_string(), unknown.to_string());
	in_care(&staffed, &handle, &staffed.physician).await;
	let none = staffed.physician.gateway.record(&handle, &salus_primitives::RecordId([1; 32])).await.unwrap_err();
	assert_eq!(none.code(), Some(codes::NOT_FOUND));
}

#[tokio::test]
async fn a_care_relationship_names_one_partner_and_a_time_ahead() {
	let staffed = Staffed::new().await;
	let handle = staffed.custodial_patient(1).await;
	let now = salus_client::now();
	let request = |practitioner, department: Option<&str>, until| CareRelationshipRequest {
		practitioner,
		department: department.map(Into::into),
		kind: CareKind::Referral,
		until,
	};
	let staff = Some(staffed.physician.key.id);
	let wrong = [
		request(None, None, now + DAY),
		request(staff, Some("cardiology"), now + DAY),
		request(staff, None, now - 1),
		request(staff, None, now + 1_000 * DAY),
		request(None, Some("Not A Code"), now + DAY),
		request(Some(staffed.cardiologist.key.id), None, now + DAY),
	];
	for request in wrong {
		let error = staffed.registrar.gateway.care_relationship(&handle, &request).await.unwrap_err();
		assert_eq!(error.code(), Some(codes::BAD_REQUEST), "{request:?}");
	}
	let good = request(None, Some("cardiology"), now + DAY);
	staffed.physician.gateway.care_relationship(&handle, &good).await.unwrap();
	staffed.witness.gateway.records(&handle).await.unwrap();
	let error = staffed.witness.gateway.care_relationship(&handle, &good).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::NOT_ENTITLED), "a nurse does not record them");
}

#[tokio::test]
async fn a_care_relationship_for_oneself_lasts_a_day_and_the_receipt_says_whose_word_it_is() {
	let staffed = Staffed::new().await;
	let handle = staffed.patient_with(1, COMPACT).await;
	let physician = &staffed.physician;
	let mine = |until| CareRelationshipRequest {
		practitioner: Some(physician.key.id),
		department: None,
		kind: CareKind::Encounter,
		until,
	};
	let department = |until| CareRelationshipRequest {
		practitioner: None,
		department: Some("cardiology".into()),
		kind: CareKind::Encounter,
		until,
	};
	let now = salus_client::now();
	for request in [mine(now + 2 * DAY), department(now + 2 * DAY)] {
		let error = physician.gateway.care_relationship(&handle, &request).await.unwrap_err();
		assert_eq!(error.code(), Some(codes::NOT_ENTITLED), "{request:?}");
	}
	let basis = || {
		let receipts = staffed.region.service(1).receipts.from(0, 1_000).unwrap();
		serde_json::from_slice::<Receipt>(&receipts.last().unwrap().bytes.0).unwrap().basis
	};
	physician.gateway.care_relationship(&handle, &mine(now + DAY)).await.unwrap();
	physician.gateway.records(&handle).await.unwrap();
	assert!(basis().contains("recorded by the reader"), "{}", basis());
	let colleague = staffed.region.staff(1, &[StaffRole::Physician]);
	colleague.gateway.care_relationship(&handle, &mine(now + 30 * DAY)).await.unwrap();
	physician.gateway.records(&handle).await.unwrap();
	assert!(!basis().contains("the reader") && basis().contains(&colleague.key.id.to_string()), "{}", basis());
}

#[tokio::test]
async fn an_amendment_needs_what_reading_the_record_needs_and_leaves_its_receipt() {
	let staffed = Staffed::new().await;
	let handle = staffed.patient_with(1, COMPACT).await;
	let (physician, outsider) = (&staffed.physician, staffed.region.staff(1, &[StaffRole::Physician]));
	let care = CareRelationshipRequest {
		practitioner: Some(physician.key.id),
		department: None,
		kind: CareKind::Encounter,
		until: salus_client::now() + DAY,
	};
	staffed.registrar.gateway.care_relationship(&handle, &care).await.unwrap();
	let record = physician.gateway.records(&handle).await.unwrap().records[0].record;
	let original = physician.gateway.record(&handle, &record).await.unwrap().bytes;
	let service = staffed.region.service(1);
	let receipts = || service.receipts.from(0, 1_000).unwrap().len();
	// The departments of the fake registry are one: the relationship names the physician alone.
	let before = receipts();
	let unknown = salus_primitives::RecordId([1; 32]);
	let known = outsider.gateway.amend(&handle, &record, original.clone()).await.unwrap_err();
	let other = outsider.gateway.amend(&handle, &unknown, original.clone()).await.unwrap_err();
	assert_eq!(known.code(), Some(codes::NOT_ENTITLED));
	assert_eq!(known.to_string(), other.to_string(), "whether there is such a record is not told");
	let absent = physician.gateway.amend(&handle, &unknown, original.clone()).await.unwrap_err();
	assert_eq!((absent.code(), receipts()), (Some(codes::NOT_FOUND), before));
	// Refused for what it says, but by then the old record was looked at.
	physician.gateway.amend(&handle, &record, br#"{"resourceType":"Basic","id":"x"}"#.to_vec()).await.unwrap_err();
	let last = service.receipts.from(0, 1_000).unwrap().pop().unwrap();
	let last: Receipt = serde_json::from_slice(&last.bytes.0).unwrap();
	assert_eq!((receipts(), last.kind, last.records), (before + 1, ReceiptKind::OwnRead, vec![record]));
}

#[tokio::test]
async fn own_reads_do_not_need_the_node_and_everything_else_says_so() {
	let staffed = Staffed::new().await;
	let handle = staffed.patient_with(1, COMPACT).await;
	in_care(&staffed, &handle, &staffed.physician).await;
	let record = staffed.physician.gateway.records(&handle).await.unwrap().records[0].record;
	staffed.region.chain.world().down = true;
	staffed.physician.gateway.record(&handle, &record).await.unwrap();
	let error = staffed.physician.gateway.ingest(&handle, COMPACT.to_vec()).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::NODE_UNREACHABLE));
	// Nobody is remembered who was never seen.
	let stranger = staffed.region.staff(1, &[StaffRole::Physician]);
	let error = stranger.gateway.record(&handle, &record).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::NODE_UNREACHABLE));
	let status = salus_client::gateway::Gateway::status_of(&staffed.region.urls[0]).await.unwrap();
	assert!(!status.ready && status.finalized.is_none());
}

#[tokio::test]
async fn an_act_is_not_refused_because_the_node_is_busy() {
	let staffed = Staffed::new().await;
	let handle = staffed.patient_with(1, COMPACT).await;
	in_care(&staffed, &handle, &staffed.physician).await;
	staffed.physician.gateway.records(&handle).await.unwrap();
	staffed.region.chain.world().slow = std::time::Duration::from_millis(1_200);
	// Read by memory, and right after it something that memory does not serve for.
	staffed.physician.gateway.records(&handle).await.unwrap();
	let report = staffed.physician.gateway.ingest(&handle, COMPACT.to_vec()).await.unwrap();
	assert!(report.already_there > 0);
}

#[tokio::test]
async fn a_head_that_is_too_old_decides_nothing() {
	let staffed = Staffed::new().await;
	let handle = staffed.custodial_patient(1).await;
	staffed.region.chain.world().head_age = 10 * salus_primitives::MINUTE;
	let asked = try_ask(&staffed.cardiologist, &handle, &[Category::Laboratory], Purpose::Treatment).await;
	assert_eq!(asked.err().unwrap().code(), Some(codes::HEAD_TOO_OLD));
	let status = salus_client::gateway::Gateway::status_of(&staffed.region.urls[0]).await.unwrap();
	assert!(!status.ready && status.head_age_ms.unwrap() >= 10 * salus_primitives::MINUTE);
}

#[tokio::test]
async fn an_ingest_over_http_doubles_nothing_and_an_amendment_is_read() {
	let staffed = Staffed::new().await;
	let handle = staffed.patient_with(1, WITH_RESTRICTED).await;
	let again = staffed.registrar.gateway.ingest(&handle, WITH_RESTRICTED.to_vec()).await.unwrap();
	assert!(again.records.is_empty() && again.already_there > 0);
	in_care(&staffed, &handle, &staffed.physician).await;
	let list = staffed.physician.gateway.records(&handle).await.unwrap();
	let claim = list.records.iter().find(|record| record.kind == "Claim").unwrap();
	let original = staffed.physician.gateway.record(&handle, &claim.record).await.unwrap().bytes;
	let changed = String::from_utf8(original).unwrap().replacen("\"active\"", "\"cancelled\"", 1).into_bytes();
	let error = staffed.registrar.gateway.amend(&handle, &claim.record, changed.clone()).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::NOT_ENTITLED), "a registrar does not amend");
	let report = staffed.physician.gateway.amend(&handle, &claim.record, changed.clone()).await.unwrap();
	assert_eq!(report.version, 2);
	let read = staffed.physician.gateway.record(&handle, &report.record.record).await.unwrap();
	assert_eq!(read.bytes, changed);
}

#[tokio::test]
async fn status_tells_what_waits() {
	let staffed = Staffed::new().await;
	let handle = staffed.patient_with(1, COMPACT).await;
	in_care(&staffed, &handle, &staffed.physician).await;
	staffed.physician.gateway.records(&handle).await.unwrap();
	let status = staffed.physician.gateway.status().await.unwrap();
	assert!(status.ready);
	assert_eq!((status.institution, status.receipts_pending, status.genesis.0), (A, 1, GENESIS));
	let service = staffed.region.service(1);
	let later = salus_client::now() + salus_primitives::MINUTE;
	// The chain refuses a period in its future; so the clock is right, and the receipt old enough, a little later.
	assert!(file_pending(&service.receipts, service.chain.as_ref(), service.account, later).await.is_ok());
	assert_eq!(staffed.physician.gateway.status().await.unwrap().receipts_pending, 0);
}

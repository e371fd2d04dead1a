use super::*;
use crate::testing::{WITHOUT_RESTRICTED, WITH_RESTRICTED};
use salus_client::wire::{codes, Receipt, EMERGENCY_HINT};
use salus_fhir::Bundle;
use salus_primitives::{AuditChain, PurposeClass};

const GRANTED: [Category; 2] = [Category::Laboratory, Category::Conditions];

#[tokio::test]
async fn what_was_granted_is_fetched_verified_and_rejoined_to_the_original_bytes() {
	let staffed = Staffed::new().await;
	let handle = staffed.patient_with(1, WITH_RESTRICTED).await;
	let granted = staffed.grant(&handle, 2, &GRANTED).await;
	assert!(granted.grantee_told);
	let asked = ask(&staffed.cardiologist, &handle, &GRANTED).await;
	assert!(asked.answer.expires_at.is_some());
	let release = asked.fetch(&staffed.cardiologist).await.unwrap();
	let opened = asked.open(&release);
	let parsed = Bundle::parse(WITH_RESTRICTED).unwrap();
	let expected: Vec<_> = parsed
		.resources()
		.filter(|one| GRANTED.contains(&one.labels.category) && one.labels.classes == [LabelClass::Normal].into())
		.collect();
	assert!(!expected.is_empty());
	assert_eq!(opened.len(), expected.len());
	for record in &opened {
		assert!(record.rejoined && expected.iter().any(|resource| resource.original == record.bytes));
	}
	let anchored = staffed.region.chain.world().anchors[&handle].clone();
	assert!(opened.iter().all(|one| anchored.iter().any(|(record, _)| *record == one.record)));

	// The receipt was there before the answer, and names everything.
	let rows = staffed.region.service(1).receipts.from(0, 100).unwrap();
	let receipt: Receipt = serde_json::from_slice(&rows.last().unwrap().bytes.0).unwrap();
	assert_eq!(receipt.records.len(), opened.len());
	assert_eq!((receipt.practitioner, receipt.permit), (Some(staffed.cardiologist.key.id), asked.answer.permit));
	use sha2::Digest;
	let hash: [u8; 32] = sha2::Sha256::digest(&rows.last().unwrap().bytes.0).into();
	assert_eq!(release.receipt.0, hash);
}

#[tokio::test]
async fn without_a_grant_the_answer_is_empty_and_looks_like_any_other() {
	let staffed = Staffed::new().await;
	let handle = staffed.patient_with(1, WITH_RESTRICTED).await;
	let unknown = PatientHandle([88; 32]);
	let (known, nobody) =
		(ask(&staffed.cardiologist, &handle, &GRANTED).await, ask(&staffed.cardiologist, &unknown, &GRANTED).await);
	for answer in [&known.answer, &nobody.answer] {
		assert_eq!((answer.permit, answer.expires_at, answer.hint.as_str()), (None, None, EMERGENCY_HINT));
	}
	staffed.grant(&handle, 2, &GRANTED).await;
	ask(&staffed.cardiologist, &handle, &GRANTED).await.permit();
	let world = staffed.region.chain.world();
	let shapes: Vec<_> = world
		.submitted
		.iter()
		.filter_map(|one| match one {
			crate::chain::Transaction::RequestAccess { tags, purpose, .. } => Some((tags.len(), *purpose)),
			_ => None,
		})
		.collect();
	assert_eq!(shapes, vec![(32, PurposeClass::Treatment); 3], "as many tags whether or not anything was granted");
}

#[tokio::test]
async fn a_restriction_cannot_be_seen() {
	let staffed = Staffed::new().await;
	let with = staffed.patient_with(1, WITH_RESTRICTED).await;
	let without = staffed.patient_with(2, WITHOUT_RESTRICTED).await;
	let mut shapes = Vec::new();
	for (number, handle) in [(3, with), (4, without)] {
		staffed.grant(&handle, number, &GRANTED).await;
		let asked = ask(&staffed.cardiologist, &handle, &GRANTED).await;
		let release = asked.fetch(&staffed.cardiologist).await.unwrap();
		let mut kinds: Vec<_> = release.records.iter().map(|one| (one.kind.clone(), one.classes.clone())).collect();
		kinds.sort();
		let value = serde_json::to_value(&release).unwrap();
		let fields: Vec<String> = value.as_object().unwrap().keys().cloned().collect();
		shapes.push((kinds, fields));
	}
	assert_eq!(shapes[0], shapes[1]);
}

#[tokio::test]
async fn a_colleague_whom_the_document_does_not_name_gets_nothing() {
	let staffed = Staffed::new().await;
	let handle = staffed.patient_with(1, WITH_RESTRICTED).await;
	staffed.grant(&handle, 2, &GRANTED).await;
	let nurse = staffed.region.staff(2, &[StaffRole::Nurse]);
	staffed.region.chain.world().staff.get_mut(&nurse.key.id).unwrap().departments = vec!["surgery".into()];
	let asked = ask(&nurse, &handle, &GRANTED).await;
	let release = asked.fetch(&nurse).await.unwrap();
	assert!(release.records.is_empty());
	let rows = staffed.region.service(1).receipts.from(0, 100).unwrap();
	let receipt: Receipt = serde_json::from_slice(&rows.last().unwrap().bytes.0).unwrap();
	assert!(receipt.records.is_empty() && receipt.basis.contains("nothing was released"));
}

#[tokio::test]
async fn a_permit_releases_nothing_after_the_revocation() {
	let staffed = Staffed::new().await;
	let handle = staffed.patient_with(1, WITH_RESTRICTED).await;
	let granted = staffed.grant(&handle, 2, &GRANTED).await;
	let asked = ask(&staffed.cardiologist, &handle, &GRANTED).await;
	assert!(!asked.fetch(&staffed.cardiologist).await.unwrap().records.is_empty());
	let revoked = staffed.registrar.gateway.revoke_consents(&handle, granted.grantee).await.unwrap();
	assert_eq!(revoked.ended, [granted.capability]);
	assert!(asked.fetch(&staffed.cardiologist).await.unwrap().records.is_empty());
	let error = staffed.registrar.gateway.revoke_consents(&handle, granted.grantee).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::NOT_FOUND));
}

#[tokio::test]
async fn a_custodian_whose_node_is_behind_waits_for_the_permit() {
	let staffed = Staffed::new().await;
	let handle = staffed.patient_with(1, WITH_RESTRICTED).await;
	staffed.grant(&handle, 2, &GRANTED).await;
	let asked = ask(&staffed.cardiologist, &handle, &GRANTED).await;
	let (chain, permit, patient) = (staffed.region.chain.clone(), asked.permit(), AuditChain::Patient(handle));
	let taken = {
		let mut world = chain.world();
		(world.permits.remove(&permit).unwrap(), world.entries.get_mut(&patient).unwrap().pop().unwrap())
	};
	let later = async {
		tokio::time::sleep(std::time::Duration::from_millis(500)).await;
		let mut world = chain.world();
		world.permits.insert(permit, taken.0);
		world.entries.get_mut(&patient).unwrap().push(taken.1);
	};
	let (release, ()) = futures::join!(asked.fetch(&staffed.cardiologist), later);
	assert!(!release.unwrap().records.is_empty());
}

#[tokio::test]
async fn one_of_two_grants_can_be_ended() {
	let staffed = Staffed::new().await;
	let handle = staffed.patient_with(1, WITH_RESTRICTED).await;
	let first = staffed.grant(&handle, 2, &[Category::Laboratory]).await;
	staffed.grant(&handle, 3, &[Category::Conditions]).await;
	staffed.registrar.gateway.revoke_consent(&handle, first.grantee, first.capability).await.unwrap();
	let asked = ask(&staffed.cardiologist, &handle, &GRANTED).await;
	let release = asked.fetch(&staffed.cardiologist).await.unwrap();
	assert!(!release.records.is_empty());
	assert!(release.records.iter().all(|record| record.category == Category::Conditions));
	let held = staffed.registrar.gateway.policies(&handle).await.unwrap();
	assert_eq!(held.policies.iter().map(|one| one.live).collect::<Vec<_>>(), [false, true]);
}

#[tokio::test]
async fn a_challenge_is_good_once_and_for_who_asked() {
	let staffed = Staffed::new().await;
	let handle = staffed.patient_with(1, WITH_RESTRICTED).await;
	staffed.grant(&handle, 2, &GRANTED).await;
	let asked = ask(&staffed.cardiologist, &handle, &GRANTED).await;
	let body = asked.signed_challenge(&staffed.cardiologist).await;
	staffed.cardiologist.gateway.fetch(asked.permit(), &body).await.unwrap();
	let again = staffed.cardiologist.gateway.fetch(asked.permit(), &body).await.unwrap_err();
	assert_eq!(again.code(), Some(codes::EXPIRED));
	let colleague = staffed.region.staff(2, &[StaffRole::Physician]);
	let error = colleague.gateway.challenge(asked.permit()).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::NOT_FOUND));
	// With another key the answer is an empty list.
	let thief = Asked { keys: OneTimeKeys::generate().unwrap(), handle, answer: asked.answer.clone() };
	assert!(thief.fetch(&staffed.cardiologist).await.unwrap().records.is_empty());
}

#[tokio::test]
async fn an_altered_or_missing_blob_is_said_and_not_handed_out() {
	let staffed = Staffed::new().await;
	let handle = staffed.patient_with(1, WITH_RESTRICTED).await;
	staffed.grant(&handle, 2, &GRANTED).await;
	let asked = ask(&staffed.cardiologist, &handle, &GRANTED).await;
	let release = asked.fetch(&staffed.cardiologist).await.unwrap();
	let content = salus_envelope::ContentId::of(&release.records[0].body.blob.0);
	let file = staffed.region.blob_file(1, &content);
	let mut bytes = std::fs::read(&file).unwrap();
	bytes[100] ^= 1;
	std::fs::write(&file, bytes).unwrap();
	let error = asked.fetch(&staffed.cardiologist).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::BLOB_ALTERED));
	std::fs::remove_file(&file).unwrap();
	let error = asked.fetch(&staffed.cardiologist).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::BLOB_MISSING));
	// The care team of the own house is told as well, and reads everything else.
	in_care(&staffed, &handle, &staffed.physician).await;
	let damaged = release.records[0].record;
	let error = staffed.physician.gateway.record(&handle, &damaged).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::BLOB_MISSING));
	staffed.physician.gateway.record(&handle, &release.records[1].record).await.unwrap();
}

#[tokio::test]
async fn a_statement_that_differs_from_the_request_is_refused() {
	let staffed = Staffed::new().await;
	let handle = staffed.custodial_patient(1).await;
	let keys = OneTimeKeys::generate().unwrap();
	let public = keys.public();
	let statement = RequestStatement {
		practitioner: staffed.cardiologist.key.id,
		handle,
		custodian: A,
		categories: vec![Category::Laboratory],
		purpose: Purpose::Treatment,
		signing_key: public.signing.into(),
		xwing_key: public.xwing.as_bytes().to_vec().into(),
		reason: "chest pain".into(),
		at: salus_client::now(),
	};
	let request = |statement: RequestStatement| AccessRequest {
		handle,
		custodian: A,
		categories: vec![Category::Laboratory],
		purpose: Purpose::Treatment,
		request: statement.sign(&GENESIS, staffed.cardiologist.key.signing_key()),
	};
	let changes: [fn(&mut RequestStatement); 6] = [
		|one| one.categories = vec![Category::Imaging],
		|one| one.purpose = Purpose::Research,
		|one| one.handle = PatientHandle([9; 32]),
		|one| one.reason = " ".into(),
		|one| one.at -= salus_primitives::HOUR,
		|one| one.xwing_key = vec![1].into(),
	];
	for (number, change) in changes.into_iter().enumerate() {
		let mut changed = statement.clone();
		change(&mut changed);
		let error = staffed.cardiologist.gateway.request_access(&request(changed)).await.unwrap_err();
		assert_eq!(error.code(), Some(codes::BAD_REQUEST), "{number}");
	}
	let mut forged = request(statement.clone());
	forged.request.signature = [0; 64].into();
	let error = staffed.cardiologist.gateway.request_access(&forged).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::BAD_REQUEST));
	staffed.cardiologist.gateway.request_access(&request(statement)).await.unwrap();
}

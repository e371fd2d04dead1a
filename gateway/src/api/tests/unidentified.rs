use super::*;
use crate::{
	chain::fake::Trouble,
	emergency::packages::current_records,
	finding::merges,
	index::MERGES,
	testing::{COMPACT, WITH_RESTRICTED},
};
use salus_client::{
	audit::verify_chain,
	wire::{codes, statement_commitment, HandlesMerged, MergeHandle, Openings, UnmergeHandle},
};
use salus_primitives::{AuditChain, RecordId};
use std::collections::BTreeSet;

async fn provisional(staffed: &Staffed) -> PatientHandle {
	let body = RegisterPatient { control: PatientControl::Provisional };
	staffed.registrar.gateway.register_patient(&body).await.unwrap().handle
}

/// Somebody whom nobody could identify, with records, and a patient who is known, with others.
async fn two(staffed: &Staffed) -> (PatientHandle, PatientHandle) {
	let unknown = provisional(staffed).await;
	staffed.physician.gateway.ingest(&unknown, WITH_RESTRICTED.to_vec()).await.unwrap();
	let known = staffed.patient_with(1, COMPACT).await;
	for handle in [&unknown, &known] {
		in_care(staffed, handle, &staffed.physician).await;
	}
	(unknown, known)
}

async fn merge(
	person: &Person,
	provisional: &PatientHandle,
	into: &PatientHandle,
) -> Result<HandlesMerged, GatewayError> {
	let body = MergeHandle { into: *into, statement: "recognised by her sister".into() };
	person.gateway.merge_handle(provisional, &body).await
}

async fn unmerge(person: &Person, provisional: &PatientHandle) -> Result<HandlesMerged, GatewayError> {
	person.gateway.unmerge_handle(provisional, &UnmergeHandle { statement: "it was the sister herself".into() }).await
}

async fn listed(staffed: &Staffed, handle: &PatientHandle) -> BTreeSet<RecordId> {
	let list = staffed.physician.gateway.records(handle).await.unwrap();
	list.records.into_iter().map(|record| record.record).collect()
}

fn code(outcome: Result<HandlesMerged, GatewayError>) -> Option<String> {
	outcome.unwrap_err().code().map(ToOwned::to_owned)
}

#[tokio::test]
async fn somebody_unknown_is_treated_and_nobody_consents_for_them() {
	let staffed = Staffed::new().await;
	let unknown = provisional(&staffed).await;
	staffed.physician.gateway.ingest(&unknown, COMPACT.to_vec()).await.unwrap();
	in_care(&staffed, &unknown, &staffed.physician).await;
	assert!(!listed(&staffed, &unknown).await.is_empty());
	let laboratory = document(&unknown, &[Category::Laboratory], ControllerStatement::Patient);
	let consent = staffed.registrar.gateway.grant_consent(&unknown, &staffed.consent(laboratory, 2)).await;
	assert!(consent.is_err());
	assert!(staffed.region.chain.world().capabilities.is_empty());
	let tags = staffed.registrar.gateway.scope_tags(&unknown, &[Category::Laboratory], &[LabelClass::Normal]).await;
	assert_eq!(tags.unwrap_err().code(), Some(codes::NOT_ENTITLED));
}

#[tokio::test]
async fn everything_is_carried_over_when_the_patient_is_recognised() {
	let staffed = Staffed::new().await;
	let (unknown, known) = two(&staffed).await;
	let (before, own) = (listed(&staffed, &unknown).await, listed(&staffed, &known).await);
	merge(&staffed.registrar, &unknown, &known).await.unwrap();

	let all: BTreeSet<RecordId> = before.union(&own).copied().collect();
	assert_eq!(listed(&staffed, &known).await, all);
	let list = staffed.physician.gateway.records(&known).await.unwrap();
	for record in &list.records {
		assert_eq!(record.provisional, before.contains(&record.record).then_some(unknown));
		let read = staffed.physician.gateway.record(&known, &record.record).await.unwrap();
		assert!(read.receipt.is_some() && !read.bytes.is_empty());
	}

	// In an emergency too; who the patient is, is what was known before.
	let current = current_records(&staffed.region.service(1).index, &known).unwrap();
	let of = |handle| current.iter().filter(move |one| one.of == handle);
	assert!(of(known).any(|one| one.row.kind == "Patient") && of(unknown).count() > 0);
	assert!(!of(unknown).any(|one| one.row.kind == "Patient"));
}

#[tokio::test]
async fn the_patient_sees_what_was_done_before_the_patient_was_recognised() {
	let staffed = Staffed::new().await;
	let officer = staffed.region.staff(1, &[StaffRole::PrivacyOfficer]);
	let (unknown, known) = two(&staffed).await;
	officer.gateway.openings(&unknown).await.unwrap();
	merge(&staffed.registrar, &unknown, &known).await.unwrap();
	let shown = officer.gateway.openings(&known).await.unwrap();
	assert_eq!(shown.merged.iter().map(|merged| merged.handle).collect::<Vec<_>>(), [unknown]);
	let earlier = shown.merged[0].clone();
	assert!(!earlier.receipts.is_empty(), "readings under the provisional handle");
	for Openings { handle, openings, .. } in [shown, earlier] {
		let chain = AuditChain::Patient(handle);
		let world = staffed.region.chain.world();
		let report = verify_chain(chain, &openings, &world.entries[&chain], &world.head(chain));
		assert!(report.findings.is_empty(), "{:?}", report.findings);
		let last = report.lines.last().unwrap().full.clone().unwrap();
		assert_eq!(last.counterpart, Some(if handle == known { unknown } else { known }));
		assert_eq!(last.basis, "recognised by her sister");
		assert_eq!(last.evidence, Some(world.merges[&unknown].statement));
	}
}

#[tokio::test]
async fn the_chain_holds_a_commitment_to_the_words_that_the_custodian_can_open() {
	let staffed = Staffed::new().await;
	let (unknown, known) = two(&staffed).await;
	merge(&staffed.registrar, &unknown, &known).await.unwrap();
	let on_chain = staffed.region.chain.world().merges[&unknown].statement;
	let key = crate::index::compose(&[&unknown.0, &on_chain.0]);
	let kept = staffed.region.service(1).index.get(&crate::index::MERGE_STATEMENTS, key).unwrap().unwrap();
	assert_eq!(kept.statement, "recognised by her sister");
	assert_eq!(statement_commitment(&kept.salt, &unknown, &known, &kept.statement), on_chain);
}

#[tokio::test]
async fn what_the_patient_grants_is_released_of_both() {
	const GRANTED: [Category; 2] = [Category::Laboratory, Category::Conditions];
	let staffed = Staffed::new().await;
	let (unknown, known) = two(&staffed).await;
	staffed.grant(&known, 2, &GRANTED).await;
	let fetch = || async {
		let asked = ask(&staffed.cardiologist, &known, &GRANTED).await;
		let release = asked.fetch(&staffed.cardiologist).await.unwrap();
		for record in &release.records {
			let handle = record.provisional.unwrap_or(known);
			let context =
				ReaderContext { genesis: &GENESIS, custodian: A, handle: &handle, one_time_key: asked.keys.xwing() };
			open_released(record, &context).unwrap();
		}
		release.records
	};
	let before = fetch().await;
	assert!(before.iter().all(|record| record.provisional.is_none()));
	merge(&staffed.registrar, &unknown, &known).await.unwrap();
	let after = fetch().await;
	let (carried, own): (Vec<_>, Vec<_>) = after.iter().partition(|record| record.provisional == Some(unknown));
	assert!(!carried.is_empty() && own.len() == before.len());
	assert!(carried.iter().all(|record| GRANTED.contains(&record.category)));
	unmerge(&staffed.registrar, &unknown).await.unwrap();
	assert_eq!(fetch().await.len(), before.len());
}

#[tokio::test]
async fn a_merged_handle_takes_no_records_until_that_is_taken_back() {
	let staffed = Staffed::new().await;
	let (unknown, known) = two(&staffed).await;
	let (before, own) = (listed(&staffed, &unknown).await, listed(&staffed, &known).await);
	merge(&staffed.registrar, &unknown, &known).await.unwrap();
	let ingest = || staffed.physician.gateway.ingest(&unknown, COMPACT.to_vec());
	assert_eq!(ingest().await.unwrap_err().code(), Some(codes::CONFLICT));
	let record = *before.first().unwrap();
	let amend = staffed.physician.gateway.amend(&known, &record, b"{}".to_vec()).await.unwrap_err();
	assert_eq!(amend.code(), Some(codes::CONFLICT));

	unmerge(&staffed.registrar, &unknown).await.unwrap();
	assert_eq!((listed(&staffed, &unknown).await, listed(&staffed, &known).await), (before.clone(), own));
	let foreign = staffed.physician.gateway.record(&known, &record).await.unwrap_err();
	assert_eq!(foreign.code(), Some(codes::NOT_FOUND));
	let info = staffed.region.chain.world().handles[&unknown].clone();
	assert_eq!(info.status, salus_runtime_api::HandleStatus::Active);
	// The right patient can still be recognised.
	merge(&staffed.registrar, &unknown, &known).await.unwrap();
}

#[tokio::test]
async fn only_registrars_of_the_house_merge_and_only_what_is_provisional() {
	let staffed = Staffed::new().await;
	let (unknown, known) = two(&staffed).await;
	for person in [&staffed.physician, &staffed.witness, &staffed.cardiologist] {
		assert_eq!(code(merge(person, &unknown, &known).await).as_deref(), Some(codes::NOT_ENTITLED));
		assert_eq!(code(unmerge(person, &unknown).await).as_deref(), Some(codes::NOT_ENTITLED));
	}
	let stranger = staffed.region.staff(2, &[StaffRole::Registrar]);
	assert_eq!(code(merge(&stranger, &unknown, &known).await).as_deref(), Some(codes::NOT_FOUND));
	let registrar = &staffed.registrar;
	for (one, other) in [(&known, &unknown), (&known, &known), (&unknown, &unknown)] {
		assert_eq!(code(merge(registrar, one, other).await).as_deref(), Some(codes::CONFLICT));
	}
	let nobody = PatientHandle([77; 32]);
	assert_eq!(code(merge(registrar, &unknown, &nobody).await).as_deref(), Some(codes::NOT_FOUND));
	assert_eq!(code(unmerge(registrar, &unknown).await).as_deref(), Some(codes::CONFLICT));
	let wordless = MergeHandle { into: known, statement: " ".into() };
	let wordless = registrar.gateway.merge_handle(&unknown, &wordless).await.unwrap_err();
	assert_eq!(wordless.code(), Some(codes::BAD_REQUEST));
	assert!(staffed.region.chain.world().merges.is_empty());
	merge(registrar, &unknown, &known).await.unwrap();
	assert_eq!(code(merge(registrar, &unknown, &known).await).as_deref(), Some(codes::CONFLICT));
}

#[tokio::test]
async fn an_index_that_was_restored_learns_of_the_merge_when_it_is_asked_for_again() {
	let staffed = Staffed::new().await;
	let (unknown, known) = two(&staffed).await;
	merge(&staffed.registrar, &unknown, &known).await.unwrap();
	let all = listed(&staffed, &known).await;
	let index = &staffed.region.service(1).index;
	index.remove(&MERGES, crate::index::compose(&[&known.0, &unknown.0])).unwrap();
	assert!(listed(&staffed, &known).await.len() < all.len());
	let again = merge(&staffed.registrar, &unknown, &known).await;
	assert_eq!(code(again).as_deref(), Some(codes::CONFLICT));
	assert_eq!(listed(&staffed, &known).await, all);
}

#[tokio::test]
async fn an_act_that_broke_off_is_found_out_about_and_read_apart_until_then() {
	let staffed = Staffed::new().await;
	let (unknown, known) = two(&staffed).await;
	let own = listed(&staffed, &known).await;
	let service = staffed.region.service(1);
	let trouble = |trouble| staffed.region.chain.world().trouble = trouble;

	trouble(Trouble::LostAfter);
	merge(&staffed.registrar, &unknown, &known).await.unwrap_err();
	assert_eq!(listed(&staffed, &known).await, own, "apart while nobody knows");
	merges::recover(service).await.unwrap();
	assert!(listed(&staffed, &known).await.len() > own.len());

	trouble(Trouble::LostBefore);
	unmerge(&staffed.registrar, &unknown).await.unwrap_err();
	merges::recover(service).await.unwrap();
	assert_eq!(listed(&staffed, &known).await, own, "it may still come");

	trouble(Trouble::LostAfter);
	unmerge(&staffed.registrar, &unknown).await.unwrap_err();
	merges::recover(service).await.unwrap();
	assert!(service.index.scan(&MERGES, []).unwrap().is_empty());
	assert_eq!(listed(&staffed, &known).await, own);
}

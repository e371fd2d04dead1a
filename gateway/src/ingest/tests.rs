//! An ingest that breaks off at each of its steps is completed or taken back; nothing is doubled.

use super::*;
use crate::{
	chain::fake::Trouble,
	index::JOURNAL,
	reading,
	testing::{config, open_with, Ward, COMPACT, WITHOUT_RESTRICTED, WITH_RESTRICTED},
	vault::{testing::FullAfter, FolderStore, VaultError},
};
use salus_client::wire::codes;
use salus_fhir::Bundle;
use salus_policy::LabelClass;

fn originals(bundle: &[u8]) -> Vec<Vec<u8>> {
	Bundle::parse(bundle).unwrap().resources().map(|resource| resource.original.to_vec()).collect()
}

fn rows(service: &Service, handle: &PatientHandle) -> Vec<RecordRow> {
	service.index.scan(&RECORDS, handle.0).unwrap().into_iter().map(|(_, row)| row).collect()
}

fn blobs(ward: &Ward) -> usize {
	let mut count = 0;
	for entry in std::fs::read_dir(ward.folder.path().join("vault")).unwrap() {
		count += std::fs::read_dir(entry.unwrap().path()).unwrap().count();
	}
	count
}

/// Every resource of the bundle is there once, anchored, openable on chain, and reads back as it came.
fn assert_complete(ward: &Ward, service: &Service, handle: &PatientHandle, bundle: &[u8]) {
	let rows = rows(service, handle);
	let patient = service.index.get(&PATIENTS, handle.0).unwrap().unwrap();
	let mut read: Vec<Vec<u8>> =
		rows.iter().map(|row| reading::original(service.vault.as_ref(), &patient, row).unwrap()).collect();
	let mut expected = originals(bundle);
	read.sort();
	expected.sort();
	assert!(read == expected, "the records are not the resources");
	let world = ward.chain.world();
	assert_eq!(world.anchors[handle].len(), rows.len());
	assert!(rows.iter().all(|row| world.anchors[handle].iter().any(|(record, _)| *record == row.record)));
	let chain = salus_primitives::AuditChain::Patient(*handle);
	let openings = service.index.scan(&crate::index::OPENINGS, handle.0).unwrap();
	for entry in &world.entries[&chain] {
		let opening = openings.iter().find(|(_, opening)| opening.commitment == entry.commitment).unwrap();
		assert!(opening.1.opens());
	}
	assert_eq!(service.index.scan(&JOURNAL, []).unwrap().len(), 0);
	assert_eq!(blobs(ward), 2 * rows.len());
}

#[tokio::test]
async fn a_bundle_becomes_records() {
	let ward = Ward::new();
	let service = ward.open();
	for (number, bundle) in [(1, WITH_RESTRICTED), (2, WITHOUT_RESTRICTED), (3, COMPACT)] {
		let handle = ward.patient(&service, number);
		let report = take_in(&service, &ward.staff(), handle, bundle.to_vec()).await.unwrap();
		assert_eq!(report.records.len(), originals(bundle).len());
		assert_eq!((report.already_there, report.blocks.len()), (0, report.records.len().div_ceil(64)));
		let kinds: Vec<_> = report.records.iter().map(|record| record.kind.clone()).collect();
		let parsed = Bundle::parse(bundle).unwrap();
		assert!(parsed.resources().map(|resource| resource.kind).eq(kinds), "in the order of the bundle");
	}
}

#[tokio::test]
async fn records_read_back_as_the_original_bytes() {
	let ward = Ward::new();
	let service = ward.open();
	let handle = ward.patient(&service, 1);
	take_in(&service, &ward.staff(), handle, WITH_RESTRICTED.to_vec()).await.unwrap();
	assert_complete(&ward, &service, &handle, WITH_RESTRICTED);
	assert!(rows(&service, &handle).iter().any(|row| !row.classes.contains(&LabelClass::Normal)));
}

#[tokio::test]
async fn the_same_bundle_again_doubles_nothing() {
	let ward = Ward::new();
	let service = ward.open();
	let handle = ward.patient(&service, 1);
	let first = take_in(&service, &ward.staff(), handle, COMPACT.to_vec()).await.unwrap();
	let second = take_in(&service, &ward.staff(), handle, COMPACT.to_vec()).await.unwrap();
	assert_eq!((second.records.len(), second.already_there as usize), (0, first.records.len()));
	assert!(second.blocks.is_empty());
	assert_complete(&ward, &service, &handle, COMPACT);
}

#[tokio::test]
async fn a_node_that_goes_away_before_the_call_is_survived_by_a_restart() {
	let ward = Ward::new();
	let handle = {
		let service = ward.open();
		let handle = ward.patient(&service, 1);
		ward.chain.world().trouble = Trouble::LostBefore;
		let failure = take_in(&service, &ward.staff(), handle, COMPACT.to_vec()).await.unwrap_err();
		assert_eq!(failure.code(), codes::NODE_UNREACHABLE);
		assert!(rows(&service, &handle).is_empty());
		handle
	};
	let service = ward.open();
	recover(&service).await.unwrap();
	assert_complete(&ward, &service, &handle, COMPACT);
	let again = take_in(&service, &ward.staff(), handle, COMPACT.to_vec()).await.unwrap();
	assert_eq!(again.records.len(), 0);
}

#[tokio::test]
async fn an_answer_that_was_lost_is_found_on_the_chain() {
	let ward = Ward::new();
	let handle = {
		let service = ward.open();
		let handle = ward.patient(&service, 1);
		ward.chain.world().trouble = Trouble::LostAfter;
		take_in(&service, &ward.staff(), handle, COMPACT.to_vec()).await.unwrap_err();
		handle
	};
	let service = ward.open();
	// Sending again resumes first, and the report says what came of it.
	let report = take_in(&service, &ward.staff(), handle, COMPACT.to_vec()).await.unwrap();
	assert_eq!((report.records.len(), report.already_there), (originals(COMPACT).len(), 0));
	assert_eq!(ward.chain.world().submitted.len(), 1, "anchored once");
	assert_complete(&ward, &service, &handle, COMPACT);
}

#[tokio::test]
async fn an_ingest_that_cannot_be_carried_on_holds_no_other_up() {
	let ward = Ward::new();
	let service = ward.open();
	let (poisoned, other) = (ward.patient(&service, 1), ward.patient(&service, 2));
	for handle in [poisoned, other] {
		ward.chain.world().trouble = Trouble::LostBefore;
		take_in(&service, &ward.staff(), handle, COMPACT.to_vec()).await.unwrap_err();
	}
	// The chain refuses the first in line for good.
	ward.chain.world().handles.remove(&poisoned);
	assert_eq!(recover(&service).await.unwrap_err().code(), codes::CHAIN_REFUSED);
	assert!(rows(&service, &poisoned).is_empty());
	assert_eq!(rows(&service, &other).len(), originals(COMPACT).len());
	assert_eq!(service.index.scan(&JOURNAL, []).unwrap().len(), 1, "it is tried again");
}

#[tokio::test]
async fn a_crash_while_blobs_are_stored_leaves_nothing_behind() {
	let ward = Ward::new();
	let (handle, key) = {
		let service = ward.open();
		let handle = ward.patient(&service, 1);
		let patient = service.index.get(&PATIENTS, handle.0).unwrap().unwrap();
		let genesis = service.genesis().await.unwrap();
		let prepared = prepare_bundle(&service, &genesis, ward.physician.id, handle, &patient, COMPACT).unwrap();
		let row = journal::plan(&service, handle, &ward.staff(), &prepared).unwrap();
		let key = compose(&[&handle.0, &[1; 16]]);
		service.index.put(&JOURNAL, &key, &row).unwrap();
		for item in prepared.items.iter().take(3) {
			service.vault.put(&item.body).unwrap();
		}
		(handle, key)
	};
	assert_eq!(blobs(&ward), 3);
	let service = ward.open();
	recover(&service).await.unwrap();
	assert_eq!(blobs(&ward), 0);
	assert!(service.index.get(&JOURNAL, &key).unwrap().is_none());
	take_in(&service, &ward.staff(), handle, COMPACT.to_vec()).await.unwrap();
	assert_complete(&ward, &service, &handle, COMPACT);
}

#[tokio::test]
async fn a_crash_between_anchor_and_index_is_completed() {
	let ward = Ward::new();
	let handle = {
		let service = ward.open();
		let handle = ward.patient(&service, 1);
		let patient = service.index.get(&PATIENTS, handle.0).unwrap().unwrap();
		let genesis = service.genesis().await.unwrap();
		let prepared = prepare_bundle(&service, &genesis, ward.physician.id, handle, &patient, COMPACT).unwrap();
		store(&service, handle, &ward.staff(), &prepared).await.unwrap();
		// The call reaches the chain, and the process dies.
		let row = service.index.scan(&JOURNAL, handle.0).unwrap().remove(0).1;
		let commitments = row.items.iter().map(|item| item.commitment).collect();
		let entry = row.batches[0].opening.commitment;
		let transaction = crate::chain::Transaction::AnchorRecords { handle, commitments, entry };
		service.chain.submit(transaction).await.unwrap();
		handle
	};
	let service = ward.open();
	recover(&service).await.unwrap();
	assert_eq!(ward.chain.world().submitted.len(), 1);
	assert_complete(&ward, &service, &handle, COMPACT);
}

#[tokio::test]
async fn a_full_disk_is_said_and_leaves_nothing_behind() {
	let ward = Ward::new();
	let folder = ward.folder.path();
	let vault = Arc::new(FullAfter::new(FolderStore::open(&folder.join("vault")).unwrap(), i64::MAX));
	let service = open_with(folder, config(1, Vec::new()), ward.chain.clone(), vault.clone());
	let handle = ward.patient(&service, 1);
	vault.make_room(5);
	let failure = take_in(&service, &ward.staff(), handle, COMPACT.to_vec()).await.unwrap_err();
	assert_eq!(failure.code(), codes::DISK_FULL);
	assert_eq!((blobs(&ward), service.index.scan(&JOURNAL, []).unwrap().len()), (0, 0));
	assert!(ward.chain.world().submitted.is_empty());
	vault.make_room(10_000);
	take_in(&service, &ward.staff(), handle, COMPACT.to_vec()).await.unwrap();
	assert_complete(&ward, &service, &handle, COMPACT);
}

#[tokio::test]
async fn a_bundle_of_another_person_is_refused() {
	let ward = Ward::new();
	let service = ward.open();
	let handle = ward.patient(&service, 1);
	take_in(&service, &ward.staff(), handle, COMPACT.to_vec()).await.unwrap();
	let failure = take_in(&service, &ward.staff(), handle, WITHOUT_RESTRICTED.to_vec()).await.unwrap_err();
	assert_eq!(failure.code(), codes::CONFLICT);
	assert_complete(&ward, &service, &handle, COMPACT);
}

#[tokio::test]
async fn bad_files_are_refused_by_name_and_change_nothing() {
	let ward = Ward::new();
	let service = ward.open();
	let handle = ward.patient(&service, 1);
	let truncated = &COMPACT[..COMPACT.len() / 2];
	for bytes in [truncated, b"not json", br#"{"resourceType":"Patient"}"#, b""] {
		let failure = take_in(&service, &ward.staff(), handle, bytes.to_vec()).await.unwrap_err();
		assert_eq!(failure.code(), codes::BAD_BUNDLE);
	}
	assert!(rows(&service, &handle).is_empty() && ward.chain.world().submitted.is_empty());
	let unknown = PatientHandle([99; 32]);
	let failure = take_in(&service, &ward.staff(), unknown, COMPACT.to_vec()).await.unwrap_err();
	assert_eq!(failure.code(), codes::NOT_FOUND);
}

#[tokio::test]
async fn more_than_64_resources_go_in_several_calls() {
	let ward = Ward::new();
	let service = ward.open();
	let handle = ward.patient(&service, 1);
	let observation = |number: u32| {
		format!(
			r#"{{"resource":{{"resourceType":"Observation","id":"o{number}","status":"final","subject":{{"reference":"Patient/p"}},
			"code":{{"coding":[{{"system":"http://loinc.org","code":"29463-7"}}]}},"valueQuantity":{{"value":{number}.50}}}}}}"#
		)
	};
	let entries: Vec<String> = (0..150).map(observation).collect();
	let bundle = format!(
		r#"{{"resourceType":"Bundle","type":"collection","entry":[{{"resource":{{"resourceType":"Patient","id":"p"}}}},{}]}}"#,
		entries.join(",")
	);
	let report = take_in(&service, &ward.staff(), handle, bundle.clone().into_bytes()).await.unwrap();
	assert_eq!((report.records.len(), report.blocks.len()), (151, 3));
	assert_complete(&ward, &service, &handle, bundle.as_bytes());
}

#[tokio::test]
async fn an_amendment_replaces_and_is_not_less_closely_kept() {
	let ward = Ward::new();
	let service = ward.open();
	let handle = ward.patient(&service, 1);
	take_in(&service, &ward.staff(), handle, WITH_RESTRICTED.to_vec()).await.unwrap();
	let patient = service.index.get(&PATIENTS, handle.0).unwrap().unwrap();
	let old = rows(&service, &handle)
		.into_iter()
		.find(|row| row.kind == "Claim" && row.classes.iter().any(|class| matches!(class, LabelClass::Sensitive(_))))
		.expect("the sample has a claim with a sensitive diagnosis");
	let original = String::from_utf8(reading::original(service.vault.as_ref(), &patient, &old).unwrap()).unwrap();
	let changed = original.replacen("\"active\"", "\"cancelled\"", 1);
	assert_ne!(original, changed);

	let report = amend(&service, &ward.staff(), handle, old.record, changed.clone().into_bytes()).await.unwrap();
	assert_eq!((report.version, report.supersedes), (2, old.record));
	let row = service.index.get(&RECORDS, compose(&[&handle.0, &report.record.record.0])).unwrap().unwrap();
	assert!(old.classes.is_subset(&row.classes));
	assert_eq!(reading::original(service.vault.as_ref(), &patient, &row).unwrap(), changed.as_bytes());
	let replaced = service.index.get(&RECORDS, compose(&[&handle.0, &old.record.0])).unwrap().unwrap();
	assert_eq!(replaced.superseded_by, Some(row.record));

	let again = amend(&service, &ward.staff(), handle, old.record, original.into_bytes()).await.unwrap_err();
	assert_eq!(again.code(), codes::CONFLICT, "the old version cannot be amended again");
	let other_kind = br#"{"resourceType":"Basic","id":"x"}"#.to_vec();
	let failure = amend(&service, &ward.staff(), handle, row.record, other_kind).await.unwrap_err();
	assert!([codes::CONFLICT, codes::BAD_BUNDLE].contains(&failure.code()));
}

#[tokio::test]
async fn an_altered_or_missing_blob_is_named_on_read() {
	let ward = Ward::new();
	let service = ward.open();
	let handle = ward.patient(&service, 1);
	take_in(&service, &ward.staff(), handle, COMPACT.to_vec()).await.unwrap();
	let patient = service.index.get(&PATIENTS, handle.0).unwrap().unwrap();
	let row = rows(&service, &handle).remove(0);
	service.vault.delete(&row.persona.content).unwrap();
	let failure = reading::original(service.vault.as_ref(), &patient, &row).unwrap_err();
	assert_eq!(failure.code(), codes::BLOB_MISSING);
	assert!(matches!(service.vault.get(&row.persona.content), Err(VaultError::Missing(_))));
}

use super::*;
use crate::{
	chain::fake::{FakeChain, Trouble},
	index::{Index, StorageKey, FILED},
};
use salus_client::{
	audit::verify_receipt,
	wire::{Account, Receipt, ReceiptKind},
};
use salus_policy::Purpose;
use salus_primitives::{InstitutionId, Moment, PatientHandle, RecordId, SECOND};
use sha2::{Digest, Sha256};
use std::sync::Arc;

const OWN: InstitutionId = InstitutionId(1);
const ACCOUNT: Account = Account([7; 32]);
const HANDLE: PatientHandle = PatientHandle([1; 32]);
const OTHER: PatientHandle = PatientHandle([2; 32]);

fn log(folder: &tempfile::TempDir) -> ReceiptLog {
	let index = Index::open(&folder.path().join("i"), StorageKey::from_bytes([1; 32])).unwrap();
	ReceiptLog::new(Arc::new(index), OWN)
}

fn chain() -> FakeChain {
	FakeChain::new(&[(1, ACCOUNT)]).remove(0)
}

fn draft(handle: PatientHandle, record: u8) -> Draft {
	Draft {
		kind: ReceiptKind::OwnRead,
		handle,
		practitioner: None,
		institution: OWN,
		purpose: Purpose::Treatment,
		permit: None,
		records: vec![RecordId([record; 32])],
		basis: "encounter".into(),
	}
}

/// Long enough ago to be filed.
fn earlier() -> Moment {
	salus_client::now() - 60 * SECOND
}

async fn file(log: &ReceiptLog, chain: &FakeChain) -> Result<Filed, crate::failure::Failure> {
	file_pending(log, chain, ACCOUNT, salus_client::now()).await
}

#[test]
fn receipts_are_chained_and_numbered_across_a_restart() {
	let folder = tempfile::tempdir().unwrap();
	let mut previous = [0; 32];
	for round in 0..3u64 {
		let log = log(&folder);
		for number in 0..4u64 {
			let hash = log.append(&draft(HANDLE, 1), earlier()).unwrap();
			let row = log.from(round * 4 + number, 1).unwrap().remove(0);
			let receipt: Receipt = serde_json::from_slice(&row.bytes.0).unwrap();
			assert_eq!((receipt.sequence, receipt.previous.0), (round * 4 + number, previous));
			previous = Sha256::digest(&row.bytes.0).into();
			assert_eq!(hash.0, previous);
		}
	}
}

/// What goes on chain is a hash of receipts, and everything in them but the salt can be guessed.
#[test]
fn no_two_receipts_share_a_salt() {
	let folder = tempfile::tempdir().unwrap();
	let log = log(&folder);
	let salts: Vec<_> = (0..2)
		.map(|number| {
			log.append(&draft(HANDLE, 1), earlier()).unwrap();
			let row = log.from(number, 1).unwrap().remove(0);
			serde_json::from_slice::<Receipt>(&row.bytes.0).unwrap().salt.0
		})
		.collect();
	assert!(salts[0] != salts[1] && !salts.contains(&[0; 32]));
}

#[test]
fn the_time_of_receipts_never_runs_backwards() {
	let folder = tempfile::tempdir().unwrap();
	let log = log(&folder);
	log.append(&draft(HANDLE, 1), 100).unwrap();
	log.append(&draft(HANDLE, 1), 50).unwrap();
	assert_eq!(log.from(0, 9).unwrap().iter().map(|row| row.at).collect::<Vec<_>>(), [100, 100]);
}

#[tokio::test]
async fn filed_receipts_verify_against_the_chain() {
	let (folder, chain) = (tempfile::tempdir().unwrap(), chain());
	let log = log(&folder);
	for number in 0..5 {
		log.append(&draft(if number == 2 { OTHER } else { HANDLE }, number), earlier()).unwrap();
	}
	assert_eq!(log.pending().unwrap(), 5);
	assert_eq!(file(&log, &chain).await.unwrap(), Filed::Batch { number: 0, count: 5 });
	assert_eq!(log.pending().unwrap(), 0);
	assert_eq!(file(&log, &chain).await.unwrap(), Filed::Nothing);
	log.append(&draft(HANDLE, 9), earlier()).unwrap();

	let openings = receipts_about(&log, &HANDLE).unwrap();
	assert_eq!(openings.len(), 5);
	let batch = chain.world().receipts[&OWN][0];
	for (position, opening) in (0..).zip(&openings) {
		let line = verify_receipt(opening, position, |_| Some((batch.root, batch.count))).unwrap();
		assert_eq!(line.receipt.handle, HANDLE);
	}
	assert_eq!(openings[4].batch, None, "the last one waits");
	assert_eq!(receipts_about(&log, &OTHER).unwrap().len(), 1);
}

#[tokio::test]
async fn a_fresh_receipt_waits_for_the_next_batch() {
	let (folder, chain) = (tempfile::tempdir().unwrap(), chain());
	let log = log(&folder);
	log.append(&draft(HANDLE, 1), earlier()).unwrap();
	log.append(&draft(HANDLE, 2), salus_client::now()).unwrap();
	assert_eq!(file(&log, &chain).await.unwrap(), Filed::Batch { number: 0, count: 1 });
	assert_eq!(log.pending().unwrap(), 1);
}

#[tokio::test]
async fn a_batch_is_not_filed_twice_when_the_answer_was_lost() {
	let (folder, chain) = (tempfile::tempdir().unwrap(), chain());
	{
		let log = log(&folder);
		log.append(&draft(HANDLE, 1), earlier()).unwrap();
		chain.world().trouble = Trouble::LostAfter;
		file(&log, &chain).await.unwrap_err();
		assert_eq!(log.pending().unwrap(), 1);
	}
	// After a restart.
	let log = log(&folder);
	assert_eq!(file(&log, &chain).await.unwrap(), Filed::Nothing);
	assert_eq!(chain.world().receipts[&OWN].len(), 1);
	assert_eq!(log.pending().unwrap(), 0);
	assert_eq!(receipts_about(&log, &HANDLE).unwrap()[0].batch, Some(0));
}

#[tokio::test]
async fn a_batch_that_never_got_there_is_filed_again_as_it_was() {
	let (folder, chain) = (tempfile::tempdir().unwrap(), chain());
	let log = log(&folder);
	log.append(&draft(HANDLE, 1), earlier()).unwrap();
	chain.world().trouble = Trouble::LostBefore;
	file(&log, &chain).await.unwrap_err();
	let planned = log.index().last(&FILED).unwrap().unwrap().1;
	log.append(&draft(HANDLE, 2), earlier()).unwrap();
	assert_eq!(file(&log, &chain).await.unwrap(), Filed::Batch { number: 0, count: 1 });
	assert_eq!(chain.world().receipts[&OWN][0].root, planned.root);
	assert_eq!(file(&log, &chain).await.unwrap(), Filed::Batch { number: 1, count: 1 });
}

#[tokio::test]
async fn batches_of_a_second_gateway_of_the_house_do_not_confuse() {
	let (folder, chain) = (tempfile::tempdir().unwrap(), chain());
	let (other_folder, log) = (tempfile::tempdir().unwrap(), log(&folder));
	let second = self::log(&other_folder);
	second.append(&draft(OTHER, 1), earlier()).unwrap();
	assert_eq!(file(&second, &chain).await.unwrap(), Filed::Batch { number: 0, count: 1 });
	log.append(&draft(HANDLE, 1), earlier()).unwrap();
	chain.world().trouble = Trouble::LostAfter;
	file(&log, &chain).await.unwrap_err();
	resolve_unfiled(&log, &chain).await.unwrap();
	assert_eq!(receipts_about(&log, &HANDLE).unwrap()[0].batch, Some(1));
}

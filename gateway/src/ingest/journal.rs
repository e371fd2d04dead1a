//! The journal: an ingest breaks off anywhere and is carried on, or taken back, without doubling anything.
//!
//! | It broke off | In the journal | What happens next |
//! |---|---|---|
//! | while blobs were stored | `Sealing` | the blobs are removed; the sender sends again |
//! | before, while or after a call was submitted | `Sealed`, batch not done | anchored on chain: indexed; else the same call, with the same entry, is submitted again |
//! | while it was indexed | `Sealed`, batch not done | as above: indexing a batch is one transaction |

use super::prepare::Prepared;
use crate::{
	chain::{Head, Included, Transaction},
	failure::Failure,
	index::{
		compose, AnchorBatch, JournalRow, PartRow, RecordRow, Stage, DEMOGRAPHICS, FINGERPRINTS, JOURNAL, OPENINGS,
		PATIENTS, RECORDS,
	},
	openings::opening_key,
	service::{blocking, Service},
	staff::Staff,
};
use futures::future::join_all;
use salus_client::{
	chain::ChainError,
	wire::{BlockId, EntryOpening},
};
use salus_primitives::{Act, AuditChain, PatientHandle, RecordId};
use std::{
	collections::{BTreeMap, BTreeSet},
	sync::Arc,
	time::Duration,
};

/// Records in one call: the chain takes no more.
const PER_CALL: usize = 64;
/// How often a call is submitted again when the chain's quota is used up for the moment.
const QUOTA_TRIES: u32 = 10;
const QUOTA_PAUSE: Duration = Duration::from_secs(3);

/// What was carried on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resumed {
	/// Records that were completed.
	pub records: BTreeSet<RecordId>,
	/// Finalized blocks with their anchors, as far as known.
	pub blocks: Vec<BlockId>,
}

/// The journal's entry for a prepared ingest: calls and their audit entries are fixed here, before anything is submitted.
pub(super) fn plan(
	service: &Service,
	handle: PatientHandle,
	author: &Staff,
	prepared: &Prepared,
) -> Result<JournalRow, Failure> {
	let batches = prepared.items.chunks(PER_CALL).map(|items| {
		let records: Vec<RecordId> = items.iter().map(|item| item.row.record).collect();
		let mut entry = service.entry(Act::Anchor, Some(author), "records taken in at the custodian");
		entry.patient = Some(handle);
		entry.records = records.clone();
		let categories: BTreeSet<_> = items.iter().map(|item| item.row.category).collect();
		entry.categories = categories.into_iter().collect();
		let mut opening = entry.seal()?;
		opening.chain = Some(AuditChain::Patient(handle));
		Ok(AnchorBatch { records, opening, done: false })
	});
	Ok(JournalRow {
		handle,
		stage: Stage::Sealing,
		items: prepared.items.iter().map(|item| item.row.clone()).collect(),
		batches: batches.collect::<Result<_, Failure>>()?,
		identity: prepared.identity.clone(),
		demographics: prepared.demographics.iter().copied().map(Into::into).collect(),
	})
}

/// Stores the blobs between two stages of the journal. When that fails, what was stored is removed again.
pub(super) fn store(service: &Service, key: &[u8], mut row: JournalRow, blobs: &[Arc<Vec<u8>>]) -> Result<(), Failure> {
	service.index.put(&JOURNAL, key, &row)?;
	let slices: Vec<&[u8]> = blobs.iter().map(|blob| blob.as_slice()).collect();
	if let Err(error) = service.vault.put_all(&slices) {
		take_back(service, key, &row)?;
		return Err(error.into());
	}
	row.stage = Stage::Sealed;
	service.index.put(&JOURNAL, key, &row)?;
	Ok(())
}

/// Removes the blobs of an ingest that broke off while they were stored. Nothing of it was anchored, and every blob is under a key that
/// nobody has any more.
fn take_back(service: &Service, key: &[u8], row: &JournalRow) -> Result<(), Failure> {
	for part in row.items.iter().flat_map(parts) {
		service.vault.delete(&part.content)?;
	}
	service.index.remove(&JOURNAL, key)?;
	Ok(())
}

fn parts(row: &RecordRow) -> [&PartRow; 2] {
	[&row.body, &row.persona]
}

/// Carries every unfinished ingest of a handle on. The caller holds the handle's lock.
///
/// # Errors
/// The chain, the vault or the index; what was not finished stays in the journal.
pub async fn resume_handle(service: &Arc<Service>, handle: &PatientHandle) -> Result<Resumed, Failure> {
	let (mut all, mut first_failure) = (Resumed::default(), None);
	for (key, _) in service.index.scan(&JOURNAL, handle.0)? {
		match carry_on(service, &key).await {
			Ok(resumed) => {
				all.records.extend(resumed.records);
				all.blocks.extend(resumed.blocks);
			}
			Err(failure) => first_failure = first_failure.or(Some(failure)),
		}
	}
	first_failure.map_or(Ok(all), Err)
}

/// Carries every unfinished ingest on, at the start and from time to time.
///
/// # Errors
/// The first error. One patient's trouble holds no other's work up; what failed is tried again next time.
pub async fn recover(service: &Arc<Service>) -> Result<(), Failure> {
	let handles: BTreeSet<PatientHandle> =
		service.index.scan(&JOURNAL, [])?.into_iter().map(|(_, row)| row.handle).collect();
	let mut first_failure = None;
	for handle in handles {
		let _turn = service.lock(&handle).await;
		match resume_handle(service, &handle).await {
			Ok(resumed) if resumed.records.is_empty() => {}
			Ok(resumed) => {
				tracing::info!(records = resumed.records.len(), "an ingest that had broken off was completed");
			}
			Err(failure) => first_failure = first_failure.or(Some(failure)),
		}
	}
	first_failure.map_or(Ok(()), Err)
}

/// Carries one ingest on to its end.
pub(super) async fn carry_on(service: &Arc<Service>, key: &[u8]) -> Result<Resumed, Failure> {
	let Some(row) = service.index.get(&JOURNAL, key)? else { return Ok(Resumed::default()) };
	if row.stage == Stage::Sealing {
		let (shared, key) = (service.clone(), key.to_vec());
		blocking(move || take_back(&shared, &key, &row)).await?;
		return Ok(Resumed::default());
	}
	let anchored = anchored(service, &row.handle).await?;
	let open: Vec<usize> = (0..row.batches.len()).filter(|number| !row.batches[*number].done).collect();
	let outcomes = join_all(open.iter().map(|number| anchor(service, &row, *number, &anchored))).await;

	let mut resumed = Resumed::default();
	let mut first_failure = None;
	for (number, outcome) in open.into_iter().zip(outcomes) {
		match outcome {
			Ok(included) => {
				let batch = &row.batches[number];
				let place = included.as_ref().and_then(|included| included.entry);
				index_batch(service, key, number, place)?;
				resumed.records.extend(batch.records.iter().copied());
				resumed.blocks.extend(included.map(|included| included.block));
			}
			Err(failure) => first_failure = first_failure.or(Some(failure)),
		}
	}
	first_failure.map_or(Ok(resumed), Err)
}

async fn anchored(service: &Service, handle: &PatientHandle) -> Result<BTreeSet<RecordId>, Failure> {
	let head = Head::any(service.chain.as_ref()).await?;
	let anchors = service.chain.anchors(&head.block, handle).await?;
	Ok(anchors.into_iter().filter(|(_, anchor)| anchor.custodian == service.own).map(|(record, _)| record).collect())
}

/// Anchors one batch. `None` when it was anchored before: the block is not known then.
async fn anchor(
	service: &Service,
	row: &JournalRow,
	number: usize,
	anchored: &BTreeSet<RecordId>,
) -> Result<Option<Included>, Failure> {
	let batch = &row.batches[number];
	if batch.records.iter().all(|record| anchored.contains(record)) {
		return Ok(None);
	}
	let commitments: BTreeMap<RecordId, _> = row.items.iter().map(|item| (item.record, item.commitment)).collect();
	let commitments = batch.records.iter().filter_map(|record| commitments.get(record).copied()).collect();
	let entry = batch.opening.commitment;
	let transaction = Transaction::AnchorRecords { handle: row.handle, commitments, entry };
	let mut tries = 0;
	loop {
		match service.chain.submit(transaction.clone()).await {
			Ok(included) => return Ok(Some(included)),
			// An earlier submission of the same call got there first.
			Err(error) if error.pallet_error() == Some("AlreadyAnchored") => {
				let anchored = self::anchored(service, &row.handle).await?;
				return match batch.records.iter().all(|record| anchored.contains(record)) {
					true => Ok(None),
					false => Err(error.into()),
				};
			}
			Err(ChainError::NotAccepted { reason, .. })
				if tries < QUOTA_TRIES && reason.to_lowercase().contains("exhaust") =>
			{
				tries += 1;
				tokio::time::sleep(QUOTA_PAUSE).await;
			}
			Err(error) => return Err(error.into()),
		}
	}
}

/// Puts an anchored batch into the index, in one transaction with its removal from the journal.
fn index_batch(service: &Service, key: &[u8], number: usize, place: Option<(AuditChain, u64)>) -> Result<(), Failure> {
	let handle = service.index.write(|changes| {
		let Some(mut row) = changes.get(&JOURNAL, key)? else { return Ok(None) };
		let Some(batch) = row.batches.get_mut(number) else { return Ok(None) };
		batch.done = true;
		let records: BTreeSet<RecordId> = batch.records.iter().copied().collect();
		let mut opening: EntryOpening = batch.opening.clone();
		if let Some((chain, sequence)) = place {
			(opening.chain, opening.sequence) = (Some(chain), Some(sequence));
		}
		changes.put(&OPENINGS, opening_key(&opening), &opening)?;
		for item in row.items.iter().filter(|item| records.contains(&item.record)) {
			changes.put(&RECORDS, compose(&[&row.handle.0, &item.record.0]), item)?;
			let fingerprint = compose(&[&row.handle.0, &item.fingerprint.0]);
			changes.put(&FINGERPRINTS, fingerprint, &item.record.0.into())?;
			if let Some(old) = item.supersedes {
				let old_key = compose(&[&row.handle.0, &old.0]);
				if let Some(mut old) = changes.get(&RECORDS, &old_key)? {
					old.superseded_by = Some(item.record);
					changes.put(&RECORDS, &old_key, &old)?;
				}
			}
		}
		if let Some(mut patient) = changes.get(&PATIENTS, row.handle.0)? {
			patient.identity = Some(row.identity.clone());
			changes.put(&PATIENTS, row.handle.0, &patient)?;
		}
		for tag in &row.demographics {
			changes.put(&DEMOGRAPHICS, compose(&[&tag.0, &row.handle.0]), &())?;
		}
		match row.batches.iter().all(|batch| batch.done) {
			true => changes.remove(&JOURNAL, key)?,
			false => changes.put(&JOURNAL, key, &row)?,
		}
		Ok::<_, Failure>(Some(row.handle))
	})?;
	if let Some(handle) = handle {
		// The emergency packages are made of the newest records.
		service.rounds.touch(&handle, salus_client::now());
	}
	Ok(())
}

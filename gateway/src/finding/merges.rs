//! Whose handle a provisional one turned out to be.
//!
//! Nothing is moved: the records stay under the provisional handle's keys, and whoever reads for the patient reads both. The index follows the
//! chain. While an act is on its way, or when it is not known how it ended, the handles are read apart: to show one person's records as
//! another's is the worse mistake.

use crate::{
	chain::Transaction,
	control::{is_kept_by, is_provisional},
	failure::Failure,
	index::{compose, Index, IndexError, MergeRow, MergeStage, StatementRow, MERGES, MERGE_STATEMENTS, OPENINGS},
	ingest,
	openings::{self, opening_key},
	service::Service,
	staff::Staff,
};
use salus_client::wire::{statement_commitment, Bytes32, EntryOpening, HandlesMerged};
use salus_primitives::{Act, Commitment, Moment, PatientHandle, MINUTE};
use salus_runtime_api::MergeInfo;
use std::sync::Arc;

/// Longest statement, bytes.
const MAX_STATEMENT: usize = 2_000;
/// How long an act that broke off may still come.
const IN_FLIGHT: Moment = 10 * MINUTE;

/// The handles that are read for a patient: the own one first, then the provisional ones that turned out to be the patient's.
///
/// # Errors
/// [`IndexError`].
pub fn handles_of(index: &Index, handle: &PatientHandle) -> Result<Vec<PatientHandle>, IndexError> {
	let merged = index.scan(&MERGES, handle.0)?.into_iter().filter(|(_, row)| row.stage == MergeStage::Merged);
	let provisional = merged.filter_map(|(key, _)| Some(PatientHandle(*key.last_chunk::<32>()?)));
	Ok(std::iter::once(*handle).chain(provisional).collect())
}

/// Recognises the patient of a provisional handle.
///
/// # Errors
/// 400 without words; 404 for handles that are not kept here; 409 for one that is not provisional; 422 when the chain refuses.
pub async fn merge(
	service: &Arc<Service>,
	registrar: &Staff,
	provisional: PatientHandle,
	into: PatientHandle,
	statement: String,
) -> Result<HandlesMerged, Failure> {
	check_statement(&statement)?;
	let _turns = turns(service, &provisional, &into).await;
	let head = service.head().await?;
	if let Some(known) = merge_of(&service.chain.merges(&head.block, &provisional).await?, &provisional) {
		// An index that was restored from an older copy, or an answer that was lost, catches up here.
		mark(service, &compose(&[&known.into.0, &provisional.0]), MergeStage::Merged)?;
		return Err(Failure::conflict(
			"the provisional handle is merged already",
			"Take that back first when it was a mistake.",
		));
	}
	for (handle, unknown) in [(&provisional, true), (&into, false)] {
		let info = service.chain.handle(&head.block, handle).await?;
		let info = info.filter(|info| is_kept_by(info, service.own)).ok_or_else(Failure::not_found)?;
		if is_provisional(&info, head.now()) != unknown {
			return Err(Failure::conflict(
				"a provisional handle is merged into the handle of a patient who is known",
				"Name the provisional handle first, then the patient's.",
			));
		}
	}
	// What is on its way to the provisional handle could not arrive any more.
	ingest::resume_handle(service, &provisional).await?;
	let key = compose(&[&into.0, &provisional.0]);
	mark(service, &key, MergeStage::Merging)?;
	let said = Said::new(service, provisional, into, statement)?;
	let act = said.act(service, registrar, Act::Merge, |said, entry, into_entry| Transaction::MergeHandle {
		provisional,
		into,
		statement: said,
		entry,
		into_entry,
	});
	match act.await {
		Ok(merged) => {
			mark(service, &key, MergeStage::Merged)?;
			changed(service, &merged);
			Ok(merged)
		}
		Err(Broken { failure, refused }) => {
			if refused {
				service.index.remove(&MERGES, &key)?;
			}
			Err(failure)
		}
	}
}

/// Takes a merge back.
///
/// # Errors
/// 400 without words; 404 for a handle that is not kept here; 409 for one that is not merged; 422 when the chain refuses.
pub async fn unmerge(
	service: &Arc<Service>,
	registrar: &Staff,
	provisional: PatientHandle,
	statement: String,
) -> Result<HandlesMerged, Failure> {
	check_statement(&statement)?;
	let head = service.head().await?;
	let info = service.chain.handle(&head.block, &provisional).await?;
	info.filter(|info| info.custodian == service.own).ok_or_else(Failure::not_found)?;
	let merge = merge_of(&service.chain.merges(&head.block, &provisional).await?, &provisional);
	let into = merge.map(|merge| merge.into).ok_or_else(|| {
		Failure::conflict("the handle is not merged into another one", "There is nothing to take back.")
	})?;
	let _turns = turns(service, &provisional, &into).await;
	let key = compose(&[&into.0, &provisional.0]);
	// From here on they are read apart, however the act ends.
	mark(service, &key, MergeStage::Unmerging)?;
	let said = Said::new(service, provisional, into, statement)?;
	let act = said.act(service, registrar, Act::Unmerge, |said, entry, into_entry| Transaction::UnmergeHandle {
		provisional,
		statement: said,
		entry,
		into_entry,
	});
	let unmerged = act.await.map_err(|broken| broken.failure)?;
	service.index.remove(&MERGES, &key)?;
	changed(service, &unmerged);
	Ok(unmerged)
}

/// Finds out how acts ended that broke off.
///
/// # Errors
/// The chain, or the index.
pub async fn recover(service: &Arc<Service>) -> Result<(), Failure> {
	let now = salus_client::now();
	for (key, row) in service.index.scan(&MERGES, [])? {
		if row.stage == MergeStage::Merged {
			continue;
		}
		let (Some(into), Some(provisional)) = (key.first_chunk::<32>(), key.last_chunk::<32>()) else { continue };
		let (into, provisional) = (PatientHandle(*into), PatientHandle(*provisional));
		let _turns = turns(service, &provisional, &into).await;
		// It may have been settled meanwhile.
		if service.index.get(&MERGES, &key)? != Some(row) {
			continue;
		}
		let head = service.head().await?;
		let merge = merge_of(&service.chain.merges(&head.block, &provisional).await?, &provisional);
		let merged = merge.is_some_and(|merge| merge.into == into);
		let came = merged == (row.stage == MergeStage::Merging);
		if !came && now.saturating_sub(row.at) < IN_FLIGHT {
			continue;
		}
		match merged {
			true => mark(service, &key, MergeStage::Merged)?,
			false => service.index.remove(&MERGES, &key)?,
		}
		service.rounds.touch(&into, now);
		service.rounds.touch(&provisional, now);
	}
	Ok(())
}

fn mark(service: &Service, key: &[u8], stage: MergeStage) -> Result<(), IndexError> {
	service.index.put(&MERGES, key, &MergeRow { stage, at: salus_client::now() })
}

fn merge_of(merges: &[MergeInfo], provisional: &PatientHandle) -> Option<MergeInfo> {
	merges.iter().find(|merge| merge.provisional == *provisional).copied()
}

fn check_statement(statement: &str) -> Result<(), Failure> {
	match statement.trim().is_empty() || statement.len() > MAX_STATEMENT {
		true => Err(Failure::bad_request(format!("`statement` says why, in at most {MAX_STATEMENT} bytes"))),
		false => Ok(()),
	}
}

/// The turns of both handles, in one order everywhere.
async fn turns(service: &Service, one: &PatientHandle, other: &PatientHandle) -> Vec<tokio::sync::OwnedMutexGuard<()>> {
	let mut handles = vec![*one, *other];
	handles.sort_unstable();
	handles.dedup();
	let mut turns = Vec::with_capacity(handles.len());
	for handle in &handles {
		turns.push(service.lock(handle).await);
	}
	turns
}

/// What can be opened in an emergency is another thing now.
fn changed(service: &Service, merged: &HandlesMerged) {
	for handle in [&merged.provisional, &merged.into] {
		service.rounds.touch(handle, salus_client::now());
	}
}

/// An act that did not become final.
struct Broken {
	failure: Failure,
	/// Whether it is known that it will not.
	refused: bool,
}

impl<E: Into<Failure>> From<E> for Broken {
	fn from(error: E) -> Self {
		Self { failure: error.into(), refused: false }
	}
}

/// The words behind an act about two handles, kept before it is submitted.
struct Said {
	provisional: PatientHandle,
	into: PatientHandle,
	words: String,
	commitment: Commitment,
}

impl Said {
	fn new(service: &Service, provisional: PatientHandle, into: PatientHandle, words: String) -> Result<Self, Failure> {
		let salt: Bytes32 = salus_client::random_bytes().into();
		let commitment = statement_commitment(&salt, &provisional, &into, &words);
		let row = StatementRow { statement: words.clone(), salt };
		service.index.put(&MERGE_STATEMENTS, compose(&[&provisional.0, &commitment.0]), &row)?;
		Ok(Self { provisional, into, words, commitment })
	}

	fn seal(&self, service: &Service, by: &Staff, act: Act, of: &PatientHandle) -> Result<EntryOpening, Failure> {
		let mut entry = service.entry(act, Some(by), self.words.as_str());
		entry.patient = Some(*of);
		entry.evidence = Some(self.commitment);
		entry.counterpart = Some(if *of == self.into { self.provisional } else { self.into });
		service.seal(&entry, of)
	}

	/// Submits the act, with an entry for each of the two patients' chains.
	async fn act(
		&self,
		service: &Service,
		by: &Staff,
		act: Act,
		transaction: impl FnOnce(Commitment, Commitment, Commitment) -> Transaction,
	) -> Result<HandlesMerged, Broken> {
		let mut opening = self.seal(service, by, act, &self.provisional)?;
		let mut into_opening = self.seal(service, by, act, &self.into)?;
		let transaction = transaction(self.commitment, opening.commitment, into_opening.commitment);
		match service.act(transaction, &mut opening).await {
			Ok(included) => {
				if let Some((chain, sequence)) = included.second_entry {
					(into_opening.chain, into_opening.sequence) = (Some(chain), Some(sequence));
					openings::keep(&service.index, &into_opening)?;
				}
				let Self { provisional, into, .. } = *self;
				Ok(HandlesMerged { provisional, into, block: included.block })
			}
			Err(failure) => {
				// What the chain refused leaves no opening.
				let refused = service.index.get(&OPENINGS, opening_key(&opening))?.is_none();
				if refused {
					service.index.remove(&OPENINGS, opening_key(&into_opening))?;
				}
				Err(Broken { failure, refused })
			}
		}
	}
}

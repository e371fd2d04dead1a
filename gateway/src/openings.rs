//! Openings of audit entries: what turns a commitment on chain into who did what.

use crate::{
	chain::{ChainPort, Head},
	failure::Failure,
	index::{compose, Index, IndexError, Key, OPENINGS},
};
use salus_client::wire::{EntryOpening, FullEntry};
use salus_primitives::{AuditChain, InstitutionId, Moment, PatientHandle, DAY};
use std::collections::BTreeSet;

/// Key of an opening: its chain, its commitment. One whose chain is not known has no key of its own; callers set the chain first.
pub fn opening_key(opening: &EntryOpening) -> Key {
	compose(&[&chain_key(opening.chain), &opening.commitment.0])
}

fn chain_key(chain: Option<AuditChain>) -> [u8; 32] {
	match chain {
		Some(AuditChain::Patient(handle)) => handle.0,
		// Handles are random: none begins with 28 zeros.
		Some(AuditChain::Institution(institution)) => {
			let mut key = [0; 32];
			key[28..].copy_from_slice(&institution.0.to_be_bytes());
			key
		}
		None => [0; 32],
	}
}

/// Keeps an opening with its place, once that is known. Tells whether it is new. An opening whose place is known is not replaced by one
/// without.
///
/// # Errors
/// [`IndexError`].
pub fn keep(index: &Index, opening: &EntryOpening) -> Result<bool, IndexError> {
	index.write(|batch| {
		let key = opening_key(opening);
		let known = batch.get(&OPENINGS, &key)?;
		let is_new = known.is_none();
		if known.is_none_or(|known| known.sequence.is_none()) {
			batch.put(&OPENINGS, &key, opening)?;
		}
		Ok(is_new)
	})
}

/// Longest entry that others may leave here, bytes. The longest that the API itself makes, a request, has about 12 KiB.
pub const MAX_ENTRY: usize = 64 * 1024;
/// Openings of one sender beyond the entries that the chain has: our node may lag behind the sender's, and an act that broke off leaves one.
const ROOM: u64 = 16;

/// How far the time in an entry may lie from the chain's.
const TIME_TOLERANCE: Moment = DAY;

/// Refuses an entry that gives another time than the chain does for its act: who wrote it chose that time, and how long the words behind a
/// session are kept is counted from it.
///
/// # Errors
/// 400.
pub fn require_timely(entry: &FullEntry, act_at: Moment) -> Result<(), Failure> {
	match entry.recorded.abs_diff(act_at) <= TIME_TOLERANCE {
		true => Ok(()),
		false => Err(Failure::bad_request("the entry gives another time than the chain for the same act")),
	}
}

/// Whether openings by this institution (`None`: the patient) may be kept for a chain of `count` entries. Without a bound, one sender could
/// fill the disk that receipts are written to.
///
/// # Errors
/// [`IndexError`].
pub fn has_room(
	index: &Index,
	handle: &PatientHandle,
	sender: Option<InstitutionId>,
	count: u64,
	offered: &[EntryOpening],
) -> Result<bool, IndexError> {
	if offered.iter().any(|opening| opening.entry.0.len() > MAX_ENTRY) {
		return Ok(false);
	}
	let kept = index.scan(&OPENINGS, handle.0)?;
	let by_sender =
		|opening: &EntryOpening| opening.full_entry().is_some_and(|entry| entry.actor.institution == sender);
	let there = kept.iter().filter(|(_, opening)| by_sender(opening)).count() as u64;
	let known: BTreeSet<_> = kept.iter().map(|(_, opening)| opening.commitment).collect();
	let new: BTreeSet<_> =
		offered.iter().map(|opening| opening.commitment).filter(|one| !known.contains(one)).collect();
	Ok(new.is_empty() || there.saturating_add(new.len() as u64) <= count.saturating_add(ROOM))
}

/// The openings of a patient's chain.
///
/// One whose place is not known was made by an act that a crash or a lost node cut short: it may or may not have reached the chain. It is shown
/// only while the chain has entries that nothing else opens, so that an act that never happened does not show as a finding.
///
/// # Errors
/// The chain, or the index.
pub async fn of_patient(
	index: &Index,
	chain: &dyn ChainPort,
	head: &Head,
	handle: &PatientHandle,
) -> Result<Vec<EntryOpening>, Failure> {
	let mut openings: Vec<EntryOpening> =
		index.scan(&OPENINGS, handle.0)?.into_iter().map(|(_, opening)| opening).collect();
	let placed = openings.iter().filter(|opening| opening.sequence.is_some()).count() as u64;
	if placed < openings.len() as u64 {
		let count = chain.audit_head(&head.block, AuditChain::Patient(*handle)).await?.count;
		if placed >= count {
			openings.retain(|opening| opening.sequence.is_some());
		}
	}
	openings.sort_by_key(|opening| opening.sequence.unwrap_or(u64::MAX));
	Ok(openings)
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::index::StorageKey;
	use salus_client::wire::{Account, Actor, FullEntry};
	use salus_primitives::Act;

	const HANDLE: PatientHandle = PatientHandle([1; 32]);

	fn opening(institution: u32, basis: &str) -> EntryOpening {
		let actor = Actor {
			institution: Some(InstitutionId(institution)),
			account: Account([1; 32]),
			practitioner: None,
			roles: Vec::new(),
			departments: Vec::new(),
			on_behalf: false,
		};
		let mut opening = FullEntry::new(Act::Request, 5, actor, basis).seal().unwrap();
		opening.chain = Some(AuditChain::Patient(HANDLE));
		opening
	}

	#[test]
	fn nobody_leaves_more_openings_than_the_chain_has_entries() {
		let folder = tempfile::tempdir().unwrap();
		let index = Index::open(&folder.path().join("i"), StorageKey::from_bytes([1; 32])).unwrap();
		let mut kept = Vec::new();
		for _ in 0..ROOM + 2 {
			kept.push(opening(2, "x"));
			assert!(has_room(&index, &HANDLE, Some(InstitutionId(2)), 2, &kept[kept.len() - 1..]).unwrap());
			keep(&index, kept.last().unwrap()).unwrap();
		}
		let room = |institution, offered: &[EntryOpening]| {
			has_room(&index, &HANDLE, Some(InstitutionId(institution)), 2, offered).unwrap()
		};
		assert!(!room(2, &[opening(2, "x")]));
		assert!(room(2, &kept), "what is there may be sent again");
		assert!(room(3, &[opening(3, "x")]), "others are not crowded out");
		assert!(!room(3, &[opening(3, &"x".repeat(MAX_ENTRY))]));
	}
}

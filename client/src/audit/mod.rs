//! Re-reading an audit chain: every entry is opened, the head recomputed and compared with the finalized one.

mod receipts;
mod signatures;
mod words;

pub use receipts::{verify_receipt, ReceiptLine};
pub use signatures::verify_request_signatures;
pub use words::{describe_finding, describe_line, Names};

use crate::wire::{EntryOpening, FullEntry};
use codec::Encode;
use salus_primitives::{AuditChain, AuditEntry, ChainHead, Commitment, Moment, MINUTE};
use salus_threshold::{chain_head, tree};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// How far the time in a full entry may lie from the block's: transactions are mortal by two minutes, clocks differ.
pub const TIME_TOLERANCE: Moment = 15 * MINUTE;

/// Something in an audit trail that is not as it must be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Finding {
	/// An entry of another chain stands in the list.
	OtherChain {
		/// Position in the list.
		position: u64,
	},
	/// The entries are not numbered without gaps: one is missing, doubled or moved.
	OutOfOrder {
		/// Position in the list.
		position: u64,
		/// The number that stands there.
		sequence: u64,
	},
	/// The list has another length than the chain says.
	CountDiffers {
		/// Entries in the list.
		listed: u64,
		/// Entries by the chain.
		finalized: u64,
	},
	/// The recomputed head is not the finalized one: an entry was altered.
	HeadDiffers {
		/// Recomputed.
		computed: Commitment,
		/// By the chain.
		finalized: Commitment,
	},
	/// Nobody produced the opening of an entry: it is withheld.
	OpeningMissing {
		/// The entry.
		sequence: u64,
	},
	/// An opening was produced for an entry that does not open it.
	OpeningAltered {
		/// The entry.
		sequence: u64,
	},
	/// An opening opens another entry than the one it was produced for.
	OpeningMisplaced {
		/// The entry it opens.
		sequence: u64,
		/// The entry it was produced for.
		claimed: u64,
	},
	/// The opening is right and its content cannot be read.
	OpeningUnreadable {
		/// The entry.
		sequence: u64,
	},
	/// The opened entry says another thing than the chain.
	Contradicts {
		/// The entry.
		sequence: u64,
		/// What differs.
		field: &'static str,
	},
	/// The practitioner's signature inside the entry does not verify.
	BadRequestSignature {
		/// The entry.
		sequence: u64,
	},
	/// An opening that opens no entry of this chain.
	OpeningSurplus {
		/// Its commitment.
		commitment: Commitment,
	},
	/// A receipt cannot be read, or does not stand in the batch that was filed.
	ReceiptNotFiled {
		/// The receipt's number.
		sequence: u64,
		/// The batch it was said to be in.
		batch: u32,
	},
	/// A receipt that cannot be read.
	ReceiptUnreadable {
		/// Its position in the answer.
		position: u64,
	},
}

/// One entry with what is known of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditLine {
	/// As on chain.
	pub entry: AuditEntry,
	/// As opened; `None` when there is no right opening.
	pub full: Option<FullEntry>,
}

/// The outcome of [`verify_chain`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChainReport {
	/// The entries, in the order given.
	pub lines: Vec<AuditLine>,
	/// The head recomputed from them.
	pub computed: Commitment,
	/// Whether entries and head agree: nothing is missing, doubled, moved or altered on the way from the chain.
	pub complete: bool,
	/// What is wrong. Empty when all is well.
	pub findings: Vec<Finding>,
}

/// Opens each entry, recomputes the head and compares it with the finalized one.
///
/// `entries` is the whole chain in order; `head` the finalized head of the same chain at a block at or after the last entry.
/// Openings may come in any order.
pub fn verify_chain(
	chain: AuditChain,
	openings: &[EntryOpening],
	entries: &[AuditEntry],
	head: &ChainHead,
) -> ChainReport {
	let mut findings = order_findings(chain, entries);
	let leaves: Vec<[u8; 32]> = entries.iter().map(|entry| tree::leaf_hash(&entry.encode())).collect();
	let computed = chain_head::replay(chain_head::GENESIS, &leaves);
	if entries.len() as u64 != head.count {
		findings.push(Finding::CountDiffers { listed: entries.len() as u64, finalized: head.count });
	}
	if computed != head.head {
		findings.push(Finding::HeadDiffers { computed: Commitment(computed), finalized: Commitment(head.head) });
	}
	let complete = findings.is_empty();

	let book = OpeningBook::new(openings);
	let lines = entries
		.iter()
		.map(|entry| {
			let full = book.open(entry, &mut findings);
			if let Some(full) = &full {
				findings.extend(contradictions(entry, full));
			}
			AuditLine { entry: entry.clone(), full }
		})
		.collect();
	findings.extend(book.surplus(entries));
	ChainReport { lines, computed: Commitment(computed), complete, findings }
}

fn order_findings(chain: AuditChain, entries: &[AuditEntry]) -> Vec<Finding> {
	let mut findings = Vec::new();
	for (position, entry) in (0u64..).zip(entries) {
		if entry.chain != chain {
			findings.push(Finding::OtherChain { position });
		}
		if entry.sequence != position {
			findings.push(Finding::OutOfOrder { position, sequence: entry.sequence });
		}
	}
	findings
}

/// Openings by what they open and by what they claim to open.
struct OpeningBook<'a> {
	right: BTreeMap<[u8; 32], &'a EntryOpening>,
	wrong: BTreeMap<u64, &'a EntryOpening>,
	wrong_commitments: BTreeSet<[u8; 32]>,
}

impl<'a> OpeningBook<'a> {
	fn new(openings: &'a [EntryOpening]) -> Self {
		let (right, wrong): (Vec<_>, Vec<_>) = openings.iter().partition(|opening| opening.opens());
		Self {
			right: right.into_iter().map(|opening| (opening.commitment.0, opening)).collect(),
			wrong_commitments: wrong.iter().map(|opening| opening.commitment.0).collect(),
			wrong: wrong.into_iter().filter_map(|opening| Some((opening.sequence?, opening))).collect(),
		}
	}

	/// The full entry, or a finding about its absence.
	fn open(&self, entry: &AuditEntry, findings: &mut Vec<Finding>) -> Option<FullEntry> {
		let sequence = entry.sequence;
		let Some(opening) = self.right.get(&entry.commitment.0) else {
			let altered = self.wrong.contains_key(&sequence) || self.wrong_commitments.contains(&entry.commitment.0);
			findings.push(match altered {
				true => Finding::OpeningAltered { sequence },
				false => Finding::OpeningMissing { sequence },
			});
			return None;
		};
		if let Some(claimed) = opening.sequence.filter(|claimed| *claimed != sequence) {
			findings.push(Finding::OpeningMisplaced { sequence, claimed });
		}
		let full = opening.full_entry();
		if full.is_none() {
			findings.push(Finding::OpeningUnreadable { sequence });
		}
		full
	}

	/// Right openings that open nothing here.
	fn surplus(&self, entries: &[AuditEntry]) -> Vec<Finding> {
		let known: BTreeSet<[u8; 32]> = entries.iter().map(|entry| entry.commitment.0).collect();
		let surplus = self.right.keys().filter(|commitment| !known.contains(*commitment));
		surplus.map(|commitment| Finding::OpeningSurplus { commitment: Commitment(*commitment) }).collect()
	}
}

fn contradictions(entry: &AuditEntry, full: &FullEntry) -> Vec<Finding> {
	let patient = match entry.chain {
		AuditChain::Patient(handle) => Some(handle),
		AuditChain::Institution(_) => full.patient,
	};
	let checks = [
		("act", full.event.act == entry.act),
		("actor", full.actor.institution == entry.actor),
		("custodian", full.custodian.is_none() || entry.custodian.is_none() || full.custodian == entry.custodian),
		("patient", full.patient == patient),
		("time", full.recorded.abs_diff(entry.at) <= TIME_TOLERANCE),
	];
	let wrong = checks.into_iter().filter(|(_, agrees)| !agrees);
	wrong.map(|(field, _)| Finding::Contradicts { sequence: entry.sequence, field }).collect()
}

#[cfg(test)]
mod tests;

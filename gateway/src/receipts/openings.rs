//! Receipts with their places in the filed batches, for the patient they are about.

use super::ReceiptLog;
use crate::index::{number_key, FiledReceipts, IndexError, FILED, RECEIPTS, RECEIPTS_OF};
use salus_client::wire::ReceiptOpening;
use salus_primitives::PatientHandle;
use salus_threshold::tree::{self, Tree};
use std::collections::BTreeMap;

/// Every receipt about a handle, oldest first. Filed ones come with their audit path.
///
/// # Errors
/// [`IndexError`].
pub fn receipts_about(log: &ReceiptLog, handle: &PatientHandle) -> Result<Vec<ReceiptOpening>, IndexError> {
	let index = log.index();
	let batches: Vec<FiledReceipts> = index.scan(&FILED, [])?.into_iter().map(|(_, batch)| batch).collect();
	let mut trees: BTreeMap<u64, Tree> = BTreeMap::new();
	let mut openings = Vec::new();
	for (key, ()) in index.scan(&RECEIPTS_OF, handle.0)? {
		let sequence = key.last_chunk::<8>().map(|bytes| u64::from_be_bytes(*bytes));
		let sequence = sequence.ok_or(IndexError::Unreadable("receipts-of"))?;
		let row = index.get(&RECEIPTS, number_key(sequence))?.ok_or(IndexError::Unreadable("receipts"))?;
		let batch = batches
			.iter()
			.find(|batch| (batch.first..batch.first.saturating_add(batch.count.into())).contains(&sequence));
		let filed = batch.and_then(|batch| Some((batch, batch.number?)));
		let Some((batch, number)) = filed else {
			openings.push(ReceiptOpening { receipt: row.bytes, batch: None, index: 0, size: 0, path: Vec::new() });
			continue;
		};
		let tree = match trees.entry(batch.first) {
			std::collections::btree_map::Entry::Occupied(tree) => tree.into_mut(),
			std::collections::btree_map::Entry::Vacant(place) => {
				let rows = log.from(batch.first, batch.count)?;
				place.insert(Tree::new(rows.iter().map(|row| tree::leaf_hash(&row.bytes.0)).collect()))
			}
		};
		let proof = tree.prove_inclusion(sequence - batch.first).ok_or(IndexError::Unreadable("filed"))?;
		openings.push(ReceiptOpening {
			receipt: row.bytes,
			batch: Some(number),
			index: proof.index,
			size: proof.size,
			path: proof.path.into_iter().map(Into::into).collect(),
		});
	}
	Ok(openings)
}

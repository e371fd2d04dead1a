//! Receipts against the batches that were filed on chain.

use super::Finding;
use crate::wire::{Bytes32, Receipt, ReceiptOpening};
use salus_threshold::tree::{self, InclusionProof, TreeHead};
use serde::Serialize;

/// A receipt with what is known of its filing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ReceiptLine {
	/// The receipt.
	pub receipt: Receipt,
	/// The batch it was shown to stand in; `None` while it waits for the next one.
	pub batch: Option<u32>,
}

/// Reads a receipt and, when it was filed, checks that it stands under the root on chain. `root_of` gives root and size of the custodian's batch.
///
/// # Errors
/// The finding. `position` is where it stands in the answer.
pub fn verify_receipt(
	opening: &ReceiptOpening,
	position: u64,
	root_of: impl FnOnce(u32) -> Option<(Bytes32, u32)>,
) -> Result<ReceiptLine, Finding> {
	let receipt: Receipt =
		serde_json::from_slice(&opening.receipt.0).map_err(|_| Finding::ReceiptUnreadable { position })?;
	let Some(batch) = opening.batch else { return Ok(ReceiptLine { receipt, batch: None }) };
	let not_filed = Finding::ReceiptNotFiled { sequence: receipt.sequence, batch };
	let Some((root, count)) = root_of(batch) else { return Err(not_filed) };
	let head = TreeHead { root: root.0, size: count.into() };
	let path = opening.path.iter().map(|hash| hash.0).collect();
	let proof = InclusionProof { index: opening.index, size: opening.size, path };
	match head.includes(&tree::leaf_hash(&opening.receipt.0), &proof) {
		true => Ok(ReceiptLine { receipt, batch: Some(batch) }),
		false => Err(not_filed),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use crate::wire::{Blob, ReceiptKind};
	use salus_policy::Purpose;
	use salus_primitives::{InstitutionId, PatientHandle};

	fn receipt(sequence: u64) -> Vec<u8> {
		let receipt = Receipt {
			sequence,
			previous: [0; 32].into(),
			salt: [6; 32].into(),
			kind: ReceiptKind::OwnRead,
			custodian: InstitutionId(1),
			handle: PatientHandle([1; 32]),
			practitioner: None,
			institution: InstitutionId(1),
			purpose: Purpose::Treatment,
			permit: None,
			records: Vec::new(),
			basis: "encounter".into(),
			at: 5,
			acted_at: None,
		};
		serde_json::to_vec(&receipt).unwrap()
	}

	/// The third receipt of a batch of five, and the batch's root.
	fn filed() -> (ReceiptOpening, Bytes32) {
		let leaves: Vec<[u8; 32]> = (0..5).map(|sequence| tree::leaf_hash(&receipt(sequence))).collect();
		let proof = tree::prove_inclusion(&leaves, 2).unwrap();
		let opening = ReceiptOpening {
			receipt: Blob(receipt(2)),
			batch: Some(0),
			index: proof.index,
			size: proof.size,
			path: proof.path.into_iter().map(Bytes32::from).collect(),
		};
		(opening, tree::root(&leaves).into())
	}

	#[test]
	fn a_filed_receipt_is_found_in_its_batch() {
		let (opening, root) = filed();
		assert_eq!(verify_receipt(&opening, 0, |_| Some((root, 5))).unwrap().receipt.sequence, 2);
	}

	#[test]
	fn a_receipt_is_a_finding_when_altered_or_never_filed() {
		let (mut opening, root) = filed();
		let not_filed = Err(Finding::ReceiptNotFiled { sequence: 2, batch: 0 });
		assert_eq!(verify_receipt(&opening, 0, |_| None), not_filed);
		assert_eq!(verify_receipt(&opening, 0, |_| Some((root, 4))), not_filed);
		let text = String::from_utf8(opening.receipt.0).unwrap().replace("encounter", "admission");
		opening.receipt = Blob(text.into_bytes());
		assert_eq!(verify_receipt(&opening, 0, |_| Some((root, 5))), not_filed);
		opening.receipt = Blob(b"{".to_vec());
		assert_eq!(verify_receipt(&opening, 7, |_| Some((root, 5))), Err(Finding::ReceiptUnreadable { position: 7 }));
	}

	#[test]
	fn a_receipt_that_waits_is_no_finding() {
		let (mut opening, _) = filed();
		opening.batch = None;
		assert_eq!(verify_receipt(&opening, 0, |_| None).unwrap().batch, None);
	}
}

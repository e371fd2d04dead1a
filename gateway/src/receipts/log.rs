//! The receipts themselves.

use crate::index::{
	compose, number_key, FiledReceipts, Index, IndexError, ReceiptRow, ReceiptState, FILED, RECEIPTS, RECEIPTS_OF,
	RECEIPT_STATE, RECEIPT_STATE_KEY,
};
use salus_client::wire::{Blob, Bytes32, Receipt, ReceiptKind};
use salus_policy::Purpose;
use salus_primitives::{InstitutionId, Moment, PatientHandle, PermitId, PractitionerId, RecordId};
use sha2::{Digest, Sha256};
use std::sync::Arc;

/// A receipt before it has its place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
	/// What is handed out.
	pub kind: ReceiptKind,
	/// About whom.
	pub handle: PatientHandle,
	/// To whom; `None` for the patient.
	pub practitioner: Option<PractitionerId>,
	/// The receiver's institution.
	pub institution: InstitutionId,
	/// What for.
	pub purpose: Purpose,
	/// The permit it rests on.
	pub permit: Option<PermitId>,
	/// The records.
	pub records: Vec<RecordId>,
	/// On what it rests, in words.
	pub basis: String,
}

/// The receipts of one gateway.
#[derive(Clone)]
pub struct ReceiptLog {
	index: Arc<Index>,
	own: InstitutionId,
}

impl ReceiptLog {
	/// The receipts in this index.
	pub fn new(index: Arc<Index>, own: InstitutionId) -> Self {
		Self { index, own }
	}

	/// Appends a receipt and tells its hash. It is on disk when this returns: no receipt, no release.
	///
	/// # Errors
	/// [`IndexError`]: nothing was written, nothing may be handed out.
	pub fn append(&self, draft: &Draft, now: Moment) -> Result<Bytes32, IndexError> {
		Ok(self.append_row(draft, now)?.0)
	}

	/// [`Self::append`], with the receipt itself.
	///
	/// # Errors
	/// As [`Self::append`].
	pub fn append_row(&self, draft: &Draft, now: Moment) -> Result<(Bytes32, ReceiptRow), IndexError> {
		self.index.write(|batch| {
			let mut state = batch.get(&RECEIPT_STATE, RECEIPT_STATE_KEY)?.unwrap_or_default();
			// Never backwards: a batch states the times of its first and last receipt.
			let at = now.max(state.last_at);
			let receipt = Receipt {
				sequence: state.next,
				previous: state.last,
				salt: salus_client::random_bytes().into(),
				kind: draft.kind,
				custodian: self.own,
				handle: draft.handle,
				practitioner: draft.practitioner,
				institution: draft.institution,
				purpose: draft.purpose,
				permit: draft.permit,
				records: draft.records.clone(),
				basis: draft.basis.clone(),
				at,
				acted_at: None,
			};
			let bytes = serde_json::to_vec(&receipt).map_err(|_| IndexError::Unreadable("receipts"))?;
			let hash: [u8; 32] = Sha256::digest(&bytes).into();
			let sequence = number_key(state.next);
			let row = ReceiptRow { bytes: Blob(bytes), at };
			batch.put(&RECEIPTS, sequence, &row)?;
			batch.put(&RECEIPTS_OF, compose(&[&draft.handle.0, &sequence]), &())?;
			state.next = state.next.checked_add(1).ok_or(IndexError::Unreadable("receipt-state"))?;
			state.last = hash.into();
			state.last_at = at;
			batch.put(&RECEIPT_STATE, RECEIPT_STATE_KEY, &state)?;
			Ok((state.last, row))
		})
	}

	/// Where the receipts stand.
	///
	/// # Errors
	/// [`IndexError`].
	pub fn state(&self) -> Result<ReceiptState, IndexError> {
		Ok(self.index.get(&RECEIPT_STATE, RECEIPT_STATE_KEY)?.unwrap_or_default())
	}

	/// Receipts that stand in no filed batch.
	///
	/// # Errors
	/// [`IndexError`].
	pub fn pending(&self) -> Result<u32, IndexError> {
		let state = self.state()?;
		let unfiled = self.unfiled()?.map_or(0, |batch| u64::from(batch.count));
		Ok(u32::try_from(state.next.saturating_sub(state.batched).saturating_add(unfiled)).unwrap_or(u32::MAX))
	}

	/// The batch that is on its way, if any. There is at most one, and it is the last.
	///
	/// # Errors
	/// [`IndexError`].
	pub fn unfiled(&self) -> Result<Option<FiledReceipts>, IndexError> {
		Ok(self.index.last(&FILED)?.map(|(_, batch)| batch).filter(|batch| batch.number.is_none()))
	}

	/// Receipts from a sequence on, at most `most`.
	///
	/// # Errors
	/// [`IndexError`].
	pub fn from(&self, first: u64, most: u32) -> Result<Vec<ReceiptRow>, IndexError> {
		let mut rows = Vec::new();
		for sequence in first..first.saturating_add(most.into()) {
			match self.index.get(&RECEIPTS, number_key(sequence))? {
				Some(row) => rows.push(row),
				None => break,
			}
		}
		Ok(rows)
	}

	/// The index behind.
	pub fn index(&self) -> &Index {
		&self.index
	}

	/// The custodian.
	pub fn own(&self) -> InstitutionId {
		self.own
	}
}

//! Receipts: what a custodian writes down before it hands anything out. Batched into an RFC 9162 root on chain.

use super::{Blob, Bytes32};
use salus_policy::Purpose;
use salus_primitives::{InstitutionId, Moment, PatientHandle, PermitId, PractitionerId, RecordId};
use serde::{Deserialize, Serialize};

/// What was handed out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReceiptKind {
	/// Records to the bound caller of a permit.
	Release,
	/// A record to own staff under a care relationship.
	OwnRead,
	/// A list of records to own staff under a care relationship.
	OwnList,
	/// The access log to the patient or a privacy officer.
	LogRead,
	/// A use of the retention key.
	RetentionKey,
	/// A question to other institutions for somebody who was there.
	DemographicsQuery,
	/// The answer to such a question.
	DemographicsAnswer,
	/// A look-up with guardians of somebody who could not speak.
	LocateQuery,
	/// A guardian's answer to such a look-up.
	LocateAnswer,
}

/// One receipt. Its JSON bytes as written are the leaf of the batch; they are never re-serialised.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
	/// Position in the custodian's receipts, from 0, without gaps.
	pub sequence: u64,
	/// SHA-256 of the bytes of the receipt before; zeros for the first.
	pub previous: Bytes32,
	/// 32 random bytes. A batch of one receipt stands on chain as the hash of its bytes, and neighbours in a batch see each other's
	/// hashes: without salt, who read what could be found by trial.
	pub salt: Bytes32,
	/// What was handed out.
	pub kind: ReceiptKind,
	/// The custodian.
	pub custodian: InstitutionId,
	/// About whom.
	pub handle: PatientHandle,
	/// Who received it; `None` when the patient did.
	pub practitioner: Option<PractitionerId>,
	/// The practitioner's institution.
	pub institution: InstitutionId,
	/// What for.
	pub purpose: Purpose,
	/// The permit it rests on; `None` for an own-institution read.
	pub permit: Option<PermitId>,
	/// The records handed out.
	pub records: Vec<RecordId>,
	/// On what it rests, in words: the capability, the care relationship, the legal basis.
	pub basis: String,
	/// When it was written, by the custodian's clock.
	pub at: Moment,
	/// Time of the act, when it was written down late because the chain was out of reach.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub acted_at: Option<Moment>,
}

/// A receipt with its place in a filed batch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptOpening {
	/// JSON bytes of the [`Receipt`].
	pub receipt: Blob,
	/// Number of the batch on chain; `None` while it waits for the next one.
	pub batch: Option<u32>,
	/// Position in the batch.
	pub index: u64,
	/// Leaves of the batch.
	pub size: u64,
	/// RFC 9162 audit path, leaf to root.
	pub path: Vec<Bytes32>,
}

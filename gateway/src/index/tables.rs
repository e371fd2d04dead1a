//! The tables and what they hold.

use super::{emergency::*, locate::*, merges::*, rows::*, votes::VoteRow};
use redb::TableDefinition;
use salus_client::wire::{
	emergency::{EmergencyOpening, Handover, Notice, ReceiverKey},
	Bytes32, EntryOpening, GrantNotice, PaperEvidence,
};
use serde::{de::DeserializeOwned, Serialize};
use std::marker::PhantomData;

/// What can stand in a table.
pub trait Row: Serialize + DeserializeOwned {}

impl<T: Serialize + DeserializeOwned> Row for T {}

/// A table of values of one type.
pub struct Table<V> {
	pub(super) name: &'static str,
	values: PhantomData<fn() -> V>,
}

#[cfg(test)]
impl<V> Table<V> {
	/// The same table, with values of another type in it.
	pub fn holding<W>(&self) -> Table<W> {
		Table { name: self.name, values: PhantomData }
	}
}

pub(super) fn definition(name: &'static str) -> TableDefinition<'static, &'static [u8], &'static [u8]> {
	TableDefinition::new(name)
}

/// Key of the one row of [`META`].
pub const META_KEY: &[u8] = b"meta";
/// Key of the one row of [`RECEIPT_STATE`].
pub const RECEIPT_STATE_KEY: &[u8] = b"state";

macro_rules! tables {
	($($(#[$doc:meta])* $constant:ident = $name:literal: $row:ty;)+) => {
		$($(#[$doc])* pub const $constant: Table<$row> = Table { name: $name, values: PhantomData };)+

		/// The names of all tables.
		pub const TABLES: [&str; [$($name),+].len()] = [$($name),+];
	};
}

tables! {
	/// Whose index it is.
	META = "meta": Meta;
	/// handle -> patient.
	PATIENTS = "patients": PatientRow;
	/// handle, record -> record with its keys, wrapped.
	RECORDS = "records": RecordRow;
	/// handle, provisional handle -> that it turned out to be the patient's.
	MERGES = "merges": MergeRow;
	/// keyed hash of name and birth date, handle -> nothing: finds a patient by them.
	DEMOGRAPHICS = "demographics": ();
	/// who asks, day -> how often patients were looked for.
	DEMOGRAPHICS_ASKED = "demographics-asked": u32;
	/// provisional handle, commitment -> the words behind a merge.
	MERGE_STATEMENTS = "merge-statements": StatementRow;
	/// handle, keyed hash of a resource's bytes -> the record made from it.
	FINGERPRINTS = "fingerprints": Bytes32;
	/// handle, random -> an ingest that is not finished.
	JOURNAL = "journal": JournalRow;
	/// handle, random -> why somebody treats the patient.
	CARE = "care": CareRow;
	/// handle, commitment -> opened paper evidence.
	EVIDENCE = "evidence": PaperEvidence;
	/// evidence commitment -> the one act that the paper serves.
	EVIDENCE_USES = "evidence-uses": EvidenceUse;
	/// handle, policy commitment -> a custodial grant that was submitted and whose capability is not known yet.
	PENDING_GRANTS = "pending-grants": PendingGrant;
	/// handle, capability -> the policy document behind it.
	POLICIES = "policies": PolicyRow;
	/// handle, capability -> what a custodian told this institution about a grant to it.
	NOTICES = "notices": GrantNotice;
	/// handle (or institution and zeros), commitment -> opening of an audit entry.
	OPENINGS = "openings": EntryOpening;
	/// random -> something that another gateway has to be told.
	OUTBOX = "outbox": OutboxRow;
	/// permit -> the request of own staff behind it.
	REQUESTS = "requests": RequestRow;
	/// practitioner -> last known registry entry, for downtime.
	STAFF = "staff": StaffRow;
	/// sequence -> receipt, as bytes.
	RECEIPTS = "receipts": ReceiptRow;
	/// handle, sequence -> nothing: finds the receipts about a handle.
	RECEIPTS_OF = "receipts-of": ();
	/// Where the receipts stand.
	RECEIPT_STATE = "receipt-state": ReceiptState;
	/// first sequence -> a batch of receipts, filed or about to be.
	FILED = "filed": FiledReceipts;
	/// handle, tier, epoch -> what is held for an emergency.
	EMERGENCY_DEPOSITS = "emergency-deposits": DepositRow;
	/// committee -> nothing: committees that envelopes of own patients were sealed to.
	EMERGENCY_COMMITTEES = "emergency-committees": ();
	/// handle, request -> a session about a patient of this custodian.
	EMERGENCY_CASES = "emergency-cases": CaseRow;
	/// handle, number -> what the patient was told.
	EMERGENCY_NOTICES = "emergency-notices": Notice;
	/// request -> the words behind it: of own staff, about own patients, or before this institution as a guardian.
	EMERGENCY_OPENINGS = "emergency-openings": EmergencyOpening;
	/// request -> a request of own staff.
	EMERGENCY_REQUESTS = "emergency-requests": OwnRequestRow;
	/// request -> a session of own staff that was left for a colleague.
	EMERGENCY_HANDOVERS = "emergency-handovers": Handover;
	/// practitioner -> the key to which sessions can be handed over.
	EMERGENCY_RECEIVERS = "emergency-receivers": ReceiverKey;
	/// request -> a session for which something was released here.
	EMERGENCY_RELEASED = "emergency-released": ReleasedRow;
	/// request -> the vote of this institution.
	VOTES = "votes": VoteRow;
	/// practitioner, day -> the key of the shift tag.
	SHIFT_KEYS = "shift-keys": Bytes32;
	/// request -> a search of own staff by name.
	LOCATE_REQUESTS = "locate-requests": OwnLocateRow;
	/// request -> the words behind a search before this institution as a guardian.
	LOCATE_OPENINGS = "locate-openings": EmergencyOpening;
	/// whether it enters a patient, who asks, request -> the evaluation of this institution.
	LOCATE_EVALUATIONS = "locate-evaluations": EvaluationRow;
	/// request -> what it was used for with this institution as a guardian.
	LOCATE_USED = "locate-used": UsedRow;
	/// tag -> patients of other and own custodians who are found by it.
	LOCATE_INDEX = "locate-index": Vec<IndexedEntry>;
	/// handle -> where the patient stands in that index.
	LOCATE_PATIENTS = "locate-patients": IndexedPatient;
	/// handle -> how far an own patient is entered with the guardians.
	LOCATE_ENROLMENTS = "locate-enrolments": EnrolmentRow;
}

//! Full audit entries and their openings.
//!
//! The chain holds `entry_commitment(salt, bytes)`; the bytes are the JSON of a [`FullEntry`] with the fields of an IHE BALP
//! `AuditEvent`. How the act ended is in the chain's entry, because the bytes are committed to before the chain decides.

use super::{Account, Blob, Bytes32, ReceiptOpening};
use salus_policy::{Category, Purpose};
use salus_primitives::{
	Act, AuditChain, CapabilityId, Commitment, EmergencyRequestId, InstitutionId, Moment, PatientHandle, PermitId,
	PractitionerId, PurposeClass, RecordId, ScopeTag, StaffRole,
};
use serde::{Deserialize, Serialize};

/// The version that [`FullEntry::version`] carries.
pub const FULL_ENTRY_VERSION: u32 = 1;

/// What a chain's audit entry commits to. Optional fields are left out where they do not apply.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FullEntry {
	/// [`FULL_ENTRY_VERSION`].
	pub version: u32,
	/// What was done (BALP `AuditEvent.type`, `.subtype`, `.action`).
	pub event: AuditEvent,
	/// When, by the clock of the party that wrote the entry (`.recorded`).
	pub recorded: Moment,
	/// Who did it, on whose behalf (BALP: the client and the user).
	pub actor: Actor,
	/// The patient (`.entity` role 1).
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub patient: Option<PatientHandle>,
	/// The patient's custodian (`.source`'s counterpart: who keeps the records).
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub custodian: Option<InstitutionId>,
	/// What for (`purposeOfUse`).
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub purpose: Option<Purposes>,
	/// Categories concerned (`.entity.query`).
	#[serde(default, skip_serializing_if = "Vec::is_empty")]
	pub categories: Vec<Category>,
	/// Tags as they stand in the call.
	#[serde(default, skip_serializing_if = "Vec::is_empty")]
	pub tags: Vec<ScopeTag>,
	/// Records concerned (`.entity` role 4).
	#[serde(default, skip_serializing_if = "Vec::is_empty")]
	pub records: Vec<RecordId>,
	/// Capability concerned. A grant learns its number only afterwards: `None` there.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub capability: Option<CapabilityId>,
	/// Grantee concerned.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub grantee: Option<InstitutionId>,
	/// Commitment to the policy document concerned (`.entity.policy`).
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub policy: Option<Commitment>,
	/// Commitment to the paper it rests on.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub evidence: Option<Commitment>,
	/// The practitioner's signed request, JSON bytes of a [`super::SignedRequest`] (BALP `x-request-id` entity).
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub request: Option<Blob>,
	/// The permit concerned.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub permit: Option<PermitId>,
	/// The batch of receipts that was filed.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub receipts: Option<ReceiptsFiled>,
	/// The emergency session concerned. A request may leave it out: its statement gives it.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub emergency: Option<EmergencyRequestId>,
	/// The other handle of a merge.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub counterpart: Option<PatientHandle>,
	/// On what it rests, in words.
	pub basis: String,
}

/// What was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEvent {
	/// The act, as in the chain's entry.
	pub act: Act,
	/// FHIR `AuditEvent.action`: C, R, U, D or E.
	pub action: char,
}

impl AuditEvent {
	/// The event of an act with the action that BALP gives it.
	pub fn of(act: Act) -> Self {
		let action = match act {
			Act::Register | Act::Anchor | Act::Grant | Act::Receipts | Act::EmergencyDispute | Act::EmergencyReview => {
				'C'
			}
			Act::Claim | Act::Rotate | Act::EmergencySetup | Act::Merge | Act::Unmerge => 'U',
			Act::Retire | Act::Revoke => 'D',
			Act::Request | Act::EmergencyRequest | Act::Locate => 'R',
			Act::EmergencyApproval
			| Act::EmergencyRejection
			| Act::EmergencyCancel
			| Act::EmergencyClose
			| Act::EmergencySuspension
			| Act::LocateEvaluation => 'E',
		};
		Self { act, action }
	}
}

/// Who acted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Actor {
	/// The institution; `None` when the patient acted.
	pub institution: Option<InstitutionId>,
	/// The account that signed the transaction.
	pub account: Account,
	/// The person at the institution.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub practitioner: Option<PractitionerId>,
	/// The person's roles at that time.
	#[serde(default, skip_serializing_if = "Vec::is_empty")]
	pub roles: Vec<StaffRole>,
	/// The person's departments at that time.
	#[serde(default, skip_serializing_if = "Vec::is_empty")]
	pub departments: Vec<String>,
	/// Whether it acted as custodian on behalf of the patient.
	#[serde(default)]
	pub on_behalf: bool,
}

/// The purpose as stated and as the chain distinguishes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Purposes {
	/// HL7 v3 PurposeOfUse.
	pub code: Purpose,
	/// Its class on chain.
	pub class: PurposeClass,
}

/// A filed batch of receipts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiptsFiled {
	/// RFC 9162 root.
	pub root: Bytes32,
	/// Number of receipts.
	pub count: u32,
	/// Time of the first.
	pub from: Moment,
	/// Time of the last.
	pub until: Moment,
}

impl FullEntry {
	/// An entry with the mandatory fields; the others are left out.
	pub fn new(act: Act, recorded: Moment, actor: Actor, basis: impl Into<String>) -> Self {
		Self {
			version: FULL_ENTRY_VERSION,
			event: AuditEvent::of(act),
			recorded,
			actor,
			patient: None,
			custodian: None,
			purpose: None,
			categories: Vec::new(),
			tags: Vec::new(),
			records: Vec::new(),
			capability: None,
			grantee: None,
			policy: None,
			evidence: None,
			request: None,
			permit: None,
			receipts: None,
			emergency: None,
			counterpart: None,
			basis: basis.into(),
		}
	}

	/// Fixes the bytes and commits to them under a fresh salt. The chain and sequence are filled in when the block is known.
	pub fn seal(&self) -> Result<EntryOpening, serde_json::Error> {
		let bytes = serde_json::to_vec(self)?;
		let salt = crate::random_bytes();
		let commitment = Commitment(salus_threshold::entry_commitment(&salt, &bytes));
		Ok(EntryOpening { chain: None, sequence: None, salt: salt.into(), entry: Blob(bytes), commitment })
	}
}

/// Opens one entry of the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryOpening {
	/// The chain it belongs to, when known.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub chain: Option<AuditChain>,
	/// Its position there, when known.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub sequence: Option<u64>,
	/// Salt of the commitment.
	pub salt: Bytes32,
	/// JSON bytes of the [`FullEntry`], exactly as committed to.
	pub entry: Blob,
	/// `entry_commitment(salt, entry)` as on chain.
	pub commitment: Commitment,
}

impl EntryOpening {
	/// Whether salt and bytes open the commitment it carries.
	pub fn opens(&self) -> bool {
		salus_threshold::entry_commitment(&self.salt.0, &self.entry.0) == self.commitment.0
	}

	/// The entry, when the opening is right and the bytes are readable.
	pub fn full_entry(&self) -> Option<FullEntry> {
		self.opens().then(|| serde_json::from_slice(&self.entry.0).ok()).flatten()
	}
}

/// Body of `POST /v1/audit/openings` (between gateways) and `POST /v1/patients/{handle}/audit/openings` (by the controller).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpeningsDelivery {
	/// The openings.
	pub openings: Vec<EntryOpening>,
}

/// Answer to [`OpeningsDelivery`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OpeningsAccepted {
	/// How many were new.
	pub accepted: u32,
}

/// Answer to `GET /v1/patients/{handle}/audit/openings`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Openings {
	/// The handle.
	pub handle: PatientHandle,
	/// What the custodian can open of the handle's chain.
	pub openings: Vec<EntryOpening>,
	/// The custodian's receipts about the handle: releases, own-institution reads, reads of this log.
	pub receipts: Vec<ReceiptOpening>,
	/// The same of each provisional handle that turned out to be the patient's.
	#[serde(default, skip_serializing_if = "Vec::is_empty")]
	pub merged: Vec<Openings>,
}

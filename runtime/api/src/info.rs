//! What the queries answer. Times are [`Moment`]s: milliseconds since the Unix epoch, in the slot time of the chain.

use alloc::{string::String, vec::Vec};
use codec::{Decode, Encode};
use salus_primitives::{
	CapabilityId, Commitment, InstitutionId, InstitutionKind, MemberStatus, Moment, PatientHandle, PermitId,
	PurposeClass, PurposeClasses, ScopeTag, StaffRole,
};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// A member of the consortium.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InstitutionInfo<AccountId> {
	/// What it is; decides which purposes it may claim.
	pub kind: InstitutionKind,
	/// Its name as admitted.
	pub name: String,
	/// The account that registers its gateways and holds its seat in the council.
	pub operator: AccountId,
	/// Whether its statements count now.
	pub status: MemberStatus,
	/// When it was admitted.
	pub admitted_at: Moment,
	/// From when on its statements do not count, when it was compromised.
	pub invalid_from: Option<Moment>,
	/// How much of the blocks it may use.
	pub quota: QuotaInfo,
}

/// What the transactions of an institution may use, in picoseconds of execution (weight `ref_time`) per block. What is not
/// used adds up to a burst that the runtime bounds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct QuotaInfo {
	/// For anchors and receipts.
	pub bulk: u64,
	/// For requests of access.
	pub decisions: u64,
}

/// An entry of the staff registry. Nothing on chain links it to a patient.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PractitionerInfo {
	/// Where the entry belongs.
	pub institution: InstitutionId,
	/// Ed25519 key that signs the practitioner's requests.
	#[serde(with = "crate::hex")]
	pub signing_key: [u8; 32],
	/// `blake2_256` of the X-Wing public key that content keys are wrapped to.
	#[serde(with = "crate::hex")]
	pub encryption_key_hash: [u8; 32],
	/// Roles at this institution.
	pub roles: Vec<StaffRole>,
	/// Department codes, e.g. `cardiology`.
	pub departments: Vec<String>,
	/// First moment of its validity.
	pub valid_from: Moment,
	/// First moment after its validity.
	pub valid_until: Moment,
	/// Whether this person may ask for an emergency opening.
	pub emergency_authorised: bool,
	/// From when on the entry's signatures do not count, when it was ended.
	pub invalid_from: Option<Moment>,
	/// Whether it counts in this block: within its validity, not ended, institution active.
	pub valid: bool,
}

/// A patient handle.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct HandleInfo<AccountId> {
	/// The institution that registered it and keeps its records.
	pub custodian: InstitutionId,
	/// When it was registered.
	pub registered_at: Moment,
	/// Whether acts for it are possible.
	pub status: HandleStatus,
	/// Who acted or acts for it. Compare the times: ended ones stay listed for a while.
	pub controllers: Vec<ControllerInfo<AccountId>>,
	/// Salted commitment to the paper or statement that custody rests on.
	pub evidence: Option<Commitment>,
}

/// A provisional handle that was recognised as a patient's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MergeInfo {
	/// The provisional handle.
	pub provisional: PatientHandle,
	/// The patient's handle.
	pub into: PatientHandle,
	/// When it was recognised.
	pub at: Moment,
	/// Hiding commitment to how.
	pub statement: Commitment,
}

/// The state of a handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum HandleStatus {
	/// In use.
	Active,
	/// Closed for good.
	Retired,
	/// A provisional handle that was recognised as another patient's: out of use until that is taken back.
	Merged,
}

/// One controller of a handle, entitled from `valid_from` until just before `valid_until`.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ControllerInfo<AccountId> {
	/// Who it is.
	pub controller: ControllerOf<AccountId>,
	/// First moment of its rights.
	pub valid_from: Moment,
	/// First moment after its rights; `None` while no end is set.
	pub valid_until: Option<Moment>,
}

/// Who controls a handle.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ControllerOf<AccountId> {
	/// Any gateway of the custodian, on behalf of the patient.
	Custodian,
	/// The patient, with this account.
	SelfHeld(AccountId),
	/// Nobody: nobody could identify the patient, whom the custodian treats.
	Provisional,
}

/// A record anchored with its handle.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct AnchorInfo {
	/// The institution that anchored it.
	pub custodian: InstitutionId,
	/// When.
	pub anchored_at: Moment,
}

/// Any number of records anchored under one RFC 9162 root.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct BatchInfo {
	/// Root of the tree over the leaves.
	#[serde(with = "crate::hex")]
	pub root: [u8; 32],
	/// Number of leaves.
	pub leaf_count: u32,
	/// When.
	pub anchored_at: Moment,
}

/// A live capability: what a patient permits a grantee institution.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CapabilityInfo {
	/// Its number.
	pub id: CapabilityId,
	/// The institution that may ask.
	pub grantee: InstitutionId,
	/// The scope tags it covers; their meaning is known to those who were told.
	pub tags: Vec<ScopeTag>,
	/// The purposes it covers, one bit each.
	pub purposes: PurposeClasses,
	/// First moment of its validity.
	pub valid_from: Moment,
	/// First moment after its validity.
	pub valid_until: Moment,
	/// How often it may be passed on.
	pub delegation_depth: u8,
	/// Salted commitment to the policy document that the custodian's gateway applies.
	pub policy: Commitment,
	/// Hash of the set of key wraps that belongs to it.
	#[serde(with = "crate::hex")]
	pub wraps: [u8; 32],
}

/// A live permit: the outcome of a request, for one shift at most.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PermitInfo {
	/// Its number.
	pub id: PermitId,
	/// The handle it is about.
	pub handle: PatientHandle,
	/// The institution that asked.
	pub institution: InstitutionId,
	/// `blake2_256` over the one-time keys of the requester: only who holds them may fetch.
	#[serde(with = "crate::hex")]
	pub requester: [u8; 32],
	/// The tags that were permitted and that a live capability still backs.
	pub tags: Vec<ScopeTag>,
	/// The purpose that was claimed.
	pub purpose: PurposeClass,
	/// The capabilities it was issued under.
	pub capabilities: Vec<CapabilityId>,
	/// Commitment of the request's audit entry.
	pub entry: Commitment,
	/// When it was issued.
	pub issued_at: Moment,
	/// First moment after its validity.
	pub expires_at: Moment,
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn json_names_are_camel_case_and_bytes_are_hexadecimal() {
		let batch = BatchInfo { root: [0xab; 32], leaf_count: 7, anchored_at: 1_700_000_000_000 };
		let json = serde_json::to_value(batch).unwrap();
		assert_eq!(json["root"], serde_json::json!(alloc::format!("0x{}", "ab".repeat(32))));
		assert_eq!(json["leafCount"], serde_json::json!(7));
		assert_eq!(serde_json::from_value::<BatchInfo>(json).unwrap(), batch);
	}

	#[test]
	fn bytes_of_another_length_are_refused() {
		let json = serde_json::json!({ "root": "0xabcd", "leafCount": 1, "anchoredAt": 1 });
		assert!(serde_json::from_value::<BatchInfo>(json).is_err());
	}

	#[test]
	fn a_controller_says_who_it_is() {
		let controller = ControllerInfo { controller: ControllerOf::SelfHeld(7u32), valid_from: 1, valid_until: None };
		let json = serde_json::to_value(controller).unwrap();
		assert_eq!(json["controller"], serde_json::json!({ "selfHeld": 7 }));
		assert_eq!(json["validUntil"], serde_json::Value::Null);
	}
}

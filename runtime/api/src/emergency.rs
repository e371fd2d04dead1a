//! What the queries about emergency access answer. A status is the one of the block at which it is asked: what has run out shows as
//! ended, whether anybody has said so on chain or not.

use alloc::vec::Vec;
use codec::{Decode, Encode};
use salus_primitives::{
	Commitment, CommitteeId, CommitteePurpose, EmergencyRequestId, EmergencyTier, Guardian, InstitutionId, Moment,
	PatientHandle, ReviewVerdict,
};
use salus_threshold::{envelope::EnvelopeHeader, proof::SchnorrProof};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// The keys with which an institution takes part in committees.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct GuardianKeyInfo {
	/// Ristretto255 key that shares are sealed to.
	#[serde(with = "crate::hex")]
	pub sealing: [u8; 32],
	/// `blake2_256` of the X-Wing public key of its gateway.
	#[serde(with = "crate::hex")]
	pub kem_hash: [u8; 32],
	/// Grows with each replacement. A committee counts only votes under the version that it was formed with.
	pub version: u32,
}

/// Whose emergencies a committee decides on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CommitteeKind {
	/// Those of every patient without a committee of the own.
	Consortium,
	/// Those of this patient.
	Personal(PatientHandle),
}

/// What a committee can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CommitteeStatus {
	/// Its dealers post their dealings.
	Dealing,
	/// Its members prove that they hold their shares.
	Confirming,
	/// It approves.
	Active,
	/// Another has taken its place; it approves for the envelopes that were sealed to it before.
	Superseded,
	/// It never came about.
	Failed,
	/// It approves nothing any more: dissolved, or its validity is over.
	Retired,
}

/// A committee: the set of members that approves now, and the one that is to take over.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CommitteeInfo<AccountId> {
	/// Its number.
	pub id: CommitteeId,
	/// Whose emergencies.
	pub kind: CommitteeKind,
	/// What its key is for.
	pub purpose: CommitteePurpose,
	/// What it can do now.
	pub status: CommitteeStatus,
	/// Number of members.
	pub n: u16,
	/// Parts that open an envelope.
	pub k: u16,
	/// Version of the set of members. Grows when the shares are dealt anew; the group key stays.
	pub version: u32,
	/// Names the group key, once there is one.
	#[serde(with = "crate::hex::option")]
	pub key_id: Option<[u8; 32]>,
	/// The key that envelopes are sealed to, once there is one.
	#[serde(with = "crate::hex::option")]
	pub group_key: Option<[u8; 32]>,
	/// Its members, by index.
	pub members: Vec<CommitteeMemberInfo<AccountId>>,
	/// First moment after its validity.
	pub valid_until: Moment,
	/// Milliseconds after which an unanswered request may go to the consortium's committee instead; `None` when it never may,
	/// and for a committee of the consortium.
	pub fallback_after: Option<Moment>,
	/// Until when its formation must be complete. Of no meaning afterwards.
	pub deadline: Moment,
	/// The set of members that takes over once each of them has proven its share.
	pub pending: Option<PendingSetInfo<AccountId>>,
}

/// A set of members that is to take over a committee's key.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PendingSetInfo<AccountId> {
	/// Version that the set will have.
	pub version: u32,
	/// Number of members.
	pub n: u16,
	/// Parts that will open an envelope.
	pub k: u16,
	/// Its members, by index.
	pub members: Vec<CommitteeMemberInfo<AccountId>>,
	/// Indices in the present set of the members that have dealt.
	pub dealers: Vec<u16>,
	/// First moment after the validity of the committee with this set.
	pub valid_until: Moment,
	/// Until when it must be complete.
	pub deadline: Moment,
}

/// One member of a committee.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CommitteeMemberInfo<AccountId> {
	/// Its index, from 1.
	pub index: u16,
	/// Who it is.
	pub guardian: Guardian<AccountId>,
	/// The institution that a person works for: the two have one vote together.
	pub affiliation: Option<InstitutionId>,
	/// Ristretto255 key that its share is sealed to.
	#[serde(with = "crate::hex")]
	pub sealing: [u8; 32],
	/// The public key of its share, once the dealings are complete.
	#[serde(with = "crate::hex::option")]
	pub public_share: Option<[u8; 32]>,
	/// Whether it has posted its dealing for this set.
	pub dealt: bool,
	/// Whether it has proven that it holds its share.
	pub confirmed: bool,
	/// Whether its vote counts now: active, and with the key that it was taken in with.
	pub counts: bool,
}

/// What is sealed for a patient and a tier.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EmergencyScopeInfo {
	/// The epoch to seal for. Ends with each session; 0 before the first.
	pub epoch: u32,
	/// Whether it is test data: sessions on it are drills.
	pub drill: bool,
	/// The envelopes of this epoch, by committee; none when nothing was sealed.
	pub sealed: Vec<SealedSetInfo>,
}

/// The envelopes for one committee.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SealedSetInfo {
	/// Which committee.
	pub committee: CommitteeId,
	/// Its key.
	#[serde(with = "crate::hex")]
	pub key_id: [u8; 32],
	/// Commitments to the envelopes, by number from 0.
	pub envelopes: Vec<Commitment>,
	/// Which of them requests have used up, one bit each.
	pub consumed: u8,
}

/// Where a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum EmergencyStatus {
	/// Guardians are asked.
	Requested,
	/// Enough of them approved: the data may be opened.
	Active,
	/// It is over.
	Closed,
	/// Nobody answered in time.
	Expired,
	/// Too many guardians refused.
	Rejected,
	/// The requester took it back.
	Cancelled,
	/// A confirmed dispute ended it.
	Suspended,
}

/// An emergency session.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct EmergencySessionInfo {
	/// Names it.
	pub id: EmergencyRequestId,
	/// Whose data.
	pub handle: PatientHandle,
	/// How much of them.
	pub tier: EmergencyTier,
	/// Epoch of the scope.
	pub epoch: u32,
	/// Number of the envelope that it uses up.
	pub envelope: u8,
	/// Who decides.
	pub committee: CommitteeId,
	/// The set of members that decides.
	pub version: u32,
	/// Who asks.
	pub institution: InstitutionId,
	/// Who keeps the records.
	pub custodian: InstitutionId,
	/// Header of the envelope.
	pub header: EnvelopeHeader,
	/// The one-time point that parts are re-encrypted to.
	#[serde(with = "crate::hex")]
	pub point: [u8; 32],
	/// `blake2_256` over the one-time keys of the requester: the second half goes to who holds them.
	#[serde(with = "crate::hex")]
	pub key_hash: [u8; 32],
	/// That the requester knows the secret of the point, bound to this request.
	pub proof: SchnorrProof,
	/// The practitioner on one day, by a keyed hash of the institution.
	#[serde(with = "crate::hex")]
	pub shift_tag: [u8; 16],
	/// Where it stands.
	pub status: EmergencyStatus,
	/// Whether only human duty officers may approve, because a cap was reached.
	pub manual: bool,
	/// Parts that activate it.
	pub required: u16,
	/// The parts so far: index of the guardian, and `x_i (u + Q)`.
	#[serde(with = "crate::hex::numbered")]
	pub parts: Vec<(u16, [u8; 32])>,
	/// Guardians whose part was wrong; their vote is void.
	pub refused: Vec<u16>,
	/// Guardians that rejected it.
	pub rejected: Vec<u16>,
	/// When it was asked for.
	pub requested_at: Moment,
	/// First moment at which approvals come too late.
	pub expires_at: Moment,
	/// First moment after it was active.
	pub active_until: Option<Moment>,
	/// Whether the patient disputes it.
	pub disputed: bool,
	/// Until when the review is due.
	pub review_due: Option<Moment>,
	/// Whether the review was found overdue.
	pub overdue: bool,
	/// The outcome of the review.
	pub verdict: Option<ReviewVerdict>,
	/// Commitment of the request's audit entry.
	pub entry: Commitment,
	/// Whether it is a drill on test data.
	pub drill: bool,
}

/// A session in which guardians evaluate one blinded search term for an institution.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LocateSessionInfo {
	/// Names it.
	pub id: EmergencyRequestId,
	/// Who evaluates.
	pub committee: CommitteeId,
	/// The set of members that evaluates.
	pub version: u32,
	/// Who asks.
	pub institution: InstitutionId,
	/// The blinded element.
	#[serde(with = "crate::hex")]
	pub blinded: [u8; 32],
	/// `blake2_256` over the one-time keys of the requester.
	#[serde(with = "crate::hex")]
	pub key_hash: [u8; 32],
	/// The practitioner on one day, by a keyed hash of the institution.
	#[serde(with = "crate::hex")]
	pub shift_tag: [u8; 16],
	/// The patient whom the custodian enters into the index; `None` when somebody is looked for.
	pub enrol: Option<PatientHandle>,
	/// Where it stands: `Active` once enough parts are there.
	pub status: EmergencyStatus,
	/// Parts that complete it.
	pub required: u16,
	/// The parts so far: index of the guardian, and its evaluation.
	#[serde(with = "crate::hex::numbered")]
	pub parts: Vec<(u16, [u8; 32])>,
	/// Guardians whose part was wrong; their vote is void.
	pub refused: Vec<u16>,
	/// When it was asked for.
	pub requested_at: Moment,
	/// First moment at which parts come too late.
	pub expires_at: Moment,
	/// Commitment of the audit entry.
	pub entry: Commitment,
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn keys_and_parts_are_hexadecimal_in_json_and_read_back() {
		let member = CommitteeMemberInfo {
			index: 1,
			guardian: Guardian::<u64>::Institution(InstitutionId(3)),
			affiliation: None,
			sealing: [0xab; 32],
			public_share: Some([0xcd; 32]),
			dealt: true,
			confirmed: false,
			counts: true,
		};
		let json = serde_json::to_value(&member).unwrap();
		assert_eq!(json["sealing"], serde_json::json!(alloc::format!("0x{}", "ab".repeat(32))));
		assert_eq!(json["publicShare"], serde_json::json!(alloc::format!("0x{}", "cd".repeat(32))));
		assert_eq!(serde_json::from_value::<CommitteeMemberInfo<u64>>(json).unwrap(), member);
		let without = CommitteeMemberInfo { public_share: None, ..member };
		let json = serde_json::to_value(&without).unwrap();
		assert_eq!(json["publicShare"], serde_json::Value::Null);
		assert_eq!(serde_json::from_value::<CommitteeMemberInfo<u64>>(json).unwrap(), without);
	}

	#[test]
	fn a_session_in_json_lists_parts_by_guardian() {
		let session = LocateSessionInfo {
			id: EmergencyRequestId([1; 32]),
			committee: CommitteeId(2),
			version: 1,
			institution: InstitutionId(3),
			blinded: [4; 32],
			key_hash: [5; 32],
			shift_tag: [6; 16],
			enrol: None,
			status: EmergencyStatus::Requested,
			required: 3,
			parts: vec![(2, [0xef; 32])],
			refused: vec![4],
			requested_at: 7,
			expires_at: 8,
			entry: Commitment([9; 32]),
		};
		let json = serde_json::to_value(&session).unwrap();
		assert_eq!(json["parts"], serde_json::json!([[2, alloc::format!("0x{}", "ef".repeat(32))]]));
		assert_eq!(json["shiftTag"], serde_json::json!(alloc::format!("0x{}", "06".repeat(16))));
		assert_eq!(json["status"], serde_json::json!("requested"));
		assert_eq!(serde_json::from_value::<LocateSessionInfo>(json).unwrap(), session);
	}
}

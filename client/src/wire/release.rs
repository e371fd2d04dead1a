//! What a custodian hands to the bound caller of a permit.

use super::{Blob, Bytes32, Bytes64, EntryOpening, SignedRequest};
use codec::Encode;
use salus_policy::{Category, LabelClass};
use salus_primitives::{Commitment, InstitutionId, Moment, PatientHandle, PermitId, RecordId};
use salus_threshold::attributes::OpenedAttribute;
use serde::{Deserialize, Serialize};

/// Domain of what the one-time key signs.
pub const CHALLENGE_TAG: &str = "salus/challenge/v1";

/// Body of `POST /v1/release/challenge`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseChallengeRequest {
	/// The permit.
	pub permit: PermitId,
}

/// Answer to [`ReleaseChallengeRequest`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseChallenge {
	/// 32 random bytes, good once.
	pub nonce: Bytes32,
	/// When the challenge ends.
	pub expires_at: Moment,
}

impl ReleaseChallenge {
	/// What the one-time key signs under the domain [`CHALLENGE_TAG`] ([`salus_envelope::OneTimeKeys::sign`], checked by
	/// [`salus_envelope::OneTimePublic::verify`]): `SCALE(genesis, custodian, permit, nonce)`.
	pub fn message(genesis: &[u8; 32], custodian: InstitutionId, permit: PermitId, nonce: &Bytes32) -> Vec<u8> {
		(genesis, custodian, permit, nonce).encode()
	}
}

/// Body of `POST /v1/release`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseRequest {
	/// The permit.
	pub permit: PermitId,
	/// The practitioner's signed request; its one-time keys must be the permit's `requester`.
	pub request: SignedRequest,
	/// The opening of the audit entry of `request_access`.
	pub opening: EntryOpening,
	/// The challenge's nonce.
	pub nonce: Bytes32,
	/// Signature by the one-time key over [`ReleaseChallenge::message`], domain [`CHALLENGE_TAG`].
	pub signature: Bytes64,
}

/// Answer to [`ReleaseRequest`] and to a fetch. What is withheld is absent; nothing permitted is an empty list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Release {
	/// The permit.
	pub permit: PermitId,
	/// The handle.
	pub handle: PatientHandle,
	/// Who releases.
	pub custodian: InstitutionId,
	/// The records.
	pub records: Vec<ReleasedRecord>,
	/// Hash of the receipt that was written before this answer.
	pub receipt: Bytes32,
}

/// One record, encrypted to the one-time key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleasedRecord {
	/// Its id, derived from custodian, handle and commitment.
	pub record: RecordId,
	/// The provisional handle that it was made under, when the patient was recognised later.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub provisional: Option<PatientHandle>,
	/// FHIR resource type.
	pub kind: String,
	/// Its category.
	pub category: Category,
	/// Its label classes.
	pub classes: Vec<LabelClass>,
	/// The de-identified body.
	pub body: ReleasedPart,
	/// The persona part: what was taken out of the body. Absent when the policy leaves the persona out.
	pub persona: Option<ReleasedPart>,
	/// Opens the anchor.
	pub opening: AnchorOpening,
}

/// A ciphertext and its key for the reader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleasedPart {
	/// The sealed bytes as they lie in the vault.
	pub blob: Blob,
	/// Its key.
	pub wrap: ReleasedWrap,
}

/// A content key wrapped to the one-time X-Wing key, with what its AAD binds beyond the reader's own key.
/// `subject` of the wrap context is the record's id, `key_commitment` that of the blob's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleasedWrap {
	/// Key epoch.
	pub epoch: u32,
	/// Purpose class of the permit, as its index.
	pub purpose: u8,
	/// When the wrap should be destroyed.
	pub expires_at: Moment,
	/// KEM, KDF and AEAD ids, encapsulation, ciphertext.
	pub wrap: Blob,
}

/// Opens a record's Pedersen commitment and some of its attributes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnchorOpening {
	/// The commitment that the record's id is made from.
	pub commitment: Commitment,
	/// The blinding scalar, canonical.
	pub blinding: Bytes32,
	/// Root over the salted attributes.
	pub attribute_root: Bytes32,
	/// The attributes that are opened: at least content id, header, category and labels.
	pub attributes: Vec<OpenedAttribute>,
}

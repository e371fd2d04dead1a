//! Finding a patient who cannot speak: the request to guardians, the index that they keep, and the look-up in it.
//!
//! No name is in any of these messages. Guardians see the blinded element, and afterwards the tag that was looked up.

use super::{one_time_public, verifies, EmergencyEvidence, EmergencyOpening};
use crate::wire::{Blob, Bytes32, Bytes64, HexBytes};
use codec::{Decode, Encode};
use salus_envelope::{locate::SEALED_ENTRY_LEN, OneTimeKeys, OneTimePublic, WrapError};
use salus_primitives::{CommitteeId, EmergencyRequestId, InstitutionId, Moment, PatientHandle, PractitionerId};
use serde::{Deserialize, Serialize};

/// Domain tag of what a practitioner signs.
pub const LOCATE_TAG: &str = "salus/locate-statement/v1";
/// Domain of what the one-time key signs.
pub const LOCATE_LOOKUP_TAG: &str = "salus/locate-lookup/v1";

/// Under what an entry lies in the index: what the committee's function gives for a name and birth date, hashed.
pub type LocateTag = Bytes32;
/// Handle and custodian of a patient, sealed under what the same evaluation gives: who has the tag alone reads nothing.
pub type SealedLocateEntry = HexBytes<SEALED_ENTRY_LEN>;

/// What a practitioner states to have a name evaluated. SCALE in this order.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct LocateStatement {
	/// Who asks.
	pub practitioner: PractitionerId,
	/// For which institution.
	pub institution: InstitutionId,
	/// Whose guardians are to evaluate.
	pub committee: CommitteeId,
	/// The blinded element (RFC 9497); names the session together with the institution.
	pub blinded: Bytes32,
	/// One-time Ed25519 key that will sign the look-up.
	pub signing_key: Bytes32,
	/// One-time X-Wing key (1216 bytes), the other half of the binding. Nothing is wrapped to it yet.
	pub xwing_key: Blob,
	/// What it rests on.
	pub evidence: EmergencyEvidence,
	/// Why, in the practitioner's words, without the patient's name; opened to guardians and auditor.
	pub reason: String,
	/// When.
	pub at: Moment,
}

/// A [`LocateStatement`] with its signature. Body of `POST /v1/locate/requests`; its JSON bytes stand as `request` in the audit entry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedLocate {
	/// What is stated.
	pub statement: LocateStatement,
	/// Ed25519 signature by the practitioner's registered key over [`LocateStatement::message`].
	pub signature: Bytes64,
}

impl LocateStatement {
	/// The one-time keys. Their binding ([`OneTimePublic::binding`]) is the `key_hash` of the request on chain.
	///
	/// # Errors
	/// [`WrapError::InvalidPublicKey`].
	pub fn one_time_keys(&self) -> Result<OneTimePublic, WrapError> {
		one_time_public(&self.signing_key, &self.xwing_key)
	}

	/// The signed bytes: `SCALE("salus/locate-statement/v1", genesis, statement)`.
	pub fn message(&self, genesis: &[u8; 32]) -> Vec<u8> {
		(LOCATE_TAG, genesis, self).encode()
	}

	/// Signs with the practitioner's registered key.
	pub fn sign(self, genesis: &[u8; 32], key: &ed25519_dalek::SigningKey) -> SignedLocate {
		use ed25519_dalek::Signer;
		let signature = key.sign(&self.message(genesis)).to_bytes().into();
		SignedLocate { statement: self, signature }
	}

	/// Whether both texts are there and no longer than [`super::MAX_EMERGENCY_TEXT`].
	pub fn texts_are_sound(&self) -> bool {
		[self.reason.as_str(), self.evidence.text()].into_iter().all(super::statement::is_sound)
	}
}

impl SignedLocate {
	/// Whether the signature is by this registered key (strict: no small-order keys, canonical encodings only).
	pub fn is_signed_by(&self, genesis: &[u8; 32], signing_key: &[u8; 32]) -> bool {
		verifies(signing_key, &self.statement.message(genesis), &self.signature)
	}
}

impl EmergencyOpening {
	/// The practitioner's signed statement inside the entry of a locate request, when the opening is right and readable.
	pub fn locate(&self) -> Option<SignedLocate> {
		serde_json::from_slice(&self.opening.full_entry()?.request?.0).ok()
	}
}

/// Body of `POST /v1/locate/requests/{id}/lookup`, which the requester's gateway passes on as it is to `POST /v1/locate/lookups` of the guardians.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocateLookup {
	/// The session, complete on chain.
	pub id: EmergencyRequestId,
	/// What is looked up.
	pub tag: LocateTag,
	/// The session's one-time Ed25519 key.
	pub signing_key: Bytes32,
	/// The session's one-time X-Wing key.
	pub xwing_key: Blob,
	/// Signature by the one-time key over [`Self::message`], domain [`LOCATE_LOOKUP_TAG`].
	pub signature: Bytes64,
}

impl LocateLookup {
	/// What the one-time key signs ([`salus_envelope::OneTimeKeys::sign`]): `SCALE(genesis, session, tag)`.
	pub fn message(genesis: &[u8; 32], id: &EmergencyRequestId, tag: &LocateTag) -> Vec<u8> {
		(genesis, id, tag).encode()
	}

	/// Signs with the session's one-time keys.
	pub fn sign(genesis: &[u8; 32], id: EmergencyRequestId, tag: LocateTag, keys: &OneTimeKeys) -> Self {
		let public = keys.public();
		Self {
			id,
			tag,
			signing_key: public.signing.into(),
			xwing_key: public.xwing.as_bytes().to_vec().into(),
			signature: keys.sign(LOCATE_LOOKUP_TAG, &Self::message(genesis, &id, &tag)).into(),
		}
	}

	/// Whether who asked in the session looks this tag up, and not the gateway in between. `key_hash` is the session's on chain.
	pub fn is_signed_for(&self, genesis: &[u8; 32], key_hash: &[u8; 32]) -> bool {
		let Ok(keys) = one_time_public(&self.signing_key, &self.xwing_key) else { return false };
		let message = Self::message(genesis, &self.id, &self.tag);
		keys.binding() == *key_hash && keys.verify(LOCATE_LOOKUP_TAG, &message, &self.signature.0).is_ok()
	}
}

/// A guardian's answer to a [`LocateLookup`]. The same whether the tag is unknown or was never there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocateEntries {
	/// What lies under the tag.
	pub entries: Vec<SealedLocateEntry>,
}

/// The requester's gateway's answer to a [`LocateLookup`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocateFound {
	/// What the guardians have, each entry once.
	pub entries: Vec<SealedLocateEntry>,
	/// Guardians that were asked.
	pub asked: u32,
	/// Guardians that answered. The index lies with each of them.
	pub answered: u32,
}

/// Body of `POST /v1/locate/entries`, by the custodian's gateway to a guardian's.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocateDeposit {
	/// The session that evaluated it, complete on chain and about this patient.
	pub session: EmergencyRequestId,
	/// Under what it is looked up.
	pub tag: LocateTag,
	/// What is found.
	pub entry: SealedLocateEntry,
}

/// Body of `POST /v1/locate/removals`, by the custodian's gateway to a guardian's: the patient is not to be found any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocateRemoval {
	/// Whose entries.
	pub handle: PatientHandle,
}

/// Answer to [`LocateDeposit`] and [`LocateRemoval`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocateIndexed {
	/// The patient.
	pub handle: PatientHandle,
	/// Entries of this patient that the guardian has now.
	pub entries: u32,
}

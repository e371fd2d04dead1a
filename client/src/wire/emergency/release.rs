//! A holder gives the second half and the package to the bound requester of an active session.

use super::{SealedPackage, SignedHandover};
use crate::wire::{Blob, Bytes32, Bytes64, EntryOpening};
use codec::Encode;
use salus_primitives::{EmergencyRequestId, EmergencyTier, InstitutionId, Moment, PatientHandle};
use serde::{Deserialize, Serialize};

/// Domain of what the one-time key signs.
pub const EMERGENCY_CHALLENGE_TAG: &str = "salus/emergency-challenge/v1";

/// Body of `POST /v1/emergency/release/challenge`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmergencyChallengeRequest {
	/// The session.
	pub id: EmergencyRequestId,
}

/// Answer to [`EmergencyChallengeRequest`] and to `POST /v1/emergency/requests/{id}/challenge`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmergencyChallenge {
	/// The session.
	pub id: EmergencyRequestId,
	/// The institution that will release. The answer is good for it alone.
	pub holder: InstitutionId,
	/// 32 random bytes drawn by the holder, good once.
	pub nonce: Bytes32,
	/// When the challenge ends.
	pub expires_at: Moment,
}

impl EmergencyChallenge {
	/// What the one-time key signs under the domain [`EMERGENCY_CHALLENGE_TAG`] ([`salus_envelope::OneTimeKeys::sign`], checked by
	/// [`salus_envelope::OneTimePublic::verify`]): `SCALE(genesis, holder, request id, nonce)`.
	pub fn message(genesis: &[u8; 32], holder: InstitutionId, id: &EmergencyRequestId, nonce: &Bytes32) -> Vec<u8> {
		(genesis, holder, id, nonce).encode()
	}
}

/// Body of `POST /v1/emergency/requests/{id}/fetch`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmergencyFetch {
	/// The holder whose challenge is answered.
	pub holder: InstitutionId,
	/// The challenge's nonce.
	pub nonce: Bytes32,
	/// Signature by the one-time key over [`EmergencyChallenge::message`], domain [`EMERGENCY_CHALLENGE_TAG`].
	pub signature: Bytes64,
}

/// Body of `POST /v1/emergency/release`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmergencyReleaseRequest {
	/// The session.
	pub id: EmergencyRequestId,
	/// The opening of the audit entry of the request. The practitioner's signed statement is inside; the binding of its one-time keys must be
	/// the session's key hash.
	pub opening: EntryOpening,
	/// To whom the session was handed over, when it was: the receipt names that person.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub handover: Option<SignedHandover>,
	/// The challenge's nonce.
	pub nonce: Bytes32,
	/// Signature by the one-time key over [`EmergencyChallenge::message`], domain [`EMERGENCY_CHALLENGE_TAG`].
	pub signature: Bytes64,
}

/// Answer to [`EmergencyReleaseRequest`] and to an [`EmergencyFetch`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmergencyRelease {
	/// The session.
	pub id: EmergencyRequestId,
	/// The handle.
	pub handle: PatientHandle,
	/// Who keeps the records.
	pub custodian: InstitutionId,
	/// Who releases.
	pub holder: InstitutionId,
	/// How much is inside.
	pub tier: EmergencyTier,
	/// Epoch of the scope.
	pub epoch: u32,
	/// The second half of the scope's secret.
	pub half: ReleasedHalf,
	/// What the scope's secret opens.
	pub package: SealedPackage,
	/// Hash of the receipt that was written before this answer.
	pub receipt: Bytes32,
}

/// A second half, wrapped to the requester's one-time X-Wing key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleasedHalf {
	/// Commitment to the half.
	pub commitment: Bytes32,
	/// When the wrap should be destroyed.
	pub expires_at: Moment,
	/// KEM, KDF and AEAD ids, encapsulation, ciphertext.
	pub wrap: Blob,
}

/// Body of `POST /v1/emergency/release-notices`, from the holder to the custodian: that something was released.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleaseNotice {
	/// The session.
	pub id: EmergencyRequestId,
	/// JSON bytes of the holder's receipt.
	pub receipt: Blob,
}

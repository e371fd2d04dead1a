//! The custodian leaves what a requester will need with other institutions, so that it need not be awake itself.

use super::SealedEnvelope;
use crate::wire::{Blob, Bytes32};
use salus_primitives::{CommitteeId, EmergencyTier, InstitutionId, PatientHandle};
use serde::{Deserialize, Serialize};

/// Body of `POST /v1/emergency/deposits`: one tier of one handle. A later epoch, or a later version of the package in the same epoch,
/// takes the place of what was deposited before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmergencyDeposit {
	/// The handle.
	pub handle: PatientHandle,
	/// Its custodian, who sends this.
	pub custodian: InstitutionId,
	/// How much is inside.
	pub tier: EmergencyTier,
	/// Epoch of the scope.
	pub epoch: u32,
	/// Whether it is a registered test patient.
	pub drill: bool,
	/// What the scope's secret opens; `None` withdraws what was deposited.
	pub package: Option<SealedPackage>,
	/// The envelopes and second halves, by committee.
	pub sets: Vec<DepositedSet>,
}

/// The envelopes for one committee.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepositedSet {
	/// The committee.
	pub committee: CommitteeId,
	/// Name of its group key.
	pub key_id: Bytes32,
	/// The envelopes.
	pub envelopes: Vec<SealedEnvelope>,
	/// The second half of each.
	pub halves: Vec<SealedHalf>,
}

/// A second half, wrapped to the holder's registered X-Wing key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedHalf {
	/// Number of the envelope that it belongs to.
	pub number: u8,
	/// Commitment to the half: the same at every re-wrap.
	pub commitment: Bytes32,
	/// KEM, KDF and AEAD ids, encapsulation, ciphertext.
	pub wrap: Blob,
}

/// The FHIR bundle of a scope, sealed by the custodian.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SealedPackage {
	/// Version within the epoch; part of what the wrapped content key is bound to.
	pub version: u32,
	/// The sealed bundle.
	pub blob: Blob,
	/// Its content key under the scope's secret.
	pub wrap: Blob,
}

/// Answer to [`EmergencyDeposit`]: what is held now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepositAccepted {
	/// The handle.
	pub handle: PatientHandle,
	/// The tier.
	pub tier: EmergencyTier,
	/// Epoch of the scope.
	pub epoch: u32,
	/// Version of the package; 0 when it was withdrawn.
	pub version: u32,
}

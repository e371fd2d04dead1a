//! The values of the tables about emergencies.

use super::{compose, Key};
use salus_client::wire::{
	emergency::{SealedEnvelope, SealedHalf, SealedPackage, SignedEmergency},
	Blob, Bytes32, EntryOpening,
};
use salus_envelope::{ContentId, ScopeSecret};
use salus_primitives::{
	CommitteeId, EmergencyRequestId, EmergencyTier, InstitutionId, Moment, PatientHandle, PractitionerId,
};
use salus_runtime_api::EmergencySessionInfo;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// Key of a deposit.
pub fn deposit_key(handle: &PatientHandle, tier: EmergencyTier, epoch: u32) -> Key {
	compose(&[&handle.0, &[tier.scope()], &epoch.to_be_bytes()])
}

/// What [`deposit_key`] made a key of; `None` for another key.
pub fn read_deposit_key(key: &[u8]) -> Option<(PatientHandle, EmergencyTier, u32)> {
	let (handle, rest) = key.split_first_chunk::<32>()?;
	let (scope, epoch) = rest.split_first()?;
	let tier = [EmergencyTier::Summary, EmergencyTier::Wider].into_iter().find(|tier| tier.scope() == *scope)?;
	Some((PatientHandle(*handle), tier, u32::from_be_bytes(epoch.try_into().ok()?)))
}

/// What is held for an epoch of a scope: for a patient of this custodian, or for another custodian's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepositRow {
	/// The handle.
	pub handle: PatientHandle,
	/// Who keeps the records.
	pub custodian: InstitutionId,
	/// How much is inside.
	pub tier: EmergencyTier,
	/// Epoch of the scope.
	pub epoch: u32,
	/// Whether it is a registered test patient.
	pub drill: bool,
	/// The package; `None` when nothing may be opened: the patient refuses it.
	pub package: Option<PackageRow>,
	/// Envelopes and second halves, by committee.
	pub sets: Vec<DepositSet>,
	/// What the custodian itself knows beyond.
	pub own: Option<OwnScope>,
}

/// A sealed package in the vault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PackageRow {
	/// Version within the epoch, from 1.
	pub version: u32,
	/// Name of the blob.
	pub content: ContentId,
	/// Its key under the scope's secret.
	pub wrap: Blob,
}

impl PackageRow {
	/// As it travels.
	pub fn with_blob(&self, blob: Vec<u8>) -> SealedPackage {
		SealedPackage { version: self.version, blob: Blob(blob), wrap: self.wrap.clone() }
	}
}

/// The envelopes for one committee and their second halves, by number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepositSet {
	/// The committee.
	pub committee: CommitteeId,
	/// Name of its group key.
	pub key_id: Bytes32,
	/// The envelopes.
	pub envelopes: Vec<SealedEnvelope>,
	/// The second half of each, in the same order.
	pub halves: Vec<HeldHalf>,
}

/// A second half.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum HeldHalf {
	/// The custodian's own.
	Own(Bytes32),
	/// Another custodian's, under the key of this gateway.
	Sealed(SealedHalf),
}

impl std::fmt::Debug for HeldHalf {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		match self {
			Self::Own(_) => f.write_str("Own(..)"),
			Self::Sealed(sealed) => f.debug_tuple("Sealed").field(sealed).finish(),
		}
	}
}

impl Zeroize for HeldHalf {
	fn zeroize(&mut self) {
		// The other kind is sealed.
		if let Self::Own(half) = self {
			half.0.zeroize();
		}
	}
}

impl Drop for HeldHalf {
	fn drop(&mut self) {
		self.zeroize();
	}
}

impl ZeroizeOnDrop for HeldHalf {}

/// What the custodian keeps for itself of an epoch.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnScope {
	secret: Bytes32,
	/// What the newest package was made of.
	pub made_of: Bytes32,
	/// Which holders acknowledged which state of this row, by its digest.
	pub told: Vec<(InstitutionId, Bytes32)>,
}

impl OwnScope {
	/// An epoch in which nothing was made yet.
	pub fn new(secret: &ScopeSecret) -> Self {
		Self { secret: (*secret.expose()).into(), made_of: [0; 32].into(), told: Vec::new() }
	}

	/// The secret of the scope.
	pub fn secret(&self) -> ScopeSecret {
		ScopeSecret::from_bytes(self.secret.0)
	}

	/// Forgets the secret: nothing is sealed under it any more.
	pub fn forget(&mut self) {
		self.zeroize();
		self.made_of = [0; 32].into();
	}
}

impl Zeroize for OwnScope {
	fn zeroize(&mut self) {
		self.secret.0.zeroize();
	}
}

impl Drop for OwnScope {
	fn drop(&mut self) {
		self.zeroize();
	}
}

impl ZeroizeOnDrop for OwnScope {}

impl std::fmt::Debug for OwnScope {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.debug_struct("OwnScope").field("made_of", &self.made_of).field("told", &self.told).finish_non_exhaustive()
	}
}

/// A session about a patient of this custodian, as last seen: what the patient was told is the difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CaseRow {
	/// The session.
	pub session: EmergencySessionInfo,
	/// Number of the block at which it was read.
	pub seen_at: u32,
	/// When something was released, as far as known.
	pub released_at: Vec<Moment>,
}

/// A request of own staff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnRequestRow {
	/// The session.
	pub id: EmergencyRequestId,
	/// The practitioner's signed statement.
	pub request: SignedEmergency,
	/// Opening of the request's audit entry.
	pub opening: EntryOpening,
	/// Key of the practitioner's day.
	pub shift_key: Bytes32,
	/// The committee that was asked.
	pub committee: CommitteeId,
}

impl OwnRequestRow {
	/// Who asked.
	pub fn practitioner(&self) -> PractitionerId {
		self.request.statement.practitioner
	}
}

/// A session whose review is watched: something was released here, or this house approved it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReleasedRow {
	/// The session.
	pub id: EmergencyRequestId,
	/// When it is looked at again.
	pub next_at: Moment,
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn the_key_of_a_deposit_reads_back() {
		let handle = PatientHandle([7; 32]);
		for of in [(handle, EmergencyTier::Summary, 0), (handle, EmergencyTier::Wider, u32::MAX)] {
			let key = deposit_key(&of.0, of.1, of.2);
			assert_eq!(read_deposit_key(&key), Some(of));
			assert_eq!(read_deposit_key(&key[1..]), None);
		}
	}

	#[test]
	fn second_halves_and_scope_secrets_are_neither_printed_nor_left_in_memory() {
		fn wiped_at_the_end<T: ZeroizeOnDrop>(_: &T) {}
		let mut half = HeldHalf::Own([0xab; 32].into());
		let mut own = OwnScope::new(&ScopeSecret::from_bytes([0xcd; 32]));
		let printed = format!("{half:?} {own:?}").to_lowercase();
		assert!(!["abab", "cdcd", "171, 171", "205, 205"].iter().any(|secret| printed.contains(secret)), "{printed}");
		wiped_at_the_end(&half);
		wiped_at_the_end(&own);
		half.zeroize();
		own.zeroize();
		assert_eq!(half, HeldHalf::Own([0; 32].into()));
		assert_eq!(*own.secret().expose(), [0; 32]);
	}
}

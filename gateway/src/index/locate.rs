//! The values of the tables about finding patients by name.

use salus_client::wire::{
	emergency::{LocateTag, SealedLocateEntry, SignedLocate},
	Bytes32, EntryOpening,
};
use salus_primitives::{CommitteeId, EmergencyRequestId, InstitutionId, Moment, PatientHandle, PractitionerId};
use salus_threshold::group::SecretScalar;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A search of own staff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnLocateRow {
	/// The practitioner's signed statement.
	pub request: SignedLocate,
	/// Opening of the request's audit entry.
	pub opening: EntryOpening,
	/// Key of the practitioner's day.
	pub shift_key: Bytes32,
	/// The one tag that is looked up with it, once that was asked for.
	pub looked_up: Option<LocateTag>,
}

/// An evaluation that this guardian gave, or is about to give.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EvaluationRow {
	/// The practitioner who searches; `None` for what a custodian enters.
	pub practitioner: Option<PractitionerId>,
	/// Opening of the evaluation's audit entry.
	pub opening: EntryOpening,
	/// When it was decided.
	pub at: Moment,
}

/// What a session was used for with this guardian.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UsedRow {
	/// The tag that was looked up, or under which the entry was left.
	pub tag: LocateTag,
	/// The entry that was left.
	pub entry: Option<SealedLocateEntry>,
	/// First moment after the session.
	pub until: Moment,
}

/// An entry of the index, for whoever evaluates the same name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexedEntry {
	/// Whose it is.
	pub handle: PatientHandle,
	/// What is found.
	pub entry: SealedLocateEntry,
}

/// Where a patient stands in the index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IndexedPatient {
	/// The custodian who left the entries.
	pub custodian: InstitutionId,
	/// Their tags, the oldest first.
	pub tags: Vec<LocateTag>,
}

/// How far an own patient is entered into the index of a committee.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolmentRow {
	/// The committee.
	pub committee: CommitteeId,
	/// The records that the names were read from, by a hash of their ids.
	pub made_of: Bytes32,
	/// The names, in the order in which they are entered.
	pub names: Vec<EnrolledName>,
	/// Guardians that are to forget the patient before anything else happens.
	pub leaving: Vec<InstitutionId>,
}

/// One name with the birth date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EnrolledName {
	/// Keyed hash of both.
	pub name: Bytes32,
	/// How far it is.
	pub stage: EnrolmentStage,
}

/// How far a name is entered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum EnrolmentStage {
	/// Not yet.
	Waiting {
		/// Not before this.
		from: Moment,
	},
	/// Guardians were asked, or are about to be.
	Asked(AskedName),
	/// They answered: the entry is left with each of them.
	Evaluated {
		/// The session.
		id: EmergencyRequestId,
		/// Under what it lies.
		tag: LocateTag,
		/// What is found.
		entry: SealedLocateEntry,
		/// Guardians that do not have it yet.
		owed: Vec<InstitutionId>,
		/// Guardians that have it.
		with: Vec<InstitutionId>,
	},
	/// It lies with these guardians.
	Entered {
		/// Which.
		with: Vec<InstitutionId>,
	},
	/// The chain takes no more entries for this patient.
	Exhausted,
}

/// A name that guardians are asked about.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AskedName {
	/// The session.
	pub id: EmergencyRequestId,
	/// When they were asked.
	pub at: Moment,
	blind: Bytes32,
}

impl AskedName {
	/// A session under this blind.
	pub fn new(id: EmergencyRequestId, at: Moment, blind: &SecretScalar) -> Self {
		Self { id, at, blind: (*blind.to_bytes()).into() }
	}

	/// The blind. `None` when the row was damaged.
	pub fn blind(&self) -> Option<SecretScalar> {
		SecretScalar::from_bytes(&self.blind.0)
	}
}

impl Zeroize for AskedName {
	fn zeroize(&mut self) {
		self.blind.0.zeroize();
	}
}

impl Drop for AskedName {
	fn drop(&mut self) {
		self.zeroize();
	}
}

impl ZeroizeOnDrop for AskedName {}

impl std::fmt::Debug for AskedName {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.debug_struct("AskedName").field("id", &self.id).field("at", &self.at).finish_non_exhaustive()
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_threshold::rand_core::OsRng;

	#[test]
	fn a_blind_is_neither_printed_nor_left_in_memory() {
		fn wiped_at_the_end<T: ZeroizeOnDrop>(_: &T) {}
		let blind = SecretScalar::random(&mut OsRng);
		let mut asked = AskedName::new(EmergencyRequestId([1; 32]), 5, &blind);
		assert_eq!(asked.blind().unwrap().to_bytes(), blind.to_bytes());
		assert!(!format!("{asked:?}").contains(&hex::encode(*blind.to_bytes())));
		wiped_at_the_end(&asked);
		asked.zeroize();
		assert!(asked.blind().is_none());
	}
}

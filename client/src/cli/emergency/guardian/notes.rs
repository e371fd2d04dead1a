//! What a guardian's machine remembers.

use crate::cli::{
	error::CliError,
	state::{read_json, write_private},
};
use salus_client::{
	primitives::{InstitutionId, Moment, DAY},
	wire::{Account, EntryOpening},
};
use salus_runtime_api::HandleInfo;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// What a guardian's machine remembers beside the key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GuardianNotes {
	/// The patient's custodian.
	pub(super) custodian: InstitutionId,
	/// Its gateway, which has the words behind each request.
	pub(super) gateway: String,
	/// When standing orders approved, in the last day.
	#[serde(default)]
	pub(super) approvals: Vec<Moment>,
	/// Openings of own votes that the custodian has not acknowledged.
	#[serde(default)]
	pub(super) openings: Vec<EntryOpening>,
}

impl GuardianNotes {
	/// Notes of a new guardian.
	pub fn new(custodian: InstitutionId, gateway: String) -> Self {
		Self { custodian, gateway, approvals: Vec::new(), openings: Vec::new() }
	}

	/// Writes the notes.
	pub fn save(&self, home: &Path, identity: &str) -> Result<(), CliError> {
		write_private(&Self::path(home, identity), self)
	}

	/// Reads the notes.
	pub(super) fn load(home: &Path, identity: &str) -> Result<Self, CliError> {
		let path = Self::path(home, identity);
		match path.exists() {
			true => read_json(&path, "notes of a guardian"),
			false => Err(CliError::NotThere(format!(
				"`{identity}` is no guardian's identity: accept an invitation with `salus emergency accept`, or name another with --as"
			))),
		}
	}

	fn path(home: &Path, identity: &str) -> PathBuf {
		home.join("guardians").join(format!("{identity}.json"))
	}

	/// Whether a patient who names this guardian is at the institution of its invitation. Whoever knows an account can name it, and one
	/// that confirmed elsewhere is lost for the patient who invited its holder.
	pub(super) fn invited_by(&self, patient: Option<&HandleInfo<Account>>) -> bool {
		patient.is_some_and(|patient| patient.custodian == self.custodian)
	}

	/// How often standing orders approved in the day before `now`.
	pub(super) fn approved_since(&mut self, now: Moment) -> u32 {
		self.approvals.retain(|at| now.saturating_sub(*at) < DAY);
		u32::try_from(self.approvals.len()).unwrap_or(u32::MAX)
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_runtime_api::HandleStatus;

	#[test]
	fn only_patients_of_the_inviting_institution_invite() {
		let notes = GuardianNotes::new(InstitutionId(1), "http://x".into());
		let patient = |custodian| HandleInfo {
			custodian: InstitutionId(custodian),
			registered_at: 0,
			status: HandleStatus::Active,
			controllers: Vec::new(),
			evidence: None,
		};
		assert!(notes.invited_by(Some(&patient(1))));
		assert!(!notes.invited_by(Some(&patient(2))));
		assert!(!notes.invited_by(None));
	}

	#[test]
	fn approvals_of_the_last_day_count() {
		let mut notes = GuardianNotes::new(InstitutionId(1), "http://x".into());
		notes.approvals = vec![1, DAY, 2 * DAY - 1];
		assert_eq!(notes.approved_since(2 * DAY), 1);
		assert_eq!(notes.approvals, vec![2 * DAY - 1]);
	}

	#[test]
	fn notes_come_back_and_a_stranger_has_none() {
		let home = tempfile::tempdir().unwrap();
		let notes = GuardianNotes::new(InstitutionId(1), "http://x".into());
		notes.save(home.path(), "g").unwrap();
		assert_eq!(GuardianNotes::load(home.path(), "g").unwrap(), notes);
		assert!(matches!(GuardianNotes::load(home.path(), "h"), Err(CliError::NotThere(_))));
	}
}

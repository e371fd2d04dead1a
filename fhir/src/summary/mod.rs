//! What an emergency is told: the HL7 International Patient Summary of a patient, and the collection of all records.
//!
//! Both are bundles whose entries carry each resource exactly as it was taken in. Nothing is translated, and no conformance to the
//! profiles of the IPS is claimed for resources that others wrote: the frame (document, Composition, sections) is that of the IPS.

mod compose;
mod describe;
mod select;

pub use describe::{describe, Row};

use crate::{json::Tape, FhirError};
use compose::Frame;
use salus_policy::Moment;
use select::Selection;

/// The sections of a summary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
	/// Active problems (LOINC 11450-4).
	Problems,
	/// Active allergies and intolerances (LOINC 48765-2).
	Allergies,
	/// Current medication, and what was dispensed or administered lately (LOINC 10160-0).
	Medications,
	/// Results: blood group and Rh type (LOINC 30954-2).
	Results,
}

impl Section {
	/// In the order of the document.
	pub const ALL: [Self; 4] = [Self::Allergies, Self::Medications, Self::Problems, Self::Results];

	/// Its title for people.
	pub fn title(self) -> &'static str {
		match self {
			Self::Problems => "Problems",
			Self::Allergies => "Allergies",
			Self::Medications => "Medications",
			Self::Results => "Blood group",
		}
	}

	/// The section that a resource of this type and this code belongs to, whether or not it is current.
	pub(crate) fn of(kind: &str, is_blood_group: bool) -> Option<Self> {
		match kind {
			"Condition" => Some(Self::Problems),
			"AllergyIntolerance" => Some(Self::Allergies),
			"MedicationRequest" | "MedicationStatement" | "MedicationDispense" | "MedicationAdministration" => {
				Some(Self::Medications)
			}
			"Observation" if is_blood_group => Some(Self::Results),
			_ => None,
		}
	}
}

/// Who makes a bundle, and when.
#[derive(Clone, Copy, Debug)]
pub struct Made<'a> {
	/// Name of the institution.
	pub by: &'a str,
	/// Time, ms.
	pub at: Moment,
	/// Random: becomes the UUID of the bundle.
	pub id: [u8; 16],
}

/// A summary.
#[derive(Clone, PartialEq, Eq)]
pub struct Summary {
	/// The bundle, FHIR R4 JSON.
	pub bytes: Vec<u8>,
	/// How many clinical entries it has: those of the sections.
	pub entries: usize,
}

/// Counts only: content must not reach a log.
impl std::fmt::Debug for Summary {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		f.debug_struct("Summary").field("bytes", &self.bytes.len()).field("entries", &self.entries).finish()
	}
}

/// The patient summary over these resources of one patient, which are given in the order in which they were taken in.
///
/// Taken are the patient, what is active or current, blood groups, and of each medication the last time that it was prepared,
/// dispensed or administered, when that was lately or goes on; of a resource that is there in several versions the newest one. A
/// section without entries states its empty reason: nothing on record is not "none".
///
/// # Errors
/// [`FhirError::NoPatient`] without a `Patient`; those of a resource that cannot be read.
pub fn summary(resources: &[&[u8]], made: &Made<'_>) -> Result<Summary, FhirError> {
	let tapes = parse_all(resources)?;
	let selection = Selection::of(&tapes, made.at)?;
	let entries = selection.sections.iter().map(|(_, members)| members.len()).sum();
	Ok(Summary { bytes: Frame { made }.document(&tapes, &selection), entries })
}

/// All these resources of one patient in one bundle: the newest version of each, whether current or not.
///
/// # Errors
/// As [`summary`].
pub fn collection(resources: &[&[u8]], made: &Made<'_>) -> Result<Vec<u8>, FhirError> {
	let tapes = parse_all(resources)?;
	let newest = select::newest(&tapes);
	if !newest.iter().any(|at| select::kind(tapes[*at].root()) == "Patient") {
		return Err(FhirError::NoPatient);
	}
	Ok(Frame { made }.collection(&tapes, &newest))
}

fn parse_all<'a>(resources: &[&'a [u8]]) -> Result<Vec<Tape<'a>>, FhirError> {
	resources.iter().map(|bytes| Tape::parse(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes))).collect()
}

//! Finding a patient by name and birth date, and patients whom nobody could identify at first.

use super::{BlockId, Bytes32};
use codec::Encode;
use salus_primitives::{Commitment, InstitutionId, PatientHandle, PractitionerId};
use serde::{Deserialize, Serialize};
use std::fmt;

/// Domain tag of the commitment to a statement.
pub const MERGE_STATEMENT_TAG: &str = "salus/merge-statement/v1";

/// Body of `POST /v1/patients/{handle}/merge`, where `handle` is the provisional one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MergeHandle {
	/// The patient's handle at the same institution.
	pub into: PatientHandle,
	/// How the patient was recognised, in words. It stays with the custodian and with the patient.
	pub statement: String,
}

/// Body of `POST /v1/patients/{handle}/unmerge`, where `handle` is the provisional one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnmergeHandle {
	/// How the mistake was found, in words.
	pub statement: String,
}

/// Answer to [`MergeHandle`] and [`UnmergeHandle`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandlesMerged {
	/// The provisional handle.
	pub provisional: PatientHandle,
	/// The patient's handle.
	pub into: PatientHandle,
	/// The finalized block.
	pub block: BlockId,
}

/// What the chain holds of a statement: a salted commitment over both handles and the words.
pub fn statement_commitment(
	salt: &Bytes32,
	provisional: &PatientHandle,
	into: &PatientHandle,
	statement: &str,
) -> Commitment {
	Commitment(salus_envelope::commit::salted(MERGE_STATEMENT_TAG, &salt.0, &(provisional, into, statement).encode()))
}

/// The handle of receipts about a question that named nobody.
pub const NOBODY: PatientHandle = PatientHandle([0; 32]);

/// Who stands at the desk. Body of `POST /v1/demographics/queries`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PersonSought {
	/// Family name.
	pub family: String,
	/// Given name: the first one, or all of them.
	pub given: String,
	/// `YYYY-MM-DD`.
	pub birth_date: String,
	/// A number that the person is known by, e.g. of an insurance. When it is given, who has another one is not found.
	#[serde(default, skip_serializing_if = "Option::is_none")]
	pub identifier: Option<String>,
}

/// Nothing: names must not reach a log.
impl fmt::Debug for PersonSought {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.debug_struct("PersonSought").finish_non_exhaustive()
	}
}

/// Body of `POST /v1/demographics/match`, between gateways.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemographicsMatch {
	/// Who is there.
	pub person: PersonSought,
	/// The registrar of the asking institution before whom the person stands.
	pub practitioner: PractitionerId,
}

/// Answer to [`DemographicsMatch`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DemographicsAnswer {
	/// The one patient that this is, if there is exactly one. None and several look the same.
	pub found: Option<PatientHandle>,
}

/// A patient at an institution.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FoundPatient {
	/// The handle.
	pub handle: PatientHandle,
	/// Where the records are.
	pub custodian: InstitutionId,
}

/// Answer to [`PersonSought`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatientsFound {
	/// Where the person is a patient, at most one handle for each institution.
	pub found: Vec<FoundPatient>,
	/// Institutions that did not answer.
	pub unanswered: Vec<InstitutionId>,
}

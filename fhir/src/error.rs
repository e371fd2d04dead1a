//! What can be wrong with what is handed in. No message carries content of the file: paths and type names only.

use thiserror::Error;

/// Why a bundle or a resource is refused. Nothing of it is taken over.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FhirError {
	/// Larger than [`crate::MAX_BUNDLE_BYTES`].
	#[error("the file has {bytes} bytes, at most {limit} are taken at once: split the bundle")]
	TooLarge {
		/// Its size.
		bytes: usize,
		/// The limit.
		limit: usize,
	},
	/// Not UTF-8.
	#[error("the file is not UTF-8 from byte {offset} on: FHIR JSON has to be")]
	NotUtf8 {
		/// Position of the first wrong byte.
		offset: usize,
	},
	/// Ends in the middle.
	#[error("the file ends in the middle, after byte {offset}: it was cut off, transfer it again")]
	Truncated {
		/// Position of the end.
		offset: usize,
	},
	/// Not JSON.
	#[error("the file is not JSON at byte {offset}")]
	NotJson {
		/// Position of the first wrong byte.
		offset: usize,
	},
	/// Nested deeper than any FHIR resource.
	#[error("the file is nested too deeply at byte {offset}")]
	TooDeep {
		/// Position of the bracket that is too much.
		offset: usize,
	},
	/// An object has one member twice: readers would disagree about which one counts.
	#[error("{path} stands twice in one object")]
	DuplicateMember {
		/// The second occurrence.
		path: String,
	},
	/// A member name that no FHIR element has.
	#[error("{path} has a member whose name no FHIR element can have")]
	BadMemberName {
		/// The object.
		path: String,
	},
	/// An object with more members than any FHIR element has.
	#[error("{path} has more members than any FHIR element")]
	TooManyMembers {
		/// The object.
		path: String,
	},
	/// JSON, but no `Bundle`.
	#[error("not a FHIR Bundle but {found}: hand in an R4 Bundle")]
	NotABundle {
		/// The resource type found, or what stands in its place.
		found: String,
	},
	/// A bundle whose type does not carry a patient's records.
	#[error(
		"a Bundle of type `{found}` carries no records: use transaction, batch, collection, document or searchset"
	)]
	UnsupportedBundleType {
		/// The type.
		found: String,
	},
	/// A bundle without entries.
	#[error("the Bundle has no entries")]
	EmptyBundle,
	/// An entry without a resource.
	#[error("{path} has no resource")]
	MissingResource {
		/// The entry.
		path: String,
	},
	/// A resource without a resource type.
	#[error("{path} has no resource type")]
	MissingResourceType {
		/// The resource.
		path: String,
	},
	/// A resource type that FHIR R4 does not know, or a bundle inside a bundle.
	#[error("{path} is of type `{found}`, which no record can have in FHIR R4")]
	UnknownResourceType {
		/// The resource.
		path: String,
		/// The type.
		found: String,
	},
	/// Two entries claim one identity.
	#[error("{path} has the same fullUrl, or type and id, as an earlier entry")]
	DuplicateResource {
		/// The second one.
		path: String,
	},
	/// No `Patient` in the bundle.
	#[error("the Bundle has no Patient: records are taken with the patient they belong to")]
	NoPatient,
	/// More than one `Patient` in the bundle.
	#[error("the Bundle has a second Patient at {path}: one bundle is about one patient")]
	TwoPatients {
		/// The second one.
		path: String,
	},
	/// A reference to a patient who is not the one of the bundle, or a subject that cannot be tied to that one.
	#[error("{path} refers to someone or something other than the patient of the Bundle")]
	ForeignSubject {
		/// The reference.
		path: String,
	},
}

/// Why a body and a persona do not make a resource.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum RejoinError {
	/// The persona is not of a form that this version writes.
	#[error("the persona is damaged or of an unknown version")]
	BadPersona,
	/// The persona belongs to another body, or one of both was altered.
	#[error("body and persona do not belong together")]
	Mismatch,
}

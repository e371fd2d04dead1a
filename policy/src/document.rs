//! The policy document: what a controller of a patient's handle grants to one institution, and what it excepts.
//!
//! It stands for a FHIR Consent with one permitting provision and any number of denying ones. The chain holds its salted
//! commitment only; the bytes committed to are its SCALE encoding.

use crate::{hex, vocabulary::*, Moment};
use alloc::{collections::BTreeSet, vec::Vec};
use codec::{Decode, DecodeAll, Encode};
use core::fmt;
use serde::{Deserialize, Serialize};

/// Domain of the salted commitment over [`PolicyDocument::canonical_bytes`].
pub const COMMITMENT_DOMAIN: &str = "salus/policy/v1";

/// To whom something is granted.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Grantee {
	/// The institution.
	pub institution: u32,
	/// Roles, one of which the reader has; empty means any.
	#[serde(default)]
	pub roles: BTreeSet<Role>,
	/// Departments, one of which the reader works in; empty means any.
	#[serde(default)]
	pub departments: BTreeSet<Department>,
	/// Practitioners by registry id; empty means any.
	#[serde(default, with = "hex::set")]
	pub practitioners: BTreeSet<[u8; 32]>,
}

/// An exception. It applies when every part that is not empty applies, and it wins over what is granted.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DenyRule {
	/// Practitioners by registry id.
	#[serde(default, with = "hex::set")]
	pub practitioners: BTreeSet<[u8; 32]>,
	/// Roles, one of which the reader has.
	#[serde(default)]
	pub roles: BTreeSet<Role>,
	/// Departments, one of which the reader works in.
	#[serde(default)]
	pub departments: BTreeSet<Department>,
	/// Categories of the record.
	#[serde(default)]
	pub categories: BTreeSet<Category>,
}

impl DenyRule {
	/// Whether every part is empty. Such a rule denies everything, which nobody means to write.
	pub fn is_empty(&self) -> bool {
		self.practitioners.is_empty()
			&& self.roles.is_empty()
			&& self.departments.is_empty()
			&& self.categories.is_empty()
	}
}

/// Whose statement the document is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ControllerStatement {
	/// The patient's, by an own key.
	Patient,
	/// The custodian's on behalf of the patient.
	CustodianOnBehalf {
		/// Commitment to the evidence, e.g. the scan of a paper consent.
		#[serde(with = "hex")]
		evidence: [u8; 32],
	},
}

/// What one institution may read of one patient. All parts must agree with a request; see [`crate::evaluate()`].
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PolicyDocument {
	/// Version of this form: [`PolicyDocument::VERSION`].
	pub version: u8,
	/// The patient's handle.
	#[serde(with = "hex")]
	pub handle: [u8; 32],
	/// The institution that keeps the records.
	pub custodian: u32,
	/// Who may read.
	pub grantee: Grantee,
	/// For what.
	pub purposes: BTreeSet<Purpose>,
	/// Which categories.
	pub categories: BTreeSet<Category>,
	/// Which label classes: every class of a record must be among them.
	pub classes: BTreeSet<LabelClass>,
	/// Clinical time from which records are meant, ms, inclusive.
	#[serde(default)]
	pub data_from: Option<Moment>,
	/// Clinical time until which records are meant, ms, exclusive.
	#[serde(default)]
	pub data_until: Option<Moment>,
	/// Start of validity, ms, inclusive.
	pub valid_from: Moment,
	/// End of validity, ms, exclusive.
	pub valid_until: Moment,
	/// Exceptions.
	#[serde(default)]
	pub deny: Vec<DenyRule>,
	/// Whose statement it is.
	pub given_by: ControllerStatement,
}

/// Why a document is refused before anything is granted on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DocumentError {
	/// The bytes are no document, or not the only encoding of one.
	NotCanonical,
	/// The version is not [`PolicyDocument::VERSION`].
	UnknownVersion(u8),
	/// No purpose, category or class: it would grant nothing. Names the part.
	NothingGranted(&'static str),
	/// It ends before it begins. Names the part: validity or data window.
	EndsBeforeItBegins(&'static str),
	/// A department code that no registry entry can have.
	BadDepartment(Department),
	/// The deny rule with this number has no part.
	EmptyDenyRule(usize),
	/// More entries than [`PolicyDocument::MAX_LISTED`] or rules than [`PolicyDocument::MAX_DENY_RULES`]. Names the part.
	TooLong(&'static str),
	/// Custodian and grantee are one institution: own reading follows the care relationship.
	GranteeIsCustodian,
}

impl fmt::Display for DocumentError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::NotCanonical => f.write_str("the bytes are not the canonical encoding of a policy document"),
			Self::UnknownVersion(version) => write!(f, "policy document version {version} is not known"),
			Self::NothingGranted(part) => write!(f, "the policy document names no {part}"),
			Self::EndsBeforeItBegins(part) => write!(f, "the {part} of the policy document ends before it begins"),
			Self::BadDepartment(department) => write!(f, "`{department}` is no department code"),
			Self::EmptyDenyRule(number) => write!(f, "deny rule {number} names nothing and would deny everything"),
			Self::TooLong(part) => write!(f, "the policy document lists more {part} than can be looked through"),
			Self::GranteeIsCustodian => f.write_str("the grantee is the custodian itself"),
		}
	}
}

impl core::error::Error for DocumentError {}

impl PolicyDocument {
	/// The version that this crate writes and evaluates.
	pub const VERSION: u8 = 1;
	/// Most practitioners or departments in one list.
	pub const MAX_LISTED: usize = 256;
	/// Most deny rules. Each is looked at for every record of a release.
	pub const MAX_DENY_RULES: usize = 64;

	/// The bytes that a commitment is made over: the SCALE encoding. Equal documents have equal bytes.
	pub fn canonical_bytes(&self) -> Vec<u8> {
		self.encode()
	}

	/// Reads canonical bytes, and nothing else: no trailing bytes, no unsorted or doubled set members.
	pub fn from_canonical_bytes(bytes: &[u8]) -> Result<Self, DocumentError> {
		let document = Self::decode_all(&mut &*bytes).map_err(|_| DocumentError::NotCanonical)?;
		if document.encode() == bytes {
			Ok(document)
		} else {
			Err(DocumentError::NotCanonical)
		}
	}

	/// Checks that the document can mean something; to be asked before a grant and before a stored document is relied on.
	pub fn check(&self) -> Result<(), DocumentError> {
		if self.version != Self::VERSION {
			return Err(DocumentError::UnknownVersion(self.version));
		}
		let parts = [
			("purpose", self.purposes.is_empty()),
			("category", self.categories.is_empty()),
			("label class", self.classes.is_empty()),
		];
		if let Some((part, _)) = parts.into_iter().find(|(_, empty)| *empty) {
			return Err(DocumentError::NothingGranted(part));
		}
		if self.valid_until <= self.valid_from {
			return Err(DocumentError::EndsBeforeItBegins("validity"));
		}
		if matches!((self.data_from, self.data_until), (Some(from), Some(until)) if until <= from) {
			return Err(DocumentError::EndsBeforeItBegins("data window"));
		}
		if self.grantee.institution == self.custodian {
			return Err(DocumentError::GranteeIsCustodian);
		}
		self.check_lengths()?;
		let denied = self.deny.iter().flat_map(|rule| &rule.departments);
		if let Some(wrong) = self.grantee.departments.iter().chain(denied).find(|department| !department.is_valid()) {
			return Err(DocumentError::BadDepartment(wrong.clone()));
		}
		match self.deny.iter().position(DenyRule::is_empty) {
			Some(number) => Err(DocumentError::EmptyDenyRule(number)),
			None => Ok(()),
		}
	}

	/// Who writes a document is not who evaluates it.
	fn check_lengths(&self) -> Result<(), DocumentError> {
		if self.deny.len() > Self::MAX_DENY_RULES {
			return Err(DocumentError::TooLong("deny rules"));
		}
		let practitioners = self.deny.iter().map(|rule| &rule.practitioners).chain([&self.grantee.practitioners]);
		if practitioners.into_iter().any(|listed| listed.len() > Self::MAX_LISTED) {
			return Err(DocumentError::TooLong("practitioners"));
		}
		let departments = self.deny.iter().map(|rule| &rule.departments).chain([&self.grantee.departments]);
		if departments.into_iter().any(|listed| listed.len() > Self::MAX_LISTED) {
			return Err(DocumentError::TooLong("departments"));
		}
		Ok(())
	}
}

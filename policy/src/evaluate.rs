//! The decision about one record under the documents of a patient.

use crate::{document::*, vocabulary::*, Moment};
use alloc::{collections::BTreeSet, string::String};
use codec::{Decode, Encode};
use core::fmt;
use serde::{Deserialize, Serialize};

/// Who asks, for what, when. Everything here comes from the staff registry, the signed request and the clock of the decider,
/// never from a claim of the caller alone.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Context {
	/// Institution of the reader.
	pub institution: u32,
	/// Registry id of the reader.
	#[serde(with = "crate::hex")]
	pub practitioner: [u8; 32],
	/// The reader's roles there.
	pub roles: BTreeSet<Role>,
	/// The reader's departments there.
	pub departments: BTreeSet<Department>,
	/// Purpose of use.
	pub purpose: Purpose,
	/// Time of the decision, ms.
	pub now: Moment,
}

/// What a verdict rests on. For logs and audit at the decider; never shown to the reader, who must not see that something is withheld.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Basis {
	/// Permit: a policy document grants it.
	Consent,
	/// Permit: own-institution treatment under a care relationship.
	CareRelationship,
	/// Permit: payment or operations under the institution's default.
	InstitutionDefault,
	/// Permit: emergency override by staff authorised for it, under the institution's default.
	BreakGlass,
	/// Deny: no document was given.
	NoPolicy,
	/// Deny: the document has a version that this evaluator does not know.
	UnknownVersion,
	/// Deny: the document's validity has not begun.
	NotYetValid,
	/// Deny: the document's validity has ended.
	Expired,
	/// Deny: a deny rule applies; its number.
	DenyRule(u32),
	/// Deny: granted to another institution.
	OtherInstitution,
	/// Deny: granted to other practitioners.
	OtherPractitioner,
	/// Deny: granted to other roles.
	OtherRole,
	/// Deny: granted to other departments.
	OtherDepartment,
	/// Deny: granted for other purposes.
	OtherPurpose,
	/// Deny: other categories are granted.
	OtherCategory,
	/// Deny: a class of the record is not granted.
	WithheldClass(LabelClass),
	/// Deny: the record lies outside the data window.
	OutsideDataWindow,
	/// Deny: the institution declared no default policy.
	NoDefaultDeclared,
	/// Deny: the institution's default does not cover the request.
	NotCoveredByDefault,
	/// Deny: the reader has no current care relationship with the patient.
	NoCareRelationship,
	/// Deny: the reader is not authorised for emergencies.
	NotEmergencyAuthorised,
}

impl fmt::Display for Basis {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		let text: String = match self {
			Self::Consent => "consent".into(),
			Self::CareRelationship => "care relationship".into(),
			Self::InstitutionDefault => "institution default".into(),
			Self::BreakGlass => "break-glass".into(),
			Self::NoPolicy => "no policy document".into(),
			Self::UnknownVersion => "unknown document version".into(),
			Self::NotYetValid => "consent not yet valid".into(),
			Self::Expired => "consent expired".into(),
			Self::DenyRule(number) => alloc::format!("deny rule {number}"),
			Self::OtherInstitution => "granted to another institution".into(),
			Self::OtherPractitioner => "granted to other practitioners".into(),
			Self::OtherRole => "granted to other roles".into(),
			Self::OtherDepartment => "granted to other departments".into(),
			Self::OtherPurpose => "granted for other purposes".into(),
			Self::OtherCategory => "category not granted".into(),
			Self::WithheldClass(class) => alloc::format!("class {class} not granted"),
			Self::OutsideDataWindow => "outside the data window".into(),
			Self::NoDefaultDeclared => "no default policy declared".into(),
			Self::NotCoveredByDefault => "not covered by the default policy".into(),
			Self::NoCareRelationship => "no care relationship".into(),
			Self::NotEmergencyAuthorised => "not authorised for emergencies".into(),
		};
		f.pad(&text)
	}
}

/// The decision about one record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct Verdict {
	/// Whether the record may be read.
	pub permit: bool,
	/// Why.
	pub basis: Basis,
}

impl Verdict {
	pub(crate) const fn permit(basis: Basis) -> Self {
		Self { permit: true, basis }
	}

	pub(crate) const fn deny(basis: Basis) -> Self {
		Self { permit: false, basis }
	}
}

/// Decides about one record under one document. A deny rule wins over every grant; whatever is not granted is denied.
///
/// The caller has to make sure that the document belongs to the record's handle and to a live capability, and that its
/// commitment is the one on the chain.
pub fn evaluate(document: &PolicyDocument, context: &Context, record: &RecordLabels) -> Verdict {
	match in_force(document, context).and_then(|()| denied(document, context, record)) {
		Err(basis) => Verdict::deny(basis),
		Ok(()) => match granted(document, context, record) {
			Ok(()) => Verdict::permit(Basis::Consent),
			Err(basis) => Verdict::deny(basis),
		},
	}
}

/// Decides about one record under all documents of live capabilities. A deny rule of any document that is in force wins over
/// the grant of another; otherwise one grant is enough. The basis of a denial is that of the last document.
pub fn evaluate_all<'a>(
	documents: impl IntoIterator<Item = &'a PolicyDocument>,
	context: &Context,
	record: &RecordLabels,
) -> Verdict {
	let mut verdict = Verdict::deny(Basis::NoPolicy);
	for document in documents {
		let one = evaluate(document, context, record);
		if matches!(one.basis, Basis::DenyRule(_)) {
			return one;
		}
		if !verdict.permit {
			verdict = one;
		}
	}
	verdict
}

/// The document speaks about this reader's institution, now.
fn in_force(document: &PolicyDocument, context: &Context) -> Result<(), Basis> {
	if document.version != PolicyDocument::VERSION {
		Err(Basis::UnknownVersion)
	} else if context.now < document.valid_from {
		Err(Basis::NotYetValid)
	} else if context.now >= document.valid_until {
		Err(Basis::Expired)
	} else if context.institution != document.grantee.institution {
		Err(Basis::OtherInstitution)
	} else {
		Ok(())
	}
}

fn denied(document: &PolicyDocument, context: &Context, record: &RecordLabels) -> Result<(), Basis> {
	let applies = |rule: &DenyRule| {
		(rule.practitioners.is_empty() || rule.practitioners.contains(&context.practitioner))
			&& one_of(&rule.roles, &context.roles)
			&& one_of(&rule.departments, &context.departments)
			&& (rule.categories.is_empty() || rule.categories.contains(&record.category))
	};
	match document.deny.iter().position(applies) {
		Some(number) => Err(Basis::DenyRule(number.try_into().unwrap_or(u32::MAX))),
		None => Ok(()),
	}
}

fn granted(document: &PolicyDocument, context: &Context, record: &RecordLabels) -> Result<(), Basis> {
	let grantee = &document.grantee;
	if !grantee.practitioners.is_empty() && !grantee.practitioners.contains(&context.practitioner) {
		return Err(Basis::OtherPractitioner);
	}
	if !one_of(&grantee.roles, &context.roles) {
		return Err(Basis::OtherRole);
	}
	if !one_of(&grantee.departments, &context.departments) {
		return Err(Basis::OtherDepartment);
	}
	if !document.purposes.contains(&context.purpose) {
		return Err(Basis::OtherPurpose);
	}
	if !document.categories.contains(&record.category) {
		return Err(Basis::OtherCategory);
	}
	if let Some(class) = record.effective_classes().find(|class| !document.classes.contains(class)) {
		return Err(Basis::WithheldClass(class));
	}
	if in_window(document, record.recorded_at) {
		Ok(())
	} else {
		Err(Basis::OutsideDataWindow)
	}
}

/// An empty list of the document means anybody.
fn one_of<T: Ord>(listed: &BTreeSet<T>, held: &BTreeSet<T>) -> bool {
	listed.is_empty() || !listed.is_disjoint(held)
}

fn in_window(document: &PolicyDocument, recorded_at: Moment) -> bool {
	let bounded = document.data_from.is_some() || document.data_until.is_some();
	if bounded && recorded_at == UNKNOWN_TIME {
		return false;
	}
	document.data_from.is_none_or(|from| recorded_at >= from)
		&& document.data_until.is_none_or(|until| recorded_at < until)
}

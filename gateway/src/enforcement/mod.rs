//! Whether records leave the house: a pure function over everything that the decision rests on.
//!
//! The caller of a release never learns why something is absent. The reasons here are for the receipt, which the patient reads, and for
//! the tests.

mod case;
mod challenge;

pub use case::{RecordView, ReleaseCase};
pub use challenge::Challenges;
pub use salus_client::emergency::is_valid;

use crate::index::PolicyRow;
use case::Standing;
use salus_client::wire::POLICY_TAG;
use salus_envelope::commit::salted;
use salus_policy::{evaluate, evaluate_all, Basis, Category, Context, Department, Purpose, Role};
use salus_primitives::{CapabilityId, RecordId};
use salus_runtime_api::PractitionerInfo;
use std::collections::BTreeSet;

/// Why nothing at all is released.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[allow(missing_docs)]
pub enum Refusal {
	#[error("there is no such permit, or no live capability backs it any more")]
	PermitNotLive,
	#[error("the permit has expired")]
	PermitExpired,
	#[error("the permit was given to another institution")]
	OtherInstitution,
	#[error("the request is about another patient than the permit")]
	OtherHandle,
	#[error("the request is meant for another custodian")]
	OtherCustodian,
	#[error("the handle is not kept here")]
	NotKeptHere,
	#[error("the handle is closed")]
	HandleRetired,
	#[error("the one-time keys are not those that the permit is bound to")]
	KeysNotBound,
	#[error("the challenge was not signed by the one-time key")]
	ChallengeSignature,
	#[error("the practitioner is not in the staff registry")]
	UnknownPractitioner,
	#[error("the practitioner's registry entry is not valid now")]
	PractitionerNotValid,
	#[error("the practitioner belongs to another institution than the permit")]
	PractitionerElsewhere,
	#[error("the request was not signed by the practitioner it names")]
	RequestSignature,
	#[error("the request states another purpose than the permit")]
	OtherPurpose,
	#[error("the audit entry that was opened is not that of this request")]
	OtherOpening,
}

/// Why one record is absent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Withheld {
	/// A newer version replaced it.
	Superseded,
	/// Its category was not asked for.
	NotAskedFor,
	/// The permit lacks the tag of one of its label classes.
	TagMissing,
	/// No usable document permits it.
	Policy(Basis),
}

/// A record that may leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Granted {
	/// The record.
	pub record: RecordId,
	/// Whether the persona part goes with it.
	pub persona: bool,
	/// The capability it rests on.
	pub capability: CapabilityId,
}

/// What may leave.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decision {
	/// The records, in the order in which they were given.
	pub granted: Vec<Granted>,
	/// The others, with the reason.
	pub withheld: Vec<(RecordId, Withheld)>,
}

/// Decides about a release.
///
/// # Errors
/// [`Refusal`]: the first thing that forbids any release.
pub fn decide(case: &ReleaseCase<'_>) -> Result<Decision, Refusal> {
	let standing = case.standing()?;
	let documents = documents_in_force(case, &standing);
	let context = context(case, &standing);
	let mut decision = Decision::default();
	for record in case.records {
		match judge(case, &standing, &documents, &context, record) {
			Ok(granted) => decision.granted.push(granted),
			Err(withheld) => decision.withheld.push((record.record, withheld)),
		}
	}
	Ok(decision)
}

/// A document in force and whether the permit rests on it.
struct Document<'a> {
	row: &'a PolicyRow,
	grants: bool,
}

/// The documents of the asking institution's live capabilities, as far as they are what the chain commits to. Those that the permit does not
/// rest on grant nothing here; their deny rules count, or asking for less would be the way around them.
fn documents_in_force<'a>(case: &ReleaseCase<'a>, standing: &Standing<'a>) -> Vec<Document<'a>> {
	let permit = standing.permit;
	let live = case.capabilities.iter().filter(|capability| {
		capability.grantee == permit.institution
			&& capability.valid_from <= case.now
			&& case.now < capability.valid_until
	});
	live.filter_map(|capability| {
		let row = case.policies.iter().find(|row| row.capability == capability.id)?;
		let document = &row.document;
		let opens = salted(POLICY_TAG, &row.salt.0, &document.canonical_bytes()) == capability.policy.0;
		let means_this = document.handle == permit.handle.0
			&& document.custodian == case.own.0
			&& document.grantee.institution == permit.institution.0;
		let grants = permit.capabilities.contains(&capability.id) && capability.purposes.contains(permit.purpose);
		(opens && means_this && document.check().is_ok()).then_some(Document { row, grants })
	})
	.collect()
}

fn judge(
	case: &ReleaseCase<'_>,
	standing: &Standing<'_>,
	documents: &[Document<'_>],
	context: &Context,
	record: &RecordView<'_>,
) -> Result<Granted, Withheld> {
	if !record.current {
		return Err(Withheld::Superseded);
	}
	if !case.request.statement.categories.contains(&record.labels.category) {
		return Err(Withheld::NotAskedFor);
	}
	// One tag for each class: a record with a restricted class is not covered by the tag of its ordinary one.
	let tags: Vec<_> =
		record.labels.effective_classes().map(|class| (case.tag_of)(record.labels.category, class)).collect();
	if tags.is_empty() || !tags.iter().all(|tag| standing.permit.tags.contains(tag)) {
		return Err(Withheld::TagMissing);
	}
	// A deny rule of any document in force counts, also of one whose own grant does not reach this record.
	let mut verdicts = documents.iter().map(|document| evaluate(&document.row.document, context, record.labels).basis);
	if let Some(denied) = verdicts.find(|basis| matches!(basis, Basis::DenyRule(_))) {
		return Err(Withheld::Policy(denied));
	}
	let granting = || documents.iter().filter(|document| document.grants).map(|document| document.row);
	let verdict = evaluate_all(granting().map(|row| &row.document), context, record.labels);
	if !verdict.permit {
		return Err(Withheld::Policy(verdict.basis));
	}
	let covers = |row: &&PolicyRow| {
		let capability = case.capabilities.iter().find(|capability| capability.id == row.capability);
		capability.is_some_and(|capability| tags.iter().all(|tag| capability.tags.contains(tag)))
			&& evaluate(&row.document, context, record.labels).permit
	};
	let row = granting().find(covers).ok_or(Withheld::TagMissing)?;
	let persona = needs_identity(context.purpose) || row.document.categories.contains(&Category::Persona);
	Ok(Granted { record: record.record, persona, capability: row.capability })
}

/// Research and public health work on de-identified bodies, unless the patient granted the persona as well.
fn needs_identity(purpose: Purpose) -> bool {
	!matches!(purpose, Purpose::Research | Purpose::PublicHealth)
}

fn context(case: &ReleaseCase<'_>, standing: &Standing<'_>) -> Context {
	practitioner_context(
		standing.practitioner,
		case.request.statement.practitioner.0,
		case.request.statement.purpose,
		case.now,
	)
}

/// What the registry says about a reader, for an evaluator.
pub fn practitioner_context(info: &PractitionerInfo, id: [u8; 32], purpose: Purpose, now: u64) -> Context {
	let roles: BTreeSet<Role> = info.roles.iter().filter_map(|role| Role::from_code(*role as u8)).collect();
	Context {
		institution: info.institution.0,
		practitioner: id,
		roles,
		departments: info.departments.iter().map(Department::new).collect(),
		purpose,
		now,
	}
}

#[cfg(test)]
mod tests;

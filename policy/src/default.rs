//! Reading inside the custodian's own house: the institution's declared default, and who is in a care relationship.
//!
//! The defaults are the Implicit policies of IHE PCF. None declared means deny.

use crate::{evaluate::*, vocabulary::*, Moment};
use codec::{Decode, Encode};
use serde::{Deserialize, Serialize};

/// What an institution declares for readers of its own where no document speaks (IHE PCF, Implicit).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DefaultPolicy {
	/// Nothing was declared: deny all.
	#[default]
	NotDeclared,
	/// Implicit 1: clinicians, for treatment, under a care relationship.
	CliniciansForTreatment,
	/// Implicit 2: all authorised users. Treatment under a care relationship; payment and operations for normal records.
	AllAuthorised,
	/// Implicit 3: deny all except break-glass by staff authorised for it.
	DenyExceptBreakGlass,
	/// Implicit 4: deny all.
	DenyAll,
}

/// What a care relationship rests on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RelationshipKind {
	/// An out-patient contact.
	Encounter,
	/// A stay.
	Admission,
	/// The patient was referred.
	Referral,
}

/// With whom the patient is in care.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CarePartner {
	/// One practitioner, by registry id.
	Practitioner(#[serde(with = "crate::hex")] [u8; 32]),
	/// Everybody of a department.
	Department(Department),
}

/// A statement of the institution that somebody takes care of the patient.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct CareRelationship {
	/// What it rests on.
	pub kind: RelationshipKind,
	/// With whom.
	pub partner: CarePartner,
	/// Start, ms, inclusive.
	pub from: Moment,
	/// End, ms, exclusive.
	pub until: Moment,
}

impl CareRelationship {
	/// Whether it covers this reader now.
	pub fn covers(&self, context: &Context) -> bool {
		let partner = match &self.partner {
			CarePartner::Practitioner(id) => *id == context.practitioner,
			CarePartner::Department(department) => context.departments.contains(department),
		};
		partner && self.from <= context.now && context.now < self.until
	}
}

/// What the institution knows about a reader of its own.
#[derive(Clone, Copy, Debug)]
pub struct OwnAccess<'a> {
	/// The institution that keeps the record.
	pub custodian: u32,
	/// Its declared default.
	pub default: DefaultPolicy,
	/// The patient's care relationships.
	pub relationships: &'a [CareRelationship],
	/// Whether the reader's registry entry is authorised for emergencies. Who may break the glass is decided there, not here.
	pub emergency_authorised: bool,
}

/// Roles that treat.
pub const CLINICAL_ROLES: [Role; 5] =
	[Role::Physician, Role::Nurse, Role::Pharmacist, Role::LaboratoryTechnician, Role::Paramedic];

/// Decides about one record for a reader of the custodian's own house.
pub fn evaluate_own(access: &OwnAccess<'_>, context: &Context, record: &RecordLabels) -> Verdict {
	if context.institution != access.custodian {
		return Verdict::deny(Basis::OtherInstitution);
	}
	match access.default {
		DefaultPolicy::NotDeclared => Verdict::deny(Basis::NoDefaultDeclared),
		DefaultPolicy::DenyAll => Verdict::deny(Basis::NotCoveredByDefault),
		DefaultPolicy::DenyExceptBreakGlass => break_glass(access, context),
		DefaultPolicy::CliniciansForTreatment => {
			let clinical = CLINICAL_ROLES.iter().any(|role| context.roles.contains(role));
			if clinical && is_treatment(context.purpose) {
				in_care(access, context)
			} else {
				Verdict::deny(Basis::NotCoveredByDefault)
			}
		}
		DefaultPolicy::AllAuthorised if is_treatment(context.purpose) => in_care(access, context),
		DefaultPolicy::AllAuthorised => payment_or_operations(context, record),
	}
}

const fn is_treatment(purpose: Purpose) -> bool {
	matches!(purpose, Purpose::Treatment | Purpose::EmergencyRoomTreatment)
}

fn in_care(access: &OwnAccess<'_>, context: &Context) -> Verdict {
	if access.relationships.iter().any(|relationship| relationship.covers(context)) {
		Verdict::permit(Basis::CareRelationship)
	} else {
		Verdict::deny(Basis::NoCareRelationship)
	}
}

fn break_glass(access: &OwnAccess<'_>, context: &Context) -> Verdict {
	if !matches!(context.purpose, Purpose::EmergencyTreatment | Purpose::BreakGlass) {
		Verdict::deny(Basis::NotCoveredByDefault)
	} else if access.emergency_authorised {
		Verdict::permit(Basis::BreakGlass)
	} else {
		Verdict::deny(Basis::NotEmergencyAuthorised)
	}
}

fn payment_or_operations(context: &Context, record: &RecordLabels) -> Verdict {
	if !matches!(context.purpose, Purpose::Payment | Purpose::Operations) || context.roles.is_empty() {
		return Verdict::deny(Basis::NotCoveredByDefault);
	}
	match record.effective_classes().find(|class| *class != LabelClass::Normal) {
		Some(class) => Verdict::deny(Basis::WithheldClass(class)),
		None => Verdict::permit(Basis::InstitutionDefault),
	}
}

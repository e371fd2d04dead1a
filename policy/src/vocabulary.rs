//! What records and requests are described with. None of these names appears on the chain about a patient.

use crate::{
	coded::{coded_enum, same_name, serde_by_name},
	Moment,
};
use alloc::{
	collections::BTreeSet,
	string::{String, ToString},
};
use codec::{Decode, Encode, Error, Input, Output};
use core::{fmt, str::FromStr};
use serde::{Deserialize, Serialize};

/// A name that is not in the vocabulary.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownName {
	/// What was expected, e.g. `category`.
	pub expected: &'static str,
	/// What was found.
	pub found: String,
}

impl UnknownName {
	pub(crate) fn new(expected: &'static str, found: &str) -> Self {
		Self { expected, found: found.to_string() }
	}
}

impl fmt::Display for UnknownName {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "`{}` is no {}", self.found, self.expected)
	}
}

impl core::error::Error for UnknownName {}

coded_enum! {
	/// What a record is about, after the FHIR R4 resource type (and `Observation.category`, `DiagnosticReport.category`).
	Category, "category" {
		/// Observation `laboratory`, DiagnosticReport of a laboratory section, Specimen, MolecularSequence.
		Laboratory = "laboratory",
		/// Observation `vital-signs`.
		VitalSigns = "vital-signs",
		/// Condition, FamilyMemberHistory, ClinicalImpression, RiskAssessment, DetectedIssue, AdverseEvent, Flag.
		Conditions = "conditions",
		/// Medication, MedicationRequest, MedicationStatement, MedicationAdministration, MedicationDispense.
		Medications = "medications",
		/// AllergyIntolerance.
		Allergies = "allergies",
		/// Immunization, ImmunizationEvaluation, ImmunizationRecommendation.
		Immunizations = "immunizations",
		/// Procedure, ServiceRequest, Observation `procedure` and `therapy`, DeviceUseStatement.
		Procedures = "procedures",
		/// Encounter, EpisodeOfCare, Appointment, AppointmentResponse.
		Encounters = "encounters",
		/// ImagingStudy, Media, Observation `imaging`, DiagnosticReport of an imaging section.
		Imaging = "imaging",
		/// DocumentReference, DocumentManifest, Composition, Binary, QuestionnaireResponse, other DiagnosticReport.
		Documents = "documents",
		/// CarePlan, CareTeam, Goal, NutritionOrder.
		CarePlans = "care-plans",
		/// Claim, ClaimResponse, ExplanationOfBenefit, Coverage, Account, Invoice.
		Coverage = "coverage",
		/// Everything else, e.g. Observation `survey` or `social-history`, Practitioner, Organization.
		Other = "other",
		/// Demographics: Patient, Person, RelatedPerson.
		Persona = "persona",
	}
}

coded_enum! {
	/// An HL7 v3 ActCode of the information sensitivity policies.
	Sensitivity, "sensitivity code" {
		/// ETH: substance use.
		SubstanceUse = "ETH",
		/// ETHUD: alcohol use disorder.
		AlcoholUse = "ETHUD",
		/// OPIOIDUD: opioid use disorder.
		OpioidUse = "OPIOIDUD",
		/// PSY: psychiatric disorder.
		Psychiatry = "PSY",
		/// SDV: sexual assault, abuse, domestic violence.
		Violence = "SDV",
		/// HIV: HIV and AIDS, including antiretroviral treatment.
		Hiv = "HIV",
		/// GDIS: genetic disease.
		GeneticDisease = "GDIS",
		/// SEX: sexuality and reproductive health.
		SexualHealth = "SEX",
		/// STD: sexually transmitted disease.
		SexuallyTransmitted = "STD",
	}
}

coded_enum! {
	/// Why a record is wanted: a code of HL7 v3 PurposeOfUse.
	Purpose, "purpose of use" {
		/// Treatment.
		Treatment = "TREAT",
		/// Emergency treatment by people who are not provisioned for it.
		EmergencyTreatment = "ETREAT",
		/// Emergency-room treatment by staff who are provisioned for it: no override.
		EmergencyRoomTreatment = "ERTREAT",
		/// Break the glass: override of a directive.
		BreakGlass = "BTG",
		/// Payment.
		Payment = "HPAYMT",
		/// Operations of the institution.
		Operations = "HOPERAT",
		/// Research.
		Research = "HRESCH",
		/// Request of the patient.
		PatientRequest = "PATRQT",
		/// Public health.
		PublicHealth = "PUBHLTH",
		/// Compliance, and orders of a court.
		Compliance = "HCOMPL",
	}
}

impl Purpose {
	/// Number of the chain's `PurposeClass`: 0 treatment, 1 emergency, 2 patient, 3 operations and payment, 4 research,
	/// 5 public health and legal.
	pub const fn class_code(self) -> u8 {
		match self {
			Self::Treatment | Self::EmergencyRoomTreatment => 0,
			Self::EmergencyTreatment | Self::BreakGlass => 1,
			Self::PatientRequest => 2,
			Self::Operations | Self::Payment => 3,
			Self::Research => 4,
			Self::PublicHealth | Self::Compliance => 5,
		}
	}
}

coded_enum! {
	/// A role of the staff registry, with the numbers of the chain's `StaffRole`.
	Role, "staff role" {
		/// A doctor of medicine.
		Physician = "physician",
		/// A nurse.
		Nurse = "nurse",
		/// A pharmacist.
		Pharmacist = "pharmacist",
		/// Laboratory staff.
		LaboratoryTechnician = "laboratory-technician",
		/// An ambulance paramedic or call-centre attendant.
		Paramedic = "paramedic",
		/// Registers patients and witnesses their consent.
		Registrar = "registrar",
		/// Reviews accesses and emergencies.
		PrivacyOfficer = "privacy-officer",
		/// Works on de-identified data under a study.
		Researcher = "researcher",
		/// Billing and administration.
		Administrator = "administrator",
	}
}

/// A department's code: lower-case ASCII letters, digits and hyphens, at most 32, e.g. `cardiology`. Compared byte by byte.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Department(pub String);

impl Department {
	/// Takes a code as it is written; see [`Self::is_valid`].
	pub fn new(code: impl Into<String>) -> Self {
		Self(code.into())
	}

	/// Whether the code has the form that the staff registry accepts.
	pub fn is_valid(&self) -> bool {
		(1..=32).contains(&self.0.len())
			&& self.0.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
	}
}

impl fmt::Display for Department {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.pad(&self.0)
	}
}

impl FromStr for Department {
	type Err = UnknownName;

	fn from_str(text: &str) -> Result<Self, Self::Err> {
		let department = Self::new(text);
		department.is_valid().then_some(department).ok_or_else(|| UnknownName::new("department code", text))
	}
}

/// How closely a record is kept. In JSON: `N`, `R`, or the HL7 code of the sensitivity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LabelClass {
	/// Confidentiality N: every code in the record is known and in no sensitive value set.
	Normal,
	/// Confidentiality R: labelled so, or not possible to label. What is not labelled counts as restricted.
	Restricted,
	/// In the value set of this sensitivity.
	Sensitive(Sensitivity),
}

impl LabelClass {
	/// Every class, in the order of its code.
	pub const ALL: &'static [Self] = &[
		Self::Normal,
		Self::Restricted,
		Self::Sensitive(Sensitivity::SubstanceUse),
		Self::Sensitive(Sensitivity::AlcoholUse),
		Self::Sensitive(Sensitivity::OpioidUse),
		Self::Sensitive(Sensitivity::Psychiatry),
		Self::Sensitive(Sensitivity::Violence),
		Self::Sensitive(Sensitivity::Hiv),
		Self::Sensitive(Sensitivity::GeneticDisease),
		Self::Sensitive(Sensitivity::SexualHealth),
		Self::Sensitive(Sensitivity::SexuallyTransmitted),
	];

	/// The stable number: 0 normal, 1 restricted, 2 and up the sensitivities in their order.
	pub const fn code(self) -> u8 {
		match self {
			Self::Normal => 0,
			Self::Restricted => 1,
			Self::Sensitive(sensitivity) => 2 + sensitivity.code(),
		}
	}

	/// The class of a stable number.
	pub fn from_code(code: u8) -> Option<Self> {
		Self::ALL.get(usize::from(code)).copied()
	}

	/// `N`, `R`, or the HL7 code of the sensitivity.
	pub const fn name(self) -> &'static str {
		match self {
			Self::Normal => "N",
			Self::Restricted => "R",
			Self::Sensitive(sensitivity) => sensitivity.name(),
		}
	}
}

impl FromStr for LabelClass {
	type Err = UnknownName;

	fn from_str(text: &str) -> Result<Self, Self::Err> {
		let long = [("normal", Self::Normal), ("restricted", Self::Restricted)];
		let short = Self::ALL.iter().copied().find(|class| same_name(class.name(), text));
		short
			.or_else(|| long.into_iter().find(|(name, _)| same_name(name, text)).map(|(_, class)| class))
			.ok_or_else(|| UnknownName::new("label class", text))
	}
}

serde_by_name!(LabelClass);

/// One byte, the stable number, so that a document's bytes do not depend on how the enumeration nests.
impl Encode for LabelClass {
	fn size_hint(&self) -> usize {
		1
	}

	fn encode_to<T: Output + ?Sized>(&self, dest: &mut T) {
		dest.push_byte(self.code());
	}
}

impl codec::EncodeLike for LabelClass {}

impl Decode for LabelClass {
	fn decode<I: Input>(input: &mut I) -> Result<Self, Error> {
		Self::from_code(input.read_byte()?).ok_or_else(|| "unknown label class".into())
	}
}

/// [`RecordLabels::recorded_at`] of a record that states no time. It lies inside no data window.
pub const UNKNOWN_TIME: Moment = 0;

/// What a policy can say about one record.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RecordLabels {
	/// What it is about.
	pub category: Category,
	/// Every class that applies. A reader needs all of them; none at all counts as [`LabelClass::Restricted`].
	pub classes: BTreeSet<LabelClass>,
	/// Clinical time of the record, ms. Times before 1970 are 1, unknown ones [`UNKNOWN_TIME`].
	pub recorded_at: Moment,
}

impl RecordLabels {
	/// The classes, with [`LabelClass::Restricted`] in place of none.
	pub fn effective_classes(&self) -> impl Iterator<Item = LabelClass> + '_ {
		let none = self.classes.is_empty().then_some(LabelClass::Restricted);
		self.classes.iter().copied().chain(none)
	}
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
	use super::*;

	#[test]
	fn codes_and_names_lead_back_to_their_values() {
		for category in Category::ALL {
			assert_eq!(Category::from_code(category.code()), Some(*category));
			assert_eq!(category.name().parse(), Ok(*category));
		}
		for class in LabelClass::ALL {
			assert_eq!(LabelClass::from_code(class.code()), Some(*class));
			assert_eq!(class.name().parse(), Ok(*class));
			assert_eq!(LabelClass::decode(&mut &class.encode()[..]), Ok(*class));
			assert_eq!(class.encode(), [class.code()]);
		}
		assert_eq!(LabelClass::from_code(LabelClass::ALL.len() as u8), None);
		assert!(LabelClass::decode(&mut &[LabelClass::ALL.len() as u8][..]).is_err());
	}

	#[test]
	fn every_sensitivity_is_a_class() {
		assert_eq!(LabelClass::ALL.len(), 2 + Sensitivity::ALL.len());
		for sensitivity in Sensitivity::ALL {
			assert!(LabelClass::ALL.contains(&LabelClass::Sensitive(*sensitivity)));
		}
	}

	#[test]
	fn names_are_read_in_the_spellings_of_people_and_of_the_chain() {
		assert_eq!("Vital Signs".parse(), Ok(Category::VitalSigns));
		assert_eq!("LaboratoryTechnician".parse(), Ok(Role::LaboratoryTechnician));
		assert_eq!("restricted".parse(), Ok(LabelClass::Restricted));
		assert_eq!("treat".parse(), Ok(Purpose::Treatment));
		let unknown = "billing".parse::<Category>().unwrap_err();
		assert_eq!(unknown.to_string(), "`billing` is no category");
	}

	#[test]
	fn purposes_fall_into_the_classes_of_the_chain() {
		let classes: alloc::vec::Vec<_> = Purpose::ALL.iter().map(|purpose| purpose.class_code()).collect();
		assert_eq!(classes, [0, 1, 0, 1, 3, 3, 4, 2, 5, 5]);
	}

	#[test]
	fn a_department_code_has_the_form_of_the_registry() {
		assert!(Department::new("cardiology-2").is_valid());
		for wrong in ["", "Cardiology", "cardio logy", "kardiologie-ä", &"x".repeat(33)] {
			assert!(wrong.parse::<Department>().is_err(), "{wrong}");
		}
	}

	#[test]
	fn json_uses_the_names() {
		let labels = RecordLabels {
			category: Category::Laboratory,
			classes: [LabelClass::Sensitive(Sensitivity::Hiv), LabelClass::Restricted].into(),
			recorded_at: 5,
		};
		let json = serde_json::to_string(&labels).unwrap();
		assert_eq!(json, r#"{"category":"laboratory","classes":["R","HIV"],"recordedAt":5}"#);
		assert_eq!(serde_json::from_str::<RecordLabels>(&json).unwrap(), labels);
	}
}

//! FHIR R4 resource types and the category of each.

use salus_policy::Category;

/// Every resource type of FHIR R4 (4.0.1) that can be a record, with its category.
const KINDS: &[(Category, &[&str])] = &[
	(
		Category::Laboratory,
		&["MolecularSequence", "Specimen", "BodyStructure", "SpecimenDefinition", "ObservationDefinition"],
	),
	(
		Category::Conditions,
		&[
			"AdverseEvent",
			"ClinicalImpression",
			"Condition",
			"DetectedIssue",
			"FamilyMemberHistory",
			"Flag",
			"RiskAssessment",
		],
	),
	(
		Category::Medications,
		&[
			"Medication",
			"MedicationAdministration",
			"MedicationDispense",
			"MedicationKnowledge",
			"MedicationRequest",
			"MedicationStatement",
		],
	),
	(Category::Allergies, &["AllergyIntolerance"]),
	(Category::Immunizations, &["Immunization", "ImmunizationEvaluation", "ImmunizationRecommendation"]),
	(
		Category::Procedures,
		&["DeviceRequest", "DeviceUseStatement", "Procedure", "ServiceRequest", "VisionPrescription"],
	),
	(Category::Encounters, &["Appointment", "AppointmentResponse", "Encounter", "EpisodeOfCare", "Schedule", "Slot"]),
	(Category::Imaging, &["ImagingStudy", "Media"]),
	(
		Category::Documents,
		&[
			"Binary",
			"Composition",
			"Consent",
			"Contract",
			"DiagnosticReport",
			"DocumentManifest",
			"DocumentReference",
			"QuestionnaireResponse",
		],
	),
	(Category::CarePlans, &["CarePlan", "CareTeam", "Goal", "NutritionOrder", "RequestGroup"]),
	(
		Category::Coverage,
		&[
			"Account",
			"ChargeItem",
			"Claim",
			"ClaimResponse",
			"Coverage",
			"CoverageEligibilityRequest",
			"CoverageEligibilityResponse",
			"EnrollmentRequest",
			"EnrollmentResponse",
			"ExplanationOfBenefit",
			"Invoice",
			"PaymentNotice",
			"PaymentReconciliation",
		],
	),
	(Category::Persona, &["Patient", "Person", "RelatedPerson"]),
	(
		Category::Other,
		&[
			"AuditEvent",
			"Basic",
			"BiologicallyDerivedProduct",
			"Communication",
			"CommunicationRequest",
			"Device",
			"DeviceDefinition",
			"DeviceMetric",
			"Endpoint",
			"Group",
			"GuidanceResponse",
			"HealthcareService",
			"InsurancePlan",
			"List",
			"Location",
			"MeasureReport",
			"Observation",
			"OperationOutcome",
			"Organization",
			"OrganizationAffiliation",
			"Practitioner",
			"PractitionerRole",
			"Provenance",
			"ResearchStudy",
			"ResearchSubject",
			"Substance",
			"SupplyDelivery",
			"SupplyRequest",
			"Task",
			"VerificationResult",
		],
	),
];

/// The category of a FHIR R4 resource type by itself; `None` for a type that no record can have. `Observation` and
/// `DiagnosticReport` get a closer one from their own category.
pub fn category_of_kind(kind: &str) -> Option<Category> {
	KINDS.iter().find(|(_, kinds)| kinds.contains(&kind)).map(|(category, _)| *category)
}

/// Members of which one has to hold a code of a known clinical system; without one the resource cannot be labelled. Empty for
/// types that need none.
pub(crate) fn coded_members(kind: &str) -> &'static [&'static str] {
	match kind {
		"Observation" | "Condition" | "Procedure" | "DiagnosticReport" | "ServiceRequest" | "DetectedIssue"
		| "Flag" | "Medication" | "Substance" | "ChargeItem" => &["code"],
		"AllergyIntolerance" => &["code", "reaction"],
		"MedicationRequest" | "MedicationStatement" | "MedicationAdministration" | "MedicationDispense" => {
			&["medicationCodeableConcept", "medicationReference"]
		}
		"Immunization" => &["vaccineCode"],
		"ImmunizationEvaluation" => &["targetDisease"],
		"ImmunizationRecommendation" => &["recommendation"],
		"Goal" => &["description"],
		"CarePlan" => &["category", "activity", "addresses"],
		"FamilyMemberHistory" => &["condition"],
		"ClinicalImpression" => &["finding", "problem", "code"],
		"RiskAssessment" => &["prediction", "condition", "code"],
		"AdverseEvent" => &["event", "suspectEntity"],
		"Claim" | "ExplanationOfBenefit" => &["item"],
		_ => &[],
	}
}

/// Types whose content cannot be judged by codes: free text, attachments, answers, lists of anything.
pub(crate) fn holds_free_content(kind: &str) -> bool {
	matches!(
		kind,
		"Basic"
			| "Binary"
			| "Communication"
			| "CommunicationRequest"
			| "Composition"
			| "Consent"
			| "Contract"
			| "DocumentManifest"
			| "DocumentReference"
			| "GuidanceResponse"
			| "List" | "Media"
			| "MeasureReport"
			| "MolecularSequence"
			| "QuestionnaireResponse"
			| "Task"
	)
}

/// Types that stand around a record and lend it no label: naming the visit or the doctor says nothing about the record.
pub(crate) fn is_surrounding(kind: &str) -> bool {
	matches!(
		kind,
		"Patient"
			| "Person"
			| "RelatedPerson"
			| "Encounter"
			| "EpisodeOfCare"
			| "Appointment"
			| "Practitioner"
			| "PractitionerRole"
			| "Organization"
			| "OrganizationAffiliation"
			| "Location"
			| "HealthcareService"
			| "CareTeam"
			| "Device"
			| "Group" | "Coverage"
			| "Account"
			| "Endpoint"
	)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn no_type_has_two_categories() {
		let mut all: Vec<_> = KINDS.iter().flat_map(|(_, kinds)| kinds.iter()).collect();
		let count = all.len();
		all.sort_unstable();
		all.dedup();
		assert_eq!(all.len(), count);
	}

	#[test]
	fn types_of_other_releases_and_bundles_are_unknown() {
		for kind in ["Bundle", "MedicationUsage", "patient", ""] {
			assert_eq!(category_of_kind(kind), None, "{kind}");
		}
		assert_eq!(category_of_kind("Claim"), Some(Category::Coverage));
	}
}

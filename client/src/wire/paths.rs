//! The paths of the API. Routers use the constants (axum's `{name}` syntax), callers the functions.

use salus_primitives::{CapabilityId, InstitutionId, PatientHandle, PermitId, RecordId};

/// `GET`: [`super::GatewayStatus`].
pub const STATUS: &str = "/v1/status";
/// `POST` by a registrar: [`super::RegisterPatient`] -> [`super::RegisteredPatient`].
pub const PATIENTS: &str = "/v1/patients";
/// `POST` by a registrar: [`super::ClaimHandle`] -> [`super::HandleClaimed`].
pub const CLAIM: &str = "/v1/patients/{handle}/claim";
/// `POST` by a registrar or physician: [`super::CareRelationshipRequest`] -> [`super::CareRelationshipRecorded`].
pub const CARE_RELATIONSHIPS: &str = "/v1/patients/{handle}/care-relationships";
/// `POST` by a physician or registrar, body a FHIR bundle (`application/fhir+json`): -> [`super::IngestReport`].
/// `GET` by own staff under a care relationship: -> [`super::RecordList`].
pub const RECORDS: &str = "/v1/patients/{handle}/records";
/// `GET` by own staff under a care relationship: the original bytes of the resource (`application/fhir+json`).
pub const RECORD: &str = "/v1/patients/{handle}/records/{record}";
/// `POST` by a physician, body one resource (`application/fhir+json`): -> [`super::AmendReport`].
pub const AMEND: &str = "/v1/patients/{handle}/records/{record}/amend";
/// `GET` by the controller or, for a custodial handle, a registrar: `?categories=a,b&classes=x,y` -> [`super::ScopeTags`].
pub const SCOPE_TAGS: &str = "/v1/patients/{handle}/scope-tags";
/// `POST` by the controller: [`super::PolicyDelivery`] -> [`super::PolicyAccepted`].
/// `GET` by the controller or, for a custodial handle, a registrar: -> [`super::HeldPolicies`].
pub const POLICIES: &str = "/v1/patients/{handle}/policies";
/// `POST` by a registrar for a custodial handle: [`super::ConsentRequest`] -> [`super::ConsentGranted`].
pub const CONSENTS: &str = "/v1/patients/{handle}/consents";
/// `DELETE` by a registrar for a custodial handle, all of a grantee: -> [`super::ConsentRevoked`].
pub const CONSENTS_OF: &str = "/v1/patients/{handle}/consents/{grantee}";
/// `DELETE` by a registrar for a custodial handle, one capability: -> [`super::ConsentRevoked`].
pub const CONSENT: &str = "/v1/patients/{handle}/consents/{grantee}/{capability}";
/// `POST` by the custodian's gateway to the grantee's: [`super::GrantNotice`] -> [`super::NoticeAccepted`].
pub const GRANT_NOTICES: &str = "/v1/grant-notices";
/// `POST` by own staff: [`super::AccessRequest`] -> [`super::AccessAnswer`].
pub const ACCESS_REQUESTS: &str = "/v1/access-requests";
/// `POST` by the same practitioner: -> [`super::ChallengeAnswer`].
pub const CHALLENGE: &str = "/v1/access-requests/{permit}/challenge";
/// `POST` by the same practitioner: [`super::FetchRequest`] -> [`super::Release`].
pub const FETCH: &str = "/v1/access-requests/{permit}/fetch";
/// `POST` by the asking institution's gateway: [`super::ReleaseChallengeRequest`] -> [`super::ReleaseChallenge`].
pub const RELEASE_CHALLENGE: &str = "/v1/release/challenge";
/// `POST` by the asking institution's gateway: [`super::ReleaseRequest`] -> [`super::Release`].
pub const RELEASE: &str = "/v1/release";
/// `POST` by the acting institution's gateway to the custodian's: [`super::OpeningsDelivery`] -> [`super::OpeningsAccepted`].
pub const OPENINGS: &str = "/v1/audit/openings";
/// `GET` by the controller or, for a custodial handle, a privacy officer: -> [`super::Openings`]. Leaves a receipt itself.
/// `POST` by the controller, for acts it signed itself: [`super::OpeningsDelivery`] -> [`super::OpeningsAccepted`].
pub const PATIENT_OPENINGS: &str = "/v1/patients/{handle}/audit/openings";

/// Path of [`CLAIM`].
pub fn claim(handle: &PatientHandle) -> String {
	format!("/v1/patients/{handle}/claim")
}

/// Path of [`CARE_RELATIONSHIPS`].
pub fn care_relationships(handle: &PatientHandle) -> String {
	format!("/v1/patients/{handle}/care-relationships")
}

/// Path of [`RECORDS`].
pub fn records(handle: &PatientHandle) -> String {
	format!("/v1/patients/{handle}/records")
}

/// Path of [`RECORD`].
pub fn record(handle: &PatientHandle, record: &RecordId) -> String {
	format!("/v1/patients/{handle}/records/{record}")
}

/// Path of [`AMEND`].
pub fn amend(handle: &PatientHandle, record: &RecordId) -> String {
	format!("/v1/patients/{handle}/records/{record}/amend")
}

/// Path of [`SCOPE_TAGS`], without its query.
pub fn scope_tags(handle: &PatientHandle) -> String {
	format!("/v1/patients/{handle}/scope-tags")
}

/// Path of [`POLICIES`].
pub fn policies(handle: &PatientHandle) -> String {
	format!("/v1/patients/{handle}/policies")
}

/// Path of [`CONSENTS`].
pub fn consents(handle: &PatientHandle) -> String {
	format!("/v1/patients/{handle}/consents")
}

/// Path of [`CONSENTS_OF`].
pub fn consents_of(handle: &PatientHandle, grantee: InstitutionId) -> String {
	format!("/v1/patients/{handle}/consents/{grantee}")
}

/// Path of [`CONSENT`].
pub fn consent(handle: &PatientHandle, grantee: InstitutionId, capability: CapabilityId) -> String {
	format!("/v1/patients/{handle}/consents/{grantee}/{capability}")
}

/// Path of [`CHALLENGE`].
pub fn challenge(permit: PermitId) -> String {
	format!("/v1/access-requests/{permit}/challenge")
}

/// Path of [`FETCH`].
pub fn fetch(permit: PermitId) -> String {
	format!("/v1/access-requests/{permit}/fetch")
}

/// Path of [`PATIENT_OPENINGS`].
pub fn patient_openings(handle: &PatientHandle) -> String {
	format!("/v1/patients/{handle}/audit/openings")
}

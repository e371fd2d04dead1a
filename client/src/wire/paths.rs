//! The paths of the API. Routers use the constants (axum's `{name}` syntax), callers the functions.

use salus_primitives::{
	CapabilityId, EmergencyRequestId, InstitutionId, PatientHandle, PermitId, PractitionerId, RecordId,
};

/// `GET`: [`super::GatewayStatus`].
pub const STATUS: &str = "/v1/status";
/// `POST` by a registrar: [`super::RegisterPatient`] -> [`super::RegisteredPatient`].
pub const PATIENTS: &str = "/v1/patients";
/// `POST` by a registrar: [`super::ClaimHandle`] -> [`super::HandleClaimed`].
pub const CLAIM: &str = "/v1/patients/{handle}/claim";
/// `POST` by a registrar, of a provisional handle: [`super::MergeHandle`] -> [`super::HandlesMerged`].
pub const MERGE: &str = "/v1/patients/{handle}/merge";
/// `POST` by a registrar, of a provisional handle: [`super::UnmergeHandle`] -> [`super::HandlesMerged`].
pub const UNMERGE: &str = "/v1/patients/{handle}/unmerge";
/// `POST` by a registrar, the patient present: [`super::PersonSought`] -> [`super::PatientsFound`].
pub const DEMOGRAPHICS_QUERIES: &str = "/v1/demographics/queries";
/// `POST` by another institution's gateway: [`super::DemographicsMatch`] -> [`super::DemographicsAnswer`].
pub const DEMOGRAPHICS_MATCH: &str = "/v1/demographics/match";
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

/// `GET` by own emergency-authorised staff: `?custodian=N` -> [`super::emergency::EmergencyFile`], from the custodian or a holder.
pub const EMERGENCY_FILE: &str = "/v1/emergency/files/{handle}";
/// `POST` by a member's gateway: [`super::emergency::EnvelopesRequest`] -> [`super::emergency::EmergencyFile`].
pub const EMERGENCY_ENVELOPES: &str = "/v1/emergency/envelopes";
/// `POST` by own emergency-authorised staff: [`super::emergency::EmergencyRequestForm`] -> [`super::emergency::EmergencyRequested`].
pub const EMERGENCY_REQUESTS: &str = "/v1/emergency/requests";
/// `GET` by own staff: -> [`super::emergency::SessionView`].
pub const EMERGENCY_REQUEST: &str = "/v1/emergency/requests/{id}";
/// `POST` by the practitioner who asked, or to whom the session was handed over: -> [`super::emergency::EmergencyChallenge`].
pub const EMERGENCY_CHALLENGE: &str = "/v1/emergency/requests/{id}/challenge";
/// `POST` by the same practitioner: [`super::emergency::EmergencyFetch`] -> [`super::emergency::EmergencyRelease`].
pub const EMERGENCY_FETCH: &str = "/v1/emergency/requests/{id}/fetch";
/// `POST` by the same practitioner: [`super::emergency::SessionAct`] -> [`super::emergency::EmergencyClosed`].
pub const EMERGENCY_CLOSE: &str = "/v1/emergency/requests/{id}/close";
/// `POST` by the same practitioner: [`super::emergency::SessionAct`] -> [`super::emergency::EmergencyClosed`].
pub const EMERGENCY_CANCEL: &str = "/v1/emergency/requests/{id}/cancel";
/// `POST` by the practitioner who asked: [`super::emergency::Handover`] -> [`super::emergency::HandoverKept`].
/// `GET` by the practitioner who receives: -> [`super::emergency::Handover`].
pub const EMERGENCY_HANDOVER: &str = "/v1/emergency/requests/{id}/handover";
/// `POST` by own emergency-authorised staff, the own key: [`super::emergency::ReceiverKey`] -> the same.
pub const EMERGENCY_RECEIVERS: &str = "/v1/emergency/receivers";
/// `GET` by own staff: -> [`super::emergency::ReceiverKey`].
pub const EMERGENCY_RECEIVER: &str = "/v1/emergency/receivers/{practitioner}";
/// `POST` by the requester's gateway to a holder's: [`super::emergency::EmergencyChallengeRequest`] ->
/// [`super::emergency::EmergencyChallenge`].
pub const EMERGENCY_RELEASE_CHALLENGE: &str = "/v1/emergency/release/challenge";
/// `POST` by the requester's gateway to a holder's: [`super::emergency::EmergencyReleaseRequest`] ->
/// [`super::emergency::EmergencyRelease`].
pub const EMERGENCY_RELEASE: &str = "/v1/emergency/release";
/// `POST` by a holder's gateway to the custodian's: [`super::emergency::ReleaseNotice`] -> [`super::emergency::OpeningAccepted`].
pub const EMERGENCY_RELEASE_NOTICES: &str = "/v1/emergency/release-notices";
/// `POST` by the custodian's gateway to a holder's: [`super::emergency::EmergencyDeposit`] -> [`super::emergency::DepositAccepted`].
pub const EMERGENCY_DEPOSITS: &str = "/v1/emergency/deposits";
/// `POST` by the requester's gateway to a guardian's or the custodian's: [`super::emergency::EmergencyOpening`] ->
/// [`super::emergency::OpeningAccepted`].
pub const EMERGENCY_OPENINGS: &str = "/v1/emergency/openings";
/// `POST` by a personal guardian: [`super::emergency::OpeningQuery`] -> [`super::emergency::EmergencyOpening`].
pub const EMERGENCY_OPENINGS_QUERY: &str = "/v1/emergency/openings/query";
/// `GET` by a duty officer: -> [`super::emergency::DutyList`].
pub const EMERGENCY_DUTY: &str = "/v1/emergency/duty";
/// `POST` by a duty officer: [`super::emergency::DutyDecision`] -> [`super::emergency::DutyRecorded`].
pub const EMERGENCY_DUTY_CASE: &str = "/v1/emergency/duty/{id}";
/// `POST` by own registrars and emergency-authorised staff of an institution that has no part in the session:
/// [`super::emergency::SuspensionForm`] -> [`super::emergency::SuspensionRecorded`].
pub const EMERGENCY_SUSPENSION: &str = "/v1/emergency/suspensions/{id}";
/// `GET` by a privacy officer of the custodian: `?all=true` or nothing -> [`super::emergency::Reviews`].
pub const EMERGENCY_REVIEWS: &str = "/v1/emergency/reviews";
/// `POST` by a privacy officer of the custodian or of a regulator: [`super::emergency::ReviewForm`] -> [`super::emergency::Reviewed`].
pub const EMERGENCY_REVIEW: &str = "/v1/emergency/reviews/{id}";
/// `GET` by a member's gateway: -> [`super::emergency::GatewayKey`].
pub const EMERGENCY_KEY: &str = "/v1/emergency/key";
/// `GET` by the controller or, for a custodial handle, a privacy officer: `?after=N` or nothing -> [`super::emergency::Notices`].
pub const PATIENT_NOTICES: &str = "/v1/patients/{handle}/notices";

/// `POST` by own emergency-authorised staff: [`super::emergency::SignedLocate`] -> [`super::emergency::EmergencyRequested`].
pub const LOCATE_REQUESTS: &str = "/v1/locate/requests";
/// `POST` by the practitioner who asked: [`super::emergency::LocateLookup`] -> [`super::emergency::LocateFound`].
pub const LOCATE_LOOKUP: &str = "/v1/locate/requests/{id}/lookup";
/// `POST` by the requester's gateway to a guardian's: [`super::emergency::EmergencyOpening`] -> [`super::emergency::OpeningAccepted`].
pub const LOCATE_OPENINGS: &str = "/v1/locate/openings";
/// `POST` by the requester's gateway to a guardian's: [`super::emergency::LocateLookup`] -> [`super::emergency::LocateEntries`].
pub const LOCATE_LOOKUPS: &str = "/v1/locate/lookups";
/// `POST` by the custodian's gateway to a guardian's: [`super::emergency::LocateDeposit`] -> [`super::emergency::LocateIndexed`].
pub const LOCATE_ENTRIES: &str = "/v1/locate/entries";
/// `POST` by the custodian's gateway to a guardian's: [`super::emergency::LocateRemoval`] -> [`super::emergency::LocateIndexed`].
pub const LOCATE_REMOVALS: &str = "/v1/locate/removals";

/// Path of [`CLAIM`].
pub fn claim(handle: &PatientHandle) -> String {
	format!("/v1/patients/{handle}/claim")
}

/// Path of [`MERGE`].
pub fn merge(handle: &PatientHandle) -> String {
	format!("/v1/patients/{handle}/merge")
}

/// Path of [`UNMERGE`].
pub fn unmerge(handle: &PatientHandle) -> String {
	format!("/v1/patients/{handle}/unmerge")
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

/// Path of [`EMERGENCY_FILE`], without its query.
pub fn emergency_file(handle: &PatientHandle) -> String {
	format!("/v1/emergency/files/{handle}")
}

/// Path of [`EMERGENCY_REQUEST`].
pub fn emergency_request(id: &EmergencyRequestId) -> String {
	format!("/v1/emergency/requests/{id}")
}

/// Path of [`EMERGENCY_CHALLENGE`].
pub fn emergency_challenge(id: &EmergencyRequestId) -> String {
	format!("/v1/emergency/requests/{id}/challenge")
}

/// Path of [`EMERGENCY_FETCH`].
pub fn emergency_fetch(id: &EmergencyRequestId) -> String {
	format!("/v1/emergency/requests/{id}/fetch")
}

/// Path of [`EMERGENCY_CLOSE`].
pub fn emergency_close(id: &EmergencyRequestId) -> String {
	format!("/v1/emergency/requests/{id}/close")
}

/// Path of [`EMERGENCY_CANCEL`].
pub fn emergency_cancel(id: &EmergencyRequestId) -> String {
	format!("/v1/emergency/requests/{id}/cancel")
}

/// Path of [`EMERGENCY_HANDOVER`].
pub fn emergency_handover(id: &EmergencyRequestId) -> String {
	format!("/v1/emergency/requests/{id}/handover")
}

/// Path of [`EMERGENCY_RECEIVER`].
pub fn emergency_receiver(practitioner: &PractitionerId) -> String {
	format!("/v1/emergency/receivers/{practitioner}")
}

/// Path of [`EMERGENCY_SUSPENSION`].
pub fn emergency_suspension(id: &EmergencyRequestId) -> String {
	format!("/v1/emergency/suspensions/{id}")
}

/// Path of [`EMERGENCY_DUTY_CASE`].
pub fn emergency_duty_case(id: &EmergencyRequestId) -> String {
	format!("/v1/emergency/duty/{id}")
}

/// Path of [`EMERGENCY_REVIEW`].
pub fn emergency_review(id: &EmergencyRequestId) -> String {
	format!("/v1/emergency/reviews/{id}")
}

/// Path of [`PATIENT_NOTICES`], without its query.
pub fn patient_notices(handle: &PatientHandle) -> String {
	format!("/v1/patients/{handle}/notices")
}

/// Path of [`LOCATE_LOOKUP`].
pub fn locate_lookup(id: &EmergencyRequestId) -> String {
	format!("/v1/locate/requests/{id}/lookup")
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn emergency_paths_are_their_templates_filled_in() {
		let (handle, id, practitioner) = (PatientHandle([1; 32]), EmergencyRequestId([2; 32]), PractitionerId([3; 32]));
		let filled = |template: &str| {
			template
				.replace("{handle}", &handle.to_string())
				.replace("{id}", &id.to_string())
				.replace("{practitioner}", &practitioner.to_string())
		};
		for (template, path) in [
			(EMERGENCY_FILE, emergency_file(&handle)),
			(EMERGENCY_REQUEST, emergency_request(&id)),
			(EMERGENCY_CHALLENGE, emergency_challenge(&id)),
			(EMERGENCY_FETCH, emergency_fetch(&id)),
			(EMERGENCY_CLOSE, emergency_close(&id)),
			(EMERGENCY_CANCEL, emergency_cancel(&id)),
			(EMERGENCY_HANDOVER, emergency_handover(&id)),
			(EMERGENCY_RECEIVER, emergency_receiver(&practitioner)),
			(EMERGENCY_SUSPENSION, emergency_suspension(&id)),
			(EMERGENCY_DUTY_CASE, emergency_duty_case(&id)),
			(EMERGENCY_REVIEW, emergency_review(&id)),
			(PATIENT_NOTICES, patient_notices(&handle)),
			(LOCATE_LOOKUP, locate_lookup(&id)),
		] {
			assert_eq!(filled(template), path);
		}
	}
}

//! The part of the API about emergencies.

use super::{Gateway, GatewayError};
use crate::wire::{emergency as wire, paths};
use salus_primitives::{EmergencyRequestId, InstitutionId, PatientHandle, PractitionerId};

endpoints! {
	/// The envelopes of a patient, from the custodian or a holder. By own emergency-authorised staff.
	emergency_file(handle: &PatientHandle, custodian: InstitutionId) -> wire::EmergencyFile
		= |gateway| gateway.get(&paths::emergency_file(handle), Some(&format!("custodian={custodian}")));
	/// The envelopes of a patient. By a member's gateway.
	emergency_envelopes(body: &wire::EnvelopesRequest) -> wire::EmergencyFile
		= |gateway| gateway.post(paths::EMERGENCY_ENVELOPES, body);
	/// Asks for emergency access. By own emergency-authorised staff.
	request_emergency(body: &wire::EmergencyRequestForm) -> wire::EmergencyRequested
		= |gateway| gateway.post(paths::EMERGENCY_REQUESTS, body);
	/// A session of the own institution. By own staff.
	emergency_session(id: &EmergencyRequestId) -> wire::SessionView
		= |gateway| gateway.get(&paths::emergency_request(id), None);
	/// Asks for a holder's challenge. By the practitioner of the session.
	emergency_challenge(id: &EmergencyRequestId) -> wire::EmergencyChallenge
		= |gateway| gateway.post(&paths::emergency_challenge(id), &());
	/// Fetches second half and package. By the practitioner of the session.
	emergency_fetch(id: &EmergencyRequestId, body: &wire::EmergencyFetch) -> wire::EmergencyRelease
		= |gateway| gateway.post(&paths::emergency_fetch(id), body);
	/// Ends an active session. By the practitioner of the session.
	close_emergency(id: &EmergencyRequestId, body: &wire::SessionAct) -> wire::EmergencyClosed
		= |gateway| gateway.post(&paths::emergency_close(id), body);
	/// Takes a request back. By the practitioner of the session.
	cancel_emergency(id: &EmergencyRequestId, body: &wire::SessionAct) -> wire::EmergencyClosed
		= |gateway| gateway.post(&paths::emergency_cancel(id), body);
	/// Leaves a session for a colleague. By the practitioner of the session.
	hand_over(id: &EmergencyRequestId, body: &wire::Handover) -> wire::HandoverKept
		= |gateway| gateway.post(&paths::emergency_handover(id), body);
	/// A session that was left for the caller. By the colleague.
	handed_over(id: &EmergencyRequestId) -> wire::Handover = |gateway| gateway.get(&paths::emergency_handover(id), None);
	/// Leaves the own encryption key, so that sessions can be handed over to it. By own emergency-authorised staff.
	leave_receiver_key(body: &wire::ReceiverKey) -> wire::ReceiverKey
		= |gateway| gateway.post(paths::EMERGENCY_RECEIVERS, body);
	/// A colleague's encryption key. By own staff.
	receiver_key(practitioner: &PractitionerId) -> wire::ReceiverKey
		= |gateway| gateway.get(&paths::emergency_receiver(practitioner), None);
	/// Asks a holder for a challenge. By the requester's gateway.
	emergency_release_challenge(body: &wire::EmergencyChallengeRequest) -> wire::EmergencyChallenge
		= |gateway| gateway.post(paths::EMERGENCY_RELEASE_CHALLENGE, body);
	/// Asks a holder for the release. By the requester's gateway.
	emergency_release(body: &wire::EmergencyReleaseRequest) -> wire::EmergencyRelease
		= |gateway| gateway.post(paths::EMERGENCY_RELEASE, body);
	/// Tells the custodian that something was released. By the holder's gateway.
	notify_release(body: &wire::ReleaseNotice) -> wire::OpeningAccepted
		= |gateway| gateway.post(paths::EMERGENCY_RELEASE_NOTICES, body);
	/// Leaves envelopes, second halves and package with a holder. By the custodian's gateway.
	deposit_emergency(body: &wire::EmergencyDeposit) -> wire::DepositAccepted
		= |gateway| gateway.post(paths::EMERGENCY_DEPOSITS, body);
	/// Hands the words behind a request to those who decide about it. By the requester's gateway.
	deliver_emergency_opening(body: &wire::EmergencyOpening) -> wire::OpeningAccepted
		= |gateway| gateway.post(paths::EMERGENCY_OPENINGS, body);
	/// The words behind a request. By a personal guardian.
	emergency_opening(body: &wire::OpeningQuery) -> wire::EmergencyOpening
		= |gateway| gateway.post(paths::EMERGENCY_OPENINGS_QUERY, body);
	/// States that the patient is here in person and wants a session stopped. By own registrars and emergency-authorised staff.
	suspend_emergency(id: &EmergencyRequestId, body: &wire::SuspensionForm) -> wire::SuspensionRecorded
		= |gateway| gateway.post(&paths::emergency_suspension(id), body);
	/// Sessions that wait for a verdict, or all of them. By a privacy officer of the custodian.
	emergency_reviews(all: bool) -> wire::Reviews
		= |gateway| gateway.get(paths::EMERGENCY_REVIEWS, all.then_some("all=true"));
	/// Records a verdict. By a privacy officer of the custodian or of a regulator.
	review_emergency(id: &EmergencyRequestId, body: &wire::ReviewForm) -> wire::Reviewed
		= |gateway| gateway.post(&paths::emergency_review(id), body);
	/// Sessions that wait for a person. By a duty officer of a guardian institution.
	duty() -> wire::DutyList = |gateway| gateway.get(paths::EMERGENCY_DUTY, None);
	/// Decides about one of them. By the duty officer.
	decide_duty(id: &EmergencyRequestId, body: &wire::DutyDecision) -> wire::DutyRecorded
		= |gateway| gateway.post(&paths::emergency_duty_case(id), body);
	/// The X-Wing key of the gateway, known on chain by its hash. By a member's gateway.
	emergency_key() -> wire::GatewayKey = |gateway| gateway.get(paths::EMERGENCY_KEY, None);
	/// Asks guardians to evaluate a blinded name. By own emergency-authorised staff.
	request_locate(body: &wire::SignedLocate) -> wire::EmergencyRequested
		= |gateway| gateway.post(paths::LOCATE_REQUESTS, body);
	/// Looks up what a complete session gave, with all guardians. By the practitioner who asked.
	look_up(body: &wire::LocateLookup) -> wire::LocateFound
		= |gateway| gateway.post(&paths::locate_lookup(&body.id), body);
	/// Hands the words behind a locate request to a guardian. By the requester's gateway.
	deliver_locate_opening(body: &wire::EmergencyOpening) -> wire::OpeningAccepted
		= |gateway| gateway.post(paths::LOCATE_OPENINGS, body);
	/// What a guardian has under a tag. By the requester's gateway.
	locate_entries(body: &wire::LocateLookup) -> wire::LocateEntries
		= |gateway| gateway.post(paths::LOCATE_LOOKUPS, body);
	/// Enters a patient into a guardian's index. By the custodian's gateway.
	deposit_locate(body: &wire::LocateDeposit) -> wire::LocateIndexed
		= |gateway| gateway.post(paths::LOCATE_ENTRIES, body);
	/// Takes a patient out of a guardian's index. By the custodian's gateway.
	remove_locate(body: &wire::LocateRemoval) -> wire::LocateIndexed
		= |gateway| gateway.post(paths::LOCATE_REMOVALS, body);
}

impl Gateway {
	/// What happened around a patient's emergency access after a notice; all of it after 0. By the controller, or a privacy officer.
	///
	/// # Errors
	/// [`GatewayError`].
	pub async fn notices(&self, handle: &PatientHandle, after: u64) -> Result<wire::Notices, GatewayError> {
		let query = format!("after={after}");
		self.get(&paths::patient_notices(handle), (after > 0).then_some(query.as_str())).await
	}
}

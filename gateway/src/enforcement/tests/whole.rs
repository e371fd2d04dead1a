//! What forbids a release as a whole.

use super::*;

#[test]
fn what_was_granted_is_released_and_nothing_else() {
	let parts = Parts::good();
	assert_eq!(parts.released(), [1, 2]);
	assert_eq!(parts.why(3), Withheld::TagMissing, "a sensitive class");
	assert_eq!(parts.why(4), Withheld::NotAskedFor);
	assert_eq!(parts.why(5), Withheld::TagMissing, "unlabelled counts as restricted");
	assert!(parts.decide().unwrap().granted.iter().all(|granted| granted.persona && granted.capability == CAPABILITY));
}

#[test]
fn nothing_is_released_when_the_permit_is_not_live() {
	let mut parts = Parts::good();
	parts.permit = None;
	assert_eq!(parts.refusal(), Refusal::PermitNotLive);
	let mut parts = Parts::good();
	parts.permit().id = PermitId(12);
	assert_eq!(parts.refusal(), Refusal::PermitNotLive);
	let mut parts = Parts::good();
	parts.permit().capabilities.clear();
	assert_eq!(parts.refusal(), Refusal::PermitNotLive);
}

#[test]
fn nothing_is_released_when_the_permit_has_expired() {
	let mut parts = Parts::good();
	parts.now = NOW + 9;
	assert_eq!(parts.released(), [1, 2]);
	parts.now = NOW + 10;
	assert_eq!(parts.refusal(), Refusal::PermitExpired);
}

#[test]
fn nothing_is_released_when_another_institution_comes_with_the_permit() {
	let mut parts = Parts::good();
	parts.caller = InstitutionId(3);
	assert_eq!(parts.refusal(), Refusal::OtherInstitution);
}

#[test]
fn nothing_is_released_when_the_handle_is_kept_elsewhere_or_closed() {
	let mut parts = Parts::good();
	parts.handle = None;
	assert_eq!(parts.refusal(), Refusal::NotKeptHere);
	let mut parts = Parts::good();
	parts.handle.as_mut().unwrap().custodian = InstitutionId(3);
	assert_eq!(parts.refusal(), Refusal::NotKeptHere);
	let mut parts = Parts::good();
	parts.handle.as_mut().unwrap().status = HandleStatus::Retired;
	assert_eq!(parts.refusal(), Refusal::HandleRetired);
}

#[test]
fn nothing_is_released_when_the_one_time_keys_are_not_the_permits() {
	let mut parts = Parts::good();
	parts.permit().requester = [0; 32];
	assert_eq!(parts.refusal(), Refusal::KeysNotBound);
	let mut parts = Parts::good();
	let thief = OneTimeKeys::from_seeds(&[5; 64]).public();
	parts.restate(|statement| statement.xwing_key = thief.xwing.as_bytes().to_vec().into());
	assert_eq!(parts.refusal(), Refusal::KeysNotBound);
	let mut parts = Parts::good();
	parts.restate(|statement| statement.xwing_key = vec![1, 2, 3].into());
	assert_eq!(parts.refusal(), Refusal::KeysNotBound);
}

#[test]
fn nothing_is_released_when_the_challenge_is_signed_by_another_key_or_for_another_nonce() {
	let mut parts = Parts::good();
	let message = ReleaseChallenge::message(&GENESIS, OWN, PERMIT, &parts.nonce.into());
	parts.signature = OneTimeKeys::from_seeds(&[5; 64]).sign(CHALLENGE_TAG, &message);
	assert_eq!(parts.refusal(), Refusal::ChallengeSignature);
	let mut parts = Parts::good();
	parts.nonce = [3; 32];
	assert_eq!(parts.refusal(), Refusal::ChallengeSignature);
	let mut parts = Parts::good();
	let message = ReleaseChallenge::message(&GENESIS, OWN, PERMIT, &parts.nonce.into());
	parts.signature = OneTimeKeys::from_seeds(&[4; 64]).sign("another/domain", &message);
	assert_eq!(parts.refusal(), Refusal::ChallengeSignature);
}

#[test]
fn nothing_is_released_when_the_practitioner_is_unknown_invalid_or_elsewhere() {
	let mut parts = Parts::good();
	parts.practitioner = None;
	assert_eq!(parts.refusal(), Refusal::UnknownPractitioner);
	let mut parts = Parts::good();
	parts.practitioner().valid = false;
	assert_eq!(parts.refusal(), Refusal::PractitionerNotValid);
	let mut parts = Parts::good();
	parts.practitioner().valid_until = NOW;
	assert_eq!(parts.refusal(), Refusal::PractitionerNotValid);
	let mut parts = Parts::good();
	parts.practitioner().invalid_from = Some(NOW);
	assert_eq!(parts.refusal(), Refusal::PractitionerNotValid);
	let mut parts = Parts::good();
	parts.practitioner().institution = InstitutionId(3);
	assert_eq!(parts.refusal(), Refusal::PractitionerElsewhere);
}

#[test]
fn nothing_is_released_when_the_request_is_not_signed_by_the_practitioner() {
	let mut parts = Parts::good();
	parts.practitioner().signing_key = ed25519_dalek::SigningKey::from_bytes(&[7; 32]).verifying_key().to_bytes();
	assert_eq!(parts.refusal(), Refusal::RequestSignature);
	let mut parts = Parts::good();
	parts.request.statement.reason = "another reason".into();
	assert_eq!(parts.refusal(), Refusal::RequestSignature);
	let mut parts = Parts::good();
	parts.genesis = [8; 32];
	// The challenge is bound to the chain as well.
	assert_eq!(parts.refusal(), Refusal::ChallengeSignature);
}

#[test]
fn nothing_is_released_when_the_request_is_about_another_patient_custodian_or_purpose() {
	let mut parts = Parts::good();
	parts.restate(|statement| statement.handle = PatientHandle([1; 32]));
	assert_eq!(parts.refusal(), Refusal::OtherHandle);
	let mut parts = Parts::good();
	parts.restate(|statement| statement.custodian = InstitutionId(3));
	assert_eq!(parts.refusal(), Refusal::OtherCustodian);
	let mut parts = Parts::good();
	parts.restate(|statement| statement.purpose = Purpose::Research);
	assert_eq!(parts.refusal(), Refusal::OtherPurpose);
}

#[test]
fn nothing_is_released_when_the_audit_entry_is_not_that_of_the_request() {
	let mut parts = Parts::good();
	parts.opening.salt = [0; 32].into();
	assert_eq!(parts.refusal(), Refusal::OtherOpening);
	let mut parts = Parts::good();
	let mut other = parts.request.statement.clone();
	other.reason = "another reason".into();
	parts.opening = opening_of(&signed(other));
	parts.permit().entry = parts.opening.commitment;
	assert_eq!(parts.refusal(), Refusal::OtherOpening);
}

#[test]
fn nothing_is_released_when_the_chain_holds_another_commitment_than_the_entry_that_is_shown() {
	let mut parts = Parts::good();
	// As good an opening as the first, with a salt of its own: the patient could never open what stands on chain.
	parts.opening = opening_of(&parts.request);
	assert_eq!(parts.refusal(), Refusal::OtherOpening);
}

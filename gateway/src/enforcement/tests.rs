//! One case in which everything is right, and one test for each thing that can be wrong with it.

use super::*;
use crate::granting::policy_commitment;
use salus_client::wire::{Account, Actor, Blob, EntryOpening, FullEntry, ReleaseChallenge, RequestStatement, SignedRequest, CHALLENGE_TAG};
use salus_envelope::OneTimeKeys;
use salus_policy::{ControllerStatement, DenyRule, Grantee, LabelClass, PolicyDocument, RecordLabels, Sensitivity};
use salus_primitives::{
	Act, Commitment, InstitutionId, PatientHandle, PermitId, PractitionerId, PurposeClass, PurposeClasses, ScopeTag, StaffRole,
};
use salus_runtime_api::{CapabilityInfo, ControllerInfo, ControllerOf, HandleInfo, HandleStatus, PermitInfo};

const GENESIS: [u8; 32] = [9; 32];
const OWN: InstitutionId = InstitutionId(1);
const ASKER: InstitutionId = InstitutionId(2);
const HANDLE: PatientHandle = PatientHandle([7; 32]);
const PERMIT: PermitId = PermitId(11);
const CAPABILITY: CapabilityId = CapabilityId(3);
const CARDIOLOGIST: PractitionerId = PractitionerId([5; 32]);
const NOW: u64 = 1_000_000;
const SALT: [u8; 32] = [8; 32];
const HIV: LabelClass = LabelClass::Sensitive(Sensitivity::Hiv);

fn tag(category: Category, class: LabelClass) -> ScopeTag {
	let mut tag = [1; 16];
	(tag[0], tag[1]) = (category.code(), class.code());
	ScopeTag(tag)
}

fn staff_key() -> ed25519_dalek::SigningKey {
	ed25519_dalek::SigningKey::from_bytes(&[6; 32])
}

/// Owned parts of a case.
struct Parts {
	genesis: [u8; 32],
	own: InstitutionId,
	now: u64,
	caller: InstitutionId,
	permit: Option<PermitInfo>,
	handle: Option<HandleInfo<Account>>,
	practitioner: Option<PractitionerInfo>,
	request: SignedRequest,
	opening: EntryOpening,
	nonce: [u8; 32],
	signature: [u8; 64],
	capabilities: Vec<CapabilityInfo>,
	policies: Vec<PolicyRow>,
	records: Vec<(RecordId, RecordLabels, bool)>,
}

fn record(number: u8, category: Category, classes: &[LabelClass], at: u64) -> (RecordId, RecordLabels, bool) {
	let labels = RecordLabels { category, classes: classes.iter().copied().collect(), recorded_at: at };
	(RecordId([number; 32]), labels, true)
}

fn document() -> PolicyDocument {
	PolicyDocument {
		version: PolicyDocument::VERSION,
		handle: HANDLE.0,
		custodian: OWN.0,
		grantee: Grantee {
			institution: ASKER.0,
			roles: Default::default(),
			departments: [Department::new("cardiology")].into(),
			practitioners: Default::default(),
		},
		purposes: [Purpose::Treatment].into(),
		categories: [Category::Laboratory, Category::Conditions].into(),
		classes: [LabelClass::Normal].into(),
		data_from: None,
		data_until: None,
		valid_from: 0,
		valid_until: 2 * NOW,
		deny: Vec::new(),
		given_by: ControllerStatement::Patient,
	}
}

fn signed(statement: RequestStatement) -> SignedRequest {
	statement.sign(&GENESIS, &staff_key())
}

fn opening_of(request: &SignedRequest) -> EntryOpening {
	let actor = Actor {
		institution: Some(ASKER),
		account: Account([1; 32]),
		practitioner: Some(request.statement.practitioner),
		roles: Vec::new(),
		departments: Vec::new(),
		on_behalf: false,
	};
	let mut entry = FullEntry::new(Act::Request, NOW, actor, "request");
	entry.patient = Some(request.statement.handle);
	entry.request = Some(Blob(serde_json::to_vec(request).unwrap()));
	entry.seal().unwrap()
}

impl Parts {
	/// A cardiologist of the asker, laboratory and conditions of class N granted to cardiology for treatment.
	fn good() -> Self {
		let keys = OneTimeKeys::from_seeds(&[4; 64]);
		let public = keys.public();
		let request = signed(RequestStatement {
			practitioner: CARDIOLOGIST,
			handle: HANDLE,
			custodian: OWN,
			categories: vec![Category::Laboratory, Category::Conditions],
			purpose: Purpose::Treatment,
			signing_key: public.signing.into(),
			xwing_key: public.xwing.as_bytes().to_vec().into(),
			reason: "chest pain".into(),
			at: NOW,
		});
		let opening = opening_of(&request);
		let nonce = [2; 32];
		let message = ReleaseChallenge::message(&GENESIS, OWN, PERMIT, &nonce.into());
		let tags = vec![tag(Category::Laboratory, LabelClass::Normal), tag(Category::Conditions, LabelClass::Normal)];
		let purposes = PurposeClasses::of(&[PurposeClass::Treatment]);
		Self {
			genesis: GENESIS,
			own: OWN,
			now: NOW,
			caller: ASKER,
			permit: Some(PermitInfo {
				id: PERMIT,
				handle: HANDLE,
				institution: ASKER,
				requester: keys.binding(),
				tags: tags.clone(),
				purpose: PurposeClass::Treatment,
				capabilities: vec![CAPABILITY],
				entry: opening.commitment,
				issued_at: NOW,
				expires_at: NOW + 10,
			}),
			handle: Some(HandleInfo {
				custodian: OWN,
				registered_at: 0,
				status: HandleStatus::Active,
				controllers: vec![ControllerInfo { controller: ControllerOf::Custodian, valid_from: 0, valid_until: None }],
				evidence: None,
			}),
			practitioner: Some(PractitionerInfo {
				institution: ASKER,
				signing_key: staff_key().verifying_key().to_bytes(),
				encryption_key_hash: [0; 32],
				roles: vec![StaffRole::Physician],
				departments: vec!["cardiology".into()],
				valid_from: 0,
				valid_until: 2 * NOW,
				emergency_authorised: false,
				invalid_from: None,
				valid: true,
			}),
			opening,
			request,
			nonce,
			signature: keys.sign(CHALLENGE_TAG, &message),
			capabilities: vec![capability(CAPABILITY, tags, policy_commitment(&document(), &SALT), purposes)],
			policies: vec![policy(CAPABILITY, document())],
			records: vec![
				record(1, Category::Laboratory, &[LabelClass::Normal], 500),
				record(2, Category::Conditions, &[LabelClass::Normal], 500),
				record(3, Category::Conditions, &[HIV], 500),
				record(4, Category::Medications, &[LabelClass::Normal], 500),
				record(5, Category::Laboratory, &[], 500),
			],
		}
	}

	fn decide(&self) -> Result<Decision, Refusal> {
		let views: Vec<RecordView<'_>> = self
			.records
			.iter()
			.map(|(record, labels, current)| RecordView { record: *record, labels, current: *current })
			.collect();
		decide(&ReleaseCase {
			genesis: &self.genesis,
			own: self.own,
			now: self.now,
			caller: self.caller,
			permit_id: PERMIT,
			permit: self.permit.as_ref(),
			handle: self.handle.as_ref(),
			practitioner: self.practitioner.as_ref(),
			request: &self.request,
			opening: &self.opening,
			nonce: &self.nonce.into(),
			signature: &self.signature.into(),
			capabilities: &self.capabilities,
			policies: &self.policies,
			records: &views,
			tag_of: &tag,
		})
	}

	fn refusal(&self) -> Refusal {
		self.decide().unwrap_err()
	}

	/// Numbers of the records that are released.
	fn released(&self) -> Vec<u8> {
		self.decide().unwrap().granted.iter().map(|granted| granted.record.0[0]).collect()
	}

	fn why(&self, number: u8) -> Withheld {
		let withheld = self.decide().unwrap().withheld;
		withheld.iter().find(|(record, _)| record.0[0] == number).unwrap().1
	}

	fn permit(&mut self) -> &mut PermitInfo {
		self.permit.as_mut().unwrap()
	}

	fn practitioner(&mut self) -> &mut PractitionerInfo {
		self.practitioner.as_mut().unwrap()
	}

	/// Signs another statement and opens an entry that fits it.
	fn restate(&mut self, change: impl FnOnce(&mut RequestStatement)) {
		let mut statement = self.request.statement.clone();
		change(&mut statement);
		self.request = signed(statement);
		self.opening = opening_of(&self.request);
		self.permit().entry = self.opening.commitment;
	}

	/// Another document that the chain commits to.
	fn redocument(&mut self, change: impl FnOnce(&mut PolicyDocument)) {
		let mut document = document();
		change(&mut document);
		self.capabilities[0].policy = policy_commitment(&document, &SALT);
		self.policies = vec![policy(CAPABILITY, document)];
	}
}

fn capability(id: CapabilityId, tags: Vec<ScopeTag>, policy: Commitment, purposes: PurposeClasses) -> CapabilityInfo {
	CapabilityInfo {
		id,
		grantee: ASKER,
		tags,
		purposes,
		valid_from: 0,
		valid_until: 2 * NOW,
		delegation_depth: 0,
		policy,
		wraps: [0; 32],
	}
}

fn policy(capability: CapabilityId, document: PolicyDocument) -> PolicyRow {
	PolicyRow {
		capability,
		grantee: ASKER,
		commitment: policy_commitment(&document, &SALT),
		document,
		salt: SALT.into(),
		tags: Vec::new(),
		purposes: PurposeClasses::of(&[PurposeClass::Treatment]),
		told: true,
	}
}

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

#[test]
fn a_record_is_withheld_when_the_permit_lacks_its_tag() {
	let mut parts = Parts::good();
	parts.permit().tags.remove(0);
	assert_eq!(parts.released(), [2]);
	assert_eq!(parts.why(1), Withheld::TagMissing);
}

#[test]
fn a_record_of_two_classes_needs_the_tags_of_both() {
	let mut parts = Parts::good();
	parts.records = vec![record(1, Category::Laboratory, &[LabelClass::Normal, HIV], 500)];
	parts.redocument(|document| document.classes = [LabelClass::Normal, HIV].into());
	assert_eq!(parts.why(1), Withheld::TagMissing);
	let hiv = tag(Category::Laboratory, HIV);
	parts.permit().tags.push(hiv);
	assert_eq!(parts.why(1), Withheld::TagMissing, "the capability itself has to cover it as well");
	parts.capabilities[0].tags.push(hiv);
	assert_eq!(parts.released(), [1]);
}

#[test]
fn a_record_is_withheld_when_it_was_replaced() {
	let mut parts = Parts::good();
	parts.records[0].2 = false;
	assert_eq!(parts.released(), [2]);
	assert_eq!(parts.why(1), Withheld::Superseded);
}

#[test]
fn a_record_is_withheld_when_its_category_was_not_asked_for() {
	let mut parts = Parts::good();
	parts.restate(|statement| statement.categories = vec![Category::Conditions]);
	assert_eq!(parts.released(), [2]);
}

/// Changes to the chain's capability that each end its effect.
#[test]
fn nothing_is_covered_when_the_capability_is_gone_ended_of_another_or_for_another_purpose() {
	let changes: [fn(&mut Parts); 6] = [
		|parts| parts.capabilities.clear(),
		|parts| parts.capabilities[0].valid_until = NOW,
		|parts| parts.capabilities[0].valid_from = NOW + 1,
		|parts| parts.capabilities[0].grantee = InstitutionId(3),
		|parts| parts.capabilities[0].purposes = PurposeClasses::of(&[PurposeClass::Research]),
		|parts| parts.permit().capabilities = vec![CapabilityId(99)],
	];
	for (number, change) in changes.iter().enumerate() {
		let mut parts = Parts::good();
		change(&mut parts);
		assert!(parts.released().is_empty(), "{number}");
		assert_eq!(parts.why(1), Withheld::Policy(Basis::NoPolicy), "{number}");
	}
}

#[test]
fn nothing_is_covered_when_the_document_is_not_what_the_chain_commits_to() {
	let changes: [fn(&mut Parts); 4] = [
		|parts| parts.policies.clear(),
		|parts| parts.policies[0].salt = [0; 32].into(),
		|parts| parts.policies[0].document.classes = [HIV].into(),
		|parts| parts.policies[0].capability = CapabilityId(99),
	];
	for (number, change) in changes.iter().enumerate() {
		let mut parts = Parts::good();
		change(&mut parts);
		assert!(parts.released().is_empty(), "{number}");
	}
}

#[test]
fn nothing_is_covered_when_a_committed_document_means_another_handle_custodian_or_grantee() {
	let changes: [fn(&mut PolicyDocument); 4] = [
		|document| document.handle = [1; 32],
		|document| document.custodian = 3,
		|document| document.grantee.institution = 3,
		|document| document.purposes.clear(),
	];
	for (number, change) in changes.into_iter().enumerate() {
		let mut parts = Parts::good();
		parts.redocument(change);
		assert!(parts.released().is_empty(), "{number}");
	}
}

#[test]
fn the_document_is_applied_to_each_record() {
	let basis = |change: fn(&mut PolicyDocument)| {
		let mut parts = Parts::good();
		parts.redocument(change);
		(parts.released(), parts.why(1))
	};
	let department = |document: &mut PolicyDocument| {
		document.grantee.departments = [Department::new("oncology")].into();
	};
	assert_eq!(basis(department), (vec![], Withheld::Policy(Basis::OtherDepartment)));
	let role = |document: &mut PolicyDocument| document.grantee.roles = [Role::Nurse].into();
	assert_eq!(basis(role), (vec![], Withheld::Policy(Basis::OtherRole)));
	let category = |document: &mut PolicyDocument| document.categories = [Category::Conditions].into();
	assert_eq!(basis(category), (vec![2], Withheld::Policy(Basis::OtherCategory)));
	let class = |document: &mut PolicyDocument| document.classes = [HIV].into();
	assert_eq!(basis(class), (vec![], Withheld::Policy(Basis::WithheldClass(LabelClass::Normal))));
	let window = |document: &mut PolicyDocument| document.data_from = Some(600);
	assert_eq!(basis(window), (vec![], Withheld::Policy(Basis::OutsideDataWindow)));
	let expired = |document: &mut PolicyDocument| document.valid_until = NOW;
	assert_eq!(basis(expired), (vec![], Withheld::Policy(Basis::Expired)));
	let purpose = |document: &mut PolicyDocument| document.purposes = [Purpose::EmergencyRoomTreatment].into();
	assert_eq!(basis(purpose), (vec![], Withheld::Policy(Basis::OtherPurpose)), "of the same class on chain");
	let person = |document: &mut PolicyDocument| document.grantee.practitioners = [[1; 32]].into();
	assert_eq!(basis(person), (vec![], Withheld::Policy(Basis::OtherPractitioner)));
	let deny = |document: &mut PolicyDocument| {
		document.deny = vec![DenyRule { categories: [Category::Laboratory].into(), ..DenyRule::default() }];
	};
	assert_eq!(basis(deny), (vec![2], Withheld::Policy(Basis::DenyRule(0))));
}

#[test]
fn a_deny_rule_of_one_document_wins_over_the_grant_of_another() {
	let mut parts = Parts::good();
	let second = CapabilityId(4);
	let mut denying = document();
	denying.categories = [Category::Imaging].into();
	denying.deny = vec![DenyRule { practitioners: [CARDIOLOGIST.0].into(), ..DenyRule::default() }];
	let purposes = PurposeClasses::of(&[PurposeClass::Treatment]);
	let imaging = vec![tag(Category::Imaging, LabelClass::Normal)];
	parts.capabilities.push(capability(second, imaging, policy_commitment(&denying, &SALT), purposes));
	parts.policies.push(policy(second, denying));
	parts.permit().capabilities.push(second);
	assert!(parts.released().is_empty());
}

/// The chain puts into a permit only the capabilities that back a requested tag: whoever is excepted asks for less.
#[test]
fn a_deny_rule_holds_also_when_the_permit_does_not_rest_on_its_document() {
	for class in [PurposeClass::Treatment, PurposeClass::Research] {
		let mut parts = Parts::good();
		let second = CapabilityId(4);
		let mut denying = document();
		denying.categories = [Category::Imaging].into();
		denying.deny = vec![DenyRule { practitioners: [CARDIOLOGIST.0].into(), ..DenyRule::default() }];
		let imaging = vec![tag(Category::Imaging, LabelClass::Normal)];
		let commitment = policy_commitment(&denying, &SALT);
		parts.capabilities.push(capability(second, imaging, commitment, PurposeClasses::of(&[class])));
		parts.policies.push(policy(second, denying));
		assert_eq!(parts.permit().capabilities, [CAPABILITY]);
		assert!(parts.released().is_empty());
		assert_eq!(parts.why(1), Withheld::Policy(Basis::DenyRule(0)));
		parts.capabilities[1].valid_until = NOW;
		assert_eq!(parts.released(), [1, 2], "over with its capability");
	}
}

#[test]
fn a_document_that_the_permit_does_not_rest_on_grants_nothing() {
	let mut parts = Parts::good();
	let second = CapabilityId(4);
	parts.permit().capabilities = vec![second];
	assert!(parts.released().is_empty());
	assert_eq!(parts.why(1), Withheld::Policy(Basis::NoPolicy));
}

#[test]
fn the_grant_of_one_document_does_not_borrow_the_tags_of_another() {
	let mut parts = Parts::good();
	// The second capability has the tag; its document does not cover laboratory. The first document does, its capability lacks the tag.
	parts.capabilities[0].tags = vec![tag(Category::Conditions, LabelClass::Normal)];
	let second = CapabilityId(4);
	let mut narrow = document();
	narrow.categories = [Category::Imaging].into();
	let purposes = PurposeClasses::of(&[PurposeClass::Treatment]);
	let laboratory = vec![tag(Category::Laboratory, LabelClass::Normal)];
	parts.capabilities.push(capability(second, laboratory, policy_commitment(&narrow, &SALT), purposes));
	parts.policies.push(policy(second, narrow));
	parts.permit().capabilities.push(second);
	assert_eq!(parts.released(), [2]);
}

#[test]
fn research_gets_the_persona_only_when_it_was_granted() {
	let mut parts = Parts::good();
	parts.restate(|statement| statement.purpose = Purpose::Research);
	parts.permit().purpose = PurposeClass::Research;
	parts.redocument(|document| document.purposes = [Purpose::Research].into());
	parts.capabilities[0].purposes = PurposeClasses::of(&[PurposeClass::Research]);
	assert_eq!(parts.released(), [1, 2]);
	assert!(parts.decide().unwrap().granted.iter().all(|granted| !granted.persona));
	parts.redocument(|document| {
		document.purposes = [Purpose::Research].into();
		document.categories.insert(Category::Persona);
	});
	assert!(parts.decide().unwrap().granted.iter().all(|granted| granted.persona));
}

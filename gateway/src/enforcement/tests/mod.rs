//! One case in which everything is right, and one test for each thing that can be wrong with it.

mod records;
mod whole;

use super::*;
use crate::granting::policy_commitment;
use salus_client::wire::{
	Account, Actor, Blob, EntryOpening, FullEntry, ReleaseChallenge, RequestStatement, SignedRequest, CHALLENGE_TAG,
};
use salus_envelope::OneTimeKeys;
use salus_policy::{ControllerStatement, DenyRule, Grantee, LabelClass, PolicyDocument, RecordLabels, Sensitivity};
use salus_primitives::{
	Act, Commitment, InstitutionId, PatientHandle, PermitId, PractitionerId, PurposeClass, PurposeClasses, ScopeTag,
	StaffRole,
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
				controllers: vec![ControllerInfo {
					controller: ControllerOf::Custodian,
					valid_from: 0,
					valid_until: None,
				}],
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

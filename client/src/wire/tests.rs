//! Every message reads back as it was written, also with `serde_json`'s arbitrary precision, which the workspace turns on.

use super::*;
use salus_policy::{Category, ControllerStatement, Grantee, LabelClass, PolicyDocument, Purpose, Sensitivity};
use salus_primitives::{
	Act, AuditChain, CapabilityId, Commitment, InstitutionId, PatientHandle, PermitId, PractitionerId, PurposeClass,
	PurposeClasses, RecordId, ScopeTag,
};
use serde::{de::DeserializeOwned, Serialize};
use std::fmt::Debug;

const HANDLE: PatientHandle = PatientHandle([1; 32]);

fn reads_back<T: Serialize + DeserializeOwned + PartialEq + Debug>(message: T) {
	let bytes = serde_json::to_vec(&message).unwrap();
	assert_eq!(serde_json::from_slice::<T>(&bytes).unwrap(), message);
}

fn block() -> BlockId {
	BlockId { hash: [9; 32].into(), number: 7 }
}

fn evidence() -> PaperEvidence {
	let witness = WitnessStatement {
		practitioner: PractitionerId([4; 32]),
		about: WitnessedAct::consent(&document(), 1),
		at: 1_790_000_000_000,
		signature: [5; 64].into(),
	};
	PaperEvidence { scan_sha256: [2; 32].into(), salt: [3; 32].into(), witness }
}

fn document() -> PolicyDocument {
	PolicyDocument {
		version: PolicyDocument::VERSION,
		handle: HANDLE.0,
		custodian: 1,
		grantee: Grantee {
			institution: 2,
			roles: Default::default(),
			departments: Default::default(),
			practitioners: [[6; 32]].into(),
		},
		purposes: [Purpose::Treatment].into(),
		categories: [Category::Laboratory].into(),
		classes: [LabelClass::Normal, LabelClass::Sensitive(Sensitivity::Hiv)].into(),
		data_from: Some(1),
		data_until: None,
		valid_from: 2,
		valid_until: u64::MAX,
		deny: Vec::new(),
		given_by: ControllerStatement::CustodianOnBehalf { evidence: [7; 32] },
	}
}

fn entry() -> FullEntry {
	let actor = Actor {
		institution: Some(InstitutionId(1)),
		account: Account([8; 32]),
		practitioner: Some(PractitionerId([4; 32])),
		roles: Vec::new(),
		departments: vec!["cardiology".into()],
		on_behalf: true,
	};
	let mut entry = FullEntry::new(Act::Receipts, 1_790_000_000_000, actor, "batch");
	entry.patient = Some(HANDLE);
	entry.purpose = Some(Purposes { code: Purpose::Research, class: PurposeClass::Research });
	entry.capability = Some(CapabilityId(u64::MAX));
	entry.permit = Some(PermitId(3));
	entry.receipts = Some(ReceiptsFiled { root: [1; 32].into(), count: 4, from: 5, until: 6 });
	entry
}

fn opening() -> EntryOpening {
	let mut opening = entry().seal().unwrap();
	(opening.chain, opening.sequence) = (Some(AuditChain::Institution(InstitutionId(1))), Some(u64::MAX));
	opening
}

fn request() -> SignedRequest {
	let statement = RequestStatement {
		practitioner: PractitionerId([4; 32]),
		handle: HANDLE,
		custodian: InstitutionId(1),
		categories: vec![Category::Conditions],
		purpose: Purpose::Treatment,
		signing_key: [1; 32].into(),
		xwing_key: Blob(vec![2; 1216]),
		reason: "follow-up".into(),
		at: 1_790_000_000_000,
	};
	statement.sign(&[0; 32], &ed25519_dalek::SigningKey::from_bytes(&[1; 32]))
}

#[test]
fn messages_about_patients_read_back() {
	reads_back(RegisterPatient { control: PatientControl::Custodial { evidence: evidence() } });
	let proof = ProofOfControl { expires_at: u64::MAX, signature: [1; 64].into() };
	let control = PatientControl::SelfHeld { handle: HANDLE, controller: Account([1; 32]), proof };
	reads_back(RegisterPatient { control });
	reads_back(ClaimHandle { controller: Account([1; 32]), proof, evidence: evidence() });
	let relationship = CareRelationshipRequest {
		practitioner: None,
		department: Some("ward-3".into()),
		kind: CareKind::Admission,
		until: 5,
	};
	reads_back(relationship);
}

#[test]
fn messages_about_consent_and_access_read_back() {
	let delivery = PolicyDelivery {
		capability: CapabilityId(1),
		grantee: InstitutionId(2),
		document: document(),
		salt: [1; 32].into(),
		opening: opening(),
	};
	reads_back(delivery);
	reads_back(ConsentRequest { document: document(), delegation_depth: 1, evidence: evidence() });
	let tag = TagMeaning {
		tag: ScopeTag([1; 16]),
		category: Category::Laboratory,
		class: LabelClass::Sensitive(Sensitivity::Psychiatry),
	};
	let notice = GrantNotice {
		handle: HANDLE,
		custodian: InstitutionId(1),
		capability: CapabilityId(5),
		tags: vec![tag],
		purposes: PurposeClasses::of(&[PurposeClass::Treatment]),
		valid_from: 1,
		valid_until: 2,
	};
	reads_back(notice);
	reads_back(AccessRequest {
		handle: HANDLE,
		custodian: InstitutionId(1),
		categories: vec![Category::Laboratory],
		purpose: Purpose::Treatment,
		request: request(),
	});
	for permit in [None, Some(PermitId(1))] {
		let answer =
			AccessAnswer { permit, expires_at: permit.map(|_| 5), hint: EMERGENCY_HINT.into(), block: block() };
		reads_back(answer);
	}
	reads_back(ReleaseRequest {
		permit: PermitId(1),
		request: request(),
		opening: opening(),
		nonce: [1; 32].into(),
		signature: [2; 64].into(),
	});
}

#[test]
fn audit_messages_read_back_and_open() {
	reads_back(entry());
	let opening = opening();
	assert!(opening.opens());
	assert_eq!(opening.full_entry(), Some(entry()));
	let path = vec![[1; 32].into()];
	let receipt = ReceiptOpening { receipt: Blob(vec![1, 2]), batch: Some(3), index: u64::MAX, size: 5, path };
	reads_back(Openings { handle: HANDLE, openings: vec![opening], receipts: vec![receipt], merged: Vec::new() });
	let receipt = Receipt {
		sequence: 1,
		previous: [0; 32].into(),
		salt: [6; 32].into(),
		kind: ReceiptKind::Release,
		custodian: InstitutionId(1),
		handle: HANDLE,
		practitioner: Some(PractitionerId([1; 32])),
		institution: InstitutionId(2),
		purpose: Purpose::Treatment,
		permit: Some(PermitId(9)),
		records: vec![RecordId([1; 32])],
		basis: "capability 5".into(),
		at: 5,
		acted_at: Some(4),
	};
	reads_back(receipt);
}

#[test]
fn an_empty_and_a_full_answer_have_one_shape() {
	let fields = |permit: Option<PermitId>| {
		let answer = AccessAnswer { permit, expires_at: None, hint: EMERGENCY_HINT.into(), block: block() };
		let json = serde_json::to_value(answer).unwrap();
		json.as_object().unwrap().keys().cloned().collect::<Vec<_>>()
	};
	assert_eq!(fields(None), fields(Some(PermitId(1))));
}

#[test]
fn the_commitment_to_paper_depends_on_every_part() {
	let first = evidence().commitment();
	let mut other = evidence();
	other.salt = [9; 32].into();
	assert_ne!(other.commitment(), first);
	let mut other = evidence();
	other.witness.practitioner = PractitionerId([9; 32]);
	assert_ne!(other.commitment(), first);
	let mut other = evidence();
	other.witness.about = WitnessedAct::Register;
	assert_ne!(other.commitment(), first);
	assert_eq!(evidence().commitment(), first);
	assert_ne!(first, Commitment([0; 32]));
}

#[test]
fn a_witness_signs_one_act_for_one_patient_and_every_word_of_a_document() {
	let message = |about: &WitnessedAct| {
		evidence_message(&[0; 32], InstitutionId(1), about, &[2; 32], &[3; 32], &PractitionerId([4; 32]), 5)
	};
	let (controller, other_handle) = (Account([1; 32]), PatientHandle([2; 32]));
	let mut wider = document();
	wider.categories.insert(Category::Conditions);
	let acts = [
		WitnessedAct::Register,
		WitnessedAct::Claim { handle: HANDLE, controller },
		WitnessedAct::Claim { handle: HANDLE, controller: Account([2; 32]) },
		WitnessedAct::Claim { handle: other_handle, controller },
		WitnessedAct::consent(&document(), 0),
		WitnessedAct::consent(&document(), 1),
		WitnessedAct::consent(&PolicyDocument { handle: other_handle.0, ..document() }, 0),
		WitnessedAct::consent(&wider, 0),
	];
	let messages: std::collections::BTreeSet<_> = acts.iter().map(message).collect();
	assert_eq!(messages.len(), acts.len());
	acts.into_iter().for_each(reads_back);
	// The evidence commits to the signature: it is not under it.
	let given_by = ControllerStatement::CustodianOnBehalf { evidence: [9; 32] };
	let same = PolicyDocument { given_by, ..document() };
	assert_eq!(WitnessedAct::consent(&same, 0), WitnessedAct::consent(&document(), 0));
}

#[test]
fn a_signed_request_verifies_for_its_chain_and_key_only() {
	let key = ed25519_dalek::SigningKey::from_bytes(&[1; 32]).verifying_key().to_bytes();
	assert!(request().is_signed_by(&[0; 32], &key));
	assert!(!request().is_signed_by(&[1; 32], &key));
	assert!(!request().is_signed_by(&[0; 32], &[0; 32]));
	let mut altered = request();
	altered.statement.purpose = Purpose::Research;
	assert!(!altered.is_signed_by(&[0; 32], &key));
}

#[test]
fn every_code_has_a_status() {
	for (code, status) in [
		(codes::BAD_REQUEST, 400),
		(codes::BAD_SIGNATURE, 401),
		(codes::NOT_ENTITLED, 403),
		(codes::NOT_FOUND, 404),
		(codes::COMMITMENT_MISMATCH, 409),
		(codes::EXPIRED, 410),
		(codes::TOO_LARGE, 413),
		(codes::BAD_BUNDLE, 422),
		(codes::TOO_MANY, 429),
		(codes::PEER_UNREACHABLE, 502),
		(codes::HEAD_TOO_OLD, 503),
		(codes::DISK_FULL, 507),
		("something new", 500),
	] {
		assert_eq!(codes::http_status(code), status, "{code}");
	}
}

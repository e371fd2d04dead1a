use super::*;
use crate::{granting::policy_commitment, testing::WITH_RESTRICTED};
use salus_client::{
	chain::Keypair,
	gateway::Gateway,
	patient::prove_control,
	signature::HttpSigner,
	wire::{codes, Account, Actor, EntryOpening, FullEntry, OpeningsDelivery, PolicyDelivery},
};
use salus_primitives::{
	Act, AuditChain, AuditEntry, CapabilityId, Commitment, OutcomeClass, PurposeClass, PurposeClasses,
};
use salus_runtime_api::CapabilityInfo;

const HANDLE: PatientHandle = PatientHandle([33; 32]);
const SALT: [u8; 32] = [5; 32];

fn key() -> Keypair {
	Keypair::from_secret_key([42; 32]).unwrap()
}

async fn register(staffed: &Staffed) -> Gateway {
	let proof = prove_control(&key(), &GENESIS, A, &HANDLE, salus_client::now());
	let control = PatientControl::SelfHeld { handle: HANDLE, controller: Account(key().public_key().0), proof };
	let registered = staffed.registrar.gateway.register_patient(&RegisterPatient { control }).await.unwrap();
	assert_eq!((registered.handle, registered.custodian), (HANDLE, A));
	staffed.region.gateway(1, HttpSigner::Controller(HANDLE, key()))
}

/// What a patient's client does: the act on chain, with its audit entry.
fn act(staffed: &Staffed, act: Act) -> EntryOpening {
	let actor = Actor {
		institution: None,
		account: Account(key().public_key().0),
		practitioner: None,
		roles: Vec::new(),
		departments: Vec::new(),
		on_behalf: false,
	};
	let mut entry = FullEntry::new(act, salus_client::now(), actor, "own act");
	entry.patient = Some(HANDLE);
	let mut opening = entry.seal().unwrap();
	let chain = AuditChain::Patient(HANDLE);
	let mut world = staffed.region.chain.world();
	let entries = world.entries.entry(chain).or_default();
	let sequence = entries.len() as u64;
	(opening.chain, opening.sequence) = (Some(chain), Some(sequence));
	let (outcome, at, commitment) = (OutcomeClass::Permitted, salus_client::now(), opening.commitment);
	entries.push(AuditEntry { chain, sequence, act, outcome, actor: None, custodian: Some(A), at, commitment });
	opening
}

async fn grant(staffed: &Staffed, patient: &Gateway, document: &PolicyDocument) -> PolicyDelivery {
	let categories: Vec<Category> = document.categories.iter().copied().collect();
	let classes: Vec<LabelClass> = document.classes.iter().copied().collect();
	let tags = patient.scope_tags(&HANDLE, &categories, &classes).await.unwrap().tags;
	assert_eq!(tags.len(), categories.len() * classes.len());
	let capability = CapabilityInfo {
		id: CapabilityId(0),
		grantee: InstitutionId(2),
		tags: tags.iter().map(|meaning| meaning.tag).collect(),
		purposes: PurposeClasses::of(&[PurposeClass::Treatment]),
		valid_from: document.valid_from,
		valid_until: document.valid_until,
		delegation_depth: 0,
		policy: policy_commitment(document, &SALT),
		wraps: [0; 32],
	};
	let opening = act(staffed, Act::Grant);
	let capability = staffed.region.chain.world().grant(HANDLE, capability);
	PolicyDelivery { capability, grantee: InstitutionId(2), document: document.clone(), salt: SALT.into(), opening }
}

#[tokio::test]
async fn a_patient_grants_with_the_own_key() {
	let staffed = Staffed::new().await;
	let patient = register(&staffed).await;
	staffed.physician.gateway.ingest(&HANDLE, WITH_RESTRICTED.to_vec()).await.unwrap();
	let document = document(&HANDLE, &[Category::Laboratory, Category::Conditions], ControllerStatement::Patient);
	let delivery = grant(&staffed, &patient, &document).await;

	// Before the custodian has the document, nothing is released.
	let asked = ask(&staffed.cardiologist, &HANDLE, &[Category::Laboratory]).await;
	assert_eq!(asked.answer.permit, None, "the grantee was not told");
	assert!(patient.deliver_policy(&HANDLE, &delivery).await.unwrap().grantee_told);
	assert!(patient.deliver_policy(&HANDLE, &delivery).await.unwrap().grantee_told, "again changes nothing");
	let asked = ask(&staffed.cardiologist, &HANDLE, &[Category::Laboratory]).await;
	let release = asked.fetch(&staffed.cardiologist).await.unwrap();
	assert!(!asked.open(&release).is_empty());
	let held = patient.policies(&HANDLE).await.unwrap();
	assert_eq!((held.policies.len(), held.policies[0].live), (1, true));
	let log = patient.openings(&HANDLE).await.unwrap();
	assert!(log.openings.iter().any(|opening| opening.commitment == delivery.opening.commitment));
	assert_eq!(log.receipts.len(), 2, "the release and this reading");
}

#[tokio::test]
async fn a_document_that_the_chain_does_not_commit_to_is_refused() {
	let staffed = Staffed::new().await;
	let patient = register(&staffed).await;
	let document = document(&HANDLE, &[Category::Laboratory], ControllerStatement::Patient);
	let good = grant(&staffed, &patient, &document).await;
	let refused = |delivery: PolicyDelivery| {
		let patient = &patient;
		async move { patient.deliver_policy(&HANDLE, &delivery).await.unwrap_err().code().unwrap().to_owned() }
	};
	let mut salt = good.clone();
	salt.salt = [0; 32].into();
	assert_eq!(refused(salt).await, codes::COMMITMENT_MISMATCH);
	let mut wider = good.clone();
	wider.document.categories.insert(Category::Imaging);
	assert_eq!(refused(wider).await, codes::COMMITMENT_MISMATCH);
	let mut other = good.clone();
	other.document.handle = [1; 32];
	assert_eq!(refused(other).await, codes::BAD_REQUEST);
	let mut custodian = good.clone();
	custodian.document.given_by = ControllerStatement::CustodianOnBehalf { evidence: [1; 32] };
	assert_eq!(refused(custodian).await, codes::BAD_REQUEST);
	let mut opening = good.clone();
	opening.opening.commitment = Commitment([1; 32]);
	assert_eq!(refused(opening).await, codes::BAD_REQUEST);
	patient.deliver_policy(&HANDLE, &good).await.unwrap();
}

#[tokio::test]
async fn nobody_else_acts_for_a_patient_with_an_own_key() {
	let staffed = Staffed::new().await;
	let patient = register(&staffed).await;
	let other = Keypair::from_secret_key([43; 32]).unwrap();
	let thief = staffed.region.gateway(1, HttpSigner::Controller(HANDLE, other));
	let code = |error: GatewayError| error.code().unwrap().to_owned();
	assert_eq!(code(thief.openings(&HANDLE).await.unwrap_err()), codes::NOT_ENTITLED);
	let registrar = &staffed.registrar.gateway;
	assert_eq!(code(registrar.policies(&HANDLE).await.unwrap_err()), codes::NOT_ENTITLED);
	let tags = registrar.scope_tags(&HANDLE, &[Category::Laboratory], &[LabelClass::Normal]).await;
	assert_eq!(code(tags.unwrap_err()), codes::NOT_ENTITLED);
	let revoked = registrar.revoke_consents(&HANDLE, InstitutionId(2)).await;
	assert_eq!(code(revoked.unwrap_err()), codes::NOT_ENTITLED);
	// The own key opens the own handle alone.
	let elsewhere = patient.openings(&PatientHandle([1; 32])).await.unwrap_err();
	assert_eq!(code(elsewhere), codes::NOT_ENTITLED);
	let none = patient.scope_tags(&HANDLE, &[], &[LabelClass::Normal]).await.unwrap_err();
	assert_eq!(code(none), codes::BAD_REQUEST);
}

#[tokio::test]
async fn a_registration_that_lost_its_answer_is_answered_the_second_time() {
	let staffed = Staffed::new().await;
	staffed.region.chain.world().trouble = crate::chain::fake::Trouble::LostAfter;
	let proof = prove_control(&key(), &GENESIS, A, &HANDLE, salus_client::now());
	let control = PatientControl::SelfHeld { handle: HANDLE, controller: Account(key().public_key().0), proof };
	let body = RegisterPatient { control };
	let lost = staffed.registrar.gateway.register_patient(&body).await.unwrap_err();
	assert_eq!(lost.code(), Some(codes::NODE_UNREACHABLE));
	staffed.registrar.gateway.register_patient(&body).await.unwrap();
	assert_eq!(staffed.region.chain.world().submitted.len(), 1);
}

#[tokio::test]
async fn a_patient_hands_openings_of_own_acts_over() {
	let staffed = Staffed::new().await;
	let patient = register(&staffed).await;
	let opening = act(&staffed, Act::Revoke);
	let delivery = |opening: &EntryOpening| OpeningsDelivery { openings: vec![opening.clone()] };
	assert_eq!(patient.deliver_own_openings(&HANDLE, &delivery(&opening)).await.unwrap().accepted, 1);
	assert_eq!(patient.deliver_own_openings(&HANDLE, &delivery(&opening)).await.unwrap().accepted, 0);
	let mut altered = opening.clone();
	altered.salt = [0; 32].into();
	let error = patient.deliver_own_openings(&HANDLE, &delivery(&altered)).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::BAD_REQUEST));
	// Another gateway opens entries of its own acts only.
	let gateway = staffed.region.gateway(1, HttpSigner::Gateway(crate::testing::gateway_key(2)));
	let error = gateway.deliver_openings(&delivery(&opening)).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::NOT_ENTITLED));
}

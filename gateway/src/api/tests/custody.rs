use super::*;
use crate::{
	chain::fake::Trouble,
	index::{PATIENTS, PENDING_GRANTS},
	testing::COMPACT,
};
use salus_client::{
	audit::verify_chain,
	chain::Keypair,
	patient::prove_control,
	signature::HttpSigner,
	wire::{codes, Account, ClaimHandle},
};
use salus_primitives::{AuditChain, SECOND};
use salus_runtime_api::{ControllerInfo, ControllerOf};

fn patient_key() -> Keypair {
	Keypair::from_secret_key([42; 32]).unwrap()
}

#[tokio::test]
async fn a_paper_needs_two_people_of_the_house() {
	let staffed = Staffed::new().await;
	let register = |evidence| {
		let body = RegisterPatient { control: PatientControl::Custodial { evidence } };
		let registrar = &staffed.registrar;
		async move {
			registrar.gateway.register_patient(&body).await.map(drop).map_err(|error| error.code().map(str::to_owned))
		}
	};
	let refused = |code: &str| Err(Some(code.to_owned()));
	assert_eq!(
		register(paper_by(&staffed.registrar.key, WitnessedAct::Register, 1)).await,
		refused(codes::NOT_ENTITLED)
	);
	assert_eq!(
		register(paper_by(&staffed.cardiologist.key, WitnessedAct::Register, 1)).await,
		refused(codes::NOT_ENTITLED)
	);
	let mut altered = staffed.paper(WitnessedAct::Register, 1);
	altered.scan_sha256 = [9; 32].into();
	assert_eq!(register(altered).await, refused(codes::BAD_REQUEST));
	let mut old = staffed.paper(WitnessedAct::Register, 1);
	old.witness.at -= 60 * DAY;
	assert_eq!(register(old).await, refused(codes::BAD_REQUEST));
	assert_eq!(register(staffed.paper(WitnessedAct::Register, 1)).await, Ok(()));
	assert_eq!(staffed.region.chain.world().handles.len(), 1);
}

#[tokio::test]
async fn a_custodial_grant_says_on_whose_paper_it_rests() {
	let staffed = Staffed::new().await;
	let handle = staffed.custodial_patient(1).await;
	let laboratory = || document(&handle, &[Category::Laboratory], ControllerStatement::Patient);
	let good = staffed.consent(laboratory(), 2);
	let other = staffed.consent(laboratory(), 3).document.given_by;
	for given_by in [ControllerStatement::Patient, other] {
		let request = ConsentRequest { document: PolicyDocument { given_by, ..laboratory() }, ..good.clone() };
		let error = staffed.registrar.gateway.grant_consent(&handle, &request).await.unwrap_err();
		assert_eq!(error.code(), Some(codes::BAD_REQUEST));
	}
	let mut wide = laboratory();
	wide.categories.extend([Category::Imaging, Category::Conditions]);
	wide.classes = LabelClass::ALL.iter().copied().collect();
	let error = staffed.registrar.gateway.grant_consent(&handle, &staffed.consent(wide, 4)).await.unwrap_err();
	assert!(error.to_string().contains("33 scope tags"), "{error}");
	let mut ended = laboratory();
	ended.valid_until = ended.valid_from;
	let error = staffed.registrar.gateway.grant_consent(&handle, &staffed.consent(ended, 5)).await.unwrap_err();
	assert!(error.to_string().contains("ends before it begins"), "{error}");
	assert!(staffed.region.chain.world().capabilities.is_empty());
}

#[tokio::test]
async fn a_claim_ends_what_the_house_does_for_the_patient() {
	let staffed = Staffed::new().await;
	let handle = staffed.patient_with(1, COMPACT).await;
	let key = patient_key();
	let now = salus_client::now();
	let controller = Account(key.public_key().0);
	let claim = |at| ClaimHandle {
		controller,
		proof: prove_control(&key, &GENESIS, A, &handle, at),
		evidence: staffed.paper(WitnessedAct::Claim { handle, controller }, 2),
	};
	let expired = staffed.registrar.gateway.claim(&handle, &claim(now - HOUR)).await.unwrap_err();
	assert_eq!(expired.code(), Some(codes::CHAIN_REFUSED));
	assert!(expired.to_string().contains("ProofExpired"), "{expired}");
	let claimed = staffed.registrar.gateway.claim(&handle, &claim(now)).await.unwrap();
	assert!(claimed.custodian_until > now);
	let again = staffed.registrar.gateway.claim(&handle, &claim(now)).await.unwrap_err();
	assert_eq!(again.code(), Some(codes::CONFLICT));

	// Also while the custodian's rights still run.
	let request = staffed.consent(document(&handle, &[Category::Laboratory], ControllerStatement::Patient), 5);
	let error = staffed.registrar.gateway.grant_consent(&handle, &request).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::NOT_ENTITLED));
	let officer = staffed.region.staff(1, &[StaffRole::PrivacyOfficer]);
	assert_eq!(officer.gateway.openings(&handle).await.unwrap_err().code(), Some(codes::NOT_ENTITLED));

	let patient = staffed.region.gateway(1, HttpSigner::Controller(handle, key));
	patient.openings(&handle).await.unwrap();
	// Records are still taken in: care goes on.
	staffed.physician.gateway.ingest(&handle, COMPACT.to_vec()).await.unwrap();
}

#[tokio::test]
async fn the_log_opens_every_entry_and_its_reading_is_in_it() {
	let staffed = Staffed::new().await;
	let handle = staffed.patient_with(1, COMPACT).await;
	staffed.grant(&handle, 2, &[Category::Laboratory]).await;
	ask(&staffed.cardiologist, &handle, &[Category::Laboratory]).await;
	ask(&staffed.cardiologist, &handle, &[Category::Imaging]).await;
	let officer = staffed.region.staff(1, &[StaffRole::PrivacyOfficer]);
	let first = officer.gateway.openings(&handle).await.unwrap();
	let (entries, head) = {
		let world = staffed.region.chain.world();
		let chain = AuditChain::Patient(handle);
		(world.entries[&chain].clone(), world.head(chain))
	};
	// Registered, anchored, granted, asked twice.
	assert_eq!(entries.len(), 5);
	let report = verify_chain(AuditChain::Patient(handle), &first.openings, &entries, &head);
	assert!(report.complete && report.findings.is_empty(), "{:?}", report.findings);
	let second = officer.gateway.openings(&handle).await.unwrap();
	assert_eq!(second.receipts.len(), first.receipts.len() + 1);
	let nurse = &staffed.witness;
	assert_eq!(nurse.gateway.openings(&handle).await.unwrap_err().code(), Some(codes::NOT_ENTITLED));
}

/// Claims a handle with this paper, whose patient holds the key of the tests.
async fn claim_with(staffed: &Staffed, handle: &PatientHandle, evidence: PaperEvidence) -> Result<(), GatewayError> {
	let key = patient_key();
	let proof = prove_control(&key, &GENESIS, A, handle, salus_client::now());
	let claim = ClaimHandle { controller: Account(key.public_key().0), proof, evidence };
	staffed.registrar.gateway.claim(handle, &claim).await.map(drop)
}

#[tokio::test]
async fn a_claim_is_refused_when_the_paper_was_witnessed_for_a_registration() {
	let staffed = Staffed::new().await;
	let handle = staffed.custodial_patient(1).await;
	let paper = staffed.paper(WitnessedAct::Register, 2);
	let error = claim_with(&staffed, &handle, paper.clone()).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::CONFLICT));
	assert!(error.to_string().contains("witnessed for another act"), "{error}");
	// To say that it was another act breaks the signature.
	let mut forged = paper;
	forged.witness.about = WitnessedAct::Claim { handle, controller: Account(patient_key().public_key().0) };
	assert_eq!(claim_with(&staffed, &handle, forged).await.unwrap_err().code(), Some(codes::BAD_REQUEST));
	assert_eq!(staffed.region.chain.world().submitted.len(), 1, "the registration alone");
}

#[tokio::test]
async fn a_claim_is_refused_when_the_paper_was_witnessed_for_another_handle_or_key() {
	let staffed = Staffed::new().await;
	let (handle, other) = (staffed.custodial_patient(1).await, staffed.custodial_patient(2).await);
	let controller = Account(patient_key().public_key().0);
	for about in [
		WitnessedAct::Claim { handle: other, controller },
		WitnessedAct::Claim { handle, controller: Account([7; 32]) },
	] {
		let error = claim_with(&staffed, &handle, staffed.paper(about, 3)).await.unwrap_err();
		assert_eq!(error.code(), Some(codes::CONFLICT), "{about:?}");
	}
	claim_with(&staffed, &handle, staffed.paper(WitnessedAct::Claim { handle, controller }, 3)).await.unwrap();
}

#[tokio::test]
async fn a_grant_is_refused_when_the_paper_was_witnessed_for_another_document_or_handle() {
	let staffed = Staffed::new().await;
	let (handle, other) = (staffed.custodial_patient(1).await, staffed.custodial_patient(2).await);
	let given = |handle| document(handle, &[Category::Laboratory], ControllerStatement::Patient);
	let good = staffed.consent(given(&handle), 3);
	let mut wider = good.clone();
	wider.document.categories.insert(Category::Conditions);
	let mut longer = good.clone();
	longer.document.valid_until += DAY;
	let passed_on = ConsentRequest { delegation_depth: 1, ..good.clone() };
	let mut of_another = good.clone();
	of_another.document.handle = other.0;
	for (handle, request) in [(&handle, wider), (&handle, longer), (&handle, passed_on), (&other, of_another)] {
		let error = staffed.registrar.gateway.grant_consent(handle, &request).await.unwrap_err();
		assert_eq!(error.code(), Some(codes::CONFLICT), "{request:?}");
	}
	assert!(staffed.region.chain.world().capabilities.is_empty());
	staffed.registrar.gateway.grant_consent(&handle, &good).await.unwrap();
}

#[tokio::test]
async fn the_house_stops_acting_when_the_chain_says_that_the_patient_holds_the_key() {
	let staffed = Staffed::new().await;
	let handle = staffed.custodial_patient(1).await;
	let key = patient_key();
	{
		let mut world = staffed.region.chain.world();
		// This machine's clock is twenty seconds behind the chain, and ten behind the claim.
		world.head_ahead = 20 * SECOND;
		let valid_from = salus_client::now() + 10 * SECOND;
		let controller = ControllerOf::SelfHeld(Account(key.public_key().0));
		let controllers = &mut world.handles.get_mut(&handle).unwrap().controllers;
		controllers.push(ControllerInfo { controller, valid_from, valid_until: None });
	}
	let request = staffed.consent(document(&handle, &[Category::Laboratory], ControllerStatement::Patient), 2);
	let error = staffed.registrar.gateway.grant_consent(&handle, &request).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::NOT_ENTITLED));
	let controller = Account([8; 32]);
	let paper = staffed.paper(WitnessedAct::Claim { handle, controller }, 3);
	assert_eq!(claim_with(&staffed, &handle, paper).await.unwrap_err().code(), Some(codes::CONFLICT));
	staffed.region.gateway(1, HttpSigner::Controller(handle, key)).openings(&handle).await.unwrap();
}

#[tokio::test]
async fn a_grant_that_cannot_be_recovered_holds_no_other_up() {
	let staffed = Staffed::new().await;
	let (one, two) = (staffed.custodial_patient(1).await, staffed.custodial_patient(2).await);
	for (scan, handle) in [(3, one), (4, two)] {
		staffed.region.chain.world().trouble = Trouble::LostAfter;
		let request = staffed.consent(document(&handle, &[Category::Laboratory], ControllerStatement::Patient), scan);
		staffed.registrar.gateway.grant_consent(&handle, &request).await.unwrap_err();
	}
	let service = staffed.region.service(1);
	let waiting = || -> Vec<[u8; 32]> {
		let pending = service.index.scan(&PENDING_GRANTS, []).unwrap();
		pending.into_iter().map(|(_, pending)| pending.document.handle).collect()
	};
	let poisoned = waiting()[0];
	assert_eq!(waiting().len(), 2);
	// Of the first in line, the gateway has lost the patient.
	service.index.remove(&PATIENTS, poisoned).unwrap();
	assert_eq!(crate::api::recover_grants(service).await.unwrap_err().code(), codes::NOT_FOUND);
	assert_eq!(waiting(), [poisoned]);
}

#[tokio::test]
async fn a_paper_is_not_granted_on_again_after_the_patient_revoked() {
	let staffed = Staffed::new().await;
	let handle = staffed.custodial_patient(1).await;
	let request = staffed.consent(document(&handle, &[Category::Laboratory], ControllerStatement::Patient), 2);
	let registrar = &staffed.registrar.gateway;
	let granted = registrar.grant_consent(&handle, &request).await.unwrap();
	registrar.revoke_consents(&handle, granted.grantee).await.unwrap();
	let error = registrar.grant_consent(&handle, &request).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::CONFLICT));
	assert!(staffed.region.chain.world().capabilities[&handle].is_empty());
}

use super::*;
use crate::testing::COMPACT;
use salus_client::{
	audit::verify_chain,
	chain::Keypair,
	patient::prove_control,
	signature::HttpSigner,
	wire::{codes, Account, ClaimHandle},
};
use salus_primitives::AuditChain;

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
	assert_eq!(register(paper_by(&staffed.registrar.key, 1)).await, refused(codes::NOT_ENTITLED));
	assert_eq!(register(paper_by(&staffed.cardiologist.key, 1)).await, refused(codes::NOT_ENTITLED));
	let mut altered = staffed.paper(1);
	altered.scan_sha256 = [9; 32].into();
	assert_eq!(register(altered).await, refused(codes::BAD_REQUEST));
	let mut old = staffed.paper(1);
	old.witness.at -= 60 * DAY;
	assert_eq!(register(old).await, refused(codes::BAD_REQUEST));
	assert_eq!(register(staffed.paper(1)).await, Ok(()));
	assert_eq!(staffed.region.chain.world().handles.len(), 1);
}

#[tokio::test]
async fn a_custodial_grant_says_on_whose_paper_it_rests() {
	let staffed = Staffed::new().await;
	let handle = staffed.custodial_patient(1).await;
	let evidence = staffed.paper(2);
	let given_by = |paper: &PaperEvidence| ControllerStatement::CustodianOnBehalf { evidence: paper.commitment().0 };
	let other = staffed.paper(3);
	for given_by in [ControllerStatement::Patient, given_by(&other)] {
		let document = document(&handle, &[Category::Laboratory], given_by);
		let request = ConsentRequest { document, delegation_depth: 0, evidence: evidence.clone() };
		let error = staffed.registrar.gateway.grant_consent(&handle, &request).await.unwrap_err();
		assert_eq!(error.code(), Some(codes::BAD_REQUEST));
	}
	let mut wide =
		document(&handle, &[Category::Laboratory, Category::Imaging, Category::Conditions], given_by(&evidence));
	wide.classes = LabelClass::ALL.iter().copied().collect();
	let request = ConsentRequest { document: wide, delegation_depth: 0, evidence: evidence.clone() };
	let error = staffed.registrar.gateway.grant_consent(&handle, &request).await.unwrap_err();
	assert!(error.to_string().contains("33 scope tags"), "{error}");
	let mut ended = document(&handle, &[Category::Laboratory], given_by(&evidence));
	ended.valid_until = ended.valid_from;
	let request = ConsentRequest { document: ended, delegation_depth: 0, evidence };
	let error = staffed.registrar.gateway.grant_consent(&handle, &request).await.unwrap_err();
	assert!(error.to_string().contains("ends before it begins"), "{error}");
	assert!(staffed.region.chain.world().capabilities.is_empty());
}

#[tokio::test]
async fn a_claim_ends_what_the_house_does_for_the_patient() {
	let staffed = Staffed::new().await;
	let handle = staffed.patient_with(1, COMPACT).await;
	let key = patient_key();
	let now = salus_client::now();
	let claim = |at| ClaimHandle {
		controller: Account(key.public_key().0),
		proof: prove_control(&key, &GENESIS, A, &handle, at),
		evidence: staffed.paper(2),
	};
	let expired = staffed.registrar.gateway.claim(&handle, &claim(now - HOUR)).await.unwrap_err();
	assert_eq!(expired.code(), Some(codes::CHAIN_REFUSED));
	assert!(expired.to_string().contains("ProofExpired"), "{expired}");
	let claimed = staffed.registrar.gateway.claim(&handle, &claim(now)).await.unwrap();
	assert!(claimed.custodian_until > now);
	let again = staffed.registrar.gateway.claim(&handle, &claim(now)).await.unwrap_err();
	assert_eq!(again.code(), Some(codes::CONFLICT));

	// Also while the custodian's rights still run.
	let evidence = staffed.paper(5);
	let given_by = ControllerStatement::CustodianOnBehalf { evidence: evidence.commitment().0 };
	let document = document(&handle, &[Category::Laboratory], given_by);
	let request = ConsentRequest { document, delegation_depth: 0, evidence };
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

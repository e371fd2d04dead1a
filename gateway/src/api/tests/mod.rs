//! The API over HTTP: real clients, real signatures, two hospitals, a chain in memory.

mod access;
mod custody;
mod finding;
mod own_house;
mod refusals;
mod self_held;
mod unidentified;

use crate::testing::{Person, Region};
use ed25519_dalek::Signer;
use salus_client::{
	gateway::GatewayError,
	keystore::PractitionerKey,
	primitives::{DAY, HOUR},
	records::{open_released, OpenedRecord, ReaderContext},
	wire::{
		evidence_message, AccessAnswer, AccessRequest, CareKind, CareRelationshipRequest, ConsentRequest, FetchRequest,
		PaperEvidence, PatientControl, RegisterPatient, Release, ReleaseChallenge, RequestStatement, WitnessStatement,
		WitnessedAct, CHALLENGE_TAG,
	},
};
use salus_envelope::OneTimeKeys;
use salus_policy::{Category, ControllerStatement, Department, Grantee, LabelClass, PolicyDocument, Purpose};
use salus_primitives::{InstitutionId, PatientHandle, PermitId, StaffRole};

use crate::chain::fake::GENESIS;

const A: InstitutionId = InstitutionId(1);

/// Staff of both hospitals.
struct Staffed {
	region: Region,
	registrar: Person,
	witness: Person,
	physician: Person,
	cardiologist: Person,
}

impl Staffed {
	async fn new() -> Self {
		Self::over(Region::new().await)
	}

	fn over(region: Region) -> Self {
		Self {
			registrar: region.staff(1, &[StaffRole::Registrar]),
			witness: region.staff(1, &[StaffRole::Nurse]),
			physician: region.staff(1, &[StaffRole::Physician]),
			cardiologist: region.staff(2, &[StaffRole::Physician]),
			region,
		}
	}

	/// A paper that the witness signed for an act.
	fn paper(&self, about: WitnessedAct, scan: u8) -> PaperEvidence {
		paper_by(&self.witness.key, about, scan)
	}

	async fn custodial_patient(&self, scan: u8) -> PatientHandle {
		let control = PatientControl::Custodial { evidence: self.paper(WitnessedAct::Register, scan) };
		self.registrar.gateway.register_patient(&RegisterPatient { control }).await.unwrap().handle
	}

	/// A custodial patient with records.
	async fn patient_with(&self, scan: u8, bundle: &[u8]) -> PatientHandle {
		let handle = self.custodial_patient(scan).await;
		self.physician.gateway.ingest(&handle, bundle.to_vec()).await.unwrap();
		handle
	}

	async fn grant(
		&self,
		handle: &PatientHandle,
		scan: u8,
		categories: &[Category],
	) -> salus_client::wire::ConsentGranted {
		let request = self.consent(document(handle, categories, ControllerStatement::Patient), scan);
		self.registrar.gateway.grant_consent(handle, &request).await.unwrap()
	}
}

impl Staffed {
	/// A document with the paper that was witnessed for it.
	fn consent(&self, mut document: PolicyDocument, scan: u8) -> ConsentRequest {
		let evidence = self.paper(WitnessedAct::consent(&document, 0), scan);
		document.given_by = ControllerStatement::CustodianOnBehalf { evidence: evidence.commitment().0 };
		ConsentRequest { document, delegation_depth: 0, evidence }
	}
}

fn paper_by(witness: &PractitionerKey, about: WitnessedAct, scan: u8) -> PaperEvidence {
	let (scan_sha256, salt, at) = ([scan; 32], [4; 32], salus_client::now());
	let message = evidence_message(&GENESIS, A, &about, &scan_sha256, &salt, &witness.id, at);
	let signature = witness.signing_key().sign(&message).to_bytes().into();
	let witness = WitnessStatement { practitioner: witness.id, about, at, signature };
	PaperEvidence { scan_sha256: scan_sha256.into(), salt: salt.into(), witness }
}

/// Granted to cardiology of hospital 2, class N, for treatment.
fn document(handle: &PatientHandle, categories: &[Category], given_by: ControllerStatement) -> PolicyDocument {
	let now = salus_client::now();
	PolicyDocument {
		version: PolicyDocument::VERSION,
		handle: handle.0,
		custodian: 1,
		grantee: Grantee {
			institution: 2,
			roles: Default::default(),
			departments: [Department::new("cardiology")].into(),
			practitioners: Default::default(),
		},
		purposes: [Purpose::Treatment].into(),
		categories: categories.iter().copied().collect(),
		classes: [LabelClass::Normal].into(),
		data_from: None,
		data_until: None,
		valid_from: now - HOUR,
		valid_until: now + 30 * DAY,
		deny: Vec::new(),
		given_by,
	}
}

/// What a practitioner of hospital 2 does to read at hospital 1.
struct Asked {
	keys: OneTimeKeys,
	handle: PatientHandle,
	answer: AccessAnswer,
}

async fn ask(person: &Person, handle: &PatientHandle, categories: &[Category]) -> Asked {
	try_ask(person, handle, categories, Purpose::Treatment).await.unwrap()
}

async fn try_ask(
	person: &Person,
	handle: &PatientHandle,
	categories: &[Category],
	purpose: Purpose,
) -> Result<Asked, GatewayError> {
	let keys = OneTimeKeys::generate().unwrap();
	let public = keys.public();
	let statement = RequestStatement {
		practitioner: person.key.id,
		handle: *handle,
		custodian: A,
		categories: categories.to_vec(),
		purpose,
		signing_key: public.signing.into(),
		xwing_key: public.xwing.as_bytes().to_vec().into(),
		reason: "chest pain".into(),
		at: salus_client::now(),
	};
	let request = statement.sign(&GENESIS, person.key.signing_key());
	let asked = AccessRequest { handle: *handle, custodian: A, categories: categories.to_vec(), purpose, request };
	let answer = person.gateway.request_access(&asked).await?;
	Ok(Asked { keys, handle: *handle, answer })
}

impl Asked {
	fn permit(&self) -> PermitId {
		self.answer.permit.expect("something was permitted")
	}

	async fn signed_challenge(&self, person: &Person) -> FetchRequest {
		let permit = self.permit();
		let challenge = person.gateway.challenge(permit).await.unwrap();
		let message = ReleaseChallenge::message(&GENESIS, A, permit, &challenge.nonce);
		FetchRequest { nonce: challenge.nonce, signature: self.keys.sign(CHALLENGE_TAG, &message).into() }
	}

	async fn fetch(&self, person: &Person) -> Result<Release, GatewayError> {
		let body = self.signed_challenge(person).await;
		person.gateway.fetch(self.permit(), &body).await
	}

	fn open(&self, release: &Release) -> Vec<OpenedRecord> {
		let context =
			ReaderContext { genesis: &GENESIS, custodian: A, handle: &self.handle, one_time_key: self.keys.xwing() };
		release.records.iter().map(|record| open_released(record, &context).unwrap()).collect()
	}
}

async fn in_care(staffed: &Staffed, handle: &PatientHandle, person: &Person) {
	let request = CareRelationshipRequest {
		practitioner: Some(person.key.id),
		department: None,
		kind: CareKind::Encounter,
		until: salus_client::now() + DAY,
	};
	staffed.registrar.gateway.care_relationship(handle, &request).await.unwrap();
}

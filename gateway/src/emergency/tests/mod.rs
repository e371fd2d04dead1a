//! Emergencies over HTTP: five guardians, two of which are holders as well, the custodian (6) and the hospital that asks (7), over a chain in memory.

mod ending;
mod files;
mod holding;
mod requests;
mod sealing;
mod suspending;
mod telling;

use super::{
	rounds::keep_now,
	scope::TIERS,
	testing::{League, CUSTODIAN, REQUESTER},
};
use crate::{
	chain::{fake::GENESIS, EmergencyReads},
	config::Config,
	index::{DepositRow, EMERGENCY_DEPOSITS},
	service::Service,
	testing::WITH_RESTRICTED,
};
use salus_client::{
	emergency::{
		release::open_release,
		request::{first_half, prepare, Choice, Prepared, SessionSecrets, Target, Words},
	},
	gateway::{Gateway, GatewayError},
	keystore::PractitionerKey,
	signature::HttpSigner,
	wire::{
		emergency::{
			Decision, DutyStatement, EmergencyChallenge, EmergencyEvidence, EmergencyFetch, EmergencyFile,
			EmergencyRelease, SessionAct, EMERGENCY_CHALLENGE_TAG,
		},
		Account, BlockId,
	},
};
use salus_fhir::summary::{describe, Row};
use salus_primitives::{
	Commitment, CommitteeId, EmergencyRequestId, EmergencyTier, InstitutionId, PatientHandle, StaffRole,
};
use salus_runtime_api::{
	CommitteeInfo, ControllerInfo, ControllerOf, EmergencyScopeInfo, EmergencySessionInfo, EmergencyStatus,
	HandleStatus,
};
use std::{sync::Arc, time::Duration};

const HOLDERS: [InstitutionId; 2] = [InstitutionId(1), InstitutionId(2)];

/// A member of staff with the own gateway.
struct Person {
	key: PractitionerKey,
	gateway: Gateway,
}

/// The hospitals, serving.
struct Ground {
	league: League,
	committee: CommitteeId,
	urls: Vec<String>,
}

/// A request on its way.
struct Asked {
	handle: PatientHandle,
	target: Target,
	id: EmergencyRequestId,
	secrets: SessionSecrets,
}

impl Ground {
	async fn new() -> Self {
		Self::with(|_| {}).await
	}

	async fn with(change: impl Fn(&mut Config)) -> Self {
		let mut league = League::new();
		let urls = league
			.serve_all(|config| {
				if config.institution == CUSTODIAN {
					config.emergency.holders = HOLDERS.to_vec();
				}
				if HOLDERS.contains(&config.institution) {
					config.emergency.holds_for = vec![CUSTODIAN];
				}
				change(config);
			})
			.await;
		let committee = league.committee().await;
		Self { league, committee, urls }
	}

	fn custodian(&self) -> &Arc<Service> {
		self.league.service(CUSTODIAN.0)
	}

	fn gateway(&self, institution: InstitutionId, signer: HttpSigner) -> Gateway {
		Gateway::new(&self.urls[institution.0 as usize - 1], institution, Some(signer)).unwrap()
	}

	fn as_gateway(&self, from: InstitutionId, to: InstitutionId) -> Gateway {
		self.gateway(to, HttpSigner::Gateway(crate::testing::gateway_key(from.0)))
	}

	/// A physician who is authorised for emergencies.
	fn physician(&self, institution: InstitutionId) -> Person {
		let key = self.league.practitioner(institution.0);
		let gateway = self.gateway(institution, key.http_signer());
		Person { key, gateway }
	}

	/// Staff that is not.
	fn staff(&self, institution: InstitutionId, roles: &[StaffRole]) -> Person {
		let key = PractitionerKey::generate();
		let signing_key = key.signing_key().verifying_key().to_bytes();
		self.league.chain().register_staff(institution.0, key.id, signing_key, roles);
		let gateway = self.gateway(institution, key.http_signer());
		Person { key, gateway }
	}

	/// A custodial patient of the custodian, without records.
	fn patient(&self, number: u8) -> PatientHandle {
		self.league.patient(number)
	}

	async fn ingest(&self, handle: PatientHandle, bundle: &[u8]) {
		self.league.ingest(handle, bundle).await;
	}

	/// A patient with records, for whom everything is sealed and deposited.
	async fn sealed(&self, number: u8) -> PatientHandle {
		let handle = self.patient(number);
		self.ingest(handle, WITH_RESTRICTED).await;
		self.settle().await;
		handle
	}

	/// The custodian's rounds, until they find nothing to do.
	async fn settle(&self) {
		for _ in 0..3 {
			keep_now(self.custodian()).await.unwrap();
		}
	}

	fn scope(&self, handle: &PatientHandle, tier: EmergencyTier) -> EmergencyScopeInfo {
		self.league.emergency(|emergency| emergency.scopes.get(&(*handle, tier)).cloned().unwrap_or_default())
	}

	fn deposit(&self, at: InstitutionId, handle: &PatientHandle, tier: EmergencyTier) -> Option<DepositRow> {
		let prefix = [&handle.0[..], &[tier.scope()]].concat();
		self.league.service(at.0).index.scan(&EMERGENCY_DEPOSITS, prefix).unwrap().pop().map(|(_, row)| row)
	}

	async fn committees(&self) -> Vec<CommitteeInfo<Account>> {
		let ids: Vec<CommitteeId> = self.league.emergency(|emergency| emergency.committees.keys().copied().collect());
		let mut found = Vec::new();
		for id in ids {
			let at = BlockId { hash: [0; 32].into(), number: 0 };
			found.extend(self.league.chain().committee(&at, id).await.unwrap());
		}
		found
	}

	/// What the practitioner's program makes of a file: the request for its first free envelope.
	async fn prepare(&self, person: &Person, file: &EmergencyFile, tier: EmergencyTier) -> (Target, Prepared) {
		let scope = self.scope(&file.handle, tier);
		let committees = self.committees().await;
		let personal = self.league.emergency(|emergency| emergency.personal.get(&file.handle).copied());
		let choice = Choice {
			genesis: &GENESIS,
			handle: &file.handle,
			tier,
			file,
			scope: &scope,
			committees: &committees,
			personal,
			fall_back: false,
		};
		let target = choice.pick().unwrap();
		let words = Words {
			evidence: EmergencyEvidence::Encounter("E-17".into()),
			reason: "unconscious, no relatives".into(),
			caller: None,
		};
		let at = salus_client::now();
		let requester = person.gateway.institution();
		(target, prepare(&target, file.custodian, tier, requester, &person.key, words, at).unwrap())
	}

	async fn ask(&self, person: &Person, handle: &PatientHandle, tier: EmergencyTier) -> Asked {
		let file = person.gateway.emergency_file(handle, CUSTODIAN).await.unwrap();
		let (target, prepared) = self.prepare(person, &file, tier).await;
		let requested = person.gateway.request_emergency(&prepared.form).await.unwrap();
		assert_eq!(requested.id, prepared.id);
		Asked { handle: *handle, target, id: prepared.id, secrets: prepared.secrets }
	}

	/// Lets guardians vote until the session is active. The words behind the request are on their way to them.
	async fn approved(&self, asked: &Asked) {
		for _ in 0..200 {
			match asked.target.label.scope {
				0 => {
					for guardian in [1, 3, 5] {
						self.league.attend(guardian).await;
					}
				}
				_ => self.decide(asked).await,
			}
			if self.session(asked).status == EmergencyStatus::Active {
				return;
			}
			tokio::time::sleep(Duration::from_millis(20)).await;
		}
		panic!("not approved: {:?}", self.session(asked));
	}

	/// Duty officers of three guardians approve.
	async fn decide(&self, asked: &Asked) {
		for guardian in [1, 3, 5].map(InstitutionId) {
			let officer = self.physician(guardian);
			let statement = DutyStatement {
				practitioner: officer.key.id,
				id: asked.id,
				handle: asked.handle,
				decision: Decision::Approve,
				reason: "plausible".into(),
				at: salus_client::now(),
			};
			let decision = statement.sign(&GENESIS, officer.key.signing_key());
			// Refused while the words behind the request are not there yet.
			officer.gateway.decide_duty(&asked.id, &decision).await.ok();
		}
	}

	fn session(&self, asked: &Asked) -> EmergencySessionInfo {
		self.league.session(&asked.id)
	}

	fn change_session(&self, asked: &Asked, change: impl FnOnce(&mut EmergencySessionInfo)) {
		self.league.emergency(|emergency| change(emergency.sessions.get_mut(&asked.id).unwrap()));
	}

	/// An active session.
	async fn active(&self, person: &Person, handle: &PatientHandle, tier: EmergencyTier) -> Asked {
		let asked = self.ask(person, handle, tier).await;
		self.approved(&asked).await;
		asked
	}

	async fn close(&self, person: &Person, asked: &Asked) {
		let act = SessionAct { reason: "patient stable".into() };
		person.gateway.close_emergency(&asked.id, &act).await.unwrap();
	}
}

impl Asked {
	fn answer(&self, secrets: &SessionSecrets, challenge: &EmergencyChallenge) -> EmergencyFetch {
		let message = EmergencyChallenge::message(&GENESIS, challenge.holder, &self.id, &challenge.nonce);
		let signature = secrets.keys().sign(EMERGENCY_CHALLENGE_TAG, &message).into();
		EmergencyFetch { holder: challenge.holder, nonce: challenge.nonce, signature }
	}

	async fn fetch(&self, person: &Person) -> Result<EmergencyRelease, GatewayError> {
		self.fetch_with(person, &self.secrets).await
	}

	async fn fetch_with(&self, person: &Person, secrets: &SessionSecrets) -> Result<EmergencyRelease, GatewayError> {
		let challenge = person.gateway.emergency_challenge(&self.id).await?;
		person.gateway.emergency_fetch(&self.id, &self.answer(secrets, &challenge)).await
	}

	/// What the release opens for whoever has the session's secrets.
	fn open(&self, session: &EmergencySessionInfo, release: &EmergencyRelease) -> Vec<Row> {
		let first = first_half(&self.target, &self.secrets, &session.parts).unwrap();
		let bundle = open_release(self.secrets.keys().xwing(), &self.target.label, &first, release).unwrap();
		describe(&bundle).unwrap()
	}
}

/// What stands in a table, by section.
fn of<'a>(rows: &'a [Row], section: &str) -> Vec<&'a str> {
	rows.iter().filter(|row| row.section == section).map(|row| row.what.as_str()).collect()
}

/// Waits for something that is done beside.
async fn eventually(what: &str, mut is_so: impl FnMut() -> bool) {
	for _ in 0..250 {
		if is_so() {
			return;
		}
		tokio::time::sleep(Duration::from_millis(20)).await;
	}
	panic!("not so after five seconds: {what}");
}

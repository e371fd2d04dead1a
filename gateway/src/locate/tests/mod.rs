//! Searches by name over HTTP: five guardians, the custodian (6) and the hospital that searches (7), over a chain in memory.

mod entering;
mod entries;
mod evaluating;
mod searching;

use super::{enrolment::enter_now, evaluating::attend};
use crate::{
	chain::{fake::GENESIS, ChainPort, Transaction},
	config::Config,
	emergency::{
		member::take_part,
		testing::{League, CUSTODIAN, GUARDIANS, REQUESTER},
	},
	index::{EnrolmentRow, EnrolmentStage, IndexedEntry, LOCATE_ENROLMENTS, LOCATE_INDEX, LOCATE_OPENINGS},
	service::Service,
	testing::gateway_key,
};
use salus_client::{
	emergency::locate::{LocateInput, Reasons, Search},
	gateway::{Gateway, GatewayError},
	keystore::PractitionerKey,
	signature::HttpSigner,
	wire::{
		emergency::{EmergencyEvidence, LocateFound},
		FoundPatient,
	},
};
use salus_fhir::Demographics;
use salus_primitives::{CommitteeId, CommitteePurpose, EmergencyRequestId, InstitutionId, PatientHandle, StaffRole};
use salus_runtime_api::{EmergencyStatus, LocateSessionInfo};
use std::{sync::Arc, time::Duration};

/// Guardians evaluate two searches of a practitioner, three of an institution, and nearly whatever custodians enter.
const RULES: &str = r#"{"version":1,"locate":{"roles":["Physician"],"per_practitioner":2,"per_institution":3,"never_for":[]},
	"enrol":{"per_institution":100}}"#;
/// Found by one given name and by both.
const ROSSI: &[u8] =
	br#"{"resourceType":"Bundle","type":"collection","entry":[{"resource":{"resourceType":"Patient","id":"p1",
	"identifier":[{"system":"urn:insurance","value":"A-4711"}],
	"name":[{"family":"Rossi","given":["Ada","Maria"]}],"gender":"female","birthDate":"1961-02-03"}}]}"#;
/// The guardian that is away.
const AWAY: InstitutionId = InstitutionId(4);
/// The others.
const THERE: [u32; 4] = [1, 2, 3, 5];

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

impl Ground {
	async fn new() -> Self {
		Self::with(RULES, |_| {}).await
	}

	/// One guardian does not answer, to nobody.
	async fn with_one_away() -> Self {
		Self::with(RULES, |config| {
			let away = config.peers.iter_mut().filter(|peer| peer.institution == AWAY);
			away.for_each(|peer| peer.url = "http://127.0.0.1:1".into());
		})
		.await
	}

	async fn with(rules: &str, change: impl Fn(&mut Config)) -> Self {
		let mut league = League::with(Some(rules));
		let urls = league.serve_all(change).await;
		let committee = Self::form(&league, 0, &GUARDIANS).await;
		Self { league, committee, urls }
	}

	/// A committee for searches, which takes the place of the one before.
	async fn form(league: &League, number: u32, members: &[u32]) -> CommitteeId {
		let round = || async {
			for member in members {
				take_part(league.service(*member)).await.unwrap();
			}
		};
		round().await;
		let id = league.emergency(|emergency| {
			let id = emergency.form_committee(number, members, 3);
			emergency.committees.get_mut(&id).unwrap().purpose = CommitteePurpose::Locate;
			id
		});
		while league.emergency(|emergency| emergency.consortium.get(&CommitteePurpose::Locate).copied()) != Some(id) {
			round().await;
		}
		id
	}

	fn custodian(&self) -> &Arc<Service> {
		self.league.service(CUSTODIAN.0)
	}

	fn gateway(&self, institution: InstitutionId, signer: HttpSigner) -> Gateway {
		Gateway::new(&self.urls[institution.0 as usize - 1], institution, Some(signer)).unwrap()
	}

	fn as_gateway(&self, from: InstitutionId, to: u32) -> Gateway {
		self.gateway(InstitutionId(to), HttpSigner::Gateway(gateway_key(from.0)))
	}

	/// A physician of the hospital that searches, authorised for emergencies.
	fn physician(&self) -> Person {
		let key = self.league.practitioner(REQUESTER.0);
		let gateway = self.gateway(REQUESTER, key.http_signer());
		Person { key, gateway }
	}

	/// Staff of it that is not.
	fn staff(&self, roles: &[StaffRole]) -> Person {
		let key = PractitionerKey::generate();
		let signing_key = key.signing_key().verifying_key().to_bytes();
		self.league.chain().register_staff(REQUESTER.0, key.id, signing_key, roles);
		let gateway = self.gateway(REQUESTER, key.http_signer());
		Person { key, gateway }
	}

	/// A patient whose names are entered with the guardians.
	async fn entered(&self, number: u8) -> PatientHandle {
		let handle = self.league.patient(number);
		self.league.ingest(handle, ROSSI).await;
		self.settle(&THERE).await;
		handle
	}

	/// Rounds of the custodian and of these guardians, until there is nothing to do.
	async fn settle(&self, guardians: &[u32]) {
		for _ in 0..4 {
			enter_now(self.custodian()).await.unwrap();
			self.attend(guardians).await;
		}
	}

	/// What these guardians' servers do at a new head, to its end.
	async fn attend(&self, guardians: &[u32]) {
		for guardian in guardians {
			attend(self.league.service(*guardian)).await.unwrap().join_all().await;
		}
	}

	fn row(&self, handle: &PatientHandle) -> Option<EnrolmentRow> {
		self.custodian().index.get(&LOCATE_ENROLMENTS, handle.0).unwrap()
	}

	fn stages(&self, handle: &PatientHandle) -> Vec<EnrolmentStage> {
		self.row(handle).map(|row| row.names.into_iter().map(|name| name.stage).collect()).unwrap_or_default()
	}

	/// What a guardian has about a patient.
	fn entries(&self, guardian: u32, handle: &PatientHandle) -> Vec<IndexedEntry> {
		let rows = self.league.service(guardian).index.scan(&LOCATE_INDEX, []).unwrap();
		rows.into_iter().flat_map(|(_, row)| row).filter(|one| one.handle == *handle).collect()
	}

	fn search(&self, person: &Person, family: &str, given: &str) -> Search {
		let sought = Demographics::new(family, given, "1961-02-03").unwrap();
		let reasons = Reasons {
			institution: REQUESTER,
			committee: self.committee,
			evidence: EmergencyEvidence::Encounter("E-17".into()),
			reason: "unconscious, no papers but a name".into(),
		};
		let input = LocateInput::derive(&sought, &GENESIS);
		Search::prepare(&input, &GENESIS, reasons, &person.key, salus_client::now()).unwrap()
	}

	/// A search for the patient, asked for; its words have arrived with every guardian that is there.
	async fn asked(&self, person: &Person) -> Search {
		let search = self.search(person, "Rossi", "Ada");
		self.ask(person, &search).await;
		search
	}

	async fn ask(&self, person: &Person, search: &Search) {
		person.gateway.request_locate(search.form()).await.unwrap();
		for guardian in THERE {
			let service = self.league.service(guardian);
			eventually("the words arrive", || service.index.get(&LOCATE_OPENINGS, search.id().0).unwrap().is_some())
				.await;
		}
	}

	/// The same, evaluated.
	async fn evaluated(&self, person: &Person) -> Search {
		let search = self.asked(person).await;
		self.attend(&THERE).await;
		assert_eq!(self.session(&search.id()).status, EmergencyStatus::Active);
		search
	}

	async fn look_up(&self, person: &Person, search: &Search) -> Result<LocateFound, GatewayError> {
		let keys = search.evaluate(&self.session(&search.id())).unwrap();
		person.gateway.look_up(&search.lookup(keys.tag())).await
	}

	/// Whom the search finds.
	fn open(&self, search: &Search, found: &LocateFound) -> Vec<FoundPatient> {
		let keys = search.evaluate(&self.session(&search.id())).unwrap();
		found.entries.iter().map(|entry| keys.open(entry).unwrap()).collect()
	}

	fn session(&self, id: &EmergencyRequestId) -> LocateSessionInfo {
		self.league.emergency(|emergency| emergency.locate.session(id)).unwrap()
	}

	fn change_session(&self, id: &EmergencyRequestId, change: impl FnOnce(&mut LocateSessionInfo)) {
		self.league.emergency(|emergency| change(emergency.locate.sessions.get_mut(id).unwrap()));
	}

	/// How often the chain was asked for something.
	fn submitted(&self, is_so: impl Fn(&Transaction) -> bool) -> usize {
		self.league.chain().world().submitted.iter().filter(|transaction| is_so(transaction)).count()
	}

	fn asked_for(&self) -> usize {
		self.submitted(|transaction| matches!(transaction, Transaction::RequestLocate { .. }))
	}

	fn evaluations(&self) -> usize {
		self.submitted(|transaction| matches!(transaction, Transaction::EvaluateLocate { .. }))
	}
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

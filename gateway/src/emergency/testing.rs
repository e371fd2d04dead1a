//! Seven hospitals over one chain in memory: five guardians, a custodian (6) and one that asks (7).
#![allow(missing_docs)]

use super::{guardian, member};
use crate::{
	api,
	chain::{
		fake::{emergency::EmergencyWorld, FakeChain, GENESIS},
		ChainPort, Transaction,
	},
	config::{Config, Peer},
	index::{PatientRow, EMERGENCY_OPENINGS, PATIENTS, VOTES},
	ingest,
	service::Service,
	staff::Staff,
	testing::{config, gateway_key, open},
};
use salus_client::{
	chain::calls::EmergencyRequest,
	emergency::shift_tag,
	gateway::Gateway,
	keystore::PractitionerKey,
	signature::HttpSigner,
	wire::{
		emergency::{EmergencyEvidence, EmergencyOpening, EmergencyStatement},
		Account, Actor, Blob, BlockId, EntryOpening, FullEntry,
	},
};
use salus_envelope::{HandleSecret, OneTimeKeys};
use salus_primitives::{
	Act, AuditChain, Commitment, CommitteeId, EmergencyRequestId, EmergencyTier, InstitutionId, PatientHandle,
	StaffRole,
};
use salus_runtime_api::{
	CommitteeStatus, ControllerInfo, ControllerOf, EmergencyScopeInfo, EmergencySessionInfo, HandleInfo, HandleStatus,
	SealedSetInfo,
};
use salus_threshold::{
	envelope::{envelope_commitment, Envelope, EnvelopeLabel, EnvelopeSeal},
	group::{Point, SecretScalar},
	rand_core::OsRng,
	request::{prove_request, RequestContext},
};
use std::{path::Path, sync::Arc};
use tempfile::TempDir;
use tokio::{net::TcpListener, task::JoinSet};

pub const CUSTODIAN: InstitutionId = InstitutionId(6);
pub const REQUESTER: InstitutionId = InstitutionId(7);
pub const GUARDIANS: [u32; 5] = [1, 2, 3, 4, 5];
const SHIFT_KEY: [u8; 32] = [6; 32];
const SALT: [u8; 32] = [5; 32];

/// Rules that let a server approve what a physician asks.
pub const RULES: &str = r#"{"version":1,"summary":{"roles":["Physician"],"per_practitioner":2,"per_institution":3}}"#;

/// The hospitals.
pub struct League {
	pub chains: Vec<FakeChain>,
	services: Vec<Option<Arc<Service>>>,
	configs: Vec<Config>,
	folders: Vec<TempDir>,
}

impl League {
	/// Guardians whose servers vote by [`RULES`].
	#[allow(clippy::new_without_default)]
	pub fn new() -> Self {
		Self::with(Some(RULES))
	}

	/// Guardians with these rules.
	pub fn with(rules: Option<&str>) -> Self {
		let accounts: Vec<_> = (1..=7).map(|id| (id, Account(gateway_key(id).public_key().0))).collect();
		let chains = FakeChain::new(&accounts);
		let folders: Vec<TempDir> = (1..=7).map(|_| tempfile::tempdir().unwrap()).collect();
		let configs = (1..=7).map(|id| {
			let mut config = config(id, Vec::new());
			let path = folders[id as usize - 1].path().join("policy.json");
			if let Some(rules) = rules {
				std::fs::write(&path, rules).unwrap();
			}
			config.emergency.policy_file = Some(path);
			config
		});
		let configs = configs.collect();
		let mut league = Self { chains, services: vec![None; 7], configs, folders };
		(1..=7).for_each(|id| league.open(id));
		league
	}

	fn open(&mut self, id: u32) {
		let at = id as usize - 1;
		let service = open(self.folders[at].path(), self.configs[at].clone(), self.chains[at].clone());
		self.services[at] = Some(service);
	}

	/// As after a crash: what was not on disk is gone.
	pub fn restart(&mut self, id: u32) {
		// The index is closed before it is opened again.
		let service = self.services[id as usize - 1].take().unwrap();
		assert_eq!(Arc::strong_count(&service), 1, "somebody still uses it");
		drop(service);
		self.open(id);
	}

	/// Changes a configuration; it counts from the next restart on.
	pub fn configure(&mut self, id: u32, change: impl FnOnce(&mut Config)) {
		change(&mut self.configs[id as usize - 1]);
	}

	pub fn service(&self, id: u32) -> &Arc<Service> {
		self.services[id as usize - 1].as_ref().unwrap()
	}

	pub fn folder(&self, id: u32) -> &Path {
		self.folders[id as usize - 1].path()
	}

	/// All hospitals serve and know each other, with configurations that are changed by this. Their addresses.
	pub async fn serve_all(&mut self, change: impl Fn(&mut Config)) -> Vec<String> {
		let (mut listeners, mut urls) = (Vec::new(), Vec::new());
		for _ in 1..=7 {
			let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
			urls.push(format!("http://{}", listener.local_addr().unwrap()));
			listeners.push(listener);
		}
		for own in 1..=7u32 {
			let others = (1..=7u32).filter(|id| *id != own);
			let peer = |id: u32| Peer { institution: InstitutionId(id), url: urls[id as usize - 1].clone() };
			self.configure(own, |config| {
				config.peers = others.map(peer).collect();
				change(config);
			});
			self.restart(own);
		}
		for (listener, own) in listeners.into_iter().zip(1..) {
			let router = api::router(self.service(own).clone());
			tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
		}
		urls
	}

	/// A client of a hospital's gateway, which serves from now on.
	pub async fn serve(&self, id: u32, signer: HttpSigner) -> Gateway {
		let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
		let url = format!("http://{}", listener.local_addr().unwrap());
		let router = api::router(self.service(id).clone());
		tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
		Gateway::new(&url, InstitutionId(id), Some(signer)).unwrap()
	}

	pub fn chain(&self) -> &FakeChain {
		&self.chains[0]
	}

	pub fn emergency<T>(&self, look: impl FnOnce(&mut EmergencyWorld) -> T) -> T {
		look(&mut self.chain().world().emergency)
	}

	/// A round of every guardian in its committees.
	pub async fn round(&self) {
		for id in GUARDIANS {
			member::take_part(self.service(id)).await.unwrap();
		}
	}

	/// An active committee of the five.
	pub async fn committee(&self) -> CommitteeId {
		self.round().await;
		let id = self.emergency(|emergency| emergency.form_committee(0, &GUARDIANS, 3));
		while self.emergency(|emergency| emergency.committees[&id].status) != CommitteeStatus::Active {
			self.round().await;
		}
		id
	}

	/// A custodial patient of the custodian, without records.
	pub fn patient(&self, number: u8) -> PatientHandle {
		let handle = PatientHandle([number; 32]);
		let controllers =
			vec![ControllerInfo { controller: ControllerOf::Custodian, valid_from: 0, valid_until: None }];
		let info = HandleInfo {
			custodian: CUSTODIAN,
			registered_at: 0,
			status: HandleStatus::Active,
			controllers,
			evidence: None,
		};
		self.chain().world().handles.insert(handle, info);
		let opening = EntryOpening {
			chain: None,
			sequence: None,
			salt: [0; 32].into(),
			entry: Vec::new().into(),
			commitment: Commitment([0; 32]),
		};
		let mut row = PatientRow::new(&HandleSecret::generate().unwrap(), opening, None);
		row.registered = Some(BlockId { hash: [0; 32].into(), number: 1 });
		self.service(CUSTODIAN.0).index.put(&PATIENTS, handle.0, &row).unwrap();
		handle
	}

	/// Has the custodian take records of a patient in.
	pub async fn ingest(&self, handle: PatientHandle, bundle: &[u8]) {
		let key = self.practitioner(CUSTODIAN.0);
		let info = self.chain().world().staff[&key.id].clone();
		let author = Staff { id: key.id, info, remembered: false };
		ingest::take_in(self.service(CUSTODIAN.0), &author, handle, bundle.to_vec()).await.unwrap();
	}

	/// A patient of the custodian for whom four envelopes are sealed.
	pub fn sealed(&self, number: u8, tier: EmergencyTier, committee: CommitteeId, drill: bool) -> Sealed {
		let handle = PatientHandle([number; 32]);
		let mut world = self.chain().world();
		let info = HandleInfo {
			custodian: CUSTODIAN,
			registered_at: 0,
			status: HandleStatus::Active,
			controllers: Vec::new(),
			evidence: None,
		};
		world.handles.insert(handle, info);
		let shown = world.emergency.committee(committee).unwrap();
		let (key_id, group_key) = (shown.key_id.unwrap(), Point::from_bytes(&shown.group_key.unwrap()).unwrap());
		let label = |number| EnvelopeLabel {
			genesis: GENESIS,
			key_id,
			handle: handle.0,
			scope: tier.scope(),
			scope_epoch: 0,
			number,
		};
		let envelopes: Vec<Envelope> = (0..4)
			.map(|number| EnvelopeSeal::begin(&group_key, &mut OsRng).finish(&label(number), [0; 48], &mut OsRng))
			.collect();
		let commitments = envelopes.iter().map(|envelope| envelope_commitment(&SALT, &envelope.header()));
		let envelopes_on_chain = commitments.map(salus_primitives::Commitment).collect();
		let set = SealedSetInfo { committee, key_id, envelopes: envelopes_on_chain, consumed: 0 };
		let scope = EmergencyScopeInfo { epoch: 0, drill, sealed: vec![set] };
		world.emergency.scopes.insert((handle, tier), scope);
		Sealed { handle, tier, committee, version: shown.version, key_id, envelopes }
	}

	/// A practitioner of a hospital who is authorised for emergencies.
	pub fn practitioner(&self, institution: u32) -> PractitionerKey {
		let key = PractitionerKey::generate();
		self.enter(institution, &key);
		key
	}

	/// Enters a key into the registry as that of such a practitioner.
	pub fn enter(&self, institution: u32, key: &PractitionerKey) {
		let signing_key = key.signing_key().verifying_key().to_bytes();
		self.chain().register_staff(institution, key.id, signing_key, &[StaffRole::Physician]);
		self.chain().world().staff.get_mut(&key.id).unwrap().emergency_authorised = true;
	}

	/// A request of that hospital's practitioner, final on the chain. The guardians were told what is behind it.
	pub async fn request(
		&self,
		sealed: &Sealed,
		envelope: u8,
		institution: u32,
		practitioner: &PractitionerKey,
	) -> EmergencyOpening {
		let opening = self.ask(sealed, envelope, institution, practitioner).await;
		GUARDIANS.iter().for_each(|id| self.tell(*id, &opening));
		opening
	}

	/// A request of which the guardians know what the chain shows.
	pub async fn ask(
		&self,
		sealed: &Sealed,
		envelope: u8,
		institution: u32,
		practitioner: &PractitionerKey,
	) -> EmergencyOpening {
		let (q, keys) = (SecretScalar::random(&mut OsRng), OneTimeKeys::generate().unwrap());
		let header = sealed.envelopes[usize::from(envelope)].header();
		let label = EnvelopeLabel {
			genesis: GENESIS,
			key_id: sealed.key_id,
			handle: sealed.handle.0,
			scope: sealed.tier.scope(),
			scope_epoch: 0,
			number: envelope.into(),
		};
		let context = RequestContext {
			label,
			committee: sealed.committee.0,
			version: sealed.version,
			requester: institution,
			key_hash: keys.binding(),
			header,
		};
		let (point, proof, public) = (q.public().to_bytes(), prove_request(&context, &q, &mut OsRng), keys.public());
		let statement = EmergencyStatement {
			practitioner: practitioner.id,
			handle: sealed.handle,
			custodian: CUSTODIAN,
			tier: sealed.tier,
			point: point.into(),
			proof,
			signing_key: public.signing.into(),
			xwing_key: public.xwing.as_bytes().to_vec().into(),
			evidence: EmergencyEvidence::Encounter("E-1".into()),
			reason: "unconscious".into(),
			caller: None,
			at: salus_client::now(),
		};
		let signed = statement.sign(&GENESIS, practitioner.signing_key());
		let actor = Actor {
			institution: Some(InstitutionId(institution)),
			account: Account(gateway_key(institution).public_key().0),
			practitioner: Some(practitioner.id),
			roles: vec![StaffRole::Physician],
			departments: Vec::new(),
			on_behalf: false,
		};
		let mut entry = FullEntry::new(Act::EmergencyRequest, salus_client::now(), actor, "a signed request");
		entry.patient = Some(sealed.handle);
		entry.custodian = Some(CUSTODIAN);
		entry.request = Some(Blob(serde_json::to_vec(&signed).unwrap()));
		let mut opening = entry.seal().unwrap();
		opening.chain = Some(AuditChain::Patient(sealed.handle));
		let request = EmergencyRequest {
			handle: sealed.handle,
			tier: sealed.tier,
			committee: sealed.committee,
			envelope,
			salt: SALT,
			header,
			point,
			key_hash: context.key_hash,
			proof,
			shift_tag: shift_tag(&SHIFT_KEY, &practitioner.id),
		};
		let transaction = Transaction::RequestEmergency { request: Box::new(request), entry: opening.commitment };
		self.chains[institution as usize - 1].submit(transaction).await.unwrap();
		EmergencyOpening { id: EmergencyRequestId(context.id(&point)), opening, shift_key: SHIFT_KEY.into() }
	}

	/// What the requester's gateway does with the words behind a request.
	pub fn tell(&self, guardian: u32, opening: &EmergencyOpening) {
		let service = self.service(guardian);
		service.index.put(&EMERGENCY_OPENINGS, opening.id.0, opening).unwrap();
		service.desk.wake(&opening.id);
	}

	/// What a guardian's server does at a new head, to its end.
	pub async fn attend(&self, guardian: u32) {
		let mut votes = JoinSet::new();
		guardian::attend(self.service(guardian), &mut votes).await.unwrap();
		votes.join_all().await;
	}

	pub fn session(&self, id: &EmergencyRequestId) -> EmergencySessionInfo {
		self.emergency(|emergency| emergency.session(id)).unwrap()
	}

	/// Votes that reached the chain.
	pub fn votes_submitted(&self) -> usize {
		let is_vote = |transaction: &&Transaction| {
			matches!(transaction, Transaction::ApproveRequest { .. } | Transaction::RejectRequest { .. })
		};
		self.chain().world().submitted.iter().filter(is_vote).count()
	}

	/// Nothing left this guardian: no vote on the chain, none in the journal.
	pub fn assert_silent(&self, guardian: u32) {
		assert_eq!(self.votes_submitted(), 0);
		assert!(self.service(guardian).index.scan(&VOTES, []).unwrap().is_empty());
	}
}

/// What is sealed for a patient.
pub struct Sealed {
	pub handle: PatientHandle,
	pub tier: EmergencyTier,
	pub committee: CommitteeId,
	pub version: u32,
	pub key_id: [u8; 32],
	pub envelopes: Vec<Envelope>,
}

//! Two hospitals without nodes: services over a chain in memory and folders that vanish.
#![allow(missing_docs)]

use crate::{
	api,
	chain::fake::FakeChain,
	config::{Config, Emergency, Limits, Peer},
	emergency::Policy,
	index::{Index, PatientRow, StorageKey, PATIENTS},
	keys::{self, GuardianKeys},
	service::{Parts, Service},
	staff::Staff,
	vault::{BlobStore, Deposits, FolderStore},
};
use salus_client::{
	chain::Keypair,
	gateway::Gateway,
	keystore::PractitionerKey,
	signature::HttpSigner,
	wire::{Account, BlockId, EntryOpening},
};
use salus_envelope::{retention::RetentionKey, HandleSecret, KdfParams};
use salus_policy::DefaultPolicy;
use salus_primitives::{Commitment, InstitutionId, PatientHandle, StaffRole};
use salus_runtime_api::{ControllerInfo, ControllerOf, HandleInfo, HandleStatus};
use std::{path::Path, sync::Arc};
use tempfile::TempDir;
use tokio::net::TcpListener;

pub const WITH_RESTRICTED: &[u8] = include_bytes!("../../samples/patient-with-restricted-records.json");
pub const WITHOUT_RESTRICTED: &[u8] = include_bytes!("../../samples/patient-without-restricted-records.json");
pub const COMPACT: &[u8] = include_bytes!("../../samples/patient-in-compact-form.json");

/// The account key of a hospital's gateway.
pub fn gateway_key(institution: u32) -> Keypair {
	Keypair::from_secret_key([institution as u8; 32]).unwrap()
}

pub fn config(institution: u32, peers: Vec<Peer>) -> Config {
	Config {
		institution: InstitutionId(institution),
		listen: "127.0.0.1:0".parse().unwrap(),
		node: "ws://fake".into(),
		data: "data".into(),
		gateway_key: "unused".into(),
		storage_key: "unused".into(),
		passphrase_file: "unused".into(),
		retention_key: "unused".into(),
		default_policy: DefaultPolicy::CliniciansForTreatment,
		peers,
		allow_plain_http_peers: false,
		receipts_period_seconds: 1,
		max_head_age_seconds: 60,
		answer_quantum_ms: 5,
		staff_cache_seconds: 0,
		staff_downtime_seconds: 3_600,
		emergency: Emergency::default(),
		limits: Limits { json_bytes: 256 * 1024, bundle_bytes: 4 * 1024 * 1024, ..Limits::default() },
	}
}

/// A service in a folder; opened again, it finds what it left there.
pub fn open(folder: &Path, config: Config, chain: FakeChain) -> Arc<Service> {
	let vault = FolderStore::open(&folder.join("vault")).unwrap();
	open_with(folder, config, chain, Arc::new(vault))
}

pub fn open_with(folder: &Path, config: Config, chain: FakeChain, vault: Arc<dyn BlobStore>) -> Arc<Service> {
	let signer = gateway_key(config.institution.0);
	let index = Index::open(&folder.join("index.redb"), StorageKey::from_bytes([1; 32])).unwrap();
	let retention = RetentionKey::generate().unwrap().public().clone();
	let guardian = Some(guardian_keys(&folder.join("guardian.json")));
	let policy = Policy::of_config(config.emergency.policy_file.as_deref()).unwrap();
	let deposits = Deposits::new(folder.join("vault/deposits"), config.emergency.quota_bytes);
	let chain = Arc::new(chain);
	let parts = Parts { config, signer, chain, index, vault, deposits, retention, guardian, policy };
	Arc::new(Service::new(parts).unwrap())
}

/// The guardian keys of a hospital: those in its folder, so that it has them again after a restart.
fn guardian_keys(path: &Path) -> GuardianKeys {
	const CHEAP: KdfParams = KdfParams { memory_kib: 8, passes: 1, lanes: 1 };
	match path.exists() {
		true => keys::load_guardian_keys(path, "x").unwrap(),
		false => keys::create_guardian_keys(path, "x", CHEAP).unwrap(),
	}
}

/// One hospital for tests below HTTP.
pub struct Ward {
	pub folder: TempDir,
	pub chain: FakeChain,
	pub physician: PractitionerKey,
}

impl Ward {
	pub fn new() -> Self {
		let account = Account(gateway_key(1).public_key().0);
		let chain = FakeChain::new(&[(1, account)]).remove(0);
		let physician = PractitionerKey::generate();
		let key = physician.signing_key().verifying_key().to_bytes();
		chain.register_staff(1, physician.id, key, &[StaffRole::Physician]);
		Self { folder: tempfile::tempdir().unwrap(), chain, physician }
	}

	pub fn open(&self) -> Arc<Service> {
		open(self.folder.path(), config(1, Vec::new()), self.chain.clone())
	}

	pub fn staff(&self) -> Staff {
		let id = self.physician.id;
		Staff { id, info: self.chain.world().staff[&id].clone(), remembered: false }
	}

	/// A custodial patient, known to chain and index.
	pub fn patient(&self, service: &Service, number: u8) -> PatientHandle {
		let handle = PatientHandle([number; 32]);
		let controllers =
			vec![ControllerInfo { controller: ControllerOf::Custodian, valid_from: 0, valid_until: None }];
		let info = HandleInfo {
			custodian: service.own,
			registered_at: 0,
			status: HandleStatus::Active,
			controllers,
			evidence: None,
		};
		self.chain.world().handles.insert(handle, info);
		let opening = EntryOpening {
			chain: None,
			sequence: None,
			salt: [0; 32].into(),
			entry: Vec::new().into(),
			commitment: Commitment([0; 32]),
		};
		let mut row = PatientRow::new(&HandleSecret::generate().unwrap(), opening, None);
		row.registered = Some(BlockId { hash: [0; 32].into(), number: 1 });
		service.index.put(&PATIENTS, handle.0, &row).unwrap();
		handle
	}
}

/// Two hospitals that serve HTTP and know each other.
pub struct Region {
	pub chain: FakeChain,
	pub services: Vec<Arc<Service>>,
	pub urls: Vec<String>,
	folders: Vec<TempDir>,
}

impl Region {
	pub async fn new() -> Self {
		Self::with(|_| {}).await
	}

	pub async fn with(change: impl Fn(&mut Config)) -> Self {
		let account = |id| Account(gateway_key(id).public_key().0);
		let chains = FakeChain::new(&[(1, account(1)), (2, account(2))]);
		let (mut listeners, mut urls) = (Vec::new(), Vec::new());
		for _ in 0..2 {
			let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
			urls.push(format!("http://{}", listener.local_addr().unwrap()));
			listeners.push(listener);
		}
		let folders: Vec<TempDir> = (0..2).map(|_| tempfile::tempdir().unwrap()).collect();
		let mut services = Vec::new();
		for (number, listener) in listeners.into_iter().enumerate() {
			let other = 1 - number;
			let peer = Peer { institution: InstitutionId(other as u32 + 1), url: urls[other].clone() };
			let mut config = config(number as u32 + 1, vec![peer]);
			change(&mut config);
			let service = open(folders[number].path(), config, chains[number].clone());
			let router = api::router(service.clone());
			tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
			services.push(service);
		}
		Self { chain: chains[0].clone(), services, urls, folders }
	}

	/// A member of staff, entered into the registry.
	pub fn staff(&self, institution: u32, roles: &[StaffRole]) -> Person {
		let key = PractitionerKey::generate();
		self.chain.register_staff(institution, key.id, key.signing_key().verifying_key().to_bytes(), roles);
		let gateway = self.gateway(institution, key.http_signer());
		Person { key, gateway }
	}

	pub fn gateway(&self, institution: u32, signer: HttpSigner) -> Gateway {
		let url = &self.urls[institution as usize - 1];
		Gateway::new(url, InstitutionId(institution), Some(signer)).unwrap()
	}

	/// The file of a blob.
	pub fn blob_file(&self, institution: u32, content: &salus_envelope::ContentId) -> std::path::PathBuf {
		let vault = self.folders[institution as usize - 1].path().join("vault");
		let shards = std::fs::read_dir(vault).unwrap().map(|shard| shard.unwrap().path());
		shards.map(|shard| shard.join(content.to_string())).find(|path| path.exists()).unwrap()
	}

	pub fn service(&self, institution: u32) -> &Arc<Service> {
		&self.services[institution as usize - 1]
	}
}

/// A member of staff with the own gateway.
pub struct Person {
	pub key: PractitionerKey,
	pub gateway: Gateway,
}

//! What tests and measurements stand on: wards with staff of their own, patients, bundles; made by library, without the story.

use crate::{
	council::decide,
	emergency::{Responder, Subject},
	gateways::GatewayProcess,
	guardians::{self, ENOUGH, GUARDIANS},
	network::{node_of, Network, ALPHA, MEMBERS, OPERATORS},
	person::{text, Person},
	samples::{Sample, Samples},
	waiting::until,
};
use anyhow::{ensure, Context, Result};
use futures::future::try_join_all;
use salus_client::{
	chain::{calls, Call, Chain, ChainError, InBlock, Keypair},
	gateway::{Gateway, GatewayError},
	keystore::{AccountKey, Identity, IdentityKind, PractitionerKey},
	patient::{new_handle, prove_control},
	primitives::{CommitteeId, CommitteePurpose, EmergencyTier, InstitutionId, PatientHandle, StaffRole, DAY},
	wire::{Account, CareKind, CareRelationshipRequest, PatientControl, ProofOfControl, RegisterPatient},
};
use salus_runtime_api::CommitteeStatus;
use serde_json::{json, Value};
use std::time::Duration;
use tokio::sync::{Mutex, RwLock, RwLockWriteGuard};

/// How far one node may be behind another.
const FINALITY_LIMIT: Duration = Duration::from_secs(120);

/// The consortium, with its gateways registered.
pub struct Ground<'a> {
	/// What runs.
	pub network: &'a Network,
	/// One connection for each node: it orders the transactions of an account that several use.
	chains: Vec<Chain>,
	genesis: [u8; 32],
	/// Held while a committee is formed.
	forming: Mutex<()>,
	/// Held by who signs for operators elsewhere than through [`Self::council`].
	operators: RwLock<()>,
}

/// A ward: somebody who registers and treats, and the hospital's gateway.
pub struct Ward {
	/// The hospital's position.
	pub hospital: usize,
	/// The person's keys.
	pub key: PractitionerKey,
	/// The hospital's gateway, as that person uses it.
	pub gateway: Gateway,
}

/// A patient with a key of her own.
pub struct Patient {
	/// Her handle.
	pub handle: PatientHandle,
	/// The key that controls it.
	pub key: Keypair,
}

impl Ward {
	/// The number of its hospital on the chain.
	///
	/// # Errors
	/// Never for a member of the consortium.
	pub fn institution(&self) -> Result<InstitutionId> {
		institution(self.hospital)
	}
}

impl<'a> Ground<'a> {
	/// Registers the gateways that are not registered yet.
	///
	/// # Errors
	/// When a node does not answer.
	pub async fn new(network: &'a Network) -> Result<Self> {
		let chains = try_join_all((0..network.validators.len()).map(|hospital| network.chain(hospital))).await?;
		let genesis = chains.first().context("there is a node")?.genesis().await?;
		let ground = Self { network, chains, genesis, forming: Mutex::default(), operators: RwLock::default() };
		let members = ground.network.gateways.len();
		try_join_all((0..members).map(|member| ground.register_own_gateway(member))).await?;
		Ok(ground)
	}

	async fn register_own_gateway(&self, member: usize) -> Result<()> {
		let account: Account = self.network.gateways[member].account().parse().map_err(anyhow::Error::msg)?;
		match self.operator_does(member, &calls::consortium::register_gateway(account)).await {
			Err(error) if error.downcast_ref::<ChainError>().is_some_and(|error| error.pallet_error().is_some()) => {
				Ok(())
			}
			done => done,
		}
	}

	/// Another gateway account of a member, that no gateway uses: what a thief has who took the first one.
	///
	/// # Errors
	/// When the chain refuses.
	pub async fn second_account(&self, member: usize) -> Result<Keypair> {
		let key = Keypair::from_secret_key(salus_client::random_bytes())?;
		self.operator_does(member, &calls::consortium::register_gateway(Account(key.public_key().0))).await?;
		Ok(key)
	}

	/// A member's view of the chain.
	pub fn chain(&self, member: usize) -> Chain {
		self.chains[node_of(member)].clone()
	}

	/// The view through which operators speak, all of them.
	pub fn council(&self) -> Chain {
		self.chain(ALPHA)
	}

	/// Keeps everybody else from signing for an operator, as long as the guard lives.
	pub async fn operators_alone(&self) -> RwLockWriteGuard<'_, ()> {
		self.operators.write().await
	}

	/// The council decides, by its members' operators.
	///
	/// # Errors
	/// When the chain refuses, or the call fails.
	pub async fn decide(&self, call: &Call) -> Result<InBlock> {
		let _others = self.operators.read().await;
		decide(&self.council(), call).await
	}

	/// A member's operator signs. Returns when the member's own node has the block, too.
	async fn operator_does(&self, member: usize, call: &Call) -> Result<()> {
		let height = {
			let _others = self.operators.read().await;
			self.council().submit_finalized(&operator(member)?, call).await?.block.number
		};
		self.wait_seen(&[member], height).await
	}

	/// Waits until these members' nodes have made a block final: what was done through one node is not there in the others before.
	///
	/// # Errors
	/// When one does not, or does not answer.
	pub async fn wait_seen(&self, members: &[usize], block: u32) -> Result<()> {
		for member in members {
			let node = &self.chain(*member);
			until(&format!("block {block} at the node of {}", MEMBERS[*member]), FINALITY_LIMIT, || async move {
				Ok((node.finalized_head().await?.number >= block).then_some(()))
			})
			.await?;
		}
		Ok(())
	}

	/// Hash of the genesis block.
	pub fn genesis(&self) -> [u8; 32] {
		self.genesis
	}

	/// Registers somebody with both roles at a hospital.
	///
	/// # Errors
	/// When chain or gateway refuse.
	pub async fn ward(&self, hospital: usize) -> Result<Ward> {
		self.staff(hospital, vec![StaffRole::Registrar, StaffRole::Physician], false).await
	}

	/// Registers somebody who may open records in emergencies, and vote on those of others.
	///
	/// # Errors
	/// When chain or gateway refuse.
	pub async fn responder(&self, hospital: usize) -> Result<Responder> {
		let ward = self.staff(hospital, vec![StaffRole::Physician], true).await?;
		Responder::new(ward, self.chain(hospital)).await
	}

	/// Registers somebody with roles at a hospital.
	///
	/// # Errors
	/// When chain or gateway refuse.
	pub async fn staff(&self, hospital: usize, roles: Vec<StaffRole>, emergency: bool) -> Result<Ward> {
		let key = PractitionerKey::generate();
		self.employ(hospital, &key, roles, emergency).await?;
		let url = self.network.gateways[hospital].url();
		let gateway = Gateway::new(&url, institution(hospital)?, Some(key.http_signer()))?;
		Ok(Ward { hospital, key, gateway })
	}

	/// The same, for somebody who uses the command line.
	///
	/// # Errors
	/// When the chain refuses, or the desk cannot be made.
	pub async fn staff_at_a_desk(
		&self,
		hospital: usize,
		name: &str,
		roles: Vec<StaffRole>,
		emergency: bool,
	) -> Result<Person> {
		let (person, key) = (self.desk(hospital, name)?, PractitionerKey::generate());
		self.employ(hospital, &key, roles, emergency).await?;
		person.has_keys(&Identity::Practitioner(key))?;
		Ok(person)
	}

	async fn employ(
		&self,
		hospital: usize,
		key: &PractitionerKey,
		roles: Vec<StaffRole>,
		emergency: bool,
	) -> Result<()> {
		let now = salus_client::now();
		let record = calls::StaffRecord {
			signing_key: key.signing_key().verifying_key().to_bytes(),
			encryption_key_hash: key.encryption_key().public().hash(),
			roles,
			departments: vec!["internal-medicine".to_owned()],
			valid_from: now,
			valid_until: now + DAY,
			emergency_authorised: emergency,
		};
		let call = calls::consortium::register_practitioner(key.id, record);
		self.operator_does(hospital, &call).await.context("the ward's staff")
	}

	/// Registers and admits a patient with a key of her own.
	///
	/// # Errors
	/// When the gateway refuses.
	pub async fn patient(&self, ward: &Ward) -> Result<Patient> {
		self.patient_with(ward, new_handle()).await
	}

	/// The same with a handle that was not drawn.
	///
	/// # Errors
	/// When the gateway refuses.
	pub async fn patient_with(&self, ward: &Ward, handle: PatientHandle) -> Result<Patient> {
		let key = Keypair::from_secret_key(salus_client::random_bytes())?;
		let proof = self.proof(ward, &handle, &key, salus_client::now())?;
		self.register(ward, handle, &key, proof).await.context("registering a patient")?;
		self.admit(ward, &handle).await?;
		Ok(Patient { handle, key })
	}

	async fn admit(&self, ward: &Ward, handle: &PatientHandle) -> Result<()> {
		let care = CareRelationshipRequest {
			practitioner: Some(ward.key.id),
			department: None,
			kind: CareKind::Admission,
			until: salus_client::now() + DAY,
		};
		ward.gateway.care_relationship(handle, &care).await.context("admitting a patient")?;
		Ok(())
	}

	/// Registers and admits a patient who uses the command line.
	///
	/// # Errors
	/// When a command fails or the gateway refuses.
	pub async fn patient_at_a_desk(&self, ward: &Ward, name: &str) -> Result<(Person, PatientHandle)> {
		let patient = self.desk(ward.hospital, name)?;
		patient.has_keys(&Identity::generate(IdentityKind::Patient)?)?;
		let offer = patient.does(&["patient", "prepare", "--custodian", &ward.institution()?.to_string()]).await?;
		let control = json!({ "control": { "self_held": {
			"handle": offer["handle"], "controller": offer["controller"], "proof": offer["proof"],
		} } });
		ward.gateway.register_patient(&serde_json::from_value(control)?).await.context("registering a patient")?;
		let handle = text(&offer, "/handle")?.parse().map_err(anyhow::Error::msg)?;
		self.admit(ward, &handle).await?;
		Ok((patient, handle))
	}

	/// Registers a patient who uses the command line, with records as [`Self::patient_with_records`] takes them in.
	///
	/// # Errors
	/// When a command fails or the gateway refuses.
	pub async fn patient_with_records_at_a_desk(&self, ward: &Ward, name: &str) -> Result<(Person, Subject)> {
		let (patient, handle) = self.patient_at_a_desk(ward, name).await?;
		Ok((patient, self.take_in(ward, handle, &Samples::own()?.other).await?))
	}

	/// Registers a patient of a ward, and takes the sample bundle in whose restricted records include none that an emergency needs.
	///
	/// # Errors
	/// When the gateway refuses.
	pub async fn patient_with_records(&self, ward: &Ward) -> Result<(Patient, Subject)> {
		let patient = self.patient(ward).await?;
		let subject = self.take_in(ward, patient.handle, &Samples::own()?.other).await?;
		Ok((patient, subject))
	}

	/// Takes a bundle in.
	///
	/// # Errors
	/// When the gateway refuses.
	pub async fn take_in(&self, ward: &Ward, handle: PatientHandle, sample: &Sample) -> Result<Subject> {
		ward.gateway.ingest(&handle, sample.bytes.clone()).await.context("taking the records in")?;
		Ok(Subject { handle, custodian: ward.institution()?, tier: EmergencyTier::Summary })
	}

	/// The consortium's committee of [`GUARDIANS`], which is formed unless there is one.
	///
	/// # Errors
	/// When it cannot be formed.
	pub async fn committee(&self) -> Result<CommitteeId> {
		let _forming = self.forming.lock().await;
		let chain = self.council();
		if let Some(id) = chain.consortium_committee(CommitteePurpose::Release).await? {
			let formed = chain.committee(id).await?.context("the committee is gone")?;
			if guardians::are_members(&formed, &GUARDIANS)? {
				return Ok(id);
			}
		}
		guardians::wait_for_keys(&chain, &GUARDIANS).await?;
		let committee = self.form(CommitteePurpose::Release).await?;
		guardians::wait_for(&chain, committee, CommitteeStatus::Active).await?;
		Ok(committee)
	}

	/// The council decides that [`GUARDIANS`] form a committee. The formation has only begun.
	///
	/// # Errors
	/// When the council or the chain refuses.
	pub async fn form(&self, purpose: CommitteePurpose) -> Result<CommitteeId> {
		let _others = self.operators.read().await;
		guardians::form(&self.council(), purpose, &GUARDIANS, ENOUGH).await
	}

	/// A proof of control as it would have been made at `now`.
	///
	/// # Errors
	/// Never for a hospital of the consortium.
	pub fn proof(&self, ward: &Ward, handle: &PatientHandle, key: &Keypair, now: u64) -> Result<ProofOfControl> {
		Ok(prove_control(key, &self.genesis, institution(ward.hospital)?, handle, now))
	}

	/// Registers a patient with an own key.
	///
	/// # Errors
	/// What the gateway says.
	pub async fn register(
		&self,
		ward: &Ward,
		handle: PatientHandle,
		key: &Keypair,
		proof: ProofOfControl,
	) -> Result<(), GatewayError> {
		let control = PatientControl::SelfHeld { handle, controller: Account(key.public_key().0), proof };
		ward.gateway.register_patient(&RegisterPatient { control }).await.map(drop)
	}

	/// Somebody with a desk and a practitioner's keys that nobody registered.
	///
	/// # Errors
	/// When the desk cannot be made.
	pub fn newcomer(&self, hospital: usize, name: &str) -> Result<Person> {
		let person = self.desk(hospital, name)?;
		person.has_keys(&Identity::generate(IdentityKind::Practitioner)?)?;
		Ok(person)
	}

	/// The operators of all members, at desks in a room of their own.
	///
	/// # Errors
	/// When a desk cannot be made, or the room is used.
	pub fn operators_at_desks(&self, room: &str) -> Result<Vec<Person>> {
		let desks = MEMBERS.iter().zip(OPERATORS).enumerate().map(|(member, (name, secret))| {
			let person = self.desk(member, &format!("{room}-{name}-operator"))?;
			person.has_keys(&Identity::Account(AccountKey::from_uri(secret)?))?;
			Ok(person)
		});
		desks.collect()
	}

	/// A desk at a member, with its node, and its gateway if it has one.
	fn desk(&self, member: usize, name: &str) -> Result<Person> {
		let node = self.network.validators[node_of(member)].url();
		let gateway = self.network.gateways.get(member).map(GatewayProcess::url);
		let folder = self.network.folder.join("newcomers");
		Person::new(&self.network.binaries.salus, &folder, name, &node, gateway.as_deref())
	}

	/// How many records the chain has anchored with a handle, by the node of its ward's gateway.
	///
	/// # Errors
	/// When the node does not answer.
	pub async fn anchors(&self, ward: &Ward, handle: &PatientHandle) -> Result<usize> {
		Ok(self.chain(ward.hospital).anchors(handle).await?.len())
	}
}

/// The key of a hospital's operator.
///
/// # Errors
/// Never for a hospital of the consortium.
pub fn operator(hospital: usize) -> Result<Keypair> {
	Ok(AccountKey::from_uri(OPERATORS[hospital])?.pair().clone())
}

/// The number of a hospital on the chain.
///
/// # Errors
/// Never for a hospital of the consortium.
pub fn institution(hospital: usize) -> Result<InstitutionId> {
	Ok(InstitutionId(u32::try_from(hospital)?))
}

/// Fails unless a gateway refused with this code; the message then names `part`.
///
/// # Errors
/// When it accepted, or refused for another reason.
pub fn ensure_refused<T>(answer: Result<T, GatewayError>, code: &str, part: &str) -> Result<()> {
	let error = answer.err().with_context(|| format!("it was accepted; {code} was wanted"))?;
	ensure!(error.code() == Some(code), "{code} was wanted: {error}");
	let text = error.to_string();
	ensure!(text.contains(part), "the message does not name {part}: {text}");
	Ok(())
}

/// A sample's bundle with so many more observations, each another resource.
///
/// # Errors
/// When the sample has no observation.
pub fn long_bundle(sample: &Sample, observations: usize) -> Result<Vec<u8>> {
	let mut bundle: Value = serde_json::from_slice(&sample.bytes)?;
	let entries = bundle["entry"].as_array_mut().context("a bundle has entries")?;
	let pattern = entries.iter().find(|entry| entry["resource"]["resourceType"] == "Observation").cloned();
	let pattern = pattern.context("the sample has an observation")?;
	for number in 0..observations {
		let mut entry = pattern.clone();
		let id = format!("{:08x}-0000-4000-8000-{number:012x}", 0x5a1u32);
		entry["resource"]["id"] = Value::String(id.clone());
		entry["fullUrl"] = Value::String(format!("urn:uuid:{id}"));
		entries.push(entry);
	}
	Ok(serde_json::to_vec(&bundle)?)
}

//! What tests and measurements stand on: wards with staff of their own, patients, bundles; made by library, without the story.

use crate::{
	emergency::{Responder, Subject},
	guardians::{self, ENOUGH, GUARDIANS},
	network::{node_of, Network, OPERATORS},
	person::{text, Person},
	samples::{Sample, Samples},
};
use anyhow::{ensure, Context, Result};
use futures::future::try_join_all;
use salus_client::{
	chain::{calls, Chain, Keypair},
	gateway::{Gateway, GatewayError},
	keystore::{AccountKey, PractitionerKey},
	patient::{new_handle, prove_control},
	primitives::{CommitteeId, CommitteePurpose, EmergencyTier, InstitutionId, PatientHandle, StaffRole, DAY},
	wire::{Account, CareKind, CareRelationshipRequest, PatientControl, ProofOfControl, RegisterPatient},
};
use salus_runtime_api::CommitteeStatus;
use serde_json::{json, Value};

/// The consortium, with its gateways registered.
pub struct Ground<'a> {
	/// What runs.
	pub network: &'a mut Network,
	genesis: [u8; 32],
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
	pub async fn new(network: &'a mut Network) -> Result<Self> {
		let genesis = network.chain(0).await?.genesis().await?;
		let ground = Self { network, genesis };
		let members = ground.network.gateways.len();
		try_join_all((0..members).map(|member| ground.register_gateway(member))).await?;
		Ok(ground)
	}

	async fn register_gateway(&self, hospital: usize) -> Result<()> {
		let account: Account = self.network.gateways[hospital].account().parse().map_err(anyhow::Error::msg)?;
		let call = calls::consortium::register_gateway(account);
		let chain = self.network.chain(hospital).await?;
		match chain.submit_finalized(&operator(hospital)?, &call).await {
			Ok(_) => Ok(()),
			Err(error) if error.pallet_error().is_some() => Ok(()),
			Err(error) => Err(error.into()),
		}
	}

	/// A hospital's view of the chain.
	///
	/// # Errors
	/// When its node does not answer.
	pub async fn chain(&self, hospital: usize) -> Result<Chain> {
		self.network.chain(hospital).await
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
		Responder::new(ward, self.chain(hospital).await?).await
	}

	/// Registers somebody with roles at a hospital.
	///
	/// # Errors
	/// When chain or gateway refuse.
	pub async fn staff(&self, hospital: usize, roles: Vec<StaffRole>, emergency: bool) -> Result<Ward> {
		let key = PractitionerKey::generate();
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
		let chain = self.chain(hospital).await?;
		chain.submit_finalized(&operator(hospital)?, &call).await.context("the ward's staff")?;
		let url = self.network.gateways[hospital].url();
		let gateway = Gateway::new(&url, institution(hospital)?, Some(key.http_signer()))?;
		Ok(Ward { hospital, key, gateway })
	}

	/// Registers and admits a patient with a key of her own.
	///
	/// # Errors
	/// When the gateway refuses.
	pub async fn patient(&self, ward: &Ward) -> Result<Patient> {
		let (handle, key) = (new_handle(), Keypair::from_secret_key(salus_client::random_bytes())?);
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

	/// Registers a patient who uses the command line, with records as [`Self::patient_with_records`] takes them in.
	///
	/// # Errors
	/// When a command fails or the gateway refuses.
	pub async fn patient_at_a_desk(&self, ward: &Ward, name: &str) -> Result<(Person, Subject)> {
		let (node, gateway) =
			(self.network.validators[node_of(ward.hospital)].url(), &self.network.gateways[ward.hospital]);
		let folder = self.network.folder.join("newcomers");
		let patient = Person::new(&self.network.binaries.salus, &folder, name, &node, Some(&gateway.url()))?;
		patient.make_keys("patient").await?;
		let custodian = ward.institution()?;
		let offer = patient.does(&["patient", "prepare", "--custodian", &custodian.to_string()]).await?;
		let control = json!({ "control": { "self_held": {
			"handle": offer["handle"], "controller": offer["controller"], "proof": offer["proof"],
		} } });
		ward.gateway.register_patient(&serde_json::from_value(control)?).await.context("registering a patient")?;
		let handle = text(&offer, "/handle")?.parse().map_err(anyhow::Error::msg)?;
		self.admit(ward, &handle).await?;
		ward.gateway.ingest(&handle, Samples::own()?.other.bytes).await.context("taking the records in")?;
		Ok((patient, Subject { handle, custodian, tier: EmergencyTier::Summary }))
	}

	/// Registers a patient of a ward, and takes the sample bundle in whose restricted records include none that an emergency needs.
	///
	/// # Errors
	/// When the gateway refuses.
	pub async fn patient_with_records(&self, ward: &Ward) -> Result<(Patient, Subject)> {
		let patient = self.patient(ward).await?;
		ward.gateway.ingest(&patient.handle, Samples::own()?.other.bytes).await.context("taking the records in")?;
		let subject = Subject { handle: patient.handle, custodian: ward.institution()?, tier: EmergencyTier::Summary };
		Ok((patient, subject))
	}

	/// The consortium's committee, which is formed by [`GUARDIANS`] unless there is one.
	///
	/// # Errors
	/// When it cannot be formed.
	pub async fn committee(&self) -> Result<CommitteeId> {
		let chain = self.chain(0).await?;
		if let Some(committee) = chain.consortium_committee(CommitteePurpose::Release).await? {
			return Ok(committee);
		}
		guardians::wait_for_keys(&chain, &GUARDIANS).await?;
		let committee = guardians::form(&chain, CommitteePurpose::Release, &GUARDIANS, ENOUGH).await?;
		guardians::wait_for(&chain, committee, CommitteeStatus::Active).await?;
		Ok(committee)
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
	pub async fn newcomer(&self, hospital: usize, name: &str) -> Result<Person> {
		let node = self.network.validators[node_of(hospital)].url();
		let gateway = self.network.gateways[hospital].url();
		let folder = self.network.folder.join("newcomers");
		let person = Person::new(&self.network.binaries.salus, &folder, name, &node, Some(&gateway))?;
		person.make_keys("practitioner").await?;
		Ok(person)
	}

	/// How many records the chain has anchored with a handle.
	///
	/// # Errors
	/// When the node does not answer.
	pub async fn anchors(&self, handle: &PatientHandle) -> Result<usize> {
		Ok(self.chain(0).await?.anchors(handle).await?.len())
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

//! Genesis of the consortia that come with the runtime. A real consortium starts from its own spec, not from these keys.

use alloc::{string::ToString, vec, vec::Vec};
use frame_support::build_struct_json_patch;
use pallet_consortium::GenesisInstitution;
use pallet_emergency_access::EmergencyLimits;
use salus_primitives::{InstitutionKind, Moment, MINUTE, SECOND};
use serde_json::Value;
use sp_consensus_aura::sr25519::AuthorityId as AuraId;
use sp_consensus_grandpa::AuthorityId as GrandpaId;
use sp_genesis_builder::PresetId;
use sp_keyring::{Ed25519Keyring, Sr25519Keyring};

use crate::{
	configs::salus::DefaultLimits, AccountId, ConsortiumConfig, EmergencyAccessConfig, PatientRegistryConfig,
	RuntimeGenesisConfig, SessionConfig, SessionKeys,
};

/// One hospital with one validator, for a single node.
pub const DEVELOPMENT_PRESET: &str = sp_genesis_builder::DEV_RUNTIME_PRESET;
/// Four hospitals with a validator each; a clinic, a research body and a regulator.
pub const LOCAL_TESTNET_PRESET: &str = sp_genesis_builder::LOCAL_TESTNET_RUNTIME_PRESET;

/// Claims of handles end custody within half a minute here, so that a trial can see it; a real chain waits a day.
const LOCAL_CLAIM_DELAY: Moment = 20 * SECOND;

/// Here a formation without an answer fails within minutes, and nobody's trial runs into the caps of a day.
fn local_limits() -> EmergencyLimits {
	EmergencyLimits {
		formation: 2 * MINUTE,
		shift_requests: 1_000,
		institution_requests: 10_000,
		shift_locates: 1_000,
		institution_locates: 10_000,
		..DefaultLimits::get()
	}
}

/// A founding member: kind, public name, operator account, and the keyring entry of its validator.
type Founder = (InstitutionKind, &'static str, Sr25519Keyring, Option<(Sr25519Keyring, Ed25519Keyring)>);

const ALPHA: Founder = (
	InstitutionKind::Hospital,
	"Alpha University Hospital",
	Sr25519Keyring::AliceStash,
	Some((Sr25519Keyring::Alice, Ed25519Keyring::Alice)),
);

const LOCAL: [Founder; 7] = [
	ALPHA,
	(
		InstitutionKind::Hospital,
		"Beta Heart Centre",
		Sr25519Keyring::BobStash,
		Some((Sr25519Keyring::Bob, Ed25519Keyring::Bob)),
	),
	(
		InstitutionKind::Hospital,
		"Gamma General Hospital",
		Sr25519Keyring::CharlieStash,
		Some((Sr25519Keyring::Charlie, Ed25519Keyring::Charlie)),
	),
	(
		InstitutionKind::Hospital,
		"Delta Children's Hospital",
		Sr25519Keyring::DaveStash,
		Some((Sr25519Keyring::Dave, Ed25519Keyring::Dave)),
	),
	(InstitutionKind::Clinic, "Epsilon Clinic", Sr25519Keyring::EveStash, None),
	(InstitutionKind::ResearchBody, "Zeta Research Institute", Sr25519Keyring::FerdieStash, None),
	(InstitutionKind::Regulator, "Health Data Authority", Sr25519Keyring::One, None),
];

fn consortium(founders: &[Founder], claim_delay: Option<Moment>, limits: Option<EmergencyLimits>) -> Value {
	let institutions = founders
		.iter()
		.map(|(kind, name, operator, keys)| GenesisInstitution {
			kind: *kind,
			name: name.to_string(),
			operator: operator.to_account_id(),
			gateways: Vec::new(),
			validators: keys.iter().map(|(validator, _)| validator.to_account_id()).collect(),
			nodes: Vec::new(),
			quota: None,
		})
		.collect::<Vec<_>>();
	let keys = founders
		.iter()
		.filter_map(|(.., keys)| *keys)
		.map(|(aura, grandpa)| {
			let account: AccountId = aura.to_account_id();
			let keys = SessionKeys { aura: AuraId::from(aura.public()), grandpa: GrandpaId::from(grandpa.public()) };
			(account.clone(), account, keys)
		})
		.collect::<Vec<_>>();
	build_struct_json_patch!(RuntimeGenesisConfig {
		consortium: ConsortiumConfig { institutions },
		session: SessionConfig { keys },
		patient_registry: PatientRegistryConfig { claim_delay },
		emergency_access: EmergencyAccessConfig { limits },
	})
}

/// The patch of a preset, as JSON.
pub fn preset(id: &PresetId) -> Option<Vec<u8>> {
	let patch = match id.as_ref() {
		DEVELOPMENT_PRESET => consortium(&[ALPHA], Some(LOCAL_CLAIM_DELAY), Some(local_limits())),
		LOCAL_TESTNET_PRESET => consortium(&LOCAL, Some(LOCAL_CLAIM_DELAY), Some(local_limits())),
		_ => return None,
	};
	serde_json::to_string(&patch).ok().map(|json| json.into_bytes())
}

/// The presets that [`preset`] knows.
pub fn preset_names() -> Vec<PresetId> {
	vec![PresetId::from(DEVELOPMENT_PRESET), PresetId::from(LOCAL_TESTNET_PRESET)]
}

//! A runtime with this pallet alone. Members, roles and audit are small and live in storage, so that a refused call undoes them.

use crate as pallet_patient_registry;
use crate::{control_message, ControlProof, Controller, ControllerOf, HandleRecord, Handles};
use codec::{Decode, Encode};
use frame_support::{
	derive_impl, ensure, parameter_types, storage_alias, traits::Time, weights::Weight, Blake2_128Concat,
};
use salus_primitives::{
	permitted_purposes, AccountRoles, Act, AuditChain, AuditLog, Commitment, InstitutionId, InstitutionKind, Members,
	Moment, OutcomeClass, PatientHandle, PractitionerId, PractitionerSummary, PurposeClass, Recorded, DAY, HOUR,
	MINUTE,
};
use scale_info::TypeInfo;
use sp_core::{sr25519, Pair, H256};
use sp_runtime::{traits::IdentityLookup, AccountId32, BuildStorage, DispatchError, DispatchResult, MultiSignature};
use std::collections::BTreeMap;

pub type AccountId = AccountId32;
type Block = frame_system::mocking::MockBlock<Test>;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		PatientRegistry: pallet_patient_registry,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type AccountId = AccountId;
	type Lookup = IdentityLookup<AccountId>;
}

pub const START: Moment = 20_000 * DAY;
pub const CLAIM_DELAY: Moment = 3 * DAY;
pub const PROOF_VALIDITY: Moment = HOUR;

parameter_types! {
	pub storage Now: Moment = START;
	pub storage AuditFails: bool = false;
	pub storage RolesFail: bool = false;
	pub storage AuditEntries: Vec<Entry> = Vec::new();
	pub const ClaimDelay: Moment = CLAIM_DELAY;
	pub const MaxProofValidity: Moment = PROOF_VALIDITY;
	pub static MaxControllers: u32 = 4;
}

impl pallet_patient_registry::Config for Test {
	type Members = Consortium;
	type Roles = Consortium;
	type Audit = Audit;
	type Time = Clock;
	type ClaimDelay = ClaimDelay;
	type MaxProofValidity = MaxProofValidity;
	type MaxControllers = MaxControllers;
	type Signature = MultiSignature;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = Signer;
}

pub struct Clock;

impl Time for Clock {
	type Moment = Moment;
	fn now() -> Moment {
		Now::get()
	}
}

#[storage_alias]
type Gateways = StorageMap<Mock, Blake2_128Concat, AccountId, InstitutionId>;
#[storage_alias]
type Suspended = StorageMap<Mock, Blake2_128Concat, InstitutionId, ()>;
#[storage_alias]
type RoleCounts = StorageMap<Mock, Blake2_128Concat, AccountId, u32>;

pub const HOSPITAL_A: InstitutionId = InstitutionId(1);
pub const HOSPITAL_B: InstitutionId = InstitutionId(2);
pub const CLINIC: InstitutionId = InstitutionId(3);
const KINDS: [InstitutionKind; 7] = [
	InstitutionKind::Hospital,
	InstitutionKind::Hospital,
	InstitutionKind::Clinic,
	InstitutionKind::Laboratory,
	InstitutionKind::Payer,
	InstitutionKind::ResearchBody,
	InstitutionKind::Regulator,
];

/// Institutions 1 to 7 in the order of `KINDS`, two gateways each.
pub struct Consortium;

impl Members<AccountId> for Consortium {
	fn institution_of(gateway: &AccountId) -> Option<InstitutionId> {
		Gateways::get(gateway)
	}
	fn active_institution(gateway: &AccountId) -> Result<InstitutionId, DispatchError> {
		let institution = Gateways::get(gateway).ok_or(NOT_A_GATEWAY)?;
		ensure!(Self::is_active(institution), SUSPENDED);
		Ok(institution)
	}
	fn is_active(institution: InstitutionId) -> bool {
		Self::kind(institution).is_some() && !Suspended::contains_key(institution)
	}
	fn kind(institution: InstitutionId) -> Option<InstitutionKind> {
		KINDS.get(institution.0.checked_sub(1)? as usize).copied()
	}
	fn may_claim(institution: InstitutionId, purpose: PurposeClass) -> bool {
		Self::is_active(institution)
			&& Self::kind(institution).is_some_and(|kind| permitted_purposes(kind).contains(purpose))
	}
	fn practitioner(_: &PractitionerId) -> Option<PractitionerSummary> {
		None
	}
	#[cfg(feature = "runtime-benchmarks")]
	fn benchmark_member(gateway: &AccountId, kind: InstitutionKind) -> InstitutionId {
		let position = KINDS.iter().position(|known| *known == kind).unwrap();
		let institution = InstitutionId(position as u32 + 1);
		Gateways::insert(gateway, institution);
		institution
	}
}

pub const NOT_A_GATEWAY: DispatchError = DispatchError::Other("not a gateway");
pub const SUSPENDED: DispatchError = DispatchError::Other("suspended");
pub const NO_ROLES: DispatchError = DispatchError::Other("roles");
pub const AUDIT_FULL: DispatchError = DispatchError::Exhausted;

impl AccountRoles<AccountId> for Consortium {
	fn add_role(account: &AccountId) -> DispatchResult {
		ensure!(!RolesFail::get(), NO_ROLES);
		RoleCounts::mutate(account, |count| *count = Some(count.unwrap_or(0) + 1));
		Ok(())
	}
	fn remove_role(account: &AccountId) -> DispatchResult {
		match RoleCounts::take(account).ok_or(NO_ROLES)? {
			1 => (),
			more => RoleCounts::insert(account, more - 1),
		}
		Ok(())
	}
}

/// An act as the audit trail got it.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, TypeInfo)]
pub struct Entry {
	pub chain: AuditChain,
	pub act: Act,
	pub outcome: OutcomeClass,
	pub actor: Option<InstitutionId>,
	pub custodian: Option<InstitutionId>,
	pub commitment: Commitment,
}

pub struct Audit;

impl AuditLog for Audit {
	fn record(
		chain: AuditChain,
		act: Act,
		outcome: OutcomeClass,
		actor: Option<InstitutionId>,
		custodian: Option<InstitutionId>,
		commitment: Commitment,
	) -> Result<Recorded, DispatchError> {
		ensure!(!AuditFails::get(), AUDIT_FULL);
		let mut entries = AuditEntries::get();
		let sequence = entries.len() as u64;
		entries.push(Entry { chain, act, outcome, actor, custodian, commitment });
		AuditEntries::set(&entries);
		Ok(Recorded { sequence, at: Now::get() })
	}
	fn record_weight() -> Weight {
		ENTRY_WEIGHT
	}
}

/// What an audit entry weighs here.
pub const ENTRY_WEIGHT: Weight = Weight::from_parts(1_000_003, 7);

/// Keys from numbers, for benchmarks that run as tests.
#[cfg(feature = "runtime-benchmarks")]
pub struct Signer;

#[cfg(feature = "runtime-benchmarks")]
impl crate::BenchmarkHelper<AccountId, MultiSignature> for Signer {
	fn new_controller() -> AccountId {
		(1..=u8::MAX).map(account).find(|fresh| !RoleCounts::contains_key(fresh)).unwrap()
	}
	fn sign(controller: &AccountId, message: &[u8]) -> MultiSignature {
		let seed = (1..=u8::MAX).find(|seed| account(*seed) == *controller).unwrap();
		pair(seed).sign(message).into()
	}
}

pub const HANDLE: PatientHandle = PatientHandle([0xaa; 32]);
pub const OTHER_HANDLE: PatientHandle = PatientHandle([0xbb; 32]);
pub const EVIDENCE: Commitment = Commitment([0xee; 32]);
pub const ENTRY: Commitment = Commitment([0xcc; 32]);

/// The key of person `seed`.
pub fn pair(seed: u8) -> sr25519::Pair {
	sr25519::Pair::from_seed(&[seed; 32])
}

/// The account of person `seed`.
pub fn account(seed: u8) -> AccountId {
	AccountId::new(pair(seed).public().0)
}

/// The first gateway of an institution.
pub fn gateway(institution: InstitutionId) -> AccountId {
	AccountId::new([200 + institution.0 as u8; 32])
}

/// Its second gateway.
pub fn second_gateway(institution: InstitutionId) -> AccountId {
	AccountId::new([220 + institution.0 as u8; 32])
}

pub fn origin(account: AccountId) -> RuntimeOrigin {
	RuntimeOrigin::signed(account)
}

/// Makes an account a gateway of the institution.
pub fn add_gateway(account: AccountId, institution: InstitutionId) {
	Gateways::insert(account, institution);
}

pub fn suspend(institution: InstitutionId) {
	Suspended::insert(institution, ());
}

pub fn reinstate(institution: InstitutionId) {
	Suspended::remove(institution);
}

pub fn advance(by: Moment) {
	Now::set(&(Now::get() + by));
}

pub fn roles(account: &AccountId) -> u32 {
	RoleCounts::get(account).unwrap_or(0)
}

pub fn genesis() -> H256 {
	System::block_hash(0)
}

pub fn last_entry() -> Option<Entry> {
	AuditEntries::get().pop()
}

/// The entry that an act on `HANDLE` must leave.
pub fn entry_of(act: Act, actor: Option<InstitutionId>) -> Option<Entry> {
	let chain = AuditChain::Patient(HANDLE);
	let outcome = OutcomeClass::Permitted;
	Some(Entry { chain, act, outcome, actor, custodian: Some(HOSPITAL_A), commitment: ENTRY })
}

pub fn record() -> HandleRecord<Test> {
	Handles::<Test>::get(HANDLE).unwrap()
}

pub fn custodian_from(valid_from: Moment, valid_until: Option<Moment>) -> Controller<AccountId> {
	Controller { kind: ControllerOf::Custodian, valid_from, valid_until }
}

pub fn self_held_from(seed: u8, valid_from: Moment, valid_until: Option<Moment>) -> Controller<AccountId> {
	Controller { kind: ControllerOf::SelfHeld(account(seed)), valid_from, valid_until }
}

/// A proof over exactly what it is told, whoever should have signed it.
pub fn signed(
	signer: u8,
	genesis: H256,
	custodian: InstitutionId,
	handle: PatientHandle,
	controller: &AccountId,
	expires_at: Moment,
) -> ControlProof<MultiSignature> {
	let message = control_message(&genesis, custodian, &handle, controller, expires_at);
	ControlProof { expires_at, signature: pair(signer).sign(&message).into() }
}

/// A proof of person `seed` for `HANDLE` at hospital A that the chain accepts for half an hour.
pub fn proof(seed: u8) -> ControlProof<MultiSignature> {
	signed(seed, genesis(), HOSPITAL_A, HANDLE, &account(seed), Now::get() + 30 * MINUTE)
}

pub fn new_test_ext() -> sp_io::TestExternalities {
	let storage = frame_system::GenesisConfig::<Test>::default().build_storage().unwrap();
	let mut ext = sp_io::TestExternalities::new(storage);
	ext.execute_with(|| {
		System::set_block_number(1);
		for number in 1..=KINDS.len() as u32 {
			add_gateway(gateway(InstitutionId(number)), InstitutionId(number));
			add_gateway(second_gateway(InstitutionId(number)), InstitutionId(number));
		}
	});
	ext
}

/// Runs a test, then checks every invariant.
pub fn run(test: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		test();
		check();
	})
}

/// The invariants of the pallet, and one that only all pallets together can keep: as many roles as live keys.
pub fn check() {
	PatientRegistry::do_try_state().unwrap();
	let mut live = BTreeMap::<AccountId, u32>::new();
	for record in Handles::<Test>::iter_values() {
		for controller in record.live(Now::get()) {
			if let ControllerOf::SelfHeld(account) = &controller.kind {
				*live.entry(account.clone()).or_default() += 1;
			}
		}
	}
	assert_eq!(RoleCounts::iter().collect::<BTreeMap<_, _>>(), live);
}

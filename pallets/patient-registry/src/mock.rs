//! A runtime with this pallet alone. Members, roles and audit are doubles that tests set by hand.

use crate as pallet_patient_registry;
use crate::{control_message, ControlProof, Controller, ControllerOf, HandleRecord, Handles};
use frame_support::{derive_impl, parameter_types};
use salus_primitives::{
	test_support, Act, AuditChain, AuditEntry, Commitment, InstitutionId, InstitutionKind, Moment, OutcomeClass,
	PatientHandle, DAY, HOUR, MINUTE,
};
use sp_core::{sr25519, Pair, H256};
use sp_runtime::{traits::IdentityLookup, AccountId32, BuildStorage, MultiSignature};
use std::collections::BTreeMap;

pub use test_support::{Clock, Trail, ENTRY_WEIGHT, NOT_A_GATEWAY, NO_ROLES, START, SUSPENDED, TRAIL_FULL};

pub type AccountId = AccountId32;
/// Institutions 1 to 7 in the order of `KINDS`, two gateways each.
pub type Consortium = test_support::Consortium<AccountId>;
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

pub const CLAIM_DELAY: Moment = 3 * DAY;
pub const PROOF_VALIDITY: Moment = HOUR;

parameter_types! {
	pub const ClaimDelay: Moment = CLAIM_DELAY;
	pub const MaxProofValidity: Moment = PROOF_VALIDITY;
	pub static MaxControllers: u32 = 4;
	pub const MaxMerges: u32 = 2;
}

impl pallet_patient_registry::Config for Test {
	type Members = Consortium;
	type Roles = Consortium;
	type Audit = Trail;
	type Time = Clock;
	type ClaimDelay = ClaimDelay;
	type MaxProofValidity = MaxProofValidity;
	type MaxControllers = MaxControllers;
	type MaxMerges = MaxMerges;
	type Signature = MultiSignature;
	type WeightInfo = ();
	#[cfg(feature = "runtime-benchmarks")]
	type BenchmarkHelper = Signer;
}

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

/// Keys from numbers, for benchmarks that run as tests.
#[cfg(feature = "runtime-benchmarks")]
pub struct Signer;

#[cfg(feature = "runtime-benchmarks")]
impl crate::BenchmarkHelper<AccountId, MultiSignature> for Signer {
	fn new_controller() -> AccountId {
		(1..=u8::MAX).map(account).find(|fresh| roles(fresh) == 0).unwrap()
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
	Consortium::add_gateway(&account, institution);
}

pub fn suspend(institution: InstitutionId) {
	Consortium::suspend(institution);
}

pub fn reinstate(institution: InstitutionId) {
	Consortium::reinstate(institution);
}

pub fn advance(by: Moment) {
	Clock::advance(by);
}

pub fn roles(account: &AccountId) -> u32 {
	Consortium::roles(account)
}

pub fn genesis() -> H256 {
	System::block_hash(0)
}

pub fn last_entry() -> Option<AuditEntry> {
	Trail::last()
}

/// The entry that an act on `HANDLE` must leave.
pub fn entry_of(act: Act, actor: Option<InstitutionId>) -> Option<AuditEntry> {
	Some(AuditEntry {
		chain: AuditChain::Patient(HANDLE),
		sequence: Trail::entries().len().checked_sub(1)? as u64,
		act,
		outcome: OutcomeClass::Permitted,
		actor,
		custodian: Some(HOSPITAL_A),
		at: Clock::now(),
		commitment: ENTRY,
	})
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
	signed(seed, genesis(), HOSPITAL_A, HANDLE, &account(seed), Clock::now() + 30 * MINUTE)
}

pub fn new_test_ext() -> sp_io::TestExternalities {
	let storage = frame_system::GenesisConfig::<Test>::default().build_storage().unwrap();
	let mut ext = sp_io::TestExternalities::new(storage);
	ext.execute_with(|| {
		System::set_block_number(1);
		for (institution, kind) in (1..).map(InstitutionId).zip(KINDS) {
			Consortium::admit(institution, kind);
			add_gateway(gateway(institution), institution);
			add_gateway(second_gateway(institution), institution);
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
		for controller in record.live(Clock::now()) {
			if let ControllerOf::SelfHeld(account) = &controller.kind {
				*live.entry(account.clone()).or_default() += 1;
			}
		}
	}
	assert_eq!(Consortium::all_roles().into_iter().collect::<BTreeMap<_, _>>(), live);
}

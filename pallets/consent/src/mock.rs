//! A runtime with this pallet; members, handles and the audit trail are doubles that tests set by hand.

use crate as pallet_consent;
use frame_support::{derive_impl, parameter_types};
use salus_primitives::{test_support, InstitutionId, InstitutionKind, Moment, PatientHandle, HOUR};
use sp_runtime::BuildStorage;

pub use test_support::{Clock, Trail, NOT_A_GATEWAY, NOT_A_MEMBER, START, SUSPENDED, TRAIL_FULL};

pub type Block = frame_system::mocking::MockBlock<Test>;
/// Members as the tests set them.
pub type Registry = test_support::Consortium<u64>;
/// Handles as the tests set them.
pub type Patients = test_support::Patients<u64>;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		Consent: pallet_consent,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
}

pub const SHIFT: Moment = 12 * HOUR;
pub const CAPABILITIES: u32 = 16;
pub const DEPTH: u8 = 2;

parameter_types! {
	pub static RefusalsPerDay: u32 = 5;
	pub const MaxCapabilities: u32 = CAPABILITIES;
	pub const MaxPermitValidity: Moment = SHIFT;
	pub const MaxDelegationDepth: u8 = DEPTH;
}

impl pallet_consent::Config for Test {
	type Members = Registry;
	type Handles = Patients;
	type Audit = Trail;
	type Time = Clock;
	type MaxCapabilities = MaxCapabilities;
	type MaxPermitValidity = MaxPermitValidity;
	type MaxRefusalsPerDay = RefusalsPerDay;
	type MaxDelegationDepth = MaxDelegationDepth;
	type WeightInfo = ();
}

/// The custodian, two hospitals that ask, and one member of each other kind.
pub const CUSTODIAN: InstitutionId = InstitutionId(1);
pub const ASKER: InstitutionId = InstitutionId(2);
pub const OTHER: InstitutionId = InstitutionId(3);
pub const LABORATORY: InstitutionId = InstitutionId(4);
pub const PAYER: InstitutionId = InstitutionId(5);
pub const RESEARCH: InstitutionId = InstitutionId(6);
pub const REGULATOR: InstitutionId = InstitutionId(7);

/// The account of the gateway of one of these.
pub const fn gateway(institution: InstitutionId) -> u64 {
	10 + institution.0 as u64
}

/// A patient with an own key, and her account; a custodial patient of the same hospital.
pub const ANA: PatientHandle = PatientHandle([0xa1; 32]);
pub const ANA_KEY: u64 = 1_000;
pub const CUSTODIAL: PatientHandle = PatientHandle([0xc1; 32]);
pub const STRANGER: u64 = 9_999;

pub fn new_test_ext() -> sp_io::TestExternalities {
	let storage = frame_system::GenesisConfig::<Test>::default().build_storage().expect("genesis is plain");
	let mut ext = sp_io::TestExternalities::new(storage);
	ext.execute_with(|| {
		use InstitutionKind::*;
		System::set_block_number(1);
		RefusalsPerDay::set(5);
		for (institution, kind) in [
			(CUSTODIAN, Hospital),
			(ASKER, Hospital),
			(OTHER, Clinic),
			(LABORATORY, Laboratory),
			(PAYER, Payer),
			(RESEARCH, ResearchBody),
			(REGULATOR, Regulator),
		] {
			Registry::admit(institution, kind);
			Registry::add_gateway(&gateway(institution), institution);
		}
		Patients::register(ANA, CUSTODIAN, Some(ANA_KEY));
		Patients::register(CUSTODIAL, CUSTODIAN, None);
	});
	ext
}

/// Runs a test and checks the invariants of the state that it leaves.
pub fn execute(test: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		test();
		Consent::do_try_state().expect("the invariants hold");
	});
}

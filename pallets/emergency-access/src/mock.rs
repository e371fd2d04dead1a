//! A runtime with this pallet; what it asks of others is answered by the doubles of `salus_primitives`, which tests set by hand.

use crate as pallet_emergency_access;
use crate::EmergencyLimits;
use frame_support::{derive_impl, parameter_types};
use frame_system::EnsureRoot;
use salus_primitives::{
	test_support::{Clock, Consortium, Patients, Trail},
	Guardian, InstitutionId, InstitutionKind, PatientHandle,
};
use sp_runtime::BuildStorage;
use std::collections::BTreeMap;

pub type AccountId = u64;
type Block = frame_system::mocking::MockBlock<Test>;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		EmergencyAccess: pallet_emergency_access,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
}

parameter_types! {
	pub static DefaultLimits: EmergencyLimits = EmergencyLimits::default();
}

impl pallet_emergency_access::Config for Test {
	type Members = Consortium<AccountId>;
	type Handles = Patients<AccountId>;
	type Roles = Consortium<AccountId>;
	type Audit = Trail;
	type Time = Clock;
	type CommitteeOrigin = EnsureRoot<AccountId>;
	type DefaultLimits = DefaultLimits;
	type WeightInfo = ();
}

/// Hospitals 1 to this number are admitted, with two gateways each.
pub const HOSPITALS: u32 = 18;
/// A regulator.
pub const REGULATOR: InstitutionId = InstitutionId(40);
/// The custodian of the handles.
pub const CUSTODIAN: InstitutionId = InstitutionId(17);

/// A handle whose patient holds the key.
pub const ANA: PatientHandle = PatientHandle([0xaa; 32]);
/// The account of its patient.
pub const ANA_KEY: AccountId = 1;
/// A handle in the custodian's hands.
pub const BEN: PatientHandle = PatientHandle([0xbb; 32]);

/// The first gateway of an institution.
pub fn gateway(institution: InstitutionId) -> AccountId {
	100 + u64::from(institution.0)
}

/// Its second gateway.
pub fn second_gateway(institution: InstitutionId) -> AccountId {
	200 + u64::from(institution.0)
}

pub fn new_test_ext() -> sp_io::TestExternalities {
	let storage = frame_system::GenesisConfig::<Test>::default().build_storage().expect("a genesis without content");
	let mut ext = sp_io::TestExternalities::new(storage);
	ext.execute_with(|| {
		System::set_block_number(1);
		let hospitals = (1..=HOSPITALS).map(|number| (InstitutionId(number), InstitutionKind::Hospital));
		for (institution, kind) in hospitals.chain([(REGULATOR, InstitutionKind::Regulator)]) {
			Consortium::<AccountId>::admit(institution, kind);
			Consortium::add_gateway(&gateway(institution), institution);
			Consortium::add_gateway(&second_gateway(institution), institution);
		}
		Patients::register(ANA, CUSTODIAN, Some(ANA_KEY));
		Patients::<AccountId>::register(BEN, CUSTODIAN, None);
	});
	ext
}

/// Runs a test, then checks every invariant, and one that only all pallets together can keep: a person has a role for guarding, and
/// one for each committee in which it is named and has not confirmed.
pub fn run(test: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		test();
		check();
	})
}

/// What must hold in every state.
pub fn check() {
	EmergencyAccess::do_try_state().expect("every invariant holds");
	let mut roles = BTreeMap::<_, u32>::new();
	let named = pallet_emergency_access::Unconfirmed::<Test>::iter_keys().filter_map(|(guardian, _)| match guardian {
		Guardian::Person(person) => Some(person),
		Guardian::Institution(_) => None,
	});
	for person in pallet_emergency_access::PersonalGuardians::<Test>::iter_keys().chain(named) {
		*roles.entry(person).or_default() += 1;
	}
	assert_eq!(Consortium::<AccountId>::all_roles().into_iter().collect::<BTreeMap<_, _>>(), roles);
}

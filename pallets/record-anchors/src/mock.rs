//! A runtime with this pallet alone. Members, handles and audit are doubles that tests set by hand.

use crate as pallet_record_anchors;
use frame_support::{derive_impl, parameter_types};
use salus_primitives::{test_support, Commitment, InstitutionId, InstitutionKind, PatientHandle};
use salus_threshold::pedersen;
use sp_runtime::BuildStorage;

pub use test_support::{Clock, Trail, ENTRY_WEIGHT, NOT_A_GATEWAY, START, SUSPENDED, TRAIL_FULL};

type Block = frame_system::mocking::MockBlock<Test>;
/// Institutions 1 to 3; account 10 + n is the gateway of institution n.
type Consortium = test_support::Consortium<u64>;
type Patients = test_support::Patients<u64>;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		RecordAnchors: pallet_record_anchors,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
}

parameter_types! {
	pub const MaxAnchors: u32 = 64;
}

impl pallet_record_anchors::Config for Test {
	type Members = Consortium;
	type Handles = Patients;
	type Audit = Trail;
	type Time = Clock;
	type MaxAnchors = MaxAnchors;
	type WeightInfo = ();
}

pub const HOSPITAL_A: InstitutionId = InstitutionId(1);
pub const HOSPITAL_B: InstitutionId = InstitutionId(2);
pub const LABORATORY: InstitutionId = InstitutionId(3);

/// A patient of hospital A.
pub const HANDLE: PatientHandle = PatientHandle([0xaa; 32]);
/// Another patient of hospital A.
pub const SECOND_HANDLE: PatientHandle = PatientHandle([0xab; 32]);
/// A patient of hospital B.
pub const FOREIGN_HANDLE: PatientHandle = PatientHandle([0xbb; 32]);
pub const ENTRY: Commitment = Commitment([0xcc; 32]);

pub fn gateway(institution: InstitutionId) -> RuntimeOrigin {
	RuntimeOrigin::signed(10 + u64::from(institution.0))
}

pub fn suspend(institution: InstitutionId) {
	Consortium::suspend(institution);
}

pub fn retire(handle: PatientHandle) {
	Patients::retire(handle);
}

/// A valid commitment, another one for each number.
pub fn commitment(number: u32) -> Commitment {
	let message = pedersen::anchor_message(&[0; 32], number, &HANDLE.0, &[1; 32]);
	let blinding = pedersen::anchor_message(&[0; 32], number, &HANDLE.0, &[2; 32]);
	Commitment(pedersen::commit(&message, &blinding))
}

pub fn new_test_ext() -> sp_io::TestExternalities {
	let storage = frame_system::GenesisConfig::<Test>::default().build_storage().unwrap();
	let mut ext = sp_io::TestExternalities::new(storage);
	ext.execute_with(|| {
		System::set_block_number(1);
		for (institution, kind) in [
			(HOSPITAL_A, InstitutionKind::Hospital),
			(HOSPITAL_B, InstitutionKind::Hospital),
			(LABORATORY, InstitutionKind::Laboratory),
		] {
			Consortium::admit(institution, kind);
			Consortium::add_gateway(&(10 + u64::from(institution.0)), institution);
		}
		Patients::register(HANDLE, HOSPITAL_A, None);
		Patients::register(SECOND_HANDLE, HOSPITAL_A, None);
		Patients::register(FOREIGN_HANDLE, HOSPITAL_B, None);
	});
	ext
}

/// Runs a test, then checks every invariant.
pub fn run(test: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		test();
		RecordAnchors::do_try_state().unwrap();
	})
}

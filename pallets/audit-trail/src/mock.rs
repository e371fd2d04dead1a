//! A runtime with this pallet, members that are set by hand, and a clock that tests turn.

use crate as pallet_audit_trail;
use frame_support::{derive_impl, parameter_types, traits::Hooks};
use salus_primitives::{test_support, InstitutionId, InstitutionKind, Moment, DAY};
use sp_core::H256;
use sp_runtime::BuildStorage;

pub use test_support::{Clock, NOT_A_GATEWAY, START, SUSPENDED};

pub type Block = frame_system::mocking::MockBlock<Test>;
/// Members as the tests set them.
pub type Registry = test_support::Consortium<u64>;

frame_support::construct_runtime!(
	pub enum Test {
		System: frame_system,
		AuditTrail: pallet_audit_trail,
	}
);

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
}

pub const MAX_AGE: Moment = 30 * DAY;

parameter_types! {
	pub const MaxEntriesPerBlock: u32 = 20;
	pub const MaxReceiptsAge: Moment = MAX_AGE;
}

impl pallet_audit_trail::Config for Test {
	type Members = Registry;
	type Time = Clock;
	type MaxEntriesPerBlock = MaxEntriesPerBlock;
	type MaxReceiptsAge = MaxReceiptsAge;
	type WeightInfo = ();
}

/// Two hospitals with a gateway each.
pub const GATEWAY_A: u64 = 11;
pub const GATEWAY_B: u64 = 12;
pub const A: InstitutionId = InstitutionId(1);
pub const B: InstitutionId = InstitutionId(2);

pub fn new_test_ext() -> sp_io::TestExternalities {
	let storage = frame_system::GenesisConfig::<Test>::default().build_storage().expect("genesis is plain");
	let mut ext = sp_io::TestExternalities::new(storage);
	ext.execute_with(|| {
		for (institution, gateway) in [(A, GATEWAY_A), (B, GATEWAY_B)] {
			Registry::admit(institution, InstitutionKind::Hospital);
			Registry::add_gateway(&gateway, institution);
		}
		open_block(1, H256::zero());
	});
	ext
}

/// Runs a test in block 1 and checks the invariants of the state that it leaves.
pub fn execute(test: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		test();
		AuditTrail::do_try_state().expect("the invariants hold");
	});
}

/// Begins a block as the executive does.
pub fn open_block(number: u64, parent: H256) {
	System::reset_events();
	System::initialize(&number, &parent, &Default::default());
	AuditTrail::on_initialize(number);
}

/// Ends the block and returns its header.
pub fn close_block() -> frame_system::pallet_prelude::HeaderFor<Test> {
	AuditTrail::on_finalize(System::block_number());
	System::note_finished_extrinsics();
	System::finalize()
}

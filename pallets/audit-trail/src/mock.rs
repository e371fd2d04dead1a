//! A runtime with this pallet, members that are set by hand, and a clock that tests turn.

use crate as pallet_audit_trail;
use frame_support::{
	derive_impl, parameter_types, storage_alias,
	traits::{Hooks, Time},
	Twox64Concat,
};
use salus_primitives::{InstitutionId, InstitutionKind, Members, Moment, PractitionerId, PractitionerSummary, DAY};
use sp_core::H256;
use sp_runtime::{BuildStorage, DispatchError};

pub type Block = frame_system::mocking::MockBlock<Test>;

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

/// Time at which every test begins.
pub const START: Moment = 20_000 * DAY;
pub const MAX_AGE: Moment = 30 * DAY;

parameter_types! {
	pub static Now: Moment = START;
	pub const MaxEntriesPerBlock: u32 = 20;
	pub const MaxReceiptsAge: Moment = MAX_AGE;
}

pub struct Clock;
impl Time for Clock {
	type Moment = Moment;
	fn now() -> Moment {
		Now::get()
	}
}

impl pallet_audit_trail::Config for Test {
	type Members = Registry;
	type Time = Clock;
	type MaxEntriesPerBlock = MaxEntriesPerBlock;
	type MaxReceiptsAge = MaxReceiptsAge;
	type WeightInfo = ();
}

#[storage_alias]
type Gateways = StorageMap<Registry, Twox64Concat, u64, InstitutionId>;
#[storage_alias]
type Active = StorageMap<Registry, Twox64Concat, InstitutionId, bool>;

/// Members as the tests set them.
pub struct Registry;

impl Registry {
	/// Makes an active institution with one gateway.
	pub fn admit(gateway: u64, institution: InstitutionId) {
		Gateways::insert(gateway, institution);
		Active::insert(institution, true);
	}

	pub fn suspend(institution: InstitutionId) {
		Active::insert(institution, false);
	}
}

impl Members<u64> for Registry {
	fn institution_of(gateway: &u64) -> Option<InstitutionId> {
		Gateways::get(gateway)
	}
	fn active_institution(gateway: &u64) -> Result<InstitutionId, DispatchError> {
		let institution = Gateways::get(gateway).ok_or(DispatchError::Other("not a gateway"))?;
		if Self::is_active(institution) {
			Ok(institution)
		} else {
			Err(DispatchError::Other("not active"))
		}
	}
	fn is_active(institution: InstitutionId) -> bool {
		Active::get(institution).unwrap_or(false)
	}
	fn kind(institution: InstitutionId) -> Option<InstitutionKind> {
		Active::get(institution).map(|_| InstitutionKind::Hospital)
	}
	fn may_claim(institution: InstitutionId, _: salus_primitives::PurposeClass) -> bool {
		Self::is_active(institution)
	}
	fn practitioner(_: &PractitionerId) -> Option<PractitionerSummary> {
		None
	}
	#[cfg(feature = "runtime-benchmarks")]
	fn benchmark_member(gateway: &u64, _: InstitutionKind) -> InstitutionId {
		Registry::admit(*gateway, InstitutionId(77));
		InstitutionId(77)
	}
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
		Now::set(START);
		Registry::admit(GATEWAY_A, A);
		Registry::admit(GATEWAY_B, B);
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

//! A runtime with this pallet; members, handles and the audit trail are small implementations that tests set by hand. All of
//! them live in storage, so that what a failed call leaves behind would be seen.

use crate as pallet_consent;
use frame_support::{derive_impl, parameter_types, storage_alias, traits::Time, Blake2_128Concat, Twox64Concat};
use salus_primitives::{
	permitted_purposes, Act, AuditChain, AuditEntry, AuditLog, Commitment, ControllerKind, Handles, InstitutionId,
	InstitutionKind, Members, Moment, OutcomeClass, PatientHandle, PractitionerId, PractitionerSummary, PurposeClass,
	Recorded, DAY, HOUR,
};
use sp_runtime::{BuildStorage, DispatchError};

pub type Block = frame_system::mocking::MockBlock<Test>;

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

/// Time at which every test begins: midnight.
pub const START: Moment = 20_000 * DAY;
pub const SHIFT: Moment = 12 * HOUR;
pub const CAPABILITIES: u32 = 16;
pub const DEPTH: u8 = 2;

parameter_types! {
	pub static Now: Moment = START;
	pub static RefusalsPerDay: u32 = 5;
	/// The audit trail takes nothing more.
	pub static AuditFails: bool = false;
	pub const MaxCapabilities: u32 = CAPABILITIES;
	pub const MaxPermitValidity: Moment = SHIFT;
	pub const MaxDelegationDepth: u8 = DEPTH;
}

pub struct Clock;
impl Time for Clock {
	type Moment = Moment;
	fn now() -> Moment {
		Now::get()
	}
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

/// Members as the tests set them.
pub struct Registry;

#[storage_alias]
type Gateways = StorageMap<Registry, Twox64Concat, u64, InstitutionId>;
#[storage_alias]
type Institutions = StorageMap<Registry, Twox64Concat, InstitutionId, (InstitutionKind, bool)>;

impl Registry {
	pub fn admit(institution: InstitutionId, gateway: u64, kind: InstitutionKind) {
		Gateways::insert(gateway, institution);
		Institutions::insert(institution, (kind, true));
	}

	pub fn set_active(institution: InstitutionId, active: bool) {
		Institutions::mutate(institution, |entry| entry.as_mut().expect("admitted").1 = active);
	}

	/// Another kind: what it may claim changes under the capabilities that it has.
	pub fn set_kind(institution: InstitutionId, kind: InstitutionKind) {
		Institutions::mutate(institution, |entry| entry.as_mut().expect("admitted").0 = kind);
	}
}

pub const NOT_A_GATEWAY: DispatchError = DispatchError::Other("not a gateway");
pub const NOT_ACTIVE: DispatchError = DispatchError::Other("not active");

impl Members<u64> for Registry {
	fn institution_of(gateway: &u64) -> Option<InstitutionId> {
		Gateways::get(gateway)
	}
	fn active_institution(gateway: &u64) -> Result<InstitutionId, DispatchError> {
		let institution = Gateways::get(gateway).ok_or(NOT_A_GATEWAY)?;
		if Self::is_active(institution) {
			Ok(institution)
		} else {
			Err(NOT_ACTIVE)
		}
	}
	fn is_active(institution: InstitutionId) -> bool {
		Institutions::get(institution).is_some_and(|(_, active)| active)
	}
	fn kind(institution: InstitutionId) -> Option<InstitutionKind> {
		Institutions::get(institution).map(|(kind, _)| kind)
	}
	fn may_claim(institution: InstitutionId, purpose: PurposeClass) -> bool {
		Institutions::get(institution)
			.is_some_and(|(kind, active)| active && permitted_purposes(kind).contains(purpose))
	}
	fn practitioner(_: &PractitionerId) -> Option<PractitionerSummary> {
		None
	}
	#[cfg(feature = "runtime-benchmarks")]
	fn benchmark_member(gateway: &u64, kind: InstitutionKind) -> InstitutionId {
		let institution = InstitutionId(100 + Institutions::iter().count() as u32);
		Registry::admit(institution, *gateway, kind);
		institution
	}
}

/// Handles as the tests set them.
pub struct Patients;

#[storage_alias]
type Custodians = StorageMap<Patients, Blake2_128Concat, PatientHandle, InstitutionId>;
/// The account of a patient with an own key; a handle without one is custodial.
#[storage_alias]
type Owners = StorageMap<Patients, Blake2_128Concat, PatientHandle, u64>;

impl Patients {
	pub fn register(handle: PatientHandle, custodian: InstitutionId, owner: Option<u64>) {
		Custodians::insert(handle, custodian);
		if let Some(owner) = owner {
			Owners::insert(handle, owner);
		}
	}

	pub fn retire(handle: PatientHandle) {
		Custodians::remove(handle);
	}
}

impl Handles<u64> for Patients {
	fn custodian(handle: &PatientHandle) -> Option<InstitutionId> {
		Custodians::get(handle)
	}
	fn controller(handle: &PatientHandle, who: &u64) -> Option<ControllerKind> {
		let custodian = Custodians::get(handle)?;
		match Owners::get(handle) {
			Some(owner) => (owner == *who).then_some(ControllerKind::SelfHeld),
			None => {
				(Registry::active_institution(who) == Ok(custodian)).then_some(ControllerKind::Custodian(custodian))
			}
		}
	}
	#[cfg(feature = "runtime-benchmarks")]
	fn benchmark_handle(handle: PatientHandle, custodian: InstitutionId, controller: &u64) {
		Patients::register(handle, custodian, Some(*controller));
	}
}

/// The audit trail as a list.
pub struct Trail;

#[storage_alias]
type Recordings = StorageValue<Trail, Vec<AuditEntry>, frame_support::pallet_prelude::ValueQuery>;

pub const TRAIL_FULL: DispatchError = DispatchError::Other("the block holds no more entries");

impl Trail {
	pub fn entries() -> Vec<AuditEntry> {
		Recordings::get()
	}
}

impl AuditLog for Trail {
	fn record(
		chain: AuditChain,
		act: Act,
		outcome: OutcomeClass,
		actor: Option<InstitutionId>,
		custodian: Option<InstitutionId>,
		commitment: Commitment,
	) -> Result<Recorded, DispatchError> {
		if AuditFails::get() {
			return Err(TRAIL_FULL);
		}
		let at = Now::get();
		let sequence = Recordings::get().iter().filter(|entry| entry.chain == chain).count() as u64;
		Recordings::append(AuditEntry { chain, sequence, act, outcome, actor, custodian, at, commitment });
		Ok(Recorded { sequence, at })
	}
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
		Now::set(START);
		RefusalsPerDay::set(5);
		AuditFails::set(false);
		for (institution, kind) in [
			(CUSTODIAN, Hospital),
			(ASKER, Hospital),
			(OTHER, Clinic),
			(LABORATORY, Laboratory),
			(PAYER, Payer),
			(RESEARCH, ResearchBody),
			(REGULATOR, Regulator),
		] {
			Registry::admit(institution, gateway(institution), kind);
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

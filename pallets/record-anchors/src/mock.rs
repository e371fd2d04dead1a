//! A runtime with this pallet alone. Members, handles and audit are small and live in storage, so that a refused call undoes them.

use crate as pallet_record_anchors;
use codec::{Decode, Encode};
use frame_support::{
	derive_impl, ensure, parameter_types, storage_alias, traits::Time, weights::Weight, Blake2_128Concat,
};
use salus_primitives::{
	permitted_purposes, Act, AuditChain, AuditLog, Commitment, ControllerKind, Handles, InstitutionId, InstitutionKind,
	Members, Moment, OutcomeClass, PatientHandle, PractitionerId, PractitionerSummary, PurposeClass, Recorded, DAY,
};
use salus_threshold::pedersen;
use scale_info::TypeInfo;
use sp_runtime::{BuildStorage, DispatchError};

type Block = frame_system::mocking::MockBlock<Test>;

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

pub const START: Moment = 20_000 * DAY;

parameter_types! {
	pub storage Now: Moment = START;
	pub storage AuditFails: bool = false;
	pub storage AuditEntries: Vec<Entry> = Vec::new();
	pub const MaxAnchors: u32 = 64;
}

impl pallet_record_anchors::Config for Test {
	type Members = Consortium;
	type Handles = Registry;
	type Audit = Audit;
	type Time = Clock;
	type MaxAnchors = MaxAnchors;
	type WeightInfo = ();
}

pub struct Clock;

impl Time for Clock {
	type Moment = Moment;
	fn now() -> Moment {
		Now::get()
	}
}

#[storage_alias]
type Gateways = StorageMap<Mock, Blake2_128Concat, u64, InstitutionId>;
#[storage_alias]
type Suspended = StorageMap<Mock, Blake2_128Concat, InstitutionId, ()>;
#[storage_alias]
type Custodians = StorageMap<Mock, Blake2_128Concat, PatientHandle, InstitutionId>;

pub const HOSPITAL_A: InstitutionId = InstitutionId(1);
pub const HOSPITAL_B: InstitutionId = InstitutionId(2);
pub const LABORATORY: InstitutionId = InstitutionId(3);
const KINDS: [InstitutionKind; 3] = [InstitutionKind::Hospital, InstitutionKind::Hospital, InstitutionKind::Laboratory];

pub const NOT_A_GATEWAY: DispatchError = DispatchError::Other("not a gateway");
pub const SUSPENDED: DispatchError = DispatchError::Other("suspended");
pub const AUDIT_FULL: DispatchError = DispatchError::Exhausted;

/// Institutions 1 to 3 in the order of `KINDS`; account 10 + n is the gateway of institution n.
pub struct Consortium;

impl Members<u64> for Consortium {
	fn institution_of(gateway: &u64) -> Option<InstitutionId> {
		Gateways::get(gateway)
	}
	fn active_institution(gateway: &u64) -> Result<InstitutionId, DispatchError> {
		let institution = Self::institution_of(gateway).ok_or(NOT_A_GATEWAY)?;
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
	fn benchmark_member(gateway: &u64, kind: InstitutionKind) -> InstitutionId {
		let position = KINDS.iter().position(|known| *known == kind).unwrap();
		let institution = InstitutionId(position as u32 + 1);
		Gateways::insert(gateway, institution);
		institution
	}
}

/// Handles by custodian; nobody controls them.
pub struct Registry;

impl Handles<u64> for Registry {
	fn custodian(handle: &PatientHandle) -> Option<InstitutionId> {
		Custodians::get(handle)
	}
	fn controller(_: &PatientHandle, _: &u64) -> Option<ControllerKind> {
		None
	}
	#[cfg(feature = "runtime-benchmarks")]
	fn benchmark_handle(handle: PatientHandle, custodian: InstitutionId, _: &u64) {
		Custodians::insert(handle, custodian);
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
	Suspended::insert(institution, ());
}

pub fn retire(handle: PatientHandle) {
	Custodians::remove(handle);
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
		for institution in [HOSPITAL_A, HOSPITAL_B, LABORATORY] {
			Gateways::insert(10 + u64::from(institution.0), institution);
		}
		Custodians::insert(HANDLE, HOSPITAL_A);
		Custodians::insert(SECOND_HANDLE, HOSPITAL_A);
		Custodians::insert(FOREIGN_HANDLE, HOSPITAL_B);
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

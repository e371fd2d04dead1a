//! A chain of sessions, council and consortium, for the tests.

use crate::{self as pallet_consortium, *};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	derive_impl,
	dispatch::{DispatchClass, DispatchResult},
	parameter_types,
	storage::unhashed,
	traits::{
		fungible::{hold, Dust, Inspect, Mutate, Unbalanced},
		tokens::{DepositConsequence, Fortitude, Preservation, Provenance, WithdrawConsequence},
		ConstU32, ConstU64, EitherOfDiverse, Hooks, Time,
	},
	weights::Weight,
};
use frame_system::{
	limits::{BlockLength, BlockWeights},
	EnsureRoot, EnsureSignedBy,
};
use pallet_session::historical as pallet_session_historical;
use salus_primitives::{
	CommitteeId, ControllerKind, Department, Guardians, Handles, InstitutionId, InstitutionKind, Moment, PatientHandle,
	PractitionerId, StaffRole,
};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_runtime::{impl_opaque_keys, testing::UintAuthorityId, BuildStorage, DispatchError};
use std::{cell::RefCell, collections::BTreeMap};

pub type AccountId = u64;
type Block = frame_system::mocking::MockBlock<Test>;

#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(
		RuntimeCall,
		RuntimeEvent,
		RuntimeError,
		RuntimeOrigin,
		RuntimeFreezeReason,
		RuntimeHoldReason,
		RuntimeSlashReason,
		RuntimeLockId,
		RuntimeTask,
		RuntimeViewFunction
	)]
	pub struct Test;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type Consortium = pallet_consortium;
	#[runtime::pallet_index(2)]
	pub type Historical = pallet_session_historical;
	#[runtime::pallet_index(3)]
	pub type Session = pallet_session;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
	type BaseCallFilter = NotPaused<Test>;
	type BlockWeights = Weights;
	type BlockLength = Length;
}

/// What a transaction costs in the mock before its call.
pub const BASE: u64 = 7;
/// What a byte of a block is worth in the mock, picoseconds.
pub const BYTE: u64 = 20;

parameter_types! {
	pub Weights: BlockWeights = BlockWeights::builder()
		.base_block(Weight::zero())
		.for_class(DispatchClass::all(), |class| class.base_extrinsic = Weight::zero())
		.for_class(DispatchClass::Operational, |class| class.base_extrinsic = Weight::from_parts(BASE, 0))
		.for_class(DispatchClass::non_mandatory(), |class| {
			class.max_total = Some(Weight::from_parts(1_000 * BYTE, u64::MAX));
		})
		.build_or_panic();
	pub Length: BlockLength = BlockLength::builder().max_length(1_000).build();
}

impl_opaque_keys! {
	pub struct MockKeys {
		pub dummy: UintAuthorityId,
	}
}

/// Blocks of one session, until a test changes that.
pub const SESSION: u64 = 10;

impl pallet_session::Config for Test {
	type RuntimeEvent = RuntimeEvent;
	type ValidatorId = AccountId;
	type ValidatorIdOf = ValidatorOf<Test>;
	type ShouldEndSession = Consortium;
	type NextSessionRotation = ();
	type SessionManager = pallet_session_historical::NoteHistoricalRoot<Test, Consortium>;
	type SessionHandler = pallet_session::TestSessionHandler;
	type Keys = MockKeys;
	type DisablingStrategy = pallet_session::disabling::UpToLimitDisablingStrategy<3>;
	type WeightInfo = ();
	type Currency = NoCurrency;
	type KeyDeposit = ();
}

/// The session pallet wants to hold a deposit for keys; this chain has no currency.
pub struct NoCurrency;
impl Inspect<AccountId> for NoCurrency {
	type Balance = u64;
	fn total_issuance() -> u64 {
		0
	}
	fn minimum_balance() -> u64 {
		0
	}
	fn total_balance(_: &AccountId) -> u64 {
		0
	}
	fn balance(_: &AccountId) -> u64 {
		0
	}
	fn reducible_balance(_: &AccountId, _: Preservation, _: Fortitude) -> u64 {
		0
	}
	fn can_deposit(_: &AccountId, _: u64, _: Provenance) -> DepositConsequence {
		DepositConsequence::Success
	}
	fn can_withdraw(_: &AccountId, _: u64) -> WithdrawConsequence<u64> {
		WithdrawConsequence::Success
	}
}
impl Unbalanced<AccountId> for NoCurrency {
	fn handle_dust(_: Dust<AccountId, Self>) {}
	fn write_balance(_: &AccountId, _: u64) -> Result<Option<u64>, DispatchError> {
		Ok(None)
	}
	fn set_total_issuance(_: u64) {}
}
impl Mutate<AccountId> for NoCurrency {}
impl hold::Inspect<AccountId> for NoCurrency {
	type Reason = RuntimeHoldReason;
	fn total_balance_on_hold(_: &AccountId) -> u64 {
		0
	}
	fn balance_on_hold(_: &RuntimeHoldReason, _: &AccountId) -> u64 {
		0
	}
}
impl hold::Unbalanced<AccountId> for NoCurrency {
	fn set_balance_on_hold(_: &RuntimeHoldReason, _: &AccountId, _: u64) -> DispatchResult {
		Ok(())
	}
}
impl hold::Mutate<AccountId> for NoCurrency {}

impl pallet_session_historical::Config for Test {
	type RuntimeEvent = RuntimeEvent;
	type FullIdentification = ();
	type FullIdentificationOf = IdentifyByAccount;
}

thread_local! {
	static NOW: RefCell<Moment> = const { RefCell::new(1_000_000) };
	static HANDLES: RefCell<BTreeMap<(PatientHandle, AccountId), ControllerKind>> =
		const { RefCell::new(BTreeMap::new()) };
	static GUARDIANS: RefCell<BTreeMap<AccountId, PatientHandle>> = const { RefCell::new(BTreeMap::new()) };
	static NAMED: RefCell<BTreeMap<(AccountId, CommitteeId), PatientHandle>> =
		const { RefCell::new(BTreeMap::new()) };
}

pub struct Clock;
impl Time for Clock {
	type Moment = Moment;
	fn now() -> Moment {
		NOW.with_borrow(|now| *now)
	}
}

pub fn set_now(at: Moment) {
	NOW.set(at);
}

/// Where the council keeps its members: in the state, so that a refused call takes back what it changed there too.
const COUNCIL: &[u8] = b":council";

/// A council that remembers its members and insists on what `pallet-collective` relies on.
pub struct Council;
impl frame_support::traits::ChangeMembers<AccountId> for Council {
	fn change_members_sorted(incoming: &[AccountId], outgoing: &[AccountId], new: &[AccountId]) {
		assert!(new.windows(2).all(|pair| pair[0] < pair[1]), "members are sorted");
		let old = council();
		let (joined, left) = Self::compute_members_diff_sorted(new, &old);
		assert_eq!((incoming, outgoing), (&joined[..], &left[..]), "the difference is stated truly");
		unhashed::put(COUNCIL, &new.to_vec());
	}
}
impl frame_support::traits::InitializeMembers<AccountId> for Council {
	fn initialize_members(members: &[AccountId]) {
		unhashed::put(COUNCIL, &members.to_vec());
	}
}

pub fn council() -> Vec<AccountId> {
	unhashed::get_or_default(COUNCIL)
}

pub struct Patients;
impl Handles<AccountId> for Patients {
	fn custodian(handle: &PatientHandle) -> Option<InstitutionId> {
		HANDLES.with_borrow(|all| {
			all.iter().find_map(|((of, _), kind)| match kind {
				ControllerKind::Custodian(id) if of == handle => Some(*id),
				_ => None,
			})
		})
	}
	fn controller(handle: &PatientHandle, who: &AccountId) -> Option<ControllerKind> {
		HANDLES.with_borrow(|all| all.get(&(*handle, *who)).copied())
	}
	#[cfg(feature = "runtime-benchmarks")]
	fn benchmark_handle(handle: PatientHandle, _: InstitutionId, controller: &AccountId) {
		control(handle, *controller, ControllerKind::SelfHeld);
	}
}

/// Lets an account control a handle.
pub fn control(handle: PatientHandle, who: AccountId, kind: ControllerKind) {
	HANDLES.with_borrow_mut(|all| all.insert((handle, who), kind));
}

pub struct PersonalGuardians;
impl Guardians<AccountId> for PersonalGuardians {
	fn personal_handle(account: &AccountId) -> Option<PatientHandle> {
		GUARDIANS.with_borrow(|all| all.get(account).copied())
	}
	fn named_handle(account: &AccountId, committee: CommitteeId) -> Option<PatientHandle> {
		NAMED.with_borrow(|all| all.get(&(*account, committee)).copied())
	}
}

/// Makes a patient name an account as a guardian in a committee.
pub fn name_guardian(handle: PatientHandle, who: AccountId, committee: CommitteeId) {
	NAMED.with_borrow_mut(|all| all.insert((who, committee), handle));
}

/// Makes an account a guardian that the patient chose.
pub fn choose_guardian(handle: PatientHandle, who: AccountId) {
	GUARDIANS.with_borrow_mut(|all| all.insert(who, handle));
}

thread_local! {
	static ADMISSION: RefCell<Option<Admission>> = const { RefCell::new(None) };
}

/// Classifies a remark as the test at hand says, and nothing else.
pub struct Classes;
impl ClassifyCall<RuntimeCall, AccountId> for Classes {
	fn classify(call: &RuntimeCall) -> Option<Admission> {
		match call {
			RuntimeCall::System(frame_system::Call::remark { .. }) => ADMISSION.with_borrow(|admission| *admission),
			_ => None,
		}
	}
}

/// What a remark counts as from now on.
pub fn classify_remark(lane: Lane, who: Who) {
	ADMISSION.set(Some(Admission { lane, who }));
}

/// The accounts that stand for the council's majorities.
pub const TWO_THIRDS: AccountId = 1_001;
pub const HALF: AccountId = 1_002;

parameter_types! {
	pub const TwoThirds: AccountId = TWO_THIRDS;
	pub const Half: AccountId = HALF;
	pub const DefaultQuota: Quota = Quota { bulk: 1_000, decisions: 2_000 };
	pub static MinValidators: u32 = 3;
	pub static SessionLength: u64 = SESSION;
	pub static NodesPerMember: u32 = 3;
}

pub struct Ordered<T>(core::marker::PhantomData<T>);
impl frame_support::traits::SortedMembers<AccountId> for Ordered<TwoThirds> {
	fn sorted_members() -> Vec<AccountId> {
		vec![TWO_THIRDS]
	}
}
impl frame_support::traits::SortedMembers<AccountId> for Ordered<Half> {
	fn sorted_members() -> Vec<AccountId> {
		vec![HALF]
	}
}

/// Blocks.
pub const MAX_PAUSE: u64 = 40;
pub const EMERGENCY_PAUSE: u64 = 5;
pub const PAUSE_COOLDOWN: u64 = 20;

#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub enum Figure {
	Cap,
	Span,
}

impl Tunable for Figure {
	fn range(&self) -> ParameterRange {
		match self {
			Self::Cap => ParameterRange { default: 10, least: 5, most: CAP_MOST.with_borrow(|most| *most) },
			Self::Span => ParameterRange { default: 0, least: 0, most: u64::MAX },
		}
	}
}

thread_local! {
	static CAP_MOST: RefCell<u64> = const { RefCell::new(20) };
}

/// What a later runtime would change.
pub fn narrow_cap(most: u64) {
	CAP_MOST.set(most);
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum Stoppable {
	RegisterGateway,
	Remark,
}

impl PausableCall<RuntimeCall> for Stoppable {
	fn of(call: &RuntimeCall) -> Option<Self> {
		match call {
			RuntimeCall::Consortium(Call::register_gateway { .. }) => Some(Self::RegisterGateway),
			RuntimeCall::System(frame_system::Call::remark { .. }) => Some(Self::Remark),
			_ => None,
		}
	}
	#[cfg(feature = "runtime-benchmarks")]
	fn any() -> Self {
		Self::Remark
	}
}

/// Remembers what Root was asked for, in the state, so that a refused call takes it back.
pub struct RootActs;
const ROOT_ACTS: &[u8] = b":root-acts";
/// A delay that Root refuses.
pub const REFUSED_DELAY: u64 = 7;
impl Enactment<sp_core::H256, u64> for RootActs {
	fn authorize_upgrade(code_hash: sp_core::H256, check_version: bool) -> DispatchResult {
		unhashed::put(ROOT_ACTS, &(code_hash, check_version).encode());
		Ok(())
	}
	fn note_stalled(delay: u64, best_finalized: u64) -> DispatchResult {
		if delay == REFUSED_DELAY {
			return Err(DispatchError::Other("refused"));
		}
		unhashed::put(ROOT_ACTS, &(delay, best_finalized).encode());
		Ok(())
	}
}

/// What Root was asked for last.
pub fn root_acts() -> Option<Vec<u8>> {
	unhashed::get(ROOT_ACTS)
}

impl Config for Test {
	type AdmissionOrigin = EitherOfDiverse<EnsureRoot<AccountId>, EnsureSignedBy<Ordered<TwoThirds>, AccountId>>;
	type ParameterOrigin = EitherOfDiverse<EnsureRoot<AccountId>, EnsureSignedBy<Ordered<Half>, AccountId>>;
	type Council = Council;
	type Sessions = PalletSession<Test>;
	type Handles = Patients;
	type Guardians = PersonalGuardians;
	type Admission = Classes;
	type Time = Clock;
	type MaxInstitutions = ConstU32<12>;
	type MaxGateways = ConstU32<3>;
	type MaxValidators = ConstU32<10>;
	type MinValidators = MinValidators;
	type MaxNodes = ConstU32<4>;
	type NodesPerMember = NodesPerMember;
	type SessionLength = SessionLength;
	type SessionsKept = ConstU32<3>;
	type LongestEra = ConstU64<50>;
	type DefaultQuota = DefaultQuota;
	type PatientQuota = ConstU64<100>;
	type GuardianQuota = ConstU64<200>;
	type GuaranteedQuota = ConstU64<500>;
	type BurstBlocks = ConstU32<10>;
	type Enactment = RootActs;
	type Parameter = Figure;
	type Pausable = Stoppable;
	type MaxPause = ConstU64<MAX_PAUSE>;
	type EmergencyPause = ConstU64<EMERGENCY_PAUSE>;
	type PauseCooldown = ConstU64<PAUSE_COOLDOWN>;
	type SeatChange = ();
	type WeightInfo = ();
}

/// Operator, gateway and validator of the institution with this number.
pub const fn operator(institution: u32) -> AccountId {
	100 + institution as u64
}
pub const fn gateway(institution: u32) -> AccountId {
	200 + institution as u64
}
pub const fn validator(institution: u32) -> AccountId {
	300 + institution as u64
}

pub const H: [InstitutionId; 4] = [InstitutionId(0), InstitutionId(1), InstitutionId(2), InstitutionId(3)];
pub const CLINIC: InstitutionId = InstitutionId(4);
/// Only in [`with_regulator`].
pub const REGULATOR: InstitutionId = InstitutionId(5);

fn member(kind: InstitutionKind, number: u32, validates: bool) -> GenesisInstitution<AccountId> {
	GenesisInstitution {
		kind,
		name: format!("Member {number}"),
		operator: operator(number),
		gateways: vec![gateway(number)],
		validators: if validates { vec![validator(number)] } else { vec![] },
		nodes: vec![],
		quota: None,
	}
}

/// The genesis of `hospitals` validating hospitals and one clinic.
pub fn genesis(hospitals: u32) -> Vec<GenesisInstitution<AccountId>> {
	let mut members: Vec<_> = (0..hospitals).map(|n| member(InstitutionKind::Hospital, n, true)).collect();
	members.push(member(InstitutionKind::Clinic, hospitals, false));
	members
}

/// The usual genesis, and a regulator: six seats.
pub fn with_regulator() -> Vec<GenesisInstitution<AccountId>> {
	let mut members = genesis(4);
	members.push(member(InstitutionKind::Regulator, 5, false));
	members
}

pub fn build(institutions: Vec<GenesisInstitution<AccountId>>) -> sp_io::TestExternalities {
	build_with(GenesisConfig { institutions, ..Default::default() })
}

pub fn build_with(consortium: GenesisConfig<Test>) -> sp_io::TestExternalities {
	set_now(1_000_000);
	HANDLES.take();
	GUARDIANS.take();
	NAMED.take();
	ADMISSION.set(None);
	MinValidators::set(3);
	SessionLength::set(SESSION);
	NodesPerMember::set(3);
	narrow_cap(20);
	let keys = consortium
		.institutions
		.iter()
		.flat_map(|member| member.validators.clone())
		.map(|account| (account, account, MockKeys { dummy: UintAuthorityId(account) }))
		.collect();
	let config = RuntimeGenesisConfig {
		system: Default::default(),
		consortium,
		session: pallet_session::GenesisConfig { keys, ..Default::default() },
	};
	let mut ext = sp_io::TestExternalities::new(config.build_storage().unwrap());
	ext.execute_with(|| System::set_block_number(1));
	ext
}

/// Runs a test on four hospitals and a clinic, and checks the invariants at its end.
pub fn run(test: impl FnOnce()) {
	run_with(genesis(4), test)
}

/// Runs a test on a consortium of its own, and checks the invariants at its end.
pub fn run_with(institutions: Vec<GenesisInstitution<AccountId>>, test: impl FnOnce()) {
	build(institutions).execute_with(|| {
		test();
		Consortium::do_try_state().unwrap();
		assert_eq!(council(), Seats::<Test>::get().into_inner(), "the council is who we say");
	});
}

/// Goes on to this block, idle time included.
pub fn go_to(block: u64) {
	while System::block_number() < block {
		let next = System::block_number() + 1;
		System::set_block_number(next);
		<AllPalletsWithSystem as frame_support::traits::OnInitialize<u64>>::on_initialize(next);
		Consortium::on_idle(next, frame_support::weights::Weight::MAX);
	}
}

/// Goes on to the first block of the next session.
pub fn next_session() {
	go_to(Consortium::next_session_at(System::block_number()))
}

pub fn signed(who: AccountId) -> RuntimeOrigin {
	RuntimeOrigin::signed(who)
}

/// Sets session keys as a validator would.
pub fn set_keys(who: AccountId, key: u64) -> DispatchResult {
	let key = UintAuthorityId(key);
	let proof = sp_runtime::RuntimeAppPublic::sign(&key, &who.encode()).unwrap().encode();
	Session::set_keys(signed(who), MockKeys { dummy: key }, proof)
}

/// Reports a validator for an offence in the session that runs.
pub fn report_offence(who: AccountId) {
	use sp_staking::offence::{OffenceDetails, OnOffenceHandler};
	let details = OffenceDetails { offender: (who, ()), reporters: vec![] };
	Consortium::on_offence(&[details], &[], Session::current_index());
}

pub const ANNA: PractitionerId = PractitionerId([1; 32]);

/// A sound staff entry, valid from now for a second.
pub fn record() -> PractitionerRecord {
	PractitionerRecord {
		signing_key: [7; 32],
		encryption_key_hash: [8; 32],
		roles: vec![StaffRole::Physician].try_into().unwrap(),
		departments: vec![department("cardiology")].try_into().unwrap(),
		valid_from: 1_000_000,
		valid_until: 1_001_000,
		emergency_authorised: false,
	}
}

pub fn department(code: &str) -> Department {
	code.as_bytes().to_vec().try_into().unwrap()
}

/// The last event of this pallet.
pub fn last_event() -> Event<Test> {
	System::read_events_for_pallet::<Event<Test>>().pop().unwrap()
}

#[cfg(feature = "runtime-benchmarks")]
pub fn bench_ext() -> sp_io::TestExternalities {
	build(genesis(4))
}

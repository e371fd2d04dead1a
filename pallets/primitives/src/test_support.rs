//! Doubles of the glue for the tests of pallets: small, set by hand, and kept in the state, so that a refused call undoes what it
//! changed here as well.

use crate::{
	permitted_purposes, AccountRoles, Act, AuditChain, AuditEntry, AuditLog, Commitment, ControllerKind, Handles,
	InstitutionId, InstitutionKind, Members, Moment, OutcomeClass, PatientHandle, PractitionerId, PractitionerSummary,
	PurposeClass, Recorded, DAY,
};
use alloc::vec::Vec;
use codec::{Decode, Encode};
use core::marker::PhantomData;
use frame_support::{ensure, pallet_prelude::ValueQuery, storage_alias, traits::Time, Blake2_128Concat, Twox64Concat};
use sp_runtime::{DispatchError, DispatchResult, Weight};

/// Time at which every test begins: a midnight.
pub const START: Moment = 20_000 * DAY;
/// What an audit entry weighs here.
pub const ENTRY_WEIGHT: Weight = Weight::from_parts(1_000_003, 7);

/// The account is no gateway.
pub const NOT_A_GATEWAY: DispatchError = DispatchError::Other("not a gateway");
/// The institution is suspended.
pub const SUSPENDED: DispatchError = DispatchError::Other("suspended");
/// The account holds no role.
pub const NOT_A_MEMBER: DispatchError = DispatchError::Other("not a member");
/// Roles cannot be counted; see [`Consortium::refuse_roles`].
pub const NO_ROLES: DispatchError = DispatchError::Other("roles");
/// The audit trail takes no entry; see [`Trail::refuse`].
pub const TRAIL_FULL: DispatchError = DispatchError::Exhausted;

/// The slot time.
pub struct Clock;

#[storage_alias]
type Now = StorageValue<Clock, Moment>;

impl Clock {
	/// Moves the time to a moment.
	pub fn set(at: Moment) {
		Now::put(at);
	}

	/// Lets time pass.
	pub fn advance(by: Moment) {
		Now::put(Self::now().saturating_add(by));
	}

	/// The time now.
	pub fn now() -> Moment {
		Now::get().unwrap_or(START)
	}
}

impl Time for Clock {
	type Moment = Moment;
	fn now() -> Moment {
		Self::now()
	}
}

/// Institutions, their gateways, and the roles of accounts.
pub struct Consortium<AccountId>(PhantomData<AccountId>);

// By the encoded account, so that one set of items serves every type of account.
#[storage_alias]
type Gateways = StorageMap<Consortium, Blake2_128Concat, Vec<u8>, InstitutionId>;
#[storage_alias]
type Institutions = StorageMap<Consortium, Twox64Concat, InstitutionId, (InstitutionKind, bool)>;
#[storage_alias]
type RoleCounts = StorageMap<Consortium, Blake2_128Concat, Vec<u8>, u32, ValueQuery>;
#[storage_alias]
type RolesRefused = StorageValue<Consortium, bool, ValueQuery>;

impl<AccountId: Encode + Decode> Consortium<AccountId> {
	/// Makes an institution an active member of this kind, or changes its kind.
	pub fn admit(institution: InstitutionId, kind: InstitutionKind) {
		let active = Institutions::get(institution).is_none_or(|(_, active)| active);
		Institutions::insert(institution, (kind, active));
	}

	/// Makes an account a gateway of an institution.
	pub fn add_gateway(account: &AccountId, institution: InstitutionId) {
		Gateways::insert(account.encode(), institution);
	}

	/// Takes a gateway away.
	pub fn remove_gateway(account: &AccountId) {
		Gateways::remove(account.encode());
	}

	/// Suspends a member.
	pub fn suspend(institution: InstitutionId) {
		Self::set_active(institution, false);
	}

	/// Ends a suspension.
	pub fn reinstate(institution: InstitutionId) {
		Self::set_active(institution, true);
	}

	fn set_active(institution: InstitutionId, active: bool) {
		Institutions::mutate(institution, |member| member.as_mut().expect("admitted before").1 = active);
	}

	/// Number of roles of an account.
	pub fn roles(account: &AccountId) -> u32 {
		RoleCounts::get(account.encode())
	}

	/// Every account with a role, and how many it has.
	pub fn all_roles() -> Vec<(AccountId, u32)> {
		RoleCounts::iter()
			.map(|(account, count)| (AccountId::decode(&mut &account[..]).expect("written here"), count))
			.collect()
	}

	/// From now on no account gets another role.
	pub fn refuse_roles() {
		RolesRefused::put(true);
	}
}

impl<AccountId: Encode + Decode> Members<AccountId> for Consortium<AccountId> {
	fn institution_of(gateway: &AccountId) -> Option<InstitutionId> {
		Gateways::get(gateway.encode())
	}
	fn active_institution(gateway: &AccountId) -> Result<InstitutionId, DispatchError> {
		let institution = Self::institution_of(gateway).ok_or(NOT_A_GATEWAY)?;
		ensure!(Self::is_active(institution), SUSPENDED);
		Ok(institution)
	}
	fn ensure_member(account: &AccountId) -> DispatchResult {
		let serves_active = Self::institution_of(account).map(Self::is_active);
		ensure!(serves_active.unwrap_or_else(|| Self::roles(account) > 0), NOT_A_MEMBER);
		Ok(())
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
	fn benchmark_member(gateway: &AccountId, kind: InstitutionKind) -> InstitutionId {
		if let Some(institution) = Self::institution_of(gateway) {
			return institution;
		}
		let institution = InstitutionId(100 + Institutions::iter().count() as u32);
		Self::admit(institution, kind);
		Self::add_gateway(gateway, institution);
		institution
	}
}

impl<AccountId: Encode + Decode> AccountRoles<AccountId> for Consortium<AccountId> {
	fn add_role(account: &AccountId) -> DispatchResult {
		ensure!(!RolesRefused::get(), NO_ROLES);
		RoleCounts::mutate(account.encode(), |count| *count += 1);
		Ok(())
	}
	fn remove_role(account: &AccountId) -> DispatchResult {
		match RoleCounts::take(account.encode()) {
			0 => return Err(NO_ROLES),
			1 => (),
			more => RoleCounts::insert(account.encode(), more - 1),
		}
		Ok(())
	}
}

/// Handles. One with an owner is controlled by the owner's account, one without by the gateways of its active custodian.
pub struct Patients<AccountId>(PhantomData<AccountId>);

#[storage_alias]
type Custodians = StorageMap<Patients, Blake2_128Concat, PatientHandle, InstitutionId>;
#[storage_alias]
type Owners = StorageMap<Patients, Blake2_128Concat, PatientHandle, Vec<u8>>;

impl<AccountId: Encode + Decode> Patients<AccountId> {
	/// Makes a handle exist, or gives it to somebody else.
	pub fn register(handle: PatientHandle, custodian: InstitutionId, owner: Option<AccountId>) {
		Custodians::insert(handle, custodian);
		Owners::set(handle, owner.map(|owner| owner.encode()));
	}

	/// Retires a handle.
	pub fn retire(handle: PatientHandle) {
		Custodians::remove(handle);
	}
}

impl<AccountId: Encode + Decode> Handles<AccountId> for Patients<AccountId> {
	fn custodian(handle: &PatientHandle) -> Option<InstitutionId> {
		Custodians::get(handle)
	}
	fn controller(handle: &PatientHandle, who: &AccountId) -> Option<ControllerKind> {
		let custodian = Custodians::get(handle)?;
		match Owners::get(handle) {
			Some(owner) => (owner == who.encode()).then_some(ControllerKind::SelfHeld),
			None => (Consortium::<AccountId>::active_institution(who) == Ok(custodian))
				.then_some(ControllerKind::Custodian(custodian)),
		}
	}
	#[cfg(feature = "runtime-benchmarks")]
	fn benchmark_handle(handle: PatientHandle, custodian: InstitutionId, controller: &AccountId) {
		Custodians::insert(handle, custodian);
		Owners::insert(handle, controller.encode());
	}
}

/// The audit trail as a list.
pub struct Trail;

#[storage_alias]
type Recordings = StorageValue<Trail, Vec<AuditEntry>, ValueQuery>;
#[storage_alias]
type Refusing = StorageValue<Trail, bool, ValueQuery>;

impl Trail {
	/// Every entry, in the order of writing.
	pub fn entries() -> Vec<AuditEntry> {
		Recordings::get()
	}

	/// The entry that was written last.
	pub fn last() -> Option<AuditEntry> {
		Recordings::get().pop()
	}

	/// From now on the trail takes no entry.
	pub fn refuse() {
		Refusing::put(true);
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
		ensure!(!Refusing::get(), TRAIL_FULL);
		let at = Clock::now();
		let sequence = Recordings::get().iter().filter(|entry| entry.chain == chain).count() as u64;
		Recordings::append(AuditEntry { chain, sequence, act, outcome, actor, custodian, at, commitment });
		Ok(Recorded { sequence, at })
	}
	fn record_weight() -> Weight {
		ENTRY_WEIGHT
	}
}

#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod capability;
mod decision;
mod permit;
mod types;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(any(test, feature = "try-runtime"))]
mod invariants;
#[cfg(test)]
mod mock;
#[cfg(test)]
mod tests;
pub mod weights;

pub use pallet::*;
pub use types::{Capability, Grant, Hash, Permit, RefusalCount, Tags};
pub use weights::WeightInfo;

/// A permit as this runtime bounds it.
pub type PermitOf<T> = Permit<<T as Config>::MaxCapabilities>;

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use decision::{Answer, Request};
	use frame_support::{pallet_prelude::*, traits::Time, weights::WeightMeter};
	use frame_system::pallet_prelude::*;
	use salus_primitives::{
		AuditLog, CapabilityId, Commitment, Handles, InstitutionId, Members, Moment, OutcomeClass, PatientHandle,
		PermitId, PurposeClass,
	};

	/// Most permits that one call removes.
	pub const MAX_REMOVALS: u32 = 64;
	/// Most permits that are looked at in one block's idle time: 22 million a day in blocks of two seconds.
	pub const MAX_SWEEP: u32 = 512;

	#[pallet::pallet]
	pub struct Pallet<T>(_);

	/// What the pallet asks of the runtime.
	#[pallet::config]
	pub trait Config: frame_system::Config {
		/// Which accounts act for which institution, and what each may claim.
		type Members: Members<Self::AccountId>;
		/// Who controls which handle.
		type Handles: Handles<Self::AccountId>;
		/// Where every act is recorded; what cannot be recorded does not happen.
		type Audit: AuditLog;
		/// Slot time of the block.
		type Time: Time<Moment = Moment>;
		/// Largest number of capabilities of one grantee for one handle.
		#[pallet::constant]
		type MaxCapabilities: Get<u32>;
		/// Longest life of a permit in milliseconds: one shift.
		type MaxPermitValidity: Get<Moment>;
		/// Empty answers that an institution gets in one day (UTC).
		type MaxRefusalsPerDay: Get<u32>;
		/// How many times a capability may be passed on at most.
		#[pallet::constant]
		type MaxDelegationDepth: Get<u8>;
		/// Weights of the calls.
		type WeightInfo: WeightInfo;
	}

	/// Capabilities by handle and grantee, oldest first. Ended ones may be among them until the next grant.
	#[pallet::storage]
	pub type Capabilities<T: Config> = StorageDoubleMap<
		_,
		Blake2_128Concat,
		PatientHandle,
		Twox64Concat,
		InstitutionId,
		BoundedVec<Capability, T::MaxCapabilities>,
		ValueQuery,
	>;

	/// Id of the next capability.
	#[pallet::storage]
	pub type NextCapability<T: Config> = StorageValue<_, CapabilityId, ValueQuery>;

	/// Permits as they were issued; see [`Pallet::live_permit`] for what still holds.
	#[pallet::storage]
	pub type Permits<T: Config> = StorageMap<_, Twox64Concat, PermitId, PermitOf<T>>;

	/// Id of the next permit.
	#[pallet::storage]
	pub type NextPermit<T: Config> = StorageValue<_, PermitId, ValueQuery>;

	/// No permit with a lower id is left: dropping the ended ones goes on here.
	#[pallet::storage]
	pub type OldestPermit<T: Config> = StorageValue<_, PermitId, ValueQuery>;

	/// Empty answers by institution, on the last day that had any.
	#[pallet::storage]
	pub type Refusals<T: Config> = StorageMap<_, Twox64Concat, InstitutionId, RefusalCount, ValueQuery>;

	/// What happened.
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// A capability was granted.
		CapabilityGranted {
			/// Whose records.
			handle: PatientHandle,
			/// Who may ask.
			grantee: InstitutionId,
			/// Number of the capability.
			id: CapabilityId,
			/// When it ends, in milliseconds.
			valid_until: Moment,
			/// The custodian that acted on behalf of the patient; `None` when the patient did.
			on_behalf: Option<InstitutionId>,
		},
		/// A capability was revoked.
		CapabilityRevoked {
			/// Whose records.
			handle: PatientHandle,
			/// Who could ask.
			grantee: InstitutionId,
			/// Number of the capability.
			id: CapabilityId,
			/// The custodian that acted on behalf of the patient; `None` when the patient did.
			on_behalf: Option<InstitutionId>,
		},
		/// All capabilities of a grantee were revoked.
		GranteeRevoked {
			/// Whose records.
			handle: PatientHandle,
			/// Who could ask.
			grantee: InstitutionId,
			/// How many capabilities ended.
			count: u32,
			/// The custodian that acted on behalf of the patient; `None` when the patient did.
			on_behalf: Option<InstitutionId>,
		},
		/// An institution asked, and this is the answer.
		AccessDecided {
			/// Who asked.
			institution: InstitutionId,
			/// Whose records; it may name nobody.
			handle: PatientHandle,
			/// Whether anything was permitted.
			outcome: OutcomeClass,
			/// The permit, when something was.
			permit: Option<PermitId>,
			/// Position of the audit entry in its chain.
			sequence: u64,
		},
		/// Ended permits were dropped from the state.
		PermitsRemoved {
			/// How many.
			count: u32,
		},
	}

	/// Why something was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// The signer does not control the handle, or there is none: one error, so that handles cannot be probed.
		NotController,
		/// No tag is named.
		NoTags,
		/// A tag stands twice.
		DuplicateTags,
		/// No class of purposes is named, or a bit that names none is set.
		InvalidPurposes,
		/// The capability ends before or when it begins.
		EndsBeforeBegin,
		/// The capability would have ended already.
		AlreadyEnded,
		/// No institution has this id.
		UnknownGrantee,
		/// The grantee is suspended or deactivated.
		GranteeNotActive,
		/// The custodian needs no capability: its own use is decided under a care relationship.
		GranteeIsCustodian,
		/// An institution of the grantee's kind may not claim one of these classes of purposes.
		PurposeNotForGrantee,
		/// More delegation than the consortium allows.
		DelegationTooDeep,
		/// The grantee has as many capabilities for this handle as one may have: revoke one first.
		TooManyCapabilities,
		/// The grantee has no capability with this id for the handle.
		UnknownCapability,
		/// The grantee has no capability for the handle.
		NothingToRevoke,
		/// The institution got as many empty answers as one day allows; nothing was decided or recorded.
		RefusalsExhausted,
		/// A permit in the list has not ended.
		PermitNotExpired,
		/// No permit in the list exists.
		NothingToRemove,
		/// There is no next id.
		IdsExhausted,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		#[cfg(feature = "std")]
		fn integrity_test() {
			assert!(T::MaxCapabilities::get() > 0, "a grantee can hold at least one capability");
		}

		fn on_idle(_: BlockNumberFor<T>, remaining: Weight) -> Weight {
			let mut meter = WeightMeter::with_limit(remaining);
			Self::sweep_permits(&mut meter);
			meter.consumed()
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Grants a capability for a handle that the signer controls, and drops those of the same grantee that have ended.
		///
		/// `entry` is the salted commitment to the full audit entry. Errors: see the table of errors, from `NotController` to
		/// `TooManyCapabilities`; and those of the audit trail.
		#[pallet::call_index(0)]
		#[pallet::weight((
			T::WeightInfo::grant_capability(grant.tags.len() as u32).saturating_add(T::Audit::record_weight()),
			DispatchClass::Operational,
		))]
		pub fn grant_capability(
			origin: OriginFor<T>,
			handle: PatientHandle,
			grant: Grant,
			entry: Commitment,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let acting = Self::ensure_controller(&handle, &who)?;
			let now = T::Time::now();
			Self::ensure_grantable(&grant, &acting, now)?;

			let (grantee, valid_until) = (grant.grantee, grant.valid_until);
			let id = Self::add_capability(handle, grant, &acting, now, entry)?;
			let on_behalf = acting.on_behalf;
			Self::deposit_event(Event::CapabilityGranted { handle, grantee, id, valid_until, on_behalf });
			Ok(())
		}

		/// Revokes one capability. Permits that rest on it lose what only it permitted, from this block on.
		///
		/// Works whatever has become of the grantee. Errors: [`Error::NotController`], [`Error::UnknownCapability`], and those
		/// of the audit trail.
		#[pallet::call_index(1)]
		#[pallet::weight((
			T::WeightInfo::revoke_capability().saturating_add(T::Audit::record_weight()),
			DispatchClass::Operational,
		))]
		pub fn revoke_capability(
			origin: OriginFor<T>,
			handle: PatientHandle,
			grantee: InstitutionId,
			id: CapabilityId,
			entry: Commitment,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let acting = Self::ensure_controller(&handle, &who)?;
			Self::remove_capability(handle, grantee, id, &acting, entry)?;
			let on_behalf = acting.on_behalf;
			Self::deposit_event(Event::CapabilityRevoked { handle, grantee, id, on_behalf });
			Ok(())
		}

		/// Revokes all capabilities of a grantee at once.
		///
		/// Works whatever has become of the grantee. Errors: [`Error::NotController`], [`Error::NothingToRevoke`], and those
		/// of the audit trail.
		#[pallet::call_index(2)]
		#[pallet::weight((
			T::WeightInfo::revoke_grantee().saturating_add(T::Audit::record_weight()),
			DispatchClass::Operational,
		))]
		pub fn revoke_grantee(
			origin: OriginFor<T>,
			handle: PatientHandle,
			grantee: InstitutionId,
			entry: Commitment,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let acting = Self::ensure_controller(&handle, &who)?;
			let count = Self::remove_all(handle, grantee, &acting, entry)?;
			let on_behalf = acting.on_behalf;
			Self::deposit_event(Event::GranteeRevoked { handle, grantee, count, on_behalf });
			Ok(())
		}

		/// Asks for access on behalf of the holder of a one-time key; decides, and records the decision, in one act.
		///
		/// `tags` are what is asked for, `requester` is `blake2_256` over the one-time keys, `entry` the salted commitment to the
		/// full audit entry. `Ok` whether anything is permitted or not: read [`Event::AccessDecided`]. Errors depend on the
		/// caller and the form of the request, never on the patient, except that an answer which would be empty is refused
		/// with [`Error::RefusalsExhausted`] beyond the daily cap: not a gateway of an active institution, [`Error::NoTags`],
		/// [`Error::DuplicateTags`], and those of the audit trail.
		#[pallet::call_index(3)]
		#[pallet::weight((
			T::WeightInfo::request_access(tags.len() as u32).saturating_add(T::Audit::record_weight()),
			DispatchClass::Operational,
		))]
		pub fn request_access(
			origin: OriginFor<T>,
			handle: PatientHandle,
			tags: Tags,
			purpose: PurposeClass,
			requester: Hash,
			entry: Commitment,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let institution = T::Members::active_institution(&who)?;
			Self::ensure_well_formed(&tags)?;

			let request = Request { handle, institution, requester, tags, purpose };
			let Answer { outcome, permit, sequence } = Self::answer(request, entry)?;
			Self::deposit_event(Event::AccessDecided { institution, handle, outcome, permit, sequence });
			Ok(())
		}

		/// Drops permits that have ended from the state, before their turn in idle time comes. Ids that are gone already are
		/// passed over.
		///
		/// Harmless whoever asks, so it is open to every account that has a role now. Errors: not a member,
		/// [`Error::PermitNotExpired`], [`Error::NothingToRemove`].
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::remove_expired_permits(ids.len() as u32))]
		pub fn remove_expired_permits(
			origin: OriginFor<T>,
			ids: BoundedVec<PermitId, ConstU32<MAX_REMOVALS>>,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			T::Members::ensure_member(&who)?;
			let count = Self::drop_expired(&ids)?;
			Self::deposit_event(Event::PermitsRemoved { count });
			Ok(())
		}
	}
}

#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod accounts;
#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
mod classify;
mod council;
mod enact;
mod extension;
mod genesis;
mod glue;
mod institutions;
#[cfg(any(test, feature = "try-runtime"))]
mod invariants;
mod membership_end;
pub mod migration;
#[cfg(test)]
mod mock;
mod mortality;
mod motions;
mod nodes;
mod offences;
mod parameters;
mod pausing;
mod quota;
mod rotation;
mod session;
mod staff;
#[cfg(test)]
mod tests;
mod types;
mod validators;
pub mod weights;

pub use accounts::MAX_RETIREMENTS;
pub use classify::{Admission, ClassifyCall, Who};
pub use enact::{Action, ActionOf, Enactment};
pub use extension::{CheckMember, LONGEVITY};
pub use genesis::GenesisInstitution;
pub use mortality::CheckMortal;
pub use motions::MotionOfSeat;
pub use pallet::*;
pub use parameters::{ParameterRange, Tunable};
pub use pausing::{NotPaused, PausableCall, Pause};
pub use quota::{capacity, Debit, Payer, HEADROOM_STEPS, MAX_SWEEP};
pub use session::{IdentifyByAccount, PalletSession, Sessions};
pub use types::*;
pub use validators::{max_faulty, ValidatorOf};
pub use weights::WeightInfo;

pub(crate) const LOG_TARGET: &str = "runtime::consortium";

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use frame_support::{
		pallet_prelude::*,
		traits::{ChangeMembers, InitializeMembers, Time},
		weights::WeightMeter,
	};
	use frame_system::pallet_prelude::*;
	use salus_primitives::{
		Guardians, Handles, InstitutionId, InstitutionKind, Members, Moment, NodeId, PatientHandle, PractitionerId,
	};
	use sp_runtime::Perbill;
	use sp_staking::SessionIndex;

	const STORAGE_VERSION: StorageVersion = StorageVersion::new(2);

	#[pallet::pallet]
	#[pallet::storage_version(STORAGE_VERSION)]
	pub struct Pallet<T>(_);

	#[pallet::config]
	pub trait Config: frame_system::Config {
		/// Decides on members, their quotas, validators and upgrades: two thirds of the council.
		type AdmissionOrigin: EnsureOrigin<Self::RuntimeOrigin>;
		/// Decides on parameters and pauses: more than half of the council.
		type ParameterOrigin: EnsureOrigin<Self::RuntimeOrigin>;
		/// Does for the council what only Root may.
		type Enactment: Enactment<Self::Hash, BlockNumberFor<Self>>;
		/// The parameters that the council tunes.
		type Parameter: Tunable;
		/// The calls that can be paused.
		type Pausable: PausableCall<<Self as frame_system::Config>::RuntimeCall>;
		/// The council that follows the membership. It must have room for `MaxInstitutions`.
		type Council: ChangeMembers<Self::AccountId> + InitializeMembers<Self::AccountId>;
		/// The sessions for which we choose validators.
		type Sessions: Sessions<Self::AccountId>;
		/// Who controls which patient handle.
		type Handles: Handles<Self::AccountId>;
		/// Whom patients chose as guardians.
		type Guardians: Guardians<Self::AccountId>;
		/// Who may sign which call.
		type Admission: ClassifyCall<<Self as frame_system::Config>::RuntimeCall, Self::AccountId>;
		/// Slot time of the block, milliseconds.
		type Time: Time<Moment = Moment>;
		/// Largest number of members that are not deactivated.
		#[pallet::constant]
		type MaxInstitutions: Get<u32>;
		/// Largest number of gateway accounts of one institution.
		#[pallet::constant]
		type MaxGateways: Get<u32>;
		/// Largest number of validators.
		#[pallet::constant]
		type MaxValidators: Get<u32>;
		/// Number of validators with session keys that must remain. One remains in any case.
		type MinValidators: Get<u32>;
		/// Largest number of nodes that one institution can ever list.
		#[pallet::constant]
		type MaxNodes: Get<u32>;
		/// Largest number of nodes that one institution may list now.
		type NodesPerMember: Get<u32>;
		/// Length of a session, blocks.
		type SessionLength: Get<BlockNumberFor<Self>>;
		/// Sessions for which equivocations can still be proven.
		#[pallet::constant]
		type SessionsKept: Get<SessionIndex>;
		/// Blocks that an account outlives its last role: the longest era of a transaction, and longer than two of the
		/// longest sessions.
		#[pallet::constant]
		type LongestEra: Get<BlockNumberFor<Self>>;
		/// What a new member may use, per block.
		type DefaultQuota: Get<Quota>;
		/// Picoseconds per block that a patient with an own key may use.
		type PatientQuota: Get<u64>;
		/// Picoseconds per block that the personal guardians of one patient may use together.
		type GuardianQuota: Get<u64>;
		/// Picoseconds per block and institution for the council and for patients' rights on behalf of patients; the
		/// council cannot take it away.
		type GuaranteedQuota: Get<u64>;
		/// Blocks' worth of a quota that may be used at once. With it each quota must hold the heaviest call of its
		/// lane.
		#[pallet::constant]
		type BurstBlocks: Get<u32>;
		/// Longest pause of a call by motion, blocks.
		type MaxPause: Get<BlockNumberFor<Self>>;
		/// How long a third of the seats pauses a call, and how long a seat's request for that counts, blocks.
		type EmergencyPause: Get<BlockNumberFor<Self>>;
		/// Blocks after such a pause in which a third cannot pause the same call again.
		type PauseCooldown: Get<BlockNumberFor<Self>>;
		/// What the council does at a change of its seats: it goes through the votes of every open motion, and
		/// benchmarks know of none.
		type SeatChange: Get<Weight>;
		/// Weights of the calls, of the extension and of what runs in idle time.
		type WeightInfo: WeightInfo;
	}

	/// Every institution that ever was a member.
	#[pallet::storage]
	pub type Institutions<T: Config> =
		StorageMap<_, Twox64Concat, InstitutionId, Institution<T::AccountId>, OptionQuery>;

	/// The id of the next member.
	#[pallet::storage]
	pub type NextInstitution<T> = StorageValue<_, InstitutionId, ValueQuery>;

	/// Number of members that are not deactivated.
	#[pallet::storage]
	pub type MemberCount<T> = StorageValue<_, u32, ValueQuery>;

	/// Past suspensions: when an institution's statements did not count.
	#[pallet::storage]
	pub type VoidPeriods<T> =
		StorageMap<_, Twox64Concat, InstitutionId, BoundedVec<Period, ConstU32<MAX_PERIODS>>, ValueQuery>;

	/// The institution of each operator account.
	#[pallet::storage]
	pub type Operators<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, InstitutionId, OptionQuery>;

	/// The institution of each gateway account.
	#[pallet::storage]
	pub type Gateways<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, InstitutionId, OptionQuery>;

	/// The gateway accounts of each institution.
	#[pallet::storage]
	pub type GatewaysOf<T: Config> =
		StorageMap<_, Twox64Concat, InstitutionId, BoundedVec<T::AccountId, T::MaxGateways>, ValueQuery>;

	/// Operators of active institutions, sorted: the members of the council.
	#[pallet::storage]
	pub type Seats<T: Config> = StorageValue<_, BoundedVec<T::AccountId, T::MaxInstitutions>, ValueQuery>;

	/// The staff registry.
	#[pallet::storage]
	pub type Practitioners<T> = StorageMap<_, Blake2_128Concat, PractitionerId, Practitioner, OptionQuery>;

	/// Validator accounts and their institutions.
	#[pallet::storage]
	pub type Validators<T: Config> =
		StorageValue<_, BoundedVec<(T::AccountId, InstitutionId), T::MaxValidators>, ValueQuery>;

	/// The set given to the session pallet last, sorted: who is missing from it in the meantime has left.
	#[pallet::storage]
	pub type PlannedValidators<T: Config> = StorageValue<_, BoundedVec<T::AccountId, T::MaxValidators>, ValueQuery>;

	/// Hash of the keys of that set.
	#[pallet::storage]
	pub type PlannedKeys<T> = StorageValue<_, [u8; 32], ValueQuery>;

	/// The session in which the council named each validator last: what was done before does not take it out of the
	/// set. Those named before this was written down have no entry, which counts as session 0.
	#[pallet::storage]
	pub type NamedIn<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, SessionIndex, ValueQuery>;

	/// Validators that were proven to have equivocated and that the council has not named anew since: the named ones,
	/// and removed ones until the set does without them.
	#[pallet::storage]
	pub type Offenders<T: Config> = StorageValue<_, BoundedVec<T::AccountId, T::MaxValidators>, ValueQuery>;

	/// First block of the session that runs.
	#[pallet::storage]
	pub type SessionBegan<T: Config> = StorageValue<_, BlockNumberFor<T>, ValueQuery>;

	/// Length of a session on a test network, blocks: shorter than a council may set. Written by genesis only. It goes
	/// before `SessionLength`: there a motion that sets that parameter passes and changes nothing.
	#[pallet::storage]
	pub type ShortSessions<T: Config> = StorageValue<_, BlockNumberFor<T>, OptionQuery>;

	/// The nodes that each institution runs.
	#[pallet::storage]
	pub type Nodes<T: Config> = StorageMap<_, Twox64Concat, InstitutionId, BoundedVec<NodeId, T::MaxNodes>, ValueQuery>;

	/// Validators that were removed, by the institution for which they validated, until the set does without them. One
	/// that was named again in the meantime does not count.
	#[pallet::storage]
	pub type Departing<T: Config> =
		StorageMap<_, Twox64Concat, InstitutionId, BoundedVec<T::AccountId, T::MaxValidators>, ValueQuery>;

	/// How many roles each account has. One provider reference however many.
	#[pallet::storage]
	pub type AccountRoles<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, u32, ValueQuery>;

	/// Accounts that lost their last role, and the block from which they may go.
	#[pallet::storage]
	pub type Retiring<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, BlockNumberFor<T>, OptionQuery>;

	/// The same in order of time. An entry whose account has roles again is passed over.
	#[pallet::storage]
	pub type RetirementQueue<T: Config> =
		StorageMap<_, Twox64Concat, u64, Retirement<T::AccountId, BlockNumberFor<T>>, OptionQuery>;

	/// First entry of the queue, and the one after its last.
	#[pallet::storage]
	pub type RetirementBounds<T> = StorageValue<_, (u64, u64), ValueQuery>;

	/// What each institution uses of its quota, lane by lane.
	#[pallet::storage]
	pub type Buckets<T: Config> =
		StorageDoubleMap<_, Twox64Concat, InstitutionId, Twox64Concat, Lane, Bucket<BlockNumberFor<T>>, ValueQuery>;

	/// What patients with an own key use. Only a handle that exists gets an entry, when its controller signs, and the
	/// entry goes in idle time once it has drained.
	#[pallet::storage]
	pub type PatientBuckets<T: Config> =
		StorageMap<_, Blake2_128Concat, PatientHandle, Bucket<BlockNumberFor<T>>, OptionQuery>;

	/// Where looking for drained buckets goes on.
	#[pallet::storage]
	pub type SweepCursor<T> = StorageValue<_, PatientHandle, OptionQuery>;

	/// What the persons use whom a patient chose as guardians. Entries come and go as those of `PatientBuckets`.
	#[pallet::storage]
	pub type GuardianBuckets<T: Config> =
		StorageMap<_, Blake2_128Concat, PatientHandle, Bucket<BlockNumberFor<T>>, OptionQuery>;

	/// Where looking for drained ones among them goes on.
	#[pallet::storage]
	pub type GuardianSweepCursor<T> = StorageValue<_, PatientHandle, OptionQuery>;

	/// What all patients of a custodian that have an own key, and all personal guardians of its patients, use together.
	/// Beyond it they give way to others.
	#[pallet::storage]
	pub type PatientsOf<T: Config> = StorageMap<_, Twox64Concat, InstitutionId, Bucket<BlockNumberFor<T>>, ValueQuery>;

	/// What accounts with a role and no institution use together for housekeeping.
	#[pallet::storage]
	pub type SharedBucket<T: Config> = StorageValue<_, Bucket<BlockNumberFor<T>>, ValueQuery>;

	/// Parameters that the council has set, whatever their range is now.
	#[pallet::storage]
	pub type ParameterValues<T: Config> = StorageMap<_, Twox64Concat, T::Parameter, u64, OptionQuery>;

	/// Calls that are or were paused.
	#[pallet::storage]
	pub type Pauses<T: Config> = StorageMap<_, Twox64Concat, T::Pausable, Pause<BlockNumberFor<T>>, OptionQuery>;

	/// The members that want a call paused at once, and the first block in which that counts no more.
	#[pallet::storage]
	pub type PauseRequests<T: Config> = StorageMap<
		_,
		Twox64Concat,
		T::Pausable,
		BoundedVec<(InstitutionId, BlockNumberFor<T>), T::MaxInstitutions>,
		ValueQuery,
	>;

	/// The members of the first block, and the parameters that are not at their defaults in it.
	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// In the order of their ids.
		pub institutions: alloc::vec::Vec<GenesisInstitution<T::AccountId>>,
		/// By name, with the value: `["SessionLength", 600]`.
		pub parameters: alloc::vec::Vec<(T::Parameter, u64)>,
		/// Length of a session on a test network, blocks: shorter than a council may set.
		pub short_sessions: Option<BlockNumberFor<T>>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			genesis::set_parameters::<T>(&self.parameters);
			genesis::shorten_sessions::<T>(self.short_sessions);
			genesis::build::<T>(&self.institutions);
		}
	}

	#[pallet::event]
	#[pallet::generate_deposit(pub(crate) fn deposit_event)]
	pub enum Event<T: Config> {
		/// An institution joined.
		InstitutionAdmitted {
			/// Which institution.
			institution: InstitutionId,
			/// What it is.
			kind: InstitutionKind,
			/// Who administers it.
			operator: T::AccountId,
		},
		/// An institution was stopped, or what it said was found void from an earlier time on.
		InstitutionSuspended {
			/// Which institution.
			institution: InstitutionId,
			/// Statements from this time on do not count, milliseconds.
			invalid_from: Moment,
		},
		/// A suspended institution acts again.
		InstitutionReinstated {
			/// Which institution.
			institution: InstitutionId,
		},
		/// An institution left for good.
		InstitutionDeactivated {
			/// Which institution.
			institution: InstitutionId,
			/// Statements from this time on do not count, milliseconds.
			invalid_from: Moment,
		},
		/// Another account administers an institution.
		OperatorReplaced {
			/// Which institution.
			institution: InstitutionId,
			/// Who did so before.
			old: T::AccountId,
			/// Who does now.
			new: T::AccountId,
		},
		/// What an institution's transactions may use has changed.
		QuotaSet {
			/// Which institution.
			institution: InstitutionId,
			/// What it may use now.
			quota: Quota,
		},
		/// An account became a gateway.
		GatewayRegistered {
			/// Which institution.
			institution: InstitutionId,
			/// The account.
			gateway: T::AccountId,
		},
		/// An account is no gateway any more.
		GatewayRemoved {
			/// Which institution.
			institution: InstitutionId,
			/// The account.
			gateway: T::AccountId,
		},
		/// An entry was written into the staff registry.
		PractitionerRegistered {
			/// The entry.
			practitioner: PractitionerId,
			/// Which institution.
			institution: InstitutionId,
		},
		/// An entry was replaced.
		PractitionerUpdated {
			/// The entry.
			practitioner: PractitionerId,
			/// Which institution.
			institution: InstitutionId,
		},
		/// What a practitioner states from this time on does not count.
		PractitionerEnded {
			/// The entry.
			practitioner: PractitionerId,
			/// Which institution.
			institution: InstitutionId,
			/// Statements from this time on do not count, milliseconds.
			invalid_from: Moment,
		},
		/// An account may validate; it does once it has set session keys. What it did before is pardoned.
		ValidatorAdded {
			/// Which institution.
			institution: InstitutionId,
			/// The account.
			validator: T::AccountId,
		},
		/// An account validates no longer than the session after this one.
		ValidatorRemoved {
			/// Which institution.
			institution: InstitutionId,
			/// The account.
			validator: T::AccountId,
		},
		/// The set for a session was given to the session pallet.
		ValidatorsPlanned {
			/// Which session.
			session: SessionIndex,
			/// How many validators.
			validators: u32,
		},
		/// A validator was proven to have equivocated in a session.
		OffenceReported {
			/// The account.
			validator: T::AccountId,
			/// Whose it is, while it is known as a validator.
			institution: Option<InstitutionId>,
			/// Which session.
			session: SessionIndex,
			/// A share of the worst.
			severity: Perbill,
		},
		/// An account without roles let go of its reference.
		AccountRetired {
			/// Who.
			account: T::AccountId,
		},
		/// The council did what only Root may, or set a parameter, or paused or resumed a call.
		ActionEnacted {
			/// What.
			action: ActionOf<T>,
		},
		/// A call was stopped, by motion or by a third of the seats.
		CallPaused {
			/// Which one.
			call: T::Pausable,
			/// First block in which it runs again.
			until: BlockNumberFor<T>,
		},
		/// A member wants a call paused at once. It takes a third of the seats, a regulator's among them.
		PauseRequested {
			/// Which member.
			institution: InstitutionId,
			/// Which call.
			call: T::Pausable,
			/// First block in which the request counts no more.
			until: BlockNumberFor<T>,
		},
		/// A membership got an end, or has none any more.
		MembershipEndSet {
			/// Which institution.
			institution: InstitutionId,
			/// First millisecond at which it is no member; `None` for a permanent one.
			until: Option<Moment>,
		},
		/// An institution listed a node.
		NodeRegistered {
			/// Which institution.
			institution: InstitutionId,
			/// The node.
			node: NodeId,
		},
		/// An institution took a node off its list.
		NodeRemoved {
			/// Which institution.
			institution: InstitutionId,
			/// The node.
			node: NodeId,
		},
	}

	#[pallet::error]
	pub enum Error<T> {
		/// No institution has this id.
		UnknownInstitution,
		/// The institution is suspended or deactivated. A council motion can reinstate a suspended one.
		InstitutionNotActive,
		/// The institution left for good. It can be admitted again under a new id. An earlier time from which nothing
		/// counts is accepted.
		InstitutionDeactivated,
		/// The institution is suspended already. An earlier time from which nothing counts is accepted.
		AlreadySuspended,
		/// Only a suspended institution can be reinstated.
		NotSuspended,
		/// It was reinstated so often that no more periods are remembered. Admit it again under a new id.
		TooManySuspensions,
		/// The time lies after now: what the institution states once stopped never counts.
		InvalidFromInFuture,
		/// The consortium is full.
		TooManyInstitutions,
		/// The name is empty, longer than 64 bytes or not UTF-8.
		InvalidName,
		/// A counter has reached its end.
		IdsExhausted,
		/// The account acts for another institution. Use an account of its own for each.
		AccountServesAnother,
		/// The account administers this institution already.
		AlreadyOperator,
		/// The signer administers no institution.
		NotAnOperator,
		/// The signer is neither gateway nor operator of an institution; where any role would do, it has none.
		NotAMember,
		/// The account is not a gateway, or not of this institution.
		NotAGateway,
		/// The account is a gateway already.
		AlreadyGateway,
		/// The institution has as many gateways as it may have. Remove one first.
		TooManyGateways,
		/// The last council seat cannot go: nobody could decide anything any more.
		LastCouncilSeat,
		/// An entry of this id exists. Ids are random: draw another.
		PractitionerExists,
		/// No entry has this id.
		UnknownPractitioner,
		/// The entry belongs to another institution.
		NotYourPractitioner,
		/// The entry was ended. Register a new one.
		PractitionerEnded,
		/// The entry was ended from this time or an earlier one already.
		InvalidFromNotEarlier,
		/// A key is all zeros.
		InvalidKey,
		/// No role, or one twice.
		InvalidRoles,
		/// A department code is empty, twice there, or not made of `a`-`z`, `0`-`9` and `-`.
		InvalidDepartments,
		/// The validity ends before it begins, or has ended already.
		InvalidValidity,
		/// Only a hospital may run validators.
		NotAHospital,
		/// The account is a validator already, and not one that equivocated.
		AlreadyValidator,
		/// The account is not a validator.
		NotAValidator,
		/// No more validators fit.
		TooManyValidators,
		/// Fewer validators with session keys than the minimum would remain. Add one first.
		TooFewValidators,
		/// More than f of 3f + 1 would leave the set at once. Wait for the next session.
		TooManyLeavers,
		/// The account has as many roles as can be counted.
		TooManyRoles,
		/// The account has no role to remove.
		NoRole,
		/// The value lies outside of the parameter's range.
		ParameterOutOfRange,
		/// The delay is zero or as long as a session, or the finalized block lies ahead.
		InvalidStall,
		/// The set of validators or a key in it has changed since the last plan: the next session plans anew.
		NotPlanned,
		/// A third of the seats belong to memberships for a time already: the council must outlast them.
		TooManyTimed,
		/// A pause lasts at least one block and at most `MaxPause`.
		PauseTooLong,
		/// The call is not paused.
		CallNotPaused,
		/// The call is paused. A motion can change for how long.
		CallPausedAlready,
		/// A third of the seats has paused this call not long ago. A motion can pause it.
		PausedRecently,
		/// A membership ends at a time that lies ahead.
		EndInPast,
		/// The time of the membership is over. Write that down, set a later end, then reinstate it.
		MembershipOver,
		/// The membership has no end, or one that lies ahead.
		MembershipNotOver,
		/// The institution lists this node already.
		NodeAlreadyListed,
		/// The institution does not list this node.
		NodeNotListed,
		/// The institution lists as many nodes as it may. Remove one first.
		TooManyNodes,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		fn integrity_test() {
			// What the council tunes lies in the state, which is not there yet.
			assert!(T::BurstBlocks::get() >= 1, "members must be able to act");
			assert!(T::MaxValidators::get() >= 1, "a chain needs a validator");
		}

		fn on_idle(now: BlockNumberFor<T>, remaining: Weight) -> Weight {
			let mut meter = WeightMeter::with_limit(remaining);
			Self::retire_due(now, &mut meter);
			quota::sweep::<T>(&mut meter);
			meter.consumed()
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Admits an institution with its operator, who gets a council seat. Origin: `AdmissionOrigin`.
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::admit_institution().saturating_add(T::SeatChange::get()))]
		pub fn admit_institution(
			origin: OriginFor<T>,
			kind: InstitutionKind,
			name: InstitutionName,
			operator: T::AccountId,
		) -> DispatchResult {
			T::AdmissionOrigin::ensure_origin(origin)?;
			let institution = Self::insert_institution(kind, name, &operator)?;
			Self::change_seats(Some(&operator), None)?;
			Self::deposit_event(Event::InstitutionAdmitted { institution, kind, operator });
			Ok(())
		}

		/// Stops an institution at once: gateways, staff, quota and seat; its validators leave as the guards permit.
		/// Statements from `invalid_from` (now, when absent) on do not count. On one that is suspended or has left for
		/// good it moves that time back, and does nothing else. Origin: `AdmissionOrigin`.
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::suspend_institution().saturating_add(T::SeatChange::get()))]
		pub fn suspend_institution(
			origin: OriginFor<T>,
			institution: InstitutionId,
			invalid_from: Option<Moment>,
		) -> DispatchResult {
			T::AdmissionOrigin::ensure_origin(origin)?;
			let invalid_from = Self::suspend(institution, invalid_from)?;
			Self::deposit_event(Event::InstitutionSuspended { institution, invalid_from });
			Ok(())
		}

		/// Lets a suspended institution act again. What it said while suspended stays void. Origin: `AdmissionOrigin`.
		#[pallet::call_index(2)]
		#[pallet::weight(T::WeightInfo::reinstate_institution().saturating_add(T::SeatChange::get()))]
		pub fn reinstate_institution(origin: OriginFor<T>, institution: InstitutionId) -> DispatchResult {
			T::AdmissionOrigin::ensure_origin(origin)?;
			Self::reinstate(institution)?;
			Self::deposit_event(Event::InstitutionReinstated { institution });
			Ok(())
		}

		/// Ends a membership for good; accounts lose their roles, validators and seat go. Refused while the guards
		/// need its validators: suspend first. Origin: `AdmissionOrigin`.
		#[pallet::call_index(3)]
		#[pallet::weight(
			T::WeightInfo::deactivate_institution(T::MaxGateways::get(), T::MaxValidators::get())
				.saturating_add(T::SeatChange::get())
		)]
		pub fn deactivate_institution(
			origin: OriginFor<T>,
			institution: InstitutionId,
			invalid_from: Option<Moment>,
		) -> DispatchResult {
			T::AdmissionOrigin::ensure_origin(origin)?;
			let invalid_from = Self::deactivate(institution, invalid_from)?;
			Self::deposit_event(Event::InstitutionDeactivated { institution, invalid_from });
			Ok(())
		}

		/// Sets what an institution's transactions may use; zero stops a lane. Origin: `AdmissionOrigin`.
		#[pallet::call_index(4)]
		#[pallet::weight(T::WeightInfo::set_quota())]
		pub fn set_quota(origin: OriginFor<T>, institution: InstitutionId, quota: Quota) -> DispatchResult {
			T::AdmissionOrigin::ensure_origin(origin)?;
			Self::change_quota(institution, quota)?;
			Self::deposit_event(Event::QuotaSet { institution, quota });
			Ok(())
		}

		/// Makes an account a gateway of the signer's institution. Signed by the operator of an active institution.
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::register_gateway())]
		pub fn register_gateway(origin: OriginFor<T>, gateway: T::AccountId) -> DispatchResult {
			let institution = Self::operated_by(&ensure_signed(origin)?)?;
			Self::insert_gateway(institution, &gateway)?;
			Self::deposit_event(Event::GatewayRegistered { institution, gateway });
			Ok(())
		}

		/// Takes a gateway out of service. Signed by the operator of an active institution.
		#[pallet::call_index(6)]
		// Of the class with reserved room: the gateway may be the one that fills the blocks.
		#[pallet::weight((T::WeightInfo::remove_gateway(), DispatchClass::Operational))]
		pub fn remove_gateway(origin: OriginFor<T>, gateway: T::AccountId) -> DispatchResult {
			let institution = Self::operated_by(&ensure_signed(origin)?)?;
			Self::drop_gateway(institution, &gateway)?;
			Self::deposit_event(Event::GatewayRemoved { institution, gateway });
			Ok(())
		}

		/// Writes a staff entry under a random id. Signed by a gateway or the operator of an active institution.
		#[pallet::call_index(7)]
		#[pallet::weight(T::WeightInfo::register_practitioner())]
		pub fn register_practitioner(
			origin: OriginFor<T>,
			practitioner: PractitionerId,
			record: PractitionerRecord,
		) -> DispatchResult {
			let institution = Self::registrar_of(&ensure_signed(origin)?)?;
			Self::insert_practitioner(institution, practitioner, record)?;
			Self::deposit_event(Event::PractitionerRegistered { practitioner, institution });
			Ok(())
		}

		/// Replaces a staff entry that was not ended. Signed by a gateway or the operator of its active institution.
		#[pallet::call_index(8)]
		#[pallet::weight(T::WeightInfo::update_practitioner())]
		pub fn update_practitioner(
			origin: OriginFor<T>,
			practitioner: PractitionerId,
			record: PractitionerRecord,
		) -> DispatchResult {
			let institution = Self::registrar_of(&ensure_signed(origin)?)?;
			Self::replace_practitioner(institution, practitioner, record)?;
			Self::deposit_event(Event::PractitionerUpdated { practitioner, institution });
			Ok(())
		}

		/// Ends a staff entry: statements from `invalid_from` on do not count. Signed by a gateway or the operator of
		/// its active institution.
		#[pallet::call_index(9)]
		#[pallet::weight((T::WeightInfo::end_practitioner(), DispatchClass::Operational))]
		pub fn end_practitioner(
			origin: OriginFor<T>,
			practitioner: PractitionerId,
			invalid_from: Moment,
		) -> DispatchResult {
			let institution = Self::registrar_of(&ensure_signed(origin)?)?;
			Self::end(institution, practitioner, invalid_from)?;
			Self::deposit_event(Event::PractitionerEnded { practitioner, institution, invalid_from });
			Ok(())
		}

		/// Makes an account a validator of an active hospital, or pardons one of its validators that equivocated.
		/// Origin: `AdmissionOrigin`.
		#[pallet::call_index(10)]
		#[pallet::weight(T::WeightInfo::add_validator(T::MaxValidators::get()))]
		pub fn add_validator(
			origin: OriginFor<T>,
			institution: InstitutionId,
			validator: T::AccountId,
		) -> DispatchResult {
			T::AdmissionOrigin::ensure_origin(origin)?;
			Self::insert_validator(institution, &validator)?;
			Self::deposit_event(Event::ValidatorAdded { institution, validator });
			Ok(())
		}

		/// Removes a validator, when the guards permit. Origin: `AdmissionOrigin`.
		#[pallet::call_index(11)]
		#[pallet::weight(T::WeightInfo::remove_validator(T::MaxValidators::get()))]
		pub fn remove_validator(origin: OriginFor<T>, validator: T::AccountId) -> DispatchResult {
			T::AdmissionOrigin::ensure_origin(origin)?;
			let institution = Self::validator_of(&validator).ok_or(Error::<T>::NotAValidator)?;
			Self::drop_validators(core::slice::from_ref(&validator))?;
			Self::deposit_event(Event::ValidatorRemoved { institution, validator });
			Ok(())
		}

		/// Puts another account in the place of a lost or compromised operator's. Origin: `AdmissionOrigin`.
		#[pallet::call_index(12)]
		#[pallet::weight(T::WeightInfo::replace_operator().saturating_add(T::SeatChange::get()))]
		pub fn replace_operator(
			origin: OriginFor<T>,
			institution: InstitutionId,
			operator: T::AccountId,
		) -> DispatchResult {
			T::AdmissionOrigin::ensure_origin(origin)?;
			let old = Self::change_operator(institution, &operator)?;
			Self::deposit_event(Event::OperatorReplaced { institution, old, new: operator });
			Ok(())
		}

		/// Does what the action says: the only way to what needs Root. Origin: `AdmissionOrigin` for upgrades and
		/// stalled finality, `ParameterOrigin` for parameters and pauses.
		#[pallet::call_index(13)]
		#[pallet::weight(T::WeightInfo::enact().saturating_add(
			// The plan of validators: each with its institution and keys.
			T::DbWeight::get().reads(u64::from(T::MaxValidators::get()).saturating_mul(3))
		))]
		pub fn enact(origin: OriginFor<T>, action: ActionOf<T>) -> DispatchResult {
			Self::ensure_may_enact(origin, &action)?;
			Self::carry_out(action.clone())?;
			Self::deposit_event(Event::ActionEnacted { action });
			Ok(())
		}

		/// Asks to pause a call at once; the request that makes a third of the seats, a regulator's among them, pauses
		/// it. Signed by the operator of an active institution.
		#[pallet::call_index(14)]
		#[pallet::weight((T::WeightInfo::request_pause(), DispatchClass::Operational))]
		pub fn request_pause(origin: OriginFor<T>, call: T::Pausable) -> DispatchResult {
			let institution = Self::operated_by(&ensure_signed(origin)?)?;
			Self::note_pause_request(institution, call)
		}

		/// Sets when a membership ends; `None` makes it permanent. Origin: `AdmissionOrigin`.
		#[pallet::call_index(15)]
		#[pallet::weight(T::WeightInfo::set_membership_end().saturating_add(
			// Whose seat, and whether for a time.
			T::DbWeight::get().reads(u64::from(T::MaxInstitutions::get()).saturating_mul(2))
		))]
		pub fn set_membership_end(
			origin: OriginFor<T>,
			institution: InstitutionId,
			until: Option<Moment>,
		) -> DispatchResult {
			T::AdmissionOrigin::ensure_origin(origin)?;
			Self::change_end(institution, until)?;
			Self::deposit_event(Event::MembershipEndSet { institution, until });
			Ok(())
		}

		/// Writes down that the time of a membership is over: a suspension from its end on. Signed by anybody with a
		/// role.
		#[pallet::call_index(16)]
		#[pallet::weight(T::WeightInfo::expire_membership().saturating_add(T::SeatChange::get()))]
		pub fn expire_membership(origin: OriginFor<T>, institution: InstitutionId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			<Self as Members<T::AccountId>>::ensure_member(&who)?;
			let invalid_from = Self::expire(institution)?;
			Self::deposit_event(Event::InstitutionSuspended { institution, invalid_from });
			Ok(())
		}

		/// Lists a node of the signer's institution, so that others connect to it. Signed by the operator of an active
		/// institution.
		#[pallet::call_index(17)]
		#[pallet::weight(T::WeightInfo::register_node())]
		pub fn register_node(origin: OriginFor<T>, node: NodeId) -> DispatchResult {
			let institution = Self::operated_by(&ensure_signed(origin)?)?;
			Self::insert_node(institution, node)?;
			Self::deposit_event(Event::NodeRegistered { institution, node });
			Ok(())
		}

		/// Takes a node of the signer's institution off the list. Signed by the operator of an active institution.
		#[pallet::call_index(18)]
		#[pallet::weight(T::WeightInfo::remove_node())]
		pub fn remove_node(origin: OriginFor<T>, node: NodeId) -> DispatchResult {
			let institution = Self::operated_by(&ensure_signed(origin)?)?;
			Self::drop_node(institution, node)?;
			Self::deposit_event(Event::NodeRemoved { institution, node });
			Ok(())
		}
	}
}

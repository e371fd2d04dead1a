#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod approval;
mod caps;
mod committee;
mod dispute;
mod duties;
mod fallback;
mod formation;
mod guardian_key;
mod locate;
mod personal;
mod resharing;
mod review;
mod scope;
mod session;
mod types;
pub mod weights;

#[cfg(feature = "runtime-benchmarks")]
mod benchmarking;
#[cfg(any(test, feature = "runtime-benchmarks"))]
mod enactment;
#[cfg(any(test, feature = "try-runtime"))]
mod invariants;
#[cfg(test)]
mod mock;
#[cfg(any(test, feature = "runtime-benchmarks"))]
mod rehearsal;
#[cfg(test)]
mod tests;

pub use pallet::*;
pub use types::{
	Committee, CommitteeKind, CommitteeStatus, DayUse, EmergencyLimits, EmergencyRequest, EmergencyStatus, Enrolment,
	Envelopes, GuardianKey, Indices, LocateRequest, LocateSession, MaxMembers, Member, MemberSet, Naming, Parts,
	PersonalMember, PersonalSetup, Scope, SealedSet, Session, ShiftTag, Spent, FIRST_PERSONAL_COMMITTEE,
	MAX_ENROLMENTS, MAX_ENVELOPES, MAX_SEALED_SETS, MAX_SHIFTS, MAX_SPENT, MAX_UNCONFIRMED, RESERVED,
};
pub use weights::WeightInfo;

/// A committee of this runtime's accounts.
pub type CommitteeOf<T> = Committee<<T as frame_system::Config>::AccountId>;
/// A set of members of this runtime's accounts.
pub type MemberSetOf<T> = MemberSet<<T as frame_system::Config>::AccountId>;
/// A session before guardians of this runtime's accounts.
pub type SessionOf<T> = Session<<T as frame_system::Config>::AccountId>;
/// What a patient hands in about the own guardians.
pub type PersonalSetupOf<T> = PersonalSetup<<T as frame_system::Config>::AccountId>;

#[frame_support::pallet]
pub mod pallet {
	use super::*;
	use frame_support::{pallet_prelude::*, traits::Time};
	use frame_system::pallet_prelude::*;
	use salus_primitives::{
		AccountRoles, AuditLog, Commitment, CommitteeId, CommitteePurpose, EmergencyRequestId, EmergencyTier, Guardian,
		Handles, InstitutionId, Members, Moment, PatientHandle, ReviewVerdict,
	};
	use salus_threshold::{
		committee::{KeyId, MAX_MEMBERS},
		dealing::{Dealing, DealingDispute},
		locate::LocatePart,
		part::DecryptionPart,
		proof::SchnorrProof,
	};
	use session::MAX_EXPIRIES;
	use sp_core::H256;

	/// Committees, what is sealed to them, and the sessions that open it.
	#[pallet::pallet]
	pub struct Pallet<T>(_);

	/// What the pallet asks of the runtime.
	#[pallet::config]
	pub trait Config: frame_system::Config<Hash = H256> {
		/// Which accounts act for which institution.
		type Members: Members<Self::AccountId>;
		/// Who controls which handle.
		type Handles: Handles<Self::AccountId>;
		/// References to the accounts of personal guardians.
		type Roles: AccountRoles<Self::AccountId>;
		/// Where every act on a patient is recorded; what cannot be recorded does not happen.
		type Audit: AuditLog;
		/// Slot time of the block.
		type Time: Time<Moment = Moment>;
		/// Who forms, reshares and retires the consortium's committees and sets the limits.
		type CommitteeOrigin: EnsureOrigin<Self::RuntimeOrigin>;
		/// Periods and caps that a chain starts with; its genesis may choose others.
		type DefaultLimits: Get<EmergencyLimits>;
		/// Weights of the calls.
		type WeightInfo: WeightInfo;
	}

	/// Periods and caps.
	#[pallet::storage]
	pub type Limits<T: Config> = StorageValue<_, EmergencyLimits, ValueQuery, T::DefaultLimits>;

	/// The keys with which institutions take part in committees.
	#[pallet::storage]
	pub type GuardianKeys<T: Config> = StorageMap<_, Twox64Concat, InstitutionId, GuardianKey>;

	/// Every committee that decides or did, and those that are coming about. Ids of the consortium's never come back.
	#[pallet::storage]
	pub type Committees<T: Config> = StorageMap<_, Blake2_128Concat, CommitteeId, CommitteeOf<T>>;

	/// Id of the next consortium committee.
	#[pallet::storage]
	pub type NextCommittee<T: Config> = StorageValue<_, CommitteeId, ValueQuery>;

	/// Sets of members that are to take over the key of a committee.
	#[pallet::storage]
	pub type Resharing<T: Config> = StorageMap<_, Blake2_128Concat, CommitteeId, MemberSetOf<T>>;

	/// The dealings of each set of members by dealer. They stay as long as the set: a guardian recovers its share from them and
	/// its sealing key alone.
	#[pallet::storage]
	pub type Dealings<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, (CommitteeId, u32), Twox64Concat, u16, Dealing>;

	/// The consortium's active committee for each purpose.
	#[pallet::storage]
	pub type ConsortiumCommittee<T: Config> = StorageMap<_, Twox64Concat, CommitteePurpose, CommitteeId>;

	/// The active committee of a patient's own guardians.
	#[pallet::storage]
	pub type PersonalCommittee<T: Config> = StorageMap<_, Blake2_128Concat, PatientHandle, CommitteeId>;

	/// The committee of a patient's own guardians that is coming about.
	#[pallet::storage]
	pub type PersonalFormation<T: Config> = StorageMap<_, Blake2_128Concat, PatientHandle, CommitteeId>;

	/// For which patient a person is a guardian: it has proved its share, in the active committee or in the one that is coming about.
	#[pallet::storage]
	pub type PersonalGuardians<T: Config> = StorageMap<_, Blake2_128Concat, T::AccountId, PatientHandle>;

	/// Whom patients have named in committees that are coming about, until the guardian proves its share.
	#[pallet::storage]
	pub type Unconfirmed<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, Guardian<T::AccountId>, Blake2_128Concat, CommitteeId, Naming>;

	/// How many of these each guardian has by patients of each custodian, at most [`MAX_UNCONFIRMED`].
	#[pallet::storage]
	pub type UnconfirmedCount<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, Guardian<T::AccountId>, Twox64Concat, InstitutionId, u32, ValueQuery>;

	/// In which committees an institution is a guardian, personal ones and sets that are coming about included.
	#[pallet::storage]
	pub type GuardianDuties<T: Config> =
		StorageDoubleMap<_, Twox64Concat, InstitutionId, Blake2_128Concat, CommitteeId, ()>;

	/// What is sealed, by patient and tier.
	#[pallet::storage]
	pub type Scopes<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, PatientHandle, Twox64Concat, EmergencyTier, Scope>;

	/// Every session that there ever was: a request id serves once. See [`Pallet::session`] for where one stands now.
	#[pallet::storage]
	pub type Sessions<T: Config> = StorageMap<_, Blake2_128Concat, EmergencyRequestId, SessionOf<T>>;

	/// The sessions on a patient's data.
	#[pallet::storage]
	pub type SessionsOf<T: Config> =
		StorageDoubleMap<_, Blake2_128Concat, PatientHandle, Blake2_128Concat, EmergencyRequestId, ()>;

	/// The sessions that are requested or active, by the committee that decides.
	#[pallet::storage]
	pub type OpenSessions<T: Config> =
		StorageDoubleMap<_, Twox64Concat, CommitteeId, Blake2_128Concat, EmergencyRequestId, ()>;

	/// How many of these each institution has.
	#[pallet::storage]
	pub type OpenCount<T: Config> = StorageMap<_, Twox64Concat, InstitutionId, u32, ValueQuery>;

	/// An institution's latest request to a patient's own committee, by tier.
	#[pallet::storage]
	pub type PersonalAttempts<T: Config> = StorageDoubleMap<
		_,
		Blake2_128Concat,
		PatientHandle,
		Twox64Concat,
		(InstitutionId, EmergencyTier),
		EmergencyRequestId,
	>;

	/// Where the search for sessions that have run out stopped in the last block; none to begin anew.
	#[pallet::storage]
	pub type ExpiryCursor<T: Config> = StorageValue<_, (CommitteeId, EmergencyRequestId)>;

	/// Automatic requests of each institution on the last day that had any.
	#[pallet::storage]
	pub type EmergencyUse<T: Config> = StorageMap<_, Twox64Concat, InstitutionId, DayUse, ValueQuery>;

	/// Sessions of each institution whose review was found overdue and is still missing.
	#[pallet::storage]
	pub type OverdueReviews<T: Config> = StorageMap<_, Twox64Concat, InstitutionId, u32, ValueQuery>;

	/// Until when an institution's requests need one more approval for overdue reviews: for a review period after the last one was
	/// found overdue. Those who should have written it are not the institution, which else would pay for it for ever.
	#[pallet::storage]
	pub type OverdueUntil<T: Config> = StorageMap<_, Twox64Concat, InstitutionId, Moment, ValueQuery>;

	/// Locate sessions, until some time after their end.
	#[pallet::storage]
	pub type LocateSessions<T: Config> = StorageMap<_, Blake2_128Concat, EmergencyRequestId, LocateSession>;

	/// Those that wait for parts, by the committee that evaluates.
	#[pallet::storage]
	pub type OpenLocates<T: Config> =
		StorageDoubleMap<_, Twox64Concat, CommitteeId, Blake2_128Concat, EmergencyRequestId, ()>;

	/// Where the search for locate sessions that are over stopped in the last block; none to begin anew.
	#[pallet::storage]
	pub type LocateCursor<T: Config> = StorageValue<_, EmergencyRequestId>;

	/// Locate sessions of each institution on the last day that had any, those that fill the index left aside.
	#[pallet::storage]
	pub type LocateUse<T: Config> = StorageMap<_, Twox64Concat, InstitutionId, DayUse, ValueQuery>;

	/// Locate sessions by which each institution filled the index on the last day that had any; all under the tag of zeros.
	#[pallet::storage]
	pub type EnrolmentUse<T: Config> = StorageMap<_, Twox64Concat, InstitutionId, DayUse, ValueQuery>;

	/// How often patients were entered into the index of a committee.
	#[pallet::storage]
	pub type Enrolments<T: Config> =
		StorageDoubleMap<_, Twox64Concat, CommitteeId, Blake2_128Concat, PatientHandle, Enrolment>;

	/// Sessions that each institution stopped alone on the last day that had any; all under the tag of zeros.
	#[pallet::storage]
	pub type SuspensionUse<T: Config> = StorageMap<_, Twox64Concat, InstitutionId, DayUse, ValueQuery>;

	/// What the chain starts with.
	#[pallet::genesis_config]
	#[derive(frame_support::DefaultNoBound)]
	pub struct GenesisConfig<T: Config> {
		/// Periods and caps; `None` for the runtime's own.
		pub limits: Option<EmergencyLimits>,
		#[serde(skip)]
		/// Nothing: the runtime that the value belongs to.
		pub _config: core::marker::PhantomData<T>,
	}

	#[pallet::genesis_build]
	impl<T: Config> BuildGenesisConfig for GenesisConfig<T> {
		fn build(&self) {
			if let Some(limits) = self.limits {
				assert!(limits.is_valid(), "limits of emergency access contradict each other");
				Limits::<T>::put(limits);
			}
		}
	}

	/// What happened. Guardians are named by their index in the set of members, from 1.
	#[pallet::event]
	#[pallet::generate_deposit(pub(super) fn deposit_event)]
	pub enum Event<T: Config> {
		/// An institution registered the keys with which it takes part in committees.
		GuardianKeyRegistered {
			/// The institution.
			institution: InstitutionId,
			/// Version of its sealing key.
			version: u32,
		},
		/// A committee, or its next set of members, is to come about.
		CommitteeProposed {
			/// Its id.
			committee: CommitteeId,
			/// Whose emergencies.
			kind: CommitteeKind,
			/// What its key is for.
			purpose: CommitteePurpose,
			/// Version of the set.
			version: u32,
			/// Number of members.
			n: u16,
			/// How many of them open an envelope.
			k: u16,
			/// First moment at which it can no longer come about.
			deadline: Moment,
		},
		/// A member posted its dealing.
		DealingPosted {
			/// The committee.
			committee: CommitteeId,
			/// Version of the set that receives the shares.
			version: u32,
			/// Index of the dealer; in a resharing among the members before.
			dealer: u16,
			/// Whether it was the last one needed: members confirm now.
			complete: bool,
		},
		/// A dealer was shown to have dealt a wrong share. The set that would have got it failed.
		DealerFaulty {
			/// The committee.
			committee: CommitteeId,
			/// Version of the set.
			version: u32,
			/// Index of the dealer; 0 for a patient.
			dealer: u16,
			/// Who it was; `None` for a patient.
			guardian: Option<Guardian<T::AccountId>>,
		},
		/// A set did not come about in time.
		FormationAbandoned {
			/// The committee.
			committee: CommitteeId,
			/// Version of the set.
			version: u32,
			/// Who did not deal, in a resharing among the members before; or, when all dealings were there, did not confirm.
			missing: BoundedVec<u16, MaxMembers>,
		},
		/// A member proved that it holds its share.
		ShareConfirmed {
			/// The committee.
			committee: CommitteeId,
			/// Version of the set.
			version: u32,
			/// Index of the member.
			guardian: u16,
		},
		/// All members proved that they hold their shares: the committee decides.
		CommitteeActivated {
			/// The committee.
			committee: CommitteeId,
			/// Whose emergencies.
			kind: CommitteeKind,
			/// What its key is for.
			purpose: CommitteePurpose,
			/// Names its key.
			key_id: KeyId,
		},
		/// Another set of members took over the committee's key. Fewer than k shares of the former one are worth
		/// nothing more.
		CommitteeReshared {
			/// The committee.
			committee: CommitteeId,
			/// Version of the set.
			version: u32,
			/// Number of members.
			n: u16,
			/// How many of them open an envelope.
			k: u16,
		},
		/// A committee decides nothing any more.
		CommitteeRetired {
			/// The committee.
			committee: CommitteeId,
		},
		/// Periods and caps were changed.
		LimitsSet {
			/// What holds now.
			limits: EmergencyLimits,
		},
		/// The custodian sealed envelopes, or withdrew them.
		EnvelopesSealed {
			/// Whose data.
			handle: PatientHandle,
			/// How much of them.
			tier: EmergencyTier,
			/// The epoch that runs.
			epoch: u32,
			/// To which committee.
			committee: CommitteeId,
			/// How many; 0 for a withdrawal.
			count: u32,
			/// Whether it is test data.
			drill: bool,
		},
		/// An institution asks to open a patient's emergency data. Whoever the patient is should hear of it at once.
		EmergencyRequested {
			/// Names the session.
			id: EmergencyRequestId,
			/// Whose data.
			handle: PatientHandle,
			/// How much of them.
			tier: EmergencyTier,
			/// Who asks.
			institution: InstitutionId,
			/// Who decides.
			committee: CommitteeId,
			/// Whether a cap was reached, so that only people may approve.
			manual: bool,
			/// Whether it is a drill on test data.
			drill: bool,
		},
		/// A guardian approved, by a part of the decryption that was verified.
		RequestApproved {
			/// The session.
			id: EmergencyRequestId,
			/// Index of the guardian.
			guardian: u16,
			/// Parts so far.
			parts: u16,
			/// Parts that activate it.
			required: u16,
		},
		/// A guardian sent a part that is none. Its vote is void, and the others are enough.
		PartRefused {
			/// The session.
			id: EmergencyRequestId,
			/// Index of the guardian.
			guardian: u16,
		},
		/// Enough guardians approved: the data may be opened.
		SessionActivated {
			/// The session.
			id: EmergencyRequestId,
			/// Whose data.
			handle: PatientHandle,
			/// Who may open them.
			institution: InstitutionId,
			/// First moment at which it is no longer active.
			until: Moment,
		},
		/// A guardian rejected a request.
		GuardianRejected {
			/// The session.
			id: EmergencyRequestId,
			/// Index of the guardian.
			guardian: u16,
		},
		/// Too few guardians are left who could approve.
		RequestRejected {
			/// The session.
			id: EmergencyRequestId,
		},
		/// The institution that asked took its request back.
		RequestCancelled {
			/// The session.
			id: EmergencyRequestId,
		},
		/// Too few guardians answered in time.
		RequestExpired {
			/// The session.
			id: EmergencyRequestId,
		},
		/// A session that was active is over.
		SessionClosed {
			/// The session.
			id: EmergencyRequestId,
			/// Whose data.
			handle: PatientHandle,
			/// How much of them.
			tier: EmergencyTier,
			/// The epoch of the scope that runs now; the custodian seals for it.
			epoch: u32,
			/// Whether its time ran out; else the requester closed it.
			expired: bool,
		},
		/// The patient contradicts a session.
		SessionDisputed {
			/// The session.
			id: EmergencyRequestId,
			/// Whose data.
			handle: PatientHandle,
		},
		/// A guardian confirmed that the patient contradicts.
		DisputeConfirmed {
			/// The session.
			id: EmergencyRequestId,
			/// Index of the guardian.
			guardian: u16,
			/// Confirmations so far.
			confirmations: u32,
			/// Confirmations that suspend it.
			required: u32,
		},
		/// An institution that has stopped as many sessions today as it may alone says that the patient is there in person.
		PresenceClaimed {
			/// The session.
			id: EmergencyRequestId,
			/// Who says so.
			institution: InstitutionId,
			/// Its evidence.
			evidence: Commitment,
			/// Confirmations so far, this one included.
			confirmations: u32,
			/// Confirmations that suspend it.
			required: u32,
		},
		/// A session was stopped.
		SessionSuspended {
			/// The session.
			id: EmergencyRequestId,
			/// Whose data.
			handle: PatientHandle,
			/// How much of them.
			tier: EmergencyTier,
			/// The epoch of the scope that runs now; the custodian seals for it.
			epoch: u32,
			/// The institution where the patient was in person, and its evidence; `None` when guardians confirmed a dispute.
			in_person: Option<(InstitutionId, Commitment)>,
		},
		/// A session was reviewed.
		SessionReviewed {
			/// The session.
			id: EmergencyRequestId,
			/// By whom.
			reviewer: InstitutionId,
			/// With this result.
			verdict: ReviewVerdict,
		},
		/// The review of a session is overdue.
		ReviewEscalated {
			/// The session.
			id: EmergencyRequestId,
			/// The institution that had asked for it.
			institution: InstitutionId,
		},
		/// An institution asks for the evaluation of a blinded name.
		LocateRequested {
			/// Names the session.
			id: EmergencyRequestId,
			/// Who asks.
			institution: InstitutionId,
			/// Who evaluates.
			committee: CommitteeId,
			/// Whether it is to fill the index, and nobody is looked for.
			enrol: bool,
		},
		/// A guardian gave its part of the evaluation.
		LocateEvaluated {
			/// The session.
			id: EmergencyRequestId,
			/// Index of the guardian.
			guardian: u16,
			/// Parts so far.
			parts: u32,
			/// Parts that complete it.
			required: u16,
		},
		/// A guardian sent an evaluation that is none.
		LocatePartRefused {
			/// The session.
			id: EmergencyRequestId,
			/// Index of the guardian.
			guardian: u16,
		},
		/// Enough parts are there to finish the evaluation.
		LocateCompleted {
			/// The session.
			id: EmergencyRequestId,
			/// Who asked.
			institution: InstitutionId,
		},
	}

	/// Why a call was refused.
	#[pallet::error]
	pub enum Error<T> {
		/// The proof is not that of the key's holder, on this chain and for this institution.
		BadKeyProof,
		/// The keys are those that are registered.
		KeyUnchanged,
		/// Fewer than 5 or more than 16 members, not more than half of them needed, or fewer than two dispensable.
		BadThreshold,
		/// A guardian stands twice, or an institution would have two votes.
		DuplicateGuardian,
		/// An institution among the members is not active.
		MemberNotActive,
		/// An institution among the members has registered no guardian key.
		NoGuardianKey,
		/// The validity ends before the committee could come about, or later than the limits allow.
		BadValidity,
		/// There is no such committee.
		UnknownCommittee,
		/// The committee does not decide: not yet, or not any more.
		CommitteeNotActive,
		/// The committee's validity is over.
		CommitteeExpired,
		/// A personal committee is the patient's: the patient deals it anew instead.
		NotConsortium,
		/// Nothing is coming about: the committee is complete or has ended.
		NotForming,
		/// The time in which it could come about is over. Abandon it and propose another.
		FormationOver,
		/// The time in which it can come about is not over.
		FormationNotOver,
		/// The next set of members is coming about already.
		ResharingUnderWay,
		/// The signer is no guardian in the committee.
		NotGuardian,
		/// The institution replaced its guardian key after the set was proposed. It takes part again after a resharing.
		GuardianKeyChanged,
		/// All dealings that count are there.
		DealingsComplete,
		/// Dealings are missing yet.
		DealingsIncomplete,
		/// The member has dealt.
		AlreadyDealt,
		/// The dealing is malformed, or made for another committee, set or dealer.
		BadDealing,
		/// The old member deals something else than its share.
		NotOldShare,
		/// The dealings cancel out. The last one has to be made anew.
		DegenerateKey,
		/// No dealing of this dealer is there.
		UnknownDealing,
		/// The dealing is right, or the dispute malformed.
		DisputeUnfounded,
		/// The member has proved it before.
		AlreadyConfirmed,
		/// The proof is not that of the member's share.
		BadPossession,
		/// The signer does not control the handle, or there is none: one error, so that handles cannot be probed.
		NotController,
		/// Only the patient's own key may do this, not the custodian on behalf.
		PatientOnly,
		/// The id belongs to the consortium's committees, or is taken. Draw another one from the upper half.
		CommitteeTaken,
		/// Nobody can be reserved for the own guardians that long, or no time at all.
		BadFallback,
		/// An institution's registered sealing key differs from the one named.
		SealingKeyMismatch,
		/// A person's sealing key is none.
		BadSealingKey,
		/// An institution as guardian is its own affiliation; and a person's must exist.
		BadAffiliation,
		/// The account is a gateway: it would vote for its institution.
		GuardianIsGateway,
		/// The account is a guardian of another patient. Use an account of its own for each.
		GuardianTaken,
		/// The patient has no own guardians.
		NoPersonalCommittee,
		/// The committee is in use, and the signer may not end it.
		CommitteeInUse,
		/// A period or a cap is zero, or guardians would have longer for something than any committee lasts.
		BadLimits,
		/// There is no next id or version.
		IdsExhausted,
		/// The signer's institution is not the custodian of the handle, or there is none: one error, so that handles cannot be
		/// probed.
		NotCustodian,
		/// The epoch is neither the one that runs nor the next.
		WrongEpoch,
		/// The same commitment stands twice: an envelope serves once.
		DuplicateEnvelopes,
		/// An envelope of the set was used up: seal for the next epoch.
		EnvelopesInUse,
		/// The patient's data are real ones and stay so; or they are test data, which become real ones with the next epoch.
		DrillIsFixed,
		/// The committee decides for another patient.
		CommitteeOfAnother,
		/// The committee's key is for something else.
		WrongPurpose,
		/// An institution of the requester's kind may not claim an emergency, or it is suspended.
		NotForEmergency,
		/// Nothing is sealed to the committee for this patient and tier; the handle may be unknown.
		NothingSealed,
		/// The requester is the custodian, whose own vault holds the records.
		OwnPatient,
		/// No envelope has this number.
		UnknownEnvelope,
		/// The envelope was used up by another request.
		EnvelopeConsumed,
		/// Salt and header are not those of the envelope on chain.
		EnvelopeMismatch,
		/// The patient's own guardians have to be asked first, and have some time to answer.
		PersonalCommitteeFirst,
		/// The patient wants nobody but the own guardians to decide.
		PatientOptedOut,
		/// A session with this id exists: draw another point.
		RequestIdUsed,
		/// The institution has several times as many sessions open as its requests may without people.
		TooManyOpen,
		/// Too few guardians could vote on a request of this institution.
		TooFewGuardians,
		/// The envelope's proof or the requester's does not hold, for this patient, tier, epoch, number, committee and requester.
		InvalidRequest,
		/// There is no such session.
		UnknownSession,
		/// The session does not wait for votes: it is decided, or its time is over.
		NotRequested,
		/// The session is not active.
		NotActive,
		/// The committee has other members now. Send the request again.
		CommitteeChanged,
		/// The institution stands too near: the requester, somebody who works there, or a custodian where it may not act.
		NotIndependent,
		/// The guardian has voted, or its vote is void.
		AlreadyVoted,
		/// The signer's institution did not ask for this session.
		NotRequester,
		/// The time of the session is not over.
		NotExpired,
		/// The patient has contradicted the session before.
		AlreadyDisputed,
		/// The patient has not contradicted the session.
		NotDisputed,
		/// Nothing can be approved or opened in the session any more.
		SessionOver,
		/// The institution may not judge this session: neither custodian nor regulator, or the requester itself.
		NotReviewer,
		/// The session has not ended, or ended before anybody decided.
		NotReviewable,
		/// The session was reviewed.
		AlreadyReviewed,
		/// The review is not overdue.
		ReviewNotDue,
		/// Somebody has found the review overdue before.
		AlreadyOverdue,
		/// The institution has had as many locate sessions as a day allows.
		LocatesExhausted,
		/// The institution has used up envelopes of the set for nothing, and the others are for others. It may ask again when twice
		/// `request_validity` has passed, or the custodian has sealed for the next epoch.
		EnvelopesUsedUp,
		/// The custodian has entered the patient into the index of this committee as often as it may.
		EnrolmentsExhausted,
		/// Patients of this custodian have named the guardian in as many committees as they may before it confirms.
		TooManyUnconfirmed,
	}

	#[pallet::hooks]
	impl<T: Config> Hooks<BlockNumberFor<T>> for Pallet<T> {
		/// Ends what has run out, as far as the block has room.
		fn on_idle(_: BlockNumberFor<T>, remaining: Weight) -> Weight {
			let (none, one) = (T::WeightInfo::expire_some(0, 0), T::WeightInfo::expire_some(1, 1));
			let room =
				remaining.checked_sub(&none).and_then(|room| room.checked_div_per_component(&one.saturating_sub(none)));
			let most = room.map_or(0, |pairs| pairs.min(MAX_EXPIRIES.into())) as u32;
			if most == 0 {
				return Weight::zero();
			}
			T::WeightInfo::expire_some(Self::expire_some(most), Self::drop_some_locates(most))
		}

		#[cfg(feature = "std")]
		fn integrity_test() {
			assert!(T::DefaultLimits::get().is_valid(), "the default limits contradict each other");
		}

		#[cfg(feature = "try-runtime")]
		fn try_state(_: BlockNumberFor<T>) -> Result<(), sp_runtime::TryRuntimeError> {
			Self::do_try_state()
		}
	}

	#[pallet::call]
	impl<T: Config> Pallet<T> {
		/// Registers the keys with which the signer's institution takes part in committees.
		///
		/// `sealing` is the Ristretto255 key that shares are sealed to, `kem_hash` the `blake2_256` of the gateway's X-Wing public
		/// key, `proof` that the institution holds the sealing secret. With another sealing key the institution's votes count
		/// only in sets of members that are proposed from now on.
		///
		/// Errors: [`Error::BadKeyProof`], [`Error::KeyUnchanged`].
		#[pallet::call_index(0)]
		#[pallet::weight(T::WeightInfo::register_guardian_key())]
		pub fn register_guardian_key(
			origin: OriginFor<T>,
			sealing: [u8; 32],
			kem_hash: [u8; 32],
			proof: SchnorrProof,
		) -> DispatchResult {
			let gateway = ensure_signed(origin)?;
			let institution = T::Members::active_institution(&gateway)?;
			let version = Self::store_guardian_key(institution, sealing, kem_hash, &proof)?;
			Self::deposit_event(Event::GuardianKeyRegistered { institution, version });
			Ok(())
		}

		/// Proposes a committee of the consortium: `k` of the members open an envelope. All of them deal, then all of them prove
		/// that they hold their shares; then it takes the place of the one before.
		///
		/// Errors: from [`Error::BadThreshold`] to [`Error::BadValidity`].
		#[pallet::call_index(1)]
		#[pallet::weight(T::WeightInfo::form_committee(members.len() as u32))]
		pub fn form_committee(
			origin: OriginFor<T>,
			purpose: CommitteePurpose,
			members: BoundedVec<InstitutionId, MaxMembers>,
			k: u16,
			valid_until: Moment,
		) -> DispatchResult {
			T::CommitteeOrigin::ensure_origin(origin)?;
			let set = Self::institution_set(1, &members, k, valid_until)?;
			Self::propose_consortium(purpose, set)
		}

		/// Posts a dealing: in a key generation that of a member, in a resharing that of a member of the old set, which deals its
		/// share. The first k of these count, and the call tells in its event when no more is needed.
		///
		/// Errors: [`Error::NotForming`], [`Error::FormationOver`], [`Error::NotGuardian`], [`Error::GuardianKeyChanged`], and
		/// from [`Error::DealingsComplete`] to [`Error::DegenerateKey`].
		#[pallet::call_index(2)]
		#[pallet::weight((
			T::WeightInfo::post_dealing(dealing.sealed.len() as u32)
				.saturating_add(T::WeightInfo::derive_keys(MAX_MEMBERS.into(), dealing.sealed.len() as u32)),
			DispatchClass::Operational,
		))]
		pub fn post_dealing(
			origin: OriginFor<T>,
			committee: CommitteeId,
			dealing: Dealing,
		) -> DispatchResultWithPostInfo {
			let who = ensure_signed(origin)?;
			let n = dealing.sealed.len() as u32;
			let posted = Self::accept_dealing(&who, committee, dealing)?;
			let derived = match posted.complete {
				true => T::WeightInfo::derive_keys(posted.count, n),
				false => Weight::zero(),
			};
			Self::deposit_event(posted.into());
			Ok(Some(T::WeightInfo::post_dealing(n).saturating_add(derived)).into())
		}

		/// Shows that a dealer gave the signer a wrong share. The set fails, and the event names the dealer.
		///
		/// Errors: [`Error::NotForming`], [`Error::FormationOver`], [`Error::NotGuardian`], [`Error::UnknownDealing`],
		/// [`Error::DisputeUnfounded`].
		#[pallet::call_index(3)]
		#[pallet::weight((T::WeightInfo::dispute_dealing(), DispatchClass::Operational))]
		pub fn dispute_dealing(
			origin: OriginFor<T>,
			committee: CommitteeId,
			dealer: u16,
			dispute: DealingDispute,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let (version, guardian) = Self::settle_dispute(&who, committee, dealer, &dispute)?;
			Self::deposit_event(Event::DealerFaulty { committee, version, dealer, guardian });
			Ok(())
		}

		/// Proves that the signer holds its share. With the last proof the set becomes the one that decides. A person whom a patient
		/// named is bound to this patient by it, and by nothing else.
		///
		/// Errors: [`Error::NotForming`], [`Error::FormationOver`], [`Error::NotGuardian`], [`Error::GuardianKeyChanged`],
		/// [`Error::DealingsIncomplete`], [`Error::AlreadyConfirmed`], [`Error::BadPossession`], [`Error::GuardianTaken`].
		#[pallet::call_index(4)]
		#[pallet::weight((T::WeightInfo::confirm_share(), DispatchClass::Operational))]
		pub fn confirm_share(origin: OriginFor<T>, committee: CommitteeId, proof: SchnorrProof) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::accept_possession(&who, committee, &proof)
		}

		/// Gives up a set that did not come about in time; the event names who is missing. Any member may say so.
		///
		/// Errors: [`Error::NotForming`], [`Error::FormationNotOver`].
		#[pallet::call_index(5)]
		#[pallet::weight(T::WeightInfo::abandon_formation())]
		pub fn abandon_formation(origin: OriginFor<T>, committee: CommitteeId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			T::Members::ensure_member(&who)?;
			let (version, missing) = Self::give_up(committee)?;
			Self::deposit_event(Event::FormationAbandoned { committee, version, missing });
			Ok(())
		}

		/// Proposes another set of members and another threshold for the same key. Members of the old set deal their shares; once
		/// each new member has proved that it holds its own, the old set ends.
		///
		/// Errors: from [`Error::BadThreshold`] to [`Error::NotConsortium`], [`Error::ResharingUnderWay`].
		#[pallet::call_index(6)]
		#[pallet::weight(T::WeightInfo::reshare_committee(members.len() as u32))]
		pub fn reshare_committee(
			origin: OriginFor<T>,
			committee: CommitteeId,
			members: BoundedVec<InstitutionId, MaxMembers>,
			k: u16,
			valid_until: Moment,
		) -> DispatchResult {
			T::CommitteeOrigin::ensure_origin(origin)?;
			Self::propose_resharing(committee, &members, k, valid_until)
		}

		/// Names a patient's own guardians and deals them a key. They decide once each has proved that it holds its share; until
		/// then the ones before do. `committee` is an id that the signer drew, from [`FIRST_PERSONAL_COMMITTEE`] on.
		///
		/// The custodian may do this on behalf of the patient, but neither rule the consortium's committee out nor replace whom
		/// the patient named. `entry` is the salted commitment to the full audit entry.
		///
		/// Errors: [`Error::NotController`] to [`Error::GuardianTaken`], [`Error::TooManyUnconfirmed`], [`Error::BadThreshold`] to
		/// [`Error::BadValidity`], [`Error::BadDealing`], [`Error::DegenerateKey`], and those of the audit trail.
		#[pallet::call_index(7)]
		#[pallet::weight((
			T::WeightInfo::set_personal_committee(setup.members.len() as u32)
				.saturating_add(T::Audit::record_weight()),
			DispatchClass::Operational,
		))]
		pub fn set_personal_committee(
			origin: OriginFor<T>,
			handle: PatientHandle,
			committee: CommitteeId,
			setup: PersonalSetupOf<T>,
			entry: Commitment,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::propose_personal(&who, handle, committee, setup, entry)
		}

		/// Ends a patient's own guardians, those that are coming about included. The consortium's committee decides from now on.
		///
		/// Errors: [`Error::NotController`], [`Error::PatientOnly`], [`Error::NoPersonalCommittee`], and those of the audit trail.
		#[pallet::call_index(8)]
		#[pallet::weight((
			T::WeightInfo::remove_personal_committee().saturating_add(T::Audit::record_weight()),
			DispatchClass::Operational,
		))]
		pub fn remove_personal_committee(
			origin: OriginFor<T>,
			handle: PatientHandle,
			entry: Commitment,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::end_personal(&who, handle, entry)
		}

		/// Ends a committee. The consortium ends its own at any time; any member ends one whose validity is over, or whose patient
		/// is no more, so that its guardians are free.
		///
		/// Errors: [`Error::UnknownCommittee`], [`Error::CommitteeNotActive`] when it has ended, [`Error::CommitteeInUse`].
		#[pallet::call_index(9)]
		#[pallet::weight(T::WeightInfo::retire_committee())]
		pub fn retire_committee(origin: OriginFor<T>, committee: CommitteeId) -> DispatchResult {
			let by_consortium = T::CommitteeOrigin::ensure_origin(origin.clone()).is_ok();
			if !by_consortium {
				T::Members::ensure_member(&ensure_signed(origin)?)?;
			}
			Self::retire(committee, by_consortium)
		}

		/// Seals one-time envelopes of a patient and tier to a committee, in place of those that were sealed to it before; none
		/// to withdraw them.
		///
		/// `epoch` is the one that runs, or the next, which ends it: that is how a custodian replaces envelopes that requests
		/// have used up. `envelopes` are salted commitments to the headers, by number from 0; `drill` says that it is test data.
		/// Test data become real ones, on both tiers at once, with the first sealing for a next epoch that says so.
		///
		/// Errors: not a gateway of an active institution, [`Error::NotCustodian`] to [`Error::WrongPurpose`],
		/// [`Error::NothingSealed`] when there is nothing to withdraw, and those of a committee that does not decide.
		#[pallet::call_index(10)]
		#[pallet::weight(T::WeightInfo::seal_envelopes(envelopes.len() as u32))]
		pub fn seal_envelopes(
			origin: OriginFor<T>,
			handle: PatientHandle,
			tier: EmergencyTier,
			epoch: u32,
			committee: CommitteeId,
			envelopes: Envelopes,
			drill: bool,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::ensure_custodian(&handle, &who)?;
			let count = envelopes.len() as u32;
			let scope = Self::scope_with(&handle, tier, epoch, committee, envelopes, drill)?;
			Scopes::<T>::insert(handle, tier, scope);
			if !drill {
				Self::make_real(&handle, tier);
			}
			Self::deposit_event(Event::EnvelopesSealed { handle, tier, epoch, committee, count, drill });
			Ok(())
		}

		/// Asks guardians to open a patient's emergency data for the signer's institution. The envelope is used up, whatever comes
		/// of it.
		///
		/// `entry` is the salted commitment to the full audit entry, which guardians compare with what they are shown. Errors: not
		/// a gateway of an active institution, [`Error::NotForEmergency`] to [`Error::InvalidRequest`],
		/// [`Error::CommitteeOfAnother`], [`Error::WrongPurpose`], [`Error::EnvelopesUsedUp`], those of a committee that does not
		/// decide, and those of the audit trail.
		#[pallet::call_index(11)]
		#[pallet::weight((
			T::WeightInfo::request_emergency().saturating_add(T::Audit::record_weight()),
			DispatchClass::Operational,
		))]
		pub fn request_emergency(origin: OriginFor<T>, request: EmergencyRequest, entry: Commitment) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let institution = T::Members::active_institution(&who)?;
			let admitted = Self::admit(institution, request, entry)?;

			let id = admitted.id;
			let Session { handle, tier, committee, manual, drill, .. } = admitted.session;
			Self::open_session(admitted)?;
			Self::deposit_event(Event::EmergencyRequested { id, handle, tier, institution, committee, manual, drill });
			Ok(())
		}

		/// Approves a request by a part of the decryption. The vote is the part: nothing else counts, and what is counted opens.
		///
		/// `Ok` also for a part that does not verify: the event names its author, whose vote is void. Errors:
		/// [`Error::UnknownSession`], [`Error::NotRequested`], [`Error::CommitteeChanged`], [`Error::NotGuardian`],
		/// [`Error::GuardianKeyChanged`], [`Error::NotIndependent`], [`Error::AlreadyVoted`], [`Error::NotForEmergency`] when the
		/// requester was suspended since, those of a committee that does not decide, and those of the audit trail.
		#[pallet::call_index(12)]
		#[pallet::weight((
			T::WeightInfo::approve_request().saturating_add(T::Audit::record_weight()),
			DispatchClass::Operational,
		))]
		pub fn approve_request(
			origin: OriginFor<T>,
			id: EmergencyRequestId,
			part: DecryptionPart,
			entry: Commitment,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let ballot = Self::ballot(id, &who)?;
			Self::approve(ballot, &part, entry)
		}

		/// Rejects a request. It ends when those who have not voted cannot make it active any more.
		///
		/// Errors: as for [`Pallet::approve_request`], without the requester's.
		#[pallet::call_index(13)]
		#[pallet::weight((
			T::WeightInfo::reject_request().saturating_add(T::Audit::record_weight()),
			DispatchClass::Operational,
		))]
		pub fn reject_request(origin: OriginFor<T>, id: EmergencyRequestId, entry: Commitment) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let ballot = Self::ballot(id, &who)?;
			Self::reject(ballot, entry)
		}

		/// Takes a request back, while guardians have not decided.
		///
		/// Errors: [`Error::UnknownSession`], [`Error::NotRequester`], [`Error::NotRequested`], and those of the audit trail.
		#[pallet::call_index(14)]
		#[pallet::weight((
			T::WeightInfo::cancel_request().saturating_add(T::Audit::record_weight()),
			DispatchClass::Operational,
		))]
		pub fn cancel_request(origin: OriginFor<T>, id: EmergencyRequestId, entry: Commitment) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let session = Self::own_session(id, &who)?;
			Self::cancel(id, session, entry)?;
			Self::deposit_event(Event::RequestCancelled { id });
			Ok(())
		}

		/// Closes an active session: nothing is opened in it any more, its key epoch ends, a review falls due.
		///
		/// Errors: [`Error::UnknownSession`], [`Error::NotRequester`], [`Error::NotActive`], and those of the audit trail.
		#[pallet::call_index(15)]
		#[pallet::weight((
			T::WeightInfo::close_session().saturating_add(T::Audit::record_weight()),
			DispatchClass::Operational,
		))]
		pub fn close_session(origin: OriginFor<T>, id: EmergencyRequestId, entry: Commitment) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let session = Self::own_session(id, &who)?;
			Self::close(id, session, entry)
		}

		/// Ends a session whose time is over, as the chain does by itself when a block has room. Any member may say so.
		///
		/// Errors: [`Error::UnknownSession`], [`Error::NotExpired`].
		#[pallet::call_index(16)]
		#[pallet::weight(T::WeightInfo::expire_session())]
		pub fn expire_session(origin: OriginFor<T>, id: EmergencyRequestId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			T::Members::ensure_member(&who)?;
			Self::expire(id)
		}

		/// Contradicts a session in the name of the patient, by the patient's own key. It warns everybody and stops nothing.
		///
		/// Errors: [`Error::NotController`], [`Error::UnknownSession`], [`Error::AlreadyReviewed`], [`Error::AlreadyDisputed`], and
		/// those of the audit trail.
		#[pallet::call_index(17)]
		#[pallet::weight((
			T::WeightInfo::dispute_session().saturating_add(T::Audit::record_weight()),
			DispatchClass::Operational,
		))]
		pub fn dispute_session(
			origin: OriginFor<T>,
			handle: PatientHandle,
			id: EmergencyRequestId,
			entry: Commitment,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let session = Self::disputable(&handle, id, &who)?;
			Self::dispute(id, session, entry)?;
			Self::deposit_event(Event::SessionDisputed { id, handle });
			Ok(())
		}

		/// Confirms, as a guardian, that the patient contradicts. Enough confirmations suspend the session.
		///
		/// Errors: [`Error::UnknownSession`], [`Error::SessionOver`], [`Error::NotDisputed`], [`Error::NotGuardian`],
		/// [`Error::GuardianKeyChanged`], [`Error::NotIndependent`], [`Error::AlreadyVoted`], and those of the audit trail.
		#[pallet::call_index(18)]
		#[pallet::weight((
			T::WeightInfo::confirm_dispute().saturating_add(T::Audit::record_weight()),
			DispatchClass::Operational,
		))]
		pub fn confirm_dispute(origin: OriginFor<T>, id: EmergencyRequestId, entry: Commitment) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::confirm_for(id, &who, entry)
		}

		/// Suspends a session because the patient is at the signer's institution in person and wants that. `evidence` is a salted
		/// commitment to the statement.
		///
		/// Beyond `suspensions` of an institution and day (UTC) it marks the session as disputed and is one confirmation, unless the
		/// patient's own key has contradicted.
		///
		/// Errors: not a gateway of an active institution, [`Error::NotForEmergency`], [`Error::UnknownSession`],
		/// [`Error::SessionOver`], [`Error::NotIndependent`] for the requester, and for the custodian unless the patient's own
		/// key has contradicted; [`Error::AlreadyVoted`] for a second confirmation; and those of the audit trail.
		#[pallet::call_index(19)]
		#[pallet::weight((
			T::WeightInfo::suspend_in_person().saturating_add(T::Audit::record_weight()),
			DispatchClass::Operational,
		))]
		pub fn suspend_in_person(
			origin: OriginFor<T>,
			id: EmergencyRequestId,
			evidence: Commitment,
			entry: Commitment,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let institution = T::Members::active_institution(&who)?;
			Self::suspend_for_patient(id, institution, evidence, entry)
		}

		/// Judges a session that has ended, as its patient's custodian or as a regulator.
		///
		/// Errors: not a gateway of an active institution, [`Error::UnknownSession`], [`Error::NotReviewer`],
		/// [`Error::NotReviewable`], [`Error::AlreadyReviewed`], and those of the audit trail.
		#[pallet::call_index(20)]
		#[pallet::weight((
			T::WeightInfo::review_session().saturating_add(T::Audit::record_weight()),
			DispatchClass::Operational,
		))]
		pub fn review_session(
			origin: OriginFor<T>,
			id: EmergencyRequestId,
			verdict: ReviewVerdict,
			entry: Commitment,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let reviewer = T::Members::active_institution(&who)?;
			let session = Self::reviewable(id, reviewer)?;
			Self::review(id, session, reviewer, verdict, entry)?;
			Self::deposit_event(Event::SessionReviewed { id, reviewer, verdict });
			Ok(())
		}

		/// Says that a review is overdue. Until it is done, and for a review period at most, requests of the institution that had asked
		/// need one more approval; none is refused. Any member may say so.
		///
		/// Errors: [`Error::UnknownSession`], [`Error::AlreadyReviewed`], [`Error::ReviewNotDue`], [`Error::AlreadyOverdue`].
		#[pallet::call_index(21)]
		#[pallet::weight(T::WeightInfo::escalate_review())]
		pub fn escalate_review(origin: OriginFor<T>, id: EmergencyRequestId) -> DispatchResult {
			let who = ensure_signed(origin)?;
			T::Members::ensure_member(&who)?;
			let institution = Self::escalate(id)?;
			Self::deposit_event(Event::ReviewEscalated { id, institution });
			Ok(())
		}

		/// Asks guardians to evaluate a blinded name, to find a patient or, as its custodian, to enter one into the index.
		///
		/// Errors: not a gateway of an active institution, [`Error::NotForEmergency`], [`Error::NotCustodian`],
		/// [`Error::WrongPurpose`], [`Error::RequestIdUsed`], [`Error::LocatesExhausted`], [`Error::EnrolmentsExhausted`],
		/// [`Error::TooFewGuardians`], [`Error::InvalidRequest`], those of a committee that does not decide, and those of the audit
		/// trail.
		#[pallet::call_index(22)]
		#[pallet::weight((
			T::WeightInfo::request_locate().saturating_add(T::Audit::record_weight()),
			DispatchClass::Operational,
		))]
		pub fn request_locate(origin: OriginFor<T>, request: LocateRequest, entry: Commitment) -> DispatchResult {
			let who = ensure_signed(origin)?;
			let institution = T::Members::active_institution(&who)?;
			let LocateRequest { committee, .. } = request;
			let enrol = request.enrol.is_some();
			let (id, session) = Self::admit_locate(institution, request, entry)?;
			Self::open_locate(id, session)?;
			Self::deposit_event(Event::LocateRequested { id, institution, committee, enrol });
			Ok(())
		}

		/// Gives a guardian's part of the evaluation.
		///
		/// `Ok` also for a part that does not verify: the event names its author. Errors: [`Error::UnknownSession`],
		/// [`Error::NotRequested`], [`Error::CommitteeChanged`], [`Error::NotGuardian`], [`Error::GuardianKeyChanged`],
		/// [`Error::NotIndependent`], [`Error::AlreadyVoted`], [`Error::NotForEmergency`], those of a committee that does not
		/// decide, and those of the audit trail.
		#[pallet::call_index(23)]
		#[pallet::weight((
			T::WeightInfo::evaluate_locate().saturating_add(T::Audit::record_weight()),
			DispatchClass::Operational,
		))]
		pub fn evaluate_locate(
			origin: OriginFor<T>,
			id: EmergencyRequestId,
			part: LocatePart,
			entry: Commitment,
		) -> DispatchResult {
			let who = ensure_signed(origin)?;
			Self::evaluate(id, &who, &part, entry)
		}

		/// Sets periods and caps. What runs keeps the times that it began with.
		///
		/// Errors: [`Error::BadLimits`].
		#[pallet::call_index(24)]
		#[pallet::weight(T::WeightInfo::set_limits())]
		pub fn set_limits(origin: OriginFor<T>, limits: EmergencyLimits) -> DispatchResult {
			T::CommitteeOrigin::ensure_origin(origin)?;
			ensure!(limits.is_valid(), Error::<T>::BadLimits);
			Limits::<T>::put(limits);
			Self::deposit_event(Event::LimitsSet { limits });
			Ok(())
		}
	}
}

//! Aura, GRANDPA, sessions and what happens to those who equivocate.

use frame_support::{
	parameter_types,
	traits::{ConstBool, ConstU32, ConstU64},
};
use pallet_session::disabling::UpToLimitDisablingStrategy;
use sp_consensus_aura::sr25519::AuthorityId as AuraId;

use super::no_currency::NoCurrency;
use crate::{
	AccountId, Aura, Consortium, Historical, Offences, Runtime, RuntimeEvent, Session, SessionKeys, SESSION_LENGTH,
	SLOT_DURATION_MS,
};

/// Most validators at one time.
pub const MAX_AUTHORITIES: u32 = 64;

/// Sessions for which an old equivocation can still be proven: 28 days of sessions of 600 blocks of 2 s.
pub const BONDING_SESSIONS: u64 = 28 * 24 * 3;

parameter_types! {
	/// Length of a session, blocks.
	pub const Period: crate::BlockNumber = SESSION_LENGTH;
	/// Sessions start at block zero.
	pub const Offset: crate::BlockNumber = 0;
	/// How long an equivocation may be reported, blocks.
	pub const ReportLongevity: u64 = BONDING_SESSIONS * SESSION_LENGTH as u64;
}

impl pallet_aura::Config for Runtime {
	type AuthorityId = AuraId;
	type MaxAuthorities = ConstU32<MAX_AUTHORITIES>;
	type DisabledValidators = Session;
	type AllowMultipleBlocksPerSlot = ConstBool<false>;
	type SlotDuration = ConstU64<SLOT_DURATION_MS>;
}

impl pallet_grandpa::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type WeightInfo = ();
	type MaxAuthorities = ConstU32<MAX_AUTHORITIES>;
	type MaxNominators = ConstU32<0>;
	type MaxSetIdSessionEntries = ConstU64<BONDING_SESSIONS>;
	type KeyOwnerProof = sp_session::MembershipProof;
	type EquivocationReportSystem =
		pallet_grandpa::EquivocationReportSystem<Self, Offences, Historical, ReportLongevity>;
}

impl pallet_authorship::Config for Runtime {
	type FindAuthor = pallet_session::FindAccountFromAuthorIndex<Self, Aura>;
	type EventHandler = ();
}

impl pallet_session::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type ValidatorId = AccountId;
	type ValidatorIdOf = pallet_consortium::ValidatorOf<Runtime>;
	type ShouldEndSession = pallet_session::PeriodicSessions<Period, Offset>;
	type NextSessionRotation = pallet_session::PeriodicSessions<Period, Offset>;
	type SessionManager = pallet_session::historical::NoteHistoricalRoot<Self, Consortium>;
	type SessionHandler = <SessionKeys as sp_runtime::traits::OpaqueKeys>::KeyTypeIdProviders;
	type Keys = SessionKeys;
	type DisablingStrategy = UpToLimitDisablingStrategy<3>;
	type WeightInfo = pallet_session::weights::SubstrateWeight<Runtime>;
	type Currency = NoCurrency;
	type KeyDeposit = ConstU64<0>;
}

impl pallet_session::historical::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type FullIdentification = ();
	type FullIdentificationOf = pallet_consortium::IdentifyByAccount;
}

impl pallet_offences::Config for Runtime {
	type RuntimeEvent = RuntimeEvent;
	type IdentificationTuple = pallet_session::historical::IdentificationTuple<Runtime>;
	type OnOffenceHandler = Consortium;
}

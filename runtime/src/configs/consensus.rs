//! Aura, GRANDPA, sessions and what happens to those who equivocate.

use frame_support::{
	parameter_types,
	traits::{ConstBool, ConstU32, ConstU64},
};
use pallet_session::{disabling::UpToLimitDisablingStrategy, ShouldEndSession};
use sp_consensus_aura::sr25519::AuthorityId as AuraId;

use super::no_currency::NoCurrency;
use crate::{
	AccountId, Aura, BlockNumber, Consortium, Historical, Offences, Runtime, RuntimeEvent, Session, SessionKeys,
	SLOT_DURATION_MS,
};

/// Most validators at one time.
pub const MAX_AUTHORITIES: u32 = 64;

/// Sessions for which an old equivocation can still be proven: 28 days of sessions of 600 blocks of 2 s. Shorter sessions make it
/// a shorter time, longer ones a longer.
pub const BONDING_SESSIONS: u64 = 28 * 24 * 3;

parameter_types! {
	/// How long the pool may keep the report of an equivocation, blocks: as long as it can be proven.
	pub ReportLongevity: u64 = BONDING_SESSIONS.saturating_mul(Consortium::session_length().into());
}

/// Ends sessions as `consortium` says, once GRANDPA can take the authorities that the next may bring.
///
/// It refuses them while a change by force waits for its delay, and a further change by force for as long again. The session pallet
/// would not notice, and the two would disagree on who validates. The delay is shorter than a session when it is enacted; the
/// council may shorten sessions after that.
pub struct OnceGrandpaIsFree;

impl ShouldEndSession<BlockNumber> for OnceGrandpaIsFree {
	fn should_end_session(now: BlockNumber) -> bool {
		let too_soon = || {
			pallet_grandpa::Stalled::<Runtime>::exists()
				&& pallet_grandpa::NextForced::<Runtime>::get().is_some_and(|next| now < next)
		};
		Consortium::should_end_session(now) && !pallet_grandpa::PendingChange::<Runtime>::exists() && !too_soon()
	}
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
	// A set lasts for a session or longer: as many of them reach back as far as the historical roots.
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
	type ShouldEndSession = OnceGrandpaIsFree;
	type NextSessionRotation = Consortium;
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

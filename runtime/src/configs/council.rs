//! The council: one seat per active institution. It decides by motions; nobody is Root.

use frame_support::{parameter_types, traits::ConstU32, weights::Weight};
use frame_system::EnsureNever;
use pallet_collective::{
	EnsureProportionAtLeast, EnsureProportionMoreThan, Instance1, MoreThanMajorityThenPrimeDefaultVote,
};

use super::system::Weights;
use crate::{AccountId, BlockNumber, Runtime, RuntimeCall, RuntimeEvent, RuntimeOrigin, DAYS};

/// The council's instance of `pallet-collective`.
pub type CouncilInstance = Instance1;

/// Two thirds of the seats: members, validators.
pub type TwoThirds = EnsureProportionAtLeast<AccountId, CouncilInstance, 2, 3>;
/// More than half of the seats: parameters.
pub type Majority = EnsureProportionMoreThan<AccountId, CouncilInstance, 1, 2>;

parameter_types! {
	/// A motion that nobody closed ends after this time, blocks.
	pub const MotionDuration: BlockNumber = 7 * DAYS;
	/// What a motion may cost when it is carried out.
	pub MaxProposalWeight: Weight = Weights::get().max_block / 2;
}

impl pallet_collective::Config<CouncilInstance> for Runtime {
	type RuntimeOrigin = RuntimeOrigin;
	type Proposal = RuntimeCall;
	type RuntimeEvent = RuntimeEvent;
	type MotionDuration = MotionDuration;
	type MaxProposals = ConstU32<64>;
	type MaxMembers = ConstU32<{ super::salus::MAX_INSTITUTIONS }>;
	type DefaultVote = MoreThanMajorityThenPrimeDefaultVote;
	type WeightInfo = pallet_collective::weights::SubstrateWeight<Runtime>;
	// Seats follow the institutions: only `consortium` changes them.
	type SetMembersOrigin = EnsureNever<()>;
	type MaxProposalWeight = MaxProposalWeight;
	type DisapproveOrigin = EnsureNever<()>;
	type KillOrigin = EnsureNever<()>;
	type Consideration = ();
}

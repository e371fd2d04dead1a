//! The council: one seat per active institution. It decides by motions; nobody is Root.

use frame_support::{parameter_types, traits::ConstU32, weights::Weight};
use frame_system::EnsureNever;
use pallet_collective::{EnsureProportionAtLeast, EnsureProportionMoreThan, Instance1, PrimeDefaultVote, WeightInfo};
use pallet_consortium::MotionOfSeat;

use super::system::Weights;
pub use crate::parameters::OpenMotionsPerSeat;
use crate::{parameters::MotionDuration, AccountId, Runtime, RuntimeCall, RuntimeEvent, RuntimeOrigin};

/// The council's instance of `pallet-collective`.
pub type CouncilInstance = Instance1;

/// Two thirds of the seats: members, their quotas, validators, upgrades.
pub type TwoThirds = EnsureProportionAtLeast<AccountId, CouncilInstance, 2, 3>;
/// More than half of the seats: parameters and pauses.
pub type Majority = EnsureProportionMoreThan<AccountId, CouncilInstance, 1, 2>;

/// Motions that one seat may keep open at most.
pub const MOTIONS_OF_A_SEAT: u32 = 3;
/// Motions open at one time. Fewer than a third of the seats cannot keep so many open, and so cannot stop the others.
pub const MAX_MOTIONS: u32 = MOTIONS_OF_A_SEAT * super::salus::MAX_INSTITUTIONS.div_ceil(3);

parameter_types! {
	/// What a motion may cost when it is carried out.
	pub MaxProposalWeight: Weight = Weights::get().max_block / 2;
	/// What a full council does at a change of its seats, with as many motions open as there can be.
	pub SeatChange: Weight = <Runtime as pallet_collective::Config<CouncilInstance>>::WeightInfo::set_members(
		super::salus::MAX_INSTITUTIONS,
		super::salus::MAX_INSTITUTIONS,
		MAX_MOTIONS,
	);
}

impl pallet_collective::Config<CouncilInstance> for Runtime {
	type RuntimeOrigin = RuntimeOrigin;
	type Proposal = RuntimeCall;
	type RuntimeEvent = RuntimeEvent;
	type MotionDuration = MotionDuration;
	type MaxProposals = ConstU32<MAX_MOTIONS>;
	type MaxMembers = ConstU32<{ super::salus::MAX_INSTITUTIONS }>;
	// Who does not vote does not agree. There is no prime; counting silence as an aye once more than half agree would turn two
	// thirds into half, by waiting.
	type DefaultVote = PrimeDefaultVote;
	type WeightInfo = pallet_collective::weights::SubstrateWeight<Runtime>;
	// Seats follow the institutions: only `consortium` changes them.
	type SetMembersOrigin = EnsureNever<()>;
	type MaxProposalWeight = MaxProposalWeight;
	type DisapproveOrigin = EnsureNever<()>;
	type KillOrigin = EnsureNever<()>;
	type Consideration = MotionOfSeat<Runtime, CouncilInstance, OpenMotionsPerSeat>;
}

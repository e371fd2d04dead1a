//! A council of the frame, in which one seat proposes without end.

use crate::MotionOfSeat;
use codec::Encode;
use frame_support::{assert_ok, derive_impl, parameter_types, traits::ConstU32, weights::Weight};
use frame_system::EnsureNever;
use pallet_collective::PrimeDefaultVote;
use sp_runtime::{traits::Hash, BuildStorage, DispatchResultWithInfo};

type Block = frame_system::mocking::MockBlock<Test>;

#[frame_support::runtime]
mod runtime {
	#[runtime::runtime]
	#[runtime::derive(RuntimeCall, RuntimeEvent, RuntimeError, RuntimeOrigin, RuntimeHoldReason, RuntimeTask)]
	pub struct Test;

	#[runtime::pallet_index(0)]
	pub type System = frame_system;
	#[runtime::pallet_index(1)]
	pub type Council = pallet_collective;
}

#[derive_impl(frame_system::config_preludes::TestDefaultConfig)]
impl frame_system::Config for Test {
	type Block = Block;
}

const PLACES: u32 = 3;

parameter_types! {
	pub const MaxProposalWeight: Weight = Weight::MAX;
}

impl pallet_collective::Config for Test {
	type RuntimeOrigin = RuntimeOrigin;
	type Proposal = RuntimeCall;
	type RuntimeEvent = RuntimeEvent;
	type MotionDuration = frame_support::traits::ConstU64<10>;
	type MaxProposals = ConstU32<7>;
	type MaxMembers = ConstU32<7>;
	type DefaultVote = PrimeDefaultVote;
	type WeightInfo = ();
	type SetMembersOrigin = EnsureNever<()>;
	type MaxProposalWeight = MaxProposalWeight;
	type DisapproveOrigin = EnsureNever<()>;
	type KillOrigin = EnsureNever<()>;
	type Consideration = MotionOfSeat<Test, (), ConstU32<PLACES>>;
}

fn run(test: impl FnOnce()) {
	let config = RuntimeGenesisConfig {
		council: pallet_collective::GenesisConfig { members: vec![1, 2, 3], ..Default::default() },
		..Default::default()
	};
	sp_io::TestExternalities::new(config.build_storage().unwrap()).execute_with(|| {
		System::set_block_number(1);
		test();
	});
}

fn motion(number: u8) -> RuntimeCall {
	RuntimeCall::System(frame_system::Call::remark { remark: vec![number] })
}

fn propose(who: u64, number: u8) -> DispatchResultWithInfo<frame_support::dispatch::PostDispatchInfo> {
	let length = motion(number).encoded_size() as u32;
	Council::propose(RuntimeOrigin::signed(who), 2, Box::new(motion(number)), length)
}

/// Both nays of three that end a motion which takes two ayes.
fn vote_down(number: u8, index: u32) {
	let hash = <Test as frame_system::Config>::Hashing::hash_of(&motion(number));
	for who in [2, 3] {
		assert_ok!(Council::vote(RuntimeOrigin::signed(who), hash, index, false));
	}
	assert_ok!(Council::close(RuntimeOrigin::signed(2), hash, index, Weight::MAX, 100));
}

// The collective's own benchmarks fill the list from one seat: the limit is not there under their feature.
#[test]
#[cfg(not(feature = "runtime-benchmarks"))]
fn seat_is_refused_a_motion_when_its_places_are_taken() {
	run(|| {
		for number in 0..PLACES as u8 {
			assert_ok!(propose(1, number));
		}
		frame_support::assert_noop!(
			propose(1, 9).map_err(|refused| refused.error),
			pallet_collective::Error::<Test>::TooManyProposals
		);
		// The others still decide.
		for number in 20..20 + PLACES as u8 {
			assert_ok!(propose(2, number));
		}
		assert_ok!(propose(3, 30));
	});
}

#[test]
fn seat_gets_its_place_back_when_a_motion_is_closed() {
	run(|| {
		for number in 0..PLACES as u8 {
			assert_ok!(propose(1, number));
		}
		vote_down(0, 0);
		// The same motion again: what is left of the first one does not count.
		assert_ok!(propose(1, 0));
		vote_down(1, 1);
		vote_down(2, 2);
		assert_ok!(propose(1, 11));
		assert_ok!(propose(1, 12));
	});
}

#[test]
fn what_is_left_of_a_closed_motion_can_be_tidied_up_when_nobody_is_charged() {
	run(|| {
		assert_ok!(propose(1, 0));
		vote_down(0, 0);
		let hash = <Test as frame_system::Config>::Hashing::hash_of(&motion(0));
		assert!(pallet_collective::CostOf::<Test>::contains_key(hash));
		assert_ok!(Council::release_proposal_cost(RuntimeOrigin::signed(9), hash));
		assert!(!pallet_collective::CostOf::<Test>::contains_key(hash));
	});
}

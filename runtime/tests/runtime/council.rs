//! What it takes to decide, and that nobody can keep the others from deciding.

use crate::support::{close, decide, propose, seats, start};
use frame_support::{assert_ok, traits::Get};
use pallet_collective::{Config, DefaultVote, Error, Event, Instance1};
use pallet_consortium::{Action, Call as Consortium};
use salus_primitives::InstitutionId;
use salus_runtime::{
	configs::council::MOTIONS_OF_A_SEAT, Parameter, Runtime, RuntimeCall, RuntimeEvent, RuntimeOrigin, System, DAYS,
	LOCAL_TESTNET_PRESET,
};
use sp_runtime::{traits::Hash, DispatchError};

type Council = <Runtime as Config<Instance1>>::DefaultVote;

#[test]
fn silence_is_not_an_aye_when_more_than_half_agree() {
	for (ayes, nays, seats) in [(4, 0, 7), (4, 3, 7), (6, 0, 7), (51, 0, 100)] {
		assert!(!Council::default_vote(None, ayes, nays, seats), "{ayes} ayes of {seats}");
	}
}

#[test]
fn motions_cannot_be_filled_up_when_fewer_than_a_third_of_the_seats_try() {
	let most = <<Runtime as Config<Instance1>>::MaxProposals as Get<u32>>::get();
	let seats = <<Runtime as pallet_consortium::Config>::MaxInstitutions as Get<u32>>::get();
	let fewer_than_a_third = (seats - 1) / 3;
	assert!(MOTIONS_OF_A_SEAT * fewer_than_a_third < most);
}

fn suspend(institution: u32) -> RuntimeCall {
	Consortium::suspend_institution { institution: InstitutionId(institution), invalid_from: None }.into()
}

fn councils_events() -> Vec<Event<Runtime, Instance1>> {
	let of_council = |event| match event {
		RuntimeEvent::Council(event) => Some(event),
		_ => None,
	};
	System::events().into_iter().filter_map(|record| of_council(record.event)).collect()
}

#[test]
fn a_motion_that_is_agreed_on_is_carried_out_and_its_result_told() {
	start(LOCAL_TESTNET_PRESET).execute_with(|| {
		assert_eq!(decide(suspend(4), 5), Some(Ok(())));
		assert!(!pallet_consortium::Pallet::<Runtime>::institution_is_active(InstitutionId(4)));
		// A motion for an unknown member changes nothing and says why.
		let unknown = pallet_consortium::Error::<Runtime>::UnknownInstitution.into();
		assert_eq!(decide(suspend(99), 5), Some(Err(unknown)));
	});
}

#[test]
fn a_motion_that_too_few_agree_on_is_carried_out_for_nobody() {
	start(LOCAL_TESTNET_PRESET).execute_with(|| {
		// Four of seven are no two thirds, whatever threshold the proposer names.
		assert_eq!(decide(suspend(4), 4), Some(Err(DispatchError::BadOrigin)));
		let motion = propose(&suspend(4), 5, 2);
		assert_eq!(close(&suspend(4), motion), None);
		assert!(councils_events().contains(&Event::Disapproved { proposal_hash: motion.0 }));
		assert!(pallet_consortium::Pallet::<Runtime>::institution_is_active(InstitutionId(4)));
	});
}

#[test]
fn a_motion_ends_when_its_time_is_over_and_silence_is_no_aye() {
	start(LOCAL_TESTNET_PRESET).execute_with(|| {
		let (call, seats) = (suspend(4), seats());
		let length = codec::Encode::encoded_size(&call) as u32;
		let signed = |at: usize| RuntimeOrigin::signed(seats[at].clone());
		let council = salus_runtime::Council::propose(signed(0), 5, Box::new(call.clone()), length);
		assert_ok!(council);
		let hash = <Runtime as frame_system::Config>::Hashing::hash_of(&call);
		for at in 0..4 {
			assert_ok!(salus_runtime::Council::vote(signed(at), hash, 0, true));
		}
		let weight = frame_support::weights::Weight::from_parts(100_000_000_000, u64::MAX);
		let close =
			|| salus_runtime::Council::close(signed(0), hash, 0, weight, length).map_err(|refused| refused.error);
		System::set_block_number(7 * DAYS);
		assert_eq!(close().map(|_| ()), Err(Error::<Runtime, Instance1>::TooEarly.into()));
		System::set_block_number(7 * DAYS + 1);
		assert_ok!(close());
		assert!(councils_events().contains(&Event::Disapproved { proposal_hash: hash }));
		assert!(pallet_consortium::Pallet::<Runtime>::institution_is_active(InstitutionId(4)));
	});
}

#[test]
fn motions_end_after_the_time_that_the_council_has_set() {
	start(LOCAL_TESTNET_PRESET).execute_with(|| {
		let action = Action::SetParameter { parameter: Parameter::MotionDuration, value: u64::from(DAYS) };
		assert_eq!(decide(Consortium::<Runtime>::enact { action }, 4), Some(Ok(())));
		let (hash, _) = propose(&suspend(4), 5, 0);
		let voting = pallet_collective::Voting::<Runtime, Instance1>::get(hash).unwrap();
		// Its fields can be read by their bytes only: index, threshold, no ayes, seven nays, the end.
		assert_eq!(codec::Encode::encode(&voting)[8 + 1 + 1 + 7 * 32..], codec::Encode::encode(&(1 + DAYS))[..]);
	});
}

#[test]
fn quotas_of_others_take_two_thirds() {
	start(LOCAL_TESTNET_PRESET).execute_with(|| {
		let quota = pallet_consortium::Quota { bulk: 0, decisions: 0 };
		let call = || Consortium::<Runtime>::set_quota { institution: InstitutionId(4), quota };
		assert_eq!(decide(call(), 4), Some(Err(DispatchError::BadOrigin)));
		assert_eq!(decide(call(), 5), Some(Ok(())));
	});
}

//! What it takes to decide, and that nobody can keep the others from deciding.
#![allow(missing_docs)]

use frame_support::traits::Get;
use pallet_collective::{Config, DefaultVote, Instance1};
use salus_runtime::{configs::council::MOTIONS_OF_A_SEAT, Runtime};

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

//! What does not come about in time is given up, and the chain says who is missing.

use super::*;
use salus_primitives::test_support::NOT_A_MEMBER;

fn abandon(id: CommitteeId) -> DispatchResult {
	EmergencyAccess::abandon_formation(signed(gateway(hospital(18))), id)
}

fn assert_missing(id: CommitteeId, version: u32, missing: &[u16]) {
	let missing = missing.to_vec().try_into().expect("few enough");
	System::assert_last_event(Event::FormationAbandoned { committee: id, version, missing }.into());
}

#[test]
fn abandon_formation_names_who_has_not_dealt_when_dealings_are_missing() {
	run(|| {
		let id = proposed(5, 3);
		for number in [1, 3, 4] {
			assert_ok!(deal(id, hospital(number)));
		}
		Clock::set(forming(id).deadline);
		assert_eq!(committee(id).status_at(Clock::now()), CommitteeStatus::Failed);
		assert_ok!(abandon(id));
		assert_missing(id, 1, &[2, 5]);
		assert!(is_gone(id), "it never decided anything");
		assert_eq!(EmergencyAccess::committees_of_institution(hospital(1)), []);
		assert_noop!(abandon(id), Error::<Test>::UnknownCommittee);
		// Its id names no other one.
		assert_eq!(proposed(5, 3), CommitteeId(id.0 + 1));
	});
}

#[test]
fn abandon_formation_names_who_has_not_confirmed_when_all_dealings_are_there() {
	run(|| {
		let id = proposed(5, 3);
		dealt(id);
		for number in [2, 3, 5] {
			assert_ok!(confirm(id, hospital(number)));
		}
		Clock::set(forming(id).deadline);
		assert_ok!(abandon(id));
		assert_missing(id, 1, &[1, 4]);
	});
}

#[test]
fn abandon_formation_leaves_the_committee_as_it_is_when_it_is_a_resharing() {
	run(|| {
		let id = active(5, 3);
		resharing(id, hospitals(3..=8), 4);
		assert_ok!(deal(id, hospital(2)));
		Clock::set(forming(id).deadline);
		assert_ok!(abandon(id));
		// The members of the old set, because they deal.
		assert_missing(id, 2, &[1, 3, 4, 5]);
		assert_eq!(status(id), CommitteeStatus::Active);
		assert_eq!(EmergencyAccess::committees_of_institution(hospital(8)), []);
		assert_eq!(EmergencyAccess::dealings_of(id, 1).len(), 5);
	});
}

#[test]
fn abandon_formation_frees_persons_when_it_is_a_patients_committee() {
	run(|| {
		assert_ok!(set_personal(ANA_KEY, ANA, OWN, setup(OWN, five(), 3)));
		assert_ok!(confirm_personal(OWN, 1));
		Clock::set(forming(OWN).deadline);
		// A guardian is a member of the chain as long as it guards, and may say so itself.
		assert_ok!(EmergencyAccess::abandon_formation(signed(person(1)), OWN));
		assert_missing(OWN, 1, &[2, 3, 4, 5]);
		assert_eq!(Consortium::roles(&person(1)), 0);
		assert_eq!(PersonalFormation::<Test>::get(ANA), None);
	});
}

#[test]
fn abandon_formation_is_refused_when_there_is_time_left() {
	run(|| {
		let id = proposed(5, 3);
		Clock::set(forming(id).deadline - 1);
		assert_noop!(abandon(id), Error::<Test>::FormationNotOver);
	});
}

#[test]
fn abandon_formation_is_refused_when_nothing_is_coming_about() {
	run(|| {
		let id = active(5, 3);
		Clock::set(UNTIL);
		assert_noop!(abandon(id), Error::<Test>::NotForming);
		assert_noop!(abandon(CommitteeId(9)), Error::<Test>::UnknownCommittee);
	});
}

#[test]
fn abandon_formation_is_refused_when_the_signer_is_nobody_here() {
	run(|| {
		let id = proposed(5, 3);
		Clock::set(forming(id).deadline);
		assert_noop!(EmergencyAccess::abandon_formation(signed(person(1)), id), NOT_A_MEMBER);
		Consortium::<AccountId>::suspend(hospital(18));
		assert_noop!(abandon(id), NOT_A_MEMBER);
	});
}

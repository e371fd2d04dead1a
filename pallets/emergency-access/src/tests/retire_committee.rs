//! A committee ends for good.

use super::*;
use salus_primitives::test_support::NOT_A_MEMBER;

fn retire(origin: RuntimeOrigin, id: CommitteeId) -> DispatchResult {
	EmergencyAccess::retire_committee(origin, id)
}

fn anybody() -> RuntimeOrigin {
	signed(gateway(hospital(18)))
}

#[test]
fn retire_committee_ends_the_consortiums_own_at_any_time() {
	run(|| {
		let (forming, active) = (proposed_for(CommitteePurpose::Locate, 5, 3), active(5, 3));
		for id in [forming, active] {
			assert_ok!(retire(root(), id));
			System::assert_last_event(Event::CommitteeRetired { committee: id }.into());
		}
		assert_eq!(status(active), CommitteeStatus::Retired);
		assert_noop!(retire(root(), active), Error::<Test>::CommitteeNotActive);
		// Of one that never decided nothing is left.
		assert_noop!(retire(root(), forming), Error::<Test>::UnknownCommittee);
		assert_eq!(ConsortiumCommittee::<Test>::iter().count(), 0);
		assert_eq!(EmergencyAccess::committees_of_institution(hospital(1)), []);
		assert_noop!(EmergencyAccess::deciding_committee(active).map(|_| ()), Error::<Test>::CommitteeNotActive);
	});
}

#[test]
fn retire_committee_ends_what_is_coming_about_in_its_place() {
	run(|| {
		let id = active(5, 3);
		resharing(id, hospitals(3..=8), 4);
		assert_ok!(deal(id, hospital(1)));
		assert_ok!(retire(root(), id));
		assert!(!Resharing::<Test>::contains_key(id));
		assert_eq!(EmergencyAccess::committees_of_institution(hospital(8)), []);
	});
}

#[test]
fn retire_committee_leaves_the_one_that_decides_when_an_earlier_one_ends() {
	run(|| {
		let (former, current) = (active(5, 3), active(7, 4));
		assert_ok!(retire(root(), former));
		assert_eq!(ConsortiumCommittee::<Test>::get(RELEASE), Some(current));
		assert_eq!(EmergencyAccess::committees_of_institution(hospital(1)), [current]);
	});
}

#[test]
fn retire_committee_is_open_to_any_member_when_the_validity_is_over() {
	run(|| {
		let id = active(5, 3);
		personal(OWN, five(), 3);
		Clock::set(UNTIL - 1);
		for id in [id, OWN] {
			assert_noop!(retire(anybody(), id), Error::<Test>::CommitteeInUse);
		}
		Clock::advance(1);
		assert_ok!(retire(anybody(), id));
		// A guardian frees itself.
		assert_ok!(retire(signed(person(1)), OWN));
		assert_eq!(Consortium::roles(&person(1)), 0);
		assert_eq!(PersonalCommittee::<Test>::get(ANA), None);
	});
}

#[test]
fn retire_committee_is_open_to_any_member_when_the_patient_is_no_more() {
	run(|| {
		personal(OWN, five(), 3);
		assert_ok!(set_personal(ANA_KEY, ANA, OTHER, setup(OTHER, five(), 3)));
		Patients::<AccountId>::retire(ANA);
		assert_ok!(retire(anybody(), OWN));
		assert_ok!(retire(anybody(), OTHER));
	});
}

#[test]
fn retire_committee_is_refused_when_the_consortium_would_end_a_patients_guardians() {
	run(|| {
		personal(OWN, five(), 3);
		assert_noop!(retire(root(), OWN), Error::<Test>::CommitteeInUse);
		assert_noop!(retire(anybody(), OWN), Error::<Test>::CommitteeInUse);
	});
}

#[test]
fn retire_committee_is_refused_when_the_committee_is_unknown_or_the_signer_nobody_here() {
	run(|| {
		assert_noop!(retire(root(), CommitteeId(9)), Error::<Test>::UnknownCommittee);
		let id = active(5, 3);
		Clock::set(UNTIL);
		assert_noop!(retire(signed(person(1)), id), NOT_A_MEMBER);
		assert_noop!(retire(RuntimeOrigin::none(), id), DispatchError::BadOrigin);
	});
}

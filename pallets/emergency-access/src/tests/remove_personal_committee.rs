//! A patient ends the own guardians.

use super::*;

fn remove(who: AccountId, handle: PatientHandle) -> DispatchResult {
	EmergencyAccess::remove_personal_committee(signed(who), handle, ENTRY)
}

#[test]
fn remove_personal_committee_ends_both_when_one_decides_and_one_is_coming_about() {
	run(|| {
		personal(OWN, five(), 3);
		assert_ok!(set_personal(ANA_KEY, ANA, OTHER, setup(OTHER, five(), 3)));
		assert_ok!(remove(ANA_KEY, ANA));
		assert_eq!(status(OWN), CommitteeStatus::Retired);
		assert!(is_gone(OTHER), "it never decided anything");
		for id in [OWN, OTHER] {
			System::assert_has_event(Event::CommitteeRetired { committee: id }.into());
			assert_eq!(EmergencyAccess::dealings_of(id, 1), []);
		}
		assert_eq!((PersonalCommittee::<Test>::get(ANA), PersonalFormation::<Test>::get(ANA)), (None, None));
		assert_eq!(EmergencyAccess::committees_of_guardian(&person(1)), []);
		assert_eq!(EmergencyAccess::committees_of_institution(hospital(1)), []);
		assert_eq!(Consortium::<AccountId>::all_roles(), []);
		assert_eq!(Trail::last().expect("recorded").act, Act::EmergencySetup);
		assert_noop!(remove(ANA_KEY, ANA), Error::<Test>::NoPersonalCommittee);
	});
}

#[test]
fn remove_personal_committee_works_when_guardians_and_custodian_are_suspended() {
	run(|| {
		personal(OWN, five(), 3);
		Consortium::<AccountId>::suspend(hospital(1));
		Consortium::<AccountId>::suspend(CUSTODIAN);
		assert_ok!(remove(ANA_KEY, ANA));
	});
}

#[test]
fn remove_personal_committee_is_left_to_the_patient_when_the_patient_named_it() {
	run(|| {
		personal(OWN, five(), 3);
		Patients::<AccountId>::register(ANA, CUSTODIAN, None);
		assert_noop!(remove(gateway(CUSTODIAN), ANA), Error::<Test>::PatientOnly);
		// What the custodian set up, it removes; and so does the patient after a claim.
		assert_ok!(set_personal(gateway(CUSTODIAN), BEN, OTHER, {
			let members = vec![
				named_person(11, None),
				named_person(12, None),
				named_person(13, None),
				named_hospital(1),
				named_hospital(2),
			];
			setup(OTHER, members, 3)
		}));
		assert_ok!(remove(gateway(CUSTODIAN), BEN));
		assert_eq!(Trail::last().expect("recorded").actor, Some(CUSTODIAN));
	});
}

#[test]
fn remove_personal_committee_is_refused_when_the_signer_does_not_control_the_handle() {
	run(|| {
		personal(OWN, five(), 3);
		for who in [person(1), gateway(CUSTODIAN), gateway(hospital(1))] {
			assert_noop!(remove(who, ANA), Error::<Test>::NotController);
		}
	});
}

#[test]
fn remove_personal_committee_changes_nothing_when_the_audit_trail_refuses() {
	run(|| {
		personal(OWN, five(), 3);
		Trail::refuse();
		assert_noop!(remove(ANA_KEY, ANA), TRAIL_FULL);
	});
}

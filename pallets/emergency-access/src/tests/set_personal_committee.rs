//! A patient names the own guardians and deals them a key.

use super::*;
use salus_primitives::{test_support::NO_ROLES, Guardians};

#[test]
fn set_personal_committee_waits_for_proofs_when_the_patient_dealt_rightly() {
	run(|| {
		assert_ok!(set_personal(ANA_KEY, ANA, OWN, setup(OWN, five(), 3)));
		let committee = committee(OWN);
		assert_eq!((committee.kind, committee.status), (CommitteeKind::Personal(ANA), CommitteeStatus::Confirming));
		assert_eq!((committee.on_behalf, committee.fallback_after), (None, Some(10 * MINUTE)));
		assert!(committee.key_id.is_some() && committee.group_key().is_some());
		assert_eq!(PersonalFormation::<Test>::get(ANA), Some(OWN));
		assert_eq!(PersonalCommittee::<Test>::get(ANA), None);
		assert_eq!(EmergencyAccess::committees_of_guardian(&person(2)), [OWN]);
		assert_eq!(EmergencyAccess::committees_of_institution(hospital(2)), [OWN]);
		assert_eq!(EmergencyAccess::named_handle(&person(2), OWN), Some(ANA));
		assert_eq!(EmergencyAccess::named_handle(&person(2), OTHER), None);
		assert_eq!(EmergencyAccess::personal_handle(&person(2)), None, "it has not agreed yet");
		assert_eq!(Consortium::roles(&person(2)), 1, "the account exists, so that it can prove its share");
		let entry = Trail::last().expect("recorded");
		assert_eq!((entry.chain, entry.act), (AuditChain::Patient(ANA), Act::EmergencySetup));
		assert_eq!((entry.actor, entry.custodian, entry.commitment), (None, Some(CUSTODIAN), ENTRY));
	});
}

#[test]
fn set_personal_committee_leads_to_a_decision_when_all_guardians_proved_their_shares() {
	run(|| {
		personal(OWN, five(), 3);
		assert_eq!(PersonalCommittee::<Test>::get(ANA), Some(OWN));
		assert_eq!(PersonalFormation::<Test>::get(ANA), None);
		let set = EmergencyAccess::deciding_committee(OWN).expect("active").set;
		assert_ok!(EmergencyAccess::voting_seat(&set, &person(3)), 3);
		assert_ok!(EmergencyAccess::voting_seat(&set, &gateway(hospital(2))), 5);
		assert_ok!(EmergencyAccess::voting_seat(&set, &second_gateway(hospital(2))), 5);
		assert_noop!(EmergencyAccess::voting_seat(&set, &person(4)), Error::<Test>::NotGuardian);
		// The hospital of a person who guards has no seat by that.
		assert_noop!(EmergencyAccess::voting_seat(&set, &gateway(hospital(9))), Error::<Test>::NotGuardian);
		assert_eq!(set.members[2].institution(), Some(hospital(9)));
	});
}

#[test]
fn set_personal_committee_ends_the_guardians_before_when_others_hold_their_shares() {
	run(|| {
		personal(OWN, five(), 3);
		// Persons 1 and 2 stay, persons 4 and 5 come, person 3 and the hospitals go.
		let others = vec![
			named_person(1, None),
			named_person(2, None),
			named_person(4, None),
			named_person(5, None),
			named_hospital(7),
		];
		assert_ok!(set_personal(ANA_KEY, ANA, OTHER, setup(OTHER, others, 3)));
		assert_eq!(EmergencyAccess::committees_of_guardian(&person(1)), [OWN, OTHER]);
		check();
		for index in 1..=4 {
			assert_ok!(confirm_personal(OTHER, index));
			assert_eq!(status(OWN), CommitteeStatus::Active, "the others hold no shares yet");
		}
		assert_ok!(confirm_personal(OTHER, 5));
		assert_eq!((status(OWN), status(OTHER)), (CommitteeStatus::Retired, CommitteeStatus::Active));
		System::assert_has_event(Event::CommitteeRetired { committee: OWN }.into());
		assert_eq!(EmergencyAccess::committees_of_guardian(&person(1)), [OTHER]);
		assert_eq!(EmergencyAccess::committees_of_guardian(&person(3)), []);
		assert_eq!((Consortium::roles(&person(1)), Consortium::roles(&person(3))), (1, 0));
		assert_noop!(EmergencyAccess::deciding_committee(OWN).map(|_| ()), Error::<Test>::CommitteeNotActive);
	});
}

#[test]
fn set_personal_committee_replaces_the_one_that_was_coming_about() {
	run(|| {
		assert_ok!(set_personal(ANA_KEY, ANA, OWN, setup(OWN, five(), 3)));
		assert_ok!(set_personal(ANA_KEY, ANA, OTHER, setup(OTHER, five(), 3)));
		assert_eq!((is_gone(OWN), status(OTHER)), (true, CommitteeStatus::Confirming));
		assert_eq!(EmergencyAccess::committees_of_guardian(&person(1)), [OTHER]);
	});
}

#[test]
fn set_personal_committee_fails_when_a_guardian_shows_that_it_was_dealt_a_wrong_share() {
	run(|| {
		// That nonsense can pass the public checks is shown for `dispute_dealing`; here it stands in the patient's dealing.
		assert_ok!(set_personal(ANA_KEY, ANA, OWN, setup(OWN, five(), 3)));
		let set = forming(OWN);
		let context = dealing_context::<Test>(OWN, &set, 0);
		Dealings::<Test>::mutate((OWN, 1), 0, |dealing| {
			dealing.as_mut().expect("dealt").sealed[1] = *secret(&"nonsense").to_bytes();
		});
		let dealing = Dealings::<Test>::get((OWN, 1), 0).expect("dealt");
		let sealing = person_sealing(person(2));
		let dispute = DealingDispute::raise(&context, &dealing, 2, &sealing, &mut Rng::new(&"dispute"));
		let dispute = dispute.expect("the share is wrong");
		assert_ok!(EmergencyAccess::dispute_dealing(signed(person(2)), OWN, 0, dispute));
		assert!(is_gone(OWN));
		let guardian = None;
		System::assert_last_event(Event::DealerFaulty { committee: OWN, version: 1, dealer: 0, guardian }.into());
		assert_eq!(Consortium::roles(&person(2)), 0);
	});
}

#[test]
fn set_personal_committee_is_on_behalf_when_the_custodian_acts() {
	run(|| {
		assert_ok!(set_personal(gateway(CUSTODIAN), BEN, OWN, setup(OWN, five(), 3)));
		assert_eq!(committee(OWN).on_behalf, Some(CUSTODIAN));
		assert_eq!(Trail::last().expect("recorded").actor, Some(CUSTODIAN));
	});
}

#[test]
fn set_personal_committee_is_refused_when_the_custodian_exceeds_its_part() {
	run(|| {
		// Nobody but the patient waives the consortium's help.
		let waiver = PersonalSetup { fallback_after: None, ..setup(OWN, five(), 3) };
		let call = set_personal(gateway(CUSTODIAN), BEN, OWN, waiver.clone());
		assert_noop!(call, Error::<Test>::PatientOnly);
		assert_ok!(set_personal(ANA_KEY, ANA, OWN, waiver));
		// Whom Ana named by the own key, the custodian does not replace, even when it controls the handle again.
		Patients::<AccountId>::register(ANA, CUSTODIAN, None);
		let call = set_personal(gateway(CUSTODIAN), ANA, OTHER, setup(OTHER, five(), 3));
		assert_noop!(call, Error::<Test>::PatientOnly);
	});
}

#[test]
fn set_personal_committee_is_refused_when_the_signer_does_not_control_the_handle() {
	run(|| {
		let setup = setup(OWN, five(), 3);
		for who in [person(1), gateway(CUSTODIAN), gateway(hospital(1))] {
			assert_noop!(set_personal(who, ANA, OWN, setup.clone()), Error::<Test>::NotController);
		}
		let unknown = PatientHandle([1; 32]);
		assert_noop!(set_personal(ANA_KEY, unknown, OWN, setup), Error::<Test>::NotController);
	});
}

#[test]
fn set_personal_committee_is_refused_when_the_id_is_not_free() {
	run(|| {
		let counted = CommitteeId(FIRST_PERSONAL_COMMITTEE.0 - 1);
		let call = set_personal(ANA_KEY, ANA, counted, setup(counted, five(), 3));
		assert_noop!(call, Error::<Test>::CommitteeTaken);
		personal(OWN, five(), 3);
		assert_noop!(set_personal(ANA_KEY, ANA, OWN, setup(OWN, five(), 3)), Error::<Test>::CommitteeTaken);
		assert_ok!(EmergencyAccess::remove_personal_committee(signed(ANA_KEY), ANA, ENTRY));
		assert_noop!(set_personal(ANA_KEY, ANA, OWN, setup(OWN, five(), 3)), Error::<Test>::CommitteeTaken);
	});
}

#[test]
fn set_personal_committee_is_refused_when_the_fallback_is_none_or_too_late() {
	run(|| {
		let longest = EmergencyLimits::default().fallback;
		for wait in [0, longest + 1, Moment::MAX] {
			let setup = PersonalSetup { fallback_after: Some(wait), ..setup(OWN, five(), 3) };
			assert_noop!(set_personal(ANA_KEY, ANA, OWN, setup), Error::<Test>::BadFallback);
		}
		let setup = PersonalSetup { fallback_after: Some(longest), ..setup(OWN, five(), 3) };
		assert_ok!(set_personal(ANA_KEY, ANA, OWN, setup));
	});
}

#[test]
fn set_personal_committee_is_refused_when_a_guardian_does_not_qualify() {
	run(|| {
		let refused = |fifth: PersonalMember<AccountId>, error: Error<Test>| {
			let mut members = five();
			members[4] = fifth;
			assert_noop!(set_personal(ANA_KEY, ANA, OWN, setup(OWN, members, 3)), error);
		};
		let hospital_2 = named_hospital(2);
		refused(named_person(1, None), Error::DuplicateGuardian);
		// One vote per institution: of two who work there, and of one beside the institution.
		refused(named_person(5, Some(9)), Error::DuplicateGuardian);
		refused(named_person(5, Some(1)), Error::DuplicateGuardian);
		refused(named_person(5, Some(99)), Error::BadAffiliation);
		refused(PersonalMember { affiliation: Some(hospital(2)), ..hospital_2.clone() }, Error::BadAffiliation);
		let other_key = sealing_secret(hospital(2), 7).public().to_bytes();
		refused(PersonalMember { sealing: other_key, ..hospital_2.clone() }, Error::SealingKeyMismatch);
		let keyless = Guardian::Institution(hospital(10));
		refused(PersonalMember { guardian: keyless, ..hospital_2.clone() }, Error::NoGuardianKey);
		let by_gateway = Guardian::Person(gateway(hospital(10)));
		refused(PersonalMember { guardian: by_gateway, ..named_person(5, None) }, Error::GuardianIsGateway);
		Consortium::<AccountId>::suspend(hospital(2));
		refused(hospital_2, Error::MemberNotActive);
	});
}

#[test]
fn set_personal_committee_is_refused_when_a_sealing_key_is_none() {
	run(|| {
		for sealing in [[0; 32], [0xff; 32]] {
			let mut setup = setup(OWN, five(), 3);
			setup.members[0].sealing = sealing;
			assert_noop!(set_personal(ANA_KEY, ANA, OWN, setup), Error::<Test>::BadSealingKey);
		}
	});
}

#[test]
fn set_personal_committee_is_refused_when_a_person_guards_another_patient() {
	run(|| {
		// It guards from its own proof on, before the committee decides.
		assert_ok!(set_personal(ANA_KEY, ANA, OWN, setup(OWN, five(), 3)));
		assert_ok!(confirm_personal(OWN, 1));
		let call = set_personal(gateway(CUSTODIAN), BEN, OTHER, setup(OTHER, five(), 3));
		assert_noop!(call, Error::<Test>::GuardianTaken);
	});
}

#[test]
fn set_personal_committee_works_when_somebody_else_named_the_persons_first() {
	run(|| {
		// Whoever sees Ana's call on its way names the same accounts for a handle of its own.
		assert_ok!(set_personal(gateway(CUSTODIAN), BEN, OTHER, setup(OTHER, five(), 3)));
		personal(OWN, five(), 3);
		assert_eq!(EmergencyAccess::personal_handle(&person(1)), Some(ANA));
		assert_eq!(EmergencyAccess::committees_of_guardian(&person(1)), [OWN, OTHER]);
		// Nothing is left to the other one, and its end does not touch Ana's guardians.
		assert_noop!(confirm_personal(OTHER, 1), Error::<Test>::GuardianTaken);
		assert_ok!(confirm_personal(OTHER, 4));
		assert_ok!(EmergencyAccess::remove_personal_committee(signed(gateway(CUSTODIAN)), BEN, ENTRY));
		assert_eq!(EmergencyAccess::committees_of_guardian(&person(1)), [OWN]);
		assert_eq!(Consortium::roles(&person(1)), 1);
	});
}

/// Handles in the hands of a custodian, more than may name a guardian that has not confirmed.
fn many_patients(custodian: InstitutionId) -> impl Iterator<Item = (PatientHandle, CommitteeId)> {
	let base = custodian.0;
	(1..=MAX_UNCONFIRMED + 1).map(move |number| {
		let handle = PatientHandle([base as u8; 32].map(|byte| byte ^ number as u8));
		Patients::<AccountId>::register(handle, custodian, None);
		(handle, CommitteeId(FIRST_PERSONAL_COMMITTEE.0 + 1_000 * base + number))
	})
}

/// Hospital 1 and four others that are in no other test's way.
fn with_hospital_1(spare: u64) -> Vec<PersonalMember<AccountId>> {
	let persons = (1..=4).map(|number| named_person(100 * spare + number, None));
	core::iter::once(named_hospital(1)).chain(persons).collect()
}

#[test]
fn set_personal_committee_is_refused_when_a_custodians_patients_would_burden_a_guardian() {
	run(|| {
		let mut patients = many_patients(CUSTODIAN);
		for (number, (handle, id)) in (1..).zip(patients.by_ref().take(MAX_UNCONFIRMED as usize)) {
			assert_ok!(set_personal(gateway(CUSTODIAN), handle, id, setup(id, with_hospital_1(number), 3)));
		}
		let (handle, id) = patients.next().expect("one more than the bound");
		let one_more = || set_personal(gateway(CUSTODIAN), handle, id, setup(id, with_hospital_1(99), 3));
		assert_noop!(one_more(), Error::<Test>::TooManyUnconfirmed);
		// Nobody else's patients are kept from naming it, and who names it anew takes the own place.
		Patients::<AccountId>::register(ANA, hospital(16), Some(ANA_KEY));
		assert_ok!(set_personal(ANA_KEY, ANA, OWN, setup(OWN, five(), 3)));
		let (first, again) = (many_patients(CUSTODIAN).next().expect("the first one").0, OTHER);
		assert_ok!(set_personal(gateway(CUSTODIAN), first, again, setup(again, with_hospital_1(98), 3)));
		// What the hospital confirmed does not count.
		assert_ok!(confirm_personal(again, 1));
		assert_ok!(one_more());
	});
}

#[test]
fn set_personal_committee_is_refused_when_a_custodians_patients_would_burden_a_person() {
	run(|| {
		let members = |spare: u64| {
			let others = (2..=5).map(|number| named_person(100 * spare + number, None));
			core::iter::once(named_person(1, None)).chain(others).collect::<Vec<_>>()
		};
		let mut patients = many_patients(CUSTODIAN);
		for (number, (handle, id)) in (1..).zip(patients.by_ref().take(MAX_UNCONFIRMED as usize)) {
			assert_ok!(set_personal(gateway(CUSTODIAN), handle, id, setup(id, members(number), 3)));
		}
		let (handle, id) = patients.next().expect("one more than the bound");
		let call = set_personal(gateway(CUSTODIAN), handle, id, setup(id, members(99), 3));
		assert_noop!(call, Error::<Test>::TooManyUnconfirmed);
		assert_eq!(EmergencyAccess::committees_of_guardian(&person(1)).len(), MAX_UNCONFIRMED as usize);
	});
}

#[test]
fn set_personal_committee_is_refused_when_size_threshold_or_validity_are_not_allowed() {
	run(|| {
		let right = setup(OWN, five(), 3);
		let refused = |setup, error: Error<Test>| {
			assert_noop!(set_personal(ANA_KEY, ANA, OWN, setup), error);
		};
		for k in [0, 2, 4, 5] {
			refused(PersonalSetup { k, ..right.clone() }, Error::BadThreshold);
		}
		let mut four = right.clone();
		four.members.pop();
		refused(four, Error::BadThreshold);
		refused(PersonalSetup { valid_until: START, ..right }, Error::BadValidity);
	});
}

#[test]
fn set_personal_committee_is_refused_when_the_dealing_is_for_something_else() {
	run(|| {
		let right = setup(OWN, five(), 3);
		let refused = |setup| {
			assert_noop!(set_personal(ANA_KEY, ANA, OWN, setup), Error::<Test>::BadDealing);
		};
		refused(setup(OTHER, five(), 3));
		let mut members = five();
		members.swap(0, 1);
		refused(PersonalSetup { members: members.try_into().expect("few enough"), ..right.clone() });
		let mut altered = right.clone();
		altered.dealing.sealed[0][0] ^= 1;
		refused(altered);
		let context = DealingContext {
			committee: EmergencyAccess::context(OWN, 1),
			dealer: 1,
			threshold: Threshold { n: 5, k: 3 },
		};
		let recipients: Vec<_> = right.members.iter().map(|member| member.sealing).collect();
		let of_member = dealing(&context, &secret(&"patient"), &recipients).expect("well-formed keys");
		refused(PersonalSetup { dealing: of_member, ..right });
	});
}

#[test]
fn set_personal_committee_changes_nothing_when_roles_or_the_audit_trail_refuse() {
	run(|| {
		let setup = setup(OWN, five(), 3);
		Consortium::<AccountId>::refuse_roles();
		assert_noop!(set_personal(ANA_KEY, ANA, OWN, setup), NO_ROLES);
	});
	run(|| {
		let setup = setup(OWN, five(), 3);
		Trail::refuse();
		assert_noop!(set_personal(ANA_KEY, ANA, OWN, setup), TRAIL_FULL);
	});
}

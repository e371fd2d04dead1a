//! The consortium proposes a committee.

use super::*;

#[test]
fn form_committee_waits_for_dealings_when_the_members_qualify() {
	run(|| {
		let id = proposed(5, 3);
		assert_eq!(id, CommitteeId(0));
		let committee = committee(id);
		assert_eq!((committee.kind, committee.purpose), (CommitteeKind::Consortium, RELEASE));
		assert_eq!((committee.status, committee.key_id), (CommitteeStatus::Dealing, None));
		assert_eq!(committee.set.threshold, Threshold { n: 5, k: 3 });
		assert_eq!(committee.set.version, 1);
		assert_eq!(committee.set.institutions().collect::<Vec<_>>(), hospitals(1..=5));
		let recipients: Vec<_> = (1..=5).map(|i| sealing_secret(hospital(i), 1).public().to_bytes()).collect();
		assert_eq!(committee.set.recipients(), recipients);
		let deadline = START + EmergencyLimits::default().formation;
		let kind = CommitteeKind::Consortium;
		System::assert_last_event(
			Event::CommitteeProposed { committee: id, kind, purpose: RELEASE, version: 1, n: 5, k: 3, deadline }.into(),
		);
		assert_eq!(EmergencyAccess::committees_of_institution(hospital(3)), [id]);
		assert_eq!(proposed_for(CommitteePurpose::Locate, 7, 5), CommitteeId(1));
	});
}

#[test]
fn form_committee_takes_every_threshold_of_the_rule_and_no_other() {
	run(|| {
		with_keys(&hospitals(1..=16));
		for n in 1..=16u16 {
			for k in 0..=17 {
				let allowed = n >= 5 && k > n / 2 && k + 2 <= n;
				let members = hospitals(1..=u32::from(n));
				if allowed {
					assert_ok!(form(RELEASE, members, k));
				} else {
					assert_noop!(form(RELEASE, members, k), Error::<Test>::BadThreshold);
				}
			}
		}
	});
}

#[test]
fn form_committee_is_refused_when_a_member_does_not_qualify() {
	run(|| {
		with_keys(&hospitals(1..=5));
		assert_noop!(form(RELEASE, hospitals([1, 2, 3, 4, 4]), 3), Error::<Test>::DuplicateGuardian);
		assert_noop!(form(RELEASE, hospitals([1, 2, 3, 4, 6]), 3), Error::<Test>::NoGuardianKey);
		assert_noop!(form(RELEASE, hospitals([1, 2, 3, 4, 99]), 3), Error::<Test>::MemberNotActive);
		Consortium::<AccountId>::suspend(hospital(5));
		assert_noop!(form(RELEASE, hospitals(1..=5), 3), Error::<Test>::MemberNotActive);
	});
}

#[test]
fn form_committee_is_refused_when_its_validity_is_too_short_or_too_long() {
	run(|| {
		with_keys(&hospitals(1..=5));
		let limits = EmergencyLimits::default();
		let form_until = |until| EmergencyAccess::form_committee(root(), RELEASE, bounded(hospitals(1..=5)), 3, until);
		// It must not end before it can come about.
		assert_noop!(form_until(START + limits.formation), Error::<Test>::BadValidity);
		assert_noop!(form_until(START + limits.committee_validity + 1), Error::<Test>::BadValidity);
		assert_ok!(form_until(START + limits.formation + 1));
		assert_ok!(form_until(START + limits.committee_validity));
	});
}

#[test]
fn form_committee_is_refused_when_the_origin_is_not_the_consortium() {
	run(|| {
		with_keys(&hospitals(1..=5));
		for origin in [signed(gateway(hospital(1))), signed(ANA_KEY), RuntimeOrigin::none()] {
			let call = EmergencyAccess::form_committee(origin, RELEASE, bounded(hospitals(1..=5)), 3, UNTIL);
			assert_noop!(call, DispatchError::BadOrigin);
		}
	});
}

#[test]
fn form_committee_is_refused_when_ids_reach_those_of_patients() {
	run(|| {
		with_keys(&hospitals(1..=5));
		NextCommittee::<Test>::put(FIRST_PERSONAL_COMMITTEE);
		assert_noop!(form(RELEASE, hospitals(1..=5), 3), Error::<Test>::IdsExhausted);
	});
}

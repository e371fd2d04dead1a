//! The same key for other members under another threshold.

use super::*;

#[test]
fn reshare_committee_keeps_the_key_when_members_and_threshold_change() {
	run(|| {
		for (n, k, next, next_k) in [(5, 3, 4..=10, 5), (7, 5, 1..=5, 3), (5, 3, 12..=16, 3), (5, 3, 1..=16, 14)] {
			let id = active(n, k);
			let before = committee(id);
			let (key_id, group_key) = (before.key_id, before.group_key());
			resharing(id, hospitals(next.clone()), next_k);
			assert_eq!(committee(id).set, before.set, "the old members decide until the new ones hold their shares");
			dealt(id);
			assert_eq!(forming(id).keys.as_ref().map(|keys| keys.group), group_key);
			confirmed(id);
			let after = committee(id);
			assert_eq!((after.key_id, after.group_key()), (key_id, group_key));
			assert_eq!((after.set.version, after.status), (2, CommitteeStatus::Active));
			assert_eq!(after.set.institutions().collect::<Vec<_>>(), hospitals(next));
			let (n, k) = (after.set.threshold.n, after.set.threshold.k);
			System::assert_last_event(Event::CommitteeReshared { committee: id, version: 2, n, k }.into());
			// The shares of the old set are worth nothing more, and neither is what restores them.
			assert_eq!(EmergencyAccess::dealings_of(id, 1), []);
			assert_eq!(EmergencyAccess::dealings_of(id, 2).len(), usize::from(before.set.threshold.k));
			check();
		}
	});
}

#[test]
fn reshare_committee_can_be_done_again_when_it_was_done() {
	run(|| {
		let id = active(5, 3);
		let group_key = committee(id).group_key();
		for (version, members, k) in [(2, 2..=8, 4), (3, 5..=9, 3), (4, 1..=6, 4)] {
			resharing(id, hospitals(members), k);
			dealt(id);
			confirmed(id);
			assert_eq!(committee(id).set.version, version);
			assert_eq!(committee(id).group_key(), group_key);
		}
	});
}

#[test]
fn reshare_committee_uses_any_k_old_members_when_others_are_down() {
	run(|| {
		let id = active(5, 3);
		let group_key = committee(id).group_key();
		resharing(id, hospitals(6..=10), 3);
		for (number, complete) in [(5, false), (2, false), (4, true)] {
			assert_ok!(deal(id, hospital(number)));
			let dealer = number as u16;
			System::assert_last_event(Event::DealingPosted { committee: id, version: 2, dealer, complete }.into());
		}
		assert_noop!(deal(id, hospital(1)), Error::<Test>::DealingsComplete);
		confirmed(id);
		assert_eq!(committee(id).group_key(), group_key);
	});
}

#[test]
fn reshare_committee_takes_dealings_from_old_members_alone() {
	run(|| {
		let id = active(5, 3);
		resharing(id, hospitals(3..=8), 4);
		// Hospital 6 is a new member: it has no share to deal. And an old one deals its share, nothing else.
		let dealing = dealing_of(id, 4, &secret(&"no share"));
		assert_noop!(post(id, hospital(6), dealing.clone()), Error::<Test>::NotGuardian);
		assert_noop!(post(id, hospital(4), dealing), Error::<Test>::NotOldShare);
		// Hospital 1 is an old member and proves nothing in the new set.
		dealt(id);
		let proof = SchnorrProof { e: [1; 32], f: [1; 32] };
		let call = EmergencyAccess::confirm_share(signed(gateway(hospital(1))), id, proof);
		assert_noop!(call, Error::<Test>::NotGuardian);
	});
}

#[test]
fn reshare_committee_brings_a_member_back_when_it_replaced_its_key() {
	run(|| {
		let id = active(5, 3);
		let seat = |id| EmergencyAccess::voting_seat(&committee(id).set, &gateway(hospital(1)));
		assert_ok!(seat(id), 1);
		assert_ok!(register_key(hospital(1), 2));
		assert_noop!(seat(id), Error::<Test>::GuardianKeyChanged);
		assert!(!EmergencyAccess::counts(&committee(id).set.members[0]));
		resharing(id, hospitals(1..=5), 3);
		// It has no part in handing the key on either: who has the old key might have its share.
		let dealing = dealing_of(id, 1, &secret(&"anything"));
		assert_noop!(post(id, hospital(1), dealing), Error::<Test>::GuardianKeyChanged);
		for number in 2..=4 {
			assert_ok!(deal(id, hospital(number)));
		}
		confirmed(id);
		assert_ok!(seat(id), 1);
	});
}

#[test]
fn reshare_committee_ends_who_is_no_longer_a_member() {
	run(|| {
		let id = active(5, 3);
		resharing(id, hospitals(2..=6), 3);
		dealt(id);
		confirmed(id);
		let seat = EmergencyAccess::voting_seat(&committee(id).set, &gateway(hospital(1)));
		assert_noop!(seat, Error::<Test>::NotGuardian);
		assert_eq!(EmergencyAccess::committees_of_institution(hospital(1)), []);
		assert_eq!(EmergencyAccess::committees_of_institution(hospital(6)), [id]);
	});
}

#[test]
fn reshare_committee_never_repeats_a_version_when_one_failed() {
	run(|| {
		let id = active(5, 3);
		resharing(id, hospitals(1..=6), 4);
		assert_ok!(deal(id, hospital(1)));
		let of_failed = Dealings::<Test>::get((id, 2), 1).expect("posted");
		Clock::set(forming(id).deadline);
		assert_ok!(EmergencyAccess::abandon_formation(signed(gateway(hospital(1))), id));
		resharing(id, hospitals(1..=6), 4);
		assert_eq!(forming(id).version, 3);
		// So that nothing that was dealt for one set can be used in another.
		assert_noop!(post(id, hospital(1), of_failed), Error::<Test>::BadDealing);
	});
}

#[test]
fn reshare_committee_works_when_the_validity_is_over_or_the_committee_superseded() {
	run(|| {
		let former = active(5, 3);
		active(5, 3);
		Clock::set(UNTIL);
		let until = UNTIL + 100 * DAY;
		let members = bounded(hospitals(1..=5));
		assert_ok!(EmergencyAccess::reshare_committee(root(), former, members, 3, until));
		dealt(former);
		confirmed(former);
		assert_eq!(status(former), CommitteeStatus::Superseded);
		assert_ok!(EmergencyAccess::deciding_committee(former));
	});
}

#[test]
fn reshare_committee_is_refused_when_the_committee_cannot_be() {
	run(|| {
		let members = || hospitals(1..=5);
		with_keys(&members());
		assert_noop!(reshare(CommitteeId(9), members(), 3), Error::<Test>::UnknownCommittee);
		let forming = proposed(5, 3);
		assert_noop!(reshare(forming, members(), 3), Error::<Test>::CommitteeNotActive);
		let id = active(5, 3);
		resharing(id, members(), 3);
		assert_noop!(reshare(id, members(), 3), Error::<Test>::ResharingUnderWay);
		personal(OWN, five(), 3);
		assert_noop!(reshare(OWN, members(), 3), Error::<Test>::NotConsortium);
	});
}

#[test]
fn reshare_committee_is_refused_when_the_new_set_does_not_qualify() {
	run(|| {
		let id = active(5, 3);
		assert_noop!(reshare(id, hospitals(1..=5), 2), Error::<Test>::BadThreshold);
		assert_noop!(reshare(id, hospitals([1, 2, 3, 4, 1]), 3), Error::<Test>::DuplicateGuardian);
		assert_noop!(reshare(id, hospitals([1, 2, 3, 4, 12]), 3), Error::<Test>::NoGuardianKey);
		Consortium::<AccountId>::suspend(hospital(5));
		assert_noop!(reshare(id, hospitals(1..=5), 3), Error::<Test>::MemberNotActive);
		Consortium::<AccountId>::reinstate(hospital(5));
		let call = EmergencyAccess::reshare_committee(root(), id, bounded(hospitals(1..=5)), 3, START);
		assert_noop!(call, Error::<Test>::BadValidity);
	});
}

#[test]
fn reshare_committee_is_refused_when_the_origin_is_not_the_consortium() {
	run(|| {
		let id = active(5, 3);
		for origin in [signed(gateway(hospital(1))), signed(ANA_KEY)] {
			let call = EmergencyAccess::reshare_committee(origin, id, bounded(hospitals(1..=5)), 3, UNTIL);
			assert_noop!(call, DispatchError::BadOrigin);
		}
	});
}

#[test]
fn reshare_committee_is_refused_when_versions_are_used_up() {
	run(|| {
		let id = active(5, 3);
		Committees::<Test>::mutate_extant(id, |committee| committee.last_version = u32::MAX);
		assert_noop!(reshare(id, hospitals(1..=5), 3), Error::<Test>::IdsExhausted);
	});
}

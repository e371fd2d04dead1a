//! Members prove that they hold their shares; with the last proof the committee decides.

use super::*;

fn confirm_with(id: CommitteeId, institution: InstitutionId, proof: SchnorrProof) -> DispatchResult {
	EmergencyAccess::confirm_share(signed(gateway(institution)), id, proof)
}

#[test]
fn confirm_share_activates_the_committee_when_all_members_proved_theirs() {
	run(|| {
		let id = proposed(5, 3);
		dealt(id);
		for number in 1..=4 {
			assert_ok!(confirm(id, hospital(number)));
			let guardian = number as u16;
			System::assert_last_event(Event::ShareConfirmed { committee: id, version: 1, guardian }.into());
			assert_eq!(status(id), CommitteeStatus::Confirming);
			assert_noop!(EmergencyAccess::deciding_committee(id).map(|_| ()), Error::<Test>::CommitteeNotActive);
		}
		assert_ok!(confirm(id, hospital(5)));
		assert_eq!(status(id), CommitteeStatus::Active);
		assert_eq!(ConsortiumCommittee::<Test>::get(RELEASE), Some(id));
		let (kind, key_id) = (CommitteeKind::Consortium, committee(id).key_id.expect("derived"));
		System::assert_last_event(Event::CommitteeActivated { committee: id, kind, purpose: RELEASE, key_id }.into());
		assert_ok!(EmergencyAccess::deciding_committee(id));
		assert_eq!(EmergencyAccess::dealings_of(id, 1).len(), 5, "a guardian can restore its share");
	});
}

#[test]
fn confirm_share_supersedes_the_committee_before_when_the_consortium_has_another() {
	run(|| {
		let former = active(5, 3);
		let locate = active_for(CommitteePurpose::Locate, 5, 3);
		let next = active(7, 4);
		assert_eq!(ConsortiumCommittee::<Test>::get(RELEASE), Some(next));
		assert_eq!(ConsortiumCommittee::<Test>::get(CommitteePurpose::Locate), Some(locate));
		assert_eq!((status(former), status(next)), (CommitteeStatus::Superseded, CommitteeStatus::Active));
		// It still decides on what was sealed to it, until its validity is over.
		assert_ok!(EmergencyAccess::deciding_committee(former));
		Clock::set(UNTIL);
		assert_noop!(EmergencyAccess::deciding_committee(former).map(|_| ()), Error::<Test>::CommitteeExpired);
		assert_eq!(committee(former).status_at(UNTIL), CommitteeStatus::Retired);
		assert_eq!(committee(former).status_at(UNTIL - 1), CommitteeStatus::Superseded);
	});
}

#[test]
fn confirm_share_is_refused_when_the_proof_is_of_something_else() {
	run(|| {
		let (id, other) = (proposed(5, 3), proposed(5, 3));
		dealt(id);
		dealt(other);
		let refused = |proof| {
			assert_noop!(confirm_with(id, hospital(1), proof), Error::<Test>::BadPossession);
		};
		// Another member's, one for another committee, of another share, for another index, on another version.
		refused(proof_of(id, hospital(2)));
		refused(proof_of(other, hospital(1)));
		let own = share_of(id, hospital(1));
		refused(possession::<Test>(id, 1, 1, &share_of(id, hospital(2))));
		refused(possession::<Test>(id, 1, 2, &own));
		refused(possession::<Test>(id, 2, 1, &own));
		refused(SchnorrProof { e: [0; 32], f: [0; 32] });
		assert_ok!(confirm(id, hospital(1)));
	});
}

#[test]
fn confirm_share_is_refused_when_it_is_not_the_time_for_it() {
	run(|| {
		let id = proposed(5, 3);
		let proof = SchnorrProof { e: [1; 32], f: [1; 32] };
		assert_noop!(confirm_with(CommitteeId(9), hospital(1), proof), Error::<Test>::UnknownCommittee);
		assert_noop!(confirm_with(id, hospital(1), proof), Error::<Test>::DealingsIncomplete);
		dealt(id);
		assert_noop!(confirm_with(id, hospital(6), proof), Error::<Test>::NotGuardian);
		assert_ok!(confirm(id, hospital(1)));
		assert_noop!(confirm(id, hospital(1)), Error::<Test>::AlreadyConfirmed);
		Clock::set(forming(id).deadline);
		assert_noop!(confirm(id, hospital(2)), Error::<Test>::FormationOver);
		let complete = active(5, 3);
		assert_noop!(confirm_with(complete, hospital(1), proof), Error::<Test>::NotForming);
	});
}

#[test]
fn confirm_share_is_refused_when_the_member_does_not_count() {
	run(|| {
		let id = proposed(5, 3);
		dealt(id);
		let (suspended, replaced) = (proof_of(id, hospital(1)), proof_of(id, hospital(2)));
		Consortium::<AccountId>::suspend(hospital(1));
		assert_noop!(confirm_with(id, hospital(1), suspended), salus_primitives::test_support::SUSPENDED);
		assert_ok!(register_key(hospital(2), 2));
		assert_noop!(confirm_with(id, hospital(2), replaced), Error::<Test>::GuardianKeyChanged);
		Consortium::<AccountId>::reinstate(hospital(1));
		assert_ok!(confirm_with(id, hospital(1), suspended));
	});
}

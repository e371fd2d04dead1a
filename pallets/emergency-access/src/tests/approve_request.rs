//! Attacks on, and uses of, `approve_request`.

use super::{stage::*, *};
use crate::enactment::*;
use salus_primitives::{test_support::SUSPENDED, EmergencyRequestId};
use salus_threshold::{
	part::{combine, DecryptionPart},
	request::{prove_request, RequestContext},
};

#[test]
fn approve_request_activates_and_opens_when_k_guardians_approved() {
	run(|| {
		let committee = ready();
		let id = requested(committee, 0);
		System::reset_events();
		approved(id, [4, 2]);
		// Two of three parts open nothing, with any third value.
		assert!(!opens(id));
		assert_eq!((stands(id), stored(id).active_until), (EmergencyStatus::Requested, None));
		Clock::advance(MINUTE);
		approved(id, [5]);
		let until = EmergencyAccess::now() + EmergencyAccess::limits().session_validity;
		assert_eq!((stands(id), stored(id).active_until), (EmergencyStatus::Active, Some(until)));
		// The requester has what the envelope was sealed with: the votes were the key.
		assert!(opens(id));
		assert_eq!(
			events(),
			[
				Event::RequestApproved { id, guardian: 4, parts: 1, required: 3 },
				Event::RequestApproved { id, guardian: 2, parts: 2, required: 3 },
				Event::RequestApproved { id, guardian: 5, parts: 3, required: 3 },
				Event::SessionActivated { id, handle: ANA, institution: ASKER, until },
			]
		);
		assert_eq!(last_act(), (AuditChain::Patient(ANA), Act::EmergencyApproval, Some(hospital(5))));
		assert_eq!(Trail::entries().len(), 4);
		assert_eq!(EmergencyAccess::open_sessions(committee), [id]);
	});
}

#[test]
fn approve_request_opens_for_any_k_of_the_guardians() {
	run(|| {
		let committee = ready();
		for (number, guardians) in (0..4).zip([[1, 2, 3], [3, 4, 5], [5, 1, 4], [2, 5, 3]]) {
			let id = requested(committee, number);
			approved(id, guardians);
			assert!(opens(id), "{guardians:?}");
		}
	});
}

#[test]
fn approve_request_opens_nothing_when_parts_are_of_two_sessions() {
	run(|| {
		// k - 1 parts before one envelope and one before another: x·u of neither comes out.
		let committee = ready();
		let (first, second) = (requested(committee, 0), requested(committee, 1));
		approved(first, [1, 2]);
		approved(second, [3]);
		let parts: Vec<_> = stored(first).parts.iter().chain(stored(second).parts.iter()).copied().collect();
		let group_key = super::committee(committee).group_key().expect("a key");
		for id in [first, second] {
			let label = label_of(&stored(id));
			let q = point_secret(ASKER, &label);
			let secret = combine(3, &parts, &q, &group_key).expect("three parts");
			let shared =
				[first, second].map(|id| sealed::<Test>(committee, &label_of(&stored(id))).expect("a key").shared);
			assert!(!shared.contains(&secret));
		}
	});
}

#[test]
fn approve_request_names_the_guardian_when_a_part_is_wrong() {
	run(|| {
		let committee = ready();
		let id = requested(committee, 0);
		let right = part_of(id, hospital(2));
		let mut wrong = right;
		wrong.value = part_of(id, hospital(3)).value;
		let recorded = Trail::entries().len();
		System::reset_events();
		assert_ok!(vote_as(gateway(hospital(2)), id, wrong));
		assert_eq!(events(), [Event::PartRefused { id, guardian: 2 }]);
		assert_eq!((stored(id).parts.len(), stored(id).refused.to_vec()), (0, vec![2]));
		// It is no approval.
		assert_eq!(Trail::entries().len(), recorded);
		// Its vote is void, by whichever of its gateways and with whatever part; the others are enough.
		assert_noop!(vote_as(gateway(hospital(2)), id, right), Error::<Test>::AlreadyVoted);
		assert_noop!(vote_as(second_gateway(hospital(2)), id, right), Error::<Test>::AlreadyVoted);
		assert_noop!(reject(id, hospital(2)), Error::<Test>::AlreadyVoted);
		approved(id, [1, 3, 5]);
		assert!(opens(id));
	});
}

#[test]
fn approve_request_refuses_a_part_when_anything_in_it_belongs_elsewhere() {
	// Each of these is taken for what it is: a part of the signer's that does not verify.
	let refused = |guardian: u32, part: &dyn Fn(EmergencyRequestId, CommitteeId) -> DecryptionPart| {
		run(|| {
			let committee = ready();
			let id = requested(committee, 0);
			let part = part(id, committee);
			assert_ok!(vote_as(gateway(hospital(guardian)), id, part));
			assert_eq!((stored(id).parts.len(), stored(id).refused.to_vec()), (0, vec![guardian as u16]));
		})
	};
	// The part of another guardian, seen in the pool.
	refused(1, &|id, _| part_of(id, hospital(2)));
	// The own part for another request: another envelope, another requester.
	refused(1, &|_, committee| part_of(requested(committee, 1), hospital(1)));
	refused(1, &|_, committee| part_of(asked(hospital(10), request_of(hospital(10), committee, 1)), hospital(1)));
	// Made under another index with the own share.
	refused(1, &|id, committee| part::<Test>(&stored(id), 2, &share_of(committee, hospital(1))).expect("verifies"));
	// Made with the share of another committee.
	refused(1, &|id, _| {
		let other = active(5, 3);
		part::<Test>(&stored(id), 1, &share_of(other, hospital(1))).expect("verifies")
	});
	// The identity, what is no point, a scalar that is not canonical, and zeros.
	refused(1, &|id, _| DecryptionPart { value: [0; 32], ..part_of(id, hospital(1)) });
	refused(1, &|id, _| DecryptionPart { value: [0xff; 32], ..part_of(id, hospital(1)) });
	refused(1, &|id, _| {
		let mut part = part_of(id, hospital(1));
		part.proof.f[31] |= 0xf0;
		part
	});
	refused(1, &|id, _| {
		let mut part = part_of(id, hospital(1));
		(part.proof.e, part.proof.f) = ([0; 32], [0; 32]);
		part
	});
}

#[test]
fn approve_request_refuses_a_part_when_it_is_bound_to_another_context() {
	// A part that the guardian made for a request that differs in one field from the one on chain.
	let changes: [&dyn Fn(&mut SessionOf<Test>); 6] = [
		&|session| session.handle = BEN,
		&|session| session.tier = WIDER,
		&|session| session.epoch = 1,
		&|session| session.envelope = 1,
		&|session| session.key_hash = [8; 32],
		&|session| session.version = 2,
	];
	for change in changes {
		run(|| {
			let committee = ready();
			let id = requested(committee, 0);
			let mut other = stored(id);
			change(&mut other);
			// The guardian was shown a request that verifies in that context.
			let context = session_context::<Test>(&other).expect("a key");
			let label = context.label;
			let sealed = sealed::<Test>(committee, &label).expect("a key");
			let context = RequestContext { header: sealed.header(), ..context };
			let q = point_secret(ASKER, &label_of(&stored(id)));
			let proof = prove_request(&context, &q, &mut Rng::new(&"elsewhere"));
			let shown = SessionOf::<Test> { header: sealed.header(), proof, ..other };
			let share = share_of(committee, hospital(1));
			let part = part::<Test>(&shown, 1, &share).expect("verifies as shown");
			assert_ok!(vote_as(gateway(hospital(1)), id, part));
			assert_eq!(stored(id).refused.to_vec(), [1]);
		});
	}
}

#[test]
fn approve_request_fails_when_a_guardian_votes_through_its_second_gateway() {
	run(|| {
		let id = requested(ready(), 0);
		let part = part_of(id, hospital(1));
		assert_ok!(vote_as(gateway(hospital(1)), id, part));
		assert_noop!(vote_as(second_gateway(hospital(1)), id, part), Error::<Test>::AlreadyVoted);
		assert_noop!(vote_as(gateway(hospital(1)), id, part), Error::<Test>::AlreadyVoted);
		assert_eq!(stored(id).parts.len(), 1);
	});
}

#[test]
fn approve_request_fails_when_the_guardian_rejected_before() {
	run(|| {
		let id = requested(ready(), 0);
		assert_ok!(reject(id, hospital(1)));
		assert_noop!(approve(id, hospital(1)), Error::<Test>::AlreadyVoted);
	});
}

#[test]
fn approve_request_fails_when_the_guardian_is_the_requester() {
	run(|| {
		let committee = ready();
		let id = asked(hospital(3), request_of(hospital(3), committee, 0));
		for who in [gateway(hospital(3)), second_gateway(hospital(3))] {
			assert_noop!(vote_as(who, id, part_of(id, hospital(3))), Error::<Test>::NotIndependent);
		}
		approved(id, [1, 2, 4]);
		assert!(opens(id));
	});
}

#[test]
fn approve_request_fails_when_the_guardian_works_for_the_requester() {
	run(|| {
		ready();
		personal(OWN, five(), 3);
		with_envelopes(ANA, SUMMARY, OWN);
		// Person 3 works for hospital 9, and hospital 1 guards itself.
		let id = requested(OWN, 0);
		assert_noop!(vote_as(person(3), id, personal_part(id, 3)), Error::<Test>::NotIndependent);
		for index in [1, 2, 4] {
			assert_ok!(personal_vote(id, index));
		}
		assert!(opens(id));
		let id = asked(hospital(1), request_of(hospital(1), OWN, 1));
		assert_noop!(personal_vote(id, 4), Error::<Test>::NotIndependent);
		assert_ok!(personal_vote(id, 3));
	});
}

#[test]
fn approve_request_records_who_answers_for_a_person() {
	run(|| {
		personal(OWN, five(), 3);
		with_envelopes(ANA, SUMMARY, OWN);
		let id = asked(hospital(10), request_of(hospital(10), OWN, 0));
		assert_ok!(personal_vote(id, 1));
		assert_eq!(last_act().2, None);
		assert_ok!(personal_vote(id, 3));
		assert_eq!(last_act().2, Some(ASKER));
	});
}

#[test]
fn approve_request_fails_when_the_guardian_was_removed() {
	run(|| {
		let committee = ready();
		let before = requested(committee, 0);
		let of_removed = part_of(before, hospital(1));
		let of_staying = part_of(before, hospital(2));
		resharing(committee, hospitals(2..=6), 3);
		dealt(committee);
		confirmed(committee);
		// Not in a session that began before, neither by who left nor by who stayed with an old share.
		assert_noop!(vote_as(gateway(hospital(1)), before, of_removed), Error::<Test>::CommitteeChanged);
		assert_noop!(vote_as(gateway(hospital(2)), before, of_staying), Error::<Test>::CommitteeChanged);
		// Nor in one that begins now.
		let now = requested(committee, 1);
		assert_noop!(vote_as(gateway(hospital(1)), now, of_removed), Error::<Test>::NotGuardian);
		// With the old share, who stayed is named.
		assert_ok!(vote_as(gateway(hospital(2)), now, of_staying));
		assert_eq!(stored(now).refused.to_vec(), [1]);
		approved(now, [3, 5, 6]);
		assert!(opens(now));
	});
}

#[test]
fn approve_request_fails_when_the_guardian_replaced_its_key() {
	run(|| {
		let id = requested(ready(), 0);
		let part = part_of(id, hospital(1));
		assert_ok!(register_key(hospital(1), 2));
		assert_noop!(vote_as(gateway(hospital(1)), id, part), Error::<Test>::GuardianKeyChanged);
		approved(id, 2..=4);
	});
}

#[test]
fn approve_request_fails_when_the_committee_has_expired_or_was_retired() {
	run(|| {
		let committee = ready();
		Clock::set(UNTIL - MINUTE);
		let id = requested(committee, 0);
		let part = part_of(id, hospital(1));
		Clock::set(UNTIL - 1);
		assert_ok!(vote_as(gateway(hospital(1)), id, part));
		let part = part_of(id, hospital(2));
		Clock::set(UNTIL);
		assert_noop!(vote_as(gateway(hospital(2)), id, part), Error::<Test>::CommitteeExpired);
		assert_ok!(EmergencyAccess::retire_committee(root(), committee));
		assert_noop!(vote_as(gateway(hospital(2)), id, part), Error::<Test>::CommitteeNotActive);
	});
}

#[test]
fn approve_request_fails_when_the_patient_removed_the_own_guardians() {
	run(|| {
		personal(OWN, five(), 3);
		with_envelopes(ANA, SUMMARY, OWN);
		let id = requested(OWN, 0);
		let parts = [1, 4].map(|index| (index, personal_part(id, index)));
		assert_ok!(EmergencyAccess::remove_personal_committee(signed(ANA_KEY), ANA, ENTRY));
		for (index, part) in parts {
			let who = if index == 1 { person(1) } else { gateway(hospital(1)) };
			assert_noop!(vote_as(who, id, part), Error::<Test>::CommitteeNotActive);
		}
	});
}

#[test]
fn approve_request_fails_when_the_guardian_is_suspended() {
	run(|| {
		let id = requested(ready(), 0);
		let part = part_of(id, hospital(1));
		Consortium::<AccountId>::suspend(hospital(1));
		assert_noop!(vote_as(gateway(hospital(1)), id, part), SUSPENDED);
	});
}

#[test]
fn approve_request_fails_when_the_requester_was_suspended_since() {
	run(|| {
		let id = requested(ready(), 0);
		let part = part_of(id, hospital(1));
		Consortium::<AccountId>::suspend(ASKER);
		assert_noop!(vote_as(gateway(hospital(1)), id, part), Error::<Test>::NotForEmergency);
	});
}

#[test]
fn approve_request_fails_when_the_time_is_over() {
	run(|| {
		let id = requested(ready(), 0);
		let part = part_of(id, hospital(1));
		let (last, over) = request_ends();
		Clock::set(over);
		// Nobody has said so on chain yet.
		assert_eq!(stored(id).status, EmergencyStatus::Requested);
		assert_noop!(vote_as(gateway(hospital(1)), id, part), Error::<Test>::NotRequested);
		Clock::set(last);
		assert_ok!(vote_as(gateway(hospital(1)), id, part));
	});
}

#[test]
fn approve_request_fails_when_the_session_is_decided() {
	run(|| {
		let committee = ready();
		let part = |id| part_of(id, hospital(5));
		let is_late = |id, part| {
			assert_noop!(vote_as(gateway(hospital(5)), id, part), Error::<Test>::NotRequested);
		};

		let cancelled = requested(committee, 0);
		let late = part(cancelled);
		assert_ok!(cancel(cancelled));
		is_late(cancelled, late);

		let rejected = requested(committee, 1);
		let late = part(rejected);
		rejected_by(rejected, 1..=3);
		is_late(rejected, late);

		let closed = asked(hospital(10), request_of(hospital(10), committee, 2));
		let late = part(closed);
		approved(closed, 1..=3);
		is_late(closed, late);
		assert_ok!(close(closed));
		is_late(closed, late);

		with_envelopes(ANA, SUMMARY, committee);
		let suspended = requested(committee, 0);
		let late = part(suspended);
		assert_ok!(EmergencyAccess::suspend_in_person(
			signed(gateway(hospital(10))),
			suspended,
			Commitment([3; 32]),
			ENTRY
		));
		is_late(suspended, late);
	});
}

#[test]
fn approve_request_fails_when_signer_is_no_guardian_or_session_unknown() {
	run(|| {
		let id = requested(ready(), 0);
		let part = part_of(id, hospital(1));
		for who in [gateway(hospital(6)), gateway(CUSTODIAN), gateway(REGULATOR), ANA_KEY, person(1)] {
			assert_noop!(vote_as(who, id, part), Error::<Test>::NotGuardian);
		}
		for origin in [RuntimeOrigin::none(), root()] {
			assert_noop!(EmergencyAccess::approve_request(origin, id, part, ENTRY), DispatchError::BadOrigin);
		}
		let unknown = EmergencyRequestId([0; 32]);
		assert_noop!(vote_as(gateway(hospital(1)), unknown, part), Error::<Test>::UnknownSession);
	});
}

#[test]
fn approve_request_rejects_when_too_few_guardians_are_left_after_a_wrong_part() {
	run(|| {
		let committee = ready();
		let id = requested(committee, 0);
		assert_ok!(reject(id, hospital(1)));
		assert_ok!(reject(id, hospital(2)));
		let wrong = part_of(id, hospital(4));
		assert_ok!(vote_as(gateway(hospital(3)), id, wrong));
		assert_eq!(stands(id), EmergencyStatus::Rejected);
		assert_eq!(events().last(), Some(&Event::RequestRejected { id }));
		assert!(EmergencyAccess::open_sessions(committee).is_empty());
	});
}

#[test]
fn approve_request_does_not_happen_when_it_cannot_be_recorded() {
	run(|| {
		let id = requested(ready(), 0);
		let part = part_of(id, hospital(1));
		Trail::refuse();
		assert_noop!(vote_as(gateway(hospital(1)), id, part), TRAIL_FULL);
	});
}

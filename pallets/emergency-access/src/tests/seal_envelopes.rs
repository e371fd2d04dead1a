//! Attacks on, and uses of, `seal_envelopes`.

use super::{stage::*, *};
use crate::enactment::request;
use codec::{Decode, Encode};
use salus_primitives::test_support::SUSPENDED;

/// What is sealed for Ana's summary.
fn scope() -> Scope {
	EmergencyAccess::scope(&ANA, SUMMARY)
}

#[test]
fn seal_envelopes_stores_commitments_when_custodian_seals() {
	run(|| {
		let committee = active(5, 3);
		System::reset_events();
		with_envelopes(ANA, SUMMARY, committee);
		let envelopes = envelopes(committee, ANA, SUMMARY, 0, 4);
		let key_id = super::committee(committee).key_id.expect("a key");
		let set = SealedSet { committee, personal: false, key_id, envelopes, consumed: 0, spent: Default::default() };
		assert_eq!(scope(), Scope { epoch: 0, drill: false, sealed: vec![set].try_into().expect("one") });
		assert_eq!(
			events(),
			[Event::EnvelopesSealed { handle: ANA, tier: SUMMARY, epoch: 0, committee, count: 4, drill: false }]
		);
		assert_eq!(EmergencyAccess::scope(&ANA, WIDER), Scope::default());
		assert!(Trail::entries().is_empty());
	});
}

#[test]
fn seal_envelopes_replaces_the_set_when_none_was_used_up() {
	run(|| {
		let committee = ready();
		let fewer = envelopes(committee, ANA, SUMMARY, 0, 2);
		assert_ok!(seal_as(second_gateway(CUSTODIAN), ANA, SUMMARY, 0, committee, fewer.clone()));
		assert_eq!(scope().sealed.len(), 1);
		assert_eq!(scope().sealed[0].envelopes, fewer);
	});
}

#[test]
fn seal_envelopes_fails_when_an_envelope_of_the_set_was_used_up() {
	run(|| {
		let committee = ready();
		assert_ok!(cancel(requested(committee, 1)));
		assert_noop!(seal_for(ANA, SUMMARY, 0, committee), Error::<Test>::EnvelopesInUse);
		// A withdrawal does not make the number usable again either.
		assert_ok!(seal_as(gateway(CUSTODIAN), ANA, SUMMARY, 0, committee, Envelopes::default()));
		assert!(scope().sealed[0].is_consumed(1) && scope().sealed[0].envelopes.is_empty());
		assert_noop!(seal_for(ANA, SUMMARY, 0, committee), Error::<Test>::EnvelopesInUse);
	});
}

#[test]
fn seal_envelopes_begins_the_next_epoch_when_it_is_named() {
	run(|| {
		let committee = ready();
		personal(OWN, five(), 3);
		with_envelopes(ANA, SUMMARY, OWN);
		let before = request_of(ASKER, committee, 0);
		assert_ok!(seal_for(ANA, SUMMARY, 1, committee));
		// What was sealed to either committee in the old epoch is worth nothing now.
		assert_eq!((scope().epoch, scope().sealed.len()), (1, 1));
		assert_noop!(ask_as(gateway(ASKER), before), Error::<Test>::EnvelopeMismatch);
		requested(committee, 0);
	});
}

#[test]
fn seal_envelopes_fails_when_epoch_is_over_or_not_the_next() {
	run(|| {
		let committee = ready();
		assert_ok!(seal_for(ANA, SUMMARY, 1, committee));
		for epoch in [0, 3, u32::MAX] {
			assert_noop!(seal_for(ANA, SUMMARY, epoch, committee), Error::<Test>::WrongEpoch);
		}
	});
}

#[test]
fn seal_envelopes_fails_alike_when_signer_is_not_the_custodian_or_nobody_is() {
	run(|| {
		let committee = active(5, 3);
		let unknown = PatientHandle([0; 32]);
		for (who, handle) in [(gateway(ASKER), ANA), (gateway(ASKER), unknown), (gateway(CUSTODIAN), unknown)] {
			let envelopes = envelopes(committee, handle, SUMMARY, 0, 1);
			assert_noop!(seal_as(who, handle, SUMMARY, 0, committee, envelopes), Error::<Test>::NotCustodian);
		}
		let envelopes = envelopes(committee, ANA, SUMMARY, 0, 1);
		// The patient's own key seals nothing: it does not hold the records.
		assert!(seal_as(ANA_KEY, ANA, SUMMARY, 0, committee, envelopes.clone()).is_err());
		Consortium::<AccountId>::suspend(CUSTODIAN);
		assert_noop!(seal_as(gateway(CUSTODIAN), ANA, SUMMARY, 0, committee, envelopes), SUSPENDED);
	});
}

#[test]
fn seal_envelopes_fails_when_origin_is_not_signed() {
	run(|| {
		let committee = active(5, 3);
		for origin in [RuntimeOrigin::none(), root()] {
			let envelopes = envelopes(committee, ANA, SUMMARY, 0, 1);
			assert_noop!(
				EmergencyAccess::seal_envelopes(origin, ANA, SUMMARY, 0, committee, envelopes, false),
				DispatchError::BadOrigin
			);
		}
	});
}

#[test]
fn seal_envelopes_fails_when_an_envelope_stands_twice() {
	run(|| {
		let committee = active(5, 3);
		let mut twice = envelopes(committee, ANA, SUMMARY, 0, 3);
		twice[2] = twice[0];
		assert_noop!(seal_as(gateway(CUSTODIAN), ANA, SUMMARY, 0, committee, twice), Error::<Test>::DuplicateEnvelopes);
	});
}

#[test]
fn seal_envelopes_fails_when_real_data_are_to_become_test_data_or_the_reverse_within_an_epoch() {
	run(|| {
		let committee = ready();
		let seal = |handle, tier, drill| {
			let epoch = EmergencyAccess::scope(&handle, tier).epoch;
			let envelopes = envelopes(committee, handle, tier, epoch, 1);
			EmergencyAccess::seal_envelopes(
				signed(gateway(CUSTODIAN)),
				handle,
				tier,
				epoch,
				committee,
				envelopes,
				drill,
			)
		};
		// On the same tier, and on the other one: else a drill on Ana would escape the caps.
		assert_noop!(seal(ANA, SUMMARY, true), Error::<Test>::DrillIsFixed);
		assert_noop!(seal(ANA, WIDER, true), Error::<Test>::DrillIsFixed);
		assert_ok!(seal(BEN, WIDER, true));
		assert_noop!(seal(BEN, SUMMARY, false), Error::<Test>::DrillIsFixed);
		// An epoch that ends changes nothing about it.
		EmergencyAccess::end_epoch(&ANA, SUMMARY, 0);
		assert_noop!(seal(ANA, SUMMARY, true), Error::<Test>::DrillIsFixed);
	});
}

#[test]
fn seal_envelopes_makes_test_data_real_on_both_tiers_when_the_next_epoch_begins() {
	run(|| {
		let committee = active(5, 3);
		let seal = |tier, epoch, drill| {
			let envelopes = envelopes(committee, ANA, tier, epoch, 4);
			let custodian = signed(gateway(CUSTODIAN));
			EmergencyAccess::seal_envelopes(custodian, ANA, tier, epoch, committee, envelopes, drill)
		};
		assert_ok!(seal(SUMMARY, 0, true));
		assert_ok!(seal(WIDER, 0, true));
		let drill = requested(committee, 0);
		let before = request::<Test>(ASKER, committee, ANA, WIDER, 0).expect("sealed");
		assert_noop!(seal(SUMMARY, 0, false), Error::<Test>::DrillIsFixed);
		assert_ok!(seal(SUMMARY, 1, false));
		assert_eq!((scope().epoch, scope().drill), (1, false));
		// What was sealed for drills on the other tier opens nothing.
		assert_eq!(EmergencyAccess::scope(&ANA, WIDER), Scope { epoch: 1, ..Default::default() });
		assert_noop!(ask_as(gateway(ASKER), before), Error::<Test>::NothingSealed);
		assert!(!stored(requested(committee, 0)).drill && stored(drill).drill);
		// And never back, with another epoch or without.
		for (tier, epoch) in [(SUMMARY, 1), (SUMMARY, 2), (WIDER, 1), (WIDER, 2)] {
			assert_noop!(seal(tier, epoch, true), Error::<Test>::DrillIsFixed);
		}
		assert_ok!(seal(WIDER, 1, false));
		assert_eq!(EmergencyAccess::scope(&ANA, WIDER).epoch, 1);
	});
}

#[test]
fn seal_envelopes_fails_when_committee_does_not_take_them() {
	run(|| {
		let seal = |handle, committee| {
			let envelopes = Envelopes::truncate_from(vec![Commitment([1; 32])]);
			seal_as(gateway(CUSTODIAN), handle, SUMMARY, 0, committee, envelopes)
		};
		assert_noop!(seal(ANA, CommitteeId(0)), Error::<Test>::UnknownCommittee);
		let forming = proposed(5, 3);
		assert_noop!(seal(ANA, forming), Error::<Test>::CommitteeNotActive);
		let locate = active_for(CommitteePurpose::Locate, 5, 3);
		assert_noop!(seal(ANA, locate), Error::<Test>::WrongPurpose);
		personal(OWN, five(), 3);
		assert_noop!(seal(BEN, OWN), Error::<Test>::CommitteeOfAnother);
		assert_ok!(seal(ANA, OWN));
		// One that was superseded decides on what it has, and gets nothing new.
		let first = active(5, 3);
		let second = active(5, 3);
		assert_noop!(seal(ANA, first), Error::<Test>::CommitteeNotActive);
		assert_ok!(seal(ANA, second));
		Clock::set(UNTIL);
		assert_noop!(seal(ANA, second), Error::<Test>::CommitteeExpired);
	});
}

#[test]
fn seal_envelopes_keeps_one_set_for_each_kind_of_committee() {
	run(|| {
		let first = ready();
		personal(OWN, five(), 3);
		with_envelopes(ANA, SUMMARY, OWN);
		let second = active(5, 3);
		with_envelopes(ANA, SUMMARY, second);
		let sets: Vec<_> = scope().sealed.iter().map(|set| set.committee).collect();
		assert_eq!(sets, [second, OWN]);
		assert!(scope().sealed_to(first).is_none());
	});
}

#[test]
fn seal_envelopes_withdraws_when_there_are_none() {
	run(|| {
		let committee = ready();
		let withdraw = |epoch| seal_as(gateway(CUSTODIAN), ANA, SUMMARY, epoch, committee, Envelopes::default());
		// Also from a committee that decides nothing any more.
		assert_ok!(EmergencyAccess::retire_committee(root(), committee));
		assert_ok!(withdraw(0));
		assert!(scope().sealed.is_empty());
		assert_noop!(withdraw(0), Error::<Test>::NothingSealed);
		// The next epoch may begin with nothing.
		assert_ok!(withdraw(1));
		assert_eq!(scope().epoch, 1);
	});
}

#[test]
fn seal_envelopes_does_not_decode_when_there_are_nine() {
	let encoded = |count: u8| {
		let envelopes: Vec<_> = (0..count).map(|number| Commitment([number; 32])).collect();
		(10u8, ANA, SUMMARY, 0u32, CommitteeId(0), envelopes, false).encode()
	};
	assert!(Call::<Test>::decode(&mut &encoded(8)[..]).is_ok());
	assert!(Call::<Test>::decode(&mut &encoded(9)[..]).is_err());
}

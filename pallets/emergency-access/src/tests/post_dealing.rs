//! Members post dealings; the last one gives the keys. Resharings are in `reshare_committee`.

use super::*;
use salus_threshold::committee::{key_id, public_keys_of_dealings};

#[test]
fn post_dealing_gives_the_keys_when_all_members_have_dealt() {
	run(|| {
		let id = proposed(5, 3);
		for number in 1..=5 {
			assert_eq!(committee(id).set.keys, None);
			assert_ok!(deal(id, hospital(number)));
			let (dealer, complete) = (number as u16, number == 5);
			System::assert_last_event(Event::DealingPosted { committee: id, version: 1, dealer, complete }.into());
		}
		let committee = committee(id);
		let dealings = EmergencyAccess::dealings_of(id, 1);
		assert_eq!(dealings.iter().map(|(dealer, _)| *dealer).collect::<Vec<_>>(), [1, 2, 3, 4, 5]);
		let commitments: Vec<_> = dealings.iter().map(|(_, dealing)| &dealing.commitments[..]).collect();
		let keys = public_keys_of_dealings(5, &commitments).expect("honest dealings");
		assert_eq!(committee.key_id, Some(key_id(&EmergencyAccess::genesis(), id.0, &keys.group)));
		assert_eq!(committee.set.keys.as_ref(), Some(&keys));
		assert_eq!(committee.status, CommitteeStatus::Confirming);
		for (index, key) in (1..).zip(&keys.members) {
			assert!(share::<Test>(id, 1, index, &current_sealing(hospital(index.into())))
				.expect("dealt")
				.verifies(key));
		}
	});
}

#[test]
fn post_dealing_counts_in_the_order_of_posting_when_members_deal_in_another() {
	run(|| {
		let id = proposed(5, 3);
		for number in [4, 2, 5, 1, 3] {
			assert_ok!(deal(id, hospital(number)));
		}
		let dealers: Vec<_> = EmergencyAccess::dealings_of(id, 1).iter().map(|(dealer, _)| *dealer).collect();
		assert_eq!(dealers, [4, 2, 5, 1, 3]);
		confirmed(id);
		assert_eq!(status(id), CommitteeStatus::Active);
	});
}

#[test]
fn post_dealing_is_refused_when_the_member_has_dealt() {
	run(|| {
		let id = proposed(5, 3);
		assert_ok!(deal(id, hospital(1)));
		// Through the other gateway as well: the institution has dealt.
		let again = dealing_of(id, 1, &secret(&"another"));
		let call = EmergencyAccess::post_dealing(signed(second_gateway(hospital(1))), id, again);
		assert_noop!(call.map_err(|refused| refused.error), Error::<Test>::AlreadyDealt);
	});
}

#[test]
fn post_dealing_is_refused_when_the_signer_is_no_member() {
	run(|| {
		let id = proposed(5, 3);
		let dealing = honest_dealing(id, hospital(1));
		assert_noop!(post(id, hospital(6), dealing.clone()), Error::<Test>::NotGuardian);
		let call = EmergencyAccess::post_dealing(signed(ANA_KEY), id, dealing.clone());
		assert_noop!(call.map_err(|refused| refused.error), Error::<Test>::NotGuardian);
		Consortium::<AccountId>::suspend(hospital(1));
		assert_noop!(post(id, hospital(1), dealing), salus_primitives::test_support::SUSPENDED);
	});
}

#[test]
fn post_dealing_is_refused_when_the_dealer_replaced_its_key() {
	run(|| {
		let id = proposed(5, 3);
		let dealing = honest_dealing(id, hospital(1));
		assert_ok!(register_key(hospital(1), 2));
		assert_noop!(post(id, hospital(1), dealing), Error::<Test>::GuardianKeyChanged);
	});
}

#[test]
fn post_dealing_is_refused_when_it_was_made_for_something_else() {
	run(|| {
		let (id, other) = (proposed(5, 3), proposed(5, 3));
		let refused = |dealing| {
			assert_noop!(post(id, hospital(1), dealing), Error::<Test>::BadDealing);
		};
		// Another dealer's, another committee's, for other recipients, altered, cut.
		refused(honest_dealing(id, hospital(2)));
		refused(honest_dealing(other, hospital(1)));
		let context = dealing_context::<Test>(id, &forming(id), 1);
		let mut recipients = forming(id).recipients();
		recipients.swap(0, 1);
		refused(dealing(&context, &secret(&"secret"), &recipients).expect("well-formed keys"));
		let good = honest_dealing(id, hospital(1));
		let mut altered = good.clone();
		altered.sealed[4][0] ^= 1;
		refused(altered);
		let mut short = good.clone();
		short.commitments.pop();
		refused(short);
		let mut long = good.clone();
		long.sealed.push([1; 32]);
		refused(long);
		assert_ok!(post(id, hospital(1), good));
	});
}

#[test]
fn post_dealing_is_refused_when_nothing_is_coming_about() {
	run(|| {
		let id = proposed(5, 3);
		let dealing = honest_dealing(id, hospital(1));
		assert_noop!(post(CommitteeId(9), hospital(1), dealing.clone()), Error::<Test>::UnknownCommittee);
		dealt(id);
		assert_noop!(post(id, hospital(1), dealing.clone()), Error::<Test>::DealingsComplete);
		confirmed(id);
		assert_noop!(post(id, hospital(1), dealing), Error::<Test>::NotForming);
	});
}

#[test]
fn post_dealing_is_refused_when_the_time_is_over() {
	run(|| {
		let id = proposed(5, 3);
		Clock::set(forming(id).deadline - 1);
		assert_ok!(deal(id, hospital(1)));
		Clock::advance(1);
		assert_noop!(deal(id, hospital(2)), Error::<Test>::FormationOver);
	});
}

#[test]
fn post_dealing_is_refused_when_the_last_one_cancels_the_others_out() {
	run(|| {
		// What a dealer that cheats the proofs could reach: the sum of the last commitments is the identity.
		let id = proposed(5, 3);
		for number in 1..=4 {
			assert_ok!(deal(id, hospital(number)));
		}
		let commitments: Vec<_> = (1..=4).map(|dealer| dealing_stored(id, dealer).commitments[2]).collect();
		let negated = super::dispute_dealing::negated_sum(&commitments);
		let forged =
			super::dispute_dealing::forged(id, 5, &secret(&"constant"), |commitments| commitments[2] = negated);
		assert_noop!(post(id, hospital(5), forged), Error::<Test>::DegenerateKey);
		assert_ok!(deal(id, hospital(5)));
	});
}

fn dealing_stored(id: CommitteeId, dealer: u16) -> Dealing {
	Dealings::<Test>::get((id, 1), dealer).expect("posted")
}

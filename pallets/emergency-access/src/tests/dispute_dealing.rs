//! A member that was dealt a wrong share shows it to everybody.

use super::*;
use codec::Encode;
use curve25519_dalek::{
	constants::RISTRETTO_BASEPOINT_POINT,
	ristretto::{CompressedRistretto, RistrettoPoint},
	Scalar,
};
use salus_threshold::dealing::{DealingProof, PROOF_TAG};
use sha2_chain::{Digest, Sha512};

/// A dealing that passes every public check and gives nobody the share committed to: what a dealer with software of its own
/// posts. Its commitments may be changed but for the first.
pub fn forged(
	id: CommitteeId,
	dealer: u16,
	constant_term: &SecretScalar,
	change: impl FnOnce(&mut Vec<[u8; 32]>),
) -> Dealing {
	let set = forming(id);
	let context = dealing_context::<Test>(id, &set, dealer);
	let randomness = secret(&"randomness");
	let others = (1..context.threshold.k).map(|j| secret(&("coefficient", j)).public().to_bytes());
	let mut commitments: Vec<_> = core::iter::once(constant_term.public().to_bytes()).chain(others).collect();
	change(&mut commitments);
	let sealed: Vec<_> = (1..=context.threshold.n).map(|index| *secret(&("nonsense", index)).to_bytes()).collect();
	let ephemeral = randomness.public().to_bytes();

	let [constant_term, randomness, a, b] =
		[constant_term, &randomness, &secret(&"nonce a"), &secret(&"nonce b")].map(scalar);
	let mut transcript = Sha512::new();
	transcript.update((PROOF_TAG, context, (set.recipients(), &commitments, ephemeral, &sealed)).encode());
	for nonce in [a, b] {
		transcript.update((RISTRETTO_BASEPOINT_POINT * nonce).compress().to_bytes());
	}
	let e = Scalar::from_bytes_mod_order_wide(&transcript.finalize().into());
	let proof = DealingProof {
		e: e.to_bytes(),
		constant_term: (a + e * constant_term).to_bytes(),
		ephemeral: (b + e * randomness).to_bytes(),
	};
	Dealing { commitments, ephemeral, sealed, proof }
}

/// The point that added to these gives the identity.
pub fn negated_sum(points: &[[u8; 32]]) -> [u8; 32] {
	let sum: RistrettoPoint =
		points.iter().map(|bytes| CompressedRistretto(*bytes).decompress().expect("canonical")).sum();
	(-sum).compress().to_bytes()
}

fn scalar(secret: &SecretScalar) -> Scalar {
	Scalar::from_canonical_bytes(*secret.to_bytes()).expect("canonical")
}

fn raised(id: CommitteeId, dealer: u16, by: InstitutionId) -> Option<DealingDispute> {
	let set = forming(id);
	let dealing = Dealings::<Test>::get((id, set.version), dealer)?;
	let context = dealing_context::<Test>(id, &set, dealer);
	let index = set.index_of(&Guardian::Institution(by))?;
	DealingDispute::raise(&context, &dealing, index, &current_sealing(by), &mut Rng::new(&"dispute"))
}

fn dispute(id: CommitteeId, dealer: u16, by: InstitutionId, dispute: DealingDispute) -> DispatchResult {
	EmergencyAccess::dispute_dealing(signed(gateway(by)), id, dealer, dispute)
}

/// A committee in which hospital 2 cheated everybody.
fn cheated() -> CommitteeId {
	let id = proposed(5, 3);
	assert_ok!(deal(id, hospital(1)));
	assert_ok!(post(id, hospital(2), forged(id, 2, &secret(&"constant"), |_| ())));
	id
}

#[test]
fn dispute_dealing_fails_the_committee_when_it_is_founded() {
	run(|| {
		let id = cheated();
		let posted = honest_dealing(id, hospital(3));
		let founded = raised(id, 2, hospital(4)).expect("the share is wrong");
		assert_ok!(dispute(id, 2, hospital(4), founded));
		assert!(is_gone(id));
		let guardian = Some(Guardian::Institution(hospital(2)));
		System::assert_last_event(Event::DealerFaulty { committee: id, version: 1, dealer: 2, guardian }.into());
		assert_eq!(EmergencyAccess::committees_of_institution(hospital(4)), []);
		assert_eq!(EmergencyAccess::dealings_of(id, 1), []);
		assert_noop!(post(id, hospital(3), posted), Error::<Test>::UnknownCommittee);
	});
}

#[test]
fn dispute_dealing_works_when_all_dealings_are_there() {
	run(|| {
		let id = cheated();
		for number in 3..=5 {
			assert_ok!(deal(id, hospital(number)));
		}
		assert_eq!(status(id), CommitteeStatus::Confirming);
		let founded = raised(id, 2, hospital(2)).expect("the dealer cheated itself as well");
		assert_ok!(dispute(id, 2, hospital(2), founded));
		assert!(is_gone(id));
	});
}

#[test]
fn dispute_dealing_keeps_the_members_when_it_is_about_a_resharing() {
	run(|| {
		let id = active(5, 3);
		resharing(id, hospitals(4..=9), 4);
		let share = share_of(id, hospital(2));
		assert_ok!(post(id, hospital(2), forged(id, 2, share.secret(), |_| ())));
		// Hospital 7 has index 4 in the new set; the dealer's index is that of the old one.
		let founded = raised(id, 2, hospital(7)).expect("the share is wrong");
		assert_ok!(dispute(id, 2, hospital(7), founded));
		let guardian = Some(Guardian::Institution(hospital(2)));
		System::assert_last_event(Event::DealerFaulty { committee: id, version: 2, dealer: 2, guardian }.into());
		assert!(!Resharing::<Test>::contains_key(id));
		assert_eq!(status(id), CommitteeStatus::Active);
		assert_eq!(committee(id).set.version, 1);
		assert_eq!(EmergencyAccess::committees_of_institution(hospital(7)), []);
		assert_eq!(EmergencyAccess::committees_of_institution(hospital(4)), [id]);
	});
}

#[test]
fn dispute_dealing_is_refused_when_the_share_is_right() {
	run(|| {
		let id = cheated();
		assert_eq!(raised(id, 1, hospital(4)), None, "an honest guardian has nothing to dispute");
		let about_another = raised(id, 2, hospital(4)).expect("the share is wrong");
		// The same dispute about the honest dealing, by another member, altered.
		assert_noop!(dispute(id, 1, hospital(4), about_another), Error::<Test>::DisputeUnfounded);
		assert_noop!(dispute(id, 2, hospital(5), about_another), Error::<Test>::DisputeUnfounded);
		let altered = DealingDispute { shared: secret(&"lie").public().to_bytes(), ..about_another };
		assert_noop!(dispute(id, 2, hospital(4), altered), Error::<Test>::DisputeUnfounded);
		assert_eq!(status(id), CommitteeStatus::Dealing);
	});
}

#[test]
fn dispute_dealing_is_refused_when_there_is_nothing_to_dispute() {
	run(|| {
		let id = cheated();
		let founded = raised(id, 2, hospital(4)).expect("the share is wrong");
		assert_noop!(dispute(id, 3, hospital(4), founded), Error::<Test>::UnknownDealing);
		assert_noop!(dispute(CommitteeId(9), 2, hospital(4), founded), Error::<Test>::UnknownCommittee);
		assert_noop!(dispute(id, 2, hospital(6), founded), Error::<Test>::NotGuardian);
		Clock::set(forming(id).deadline);
		assert_noop!(dispute(id, 2, hospital(4), founded), Error::<Test>::FormationOver);
		let complete = active(5, 3);
		assert_noop!(dispute(complete, 2, hospital(4), founded), Error::<Test>::NotForming);
	});
}

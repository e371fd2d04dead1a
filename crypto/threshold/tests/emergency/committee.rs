//! Thresholds, key ids, and the proofs by which members join.

use crate::fixture::{context, Committee, SampleRng, IDENTITY, NOT_CANONICAL};
use codec::{Decode, Encode, MaxEncodedLen};
use salus_threshold::{
	committee::{
		key_id, prove_possession, prove_sealing_key, public_keys_of_dealings, verify_possession, verify_sealing_key,
		CommitteeContext, PublicKeys, Threshold, MAX_MEMBERS,
	},
	group::SecretScalar,
};

#[test]
fn threshold_is_a_majority_that_two_members_may_miss() {
	for (n, k) in [(5, 3), (6, 4), (7, 4), (7, 5), (10, 6), (15, 8), (15, 13), (16, 9), (16, 14)] {
		assert_eq!(Threshold::new(n, k), Some(Threshold { n, k }));
	}
	for (n, k) in
		[(0, 0), (1, 1), (4, 3), (5, 2), (5, 4), (6, 3), (7, 3), (7, 6), (16, 8), (16, 15), (17, 10), (65535, 40000)]
	{
		assert_eq!(Threshold::new(n, k), None, "{k} of {n}");
	}
}

#[test]
fn has_member_counts_from_one() {
	let threshold = Threshold { n: 5, k: 3 };
	assert!((1..=5).all(|index| threshold.has_member(index)));
	assert!(!threshold.has_member(0) && !threshold.has_member(6));
}

#[test]
fn key_id_differs_when_chain_committee_or_key_is_another() {
	let id = key_id(&[1; 32], 2, &[3; 32]);
	for other in [key_id(&[3; 32], 2, &[3; 32]), key_id(&[1; 32], 3, &[3; 32]), key_id(&[1; 32], 2, &[1; 32])] {
		assert_ne!(id, other);
	}
}

#[test]
fn verify_possession_holds_for_index_committee_and_key_of_the_member_only() {
	let committee = Committee::sample();
	let proof = prove_possession(&context(), 2, committee.share(2), &mut SampleRng::new("possession"));
	let key = |index: u16| *committee.keys.member(index).expect("a member");
	assert!(verify_possession(&context(), 2, &key(2), &proof));
	for (what, context, index, key) in [
		("index", context(), 3, key(2)),
		("key", context(), 2, key(3)),
		("chain", CommitteeContext { genesis: [2; 32], ..context() }, 2, key(2)),
		("committee", CommitteeContext { committee: 4, ..context() }, 2, key(2)),
		("version", CommitteeContext { version: 2, ..context() }, 2, key(2)),
		("identity", context(), 2, IDENTITY),
		("not canonical", context(), 2, NOT_CANONICAL),
	] {
		assert!(!verify_possession(&context, index, &key, &proof), "{what}");
	}
}

/// A member who never received its share cannot prove another's, nor a share that it made up.
#[test]
fn verify_possession_refuses_proof_when_the_share_is_another() {
	let committee = Committee::sample();
	let proof = prove_possession(&context(), 2, committee.share(3), &mut SampleRng::new("possession"));
	assert!(!verify_possession(&context(), 2, &committee.keys.members[1], &proof));
}

#[test]
fn verify_sealing_key_holds_for_chain_owner_and_key_only() {
	let mut rng = SampleRng::new("sealing");
	let secret = SecretScalar::random(&mut rng);
	let key = secret.public().to_bytes();
	let proof = prove_sealing_key(&[1; 32], &[7, 0, 0, 0], &secret, &mut rng);
	assert!(verify_sealing_key(&[1; 32], &[7, 0, 0, 0], &key, &proof));
	let other = SecretScalar::random(&mut rng).public().to_bytes();
	assert!(!verify_sealing_key(&[2; 32], &[7, 0, 0, 0], &key, &proof));
	assert!(!verify_sealing_key(&[1; 32], &[8, 0, 0, 0], &key, &proof));
	assert!(!verify_sealing_key(&[1; 32], &[7, 0, 0], &key, &proof));
	for key in [other, IDENTITY, NOT_CANONICAL] {
		assert!(!verify_sealing_key(&[1; 32], &[7, 0, 0, 0], &key, &proof));
	}
}

/// A key of one's own minus another's would let one answer for both, if it could be registered.
#[test]
fn verify_sealing_key_refuses_possession_proof_over_the_same_key() {
	let committee = Committee::sample();
	let proof = prove_possession(&context(), 2, committee.share(2), &mut SampleRng::new("possession"));
	assert!(!verify_sealing_key(&context().genesis, &2u16.encode(), &committee.keys.members[1], &proof));
}

#[test]
fn public_keys_of_dealings_are_none_when_the_dealings_are_malformed() {
	let point = |label| SecretScalar::random(&mut SampleRng::new(label)).public().to_bytes();
	let good = [point("a"), point("b"), point("c")];
	assert!(public_keys_of_dealings(5, &[&good, &good]).is_some());
	for (what, dealings) in [
		("no dealing", vec![]),
		("no commitments", vec![vec![]]),
		("too many commitments", vec![vec![good[0]; 17]]),
		("different lengths", vec![good.to_vec(), good[..2].to_vec()]),
		("identity", vec![vec![good[0], IDENTITY, good[2]]]),
		("last commitment identity", vec![vec![good[0], good[1], IDENTITY]]),
		("not canonical", vec![vec![NOT_CANONICAL, good[1], good[2]]]),
	] {
		let dealings: Vec<_> = dealings.iter().map(Vec::as_slice).collect();
		assert_eq!(public_keys_of_dealings(5, &dealings), None, "{what}");
	}
	assert_eq!(public_keys_of_dealings(MAX_MEMBERS + 1, &[&good]), None);
}

/// Commitments that are good one by one can still cancel out: at 0 there would be no key, in the last place one member less
/// would be enough, at an index a member would have no share.
#[test]
fn public_keys_of_dealings_are_none_when_commitments_cancel_out() {
	let secret = |label| SecretScalar::random(&mut SampleRng::new(label));
	let (a, b, c) = (secret("a"), secret("b"), secret("c"));
	let minus = |x: &SecretScalar| {
		let minus = -curve25519_dalek::Scalar::from_canonical_bytes(*x.to_bytes()).expect("canonical");
		SecretScalar::from_bytes(&minus.to_bytes()).expect("not zero").public().to_bytes()
	};
	let plus = |x: &SecretScalar| x.public().to_bytes();
	let sums = |second: [[u8; 32]; 3]| public_keys_of_dealings(5, &[&[plus(&a), plus(&b), plus(&c)], &second]);
	assert!(sums([plus(&a), plus(&b), plus(&c)]).is_some());
	assert_eq!(sums([minus(&a), plus(&b), plus(&c)]), None);
	assert_eq!(sums([plus(&a), plus(&b), minus(&c)]), None);
	// f(x) = a - a·x is zero at index 1.
	assert_eq!(public_keys_of_dealings(5, &[&[plus(&a), minus(&a)]]), None);
}

#[test]
fn public_keys_decode_no_more_members_than_a_committee_has() {
	let keys = |members| PublicKeys { group: [1; 32], members: vec![[2; 32]; members] };
	let longest = keys(MAX_MEMBERS.into()).encode();
	assert_eq!(longest.len(), PublicKeys::max_encoded_len());
	assert_eq!(PublicKeys::decode(&mut &longest[..]), Ok(keys(MAX_MEMBERS.into())));
	assert!(PublicKeys::decode(&mut &keys(17).encode()[..]).is_err());
	assert_eq!(keys(5).member(0), None);
	assert_eq!(keys(5).member(6), None);
}

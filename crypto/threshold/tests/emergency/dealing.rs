//! Dealings: what their checks refuse, and how a cheated member shows it.

use crate::fixture::{context, with_order_added, Guardians, SampleRng, IDENTITY, NOT_CANONICAL};
use codec::{Decode, DecodeAll, Encode, MaxEncodedLen};
use curve25519_dalek::{ristretto::CompressedRistretto, RistrettoPoint, Scalar};
use salus_threshold::{
	committee::{public_keys_of_dealings, CommitteeContext, Threshold},
	dealing::{BadShare, Dealing, DealingContext, DealingDispute, DealingError, DealingProof, DISPUTE_TAG, PROOF_TAG},
	group::{generator, Point, SecretScalar},
	proof::{DleqProof, EqualLogs},
	share::{Share, SharePart},
};
use sha2::{Digest, Sha512};

const THRESHOLD: Threshold = Threshold { n: 5, k: 3 };

fn dealer(dealer: u16) -> DealingContext {
	DealingContext { committee: context(), dealer, threshold: THRESHOLD }
}

struct Dealt {
	guardians: Guardians,
	secret: SecretScalar,
	dealing: Dealing,
}

fn dealt() -> Dealt {
	let mut rng = SampleRng::new("dealt");
	let guardians = Guardians::new(5, &mut rng);
	let secret = SecretScalar::random(&mut rng);
	let dealing = Dealing::deal(&dealer(1), &secret, &guardians.points(), &mut rng).expect("lengths fit");
	Dealt { guardians, secret, dealing }
}

impl Dealt {
	fn verify(&self, dealing: &Dealing) -> Result<(), DealingError> {
		dealing.verify(&dealer(1), &self.guardians.keys)
	}

	/// The dealing after a change.
	fn changed(&self, change: impl FnOnce(&mut Dealing)) -> Dealing {
		let mut dealing = self.dealing.clone();
		change(&mut dealing);
		dealing
	}

	/// The dealing after a change, with a proof of its dealer over it: written here from the protocol, because the crate makes
	/// no dealing that cheats. The dealer knows the secret; `ephemeral` is its randomness.
	fn cheated(&self, ephemeral: &SecretScalar, change: impl FnOnce(&mut Dealing)) -> Dealing {
		let mut dealing = self.changed(|dealing| dealing.ephemeral = ephemeral.public().to_bytes());
		change(&mut dealing);
		let nonces = [Scalar::from(11u64), Scalar::from(12u64)];
		let commitments = nonces.map(|nonce| RistrettoPoint::mul_base(&nonce).compress().to_bytes());
		let transcript = (
			(PROOF_TAG, dealer(1), &self.guardians.keys),
			(&dealing.commitments, dealing.ephemeral, &dealing.sealed, commitments),
		);
		let e = Scalar::from_bytes_mod_order_wide(&Sha512::digest(transcript.encode()).into());
		let response = |nonce: Scalar, secret: &SecretScalar| (nonce + e * scalar(&secret.to_bytes())).to_bytes();
		dealing.proof = DealingProof {
			e: e.to_bytes(),
			constant_term: response(nonces[0], &self.secret),
			ephemeral: response(nonces[1], ephemeral),
		};
		dealing
	}

	/// A dealing that verifies, and none of whose shares are those committed to.
	fn with_bad_shares(&self) -> Dealing {
		self.cheated(&SecretScalar::random(&mut SampleRng::new("cheat")), |_| ())
	}
}

/// The randomness that [`dealt`] draws: after five sealing secrets, its own secret and two coefficients.
fn randomness() -> SecretScalar {
	let mut rng = SampleRng::new("dealt");
	(0..8).for_each(|_| drop(SecretScalar::random(&mut rng)));
	SecretScalar::random(&mut rng)
}

fn scalar(bytes: &[u8; 32]) -> Scalar {
	Scalar::from_canonical_bytes(*bytes).expect("canonical")
}

#[test]
fn open_gives_every_member_its_share_of_a_patient_s_key() {
	for (n, k) in [(5, 3), (6, 4), (16, 9), (16, 14)] {
		let mut rng = SampleRng::new("patient");
		let guardians = Guardians::new(n, &mut rng);
		let context = DealingContext { dealer: 0, threshold: Threshold { n, k }, ..dealer(0) };
		let secret = SecretScalar::random(&mut rng);
		let dealing = Dealing::deal(&context, &secret, &guardians.points(), &mut rng).expect("lengths fit");
		assert_eq!(dealing.verify(&context, &guardians.keys), Ok(()));
		let keys = public_keys_of_dealings(n, &[&dealing.commitments]).expect("good commitments");
		assert_eq!(keys.group, secret.public().to_bytes());
		for (index, sealing_secret) in (1..).zip(&guardians.secrets) {
			let part = dealing.open(&context, index, sealing_secret).expect("a good share");
			let share = Share::combine_dealt(&[part]).expect("not zero");
			assert!(share.verifies(&keys.members[usize::from(index) - 1]));
			assert_eq!(Share::from_bytes(&share.to_bytes()), Some(share));
		}
	}
}

#[test]
fn deal_fails_when_size_threshold_or_dealer_are_impossible() {
	let Dealt { guardians, secret, .. } = dealt();
	let deal = |context: &DealingContext, points: &[Point]| {
		Dealing::deal(context, &secret, points, &mut SampleRng::new("deal")).err()
	};
	let points = guardians.points();
	assert_eq!(deal(&dealer(1), &points), None);
	assert_eq!(deal(&dealer(1), &points[..4]), Some(DealingError::Length));
	assert_eq!(deal(&dealer(17), &points), Some(DealingError::Dealer));
	for (n, k) in [(5, 2), (5, 4), (4, 3), (17, 9), (0, 0)] {
		let context = DealingContext { threshold: Threshold { n, k }, ..dealer(1) };
		assert_eq!(deal(&context, &points), Some(DealingError::Threshold));
	}
}

#[test]
fn verify_refuses_dealing_when_a_part_of_it_is_malformed() {
	let dealt = dealt();
	assert_eq!(dealt.verify(&dealt.dealing), Ok(()));
	let mut refused = vec![
		("k - 1 commitments", dealt.changed(|d| d.commitments.truncate(2)), DealingError::Length),
		("k + 1 commitments", dealt.changed(|d| d.commitments.push(d.ephemeral)), DealingError::Length),
		("no commitments", dealt.changed(|d| d.commitments.clear()), DealingError::Length),
		("n - 1 shares", dealt.changed(|d| d.sealed.truncate(4)), DealingError::Length),
		("n + 1 shares", dealt.changed(|d| d.sealed.push(d.sealed[0])), DealingError::Length),
		("ephemeral identity", dealt.changed(|d| d.ephemeral = IDENTITY), DealingError::Ephemeral),
		("ephemeral not canonical", dealt.changed(|d| d.ephemeral = NOT_CANONICAL), DealingError::Ephemeral),
		("share not canonical", dealt.changed(|d| d.sealed[3] = NOT_CANONICAL), DealingError::Sealed),
		("challenge not canonical", dealt.changed(|d| d.proof.e = NOT_CANONICAL), DealingError::Proof),
		("response not canonical", dealt.changed(|d| d.proof.constant_term = NOT_CANONICAL), DealingError::Proof),
		("response not canonical", dealt.changed(|d| d.proof.ephemeral = NOT_CANONICAL), DealingError::Proof),
		("zero proof", dealt.changed(|d| d.proof.e = [0; 32]), DealingError::Proof),
	];
	for at in 0..3 {
		let commitment = |to| dealt.changed(|d| d.commitments[at] = to);
		refused.push(("commitment identity", commitment(IDENTITY), DealingError::Commitment));
		refused.push(("commitment not canonical", commitment(NOT_CANONICAL), DealingError::Commitment));
	}
	for (what, dealing, error) in refused {
		assert_eq!(dealt.verify(&dealing), Err(error), "{what}");
	}
}

#[test]
fn verify_refuses_dealing_when_anything_in_it_was_changed() {
	let dealt = dealt();
	let other = SecretScalar::random(&mut SampleRng::new("other"));
	for (what, dealing) in [
		("constant term", dealt.changed(|d| d.commitments[0] = other.public().to_bytes())),
		("commitments exchanged", dealt.changed(|d| d.commitments.swap(1, 2))),
		("ephemeral key", dealt.changed(|d| d.ephemeral = other.public().to_bytes())),
		("share", dealt.changed(|d| d.sealed[0] = *other.to_bytes())),
		("shares exchanged", dealt.changed(|d| d.sealed.swap(0, 4))),
		("responses exchanged", dealt.changed(|d| std::mem::swap(&mut d.proof.constant_term, &mut d.proof.ephemeral))),
	] {
		assert_eq!(dealt.verify(&dealing), Err(DealingError::Proof), "{what}");
	}
}

/// A copied dealing, or one from another chain, committee, attempt or for other members.
#[test]
fn verify_refuses_dealing_when_context_or_recipients_are_others() {
	let Dealt { guardians, dealing, .. } = dealt();
	let committee = |change: &dyn Fn(&mut CommitteeContext)| {
		let mut context = dealer(1);
		change(&mut context.committee);
		context
	};
	for (what, context) in [
		("dealer", dealer(2)),
		("patient", dealer(0)),
		("chain", committee(&|c| c.genesis[0] ^= 1)),
		("committee", committee(&|c| c.committee += 1)),
		("version", committee(&|c| c.version += 1)),
	] {
		assert_eq!(dealing.verify(&context, &guardians.keys), Err(DealingError::Proof), "{what}");
	}
	let mut others = guardians.keys.clone();
	others.swap(0, 1);
	assert_eq!(dealing.verify(&dealer(1), &others), Err(DealingError::Proof));
	assert_eq!(dealing.verify(&dealer(1), &others[..4]), Err(DealingError::Length));
	let context = DealingContext { threshold: Threshold { n: 5, k: 4 }, ..dealer(1) };
	assert_eq!(dealing.verify(&context, &guardians.keys), Err(DealingError::Threshold));
	assert_eq!(dealing.verify(&dealer(17), &guardians.keys), Err(DealingError::Dealer));
}

/// The last dealer sets its constant term to `own - sum of the others'`: the committee's key would be its own.
#[test]
fn verify_refuses_dealing_when_its_constant_term_is_a_rogue_key() {
	let dealt = dealt();
	let others = SecretScalar::random(&mut SampleRng::new("others")).public();
	let own = RistrettoPoint::mul_base(&scalar(&dealt.secret.to_bytes()));
	let others = CompressedRistretto(others.to_bytes()).decompress().expect("a point");
	let rogue = dealt.cheated(&dealt.secret, |d| d.commitments[0] = (own - others).compress().to_bytes());
	assert_eq!(dealt.verify(&rogue), Err(DealingError::Proof));
}

/// With R of another dealer over nonsense, the honest disputes about the nonsense would publish the shared points that open
/// the other dealer's shares.
#[test]
fn verify_refuses_dealing_when_its_ephemeral_key_is_another_dealer_s() {
	let dealt = dealt();
	let victim = SecretScalar::random(&mut SampleRng::new("victim"));
	let forged = dealt.cheated(&dealt.secret, |d| d.ephemeral = victim.public().to_bytes());
	assert_eq!(dealt.verify(&forged), Err(DealingError::Proof));
	// What makes the proof fail is the randomness alone: whoever knows it may deal so.
	assert_eq!(dealt.verify(&dealt.cheated(&victim, |_| ())), Ok(()));
}

#[test]
fn open_fails_when_the_share_is_not_the_committed_one() {
	let dealt = dealt();
	let bad = dealt.with_bad_shares();
	assert_eq!(dealt.verify(&bad), Ok(()));
	assert_eq!(bad.open(&dealer(1), 2, &dealt.guardians.secrets[1]).err(), Some(BadShare));
}

#[test]
fn open_fails_when_index_or_key_are_another_s() {
	let Dealt { guardians, dealing, .. } = dealt();
	assert!(dealing.open(&dealer(1), 2, &guardians.secrets[1]).is_ok());
	for (index, secret) in [(0, 1), (6, 1), (u16::MAX, 1), (1, 1), (3, 1), (2, 0)] {
		assert_eq!(dealing.open(&dealer(1), index, &guardians.secrets[secret]).err(), Some(BadShare));
	}
	assert_eq!(dealing.open(&dealer(2), 2, &guardians.secrets[1]).err(), Some(BadShare));
}

#[test]
fn dispute_is_founded_when_the_dealer_cheated() {
	let dealt = dealt();
	let bad = dealt.with_bad_shares();
	let secret = &dealt.guardians.secrets[1];
	let dispute = DealingDispute::raise(&dealer(1), &bad, 2, secret, &mut SampleRng::new("dispute"));
	let dispute = dispute.expect("a bad share");
	assert!(dispute.is_founded(&dealer(1), &bad, 2, &dealt.guardians.keys[1]));
}

#[test]
fn dispute_is_founded_when_one_sealed_share_alone_is_wrong() {
	let dealt = dealt();
	let mut rng = SampleRng::new("one wrong");
	for wrong in [scalar(&dealt.dealing.sealed[1]) + Scalar::ONE, Scalar::ZERO] {
		// The dealer keeps the randomness of the honest dealing, so that the other shares stay good.
		let bad = dealt.cheated(&randomness(), |d| d.sealed[1] = wrong.to_bytes());
		assert_eq!(dealt.verify(&bad), Ok(()));
		assert!(bad.open(&dealer(1), 1, &dealt.guardians.secrets[0]).is_ok());
		let dispute = DealingDispute::raise(&dealer(1), &bad, 2, &dealt.guardians.secrets[1], &mut rng);
		assert!(dispute.is_some_and(|one| one.is_founded(&dealer(1), &bad, 2, &dealt.guardians.keys[1])));
	}
}

/// It would publish a good share.
#[test]
fn raise_makes_no_dispute_when_the_share_is_good() {
	let Dealt { guardians, dealing, .. } = dealt();
	let raise = |index, secret| {
		DealingDispute::raise(&dealer(1), &dealing, index, secret, &mut SampleRng::new("dispute")).is_some()
	};
	assert!(!raise(2, &guardians.secrets[1]));
	assert!(!raise(0, &guardians.secrets[1]));
	assert!(!raise(6, &guardians.secrets[1]));
}

/// The accuser tells the truth about its shared point; what decides is that the share under it is good.
#[test]
fn dispute_is_unfounded_when_the_share_is_good_or_the_dealing_malformed() {
	let dealt = dealt();
	let bad = dealt.with_bad_shares();
	let secret = &dealt.guardians.secrets[1];
	let dispute = |dealing: &Dealing| {
		let ephemeral = CompressedRistretto(dealing.ephemeral).decompress().expect("a point");
		let shared = (ephemeral * scalar(&secret.to_bytes())).compress().to_bytes();
		let [ephemeral, point] = [&dealing.ephemeral, &shared].map(|bytes| Point::from_bytes(bytes).expect("a point"));
		let logs = EqualLogs { left: (generator(), secret.public()), right: (ephemeral, point) };
		let statement = (dealer(1), 2u16, dealing);
		let proof = DleqProof::prove(DISPUTE_TAG, &statement, &logs, secret, &mut SampleRng::new("dispute"));
		DealingDispute { shared, proof }.is_founded(&dealer(1), dealing, 2, &dealt.guardians.keys[1])
	};
	assert!(dispute(&bad));
	assert!(!dispute(&dealt.dealing));
	// Nobody accepted these, so nobody was cheated by them.
	assert!(!dispute(&dealt.changed(|d| d.commitments[0] = NOT_CANONICAL)));
	assert!(!dispute(&dealt.changed(|d| d.sealed[1] = NOT_CANONICAL)));
	assert!(!dispute(&dealt.changed(|d| d.sealed.truncate(1))));
}

#[test]
fn dispute_is_unfounded_when_anything_in_it_is_another_s() {
	let dealt = dealt();
	let bad = dealt.with_bad_shares();
	let (secret, key) = (&dealt.guardians.secrets[1], dealt.guardians.keys[1]);
	let mut rng = SampleRng::new("dispute");
	let dispute = DealingDispute::raise(&dealer(1), &bad, 2, secret, &mut rng).expect("a bad share");
	let shared = |shared| DealingDispute { shared, ..dispute };
	let proof = |e, f| DealingDispute { proof: DleqProof { e, f }, ..dispute };
	let DleqProof { e, f } = dispute.proof;
	for (what, dispute) in [
		("shared point", shared(key)),
		("identity", shared(IDENTITY)),
		("not canonical", shared(NOT_CANONICAL)),
		("zero proof", proof([0; 32], [0; 32])),
		("challenge not canonical", proof(with_order_added(&e), f)),
		("response not canonical", proof(e, with_order_added(&f))),
	] {
		assert!(!dispute.is_founded(&dealer(1), &bad, 2, &key), "{what}");
	}
	let founded = |context: &DealingContext, dealing: &Dealing, index, key: &[u8; 32]| {
		dispute.is_founded(context, dealing, index, key)
	};
	assert!(founded(&dealer(1), &bad, 2, &key));
	for (what, unfounded) in [
		("index", founded(&dealer(1), &bad, 3, &key)),
		("index 0", founded(&dealer(1), &bad, 0, &key)),
		("index beyond", founded(&dealer(1), &bad, 6, &key)),
		("key", founded(&dealer(1), &bad, 2, &dealt.guardians.keys[2])),
		("key identity", founded(&dealer(1), &bad, 2, &IDENTITY)),
		("dealer", founded(&dealer(2), &bad, 2, &key)),
		("dealing", founded(&dealer(1), &dealt.dealing, 2, &key)),
	] {
		assert!(!unfounded, "{what}");
	}
}

#[test]
fn decode_refuses_dealing_when_it_is_longer_than_any_committee_s_or_has_trailing_bytes() {
	let dealt = dealt();
	let bytes = dealt.dealing.encode();
	assert_eq!(Dealing::decode_all(&mut &bytes[..]), Ok(dealt.dealing.clone()));
	assert!(Dealing::decode_all(&mut &[&bytes[..], &[0]].concat()[..]).is_err());
	assert!(Dealing::decode_all(&mut &bytes[..bytes.len() - 1]).is_err());
	let lists =
		|length| dealt.changed(|d| (d.commitments, d.sealed) = (vec![d.ephemeral; length], vec![d.ephemeral; length]));
	assert_eq!(lists(16).encode().len(), Dealing::max_encoded_len());
	assert!(Dealing::decode(&mut &lists(16).encode()[..]).is_ok());
	let longer = |commitments, sealed| {
		dealt
			.changed(|d| (d.commitments, d.sealed) = (vec![d.ephemeral; commitments], vec![d.ephemeral; sealed]))
			.encode()
	};
	assert!(Dealing::decode(&mut &longer(17, 16)[..]).is_err());
	assert!(Dealing::decode(&mut &longer(16, 17)[..]).is_err());
}

#[test]
fn dealing_in_json_is_read_back() {
	let dealing = dealt().dealing;
	let json = serde_json::to_string(&dealing).expect("writes");
	assert_eq!(serde_json::from_str::<Dealing>(&json).expect("reads"), dealing);
}

#[test]
fn secrets_are_zeroized_on_drop() {
	fn assert_zeroized<T: zeroize::ZeroizeOnDrop>() {}
	assert_zeroized::<SecretScalar>();
	assert_zeroized::<SharePart>();
	assert_zeroized::<Share>();
}

#[test]
fn secrets_are_not_printed() {
	let Dealt { guardians, dealing, secret } = dealt();
	let part = dealing.open(&dealer(1), 1, &guardians.secrets[0]).expect("a good share");
	let share = Share::combine_dealt(std::slice::from_ref(&part)).expect("not zero");
	assert_eq!(format!("{secret:?} {part:?} {share:?}"), "SecretScalar(..) SharePart(..) Share(SecretScalar(..))");
}

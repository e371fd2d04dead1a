//! Proofs, points and secrets by themselves: what a challenge covers, where a nonce comes from, which encodings are read.

use crate::fixture::{with_order_added, Committee, SampleRng, IDENTITY, NOT_CANONICAL};
use codec::Encode;
use curve25519_dalek::{ristretto::CompressedRistretto, RistrettoPoint, Scalar};
use hex_literal::hex;
use salus_threshold::{
	envelope::{self, EnvelopeHeader},
	group::{gbar, generator, Point, SecretScalar},
	part::{DecryptionPart, PART_TAG},
	proof::{DleqProof, EqualLogs, SchnorrProof, NONCE_TAG},
	rand_core::RngCore,
	request::RequestPoint,
	share::Share,
};
use sha2::{Digest, Sha512};

const TAG: &str = "salus/test/v1";
const STATEMENT: (u32, [u8; 3]) = (7, [1, 2, 3]);

fn secret(label: &str) -> SecretScalar {
	SecretScalar::random(&mut SampleRng::new(label))
}

fn scalar(bytes: &[u8; 32]) -> Scalar {
	Scalar::from_canonical_bytes(*bytes).expect("canonical")
}

fn decompress(point: &Point) -> RistrettoPoint {
	CompressedRistretto(point.to_bytes()).decompress().expect("a point")
}

/// `secret · base`.
fn times(base: &Point, secret: &SecretScalar) -> Point {
	let element = decompress(base) * scalar(&secret.to_bytes());
	Point::from_bytes(&element.compress().to_bytes()).expect("not the identity")
}

/// SHA-512 over the encoding, modulo the group order.
fn hashed(transcript: &impl Encode) -> Scalar {
	Scalar::from_bytes_mod_order_wide(&Sha512::digest(transcript.encode()).into())
}

fn pairs(logs: &EqualLogs) -> [([u8; 32], [u8; 32]); 2] {
	[logs.left, logs.right].map(|(base, point)| (base.to_bytes(), point.to_bytes()))
}

fn equal_logs(secret: &SecretScalar) -> EqualLogs {
	let base = self::secret("base").public();
	EqualLogs { left: (generator(), secret.public()), right: (base, times(&base, secret)) }
}

/// Whoever leaves the key out of the challenge lets the key be computed from the proof, instead of the proof from its secret.
#[test]
fn challenge_covers_tag_statement_key_and_commitment() {
	let secret = secret("x");
	let SchnorrProof { e, f } = SchnorrProof::prove(TAG, &STATEMENT, &secret, &mut SampleRng::new("proof"));
	let public = secret.public();
	let commitment = RistrettoPoint::mul_base(&scalar(&f)) - decompress(&public) * scalar(&e);
	let expected = hashed(&(TAG, STATEMENT, public.to_bytes(), commitment.compress().to_bytes()));
	assert_eq!(scalar(&e), expected);
}

#[test]
fn challenge_covers_both_bases_both_points_and_both_commitments() {
	let secret = secret("x");
	let logs = equal_logs(&secret);
	let DleqProof { e, f } = DleqProof::prove(TAG, &STATEMENT, &logs, &secret, &mut SampleRng::new("proof"));
	let commitments = [logs.left, logs.right]
		.map(|(base, point)| (decompress(&base) * scalar(&f) - decompress(&point) * scalar(&e)).compress().to_bytes());
	assert_eq!(scalar(&e), hashed(&(TAG, STATEMENT, pairs(&logs), commitments)));
}

/// The prover knows both logarithms, and they differ.
#[test]
fn proof_of_equal_logs_is_refused_when_one_side_has_another_logarithm() {
	let (x, y) = (secret("x"), secret("y"));
	let honest = equal_logs(&x);
	let unequal = EqualLogs { right: equal_logs(&y).right, ..honest };
	let mut rng = SampleRng::new("unequal");
	assert!(DleqProof::prove(TAG, &STATEMENT, &honest, &x, &mut rng).verify(TAG, &STATEMENT, &honest));
	for secret in [&x, &y] {
		assert!(!DleqProof::prove(TAG, &STATEMENT, &unequal, secret, &mut rng).verify(TAG, &STATEMENT, &unequal));
	}
}

/// A member that knows its share, answers with another point and proves that as well as it can.
#[test]
fn part_is_refused_when_its_own_author_proves_another_value() {
	let committee = Committee::sample();
	let request = committee.request(0, &mut SampleRng::new("request"));
	let RequestPoint { base, transcript } = RequestPoint::new(&request.context, &request.q_point).expect("points");
	let base = Point::from_bytes(&base).expect("a point");
	let forged = |index: u16, value: &Share, prover: &Share| {
		let value = times(&base, value.secret());
		let key = committee.keys.members[usize::from(index) - 1];
		let logs = EqualLogs { left: (generator(), Point::from_bytes(&key).expect("a point")), right: (base, value) };
		let mut rng = SampleRng::new("forged");
		let proof = DleqProof::prove(PART_TAG, &(transcript, index), &logs, prover.secret(), &mut rng);
		let part = DecryptionPart { value: value.to_bytes(), proof };
		part.verify(&request.context, &request.q_point, index, &key)
	};
	let (own, other) = (committee.share(1), committee.share(2));
	assert!(forged(1, own, own));
	assert!(!forged(1, other, own));
	// A value whose logarithm it does know, under a key whose logarithm it does not.
	assert!(!forged(1, other, other));
}

/// A sealer that knows r lets ubar be of another one: what a committee could be made to open would not be tied to the label.
#[test]
fn envelope_is_refused_when_its_own_sealer_proves_unequal_points() {
	let (r, other) = (secret("r"), secret("other"));
	let label = Committee::sample().label(0);
	let ct_hash = [7; 32];
	let sealed = |under_ubar: &SecretScalar, prover: &SecretScalar| {
		let (u, ubar) = (r.public(), times(&gbar(), under_ubar));
		let logs = EqualLogs { left: (generator(), u), right: (gbar(), ubar) };
		let mut rng = SampleRng::new("sealed");
		let DleqProof { e, f } = DleqProof::prove(envelope::PROOF_TAG, &(label, ct_hash), &logs, prover, &mut rng);
		EnvelopeHeader { u: u.to_bytes(), ubar: ubar.to_bytes(), e, f, ct_hash }.verify(&label)
	};
	assert!(sealed(&r, &r));
	assert!(!sealed(&other, &r));
	assert!(!sealed(&other, &other));
}

/// The nonce is known to nobody who lacks the secret, even when the generator is known, and never repeats when it is not.
#[test]
fn nonce_comes_from_secret_transcript_and_fresh_randomness() {
	let secret = secret("x");
	let nonce = |label: &str| {
		let SchnorrProof { e, f } = SchnorrProof::prove(TAG, &STATEMENT, &secret, &mut SampleRng::new(label));
		scalar(&f) - scalar(&e) * scalar(&secret.to_bytes())
	};
	let transcript: [u8; 64] = Sha512::digest((TAG, STATEMENT, secret.public().to_bytes()).encode()).into();
	let mut fresh = [0; 32];
	SampleRng::new("one").fill_bytes(&mut fresh);
	assert_eq!(nonce("one"), hashed(&(NONCE_TAG, *secret.to_bytes(), transcript, fresh)));
	assert_ne!(nonce("one"), nonce("other"));
}

#[test]
fn point_is_read_from_its_one_encoding_only() {
	let bytes = secret("x").public().to_bytes();
	assert_eq!(Point::from_bytes(&bytes).map(|point| point.to_bytes()), Some(bytes));
	let mut high_bit = bytes;
	high_bit[31] |= 0x80;
	assert_eq!(Point::from_bytes(&high_bit), None);
	assert_eq!(Point::from_bytes(&IDENTITY), None);
	// RFC 9496 appendix A.3: field elements that are not reduced, negative ones, and some that belong to no point.
	for bad in [
		NOT_CANONICAL,
		hex!("00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff"),
		hex!("ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
		hex!("f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
		hex!("edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
		hex!("0100000000000000000000000000000000000000000000000000000000000000"),
		hex!("01ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
		hex!("ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f"),
	] {
		assert_eq!(Point::from_bytes(&bad), None, "{}", hex::encode(bad));
	}
}

#[test]
fn secret_is_read_from_its_one_encoding_only() {
	let bytes = *secret("x").to_bytes();
	assert!(SecretScalar::from_bytes(&bytes).is_some() && Share::from_bytes(&bytes).is_some());
	let order = with_order_added(&[0; 32]);
	for bad in [[0; 32], order, with_order_added(&bytes), NOT_CANONICAL] {
		assert!(SecretScalar::from_bytes(&bad).is_none() && Share::from_bytes(&bad).is_none());
	}
}

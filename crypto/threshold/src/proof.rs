//! Proofs of knowledge of a logarithm (Schnorr) and of equal logarithms (Chaum and Pedersen), made non-interactive by
//! Fiat and Shamir.
//!
//! The challenge is `SHA-512(SCALE(tag, statement, points, commitments))` modulo the group order. The tag names the kind of
//! proof, the statement everything else that the proof is about: a proof holds for that and for nothing else.

use crate::{
	group::{canonical_scalar, Point, SecretScalar, WideHash},
	hex_bytes,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use curve25519_dalek::{ristretto::RistrettoPoint, traits::VartimeMultiscalarMul, Scalar};
use rand_core_chain::{CryptoRng, RngCore};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

/// Domain tag of the nonce behind a proof.
pub const NONCE_TAG: &str = "salus/nonce/v1";

/// That somebody knows x of `X = x·G`.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct SchnorrProof {
	/// The challenge.
	#[serde(with = "hex_bytes")]
	pub e: [u8; 32],
	/// The response, nonce + e·x.
	#[serde(with = "hex_bytes")]
	pub f: [u8; 32],
}

impl SchnorrProof {
	/// Proves knowledge of `secret`.
	pub fn prove<R: RngCore + CryptoRng>(
		tag: &str,
		statement: &impl Encode,
		secret: &SecretScalar,
		rng: &mut R,
	) -> Self {
		let transcript = Transcript::new(tag, statement).with(&secret.public().to_bytes());
		let nonce = transcript.nonce(secret, rng);
		let e = transcript.challenge(&[*nonce.public().element()]);
		Self { e: e.to_bytes(), f: respond(&nonce, &e, secret) }
	}

	/// Whether the prover knew the logarithm of `public` and meant this statement.
	pub fn verify(&self, tag: &str, statement: &impl Encode, public: &Point) -> bool {
		let (Some(e), Some(f)) = (canonical_scalar(&self.e), canonical_scalar(&self.f)) else { return false };
		let transcript = Transcript::new(tag, statement).with(&public.to_bytes());
		transcript.challenge(&[schnorr_commitment(&e, &f, public)]) == e
	}
}

/// Two points and the bases to which they have the same logarithm: `left.1 = x·left.0`, `right.1 = x·right.0`.
#[derive(Clone, Copy, Debug)]
pub struct EqualLogs {
	/// Base and point.
	pub left: (Point, Point),
	/// Base and point.
	pub right: (Point, Point),
}

impl EqualLogs {
	fn absorb(&self, transcript: Transcript) -> Transcript {
		[self.left, self.right]
			.iter()
			.fold(transcript, |transcript, (base, point)| transcript.with(&(base.to_bytes(), point.to_bytes())))
	}
}

/// That two points have the same logarithm, each to its base.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
#[serde(deny_unknown_fields)]
pub struct DleqProof {
	/// The challenge.
	#[serde(with = "hex_bytes")]
	pub e: [u8; 32],
	/// The response, nonce + e·x.
	#[serde(with = "hex_bytes")]
	pub f: [u8; 32],
}

impl DleqProof {
	/// Proves that `secret` is the logarithm on both sides.
	pub fn prove<R: RngCore + CryptoRng>(
		tag: &str,
		statement: &impl Encode,
		logs: &EqualLogs,
		secret: &SecretScalar,
		rng: &mut R,
	) -> Self {
		let transcript = logs.absorb(Transcript::new(tag, statement));
		let nonce = transcript.nonce(secret, rng);
		let commitments = [logs.left.0, logs.right.0].map(|base| base.element() * nonce.scalar());
		let e = transcript.challenge(&commitments);
		Self { e: e.to_bytes(), f: respond(&nonce, &e, secret) }
	}

	/// Whether the logarithms are equal, known to the prover, and meant for this statement.
	pub fn verify(&self, tag: &str, statement: &impl Encode, logs: &EqualLogs) -> bool {
		let (Some(e), Some(f)) = (canonical_scalar(&self.e), canonical_scalar(&self.f)) else { return false };
		let transcript = logs.absorb(Transcript::new(tag, statement));
		let commitments = [logs.left, logs.right]
			.map(|(base, point)| RistrettoPoint::vartime_multiscalar_mul([f, -e], [base.element(), point.element()]));
		transcript.challenge(&commitments) == e
	}
}

/// What a proof is about, absorbed up to the prover's commitments.
#[derive(Clone)]
pub(crate) struct Transcript(WideHash);

impl Transcript {
	pub(crate) fn new(tag: &str, statement: &impl Encode) -> Self {
		Self(WideHash::default().with(&tag).with(statement))
	}

	pub(crate) fn with(self, value: &impl Encode) -> Self {
		Self(self.0.with(value))
	}

	/// Challenge over the prover's commitments. These are public, and may be anything a verifier computed.
	pub(crate) fn challenge(self, commitments: &[RistrettoPoint]) -> Scalar {
		commitments.iter().fold(self.0, |hash, point| hash.with(&point.compress().to_bytes())).scalar()
	}

	/// A nonce that stays unpredictable when the generator is broken, and fresh when the transcript repeats:
	/// `SHA-512(SCALE("salus/nonce/v1", secret, SHA-512(transcript), 32 random bytes))`.
	pub(crate) fn nonce<R: RngCore + CryptoRng>(&self, secret: &SecretScalar, rng: &mut R) -> SecretScalar {
		let transcript = self.0.clone().digest();
		let mut fresh = Zeroizing::new([0u8; 32]);
		loop {
			rng.fill_bytes(fresh.as_mut_slice());
			let hash = WideHash::default().with(&(NONCE_TAG, &*secret.to_bytes(), transcript, &*fresh));
			if let Some(nonce) = SecretScalar::new(hash.scalar()) {
				return nonce;
			}
		}
	}
}

/// `nonce + e·secret`.
pub(crate) fn respond(nonce: &SecretScalar, e: &Scalar, secret: &SecretScalar) -> [u8; 32] {
	let mut product = e * secret.scalar();
	let response = (nonce.scalar() + product).to_bytes();
	product.zeroize();
	response
}

/// `f·G - e·X`: the commitment that a prover of knowledge of log X must have made.
pub(crate) fn schnorr_commitment(e: &Scalar, f: &Scalar, public: &Point) -> RistrettoPoint {
	RistrettoPoint::vartime_double_scalar_mul_basepoint(&-e, public.element(), f)
}

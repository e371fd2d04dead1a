//! One dealing for three uses: a dealer of a key generation, the patient of a personal committee, an old member in a resharing.
//!
//! A dealing shares a secret by Shamir's scheme with Feldman's commitments to the polynomial. The share of each recipient is
//! masked by hashed ElGamal to its sealing key, and everything is on chain: a recipient who was given a bad share shows it to
//! everybody by opening that one mask ([`DealingDispute`]), and whoever accuses falsely is found out the same way.
//!
//! A dealer proves that it knows the secret it shares, so that it cannot cancel the others' contributions, and that it knows
//! the randomness of the masks. Without the second proof it could repeat another dealer's ephemeral key with nonsense under it;
//! the disputes about the nonsense would open the masks of the other dealing.

use crate::{
	bounded,
	committee::{CommitteeContext, Threshold, MAX_MEMBERS},
	group::{canonical_scalar, generator, Point, SecretScalar, WideHash},
	hex_bytes,
	polynomial::{self, SecretPolynomial},
	proof::{respond, schnorr_commitment, DleqProof, EqualLogs, Transcript},
	share::SharePart,
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, Input, MaxEncodedLen};
use core::fmt;
use curve25519_dalek::{ristretto::RistrettoPoint, Scalar};
use rand_core_chain::{CryptoRng, RngCore};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// Domain tag of a dealing's proof.
pub const PROOF_TAG: &str = "salus/dealing/proof/v1";
/// Domain tag of the mask over a share.
pub const MASK_TAG: &str = "salus/dealing/mask/v1";
/// Domain tag of a dispute's proof.
pub const DISPUTE_TAG: &str = "salus/dealing/dispute/v1";

/// Whose dealing for which committee.
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
pub struct DealingContext {
	/// The committee that receives the shares.
	pub committee: CommitteeContext,
	/// Index of the dealer among the members, in a resharing among the old ones; 0 for a patient.
	pub dealer: u16,
	/// Size and threshold of the committee that receives the shares.
	pub threshold: Threshold,
}

/// Shares of one secret for all members of a committee.
#[derive(Clone, Debug, PartialEq, Eq, Encode, DecodeWithMemTracking, TypeInfo, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dealing {
	/// Commitments A_0 to A_(k-1) to the coefficients of the polynomial.
	#[serde(with = "hex_bytes::list")]
	pub commitments: Vec<[u8; 32]>,
	/// Ephemeral key R of the masks.
	#[serde(with = "hex_bytes")]
	pub ephemeral: [u8; 32],
	/// The share of each member plus its mask, modulo the group order.
	#[serde(with = "hex_bytes::list")]
	pub sealed: Vec<[u8; 32]>,
	/// Knowledge of the secret and of the masks' randomness.
	pub proof: DealingProof,
}

/// That a dealer knows the logarithms of A_0 and of R: two of Schnorr's proofs under one challenge.
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
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct DealingProof {
	/// The challenge.
	#[serde(with = "hex_bytes")]
	pub e: [u8; 32],
	/// Response for A_0.
	#[serde(with = "hex_bytes")]
	pub constant_term: [u8; 32],
	/// Response for R.
	#[serde(with = "hex_bytes")]
	pub ephemeral: [u8; 32],
}

/// Why a dealing is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum DealingError {
	/// The threshold is none that a committee may have.
	Threshold,
	/// The index of the dealer is above [`MAX_MEMBERS`].
	Dealer,
	/// There are not exactly k commitments, n sealed shares or n recipients.
	Length,
	/// A commitment is not canonical or the identity.
	Commitment,
	/// The ephemeral key is not canonical or the identity.
	Ephemeral,
	/// A sealed share is not below the group order.
	Sealed,
	/// The proof does not hold for this dealing in this context.
	Proof,
}

impl fmt::Display for DealingError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(match self {
			Self::Threshold => "a committee may not have this size and threshold",
			Self::Dealer => "the index of the dealer is too large",
			Self::Length => "the dealing is not made for this size and threshold",
			Self::Commitment => "a commitment is malformed",
			Self::Ephemeral => "the ephemeral key is malformed",
			Self::Sealed => "a sealed share is malformed",
			Self::Proof => "the dealer's proof does not hold",
		})
	}
}

impl core::error::Error for DealingError {}

/// The share in a dealing is not the one that its dealer committed to; or there is none of this index.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BadShare;

impl fmt::Display for BadShare {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("the dealing has no share for this member that fits its commitments")
	}
}

impl core::error::Error for BadShare {}

impl Dealing {
	/// Shares `constant_term` among the holders of these sealing keys, which have the indices 1 to n in this order.
	///
	/// # Errors
	/// [`DealingError::Threshold`], [`DealingError::Dealer`], [`DealingError::Length`].
	pub fn deal<R: RngCore + CryptoRng>(
		context: &DealingContext,
		constant_term: &SecretScalar,
		recipients: &[Point],
		rng: &mut R,
	) -> Result<Self, DealingError> {
		context.check(recipients.len())?;
		let polynomial = SecretPolynomial::random(constant_term, context.threshold.k, rng);
		let randomness = SecretScalar::random(rng);
		let ephemeral = randomness.public().to_bytes();
		let seal = |(index, key): (u16, &Point)| {
			let shared = Zeroizing::new(key.times(&randomness));
			let mask = context.mask(index, &ephemeral, &shared);
			(*polynomial.at(index) + *mask).to_bytes()
		};
		let sealed = (1..).zip(recipients).map(seal).collect();
		let mut dealing = Self {
			commitments: polynomial.commitments(),
			ephemeral,
			sealed,
			proof: DealingProof { e: [0; 32], constant_term: [0; 32], ephemeral: [0; 32] },
		};
		let keys: Vec<_> = recipients.iter().map(Point::to_bytes).collect();
		dealing.proof = dealing.prove(context, &keys, constant_term, &randomness, rng);
		Ok(dealing)
	}

	/// Every check that needs no secret. `recipients` are the sealing keys in the order of their indices, each shown by its
	/// owner with [`crate::committee::verify_sealing_key`].
	///
	/// # Errors
	/// See [`DealingError`].
	pub fn verify(&self, context: &DealingContext, recipients: &[[u8; 32]]) -> Result<(), DealingError> {
		context.check(recipients.len())?;
		let Threshold { n, k } = context.threshold;
		if self.commitments.len() != usize::from(k) || self.sealed.len() != usize::from(n) {
			return Err(DealingError::Length);
		}
		let commitments = polynomial::decode(&self.commitments).ok_or(DealingError::Commitment)?;
		let constant_term = Point::from_element(commitments[0]).ok_or(DealingError::Commitment)?;
		let ephemeral = Point::from_bytes(&self.ephemeral).ok_or(DealingError::Ephemeral)?;
		if self.sealed.iter().any(|sealed| canonical_scalar(sealed).is_none()) {
			return Err(DealingError::Sealed);
		}
		let proof = [&self.proof.e, &self.proof.constant_term, &self.proof.ephemeral].map(canonical_scalar);
		let [Some(e), Some(for_constant_term), Some(for_ephemeral)] = proof else { return Err(DealingError::Proof) };
		let expected = self.transcript(context, recipients).challenge(&[
			schnorr_commitment(&e, &for_constant_term, &constant_term),
			schnorr_commitment(&e, &for_ephemeral, &ephemeral),
		]);
		(expected == e).then_some(()).ok_or(DealingError::Proof)
	}

	/// What the dealing gives the member with this index, compared with the dealer's commitments. The dealing has to have
	/// passed [`Self::verify`], on chain or here.
	///
	/// # Errors
	/// [`BadShare`]: dispute it.
	pub fn open(
		&self,
		context: &DealingContext,
		index: u16,
		sealing_secret: &SecretScalar,
	) -> Result<SharePart, BadShare> {
		let ephemeral = Point::from_bytes(&self.ephemeral).ok_or(BadShare)?;
		let shared = Zeroizing::new(ephemeral.times(sealing_secret));
		let share = self.unmask(context, index, &shared).ok_or(BadShare)?;
		let fits = self.fits(index, &share).unwrap_or(false);
		fits.then(|| SharePart::new(&share)).ok_or(BadShare)
	}

	fn unmask(&self, context: &DealingContext, index: u16, shared: &Point) -> Option<Zeroizing<Scalar>> {
		let sealed = canonical_scalar(self.sealed.get(usize::from(index).checked_sub(1)?)?)?;
		Some(Zeroizing::new(sealed - *context.mask(index, &self.ephemeral, shared)))
	}

	/// Whether the share lies on the committed polynomial; `None` when a commitment is malformed.
	fn fits(&self, index: u16, share: &Scalar) -> Option<bool> {
		let commitments = polynomial::decode(&self.commitments)?;
		Some(RistrettoPoint::mul_base(share) == polynomial::evaluate(&commitments, index))
	}

	fn transcript(&self, context: &DealingContext, recipients: &[[u8; 32]]) -> Transcript {
		Transcript::new(PROOF_TAG, context).with(&(recipients, &self.commitments, self.ephemeral, &self.sealed))
	}

	fn prove<R: RngCore + CryptoRng>(
		&self,
		context: &DealingContext,
		recipients: &[[u8; 32]],
		constant_term: &SecretScalar,
		randomness: &SecretScalar,
		rng: &mut R,
	) -> DealingProof {
		let transcript = self.transcript(context, recipients);
		let nonces = [constant_term, randomness].map(|secret| transcript.nonce(secret, rng));
		let e = transcript.challenge(&nonces.each_ref().map(|nonce| *nonce.public().element()));
		DealingProof {
			e: e.to_bytes(),
			constant_term: respond(&nonces[0], &e, constant_term),
			ephemeral: respond(&nonces[1], &e, randomness),
		}
	}
}

impl Decode for Dealing {
	/// Refuses more than [`MAX_MEMBERS`] commitments or sealed shares.
	fn decode<I: Input>(input: &mut I) -> Result<Self, codec::Error> {
		Ok(Self {
			commitments: bounded::decode(input)?,
			ephemeral: Decode::decode(input)?,
			sealed: bounded::decode(input)?,
			proof: Decode::decode(input)?,
		})
	}
}

impl MaxEncodedLen for Dealing {
	fn max_encoded_len() -> usize {
		2 * bounded::MAX_ENCODED_LEN + 32 + DealingProof::max_encoded_len()
	}
}

impl DealingContext {
	fn check(&self, recipients: usize) -> Result<(), DealingError> {
		if !self.threshold.is_valid() {
			return Err(DealingError::Threshold);
		}
		if self.dealer > MAX_MEMBERS {
			return Err(DealingError::Dealer);
		}
		(recipients == usize::from(self.threshold.n)).then_some(()).ok_or(DealingError::Length)
	}

	/// `SHA-512(SCALE("salus/dealing/mask/v1", context, index, R, shared point))` modulo the group order.
	fn mask(&self, index: u16, ephemeral: &[u8; 32], shared: &Point) -> Zeroizing<Scalar> {
		let shared = Zeroizing::new(shared.to_bytes());
		Zeroizing::new(WideHash::default().with(&(MASK_TAG, self, index, ephemeral, &*shared)).scalar())
	}
}

/// A recipient's proof that its share in a dealing is not the one committed to. It opens the mask of that share alone.
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
pub struct DealingDispute {
	/// The recipient's sealing secret times R.
	#[serde(with = "hex_bytes")]
	pub shared: [u8; 32],
	/// That it is this point.
	pub proof: DleqProof,
}

impl DealingDispute {
	/// The dispute of a recipient about a dealing that was accepted. `None` when the share is good: a dispute would publish it.
	pub fn raise<R: RngCore + CryptoRng>(
		context: &DealingContext,
		dealing: &Dealing,
		index: u16,
		sealing_secret: &SecretScalar,
		rng: &mut R,
	) -> Option<Self> {
		let ephemeral = Point::from_bytes(&dealing.ephemeral)?;
		let shared = Zeroizing::new(ephemeral.times(sealing_secret));
		let share = dealing.unmask(context, index, &shared)?;
		if dealing.fits(index, &share)? {
			return None;
		}
		let logs = EqualLogs { left: (generator(), sealing_secret.public()), right: (ephemeral, *shared) };
		let proof = DleqProof::prove(DISPUTE_TAG, &(context, index, dealing), &logs, sealing_secret, rng);
		Some(Self { shared: shared.to_bytes(), proof })
	}

	/// Whether the dealer cheated the recipient with this index and sealing key. False as well when the dispute, the key or
	/// the dealing is malformed; [`Dealing::verify`] keeps a malformed dealing from being accepted at all.
	pub fn is_founded(
		&self,
		context: &DealingContext,
		dealing: &Dealing,
		index: u16,
		recipient_key: &[u8; 32],
	) -> bool {
		let points = [recipient_key, &dealing.ephemeral, &self.shared].map(Point::from_bytes);
		let [Some(key), Some(ephemeral), Some(shared)] = points else { return false };
		let logs = EqualLogs { left: (generator(), key), right: (ephemeral, shared) };
		if !self.proof.verify(DISPUTE_TAG, &(context, index, dealing), &logs) {
			return false;
		}
		let fits = dealing.unmask(context, index, &shared).and_then(|share| dealing.fits(index, &share));
		fits == Some(false)
	}
}

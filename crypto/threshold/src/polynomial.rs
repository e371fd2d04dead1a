//! Polynomials over the scalars and over the group, in Shamir's and Feldman's use: secrets at 0, shares at 1 to n.

use crate::group::{Point, SecretScalar};
use alloc::vec::Vec;
use curve25519_dalek::{ristretto::RistrettoPoint, traits::Identity, Scalar};
use rand_core_chain::{CryptoRng, RngCore};
use zeroize::Zeroizing;

/// A secret polynomial of `k` coefficients, none of them zero.
pub(crate) struct SecretPolynomial(Vec<SecretScalar>);

impl SecretPolynomial {
	/// Random but for its value at 0.
	pub(crate) fn random<R: RngCore + CryptoRng>(constant_term: &SecretScalar, k: u16, rng: &mut R) -> Self {
		let others = (1..k).map(|_| SecretScalar::random(rng));
		Self(core::iter::once(constant_term.clone()).chain(others).collect())
	}

	/// Its value at `index`, by Horner's rule.
	pub(crate) fn at(&self, index: u16) -> Zeroizing<Scalar> {
		let mut sum = Zeroizing::new(Scalar::ZERO);
		for coefficient in self.0.iter().rev() {
			*sum = *sum * Scalar::from(index) + coefficient.scalar();
		}
		sum
	}

	/// Feldman's commitments: each coefficient times G.
	pub(crate) fn commitments(&self) -> Vec<[u8; 32]> {
		self.0.iter().map(|coefficient| coefficient.public().to_bytes()).collect()
	}
}

/// Reads commitments; `None` when one is not canonical or the identity.
pub(crate) fn decode(commitments: &[[u8; 32]]) -> Option<Vec<RistrettoPoint>> {
	commitments.iter().map(|bytes| Point::from_bytes(bytes).map(|point| *point.element())).collect()
}

/// The committed polynomial at `index`, by Horner's rule. Everything here is public, so the time it takes may depend on it.
pub(crate) fn evaluate(commitments: &[RistrettoPoint], index: u16) -> RistrettoPoint {
	commitments
		.iter()
		.rev()
		.fold(RistrettoPoint::identity(), |sum, commitment| small_multiple(&sum, index) + commitment)
}

/// `factor · point` by doubling: far cheaper than a full multiplication, because an index has few bits.
fn small_multiple(point: &RistrettoPoint, factor: u16) -> RistrettoPoint {
	(0..u16::BITS - factor.leading_zeros()).rev().fold(RistrettoPoint::identity(), |sum, bit| {
		let doubled = sum + sum;
		if factor >> bit & 1 == 1 {
			doubled + point
		} else {
			doubled
		}
	})
}

/// Lagrange's coefficients at 0 for shares of these indices, in their order. `None` without any, for index 0, and for an
/// index that is there twice.
pub(crate) fn lagrange(indices: &[u16]) -> Option<Vec<Scalar>> {
	let repeated = |(at, index): (usize, &u16)| indices[..at].contains(index);
	if indices.is_empty() || indices.contains(&0) || indices.iter().enumerate().any(repeated) {
		return None;
	}
	let others = |i: u16| indices.iter().copied().filter(move |j| *j != i);
	let difference = |i: u16, j: u16| Scalar::from(j) - Scalar::from(i);
	let mut denominators: Vec<Scalar> =
		indices.iter().map(|i| others(*i).map(|j| difference(*i, j)).product()).collect();
	Scalar::batch_invert(&mut denominators);
	let numerators = indices.iter().map(|i| others(*i).map(Scalar::from).product::<Scalar>());
	Some(numerators.zip(denominators).map(|(numerator, inverse)| numerator * inverse).collect())
}

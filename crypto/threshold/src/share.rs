//! A member's share of a committee key, and the parts of which it is the sum.

use crate::{
	group::{Point, SecretScalar},
	polynomial::lagrange,
};
use alloc::vec::Vec;
use core::fmt;
use curve25519_dalek::Scalar;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// What one dealing gave one member. Wiped when dropped; not printable.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SharePart(Scalar);

impl SharePart {
	pub(crate) fn new(scalar: &Scalar) -> Self {
		Self(*scalar)
	}
}

impl fmt::Debug for SharePart {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("SharePart(..)")
	}
}

/// A member's share x_i of the committee's secret. Wiped when dropped; not printable.
#[derive(Clone, Debug, PartialEq, Eq, Zeroize, ZeroizeOnDrop)]
pub struct Share(SecretScalar);

impl Share {
	/// The share after a key generation: the sum of what all its dealers gave, or what the patient gave. `None` when there is
	/// no part, or the sum is zero, which a correct generation does not come to.
	pub fn combine_dealt(parts: &[SharePart]) -> Option<Self> {
		Self::sum(parts.iter().map(|part| (Scalar::ONE, part)))
	}

	/// The share after a resharing: what each old member gave, weighted by Lagrange's coefficient of its old index. The old
	/// indices have to be those of exactly the accepted dealings. `None` without any, for index 0, for an index that is
	/// there twice, or when the sum is zero.
	pub fn combine_reshared(parts: &[(u16, SharePart)]) -> Option<Self> {
		let indices: Vec<_> = parts.iter().map(|(old_index, _)| *old_index).collect();
		Self::sum(lagrange(&indices)?.into_iter().zip(parts.iter().map(|(_, part)| part)))
	}

	/// Reads what [`Self::to_bytes`] wrote. `None` when the bytes are not below the group order, or are zero.
	pub fn from_bytes(bytes: &[u8; 32]) -> Option<Self> {
		SecretScalar::from_bytes(bytes).map(Self)
	}

	/// 32 bytes, little-endian, below the group order. Secret.
	pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
		self.0.to_bytes()
	}

	/// The member's public key Y_i = x_i·G.
	pub fn public(&self) -> Point {
		self.0.public()
	}

	/// Whether this is the share behind a member's public key.
	pub fn verifies(&self, member_key: &[u8; 32]) -> bool {
		self.public().to_bytes() == *member_key
	}

	/// The share as constant term of a resharing.
	pub fn secret(&self) -> &SecretScalar {
		&self.0
	}

	fn sum<'a>(weighted: impl Iterator<Item = (Scalar, &'a SharePart)>) -> Option<Self> {
		let mut sum = Zeroizing::new(Scalar::ZERO);
		for (weight, part) in weighted {
			*sum += weight * part.0;
		}
		SecretScalar::new(*sum).map(Self)
	}
}

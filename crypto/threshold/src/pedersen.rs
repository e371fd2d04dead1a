//! Pedersen commitments on Ristretto255 (RFC 9496): `C = m·G + ρ·H`.
//!
//! G is the group's generator, H has no known discrete logarithm to it, ρ is uniform and never zero. A commitment hides its
//! message perfectly and binds its maker as long as discrete logarithms are hard.

use crate::group::WideHash;
use core::fmt;
use curve25519_dalek::{
	constants::RISTRETTO_BASEPOINT_POINT,
	ristretto::{CompressedRistretto, RistrettoPoint},
	traits::{Identity, IsIdentity, MultiscalarMul},
};
use rand_core_chain::{CryptoRng, RngCore};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

pub use curve25519_dalek::Scalar;

/// Domain tag of the second generator H.
pub const GENERATOR_TAG: &str = "salus/pedersen/H/v1";
/// Domain tag of [`anchor_message`].
pub const ANCHOR_TAG: &str = "salus/anchor/v1";

/// A commitment known to be a canonical encoding of a group element other than the identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Commitment(CompressedRistretto);

impl Commitment {
	/// Reads a commitment; `None` for what [`is_canonical`] refuses.
	pub fn from_canonical_bytes(bytes: &[u8; 32]) -> Option<Self> {
		let compressed = CompressedRistretto(*bytes);
		let point = compressed.decompress()?;
		(!point.is_identity()).then_some(Self(compressed))
	}

	/// The 32 bytes of its encoding (RFC 9496 §4.3.2).
	pub fn to_bytes(&self) -> [u8; 32] {
		self.0.to_bytes()
	}
}

/// Whether the bytes are the canonical encoding (RFC 9496 §4.3.1) of a group element other than the identity.
pub fn is_canonical(bytes: &[u8; 32]) -> bool {
	Commitment::from_canonical_bytes(bytes).is_some()
}

/// The message of an anchor: 64 bytes of `SHA-512(SCALE("salus/anchor/v1", genesis, institution, handle, attribute_root))`
/// reduced modulo the group order.
///
/// * `genesis`: hash of the chain's first block.
/// * `institution`: number of the custodian.
/// * `handle`: the patient's handle at that custodian.
/// * `attribute_root`: [`crate::attributes::Attributes::root`].
pub fn anchor_message(genesis: &[u8; 32], institution: u32, handle: &[u8; 32], attribute_root: &[u8; 32]) -> Scalar {
	WideHash::default().with(&(ANCHOR_TAG, genesis, institution, handle, attribute_root)).scalar()
}

/// `message·G + blinding·H`, in constant time. The blinding comes from [`Blinding`]: a reused or guessable one hides nothing.
pub fn commit(message: &Scalar, blinding: &Scalar) -> [u8; 32] {
	RistrettoPoint::multiscalar_mul([message, blinding], [RISTRETTO_BASEPOINT_POINT, second_generator()])
		.compress()
		.to_bytes()
}

/// Whether the commitment opens to this message with this blinding.
///
/// False as well for the identity, and for a blinding that is zero or not the canonical encoding of a scalar. The comparison
/// takes the same time wherever the bytes differ.
pub fn verify(commitment: &[u8; 32], message: &Scalar, blinding: &[u8; 32]) -> bool {
	let Some(blinding) = Blinding::from_canonical_bytes(blinding) else { return false };
	let expected = commit(message, blinding.as_scalar());
	// With a blinding other than zero, only someone who knows log_G H arrives here with the identity.
	let identity = CompressedRistretto::identity().to_bytes();
	bool::from(expected.ct_eq(commitment) & !identity.ct_eq(commitment))
}

/// The generator H: the map of RFC 9496 §4.3.4 over `SHA-512(SCALE("salus/pedersen/H/v1"))`.
pub fn second_generator() -> RistrettoPoint {
	#[cfg(feature = "std")]
	{
		static H: std::sync::OnceLock<RistrettoPoint> = std::sync::OnceLock::new();
		*H.get_or_init(derive_second_generator)
	}
	#[cfg(not(feature = "std"))]
	derive_second_generator()
}

fn derive_second_generator() -> RistrettoPoint {
	WideHash::default().with(&GENERATOR_TAG).element()
}

/// The random scalar that hides a message. Never zero; wiped from memory when dropped; not printable.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Blinding(Scalar);

impl Blinding {
	/// A uniform blinding from a generator of cryptographic quality.
	pub fn random<R: RngCore + CryptoRng>(rng: &mut R) -> Self {
		let mut bytes = Zeroizing::new([0u8; 64]);
		loop {
			rng.fill_bytes(bytes.as_mut_slice());
			if let Some(blinding) = Self::from_uniform_bytes(&bytes) {
				return blinding;
			}
		}
	}

	/// A uniform blinding from 64 uniform secret bytes, for callers with another generation of random number traits.
	/// `None` when they reduce to zero.
	pub fn from_uniform_bytes(bytes: &[u8; 64]) -> Option<Self> {
		Self::non_zero(Scalar::from_bytes_mod_order_wide(bytes))
	}

	/// Reads what [`Self::to_bytes`] wrote. `None` when the bytes are not below the group order, or are zero.
	pub fn from_canonical_bytes(bytes: &[u8; 32]) -> Option<Self> {
		Option::<Scalar>::from(Scalar::from_canonical_bytes(*bytes)).and_then(Self::non_zero)
	}

	/// 32 bytes, little-endian, below the group order. Secret.
	pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
		Zeroizing::new(self.0.to_bytes())
	}

	/// The scalar for [`commit`]. Secret.
	pub fn as_scalar(&self) -> &Scalar {
		&self.0
	}

	fn non_zero(scalar: Scalar) -> Option<Self> {
		(!bool::from(scalar.ct_eq(&Scalar::ZERO))).then_some(Self(scalar))
	}
}

impl fmt::Debug for Blinding {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("Blinding(..)")
	}
}

//! Elements and secrets of Ristretto255 (RFC 9496), read strictly: one encoding for each, never the identity, never zero.

use codec::{Encode, Output};
use core::fmt;
use curve25519_dalek::{
	constants::{RISTRETTO_BASEPOINT_COMPRESSED, RISTRETTO_BASEPOINT_POINT},
	ristretto::{CompressedRistretto, RistrettoPoint},
	traits::IsIdentity,
	Scalar,
};
use rand_core_chain::{CryptoRng, RngCore};
use sha2_chain::{Digest, Sha512};
use subtle::ConstantTimeEq;
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// Domain tag of the second generator of envelopes, [`gbar`].
pub const GBAR_TAG: &str = "salus/tdh2/gbar/v1";

/// Encoding of [`gbar`], so that the runtime decodes it instead of deriving it each time.
const GBAR: [u8; 32] = [
	0x6e, 0x06, 0x71, 0x17, 0x07, 0x6a, 0x06, 0x5e, 0x83, 0x66, 0x26, 0x28, 0x8a, 0xac, 0x1f, 0x75, 0x72, 0xab, 0x1f,
	0xd3, 0xbb, 0x67, 0x40, 0x76, 0x70, 0x02, 0x59, 0xe3, 0xc1, 0x97, 0x14, 0x67,
];

/// A group element other than the identity.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Point {
	element: RistrettoPoint,
	bytes: [u8; 32],
}

impl Point {
	/// Reads an element. `None` unless the bytes are the canonical encoding (RFC 9496 §4.3.1) of one that is not the identity.
	pub fn from_bytes(bytes: &[u8; 32]) -> Option<Self> {
		let element = CompressedRistretto(*bytes).decompress()?;
		(!element.is_identity()).then_some(Self { element, bytes: *bytes })
	}

	/// The 32 bytes of its encoding.
	pub fn to_bytes(&self) -> [u8; 32] {
		self.bytes
	}

	/// `None` for the identity.
	pub(crate) fn from_element(element: RistrettoPoint) -> Option<Self> {
		(!element.is_identity()).then(|| Self { element, bytes: element.compress().to_bytes() })
	}

	pub(crate) fn element(&self) -> &RistrettoPoint {
		&self.element
	}

	/// `secret · self`, in constant time. Never the identity: the order is prime and neither factor is zero.
	pub(crate) fn times(&self, secret: &SecretScalar) -> Self {
		let element = self.element * secret.0;
		Self { element, bytes: element.compress().to_bytes() }
	}
}

impl Zeroize for Point {
	fn zeroize(&mut self) {
		self.element.zeroize();
		self.bytes.zeroize();
	}
}

impl fmt::Debug for Point {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "Point(0x{})", hex::encode(self.bytes))
	}
}

/// The generator G.
pub fn generator() -> Point {
	Point { element: RISTRETTO_BASEPOINT_POINT, bytes: RISTRETTO_BASEPOINT_COMPRESSED.to_bytes() }
}

/// The generator Gbar of envelopes: the map of RFC 9496 §4.3.4 over `SHA-512(SCALE("salus/tdh2/gbar/v1"))`. Nobody knows
/// its logarithm to G.
pub fn gbar() -> Point {
	let element = CompressedRistretto(GBAR).decompress();
	Point { element: element.expect("a test compares the constant with its derivation; qed"), bytes: GBAR }
}

/// A secret scalar. Never zero; wiped from memory when dropped; compared in constant time; not printable.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct SecretScalar(Scalar);

impl SecretScalar {
	/// A uniform secret from a generator of cryptographic quality.
	pub fn random<R: RngCore + CryptoRng>(rng: &mut R) -> Self {
		let mut uniform = Zeroizing::new([0u8; 64]);
		loop {
			rng.fill_bytes(uniform.as_mut_slice());
			if let Some(secret) = Self::new(Scalar::from_bytes_mod_order_wide(&uniform)) {
				return secret;
			}
		}
	}

	/// Reads what [`Self::to_bytes`] wrote. `None` when the bytes are not below the group order, or are zero.
	pub fn from_bytes(bytes: &[u8; 32]) -> Option<Self> {
		Option::<Scalar>::from(Scalar::from_canonical_bytes(*bytes)).and_then(Self::new)
	}

	/// 32 bytes, little-endian, below the group order. Secret.
	pub fn to_bytes(&self) -> Zeroizing<[u8; 32]> {
		Zeroizing::new(self.0.to_bytes())
	}

	/// `self · G`, in constant time.
	pub fn public(&self) -> Point {
		let element = RistrettoPoint::mul_base(&self.0);
		Point { element, bytes: element.compress().to_bytes() }
	}

	/// `None` for zero.
	pub(crate) fn new(scalar: Scalar) -> Option<Self> {
		(!bool::from(scalar.ct_eq(&Scalar::ZERO))).then_some(Self(scalar))
	}

	pub(crate) fn scalar(&self) -> &Scalar {
		&self.0
	}
}

impl PartialEq for SecretScalar {
	fn eq(&self, other: &Self) -> bool {
		self.0.ct_eq(&other.0).into()
	}
}

impl Eq for SecretScalar {}

impl fmt::Debug for SecretScalar {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("SecretScalar(..)")
	}
}

/// Reads a public scalar; `None` when the bytes are not below the group order.
pub(crate) fn canonical_scalar(bytes: &[u8; 32]) -> Option<Scalar> {
	Scalar::from_canonical_bytes(*bytes).into()
}

/// SHA-512 that takes SCALE as it is written, so that neither a call nor a secret is copied into a buffer first.
#[derive(Clone, Default)]
pub(crate) struct WideHash(Sha512);

impl WideHash {
	/// Appends the encoding of one more value.
	pub(crate) fn with(mut self, value: &impl Encode) -> Self {
		value.encode_to(&mut self);
		self
	}

	pub(crate) fn digest(self) -> [u8; 64] {
		self.0.finalize().into()
	}

	/// The digest reduced modulo the group order.
	pub(crate) fn scalar(self) -> Scalar {
		Scalar::from_bytes_mod_order_wide(&Zeroizing::new(self.digest()))
	}

	/// The digest mapped to the group (RFC 9496 §4.3.4).
	pub(crate) fn element(self) -> RistrettoPoint {
		RistrettoPoint::from_uniform_bytes(&self.digest())
	}
}

impl Output for WideHash {
	fn write(&mut self, bytes: &[u8]) {
		self.0.update(bytes);
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn gbar_is_what_its_tag_derives() {
		let derived = WideHash::default().with(&GBAR_TAG).element();
		assert_eq!(derived.compress().to_bytes(), GBAR);
		assert_eq!(gbar().element, derived);
		assert_ne!(gbar(), generator());
	}
}

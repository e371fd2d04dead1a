//! The shape that all secrets of 32 bytes share: overwritten when dropped, compared in constant time, never printed.

/// Defines a secret of 32 bytes.
macro_rules! secret32 {
	($(#[$doc:meta])* $name:ident) => {
		$(#[$doc])*
		#[derive(Clone, zeroize::Zeroize, zeroize::ZeroizeOnDrop)]
		pub struct $name([u8; 32]);

		impl $name {
			/// A fresh secret from the randomness of the operating system.
			pub fn generate() -> Result<Self, crate::NoRandomness> {
				Ok(Self(*crate::random::secret()?))
			}

			/// The secret that these bytes are. They have to be uniformly random.
			pub fn from_bytes(bytes: [u8; 32]) -> Self {
				Self(bytes)
			}

			/// The bytes, for a wrap or an encrypted store. The caller sees to it that no copy stays behind.
			pub fn expose(&self) -> &[u8; 32] {
				&self.0
			}
		}

		impl core::fmt::Debug for $name {
			fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
				f.write_str(concat!(stringify!($name), "(hidden)"))
			}
		}

		impl subtle::ConstantTimeEq for $name {
			fn ct_eq(&self, other: &Self) -> subtle::Choice {
				self.0.ct_eq(&other.0)
			}
		}

		impl PartialEq for $name {
			fn eq(&self, other: &Self) -> bool {
				subtle::ConstantTimeEq::ct_eq(self, other).into()
			}
		}

		impl Eq for $name {}
	};
}

pub(crate) use secret32;

/// One half of a secret from the other: two halves give the secret, the secret and a half give the other half.
pub(crate) fn xor(one: &[u8; 32], other: &[u8; 32]) -> zeroize::Zeroizing<[u8; 32]> {
	let mut sum = zeroize::Zeroizing::new(*one);
	sum.iter_mut().zip(other).for_each(|(byte, mask)| *byte ^= mask);
	sum
}

//! Keys of recipients.

use super::WrapError;
use crate::{kdf, random, NoRandomness};
use codec::{Decode, Encode};
use core::fmt;
use hpke::{
	kem::{X25519HkdfSha256, XWing},
	Deserializable, Kem, Serializable,
};
use serde::{de::Error as _, Deserialize, Deserializer, Serialize, Serializer};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

mod sealed {
	pub trait Sealed {}
}

/// A public key that keys can be wrapped to: [`XWingPublic`] or [`X25519Public`].
pub trait WrapPublic: sealed::Sealed {
	/// The KEM of HPKE.
	#[doc(hidden)]
	type Kem: Kem;

	/// The key as HPKE serialises it.
	fn as_bytes(&self) -> &[u8];

	/// `blake2_256` of [`Self::as_bytes`]: the recipient in a context.
	fn hash(&self) -> [u8; 32] {
		kdf::blake2_256(&[self.as_bytes()])
	}
}

/// A secret key that opens wraps: [`XWingSecret`] or [`X25519Secret`].
pub trait WrapSecret: sealed::Sealed {
	/// The KEM of HPKE.
	#[doc(hidden)]
	type Kem: Kem;
	/// The public half.
	type Public: WrapPublic<Kem = Self::Kem>;

	/// The public half, computed when the secret was made.
	fn public(&self) -> &Self::Public;

	/// The secret bytes, for an encrypted store. The caller sees to it that no copy stays behind.
	fn expose(&self) -> &[u8; 32];
}

macro_rules! recipient {
	(
		$kem:ty, $len:literal,
		$(#[$public_doc:meta])* public $public:ident,
		$(#[$secret_doc:meta])* secret $secret:ident,
	) => {
		$(#[$public_doc])*
		#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
		pub struct $public(Vec<u8>);

		impl $public {
			/// Bytes of the key.
			pub const LEN: usize = $len;

			/// Takes a key from outside.
			///
			/// # Errors
			/// [`WrapError::InvalidPublicKey`] when the length is wrong or the bytes are no key.
			pub fn from_bytes(bytes: &[u8]) -> Result<Self, WrapError> {
				<$kem as Kem>::PublicKey::from_bytes(bytes).map_err(|_| WrapError::InvalidPublicKey)?;
				Ok(Self(bytes.to_vec()))
			}

			/// The key as HPKE serialises it.
			pub fn as_bytes(&self) -> &[u8] {
				&self.0
			}

			/// `blake2_256` of the key: the recipient in a [`super::WrapContext`].
			pub fn hash(&self) -> [u8; 32] {
				WrapPublic::hash(self)
			}
		}

		impl sealed::Sealed for $public {}

		impl WrapPublic for $public {
			type Kem = $kem;

			fn as_bytes(&self) -> &[u8] {
				&self.0
			}
		}

		impl fmt::Debug for $public {
			fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
				write!(f, concat!(stringify!($public), "(hash {})"), hex::encode(self.hash()))
			}
		}

		impl Encode for $public {
			fn using_encoded<R, F: FnOnce(&[u8]) -> R>(&self, f: F) -> R {
				f(&self.0)
			}
		}

		impl Decode for $public {
			fn decode<I: codec::Input>(input: &mut I) -> Result<Self, codec::Error> {
				Self::from_bytes(&<[u8; $len]>::decode(input)?).map_err(|_| "public key is not valid".into())
			}
		}

		/// Lower-case hexadecimal with `0x` in front.
		impl Serialize for $public {
			fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
				serializer.serialize_str(&format!("0x{}", hex::encode(&self.0)))
			}
		}

		impl<'de> Deserialize<'de> for $public {
			fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
				let text = String::deserialize(deserializer)?;
				let digits = text.strip_prefix("0x").ok_or_else(|| D::Error::custom("expected 0x and hexadecimal"))?;
				Self::from_bytes(&hex::decode(digits).map_err(D::Error::custom)?).map_err(D::Error::custom)
			}
		}

		$(#[$secret_doc])*
		#[derive(Clone)]
		pub struct $secret {
			bytes: Zeroizing<[u8; 32]>,
			public: $public,
		}

		impl $secret {
			/// A fresh key from the randomness of the operating system.
			///
			/// # Errors
			/// [`NoRandomness`].
			pub fn generate() -> Result<Self, NoRandomness> {
				Ok(Self::from_secret(random::secret()?))
			}

			/// The key that this seed is. The seed has to be uniformly random.
			pub fn from_seed(mut seed: [u8; 32]) -> Self {
				let secret = Self::from_secret(Zeroizing::new(seed));
				seed.zeroize();
				secret
			}

			fn from_secret(bytes: Zeroizing<[u8; 32]>) -> Self {
				let private = <$kem as Kem>::PrivateKey::from_bytes(bytes.as_slice())
					.expect("32 bytes are a private key of this KEM; its only check is the length; qed");
				let public = $public(<$kem as Kem>::sk_to_pk(&private).to_bytes().to_vec());
				Self { bytes, public }
			}

			/// The public half.
			pub fn public(&self) -> &$public {
				&self.public
			}

			/// The seed, for an encrypted store. The caller sees to it that no copy stays behind.
			pub fn expose(&self) -> &[u8; 32] {
				&self.bytes
			}
		}

		impl ZeroizeOnDrop for $secret {}
		impl sealed::Sealed for $secret {}

		impl WrapSecret for $secret {
			type Kem = $kem;
			type Public = $public;

			fn public(&self) -> &$public {
				&self.public
			}

			fn expose(&self) -> &[u8; 32] {
				&self.bytes
			}
		}

		impl fmt::Debug for $secret {
			fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
				write!(f, concat!(stringify!($secret), "(hidden, public {:?})"), self.public)
			}
		}
	};
}

recipient! {
	XWing, 1216,
	/// X-Wing public key, 1216 bytes: ML-KEM-768 encapsulation key, then X25519 point.
	public XWingPublic,
	/// X-Wing decapsulation key: its seed of 32 bytes (draft-connolly-cfrg-xwing-kem).
	secret XWingSecret,
}

recipient! {
	X25519HkdfSha256, 32,
	/// X25519 public key, 32 bytes (RFC 7748).
	public X25519Public,
	/// X25519 private key, 32 bytes (RFC 7748).
	secret X25519Secret,
}

impl XWingSecret {
	/// The key at `path` under a root secret that a person holds: seed `HKDF-SHA512(root, info = "salus/x-wing/v1" ||
	/// path)`. Keys at different paths cannot be linked without the root; use one path per handle.
	pub fn from_root(root: &[u8; 32], path: &str) -> Self {
		Self::from_secret(kdf::derive_sha512(root, kdf::tag::X_WING_SEED, path))
	}
}

//! Key wraps: a key of 32 bytes, encrypted to one recipient for one subject, purpose and time.
//!
//! HPKE (RFC 9180) in base mode with HKDF-SHA256 and AES-256-GCM. A wrap is
//! `kem id || kdf id || aead id (u16 each, big-endian) || encapsulated key || ciphertext and tag`.

mod keys;

use crate::{kdf, NoRandomness};
use codec::{Decode, Encode};
use hpke::{aead::AesGcm256, kdf::HkdfSha256, Deserializable, Kem, OpModeR, OpModeS, Serializable};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

pub use keys::{WrapPublic, WrapSecret, X25519Public, X25519Secret, XWingPublic, XWingSecret};

/// HPKE KEM id of X-Wing (X25519 and ML-KEM-768): for whatever is stored.
pub const KEM_X_WING: u16 = 0x647a;
/// HPKE KEM id of DHKEM(X25519, HKDF-SHA256): for devices that cannot do more.
pub const KEM_X25519: u16 = 0x0020;
/// HPKE KDF id of HKDF-SHA256.
pub const KDF_HKDF_SHA256: u16 = 0x0001;
/// HPKE AEAD id of AES-256-GCM.
pub const AEAD_AES_256_GCM: u16 = 0x0002;

/// Bytes of the three algorithm ids.
const IDS_LEN: usize = 6;
/// A wrapped key and its tag.
const SEALED_KEY_LEN: usize = 32 + 16;

/// What a wrap is bound to. Its SCALE encoding, fields in this order, is the associated data of the wrap: whoever opens
/// the wrap has to know each value, and a wrap for one of them never opens for another.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct WrapContext {
	/// Record id, or id of the class whose secret is wrapped.
	pub subject: [u8; 32],
	/// Key epoch of the subject.
	pub epoch: u32,
	/// [`WrapPublic::hash`] of the recipient's key.
	pub recipient: [u8; 32],
	/// Purpose code.
	pub purpose: u8,
	/// End of validity in milliseconds since the Unix epoch. The wrap states it, whoever holds the time enforces it.
	pub expires_at: u64,
	/// Commitment to the wrapped key: [`crate::record::key_commitment`] or [`crate::ClassSecret::commitment`].
	pub key_commitment: [u8; 32],
}

/// Why a wrap cannot be made or opened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrapError {
	/// The context names another recipient than the key at hand. Nothing was encrypted or decrypted.
	#[error("the context names another recipient than this key")]
	OtherRecipient,
	/// The wrap is too short or too long for its algorithms.
	#[error("this is not a key wrap, or it was cut off")]
	Malformed,
	/// The wrap was made for another kind of key, or by algorithms that this version does not know.
	#[error("the wrap uses kem {kem:#06x}, kdf {kdf:#06x}, aead {aead:#06x}, which this key does not open")]
	UnsupportedSuite {
		/// HPKE KEM id.
		kem: u16,
		/// HPKE KDF id.
		kdf: u16,
		/// HPKE AEAD id.
		aead: u16,
	},
	/// The wrap does not open: another key, another chain, another context, or altered. Which of them cannot be told.
	#[error("the wrap does not open under this key, chain and context")]
	Refused,
	/// The public key is no point or no lattice key that one could encrypt to.
	#[error("the public key is not valid")]
	InvalidPublicKey,
	/// A re-wrap would move the key to another subject or commitment.
	#[error("a re-wrap keeps subject and key commitment")]
	OtherSubject,
	/// See [`NoRandomness`].
	#[error(transparent)]
	NoRandomness(#[from] NoRandomness),
}

/// Encrypts `key` to `recipient`. `genesis` is the hash of block 0: a wrap of one chain is nothing on another.
///
/// # Errors
/// [`WrapError::OtherRecipient`], [`WrapError::InvalidPublicKey`], [`WrapError::NoRandomness`].
pub fn wrap<P: WrapPublic>(
	recipient: &P,
	key: &[u8; 32],
	genesis: &[u8; 32],
	context: &WrapContext,
) -> Result<Vec<u8>, WrapError> {
	if context.recipient != recipient.hash() {
		return Err(WrapError::OtherRecipient);
	}
	// The HPKE crate panics where the machine has no randomness; ask here first, where it can be an error.
	crate::random::public::<1>()?;
	let public =
		<P::Kem as Kem>::PublicKey::from_bytes(recipient.as_bytes()).map_err(|_| WrapError::InvalidPublicKey)?;
	let (encapsulated, sealed) = hpke::single_shot_seal::<AesGcm256, HkdfSha256, P::Kem>(
		&OpModeS::Base,
		&public,
		&info(genesis),
		key,
		&context.encode(),
	)
	.map_err(|_| WrapError::InvalidPublicKey)?;
	let ids = [P::Kem::KEM_ID, KDF_HKDF_SHA256, AEAD_AES_256_GCM];
	let mut wrap = Vec::with_capacity(IDS_LEN + <P::Kem as Kem>::EncappedKey::size() + SEALED_KEY_LEN);
	ids.iter().for_each(|id| wrap.extend_from_slice(&id.to_be_bytes()));
	wrap.extend_from_slice(&encapsulated.to_bytes());
	wrap.extend_from_slice(&sealed);
	Ok(wrap)
}

/// Opens a wrap. Every value of `context` has to be the one that it was made with.
///
/// # Errors
/// [`WrapError::OtherRecipient`], [`WrapError::Malformed`], [`WrapError::UnsupportedSuite`], [`WrapError::Refused`].
pub fn unwrap<S: WrapSecret>(
	secret: &S,
	wrap: &[u8],
	genesis: &[u8; 32],
	context: &WrapContext,
) -> Result<Zeroizing<[u8; 32]>, WrapError> {
	if context.recipient != secret.public().hash() {
		return Err(WrapError::OtherRecipient);
	}
	let (kem, kdf, aead) = suite(wrap)?;
	if (kem, kdf, aead) != (S::Kem::KEM_ID, KDF_HKDF_SHA256, AEAD_AES_256_GCM) {
		return Err(WrapError::UnsupportedSuite { kem, kdf, aead });
	}
	let encapsulated_len = <S::Kem as Kem>::EncappedKey::size();
	if wrap.len() != IDS_LEN + encapsulated_len + SEALED_KEY_LEN {
		return Err(WrapError::Malformed);
	}
	let (encapsulated, sealed) = wrap[IDS_LEN..].split_at(encapsulated_len);
	let encapsulated = <S::Kem as Kem>::EncappedKey::from_bytes(encapsulated).map_err(|_| WrapError::Refused)?;
	let private = <S::Kem as Kem>::PrivateKey::from_bytes(secret.expose()).map_err(|_| WrapError::Refused)?;
	let opened = hpke::single_shot_open::<AesGcm256, HkdfSha256, S::Kem>(
		&OpModeR::Base,
		&private,
		&encapsulated,
		&info(genesis),
		sealed,
		&context.encode(),
	)
	.map(Zeroizing::new)
	.map_err(|_| WrapError::Refused)?;
	let mut key = Zeroizing::new([0; 32]);
	key.copy_from_slice(&opened);
	Ok(key)
}

/// Opens a wrap and makes one of the same key for another recipient, purpose, epoch or time: what a key service does for
/// a practitioner under a permit, and what moves stored wraps to new algorithms.
///
/// # Errors
/// [`WrapError::OtherSubject`] when subject or key commitment would change; those of [`unwrap`] and [`wrap`].
pub fn rewrap<S: WrapSecret, P: WrapPublic>(
	secret: &S,
	old: &[u8],
	genesis: &[u8; 32],
	old_context: &WrapContext,
	recipient: &P,
	new_context: &WrapContext,
) -> Result<Vec<u8>, WrapError> {
	if (old_context.subject, old_context.key_commitment) != (new_context.subject, new_context.key_commitment) {
		return Err(WrapError::OtherSubject);
	}
	wrap(recipient, &*unwrap(secret, old, genesis, old_context)?, genesis, new_context)
}

/// The HPKE ids (KEM, KDF, AEAD) in front of a wrap.
///
/// # Errors
/// [`WrapError::Malformed`] when it is too short for them.
pub fn suite(wrap: &[u8]) -> Result<(u16, u16, u16), WrapError> {
	let ids = wrap.first_chunk::<IDS_LEN>().ok_or(WrapError::Malformed)?;
	let id = |at: usize| u16::from_be_bytes([ids[at], ids[at + 1]]);
	Ok((id(0), id(2), id(4)))
}

/// `blake2_256` of a wrap: what a grant holds of it on the chain.
pub fn wrap_hash(wrap: &[u8]) -> [u8; 32] {
	kdf::blake2_256(&[wrap])
}

/// HPKE `info`: `"salus/wrap/v1" || genesis`.
fn info(genesis: &[u8; 32]) -> Vec<u8> {
	[kdf::tag::WRAP, genesis].concat()
}

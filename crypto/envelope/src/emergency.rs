//! Keys of the emergency package: the secret of a scope, its two halves, and the seal of a half inside an envelope.
//!
//! For each envelope the custodian splits the secret of the scope anew. The first half goes into the envelope, which a committee
//! opens for one request (`salus_threshold::envelope`); the second lies with a holder, who releases it for a session that is
//! active on chain. One half alone is uniformly random.

use crate::{
	kdf::{self, tag},
	random,
	record::Dek,
	secret::{secret32, xor},
	NoRandomness,
};
use aes_gcm::{
	aead::{Aead, Payload},
	Aes256Gcm, KeyInit,
};
use codec::{Decode, Encode};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

secret32! {
	/// The secret of one scope of one handle in one scope epoch. It wraps the keys of that scope's packages.
	ScopeSecret
}

secret32! {
	/// One of the two halves of a [`ScopeSecret`], of one envelope.
	ScopeHalf
}

/// Bytes of a sealed half: the half and the tag.
pub const SEALED_HALF_LEN: usize = 32 + 16;
/// Bytes of a wrapped package key: version, salt, sealed key, tag.
pub const PACKAGE_WRAP_LEN: usize = 1 + 32 + 32 + 16;
const PACKAGE_WRAP_VERSION: u8 = 1;

/// Which package a key is for. Its SCALE encoding, behind the version of the wrap, is the associated data of the wrap.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct PackageContext {
	/// Hash of the chain's first block.
	pub genesis: [u8; 32],
	/// The patient's handle.
	pub handle: [u8; 32],
	/// Code of the scope.
	pub scope: u8,
	/// Epoch of the scope.
	pub scope_epoch: u32,
	/// Counts the packages of an epoch, which share its secret.
	pub package: u32,
}

/// Why a half or a package key does not open.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EmergencyError {
	/// The wrap has another length or version than the ones written here.
	#[error("this is not a wrap of a package key")]
	Malformed,
	/// Another key, envelope or package, or the bytes were altered. Which of them cannot be told.
	#[error("it does not open under this key for this use")]
	Refused,
	/// See [`NoRandomness`].
	#[error(transparent)]
	NoRandomness(#[from] NoRandomness),
}

impl ScopeSecret {
	/// Splits the secret for one envelope. Splitting again gives halves that do not fit the earlier ones.
	///
	/// # Errors
	/// [`NoRandomness`].
	pub fn split(&self) -> Result<(ScopeHalf, ScopeHalf), NoRandomness> {
		let first = ScopeHalf::generate()?;
		let second = ScopeHalf::from_bytes(*xor(self.expose(), first.expose()));
		Ok((first, second))
	}

	/// Joins the halves of one envelope. Halves of different envelopes give a secret that opens nothing.
	pub fn join(first: &ScopeHalf, second: &ScopeHalf) -> Self {
		Self::from_bytes(*xor(first.expose(), second.expose()))
	}

	/// Wraps the key of one package. AES-256-GCM under `HKDF-SHA256(secret, fresh salt, info = "salus/package-wrap/v1")`; that
	/// key is used once, so its nonce is 0. GCM commits to no key, which does no harm here: the package commits to its DEK.
	///
	/// # Errors
	/// [`NoRandomness`].
	pub fn wrap(&self, context: &PackageContext, dek: &Dek) -> Result<Vec<u8>, EmergencyError> {
		self.wrap_with_salt(context, dek, &random::public()?)
	}

	/// [`Self::wrap`] under a given salt, for frozen vectors.
	pub(crate) fn wrap_with_salt(
		&self,
		context: &PackageContext,
		dek: &Dek,
		salt: &[u8; 32],
	) -> Result<Vec<u8>, EmergencyError> {
		let sealed = self
			.package_cipher(salt)
			.encrypt(&[0; 12].into(), Payload { msg: dek.expose(), aad: &package_aad(context) })
			.map_err(|_| EmergencyError::Malformed)?;
		Ok([&[PACKAGE_WRAP_VERSION][..], salt, &sealed].concat())
	}

	/// Opens what [`Self::wrap`] made for the same package.
	///
	/// # Errors
	/// [`EmergencyError::Malformed`], [`EmergencyError::Refused`].
	pub fn unwrap(&self, context: &PackageContext, wrap: &[u8]) -> Result<Dek, EmergencyError> {
		if wrap.len() != PACKAGE_WRAP_LEN || wrap[0] != PACKAGE_WRAP_VERSION {
			return Err(EmergencyError::Malformed);
		}
		let (salt, sealed) = wrap[1..].split_first_chunk::<32>().ok_or(EmergencyError::Malformed)?;
		let payload = Payload { msg: sealed, aad: &package_aad(context) };
		secret(self.package_cipher(salt).decrypt(&[0; 12].into(), payload)).map(|key| Dek::from_bytes(*key))
	}

	fn package_cipher(&self, salt: &[u8; 32]) -> Aes256Gcm {
		let key: Zeroizing<[u8; 32]> = kdf::derive(self.expose(), Some(salt), tag::PACKAGE_WRAP, &[]);
		Aes256Gcm::new((&*key).into())
	}
}

impl ScopeHalf {
	/// Commitment to the half: the `key_commitment` of the context in which it is wrapped. The half is uniformly random, so
	/// this tells nothing about it.
	pub fn commitment(&self) -> [u8; 32] {
		kdf::hash(tag::SCOPE_HALF, &[self.expose()])
	}
}

/// Seals the first half of a scope's secret into an envelope.
///
/// * `shared`: `EnvelopeSeal::shared` of `salus_threshold`, r·Y.
/// * `label`: `EnvelopeLabel::to_bytes` of the same envelope.
///
/// AES-256-GCM under `HKDF-SHA256(shared, no salt, info = "salus/envelope/key/v1" || label)`; the shared point and with it
/// the key serve one envelope, so the nonce is 0.
pub fn seal_half(shared: &[u8; 32], label: &[u8], half: &ScopeHalf) -> [u8; SEALED_HALF_LEN] {
	let sealed = half_cipher(shared, label).encrypt(&[0; 12].into(), half.expose().as_slice());
	let sealed = sealed.expect("32 bytes are below the limit of AES-GCM; qed");
	sealed.try_into().expect("the tag adds 16 bytes; qed")
}

/// Opens what [`seal_half`] sealed; `shared` is what the committee's parts give (`salus_threshold::part::combine`).
///
/// # Errors
/// [`EmergencyError::Refused`].
pub fn open_half(shared: &[u8; 32], label: &[u8], sealed: &[u8; SEALED_HALF_LEN]) -> Result<ScopeHalf, EmergencyError> {
	let opened = half_cipher(shared, label).decrypt(&[0; 12].into(), sealed.as_slice());
	secret(opened).map(|half| ScopeHalf::from_bytes(*half))
}

fn half_cipher(shared: &[u8; 32], label: &[u8]) -> Aes256Gcm {
	let key: Zeroizing<[u8; 32]> = kdf::derive(shared, None, tag::ENVELOPE_KEY, &[label]);
	Aes256Gcm::new((&*key).into())
}

fn package_aad(context: &PackageContext) -> Vec<u8> {
	(PACKAGE_WRAP_VERSION, context).encode()
}

/// The 32 bytes that were opened; what they were copied from is overwritten.
fn secret(opened: Result<Vec<u8>, aes_gcm::Error>) -> Result<Zeroizing<[u8; 32]>, EmergencyError> {
	let mut opened = opened.map_err(|_| EmergencyError::Refused)?;
	let secret = opened.as_slice().try_into().map(Zeroizing::new);
	opened.zeroize();
	secret.map_err(|_| EmergencyError::Malformed)
}

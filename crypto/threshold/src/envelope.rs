//! One-time envelopes: 32 bytes under a committee's key, opened by the committee for one request (TDH2 of Shoup and Gennaro).
//!
//! Only the group's part of an envelope is here. The bytes inside are AES-256-GCM under `HKDF(shared point, label)`, which
//! is client code: see the crate `salus-envelope`, module `emergency`.
//!
//! The proof makes an envelope useless under another label: without it somebody could add `t·G` to another patient's `u`,
//! have the committee open that as an envelope of its own, and subtract.

use crate::{
	group::{gbar, generator, Point, SecretScalar},
	hex_bytes,
	proof::{DleqProof, EqualLogs},
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use rand_core_chain::{CryptoRng, RngCore};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_io::hashing::sha2_256;
use zeroize::{Zeroize, Zeroizing};

/// Domain tag of an envelope's proof.
pub const PROOF_TAG: &str = "salus/envelope/proof/v1";
/// Domain tag of the hash over the sealed bytes.
pub const CIPHERTEXT_TAG: &str = "salus/envelope/ct/v1";
/// Domain tag of [`envelope_commitment`].
pub const COMMITMENT_TAG: &str = "salus/envelope/v1";

/// Bytes of a sealed half: 32 and the tag of AES-GCM.
pub const CIPHERTEXT_LEN: usize = 48;

/// What an envelope is for; its encoding is the L of the protocol.
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
pub struct EnvelopeLabel {
	/// Hash of the chain's first block.
	#[serde(with = "hex_bytes")]
	pub genesis: [u8; 32],
	/// [`crate::committee::key_id`] of the key that it is sealed to.
	#[serde(with = "hex_bytes")]
	pub key_id: [u8; 32],
	/// The patient's handle.
	#[serde(with = "hex_bytes")]
	pub handle: [u8; 32],
	/// Code of the scope whose secret is inside.
	pub scope: u8,
	/// Epoch of that scope; each session ends one.
	pub scope_epoch: u32,
	/// Counts the envelopes of an epoch.
	pub number: u32,
}

/// What of an envelope the chain and the guardians see.
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
pub struct EnvelopeHeader {
	/// r·G.
	#[serde(with = "hex_bytes")]
	pub u: [u8; 32],
	/// r·Gbar.
	#[serde(with = "hex_bytes")]
	pub ubar: [u8; 32],
	/// Challenge of the proof that both have the same logarithm.
	#[serde(with = "hex_bytes")]
	pub e: [u8; 32],
	/// Response of that proof.
	#[serde(with = "hex_bytes")]
	pub f: [u8; 32],
	/// `sha256(SCALE("salus/envelope/ct/v1", ct))`.
	#[serde(with = "hex_bytes")]
	pub ct_hash: [u8; 32],
}

/// An envelope, 176 bytes however many members the committee has.
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
pub struct Envelope {
	/// See [`EnvelopeHeader::u`].
	#[serde(with = "hex_bytes")]
	pub u: [u8; 32],
	/// See [`EnvelopeHeader::ubar`].
	#[serde(with = "hex_bytes")]
	pub ubar: [u8; 32],
	/// See [`EnvelopeHeader::e`].
	#[serde(with = "hex_bytes")]
	pub e: [u8; 32],
	/// See [`EnvelopeHeader::f`].
	#[serde(with = "hex_bytes")]
	pub f: [u8; 32],
	/// The sealed bytes.
	#[serde(with = "hex_bytes")]
	pub ct: [u8; CIPHERTEXT_LEN],
}

impl EnvelopeLabel {
	/// L: the SCALE encoding, 105 bytes.
	pub fn to_bytes(&self) -> Vec<u8> {
		self.encode()
	}
}

impl Envelope {
	/// The part that the chain and the guardians see.
	pub fn header(&self) -> EnvelopeHeader {
		let Self { u, ubar, e, f, ct } = *self;
		EnvelopeHeader { u, ubar, e, f, ct_hash: ciphertext_hash(&ct) }
	}
}

impl EnvelopeHeader {
	/// Whether whoever sealed the envelope knew r and meant this label and these sealed bytes.
	pub fn verify(&self, label: &EnvelopeLabel) -> bool {
		let [Some(u), Some(ubar)] = [&self.u, &self.ubar].map(Point::from_bytes) else { return false };
		DleqProof { e: self.e, f: self.f }.verify(PROOF_TAG, &(label, self.ct_hash), &equal_logs(u, ubar))
	}
}

/// An envelope that is being sealed. It serves once: the key of the bytes inside follows from [`Self::shared`].
pub struct EnvelopeSeal {
	randomness: SecretScalar,
	shared: Zeroizing<[u8; 32]>,
}

impl EnvelopeSeal {
	/// Draws r for an envelope to the committee with this key Y.
	pub fn begin<R: RngCore + CryptoRng>(group_key: &Point, rng: &mut R) -> Self {
		let randomness = SecretScalar::random(rng);
		let mut point = group_key.times(&randomness);
		let shared = Zeroizing::new(point.to_bytes());
		point.zeroize();
		Self { randomness, shared }
	}

	/// r·Y, from which the key of the sealed bytes is derived. Secret.
	pub fn shared(&self) -> &Zeroizing<[u8; 32]> {
		&self.shared
	}

	/// The envelope around `ct`, which has to be sealed under this label.
	pub fn finish<R: RngCore + CryptoRng>(
		self,
		label: &EnvelopeLabel,
		ct: [u8; CIPHERTEXT_LEN],
		rng: &mut R,
	) -> Envelope {
		let (u, ubar) = (self.randomness.public(), gbar().times(&self.randomness));
		let statement = (label, ciphertext_hash(&ct));
		let DleqProof { e, f } = DleqProof::prove(PROOF_TAG, &statement, &equal_logs(u, ubar), &self.randomness, rng);
		Envelope { u: u.to_bytes(), ubar: ubar.to_bytes(), e, f, ct }
	}
}

impl fmt::Debug for EnvelopeSeal {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("EnvelopeSeal(..)")
	}
}

/// What stands on chain for an envelope until a request opens it: `sha256(SCALE("salus/envelope/v1", salt, header))`.
///
/// `salt` is 32 fresh random bytes: without it, whoever holds a header finds out which handle it belongs to.
pub fn envelope_commitment(salt: &[u8; 32], header: &EnvelopeHeader) -> [u8; 32] {
	sha2_256(&(COMMITMENT_TAG, salt, header).encode())
}

fn ciphertext_hash(ct: &[u8; CIPHERTEXT_LEN]) -> [u8; 32] {
	sha2_256(&(CIPHERTEXT_TAG, ct).encode())
}

fn equal_logs(u: Point, ubar: Point) -> EqualLogs {
	EqualLogs { left: (generator(), u), right: (gbar(), ubar) }
}

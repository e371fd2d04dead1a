//! Finding a patient without publishing who is looked for: the oblivious pseudorandom function of RFC 9497
//! (ristretto255-SHA512, mode 0x00) with the key shared among a committee.
//!
//! The requester blinds the name, members answer with their share of `key · blinded element` and prove it, the requester
//! removes the blind. The committee has a key of its own for this: under the key of envelopes, a blinded element of
//! somebody's choice would open an envelope.
//!
//! A request needs no proof of knowledge, unlike one that opens an envelope. Members multiply any element they are given,
//! which is what the function is secure against; how many they answer is what limits guessing, and sessions count that.

use crate::{
	group::{Point, SecretScalar},
	hex_bytes,
	part::{answer, interpolate, is_answer, CombineError, PartError},
	proof::DleqProof,
	share::Share,
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use curve25519_dalek::ristretto::RistrettoPoint;
use rand_core_chain::{CryptoRng, RngCore};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sha2_chain::{Digest, Sha512};
use sp_io::hashing::sha2_256;
use zeroize::{Zeroize, Zeroizing};

/// Domain tag of a part's proof.
pub const PART_TAG: &str = "salus/locate/part/v1";
/// Domain tag of the hash of what a locate session is about.
pub const TRANSCRIPT_TAG: &str = "salus/locate/session/v1";

/// RFC 9497 §4.1, with the context string of §3.1 for mode 0x00.
const HASH_TO_GROUP_DST: &[u8] = b"HashToGroup-OPRFV1-\x00-ristretto255-SHA512";

/// Who asks which committee. It goes into every part that answers.
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
pub struct LocateContext {
	/// Hash of the chain's first block.
	#[serde(with = "hex_bytes")]
	pub genesis: [u8; 32],
	/// [`crate::committee::key_id`] of the committee's key.
	#[serde(with = "hex_bytes")]
	pub key_id: [u8; 32],
	/// Number of the committee.
	pub committee: u32,
	/// Version of its member set.
	pub version: u32,
	/// Institution that asks.
	pub requester: u32,
	/// Hash of the one-time keys of this session.
	#[serde(with = "hex_bytes")]
	pub key_hash: [u8; 32],
}

impl LocateContext {
	/// `sha256(SCALE("salus/locate/session/v1", context, blinded element))`.
	fn transcript(&self, blinded: &[u8; 32]) -> [u8; 32] {
		sha2_256(&(TRANSCRIPT_TAG, self, blinded).encode())
	}
}

/// What one member answers.
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
pub struct LocatePart {
	/// The member's share times the blinded element.
	#[serde(with = "hex_bytes")]
	pub value: [u8; 32],
	/// That it was made with the share behind the member's key.
	pub proof: DleqProof,
}

impl LocatePart {
	/// The part of the member with this index.
	///
	/// # Errors
	/// [`PartError::Index`]; [`PartError::Element`] when the blinded element is not canonical or the identity.
	pub fn make<R: RngCore + CryptoRng>(
		context: &LocateContext,
		blinded: &[u8; 32],
		index: u16,
		share: &Share,
		rng: &mut R,
	) -> Result<Self, PartError> {
		let base = Point::from_bytes(blinded).ok_or(PartError::Element)?;
		let (value, proof) =
			answer(PART_TAG, &base, &context.transcript(blinded), index, share, rng).ok_or(PartError::Index)?;
		Ok(Self { value, proof })
	}

	/// Whether this is the part of the member with this index and key. False for whatever is malformed.
	pub fn verify(&self, context: &LocateContext, blinded: &[u8; 32], index: u16, member_key: &[u8; 32]) -> bool {
		let Some(base) = Point::from_bytes(blinded) else { return false };
		is_answer(PART_TAG, &base, &context.transcript(blinded), index, member_key, &self.value, &self.proof)
	}
}

/// Whether the bytes may be the blinded element of a request: canonical and not the identity.
pub fn is_blinded_element(bytes: &[u8; 32]) -> bool {
	Point::from_bytes(bytes).is_some()
}

/// The requester's side of one evaluation. Wiped when dropped; not printable.
pub struct Blinded {
	input: Zeroizing<Vec<u8>>,
	blind: SecretScalar,
	element: [u8; 32],
}

impl Blinded {
	/// Blinds `input` afresh. `None` when it is longer than 65,535 bytes (or maps to the identity, which nobody can provoke).
	pub fn new<R: RngCore + CryptoRng>(input: &[u8], rng: &mut R) -> Option<Self> {
		Self::with_blind(input, SecretScalar::random(rng))
	}

	/// The same again, for who kept [`Self::blind`] while the committee answered. A blind serves one session.
	pub fn with_blind(input: &[u8], blind: SecretScalar) -> Option<Self> {
		u16::try_from(input.len()).ok()?;
		let mut point = Point::from_element(hash_to_group(input))?;
		let element = point.times(&blind).to_bytes();
		point.zeroize();
		Some(Self { input: Zeroizing::new(input.to_vec()), blind, element })
	}

	/// The blinded element, which the request carries.
	pub fn element(&self) -> [u8; 32] {
		self.element
	}

	/// The blind. Secret.
	pub fn blind(&self) -> &SecretScalar {
		&self.blind
	}

	/// The output of the function from the first `k` parts, as RFC 9497 §3.3.1 finalizes it. Secret.
	///
	/// # Errors
	/// See [`CombineError`].
	pub fn finalize(&self, k: u16, parts: &[(u16, [u8; 32])]) -> Result<Zeroizing<[u8; 64]>, CombineError> {
		let evaluated = Point::from_element(interpolate(k, parts)?).ok_or(CombineError::Result)?;
		let mut inverse = self.blind.scalar().invert();
		let mut unblinded = evaluated.element() * inverse;
		inverse.zeroize();
		let element = Zeroizing::new(unblinded.compress().to_bytes());
		unblinded.zeroize();
		let input_length = u16::try_from(self.input.len()).map_err(|_| CombineError::Result)?;
		let hash = Sha512::new()
			.chain_update(input_length.to_be_bytes())
			.chain_update(&*self.input)
			.chain_update(32u16.to_be_bytes())
			.chain_update(*element)
			.chain_update(b"Finalize");
		Ok(Zeroizing::new(hash.finalize().into()))
	}
}

impl fmt::Debug for Blinded {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("Blinded(..)")
	}
}

/// HashToGroup of RFC 9497 §4.1: `expand_message_xmd` of RFC 9380 §5.3.1 with SHA-512 to 64 bytes, which is one block, mapped to
/// the group.
fn hash_to_group(input: &[u8]) -> RistrettoPoint {
	let suffix = [HASH_TO_GROUP_DST.len() as u8];
	let first = Sha512::new()
		.chain_update([0u8; 128])
		.chain_update(input)
		.chain_update(64u16.to_be_bytes())
		.chain_update([0u8])
		.chain_update(HASH_TO_GROUP_DST)
		.chain_update(suffix)
		.finalize();
	let block =
		Sha512::new().chain_update(first).chain_update([1u8]).chain_update(HASH_TO_GROUP_DST).chain_update(suffix);
	let uniform: Zeroizing<[u8; 64]> = Zeroizing::new(block.finalize().into());
	RistrettoPoint::from_uniform_bytes(&uniform)
}

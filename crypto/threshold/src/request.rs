//! A request to open an envelope: a fresh point Q of the requester, proof that it knows the logarithm q, and everything that
//! the request is about in one transcript.
//!
//! Members answer with `x_i·(u + Q)`, from which only the holder of q gets `x_i·u`. Without the proof, somebody could choose
//! `Q = u' - u` for the `u'` of another patient and read that patient's envelope from the answers.

use crate::{
	envelope::{EnvelopeHeader, EnvelopeLabel},
	group::{Point, SecretScalar},
	hex_bytes,
	proof::SchnorrProof,
};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use rand_core_chain::{CryptoRng, RngCore};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use sp_io::hashing::{blake2_256, sha2_256};

/// Domain tag of a request's proof.
pub const PROOF_TAG: &str = "salus/emergency-request/v1";
/// Domain tag of [`RequestPoint::transcript`].
pub const TRANSCRIPT_TAG: &str = "salus/emergency-session/v1";

/// What is requested, of whom, by whom. It goes into the proof of the request and into every part that answers it.
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
pub struct RequestContext {
	/// Label of the envelope. Whoever checks takes genesis, handle and epoch from the chain, never from the request.
	pub label: EnvelopeLabel,
	/// Number of the committee.
	pub committee: u32,
	/// Version of its member set.
	pub version: u32,
	/// Institution that requests.
	pub requester: u32,
	/// Hash of the one-time keys to which the second half is released.
	#[serde(with = "hex_bytes")]
	pub key_hash: [u8; 32],
	/// The envelope.
	pub header: EnvelopeHeader,
}

/// The point that members answer a valid request with, and the hash of everything it is about.
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
pub struct RequestPoint {
	/// u + Q.
	#[serde(with = "hex_bytes")]
	pub base: [u8; 32],
	/// `sha256(SCALE("salus/emergency-session/v1", request id, context, Q))`.
	#[serde(with = "hex_bytes")]
	pub transcript: [u8; 32],
}

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum RequestError {
	/// The envelope's proof does not hold under this label.
	Envelope,
	/// Q is not canonical or the identity.
	Point,
	/// u + Q is the identity.
	Base,
	/// The requester does not know q, or meant another request.
	Proof,
}

impl fmt::Display for RequestError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(match self {
			Self::Envelope => "the envelope is not sealed under this label",
			Self::Point => "the point of the request is malformed",
			Self::Base => "the point of the request cancels out the envelope",
			Self::Proof => "the proof of the request does not hold",
		})
	}
}

impl core::error::Error for RequestError {}

/// The id of a request, unique for ever because Q is fresh: `blake2_256(SCALE(genesis, requester, Q))`.
pub fn request_id(genesis: &[u8; 32], requester: u32, q_point: &[u8; 32]) -> [u8; 32] {
	blake2_256(&(genesis, requester, q_point).encode())
}

/// Proof that the requester knows `q` and means this request.
pub fn prove_request<R: RngCore + CryptoRng>(context: &RequestContext, q: &SecretScalar, rng: &mut R) -> SchnorrProof {
	let id = context.id(&q.public().to_bytes());
	SchnorrProof::prove(PROOF_TAG, &(id, context), q, rng)
}

/// Every check of a request that needs no secret: envelope, points and proof. The chain runs it once; a guardian runs it again
/// over what a finalized header shows before it touches its share.
///
/// # Errors
/// See [`RequestError`].
pub fn verify_request(
	context: &RequestContext,
	q_point: &[u8; 32],
	proof: &SchnorrProof,
) -> Result<RequestPoint, RequestError> {
	if !context.header.verify(&context.label) {
		return Err(RequestError::Envelope);
	}
	let point = RequestPoint::new(context, q_point)?;
	let q_point = Point::from_bytes(q_point).ok_or(RequestError::Point)?;
	let id = context.id(&q_point.to_bytes());
	proof.verify(PROOF_TAG, &(id, context), &q_point).then_some(point).ok_or(RequestError::Proof)
}

impl RequestContext {
	/// [`request_id`] of this request with this Q.
	pub fn id(&self, q_point: &[u8; 32]) -> [u8; 32] {
		request_id(&self.label.genesis, self.requester, q_point)
	}
}

impl RequestPoint {
	/// For a request that passed [`verify_request`]: checks the points and neither proof.
	///
	/// # Errors
	/// [`RequestError::Envelope`] when u is malformed, [`RequestError::Point`], [`RequestError::Base`].
	pub fn new(context: &RequestContext, q_point: &[u8; 32]) -> Result<Self, RequestError> {
		let u = Point::from_bytes(&context.header.u).ok_or(RequestError::Envelope)?;
		let q = Point::from_bytes(q_point).ok_or(RequestError::Point)?;
		let base = Point::from_element(u.element() + q.element()).ok_or(RequestError::Base)?;
		let transcript = sha2_256(&(TRANSCRIPT_TAG, context.id(q_point), context, q_point).encode());
		Ok(Self { base: base.to_bytes(), transcript })
	}
}

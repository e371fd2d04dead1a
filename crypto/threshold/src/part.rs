//! The vote that is a key share: a member's part of the answer to a request, and what the requester makes of k parts.

use crate::{
	committee::MAX_MEMBERS,
	group::{generator, Point, SecretScalar},
	hex_bytes,
	polynomial::lagrange,
	proof::{DleqProof, EqualLogs, SchnorrProof},
	request::{verify_request, RequestContext, RequestError, RequestPoint},
	share::Share,
};
use alloc::vec::Vec;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use core::fmt;
use curve25519_dalek::{ristretto::RistrettoPoint, traits::VartimeMultiscalarMul};
use rand_core_chain::{CryptoRng, RngCore};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, Zeroizing};

/// Domain tag of a part's proof.
pub const PART_TAG: &str = "salus/part/v1";

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
pub struct DecryptionPart {
	/// U_i = x_i·(u + Q).
	#[serde(with = "hex_bytes")]
	pub value: [u8; 32],
	/// That it was made with the share behind Y_i.
	pub proof: DleqProof,
}

/// Why a member makes no part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PartError {
	/// No member has this index.
	Index,
	/// The request does not verify.
	Request(RequestError),
	/// The blinded element is not canonical or the identity.
	Element,
}

impl fmt::Display for PartError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Index => f.write_str("no member has this index"),
			Self::Request(error) => error.fmt(f),
			Self::Element => f.write_str("the blinded element is malformed"),
		}
	}
}

impl core::error::Error for PartError {}

impl From<RequestError> for PartError {
	fn from(error: RequestError) -> Self {
		Self::Request(error)
	}
}

impl DecryptionPart {
	/// The part of the member with this index. Verifies envelope and request before it touches the share, whatever the node
	/// that showed them has verified: the caller takes them from a finalized header.
	///
	/// # Errors
	/// See [`PartError`].
	pub fn make<R: RngCore + CryptoRng>(
		context: &RequestContext,
		q_point: &[u8; 32],
		request_proof: &SchnorrProof,
		index: u16,
		share: &Share,
		rng: &mut R,
	) -> Result<Self, PartError> {
		let request = verify_request(context, q_point, request_proof)?;
		let base = Point::from_bytes(&request.base).ok_or(RequestError::Base)?;
		let (value, proof) = answer(PART_TAG, &base, &request.transcript, index, share, rng).ok_or(PartError::Index)?;
		Ok(Self { value, proof })
	}

	/// Whether this is the part of the member with this index and key in answer to a request that passed [`verify_request`].
	/// False for whatever is malformed.
	pub fn verify(&self, context: &RequestContext, q_point: &[u8; 32], index: u16, member_key: &[u8; 32]) -> bool {
		RequestPoint::new(context, q_point).is_ok_and(|request| self.answers(&request, index, member_key))
	}

	/// [`Self::verify`] for who kept the request's point.
	pub fn answers(&self, request: &RequestPoint, index: u16, member_key: &[u8; 32]) -> bool {
		let Some(base) = Point::from_bytes(&request.base) else { return false };
		is_answer(PART_TAG, &base, &request.transcript, index, member_key, &self.value, &self.proof)
	}
}

/// `share · base` of the member with this index, and the proof of it. `None` when no member can have the index.
pub(crate) fn answer<R: RngCore + CryptoRng>(
	tag: &str,
	base: &Point,
	transcript: &[u8; 32],
	index: u16,
	share: &Share,
	rng: &mut R,
) -> Option<([u8; 32], DleqProof)> {
	if !(1..=MAX_MEMBERS).contains(&index) {
		return None;
	}
	let value = base.times(share.secret());
	let logs = EqualLogs { left: (generator(), share.public()), right: (*base, value) };
	Some((value.to_bytes(), DleqProof::prove(tag, &(transcript, index), &logs, share.secret(), rng)))
}

/// Whether [`answer`] gave this with the share behind `member_key`.
pub(crate) fn is_answer(
	tag: &str,
	base: &Point,
	transcript: &[u8; 32],
	index: u16,
	member_key: &[u8; 32],
	value: &[u8; 32],
	proof: &DleqProof,
) -> bool {
	let [Some(member_key), Some(value)] = [member_key, value].map(Point::from_bytes) else { return false };
	let logs = EqualLogs { left: (generator(), member_key), right: (*base, value) };
	(1..=MAX_MEMBERS).contains(&index) && proof.verify(tag, &(transcript, index), &logs)
}

/// Why parts give nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CombineError {
	/// Fewer parts than the threshold.
	TooFew,
	/// An index is 0, above [`MAX_MEMBERS`], or there twice.
	Index,
	/// A part is not canonical or the identity.
	Part,
	/// The committee's key is not canonical or the identity.
	GroupKey,
	/// The parts add up to the identity: they are not of one request.
	Result,
}

impl fmt::Display for CombineError {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str(match self {
			Self::TooFew => "there are fewer parts than the committee's threshold",
			Self::Index => "the indices of the parts are not those of different members",
			Self::Part => "a part is malformed",
			Self::GroupKey => "the committee's key is malformed",
			Self::Result => "the parts do not belong together",
		})
	}
}

impl core::error::Error for CombineError {}

/// The shared point `x·u = r·Y` of the envelope, from the first `k` parts: `sum(lambda_i·U_i) - q·Y`. Secret.
///
/// Believes the parts, which the chain has verified. With a wrong one among them the result opens nothing; then
/// [`DecryptionPart::verify`] tells which one it is.
///
/// # Errors
/// See [`CombineError`].
pub fn combine(
	k: u16,
	parts: &[(u16, [u8; 32])],
	q: &SecretScalar,
	group_key: &[u8; 32],
) -> Result<Zeroizing<[u8; 32]>, CombineError> {
	let group_key = Point::from_bytes(group_key).ok_or(CombineError::GroupKey)?;
	let masked = interpolate(k, parts)?;
	let mut point = Point::from_element(masked - group_key.times(q).element()).ok_or(CombineError::Result)?;
	let shared = Zeroizing::new(point.to_bytes());
	point.zeroize();
	Ok(shared)
}

/// `sum(lambda_i·U_i)` over the first `k` parts. They are public, so the time it takes may depend on them.
pub(crate) fn interpolate(k: u16, parts: &[(u16, [u8; 32])]) -> Result<RistrettoPoint, CombineError> {
	if k == 0 || parts.len() < usize::from(k) {
		return Err(CombineError::TooFew);
	}
	let indices: Vec<_> = parts.iter().map(|(index, _)| *index).collect();
	// Of all parts, not only of those that count: who sends one twice is mistaken about the others too.
	if lagrange(&indices).is_none() || indices.iter().any(|index| *index > MAX_MEMBERS) {
		return Err(CombineError::Index);
	}
	let counted = usize::from(k);
	let weights = lagrange(&indices[..counted]).ok_or(CombineError::Index)?;
	let points: Option<Vec<_>> =
		parts[..counted].iter().map(|(_, bytes)| Point::from_bytes(bytes).map(|point| *point.element())).collect();
	Ok(RistrettoPoint::vartime_multiscalar_mul(weights, points.ok_or(CombineError::Part)?))
}

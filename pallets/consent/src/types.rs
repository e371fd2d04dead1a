//! What callers hand in and what the pallet stores.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{
	traits::{ConstU32, Get},
	BoundedVec, CloneNoBound, DebugNoBound, EqNoBound, PartialEqNoBound,
};
use salus_primitives::{
	CapabilityId, Commitment, InstitutionId, Moment, PatientHandle, PurposeClass, PurposeClasses, ScopeTag, DAY,
	MAX_TAGS,
};
use scale_info::TypeInfo;

/// Scope tags, at most [`MAX_TAGS`]. More do not decode.
pub type Tags = BoundedVec<ScopeTag, ConstU32<MAX_TAGS>>;

/// Hash of the wraps that belong to a capability (`blake2_256`), or of a requester's one-time keys.
pub type Hash = [u8; 32];

/// What a controller grants.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Grant {
	/// Who may ask.
	pub grantee: InstitutionId,
	/// For what; at least one, none twice.
	pub tags: Tags,
	/// To which ends.
	pub purposes: PurposeClasses,
	/// First millisecond at which it holds; may lie in the past.
	pub valid_from: Moment,
	/// First millisecond at which it no longer holds.
	pub valid_until: Moment,
	/// How many times it may be passed on; 0 is not at all.
	pub delegation_depth: u8,
	/// Salted commitment to the policy document (FHIR Consent).
	pub policy: Commitment,
	/// `blake2_256` of the set of key wraps that go with it.
	pub wraps: Hash,
}

/// A grant in force, or one that begins later. Invariant: tags are distinct, `valid_from < valid_until`, purposes are valid.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Capability {
	/// Its number.
	pub id: CapabilityId,
	/// For what.
	pub tags: Tags,
	/// To which ends.
	pub purposes: PurposeClasses,
	/// First millisecond at which it holds.
	pub valid_from: Moment,
	/// First millisecond at which it no longer holds.
	pub valid_until: Moment,
	/// How many times it may be passed on.
	pub delegation_depth: u8,
	/// Salted commitment to the policy document.
	pub policy: Commitment,
	/// `blake2_256` of the set of key wraps that go with it.
	pub wraps: Hash,
}

impl Capability {
	/// The grant under its number.
	pub(crate) fn new(id: CapabilityId, grant: Grant) -> Self {
		let Grant { tags, purposes, valid_from, valid_until, delegation_depth, policy, wraps, .. } = grant;
		Self { id, tags, purposes, valid_from, valid_until, delegation_depth, policy, wraps }
	}

	/// Whether it holds at this time.
	pub fn is_live(&self, now: Moment) -> bool {
		self.valid_from <= now && !self.has_ended(now)
	}

	/// Whether it will never hold again.
	pub fn has_ended(&self, now: Moment) -> bool {
		self.valid_until <= now
	}
}

/// The answer to a request, when anything was permitted. Invariant: tags and capabilities are not empty.
///
/// As stored it says what was permitted when it was issued; what still holds is answered by
/// [`Pallet::live_permit`](crate::Pallet::live_permit). `S` bounds the capabilities.
#[derive(
	CloneNoBound,
	DebugNoBound,
	PartialEqNoBound,
	EqNoBound,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
)]
#[scale_info(skip_type_params(S))]
#[codec(mel_bound())]
pub struct Permit<S: Get<u32>> {
	/// Whose records.
	pub handle: PatientHandle,
	/// Who asked.
	pub institution: InstitutionId,
	/// `blake2_256` over the one-time keys that asked. Nobody else can use the permit.
	pub requester: Hash,
	/// What was permitted, in the order of the request.
	pub tags: Tags,
	/// To which end.
	pub purpose: PurposeClass,
	/// The capabilities that it rests on.
	pub capabilities: BoundedVec<CapabilityId, S>,
	/// Commitment of the request's audit entry: who releases compares it with the entry that the requester shows.
	pub entry: Commitment,
	/// Slot time of the block that issued it.
	pub issued_at: Moment,
	/// First millisecond at which it no longer holds.
	pub expires_at: Moment,
}

/// Empty answers that an institution got on one day (UTC).
#[derive(
	Clone, Copy, Debug, Default, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo,
)]
pub struct RefusalCount {
	/// Days since 1970-01-01.
	pub day: u64,
	/// Empty answers on that day.
	pub count: u32,
}

impl RefusalCount {
	/// The count as it stands at this time: a new day begins at zero.
	pub(crate) fn at(self, now: Moment) -> Self {
		let day = now / DAY;
		if self.day == day {
			self
		} else {
			Self { day, count: 0 }
		}
	}
}

/// Whether no tag stands twice. At most 496 comparisons.
pub(crate) fn all_distinct(tags: &[ScopeTag]) -> bool {
	tags.iter().enumerate().all(|(i, tag)| !tags[..i].contains(tag))
}

//! What requesters hand in, and what is stored about a session.

use super::MaxMembers;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::BoundedVec;
use salus_primitives::{
	Commitment, CommitteeId, EmergencyTier, Guardian, InstitutionId, Moment, PatientHandle, ReviewVerdict,
};
use salus_threshold::{envelope::EnvelopeHeader, proof::SchnorrProof};
use scale_info::TypeInfo;

/// One practitioner on one day: a hash under a key of the institution, so that the chain can count and not name.
pub type ShiftTag = [u8; 16];

/// Indices of guardians, none twice.
pub type Indices = BoundedVec<u16, MaxMembers>;

/// The values of guardians' parts, with the index of each.
pub type Parts = BoundedVec<(u16, [u8; 32]), MaxMembers>;

/// What a requester's gateway hands in.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct EmergencyRequest {
	/// Whose data.
	pub handle: PatientHandle,
	/// How much of them.
	pub tier: EmergencyTier,
	/// Which committee is to decide.
	pub committee: CommitteeId,
	/// Number of the envelope; it is used up whatever comes of the request.
	pub envelope: u8,
	/// Opens the commitment on chain, together with the header.
	pub salt: [u8; 32],
	/// Header of the envelope.
	pub header: EnvelopeHeader,
	/// Fresh point Q that parts are re-encrypted to.
	pub point: [u8; 32],
	/// `blake2_256` over the one-time keys of the requester; the second half goes to who holds them.
	pub key_hash: [u8; 32],
	/// That the requester knows the secret of Q, for this request and no other.
	pub proof: SchnorrProof,
	/// The practitioner today.
	pub shift_tag: ShiftTag,
}

/// Where a session stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub enum EmergencyStatus {
	/// Guardians are asked.
	Requested,
	/// Enough of them approved: the data may be opened.
	Active,
	/// It was active and is over.
	Closed,
	/// Too few guardians answered in time.
	Expired,
	/// Too many guardians refused.
	Rejected,
	/// The requester took it back.
	Cancelled,
	/// A confirmed dispute, or the patient in person, ended it.
	Suspended,
}

/// An emergency session, from the request to its review. Kept for ever: a request id serves once.
///
/// Invariants: one vote at most per index; parts below `required` while requested, exactly `required` afterwards when it became
/// active; `active_until` is there when and only when it did.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Session<AccountId> {
	/// Whose data.
	pub handle: PatientHandle,
	/// How much of them.
	pub tier: EmergencyTier,
	/// Epoch of the scope when it was asked for.
	pub epoch: u32,
	/// Number of the envelope that it used up.
	pub envelope: u8,
	/// Who decides.
	pub committee: CommitteeId,
	/// Version of the committee's members. Parts of another version would be of another polynomial.
	pub version: u32,
	/// Who asks.
	pub institution: InstitutionId,
	/// The custodian at the time of the request.
	pub custodian: InstitutionId,
	/// Header of the envelope.
	pub header: EnvelopeHeader,
	/// The point Q.
	pub point: [u8; 32],
	/// `blake2_256` over the one-time keys of the requester.
	pub key_hash: [u8; 32],
	/// Knowledge of the secret of Q.
	pub proof: SchnorrProof,
	/// The practitioner on that day.
	pub shift_tag: ShiftTag,
	/// Where it stood at the last change; [`Session::status_at`] compares the time.
	pub status: EmergencyStatus,
	/// Whether a cap was reached, so that only people may approve.
	pub manual: bool,
	/// Parts that activate it.
	pub required: u16,
	/// The parts: index of the guardian, and `x_i (u + Q)`.
	pub parts: Parts,
	/// Guardians whose part did not verify; their vote is void.
	pub refused: Indices,
	/// Guardians that rejected it.
	pub rejected: Indices,
	/// When it was asked for.
	pub requested_at: Moment,
	/// First moment at which a vote comes too late.
	pub expires_at: Moment,
	/// First moment at which it is no longer active.
	pub active_until: Option<Moment>,
	/// Whether the patient contradicted it, by the own key or, as an institution says, in person.
	pub disputed: bool,
	/// Whether that was by the own key.
	pub disputed_by_key: bool,
	/// The guardians that confirmed that.
	pub confirmed: BoundedVec<Guardian<AccountId>, MaxMembers>,
	/// Until when its review is due: set when data could be read.
	pub review_due: Option<Moment>,
	/// Whether somebody found the review overdue.
	pub overdue: bool,
	/// Outcome of the review.
	pub verdict: Option<ReviewVerdict>,
	/// Commitment of the request's audit entry; guardians compare it with the entry that they are shown.
	pub entry: Commitment,
	/// Whether it is a drill on test data.
	pub drill: bool,
}

impl<AccountId> Session<AccountId> {
	/// Where it stands at a time: what has run out is over, whether anybody has said so on chain or not.
	pub fn status_at(&self, now: Moment) -> EmergencyStatus {
		match self.status {
			EmergencyStatus::Requested if self.expires_at <= now => EmergencyStatus::Expired,
			EmergencyStatus::Active if self.active_until.is_none_or(|until| until <= now) => EmergencyStatus::Closed,
			status => status,
		}
	}

	/// Whether a guardian has had its one vote, whatever it was.
	pub fn has_voted(&self, index: u16) -> bool {
		self.parts.iter().any(|(voter, _)| *voter == index)
			|| self.refused.contains(&index)
			|| self.rejected.contains(&index)
	}
}

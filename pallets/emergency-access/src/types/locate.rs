//! Locate sessions: guardians evaluate the keyed function under which patients are found by name and birth date.

use super::{Indices, Parts, ShiftTag};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use salus_primitives::{Commitment, CommitteeId, InstitutionId, Moment, PatientHandle};
use scale_info::TypeInfo;

/// How often a custodian enters one patient into the index of one committee: when demographics change, or guardians did not
/// answer.
pub const MAX_ENROLMENTS: u8 = 3;

/// What a gateway hands in to have one blinded element evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct LocateRequest {
	/// Which committee is to evaluate; one of purpose Locate.
	pub committee: CommitteeId,
	/// The blinded element (RFC 9497). It tells nothing of the name, to nobody.
	pub blinded: [u8; 32],
	/// `blake2_256` over the one-time keys of the requester.
	pub key_hash: [u8; 32],
	/// The practitioner today.
	pub shift_tag: ShiftTag,
	/// The patient whom the custodian enters into the index; `None` when somebody is looked for.
	pub enrol: Option<PatientHandle>,
}

/// A locate session. Invariant: parts are at most `required`; no index twice among parts and refused ones.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct LocateSession {
	/// Who evaluates.
	pub committee: CommitteeId,
	/// Version of the committee's members.
	pub version: u32,
	/// Who asks.
	pub institution: InstitutionId,
	/// The blinded element.
	pub blinded: [u8; 32],
	/// `blake2_256` over the one-time keys of the requester.
	pub key_hash: [u8; 32],
	/// The practitioner on that day.
	pub shift_tag: ShiftTag,
	/// The patient whom the custodian enters into the index; `None` when somebody is looked for.
	pub enrol: Option<PatientHandle>,
	/// Parts that complete it.
	pub required: u16,
	/// The parts: index of the guardian, and its evaluation.
	pub parts: Parts,
	/// Guardians whose part did not verify.
	pub refused: Indices,
	/// When it was asked for.
	pub requested_at: Moment,
	/// First moment at which it is over: parts come too late, or, once it is complete, nobody can look up with it.
	pub expires_at: Moment,
	/// Commitment of the request's audit entry.
	pub entry: Commitment,
}

/// How often a patient was entered into the index of a committee.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, DecodeWithMemTracking, MaxEncodedLen, TypeInfo)]
pub struct Enrolment {
	/// By whom. Another custodian begins anew.
	pub custodian: InstitutionId,
	/// How often, at least once.
	pub times: u8,
}

impl LocateSession {
	/// Whether enough parts are there.
	pub fn is_complete(&self) -> bool {
		self.parts.len() >= usize::from(self.required)
	}

	/// Whether a guardian has answered, well or badly.
	pub fn has_answered(&self, index: u16) -> bool {
		self.parts.iter().any(|(guardian, _)| *guardian == index) || self.refused.contains(&index)
	}
}

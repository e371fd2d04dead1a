//! Emergency access: what is opened, by whose votes, and how it is judged afterwards.

use crate::InstitutionId;
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// How much of a patient's records an emergency session opens.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Hash,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub enum EmergencyTier {
	/// The patient summary (HL7 IPS): problems, medications, allergies, blood group. Guardians' servers may answer by policy.
	Summary,
	/// The newest version of every record. People decide.
	Wider,
}

impl EmergencyTier {
	/// The byte that names it in the label of an envelope.
	pub const fn scope(self) -> u8 {
		match self {
			Self::Summary => 0,
			Self::Wider => 1,
		}
	}
}

/// What a committee's key is for. One key never serves both.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Hash,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub enum CommitteePurpose {
	/// Opens emergency envelopes.
	Release,
	/// Evaluates the keyed function (RFC 9497) under which patients are found by name and birth date.
	Locate,
}

/// Who holds a share of a committee's key.
#[derive(
	Clone,
	Debug,
	PartialEq,
	Eq,
	PartialOrd,
	Ord,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub enum Guardian<AccountId> {
	/// The emergency server of a member of the consortium; any of its gateways speaks for it.
	Institution(InstitutionId),
	/// A person whom the patient chose, with an account of its own for this patient.
	Person(AccountId),
}

/// What the reviewer of an emergency session found.
#[derive(
	Clone,
	Copy,
	Debug,
	PartialEq,
	Eq,
	Hash,
	Encode,
	Decode,
	DecodeWithMemTracking,
	MaxEncodedLen,
	TypeInfo,
	Serialize,
	Deserialize,
)]
pub enum ReviewVerdict {
	/// There was an emergency, and what was opened was needed.
	Justified,
	/// There was none, or it did not need this.
	Unjustified,
	/// It cannot be told any more.
	Inconclusive,
}

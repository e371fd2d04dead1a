//! Kinds and states of consortium members, and what each kind may ask for.

use crate::{PurposeClass, PurposeClasses};
use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// What an institution is; decides which purposes it may claim.
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
pub enum InstitutionKind {
	/// Treats in-patients; may run a validator.
	Hospital,
	/// Treats out-patients.
	Clinic,
	/// Examines samples on request.
	Laboratory,
	/// Pays for care.
	Payer,
	/// Does research under an ethics approval.
	ResearchBody,
	/// Supervises; reads audit, never charts for treatment.
	Regulator,
}

/// Whether an institution's statements count.
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
pub enum MemberStatus {
	/// Takes part.
	Active,
	/// Stopped for now; can be reinstated.
	Suspended,
	/// Gone for good. Its records stay attributed to it.
	Deactivated,
}

/// The purposes that an institution of this kind may claim at all. A claim outside of them is answered as if there were no consent.
pub const fn permitted_purposes(kind: InstitutionKind) -> PurposeClasses {
	use PurposeClass::*;
	match kind {
		InstitutionKind::Hospital | InstitutionKind::Clinic => {
			PurposeClasses::of(&[Treatment, Emergency, Patient, OperationsAndPayment, Research])
		}
		InstitutionKind::Laboratory => PurposeClasses::of(&[Treatment, OperationsAndPayment]),
		InstitutionKind::Payer => PurposeClasses::of(&[OperationsAndPayment]),
		InstitutionKind::ResearchBody => PurposeClasses::of(&[Research]),
		InstitutionKind::Regulator => PurposeClasses::of(&[PublicHealthAndLegal]),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn only_those_who_treat_may_say_treatment() {
		use InstitutionKind::*;
		for (kind, treats) in [
			(Hospital, true),
			(Clinic, true),
			(Laboratory, true),
			(Payer, false),
			(ResearchBody, false),
			(Regulator, false),
		] {
			assert_eq!(permitted_purposes(kind).contains(PurposeClass::Treatment), treats, "{kind:?}");
		}
	}
}

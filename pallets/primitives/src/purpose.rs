//! Purposes of use as the chain distinguishes them. The HL7 v3 codes themselves stay off chain.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// A class of HL7 v3 PurposeOfUse codes, coarse enough to say nothing about the patient.
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
pub enum PurposeClass {
	/// TREAT, ERTREAT: care by staff who are provisioned for it.
	Treatment,
	/// ETREAT, BTG: emergency, including the override of a directive.
	Emergency,
	/// PATRQT: at the request of the patient.
	Patient,
	/// HOPERAT, HPAYMT: operations and payment.
	OperationsAndPayment,
	/// HRESCH: research under its own consent.
	Research,
	/// PUBHLTH, HCOMPL and orders of a court.
	PublicHealthAndLegal,
}

impl PurposeClass {
	/// Every class, in the order of its bit in [`PurposeClasses`].
	pub const ALL: [Self; 6] = [
		Self::Treatment,
		Self::Emergency,
		Self::Patient,
		Self::OperationsAndPayment,
		Self::Research,
		Self::PublicHealthAndLegal,
	];

	const fn bit(self) -> u8 {
		1 << self as u8
	}
}

/// A set of purpose classes, one bit each (bit 0 is [`PurposeClass::Treatment`]).
#[derive(
	Clone,
	Copy,
	Debug,
	Default,
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
#[serde(transparent)]
pub struct PurposeClasses(pub u8);

impl PurposeClasses {
	/// The set of the given classes.
	pub const fn of(classes: &[PurposeClass]) -> Self {
		let mut bits = 0;
		let mut i = 0;
		while i < classes.len() {
			bits |= classes[i].bit();
			i += 1;
		}
		Self(bits)
	}

	/// Whether the class is in the set.
	pub const fn contains(self, class: PurposeClass) -> bool {
		self.0 & class.bit() != 0
	}

	/// At least one class, and no bit that names none.
	pub const fn is_valid(self) -> bool {
		self.0 != 0 && self.0 >> PurposeClass::ALL.len() == 0
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_set_contains_its_members_only() {
		let set = PurposeClasses::of(&[PurposeClass::Treatment, PurposeClass::Research]);
		let found: alloc::vec::Vec<_> = PurposeClass::ALL.into_iter().filter(|c| set.contains(*c)).collect();
		assert_eq!(found, [PurposeClass::Treatment, PurposeClass::Research]);
	}

	#[test]
	fn empty_and_unknown_bits_are_invalid() {
		assert!(!PurposeClasses(0).is_valid());
		assert!(!PurposeClasses(0b0100_0001).is_valid());
		assert!(PurposeClasses(0b0011_1111).is_valid());
	}
}

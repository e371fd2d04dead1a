//! What the staff registry says about a practitioner. Only that registry uses these types: no call or event about a patient does.

use codec::{Decode, DecodeWithMemTracking, Encode, MaxEncodedLen};
use frame_support::{traits::ConstU32, BoundedVec};
use scale_info::TypeInfo;
use serde::{Deserialize, Serialize};

/// Largest number of roles of one practitioner at one institution.
pub const MAX_ROLES: u32 = 8;
/// Largest number of departments of one practitioner at one institution.
pub const MAX_DEPARTMENTS: u32 = 8;
/// Longest department code, bytes.
pub const MAX_DEPARTMENT_LEN: u32 = 32;

/// A department's code: lower-case ASCII letters, digits and hyphens, e.g. `cardiology`.
pub type Department = BoundedVec<u8, ConstU32<MAX_DEPARTMENT_LEN>>;

/// A professional or administrative role.
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
pub enum StaffRole {
	/// A doctor of medicine.
	Physician,
	/// A nurse.
	Nurse,
	/// A pharmacist.
	Pharmacist,
	/// Laboratory staff.
	LaboratoryTechnician,
	/// An ambulance paramedic or call-centre attendant.
	Paramedic,
	/// Registers patients and witnesses their consent.
	Registrar,
	/// Reviews accesses and emergencies.
	PrivacyOfficer,
	/// Works on de-identified data under a study.
	Researcher,
	/// Billing and administration.
	Administrator,
}

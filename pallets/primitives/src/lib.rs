#![doc = include_str!("../README.md")]
#![cfg_attr(not(feature = "std"), no_std)]

extern crate alloc;

mod audit;
mod emergency;
mod glue;
mod ids;
mod member;
mod purpose;
mod staff;
#[cfg(any(test, feature = "test-support"))]
pub mod test_support;

pub use audit::{Act, AuditChain, AuditEntry, ChainHead, OutcomeClass, AUDIT_ENGINE_ID};
pub use emergency::{CommitteePurpose, EmergencyTier, Guardian, ReviewVerdict};
pub use glue::{
	AccountRoles, AuditLog, ControllerKind, Guardians, Handles, Members, NoGuardians, NoHandles, PractitionerSummary,
	Recorded,
};
pub use ids::{
	CapabilityId, Commitment, CommitteeId, EmergencyRequestId, InstitutionId, NodeId, PatientHandle, PermitId,
	PractitionerId, RecordId, ScopeTag,
};
pub use member::{permitted_purposes, InstitutionKind, MemberStatus};
pub use purpose::{PurposeClass, PurposeClasses};
pub use staff::{Department, StaffRole, MAX_DEPARTMENTS, MAX_DEPARTMENT_LEN, MAX_ROLES};

/// UTC time in milliseconds since the Unix epoch, as the slot time of the block gives it.
pub type Moment = u64;

/// One second, minute, hour and day in the unit of [`Moment`].
pub const SECOND: Moment = 1_000;
/// See [`SECOND`].
pub const MINUTE: Moment = 60 * SECOND;
/// See [`SECOND`].
pub const HOUR: Moment = 60 * MINUTE;
/// See [`SECOND`].
pub const DAY: Moment = 24 * HOUR;

/// Largest number of scope tags in one capability, request or permit.
pub const MAX_TAGS: u32 = 32;

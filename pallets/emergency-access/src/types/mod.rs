//! What callers hand in and what the pallet stores.

mod caps;
mod committee;
mod limits;
mod locate;
mod scope;
mod session;

pub use caps::{DayUse, MAX_SHIFTS};
pub use committee::{
	Committee, CommitteeKind, CommitteeStatus, GuardianKey, MaxMembers, Member, MemberSet, Naming, PersonalMember,
	PersonalSetup, FIRST_PERSONAL_COMMITTEE, MAX_UNCONFIRMED,
};
pub use limits::EmergencyLimits;
pub use locate::{Enrolment, LocateRequest, LocateSession, MAX_ENROLMENTS};
pub use scope::{Envelopes, Scope, SealedSet, Spent, MAX_ENVELOPES, MAX_SEALED_SETS, MAX_SPENT, RESERVED};
pub use session::{EmergencyRequest, EmergencyStatus, Indices, Parts, Session, ShiftTag};

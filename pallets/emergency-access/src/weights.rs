//! Weights of `pallet_emergency_access`, written by `scripts/weights.sh`: what changes them are the benchmarks.
//!
//! Measured on 2026-11-20: AMD EPYC, 2 cores under a load of 4.08;
//! Compiled wasm, 10 steps of each component, 5 repeats.
//!
//! A weight holds the time of the computation; reads and writes are priced by the database of the runtime. Proof size is left
//! at zero: this chain has no relay chain that would need a proof.

use core::marker::PhantomData;
use frame_support::{
	traits::Get,
	weights::{constants::ParityDbWeight, Weight},
};

/// Weight functions needed for `pallet_emergency_access`, with the storage that the benchmark of each reads and writes.
pub trait WeightInfo {
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `EmergencyAccess::GuardianKeys` (r:1 w:1)
	/// Storage: `System::BlockHash` (r:1 w:0)
	fn register_guardian_key() -> Weight;
	/// Storage: `Consortium::Institutions` (r:16 w:0)
	/// Storage: `EmergencyAccess::GuardianKeys` (r:16 w:0)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `EmergencyAccess::Limits` (r:1 w:0)
	/// Storage: `EmergencyAccess::NextCommittee` (r:1 w:1)
	/// Storage: `EmergencyAccess::Committees` (r:0 w:1)
	/// Storage: `EmergencyAccess::GuardianDuties` (r:0 w:16)
	/// The range of component `n` is `[5, 16]`.
	fn form_committee(n: u32) -> Weight;
	/// Storage: `EmergencyAccess::Committees` (r:1 w:1)
	/// Storage: `EmergencyAccess::Resharing` (r:1 w:0)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `EmergencyAccess::GuardianKeys` (r:1 w:0)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Storage: `EmergencyAccess::Dealings` (r:0 w:1)
	/// The range of component `n` is `[5, 16]`.
	fn post_dealing(n: u32) -> Weight;
	/// Storage: `EmergencyAccess::Dealings` (r:14 w:0)
	/// The range of component `d` is `[3, 14]`.
	/// The range of component `n` is `[5, 16]`.
	fn derive_keys(d: u32, n: u32) -> Weight;
	/// Storage: `EmergencyAccess::Committees` (r:1 w:1)
	/// Storage: `EmergencyAccess::Resharing` (r:1 w:0)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `EmergencyAccess::Dealings` (r:1 w:1)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Storage: `EmergencyAccess::PersonalCommittee` (r:1 w:1)
	/// Storage: `EmergencyAccess::PersonalFormation` (r:1 w:1)
	/// Storage: `EmergencyAccess::Unconfirmed` (r:16 w:16)
	/// Storage: `EmergencyAccess::UnconfirmedCount` (r:16 w:16)
	/// Storage: `Consortium::AccountRoles` (r:16 w:16)
	/// Storage: `Consortium::RetirementBounds` (r:1 w:1)
	/// Storage: `Consortium::Retiring` (r:0 w:16)
	/// Storage: `Consortium::RetirementQueue` (r:0 w:16)
	fn dispute_dealing() -> Weight;
	/// Storage: `EmergencyAccess::Committees` (r:2 w:2)
	/// Storage: `EmergencyAccess::Resharing` (r:2 w:0)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Storage: `EmergencyAccess::Unconfirmed` (r:17 w:1)
	/// Storage: `EmergencyAccess::UnconfirmedCount` (r:1 w:1)
	/// Storage: `EmergencyAccess::PersonalGuardians` (r:1 w:17)
	/// Storage: `EmergencyAccess::PersonalCommittee` (r:1 w:1)
	/// Storage: `Consortium::AccountRoles` (r:16 w:16)
	/// Storage: `Consortium::RetirementBounds` (r:1 w:1)
	/// Storage: `Consortium::Retiring` (r:0 w:16)
	/// Storage: `Consortium::RetirementQueue` (r:0 w:16)
	/// Storage: `EmergencyAccess::PersonalFormation` (r:0 w:1)
	/// Storage: `EmergencyAccess::Dealings` (r:0 w:1)
	fn confirm_share() -> Weight;
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `EmergencyAccess::Committees` (r:1 w:1)
	/// Storage: `EmergencyAccess::Resharing` (r:1 w:0)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `EmergencyAccess::PersonalCommittee` (r:1 w:1)
	/// Storage: `EmergencyAccess::PersonalFormation` (r:1 w:1)
	/// Storage: `EmergencyAccess::Unconfirmed` (r:16 w:16)
	/// Storage: `EmergencyAccess::UnconfirmedCount` (r:16 w:16)
	/// Storage: `Consortium::AccountRoles` (r:16 w:16)
	/// Storage: `Consortium::RetirementBounds` (r:1 w:1)
	/// Storage: `Consortium::Retiring` (r:0 w:16)
	/// Storage: `Consortium::RetirementQueue` (r:0 w:16)
	/// Storage: `EmergencyAccess::Dealings` (r:0 w:1)
	fn abandon_formation() -> Weight;
	/// Storage: `EmergencyAccess::Committees` (r:1 w:1)
	/// Storage: `EmergencyAccess::Resharing` (r:1 w:1)
	/// Storage: `Consortium::Institutions` (r:16 w:0)
	/// Storage: `EmergencyAccess::GuardianKeys` (r:16 w:0)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `EmergencyAccess::Limits` (r:1 w:0)
	/// Storage: `EmergencyAccess::GuardianDuties` (r:0 w:16)
	/// The range of component `n` is `[5, 16]`.
	fn reshare_committee(n: u32) -> Weight;
	/// Storage: `PatientRegistry::Handles` (r:1 w:0)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `EmergencyAccess::Committees` (r:2 w:2)
	/// Storage: `EmergencyAccess::Limits` (r:1 w:0)
	/// Storage: `Consortium::Gateways` (r:16 w:0)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Storage: `EmergencyAccess::PersonalFormation` (r:1 w:1)
	/// Storage: `EmergencyAccess::PersonalCommittee` (r:1 w:1)
	/// Storage: `EmergencyAccess::Resharing` (r:1 w:0)
	/// Storage: `EmergencyAccess::Unconfirmed` (r:16 w:32)
	/// Storage: `EmergencyAccess::UnconfirmedCount` (r:32 w:32)
	/// Storage: `Consortium::AccountRoles` (r:32 w:32)
	/// Storage: `Consortium::RetirementBounds` (r:1 w:1)
	/// Storage: `EmergencyAccess::PersonalGuardians` (r:16 w:0)
	/// Storage: `Consortium::Retiring` (r:16 w:16)
	/// Storage: `System::Account` (r:16 w:16)
	/// Storage: `AuditTrail::Heads` (r:1 w:1)
	/// Storage: `AuditTrail::Entries` (r:1 w:1)
	/// Storage: `Consortium::RetirementQueue` (r:0 w:16)
	/// Storage: `EmergencyAccess::Dealings` (r:0 w:2)
	/// The range of component `n` is `[5, 16]`.
	fn set_personal_committee(n: u32) -> Weight;
	/// Storage: `PatientRegistry::Handles` (r:1 w:0)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `EmergencyAccess::PersonalCommittee` (r:1 w:1)
	/// Storage: `EmergencyAccess::PersonalFormation` (r:1 w:1)
	/// Storage: `EmergencyAccess::Committees` (r:2 w:2)
	/// Storage: `EmergencyAccess::Resharing` (r:2 w:0)
	/// Storage: `EmergencyAccess::Unconfirmed` (r:32 w:16)
	/// Storage: `Consortium::AccountRoles` (r:32 w:32)
	/// Storage: `Consortium::RetirementBounds` (r:1 w:1)
	/// Storage: `EmergencyAccess::UnconfirmedCount` (r:16 w:16)
	/// Storage: `AuditTrail::Heads` (r:1 w:1)
	/// Storage: `AuditTrail::Entries` (r:1 w:1)
	/// Storage: `Consortium::Retiring` (r:0 w:32)
	/// Storage: `Consortium::RetirementQueue` (r:0 w:32)
	/// Storage: `EmergencyAccess::Dealings` (r:0 w:2)
	/// Storage: `EmergencyAccess::PersonalGuardians` (r:0 w:16)
	fn remove_personal_committee() -> Weight;
	/// Storage: `EmergencyAccess::Committees` (r:1 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `EmergencyAccess::ConsortiumCommittee` (r:1 w:1)
	/// Storage: `EmergencyAccess::Resharing` (r:1 w:1)
	/// Storage: `EmergencyAccess::GuardianDuties` (r:0 w:16)
	/// Storage: `EmergencyAccess::Dealings` (r:0 w:29)
	fn retire_committee() -> Weight;
	/// Storage: `EmergencyAccess::Limits` (r:0 w:1)
	fn set_limits() -> Weight;
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `PatientRegistry::Handles` (r:1 w:0)
	/// Storage: `EmergencyAccess::Scopes` (r:2 w:2)
	/// Storage: `EmergencyAccess::Committees` (r:1 w:0)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// The range of component `e` is `[1, 8]`.
	fn seal_envelopes(e: u32) -> Weight;
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:17 w:0)
	/// Storage: `PatientRegistry::Handles` (r:1 w:0)
	/// Storage: `EmergencyAccess::Committees` (r:2 w:0)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `EmergencyAccess::Scopes` (r:1 w:1)
	/// Storage: `EmergencyAccess::Limits` (r:1 w:0)
	/// Storage: `EmergencyAccess::PersonalCommittee` (r:1 w:0)
	/// Storage: `EmergencyAccess::PersonalAttempts` (r:1 w:0)
	/// Storage: `EmergencyAccess::Sessions` (r:2 w:1)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Storage: `EmergencyAccess::OpenCount` (r:1 w:1)
	/// Storage: `EmergencyAccess::EmergencyUse` (r:1 w:1)
	/// Storage: `EmergencyAccess::GuardianKeys` (r:16 w:0)
	/// Storage: `EmergencyAccess::OverdueUntil` (r:1 w:0)
	/// Storage: `AuditTrail::Heads` (r:1 w:1)
	/// Storage: `AuditTrail::Entries` (r:1 w:1)
	/// Storage: `EmergencyAccess::OpenSessions` (r:0 w:1)
	/// Storage: `EmergencyAccess::SessionsOf` (r:0 w:1)
	fn request_emergency() -> Weight;
	/// Storage: `EmergencyAccess::Sessions` (r:1 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `EmergencyAccess::Committees` (r:1 w:0)
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:17 w:0)
	/// Storage: `EmergencyAccess::GuardianKeys` (r:16 w:0)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Storage: `EmergencyAccess::OpenCount` (r:1 w:1)
	/// Storage: `EmergencyAccess::OpenSessions` (r:0 w:1)
	fn approve_request() -> Weight;
	/// Storage: `EmergencyAccess::Sessions` (r:1 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `EmergencyAccess::Committees` (r:1 w:0)
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:16 w:0)
	/// Storage: `EmergencyAccess::GuardianKeys` (r:16 w:0)
	/// Storage: `PatientRegistry::Handles` (r:1 w:0)
	/// Storage: `AuditTrail::Heads` (r:1 w:1)
	/// Storage: `AuditTrail::Entries` (r:1 w:1)
	/// Storage: `EmergencyAccess::OpenCount` (r:1 w:1)
	/// Storage: `EmergencyAccess::OpenSessions` (r:0 w:1)
	fn reject_request() -> Weight;
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `EmergencyAccess::Sessions` (r:1 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `PatientRegistry::Handles` (r:1 w:0)
	/// Storage: `AuditTrail::Heads` (r:1 w:1)
	/// Storage: `AuditTrail::Entries` (r:1 w:1)
	/// Storage: `EmergencyAccess::OpenCount` (r:1 w:1)
	/// Storage: `EmergencyAccess::OpenSessions` (r:0 w:1)
	fn cancel_request() -> Weight;
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `EmergencyAccess::Sessions` (r:1 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `PatientRegistry::Handles` (r:1 w:0)
	/// Storage: `AuditTrail::Heads` (r:1 w:1)
	/// Storage: `AuditTrail::Entries` (r:1 w:1)
	/// Storage: `EmergencyAccess::Limits` (r:1 w:0)
	/// Storage: `EmergencyAccess::Scopes` (r:1 w:1)
	/// Storage: `EmergencyAccess::OpenCount` (r:1 w:1)
	/// Storage: `EmergencyAccess::OpenSessions` (r:0 w:1)
	fn close_session() -> Weight;
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `EmergencyAccess::Sessions` (r:1 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `EmergencyAccess::Limits` (r:1 w:0)
	/// Storage: `EmergencyAccess::Scopes` (r:1 w:1)
	/// Storage: `EmergencyAccess::OpenCount` (r:1 w:1)
	/// Storage: `EmergencyAccess::OpenSessions` (r:0 w:1)
	fn expire_session() -> Weight;
	/// Storage: `PatientRegistry::Handles` (r:1 w:0)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `EmergencyAccess::Sessions` (r:1 w:1)
	/// Storage: `AuditTrail::Heads` (r:1 w:1)
	/// Storage: `AuditTrail::Entries` (r:1 w:1)
	fn dispute_session() -> Weight;
	/// Storage: `EmergencyAccess::Sessions` (r:1 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `EmergencyAccess::Committees` (r:1 w:0)
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `EmergencyAccess::GuardianKeys` (r:1 w:0)
	/// Storage: `EmergencyAccess::Limits` (r:1 w:0)
	/// Storage: `PatientRegistry::Handles` (r:1 w:0)
	/// Storage: `AuditTrail::Heads` (r:1 w:1)
	/// Storage: `AuditTrail::Entries` (r:1 w:1)
	/// Storage: `EmergencyAccess::Scopes` (r:1 w:1)
	/// Storage: `EmergencyAccess::OpenCount` (r:1 w:1)
	/// Storage: `EmergencyAccess::OpenSessions` (r:0 w:1)
	fn confirm_dispute() -> Weight;
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `EmergencyAccess::Sessions` (r:1 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `PatientRegistry::Handles` (r:1 w:0)
	/// Storage: `AuditTrail::Heads` (r:1 w:1)
	/// Storage: `AuditTrail::Entries` (r:1 w:1)
	/// Storage: `EmergencyAccess::Limits` (r:1 w:0)
	/// Storage: `EmergencyAccess::SuspensionUse` (r:1 w:1)
	/// Storage: `EmergencyAccess::Scopes` (r:1 w:1)
	/// Storage: `EmergencyAccess::OpenCount` (r:1 w:1)
	/// Storage: `EmergencyAccess::OpenSessions` (r:0 w:1)
	fn suspend_in_person() -> Weight;
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `EmergencyAccess::Sessions` (r:1 w:1)
	/// Storage: `PatientRegistry::Handles` (r:1 w:0)
	/// Storage: `AuditTrail::Heads` (r:1 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `AuditTrail::Entries` (r:1 w:1)
	/// Storage: `EmergencyAccess::OverdueReviews` (r:1 w:1)
	/// Storage: `EmergencyAccess::OverdueUntil` (r:0 w:1)
	fn review_session() -> Weight;
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `EmergencyAccess::Sessions` (r:1 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `EmergencyAccess::OverdueReviews` (r:1 w:1)
	/// Storage: `EmergencyAccess::Limits` (r:1 w:0)
	/// Storage: `EmergencyAccess::OverdueUntil` (r:0 w:1)
	fn escalate_review() -> Weight;
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:17 w:0)
	/// Storage: `PatientRegistry::Handles` (r:1 w:0)
	/// Storage: `EmergencyAccess::Committees` (r:1 w:0)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Storage: `EmergencyAccess::LocateSessions` (r:1 w:1)
	/// Storage: `EmergencyAccess::GuardianKeys` (r:16 w:0)
	/// Storage: `EmergencyAccess::Limits` (r:1 w:0)
	/// Storage: `EmergencyAccess::EnrolmentUse` (r:1 w:1)
	/// Storage: `EmergencyAccess::Enrolments` (r:1 w:1)
	/// Storage: `AuditTrail::Heads` (r:1 w:1)
	/// Storage: `AuditTrail::Entries` (r:1 w:1)
	/// Storage: `EmergencyAccess::OpenLocates` (r:0 w:1)
	fn request_locate() -> Weight;
	/// Storage: `EmergencyAccess::LocateSessions` (r:1 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `EmergencyAccess::Committees` (r:1 w:0)
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:2 w:0)
	/// Storage: `EmergencyAccess::GuardianKeys` (r:1 w:0)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Storage: `AuditTrail::Heads` (r:1 w:1)
	/// Storage: `AuditTrail::Entries` (r:1 w:1)
	/// Storage: `EmergencyAccess::Limits` (r:1 w:0)
	/// Storage: `EmergencyAccess::OpenLocates` (r:0 w:1)
	fn evaluate_locate() -> Weight;
	/// Storage: `EmergencyAccess::ExpiryCursor` (r:1 w:1)
	/// Storage: `EmergencyAccess::OpenSessions` (r:16 w:16)
	/// Storage: `EmergencyAccess::Sessions` (r:16 w:16)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `EmergencyAccess::Limits` (r:1 w:0)
	/// Storage: `EmergencyAccess::Scopes` (r:16 w:16)
	/// Storage: `EmergencyAccess::OpenCount` (r:1 w:1)
	/// Storage: `EmergencyAccess::LocateCursor` (r:1 w:1)
	/// Storage: `EmergencyAccess::LocateSessions` (r:17 w:16)
	/// Storage: `EmergencyAccess::Enrolments` (r:16 w:16)
	/// Storage: `EmergencyAccess::OpenLocates` (r:0 w:16)
	/// The range of component `s` is `[0, 16]`.
	/// The range of component `l` is `[0, 16]`.
	fn expire_some(s: u32, l: u32) -> Weight;
}

/// Weights for `pallet_emergency_access` with the database weights of the runtime.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	fn register_guardian_key() -> Weight {
		// Shortest run: 111_838 ns.
		Weight::from_parts(118_778_000, 0)
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	fn form_committee(n: u32) -> Weight {
		// Shortest run: 52_839 ns.
		Weight::from_parts(16_401_361, 0)
			// Standard error: 24_799 ps.
			.saturating_add(Weight::from_parts(8_303_193, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().reads(2).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().writes(2))
			.saturating_add(T::DbWeight::get().writes(1).saturating_mul(n.into()))
	}
	fn post_dealing(n: u32) -> Weight {
		// Shortest run: 236_154 ns.
		Weight::from_parts(209_400_373, 0)
			// Standard error: 52_621 ps.
			.saturating_add(Weight::from_parts(7_916_606, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(7))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	fn derive_keys(d: u32, n: u32) -> Weight {
		// Shortest run: 919_651 ns.
		Weight::from_parts(955_515_000, 0)
			// Standard error: 19_155_741 ps.
			.saturating_add(Weight::from_parts(5_157_633, 0).saturating_mul(d.into()))
			// Standard error: 16_468_618 ps.
			.saturating_add(Weight::from_parts(202_331_527, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(1).saturating_mul(d.into()))
	}
	fn dispute_dealing() -> Weight {
		// Shortest run: 689_185 ns.
		Weight::from_parts(764_568_000, 0)
			.saturating_add(T::DbWeight::get().reads(56))
			.saturating_add(T::DbWeight::get().writes(85))
	}
	fn confirm_share() -> Weight {
		// Shortest run: 420_772 ns.
		Weight::from_parts(473_281_000, 0)
			.saturating_add(T::DbWeight::get().reads(43))
			.saturating_add(T::DbWeight::get().writes(73))
	}
	fn abandon_formation() -> Weight {
		// Shortest run: 345_028 ns.
		Weight::from_parts(370_817_000, 0)
			.saturating_add(T::DbWeight::get().reads(56))
			.saturating_add(T::DbWeight::get().writes(85))
	}
	fn reshare_committee(n: u32) -> Weight {
		// Shortest run: 70_095 ns.
		Weight::from_parts(53_745_632, 0)
			// Standard error: 124_574 ps.
			.saturating_add(Weight::from_parts(7_850_715, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().reads(2).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().writes(2))
			.saturating_add(T::DbWeight::get().writes(1).saturating_mul(n.into()))
	}
	fn set_personal_committee(n: u32) -> Weight {
		// Shortest run: 838_930 ns.
		Weight::from_parts(340_801_209, 0)
			// Standard error: 1_490_769 ps.
			.saturating_add(Weight::from_parts(109_271_857, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(60))
			.saturating_add(T::DbWeight::get().reads(6).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().writes(89))
			.saturating_add(T::DbWeight::get().writes(4).saturating_mul(n.into()))
	}
	fn remove_personal_committee() -> Weight {
		// Shortest run: 661_043 ns.
		Weight::from_parts(733_061_000, 0)
			.saturating_add(T::DbWeight::get().reads(91))
			.saturating_add(T::DbWeight::get().writes(153))
	}
	fn retire_committee() -> Weight {
		// Shortest run: 204_267 ns.
		Weight::from_parts(211_347_000, 0)
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(48))
	}
	fn set_limits() -> Weight {
		// Shortest run: 4_517 ns.
		Weight::from_parts(5_228_000, 0).saturating_add(T::DbWeight::get().writes(1))
	}
	fn seal_envelopes(e: u32) -> Weight {
		// Shortest run: 50_787 ns.
		Weight::from_parts(71_932_792, 0)
			// Standard error: 166_075 ps.
			.saturating_add(Weight::from_parts(157_449, 0).saturating_mul(e.into()))
			.saturating_add(T::DbWeight::get().reads(7))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	fn request_emergency() -> Weight {
		// Shortest run: 585_289 ns.
		Weight::from_parts(618_559_000, 0)
			.saturating_add(T::DbWeight::get().reads(50))
			.saturating_add(T::DbWeight::get().writes(8))
	}
	fn approve_request() -> Weight {
		// Shortest run: 402_094 ns.
		Weight::from_parts(431_218_000, 0)
			.saturating_add(T::DbWeight::get().reads(39))
			.saturating_add(T::DbWeight::get().writes(3))
	}
	fn reject_request() -> Weight {
		// Shortest run: 194_783 ns.
		Weight::from_parts(208_793_000, 0)
			.saturating_add(T::DbWeight::get().reads(40))
			.saturating_add(T::DbWeight::get().writes(5))
	}
	fn cancel_request() -> Weight {
		// Shortest run: 84_166 ns.
		Weight::from_parts(101_502_000, 0)
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(5))
	}
	fn close_session() -> Weight {
		// Shortest run: 96_835 ns.
		Weight::from_parts(104_136_000, 0)
			.saturating_add(T::DbWeight::get().reads(10))
			.saturating_add(T::DbWeight::get().writes(6))
	}
	fn expire_session() -> Weight {
		// Shortest run: 71_637 ns.
		Weight::from_parts(79_299_000, 0)
			.saturating_add(T::DbWeight::get().reads(7))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	fn dispute_session() -> Weight {
		// Shortest run: 64_147 ns.
		Weight::from_parts(74_362_000, 0)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(3))
	}
	fn confirm_dispute() -> Weight {
		// Shortest run: 119_400 ns.
		Weight::from_parts(130_876_000, 0)
			.saturating_add(T::DbWeight::get().reads(12))
			.saturating_add(T::DbWeight::get().writes(6))
	}
	fn suspend_in_person() -> Weight {
		// Shortest run: 109_755 ns.
		Weight::from_parts(123_746_000, 0)
			.saturating_add(T::DbWeight::get().reads(11))
			.saturating_add(T::DbWeight::get().writes(7))
	}
	fn review_session() -> Weight {
		// Shortest run: 71_447 ns.
		Weight::from_parts(94_161_000, 0)
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(5))
	}
	fn escalate_review() -> Weight {
		// Shortest run: 53_791 ns.
		Weight::from_parts(68_303_000, 0)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(3))
	}
	fn request_locate() -> Weight {
		// Shortest run: 220_031 ns.
		Weight::from_parts(235_864_000, 0)
			.saturating_add(T::DbWeight::get().reads(44))
			.saturating_add(T::DbWeight::get().writes(6))
	}
	fn evaluate_locate() -> Weight {
		// Shortest run: 310_667 ns.
		Weight::from_parts(333_450_000, 0)
			.saturating_add(T::DbWeight::get().reads(11))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	fn expire_some(s: u32, l: u32) -> Weight {
		// Shortest run: 230_546 ns.
		Weight::from_parts(68_447_296, 0)
			// Standard error: 935_601 ps.
			.saturating_add(Weight::from_parts(21_145_453, 0).saturating_mul(s.into()))
			// Standard error: 935_601 ps.
			.saturating_add(Weight::from_parts(13_926_151, 0).saturating_mul(l.into()))
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().reads(3).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().reads(2).saturating_mul(l.into()))
			.saturating_add(T::DbWeight::get().writes(3))
			.saturating_add(T::DbWeight::get().writes(3).saturating_mul(s.into()))
			.saturating_add(T::DbWeight::get().writes(3).saturating_mul(l.into()))
	}
}

// For tests and other runtimes.
impl WeightInfo for () {
	fn register_guardian_key() -> Weight {
		Weight::from_parts(118_778_000, 0)
			.saturating_add(ParityDbWeight::get().reads(4))
			.saturating_add(ParityDbWeight::get().writes(1))
	}
	fn form_committee(n: u32) -> Weight {
		Weight::from_parts(16_401_361, 0)
			.saturating_add(Weight::from_parts(8_303_193, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads(3))
			.saturating_add(ParityDbWeight::get().reads(2).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().writes(2))
			.saturating_add(ParityDbWeight::get().writes(1).saturating_mul(n.into()))
	}
	fn post_dealing(n: u32) -> Weight {
		Weight::from_parts(209_400_373, 0)
			.saturating_add(Weight::from_parts(7_916_606, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads(7))
			.saturating_add(ParityDbWeight::get().writes(2))
	}
	fn derive_keys(d: u32, n: u32) -> Weight {
		Weight::from_parts(955_515_000, 0)
			.saturating_add(Weight::from_parts(5_157_633, 0).saturating_mul(d.into()))
			.saturating_add(Weight::from_parts(202_331_527, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads(1).saturating_mul(d.into()))
	}
	fn dispute_dealing() -> Weight {
		Weight::from_parts(764_568_000, 0)
			.saturating_add(ParityDbWeight::get().reads(56))
			.saturating_add(ParityDbWeight::get().writes(85))
	}
	fn confirm_share() -> Weight {
		Weight::from_parts(473_281_000, 0)
			.saturating_add(ParityDbWeight::get().reads(43))
			.saturating_add(ParityDbWeight::get().writes(73))
	}
	fn abandon_formation() -> Weight {
		Weight::from_parts(370_817_000, 0)
			.saturating_add(ParityDbWeight::get().reads(56))
			.saturating_add(ParityDbWeight::get().writes(85))
	}
	fn reshare_committee(n: u32) -> Weight {
		Weight::from_parts(53_745_632, 0)
			.saturating_add(Weight::from_parts(7_850_715, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads(4))
			.saturating_add(ParityDbWeight::get().reads(2).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().writes(2))
			.saturating_add(ParityDbWeight::get().writes(1).saturating_mul(n.into()))
	}
	fn set_personal_committee(n: u32) -> Weight {
		Weight::from_parts(340_801_209, 0)
			.saturating_add(Weight::from_parts(109_271_857, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads(60))
			.saturating_add(ParityDbWeight::get().reads(6).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().writes(89))
			.saturating_add(ParityDbWeight::get().writes(4).saturating_mul(n.into()))
	}
	fn remove_personal_committee() -> Weight {
		Weight::from_parts(733_061_000, 0)
			.saturating_add(ParityDbWeight::get().reads(91))
			.saturating_add(ParityDbWeight::get().writes(153))
	}
	fn retire_committee() -> Weight {
		Weight::from_parts(211_347_000, 0)
			.saturating_add(ParityDbWeight::get().reads(4))
			.saturating_add(ParityDbWeight::get().writes(48))
	}
	fn set_limits() -> Weight {
		Weight::from_parts(5_228_000, 0).saturating_add(ParityDbWeight::get().writes(1))
	}
	fn seal_envelopes(e: u32) -> Weight {
		Weight::from_parts(71_932_792, 0)
			.saturating_add(Weight::from_parts(157_449, 0).saturating_mul(e.into()))
			.saturating_add(ParityDbWeight::get().reads(7))
			.saturating_add(ParityDbWeight::get().writes(2))
	}
	fn request_emergency() -> Weight {
		Weight::from_parts(618_559_000, 0)
			.saturating_add(ParityDbWeight::get().reads(50))
			.saturating_add(ParityDbWeight::get().writes(8))
	}
	fn approve_request() -> Weight {
		Weight::from_parts(431_218_000, 0)
			.saturating_add(ParityDbWeight::get().reads(39))
			.saturating_add(ParityDbWeight::get().writes(3))
	}
	fn reject_request() -> Weight {
		Weight::from_parts(208_793_000, 0)
			.saturating_add(ParityDbWeight::get().reads(40))
			.saturating_add(ParityDbWeight::get().writes(5))
	}
	fn cancel_request() -> Weight {
		Weight::from_parts(101_502_000, 0)
			.saturating_add(ParityDbWeight::get().reads(8))
			.saturating_add(ParityDbWeight::get().writes(5))
	}
	fn close_session() -> Weight {
		Weight::from_parts(104_136_000, 0)
			.saturating_add(ParityDbWeight::get().reads(10))
			.saturating_add(ParityDbWeight::get().writes(6))
	}
	fn expire_session() -> Weight {
		Weight::from_parts(79_299_000, 0)
			.saturating_add(ParityDbWeight::get().reads(7))
			.saturating_add(ParityDbWeight::get().writes(4))
	}
	fn dispute_session() -> Weight {
		Weight::from_parts(74_362_000, 0)
			.saturating_add(ParityDbWeight::get().reads(5))
			.saturating_add(ParityDbWeight::get().writes(3))
	}
	fn confirm_dispute() -> Weight {
		Weight::from_parts(130_876_000, 0)
			.saturating_add(ParityDbWeight::get().reads(12))
			.saturating_add(ParityDbWeight::get().writes(6))
	}
	fn suspend_in_person() -> Weight {
		Weight::from_parts(123_746_000, 0)
			.saturating_add(ParityDbWeight::get().reads(11))
			.saturating_add(ParityDbWeight::get().writes(7))
	}
	fn review_session() -> Weight {
		Weight::from_parts(94_161_000, 0)
			.saturating_add(ParityDbWeight::get().reads(8))
			.saturating_add(ParityDbWeight::get().writes(5))
	}
	fn escalate_review() -> Weight {
		Weight::from_parts(68_303_000, 0)
			.saturating_add(ParityDbWeight::get().reads(6))
			.saturating_add(ParityDbWeight::get().writes(3))
	}
	fn request_locate() -> Weight {
		Weight::from_parts(235_864_000, 0)
			.saturating_add(ParityDbWeight::get().reads(44))
			.saturating_add(ParityDbWeight::get().writes(6))
	}
	fn evaluate_locate() -> Weight {
		Weight::from_parts(333_450_000, 0)
			.saturating_add(ParityDbWeight::get().reads(11))
			.saturating_add(ParityDbWeight::get().writes(4))
	}
	fn expire_some(s: u32, l: u32) -> Weight {
		Weight::from_parts(68_447_296, 0)
			.saturating_add(Weight::from_parts(21_145_453, 0).saturating_mul(s.into()))
			.saturating_add(Weight::from_parts(13_926_151, 0).saturating_mul(l.into()))
			.saturating_add(ParityDbWeight::get().reads(6))
			.saturating_add(ParityDbWeight::get().reads(3).saturating_mul(s.into()))
			.saturating_add(ParityDbWeight::get().reads(2).saturating_mul(l.into()))
			.saturating_add(ParityDbWeight::get().writes(3))
			.saturating_add(ParityDbWeight::get().writes(3).saturating_mul(s.into()))
			.saturating_add(ParityDbWeight::get().writes(3).saturating_mul(l.into()))
	}
}

//! Weights of `pallet_consortium`, written by `scripts/weights.sh`: what changes them are the benchmarks.
//!
//! Measured on 2026-11-20: AMD EPYC, 2 cores under a load of 4.11;
//! Compiled wasm, 20 steps of each component, 10 repeats.
//!
//! A weight holds the time of the computation; reads and writes are priced by the database of the runtime. Proof size is left
//! at zero: this chain has no relay chain that would need a proof.

use core::marker::PhantomData;
use frame_support::{
	traits::Get,
	weights::{constants::ParityDbWeight, Weight},
};

/// Weight functions needed for `pallet_consortium`, with the storage that the benchmark of each reads and writes.
pub trait WeightInfo {
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Operators` (r:1 w:1)
	/// Storage: `Consortium::Validators` (r:1 w:0)
	/// Storage: `Consortium::MemberCount` (r:1 w:1)
	/// Storage: `Consortium::NextInstitution` (r:1 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `Consortium::ParameterValues` (r:2 w:0)
	/// Storage: `Consortium::AccountRoles` (r:1 w:1)
	/// Storage: `Consortium::Retiring` (r:1 w:0)
	/// Storage: `System::Account` (r:1 w:1)
	/// Storage: `Consortium::Seats` (r:1 w:1)
	/// Storage: `Council::Proposals` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:0 w:1)
	/// Storage: `Council::Members` (r:0 w:1)
	/// Storage: `Council::Prime` (r:0 w:1)
	fn admit_institution() -> Weight;
	/// Storage: `Consortium::Institutions` (r:1 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `Consortium::Seats` (r:1 w:1)
	/// Storage: `Council::Proposals` (r:1 w:0)
	/// Storage: `Council::Members` (r:0 w:1)
	/// Storage: `Council::Prime` (r:0 w:1)
	fn suspend_institution() -> Weight;
	/// Storage: `Consortium::Institutions` (r:1 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `Consortium::VoidPeriods` (r:1 w:1)
	/// Storage: `Consortium::Seats` (r:1 w:1)
	/// Storage: `Council::Proposals` (r:1 w:0)
	/// Storage: `Council::Members` (r:0 w:1)
	/// Storage: `Council::Prime` (r:0 w:1)
	fn reinstate_institution() -> Weight;
	/// Storage: `Consortium::Institutions` (r:2 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `Consortium::Validators` (r:1 w:1)
	/// Storage: `Consortium::PlannedValidators` (r:1 w:0)
	/// Storage: `Consortium::Offenders` (r:1 w:1)
	/// Storage: `Session::NextKeys` (r:64 w:0)
	/// Storage: `Consortium::AccountRoles` (r:72 w:72)
	/// Storage: `Consortium::RetirementBounds` (r:1 w:1)
	/// Storage: `Consortium::Departing` (r:2 w:1)
	/// Storage: `Session::Validators` (r:1 w:0)
	/// Storage: `Session::QueuedKeys` (r:1 w:0)
	/// Storage: `Consortium::Seats` (r:1 w:1)
	/// Storage: `Council::Proposals` (r:1 w:0)
	/// Storage: `Consortium::GatewaysOf` (r:1 w:1)
	/// Storage: `Consortium::MemberCount` (r:1 w:1)
	/// Storage: `Consortium::Retiring` (r:0 w:72)
	/// Storage: `Consortium::Operators` (r:0 w:1)
	/// Storage: `Consortium::Buckets` (r:0 w:4)
	/// Storage: `Consortium::Nodes` (r:0 w:1)
	/// Storage: `Consortium::RetirementQueue` (r:0 w:72)
	/// Storage: `Consortium::Gateways` (r:0 w:8)
	/// Storage: `Council::Members` (r:0 w:1)
	/// Storage: `Council::Prime` (r:0 w:1)
	/// The range of component `g` is `[0, 8]`.
	/// The range of component `v` is `[0, 64]`.
	fn deactivate_institution(g: u32, v: u32) -> Weight;
	/// Storage: `Consortium::Institutions` (r:1 w:1)
	fn set_quota() -> Weight;
	/// Storage: `Consortium::Operators` (r:2 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `Consortium::Gateways` (r:1 w:1)
	/// Storage: `Consortium::Validators` (r:1 w:0)
	/// Storage: `Consortium::GatewaysOf` (r:1 w:1)
	/// Storage: `Consortium::AccountRoles` (r:1 w:1)
	/// Storage: `Consortium::Retiring` (r:1 w:0)
	/// Storage: `System::Account` (r:1 w:1)
	fn register_gateway() -> Weight;
	/// Storage: `Consortium::Operators` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `Consortium::Gateways` (r:1 w:1)
	/// Storage: `Consortium::GatewaysOf` (r:1 w:1)
	/// Storage: `Consortium::AccountRoles` (r:1 w:1)
	/// Storage: `Consortium::RetirementBounds` (r:1 w:1)
	/// Storage: `Consortium::Retiring` (r:0 w:1)
	/// Storage: `Consortium::RetirementQueue` (r:0 w:1)
	fn remove_gateway() -> Weight;
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Operators` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `Consortium::Practitioners` (r:1 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	fn register_practitioner() -> Weight;
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Operators` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `Consortium::Practitioners` (r:1 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	fn update_practitioner() -> Weight;
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Operators` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `Consortium::Practitioners` (r:1 w:1)
	fn end_practitioner() -> Weight;
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Operators` (r:1 w:0)
	/// Storage: `Consortium::Validators` (r:1 w:1)
	/// Storage: `Consortium::AccountRoles` (r:1 w:1)
	/// Storage: `Consortium::Retiring` (r:1 w:0)
	/// Storage: `System::Account` (r:1 w:1)
	/// The range of component `v` is `[1, 64]`.
	fn add_validator(v: u32) -> Weight;
	/// Storage: `Consortium::Validators` (r:1 w:1)
	/// Storage: `Consortium::PlannedValidators` (r:1 w:0)
	/// Storage: `Consortium::Offenders` (r:1 w:1)
	/// Storage: `Session::NextKeys` (r:64 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `Consortium::AccountRoles` (r:1 w:1)
	/// Storage: `Consortium::RetirementBounds` (r:1 w:1)
	/// Storage: `Consortium::Retiring` (r:0 w:1)
	/// Storage: `Consortium::RetirementQueue` (r:0 w:1)
	/// The range of component `v` is `[1, 64]`.
	fn remove_validator(v: u32) -> Weight;
	/// Storage: `Consortium::Institutions` (r:1 w:1)
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Operators` (r:1 w:2)
	/// Storage: `Consortium::Validators` (r:1 w:0)
	/// Storage: `Consortium::AccountRoles` (r:2 w:2)
	/// Storage: `Consortium::Retiring` (r:1 w:1)
	/// Storage: `System::Account` (r:1 w:1)
	/// Storage: `Consortium::RetirementBounds` (r:1 w:1)
	/// Storage: `Consortium::Seats` (r:1 w:1)
	/// Storage: `Council::Proposals` (r:1 w:0)
	/// Storage: `Consortium::RetirementQueue` (r:0 w:1)
	/// Storage: `Council::Members` (r:0 w:1)
	/// Storage: `Council::Prime` (r:0 w:1)
	fn replace_operator() -> Weight;
	/// Storage: `Consortium::ParameterValues` (r:1 w:0)
	/// Storage: `Consortium::Pauses` (r:1 w:1)
	/// Storage: `Consortium::PauseRequests` (r:0 w:1)
	fn enact() -> Weight;
	/// Storage: `Consortium::Operators` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:99 w:0)
	/// Storage: `Consortium::Pauses` (r:1 w:0)
	/// Storage: `Consortium::ParameterValues` (r:1 w:0)
	/// Storage: `Consortium::PauseRequests` (r:1 w:1)
	/// Storage: `Consortium::Seats` (r:1 w:0)
	fn request_pause() -> Weight;
	/// Storage: `Consortium::Institutions` (r:3 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `Consortium::Seats` (r:1 w:0)
	/// Storage: `Consortium::Operators` (r:3 w:0)
	fn set_membership_end() -> Weight;
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Operators` (r:1 w:0)
	/// Storage: `Consortium::Validators` (r:1 w:0)
	/// Storage: `Consortium::AccountRoles` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `Consortium::Seats` (r:1 w:1)
	/// Storage: `Council::Proposals` (r:1 w:0)
	/// Storage: `Council::Members` (r:0 w:1)
	/// Storage: `Council::Prime` (r:0 w:1)
	fn expire_membership() -> Weight;
	/// Storage: `Consortium::Operators` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `Consortium::Nodes` (r:1 w:1)
	/// Storage: `Consortium::ParameterValues` (r:1 w:0)
	fn register_node() -> Weight;
	/// Storage: `Consortium::Operators` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `Consortium::Nodes` (r:1 w:1)
	fn remove_node() -> Weight;
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Operators` (r:1 w:0)
	/// Storage: `Consortium::Validators` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `Consortium::Buckets` (r:1 w:1)
	/// Storage: `Consortium::ParameterValues` (r:1 w:0)
	fn check_member() -> Weight;
	/// Storage: `PatientRegistry::Handles` (r:1 w:0)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `Consortium::PatientBuckets` (r:1 w:1)
	/// Storage: `Consortium::ParameterValues` (r:2 w:0)
	/// Storage: `Consortium::PatientsOf` (r:1 w:1)
	fn check_patient() -> Weight;
	/// Storage: `Consortium::RetirementBounds` (r:1 w:1)
	/// Storage: `Consortium::RetirementQueue` (r:1 w:1)
	/// Storage: `Consortium::Retiring` (r:1 w:1)
	/// Storage: `Session::Validators` (r:1 w:0)
	/// Storage: `Session::QueuedKeys` (r:1 w:0)
	/// Storage: `Session::NextKeys` (r:1 w:0)
	/// Storage: `System::Account` (r:1 w:1)
	fn retire_account() -> Weight;
	/// Storage: `Consortium::ParameterValues` (r:2 w:0)
	/// Storage: `Consortium::SweepCursor` (r:1 w:1)
	/// Storage: `Consortium::PatientBuckets` (r:2 w:1)
	fn sweep_bucket() -> Weight;
	/// Storage: `Session::DisabledValidators` (r:1 w:0)
	/// Storage: `Session::Validators` (r:1 w:0)
	/// Storage: `Consortium::Validators` (r:1 w:0)
	/// Storage: `Consortium::Offenders` (r:1 w:1)
	fn on_offence() -> Weight;
}

/// Weights for `pallet_consortium` with the database weights of the runtime.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	fn admit_institution() -> Weight {
		// Shortest run: 35_023 ns.
		Weight::from_parts(38_177_000, 0)
			.saturating_add(T::DbWeight::get().reads(13))
			.saturating_add(T::DbWeight::get().writes(9))
	}
	fn suspend_institution() -> Weight {
		// Shortest run: 16_885 ns.
		Weight::from_parts(18_047_000, 0)
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	fn reinstate_institution() -> Weight {
		// Shortest run: 20_861 ns.
		Weight::from_parts(22_554_000, 0)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(5))
	}
	fn deactivate_institution(g: u32, v: u32) -> Weight {
		// Shortest run: 151_638 ns.
		Weight::from_parts(57_350_639, 0)
			// Standard error: 93_735 ps.
			.saturating_add(Weight::from_parts(11_268_033, 0).saturating_mul(g.into()))
			// Standard error: 12_454 ps.
			.saturating_add(Weight::from_parts(12_714_683, 0).saturating_mul(v.into()))
			.saturating_add(T::DbWeight::get().reads(15))
			.saturating_add(T::DbWeight::get().reads(1).saturating_mul(g.into()))
			.saturating_add(T::DbWeight::get().reads(2).saturating_mul(v.into()))
			.saturating_add(T::DbWeight::get().writes(16))
			.saturating_add(T::DbWeight::get().writes(4).saturating_mul(g.into()))
			.saturating_add(T::DbWeight::get().writes(3).saturating_mul(v.into()))
	}
	fn set_quota() -> Weight {
		// Shortest run: 10_075 ns.
		Weight::from_parts(11_167_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	fn register_gateway() -> Weight {
		// Shortest run: 37_927 ns.
		Weight::from_parts(41_603_000, 0)
			.saturating_add(T::DbWeight::get().reads(9))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	fn remove_gateway() -> Weight {
		// Shortest run: 30_836 ns.
		Weight::from_parts(33_961_000, 0)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(6))
	}
	fn register_practitioner() -> Weight {
		// Shortest run: 21_703 ns.
		Weight::from_parts(23_816_000, 0)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	fn update_practitioner() -> Weight {
		// Shortest run: 25_899 ns.
		Weight::from_parts(27_311_000, 0)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	fn end_practitioner() -> Weight {
		// Shortest run: 22_143 ns.
		Weight::from_parts(23_505_000, 0)
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	fn add_validator(v: u32) -> Weight {
		// Shortest run: 25_138 ns.
		Weight::from_parts(26_336_578, 0)
			// Standard error: 607 ps.
			.saturating_add(Weight::from_parts(130_410, 0).saturating_mul(v.into()))
			.saturating_add(T::DbWeight::get().reads(7))
			.saturating_add(T::DbWeight::get().writes(3))
	}
	fn remove_validator(v: u32) -> Weight {
		// Shortest run: 30_185 ns.
		Weight::from_parts(29_383_208, 0)
			// Standard error: 911 ps.
			.saturating_add(Weight::from_parts(1_712_568, 0).saturating_mul(v.into()))
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().reads(1).saturating_mul(v.into()))
			.saturating_add(T::DbWeight::get().writes(6))
	}
	fn replace_operator() -> Weight {
		// Shortest run: 42_644 ns.
		Weight::from_parts(45_759_000, 0)
			.saturating_add(T::DbWeight::get().reads(11))
			.saturating_add(T::DbWeight::get().writes(12))
	}
	fn enact() -> Weight {
		// Shortest run: 13_801 ns.
		Weight::from_parts(15_173_000, 0)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	fn request_pause() -> Weight {
		// Shortest run: 433_511 ns.
		Weight::from_parts(460_121_000, 0)
			.saturating_add(T::DbWeight::get().reads(104))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	fn set_membership_end() -> Weight {
		// Shortest run: 26_420 ns.
		Weight::from_parts(28_583_000, 0)
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	fn expire_membership() -> Weight {
		// Shortest run: 26_640 ns.
		Weight::from_parts(28_893_000, 0)
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	fn register_node() -> Weight {
		// Shortest run: 16_976 ns.
		Weight::from_parts(18_799_000, 0)
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	fn remove_node() -> Weight {
		// Shortest run: 15_713 ns.
		Weight::from_parts(17_196_000, 0)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	fn check_member() -> Weight {
		// Shortest run: 28_372 ns.
		Weight::from_parts(30_285_000, 0)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	fn check_patient() -> Weight {
		// Shortest run: 30_976 ns.
		Weight::from_parts(33_781_000, 0)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	fn retire_account() -> Weight {
		// Shortest run: 26_370 ns.
		Weight::from_parts(28_543_000, 0)
			.saturating_add(T::DbWeight::get().reads(7))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	fn sweep_bucket() -> Weight {
		// Shortest run: 13_029 ns.
		Weight::from_parts(13_951_000, 0)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	fn on_offence() -> Weight {
		// Shortest run: 11_937 ns.
		Weight::from_parts(13_180_000, 0)
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(1))
	}
}

// For tests and other runtimes.
impl WeightInfo for () {
	fn admit_institution() -> Weight {
		Weight::from_parts(38_177_000, 0)
			.saturating_add(ParityDbWeight::get().reads(13))
			.saturating_add(ParityDbWeight::get().writes(9))
	}
	fn suspend_institution() -> Weight {
		Weight::from_parts(18_047_000, 0)
			.saturating_add(ParityDbWeight::get().reads(4))
			.saturating_add(ParityDbWeight::get().writes(4))
	}
	fn reinstate_institution() -> Weight {
		Weight::from_parts(22_554_000, 0)
			.saturating_add(ParityDbWeight::get().reads(5))
			.saturating_add(ParityDbWeight::get().writes(5))
	}
	fn deactivate_institution(g: u32, v: u32) -> Weight {
		Weight::from_parts(57_350_639, 0)
			.saturating_add(Weight::from_parts(11_268_033, 0).saturating_mul(g.into()))
			.saturating_add(Weight::from_parts(12_714_683, 0).saturating_mul(v.into()))
			.saturating_add(ParityDbWeight::get().reads(15))
			.saturating_add(ParityDbWeight::get().reads(1).saturating_mul(g.into()))
			.saturating_add(ParityDbWeight::get().reads(2).saturating_mul(v.into()))
			.saturating_add(ParityDbWeight::get().writes(16))
			.saturating_add(ParityDbWeight::get().writes(4).saturating_mul(g.into()))
			.saturating_add(ParityDbWeight::get().writes(3).saturating_mul(v.into()))
	}
	fn set_quota() -> Weight {
		Weight::from_parts(11_167_000, 0)
			.saturating_add(ParityDbWeight::get().reads(1))
			.saturating_add(ParityDbWeight::get().writes(1))
	}
	fn register_gateway() -> Weight {
		Weight::from_parts(41_603_000, 0)
			.saturating_add(ParityDbWeight::get().reads(9))
			.saturating_add(ParityDbWeight::get().writes(4))
	}
	fn remove_gateway() -> Weight {
		Weight::from_parts(33_961_000, 0)
			.saturating_add(ParityDbWeight::get().reads(6))
			.saturating_add(ParityDbWeight::get().writes(6))
	}
	fn register_practitioner() -> Weight {
		Weight::from_parts(23_816_000, 0)
			.saturating_add(ParityDbWeight::get().reads(5))
			.saturating_add(ParityDbWeight::get().writes(1))
	}
	fn update_practitioner() -> Weight {
		Weight::from_parts(27_311_000, 0)
			.saturating_add(ParityDbWeight::get().reads(5))
			.saturating_add(ParityDbWeight::get().writes(1))
	}
	fn end_practitioner() -> Weight {
		Weight::from_parts(23_505_000, 0)
			.saturating_add(ParityDbWeight::get().reads(4))
			.saturating_add(ParityDbWeight::get().writes(1))
	}
	fn add_validator(v: u32) -> Weight {
		Weight::from_parts(26_336_578, 0)
			.saturating_add(Weight::from_parts(130_410, 0).saturating_mul(v.into()))
			.saturating_add(ParityDbWeight::get().reads(7))
			.saturating_add(ParityDbWeight::get().writes(3))
	}
	fn remove_validator(v: u32) -> Weight {
		Weight::from_parts(29_383_208, 0)
			.saturating_add(Weight::from_parts(1_712_568, 0).saturating_mul(v.into()))
			.saturating_add(ParityDbWeight::get().reads(6))
			.saturating_add(ParityDbWeight::get().reads(1).saturating_mul(v.into()))
			.saturating_add(ParityDbWeight::get().writes(6))
	}
	fn replace_operator() -> Weight {
		Weight::from_parts(45_759_000, 0)
			.saturating_add(ParityDbWeight::get().reads(11))
			.saturating_add(ParityDbWeight::get().writes(12))
	}
	fn enact() -> Weight {
		Weight::from_parts(15_173_000, 0)
			.saturating_add(ParityDbWeight::get().reads(2))
			.saturating_add(ParityDbWeight::get().writes(2))
	}
	fn request_pause() -> Weight {
		Weight::from_parts(460_121_000, 0)
			.saturating_add(ParityDbWeight::get().reads(104))
			.saturating_add(ParityDbWeight::get().writes(1))
	}
	fn set_membership_end() -> Weight {
		Weight::from_parts(28_583_000, 0)
			.saturating_add(ParityDbWeight::get().reads(8))
			.saturating_add(ParityDbWeight::get().writes(1))
	}
	fn expire_membership() -> Weight {
		Weight::from_parts(28_893_000, 0)
			.saturating_add(ParityDbWeight::get().reads(8))
			.saturating_add(ParityDbWeight::get().writes(4))
	}
	fn register_node() -> Weight {
		Weight::from_parts(18_799_000, 0)
			.saturating_add(ParityDbWeight::get().reads(4))
			.saturating_add(ParityDbWeight::get().writes(1))
	}
	fn remove_node() -> Weight {
		Weight::from_parts(17_196_000, 0)
			.saturating_add(ParityDbWeight::get().reads(3))
			.saturating_add(ParityDbWeight::get().writes(1))
	}
	fn check_member() -> Weight {
		Weight::from_parts(30_285_000, 0)
			.saturating_add(ParityDbWeight::get().reads(6))
			.saturating_add(ParityDbWeight::get().writes(1))
	}
	fn check_patient() -> Weight {
		Weight::from_parts(33_781_000, 0)
			.saturating_add(ParityDbWeight::get().reads(6))
			.saturating_add(ParityDbWeight::get().writes(2))
	}
	fn retire_account() -> Weight {
		Weight::from_parts(28_543_000, 0)
			.saturating_add(ParityDbWeight::get().reads(7))
			.saturating_add(ParityDbWeight::get().writes(4))
	}
	fn sweep_bucket() -> Weight {
		Weight::from_parts(13_951_000, 0)
			.saturating_add(ParityDbWeight::get().reads(5))
			.saturating_add(ParityDbWeight::get().writes(2))
	}
	fn on_offence() -> Weight {
		Weight::from_parts(13_180_000, 0)
			.saturating_add(ParityDbWeight::get().reads(4))
			.saturating_add(ParityDbWeight::get().writes(1))
	}
}

//! Weights of `pallet_consortium`, written by `scripts/weights.sh`: what changes them are the benchmarks.
//!
//! Measured on 2026-11-20: AMD EPYC, 2 cores under a load of 2.32;
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
	/// Storage: `Session::Validators` (r:1 w:0)
	/// Storage: `Session::QueuedKeys` (r:1 w:0)
	/// Storage: `Consortium::AccountRoles` (r:72 w:72)
	/// Storage: `Consortium::RetirementBounds` (r:1 w:1)
	/// Storage: `Consortium::Seats` (r:1 w:1)
	/// Storage: `Council::Proposals` (r:1 w:0)
	/// Storage: `Consortium::GatewaysOf` (r:1 w:1)
	/// Storage: `Consortium::MemberCount` (r:1 w:1)
	/// Storage: `Consortium::Departing` (r:1 w:0)
	/// Storage: `Consortium::NamedIn` (r:0 w:63)
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
	/// Storage: `Consortium::Offenders` (r:1 w:0)
	/// Storage: `Session::CurrentIndex` (r:1 w:0)
	/// Storage: `Consortium::AccountRoles` (r:1 w:1)
	/// Storage: `Consortium::Retiring` (r:1 w:0)
	/// Storage: `System::Account` (r:1 w:1)
	/// Storage: `Consortium::NamedIn` (r:0 w:1)
	/// The range of component `v` is `[1, 64]`.
	fn add_validator(v: u32) -> Weight;
	/// Storage: `Consortium::Validators` (r:1 w:1)
	/// Storage: `Consortium::PlannedValidators` (r:1 w:0)
	/// Storage: `Consortium::Offenders` (r:1 w:1)
	/// Storage: `Session::NextKeys` (r:64 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `Session::Validators` (r:1 w:0)
	/// Storage: `Session::QueuedKeys` (r:1 w:0)
	/// Storage: `Consortium::AccountRoles` (r:1 w:1)
	/// Storage: `Consortium::RetirementBounds` (r:1 w:1)
	/// Storage: `Consortium::NamedIn` (r:0 w:1)
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
	/// Storage: `Consortium::NamedIn` (r:1 w:0)
	/// Storage: `Consortium::Offenders` (r:1 w:1)
	fn on_offence() -> Weight;
}

/// Weights for `pallet_consortium` with the database weights of the runtime.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	fn admit_institution() -> Weight {
		// Shortest run: 34_672 ns.
		Weight::from_parts(39_059_000, 0)
			.saturating_add(T::DbWeight::get().reads(13))
			.saturating_add(T::DbWeight::get().writes(9))
	}
	fn suspend_institution() -> Weight {
		// Shortest run: 17_587 ns.
		Weight::from_parts(19_068_000, 0)
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	fn reinstate_institution() -> Weight {
		// Shortest run: 21_653 ns.
		Weight::from_parts(23_645_000, 0)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(5))
	}
	fn deactivate_institution(g: u32, v: u32) -> Weight {
		// Shortest run: 153_000 ns.
		Weight::from_parts(44_403_473, 0)
			// Standard error: 190_264 ps.
			.saturating_add(Weight::from_parts(13_525_179, 0).saturating_mul(g.into()))
			// Standard error: 25_281 ps.
			.saturating_add(Weight::from_parts(16_467_550, 0).saturating_mul(v.into()))
			.saturating_add(T::DbWeight::get().reads(14))
			.saturating_add(T::DbWeight::get().reads(1).saturating_mul(g.into()))
			.saturating_add(T::DbWeight::get().reads(2).saturating_mul(v.into()))
			.saturating_add(T::DbWeight::get().writes(14))
			.saturating_add(T::DbWeight::get().writes(4).saturating_mul(g.into()))
			.saturating_add(T::DbWeight::get().writes(4).saturating_mul(v.into()))
	}
	fn set_quota() -> Weight {
		// Shortest run: 11_167 ns.
		Weight::from_parts(12_349_000, 0)
			.saturating_add(T::DbWeight::get().reads(1))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	fn register_gateway() -> Weight {
		// Shortest run: 37_777 ns.
		Weight::from_parts(41_372_000, 0)
			.saturating_add(T::DbWeight::get().reads(9))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	fn remove_gateway() -> Weight {
		// Shortest run: 30_916 ns.
		Weight::from_parts(34_782_000, 0)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(6))
	}
	fn register_practitioner() -> Weight {
		// Shortest run: 23_065 ns.
		Weight::from_parts(24_957_000, 0)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	fn update_practitioner() -> Weight {
		// Shortest run: 26_971 ns.
		Weight::from_parts(28_703_000, 0)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	fn end_practitioner() -> Weight {
		// Shortest run: 23_215 ns.
		Weight::from_parts(24_767_000, 0)
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	fn add_validator(v: u32) -> Weight {
		// Shortest run: 30_957 ns.
		Weight::from_parts(32_382_152, 0)
			// Standard error: 827 ps.
			.saturating_add(Weight::from_parts(163_802, 0).saturating_mul(v.into()))
			.saturating_add(T::DbWeight::get().reads(9))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	fn remove_validator(v: u32) -> Weight {
		// Shortest run: 36_585 ns.
		Weight::from_parts(36_366_344, 0)
			// Standard error: 1_056 ps.
			.saturating_add(Weight::from_parts(1_782_670, 0).saturating_mul(v.into()))
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().reads(1).saturating_mul(v.into()))
			.saturating_add(T::DbWeight::get().writes(7))
	}
	fn replace_operator() -> Weight {
		// Shortest run: 45_518 ns.
		Weight::from_parts(48_453_000, 0)
			.saturating_add(T::DbWeight::get().reads(11))
			.saturating_add(T::DbWeight::get().writes(12))
	}
	fn enact() -> Weight {
		// Shortest run: 14_281 ns.
		Weight::from_parts(15_804_000, 0)
			.saturating_add(T::DbWeight::get().reads(2))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	fn request_pause() -> Weight {
		// Shortest run: 446_641 ns.
		Weight::from_parts(478_929_000, 0)
			.saturating_add(T::DbWeight::get().reads(104))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	fn set_membership_end() -> Weight {
		// Shortest run: 27_532 ns.
		Weight::from_parts(30_466_000, 0)
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	fn expire_membership() -> Weight {
		// Shortest run: 27_691 ns.
		Weight::from_parts(30_756_000, 0)
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	fn register_node() -> Weight {
		// Shortest run: 18_067 ns.
		Weight::from_parts(20_190_000, 0)
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	fn remove_node() -> Weight {
		// Shortest run: 17_447 ns.
		Weight::from_parts(18_758_000, 0)
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	fn check_member() -> Weight {
		// Shortest run: 29_434 ns.
		Weight::from_parts(31_628_000, 0)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	fn check_patient() -> Weight {
		// Shortest run: 32_789 ns.
		Weight::from_parts(35_253_000, 0)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	fn retire_account() -> Weight {
		// Shortest run: 27_100 ns.
		Weight::from_parts(29_915_000, 0)
			.saturating_add(T::DbWeight::get().reads(7))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	fn sweep_bucket() -> Weight {
		// Shortest run: 13_510 ns.
		Weight::from_parts(14_491_000, 0)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(2))
	}
	fn on_offence() -> Weight {
		// Shortest run: 18_908 ns.
		Weight::from_parts(20_671_000, 0)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(1))
	}
}

// For tests and other runtimes.
impl WeightInfo for () {
	fn admit_institution() -> Weight {
		Weight::from_parts(39_059_000, 0)
			.saturating_add(ParityDbWeight::get().reads(13))
			.saturating_add(ParityDbWeight::get().writes(9))
	}
	fn suspend_institution() -> Weight {
		Weight::from_parts(19_068_000, 0)
			.saturating_add(ParityDbWeight::get().reads(4))
			.saturating_add(ParityDbWeight::get().writes(4))
	}
	fn reinstate_institution() -> Weight {
		Weight::from_parts(23_645_000, 0)
			.saturating_add(ParityDbWeight::get().reads(5))
			.saturating_add(ParityDbWeight::get().writes(5))
	}
	fn deactivate_institution(g: u32, v: u32) -> Weight {
		Weight::from_parts(44_403_473, 0)
			.saturating_add(Weight::from_parts(13_525_179, 0).saturating_mul(g.into()))
			.saturating_add(Weight::from_parts(16_467_550, 0).saturating_mul(v.into()))
			.saturating_add(ParityDbWeight::get().reads(14))
			.saturating_add(ParityDbWeight::get().reads(1).saturating_mul(g.into()))
			.saturating_add(ParityDbWeight::get().reads(2).saturating_mul(v.into()))
			.saturating_add(ParityDbWeight::get().writes(14))
			.saturating_add(ParityDbWeight::get().writes(4).saturating_mul(g.into()))
			.saturating_add(ParityDbWeight::get().writes(4).saturating_mul(v.into()))
	}
	fn set_quota() -> Weight {
		Weight::from_parts(12_349_000, 0)
			.saturating_add(ParityDbWeight::get().reads(1))
			.saturating_add(ParityDbWeight::get().writes(1))
	}
	fn register_gateway() -> Weight {
		Weight::from_parts(41_372_000, 0)
			.saturating_add(ParityDbWeight::get().reads(9))
			.saturating_add(ParityDbWeight::get().writes(4))
	}
	fn remove_gateway() -> Weight {
		Weight::from_parts(34_782_000, 0)
			.saturating_add(ParityDbWeight::get().reads(6))
			.saturating_add(ParityDbWeight::get().writes(6))
	}
	fn register_practitioner() -> Weight {
		Weight::from_parts(24_957_000, 0)
			.saturating_add(ParityDbWeight::get().reads(5))
			.saturating_add(ParityDbWeight::get().writes(1))
	}
	fn update_practitioner() -> Weight {
		Weight::from_parts(28_703_000, 0)
			.saturating_add(ParityDbWeight::get().reads(5))
			.saturating_add(ParityDbWeight::get().writes(1))
	}
	fn end_practitioner() -> Weight {
		Weight::from_parts(24_767_000, 0)
			.saturating_add(ParityDbWeight::get().reads(4))
			.saturating_add(ParityDbWeight::get().writes(1))
	}
	fn add_validator(v: u32) -> Weight {
		Weight::from_parts(32_382_152, 0)
			.saturating_add(Weight::from_parts(163_802, 0).saturating_mul(v.into()))
			.saturating_add(ParityDbWeight::get().reads(9))
			.saturating_add(ParityDbWeight::get().writes(4))
	}
	fn remove_validator(v: u32) -> Weight {
		Weight::from_parts(36_366_344, 0)
			.saturating_add(Weight::from_parts(1_782_670, 0).saturating_mul(v.into()))
			.saturating_add(ParityDbWeight::get().reads(8))
			.saturating_add(ParityDbWeight::get().reads(1).saturating_mul(v.into()))
			.saturating_add(ParityDbWeight::get().writes(7))
	}
	fn replace_operator() -> Weight {
		Weight::from_parts(48_453_000, 0)
			.saturating_add(ParityDbWeight::get().reads(11))
			.saturating_add(ParityDbWeight::get().writes(12))
	}
	fn enact() -> Weight {
		Weight::from_parts(15_804_000, 0)
			.saturating_add(ParityDbWeight::get().reads(2))
			.saturating_add(ParityDbWeight::get().writes(2))
	}
	fn request_pause() -> Weight {
		Weight::from_parts(478_929_000, 0)
			.saturating_add(ParityDbWeight::get().reads(104))
			.saturating_add(ParityDbWeight::get().writes(1))
	}
	fn set_membership_end() -> Weight {
		Weight::from_parts(30_466_000, 0)
			.saturating_add(ParityDbWeight::get().reads(8))
			.saturating_add(ParityDbWeight::get().writes(1))
	}
	fn expire_membership() -> Weight {
		Weight::from_parts(30_756_000, 0)
			.saturating_add(ParityDbWeight::get().reads(8))
			.saturating_add(ParityDbWeight::get().writes(4))
	}
	fn register_node() -> Weight {
		Weight::from_parts(20_190_000, 0)
			.saturating_add(ParityDbWeight::get().reads(4))
			.saturating_add(ParityDbWeight::get().writes(1))
	}
	fn remove_node() -> Weight {
		Weight::from_parts(18_758_000, 0)
			.saturating_add(ParityDbWeight::get().reads(3))
			.saturating_add(ParityDbWeight::get().writes(1))
	}
	fn check_member() -> Weight {
		Weight::from_parts(31_628_000, 0)
			.saturating_add(ParityDbWeight::get().reads(6))
			.saturating_add(ParityDbWeight::get().writes(1))
	}
	fn check_patient() -> Weight {
		Weight::from_parts(35_253_000, 0)
			.saturating_add(ParityDbWeight::get().reads(6))
			.saturating_add(ParityDbWeight::get().writes(2))
	}
	fn retire_account() -> Weight {
		Weight::from_parts(29_915_000, 0)
			.saturating_add(ParityDbWeight::get().reads(7))
			.saturating_add(ParityDbWeight::get().writes(4))
	}
	fn sweep_bucket() -> Weight {
		Weight::from_parts(14_491_000, 0)
			.saturating_add(ParityDbWeight::get().reads(5))
			.saturating_add(ParityDbWeight::get().writes(2))
	}
	fn on_offence() -> Weight {
		Weight::from_parts(20_671_000, 0)
			.saturating_add(ParityDbWeight::get().reads(5))
			.saturating_add(ParityDbWeight::get().writes(1))
	}
}

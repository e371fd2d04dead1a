//! Weights of `pallet_patient_registry`, written by `scripts/weights.sh`: what changes them are the benchmarks.
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

/// Weight functions needed for `pallet_patient_registry`, with the storage that the benchmark of each reads and writes.
pub trait WeightInfo {
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `PatientRegistry::Handles` (r:1 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `AuditTrail::Heads` (r:1 w:1)
	/// Storage: `AuditTrail::Entries` (r:1 w:1)
	fn register_custodial() -> Weight;
	/// Storage: `Consortium::Gateways` (r:2 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `PatientRegistry::Handles` (r:1 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Storage: `Consortium::AccountRoles` (r:1 w:1)
	/// Storage: `Consortium::Retiring` (r:1 w:0)
	/// Storage: `System::Account` (r:1 w:1)
	/// Storage: `AuditTrail::Heads` (r:1 w:1)
	/// Storage: `AuditTrail::Entries` (r:1 w:1)
	fn register_self_held() -> Weight;
	/// Storage: `Consortium::Gateways` (r:2 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `PatientRegistry::Handles` (r:1 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `PatientRegistry::ClaimDelay` (r:1 w:0)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Storage: `Consortium::AccountRoles` (r:1 w:1)
	/// Storage: `Consortium::Retiring` (r:1 w:0)
	/// Storage: `System::Account` (r:1 w:1)
	/// Storage: `AuditTrail::Heads` (r:1 w:1)
	/// Storage: `AuditTrail::Entries` (r:1 w:1)
	fn claim_handle() -> Weight;
	/// Storage: `PatientRegistry::Handles` (r:1 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `Consortium::AccountRoles` (r:2 w:2)
	/// Storage: `Consortium::RetirementBounds` (r:1 w:1)
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Storage: `Consortium::Retiring` (r:1 w:1)
	/// Storage: `System::Account` (r:1 w:1)
	/// Storage: `AuditTrail::Heads` (r:1 w:1)
	/// Storage: `AuditTrail::Entries` (r:1 w:1)
	/// Storage: `Consortium::RetirementQueue` (r:0 w:1)
	fn rotate_controller() -> Weight;
	/// Storage: `PatientRegistry::Handles` (r:1 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `Consortium::AccountRoles` (r:1 w:1)
	/// Storage: `Consortium::RetirementBounds` (r:1 w:1)
	/// Storage: `AuditTrail::Heads` (r:1 w:1)
	/// Storage: `AuditTrail::Entries` (r:1 w:1)
	/// Storage: `Consortium::Retiring` (r:0 w:1)
	/// Storage: `Consortium::RetirementQueue` (r:0 w:1)
	fn retire_handle() -> Weight;
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `PatientRegistry::Handles` (r:1 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `AuditTrail::Heads` (r:1 w:1)
	/// Storage: `AuditTrail::Entries` (r:1 w:1)
	fn register_provisional() -> Weight;
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `PatientRegistry::Handles` (r:2 w:1)
	/// Storage: `PatientRegistry::Merges` (r:1 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `AuditTrail::Heads` (r:2 w:2)
	/// Storage: `AuditTrail::Entries` (r:1 w:1)
	/// Storage: `PatientRegistry::MergedInto` (r:0 w:1)
	fn merge_handle() -> Weight;
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `PatientRegistry::Handles` (r:1 w:1)
	/// Storage: `PatientRegistry::MergedInto` (r:1 w:1)
	/// Storage: `PatientRegistry::Merges` (r:1 w:1)
	/// Storage: `AuditTrail::Heads` (r:2 w:2)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `AuditTrail::Entries` (r:1 w:1)
	fn unmerge_handle() -> Weight;
}

/// Weights for `pallet_patient_registry` with the database weights of the runtime.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	fn register_custodial() -> Weight {
		// Shortest run: 29_975 ns.
		Weight::from_parts(34_392_000, 0)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(3))
	}
	fn register_self_held() -> Weight {
		// Shortest run: 89_795 ns.
		Weight::from_parts(104_116_000, 0)
			.saturating_add(T::DbWeight::get().reads(11))
			.saturating_add(T::DbWeight::get().writes(5))
	}
	fn claim_handle() -> Weight {
		// Shortest run: 91_107 ns.
		Weight::from_parts(105_539_000, 0)
			.saturating_add(T::DbWeight::get().reads(12))
			.saturating_add(T::DbWeight::get().writes(5))
	}
	fn rotate_controller() -> Weight {
		// Shortest run: 97_076 ns.
		Weight::from_parts(113_951_000, 0)
			.saturating_add(T::DbWeight::get().reads(11))
			.saturating_add(T::DbWeight::get().writes(9))
	}
	fn retire_handle() -> Weight {
		// Shortest run: 40_230 ns.
		Weight::from_parts(44_627_000, 0)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(7))
	}
	fn register_provisional() -> Weight {
		// Shortest run: 29_895 ns.
		Weight::from_parts(33_740_000, 0)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(3))
	}
	fn merge_handle() -> Weight {
		// Shortest run: 57_507 ns.
		Weight::from_parts(65_078_000, 0)
			.saturating_add(T::DbWeight::get().reads(9))
			.saturating_add(T::DbWeight::get().writes(6))
	}
	fn unmerge_handle() -> Weight {
		// Shortest run: 55_464 ns.
		Weight::from_parts(63_666_000, 0)
			.saturating_add(T::DbWeight::get().reads(9))
			.saturating_add(T::DbWeight::get().writes(6))
	}
}

// For tests and other runtimes.
impl WeightInfo for () {
	fn register_custodial() -> Weight {
		Weight::from_parts(34_392_000, 0)
			.saturating_add(ParityDbWeight::get().reads(6))
			.saturating_add(ParityDbWeight::get().writes(3))
	}
	fn register_self_held() -> Weight {
		Weight::from_parts(104_116_000, 0)
			.saturating_add(ParityDbWeight::get().reads(11))
			.saturating_add(ParityDbWeight::get().writes(5))
	}
	fn claim_handle() -> Weight {
		Weight::from_parts(105_539_000, 0)
			.saturating_add(ParityDbWeight::get().reads(12))
			.saturating_add(ParityDbWeight::get().writes(5))
	}
	fn rotate_controller() -> Weight {
		Weight::from_parts(113_951_000, 0)
			.saturating_add(ParityDbWeight::get().reads(11))
			.saturating_add(ParityDbWeight::get().writes(9))
	}
	fn retire_handle() -> Weight {
		Weight::from_parts(44_627_000, 0)
			.saturating_add(ParityDbWeight::get().reads(6))
			.saturating_add(ParityDbWeight::get().writes(7))
	}
	fn register_provisional() -> Weight {
		Weight::from_parts(33_740_000, 0)
			.saturating_add(ParityDbWeight::get().reads(6))
			.saturating_add(ParityDbWeight::get().writes(3))
	}
	fn merge_handle() -> Weight {
		Weight::from_parts(65_078_000, 0)
			.saturating_add(ParityDbWeight::get().reads(9))
			.saturating_add(ParityDbWeight::get().writes(6))
	}
	fn unmerge_handle() -> Weight {
		Weight::from_parts(63_666_000, 0)
			.saturating_add(ParityDbWeight::get().reads(9))
			.saturating_add(ParityDbWeight::get().writes(6))
	}
}

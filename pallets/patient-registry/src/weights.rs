//! Weights of `pallet_patient_registry`.
//!
//! Estimates until the benchmark machine writes this file: storage operations of the call and of the pallets behind the glue traits
//! (membership, account roles), plus processor time from comparable calls (a signature check: about 60 us). The audit entry is not
//! in them: calls add `AuditLog::record_weight`.

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(unused_parens)]
#![allow(unused_imports)]
#![allow(missing_docs)]

use frame_support::{traits::Get, weights::{Weight, constants::RocksDbWeight}};
use core::marker::PhantomData;

/// Weight functions needed for `pallet_patient_registry`.
pub trait WeightInfo {
	fn register_custodial() -> Weight;
	fn register_self_held() -> Weight;
	fn claim_handle() -> Weight;
	fn rotate_controller() -> Weight;
	fn retire_handle() -> Weight;
	fn register_provisional() -> Weight;
	fn merge_handle() -> Weight;
	fn unmerge_handle() -> Weight;
}

/// Weights for `pallet_patient_registry` using the Salus node.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `PatientRegistry::Handles` (r:1 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	fn register_custodial() -> Weight {
		Weight::from_parts(22_000_000, 16942)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Consortium::Gateways` (r:2 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `PatientRegistry::Handles` (r:1 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Storage: `Consortium::AccountRoles` (r:1 w:1)
	/// Storage: `System::Account` (r:1 w:1)
	/// Storage: `Consortium::Retiring` (r:1 w:1)
	fn register_self_held() -> Weight {
		Weight::from_parts(88_000_000, 29701)
			.saturating_add(T::DbWeight::get().reads(9_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	/// Storage: `Consortium::Gateways` (r:2 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `PatientRegistry::Handles` (r:1 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `PatientRegistry::ClaimDelay` (r:1 w:0)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Storage: `Consortium::AccountRoles` (r:1 w:1)
	/// Storage: `System::Account` (r:1 w:1)
	/// Storage: `Consortium::Retiring` (r:1 w:1)
	fn claim_handle() -> Weight {
		Weight::from_parts(90_000_000, 29701)
			.saturating_add(T::DbWeight::get().reads(10_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `PatientRegistry::Handles` (r:1 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Storage: `Consortium::AccountRoles` (r:2 w:2)
	/// Storage: `System::Account` (r:1 w:1)
	/// Storage: `Consortium::Retiring` (r:1 w:2)
	/// Storage: `Consortium::RetirementBounds` (r:1 w:1)
	/// Storage: `Consortium::RetirementQueue` (r:0 w:1)
	fn rotate_controller() -> Weight {
		Weight::from_parts(96_000_000, 29653)
			.saturating_add(T::DbWeight::get().reads(9_u64))
			.saturating_add(T::DbWeight::get().writes(8_u64))
	}
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `PatientRegistry::Handles` (r:1 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `Consortium::AccountRoles` (r:1 w:1)
	/// Storage: `Consortium::Retiring` (r:0 w:1)
	/// Storage: `Consortium::RetirementBounds` (r:1 w:1)
	/// Storage: `Consortium::RetirementQueue` (r:0 w:1)
	fn retire_handle() -> Weight {
		Weight::from_parts(28_000_000, 24623)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(5_u64))
	}
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `PatientRegistry::Handles` (r:1 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	fn register_provisional() -> Weight {
		Weight::from_parts(22_000_000, 16942)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `PatientRegistry::Handles` (r:2 w:1)
	/// Storage: `PatientRegistry::Merges` (r:1 w:1)
	/// Storage: `PatientRegistry::MergedInto` (r:0 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	fn merge_handle() -> Weight {
		Weight::from_parts(34_000_000, 23800)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `PatientRegistry::Handles` (r:1 w:1)
	/// Storage: `PatientRegistry::MergedInto` (r:1 w:1)
	/// Storage: `PatientRegistry::Merges` (r:1 w:1)
	fn unmerge_handle() -> Weight {
		Weight::from_parts(34_000_000, 21200)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
}

// For tests.
impl WeightInfo for () {
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `PatientRegistry::Handles` (r:1 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	fn register_custodial() -> Weight {
		Weight::from_parts(22_000_000, 16942)
			.saturating_add(RocksDbWeight::get().reads(4_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	/// Storage: `Consortium::Gateways` (r:2 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `PatientRegistry::Handles` (r:1 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Storage: `Consortium::AccountRoles` (r:1 w:1)
	/// Storage: `System::Account` (r:1 w:1)
	/// Storage: `Consortium::Retiring` (r:1 w:1)
	fn register_self_held() -> Weight {
		Weight::from_parts(88_000_000, 29701)
			.saturating_add(RocksDbWeight::get().reads(9_u64))
			.saturating_add(RocksDbWeight::get().writes(4_u64))
	}
	/// Storage: `Consortium::Gateways` (r:2 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `PatientRegistry::Handles` (r:1 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `PatientRegistry::ClaimDelay` (r:1 w:0)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Storage: `Consortium::AccountRoles` (r:1 w:1)
	/// Storage: `System::Account` (r:1 w:1)
	/// Storage: `Consortium::Retiring` (r:1 w:1)
	fn claim_handle() -> Weight {
		Weight::from_parts(90_000_000, 29701)
			.saturating_add(RocksDbWeight::get().reads(10_u64))
			.saturating_add(RocksDbWeight::get().writes(4_u64))
	}
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `PatientRegistry::Handles` (r:1 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `System::BlockHash` (r:1 w:0)
	/// Storage: `Consortium::AccountRoles` (r:2 w:2)
	/// Storage: `System::Account` (r:1 w:1)
	/// Storage: `Consortium::Retiring` (r:1 w:2)
	/// Storage: `Consortium::RetirementBounds` (r:1 w:1)
	/// Storage: `Consortium::RetirementQueue` (r:0 w:1)
	fn rotate_controller() -> Weight {
		Weight::from_parts(96_000_000, 29653)
			.saturating_add(RocksDbWeight::get().reads(9_u64))
			.saturating_add(RocksDbWeight::get().writes(8_u64))
	}
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `PatientRegistry::Handles` (r:1 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `Consortium::AccountRoles` (r:1 w:1)
	/// Storage: `Consortium::Retiring` (r:0 w:1)
	/// Storage: `Consortium::RetirementBounds` (r:1 w:1)
	/// Storage: `Consortium::RetirementQueue` (r:0 w:1)
	fn retire_handle() -> Weight {
		Weight::from_parts(28_000_000, 24623)
			.saturating_add(RocksDbWeight::get().reads(6_u64))
			.saturating_add(RocksDbWeight::get().writes(5_u64))
	}
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `PatientRegistry::Handles` (r:1 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	fn register_provisional() -> Weight {
		Weight::from_parts(22_000_000, 16942)
			.saturating_add(RocksDbWeight::get().reads(4_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `PatientRegistry::Handles` (r:2 w:1)
	/// Storage: `PatientRegistry::Merges` (r:1 w:1)
	/// Storage: `PatientRegistry::MergedInto` (r:0 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	fn merge_handle() -> Weight {
		Weight::from_parts(34_000_000, 23800)
			.saturating_add(RocksDbWeight::get().reads(6_u64))
			.saturating_add(RocksDbWeight::get().writes(3_u64))
	}
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `PatientRegistry::Handles` (r:1 w:1)
	/// Storage: `PatientRegistry::MergedInto` (r:1 w:1)
	/// Storage: `PatientRegistry::Merges` (r:1 w:1)
	fn unmerge_handle() -> Weight {
		Weight::from_parts(34_000_000, 21200)
			.saturating_add(RocksDbWeight::get().reads(5_u64))
			.saturating_add(RocksDbWeight::get().writes(3_u64))
	}
}

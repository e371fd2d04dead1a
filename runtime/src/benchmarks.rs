//! The benchmarks of this runtime, for `frame-omni-bencher`, which writes the pallets' `weights.rs`.

use alloc::{string::String, vec::Vec};
use frame_benchmarking::{define_benchmarks, BenchmarkBatch, BenchmarkConfig, BenchmarkList};
use frame_support::traits::{StorageInfo, StorageInfoTrait, WhitelistedStorageKeys};
use frame_system_benchmarking::{extensions::Pallet as SystemExtensions, Pallet as SystemBench};

use crate::{
	AllPalletsWithSystem, AuditTrail, Consent, Consortium, Council, EmergencyAccess, PatientRegistry, RecordAnchors,
	Runtime, Timestamp, Utility,
};

impl frame_system_benchmarking::Config for Runtime {}

define_benchmarks!(
	[frame_system, SystemBench::<Runtime>]
	[frame_system_extensions, SystemExtensions::<Runtime>]
	[pallet_timestamp, Timestamp]
	[pallet_collective, Council]
	[pallet_utility, Utility]
	[pallet_consortium, Consortium]
	[pallet_patient_registry, PatientRegistry]
	[pallet_record_anchors, RecordAnchors]
	[pallet_consent, Consent]
	[pallet_emergency_access, EmergencyAccess]
	[pallet_audit_trail, AuditTrail]
);

/// The benchmarks there are, and the storage that they touch.
pub fn metadata(extra: bool) -> (Vec<BenchmarkList>, Vec<StorageInfo>) {
	let mut list = Vec::<BenchmarkList>::new();
	list_benchmarks!(list, extra);
	(list, AllPalletsWithSystem::storage_info())
}

/// Runs one benchmark.
pub fn dispatch(config: BenchmarkConfig) -> Result<Vec<BenchmarkBatch>, String> {
	let whitelist = AllPalletsWithSystem::whitelisted_storage_keys();
	let mut batches = Vec::<BenchmarkBatch>::new();
	let params = (&config, &whitelist);
	add_benchmarks!(params, batches);
	Ok(batches)
}

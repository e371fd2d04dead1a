//! Weights of `pallet_audit_trail`, written by `scripts/weights.sh`: what changes them are the benchmarks.
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

/// Weight functions needed for `pallet_audit_trail`, with the storage that the benchmark of each reads and writes.
pub trait WeightInfo {
	/// Storage: `AuditTrail::Entries` (r:0 w:1)
	fn on_initialize() -> Weight;
	/// Storage: `AuditTrail::Entries` (r:1 w:0)
	/// Storage: `System::ParentHash` (r:1 w:0)
	/// Storage: `AuditTrail::Log` (r:1 w:1)
	/// The range of component `e` is `[0, 8192]`.
	fn on_finalize(e: u32) -> Weight;
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `AuditTrail::ReceiptBatchCount` (r:1 w:1)
	/// Storage: `AuditTrail::Heads` (r:1 w:1)
	/// Storage: `AuditTrail::Entries` (r:1 w:1)
	/// Storage: `AuditTrail::ReceiptBatches` (r:0 w:1)
	fn file_receipts() -> Weight;
}

/// Weights for `pallet_audit_trail` with the database weights of the runtime.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	fn on_initialize() -> Weight {
		// Shortest run: 5_699 ns.
		Weight::from_parts(7_160_000, 0).saturating_add(T::DbWeight::get().writes(1))
	}
	fn on_finalize(e: u32) -> Weight {
		// Shortest run: 6_459 ns.
		Weight::from_parts(48_862_182, 0)
			// Standard error: 12_340 ps.
			.saturating_add(Weight::from_parts(1_016_020, 0).saturating_mul(e.into()))
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().writes(1))
	}
	fn file_receipts() -> Weight {
		// Shortest run: 27_161 ns.
		Weight::from_parts(30_596_000, 0)
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().writes(4))
	}
}

// For tests and other runtimes.
impl WeightInfo for () {
	fn on_initialize() -> Weight {
		Weight::from_parts(7_160_000, 0).saturating_add(ParityDbWeight::get().writes(1))
	}
	fn on_finalize(e: u32) -> Weight {
		Weight::from_parts(48_862_182, 0)
			.saturating_add(Weight::from_parts(1_016_020, 0).saturating_mul(e.into()))
			.saturating_add(ParityDbWeight::get().reads(3))
			.saturating_add(ParityDbWeight::get().writes(1))
	}
	fn file_receipts() -> Weight {
		Weight::from_parts(30_596_000, 0)
			.saturating_add(ParityDbWeight::get().reads(6))
			.saturating_add(ParityDbWeight::get().writes(4))
	}
}

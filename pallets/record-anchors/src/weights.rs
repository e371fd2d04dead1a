//! Weights of `pallet_record_anchors`, written by `scripts/weights.sh`: what changes them are the benchmarks.
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

/// Weight functions needed for `pallet_record_anchors`, with the storage that the benchmark of each reads and writes.
pub trait WeightInfo {
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `PatientRegistry::Handles` (r:1 w:0)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `RecordAnchors::Anchors` (r:64 w:64)
	/// Storage: `AuditTrail::Heads` (r:1 w:1)
	/// Storage: `AuditTrail::Entries` (r:1 w:1)
	/// The range of component `n` is `[1, 64]`.
	fn anchor_records(n: u32) -> Weight;
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `RecordAnchors::BatchCount` (r:1 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `RecordAnchors::Batches` (r:0 w:1)
	fn anchor_batch() -> Weight;
}

/// Weights for `pallet_record_anchors` with the database weights of the runtime.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	fn anchor_records(n: u32) -> Weight {
		// Shortest run: 38_959 ns.
		Weight::from_parts(30_240_095, 0)
			// Standard error: 15_877 ps.
			.saturating_add(Weight::from_parts(10_914_536, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(6))
			.saturating_add(T::DbWeight::get().reads(1).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().writes(2))
			.saturating_add(T::DbWeight::get().writes(1).saturating_mul(n.into()))
	}
	fn anchor_batch() -> Weight {
		// Shortest run: 19_659 ns.
		Weight::from_parts(21_513_000, 0)
			.saturating_add(T::DbWeight::get().reads(4))
			.saturating_add(T::DbWeight::get().writes(2))
	}
}

// For tests and other runtimes.
impl WeightInfo for () {
	fn anchor_records(n: u32) -> Weight {
		Weight::from_parts(30_240_095, 0)
			.saturating_add(Weight::from_parts(10_914_536, 0).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().reads(6))
			.saturating_add(ParityDbWeight::get().reads(1).saturating_mul(n.into()))
			.saturating_add(ParityDbWeight::get().writes(2))
			.saturating_add(ParityDbWeight::get().writes(1).saturating_mul(n.into()))
	}
	fn anchor_batch() -> Weight {
		Weight::from_parts(21_513_000, 0)
			.saturating_add(ParityDbWeight::get().reads(4))
			.saturating_add(ParityDbWeight::get().writes(2))
	}
}

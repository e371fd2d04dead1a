//! Weights of `pallet_record_anchors`.
//!
//! Estimates until the benchmark machine writes this file: storage operations of the call and of the pallets behind the glue traits
//! (membership, handles), plus processor time from comparable calls (decompressing a point in wasm: about 60 us). The audit entry is
//! not in them: calls add `AuditLog::record_weight`.

#![cfg_attr(rustfmt, rustfmt_skip)]
#![allow(unused_parens)]
#![allow(unused_imports)]
#![allow(missing_docs)]

use frame_support::{traits::Get, weights::{Weight, constants::RocksDbWeight}};
use core::marker::PhantomData;

/// Weight functions needed for `pallet_record_anchors`.
pub trait WeightInfo {
	fn anchor_records(n: u32, ) -> Weight;
	fn anchor_batch() -> Weight;
}

/// Weights for `pallet_record_anchors` using the Salus node.
pub struct SubstrateWeight<T>(PhantomData<T>);
impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `PatientRegistry::Handles` (r:1 w:0)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `RecordAnchors::Anchors` (r:64 w:64)
	/// The range of component `n` is `[1, 64]`.
	fn anchor_records(n: u32, ) -> Weight {
		Weight::from_parts(20_000_000, 16942)
			.saturating_add(Weight::from_parts(66_000_000, 0).saturating_mul(n.into()))
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().reads((1_u64).saturating_mul(n.into())))
			.saturating_add(T::DbWeight::get().writes((1_u64).saturating_mul(n.into())))
			.saturating_add(Weight::from_parts(0, 2583).saturating_mul(n.into()))
	}
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `RecordAnchors::BatchCount` (r:1 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `RecordAnchors::Batches` (r:0 w:1)
	fn anchor_batch() -> Weight {
		Weight::from_parts(16_000_000, 10176)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
}

// For tests.
impl WeightInfo for () {
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `PatientRegistry::Handles` (r:1 w:0)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `RecordAnchors::Anchors` (r:64 w:64)
	/// The range of component `n` is `[1, 64]`.
	fn anchor_records(n: u32, ) -> Weight {
		Weight::from_parts(20_000_000, 16942)
			.saturating_add(Weight::from_parts(66_000_000, 0).saturating_mul(n.into()))
			.saturating_add(RocksDbWeight::get().reads(4_u64))
			.saturating_add(RocksDbWeight::get().reads((1_u64).saturating_mul(n.into())))
			.saturating_add(RocksDbWeight::get().writes((1_u64).saturating_mul(n.into())))
			.saturating_add(Weight::from_parts(0, 2583).saturating_mul(n.into()))
	}
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `RecordAnchors::BatchCount` (r:1 w:1)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `RecordAnchors::Batches` (r:0 w:1)
	fn anchor_batch() -> Weight {
		Weight::from_parts(16_000_000, 10176)
			.saturating_add(RocksDbWeight::get().reads(4_u64))
			.saturating_add(RocksDbWeight::get().writes(2_u64))
	}
}

//! Weights of `pallet_audit_trail`.
//!
//! ESTIMATES by hand, until the benchmark machine writes this file: storage reads and writes as the code makes them, and
//! CPU time of hashing and coding as it was measured for similar calls (1 µs for a host call with SHA-256 over one entry).
//! Proof size is left at zero: this chain has no relay chain that would need a proof.

use core::marker::PhantomData;
use frame_support::{
	traits::Get,
	weights::{constants::RocksDbWeight, Weight},
};

/// Weight functions needed for `pallet_audit_trail`.
pub trait WeightInfo {
	/// Dropping the entries of the last block.
	fn on_initialize() -> Weight;
	/// Closing a block with `e` entries.
	fn on_finalize(e: u32) -> Weight;
	/// Appending one entry, without its share of closing the block.
	fn record() -> Weight;
	/// The call, without its entry.
	fn file_receipts() -> Weight;
}

/// Weights for `pallet_audit_trail` with the database weights of the runtime.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	/// Storage: `AuditTrail::Entries` (r:0 w:1)
	fn on_initialize() -> Weight {
		Weight::from_parts(2_000_000, 0).saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `AuditTrail::Entries` (r:1 w:0), `AuditTrail::Log` (r:1 w:1), `System::ParentHash` (r:1 w:0),
	/// `System::Digest` (r:1 w:1)
	fn on_finalize(e: u32) -> Weight {
		Weight::from_parts(20_000_000, 0)
			.saturating_add(Weight::from_parts(4_000_000, 0).saturating_mul(e.into()))
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `AuditTrail::Heads` (r:1 w:1), `AuditTrail::Entries` (r:1 w:1), `Timestamp::Now` (r:1 w:0)
	fn record() -> Weight {
		Weight::from_parts(18_000_000, 0)
			.saturating_add(T::DbWeight::get().reads(3_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Consortium::Gateways` (r:1 w:0), `Consortium::Institutions` (r:1 w:0), `Timestamp::Now` (r:1 w:0),
	/// `AuditTrail::ReceiptBatchCount` (r:1 w:1), `AuditTrail::ReceiptBatches` (r:0 w:1)
	fn file_receipts() -> Weight {
		Weight::from_parts(18_000_000, 0)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
}

// For tests and other runtimes.
impl WeightInfo for () {
	fn on_initialize() -> Weight {
		Weight::from_parts(2_000_000, 0).saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	fn on_finalize(e: u32) -> Weight {
		Weight::from_parts(20_000_000, 0)
			.saturating_add(Weight::from_parts(4_000_000, 0).saturating_mul(e.into()))
			.saturating_add(RocksDbWeight::get().reads(4_u64))
			.saturating_add(RocksDbWeight::get().writes(2_u64))
	}
	fn record() -> Weight {
		Weight::from_parts(18_000_000, 0)
			.saturating_add(RocksDbWeight::get().reads(3_u64))
			.saturating_add(RocksDbWeight::get().writes(2_u64))
	}
	fn file_receipts() -> Weight {
		Weight::from_parts(18_000_000, 0)
			.saturating_add(RocksDbWeight::get().reads(4_u64))
			.saturating_add(RocksDbWeight::get().writes(2_u64))
	}
}

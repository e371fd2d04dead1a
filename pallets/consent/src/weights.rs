//! Weights of `pallet_consent`.
//!
//! ESTIMATES by hand, until the benchmark machine writes this file: storage reads and writes as the code makes them, and
//! CPU time of comparing tags and coding full lists of capabilities as it was measured for similar calls. The audit entry
//! is not in them: calls add `AuditLog::record_weight`. Proof size is left at zero: this chain has no relay chain that
//! would need a proof.

use core::marker::PhantomData;
use frame_support::{
	traits::Get,
	weights::{constants::RocksDbWeight, Weight},
};

/// Weight functions needed for `pallet_consent`.
pub trait WeightInfo {
	/// Granting `t` tags to a grantee that already holds all but one of the capabilities that it may have.
	fn grant_capability(t: u32) -> Weight;
	/// Revoking the last of as many capabilities as a grantee may have.
	fn revoke_capability() -> Weight;
	/// Revoking as many capabilities as a grantee may have.
	fn revoke_grantee() -> Weight;
	/// Asking for `t` tags, each capability permitting some; the permitted answer writes more than the empty one.
	fn request_access(t: u32) -> Weight;
	/// Removing `p` permits.
	fn remove_expired_permits(p: u32) -> Weight;
	/// Removing the oldest permit in idle time.
	fn sweep_permit() -> Weight;
}

/// Weights for `pallet_consent` with the database weights of the runtime.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	/// Storage: `Timestamp::Now` (r:1 w:0), `PatientRegistry::Handles` (r:1 w:0), `Consortium::Gateways` (r:1 w:0),
	/// `Consortium::Institutions` (r:2 w:0), `Consent::NextCapability` (r:1 w:1), `Consent::Capabilities` (r:1 w:1)
	fn grant_capability(t: u32) -> Weight {
		Weight::from_parts(40_000_000, 0)
			.saturating_add(Weight::from_parts(300_000, 0).saturating_mul(t.into()))
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Timestamp::Now` (r:1 w:0), `PatientRegistry::Handles` (r:1 w:0), `Consortium::Gateways` (r:1 w:0),
	/// `Consortium::Institutions` (r:1 w:0), `Consent::Capabilities` (r:1 w:1)
	fn revoke_capability() -> Weight {
		Weight::from_parts(35_000_000, 0)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Timestamp::Now` (r:1 w:0), `PatientRegistry::Handles` (r:1 w:0), `Consortium::Gateways` (r:1 w:0),
	/// `Consortium::Institutions` (r:1 w:0), `Consent::Capabilities` (r:1 w:1)
	fn revoke_grantee() -> Weight {
		Weight::from_parts(20_000_000, 0)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	/// Storage: `Timestamp::Now` (r:1 w:0), `Consortium::Gateways` (r:1 w:0), `Consortium::Institutions` (r:1 w:0),
	/// `PatientRegistry::Handles` (r:1 w:0), `Consent::Capabilities` (r:1 w:0), `Consent::NextPermit` (r:1 w:1),
	/// `Consent::Permits` (r:0 w:1)
	fn request_access(t: u32) -> Weight {
		Weight::from_parts(40_000_000, 0)
			.saturating_add(Weight::from_parts(3_000_000, 0).saturating_mul(t.into()))
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	/// Storage: `Consortium::Gateways` (r:1 w:0), `Consortium::Operators` (r:1 w:0), `Consortium::Validators` (r:1 w:0),
	/// `Consortium::AccountRoles` (r:1 w:0), `Timestamp::Now` (r:1 w:0), `Consent::Permits` (r:p w:p)
	fn remove_expired_permits(p: u32) -> Weight {
		Weight::from_parts(12_000_000, 0)
			.saturating_add(Weight::from_parts(3_000_000, 0).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().reads(p.into()))
			.saturating_add(T::DbWeight::get().writes(p.into()))
	}
	/// Storage: `Timestamp::Now` (r:1 w:0), `Consent::OldestPermit` (r:1 w:1), `Consent::NextPermit` (r:1 w:0),
	/// `Consent::Permits` (r:1 w:1)
	fn sweep_permit() -> Weight {
		Weight::from_parts(8_000_000, 0)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
}

// For tests and other runtimes.
impl WeightInfo for () {
	fn grant_capability(t: u32) -> Weight {
		Weight::from_parts(40_000_000, 0)
			.saturating_add(Weight::from_parts(300_000, 0).saturating_mul(t.into()))
			.saturating_add(RocksDbWeight::get().reads(7_u64))
			.saturating_add(RocksDbWeight::get().writes(2_u64))
	}
	fn revoke_capability() -> Weight {
		Weight::from_parts(35_000_000, 0)
			.saturating_add(RocksDbWeight::get().reads(5_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	fn revoke_grantee() -> Weight {
		Weight::from_parts(20_000_000, 0)
			.saturating_add(RocksDbWeight::get().reads(5_u64))
			.saturating_add(RocksDbWeight::get().writes(1_u64))
	}
	fn request_access(t: u32) -> Weight {
		Weight::from_parts(40_000_000, 0)
			.saturating_add(Weight::from_parts(3_000_000, 0).saturating_mul(t.into()))
			.saturating_add(RocksDbWeight::get().reads(6_u64))
			.saturating_add(RocksDbWeight::get().writes(2_u64))
	}
	fn remove_expired_permits(p: u32) -> Weight {
		Weight::from_parts(12_000_000, 0)
			.saturating_add(Weight::from_parts(3_000_000, 0).saturating_mul(p.into()))
			.saturating_add(RocksDbWeight::get().reads(5_u64))
			.saturating_add(RocksDbWeight::get().reads(p.into()))
			.saturating_add(RocksDbWeight::get().writes(p.into()))
	}
	fn sweep_permit() -> Weight {
		Weight::from_parts(8_000_000, 0)
			.saturating_add(RocksDbWeight::get().reads(4_u64))
			.saturating_add(RocksDbWeight::get().writes(2_u64))
	}
}

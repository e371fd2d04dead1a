//! Weights of `pallet_consent`, written by `scripts/weights.sh`: what changes them are the benchmarks.
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

/// Weight functions needed for `pallet_consent`, with the storage that the benchmark of each reads and writes.
pub trait WeightInfo {
	/// Storage: `PatientRegistry::Handles` (r:1 w:0)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `Consent::NextCapability` (r:1 w:1)
	/// Storage: `Consent::Capabilities` (r:1 w:1)
	/// Storage: `AuditTrail::Heads` (r:1 w:1)
	/// Storage: `AuditTrail::Entries` (r:1 w:1)
	/// The range of component `t` is `[1, 32]`.
	fn grant_capability(t: u32) -> Weight;
	/// Storage: `PatientRegistry::Handles` (r:1 w:0)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `Consent::Capabilities` (r:1 w:1)
	/// Storage: `AuditTrail::Heads` (r:1 w:1)
	/// Storage: `AuditTrail::Entries` (r:1 w:1)
	fn revoke_capability() -> Weight;
	/// Storage: `PatientRegistry::Handles` (r:1 w:0)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `Consent::Capabilities` (r:1 w:1)
	/// Storage: `AuditTrail::Heads` (r:1 w:1)
	/// Storage: `AuditTrail::Entries` (r:1 w:1)
	fn revoke_grantee() -> Weight;
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `PatientRegistry::Handles` (r:1 w:0)
	/// Storage: `Consent::Capabilities` (r:1 w:0)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `Consent::NextPermit` (r:1 w:1)
	/// Storage: `AuditTrail::Heads` (r:1 w:1)
	/// Storage: `AuditTrail::Entries` (r:1 w:1)
	/// Storage: `Consent::Permits` (r:0 w:1)
	/// The range of component `t` is `[1, 32]`.
	fn request_access(t: u32) -> Weight;
	/// Storage: `Consortium::Gateways` (r:1 w:0)
	/// Storage: `Consortium::Institutions` (r:1 w:0)
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `Consent::Permits` (r:64 w:64)
	/// The range of component `p` is `[1, 64]`.
	fn remove_expired_permits(p: u32) -> Weight;
	/// Storage: `Timestamp::Now` (r:1 w:0)
	/// Storage: `Consent::OldestPermit` (r:1 w:1)
	/// Storage: `Consent::NextPermit` (r:1 w:0)
	/// Storage: `Consent::Permits` (r:2 w:1)
	fn sweep_permit() -> Weight;
}

/// Weights for `pallet_consent` with the database weights of the runtime.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	fn grant_capability(t: u32) -> Weight {
		// Shortest run: 51_657 ns.
		Weight::from_parts(57_893_794, 0)
			// Standard error: 4_204 ps.
			.saturating_add(Weight::from_parts(24_144, 0).saturating_mul(t.into()))
			.saturating_add(T::DbWeight::get().reads(7))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	fn revoke_capability() -> Weight {
		// Shortest run: 37_166 ns.
		Weight::from_parts(41_482_000, 0)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(3))
	}
	fn revoke_grantee() -> Weight {
		// Shortest run: 29_394 ns.
		Weight::from_parts(37_346_000, 0)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(3))
	}
	fn request_access(t: u32) -> Weight {
		// Shortest run: 47_131 ns.
		Weight::from_parts(53_805_919, 0)
			// Standard error: 7_097 ps.
			.saturating_add(Weight::from_parts(451_679, 0).saturating_mul(t.into()))
			.saturating_add(T::DbWeight::get().reads(8))
			.saturating_add(T::DbWeight::get().writes(4))
	}
	fn remove_expired_permits(p: u32) -> Weight {
		// Shortest run: 22_414 ns.
		Weight::from_parts(21_477_811, 0)
			// Standard error: 7_746 ps.
			.saturating_add(Weight::from_parts(4_870_705, 0).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().reads(3))
			.saturating_add(T::DbWeight::get().reads(1).saturating_mul(p.into()))
			.saturating_add(T::DbWeight::get().writes(1).saturating_mul(p.into()))
	}
	fn sweep_permit() -> Weight {
		// Shortest run: 15_143 ns.
		Weight::from_parts(23_655_000, 0)
			.saturating_add(T::DbWeight::get().reads(5))
			.saturating_add(T::DbWeight::get().writes(2))
	}
}

// For tests and other runtimes.
impl WeightInfo for () {
	fn grant_capability(t: u32) -> Weight {
		Weight::from_parts(57_893_794, 0)
			.saturating_add(Weight::from_parts(24_144, 0).saturating_mul(t.into()))
			.saturating_add(ParityDbWeight::get().reads(7))
			.saturating_add(ParityDbWeight::get().writes(4))
	}
	fn revoke_capability() -> Weight {
		Weight::from_parts(41_482_000, 0)
			.saturating_add(ParityDbWeight::get().reads(5))
			.saturating_add(ParityDbWeight::get().writes(3))
	}
	fn revoke_grantee() -> Weight {
		Weight::from_parts(37_346_000, 0)
			.saturating_add(ParityDbWeight::get().reads(5))
			.saturating_add(ParityDbWeight::get().writes(3))
	}
	fn request_access(t: u32) -> Weight {
		Weight::from_parts(53_805_919, 0)
			.saturating_add(Weight::from_parts(451_679, 0).saturating_mul(t.into()))
			.saturating_add(ParityDbWeight::get().reads(8))
			.saturating_add(ParityDbWeight::get().writes(4))
	}
	fn remove_expired_permits(p: u32) -> Weight {
		Weight::from_parts(21_477_811, 0)
			.saturating_add(Weight::from_parts(4_870_705, 0).saturating_mul(p.into()))
			.saturating_add(ParityDbWeight::get().reads(3))
			.saturating_add(ParityDbWeight::get().reads(1).saturating_mul(p.into()))
			.saturating_add(ParityDbWeight::get().writes(1).saturating_mul(p.into()))
	}
	fn sweep_permit() -> Weight {
		Weight::from_parts(23_655_000, 0)
			.saturating_add(ParityDbWeight::get().reads(5))
			.saturating_add(ParityDbWeight::get().writes(2))
	}
}

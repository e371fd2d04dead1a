//! Weights of the pallet.
//!
//! Estimates in the shape that the benchmark command writes: storage operations counted from the code, priced by the
//! runtime's `DbWeight`, plus computing time and proof size guessed on the safe side. A change of seats goes through the
//! votes of every open motion: 100 are assumed. A run on the reference machine replaces the file.

#![allow(clippy::unnecessary_cast, clippy::identity_op)]

use core::marker::PhantomData;
use frame_support::{
	traits::Get,
	weights::{constants::ParityDbWeight, Weight},
};

/// Weights that the pallet needs.
pub trait WeightInfo {
	/// `NextInstitution`, `MemberCount`, `Institutions`, `Operators`, role and account of the operator, seats, council
	/// members and the votes of its open motions.
	fn admit_institution() -> Weight;
	/// Institution, seats, council members and the votes of its open motions.
	fn suspend_institution() -> Weight;
	/// As a suspension, and the void periods.
	fn reinstate_institution() -> Weight;
	/// A suspension, and for each gateway and validator its role and its place in the queue; `g` gateways; `v`
	/// validators.
	fn deactivate_institution(g: u32, v: u32) -> Weight;
	/// Institution.
	fn set_quota() -> Weight;
	/// Operator, institution, validators, gateways, role and account.
	fn register_gateway() -> Weight;
	/// Operator, institution, gateways, role and retirement queue.
	fn remove_gateway() -> Weight;
	/// Gateway, institution, entry.
	fn register_practitioner() -> Weight;
	/// Gateway, institution, entry.
	fn update_practitioner() -> Weight;
	/// Gateway, institution, entry.
	fn end_practitioner() -> Weight;
	/// Institution, validators, gateways, operators, role and account; `v` validators.
	fn add_validator(v: u32) -> Weight;
	/// Validators with institution and keys of each, the planned set, role and retirement queue; `v` validators.
	fn remove_validator(v: u32) -> Weight;
	/// Institution, operators, gateways, validators, both roles and accounts, queue, seats and council.
	fn replace_operator() -> Weight;
	/// Functions and institution of the signer, validators, bucket.
	fn check_member() -> Weight;
	/// Handle, buckets of the patient and of the custodian's patients; or gateway, institution and bucket of a custodian.
	fn check_patient() -> Weight;
	/// Queue, retiring account, session keys and their owners, sets of this and the next session, account.
	fn retire_account() -> Weight;
	/// Cursor and bucket.
	fn sweep_bucket() -> Weight;
	/// Validators, set and disabled list of the session, event.
	fn on_offence() -> Weight;
}

/// Weights priced by the runtime's database.
pub struct SubstrateWeight<T>(PhantomData<T>);

impl<T: frame_system::Config> WeightInfo for SubstrateWeight<T> {
	fn admit_institution() -> Weight {
		Weight::from_parts(45_000_000, 6000)
			.saturating_add(T::DbWeight::get().reads(111_u64))
			.saturating_add(T::DbWeight::get().writes(111_u64))
	}
	fn suspend_institution() -> Weight {
		Weight::from_parts(40_000_000, 12000)
			.saturating_add(T::DbWeight::get().reads(105_u64))
			.saturating_add(T::DbWeight::get().writes(104_u64))
	}
	fn reinstate_institution() -> Weight {
		Weight::from_parts(40_000_000, 12000)
			.saturating_add(T::DbWeight::get().reads(106_u64))
			.saturating_add(T::DbWeight::get().writes(105_u64))
	}
	fn deactivate_institution(g: u32, v: u32) -> Weight {
		Weight::from_parts(60_000_000, 16000)
			.saturating_add(Weight::from_parts(18_000_000, 2700).saturating_mul(g.into()))
			.saturating_add(Weight::from_parts(12_000_000, 2700).saturating_mul(v.into()))
			.saturating_add(T::DbWeight::get().reads(112_u64))
			.saturating_add(T::DbWeight::get().writes(114_u64))
			.saturating_add(T::DbWeight::get().reads((4_u64).saturating_mul(g.into())))
			.saturating_add(T::DbWeight::get().writes((6_u64).saturating_mul(g.into())))
			.saturating_add(T::DbWeight::get().reads((5_u64).saturating_mul(v.into())))
			.saturating_add(T::DbWeight::get().writes((5_u64).saturating_mul(v.into())))
	}
	fn set_quota() -> Weight {
		Weight::from_parts(12_000_000, 2700)
			.saturating_add(T::DbWeight::get().reads(1_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	fn register_gateway() -> Weight {
		Weight::from_parts(28_000_000, 8000)
			.saturating_add(T::DbWeight::get().reads(9_u64))
			.saturating_add(T::DbWeight::get().writes(4_u64))
	}
	fn remove_gateway() -> Weight {
		Weight::from_parts(28_000_000, 8000)
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(6_u64))
	}
	fn register_practitioner() -> Weight {
		Weight::from_parts(24_000_000, 5500)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	fn update_practitioner() -> Weight {
		Weight::from_parts(24_000_000, 5500)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	fn end_practitioner() -> Weight {
		Weight::from_parts(20_000_000, 5500)
			.saturating_add(T::DbWeight::get().reads(4_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	fn add_validator(v: u32) -> Weight {
		Weight::from_parts(30_000_000, 8000)
			.saturating_add(Weight::from_parts(300_000, 40).saturating_mul(v.into()))
			.saturating_add(T::DbWeight::get().reads(8_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
	fn remove_validator(v: u32) -> Weight {
		Weight::from_parts(30_000_000, 8000)
			.saturating_add(Weight::from_parts(4_000_000, 2700).saturating_mul(v.into()))
			.saturating_add(T::DbWeight::get().reads(7_u64))
			.saturating_add(T::DbWeight::get().writes(6_u64))
			.saturating_add(T::DbWeight::get().reads((2_u64).saturating_mul(v.into())))
	}
	fn replace_operator() -> Weight {
		Weight::from_parts(50_000_000, 16000)
			.saturating_add(T::DbWeight::get().reads(116_u64))
			.saturating_add(T::DbWeight::get().writes(114_u64))
	}
	fn check_member() -> Weight {
		Weight::from_parts(22_000_000, 9000)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(1_u64))
	}
	fn check_patient() -> Weight {
		Weight::from_parts(24_000_000, 9000)
			.saturating_add(T::DbWeight::get().reads(6_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	fn retire_account() -> Weight {
		Weight::from_parts(35_000_000, 12000)
			.saturating_add(T::DbWeight::get().reads(11_u64))
			.saturating_add(T::DbWeight::get().writes(9_u64))
	}
	fn sweep_bucket() -> Weight {
		Weight::from_parts(10_000_000, 2700)
			.saturating_add(T::DbWeight::get().reads(2_u64))
			.saturating_add(T::DbWeight::get().writes(2_u64))
	}
	fn on_offence() -> Weight {
		Weight::from_parts(25_000_000, 8000)
			.saturating_add(T::DbWeight::get().reads(5_u64))
			.saturating_add(T::DbWeight::get().writes(3_u64))
	}
}

/// Weights for tests.
impl WeightInfo for () {
	fn admit_institution() -> Weight {
		Weight::from_parts(45_000_000, 6000)
			.saturating_add(ParityDbWeight::get().reads(111_u64))
			.saturating_add(ParityDbWeight::get().writes(111_u64))
	}
	fn suspend_institution() -> Weight {
		Weight::from_parts(40_000_000, 12000)
			.saturating_add(ParityDbWeight::get().reads(105_u64))
			.saturating_add(ParityDbWeight::get().writes(104_u64))
	}
	fn reinstate_institution() -> Weight {
		Weight::from_parts(40_000_000, 12000)
			.saturating_add(ParityDbWeight::get().reads(106_u64))
			.saturating_add(ParityDbWeight::get().writes(105_u64))
	}
	fn deactivate_institution(g: u32, v: u32) -> Weight {
		Weight::from_parts(60_000_000, 16000)
			.saturating_add(Weight::from_parts(18_000_000, 2700).saturating_mul(g.into()))
			.saturating_add(Weight::from_parts(12_000_000, 2700).saturating_mul(v.into()))
			.saturating_add(ParityDbWeight::get().reads(112_u64))
			.saturating_add(ParityDbWeight::get().writes(114_u64))
			.saturating_add(ParityDbWeight::get().reads((4_u64).saturating_mul(g.into())))
			.saturating_add(ParityDbWeight::get().writes((6_u64).saturating_mul(g.into())))
			.saturating_add(ParityDbWeight::get().reads((5_u64).saturating_mul(v.into())))
			.saturating_add(ParityDbWeight::get().writes((5_u64).saturating_mul(v.into())))
	}
	fn set_quota() -> Weight {
		Weight::from_parts(12_000_000, 2700)
			.saturating_add(ParityDbWeight::get().reads(1_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn register_gateway() -> Weight {
		Weight::from_parts(28_000_000, 8000)
			.saturating_add(ParityDbWeight::get().reads(9_u64))
			.saturating_add(ParityDbWeight::get().writes(4_u64))
	}
	fn remove_gateway() -> Weight {
		Weight::from_parts(28_000_000, 8000)
			.saturating_add(ParityDbWeight::get().reads(7_u64))
			.saturating_add(ParityDbWeight::get().writes(6_u64))
	}
	fn register_practitioner() -> Weight {
		Weight::from_parts(24_000_000, 5500)
			.saturating_add(ParityDbWeight::get().reads(4_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn update_practitioner() -> Weight {
		Weight::from_parts(24_000_000, 5500)
			.saturating_add(ParityDbWeight::get().reads(4_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn end_practitioner() -> Weight {
		Weight::from_parts(20_000_000, 5500)
			.saturating_add(ParityDbWeight::get().reads(4_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn add_validator(v: u32) -> Weight {
		Weight::from_parts(30_000_000, 8000)
			.saturating_add(Weight::from_parts(300_000, 40).saturating_mul(v.into()))
			.saturating_add(ParityDbWeight::get().reads(8_u64))
			.saturating_add(ParityDbWeight::get().writes(3_u64))
	}
	fn remove_validator(v: u32) -> Weight {
		Weight::from_parts(30_000_000, 8000)
			.saturating_add(Weight::from_parts(4_000_000, 2700).saturating_mul(v.into()))
			.saturating_add(ParityDbWeight::get().reads(7_u64))
			.saturating_add(ParityDbWeight::get().writes(6_u64))
			.saturating_add(ParityDbWeight::get().reads((2_u64).saturating_mul(v.into())))
	}
	fn replace_operator() -> Weight {
		Weight::from_parts(50_000_000, 16000)
			.saturating_add(ParityDbWeight::get().reads(116_u64))
			.saturating_add(ParityDbWeight::get().writes(114_u64))
	}
	fn check_member() -> Weight {
		Weight::from_parts(22_000_000, 9000)
			.saturating_add(ParityDbWeight::get().reads(5_u64))
			.saturating_add(ParityDbWeight::get().writes(1_u64))
	}
	fn check_patient() -> Weight {
		Weight::from_parts(24_000_000, 9000)
			.saturating_add(ParityDbWeight::get().reads(6_u64))
			.saturating_add(ParityDbWeight::get().writes(2_u64))
	}
	fn retire_account() -> Weight {
		Weight::from_parts(35_000_000, 12000)
			.saturating_add(ParityDbWeight::get().reads(11_u64))
			.saturating_add(ParityDbWeight::get().writes(9_u64))
	}
	fn sweep_bucket() -> Weight {
		Weight::from_parts(10_000_000, 2700)
			.saturating_add(ParityDbWeight::get().reads(2_u64))
			.saturating_add(ParityDbWeight::get().writes(2_u64))
	}
	fn on_offence() -> Weight {
		Weight::from_parts(25_000_000, 8000)
			.saturating_add(ParityDbWeight::get().reads(5_u64))
			.saturating_add(ParityDbWeight::get().writes(3_u64))
	}
}

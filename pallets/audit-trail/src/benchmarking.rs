//! Benchmarks of the call and of closing a block.

use crate::*;
use frame_benchmarking::v2::*;
use frame_support::traits::{Get, Hooks, Time};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};
use salus_primitives::{
	Act, AuditChain, AuditLog, Commitment, InstitutionId, InstitutionKind, Members, OutcomeClass, PatientHandle,
};

/// Entries of different patients: no head is written twice.
fn record_entries<T: Config>(entries: u32) -> Result<(), BenchmarkError> {
	for i in 0..entries {
		let mut handle = [7; 32];
		handle[..4].copy_from_slice(&i.to_le_bytes());
		record_one::<T>(PatientHandle(handle))?;
	}
	Ok(())
}

fn record_one<T: Config>(handle: PatientHandle) -> Result<(), BenchmarkError> {
	let (actor, custodian) = (Some(InstitutionId(1)), Some(InstitutionId(2)));
	let chain = AuditChain::Patient(handle);
	Pallet::<T>::record(chain, Act::Request, OutcomeClass::Permitted, actor, custodian, Commitment([1; 32]))
		.map(|_| ())
		.map_err(|_| BenchmarkError::Stop("the block takes the entry"))
}

#[benchmarks]
mod benches {
	use super::*;

	#[benchmark]
	fn on_initialize() -> Result<(), BenchmarkError> {
		record_entries::<T>(T::MaxEntriesPerBlock::get())?;

		#[block]
		{
			Pallet::<T>::on_initialize(BlockNumberFor::<T>::from(1u32));
		}

		assert!(Pallet::<T>::entries_of_block().is_empty());
		Ok(())
	}

	#[benchmark]
	fn on_finalize(e: Linear<0, { T::MaxEntriesPerBlock::get() }>) -> Result<(), BenchmarkError> {
		record_entries::<T>(e)?;
		let size = Log::<T>::get().size();

		#[block]
		{
			Pallet::<T>::on_finalize(BlockNumberFor::<T>::from(1u32));
		}

		assert_eq!(Log::<T>::get().size(), size + 1);
		Ok(())
	}

	#[benchmark]
	fn file_receipts() {
		let gateway: T::AccountId = whitelisted_caller();
		let institution = T::Members::benchmark_member(&gateway, InstitutionKind::Hospital);
		let now = T::Time::now();

		#[extrinsic_call]
		_(RawOrigin::Signed(gateway), [1; 32], u32::MAX, now, now, Commitment([2; 32]));

		assert_eq!(ReceiptBatchCount::<T>::get(institution), 1);
	}

	impl_benchmark_test_suite!(Pallet, mock::new_test_ext(), mock::Test);
}

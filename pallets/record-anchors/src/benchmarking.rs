//! What the calls cost, over the runtime's own members, handles and audit trail.

use crate::*;
use frame_benchmarking::v2::*;
use frame_support::{traits::Get, BoundedVec};
use frame_system::RawOrigin;
use salus_primitives::{Commitment, Handles, InstitutionId, InstitutionKind, Members, PatientHandle};
use salus_threshold::pedersen;

const HANDLE: PatientHandle = PatientHandle([7; 32]);
const ENTRY: Commitment = Commitment([9; 32]);

fn member<T: Config>() -> (T::AccountId, InstitutionId) {
	let gateway = account("gateway", 0, 0);
	let institution = T::Members::benchmark_member(&gateway, InstitutionKind::Hospital);
	(gateway, institution)
}

/// A valid commitment; what it hides does not matter for its cost.
fn commitment(number: u32) -> Commitment {
	let message = pedersen::anchor_message(&[0; 32], number, &HANDLE.0, &[1; 32]);
	let blinding = pedersen::anchor_message(&[0; 32], number, &HANDLE.0, &[2; 32]);
	Commitment(pedersen::commit(&message, &blinding))
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn anchor_records(n: Linear<1, { T::MaxAnchors::get() }>) {
		let (gateway, custodian) = member::<T>();
		T::Handles::benchmark_handle(HANDLE, custodian, &account("patient", 0, 0));
		let commitments = BoundedVec::truncate_from((0..n).map(commitment).collect());

		#[extrinsic_call]
		_(RawOrigin::Signed(gateway), HANDLE, commitments, ENTRY);

		assert_eq!(Anchors::<T>::iter_prefix(HANDLE).count(), n as usize);
	}

	#[benchmark]
	fn anchor_batch() {
		let (gateway, institution) = member::<T>();

		#[extrinsic_call]
		_(RawOrigin::Signed(gateway), [5; 32], u32::MAX);

		assert_eq!(BatchCount::<T>::get(institution), 1);
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}

//! Benchmarks of the calls, each in its most expensive state.

use crate::*;
use alloc::vec::Vec;
use frame_benchmarking::v2::*;
use frame_support::{
	traits::{Get, Time},
	weights::WeightMeter,
	BoundedVec,
};
use frame_system::RawOrigin;
use salus_primitives::{
	CapabilityId, Commitment, Handles, InstitutionId, InstitutionKind, Members, PatientHandle, PermitId, PurposeClass,
	PurposeClasses, ScopeTag, DAY, MAX_TAGS,
};

const HANDLE: PatientHandle = PatientHandle([7; 32]);
const ENTRY: Commitment = Commitment([9; 32]);

/// `count` tags, the first of them number `first`.
fn tags(first: u32, count: u32) -> Tags {
	let tag = |number: u32| ScopeTag((u128::from(number) + 1).to_be_bytes());
	Tags::truncate_from((first..first + count).map(tag).collect())
}

struct Scene<T: Config> {
	controller: T::AccountId,
	gateway: T::AccountId,
	grantee: InstitutionId,
}

/// A handle, who controls it, and another hospital.
fn scene<T: Config>() -> Scene<T> {
	let custodian = T::Members::benchmark_member(&account("custodian", 0, 0), InstitutionKind::Hospital);
	let gateway = whitelisted_caller();
	let grantee = T::Members::benchmark_member(&gateway, InstitutionKind::Hospital);
	let controller = account("controller", 0, 0);
	T::Handles::benchmark_handle(HANDLE, custodian, &controller);
	Scene { controller, gateway, grantee }
}

fn grant<T: Config>(grantee: InstitutionId, tags: Tags) -> Grant {
	Grant {
		grantee,
		tags,
		purposes: PurposeClasses::of(&[PurposeClass::Treatment, PurposeClass::Emergency, PurposeClass::Research]),
		valid_from: 0,
		valid_until: T::Time::now() + DAY,
		delegation_depth: T::MaxDelegationDepth::get(),
		policy: Commitment([1; 32]),
		wraps: [2; 32],
	}
}

/// Gives the grantee `count` full capabilities; each permits two of the tags 0..32 and else tags that nobody asks for.
fn fill<T: Config>(grantee: InstitutionId, count: u32) {
	let mut list = BoundedVec::<Capability, T::MaxCapabilities>::default();
	for number in 0..count {
		let wanted = tags((2 * number) % MAX_TAGS, 2);
		let others = tags(1_000, MAX_TAGS - 2);
		let all = others.into_iter().chain(wanted).collect::<Vec<_>>();
		let id = NextCapability::<T>::mutate(|next| core::mem::replace(next, CapabilityId(next.0 + 1)));
		list.force_push(Capability::new(id, grant::<T>(grantee, Tags::truncate_from(all))));
	}
	Capabilities::<T>::insert(HANDLE, grantee, list);
}

/// As large as a permit gets, and over.
fn ended_permit<T: Config>(institution: InstitutionId) -> PermitOf<T> {
	let capabilities = (0..).map(CapabilityId).take(T::MaxCapabilities::get() as usize).collect();
	Permit {
		handle: HANDLE,
		institution,
		requester: [3; 32],
		tags: tags(0, MAX_TAGS),
		purpose: PurposeClass::Treatment,
		capabilities: BoundedVec::truncate_from(capabilities),
		entry: ENTRY,
		issued_at: 0,
		expires_at: 0,
	}
}

#[benchmarks]
mod benches {
	use super::*;

	#[benchmark]
	fn grant_capability(t: Linear<1, MAX_TAGS>) {
		let Scene { controller, grantee, .. } = scene::<T>();
		fill::<T>(grantee, T::MaxCapabilities::get() - 1);
		let grant = grant::<T>(grantee, tags(0, t));

		#[extrinsic_call]
		_(RawOrigin::Signed(controller), HANDLE, grant, ENTRY);

		assert_eq!(Capabilities::<T>::get(HANDLE, grantee).len() as u32, T::MaxCapabilities::get());
	}

	#[benchmark]
	fn revoke_capability() {
		let Scene { controller, grantee, .. } = scene::<T>();
		fill::<T>(grantee, T::MaxCapabilities::get());
		let id = CapabilityId(NextCapability::<T>::get().0 - 1);

		#[extrinsic_call]
		_(RawOrigin::Signed(controller), HANDLE, grantee, id, ENTRY);

		assert_eq!(Capabilities::<T>::get(HANDLE, grantee).len() as u32, T::MaxCapabilities::get() - 1);
	}

	#[benchmark]
	fn revoke_grantee() {
		let Scene { controller, grantee, .. } = scene::<T>();
		fill::<T>(grantee, T::MaxCapabilities::get());

		#[extrinsic_call]
		_(RawOrigin::Signed(controller), HANDLE, grantee, ENTRY);

		assert!(!Capabilities::<T>::contains_key(HANDLE, grantee));
	}

	#[benchmark]
	fn request_access(t: Linear<1, MAX_TAGS>) {
		let Scene { gateway, grantee, .. } = scene::<T>();
		fill::<T>(grantee, T::MaxCapabilities::get());

		#[extrinsic_call]
		_(RawOrigin::Signed(gateway), HANDLE, tags(0, t), PurposeClass::Treatment, [3; 32], ENTRY);

		assert!(Permits::<T>::contains_key(PermitId(0)));
	}

	#[benchmark]
	fn remove_expired_permits(p: Linear<1, MAX_REMOVALS>) {
		let Scene { gateway, grantee, .. } = scene::<T>();
		let ids: Vec<_> = (0..u64::from(p)).map(PermitId).collect();
		for id in &ids {
			Permits::<T>::insert(id, ended_permit::<T>(grantee));
		}

		#[extrinsic_call]
		_(RawOrigin::Signed(gateway), BoundedVec::truncate_from(ids));

		assert!(!Permits::<T>::contains_key(PermitId(0)));
	}

	#[benchmark]
	fn sweep_permit() {
		let Scene { grantee, .. } = scene::<T>();
		// The second has not ended, so that one step is measured.
		Permits::<T>::insert(PermitId(0), ended_permit::<T>(grantee));
		Permits::<T>::insert(PermitId(1), Permit { expires_at: u64::MAX, ..ended_permit::<T>(grantee) });
		NextPermit::<T>::put(PermitId(2));

		#[block]
		{
			Pallet::<T>::sweep_permits(&mut WeightMeter::new());
		}

		assert_eq!(OldestPermit::<T>::get(), PermitId(1));
	}

	impl_benchmark_test_suite!(Pallet, mock::new_test_ext(), mock::Test);
}

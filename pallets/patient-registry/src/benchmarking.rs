//! What the calls cost, over the runtime's own members, roles and audit trail.

use crate::*;
use alloc::vec::Vec;
use frame_benchmarking::v2::*;
use frame_support::{
	assert_ok,
	traits::{Get, Time},
};
use frame_system::{pallet_prelude::BlockNumberFor, RawOrigin};
use salus_primitives::{Commitment, InstitutionId, InstitutionKind, Members, PatientHandle};
use sp_runtime::{traits::Zero, AccountId32, MultiSignature};

const HANDLE: PatientHandle = PatientHandle([7; 32]);
const EVIDENCE: Commitment = Commitment([8; 32]);
const ENTRY: Commitment = Commitment([9; 32]);

/// Keys of patients, and what they sign.
pub trait BenchmarkHelper<AccountId, Signature> {
	/// The account of a new key.
	fn new_controller() -> AccountId;
	/// That key's signature.
	fn sign(controller: &AccountId, message: &[u8]) -> Signature;
}

/// sr25519 keys in the keystore that the benchmark command brings along.
impl BenchmarkHelper<AccountId32, MultiSignature> for () {
	fn new_controller() -> AccountId32 {
		let key = sp_io::crypto::sr25519_generate(KEY_TYPE, None);
		AccountId32::new(key.0)
	}

	fn sign(controller: &AccountId32, message: &[u8]) -> MultiSignature {
		let key = sp_core::sr25519::Public::from_raw(*controller.as_ref());
		let signature = sp_io::crypto::sr25519_sign(KEY_TYPE, &key, message);
		signature.expect("new_controller put the key into the keystore").into()
	}
}

const KEY_TYPE: sp_core::crypto::KeyTypeId = sp_core::crypto::KeyTypeId(*b"sctl");

fn member<T: Config>() -> (T::AccountId, InstitutionId) {
	let gateway = account("gateway", 0, 0);
	let custodian = T::Members::benchmark_member(&gateway, InstitutionKind::Hospital);
	(gateway, custodian)
}

fn controller<T: Config>(custodian: InstitutionId) -> (T::AccountId, ControlProof<T::Signature>) {
	let controller = T::BenchmarkHelper::new_controller();
	let expires_at = T::Time::now().saturating_add(T::MaxProofValidity::get());
	let genesis = frame_system::Pallet::<T>::block_hash(BlockNumberFor::<T>::zero());
	let message: Vec<u8> = control_message(&genesis, custodian, &HANDLE, &controller, expires_at);
	let signature = T::BenchmarkHelper::sign(&controller, &message);
	(controller, ControlProof { expires_at, signature })
}

fn registered<T: Config>(gateway: &T::AccountId) {
	let control = Control::Custodial { evidence: EVIDENCE };
	let origin = RawOrigin::Signed(gateway.clone()).into();
	assert_ok!(Pallet::<T>::register_patient(origin, HANDLE, control, ENTRY));
}

/// A handle in the longest form that lasts: custodian until the delay is over, and the patient's key.
fn claimed<T: Config>(gateway: &T::AccountId, custodian: InstitutionId) -> T::AccountId {
	registered::<T>(gateway);
	let (controller, proof) = controller::<T>(custodian);
	let origin = RawOrigin::Signed(gateway.clone()).into();
	assert_ok!(Pallet::<T>::claim_handle(origin, HANDLE, controller.clone(), proof, EVIDENCE, ENTRY));
	controller
}

fn provisional(number: u32) -> PatientHandle {
	PatientHandle([100 + number as u8; 32])
}

fn unidentified<T: Config>(gateway: &T::AccountId, handle: PatientHandle) {
	let origin = RawOrigin::Signed(gateway.clone()).into();
	assert_ok!(Pallet::<T>::register_patient(origin, handle, Control::Provisional, ENTRY));
}

fn merged<T: Config>(gateway: &T::AccountId, handle: PatientHandle) {
	unidentified::<T>(gateway, handle);
	let origin = RawOrigin::Signed(gateway.clone()).into();
	assert_ok!(Pallet::<T>::merge_handle(origin, handle, HANDLE, EVIDENCE, ENTRY, ENTRY));
}

fn live_controllers<T: Config>() -> usize {
	Handles::<T>::get(HANDLE).map_or(0, |record| record.live(T::Time::now()).count())
}

#[benchmarks]
mod benchmarks {
	use super::*;

	#[benchmark]
	fn register_custodial() {
		let (gateway, _) = member::<T>();
		let control = Control::Custodial { evidence: EVIDENCE };

		#[extrinsic_call]
		register_patient(RawOrigin::Signed(gateway), HANDLE, control, ENTRY);

		assert_eq!(live_controllers::<T>(), 1);
	}

	#[benchmark]
	fn register_self_held() {
		let (gateway, custodian) = member::<T>();
		let (controller, proof) = controller::<T>(custodian);
		let control = Control::SelfHeld { controller, proof };

		#[extrinsic_call]
		register_patient(RawOrigin::Signed(gateway), HANDLE, control, ENTRY);

		assert_eq!(live_controllers::<T>(), 1);
	}

	#[benchmark]
	fn claim_handle() {
		let (gateway, custodian) = member::<T>();
		registered::<T>(&gateway);
		let (controller, proof) = controller::<T>(custodian);

		#[extrinsic_call]
		_(RawOrigin::Signed(gateway), HANDLE, controller.clone(), proof, EVIDENCE, ENTRY);

		let by_patient = <Pallet<T> as salus_primitives::Handles<_>>::controller(&HANDLE, &controller);
		assert_eq!(by_patient, Some(salus_primitives::ControllerKind::SelfHeld));
	}

	#[benchmark]
	fn rotate_controller() {
		let (gateway, custodian) = member::<T>();
		let old = claimed::<T>(&gateway, custodian);
		let (new, proof) = controller::<T>(custodian);

		#[extrinsic_call]
		_(RawOrigin::Signed(old), HANDLE, new.clone(), proof, ENTRY);

		let by_patient = <Pallet<T> as salus_primitives::Handles<_>>::controller(&HANDLE, &new);
		assert_eq!(by_patient, Some(salus_primitives::ControllerKind::SelfHeld));
	}

	#[benchmark]
	fn retire_handle() {
		let (gateway, custodian) = member::<T>();
		let patient = claimed::<T>(&gateway, custodian);

		#[extrinsic_call]
		_(RawOrigin::Signed(patient), HANDLE, ENTRY);

		assert_eq!(live_controllers::<T>(), 0);
	}

	#[benchmark]
	fn register_provisional() {
		let (gateway, _) = member::<T>();

		#[extrinsic_call]
		register_patient(RawOrigin::Signed(gateway), HANDLE, Control::Provisional, ENTRY);

		assert!(Handles::<T>::get(HANDLE).is_some_and(|record| record.is_provisional()));
	}

	/// As many as possible are the patient's already.
	#[benchmark]
	fn merge_handle() {
		let (gateway, _) = member::<T>();
		registered::<T>(&gateway);
		for number in 1..T::MaxMerges::get() {
			merged::<T>(&gateway, provisional(number));
		}
		unidentified::<T>(&gateway, provisional(0));

		#[extrinsic_call]
		_(RawOrigin::Signed(gateway), provisional(0), HANDLE, EVIDENCE, ENTRY, ENTRY);

		assert_eq!(Merges::<T>::get(HANDLE).len(), T::MaxMerges::get() as usize);
	}

	#[benchmark]
	fn unmerge_handle() {
		let (gateway, _) = member::<T>();
		registered::<T>(&gateway);
		for number in 0..T::MaxMerges::get() {
			merged::<T>(&gateway, provisional(number));
		}

		#[extrinsic_call]
		_(RawOrigin::Signed(gateway), provisional(0), EVIDENCE, ENTRY, ENTRY);

		assert!(!MergedInto::<T>::contains_key(provisional(0)));
	}

	impl_benchmark_test_suite!(Pallet, crate::mock::new_test_ext(), crate::mock::Test);
}

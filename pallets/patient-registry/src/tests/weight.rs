//! What a call declares before it runs.

use crate::{mock::*, Call, Control, WeightInfo};
use frame_support::dispatch::{DispatchClass, GetDispatchInfo};

/// The calls with their own weight, their class, and how many audit entries they write.
fn calls() -> [(Call<Test>, frame_support::weights::Weight, DispatchClass, u64); 8] {
	type Weights = ();
	let (handle, entry, evidence) = (HANDLE, ENTRY, EVIDENCE);
	let (controller, proof) = (account(1), proof(1));
	let custodial = Control::Custodial { evidence };
	let self_held = Control::SelfHeld { controller: controller.clone(), proof: proof.clone() };
	[
		(
			Call::register_patient { handle, control: custodial, entry },
			Weights::register_custodial(),
			DispatchClass::Normal,
			1,
		),
		(
			Call::register_patient { handle, control: self_held, entry },
			Weights::register_self_held(),
			DispatchClass::Normal,
			1,
		),
		(
			Call::claim_handle { handle, controller: controller.clone(), proof: proof.clone(), evidence, entry },
			Weights::claim_handle(),
			DispatchClass::Operational,
			1,
		),
		(
			Call::rotate_controller { handle, new_controller: controller, proof, entry },
			Weights::rotate_controller(),
			DispatchClass::Operational,
			1,
		),
		(Call::retire_handle { handle, entry }, Weights::retire_handle(), DispatchClass::Operational, 1),
		(
			Call::register_patient { handle, control: Control::Provisional, entry },
			Weights::register_provisional(),
			DispatchClass::Normal,
			1,
		),
		(
			Call::merge_handle { provisional: handle, into: handle, statement: evidence, entry, into_entry: entry },
			Weights::merge_handle(),
			DispatchClass::Operational,
			2,
		),
		(
			Call::unmerge_handle { provisional: handle, statement: evidence, entry, into_entry: entry },
			Weights::unmerge_handle(),
			DispatchClass::Operational,
			2,
		),
	]
}

#[test]
fn weight_holds_the_share_of_the_audit_trail_when_a_call_writes_an_entry() {
	run(|| {
		for (call, own, _, entries) in calls() {
			let expected = own.saturating_add(ENTRY_WEIGHT.saturating_mul(entries));
			assert_eq!(call.get_dispatch_info().call_weight, expected, "{call:?}");
		}
	});
}

#[test]
fn class_is_the_one_with_reserved_room_when_a_patient_has_a_right_to_the_call() {
	run(|| {
		for (call, _, class, _) in calls() {
			assert_eq!(call.get_dispatch_info().class, class, "{call:?}");
		}
	});
}

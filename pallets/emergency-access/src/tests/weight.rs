//! What a call declares before it runs, and what a dealing really cost.

use super::*;
use frame_support::{
	dispatch::{DispatchClass, GetDispatchInfo},
	weights::Weight,
};
use salus_primitives::test_support::ENTRY_WEIGHT;

#[test]
fn class_is_the_one_with_reserved_room_when_a_committee_or_a_patient_waits_for_it() {
	run(|| {
		let id = proposed(5, 3);
		let (committee, handle, entry) = (id, ANA, ENTRY);
		let proof = SchnorrProof { e: [0; 32], f: [0; 32] };
		let (members, k, valid_until) = (bounded(hospitals(1..=5)), 3, UNTIL);
		let dispute =
			DealingDispute { shared: [0; 32], proof: salus_threshold::proof::DleqProof { e: [0; 32], f: [0; 32] } };
		let calls: [(Call<Test>, DispatchClass); 11] = [
			(Call::register_guardian_key { sealing: [0; 32], kem_hash: [0; 32], proof }, DispatchClass::Normal),
			(
				Call::form_committee { purpose: RELEASE, members: members.clone(), k, valid_until },
				DispatchClass::Normal,
			),
			(Call::post_dealing { committee, dealing: honest_dealing(id, hospital(1)) }, DispatchClass::Operational),
			(Call::dispute_dealing { committee, dealer: 1, dispute }, DispatchClass::Operational),
			(Call::confirm_share { committee, proof }, DispatchClass::Operational),
			(Call::abandon_formation { committee }, DispatchClass::Normal),
			(Call::reshare_committee { committee, members, k, valid_until }, DispatchClass::Normal),
			(
				Call::set_personal_committee { handle, committee: OWN, setup: setup(OWN, five(), 3), entry },
				DispatchClass::Operational,
			),
			(Call::remove_personal_committee { handle, entry }, DispatchClass::Operational),
			(Call::retire_committee { committee }, DispatchClass::Normal),
			(Call::set_limits { limits: EmergencyLimits::default() }, DispatchClass::Normal),
		];
		for (call, class) in calls {
			assert_eq!(call.get_dispatch_info().class, class, "{call:?}");
		}
	});
}

#[test]
fn weight_holds_the_share_of_the_audit_trail_when_a_call_writes_an_entry() {
	run(|| {
		let (handle, entry) = (ANA, ENTRY);
		let remove = Call::<Test>::remove_personal_committee { handle, entry };
		let expected = <() as WeightInfo>::remove_personal_committee().saturating_add(ENTRY_WEIGHT);
		assert_eq!(remove.get_dispatch_info().call_weight, expected);
		let set = Call::<Test>::set_personal_committee { handle, committee: OWN, setup: setup(OWN, five(), 3), entry };
		let expected = <() as WeightInfo>::set_personal_committee(5).saturating_add(ENTRY_WEIGHT);
		assert_eq!(set.get_dispatch_info().call_weight, expected);
	});
}

#[test]
fn weight_of_a_dealing_is_refunded_when_the_keys_wait_for_others() {
	run(|| {
		let id = proposed(5, 3);
		let used = |number: u32| {
			let dealing = honest_dealing(id, hospital(number));
			let call = Call::<Test>::post_dealing { committee: id, dealing: dealing.clone() };
			let declared = call.get_dispatch_info().call_weight;
			let posted = EmergencyAccess::post_dealing(signed(gateway(hospital(number))), id, dealing);
			(declared, posted.expect("an honest dealing").actual_weight.expect("known"))
		};
		let posting = <() as WeightInfo>::post_dealing(5);
		for number in 1..=4 {
			assert_eq!(used(number).1, posting);
		}
		let (declared, last): (Weight, Weight) = used(5);
		assert_eq!(last, posting.saturating_add(<() as WeightInfo>::derive_keys(5, 5)));
		assert!(last.all_lte(declared));
	});
}

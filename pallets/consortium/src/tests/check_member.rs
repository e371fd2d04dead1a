//! The extension as the pool and the block builder run it.

use crate::{mock::*, *};
use codec::Encode;
use frame_support::{
	assert_ok, assert_storage_noop,
	dispatch::{DispatchClass, DispatchInfo, GetDispatchInfo},
	weights::Weight,
};
use salus_primitives::{AccountRoles as _, CommitteeId, ControllerKind, PatientHandle};
use sp_runtime::{
	traits::{DispatchTransaction, TransactionExtension, TxBaseImplication},
	transaction_validity::{
		InvalidTransaction, TransactionSource::External, TransactionValidityError, ValidTransaction,
	},
};

const HANDLE: PatientHandle = PatientHandle([5; 32]);
const PATIENT: AccountId = 60;
const GUARDIAN: AccountId = 61;

fn remark() -> RuntimeCall {
	RuntimeCall::System(frame_system::Call::remark { remark: vec![] })
}

fn info(cost: u64) -> DispatchInfo {
	DispatchInfo { call_weight: Weight::from_parts(cost, 0), ..Default::default() }
}

/// What the pool would do; never writes.
// The macro takes a statement, not an expression with a value.
#[allow(clippy::needless_late_init)]
fn validate(who: AccountId, cost: u64) -> Result<ValidTransaction, TransactionValidityError> {
	let outcome;
	assert_storage_noop!(
		outcome = CheckMember::<Test>::new().validate_only(signed(who), &remark(), &info(cost), 0, External, 0)
	);
	outcome.map(|(validity, ..)| validity)
}

/// What a block would do.
fn include(who: AccountId, cost: u64) -> Result<(), TransactionValidityError> {
	CheckMember::<Test>::new()
		.test_run(signed(who), &remark(), &info(cost), 0, 0, |_| Ok(().into()))
		.map(|outcome| assert!(outcome.is_ok()))
}

fn with_patient() {
	Consortium::add_role(&PATIENT).unwrap();
	control(HANDLE, PATIENT, ControllerKind::SelfHeld);
	control(HANDLE, gateway(0), ControllerKind::Custodian(H[0]));
}

fn refused(reason: InvalidTransaction) -> TransactionValidityError {
	reason.into()
}

#[test]
fn check_member_takes_no_bytes_when_it_is_encoded() {
	assert!(CheckMember::<Test>::new().encode().is_empty());
	assert_eq!(CheckMember::<Test>::IDENTIFIER, "CheckMember");
}

#[test]
fn check_member_refuses_when_a_call_is_not_classified() {
	run(|| {
		let call = RuntimeCall::System(frame_system::Call::set_heap_pages { pages: 1 });
		for who in [operator(0), gateway(0), 7] {
			let result = CheckMember::<Test>::new().validate_only(signed(who), &call, &info(1), 0, External, 0);
			assert_eq!(result.unwrap_err(), refused(InvalidTransaction::Call));
		}
	});
}

#[test]
fn check_member_refuses_when_the_signer_is_unknown_or_suspended() {
	run(|| {
		classify_remark(Lane::Bulk, Who::Gateway);
		for who in [7, operator(0), validator(0)] {
			assert_eq!(validate(who, 1), Err(refused(InvalidTransaction::BadSigner)));
		}
		assert_ok!(validate(gateway(0), 1));
		assert_ok!(Consortium::suspend_institution(signed(TWO_THIRDS), H[0], None));
		assert_eq!(validate(gateway(0), 1), Err(refused(InvalidTransaction::BadSigner)));
		assert_eq!(include(gateway(0), 1), Err(refused(InvalidTransaction::BadSigner)));
	});
}

#[test]
fn check_member_refuses_what_is_neither_signed_nor_authorised() {
	run(|| {
		let refused_as = CheckMember::<Test>::new()
			.validate(RuntimeOrigin::none(), &remark(), &info(1), 0, (), &TxBaseImplication(remark()), External)
			.unwrap_err();
		assert_eq!(refused_as, refused(InvalidTransaction::BadSigner));
	});
}

#[test]
fn check_member_passes_what_is_authorised_and_gives_its_weight_back() {
	run(|| {
		let extension = CheckMember::<Test>::new();
		let origin = RuntimeOrigin::from(frame_system::RawOrigin::Authorized);
		let (validity, val, origin) =
			extension.validate(origin, &remark(), &info(1), 0, (), &TxBaseImplication(remark()), External).unwrap();
		assert_eq!((validity, val), (ValidTransaction::default(), None));
		let pre = extension.prepare(val, &origin, &remark(), &info(1), 0).unwrap();
		let unneeded =
			CheckMember::<Test>::post_dispatch_details(pre, &info(1), &Default::default(), 0, &Ok(())).unwrap();
		assert_eq!(unneeded, <() as WeightInfo>::check_member());
	});
}

#[test]
fn check_member_orders_the_lanes_when_transactions_compete() {
	run(|| {
		with_patient();
		let priority = |lane, who, signer| {
			classify_remark(lane, who);
			validate(signer, 1).unwrap().priority
		};
		let patient = priority(Lane::PatientRights, Who::Controller(HANDLE), PATIENT);
		let decision = priority(Lane::Decisions, Who::Gateway, gateway(0));
		let council = priority(Lane::Governance, Who::Operator, operator(0));
		let bulk = priority(Lane::Bulk, Who::Gateway, gateway(0));
		for (above, below) in [(patient, decision), (decision, council), (council, bulk), (bulk, 0)] {
			assert!(above / 200 > below, "{above} {below}");
		}
		assert_eq!(validate(gateway(0), 1).unwrap().longevity, LONGEVITY);
		assert!(validate(gateway(0), 1).unwrap().provides.is_empty(), "the nonce provides");
	});
}

#[test]
fn check_member_keeps_a_transaction_for_later_when_the_quota_is_used_up() {
	run(|| {
		// Ten blocks' worth of 1,000.
		classify_remark(Lane::Bulk, Who::Gateway);
		assert_eq!(validate(gateway(0), 10_001), Err(refused(InvalidTransaction::ExhaustsResources)));
		assert_ok!(include(gateway(0), 9_000));
		assert_eq!(Buckets::<Test>::get(H[0], Lane::Bulk), Bucket { level: 9_000, at: 1 });
		assert_ok!(validate(gateway(0), 1_000));
		assert_eq!(validate(gateway(0), 1_001), Err(refused(InvalidTransaction::ExhaustsResources)));
		System::set_block_number(2);
		assert_ok!(include(gateway(0), 2_000));
		assert_eq!(include(gateway(0), 1), Err(refused(InvalidTransaction::ExhaustsResources)));
	});
}

#[test]
fn check_member_counts_the_weight_of_the_extensions_when_it_charges() {
	run(|| {
		classify_remark(Lane::Bulk, Who::Gateway);
		let info = DispatchInfo { extension_weight: Weight::from_parts(30, 5), ..info(100) };
		let result = CheckMember::<Test>::new().test_run(signed(gateway(0)), &remark(), &info, 0, 0, |_| Ok(().into()));
		assert!(matches!(result, Ok(Ok(_))));
		assert_eq!(Buckets::<Test>::get(H[0], Lane::Bulk).level, 130);
	});
}

#[test]
fn check_member_charges_all_gateways_of_an_institution_together() {
	run(|| {
		assert_ok!(Consortium::register_gateway(signed(operator(0)), 50));
		classify_remark(Lane::Bulk, Who::Gateway);
		assert_ok!(include(gateway(0), 10_000));
		assert_eq!(validate(50, 1), Err(refused(InvalidTransaction::ExhaustsResources)));
		assert_ok!(validate(gateway(1), 10_000));
	});
}

#[test]
fn check_member_keeps_the_lanes_apart_when_one_is_full() {
	run(|| {
		with_patient();
		classify_remark(Lane::Bulk, Who::Gateway);
		assert_ok!(include(gateway(0), 10_000));
		classify_remark(Lane::Decisions, Who::Gateway);
		assert_ok!(include(gateway(0), 20_000));
		assert_eq!(validate(gateway(0), 1), Err(refused(InvalidTransaction::ExhaustsResources)));
		classify_remark(Lane::Governance, Who::Operator);
		assert_ok!(validate(operator(0), 1));
		classify_remark(Lane::PatientRights, Who::Controller(HANDLE));
		assert_ok!(validate(gateway(0), 1));
		assert_ok!(validate(PATIENT, 1));
	});
}

#[test]
fn check_member_lets_the_patient_act_when_the_custodian_floods_or_is_suspended() {
	run(|| {
		with_patient();
		classify_remark(Lane::PatientRights, Who::Controller(HANDLE));
		assert_ok!(include(gateway(0), 5_000));
		assert_eq!(validate(gateway(0), 1), Err(refused(InvalidTransaction::ExhaustsResources)));
		assert_ok!(validate(PATIENT, 1_000));
		assert_ok!(Consortium::suspend_institution(signed(TWO_THIRDS), H[0], None));
		assert_eq!(validate(gateway(0), 1), Err(refused(InvalidTransaction::BadSigner)));
		assert_ok!(include(PATIENT, 1_000));
		// The own bucket is small and bounds the patient too.
		assert_eq!(validate(PATIENT, 1), Err(refused(InvalidTransaction::ExhaustsResources)));
	});
}

#[test]
fn check_member_stops_a_lane_but_never_the_council_when_the_quota_is_zero() {
	run(|| {
		with_patient();
		assert_ok!(Consortium::set_quota(signed(TWO_THIRDS), H[0], Quota { bulk: 0, decisions: 0 }));
		for lane in [Lane::Bulk, Lane::Decisions] {
			classify_remark(lane, Who::Gateway);
			for cost in [0, 1] {
				assert_eq!(validate(gateway(0), cost), Err(refused(InvalidTransaction::ExhaustsResources)));
			}
		}
		classify_remark(Lane::Governance, Who::CouncilMember);
		assert_ok!(validate(operator(0), 1));
		classify_remark(Lane::PatientRights, Who::Controller(HANDLE));
		assert_ok!(validate(gateway(0), 1));
	});
}

#[test]
fn check_member_charges_governance_in_full_when_a_call_names_a_bound_far_above_its_need() {
	run(|| {
		classify_remark(Lane::Governance, Who::CouncilMember);
		assert_eq!(validate(operator(0), 5_001), Err(refused(InvalidTransaction::ExhaustsResources)));
		assert_ok!(include(operator(0), 5_000));
		assert_eq!(validate(operator(0), 1), Err(refused(InvalidTransaction::ExhaustsResources)));
		// A controller without institution shares a bucket with its like.
		with_patient();
		classify_remark(Lane::Governance, Who::AnyMember);
		assert_ok!(include(PATIENT, 1_250));
		assert_eq!(SharedBucket::<Test>::get(), Bucket { level: 1_250, at: 1 });
	});
}

#[test]
fn check_member_gives_back_what_a_call_did_not_use() {
	run(|| {
		classify_remark(Lane::Governance, Who::CouncilMember);
		let used = |weight| move |_| Ok(Some(Weight::from_parts(weight, 0)).into());
		let extension = CheckMember::<Test>::new;
		for level in [40, 80] {
			assert_ok!(extension().test_run(signed(operator(0)), &remark(), &info(4_000), 0, 0, used(40)));
			assert_eq!(Buckets::<Test>::get(H[0], Lane::Governance).level, level);
		}
		// What its bytes took is not given back.
		assert_ok!(extension().test_run(signed(operator(0)), &remark(), &info(4_000), 10, 0, used(40)));
		assert_eq!(Buckets::<Test>::get(H[0], Lane::Governance).level, 80 + 10 * BYTE);
	});
}

#[test]
fn check_member_leaves_no_bucket_behind_when_the_call_ends_the_membership() {
	run(|| {
		classify_remark(Lane::Governance, Who::CouncilMember);
		let result = CheckMember::<Test>::new().test_run(signed(operator(4)), &remark(), &info(4_000), 0, 0, |_| {
			assert_ok!(Consortium::deactivate_institution(signed(TWO_THIRDS), CLINIC, None));
			Ok(Some(Weight::from_parts(40, 0)).into())
		});
		assert_ok!(result);
		assert!(!Buckets::<Test>::contains_key(CLINIC, Lane::Governance));
	});
}

#[test]
fn check_member_charges_the_bytes_when_they_take_more_of_the_block_than_the_time() {
	run(|| {
		classify_remark(Lane::Bulk, Who::Gateway);
		let charged = |cost, len| {
			let before = Buckets::<Test>::get(H[0], Lane::Bulk).level;
			assert_ok!(CheckMember::<Test>::new().test_run(
				signed(gateway(0)),
				&remark(),
				&info(cost),
				len,
				0,
				|_| Ok(().into())
			));
			Buckets::<Test>::get(H[0], Lane::Bulk).level - before
		};
		assert_eq!(charged(1, 100), 100 * BYTE);
		assert_eq!(charged(100 * BYTE, 100), 100 * BYTE);
		assert_eq!(charged(100 * BYTE + 1, 100), 100 * BYTE + 1);
		let too_long =
			CheckMember::<Test>::new().validate_only(signed(gateway(0)), &remark(), &info(1), 501, External, 0);
		assert_eq!(too_long.unwrap_err(), refused(InvalidTransaction::ExhaustsResources));
	});
}

#[test]
fn check_member_charges_what_each_transaction_costs_before_its_call() {
	run(|| {
		classify_remark(Lane::Decisions, Who::Gateway);
		let info = DispatchInfo { class: DispatchClass::Operational, ..info(100) };
		let result = CheckMember::<Test>::new().test_run(signed(gateway(0)), &remark(), &info, 0, 0, |_| Ok(().into()));
		assert_ok!(result);
		assert_eq!(Buckets::<Test>::get(H[0], Lane::Decisions).level, 100 + BASE);
	});
}

#[test]
fn check_member_leaves_the_operators_bucket_alone_when_a_gateway_keeps_the_staff() {
	run(|| {
		classify_remark(Lane::Governance, Who::GatewayOrOperator);
		assert_ok!(include(gateway(0), 10_000));
		assert_eq!(validate(gateway(0), 1), Err(refused(InvalidTransaction::ExhaustsResources)));
		assert_eq!(Buckets::<Test>::get(H[0], Lane::Bulk).level, 10_000);
		assert_ok!(include(operator(0), 5_000));
		assert_eq!(Buckets::<Test>::get(H[0], Lane::Governance).level, 5_000);
	});
}

#[test]
fn check_member_prefers_who_used_less_when_two_compete_in_a_lane() {
	run(|| {
		classify_remark(Lane::Bulk, Who::Gateway);
		let priority = |who| validate(who, 1).unwrap().priority;
		assert_eq!(priority(gateway(0)), priority(gateway(1)));
		assert_eq!(priority(gateway(1)), Lane::Bulk.priority() + HEADROOM_STEPS);
		assert_ok!(include(gateway(0), 9_999));
		assert_eq!(priority(gateway(0)), Lane::Bulk.priority());
		// What the transaction itself costs says nothing about who used less.
		assert_eq!(validate(gateway(1), 9_000).unwrap().priority, priority(gateway(1)));
	});
}

#[test]
fn check_member_lets_others_pass_when_one_custodians_patients_crowd() {
	run(|| {
		let handle = |n| PatientHandle([n; 32]);
		let patient = |n: u8| 1_000 + AccountId::from(n);
		for n in 0..10 {
			control(handle(n), patient(n), ControllerKind::SelfHeld);
			control(handle(n), gateway(u32::from(n == 9)), ControllerKind::Custodian(H[usize::from(n == 9)]));
		}
		let classify = |n| classify_remark(Lane::PatientRights, Who::Controller(handle(n)));
		// Five patients of the first hospital use what all of its patients share.
		for n in 0..5 {
			classify(n);
			assert!(validate(patient(n), 1_000).unwrap().priority >= Lane::PatientRights.priority());
			assert_ok!(include(patient(n), 1_000));
		}
		// A sixth has a bucket of its own and is admitted, behind what others send.
		classify(5);
		assert!(validate(patient(5), 1_000).unwrap().priority < Lane::Bulk.priority());
		assert_ok!(include(patient(5), 1_000));
		assert_eq!(PatientsOf::<Test>::get(H[0]).level, 5_000);
		// The patient of another custodian keeps the place in front.
		classify(9);
		assert!(validate(patient(9), 1_000).unwrap().priority >= Lane::PatientRights.priority());
		// So do the first one's after a while.
		System::set_block_number(3);
		classify(6);
		assert!(validate(patient(6), 1_000).unwrap().priority >= Lane::PatientRights.priority());
	});
}

#[test]
fn check_member_admits_personal_guardians_on_a_bucket_of_their_own() {
	run(|| {
		with_patient();
		for guardian in [GUARDIAN, GUARDIAN + 1] {
			choose_guardian(HANDLE, guardian);
		}
		classify_remark(Lane::Decisions, Who::Guardian);
		assert!(validate(GUARDIAN, 1).unwrap().priority >= Lane::Decisions.priority());
		// Ten blocks' worth of 200 for all guardians of the patient together.
		assert_ok!(include(GUARDIAN, 1_500));
		assert_ok!(include(GUARDIAN + 1, 500));
		assert_eq!(GuardianBuckets::<Test>::get(HANDLE), Some(Bucket { level: 2_000, at: 1 }));
		assert_eq!(validate(GUARDIAN, 1), Err(refused(InvalidTransaction::ExhaustsResources)));
		// The patient's own rights are untouched, and so is what the custodian may use.
		classify_remark(Lane::PatientRights, Who::Controller(HANDLE));
		assert_ok!(validate(PATIENT, 1_000));
		assert_ok!(validate(gateway(0), 5_000));
		// Another patient's guardian does not feel it either.
		choose_guardian(PatientHandle([6; 32]), 70);
		classify_remark(Lane::Decisions, Who::Guardian);
		assert_ok!(validate(70, 2_000));
	});
}

#[test]
fn check_member_charges_the_patient_of_the_committee_when_several_have_named_a_person() {
	run(|| {
		with_patient();
		let (own, other) = (CommitteeId(1), CommitteeId(2));
		let attacker = PatientHandle([6; 32]);
		name_guardian(HANDLE, GUARDIAN, own);
		for who in [GUARDIAN, GUARDIAN + 1] {
			name_guardian(attacker, who, other);
		}
		// The attacker's own guardians use up what it has.
		classify_remark(Lane::Decisions, Who::GuardianIn(other));
		assert_ok!(include(GUARDIAN + 1, 2_000));
		assert_eq!(validate(GUARDIAN, 1), Err(refused(InvalidTransaction::ExhaustsResources)));
		classify_remark(Lane::Decisions, Who::GuardianIn(own));
		assert_ok!(include(GUARDIAN, 1_500));
		assert_eq!(GuardianBuckets::<Test>::get(HANDLE), Some(Bucket { level: 1_500, at: 1 }));
		// Who is named does nothing else yet, and nothing in a committee where it is not.
		assert_eq!(validate(GUARDIAN + 1, 1), Err(refused(InvalidTransaction::BadSigner)));
		classify_remark(Lane::Decisions, Who::Guardian);
		assert_eq!(validate(GUARDIAN, 1), Err(refused(InvalidTransaction::BadSigner)));
		// Who guards acts in each of its patient's committees.
		choose_guardian(HANDLE, GUARDIAN + 2);
		classify_remark(Lane::Decisions, Who::GuardianIn(own));
		assert_ok!(validate(GUARDIAN + 2, 500));
		assert_ok!(validate(gateway(0), 5_000));
	});
}

#[test]
fn check_member_admits_institutions_as_guardians_on_their_own_quota() {
	run(|| {
		classify_remark(Lane::Decisions, Who::Guardian);
		assert_ok!(include(gateway(0), 20_000));
		assert_eq!(Buckets::<Test>::get(H[0], Lane::Decisions).level, 20_000);
		// Even when a patient of theirs chose the very account.
		choose_guardian(HANDLE, gateway(0));
		assert_eq!(validate(gateway(0), 1), Err(refused(InvalidTransaction::ExhaustsResources)));
		assert_ok!(Consortium::suspend_institution(signed(TWO_THIRDS), H[0], None));
		assert_eq!(validate(gateway(0), 1), Err(refused(InvalidTransaction::BadSigner)));
	});
}

#[test]
fn check_member_refuses_as_guardian_who_is_neither_gateway_nor_chosen() {
	run(|| {
		with_patient();
		classify_remark(Lane::Decisions, Who::Guardian);
		for who in [PATIENT, operator(0), validator(0), GUARDIAN] {
			assert_eq!(validate(who, 1), Err(refused(InvalidTransaction::BadSigner)));
		}
		// A guardian does nothing for the patient but that.
		choose_guardian(HANDLE, GUARDIAN);
		for who in [Who::Controller(HANDLE), Who::Gateway, Who::AnyMember] {
			let lane = if who == Who::Controller(HANDLE) { Lane::PatientRights } else { Lane::Bulk };
			classify_remark(lane, who);
			assert_eq!(validate(GUARDIAN, 1), Err(refused(InvalidTransaction::BadSigner)));
		}
	});
}

#[test]
fn check_member_lets_others_pass_when_one_custodians_guardians_crowd() {
	run(|| {
		let handle = |n| PatientHandle([n; 32]);
		let guardian = |n: u8| 1_000 + AccountId::from(n);
		for n in 0..4 {
			control(handle(n), gateway(0), ControllerKind::Custodian(H[0]));
			choose_guardian(handle(n), guardian(n));
		}
		classify_remark(Lane::Decisions, Who::Guardian);
		for n in 0..3 {
			assert!(validate(guardian(n), 1_500).unwrap().priority >= Lane::Decisions.priority());
			assert_ok!(include(guardian(n), 1_500));
		}
		assert_eq!(PatientsOf::<Test>::get(H[0]).level, 4_500);
		assert!(validate(guardian(3), 1_500).unwrap().priority < Lane::Bulk.priority());
		assert_ok!(include(guardian(3), 1_500));
	});
}

#[test]
fn check_member_refuses_the_second_when_two_transactions_passed_the_pool() {
	run(|| {
		classify_remark(Lane::Bulk, Who::Gateway);
		assert_ok!(validate(gateway(0), 6_000));
		assert_ok!(validate(gateway(0), 6_000));
		assert_ok!(include(gateway(0), 6_000));
		assert_eq!(include(gateway(0), 6_000), Err(refused(InvalidTransaction::ExhaustsResources)));
	});
}

#[test]
fn patient_bucket_goes_when_it_has_drained() {
	run(|| {
		with_patient();
		classify_remark(Lane::PatientRights, Who::Controller(HANDLE));
		assert_ok!(include(PATIENT, 450));
		go_to(5);
		assert!(PatientBuckets::<Test>::contains_key(HANDLE));
		go_to(7);
		assert!(!PatientBuckets::<Test>::contains_key(HANDLE));
	});
}

#[test]
fn guardians_bucket_goes_when_it_has_drained() {
	run(|| {
		choose_guardian(HANDLE, GUARDIAN);
		classify_remark(Lane::Decisions, Who::Guardian);
		assert_ok!(include(GUARDIAN, 900));
		go_to(5);
		assert!(GuardianBuckets::<Test>::contains_key(HANDLE));
		go_to(7);
		assert!(!GuardianBuckets::<Test>::contains_key(HANDLE));
	});
}

#[test]
fn sweep_reaches_every_bucket_when_there_are_many() {
	run(|| {
		for n in 0..100u8 {
			let level = if n % 10 == 0 { 1_000 } else { 0 };
			PatientBuckets::<Test>::insert(PatientHandle([n; 32]), Bucket { level, at: 1 });
		}
		go_to(2);
		assert_eq!(PatientBuckets::<Test>::iter().count() as u32, 100 - MAX_SWEEP + drained_not(MAX_SWEEP));
		go_to(6);
		assert_eq!(PatientBuckets::<Test>::iter().count(), 10);
		go_to(20);
		assert_eq!(PatientBuckets::<Test>::iter().count(), 0);
	});
}

/// How many of the first `n` in the map's order are not drained yet.
fn drained_not(n: u32) -> u32 {
	let mut keys: Vec<_> =
		(0..100u8).map(|n| (PatientBuckets::<Test>::hashed_key_for(PatientHandle([n; 32])), n)).collect();
	keys.sort();
	keys.iter().take(n as usize).filter(|(_, n)| n % 10 == 0).count() as u32
}

#[test]
fn weight_is_the_benchmarked_one_when_asked() {
	let weight = CheckMember::<Test>::new().weight(&remark());
	assert_eq!(weight, <() as WeightInfo>::check_member());
	assert!(weight.any_gt(remark().get_dispatch_info().extension_weight));
	let guardian_in = Who::GuardianIn(CommitteeId(1));
	for (lane, who) in [
		(Lane::PatientRights, Who::Controller(HANDLE)),
		(Lane::Decisions, Who::Guardian),
		(Lane::Decisions, guardian_in),
	] {
		classify_remark(lane, who);
		assert_eq!(CheckMember::<Test>::new().weight(&remark()), <() as WeightInfo>::check_patient());
	}
}

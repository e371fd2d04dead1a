//! The invariants notice what they are for, and random sequences of acts keep them.

use crate::{mock::*, *};
use frame_support::{
	traits::{Hooks, Time},
	BoundedVec,
};
use proptest::prelude::*;
use salus_primitives::{InstitutionId, InstitutionKind, NodeId};

fn broken_by(change: impl FnOnce()) {
	build(genesis(4)).execute_with(|| {
		assert_eq!(Consortium::do_try_state(), Ok(()));
		change();
		assert!(Consortium::do_try_state().is_err());
	});
}

#[test]
fn do_try_state_fails_when_the_state_contradicts_itself() {
	broken_by(Seats::<Test>::kill);
	broken_by(|| MemberCount::<Test>::put(3));
	broken_by(|| Operators::<Test>::remove(operator(0)));
	broken_by(|| Gateways::<Test>::remove(gateway(0)));
	broken_by(|| Gateways::<Test>::insert(77, H[0]));
	broken_by(|| AccountRoles::<Test>::insert(gateway(0), 0));
	broken_by(|| AccountRoles::<Test>::insert(77, 1));
	broken_by(|| Retiring::<Test>::insert(gateway(0), 5));
	broken_by(|| RetirementBounds::<Test>::put((0, 1)));
	broken_by(|| Validators::<Test>::mutate(|all| all[0].1 = CLINIC));
	broken_by(|| Validators::<Test>::mutate(|all| all[1] = all[0]));
	broken_by(|| PlannedValidators::<Test>::mutate(|all| (all[0], all[1]) = (all[1], all[0])));
	broken_by(|| Offenders::<Test>::put(BoundedVec::truncate_from(vec![77])));
	broken_by(|| Offenders::<Test>::put(BoundedVec::truncate_from(vec![validator(0), validator(0)])));
	broken_by(|| SessionBegan::<Test>::put(2));
	let nodes = |numbers: &[u8]| BoundedVec::truncate_from(numbers.iter().map(|at| NodeId([*at; 32])).collect());
	broken_by(|| Nodes::<Test>::insert(H[0], nodes(&[1, 1])));
	broken_by(|| Nodes::<Test>::insert(InstitutionId(9), nodes(&[1])));
	broken_by(|| Departing::<Test>::insert(H[0], BoundedVec::truncate_from(vec![])));
	broken_by(|| Departing::<Test>::insert(H[0], BoundedVec::truncate_from(vec![validator(0), validator(0)])));
	broken_by(|| NamedIn::<Test>::insert(77, 1));
	broken_by(|| NextInstitution::<Test>::put(InstitutionId(2)));
	broken_by(|| Institutions::<Test>::mutate(H[0], |member| member.as_mut().unwrap().invalid_from = Some(1)));
	broken_by(|| Institutions::<Test>::mutate(H[0], |member| member.as_mut().unwrap().until = Some(0)));
	let requests = |ids: [InstitutionId; 2]| BoundedVec::truncate_from(ids.map(|id| (id, 9)).to_vec());
	broken_by(|| PauseRequests::<Test>::insert(Stoppable::Remark, requests([H[0], H[0]])));
	broken_by(|| PauseRequests::<Test>::insert(Stoppable::Remark, requests([H[0], InstitutionId(9)])));
	broken_by(|| {
		Pauses::<Test>::insert(Stoppable::Remark, Pause { until: 9, third_may_from: 0 });
		PauseRequests::<Test>::insert(Stoppable::Remark, requests([H[0], H[1]]));
	});
	broken_by(|| Practitioners::<Test>::insert(ANNA, Practitioner::new(InstitutionId(9), record())));
}

#[test]
fn integrity_test_passes_when_the_constants_are_sound() {
	run(Consortium::integrity_test);
}

#[test]
fn institution_counts_as_inactive_when_its_state_contradicts_itself() {
	build(genesis(4)).execute_with(|| {
		Institutions::<Test>::mutate(H[0], |member| member.as_mut().unwrap().invalid_from = Some(1));
		assert!(!Consortium::institution_is_active(H[0]));
	});
}

/// One of the calls, on small numbers so that they meet.
fn act(kind: u8, id: u32, account: u64) -> frame_support::dispatch::DispatchResult {
	let (two_thirds, id) = (signed(TWO_THIRDS), InstitutionId(id));
	let operator = Institutions::<Test>::get(id).map_or(account, |member| member.operator);
	match kind {
		0 => Consortium::admit_institution(
			two_thirds,
			InstitutionKind::Hospital,
			b"x".to_vec().try_into().unwrap(),
			account,
		),
		1 => Consortium::suspend_institution(two_thirds, id, None),
		2 => Consortium::reinstate_institution(two_thirds, id),
		3 => Consortium::deactivate_institution(two_thirds, id, None),
		4 => Consortium::register_gateway(signed(operator), account),
		5 => Consortium::remove_gateway(signed(operator), account),
		6 => Consortium::add_validator(two_thirds, id, account),
		7 => Consortium::remove_validator(two_thirds, account),
		8 => Consortium::replace_operator(two_thirds, id, account),
		9 => set_keys(account, account),
		10 => Consortium::set_membership_end(two_thirds, id, Some(Clock::now() + account % 5)),
		11 => Consortium::expire_membership(signed(operator), id),
		12 => Consortium::request_pause(signed(operator), Stoppable::Remark),
		13 => {
			set_now(Clock::now() + account % 3);
			Ok(())
		}
		14 => Consortium::register_node(signed(operator), NodeId([account as u8; 32])),
		15 => Consortium::remove_node(signed(operator), NodeId([account as u8; 32])),
		16 => {
			report_offence(account);
			Ok(())
		}
		17 => {
			SessionLength::set(2 + account % 20);
			Ok(())
		}
		_ => {
			go_to(System::block_number() + account % 30);
			Ok(())
		}
	}
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(48))]
	#[test]
	fn invariants_hold_after_any_acts(acts in prop::collection::vec((0u8..20, 0u32..8, 298u64..308), 1..60)) {
		build(genesis(4)).execute_with(|| {
			let mut last = PlannedValidators::<Test>::get();
			for (kind, id, account) in acts {
				let before = Session::current_index();
				let state = sp_io::storage::root(sp_runtime::StateVersion::V1);
				// A refusal is as good as a success here, and leaves no trace.
				if act(kind, id, account).is_err() {
					assert_eq!(state, sp_io::storage::root(sp_runtime::StateVersion::V1));
				}
				assert_eq!(Consortium::do_try_state(), Ok(()));
				let planned = PlannedValidators::<Test>::get();
				assert!(planned.len() >= 3, "never below the minimum");
				if Session::current_index() <= before + 1 {
					let left = last.iter().filter(|who| !planned.contains(who)).count();
					assert!(left <= max_faulty(last.len()), "at most f leave between two sets");
				}
				last = planned;
			}
		});
	}
}

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok, dispatch::DispatchResult};
use salus_primitives::{AccountRoles as _, InstitutionId, MemberStatus};

const END: u64 = 1_005_000;

fn expire(id: InstitutionId) -> DispatchResult {
	Consortium::expire_membership(signed(gateway(1)), id)
}

fn end_at(id: InstitutionId, until: u64) {
	assert_ok!(Consortium::set_membership_end(signed(TWO_THIRDS), id, Some(until)));
}

#[test]
fn expire_membership_suspends_from_the_end_on_when_the_time_is_over() {
	run(|| {
		end_at(H[0], END);
		set_now(END + 1_000);
		assert_ok!(expire(H[0]));
		let member = Institutions::<Test>::get(H[0]).unwrap();
		assert_eq!((member.status, member.invalid_from), (MemberStatus::Suspended, Some(END)));
		assert!(!council().contains(&operator(0)));
		assert_eq!(last_event(), Event::InstitutionSuspended { institution: H[0], invalid_from: END });
		assert_noop!(expire(H[0]), Error::<Test>::AlreadySuspended);
	});
}

#[test]
fn expire_membership_lets_the_member_come_back_when_the_council_sets_a_later_end() {
	run(|| {
		end_at(H[0], END);
		set_now(END + 1_000);
		assert_ok!(expire(H[0]));
		let reinstate = || Consortium::reinstate_institution(signed(TWO_THIRDS), H[0]);
		assert_noop!(reinstate(), Error::<Test>::MembershipOver);
		end_at(H[0], END + 9_000);
		set_now(END + 2_000);
		assert_ok!(reinstate());
		assert!(Consortium::institution_is_active(H[0]));
		assert!(council().contains(&operator(0)));
		// What was stated in between never counts.
		for (at, counts) in [(END - 1, true), (END, false), (END + 1_999, false), (END + 2_000, true)] {
			assert_eq!(Consortium::statements_count(H[0], at), counts, "{at}");
		}
	});
}

#[test]
fn expire_membership_moves_the_time_back_when_the_member_was_suspended_after_its_end() {
	run(|| {
		end_at(H[0], END);
		set_now(END + 1_000);
		assert_ok!(Consortium::suspend_institution(signed(TWO_THIRDS), H[0], None));
		assert_ok!(expire(H[0]));
		assert_eq!(Institutions::<Test>::get(H[0]).unwrap().invalid_from, Some(END));
	});
}

#[test]
fn expire_membership_is_refused_when_the_time_is_not_over() {
	run(|| {
		assert_noop!(expire(H[0]), Error::<Test>::MembershipNotOver);
		end_at(H[0], END);
		set_now(END - 1);
		assert_noop!(expire(H[0]), Error::<Test>::MembershipNotOver);
		assert_noop!(expire(InstitutionId(9)), Error::<Test>::UnknownInstitution);
	});
}

#[test]
fn expire_membership_is_refused_when_the_last_seat_would_go() {
	run(|| {
		end_at(H[0], END);
		for other in [H[1], H[2], H[3], CLINIC] {
			assert_ok!(Consortium::suspend_institution(signed(TWO_THIRDS), other, None));
		}
		set_now(END);
		assert_ok!(Consortium::add_role(&70));
		assert_noop!(Consortium::expire_membership(signed(70), H[0]), Error::<Test>::LastCouncilSeat);
	});
}

#[test]
fn expire_membership_is_refused_when_the_signer_has_no_role() {
	run(|| {
		end_at(H[0], END);
		set_now(END);
		assert_noop!(Consortium::expire_membership(signed(9), H[0]), Error::<Test>::NotAMember);
	});
}

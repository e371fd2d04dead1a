use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok, dispatch::DispatchResult};
use salus_primitives::{InstitutionId, Members};
use sp_runtime::DispatchError::BadOrigin;

fn set_end(id: InstitutionId, until: Option<u64>) -> DispatchResult {
	Consortium::set_membership_end(signed(TWO_THIRDS), id, until)
}

#[test]
fn set_membership_end_stops_the_member_at_that_time_when_nobody_writes_it_down() {
	run(|| {
		assert_ok!(set_end(H[0], Some(1_005_000)));
		assert_eq!(last_event(), Event::MembershipEndSet { institution: H[0], until: Some(1_005_000) });
		set_now(1_004_999);
		assert_eq!(Consortium::active_institution(&gateway(0)), Ok(H[0]));
		set_now(1_005_000);
		assert_eq!(Consortium::active_institution(&gateway(0)), Err(Error::<Test>::InstitutionNotActive.into()));
		assert!(!Consortium::institution_is_active(H[0]));
		assert_noop!(Consortium::register_gateway(signed(operator(0)), 50), Error::<Test>::InstitutionNotActive);
		assert_noop!(
			Consortium::request_pause(signed(operator(0)), Stoppable::Remark),
			Error::<Test>::InstitutionNotActive
		);
		for (at, counts) in [(1_004_999, true), (1_005_000, false), (2_000_000, false)] {
			assert_eq!(Consortium::statements_count(H[0], at), counts, "{at}");
		}
	});
}

#[test]
fn set_membership_end_takes_its_validators_when_the_time_is_over() {
	run(|| {
		assert_ok!(set_end(H[0], Some(1_005_000)));
		next_session();
		assert!(PlannedValidators::<Test>::get().contains(&validator(0)));
		set_now(1_005_000);
		next_session();
		assert!(!PlannedValidators::<Test>::get().contains(&validator(0)));
	});
}

#[test]
fn set_membership_end_renews_or_makes_permanent_when_the_time_is_not_over() {
	run(|| {
		assert_ok!(set_end(H[0], Some(1_005_000)));
		assert_ok!(set_end(H[0], Some(1_010_000)));
		set_now(1_006_000);
		assert!(Consortium::institution_is_active(H[0]));
		assert_ok!(set_end(H[0], None));
		set_now(9_000_000);
		assert!(Consortium::institution_is_active(H[0]));
	});
}

#[test]
fn set_membership_end_is_refused_when_it_lies_in_the_past_or_the_member_is_gone() {
	run(|| {
		for until in [0, 999_999, 1_000_000] {
			assert_noop!(set_end(H[0], Some(until)), Error::<Test>::EndInPast);
		}
		assert_noop!(set_end(InstitutionId(9), None), Error::<Test>::UnknownInstitution);
		assert_ok!(Consortium::deactivate_institution(signed(TWO_THIRDS), CLINIC, None));
		assert_noop!(set_end(CLINIC, None), Error::<Test>::InstitutionDeactivated);
	});
}

/// Otherwise what was stated after the end would count once the end has moved.
#[test]
fn set_membership_end_is_refused_when_the_time_is_over_and_nobody_wrote_it_down() {
	run(|| {
		assert_ok!(set_end(H[0], Some(1_005_000)));
		set_now(1_006_000);
		assert_noop!(set_end(H[0], None), Error::<Test>::MembershipOver);
	});
}

#[test]
fn set_membership_end_is_refused_when_the_origin_is_not_two_thirds_of_the_council() {
	run(|| {
		for who in [HALF, operator(0), gateway(0)] {
			assert_noop!(Consortium::set_membership_end(signed(who), H[0], None), BadOrigin);
		}
	});
}

/// Ends pass by themselves: whoever is left must be a council.
#[test]
fn set_membership_end_is_refused_when_more_than_a_third_of_the_seats_would_be_for_a_time() {
	run(|| {
		assert_eq!(Seats::<Test>::get().len(), 5);
		assert_ok!(set_end(H[0], Some(1_005_000)));
		assert_noop!(set_end(H[1], Some(1_005_000)), Error::<Test>::TooManyTimed);
		// Another end for one that has one, and permanent ones, are always possible.
		assert_ok!(set_end(H[0], Some(1_006_000)));
		assert_ok!(set_end(H[0], None));
		assert_ok!(set_end(H[1], Some(1_005_000)));
	});
}

#[test]
fn set_membership_end_keeps_void_what_was_stated_after_the_end_when_the_suspension_came_later() {
	run(|| {
		assert_ok!(set_end(H[0], Some(1_005_000)));
		set_now(1_009_000);
		assert_ok!(Consortium::suspend_institution(signed(TWO_THIRDS), H[0], None));
		assert_ok!(set_end(H[0], None));
		assert_ok!(Consortium::reinstate_institution(signed(TWO_THIRDS), H[0]));
		for (at, counts) in [(1_004_999, true), (1_005_000, false), (1_008_999, false), (1_009_000, true)] {
			assert_eq!(Consortium::statements_count(H[0], at), counts, "{at}");
		}
	});
}

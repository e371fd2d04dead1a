//! Each invariant is noticed when it is broken.

use super::*;
use frame_support::assert_ok;

/// The invariants hold, `damage` is done to the state, and then they do not.
fn notices(damage: impl FnOnce()) {
	new_test_ext().execute_with(|| {
		granted(grant_of(ASKER, &[1, 2]));
		granted(grant_of(ASKER, &[3]));
		granted(grant_of(OTHER, &[1]));
		assert!(ask(&[1]).is_some());
		assert_eq!(ask(&[9]), None);
		assert_ok!(Consent::do_try_state());
		damage();
		assert!(Consent::do_try_state().is_err());
	});
}

fn change(change: impl FnOnce(&mut Capability)) {
	Capabilities::<Test>::mutate(ANA, ASKER, |list| change(&mut list[0]));
}

fn change_permit(change: impl FnOnce(&mut PermitOf<Test>)) {
	Permits::<Test>::mutate(PermitId(0), |permit| change(permit.as_mut().expect("issued")));
}

#[test]
fn try_state_fails_when_an_empty_list_is_stored() {
	notices(|| Capabilities::<Test>::mutate(ANA, ASKER, |list| list.clear()));
}

#[test]
fn try_state_fails_when_capabilities_are_out_of_order() {
	notices(|| Capabilities::<Test>::mutate(ANA, ASKER, |list| list.as_mut().reverse()));
}

#[test]
fn try_state_fails_when_a_capability_has_an_id_of_the_future() {
	notices(|| NextCapability::<Test>::put(CapabilityId(1)));
}

#[test]
fn try_state_fails_when_two_capabilities_have_one_id() {
	notices(|| Capabilities::<Test>::mutate(ANA, OTHER, |list| list[0].id = CapabilityId(0)));
}

#[test]
fn try_state_fails_when_tags_of_a_capability_are_doubled_or_missing() {
	notices(|| change(|capability| capability.tags = tags(&[1, 1])));
	notices(|| change(|capability| capability.tags = tags(&[])));
}

#[test]
fn try_state_fails_when_purposes_do_not_exist() {
	notices(|| change(|capability| capability.purposes = PurposeClasses(0)));
}

#[test]
fn try_state_fails_when_a_capability_ends_before_it_begins() {
	notices(|| change(|capability| capability.valid_until = capability.valid_from));
}

#[test]
fn try_state_fails_when_a_permit_has_an_id_of_the_future() {
	notices(|| NextPermit::<Test>::put(PermitId(0)));
}

#[test]
fn try_state_fails_when_a_permit_is_older_than_the_oldest() {
	notices(|| OldestPermit::<Test>::put(PermitId(1)));
}

#[test]
fn try_state_fails_when_the_oldest_permit_is_one_of_the_future() {
	notices(|| {
		Permits::<Test>::remove(PermitId(0));
		OldestPermit::<Test>::put(PermitId(2));
	});
}

#[test]
fn try_state_fails_when_tags_of_a_permit_are_doubled_or_missing() {
	notices(|| change_permit(|permit| permit.tags = tags(&[1, 1])));
	notices(|| change_permit(|permit| permit.tags = tags(&[])));
}

#[test]
fn try_state_fails_when_a_permit_rests_on_nothing() {
	notices(|| change_permit(|permit| permit.capabilities.clear()));
	notices(|| change_permit(|permit| permit.capabilities[0] = CapabilityId(99)));
}

#[test]
fn try_state_fails_when_a_permit_ends_before_it_was_issued() {
	notices(|| change_permit(|permit| permit.expires_at = permit.issued_at - 1));
}

#[test]
fn try_state_fails_when_a_count_of_refusals_is_zero() {
	notices(|| Refusals::<Test>::insert(OTHER, RefusalCount { day: 1, count: 0 }));
}

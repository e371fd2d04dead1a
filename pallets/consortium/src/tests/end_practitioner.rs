use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::Members;

fn end(at: u64) -> frame_support::dispatch::DispatchResult {
	Consortium::end_practitioner(signed(gateway(0)), ANNA, at)
}

#[test]
fn end_practitioner_voids_statements_when_the_time_has_come() {
	run(|| {
		assert_ok!(Consortium::register_practitioner(signed(gateway(0)), ANNA, record()));
		assert_ok!(end(1_000_500));
		let event = Event::PractitionerEnded { practitioner: ANNA, institution: H[0], invalid_from: 1_000_500 };
		assert_eq!(last_event(), event);
		for (now, valid) in [(1_000_000, true), (1_000_499, true), (1_000_500, false), (1_000_999, false)] {
			set_now(now);
			assert_eq!(Consortium::practitioner(&ANNA).unwrap().valid, valid, "{now}");
		}
	});
}

#[test]
fn end_practitioner_is_accepted_again_when_the_time_moves_back() {
	run(|| {
		assert_ok!(Consortium::register_practitioner(signed(gateway(0)), ANNA, record()));
		assert_ok!(end(1_000_500));
		for at in [1_000_500, 1_000_501] {
			assert_noop!(end(at), Error::<Test>::InvalidFromNotEarlier);
		}
		assert_ok!(end(1_000_200));
		assert!(!Consortium::practitioner_statements_count(&ANNA, 1_000_200));
		assert!(Consortium::practitioner_statements_count(&ANNA, 1_000_199));
	});
}

#[test]
fn end_practitioner_is_refused_when_another_signs_or_nobody_is_there() {
	run(|| {
		assert_noop!(end(1), Error::<Test>::UnknownPractitioner);
		assert_ok!(Consortium::register_practitioner(signed(gateway(0)), ANNA, record()));
		assert_noop!(Consortium::end_practitioner(signed(gateway(1)), ANNA, 1), Error::<Test>::NotYourPractitioner);
		assert_noop!(Consortium::end_practitioner(signed(7), ANNA, 1), Error::<Test>::NotAMember);
	});
}

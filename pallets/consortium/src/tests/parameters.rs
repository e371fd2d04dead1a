//! Parameters through `enact`.

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok, dispatch::DispatchResult};

fn set(parameter: Figure, value: u64) -> DispatchResult {
	Consortium::enact(signed(HALF), Action::SetParameter { parameter, value })
}

#[test]
fn parameter_has_its_default_when_nobody_has_set_it() {
	run(|| {
		assert_eq!(Consortium::parameter(Figure::Cap), 10);
		assert_eq!(Consortium::parameter(Figure::Span), 0);
	});
}

#[test]
fn parameter_has_the_value_that_was_set_when_it_lies_in_the_range() {
	run(|| {
		for value in [5, 13, 20] {
			assert_ok!(set(Figure::Cap, value));
			assert_eq!(Consortium::parameter(Figure::Cap), value);
		}
		assert_eq!(Consortium::parameter(Figure::Span), 0);
		assert_ok!(set(Figure::Span, u64::MAX));
		assert_eq!(Consortium::parameter(Figure::Span), u64::MAX);
	});
}

#[test]
fn parameter_is_refused_when_the_value_lies_outside_of_the_range() {
	run(|| {
		for value in [0, 4, 21, u64::MAX] {
			assert_noop!(set(Figure::Cap, value), Error::<Test>::ParameterOutOfRange);
		}
	});
}

#[test]
fn parameter_stays_in_its_range_when_a_later_runtime_narrows_that() {
	run(|| {
		assert_ok!(set(Figure::Cap, 20));
		narrow_cap(15);
		assert_eq!(Consortium::parameter(Figure::Cap), 15);
		// A range that contradicts itself is no reason to panic.
		narrow_cap(1);
		assert_eq!(Consortium::parameter(Figure::Cap), 1);
	});
}

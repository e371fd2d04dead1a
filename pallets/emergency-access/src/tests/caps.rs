//! One stolen account that opens patients at machine speed meets people, and nobody's care stops for it.

use super::{stage::*, *};
use proptest::prelude::*;
use std::collections::BTreeMap;

/// A request of hospital 9 for Ana's summary in a fresh epoch, by the practitioner of this tag.
fn ask_once(committee: CommitteeId, tag: ShiftTag) -> SessionOf<Test> {
	let epoch = EmergencyAccess::scope(&ANA, SUMMARY).epoch;
	assert_ok!(seal_for(ANA, SUMMARY, epoch + 1, committee));
	// The tag is not in any proof: it says who asked, which the audit entry opens.
	let request = EmergencyRequest { shift_tag: tag, ..request_of(ASKER, committee, 0) };
	let id = asked(ASKER, request);
	let session = stored(id);
	assert_ok!(cancel(id));
	session
}

#[test]
fn requests_need_people_and_one_more_approval_when_a_practitioner_exceeds_the_cap() {
	run(|| {
		let committee = ready();
		set_limits(|limits| (limits.shift_requests, limits.institution_requests) = (2, 5));
		for expected in [false, false, true, true, true] {
			let session = ask_once(committee, [1; 16]);
			assert_eq!((session.manual, session.required), (expected, if expected { 4 } else { 3 }));
		}
		// What was over the cap did not use up the hospital's.
		for (tag, expected) in [([2; 16], false), ([3; 16], false), ([2; 16], false), ([3; 16], true), ([4; 16], true)]
		{
			assert_eq!(ask_once(committee, tag).manual, expected, "{tag:?}");
		}
		// Nor anybody else's.
		let id = asked(hospital(10), request_of(hospital(10), committee, 1));
		assert!(!stored(id).manual);
	});
}

#[test]
fn requests_need_people_when_tags_are_made_up() {
	run(|| {
		let committee = ready();
		set_limits(|limits| (limits.shift_requests, limits.institution_requests) = (2, 5));
		// A stolen gateway writes a new tag each time: the hospital's cap holds it.
		let manual = (0..8u8).filter(|number| ask_once(committee, [*number; 16]).manual).count();
		assert_eq!(manual, 3);
	});
}

#[test]
fn requests_need_people_when_more_practitioners_ask_than_are_told_apart() {
	run(|| {
		let committee = ready();
		set_limits(|limits| limits.institution_requests = 1_000);
		let shifts = (0..MAX_SHIFTS).map(|number| (u128::from(number).to_be_bytes(), 1)).collect::<Vec<_>>();
		let used = DayUse { day: START / DAY, requests: MAX_SHIFTS, shifts: shifts.try_into().expect("as many") };
		EmergencyUse::<Test>::insert(ASKER, used);
		assert!(ask_once(committee, [0xff; 16]).manual);
		assert!(!ask_once(committee, 7u128.to_be_bytes()).manual);
	});
}

#[test]
fn requests_over_the_cap_count_afresh_when_the_next_day_begins() {
	run(|| {
		let committee = ready();
		set_limits(|limits| limits.shift_requests = 1);
		assert!(!ask_once(committee, [1; 16]).manual);
		Clock::set(START + DAY - 1);
		assert!(ask_once(committee, [1; 16]).manual);
		Clock::set(START + DAY);
		assert!(!ask_once(committee, [1; 16]).manual);
	});
}

#[test]
fn requests_over_the_cap_and_overdue_reviews_add_up() {
	run(|| {
		let committee = ready();
		let id = opened(committee, 0);
		assert_ok!(close(id));
		Clock::set(stored(id).review_due.expect("it was active"));
		assert_ok!(EmergencyAccess::escalate_review(signed(gateway(CUSTODIAN)), id));
		set_limits(|limits| limits.institution_requests = 1);
		assert_eq!(ask_once(committee, [1; 16]).required, 4);
		assert_eq!(ask_once(committee, [1; 16]).required, 5);
	});
}

#[test]
fn drills_are_not_counted_and_never_over_the_cap() {
	run(|| {
		let committee = active(5, 3);
		set_limits(|limits| limits.institution_requests = 1);
		let envelopes = envelopes(committee, ANA, SUMMARY, 0, 4);
		let custodian = signed(gateway(CUSTODIAN));
		assert_ok!(EmergencyAccess::seal_envelopes(custodian, ANA, SUMMARY, 0, committee, envelopes, true));
		for number in 0..4 {
			let session = stored(requested(committee, number));
			assert!(session.drill && !session.manual);
		}
		assert!(!EmergencyUse::<Test>::contains_key(ASKER));
	});
}

proptest! {
	#![proptest_config(ProptestConfig::with_cases(512))]

	/// Counted as one would on paper: by day, by practitioner and day.
	#[test]
	fn counts_are_those_on_paper(
		steps in prop::collection::vec((0u8..6, 0u64..20), 1..200),
		of_shift in 0u32..6,
		of_institution in 0u32..20,
	) {
		let (mut used, mut hour) = (DayUse::default(), 0);
		let (mut by_day, mut by_shift) = (BTreeMap::<u64, u32>::new(), BTreeMap::<(u64, u8), u32>::new());
		for (tag, hours) in steps {
			hour += hours / 6;
			let day = hour / 24;
			let (of_day, of_tag) = (by_day.entry(day).or_default(), by_shift.entry((day, tag)).or_default());
			let automatic = *of_day < of_institution && *of_tag < of_shift;
			let counted = used.clone().at(hour * HOUR).with_one_more(&[tag; 16], of_shift, of_institution);
			prop_assert_eq!(counted.is_some(), automatic);
			if let Some(counted) = counted {
				used = counted;
				*of_day += 1;
				*of_tag += 1;
				prop_assert_eq!((used.day, used.requests), (day, *of_day));
			}
		}
	}
}

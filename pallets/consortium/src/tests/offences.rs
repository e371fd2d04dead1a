use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok, weights::Weight};
use sp_runtime::Perbill;
use sp_staking::offence::{OffenceDetails, OnOffenceHandler};

fn report(offenders: &[AccountId], severities: &[Perbill]) -> Weight {
	let details: Vec<_> =
		offenders.iter().map(|who| OffenceDetails { offender: (*who, ()), reporters: vec![] }).collect();
	Consortium::on_offence(&details, severities, 3)
}

fn name(account: AccountId) {
	assert_ok!(Consortium::add_validator(signed(TWO_THIRDS), H[0], account));
}

#[test]
fn on_offence_disables_and_tells_when_a_validator_equivocated() {
	run(|| {
		let severity = Perbill::from_percent(10);
		assert_eq!(report(&[validator(1)], &[severity]), <() as WeightInfo>::on_offence());
		assert_eq!(Session::disabled_validators(), [1]);
		let event = Event::OffenceReported { validator: validator(1), institution: Some(H[1]), session: 3, severity };
		assert_eq!(last_event(), event);
	});
}

#[test]
fn on_offence_disables_no_more_than_f_when_many_equivocated() {
	run(|| {
		report(&[validator(1), validator(2)], &[Perbill::one(), Perbill::one()]);
		assert_eq!(Session::disabled_validators(), [1]);
		assert_eq!(System::read_events_for_pallet::<Event<Test>>().len(), 2);
	});
}

#[test]
fn on_offence_assumes_the_worst_when_no_severity_is_given() {
	run(|| {
		report(&[validator(1)], &[]);
		assert!(matches!(last_event(), Event::OffenceReported { severity, .. } if severity == Perbill::one()));
	});
}

#[test]
fn on_offence_names_no_institution_when_the_validator_has_left() {
	run(|| {
		assert_ok!(Consortium::remove_validator(signed(TWO_THIRDS), validator(1)));
		report(&[validator(1)], &[Perbill::one()]);
		assert!(matches!(last_event(), Event::OffenceReported { institution: None, .. }));
		assert_eq!(Session::disabled_validators(), [1]);
	});
}

#[test]
fn on_offence_remembers_a_named_validator_once_and_nobody_else() {
	run(|| {
		assert_ok!(Consortium::remove_validator(signed(TWO_THIRDS), validator(1)));
		for who in [validator(0), validator(1), validator(0), operator(0)] {
			report(&[who], &[Perbill::one()]);
		}
		assert_eq!(Offenders::<Test>::get().into_inner(), [validator(0)]);
	});
}

#[test]
fn on_offence_forgets_the_offender_when_its_institution_left_and_the_set_let_go() {
	run(|| {
		report(&[validator(1)], &[Perbill::one()]);
		assert_ok!(Consortium::deactivate_institution(signed(TWO_THIRDS), H[1], None));
		next_session();
		assert_eq!(Offenders::<Test>::get().into_inner(), [validator(1)], "it sits in the set until the next session");
		next_session();
		assert!(Offenders::<Test>::get().is_empty());
	});
}

/// A set that is planned already brings the removed offender once more, and a changed one enables everybody.
#[test]
fn removed_offender_stays_disabled_when_the_next_set_was_planned_with_it() {
	run_with(genesis(5), || {
		assert_ok!(set_keys(validator(1), 777));
		next_session();
		report_offence(validator(0));
		assert_ok!(Consortium::remove_validator(signed(TWO_THIRDS), validator(0)));
		next_session();
		assert_eq!((Session::validators()[0], Session::disabled_validators()), (validator(0), vec![0]));
		next_session();
		assert!(!Session::validators().contains(&validator(0)));
		assert!(Offenders::<Test>::get().is_empty());
	});
}

#[test]
fn on_offence_takes_nobody_out_when_it_lies_before_the_naming() {
	run_with(genesis(5), || {
		(0..4).for_each(|_| next_session());
		report_offence(validator(0));
		assert_ok!(Consortium::remove_validator(signed(TWO_THIRDS), validator(0)));
		assert!(!NamedIn::<Test>::contains_key(validator(0)));
		name(validator(0));
		report(&[validator(0)], &[Perbill::one()]);
		assert!(Offenders::<Test>::get().is_empty());
		assert!(matches!(last_event(), Event::OffenceReported { session: 3, institution: Some(_), .. }));
		next_session();
		assert!(PlannedValidators::<Test>::get().contains(&validator(0)));
		// What it does from its naming on counts.
		assert_eq!(NamedIn::<Test>::get(validator(0)), 4);
		report_offence(validator(0));
		assert_eq!(Offenders::<Test>::get().into_inner(), [validator(0)]);
	});
}

/// With as many validators as the minimum an offender cannot be removed first.
#[test]
fn offender_validates_again_when_the_council_names_it_anew_in_one_motion() {
	run(|| {
		MinValidators::set(4);
		report_offence(validator(0));
		next_session();
		assert_eq!(Session::disabled_validators(), [0]);
		name(validator(0));
		assert_eq!(last_event(), Event::ValidatorAdded { institution: H[0], validator: validator(0) });
		assert!(Offenders::<Test>::get().is_empty());
		assert_eq!((NamedIn::<Test>::get(validator(0)), AccountRoles::<Test>::get(validator(0))), (1, 1));
		assert_noop!(
			Consortium::add_validator(signed(TWO_THIRDS), H[0], validator(0)),
			Error::<Test>::AlreadyValidator
		);
		// The same four under the same keys: they are planned anew all the same.
		next_session();
		next_session();
		assert_eq!((Session::validators().len(), Session::disabled_validators()), (4, vec![]));
	});
}

#[test]
fn offender_is_not_pardoned_when_another_institution_names_it() {
	run(|| {
		report_offence(validator(1));
		assert_noop!(
			Consortium::add_validator(signed(TWO_THIRDS), H[0], validator(1)),
			Error::<Test>::AccountServesAnother
		);
	});
}

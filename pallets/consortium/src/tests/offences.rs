use crate::{mock::*, *};
use frame_support::{assert_ok, weights::Weight};
use sp_runtime::Perbill;
use sp_staking::offence::{OffenceDetails, OnOffenceHandler};

fn report(offenders: &[AccountId], severities: &[Perbill]) -> Weight {
	let details: Vec<_> =
		offenders.iter().map(|who| OffenceDetails { offender: (*who, ()), reporters: vec![] }).collect();
	Consortium::on_offence(&details, severities, 3)
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
fn on_offence_forgets_the_offender_when_its_institution_leaves() {
	run(|| {
		report(&[validator(1)], &[Perbill::one()]);
		assert_ok!(Consortium::deactivate_institution(signed(TWO_THIRDS), H[1], None));
		assert!(Offenders::<Test>::get().is_empty());
	});
}

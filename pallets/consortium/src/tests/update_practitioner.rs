use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};

fn changed() -> PractitionerRecord {
	PractitionerRecord { signing_key: [9; 32], emergency_authorised: true, ..record() }
}

#[test]
fn update_practitioner_replaces_the_entry_when_its_institution_signs() {
	run(|| {
		assert_ok!(Consortium::register_practitioner(signed(gateway(0)), ANNA, record()));
		assert_ok!(Consortium::update_practitioner(signed(operator(0)), ANNA, changed()));
		assert_eq!(Practitioners::<Test>::get(ANNA), Some(Practitioner::new(H[0], changed())));
		assert_eq!(last_event(), Event::PractitionerUpdated { practitioner: ANNA, institution: H[0] });
	});
}

#[test]
fn update_practitioner_is_refused_when_another_institution_signs() {
	run(|| {
		assert_ok!(Consortium::register_practitioner(signed(gateway(0)), ANNA, record()));
		for who in [gateway(1), operator(1)] {
			assert_noop!(
				Consortium::update_practitioner(signed(who), ANNA, changed()),
				Error::<Test>::NotYourPractitioner
			);
		}
		assert_noop!(Consortium::update_practitioner(signed(7), ANNA, changed()), Error::<Test>::NotAMember);
	});
}

#[test]
fn update_practitioner_is_refused_when_the_entry_is_unknown_ended_or_unsound() {
	run(|| {
		let update = |record| Consortium::update_practitioner(signed(gateway(0)), ANNA, record);
		assert_noop!(update(changed()), Error::<Test>::UnknownPractitioner);
		assert_ok!(Consortium::register_practitioner(signed(gateway(0)), ANNA, record()));
		assert_noop!(update(PractitionerRecord { valid_until: 0, ..record() }), Error::<Test>::InvalidValidity);
		assert_ok!(Consortium::end_practitioner(signed(gateway(0)), ANNA, 2_000_000));
		assert_noop!(update(changed()), Error::<Test>::PractitionerEnded);
	});
}

#[test]
fn update_practitioner_is_refused_when_the_institution_is_suspended() {
	run(|| {
		assert_ok!(Consortium::register_practitioner(signed(gateway(0)), ANNA, record()));
		assert_ok!(Consortium::suspend_institution(signed(TWO_THIRDS), H[0], None));
		assert_noop!(
			Consortium::update_practitioner(signed(gateway(0)), ANNA, changed()),
			Error::<Test>::InstitutionNotActive
		);
	});
}

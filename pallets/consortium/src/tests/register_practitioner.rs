use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{PractitionerId, StaffRole};

fn register(record: PractitionerRecord) -> frame_support::dispatch::DispatchResult {
	Consortium::register_practitioner(signed(gateway(0)), ANNA, record)
}

#[test]
fn register_practitioner_succeeds_when_gateway_or_operator_signs() {
	run(|| {
		assert_ok!(register(record()));
		assert_eq!(Practitioners::<Test>::get(ANNA), Some(Practitioner::new(H[0], record())));
		assert_eq!(last_event(), Event::PractitionerRegistered { practitioner: ANNA, institution: H[0] });
		assert_ok!(Consortium::register_practitioner(signed(operator(1)), PractitionerId([2; 32]), record()));
	});
}

#[test]
fn register_practitioner_is_refused_when_the_id_is_taken() {
	run(|| {
		assert_ok!(register(record()));
		assert_noop!(register(record()), Error::<Test>::PractitionerExists);
		// Not even another institution can take it over.
		assert_noop!(
			Consortium::register_practitioner(signed(gateway(1)), ANNA, record()),
			Error::<Test>::PractitionerExists
		);
	});
}

#[test]
fn register_practitioner_is_refused_when_a_key_is_zero() {
	run(|| {
		assert_noop!(register(PractitionerRecord { signing_key: [0; 32], ..record() }), Error::<Test>::InvalidKey);
		assert_noop!(
			register(PractitionerRecord { encryption_key_hash: [0; 32], ..record() }),
			Error::<Test>::InvalidKey
		);
	});
}

#[test]
fn register_practitioner_is_refused_when_roles_are_missing_or_doubled() {
	run(|| {
		for roles in [vec![], vec![StaffRole::Nurse, StaffRole::Physician, StaffRole::Nurse]] {
			let record = PractitionerRecord { roles: roles.try_into().unwrap(), ..record() };
			assert_noop!(register(record), Error::<Test>::InvalidRoles);
		}
	});
}

#[test]
fn register_practitioner_is_refused_when_a_department_is_malformed_or_doubled() {
	run(|| {
		for codes in [&["cardiology", "cardiology"][..], &[""], &["Cardiology"], &["ward 3"], &["über"], &["er", "a_b"]]
		{
			let departments: Vec<_> = codes.iter().map(|code| department(code)).collect();
			let record = PractitionerRecord { departments: departments.try_into().unwrap(), ..record() };
			assert_noop!(register(record), Error::<Test>::InvalidDepartments);
		}
		let departments = vec![department("er"), department("ward-3")].try_into().unwrap();
		assert_ok!(register(PractitionerRecord { departments, ..record() }));
	});
}

#[test]
fn register_practitioner_is_refused_when_the_validity_is_empty_or_over() {
	run(|| {
		for (valid_from, valid_until) in [(5, 5), (6, 5), (2_000_000, 1_500_000), (1, 1_000_000)] {
			let record = PractitionerRecord { valid_from, valid_until, ..record() };
			assert_noop!(register(record), Error::<Test>::InvalidValidity);
		}
	});
}

#[test]
fn register_practitioner_is_refused_when_the_signer_is_no_active_member() {
	run(|| {
		for who in [validator(0), TWO_THIRDS, 7] {
			assert_noop!(Consortium::register_practitioner(signed(who), ANNA, record()), Error::<Test>::NotAMember);
		}
		assert_ok!(Consortium::suspend_institution(signed(TWO_THIRDS), H[0], None));
		for who in [operator(0), gateway(0)] {
			assert_noop!(
				Consortium::register_practitioner(signed(who), ANNA, record()),
				Error::<Test>::InstitutionNotActive
			);
		}
	});
}

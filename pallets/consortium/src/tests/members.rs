//! What other pallets are told.

use crate::{mock::*, *};
use frame_support::assert_ok;
use salus_primitives::{AccountRoles as _, InstitutionId, InstitutionKind, Members, PractitionerId, PurposeClass};

#[test]
fn members_know_nothing_when_account_or_id_is_unknown() {
	run(|| {
		for who in [operator(0), validator(0), 7] {
			assert_eq!(Consortium::institution_of(&who), None);
			assert_eq!(Consortium::active_institution(&who), Err(Error::<Test>::NotAGateway.into()));
		}
		let unknown = InstitutionId(9);
		assert!(!Consortium::is_active(unknown));
		assert!(!Consortium::statements_count(unknown, 1_000_000));
		assert!(!Consortium::may_claim(unknown, PurposeClass::Treatment));
		assert_eq!(Consortium::kind(unknown), None);
		assert_eq!(Consortium::practitioner(&ANNA), None);
		assert!(!Consortium::practitioner_statements_count(&ANNA, 1_000_000));
	});
}

#[test]
fn ensure_member_takes_any_role_when_it_counts_now() {
	run(|| {
		Consortium::add_role(&50).unwrap();
		for who in [operator(0), gateway(0), validator(0), operator(4), 50] {
			assert_ok!(Consortium::ensure_member(&who));
		}
		assert_eq!(Consortium::ensure_member(&7), Err(Error::<Test>::NotAMember.into()));
		assert_ok!(Consortium::suspend_institution(signed(TWO_THIRDS), H[0], None));
		// Another role does not make up for the suspension of the institution that the account serves.
		Consortium::add_role(&gateway(0)).unwrap();
		for who in [operator(0), gateway(0), validator(0)] {
			assert_eq!(Consortium::ensure_member(&who), Err(Error::<Test>::InstitutionNotActive.into()));
		}
		Consortium::remove_role(&50).unwrap();
		assert_eq!(Consortium::ensure_member(&50), Err(Error::<Test>::NotAMember.into()));
		Consortium::remove_role(&gateway(0)).unwrap();
	});
}

#[test]
fn may_claim_follows_kind_and_status() {
	run(|| {
		assert!(Consortium::may_claim(H[0], PurposeClass::Treatment));
		assert!(!Consortium::may_claim(H[0], PurposeClass::PublicHealthAndLegal));
		assert_ok!(Consortium::suspend_institution(signed(TWO_THIRDS), H[0], None));
		assert!(!Consortium::may_claim(H[0], PurposeClass::Treatment));
		assert_eq!(Consortium::kind(H[0]), Some(InstitutionKind::Hospital));
	});
}

/// (validity, own end, what happens to the institution) against time.
#[test]
fn practitioner_is_valid_only_when_entry_end_and_institution_say_so() {
	for (until, ended, suspended, at, valid) in [
		(1_001_000, None, None, 1_000_000, true),
		(1_001_000, None, None, 1_000_999, true),
		(1_001_000, None, None, 1_001_000, false),
		(1_001_000, Some(1_000_500), None, 1_000_499, true),
		(1_001_000, Some(1_000_500), None, 1_000_500, false),
		(1_001_000, Some(0), None, 1_000_000, false),
		(1_001_000, None, Some(None), 1_000_500, false),
		(1_001_000, None, Some(Some(1_000_000)), 1_000_000, false),
		(1_001_000, Some(1_000_900), Some(Some(5)), 1_000_500, false),
	] {
		run(|| {
			let record = PractitionerRecord { valid_until: until, ..record() };
			assert_ok!(Consortium::register_practitioner(signed(gateway(0)), ANNA, record));
			if let Some(from) = ended {
				assert_ok!(Consortium::end_practitioner(signed(gateway(0)), ANNA, from));
			}
			if let Some(from) = suspended {
				assert_ok!(Consortium::suspend_institution(signed(TWO_THIRDS), H[0], from));
			}
			set_now(at);
			let summary = Consortium::practitioner(&ANNA).unwrap();
			assert_eq!((summary.institution, summary.signing_key), (H[0], [7; 32]));
			assert_eq!(summary.valid, valid, "{until} {ended:?} {suspended:?} {at}");
		});
	}
}

#[test]
fn practitioner_is_not_valid_when_the_entry_begins_later() {
	run(|| {
		let later = PractitionerRecord { valid_from: 1_000_500, ..record() };
		assert_ok!(Consortium::register_practitioner(signed(gateway(0)), ANNA, later));
		assert!(!Consortium::practitioner(&ANNA).unwrap().valid);
		set_now(1_000_500);
		assert!(Consortium::practitioner(&ANNA).unwrap().valid);
	});
}

#[test]
fn statements_of_staff_stay_void_when_the_institution_is_reinstated() {
	run(|| {
		assert_ok!(Consortium::register_practitioner(signed(gateway(0)), ANNA, record()));
		set_now(1_000_300);
		assert_ok!(Consortium::suspend_institution(signed(TWO_THIRDS), H[0], Some(1_000_100)));
		set_now(1_000_400);
		assert_ok!(Consortium::reinstate_institution(signed(TWO_THIRDS), H[0]));
		assert!(Consortium::practitioner(&ANNA).unwrap().valid);
		for (at, counts) in [(1_000_099, true), (1_000_100, false), (1_000_399, false), (1_000_400, true)] {
			assert_eq!(Consortium::practitioner_statements_count(&ANNA, at), counts, "{at}");
		}
	});
}

#[test]
fn a_person_has_two_entries_when_working_at_two_institutions() {
	run(|| {
		let other = PractitionerId([2; 32]);
		assert_ok!(Consortium::register_practitioner(signed(gateway(0)), ANNA, record()));
		assert_ok!(Consortium::register_practitioner(signed(gateway(1)), other, record()));
		assert_ok!(Consortium::suspend_institution(signed(TWO_THIRDS), H[0], None));
		assert!(!Consortium::practitioner(&ANNA).unwrap().valid);
		assert!(Consortium::practitioner(&other).unwrap().valid);
	});
}

use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok, traits::ConstU32, BoundedVec};
use salus_primitives::{InstitutionId, InstitutionKind, MemberStatus};
use sp_runtime::DispatchError::BadOrigin;

fn name(text: &str) -> BoundedVec<u8, ConstU32<MAX_NAME_LEN>> {
	text.as_bytes().to_vec().try_into().unwrap()
}

fn admit(operator: AccountId) -> frame_support::dispatch::DispatchResult {
	Consortium::admit_institution(signed(TWO_THIRDS), InstitutionKind::Laboratory, name("Laborunion Süd"), operator)
}

#[test]
fn admit_institution_succeeds_when_two_thirds_agree() {
	run(|| {
		set_now(5_000);
		assert_ok!(admit(50));
		let id = InstitutionId(5);
		let member = Institutions::<Test>::get(id).unwrap();
		assert_eq!((member.kind, member.status), (InstitutionKind::Laboratory, MemberStatus::Active));
		assert_eq!((member.operator, member.admitted_at, member.invalid_from), (50, 5_000, None));
		assert_eq!(member.quota, DefaultQuota::get());
		assert_eq!(Operators::<Test>::get(50), Some(id));
		assert_eq!(System::providers(&50), 1);
		assert!(council().contains(&50));
		let event = Event::InstitutionAdmitted { institution: id, kind: InstitutionKind::Laboratory, operator: 50 };
		assert_eq!(last_event(), event);
	});
}

#[test]
fn admit_institution_gives_a_new_id_when_an_earlier_member_is_gone() {
	run(|| {
		assert_ok!(admit(50));
		assert_ok!(Consortium::deactivate_institution(signed(TWO_THIRDS), InstitutionId(5), None));
		assert_ok!(admit(50));
		assert_eq!(Operators::<Test>::get(50), Some(InstitutionId(6)));
		assert_eq!(Institutions::<Test>::get(InstitutionId(5)).unwrap().status, MemberStatus::Deactivated);
	});
}

#[test]
fn admit_institution_is_refused_when_the_origin_is_not_two_thirds() {
	run(|| {
		for who in [HALF, operator(0), gateway(0), 7] {
			let call = Consortium::admit_institution(signed(who), InstitutionKind::Clinic, name("x"), 50);
			assert_eq!(call, Err(BadOrigin));
		}
	});
}

#[test]
fn admit_institution_is_refused_when_the_name_is_empty_or_not_text() {
	run(|| {
		for bytes in [vec![], vec![0xc3, 0x28]] {
			let name = bytes.try_into().unwrap();
			let call = Consortium::admit_institution(signed(TWO_THIRDS), InstitutionKind::Clinic, name, 50);
			assert_noop!(call, Error::<Test>::InvalidName);
		}
	});
}

#[test]
fn admit_institution_is_refused_when_the_operator_serves_another() {
	run(|| {
		for account in [operator(1), gateway(1), validator(1)] {
			assert_noop!(admit(account), Error::<Test>::AccountServesAnother);
		}
	});
}

#[test]
fn admit_institution_is_refused_when_the_consortium_is_full() {
	run(|| {
		for n in 5..12 {
			assert_ok!(admit(500 + n));
		}
		assert_noop!(admit(600), Error::<Test>::TooManyInstitutions);
		assert_ok!(Consortium::deactivate_institution(signed(TWO_THIRDS), InstitutionId(11), None));
		assert_ok!(admit(600));
	});
}

#[test]
fn admit_institution_is_refused_when_ids_are_exhausted() {
	run(|| {
		NextInstitution::<Test>::put(InstitutionId(u32::MAX));
		assert_noop!(admit(50), Error::<Test>::IdsExhausted);
	});
}

use crate::{mock::*, *};
use salus_primitives::{InstitutionId, InstitutionKind, Members};
use sp_runtime::BuildStorage;

#[test]
fn genesis_makes_members_council_and_set_when_it_is_sound() {
	run(|| {
		assert_eq!((NextInstitution::<Test>::get(), MemberCount::<Test>::get()), (InstitutionId(5), 5));
		assert_eq!(council(), [100, 101, 102, 103, 104]);
		assert_eq!(Consortium::active_institution(&gateway(4)), Ok(CLINIC));
		assert_eq!(Consortium::kind(CLINIC), Some(InstitutionKind::Clinic));
		for who in [operator(0), gateway(0), validator(0)] {
			// Before the session pallet, whose genesis would otherwise add a reference that nobody takes back.
			assert_eq!(System::providers(&who), 1);
		}
	});
}

#[test]
fn genesis_takes_a_quota_when_one_is_given() {
	let mut members = genesis(4);
	let quota = Quota { bulk: 7, decisions: 8 };
	members[1].quota = Some(quota);
	run_with(members, || {
		assert_eq!(Institutions::<Test>::get(H[1]).unwrap().quota, quota);
		assert_eq!(Institutions::<Test>::get(H[0]).unwrap().quota, DefaultQuota::get());
	});
}

#[test]
fn genesis_is_an_empty_consortium_when_nobody_is_named() {
	let mut ext: sp_io::TestExternalities = GenesisConfig::<Test>::default().build_storage().unwrap().into();
	ext.execute_with(|| assert_eq!(Consortium::do_try_state(), Ok(())));
}

#[test]
#[should_panic(expected = "NotAHospital")]
fn genesis_is_refused_when_a_clinic_validates() {
	let mut members = genesis(4);
	members[4].validators = vec![77];
	build(members);
}

#[test]
#[should_panic(expected = "AccountServesAnother")]
fn genesis_is_refused_when_an_account_serves_two() {
	let mut members = genesis(4);
	members[2].gateways = vec![gateway(1)];
	build(members);
}

#[test]
#[should_panic(expected = "InvalidName")]
fn genesis_is_refused_when_a_name_is_too_long() {
	let mut members = genesis(4);
	members[2].name = "x".repeat(MAX_NAME_LEN as usize + 1);
	build(members);
}

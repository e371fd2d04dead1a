use crate::{mock::*, *};
use salus_primitives::{InstitutionId, InstitutionKind, Members, NodeId};
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

/// A chain that begins with these parameters.
fn start_with(parameters: Vec<(Figure, u64)>) -> sp_io::TestExternalities {
	build_with(GenesisConfig { institutions: genesis(4), parameters, ..Default::default() })
}

#[test]
fn genesis_sets_parameters_when_they_are_named() {
	start_with(vec![(Figure::Cap, 7)]).execute_with(|| {
		assert_eq!((Consortium::parameter(Figure::Cap), Consortium::parameter(Figure::Span)), (7, 0));
	});
}

#[test]
#[should_panic(expected = "genesis sets Cap to 21: it goes from 5 to 20")]
fn genesis_is_refused_when_a_parameter_lies_outside_of_its_range() {
	start_with(vec![(Figure::Cap, 21)]);
}

#[test]
#[should_panic(expected = "genesis names Cap twice")]
fn genesis_is_refused_when_a_parameter_stands_there_twice() {
	start_with(vec![(Figure::Cap, 7), (Figure::Cap, 7)]);
}

#[test]
fn genesis_lists_nodes_when_a_member_has_some() {
	let mut members = genesis(4);
	members[1].nodes = vec![NodeId([1; 32]), NodeId([2; 32])];
	run_with(members, || assert_eq!(Consortium::nodes(), [(NodeId([1; 32]), H[1]), (NodeId([2; 32]), H[1])]));
}

#[test]
#[should_panic(expected = "NodeAlreadyListed")]
fn genesis_is_refused_when_a_member_lists_a_node_twice() {
	let mut members = genesis(4);
	members[1].nodes = vec![NodeId([1; 32]); 2];
	build(members);
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

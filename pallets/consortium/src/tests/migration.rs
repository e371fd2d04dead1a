//! The migration of storage version 0, from bytes as the version before wrote them.

use crate::{migration::*, mock::*, *};
use codec::Encode;
use frame_support::{
	storage::unhashed,
	traits::{GetStorageVersion, OnRuntimeUpgrade, StorageVersion},
};
use salus_primitives::{InstitutionId, MemberStatus};

/// Writes every member as version 0 kept it.
fn go_back() -> Vec<(InstitutionId, InstitutionV0<AccountId>)> {
	let old: Vec<_> = Institutions::<Test>::iter()
		.map(|(id, member)| {
			let Institution { kind, name, operator, status, admitted_at, invalid_from, quota, .. } = member;
			(id, InstitutionV0 { kind, name, operator, status, admitted_at, invalid_from, quota })
		})
		.collect();
	for (id, member) in &old {
		unhashed::put_raw(&Institutions::<Test>::hashed_key_for(id), &member.encode());
	}
	StorageVersion::new(0).put::<Consortium>();
	old
}

#[test]
fn migration_makes_every_membership_permanent_and_changes_nothing_else() {
	run(|| {
		assert_eq!(Consortium::on_chain_storage_version(), Consortium::in_code_storage_version());
		Consortium::suspend_institution(signed(TWO_THIRDS), H[1], Some(999_000)).unwrap();
		Consortium::deactivate_institution(signed(TWO_THIRDS), CLINIC, None).unwrap();
		let old = go_back();
		assert!(Consortium::do_try_state().is_err(), "the code does not read the old bytes");
		ToV1::<Test>::on_runtime_upgrade();
		assert_eq!(Consortium::on_chain_storage_version(), StorageVersion::new(1));
		assert_eq!(Institutions::<Test>::iter().count(), old.len());
		for (id, before) in old {
			let member = Institutions::<Test>::get(id).unwrap();
			assert_eq!(member, Institution::from(before));
			assert_eq!(member.until, None);
		}
		assert_eq!(Institutions::<Test>::get(H[1]).unwrap().status, MemberStatus::Suspended);
		Consortium::do_try_state().unwrap();
	});
}

#[test]
fn migration_does_nothing_when_it_runs_again() {
	run(|| {
		go_back();
		ToV1::<Test>::on_runtime_upgrade();
		Consortium::set_membership_end(signed(TWO_THIRDS), H[0], Some(1_001_000)).unwrap();
		let before = sp_io::storage::root(sp_runtime::StateVersion::V1);
		ToV1::<Test>::on_runtime_upgrade();
		assert_eq!(before, sp_io::storage::root(sp_runtime::StateVersion::V1));
	});
}

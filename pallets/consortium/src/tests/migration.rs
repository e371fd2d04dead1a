//! The migrations, from what the versions before wrote.

use crate::{migration::*, mock::*, *};
use codec::Encode;
use frame_support::{
	storage::unhashed,
	traits::{ConstU64, GetStorageVersion, OnRuntimeUpgrade, StorageVersion},
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

/// A chain of storage version 1, in this block, with sessions of so many blocks.
fn of_version_1(block: u64) {
	SessionBegan::<Test>::kill();
	StorageVersion::new(1).put::<Consortium>();
	System::set_block_number(block);
}

#[test]
fn migration_ends_the_session_under_way_in_the_block_in_which_it_would_have() {
	for (last, began) in [(0, 0), (1, 0), (SESSION - 1, 0), (SESSION, SESSION), (4 * SESSION - 1, 3 * SESSION)] {
		build(genesis(4)).execute_with(|| {
			of_version_1(last);
			ToV2::<Test, ConstU64<SESSION>>::on_runtime_upgrade();
			assert_eq!(Consortium::on_chain_storage_version(), StorageVersion::new(2));
			assert_eq!(SessionBegan::<Test>::get(), began, "after {last}");
			let before = Session::current_index();
			go_to(began + SESSION - 1);
			assert_eq!(Session::current_index(), before);
			go_to(began + SESSION);
			assert_eq!(Session::current_index(), before + 1);
			Consortium::do_try_state().unwrap();
		});
	}
}

/// Else a session would seem to have begun where the old grid would have had it.
#[test]
fn migration_leaves_sessions_alone_when_they_are_of_version_2() {
	run(|| {
		SessionLength::set(7);
		go_to(17);
		assert_eq!(SessionBegan::<Test>::get(), 14);
		ToV2::<Test, ConstU64<SESSION>>::on_runtime_upgrade();
		assert_eq!(SessionBegan::<Test>::get(), 14);
	});
}

//! Attacks on, and uses of, `revoke_grantee`.

use super::*;
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

fn revoke_all(who: u64, handle: PatientHandle, grantee: InstitutionId) -> DispatchResult {
	Consent::revoke_grantee(RuntimeOrigin::signed(who), handle, grantee, ENTRY)
}

#[test]
fn revoke_grantee_ends_all_of_one_grantee_when_there_are_several() {
	execute(|| {
		for number in 1..=3 {
			granted(grant_of(ASKER, &[number]));
		}
		let kept = granted(grant_of(OTHER, &[1]));
		assert_ok!(grant_by(gateway(CUSTODIAN), CUSTODIAL, grant_of(ASKER, &[1])));
		let permit = ask(&[1, 2, 3]).expect("permitted");

		assert_ok!(revoke_all(ANA_KEY, ANA, ASKER));
		System::assert_last_event(
			Event::<Test>::GranteeRevoked { handle: ANA, grantee: ASKER, count: 3, on_behalf: None }.into(),
		);
		let entry = last_entry();
		assert_eq!((entry.chain, entry.act, entry.actor), (AuditChain::Patient(ANA), Act::Revoke, None));
		assert!(!Consent::permit_is_live(permit));
		assert!(permitted(&[1, 2, 3]).is_empty());
		// Nobody else loses anything.
		assert_eq!(Capabilities::<Test>::get(ANA, OTHER)[0].id, kept);
		assert_eq!(Capabilities::<Test>::get(CUSTODIAL, ASKER).len(), 1);
	});
}

#[test]
fn revoke_grantee_names_the_custodian_when_it_acts_on_behalf() {
	execute(|| {
		assert_ok!(grant_by(gateway(CUSTODIAN), CUSTODIAL, grant_of(ASKER, &[1])));
		assert_ok!(revoke_all(gateway(CUSTODIAN), CUSTODIAL, ASKER));
		let on_behalf = Some(CUSTODIAN);
		assert_eq!(last_entry().actor, on_behalf);
		System::assert_last_event(
			Event::<Test>::GranteeRevoked { handle: CUSTODIAL, grantee: ASKER, count: 1, on_behalf }.into(),
		);
	});
}

#[test]
fn revoke_grantee_works_when_grantee_is_suspended() {
	execute(|| {
		granted(grant_of(ASKER, &[1]));
		Registry::suspend(ASKER);
		assert_ok!(revoke_all(ANA_KEY, ANA, ASKER));
	});
}

#[test]
fn revoke_grantee_fails_when_caller_does_not_control_the_handle() {
	execute(|| {
		granted(grant_of(ASKER, &[1]));
		for who in [STRANGER, gateway(CUSTODIAN), gateway(ASKER)] {
			assert_noop!(revoke_all(who, ANA, ASKER), Error::<Test>::NotController);
		}
		assert_noop!(Consent::revoke_grantee(RuntimeOrigin::none(), ANA, ASKER, ENTRY), DispatchError::BadOrigin);
	});
}

#[test]
fn revoke_grantee_fails_when_there_is_nothing_to_revoke() {
	execute(|| {
		granted(grant_of(ASKER, &[1]));
		assert_noop!(revoke_all(ANA_KEY, ANA, OTHER), Error::<Test>::NothingToRevoke);
		assert_noop!(revoke_all(ANA_KEY, ANA, InstitutionId(99)), Error::<Test>::NothingToRevoke);
		assert_ok!(revoke_all(ANA_KEY, ANA, ASKER));
		assert_noop!(revoke_all(ANA_KEY, ANA, ASKER), Error::<Test>::NothingToRevoke);
	});
}

#[test]
fn revoke_grantee_does_not_happen_when_it_cannot_be_recorded() {
	execute(|| {
		granted(grant_of(ASKER, &[1]));
		Trail::refuse();
		assert_noop!(revoke_all(ANA_KEY, ANA, ASKER), TRAIL_FULL);
	});
}

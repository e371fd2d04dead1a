//! Attacks on, and uses of, `revoke_capability`.

use super::*;
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

#[test]
fn revoke_capability_ends_it_when_patient_revokes() {
	execute(|| {
		let kept = granted(grant_of(ASKER, &[1]));
		let revoked = granted(grant_of(ASKER, &[2]));
		assert_ok!(revoke_by(ANA_KEY, ANA, ASKER, revoked));
		let ids: Vec<_> = Capabilities::<Test>::get(ANA, ASKER).iter().map(|capability| capability.id).collect();
		assert_eq!(ids, [kept]);
		System::assert_last_event(
			Event::<Test>::CapabilityRevoked { handle: ANA, grantee: ASKER, id: revoked, on_behalf: None }.into(),
		);
		let entry = last_entry();
		assert_eq!((entry.chain, entry.act, entry.actor), (AuditChain::Patient(ANA), Act::Revoke, None));
		assert_eq!((entry.outcome, entry.custodian), (OutcomeClass::Permitted, Some(CUSTODIAN)));
		// In the same block, at the same time.
		assert_eq!(permitted(&[1, 2]), [1]);
	});
}

#[test]
fn revoke_capability_leaves_no_item_when_it_was_the_last() {
	execute(|| {
		let id = granted(grant_of(ASKER, &[1]));
		assert_ok!(revoke_by(ANA_KEY, ANA, ASKER, id));
		assert!(!Capabilities::<Test>::contains_key(ANA, ASKER));
	});
}

#[test]
fn revoke_capability_names_the_custodian_when_it_acts_on_behalf() {
	execute(|| {
		assert_ok!(grant_by(gateway(CUSTODIAN), CUSTODIAL, grant_of(ASKER, &[1])));
		assert_ok!(revoke_by(gateway(CUSTODIAN), CUSTODIAL, ASKER, CapabilityId(0)));
		assert_eq!(last_entry().actor, Some(CUSTODIAN));
	});
}

#[test]
fn revoke_capability_works_when_grantee_or_custodian_is_suspended() {
	execute(|| {
		let id = granted(grant_of(ASKER, &[1]));
		Registry::suspend(ASKER);
		Registry::suspend(CUSTODIAN);
		assert_ok!(revoke_by(ANA_KEY, ANA, ASKER, id));
	});
}

#[test]
fn revoke_capability_works_when_it_has_ended_but_is_still_stored() {
	execute(|| {
		let id = granted(grant_of(ASKER, &[1]));
		wait(2 * DAY);
		assert_ok!(revoke_by(ANA_KEY, ANA, ASKER, id));
	});
}

#[test]
fn revoke_capability_fails_when_caller_does_not_control_the_handle() {
	execute(|| {
		let id = granted(grant_of(ASKER, &[1]));
		for who in [STRANGER, gateway(CUSTODIAN), gateway(ASKER)] {
			assert_noop!(revoke_by(who, ANA, ASKER, id), Error::<Test>::NotController);
		}
		assert_noop!(
			Consent::revoke_capability(RuntimeOrigin::root(), ANA, ASKER, id, ENTRY),
			DispatchError::BadOrigin
		);
		Patients::retire(ANA);
		assert_noop!(revoke_by(ANA_KEY, ANA, ASKER, id), Error::<Test>::NotController);
	});
}

#[test]
fn revoke_capability_fails_when_it_is_not_this_grantees_of_this_handle() {
	execute(|| {
		let id = granted(grant_of(ASKER, &[1]));
		assert_noop!(revoke_by(ANA_KEY, ANA, OTHER, id), Error::<Test>::UnknownCapability);
		assert_noop!(revoke_by(gateway(CUSTODIAN), CUSTODIAL, ASKER, id), Error::<Test>::UnknownCapability);
		assert_noop!(revoke_by(ANA_KEY, ANA, ASKER, CapabilityId(7)), Error::<Test>::UnknownCapability);
		assert_ok!(revoke_by(ANA_KEY, ANA, ASKER, id));
		assert_noop!(revoke_by(ANA_KEY, ANA, ASKER, id), Error::<Test>::UnknownCapability);
	});
}

#[test]
fn revoke_capability_does_not_happen_when_it_cannot_be_recorded() {
	execute(|| {
		let id = granted(grant_of(ASKER, &[1]));
		Trail::refuse();
		assert_noop!(revoke_by(ANA_KEY, ANA, ASKER, id), TRAIL_FULL);
	});
}

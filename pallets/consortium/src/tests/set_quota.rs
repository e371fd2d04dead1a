use crate::{mock::*, *};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::InstitutionId;
use sp_runtime::DispatchError::BadOrigin;

const LESS: Quota = Quota { bulk: 1, decisions: 2 };

#[test]
fn set_quota_changes_the_quota_when_two_thirds_agree() {
	run(|| {
		assert_ok!(Consortium::set_quota(signed(TWO_THIRDS), H[0], LESS));
		assert_eq!(Institutions::<Test>::get(H[0]).unwrap().quota, LESS);
		assert_eq!(last_event(), Event::QuotaSet { institution: H[0], quota: LESS });
	});
}

#[test]
fn set_quota_is_refused_when_there_is_no_such_member() {
	run(|| {
		assert_noop!(
			Consortium::set_quota(signed(TWO_THIRDS), InstitutionId(9), LESS),
			Error::<Test>::UnknownInstitution
		);
		assert_ok!(Consortium::deactivate_institution(signed(TWO_THIRDS), CLINIC, None));
		assert_noop!(Consortium::set_quota(signed(TWO_THIRDS), CLINIC, LESS), Error::<Test>::InstitutionDeactivated);
	});
}

#[test]
fn set_quota_is_refused_when_the_origin_is_not_two_thirds_of_the_council() {
	run(|| {
		for who in [HALF, operator(0), gateway(0)] {
			assert_eq!(Consortium::set_quota(signed(who), H[0], LESS), Err(BadOrigin));
		}
	});
}

//! What still holds of a permit, and what each party sees of capabilities.

use super::*;
use frame_support::assert_ok;
use salus_primitives::{InstitutionKind, HOUR};

#[test]
fn permit_ends_with_the_shift_when_capabilities_last_longer() {
	execute(|| {
		granted(grant_of(ASKER, &[1]));
		let id = ask(&[1]).expect("permitted");
		wait(SHIFT - 1);
		assert!(Consent::permit_is_live(id));
		wait(1);
		assert!(!Consent::permit_is_live(id));
	});
}

#[test]
fn permit_ends_with_the_first_capability_when_that_is_sooner() {
	execute(|| {
		let mut short = grant_of(ASKER, &[1]);
		short.valid_until = START + HOUR;
		granted(short);
		granted(grant_of(ASKER, &[2]));
		let both = ask(&[1, 2]).expect("permitted");
		assert_eq!(Permits::<Test>::get(both).expect("issued").expires_at, START + HOUR);
		// A capability that permits nothing of what is asked shortens nothing.
		let second = ask(&[2]).expect("permitted");
		assert_eq!(Permits::<Test>::get(second).expect("issued").expires_at, START + SHIFT);
	});
}

#[test]
fn permit_ends_at_the_end_of_time_when_the_sum_would_overflow() {
	execute(|| {
		Clock::set(Moment::MAX - HOUR);
		let mut grant = grant_of(ASKER, &[1]);
		(grant.valid_from, grant.valid_until) = (0, Moment::MAX);
		granted(grant);
		let id = ask(&[1]).expect("permitted");
		assert_eq!(Permits::<Test>::get(id).expect("issued").expires_at, Moment::MAX);
	});
}

#[test]
fn permit_is_not_live_when_its_capability_was_revoked() {
	execute(|| {
		let capability = granted(grant_of(ASKER, &[1]));
		let id = ask(&[1]).expect("permitted");
		assert_ok!(revoke_by(ANA_KEY, ANA, ASKER, capability));
		assert!(!Consent::permit_is_live(id));
		// The same tags granted again are another consent, under another policy document.
		granted(grant_of(ASKER, &[1]));
		assert!(!Consent::permit_is_live(id));
		assert!(Consent::permit_is_live(ask(&[1]).expect("permitted")));
	});
}

#[test]
fn permit_loses_tags_when_some_of_its_capabilities_were_revoked() {
	execute(|| {
		let first = granted(grant_of(ASKER, &[1, 2]));
		let second = granted(grant_of(ASKER, &[2, 3]));
		let id = ask(&[3, 2, 1]).expect("permitted");
		assert_eq!(live_tags(id), [3, 2, 1]);
		assert_ok!(revoke_by(ANA_KEY, ANA, ASKER, first));
		let live = Consent::live_permit(id).expect("the second capability is left");
		assert_eq!((numbers_of(&live.tags), live.capabilities.into_inner()), (vec![3, 2], vec![second]));
		assert_ok!(revoke_by(ANA_KEY, ANA, ASKER, second));
		assert_eq!(Consent::live_permit(id), None);
	});
}

#[test]
fn permit_gains_nothing_when_more_is_granted_later() {
	execute(|| {
		granted(grant_of(ASKER, &[1]));
		let id = ask(&[1, 2]).expect("permitted");
		granted(grant_of(ASKER, &[2]));
		assert_eq!(live_tags(id), [1]);
	});
}

#[test]
fn permit_is_not_live_while_its_institution_is_suspended() {
	execute(|| {
		granted(grant_of(ASKER, &[1]));
		let id = ask(&[1]).expect("permitted");
		Registry::suspend(ASKER);
		assert!(!Consent::permit_is_live(id));
		Registry::reinstate(ASKER);
		assert!(Consent::permit_is_live(id));
	});
}

#[test]
fn permit_is_not_live_when_kind_may_no_longer_claim_its_purpose() {
	execute(|| {
		granted(grant_of(ASKER, &[1]));
		let id = ask(&[1]).expect("permitted");
		Registry::admit(ASKER, InstitutionKind::ResearchBody);
		assert!(!Consent::permit_is_live(id));
	});
}

#[test]
fn permit_is_not_live_when_the_handle_was_retired() {
	execute(|| {
		granted(grant_of(ASKER, &[1]));
		let id = ask(&[1]).expect("permitted");
		Patients::retire(ANA);
		assert!(!Consent::permit_is_live(id));
	});
}

#[test]
fn permit_is_not_live_when_it_was_never_issued() {
	execute(|| assert!(!Consent::permit_is_live(PermitId(0))));
}

#[test]
fn permit_binds_the_key_that_asked_when_two_ask() {
	execute(|| {
		granted(grant_of(ASKER, &[1]));
		for key in [[1; 32], [2; 32]] {
			let id = NextPermit::<Test>::get();
			let origin = RuntimeOrigin::signed(gateway(ASKER));
			assert_ok!(Consent::request_access(origin, ANA, tags(&[1]), PurposeClass::Treatment, key, ENTRY));
			assert_eq!(Consent::live_permit(id).expect("issued").requester, key);
		}
	});
}

#[test]
fn capabilities_of_shows_what_has_not_ended_when_some_have() {
	execute(|| {
		let mut ended = grant_of(ASKER, &[1]);
		ended.valid_until = START + HOUR;
		granted(ended);
		let live = granted(grant_of(ASKER, &[2]));
		let mut later = grant_of(OTHER, &[3]);
		(later.valid_from, later.valid_until) = (START + DAY, START + 2 * DAY);
		let later = granted(later);
		assert_ok!(grant_by(gateway(CUSTODIAN), CUSTODIAL, grant_of(ASKER, &[1])));
		wait(HOUR);

		let mut shown: Vec<_> = Consent::capabilities_of(&ANA)
			.into_iter()
			.map(|(grantee, capability)| (grantee, capability.id, capability.is_live(Clock::now())))
			.collect();
		shown.sort();
		assert_eq!(shown, [(ASKER, live, true), (OTHER, later, false)]);
	});
}

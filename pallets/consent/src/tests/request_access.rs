//! Attacks on, and uses of, `request_access`.

use super::*;
use codec::{Decode, Encode};
use frame_support::{assert_noop, assert_ok};
use salus_primitives::{InstitutionKind, HOUR};
use sp_runtime::DispatchError;

#[test]
fn request_access_issues_permit_when_capability_is_live() {
	execute(|| {
		let id = granted(grant_of(ASKER, &[1, 2, 3]));
		let permit = ask(&[3, 9, 1]).expect("permitted");
		assert_eq!(
			Permits::<Test>::get(permit),
			Some(Permit {
				handle: ANA,
				institution: ASKER,
				requester: KEY,
				tags: tags(&[3, 1]),
				purpose: PurposeClass::Treatment,
				capabilities: vec![id].try_into().expect("few enough"),
				entry: ENTRY,
				issued_at: START,
				expires_at: START + SHIFT,
			})
		);
		let entry = last_entry();
		assert_eq!((entry.chain, entry.sequence), (AuditChain::Patient(ANA), 1));
		assert_eq!((entry.act, entry.outcome, entry.commitment), (Act::Request, OutcomeClass::Permitted, ENTRY));
		assert_eq!((entry.actor, entry.custodian), (Some(ASKER), Some(CUSTODIAN)));
		let (institution, handle, outcome, permit) = (ASKER, ANA, OutcomeClass::Permitted, Some(permit));
		System::assert_last_event(
			Event::<Test>::AccessDecided { institution, handle, outcome, permit, sequence: 1 }.into(),
		);
	});
}

#[test]
fn request_access_is_empty_when_there_is_no_capability() {
	execute(|| {
		assert_eq!(ask(&[1]), None);
		let entry = last_entry();
		assert_eq!(
			(entry.chain, entry.act, entry.outcome),
			(AuditChain::Patient(ANA), Act::Request, OutcomeClass::Empty)
		);
		assert_eq!((entry.actor, entry.custodian), (Some(ASKER), Some(CUSTODIAN)));
		assert_eq!(Permits::<Test>::iter().count(), 0);
		assert_eq!(Refusals::<Test>::get(ASKER), RefusalCount { day: 20_000, count: 1 });
	});
}

#[test]
fn request_access_is_empty_when_capability_has_ended_or_not_begun() {
	execute(|| {
		let mut grant = grant_of(ASKER, &[1]);
		(grant.valid_from, grant.valid_until) = (START + HOUR, START + 2 * HOUR);
		granted(grant);
		// The last millisecond before, the first, the last, and the first after.
		for (time, tags) in
			[(START + HOUR - 1, &[][..]), (START + HOUR, &[1]), (START + 2 * HOUR - 1, &[1]), (START + 2 * HOUR, &[])]
		{
			Clock::set(time);
			assert_eq!(permitted(&[1]), tags, "at {time}");
		}
	});
}

#[test]
fn request_access_is_empty_when_purpose_is_another() {
	execute(|| {
		granted(grant_of(ASKER, &[1]));
		for class in PurposeClass::ALL {
			let answer = ask_for(ASKER, ANA, &[1], class);
			assert_eq!(answer.is_some(), class == PurposeClass::Treatment, "{class:?}");
		}
	});
}

#[test]
fn request_access_is_empty_when_institution_is_another() {
	execute(|| {
		granted(grant_of(ASKER, &[1]));
		assert_eq!(ask_for(OTHER, ANA, &[1], PurposeClass::Treatment), None);
		assert_eq!(ask_for(CUSTODIAN, ANA, &[1], PurposeClass::Treatment), None);
	});
}

#[test]
fn request_access_is_empty_when_patient_is_another() {
	execute(|| {
		granted(grant_of(ASKER, &[1]));
		assert_eq!(ask_for(ASKER, CUSTODIAL, &[1], PurposeClass::Treatment), None);
	});
}

#[test]
fn request_access_is_empty_when_capability_was_revoked() {
	execute(|| {
		let id = granted(grant_of(ASKER, &[1]));
		assert_ok!(revoke_by(ANA_KEY, ANA, ASKER, id));
		assert_eq!(ask(&[1]), None);
	});
}

#[test]
fn request_access_is_empty_when_kind_may_no_longer_claim_the_purpose() {
	execute(|| {
		granted(grant_of(ASKER, &[1]));
		Registry::admit(ASKER, InstitutionKind::Payer);
		assert_eq!(ask(&[1]), None);
		// It is an answer about the patient, in her log.
		assert_eq!(last_entry().chain, AuditChain::Patient(ANA));
	});
}

#[test]
fn request_access_goes_to_the_askers_chain_when_handle_is_unknown_or_retired() {
	execute(|| {
		granted(grant_of(ASKER, &[1]));
		Patients::retire(ANA);
		for (handle, sequence) in [(PatientHandle([0; 32]), 0), (ANA, 1)] {
			assert_eq!(ask_for(ASKER, handle, &[1], PurposeClass::Treatment), None);
			let entry = last_entry();
			assert_eq!((entry.chain, entry.sequence), (AuditChain::Institution(ASKER), sequence));
			assert_eq!((entry.outcome, entry.actor, entry.custodian), (OutcomeClass::Empty, Some(ASKER), None));
		}
	});
}

#[test]
fn request_access_looks_the_same_when_it_is_empty_for_different_reasons() {
	// What the asker sees of an answer: its only event, without what the request itself said.
	let seen = |prepare: &dyn Fn(), handle: PatientHandle| {
		let mut seen = None;
		execute(|| {
			prepare();
			assert_eq!(ask_for(ASKER, handle, &[1], PurposeClass::Treatment), None);
			let event = System::events().pop().expect("one event").event;
			let RuntimeEvent::Consent(Event::AccessDecided { outcome, permit, .. }) = event else {
				panic!("{event:?}")
			};
			seen = Some((outcome, permit, Refusals::<Test>::get(ASKER)));
		});
		seen.expect("asked")
	};
	let no_consent = seen(&|| {}, ANA);
	let unknown = seen(&|| {}, PatientHandle([0; 32]));
	let other_data = seen(
		&|| {
			granted(grant_of(ASKER, &[2]));
		},
		ANA,
	);
	let denied = seen(
		&|| {
			let id = granted(grant_of(ASKER, &[1]));
			assert_ok!(revoke_by(ANA_KEY, ANA, ASKER, id));
		},
		ANA,
	);
	assert!([unknown, other_data, denied].iter().all(|other| *other == no_consent));
}

#[test]
fn request_access_has_events_of_equal_length_when_empty_or_permitted() {
	execute(|| {
		let event = |permit: Option<PermitId>, outcome| {
			Event::<Test>::AccessDecided { institution: ASKER, handle: ANA, outcome, permit, sequence: 0 }.encode()
		};
		let empty = event(None, OutcomeClass::Empty);
		let permitted = event(Some(PermitId(0)), OutcomeClass::Permitted);
		// One variant; they differ in the outcome and the permit alone.
		assert_eq!(empty[..1 + 4 + 32], permitted[..1 + 4 + 32]);
		assert_eq!(permitted.len() - empty.len(), 8);
	});
}

#[test]
fn request_access_fails_when_caller_is_no_gateway() {
	execute(|| {
		granted(grant_of(ASKER, &[1]));
		for who in [STRANGER, ANA_KEY] {
			assert_noop!(request_by(who, ANA, &[1], PurposeClass::Treatment), NOT_A_GATEWAY);
		}
		for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
			assert_noop!(
				Consent::request_access(origin, ANA, tags(&[1]), PurposeClass::Treatment, KEY, ENTRY),
				DispatchError::BadOrigin
			);
		}
	});
}

#[test]
fn request_access_fails_when_institution_is_suspended() {
	execute(|| {
		granted(grant_of(ASKER, &[1]));
		Registry::suspend(ASKER);
		assert_noop!(request_by(gateway(ASKER), ANA, &[1], PurposeClass::Treatment), SUSPENDED);
	});
}

#[test]
fn request_access_fails_alike_when_tags_are_malformed_whoever_the_patient_is() {
	execute(|| {
		granted(grant_of(ASKER, &[1]));
		for handle in [ANA, PatientHandle([0; 32])] {
			let ask = |numbers: &[u8]| request_by(gateway(ASKER), handle, numbers, PurposeClass::Treatment);
			assert_noop!(ask(&[]), Error::<Test>::NoTags);
			assert_noop!(ask(&[1, 1]), Error::<Test>::DuplicateTags);
			assert_noop!(ask(&[1, 2, 3, 1]), Error::<Test>::DuplicateTags);
		}
	});
}

#[test]
fn request_access_does_not_decode_when_it_has_33_tags() {
	let encoded = |count: u8| {
		let tags: Vec<_> = (0..count).map(|number| ScopeTag([number; 16])).collect();
		// The index of the call, then its arguments.
		(3u8, ANA, tags, PurposeClass::Treatment, KEY, ENTRY).encode()
	};
	assert!(Call::<Test>::decode(&mut &encoded(32)[..]).is_ok());
	assert!(Call::<Test>::decode(&mut &encoded(33)[..]).is_err());
}

#[test]
fn request_access_is_refused_when_empty_answers_of_the_day_are_used_up() {
	execute(|| {
		granted(grant_of(ASKER, &[1]));
		for _ in 0..RefusalsPerDay::get() {
			assert_eq!(ask(&[2]), None);
		}
		// For unknown patients, and for a purpose that may not be claimed, as for the others.
		for (handle, purpose) in [
			(ANA, PurposeClass::Treatment),
			(PatientHandle([0; 32]), PurposeClass::Treatment),
			(ANA, PurposeClass::PublicHealthAndLegal),
		] {
			assert_noop!(request_by(gateway(ASKER), handle, &[2], purpose), Error::<Test>::RefusalsExhausted);
		}
		// Care goes on: what is permitted is still answered, and nobody else is held up.
		assert_eq!(permitted(&[1]), [1]);
		assert_eq!(ask_for(OTHER, ANA, &[1], PurposeClass::Treatment), None);
	});
}

#[test]
fn request_access_counts_afresh_when_the_next_day_begins() {
	execute(|| {
		for _ in 0..RefusalsPerDay::get() {
			assert_eq!(ask(&[1]), None);
		}
		Clock::set(START + DAY - 1);
		let again = || request_by(gateway(ASKER), ANA, &[1], PurposeClass::Treatment);
		assert_noop!(again(), Error::<Test>::RefusalsExhausted);
		Clock::set(START + DAY);
		assert_eq!(ask(&[1]), None);
		assert_eq!(Refusals::<Test>::get(ASKER), RefusalCount { day: 20_001, count: 1 });
		for _ in 1..RefusalsPerDay::get() {
			assert_eq!(ask(&[1]), None);
		}
		assert_noop!(again(), Error::<Test>::RefusalsExhausted);
	});
}

#[test]
fn request_access_does_not_happen_when_it_cannot_be_recorded() {
	execute(|| {
		granted(grant_of(ASKER, &[1]));
		Trail::refuse();
		for (handle, tag) in [(ANA, 1), (ANA, 2), (PatientHandle([0; 32]), 1)] {
			assert_noop!(request_by(gateway(ASKER), handle, &[tag], PurposeClass::Treatment), TRAIL_FULL);
		}
	});
}

#[test]
fn request_access_fails_when_permit_ids_are_used_up() {
	execute(|| {
		granted(grant_of(ASKER, &[1]));
		NextPermit::<Test>::put(PermitId(u64::MAX));
		assert_noop!(request_by(gateway(ASKER), ANA, &[1], PurposeClass::Treatment), Error::<Test>::IdsExhausted);
	});
}

//! Attacks on, and uses of, `grant_capability`.

use super::*;
use codec::{Decode, Encode};
use frame_support::{assert_noop, assert_ok};
use sp_runtime::DispatchError;

/// Ana tries to grant, and it fails with this.
#[track_caller]
fn refused(grant: Grant, error: Error<Test>) {
	assert_noop!(grant_by(ANA_KEY, ANA, grant), error);
}

fn with(change: impl FnOnce(&mut Grant)) -> Grant {
	let mut grant = grant_of(ASKER, &[1, 2]);
	change(&mut grant);
	grant
}

#[test]
fn grant_capability_stores_it_when_patient_grants() {
	execute(|| {
		let grant = with(|grant| grant.delegation_depth = DEPTH);
		assert_ok!(grant_by(ANA_KEY, ANA, grant.clone()));
		let id = CapabilityId(0);
		let valid_until = grant.valid_until;
		assert_eq!(Capabilities::<Test>::get(ANA, ASKER).into_inner(), [Capability::new(id, grant)]);
		System::assert_last_event(
			Event::<Test>::CapabilityGranted { handle: ANA, grantee: ASKER, id, valid_until, on_behalf: None }.into(),
		);
		let entry = last_entry();
		assert_eq!(
			(entry.chain, entry.act, entry.outcome),
			(AuditChain::Patient(ANA), Act::Grant, OutcomeClass::Permitted)
		);
		assert_eq!((entry.actor, entry.custodian, entry.commitment), (None, Some(CUSTODIAN), ENTRY));
	});
}

#[test]
fn grant_capability_names_the_custodian_when_it_acts_on_behalf() {
	execute(|| {
		assert_ok!(grant_by(gateway(CUSTODIAN), CUSTODIAL, grant_of(ASKER, &[1])));
		assert_eq!(last_entry().actor, Some(CUSTODIAN));
		let (id, valid_until) = (CapabilityId(0), START + DAY);
		let on_behalf = Some(CUSTODIAN);
		System::assert_last_event(
			Event::<Test>::CapabilityGranted { handle: CUSTODIAL, grantee: ASKER, id, valid_until, on_behalf }.into(),
		);
	});
}

#[test]
fn grant_capability_fails_when_caller_does_not_control_the_handle() {
	execute(|| {
		let unknown = PatientHandle([0; 32]);
		for (who, handle) in [
			(STRANGER, ANA),
			// The custodian of a patient who holds her own key.
			(gateway(CUSTODIAN), ANA),
			// Whoever would profit.
			(gateway(ASKER), ANA),
			(gateway(ASKER), CUSTODIAL),
			// Another patient.
			(ANA_KEY, CUSTODIAL),
			(ANA_KEY, unknown),
			(gateway(CUSTODIAN), unknown),
		] {
			assert_noop!(grant_by(who, handle, grant_of(ASKER, &[1])), Error::<Test>::NotController);
		}
		for origin in [RuntimeOrigin::none(), RuntimeOrigin::root()] {
			assert_noop!(
				Consent::grant_capability(origin, ANA, grant_of(ASKER, &[1]), ENTRY),
				DispatchError::BadOrigin
			);
		}
	});
}

#[test]
fn grant_capability_fails_when_handle_is_retired() {
	execute(|| {
		Patients::retire(ANA);
		refused(grant_of(ASKER, &[1]), Error::NotController);
	});
}

#[test]
fn grant_capability_fails_when_acting_custodian_is_suspended() {
	execute(|| {
		Registry::suspend(CUSTODIAN);
		assert_noop!(grant_by(gateway(CUSTODIAN), CUSTODIAL, grant_of(ASKER, &[1])), Error::<Test>::NotController);
		// A patient with an own key is not silenced with her hospital.
		granted(grant_of(ASKER, &[1]));
	});
}

#[test]
fn grant_capability_fails_when_tags_are_missing_or_doubled() {
	execute(|| {
		refused(grant_of(ASKER, &[]), Error::NoTags);
		refused(grant_of(ASKER, &[1, 1]), Error::DuplicateTags);
		let mut many: Vec<u8> = (0..32).collect();
		many[31] = 0;
		refused(grant_of(ASKER, &many), Error::DuplicateTags);
	});
}

#[test]
fn grant_capability_does_not_decode_when_it_has_33_tags() {
	let encoded = |count: u8| {
		let mut bytes = ASKER.encode();
		(0..count).map(|number| ScopeTag([number; 16])).collect::<Vec<_>>().encode_to(&mut bytes);
		(TREATMENT, 0u64, DAY, 0u8, [1u8; 32], [2u8; 32]).encode_to(&mut bytes);
		bytes
	};
	assert_eq!(Grant::decode(&mut &encoded(32)[..]).map(|grant| grant.tags.len()), Ok(32));
	assert!(Grant::decode(&mut &encoded(33)[..]).is_err());
}

#[test]
fn grant_capability_fails_when_purposes_are_none_or_unknown() {
	execute(|| {
		for bits in [0, 0b0100_0000, 0b1000_0001, 0xff] {
			refused(with(|grant| grant.purposes = PurposeClasses(bits)), Error::InvalidPurposes);
		}
	});
}

#[test]
fn grant_capability_fails_when_it_ends_before_it_begins() {
	execute(|| {
		for (from, until) in [(START + 1, START + 1), (START + 2, START + 1), (Moment::MAX, START), (0, 0)] {
			refused(with(|grant| (grant.valid_from, grant.valid_until) = (from, until)), Error::EndsBeforeBegin);
		}
	});
}

#[test]
fn grant_capability_fails_when_it_has_ended_already() {
	execute(|| {
		for until in [1, START - 1, START] {
			refused(with(|grant| (grant.valid_from, grant.valid_until) = (0, until)), Error::AlreadyEnded);
		}
		granted(with(|grant| (grant.valid_from, grant.valid_until) = (0, START + 1)));
	});
}

#[test]
fn grant_capability_fails_when_grantee_is_unknown() {
	execute(|| refused(grant_of(InstitutionId(99), &[1]), Error::UnknownGrantee));
}

#[test]
fn grant_capability_fails_when_grantee_is_suspended() {
	execute(|| {
		Registry::suspend(ASKER);
		refused(grant_of(ASKER, &[1]), Error::GranteeNotActive);
		Registry::reinstate(ASKER);
		granted(grant_of(ASKER, &[1]));
	});
}

#[test]
fn grant_capability_fails_when_grantee_is_the_custodian() {
	execute(|| {
		refused(grant_of(CUSTODIAN, &[1]), Error::GranteeIsCustodian);
		// A custodian that would help itself in the patient's name.
		assert_noop!(
			grant_by(gateway(CUSTODIAN), CUSTODIAL, grant_of(CUSTODIAN, &[1])),
			Error::<Test>::GranteeIsCustodian
		);
	});
}

#[test]
fn grant_capability_depends_on_kind_when_a_purpose_is_named() {
	use PurposeClass::*;
	// One row a grantee: the classes that an institution of its kind may claim.
	let table: [(InstitutionId, &[PurposeClass]); 6] = [
		(ASKER, &[Treatment, Emergency, Patient, OperationsAndPayment, Research]),
		(OTHER, &[Treatment, Emergency, Patient, OperationsAndPayment, Research]),
		(LABORATORY, &[Treatment, OperationsAndPayment]),
		(PAYER, &[OperationsAndPayment]),
		(RESEARCH, &[Research]),
		(REGULATOR, &[PublicHealthAndLegal]),
	];
	for (grantee, may) in table {
		for class in PurposeClass::ALL {
			execute(|| {
				let mut grant = grant_of(grantee, &[1]);
				grant.purposes = PurposeClasses::of(&[class]);
				if may.contains(&class) {
					granted(grant.clone());
					// One forbidden class among permitted ones spoils the grant.
					grant.purposes = PurposeClasses(0b11_1111);
				}
				refused(grant, Error::PurposeNotForGrantee);
			});
		}
	}
}

#[test]
fn grant_capability_fails_when_delegation_is_too_deep() {
	execute(|| {
		for depth in [DEPTH + 1, u8::MAX] {
			refused(with(|grant| grant.delegation_depth = depth), Error::DelegationTooDeep);
		}
	});
}

#[test]
fn grant_capability_fails_when_grantee_holds_too_many() {
	execute(|| {
		for _ in 0..CAPABILITIES {
			granted(grant_of(ASKER, &[1]));
		}
		refused(grant_of(ASKER, &[1]), Error::TooManyCapabilities);
		// The bound is for one grantee and one handle.
		granted(grant_of(OTHER, &[1]));
		assert_ok!(grant_by(gateway(CUSTODIAN), CUSTODIAL, grant_of(ASKER, &[1])));
	});
}

#[test]
fn grant_capability_drops_ended_ones_when_there_are_any() {
	execute(|| {
		for _ in 1..CAPABILITIES {
			granted(grant_of(ASKER, &[1]));
		}
		let lasting = granted(with(|grant| grant.valid_until = START + 2 * DAY));
		wait(DAY);
		let new = granted(grant_of(ASKER, &[1]));
		let ids: Vec<_> = Capabilities::<Test>::get(ANA, ASKER).iter().map(|capability| capability.id).collect();
		assert_eq!(ids, [lasting, new]);
	});
}

#[test]
fn grant_capability_never_uses_an_id_twice_when_earlier_ones_are_gone() {
	execute(|| {
		let first = granted(grant_of(ASKER, &[1]));
		assert_ok!(revoke_by(ANA_KEY, ANA, ASKER, first));
		assert_eq!(granted(grant_of(ASKER, &[1])), CapabilityId(1));
		assert_eq!(granted(grant_of(OTHER, &[1])), CapabilityId(2));
	});
}

#[test]
fn grant_capability_fails_when_ids_are_used_up() {
	execute(|| {
		NextCapability::<Test>::put(CapabilityId(u64::MAX));
		refused(grant_of(ASKER, &[1]), Error::IdsExhausted);
	});
}

#[test]
fn grant_capability_does_not_happen_when_it_cannot_be_recorded() {
	execute(|| {
		Trail::refuse();
		assert_noop!(grant_by(ANA_KEY, ANA, grant_of(ASKER, &[1])), TRAIL_FULL);
	});
}

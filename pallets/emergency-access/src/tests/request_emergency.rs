//! Attacks on, and uses of, `request_emergency`.

use super::{stage::*, *};
use crate::enactment::*;
use curve25519_dalek::{constants::RISTRETTO_BASEPOINT_POINT, ristretto::CompressedRistretto, Scalar};
use salus_primitives::{
	test_support::{NOT_A_GATEWAY, SUSPENDED},
	EmergencyTier, InstitutionKind,
};
use salus_threshold::{
	envelope::{envelope_commitment, EnvelopeHeader},
	request::{prove_request, RequestContext},
};

/// The request is refused as one that does not verify.
fn is_invalid(request: EmergencyRequest) {
	assert_noop!(ask_as(gateway(ASKER), request), Error::<Test>::InvalidRequest);
}

/// Seals Ana's envelope of epoch 0 and number 0 again in another place, as a custodian who errs or lies would, and asks for it
/// there.
fn asks_for_ana_elsewhere(committee: CommitteeId, handle: PatientHandle, tier: EmergencyTier, epoch: u32, number: u8) {
	let label = label::<Test>(committee, ANA, SUMMARY, 0, 0).expect("a key");
	let sealed = sealed::<Test>(committee, &label).expect("a key");
	let mut envelopes = envelopes(committee, handle, tier, epoch, 4);
	envelopes[0] = Commitment([1; 32]);
	envelopes[usize::from(number)] = sealed.commitment();
	assert_ok!(seal_as(gateway(CUSTODIAN), handle, tier, epoch, committee, envelopes));
	let honest = request::<Test>(ASKER, committee, handle, tier, number).expect("sealed");
	is_invalid(EmergencyRequest { salt: sealed.salt, header: sealed.header(), ..honest });
}

#[test]
fn request_emergency_opens_a_session_when_everything_is_right() {
	run(|| {
		let committee = ready();
		let request = request_of(ASKER, committee, 2);
		System::reset_events();
		let id = asked(ASKER, request.clone());
		let session = Session {
			handle: ANA,
			tier: SUMMARY,
			epoch: 0,
			envelope: 2,
			committee,
			version: 1,
			institution: ASKER,
			custodian: CUSTODIAN,
			header: request.header,
			point: request.point,
			key_hash: request.key_hash,
			proof: request.proof,
			shift_tag: [1; 16],
			status: EmergencyStatus::Requested,
			manual: false,
			required: 3,
			parts: Default::default(),
			refused: Default::default(),
			rejected: Default::default(),
			requested_at: START,
			expires_at: START + EmergencyAccess::limits().request_validity,
			active_until: None,
			disputed: false,
			disputed_by_key: false,
			confirmed: Default::default(),
			review_due: None,
			overdue: false,
			verdict: None,
			entry: ENTRY,
			drill: false,
		};
		assert_eq!(stored(id), session);
		assert_eq!(EmergencyAccess::scope(&ANA, SUMMARY).sealed[0].consumed, 0b100);
		assert_eq!(EmergencyAccess::open_sessions(committee), [id]);
		assert_eq!(EmergencyAccess::sessions_of(&ANA), [id]);
		assert_eq!(last_act(), (AuditChain::Patient(ANA), Act::EmergencyRequest, Some(ASKER)));
		let (handle, tier, institution) = (ANA, SUMMARY, ASKER);
		let (manual, drill) = (false, false);
		assert_eq!(events(), [Event::EmergencyRequested { id, handle, tier, institution, committee, manual, drill }]);
	});
}

#[test]
fn request_emergency_fails_when_envelope_was_sealed_for_another_patient() {
	run(|| asks_for_ana_elsewhere(ready(), BEN, SUMMARY, 0, 0));
}

#[test]
fn request_emergency_fails_when_envelope_was_sealed_for_another_tier() {
	run(|| asks_for_ana_elsewhere(ready(), ANA, WIDER, 0, 0));
}

#[test]
fn request_emergency_fails_when_envelope_was_sealed_for_another_epoch() {
	run(|| asks_for_ana_elsewhere(ready(), ANA, SUMMARY, 1, 0));
}

#[test]
fn request_emergency_fails_when_envelope_was_sealed_under_another_number() {
	run(|| asks_for_ana_elsewhere(ready(), ANA, SUMMARY, 0, 1));
}

#[test]
fn request_emergency_fails_when_envelope_was_sealed_to_another_key() {
	run(|| {
		let first = ready();
		let second = active(5, 3);
		let label = label::<Test>(first, ANA, SUMMARY, 0, 0).expect("a key");
		let sealed = sealed::<Test>(first, &label).expect("a key");
		let envelopes = Envelopes::truncate_from(vec![sealed.commitment()]);
		assert_ok!(seal_as(gateway(CUSTODIAN), ANA, SUMMARY, 0, second, envelopes));
		let honest = request_of(ASKER, second, 0);
		is_invalid(EmergencyRequest { salt: sealed.salt, header: sealed.header(), ..honest });
	});
}

#[test]
fn request_emergency_fails_when_u_is_another_envelopes_u_moved() {
	run(|| {
		// The attacker is a custodian: it shifts the u of Ana's envelope by t·G and seals that for its own patient.
		let committee = ready();
		let victim = label::<Test>(committee, ANA, SUMMARY, 0, 0).expect("a key");
		let victim = sealed::<Test>(committee, &victim).expect("a key").header();
		let own = label::<Test>(committee, BEN, SUMMARY, 0, 0).expect("a key");
		let own = sealed::<Test>(committee, &own).expect("a key");
		let moved = CompressedRistretto(victim.u).decompress().expect("a point");
		let moved = (moved + RISTRETTO_BASEPOINT_POINT * Scalar::from(5u8)).compress().to_bytes();
		for header in [
			EnvelopeHeader { u: moved, ..own.header() },
			EnvelopeHeader { u: moved, ..victim },
			EnvelopeHeader { u: moved, ubar: victim.ubar, ..own.header() },
		] {
			let commitment = envelope_commitment(&own.salt, &header);
			let envelopes = Envelopes::truncate_from(vec![Commitment(commitment)]);
			assert_ok!(seal_as(gateway(CUSTODIAN), BEN, SUMMARY, 0, committee, envelopes));
			let label = label::<Test>(committee, BEN, SUMMARY, 0, 0).expect("a key");
			let honest = request::<Test>(ASKER, committee, BEN, SUMMARY, 0).expect("sealed");
			let q = point_secret(ASKER, &label);
			let context = RequestContext {
				header,
				..request_context::<Test>(ASKER, committee, &label, honest.key_hash).expect("a key")
			};
			// Even with a proof of q that is right.
			let proof = prove_request(&context, &q, &mut Rng::new(&"mauled"));
			is_invalid(EmergencyRequest { header, proof, ..honest });
		}
	});
}

#[test]
fn request_emergency_fails_when_point_cancels_into_another_envelope() {
	run(|| {
		// u + Q would be the u of Ben's envelope: guardians would answer for Ben while they see a request for Ana.
		let committee = ready();
		let of = |handle| label::<Test>(committee, handle, SUMMARY, 0, 0).expect("a key");
		let u = |handle| {
			let header = sealed::<Test>(committee, &of(handle)).expect("a key").header();
			CompressedRistretto(header.u).decompress().expect("a point")
		};
		let honest = request_of(ASKER, committee, 0);
		let rogue = (u(BEN) - u(ANA)).compress().to_bytes();
		is_invalid(EmergencyRequest { point: rogue, ..honest.clone() });
		// With a proof of some other secret, too.
		let context = request_context::<Test>(ASKER, committee, &of(ANA), honest.key_hash).expect("a key");
		let proof = prove_request(&context, &secret(&"any"), &mut Rng::new(&"rogue"));
		is_invalid(EmergencyRequest { point: rogue, proof, ..honest.clone() });
		// And u + Q is not to vanish.
		let vanishing = (-u(ANA)).compress().to_bytes();
		is_invalid(EmergencyRequest { point: vanishing, ..honest });
	});
}

#[test]
fn request_emergency_fails_when_point_is_the_identity_or_malformed() {
	run(|| {
		let honest = request_of(ASKER, ready(), 0);
		for point in [[0; 32], [0xff; 32]] {
			is_invalid(EmergencyRequest { point, ..honest.clone() });
		}
	});
}

#[test]
fn request_emergency_fails_when_proof_was_made_for_something_else() {
	run(|| {
		let committee = ready();
		let honest = request_of(ASKER, committee, 0);
		// By another institution with the very same bytes, which it saw in the pool.
		assert_noop!(ask_as(gateway(hospital(10)), honest.clone()), Error::<Test>::InvalidRequest);
		// To other one-time keys, to which the second half would go.
		is_invalid(EmergencyRequest { key_hash: [8; 32], ..honest.clone() });
		// For another point.
		let point = secret(&"another").public().to_bytes();
		is_invalid(EmergencyRequest { point, ..honest.clone() });
		// For another envelope.
		let other = request_of(ASKER, committee, 1);
		is_invalid(EmergencyRequest { proof: other.proof, ..honest.clone() });
		is_invalid(EmergencyRequest { point: honest.point, proof: honest.proof, ..other });
		// With a scalar that is not canonical.
		let mut proof = honest.proof;
		proof.f[31] |= 0xf0;
		is_invalid(EmergencyRequest { proof, ..honest });
	});
}

#[test]
fn request_emergency_fails_when_proof_was_made_for_former_members() {
	run(|| {
		let committee = ready();
		let before = request_of(ASKER, committee, 0);
		resharing(committee, hospitals(2..=6), 3);
		dealt(committee);
		confirmed(committee);
		is_invalid(before);
		requested(committee, 0);
	});
}

#[test]
fn request_emergency_fails_when_an_envelope_is_used_up_whatever_came_of_it() {
	run(|| {
		let committee = ready();
		let cancelled = requested(committee, 0);
		assert_ok!(cancel(cancelled));
		let rejected = requested(committee, 1);
		rejected_by(rejected, 1..=3);
		assert_eq!(stands(rejected), EmergencyStatus::Rejected);
		let expired = asked(hospital(10), request_of(hospital(10), committee, 2));
		Clock::set(request_ends().1);
		assert_ok!(expire(expired));
		let open = asked(hospital(11), request_of(hospital(11), committee, 3));
		assert_eq!(stands(open), EmergencyStatus::Requested);
		for number in 0..4 {
			let request = request_of(hospital(12), committee, number);
			assert_noop!(ask_as(gateway(hospital(12)), request), Error::<Test>::EnvelopeConsumed);
		}
	});
}

#[test]
fn request_emergency_fails_when_the_id_has_served_before() {
	run(|| {
		let committee = ready();
		let id = requested(committee, 0);
		assert_ok!(cancel(id));
		// A second session with the same Q: parts of both would be answers to one q.
		let label = label::<Test>(committee, ANA, SUMMARY, 0, 1).expect("a key");
		let q = point_secret(ASKER, &label_of(&stored(id)));
		let honest = request_of(ASKER, committee, 1);
		let context = request_context::<Test>(ASKER, committee, &label, honest.key_hash).expect("a key");
		let proof = prove_request(&context, &q, &mut Rng::new(&"again"));
		let again = EmergencyRequest { point: q.public().to_bytes(), proof, ..honest };
		assert_eq!(id_of::<Test>(ASKER, &again), id);
		assert_noop!(ask_as(gateway(ASKER), again), Error::<Test>::RequestIdUsed);
	});
}

#[test]
fn request_emergency_fails_when_envelope_is_unknown_or_does_not_open_the_commitment() {
	run(|| {
		let committee = ready();
		let honest = request_of(ASKER, committee, 0);
		let other = request_of(ASKER, committee, 1);
		for number in [4, 7, 8, 255] {
			let request = EmergencyRequest { envelope: number, ..honest.clone() };
			assert_noop!(ask_as(gateway(ASKER), request), Error::<Test>::UnknownEnvelope);
		}
		for request in [
			EmergencyRequest { salt: [0; 32], ..honest.clone() },
			EmergencyRequest { header: other.header, ..honest.clone() },
			EmergencyRequest { envelope: 1, ..honest },
		] {
			assert_noop!(ask_as(gateway(ASKER), request), Error::<Test>::EnvelopeMismatch);
		}
	});
}

#[test]
fn request_emergency_fails_alike_when_nothing_is_sealed_or_handle_is_unknown() {
	run(|| {
		let committee = ready();
		let honest = request_of(ASKER, committee, 0);
		for request in [
			EmergencyRequest { handle: BEN, ..honest.clone() },
			EmergencyRequest { handle: PatientHandle([0; 32]), ..honest.clone() },
			EmergencyRequest { tier: WIDER, ..honest.clone() },
		] {
			assert_noop!(ask_as(gateway(ASKER), request), Error::<Test>::NothingSealed);
		}
		Patients::<AccountId>::retire(ANA);
		assert_noop!(ask_as(gateway(ASKER), honest), Error::<Test>::NothingSealed);
	});
}

#[test]
fn request_emergency_fails_when_requester_is_the_custodian() {
	run(|| {
		let request = request_of(CUSTODIAN, ready(), 0);
		assert_noop!(ask_as(gateway(CUSTODIAN), request), Error::<Test>::OwnPatient);
	});
}

#[test]
fn request_emergency_fails_when_institution_may_not_claim_an_emergency() {
	run(|| {
		let committee = ready();
		let request = request_of(ASKER, committee, 0);
		let kinds = [
			InstitutionKind::Laboratory,
			InstitutionKind::Payer,
			InstitutionKind::ResearchBody,
			InstitutionKind::Regulator,
		];
		for kind in kinds {
			Consortium::<AccountId>::admit(ASKER, kind);
			assert_noop!(ask_as(gateway(ASKER), request.clone()), Error::<Test>::NotForEmergency);
		}
		Consortium::<AccountId>::admit(ASKER, InstitutionKind::Clinic);
		assert_ok!(ask_as(gateway(ASKER), request));
	});
}

#[test]
fn request_emergency_fails_when_signer_is_no_gateway_of_an_active_institution() {
	run(|| {
		let request = request_of(ASKER, ready(), 0);
		for who in [ANA_KEY, person(1)] {
			assert_noop!(ask_as(who, request.clone()), NOT_A_GATEWAY);
		}
		for origin in [RuntimeOrigin::none(), root()] {
			let refused = EmergencyAccess::request_emergency(origin, request.clone(), ENTRY);
			assert_noop!(refused, DispatchError::BadOrigin);
		}
		Consortium::<AccountId>::suspend(ASKER);
		assert_noop!(ask_as(gateway(ASKER), request), SUSPENDED);
	});
}

#[test]
fn request_emergency_fails_when_committee_does_not_decide() {
	run(|| {
		let committee = ready();
		let honest = request_of(ASKER, committee, 0);
		let to = |committee| EmergencyRequest { committee, ..honest.clone() };
		assert_noop!(ask_as(gateway(ASKER), to(CommitteeId(9))), Error::<Test>::UnknownCommittee);
		let locate = active_for(CommitteePurpose::Locate, 5, 3);
		assert_noop!(ask_as(gateway(ASKER), to(locate)), Error::<Test>::WrongPurpose);
		let forming = proposed(5, 3);
		assert_noop!(ask_as(gateway(ASKER), to(forming)), Error::<Test>::CommitteeNotActive);
		Clock::set(UNTIL);
		assert_noop!(ask_as(gateway(ASKER), honest.clone()), Error::<Test>::CommitteeExpired);
		assert_ok!(EmergencyAccess::retire_committee(root(), committee));
		assert_noop!(ask_as(gateway(ASKER), honest.clone()), Error::<Test>::CommitteeNotActive);
	});
}

#[test]
fn request_emergency_fails_when_committee_is_another_patients() {
	run(|| {
		ready();
		personal(OWN, five(), 3);
		let honest = request_of(ASKER, CommitteeId(0), 0);
		let request = EmergencyRequest { handle: BEN, committee: OWN, ..honest };
		assert_noop!(ask_as(gateway(ASKER), request), Error::<Test>::CommitteeOfAnother);
	});
}

#[test]
fn request_emergency_works_before_a_superseded_committee_for_what_it_holds() {
	run(|| {
		let first = ready();
		active(5, 3);
		assert_eq!(status(first), CommitteeStatus::Superseded);
		approved(requested(first, 0), 1..=3);
	});
}

#[test]
fn request_emergency_fails_when_too_few_guardians_could_vote() {
	run(|| {
		let committee = ready();
		let of_guardian = request_of(hospital(1), committee, 0);
		let of_other = request_of(ASKER, committee, 1);
		Consortium::<AccountId>::suspend(hospital(2));
		assert_ok!(register_key(hospital(3), 2));
		// Hospitals 4 and 5 are left for hospital 1; hospital 1 with them for hospital 9.
		assert_noop!(ask_as(gateway(hospital(1)), of_guardian), Error::<Test>::TooFewGuardians);
		assert_ok!(ask_as(gateway(ASKER), of_other));
	});
}

#[test]
fn request_emergency_needs_people_when_institution_has_many_sessions_open() {
	run(|| {
		let committee = ready();
		set_limits(|limits| limits.open_sessions = 2);
		let (first, second) = (requested(committee, 0), opened(committee, 1));
		assert_ok!(seal_for(ANA, SUMMARY, 1, committee));
		// The next patient of a disaster is not refused.
		let third = requested(committee, 0);
		assert_eq!((stored(third).manual, stored(third).required), (true, 4));
		// It is not counted, so that the day's automatic ones are left for later.
		assert_eq!(EmergencyUse::<Test>::get(ASKER).requests, 2);
		// Nobody else is held up.
		assert!(!stored(asked(hospital(10), request_of(hospital(10), committee, 1))).manual);
		assert_ok!(cancel(first));
		assert_ok!(cancel(third));
		assert_ok!(seal_for(ANA, SUMMARY, 2, committee));
		assert!(!stored(requested(committee, 0)).manual);
		assert_eq!(OpenCount::<Test>::get(ASKER), 2);
		assert_ok!(close(second));
		assert_eq!(OpenCount::<Test>::get(ASKER), 1);
	});
}

#[test]
fn request_emergency_fails_when_institution_opens_sessions_at_machine_speed() {
	run(|| {
		let committee = ready();
		set_limits(|limits| limits.open_sessions = 2);
		let mut epoch = 0;
		let mut next = || {
			epoch += 1;
			assert_ok!(seal_for(ANA, SUMMARY, epoch, committee));
			request_of(ASKER, committee, 0)
		};
		let first = asked(ASKER, next());
		for _ in 1..8 {
			asked(ASKER, next());
		}
		let ninth = next();
		assert_noop!(ask_as(gateway(ASKER), ninth.clone()), Error::<Test>::TooManyOpen);
		assert_ok!(cancel(first));
		assert_ok!(ask_as(gateway(ASKER), ninth));
		set_limits(|limits| limits.open_sessions = u32::MAX);
		asked(ASKER, next());
	});
}

#[test]
fn request_emergency_does_not_happen_when_it_cannot_be_recorded() {
	run(|| {
		let request = request_of(ASKER, ready(), 0);
		Trail::refuse();
		assert_noop!(ask_as(gateway(ASKER), request), TRAIL_FULL);
	});
}

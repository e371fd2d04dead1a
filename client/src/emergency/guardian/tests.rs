use super::*;
use crate::emergency::{
	formation::recover_share,
	testing::{opening_of, Scene, GENESIS, HANDLE, NOW},
};
use salus_primitives::{CommitteeId, PractitionerId, StaffRole};
use salus_threshold::{group::SecretScalar, part::combine, rand_core::OsRng};

impl Scene {
	fn case(&self, guardian: usize) -> SessionCase<'_> {
		SessionCase {
			genesis: &GENESIS,
			now: NOW,
			own: &self.members[guardian].guardian,
			id: self.session.id,
			session: Some(&self.session),
			committee: Some(&self.board.committee),
			handle: Some(&self.handle),
			requester: Some(&self.requester),
			opening: Some(&self.opening),
			practitioner: Some(&self.registered),
		}
	}

	fn refusal(&self) -> Refusal {
		verify_session(&self.case(0)).unwrap_err()
	}
}

/// The refusal of a scene after a change.
fn refused_after(change: impl FnOnce(&mut Scene)) -> Refusal {
	let mut scene = Scene::new();
	change(&mut scene);
	scene.refusal()
}

#[test]
fn three_votes_open_the_envelope_for_who_asked() {
	let mut scene = Scene::new();
	for guardian in [0, 2, 4] {
		let verified = verify_session(&scene.case(guardian)).unwrap();
		assert_eq!(verified.handle(), HANDLE);
		let own = recover_share(&scene.board.case(&scene.members[guardian])).unwrap();
		let part = vote(&verified, &own, &mut OsRng).unwrap();
		scene.session.parts.push((own.index, part.value));
		assert_eq!(verify_session(&scene.case(guardian)).unwrap_err(), Refusal::AlreadyVoted);
	}
	let group_key = scene.board.committee.group_key.unwrap();
	let shared = combine(3, &scene.session.parts, &scene.q, &group_key).unwrap();
	assert_eq!(*shared, scene.shared);
	let thief = SecretScalar::random(&mut OsRng);
	let other = combine(3, &scene.session.parts, &thief, &group_key).unwrap();
	assert_ne!(*other, scene.shared, "the parts serve the requester alone");
}

#[test]
fn a_share_of_another_guardian_or_committee_makes_no_part() {
	let (scene, other) = (Scene::new(), Scene::new());
	let verified = verify_session(&scene.case(0)).unwrap();
	for own in [
		recover_share(&scene.board.case(&scene.members[1])).unwrap(),
		recover_share(&other.board.case(&other.members[0])).unwrap(),
	] {
		assert_eq!(vote(&verified, &own, &mut OsRng).unwrap_err(), VoteError::OtherShare);
	}
}

#[test]
fn a_session_is_refused_that_the_finalized_chain_does_not_have() {
	let scene = Scene::new();
	let case = SessionCase { session: None, ..scene.case(0) };
	assert_eq!(verify_session(&case).unwrap_err(), Refusal::UnknownSession);
	let case = SessionCase { id: EmergencyRequestId([0; 32]), ..scene.case(0) };
	assert_eq!(verify_session(&case).unwrap_err(), Refusal::UnknownSession, "another one was shown");
}

#[test]
fn a_session_is_refused_that_does_not_wait_for_approvals() {
	for status in [
		EmergencyStatus::Active,
		EmergencyStatus::Closed,
		EmergencyStatus::Expired,
		EmergencyStatus::Rejected,
		EmergencyStatus::Cancelled,
		EmergencyStatus::Suspended,
	] {
		assert_eq!(refused_after(|scene| scene.session.status = status), Refusal::NotRequested, "{status:?}");
	}
	assert_eq!(refused_after(|scene| scene.session.expires_at = NOW), Refusal::RequestExpired);
}

#[test]
fn a_session_is_refused_whose_committee_cannot_decide_it() {
	use CommitteeStatus::*;
	for status in [Dealing, Confirming, Failed, Retired] {
		let refusal = refused_after(|scene| scene.board.committee.status = status);
		assert_eq!(refusal, Refusal::CommitteeNotActive, "{status:?}");
	}
	let mut scene = Scene::new();
	scene.board.committee.status = Superseded;
	assert!(verify_session(&scene.case(0)).is_ok(), "what was sealed to it before");
	let change = |change: fn(&mut CommitteeInfo<Account>)| refused_after(|scene| change(&mut scene.board.committee));
	assert_eq!(change(|committee| committee.valid_until = NOW), Refusal::CommitteeNotActive);
	assert_eq!(change(|committee| committee.purpose = CommitteePurpose::Locate), Refusal::CommitteeNotActive);
	assert_eq!(change(|committee| committee.id = CommitteeId(8)), Refusal::CommitteeNotActive);
	assert_eq!(change(|committee| committee.group_key = None), Refusal::CommitteeNotActive);
	assert_eq!(change(|committee| committee.version += 1), Refusal::CommitteeChanged);
	assert_eq!(
		change(|committee| committee.kind = CommitteeKind::Personal(PatientHandle([0; 32]))),
		Refusal::OtherPatientsCommittee
	);
	let mut scene = Scene::new();
	scene.board.committee.kind = CommitteeKind::Personal(HANDLE);
	assert!(verify_session(&scene.case(0)).is_ok());
	assert_eq!(change(|committee| committee.members[0].counts = false), Refusal::VoteDoesNotCount);
	assert_eq!(
		change(|committee| {
			committee.members.remove(0);
		}),
		Refusal::NotAMember
	);
	assert_eq!(change(|committee| committee.key_id = Some([9; 32])), Refusal::OtherKey);
}

#[test]
fn the_requesters_own_institution_has_no_vote() {
	let mut scene = Scene::new();
	scene.board.committee.members[0].guardian = Guardian::Institution(scene.session.institution);
	let own = Guardian::Institution(scene.session.institution);
	let case = SessionCase { own: &own, ..scene.case(0) };
	assert_eq!(verify_session(&case).unwrap_err(), Refusal::OwnRequest);
	// Neither has a person who works there.
	let person = Guardian::Person(Account([1; 32]));
	let member = &mut scene.board.committee.members[0];
	(member.guardian, member.affiliation) = (person.clone(), Some(scene.session.institution));
	let case = SessionCase { own: &person, ..scene.case(0) };
	assert_eq!(verify_session(&case).unwrap_err(), Refusal::OwnRequest);
}

#[test]
fn an_institution_has_one_vote_whoever_gives_it() {
	let voted = |change: fn(&mut EmergencySessionInfo)| refused_after(|scene| change(&mut scene.session));
	assert_eq!(voted(|session| session.parts.push((1, [0; 32]))), Refusal::AlreadyVoted);
	assert_eq!(voted(|session| session.rejected.push(1)), Refusal::AlreadyVoted);
	assert_eq!(voted(|session| session.refused.push(1)), Refusal::AlreadyVoted);
	let mut scene = Scene::new();
	scene.session.rejected.push(2);
	assert!(verify_session(&scene.case(0)).is_ok(), "others' votes are theirs");
	let member = &mut scene.board.committee.members[1];
	member.guardian = Guardian::Person(Account([1; 32]));
	member.affiliation = Some(InstitutionId(1));
	assert_eq!(scene.refusal(), Refusal::AlreadyVoted, "a person of the same institution has voted");
}

#[test]
fn a_session_is_refused_whose_parties_are_not_what_it_says() {
	let refused = |change: fn(&mut Scene)| refused_after(change);
	assert_eq!(refused(|scene| scene.handle.status = HandleStatus::Retired), Refusal::HandleNotOpen);
	assert_eq!(refused(|scene| scene.handle.custodian = InstitutionId(1)), Refusal::OtherCustodian);
	assert_eq!(refused(|scene| scene.requester.status = MemberStatus::Suspended), Refusal::RequesterNotActive);
	let own_patient = |scene: &mut Scene| {
		(scene.handle.custodian, scene.session.custodian) = (scene.session.institution, scene.session.institution);
	};
	assert_eq!(refused(own_patient), Refusal::OwnPatient);
	let scene = Scene::new();
	let without = [
		(SessionCase { handle: None, ..scene.case(0) }, Refusal::HandleNotOpen),
		(SessionCase { requester: None, ..scene.case(0) }, Refusal::RequesterNotActive),
		(SessionCase { committee: None, ..scene.case(0) }, Refusal::CommitteeNotActive),
	];
	for (case, refusal) in without {
		assert_eq!(verify_session(&case).unwrap_err(), refusal);
	}
}

/// A node can show anything: what a part would open is bound by proofs that it cannot make.
#[test]
fn a_session_is_refused_whose_cryptography_was_made_up() {
	let change = |change: fn(&mut EmergencySessionInfo)| refused_after(|scene| change(&mut scene.session));
	// An envelope of another patient, scope, epoch, number; a header that was tampered with.
	assert_eq!(refused_after(|scene| scene.session.tier = EmergencyTier::Wider), Refusal::BadEnvelope);
	assert_eq!(change(|session| session.epoch += 1), Refusal::BadEnvelope);
	assert_eq!(change(|session| session.envelope += 1), Refusal::BadEnvelope);
	assert_eq!(change(|session| session.header.ct_hash[0] ^= 1), Refusal::BadEnvelope);
	assert_eq!(change(|session| session.header.u = session.header.ubar), Refusal::BadEnvelope);
	let other_patient = refused_after(|scene| scene.session.handle = PatientHandle([4; 32]));
	assert_eq!(other_patient, Refusal::BadEnvelope);
	// A point or requester that the id does not name.
	assert_eq!(change(|session| session.institution = InstitutionId(77)), Refusal::OtherId);
	let point = SecretScalar::random(&mut OsRng).public().to_bytes();
	assert_eq!(refused_after(|scene| scene.session.point = point), Refusal::OtherId);
	// One-time keys or a proof that are not those of the request.
	assert_eq!(change(|session| session.key_hash[0] ^= 1), Refusal::BadRequestProof);
	assert_eq!(change(|session| session.proof.f[0] ^= 1), Refusal::BadRequestProof);
}

#[test]
fn a_session_is_refused_on_another_chain() {
	let scene = Scene::new();
	let case = SessionCase { genesis: &[0x22; 32], ..scene.case(0) };
	assert_eq!(verify_session(&case).unwrap_err(), Refusal::OtherKey);
}

#[test]
fn a_session_is_refused_without_the_words_that_the_chain_commits_to() {
	let scene = Scene::new();
	let case = SessionCase { opening: None, ..scene.case(0) };
	assert_eq!(verify_session(&case).unwrap_err(), Refusal::NoOpening);
	assert_eq!(refused_after(|scene| scene.session.entry.0[0] ^= 1), Refusal::OtherOpening);
	assert_eq!(refused_after(|scene| scene.opening.opening.salt.0[0] ^= 1), Refusal::OtherOpening);
	assert_eq!(refused_after(|scene| scene.opening.id = EmergencyRequestId([0; 32])), Refusal::OtherOpening);
	// An entry that the chain does commit to, but of another act, actor or patient.
	let recommit = |change: fn(&mut crate::wire::FullEntry)| {
		refused_after(|scene| {
			let mut entry = scene.opening.opening.full_entry().unwrap();
			change(&mut entry);
			scene.opening.opening = entry.seal().unwrap();
			scene.session.entry = scene.opening.opening.commitment;
		})
	};
	assert_eq!(recommit(|entry| entry.event.act = Act::Request), Refusal::OtherOpening);
	assert_eq!(recommit(|entry| entry.actor.institution = Some(InstitutionId(1))), Refusal::OtherOpening);
	assert_eq!(recommit(|entry| entry.actor.practitioner = Some(PractitionerId([0; 32]))), Refusal::OtherOpening);
	assert_eq!(recommit(|entry| entry.patient = None), Refusal::OtherOpening);
	assert_eq!(recommit(|entry| entry.custodian = Some(InstitutionId(1))), Refusal::OtherOpening);
	assert_eq!(recommit(|entry| entry.request = None), Refusal::OtherOpening);
	assert_eq!(recommit(|entry| entry.emergency = Some(EmergencyRequestId([0; 32]))), Refusal::OtherOpening);
}

#[test]
fn a_statement_serves_one_session() {
	// The practitioner's gateway hands the words of an earlier session to the guardians of a new one.
	let earlier = Scene::new();
	let refusal = refused_after(|scene| {
		scene.practitioner = earlier.practitioner.clone();
		scene.registered = earlier.registered.clone();
		let request = earlier.statement.clone().sign(&GENESIS, earlier.practitioner.signing_key());
		scene.commit(&request);
	});
	assert_eq!(refusal, Refusal::OtherStatement);
	let replayed = refused_after(|scene| scene.opening = earlier.opening.clone());
	assert_eq!(replayed, Refusal::OtherOpening);
}

#[test]
fn a_statement_is_refused_that_says_another_thing_than_the_session() {
	let restated = |change: fn(&mut EmergencyStatement)| refused_after(|scene| scene.restate(change));
	assert_eq!(restated(|statement| statement.tier = EmergencyTier::Wider), Refusal::OtherStatement);
	assert_eq!(restated(|statement| statement.handle = PatientHandle([0; 32])), Refusal::OtherStatement);
	assert_eq!(restated(|statement| statement.custodian = InstitutionId(1)), Refusal::OtherStatement);
	assert_eq!(restated(|statement| statement.point.0[0] ^= 1), Refusal::OtherStatement);
	assert_eq!(restated(|statement| statement.proof.e[0] ^= 1), Refusal::OtherStatement);
	assert_eq!(restated(|statement| statement.signing_key.0[0] ^= 1), Refusal::OtherStatement);
	assert_eq!(restated(|statement| statement.xwing_key.0.truncate(3)), Refusal::OtherStatement);
	assert_eq!(restated(|statement| statement.at -= STATEMENT_TOLERANCE + 1), Refusal::StaleStatement);
	assert_eq!(restated(|statement| statement.at += STATEMENT_TOLERANCE + 1), Refusal::StaleStatement);
	assert_eq!(restated(|statement| statement.reason = " ".into()), Refusal::NoReason);
	let mut scene = Scene::new();
	scene.restate(|statement| statement.at += STATEMENT_TOLERANCE);
	assert!(verify_session(&scene.case(0)).is_ok());
}

#[test]
fn a_practitioner_who_may_not_ask_is_refused() {
	let scene = Scene::new();
	let case = SessionCase { practitioner: None, ..scene.case(0) };
	assert_eq!(verify_session(&case).unwrap_err(), Refusal::UnknownPractitioner);
	let changed = |change: fn(&mut PractitionerInfo)| refused_after(|scene| change(&mut scene.registered));
	assert_eq!(changed(|info| info.institution = InstitutionId(1)), Refusal::PractitionerElsewhere);
	assert_eq!(changed(|info| info.valid = false), Refusal::PractitionerNotValid);
	assert_eq!(changed(|info| info.valid_until = NOW), Refusal::PractitionerNotValid);
	assert_eq!(changed(|info| info.valid_from = NOW + 1), Refusal::PractitionerNotValid);
	assert_eq!(changed(|info| info.invalid_from = Some(NOW)), Refusal::PractitionerNotValid);
	assert_eq!(changed(|info| info.emergency_authorised = false), Refusal::NotEmergencyAuthorised);
	assert_eq!(changed(|info| info.roles = vec![StaffRole::Registrar]), Refusal::RoleNotEntitled);
	assert_eq!(changed(|info| info.signing_key = [1; 32]), Refusal::StatementSignature);
	assert_eq!(refused_after(|scene| scene.session.shift_tag[0] ^= 1), Refusal::OtherShiftTag);
	assert_eq!(refused_after(|scene| scene.opening.shift_key.0[0] ^= 1), Refusal::OtherShiftTag);
}

#[test]
fn a_statement_by_another_key_is_refused() {
	let refusal = refused_after(|scene| {
		let colleague = crate::keystore::PractitionerKey::generate();
		let forged = scene.statement.clone().sign(&GENESIS, colleague.signing_key());
		scene.commit(&forged);
	});
	assert_eq!(refusal, Refusal::StatementSignature);
	let on_another_chain = refused_after(|scene| {
		let request = scene.statement.clone().sign(&[0x22; 32], scene.practitioner.signing_key());
		scene.opening = opening_of(&request, &scene.session);
		scene.session.entry = scene.opening.opening.commitment;
	});
	assert_eq!(on_another_chain, Refusal::StatementSignature);
}

#[test]
fn to_say_no_the_words_are_not_needed() {
	let scene = Scene::new();
	let case = SessionCase { opening: None, practitioner: None, handle: None, ..scene.case(0) };
	assert_eq!(standing(&case).unwrap().member.index, 1);
}

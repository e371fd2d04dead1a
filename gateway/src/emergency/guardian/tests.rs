use super::*;
use crate::{
	chain::fake::{Trouble, World},
	emergency::testing::{League, Sealed, CUSTODIAN, REQUESTER},
	index::{Parcel, OPENINGS, OUTBOX},
	openings::opening_key,
};
use salus_client::{
	keystore::PractitionerKey,
	wire::{codes, emergency::EmergencyOpening},
};
use salus_primitives::{AuditChain, EmergencyTier, InstitutionId, MemberStatus, StaffRole};
use salus_runtime_api::{EmergencyStatus, PractitionerInfo};
use salus_threshold::group::SecretScalar;

/// A request for a summary before guardians with rules.
struct Asked {
	league: League,
	practitioner: PractitionerKey,
	sealed: Sealed,
	opening: EmergencyOpening,
}

impl Asked {
	async fn new() -> Self {
		Self::before(League::new()).await
	}

	async fn before(league: League) -> Self {
		let committee = league.committee().await;
		let sealed = league.sealed(1, EmergencyTier::Summary, committee, false);
		let practitioner = league.practitioner(REQUESTER.0);
		let opening = league.request(&sealed, 0, REQUESTER.0, &practitioner).await;
		Self { league, practitioner, sealed, opening }
	}

	fn id(&self) -> EmergencyRequestId {
		self.opening.id
	}

	async fn look(&self, guardian: u32) -> Look {
		look(self.league.service(guardian), self.id()).await.unwrap()
	}

	fn row(&self, guardian: u32) -> VoteRow {
		self.league.service(guardian).index.get(&VOTES, self.id().0).unwrap().unwrap()
	}

	/// What a guardian answers after a change of the chain. Nothing leaves it.
	async fn refused_after(change: impl FnOnce(&mut World, EmergencyRequestId)) -> Refusal {
		let asked = Self::new().await;
		change(&mut asked.league.chain().world(), asked.id());
		match asked.look(1).await {
			Look::Refused(refusal) => {
				asked.league.assert_silent(1);
				refusal
			}
			other => panic!("not refused: {other:?}"),
		}
	}
}

#[tokio::test]
async fn servers_approve_a_summary_by_their_rules_and_the_log_names_them() {
	let asked = Asked::new().await;
	for guardian in [1, 3, 5] {
		asked.league.attend(guardian).await;
	}
	let session = asked.league.session(&asked.id());
	assert_eq!(session.status, EmergencyStatus::Active);
	assert_eq!(session.parts.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [1, 3, 5]);
	let entries = asked.league.chain().world().entries[&AuditChain::Patient(asked.sealed.handle)].clone();
	let approvals: Vec<_> = entries.iter().filter(|entry| entry.act == Act::EmergencyApproval).collect();
	for (entry, guardian) in approvals.iter().zip([1, 3, 5]) {
		assert_eq!(entry.actor, Some(InstitutionId(guardian)));
		let row = asked.row(guardian);
		assert_eq!(row.stage, VoteStage::Cast);
		// The opening says who voted, about what, and that no person was asked.
		let full = row.opening.full_entry().unwrap();
		assert_eq!((row.opening.commitment, row.opening.sequence), (entry.commitment, Some(entry.sequence)));
		assert_eq!((full.event.act, full.emergency), (Act::EmergencyApproval, Some(asked.id())));
		assert_eq!((full.patient, full.custodian), (Some(asked.sealed.handle), Some(CUSTODIAN)));
		assert_eq!(full.actor.practitioner, None);
		assert!(full.basis.contains("without a person"));
		// It is kept, and on its way to the custodian.
		let service = asked.league.service(guardian);
		assert!(service.index.get(&OPENINGS, opening_key(&row.opening)).unwrap().is_some());
		let parcels = service.index.scan(&OUTBOX, []).unwrap();
		assert!(parcels.iter().any(|(_, parcel)| {
			parcel.to == CUSTODIAN && matches!(&parcel.parcel, Parcel::Opening(opening) if *opening == row.opening)
		}));
	}
	assert_eq!(approvals.len(), 3);
}

#[tokio::test]
async fn nothing_is_voted_twice() {
	let asked = Asked::new().await;
	let service = asked.league.service(1);
	let both = tokio::join!(look(service, asked.id()), look(service, asked.id()));
	let mut both = [both.0.unwrap(), both.1.unwrap()];
	both.sort_by_key(|look| *look != Look::Voted);
	assert_eq!(both, [Look::Voted, Look::NotNow]);
	assert_eq!(asked.look(1).await, Look::NotNow);
	asked.league.attend(1).await;
	assert_eq!(asked.league.votes_submitted(), 1);
}

#[tokio::test]
async fn without_rules_a_person_decides() {
	let asked = Asked::before(League::with(None)).await;
	assert_eq!(asked.look(1).await, Look::Waits(Why::NoRules));
	asked.league.attend(1).await;
	asked.league.assert_silent(1);
}

#[tokio::test]
async fn a_manual_session_is_not_approved_by_a_server() {
	let league = League::new();
	league.emergency(|emergency| emergency.manual = true);
	let asked = Asked::before(league).await;
	assert_eq!(asked.look(1).await, Look::Waits(Why::Manual));
	asked.league.assert_silent(1);
}

#[tokio::test]
async fn the_wider_tier_is_not_approved_by_a_server() {
	let asked = Asked::new().await;
	let sealed = asked.league.sealed(2, EmergencyTier::Wider, asked.sealed.committee, false);
	let wider = asked.league.request(&sealed, 0, REQUESTER.0, &asked.practitioner).await;
	assert_eq!(look(asked.league.service(1), wider.id).await.unwrap(), Look::Waits(Why::Wider));
	asked.league.assert_silent(1);
}

#[tokio::test]
async fn a_role_without_rules_waits_for_a_person() {
	let asked = Asked::new().await;
	asked.league.chain().world().staff.get_mut(&asked.practitioner.id).unwrap().roles = vec![StaffRole::Nurse];
	assert_eq!(asked.look(1).await, Look::Waits(Why::Role));
	asked.league.assert_silent(1);
}

/// What guardian 1 does about a request for another patient.
async fn look_at_another(asked: &Asked, number: u8, drill: bool, practitioner: &PractitionerKey) -> Look {
	let sealed = asked.league.sealed(number, EmergencyTier::Summary, asked.sealed.committee, drill);
	let opening = asked.league.request(&sealed, 0, REQUESTER.0, practitioner).await;
	look(asked.league.service(1), opening.id).await.unwrap()
}

#[tokio::test]
async fn caps_leave_what_exceeds_them_to_people_and_drills_use_nothing_up() {
	let mut asked = Asked::new().await;
	let own = asked.practitioner.clone();
	assert_eq!(asked.look(1).await, Look::Voted);
	for number in 10..13 {
		assert_eq!(look_at_another(&asked, number, true, &own).await, Look::Voted, "a drill");
	}
	assert_eq!(look_at_another(&asked, 20, false, &own).await, Look::Voted);
	assert_eq!(look_at_another(&asked, 21, false, &own).await, Look::Waits(Why::PractitionerCap));
	let colleague = asked.league.practitioner(REQUESTER.0);
	assert_eq!(look_at_another(&asked, 22, false, &colleague).await, Look::Voted);
	let third = asked.league.practitioner(REQUESTER.0);
	assert_eq!(look_at_another(&asked, 23, false, &third).await, Look::Waits(Why::InstitutionCap));
	// A restart forgets nothing.
	asked.league.restart(1);
	assert_eq!(look_at_another(&asked, 24, false, &third).await, Look::Waits(Why::InstitutionCap));
	// A day later there is room again.
	for (key, mut row) in asked.league.service(1).index.scan(&VOTES, []).unwrap() {
		row.at -= DAY + 1;
		asked.league.service(1).index.put(&VOTES, key, &row).unwrap();
	}
	asked.league.restart(1);
	assert_eq!(look_at_another(&asked, 25, false, &third).await, Look::Voted);
}

#[tokio::test]
async fn caps_are_counted_without_the_journal_and_forget_what_is_older_than_a_day() {
	let asked = Asked::new().await;
	assert_eq!(asked.look(1).await, Look::Voted);
	let service = asked.league.service(1);
	let counts = |practitioner, now| service.desk.tally.counts(&service.index, REQUESTER, practitioner, now).unwrap();
	let (own, now) = (asked.practitioner.id, salus_client::now());
	assert_eq!(counts(own, now), Counts { practitioner: 1, institution: 1 });
	service.index.remove(&VOTES, asked.id().0).unwrap();
	assert_eq!(counts(own, now), Counts { practitioner: 1, institution: 1 });
	assert_eq!(counts(PractitionerId([0; 32]), now), Counts { practitioner: 0, institution: 1 });
	assert_eq!(counts(own, now + DAY + SECOND), Counts::default());
}

#[tokio::test]
async fn two_sessions_at_once_are_not_both_the_last_one_under_a_cap() {
	let rules = r#"{"version":1,"summary":{"roles":["Physician"],"per_practitioner":1,"per_institution":9}}"#;
	let asked = Asked::before(League::with(Some(rules))).await;
	let sealed = asked.league.sealed(2, EmergencyTier::Summary, asked.sealed.committee, false);
	let other = asked.league.request(&sealed, 0, REQUESTER.0, &asked.practitioner).await;
	let service = asked.league.service(1);
	let (one, two) = tokio::join!(look(service, asked.id()), look(service, other.id));
	let voted = [one.unwrap(), two.unwrap()].into_iter().filter(|look| *look == Look::Voted).count();
	assert_eq!((voted, asked.league.votes_submitted()), (1, 1));
}

#[tokio::test]
async fn nothing_is_approved_before_the_words_have_arrived() {
	let league = League::new();
	let committee = league.committee().await;
	let sealed = league.sealed(1, EmergencyTier::Summary, committee, false);
	let practitioner = league.practitioner(REQUESTER.0);
	let opening = league.ask(&sealed, 0, REQUESTER.0, &practitioner).await;
	assert_eq!(look(league.service(1), opening.id).await.unwrap(), Look::Refused(Refusal::NoOpening));
	league.assert_silent(1);
	league.tell(1, &opening);
	league.attend(1).await;
	assert_eq!(league.session(&opening.id).parts.len(), 1);
}

#[tokio::test]
async fn a_session_that_the_finalized_head_does_not_have_gets_no_part() {
	let refusal = Asked::refused_after(|world, id| drop(world.emergency.sessions.remove(&id))).await;
	assert_eq!(refusal, Refusal::UnknownSession);
}

#[tokio::test]
async fn nothing_is_decided_at_a_head_that_is_too_old() {
	let asked = Asked::new().await;
	asked.league.chain().world().head_age = 120 * SECOND;
	let failure = look(asked.league.service(1), asked.id()).await.unwrap_err();
	assert_eq!(failure.code(), codes::HEAD_TOO_OLD);
	asked.league.assert_silent(1);
}

#[tokio::test]
async fn a_session_that_a_node_made_up_gets_no_part() {
	let change = |change: fn(&mut EmergencySessionInfo)| {
		Asked::refused_after(move |world, id| change(world.emergency.sessions.get_mut(&id).unwrap()))
	};
	assert_eq!(change(|session| session.epoch += 1).await, Refusal::BadEnvelope);
	assert_eq!(change(|session| session.tier = EmergencyTier::Wider).await, Refusal::BadEnvelope);
	assert_eq!(change(|session| session.key_hash[0] ^= 1).await, Refusal::BadRequestProof);
	assert_eq!(change(|session| session.institution = InstitutionId(4)).await, Refusal::OtherId);
	assert_eq!(change(|session| session.entry.0[0] ^= 1).await, Refusal::OtherOpening);
	assert_eq!(change(|session| session.shift_tag[0] ^= 1).await, Refusal::OtherShiftTag);
	assert_eq!(change(|session| session.custodian = InstitutionId(4)).await, Refusal::OtherCustodian);
	assert_eq!(change(|session| session.expires_at = 0).await, Refusal::NotRequested);
	assert_eq!(change(|session| session.version += 1).await, Refusal::CommitteeChanged);
	let q = SecretScalar::random(&mut OsRng).public().to_bytes();
	let rogue = Asked::refused_after(|world, id| world.emergency.sessions.get_mut(&id).unwrap().point = q).await;
	assert_eq!(rogue, Refusal::OtherId);
}

#[tokio::test]
async fn a_practitioner_who_may_not_ask_gets_no_part() {
	async fn change(change: fn(&mut PractitionerInfo)) -> Refusal {
		Asked::refused_after(|world, _| world.staff.values_mut().for_each(change)).await
	}
	assert_eq!(change(|info| info.emergency_authorised = false).await, Refusal::NotEmergencyAuthorised);
	assert_eq!(change(|info| info.valid_until = 1).await, Refusal::PractitionerNotValid);
	assert_eq!(change(|info| info.institution = InstitutionId(4)).await, Refusal::PractitionerElsewhere);
	assert_eq!(change(|info| info.roles = vec![StaffRole::Administrator]).await, Refusal::RoleNotEntitled);
	assert_eq!(change(|info| info.signing_key = [1; 32]).await, Refusal::StatementSignature);
	let unknown = Asked::refused_after(|world, _| world.staff.clear()).await;
	assert_eq!(unknown, Refusal::UnknownPractitioner);
}

#[tokio::test]
async fn a_requester_that_was_suspended_gets_no_part() {
	let refusal = Asked::refused_after(|world, _| {
		world.institutions.get_mut(&REQUESTER).unwrap().status = MemberStatus::Suspended;
	});
	assert_eq!(refusal.await, Refusal::RequesterNotActive);
}

#[tokio::test]
async fn words_of_another_session_get_no_part() {
	let asked = Asked::new().await;
	let second = asked.league.ask(&asked.sealed, 1, REQUESTER.0, &asked.practitioner).await;
	let replayed = EmergencyOpening { id: second.id, ..asked.opening.clone() };
	asked.league.tell(1, &replayed);
	assert_eq!(look(asked.league.service(1), second.id).await.unwrap(), Look::Refused(Refusal::OtherOpening));
	asked.league.assert_silent(1);
}

#[tokio::test]
async fn a_guardian_does_not_vote_on_its_own_institutions_request() {
	let league = League::new();
	let committee = league.committee().await;
	let sealed = league.sealed(1, EmergencyTier::Summary, committee, false);
	let practitioner = league.practitioner(1);
	let opening = league.request(&sealed, 0, 1, &practitioner).await;
	assert_eq!(look(league.service(1), opening.id).await.unwrap(), Look::Refused(Refusal::OwnRequest));
	league.assert_silent(1);
	assert_eq!(look(league.service(2), opening.id).await.unwrap(), Look::Voted);
}

#[tokio::test]
async fn a_vote_that_did_not_get_there_is_carried_on_after_a_crash() {
	let mut asked = Asked::new().await;
	asked.league.chain().world().trouble = Trouble::LostBefore;
	assert!(look(asked.league.service(1), asked.id()).await.is_err());
	let before = asked.row(1);
	assert_eq!((before.stage, asked.league.votes_submitted()), (VoteStage::Submitting, 0));
	due(&asked);
	asked.league.restart(1);
	asked.league.attend(1).await;
	let after = asked.row(1);
	assert_eq!(
		(after.stage, after.part, after.opening.commitment),
		(VoteStage::Cast, before.part, before.opening.commitment)
	);
	assert_eq!(asked.league.session(&asked.id()).parts.len(), 1);
}

/// Lets the pause before the next submission be over.
fn due(asked: &Asked) {
	let mut row = asked.row(1);
	row.next_at = 0;
	asked.league.service(1).index.put(&VOTES, row.id.0, &row).unwrap();
}

#[tokio::test]
async fn a_vote_that_got_there_unnoticed_is_not_given_again() {
	let mut asked = Asked::new().await;
	asked.league.chain().world().trouble = Trouble::LostAfter;
	assert!(look(asked.league.service(1), asked.id()).await.is_err());
	due(&asked);
	asked.league.restart(1);
	asked.league.attend(1).await;
	assert_eq!((asked.row(1).stage, asked.league.votes_submitted()), (VoteStage::Cast, 1));
	let service = asked.league.service(1);
	assert_eq!(service.index.scan(&OUTBOX, []).unwrap().len(), 1, "the custodian gets the opening");
	assert!(service.index.get(&OPENINGS, opening_key(&asked.row(1).opening)).unwrap().is_some());
}

#[tokio::test]
async fn a_vote_pauses_before_it_is_submitted_again() {
	let asked = Asked::new().await;
	asked.league.chain().world().trouble = Trouble::LostBefore;
	assert!(look(asked.league.service(1), asked.id()).await.is_err());
	asked.league.service(1).desk.wake(&asked.id());
	asked.league.attend(1).await;
	assert_eq!((asked.row(1).stage, asked.row(1).tries), (VoteStage::Submitting, 1));
}

#[tokio::test]
async fn a_vote_that_broke_off_is_not_given_once_something_is_wrong() {
	let mut asked = Asked::new().await;
	asked.league.chain().world().trouble = Trouble::LostBefore;
	assert!(look(asked.league.service(1), asked.id()).await.is_err());
	asked.league.chain().world().staff.get_mut(&asked.practitioner.id).unwrap().invalid_from = Some(1);
	due(&asked);
	asked.league.restart(1);
	asked.league.attend(1).await;
	assert_eq!((asked.row(1).stage, asked.league.votes_submitted()), (VoteStage::Submitting, 0));
	// The session runs out: the vote and its opening are given up.
	asked.league.emergency(|emergency| emergency.sessions.get_mut(&asked.opening.id).unwrap().expires_at = 1);
	due(&asked);
	asked.league.service(1).desk.wake(&asked.opening.id);
	asked.league.attend(1).await;
	let row = asked.row(1);
	assert_eq!((row.stage, asked.league.votes_submitted()), (VoteStage::Lapsed, 0));
	let service = asked.league.service(1);
	assert!(service.index.get(&OPENINGS, opening_key(&row.opening)).unwrap().is_none());
	assert!(service.index.scan(&OUTBOX, []).unwrap().is_empty());
}

/// Whether guardian 1 submits a vote again that broke off before the patient contradicted the session.
async fn is_carried_on_when_disputed(officer: Option<PractitionerId>) -> bool {
	let mut asked = Asked::new().await;
	asked.league.chain().world().trouble = Trouble::LostBefore;
	assert!(look(asked.league.service(1), asked.id()).await.is_err());
	let row = VoteRow { officer, next_at: 0, ..asked.row(1) };
	asked.league.service(1).index.put(&VOTES, row.id.0, &row).unwrap();
	asked.league.emergency(|emergency| emergency.sessions.get_mut(&asked.opening.id).unwrap().disputed = true);
	asked.league.restart(1);
	asked.league.attend(1).await;
	let is_cast = asked.row(1).stage == VoteStage::Cast;
	assert_eq!(asked.league.votes_submitted(), usize::from(is_cast));
	is_cast
}

#[tokio::test]
async fn a_vote_by_rules_that_broke_off_is_not_given_once_the_patient_contradicts() {
	assert!(!is_carried_on_when_disputed(None).await);
	assert!(is_carried_on_when_disputed(Some(PractitionerId([9; 32]))).await, "a person had decided");
}

#[tokio::test]
async fn a_head_that_could_not_be_looked_at_is_looked_at_again() {
	let asked = Asked::new().await;
	let service = asked.league.service(1);
	asked.league.chain().world().head_age = 120 * SECOND;
	assert!(attend(service, &mut JoinSet::new()).await.is_err());
	assert_eq!(asked.league.votes_submitted(), 0);
	// The same head, and nothing new about the session.
	asked.league.chain().world().head_age = 0;
	asked.league.attend(1).await;
	assert_eq!(asked.league.votes_submitted(), 1);
}

#[tokio::test]
async fn a_part_that_the_chain_finds_wrong_is_void_and_leaves_no_opening() {
	let asked = Asked::new().await;
	asked.league.chain().world().trouble = Trouble::LostBefore;
	assert!(look(asked.league.service(1), asked.id()).await.is_err());
	let mut row = asked.row(1);
	row.part.as_mut().unwrap().proof.f = *SecretScalar::random(&mut OsRng).to_bytes();
	asked.league.service(1).index.put(&VOTES, row.id.0, &row).unwrap();
	due(&asked);
	asked.league.service(1).desk.wake(&asked.id());
	asked.league.attend(1).await;
	assert_eq!(asked.row(1).stage, VoteStage::Void);
	assert_eq!(asked.league.session(&asked.id()).refused, [1]);
	let service = asked.league.service(1);
	assert!(service.index.get(&OPENINGS, opening_key(&row.opening)).unwrap().is_none());
	// It does not vote again.
	asked.league.service(1).desk.wake(&asked.id());
	asked.league.attend(1).await;
	assert_eq!(asked.league.votes_submitted(), 1);
}

#[tokio::test]
async fn a_gateway_that_is_no_member_does_not_vote() {
	let asked = Asked::new().await;
	let custodian = CUSTODIAN.0;
	asked.league.tell(custodian, &asked.opening);
	assert_eq!(asked.look(custodian).await, Look::Refused(Refusal::NotAMember));
	asked.league.attend(custodian).await;
	asked.league.assert_silent(custodian);
}

#[tokio::test]
async fn a_guardian_that_replaced_its_key_does_not_vote_until_the_resharing() {
	let asked = Asked::new().await;
	let league = &asked.league;
	league.emergency(|emergency| {
		emergency.guardian_keys.get_mut(&InstitutionId(1)).unwrap().sealing =
			SecretScalar::random(&mut OsRng).public().to_bytes();
	});
	assert_eq!(asked.look(1).await, Look::Refused(Refusal::VoteDoesNotCount));
	league.assert_silent(1);
}

#[tokio::test]
async fn a_resharing_ends_the_requests_before_it_and_keeps_the_envelopes() {
	let asked = Asked::new().await;
	let (league, committee) = (&asked.league, asked.sealed.committee);
	member::take_part(league.service(6)).await.unwrap();
	league.emergency(|emergency| emergency.reshare_committee(committee, &[2, 3, 4, 5, 6], 3));
	for _ in 0..3 {
		league.round().await;
		member::take_part(league.service(6)).await.unwrap();
	}
	assert_eq!(league.emergency(|emergency| emergency.committees[&committee].version), 2);
	assert_eq!(asked.look(2).await, Look::Refused(Refusal::CommitteeChanged));
	league.assert_silent(2);
	// The same envelopes, another request: the new members open what was sealed to the old ones, and who left has no say.
	let sealed = Sealed { version: 2, ..asked.sealed };
	let again = league.request(&sealed, 1, REQUESTER.0, &asked.practitioner).await;
	assert_eq!(look(league.service(1), again.id).await.unwrap(), Look::Refused(Refusal::NotAMember));
	for guardian in [2, 4, 5] {
		assert_eq!(look(league.service(guardian), again.id).await.unwrap(), Look::Voted);
	}
	assert_eq!(league.session(&again.id).status, EmergencyStatus::Active);
}

#[tokio::test]
async fn an_institution_guards_a_patients_own_committee_as_well() {
	let asked = Asked::new().await;
	let committee = asked.sealed.committee;
	let kind = |handle| {
		move |world: &mut World| {
			let kind = salus_runtime_api::CommitteeKind::Personal(handle);
			world.emergency.committees.get_mut(&committee).unwrap().kind = kind;
		}
	};
	kind(salus_primitives::PatientHandle([9; 32]))(&mut asked.league.chain().world());
	assert_eq!(asked.look(1).await, Look::Refused(Refusal::OtherPatientsCommittee));
	asked.league.assert_silent(1);
}

#[tokio::test]
async fn the_consortiums_sessions_do_not_wait_for_patients_own_committees() {
	let asked = Asked::new().await;
	asked.league.emergency(|emergency| {
		let named = emergency.form_personal_committee(asked.sealed.handle, &[1, 2, 3, 4, 5], 3);
		emergency.silent.insert(named);
	});
	let mut votes = JoinSet::new();
	let attended = attend(asked.league.service(1), &mut votes);
	assert!(tokio::time::timeout(std::time::Duration::from_millis(300), attended).await.is_err(), "it still waits");
	votes.join_all().await;
	assert_eq!(asked.league.votes_submitted(), 1);
}

#[tokio::test]
async fn a_committee_whose_seat_was_not_taken_is_asked_for_nothing() {
	let asked = Asked::before(League::new()).await;
	let named = asked.league.emergency(|emergency| {
		let named = emergency.form_personal_committee(asked.sealed.handle, &[1, 2, 3, 4, 5], 3);
		emergency.silent.insert(named);
		named
	});
	asked.league.service(1).desk.seats.note(named, false);
	asked.league.attend(1).await;
	assert_eq!(asked.league.votes_submitted(), 1);
}

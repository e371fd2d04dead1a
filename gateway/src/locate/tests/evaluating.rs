//! Guardians: what they evaluate, and what they do not.

use super::*;
use crate::{
	chain::fake::{Trouble, World},
	emergency::Why,
	index::{EvaluationRow, LOCATE_EVALUATIONS, OPENINGS},
	locate::evaluating::{look, Look},
	openings::opening_key,
};
use salus_client::{
	chain::calls::LocateRequest,
	emergency::guardian::Refusal,
	wire::{
		codes,
		emergency::{EmergencyOpening, SignedLocate},
		Blob,
	},
};
use salus_primitives::{Act, AuditChain, Commitment, MemberStatus, DAY, MINUTE, SECOND};
use salus_runtime_api::{HandleStatus, PractitionerInfo};
use salus_threshold::{group::SecretScalar, locate::LocatePart, rand_core::OsRng, request::request_id};

/// A search before guardians with rules.
struct Asked {
	ground: Ground,
	physician: Person,
	search: Search,
}

impl Asked {
	async fn new() -> Self {
		Self::before(Ground::new().await).await
	}

	async fn before(ground: Ground) -> Self {
		let physician = ground.physician();
		let search = ground.asked(&physician).await;
		Self { ground, physician, search }
	}

	fn id(&self) -> EmergencyRequestId {
		self.search.id()
	}

	async fn look(&self, guardian: u32) -> Look {
		look(self.ground.league.service(guardian), self.id()).await.unwrap()
	}

	/// What a guardian answers after a change of the chain. Nothing leaves it.
	async fn refused_after(change: impl FnOnce(&mut World, EmergencyRequestId)) -> Refusal {
		let asked = Self::new().await;
		change(&mut asked.ground.league.chain().world(), asked.id());
		asked.refused().await
	}

	async fn refused(&self) -> Refusal {
		let Look::Refused(refusal) = self.look(1).await else { panic!("not refused") };
		self.assert_silent();
		refusal
	}

	fn assert_silent(&self) {
		assert_eq!((self.ground.evaluations(), self.rows(1).len()), (0, 0));
	}

	fn rows(&self, guardian: u32) -> Vec<EvaluationRow> {
		let rows = self.ground.league.service(guardian).index.scan(&LOCATE_EVALUATIONS, []).unwrap();
		rows.into_iter().map(|(_, row)| row).collect()
	}
}

#[tokio::test]
async fn servers_evaluate_by_their_rules_and_the_log_names_them() {
	let asked = Asked::new().await;
	asked.ground.attend(&[1, 3, 5]).await;
	let session = asked.ground.session(&asked.id());
	assert_eq!(session.parts.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [1, 3, 5]);
	let entries = asked.ground.league.chain().world().entries[&AuditChain::Institution(REQUESTER)].clone();
	let evaluations: Vec<_> = entries.iter().filter(|entry| entry.act == Act::LocateEvaluation).collect();
	assert_eq!(evaluations.len(), 3);
	for (entry, guardian) in evaluations.iter().zip([1, 3, 5]) {
		assert_eq!(entry.actor, Some(InstitutionId(guardian)));
		let key = opening_key(&asked.rows(guardian)[0].opening);
		let kept = asked.ground.league.service(guardian).index.get(&OPENINGS, key).unwrap().unwrap();
		assert_eq!((kept.commitment, kept.sequence), (entry.commitment, Some(entry.sequence)));
		let full = kept.full_entry().unwrap();
		assert_eq!((full.event.act, full.emergency), (Act::LocateEvaluation, Some(asked.id())));
		assert_eq!((full.patient, full.request, full.actor.practitioner), (None, None, None));
	}
}

#[tokio::test]
async fn a_session_is_evaluated_once() {
	let asked = Asked::new().await;
	let service = asked.ground.league.service(1);
	let (one, two) = tokio::join!(look(service, asked.id()), look(service, asked.id()));
	let both = [one.unwrap(), two.unwrap()];
	assert!(both.contains(&Look::Evaluated) && both.contains(&Look::NotNow), "{both:?}");
	assert_eq!(asked.look(1).await, Look::Refused(Refusal::AlreadyVoted));
	asked.ground.attend(&[1]).await;
	assert_eq!(asked.ground.evaluations(), 1);
}

#[tokio::test]
async fn nothing_is_evaluated_before_the_words_have_arrived() {
	let asked = Asked::new().await;
	let index = &asked.ground.league.service(1).index;
	let words = index.get(&LOCATE_OPENINGS, asked.id().0).unwrap().unwrap();
	index.remove(&LOCATE_OPENINGS, asked.id().0).unwrap();
	assert_eq!(asked.refused().await, Refusal::NoOpening);
	// They wake the session that was put aside.
	let requester = asked.ground.as_gateway(REQUESTER, 1);
	assert!(requester.deliver_locate_opening(&words).await.unwrap().new);
	asked.ground.attend(&[1]).await;
	assert_eq!(asked.ground.session(&asked.id()).parts.len(), 1);
}

#[tokio::test]
async fn a_session_that_a_node_made_up_gets_no_part() {
	let change = |change: fn(&mut LocateSessionInfo)| {
		Asked::refused_after(move |world, id| change(world.emergency.locate.sessions.get_mut(&id).unwrap()))
	};
	let other = SecretScalar::random(&mut OsRng).public().to_bytes();
	let rogue = Asked::refused_after(|world, id| {
		world.emergency.locate.sessions.get_mut(&id).unwrap().blinded = other;
	});
	assert_eq!(rogue.await, Refusal::OtherId);
	assert_eq!(change(|session| session.institution = CUSTODIAN).await, Refusal::OtherId);
	assert_eq!(change(|session| session.institution = InstitutionId(1)).await, Refusal::OwnRequest);
	assert_eq!(change(|session| session.key_hash[0] ^= 1).await, Refusal::OtherStatement);
	assert_eq!(change(|session| session.entry.0[0] ^= 1).await, Refusal::OtherOpening);
	assert_eq!(change(|session| session.shift_tag[0] ^= 1).await, Refusal::OtherShiftTag);
	assert_eq!(change(|session| session.expires_at = 0).await, Refusal::NotRequested);
	assert_eq!(change(|session| session.version += 1).await, Refusal::CommitteeChanged);
	assert_eq!(change(|session| session.requested_at -= 16 * MINUTE).await, Refusal::StaleStatement);
	let gone = Asked::refused_after(|world, id| drop(world.emergency.locate.sessions.remove(&id)));
	assert_eq!(gone.await, Refusal::UnknownSession);
	// Said to enter a patient, so that nobody asks who searches.
	let entered = change(|session| session.enrol = Some(PatientHandle([9; 32])));
	assert_eq!(entered.await, Refusal::HandleNotOpen);
}

#[tokio::test]
async fn a_committee_that_is_not_for_searches_evaluates_nothing() {
	let change = |change: fn(&mut World, EmergencyRequestId)| {
		Asked::refused_after(move |world, id| {
			change(world, id);
		})
	};
	let released = change(|world, _| {
		world.emergency.committees.values_mut().for_each(|committee| committee.purpose = CommitteePurpose::Release);
	});
	assert_eq!(released.await, Refusal::CommitteeNotActive);
	let over =
		change(|world, _| world.emergency.committees.values_mut().for_each(|committee| committee.valid_until = 1));
	assert_eq!(over.await, Refusal::CommitteeNotActive);
	let renamed = change(|world, _| {
		world.emergency.committees.values_mut().for_each(|committee| committee.key_id = Some([1; 32]));
	});
	assert_eq!(renamed.await, Refusal::OtherKey);
	let replaced = change(|world, _| {
		world.emergency.guardian_keys.get_mut(&InstitutionId(1)).unwrap().sealing =
			SecretScalar::random(&mut OsRng).public().to_bytes();
	});
	assert_eq!(replaced.await, Refusal::VoteDoesNotCount);
	let suspended = change(|world, _| world.institutions.get_mut(&REQUESTER).unwrap().status = MemberStatus::Suspended);
	assert_eq!(suspended.await, Refusal::RequesterNotActive);
	let asked = Asked::new().await;
	let bystander = look(asked.ground.custodian(), asked.id()).await.unwrap();
	assert_eq!(bystander, Look::Refused(Refusal::NotAMember));
	asked.ground.league.chain().world().head_age = 120 * SECOND;
	let failure = look(asked.ground.league.service(1), asked.id()).await.unwrap_err();
	assert_eq!(failure.code(), codes::HEAD_TOO_OLD);
	asked.assert_silent();
}

#[tokio::test]
async fn a_practitioner_who_may_not_search_gets_no_part() {
	async fn change(change: fn(&mut PractitionerInfo)) -> Refusal {
		Asked::refused_after(|world, _| world.staff.values_mut().for_each(change)).await
	}
	assert_eq!(change(|info| info.emergency_authorised = false).await, Refusal::NotEmergencyAuthorised);
	assert_eq!(change(|info| info.valid_until = 1).await, Refusal::PractitionerNotValid);
	assert_eq!(change(|info| info.institution = InstitutionId(4)).await, Refusal::PractitionerElsewhere);
	assert_eq!(change(|info| info.roles = vec![StaffRole::Administrator]).await, Refusal::RoleNotEntitled);
	assert_eq!(change(|info| info.signing_key = [1; 32]).await, Refusal::StatementSignature);
	assert_eq!(Asked::refused_after(|world, _| world.staff.clear()).await, Refusal::UnknownPractitioner);
}

/// Puts another statement behind the session, as if the chain had committed to it.
fn put_behind(asked: &Asked, form: &SignedLocate) {
	let index = &asked.ground.league.service(1).index;
	let words = index.get(&LOCATE_OPENINGS, asked.id().0).unwrap().unwrap();
	let mut entry = words.opening.full_entry().unwrap();
	entry.request = Some(Blob(serde_json::to_vec(form).unwrap()));
	let opening = entry.seal().unwrap();
	asked.ground.change_session(&asked.id(), |session| session.entry = opening.commitment);
	index.put(&LOCATE_OPENINGS, asked.id().0, &EmergencyOpening { opening, ..words }).unwrap();
}

#[tokio::test]
async fn a_statement_about_another_search_gets_no_part() {
	let asked = Asked::new().await;
	let another = asked.ground.search(&asked.physician, "Rossi", "Ada");
	put_behind(&asked, another.form());
	assert_eq!(asked.refused().await, Refusal::OtherStatement);
	let mut statement = asked.search.form().statement.clone();
	statement.reason = String::new();
	put_behind(&asked, &statement.sign(&GENESIS, asked.physician.key.signing_key()));
	assert_eq!(asked.refused().await, Refusal::NoReason);
	let mut statement = asked.search.form().statement.clone();
	statement.practitioner = asked.ground.physician().key.id;
	put_behind(&asked, &statement.sign(&GENESIS, asked.physician.key.signing_key()));
	assert_eq!(asked.refused().await, Refusal::OtherOpening, "the entry names another practitioner");
	put_behind(&asked, asked.search.form());
	assert_eq!(asked.look(1).await, Look::Evaluated);
}

#[tokio::test]
async fn words_that_are_not_the_chains_are_not_kept() {
	let asked = Asked::new().await;
	let words = asked.ground.league.service(1).index.get(&LOCATE_OPENINGS, asked.id().0).unwrap().unwrap();
	let requester = asked.ground.as_gateway(REQUESTER, 1);
	assert!(!requester.deliver_locate_opening(&words).await.unwrap().new);
	let error = asked.ground.as_gateway(InstitutionId(3), 1).deliver_locate_opening(&words).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::NOT_ENTITLED), "by another hospital");
	let error = asked.ground.as_gateway(REQUESTER, CUSTODIAN.0).deliver_locate_opening(&words).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::NOT_ENTITLED), "to no guardian");
	let mut other = words.clone();
	other.id = EmergencyRequestId([9; 32]);
	let error = requester.deliver_locate_opening(&other).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::BAD_REQUEST), "of another search");
	let mut reworded = words.clone();
	let mut entry = words.opening.full_entry().unwrap();
	entry.basis = "another basis".into();
	reworded.opening = entry.seal().unwrap();
	let error = requester.deliver_locate_opening(&reworded).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::CONFLICT), "other words than the chain's");
	let mut broken = words;
	broken.opening.salt = [0; 32].into();
	let error = requester.deliver_locate_opening(&broken).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::BAD_REQUEST), "opens nothing");
}

#[tokio::test]
async fn the_rules_say_for_whom_names_are_evaluated() {
	let rules =
		|change: fn(&str) -> String| async move { Asked::before(Ground::with(&change(RULES), |_| {}).await).await };
	let without = rules(|_| r#"{"version":1,"enrol":{"per_institution":100}}"#.to_owned()).await;
	assert_eq!(without.look(1).await, Look::Withheld(Why::NoRules));
	without.ground.attend(&THERE).await;
	without.assert_silent();
	let paramedics = rules(|text| text.replace("Physician", "Paramedic")).await;
	assert_eq!(paramedics.look(1).await, Look::Withheld(Why::Role));
	paramedics.assert_silent();
	let never = rules(|text| text.replace("[]", "[7]")).await;
	assert_eq!(never.look(1).await, Look::Withheld(Why::Institution));
	never.assert_silent();
}

/// What guardian 1 does about another search.
async fn look_at_another(asked: &Asked, person: &Person) -> Look {
	let search = asked.ground.asked(person).await;
	look(asked.ground.league.service(1), search.id()).await.unwrap()
}

#[tokio::test]
async fn caps_leave_what_exceeds_them_unanswered_for_a_day() {
	let asked = Asked::new().await;
	let (own, colleague) = (&asked.physician, asked.ground.physician());
	assert_eq!(asked.look(1).await, Look::Evaluated);
	assert_eq!(look_at_another(&asked, own).await, Look::Evaluated);
	assert_eq!(look_at_another(&asked, own).await, Look::Withheld(Why::PractitionerCap));
	assert_eq!(look_at_another(&asked, &colleague).await, Look::Evaluated);
	assert_eq!(look_at_another(&asked, &colleague).await, Look::Withheld(Why::InstitutionCap));
	let index = &asked.ground.league.service(1).index;
	for (key, mut row) in index.scan(&LOCATE_EVALUATIONS, []).unwrap() {
		row.at -= DAY;
		index.put(&LOCATE_EVALUATIONS, key, &row).unwrap();
	}
	assert_eq!(look_at_another(&asked, &colleague).await, Look::Evaluated);
	assert_eq!(asked.rows(1).len(), 1, "what is older than a day is forgotten");
}

#[tokio::test]
async fn two_searches_at_once_are_not_both_the_last_one_under_a_cap() {
	let rules = RULES.replace("\"per_practitioner\":2", "\"per_practitioner\":1");
	let asked = Asked::before(Ground::with(&rules, |_| {}).await).await;
	let other = asked.ground.asked(&asked.physician).await;
	let service = asked.ground.league.service(1);
	let (one, two) = tokio::join!(look(service, asked.id()), look(service, other.id()));
	let both = [one.unwrap(), two.unwrap()];
	assert!(both.contains(&Look::Evaluated) && both.contains(&Look::Withheld(Why::PractitionerCap)), "{both:?}");
}

#[tokio::test]
async fn an_evaluation_that_broke_off_is_made_again_with_the_same_entry() {
	let asked = Asked::new().await;
	let service = asked.ground.league.service(1);
	for trouble in [Trouble::LostBefore, Trouble::LostBefore, Trouble::LostAfter] {
		asked.ground.league.chain().world().trouble = trouble;
		assert!(look(service, asked.id()).await.is_err());
	}
	assert_eq!(asked.look(1).await, Look::Refused(Refusal::AlreadyVoted));
	assert_eq!((asked.ground.evaluations(), asked.rows(1).len()), (1, 1));
	let entries = asked.ground.league.chain().world().entries[&AuditChain::Institution(REQUESTER)].clone();
	assert_eq!(entries.last().unwrap().commitment, asked.rows(1)[0].opening.commitment);
	assert!(service.index.get(&OPENINGS, opening_key(&asked.rows(1)[0].opening)).unwrap().is_some());
}

#[tokio::test]
async fn a_part_that_was_made_for_another_element_is_void() {
	let asked = Asked::new().await;
	let another = asked.ground.asked(&asked.physician).await;
	asked.ground.attend(&[1]).await;
	let submitted = asked.ground.league.chain().world().submitted.clone();
	let part = |wanted| {
		submitted.iter().find_map(|transaction| match transaction {
			Transaction::EvaluateLocate { id, part, .. } if *id == wanted => Some(**part),
			_ => None,
		})
	};
	// Guardian 2 posts what guardian 1 answered elsewhere.
	let stolen: LocatePart = part(another.id()).unwrap();
	let entry = Commitment([1; 32]);
	let transaction = Transaction::EvaluateLocate { id: asked.id(), part: Box::new(stolen), entry };
	assert!(asked.ground.league.chains[1].submit(transaction).await.unwrap().part_refused);
	assert_eq!(asked.ground.session(&asked.id()).refused, [2]);
	// It has no second try, and the others complete the session.
	assert_eq!(asked.look(2).await, Look::Refused(Refusal::AlreadyVoted));
	asked.ground.attend(&[3, 5]).await;
	assert_eq!(asked.ground.session(&asked.id()).status, EmergencyStatus::Active);
}

/// Has an institution ask the guardians about a name of a patient.
async fn ask_to_enter(
	ground: &Ground,
	institution: InstitutionId,
	handle: PatientHandle,
) -> Option<EmergencyRequestId> {
	let blinded = SecretScalar::random(&mut OsRng).public().to_bytes();
	let request = LocateRequest {
		committee: ground.committee,
		blinded,
		key_hash: [0; 32],
		shift_tag: [0; 16],
		enrol: Some(handle),
	};
	let transaction = Transaction::RequestLocate { request: Box::new(request), entry: Commitment([1; 32]) };
	ground.league.chains[institution.0 as usize - 1].submit(transaction).await.ok()?;
	Some(EmergencyRequestId(request_id(&GENESIS, institution.0, &blinded)))
}

/// What guardian 1 does about a session by which the custodian enters a patient, once the chain has changed.
async fn look_at_entering(ground: &Ground, handle: PatientHandle, change: impl FnOnce(&mut World)) -> Look {
	let id = ask_to_enter(ground, CUSTODIAN, handle).await.unwrap();
	change(&mut ground.league.chain().world());
	look(ground.league.service(1), id).await.unwrap()
}

#[tokio::test]
async fn what_a_custodian_enters_is_evaluated_for_its_own_patients_within_a_cap() {
	let ground = Ground::with(&RULES.replace("100", "2"), |_| {}).await;
	let (one, two, three) = (ground.league.patient(8), ground.league.patient(9), ground.league.patient(10));
	assert_eq!(look_at_entering(&ground, one, |_| {}).await, Look::Evaluated);
	let entries = ground.league.chain().world().entries[&AuditChain::Institution(CUSTODIAN)].clone();
	let index = &ground.league.service(1).index;
	let openings = index.scan(&OPENINGS, []).unwrap();
	let opening = &openings.iter().find(|(_, one)| one.commitment == entries.last().unwrap().commitment).unwrap().1;
	let full = opening.full_entry().unwrap();
	assert_eq!((full.patient, full.custodian, full.request), (Some(one), Some(CUSTODIAN), None));
	assert_eq!(look_at_entering(&ground, two, |_| {}).await, Look::Evaluated);
	assert_eq!(look_at_entering(&ground, three, |_| {}).await, Look::Withheld(Why::InstitutionCap));
}

#[tokio::test]
async fn nobody_enters_the_patient_of_another() {
	let ground = Ground::new().await;
	let handle = ground.league.patient(9);
	let closed = |world: &mut World| world.handles.get_mut(&handle).unwrap().status = HandleStatus::Retired;
	assert_eq!(look_at_entering(&ground, handle, closed).await, Look::Refused(Refusal::HandleNotOpen));
	let handle = ground.league.patient(9);
	let moved = |world: &mut World| world.handles.get_mut(&handle).unwrap().custodian = InstitutionId(3);
	assert_eq!(look_at_entering(&ground, handle, moved).await, Look::Refused(Refusal::OtherCustodian));
	assert_eq!(ground.evaluations(), 0);
	// The chain itself refuses who is not the custodian.
	assert_eq!(ask_to_enter(&ground, REQUESTER, handle).await, None);
}

use super::*;
use crate::{
	chain::fake::{Trouble, GENESIS},
	emergency::testing::{League, Sealed, CUSTODIAN, REQUESTER},
	index::{Parcel, VoteStage, OUTBOX},
	testing::gateway_key,
};
use salus_client::{
	gateway::{Gateway, GatewayError},
	keystore::PractitionerKey,
	signature::HttpSigner,
	wire::{
		codes,
		emergency::{DutyStatement, EmergencyOpening},
	},
};
use salus_primitives::{AuditChain, EmergencyTier, PatientHandle, PractitionerId};
use salus_runtime_api::EmergencyStatus;

/// A request for everything, which people decide about, and the duty officer of hospital 1.
struct OnDuty {
	league: League,
	sealed: Sealed,
	opening: EmergencyOpening,
	officer: PractitionerKey,
	gateway: Gateway,
}

impl OnDuty {
	async fn new() -> Self {
		let league = League::new();
		let committee = league.committee().await;
		let sealed = league.sealed(1, EmergencyTier::Wider, committee, false);
		let practitioner = league.practitioner(REQUESTER.0);
		let opening = league.request(&sealed, 0, REQUESTER.0, &practitioner).await;
		let officer = league.practitioner(1);
		let gateway = league.serve(1, officer.http_signer()).await;
		Self { league, sealed, opening, officer, gateway }
	}

	fn statement(&self, decision: Decision) -> DutyStatement {
		DutyStatement {
			practitioner: self.officer.id,
			id: self.opening.id,
			handle: self.sealed.handle,
			decision,
			reason: "known to the ward".into(),
			at: salus_client::now(),
		}
	}

	async fn send(&self, statement: DutyStatement) -> Result<DutyRecorded, GatewayError> {
		let decision = statement.sign(&GENESIS, self.officer.signing_key());
		self.gateway.decide_duty(&self.opening.id, &decision).await
	}

	async fn refusal(&self, change: impl FnOnce(&mut DutyStatement)) -> String {
		let mut statement = self.statement(Decision::Approve);
		change(&mut statement);
		let error = self.send(statement).await.unwrap_err();
		self.league.assert_silent(1);
		error.code().unwrap().to_owned()
	}
}

#[tokio::test]
async fn an_officer_reads_who_asks_for_whom_and_why_and_approves_with_a_reason() {
	let duty = OnDuty::new().await;
	let list = duty.gateway.duty().await.unwrap();
	let [case] = list.cases.as_slice() else { panic!("one case: {list:?}") };
	assert_eq!((case.session.id, case.session.drill), (duty.opening.id, false));
	assert_eq!(case.institution_name, "Hospital 7");
	let statement = &case.request.as_ref().unwrap().statement;
	assert_eq!((statement.handle, statement.reason.as_str()), (duty.sealed.handle, "unconscious"));
	assert!(case.why.contains("people decide"), "{}", case.why);
	assert_eq!(case.votes.len(), 5);
	assert!(case.votes.iter().all(|vote| vote.vote == Vote::None && vote.name.starts_with("Hospital")));

	let recorded = duty.send(duty.statement(Decision::Approve)).await.unwrap();
	assert_eq!(recorded.decision, Decision::Approve);
	assert_eq!(duty.league.session(&duty.opening.id).parts.len(), 1);
	assert!(duty.gateway.duty().await.unwrap().cases.is_empty());
	// The patient will read who decided, and why; the officer's own signature stands under it.
	let row = duty.league.service(1).index.get(&VOTES, duty.opening.id.0).unwrap().unwrap();
	assert_eq!((row.stage, row.officer), (VoteStage::Cast, Some(duty.officer.id)));
	let full = row.opening.full_entry().unwrap();
	assert_eq!((full.event.act, full.actor.practitioner), (Act::EmergencyApproval, Some(duty.officer.id)));
	assert_eq!(full.basis, "known to the ward");
	let inside: DutyDecision = serde_json::from_slice(&full.request.unwrap().0).unwrap();
	assert!(inside.is_signed_by(&GENESIS, &duty.officer.signing_key().verifying_key().to_bytes()));
	let again = duty.send(duty.statement(Decision::Reject)).await.unwrap_err();
	assert_eq!(again.code(), Some(codes::CONFLICT), "one vote per institution");
}

#[tokio::test]
async fn a_decision_waits_while_the_server_looks_at_the_session() {
	let duty = OnDuty::new().await;
	let look = duty.league.service(1).desk.take(duty.opening.id).unwrap();
	let decided = duty.send(duty.statement(Decision::Approve));
	tokio::pin!(decided);
	assert!(timeout(Duration::from_millis(200), &mut decided).await.is_err(), "the session is in another hand");
	duty.league.assert_silent(1);
	drop(look);
	decided.await.unwrap();
	assert_eq!(duty.league.session(&duty.opening.id).parts.len(), 1);
}

#[tokio::test]
async fn an_officer_rejects_with_a_reason() {
	let duty = OnDuty::new().await;
	duty.send(duty.statement(Decision::Reject)).await.unwrap();
	let session = duty.league.session(&duty.opening.id);
	assert_eq!((session.parts.len(), session.rejected), (0, vec![1]));
	let entries = duty.league.chain().world().entries[&AuditChain::Patient(duty.sealed.handle)].clone();
	assert_eq!(entries.last().unwrap().act, Act::EmergencyRejection);
	let again = duty.send(duty.statement(Decision::Approve)).await.unwrap_err();
	assert_eq!(again.code(), Some(codes::CONFLICT), "a rejection is final");
	assert_eq!(duty.league.votes_submitted(), 1);
}

#[tokio::test]
async fn what_cannot_be_verified_can_be_rejected_and_not_approved() {
	let league = League::new();
	let committee = league.committee().await;
	let sealed = league.sealed(1, EmergencyTier::Summary, committee, false);
	let practitioner = league.practitioner(REQUESTER.0);
	let opening = league.ask(&sealed, 0, REQUESTER.0, &practitioner).await;
	let officer = league.practitioner(1);
	let gateway = league.serve(1, officer.http_signer()).await;
	let duty = OnDuty { league, sealed, opening, officer, gateway };
	let list = duty.gateway.duty().await.unwrap();
	assert_eq!(list.cases[0].request, None, "nobody has seen the words");
	assert!(list.cases[0].why.contains("have not arrived"), "{}", list.cases[0].why);
	let error = duty.send(duty.statement(Decision::Approve)).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::CONFLICT));
	duty.league.assert_silent(1);
	duty.send(duty.statement(Decision::Reject)).await.unwrap();
	assert_eq!(duty.league.session(&duty.opening.id).rejected, [1]);
}

#[tokio::test]
async fn what_the_server_approves_by_itself_is_not_listed() {
	let duty = OnDuty::new().await;
	let sealed = duty.league.sealed(2, EmergencyTier::Summary, duty.sealed.committee, false);
	let practitioner = duty.league.practitioner(REQUESTER.0);
	duty.league.request(&sealed, 0, REQUESTER.0, &practitioner).await;
	let listed = duty.gateway.duty().await.unwrap().cases;
	assert_eq!(listed.iter().map(|case| case.session.id).collect::<Vec<_>>(), [duty.opening.id]);
}

#[tokio::test]
async fn only_own_staff_who_are_authorised_for_emergencies_are_on_duty() {
	let duty = OnDuty::new().await;
	let refused = async |signer: HttpSigner, key: &PractitionerKey| {
		let gateway = duty.league.serve(1, signer).await;
		let statement = DutyStatement { practitioner: key.id, ..duty.statement(Decision::Approve) };
		let decision = statement.sign(&GENESIS, key.signing_key());
		let errors =
			[gateway.duty().await.unwrap_err(), gateway.decide_duty(&duty.opening.id, &decision).await.unwrap_err()];
		assert!(errors.iter().all(|error| error.code() == Some(codes::NOT_ENTITLED)), "{errors:?}");
		duty.league.assert_silent(1);
	};
	let elsewhere = duty.league.practitioner(2);
	refused(elsewhere.http_signer(), &elsewhere).await;
	refused(HttpSigner::Gateway(gateway_key(2)), &elsewhere).await;
	let colleague = duty.league.practitioner(1);
	duty.league.chain().world().staff.get_mut(&colleague.id).unwrap().emergency_authorised = false;
	refused(colleague.http_signer(), &colleague).await;
}

#[tokio::test]
async fn a_decision_that_is_not_the_officers_own_is_refused() {
	let duty = OnDuty::new().await;
	let bad = codes::BAD_REQUEST;
	let colleague = duty.league.practitioner(1);
	assert_eq!(duty.refusal(|statement| statement.practitioner = colleague.id).await, bad);
	assert_eq!(duty.refusal(|statement| statement.id = EmergencyRequestId([0; 32])).await, bad);
	assert_eq!(duty.refusal(|statement| statement.handle = PatientHandle([0; 32])).await, bad);
	assert_eq!(duty.refusal(|statement| statement.reason = "  ".into()).await, bad);
	assert_eq!(duty.refusal(|statement| statement.reason = "x".repeat(MAX_EMERGENCY_TEXT + 1)).await, bad);
	assert_eq!(duty.refusal(|statement| statement.at -= DECISION_TOLERANCE + 1_000).await, bad);
	for decision in [
		duty.statement(Decision::Approve).sign(&GENESIS, colleague.signing_key()),
		duty.statement(Decision::Approve).sign(&[0x22; 32], duty.officer.signing_key()),
	] {
		let error = duty.gateway.decide_duty(&duty.opening.id, &decision).await.unwrap_err();
		assert_eq!(error.code(), Some(bad));
	}
	duty.league.assert_silent(1);
}

#[tokio::test]
async fn a_patients_dispute_waits_for_people_who_can_stop_the_session() {
	let duty = OnDuty::new().await;
	let error = duty.send(duty.statement(Decision::Stop)).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::CONFLICT), "nobody contradicts it");
	// A server does not approve what the patient contradicts.
	let summary = duty.league.sealed(2, EmergencyTier::Summary, duty.sealed.committee, false);
	let practitioner = duty.league.practitioner(REQUESTER.0);
	let opening = duty.league.request(&summary, 0, REQUESTER.0, &practitioner).await;
	duty.league.emergency(|emergency| emergency.sessions.get_mut(&opening.id).unwrap().disputed = true);
	for guardian in 1..=5 {
		duty.league.attend(guardian).await;
	}
	assert_eq!(duty.league.votes_submitted(), 0);
	let listed = duty.gateway.duty().await.unwrap().cases;
	let case = listed.iter().find(|case| case.session.id == opening.id).unwrap();
	assert!(case.why.contains("contradicts"), "{}", case.why);

	let stop = async |guardian: u32| {
		let officer = duty.league.practitioner(guardian);
		let gateway = duty.league.serve(guardian, officer.http_signer()).await;
		let statement = DutyStatement {
			practitioner: officer.id,
			id: opening.id,
			handle: summary.handle,
			..duty.statement(Decision::Stop)
		};
		gateway.decide_duty(&opening.id, &statement.sign(&GENESIS, officer.signing_key())).await
	};
	stop(1).await.unwrap();
	assert_eq!(stop(1).await.unwrap_err().code(), Some(codes::CHAIN_REFUSED), "one voice per institution");
	stop(2).await.unwrap();
	let session = duty.league.session(&opening.id);
	assert_eq!(session.status, EmergencyStatus::Suspended);
	let entries = duty.league.chain().world().entries[&AuditChain::Patient(summary.handle)].clone();
	let kept = duty.league.service(2).index.scan(&OPENINGS, summary.handle.0).unwrap();
	let (_, opened) = kept.iter().find(|(_, kept)| kept.commitment == entries.last().unwrap().commitment).unwrap();
	let full = opened.full_entry().unwrap();
	assert_eq!((full.event.act, full.emergency), (Act::EmergencyDispute, Some(opening.id)));
	assert_eq!(stop(3).await.unwrap_err().code(), Some(codes::CONFLICT), "it is over");
}

#[tokio::test]
async fn the_words_of_a_stop_reach_the_custodian_although_the_answer_was_lost() {
	let duty = OnDuty::new().await;
	let parcels = || duty.league.service(1).index.scan(&OUTBOX, []).unwrap();
	let set = |trouble, disputed| {
		duty.league.emergency(|emergency| emergency.sessions.get_mut(&duty.opening.id).unwrap().disputed = disputed);
		duty.league.chain().world().trouble = trouble;
	};
	set(Trouble::LostAfter, true);
	duty.send(duty.statement(Decision::Stop)).await.unwrap_err();
	let entries = duty.league.chain().world().entries[&AuditChain::Patient(duty.sealed.handle)].clone();
	let [(_, parcel)] = parcels().try_into().unwrap();
	let Parcel::Opening(opening) = parcel.parcel else { panic!("not an opening") };
	assert_eq!((parcel.to, opening.commitment), (CUSTODIAN, entries.last().unwrap().commitment));
	assert_eq!(opening.full_entry().unwrap().basis, "known to the ward");
	// What the chain refused leaves nothing to tell: this institution has spoken.
	set(Trouble::None, true);
	let error = duty.send(duty.statement(Decision::Stop)).await.unwrap_err();
	assert_eq!((error.code(), parcels().len()), (Some(codes::CHAIN_REFUSED), 1));
}

#[tokio::test]
async fn an_active_session_that_the_patient_contradicts_is_listed_until_it_was_confirmed() {
	let duty = OnDuty::new().await;
	duty.send(duty.statement(Decision::Approve)).await.unwrap();
	duty.league.emergency(|emergency| {
		let session = emergency.sessions.get_mut(&duty.opening.id).unwrap();
		(session.status, session.active_until) = (EmergencyStatus::Active, Some(u64::MAX));
		session.disputed = true;
	});
	let listed = duty.gateway.duty().await.unwrap().cases;
	assert_eq!(listed.len(), 1);
	assert_eq!(listed[0].request.as_ref().unwrap().statement.reason, "unconscious");
	duty.send(duty.statement(Decision::Stop)).await.unwrap();
	assert!(duty.gateway.duty().await.unwrap().cases.is_empty());
}

#[tokio::test]
async fn a_session_is_stopped_while_a_vote_on_it_is_on_its_way() {
	let duty = OnDuty::new().await;
	duty.league.emergency(|emergency| emergency.sessions.get_mut(&duty.opening.id).unwrap().disputed = true);
	let _vote = duty.league.service(1).desk.take(duty.opening.id).unwrap();
	let stopped = timeout(Duration::from_secs(20), duty.send(duty.statement(Decision::Stop))).await;
	assert_eq!(stopped.expect("it waits for no vote").unwrap().decision, Decision::Stop);
}

#[tokio::test]
async fn an_unknown_session_is_not_found() {
	let duty = OnDuty::new().await;
	let unknown = EmergencyRequestId([0; 32]);
	let statement = DutyStatement { id: unknown, ..duty.statement(Decision::Approve) };
	let decision = statement.sign(&GENESIS, duty.officer.signing_key());
	let error = duty.gateway.decide_duty(&unknown, &decision).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::NOT_FOUND));
}

#[tokio::test]
async fn whoever_asks_does_not_approve_at_another_house() {
	let duty = OnDuty::new().await;
	// The officer of hospital 1 is on the staff of hospital 7 as well, under another id.
	let mut twin = duty.officer.clone();
	twin.id = PractitionerId([9; 32]);
	duty.league.enter(REQUESTER.0, &twin);
	let sealed = duty.league.sealed(2, EmergencyTier::Wider, duty.sealed.committee, false);
	let opening = duty.league.request(&sealed, 0, REQUESTER.0, &twin).await;
	let statement = DutyStatement { id: opening.id, handle: sealed.handle, ..duty.statement(Decision::Approve) };
	let decision = statement.sign(&GENESIS, duty.officer.signing_key());
	let error = duty.gateway.decide_duty(&opening.id, &decision).await.unwrap_err();
	assert_eq!(error.code(), Some(codes::NOT_ENTITLED));
	duty.league.assert_silent(1);
}

#[tokio::test]
async fn the_public_key_is_the_one_whose_hash_the_chain_has() {
	let duty = OnDuty::new().await;
	let gateway = duty.league.serve(1, HttpSigner::Gateway(gateway_key(2))).await;
	let key = gateway.emergency_key().await.unwrap();
	let registered = duty.league.emergency(|emergency| emergency.guardian_keys[&InstitutionId(1)]);
	assert!(key.checked(&registered.kem_hash).is_ok());
	let staff = duty.gateway.emergency_key().await.unwrap_err();
	assert_eq!(staff.code(), Some(codes::NOT_ENTITLED));
}

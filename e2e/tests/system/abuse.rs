//! Emergency access in the hands of people who should not have it.

use super::Verdict;
use anyhow::{ensure, Context, Result};
use futures::future::{try_join, try_join_all};
use salus_client::{
	chain::{calls, Chain, ChainError, InBlock, Keypair},
	gateway::GatewayError,
	primitives::{Commitment, EmergencyRequestId, EmergencyTier, DAY, HOUR, MINUTE},
	wire::emergency::{Decision, DutyStatement, EmergencyRelease, SessionAct},
};
use salus_e2e::{
	bedside::LIMIT,
	emergency::{Asked, Responder, Subject},
	ground::{Ground, Ward},
	guardians::{part_of_another_key, ENOUGH},
	network::{ALPHA, BETA, DELTA, EPSILON, GAMMA},
	waiting::until,
};
use salus_runtime_api::{EmergencySessionInfo, EmergencyStatus};

/// Requests of one practitioner in a day that guardians' servers answer, as on a real chain.
const SHIFT_CAP: u32 = 10;
/// Finalized blocks within which servers would have voted if they were going to.
const PATIENCE_BLOCKS: u32 = 6;

pub async fn a_request_is_refused_when_it_comes_again_or_from_another_house(ground: &Ground<'_>) -> Result<Verdict> {
	let committee = ground.committee().await?;
	let ward = ground.ward(ALPHA).await?;
	let (_, subject) = ground.patient_with_records(&ward).await?;
	let responder = ground.responder(BETA).await?;
	let asked = responder.prepare(&subject, responder.wait_target(&subject, committee).await?)?;
	let id = responder.send(&asked).await?;
	let chain = &responder.chain;
	let session = responder.wait_active(id, LIMIT).await?;

	// A client whose connection broke sends it again: it is told of the one session that there is.
	match responder.send(&asked).await {
		Ok(again) => ensure!(again == id, "another session came about"),
		Err(error) => ensure!(matches!(error, GatewayError::Refused { .. }), "{error}"),
	}
	let sessions = chain.emergency_sessions(&subject.handle).await?;
	ensure!(sessions == [id], "there are {} sessions", sessions.len());
	let (beta, gamma) = try_join(ground.second_account(BETA), ground.second_account(GAMMA)).await?;
	// Each through the own node: another one may not know the account yet.
	let at_gamma = ground.chain(GAMMA);
	let request = as_on_chain(&session, asked.target.salt.0);
	ensure_error(ask(chain, &beta, request.clone()).await, &["RequestIdUsed", "EnvelopeConsumed"])?;
	ensure_error(ask(&at_gamma, &gamma, request.clone()).await, &["EnvelopeConsumed", "InvalidRequest"])?;
	// With an envelope that nobody used: everything in the proofs was for another one.
	let fresh = responder.target(&subject, false).await?;
	let moved = calls::EmergencyRequest {
		envelope: u8::try_from(fresh.label.number)?,
		salt: fresh.salt.0,
		header: fresh.envelope.header(),
		..request
	};
	ensure_error(ask(chain, &beta, moved.clone()).await, &["RequestIdUsed", "InvalidRequest"])?;
	ensure_error(ask(&at_gamma, &gamma, moved).await, &["InvalidRequest"])?;
	responder.close(id).await?;

	let next = responder.wait_target(&subject, committee).await?;
	ensure!(next.label.scope_epoch > asked.target.label.scope_epoch, "the epoch did not end");
	let after = as_on_chain(&session, asked.target.salt.0);
	ensure_error(ask(chain, &beta, after).await, &["RequestIdUsed", "EnvelopeMismatch", "InvalidRequest"])?;
	Ok(Verdict::Passed)
}

pub async fn a_vote_is_refused_when_it_is_the_requesters_or_a_second_one_or_of_no_guardian(
	ground: &Ground<'_>,
) -> Result<Verdict> {
	let committee = ground.committee().await?;
	let ward = ground.ward(ALPHA).await?;
	let subject = all_records(ground, &ward).await?;
	// Gamma is a guardian itself.
	let (responder, officer) = try_join(ground.responder(GAMMA), ground.responder(ALPHA)).await?;
	let asked = responder.prepare(&subject, responder.wait_target(&subject, committee).await?)?;
	let id = responder.send(&asked).await?;
	judge_when_listed(&officer, &subject, id).await?;

	let chain = &responder.chain;
	let session = with_votes(&responder, id, 1).await?;
	ensure!(session.parts.len() == 1, "{} parts where Alpha alone has voted", session.parts.len());
	let info = chain.committee(committee).await?.context("the committee is gone")?;
	let part = part_of_another_key(&chain.genesis().await?, info.key_id.context("it has a key")?, &session)?;
	// Alpha's own gateway, and a second account of each house.
	let own = ground.network.gateways[ALPHA].account_key()?;
	let seconds = try_join_all([ALPHA, GAMMA, BETA].map(|member| ground.second_account(member))).await?;
	let errors = ["AlreadyVoted", "AlreadyVoted", "NotIndependent", "NotGuardian"];
	for (account, error) in [own].into_iter().chain(seconds).zip(errors) {
		let entry = Commitment(salus_client::random_bytes());
		let call = calls::emergency_access::approve_request(id, part, entry);
		// Through the node of Alpha's gateway, which signs with the first of these accounts as well.
		ensure_error(ground.chain(ALPHA).submit_finalized(&account, &call).await, &[error])?;
	}
	responder.ward.gateway.cancel_emergency(&id, &SessionAct { reason: "Not needed".to_owned() }).await?;
	Ok(Verdict::Passed)
}

pub async fn the_second_half_is_kept_before_approval_and_after_the_end_and_from_colleagues(
	ground: &Ground<'_>,
) -> Result<Verdict> {
	let committee = ground.committee().await?;
	let ward = ground.ward(ALPHA).await?;
	let subject = all_records(ground, &ward).await?;
	let (responder, colleague) = try_join(ground.responder(BETA), ground.responder(BETA)).await?;
	let officers = try_join_all([GAMMA, DELTA, EPSILON].map(|member| ground.responder(member))).await?;
	let asked = responder.prepare(&subject, responder.wait_target(&subject, committee).await?)?;
	let id = responder.send(&asked).await?;
	let (last, others) = officers.split_last().context("there are officers")?;
	try_join_all(others.iter().map(|officer| judge_when_listed(officer, &subject, id))).await?;
	let session = with_votes(&responder, id, usize::from(ENOUGH) - 1).await?;
	ensure!(session.parts.len() == usize::from(ENOUGH) - 1, "{} votes of two officers", session.parts.len());
	ensure_kept(responder.fetch(id, &asked.prepared.secrets).await).context("before enough guardians approved")?;

	judge_when_listed(last, &subject, id).await?;
	let session = responder.wait_active(id, LIMIT).await?;
	let mine = colleague.prepare(&subject, asked.target)?;
	for secrets in [&mine.prepared.secrets, &asked.prepared.secrets] {
		ensure_kept(colleague.fetch(id, secrets).await).context("a colleague")?;
	}
	// By the right person's account, without the one-time keys of the request.
	ensure_kept(responder.fetch(id, &mine.prepared.secrets).await).context("other one-time keys")?;
	let release =
		responder.fetch(id, &asked.prepared.secrets).await.context("the right person, with the right keys")?;
	Responder::open(&asked, &session, &release)?;
	// What a colleague overhears of it opens nothing.
	let overheard = Asked { target: asked.target, prepared: mine.prepared };
	ensure!(Responder::open(&overheard, &session, &release).is_err(), "it opens with other one-time secrets");

	let challenge = responder.ward.gateway.emergency_challenge(&id).await?;
	let closed = responder.close(id).await?;
	// The custodian and the holders go by their own nodes.
	ground.wait_seen(&[ALPHA, GAMMA, DELTA], closed.block.number).await?;
	ensure_kept(responder.fetch(id, &asked.prepared.secrets).await).context("after the end")?;
	ensure_kept(responder.answer(&challenge, &asked.prepared.secrets).await).context("by a challenge from before")?;
	Ok(Verdict::Passed)
}

/// A patient whose every record is asked for: people vote about that, so that it is known who does and when.
async fn all_records(ground: &Ground<'_>, ward: &Ward) -> Result<Subject> {
	let (_, summary) = ground.patient_with_records(ward).await?;
	Ok(Subject { tier: EmergencyTier::Wider, ..summary })
}

pub async fn the_wider_tier_waits_for_duty_officers(ground: &Ground<'_>) -> Result<Verdict> {
	let committee = ground.committee().await?;
	let ward = ground.ward(ALPHA).await?;
	let subject = all_records(ground, &ward).await?;
	let responder = ground.responder(BETA).await?;
	let officers = try_join_all([GAMMA, DELTA, EPSILON, BETA].map(|member| ground.responder(member))).await?;
	let (own, officers) = officers.split_last().context("there are officers")?;
	let asked = responder.prepare(&subject, responder.wait_target(&subject, committee).await?)?;
	let id = responder.send(&asked).await?;
	let session = quiet(&responder, id, PATIENCE_BLOCKS).await?;
	ensure!(session.parts.is_empty(), "{} servers voted for all records", session.parts.len());

	ensure!(judge(own, &subject, id).await.is_err(), "an officer of the requester's house voted");
	try_join_all(officers.iter().map(|officer| judge_when_listed(officer, &subject, id))).await?;
	let session = responder.wait_active(id, LIMIT).await?;
	let release = responder.fetch(id, &asked.prepared.secrets).await?;
	let plaintext = String::from_utf8(Responder::open(&asked, &session, &release)?)?;
	for kind in ["Encounter", "Observation", "AllergyIntolerance"] {
		ensure!(plaintext.contains(kind), "there is no {kind} among all records");
	}
	responder.close(id).await?;
	Ok(Verdict::Passed)
}

pub async fn requests_at_machine_speed_need_people(ground: &Ground<'_>) -> Result<Verdict> {
	// The local consortium's own cap is far higher, so that measurements do not run into it. Nobody else here asks as often as this.
	ground.decide(&calls::emergency_access::set_limits(limits(SHIFT_CAP))).await?;
	let committee = ground.committee().await?;
	let ward = ground.ward(ALPHA).await?;
	// One stolen account, and a program; at a hospital with no other emergencies, because what is open there counts, too.
	let thief = ground.responder(GAMMA).await?;
	let subjects = try_join_all((0..3).map(|_| async {
		let (_, subject) = ground.patient_with_records(&ward).await?;
		thief.wait_target(&subject, committee).await?;
		anyhow::Ok(subject)
	}))
	.await?;
	let mut prepared = Vec::new();
	for subject in &subjects {
		for taken in [0b0000u8, 0b0001, 0b0011, 0b0111] {
			prepared.push(thief.prepare(subject, thief.target_besides(subject, false, taken).await?)?);
		}
	}
	let ids = try_join_all(prepared.iter().map(|asked| thief.send(asked))).await?;
	let mut sessions = Vec::new();
	for id in ids {
		sessions.push(thief.chain.emergency_session(&id).await?.context("the session is not there")?);
	}
	let (manual, automatic): (Vec<_>, Vec<_>) = sessions.into_iter().partition(|session| session.manual);
	ensure!(automatic.len() == usize::try_from(SHIFT_CAP)?, "{} were for servers to answer", automatic.len());
	for session in &automatic {
		thief.wait_active(session.id, LIMIT).await.context("one within the cap")?;
	}
	let quiet = manual.iter().map(|session| quiet(&thief, session.id, PATIENCE_BLOCKS));
	for session in try_join_all(quiet).await? {
		ensure!(session.required == ENOUGH + 1, "{} approvals are required", session.required);
		ensure!(session.parts.is_empty(), "{} servers voted beyond the cap", session.parts.len());
	}
	let act = SessionAct { reason: "Not needed".to_owned() };
	try_join_all(manual.iter().map(|session| thief.ward.gateway.cancel_emergency(&session.id, &act))).await?;
	try_join_all(automatic.iter().map(|session| thief.close(session.id))).await?;
	Ok(Verdict::Passed)
}

/// The local consortium's limits, with another cap for one practitioner.
fn limits(shift_requests: u32) -> calls::EmergencyLimits {
	calls::EmergencyLimits {
		formation: 2 * MINUTE,
		committee_validity: 400 * DAY,
		fallback: 30 * MINUTE,
		fallback_window: HOUR,
		request_validity: 30 * MINUTE,
		session_validity: HOUR,
		review_period: 7 * DAY,
		locate_validity: 10 * MINUTE,
		shift_requests,
		institution_requests: 10_000,
		open_sessions: 16,
		shift_locates: 1_000,
		institution_locates: 10_000,
		enrolments: 1_000,
		dispute_quorum: 2,
		suspensions: 3,
	}
}

/// Fails unless a gateway refused to release.
fn ensure_kept(answer: Result<EmergencyRelease, GatewayError>) -> Result<()> {
	let error = answer.err().context("it was released")?;
	ensure!(matches!(error, GatewayError::Refused { .. }), "a refusal was wanted: {error}");
	Ok(())
}

/// A duty officer approves, as the command line does.
async fn judge(officer: &Responder, subject: &Subject, id: EmergencyRequestId) -> Result<(), GatewayError> {
	let statement = DutyStatement {
		practitioner: officer.ward.key.id,
		id,
		handle: subject.handle,
		decision: Decision::Approve,
		reason: "Called back, the emergency is real".to_owned(),
		at: salus_client::now(),
	};
	let genesis = officer.genesis();
	let body = statement.sign(&genesis, officer.ward.key.signing_key());
	officer.ward.gateway.decide_duty(&id, &body).await.map(drop)
}

/// The same, as soon as the session is on the officer's list.
async fn judge_when_listed(officer: &Responder, subject: &Subject, id: EmergencyRequestId) -> Result<()> {
	let listed = until("the case on the officer's list", LIMIT, || async {
		let cases = officer.ward.gateway.duty().await?.cases;
		Ok(cases.into_iter().find(|case| case.session.id == id && case.request.is_some()))
	})
	.await?;
	ensure!(listed.session.tier == subject.tier, "{:?}", listed.session);
	Ok(judge(officer, subject, id).await?)
}

/// The session once the own node shows so many votes in it, which were given through others.
async fn with_votes(responder: &Responder, id: EmergencyRequestId, votes: usize) -> Result<EmergencySessionInfo> {
	until("the votes at the requester's node", LIMIT, || async {
		let session = responder.chain.emergency_session(&id).await?.context("the session is not there")?;
		Ok((session.parts.len() >= votes).then_some(session))
	})
	.await
}

/// The session after so many more finalized blocks, in which it did not become active.
async fn quiet(responder: &Responder, id: EmergencyRequestId, blocks: u32) -> Result<EmergencySessionInfo> {
	let chain = &responder.chain;
	let since = chain.finalized_head().await?.number;
	until("some more blocks", LIMIT, || async {
		Ok((chain.finalized_head().await?.number >= since + blocks).then_some(()))
	})
	.await?;
	let session = chain.emergency_session(&id).await?.context("the session is not there")?;
	ensure!(session.status == EmergencyStatus::Requested, "it is {:?}", session.status);
	Ok(session)
}

fn as_on_chain(session: &EmergencySessionInfo, salt: [u8; 32]) -> calls::EmergencyRequest {
	calls::EmergencyRequest {
		handle: session.handle,
		tier: session.tier,
		committee: session.committee,
		envelope: session.envelope,
		salt,
		header: session.header,
		point: session.point,
		key_hash: session.key_hash,
		proof: session.proof,
		shift_tag: session.shift_tag,
	}
}

async fn ask(chain: &Chain, account: &Keypair, request: calls::EmergencyRequest) -> Result<InBlock, ChainError> {
	let entry = Commitment(salus_client::random_bytes());
	chain.submit_finalized(account, &calls::emergency_access::request_emergency(request, entry)).await
}

/// Fails unless the pallet refused with one of these errors.
fn ensure_error<T>(answer: Result<T, ChainError>, wanted: &[&str]) -> Result<()> {
	let error = answer.err().with_context(|| format!("it was accepted; {wanted:?} was wanted"))?;
	let name = error.pallet_error().with_context(|| format!("{wanted:?} was wanted: {error}"))?;
	ensure!(wanted.contains(&name), "{wanted:?} was wanted: {error}");
	Ok(())
}

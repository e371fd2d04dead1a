//! Sessions that wait for a person, and what the duty officer decides.

use super::guardian::{approve_by, reject_by, stop_by, why_a_person, ByOfficer, Seen};
use crate::{
	failure::Failure,
	index::{OPENINGS, VOTES},
	service::Service,
	staff::Staff,
};
use salus_client::{
	emergency::guardian::{votes_for, Refusal},
	wire::{
		emergency::{Decision, DutyCase, DutyDecision, DutyRecorded, GuardianVote, Vote, MAX_EMERGENCY_TEXT},
		Account, BlockId,
	},
};
use salus_primitives::{Act, EmergencyRequestId, Guardian, InstitutionId, Moment, MINUTE};
use salus_runtime_api::{CommitteeInfo, EmergencySessionInfo};
use std::{collections::BTreeMap, sync::Arc, time::Duration};
use tokio::time::timeout;

/// How far the time of a decision may lie from ours.
const DECISION_TOLERANCE: Moment = 5 * MINUTE;

/// How long a vote waits until this gateway's own look at the session is over: moments, unless it votes itself or its node is busy.
const LOOK_TAKES: Duration = Duration::from_secs(60);

/// The sessions on which this institution has not voted and its server does not, and those that their patient contradicts, the oldest first.
///
/// # Errors
/// The chain, or the index.
pub async fn waiting(service: &Service) -> Result<Vec<DutyCase>, Failure> {
	if service.guardian.is_none() {
		return Ok(Vec::new());
	}
	let head = service.head().await?;
	let mut names = Names::default();
	let mut cases = Vec::new();
	for committee in service.chain.committees_of_institution(&head.block, service.own).await? {
		for id in service.chain.open_emergency_sessions(&head.block, committee).await? {
			cases.extend(case(service, &mut names, id).await?);
		}
	}
	cases.sort_by_key(|case| case.session.requested_at);
	Ok(cases)
}

/// A session as a person sees it; `None` when there is nothing for a person to decide.
async fn case(service: &Service, names: &mut Names, id: EmergencyRequestId) -> Result<Option<DutyCase>, Failure> {
	let seen = Seen::read(service, id).await?;
	let has_voted = service.index.get(&VOTES, id.0)?.is_some();
	let (request, why) = match (seen.standing(), seen.verify()) {
		(Ok(_), Ok(verified)) if !has_voted => match why_a_person(service, &verified)? {
			Some(why) => (Some(verified.request().clone()), why.to_string()),
			None => return Ok(None),
		},
		// Words that were not found right are not shown: somebody might believe them.
		(Ok(_), Err(refusal)) if !has_voted => (None, format!("it can only be refused: {refusal}")),
		_ if seen.may_stop().is_ok() && !has_confirmed(service, &seen)? => {
			(seen.committed_request(), "the patient contradicts this session: it can be stopped".to_owned())
		}
		_ => return Ok(None),
	};
	let (Some(session), Some(committee)) = (&seen.session, &seen.committee) else { return Ok(None) };
	let votes = names.votes(service, &seen.head.block, session, committee).await?;
	let institution_name = seen.requester.as_ref().map(|info| info.name.clone()).unwrap_or_default();
	Ok(Some(DutyCase { session: session.clone(), institution_name, request, why, votes }))
}

/// Whether this institution has confirmed the patient's dispute of a session.
fn has_confirmed(service: &Service, seen: &Seen) -> Result<bool, Failure> {
	let Some(session) = &seen.session else { return Ok(false) };
	let kept = service.index.scan(&OPENINGS, session.handle.0)?;
	Ok(kept.iter().filter(|(_, opening)| opening.sequence.is_some()).any(|(_, opening)| {
		opening.full_entry().is_some_and(|entry| {
			entry.event.act == Act::EmergencyDispute
				&& entry.emergency == Some(session.id)
				&& entry.actor.institution == Some(service.own)
		})
	}))
}

/// Carries out what a duty officer decided.
///
/// # Errors
/// 400 for a statement that is not this officer's, not signed, or without reason; 404 for an unknown session; 409 when the session cannot be
/// voted on, or the institution has voted; 403 when the officer is the one who asks.
pub async fn decide(
	service: &Arc<Service>,
	officer: &Staff,
	id: EmergencyRequestId,
	decision: &DutyDecision,
) -> Result<DutyRecorded, Failure> {
	check_statement(service, officer, id, decision).await?;
	let by = ByOfficer { staff: officer, decision };
	let block = match decision.statement.decision {
		Decision::Approve | Decision::Reject => vote(service, id, &by).await?,
		Decision::Stop => {
			// No vote, and it waits for none: one that is on its way is in hand until it is final.
			let seen = see(service, id, decision).await?;
			stop_by(service, seen.may_stop().map_err(refused)?, &by).await?
		}
	};
	Ok(DutyRecorded { id, decision: decision.statement.decision, block })
}

async fn vote(service: &Arc<Service>, id: EmergencyRequestId, by: &ByOfficer<'_>) -> Result<BlockId, Failure> {
	let voted =
		|| Failure::conflict("this institution has voted on the session, or is about to", "Look at the session again.");
	let in_work = timeout(LOOK_TAKES, service.desk.turn(id)).await.map_err(|_| voted())?;
	if service.index.get(&VOTES, id.0)?.is_some() {
		return Err(voted());
	}
	let seen = see(service, id, by.decision).await?;
	if by.decision.statement.decision == Decision::Reject {
		let practitioner = seen.verify().ok().map(|verified| verified.statement().practitioner);
		let standing = seen.standing().map_err(refused)?;
		return reject_by(service, &standing, practitioner, by, &in_work).await;
	}
	let verified = seen.verify().map_err(refused)?;
	// The same person may be on the staff of two institutions, under two ids.
	if verified.practitioner().signing_key == by.staff.info.signing_key {
		return Err(Failure::not_entitled("whoever asks does not approve", "Let another duty officer decide."));
	}
	approve_by(service, &seen, &verified, by, &in_work).await
}

/// The session that a decision is about.
async fn see(service: &Service, id: EmergencyRequestId, decision: &DutyDecision) -> Result<Seen, Failure> {
	let seen = Seen::read(service, id).await?;
	match seen.session.as_ref().is_some_and(|session| session.handle != decision.statement.handle) {
		true => Err(Failure::bad_request("the signed decision names another patient than the session")),
		false => Ok(seen),
	}
}

async fn check_statement(
	service: &Service,
	officer: &Staff,
	id: EmergencyRequestId,
	decision: &DutyDecision,
) -> Result<(), Failure> {
	let statement = &decision.statement;
	if statement.practitioner != officer.id || statement.id != id {
		return Err(Failure::bad_request("the signed decision is another officer's, or about another session"));
	}
	if statement.reason.trim().is_empty() || statement.reason.len() > MAX_EMERGENCY_TEXT {
		return Err(Failure::bad_request(format!(
			"a reason is needed, at most {MAX_EMERGENCY_TEXT} bytes: the patient reads it"
		)));
	}
	if statement.at.abs_diff(salus_client::now()) > DECISION_TOLERANCE {
		return Err(Failure::bad_request("the decision was signed more than five minutes ago, or in the future"));
	}
	match decision.is_signed_by(&service.genesis().await?, &officer.info.signing_key) {
		true => Ok(()),
		false => Err(Failure::bad_request("the decision is not signed by your registered key")),
	}
}

fn refused(refusal: Refusal) -> Failure {
	match refusal {
		Refusal::UnknownSession => Failure::not_found(),
		refusal => Failure::conflict(
			format!("nothing was voted: {refusal}"),
			"Look at the list again. What cannot be approved can be refused, or left until its time is over.",
		),
	}
}

/// Names of institutions that were looked up.
#[derive(Default)]
pub struct Names(BTreeMap<InstitutionId, String>);

impl Names {
	async fn of(&mut self, service: &Service, at: &BlockId, id: InstitutionId) -> Result<String, Failure> {
		if let Some(name) = self.0.get(&id) {
			return Ok(name.clone());
		}
		let name = service.chain.institution(at, id).await?.map(|info| info.name).unwrap_or_default();
		self.0.insert(id, name.clone());
		Ok(name)
	}

	/// The guardians of a session and what each did, by index.
	///
	/// # Errors
	/// The chain.
	pub async fn votes(
		&mut self,
		service: &Service,
		at: &BlockId,
		session: &EmergencySessionInfo,
		committee: &CommitteeInfo<Account>,
	) -> Result<Vec<GuardianVote>, Failure> {
		let mut votes = Vec::with_capacity(committee.members.len());
		for member in &committee.members {
			let name = match &member.guardian {
				Guardian::Institution(id) => self.of(service, at, *id).await?,
				Guardian::Person(_) => String::new(),
			};
			let (index, guardian, vote) = (member.index, member.guardian.clone(), Vote::of(member.index, session));
			votes.push(GuardianVote { index, guardian, institution: votes_for(member), name, vote });
		}
		Ok(votes)
	}
}

#[cfg(test)]
mod tests;

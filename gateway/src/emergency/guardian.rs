//! Votes on emergency sessions.
//!
//! A session is read at a fresh finalized head, verified in full, judged by the rules; then the share is found again, the part made and
//! written into the journal, and only then submitted.

mod journal;
mod seen;

pub use seen::Seen;

use super::{member, seats::by_kind, Counts, InWork, Why};
use crate::{
	chain::Transaction,
	failure::Failure,
	index::{VoteRow, VoteStage, VOTES},
	outbox,
	service::Service,
	staff::Staff,
};
use futures::{stream, StreamExt};
use journal::{carry_on, cast, entry_about, Draft};
use salus_client::{
	emergency::guardian::{vote, Refusal, Standing, VerifiedSession, VoteError},
	wire::{emergency::DutyDecision, BlockId},
};
use salus_primitives::{Act, EmergencyRequestId, Moment, PractitionerId, DAY, SECOND};
use salus_runtime_api::EmergencySessionInfo;
use salus_threshold::rand_core::OsRng;
use std::{collections::HashSet, sync::Arc};
use tokio::task::JoinSet;

/// How long a session lies aside that could not be verified: its words may still be on their way.
const LOOK_AGAIN: Moment = 3 * SECOND;
/// How long votes that are over stay in the journal: longer than a session lasts, and than caps look back.
const KEPT_FOR: Moment = 2 * DAY;

/// Patients' own committees that are asked for at a time.
const AT_A_TIME: usize = 16;

/// What came of a look at a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
	/// The server voted by its rules.
	Voted,
	/// A person has to decide.
	Waits(Why),
	/// Something is wrong with it, or its words have not arrived.
	Refused(Refusal),
	/// Somebody else here has it in hand, or the vote is given.
	NotNow,
}

/// A look at every session before the committees of this institution, when there is a new head: those of the consortium first, then those of the
/// patients who chose it. Votes run on in `tasks`, begun as soon as their session is found, so that neither one that waits for its block nor a long
/// list of committees holds up the next.
///
/// # Errors
/// The chain, or the index. What was begun goes on.
pub async fn attend(service: &Arc<Service>, tasks: &mut JoinSet<()>) -> Result<(), Failure> {
	if service.guardian.is_none() {
		return Ok(());
	}
	let Some(round) = service.desk.begin(service.chain.finalized_head().await?) else { return Ok(()) };
	let head = service.head().await?;
	let now = salus_client::now();
	for (_, row) in service.index.scan(&VOTES, [])? {
		match row.stage {
			VoteStage::Submitting if row.next_at <= now => spawn(tasks, service, row.id, Job::CarryOn),
			VoteStage::Submitting => {}
			_ if row.at.saturating_add(KEPT_FOR) <= now => service.index.remove(&VOTES, row.id.0)?,
			_ => {}
		}
	}
	let (consortium, personal) = by_kind(service.chain.committees_of_institution(&head.block, service.own).await?);
	let mut open = HashSet::new();
	for id in consortium {
		let sessions = service.chain.open_emergency_sessions(&head.block, id).await?;
		begin(service, tasks, &sessions, now)?;
		open.extend(sessions);
	}
	let personal = service.desk.seats.may_decide(personal);
	let asked = personal.into_iter().map(|id| service.chain.open_emergency_sessions(&head.block, id));
	let mut answers = stream::iter(asked).buffer_unordered(AT_A_TIME);
	while let Some(sessions) = answers.next().await {
		let sessions = sessions?;
		begin(service, tasks, &sessions, now)?;
		open.extend(sessions);
	}
	service.desk.keep_only(&open);
	service.desk.end(round);
	Ok(())
}

/// Begins a look at each of these sessions that is neither voted on nor put aside.
fn begin(
	service: &Arc<Service>,
	tasks: &mut JoinSet<()>,
	open: &[EmergencyRequestId],
	now: Moment,
) -> Result<(), Failure> {
	for id in open {
		if !service.desk.lies_aside(id, now) && service.index.get(&VOTES, id.0)?.is_none() {
			spawn(tasks, service, *id, Job::Look);
		}
	}
	Ok(())
}

/// What is to be done about a session.
#[derive(Clone, Copy)]
enum Job {
	Look,
	CarryOn,
}

fn spawn(tasks: &mut JoinSet<()>, service: &Arc<Service>, id: EmergencyRequestId, job: Job) {
	let service = service.clone();
	tasks.spawn(async move {
		let outcome = match job {
			Job::Look => look(&service, id).await.map(|_| ()),
			Job::CarryOn => carry_on(&service, id).await,
		};
		if let Err(failure) = outcome {
			tracing::warn!(session = %id, %failure, "a vote was not given; it is tried again");
		}
	});
}

/// Looks at one session, and votes when the rules say so.
///
/// # Errors
/// The chain, or the index. A vote that is in the journal by then is carried on.
pub async fn look(service: &Arc<Service>, id: EmergencyRequestId) -> Result<Look, Failure> {
	let Some(in_work) = service.desk.take(id) else { return Ok(Look::NotNow) };
	if service.index.get(&VOTES, id.0)?.is_some() {
		return Ok(Look::NotNow);
	}
	let seen = Seen::read(service, id).await?;
	let now = salus_client::now();
	let verified = match seen.verify() {
		Ok(verified) => verified,
		Err(refusal) => {
			in_work.put_aside(now.saturating_add(LOOK_AGAIN));
			return Ok(Look::Refused(refusal));
		}
	};
	let row = {
		let _deciding = service.desk.deciding.lock().await;
		if let Err(why) = service.policy.permits(&verified, counts(service, &verified, now)?) {
			in_work.put_aside(Moment::MAX);
			return Ok(Look::Waits(why));
		}
		let basis = "approved by this institution's rules for the emergency summary, without a person";
		approval(service, &seen, &verified, None, basis).await?
	};
	cast(service, row, &in_work).await?;
	Ok(Look::Voted)
}

/// What this server approved by its rules in the last day, for who asks in this session.
fn counts(service: &Service, session: &VerifiedSession, now: Moment) -> Result<Counts, Failure> {
	let (institution, practitioner) = (session.session().institution, session.statement().practitioner);
	Ok(service.desk.tally.counts(&service.index, institution, practitioner, now)?)
}

/// Why a person has to decide on a session; `None` when the server votes.
///
/// # Errors
/// The index.
pub fn why_a_person(service: &Service, session: &VerifiedSession) -> Result<Option<Why>, Failure> {
	let counts = counts(service, session, salus_client::now())?;
	Ok(service.policy.permits(session, counts).err())
}

/// A duty officer's decision about to be carried out.
pub struct ByOfficer<'a> {
	/// The officer.
	pub staff: &'a Staff,
	/// What the officer signed.
	pub decision: &'a DutyDecision,
}

/// Gives an officer's approval.
///
/// # Errors
/// The chain, or the index.
pub async fn approve_by(
	service: &Arc<Service>,
	seen: &Seen,
	verified: &VerifiedSession,
	by: &ByOfficer<'_>,
	in_work: &InWork,
) -> Result<BlockId, Failure> {
	let row = approval(service, seen, verified, Some(by), &by.decision.statement.reason).await?;
	cast(service, row, in_work).await
}

/// Gives an officer's rejection.
///
/// # Errors
/// The chain, or the index.
pub async fn reject_by(
	service: &Arc<Service>,
	standing: &Standing<'_>,
	practitioner: Option<PractitionerId>,
	by: &ByOfficer<'_>,
	in_work: &InWork,
) -> Result<BlockId, Failure> {
	let row = Draft {
		session: standing.session,
		index: standing.member.index,
		practitioner,
		act: Act::EmergencyRejection,
		by: Some(by),
		basis: &by.decision.statement.reason,
	};
	let row = row.write(service, None)?;
	cast(service, row, in_work).await
}

/// Confirms that the patient contradicts a session.
///
/// # Errors
/// The chain, or the index.
pub async fn stop_by(
	service: &Arc<Service>,
	session: &EmergencySessionInfo,
	by: &ByOfficer<'_>,
) -> Result<BlockId, Failure> {
	let entry = entry_about(service, session, Act::EmergencyDispute, Some(by), &by.decision.statement.reason)?;
	let opening = service.seal(&entry, &session.handle)?;
	let transaction = Transaction::ConfirmDispute { id: session.id, entry: opening.commitment };
	Ok(outbox::act_and_tell(service, transaction, opening, session.custodian).await?.block)
}

/// Makes the part of an approval and writes it into the journal.
async fn approval(
	service: &Service,
	seen: &Seen,
	verified: &VerifiedSession,
	by: Option<&ByOfficer<'_>>,
	basis: &str,
) -> Result<VoteRow, Failure> {
	let (Some(keys), Some(committee)) = (&service.guardian, &seen.committee) else {
		return Err(Failure::internal("a verified session without guardian key or committee"));
	};
	let own = member::share(service, &seen.head, keys, committee).await?;
	let part = vote(verified, &own, &mut OsRng).map_err(|error: VoteError| Failure::internal(error))?;
	let draft = Draft {
		session: verified.session(),
		index: own.index,
		practitioner: Some(verified.statement().practitioner),
		act: Act::EmergencyApproval,
		by,
		basis,
	};
	draft.write(service, Some(part))
}

#[cfg(test)]
mod tests;

//! Evaluations of blinded names.
//!
//! A session is read at a fresh finalized head, verified in full, judged by the rules; then the share is found again, the part made and submitted.
//! Without rules nothing is evaluated: no person could tell more about a blinded name. A part is the same however often it is made, so nothing
//! but its audit entry is kept.

use crate::{
	chain::{Head, Transaction},
	emergency::{member, Counts, Why},
	failure::Failure,
	index::{compose, EvaluationRow, LOCATE_EVALUATIONS, LOCATE_OPENINGS, OPENINGS},
	openings::{self, opening_key},
	service::Service,
};
use salus_client::{
	emergency::{
		guardian::{Refusal, STATEMENT_TOLERANCE},
		has_emergency_role, is_valid,
		locate::{context, part},
		personal::FIRST_PERSONAL_COMMITTEE,
		shift_tag,
	},
	wire::{
		emergency::{EmergencyOpening, SignedLocate},
		Account, EntryOpening, Purposes,
	},
};
use salus_policy::Purpose;
use salus_primitives::{
	Act, AuditChain, CommitteePurpose, EmergencyRequestId, Guardian, InstitutionId, MemberStatus, Moment,
	PractitionerId, PurposeClass, DAY, SECOND,
};
use salus_runtime_api::{
	CommitteeInfo, CommitteeStatus, EmergencyStatus, HandleInfo, HandleStatus, InstitutionInfo, LocateSessionInfo,
	PractitionerInfo,
};
use salus_threshold::{locate::LocateContext, rand_core::OsRng, request::request_id};
use std::{collections::HashSet, sync::Arc};
use tokio::task::JoinSet;

/// How long a session lies aside that could not be verified, or whose evaluation did not get there.
const LOOK_AGAIN: Moment = 3 * SECOND;

/// What came of a look at a session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
	/// It was evaluated.
	Evaluated,
	/// The rules do not have it evaluated.
	Withheld(Why),
	/// Something is wrong with it, its words have not arrived, or it is evaluated.
	Refused(Refusal),
	/// Somebody else here has it in hand.
	NotNow,
}

/// A look at every session before the committees of this institution, when there is a new head. Evaluations run on in the returned tasks, so that
/// one that waits for its block does not hold up the next.
///
/// # Errors
/// The chain.
pub async fn attend(service: &Arc<Service>) -> Result<JoinSet<()>, Failure> {
	let mut tasks = JoinSet::new();
	if service.guardian.is_none() || service.policy.evaluates() == (false, false) {
		return Ok(tasks);
	}
	let Some(round) = service.locate_desk.begin(service.chain.finalized_head().await?) else { return Ok(tasks) };
	let head = service.head().await?;
	let now = salus_client::now();
	let mut open = HashSet::new();
	for id in service.chain.committees_of_institution(&head.block, service.own).await? {
		// Those that patients chose find nobody.
		if id.0 >= FIRST_PERSONAL_COMMITTEE {
			continue;
		}
		let committee = service.chain.committee(&head.block, id).await?;
		if committee.is_some_and(|committee| evaluates(&committee)) {
			open.extend(service.chain.open_locate_sessions(&head.block, id).await?);
		}
	}
	service.locate_desk.keep_only(&open);
	for id in open.into_iter().filter(|id| !service.locate_desk.lies_aside(id, now)) {
		let service = service.clone();
		tasks.spawn(async move {
			if let Err(failure) = look(&service, id).await {
				tracing::warn!(session = %id, %failure, "a name was not evaluated; it is tried again");
			}
		});
	}
	service.locate_desk.end(round);
	Ok(tasks)
}

fn evaluates(committee: &CommitteeInfo<Account>) -> bool {
	let is_active = matches!(committee.status, CommitteeStatus::Active | CommitteeStatus::Superseded);
	is_active && committee.purpose == CommitteePurpose::Locate
}

/// Looks at one session, and evaluates it when the rules say so.
///
/// # Errors
/// The chain, or the index.
pub async fn look(service: &Arc<Service>, id: EmergencyRequestId) -> Result<Look, Failure> {
	let Some(in_work) = service.locate_desk.take(id) else { return Ok(Look::NotNow) };
	let soon = salus_client::now().saturating_add(LOOK_AGAIN);
	let seen = Seen::read(service, id).await?;
	let verified = match seen.verify(service.own) {
		Ok(verified) => verified,
		Err(refusal) => {
			let is_final = matches!(refusal, Refusal::AlreadyVoted | Refusal::OwnRequest);
			in_work.put_aside(if is_final { Moment::MAX } else { soon });
			return Ok(Look::Refused(refusal));
		}
	};
	let row = match decide(service, &verified)? {
		Ok(row) => row,
		Err(why) => {
			in_work.put_aside(Moment::MAX);
			return Ok(Look::Withheld(why));
		}
	};
	// When this fails, whatever the chain said: the same part may have got there before. The next look at the session tells.
	in_work.put_aside(soon);
	submit(service, &seen.head, &verified, row).await?;
	Ok(Look::Evaluated)
}

/// A session as one finalized head shows it, with the words behind it.
struct Seen {
	head: Head,
	genesis: [u8; 32],
	id: EmergencyRequestId,
	session: Option<LocateSessionInfo>,
	committee: Option<CommitteeInfo<Account>>,
	requester: Option<InstitutionInfo<Account>>,
	/// Of the patient who is entered.
	handle: Option<HandleInfo<Account>>,
	opening: Option<EmergencyOpening>,
	practitioner: Option<PractitionerInfo>,
}

/// A session that was found right in every respect.
struct Verified<'a> {
	session: &'a LocateSessionInfo,
	committee: &'a CommitteeInfo<Account>,
	context: LocateContext,
	member_key: [u8; 32],
	/// Who searches; `None` for what a custodian enters.
	practitioner: Option<(PractitionerId, &'a PractitionerInfo)>,
}

impl Seen {
	async fn read(service: &Service, id: EmergencyRequestId) -> Result<Self, Failure> {
		let head = service.head().await?;
		let genesis = service.genesis().await?;
		let (chain, at) = (&service.chain, &head.block);
		let opening = service.index.get(&LOCATE_OPENINGS, id.0)?;
		let session = chain.locate_session(at, &id).await?;
		let (mut committee, mut requester, mut handle, mut practitioner) = (None, None, None, None);
		if let Some(session) = &session {
			committee = chain.committee(at, session.committee).await?;
			requester = chain.institution(at, session.institution).await?;
			if let Some(entered) = &session.enrol {
				handle = chain.handle(at, entered).await?;
			}
		}
		if let Some(request) = opening.as_ref().and_then(EmergencyOpening::locate) {
			practitioner = chain.practitioner(at, &request.statement.practitioner).await?;
		}
		Ok(Self { head, genesis, id, session, committee, requester, handle, opening, practitioner })
	}

	/// Checks everything about the session: what the chain has checked as well, because a part leaves the house for good.
	fn verify(&self, own: InstitutionId) -> Result<Verified<'_>, Refusal> {
		let session = self.session.as_ref().filter(|session| session.id == self.id).ok_or(Refusal::UnknownSession)?;
		if session.status != EmergencyStatus::Requested {
			return Err(Refusal::NotRequested);
		}
		if session.expires_at <= self.head.now() {
			return Err(Refusal::RequestExpired);
		}
		let in_force = |committee: &&CommitteeInfo<Account>| {
			committee.id == session.committee && evaluates(committee) && self.head.now() < committee.valid_until
		};
		let committee = self.committee.as_ref().filter(in_force).ok_or(Refusal::CommitteeNotActive)?;
		if committee.version != session.version {
			return Err(Refusal::CommitteeChanged);
		}
		let member = committee.members.iter().find(|member| member.guardian == Guardian::Institution(own));
		let member = member.ok_or(Refusal::NotAMember)?;
		if !member.counts {
			return Err(Refusal::VoteDoesNotCount);
		}
		if session.institution == own {
			return Err(Refusal::OwnRequest);
		}
		if session.parts.iter().any(|(index, _)| *index == member.index) || session.refused.contains(&member.index) {
			return Err(Refusal::AlreadyVoted);
		}
		if !self.requester.as_ref().is_some_and(|requester| requester.status == MemberStatus::Active) {
			return Err(Refusal::RequesterNotActive);
		}
		let context = context(&self.genesis, session, committee);
		let (Some(context), Some(member_key)) = (context, member.public_share) else { return Err(Refusal::OtherKey) };
		if request_id(&self.genesis, session.institution.0, &session.blinded) != session.id.0 {
			return Err(Refusal::OtherId);
		}
		let practitioner = match &session.enrol {
			Some(_) => self.check_custodian(session).map(|()| None)?,
			None => Some(self.check_search(session)?),
		};
		Ok(Verified { session, committee, context, member_key, practitioner })
	}

	fn check_custodian(&self, session: &LocateSessionInfo) -> Result<(), Refusal> {
		let handle = self.handle.as_ref().filter(|handle| handle.status == HandleStatus::Active);
		let handle = handle.ok_or(Refusal::HandleNotOpen)?;
		(handle.custodian == session.institution).then_some(()).ok_or(Refusal::OtherCustodian)
	}

	/// Who searches, by the statement inside the entry that the chain commits to.
	fn check_search(&self, session: &LocateSessionInfo) -> Result<(PractitionerId, &PractitionerInfo), Refusal> {
		let opening = self.opening.as_ref().ok_or(Refusal::NoOpening)?;
		let request = committed_request(opening, session).ok_or(Refusal::OtherOpening)?;
		let statement = &request.statement;
		let keys = statement.one_time_keys().map_err(|_| Refusal::OtherStatement)?;
		// The blinded element is fresh: a statement that served once fits no second session.
		let is_about_this = statement.blinded.0 == session.blinded
			&& statement.institution == session.institution
			&& statement.committee == session.committee
			&& keys.binding() == session.key_hash;
		if !is_about_this {
			return Err(Refusal::OtherStatement);
		}
		if statement.at.abs_diff(session.requested_at) > STATEMENT_TOLERANCE {
			return Err(Refusal::StaleStatement);
		}
		if !statement.texts_are_sound() {
			return Err(Refusal::NoReason);
		}
		let info = self.practitioner.as_ref().ok_or(Refusal::UnknownPractitioner)?;
		if info.institution != session.institution {
			return Err(Refusal::PractitionerElsewhere);
		}
		if !is_valid(info, self.head.now()) {
			return Err(Refusal::PractitionerNotValid);
		}
		if !info.emergency_authorised {
			return Err(Refusal::NotEmergencyAuthorised);
		}
		if !has_emergency_role(info) {
			return Err(Refusal::RoleNotEntitled);
		}
		if !request.is_signed_by(&self.genesis, &info.signing_key) {
			return Err(Refusal::StatementSignature);
		}
		match shift_tag(&opening.shift_key.0, &statement.practitioner) == session.shift_tag {
			true => Ok((statement.practitioner, info)),
			false => Err(Refusal::OtherShiftTag),
		}
	}
}

/// What the practitioner signed, when it is what the chain commits to for this session.
fn committed_request(opening: &EmergencyOpening, session: &LocateSessionInfo) -> Option<SignedLocate> {
	let entry = opening.opening.full_entry()?;
	let request = opening.locate()?;
	let is_committed = opening.id == session.id
		&& opening.opening.commitment == session.entry
		&& entry.event.act == Act::Locate
		&& entry.actor.institution == Some(session.institution)
		&& entry.actor.practitioner == Some(request.statement.practitioner)
		&& entry.emergency.is_none_or(|id| id == session.id);
	is_committed.then_some(request)
}

/// Judges by the rules, and writes down what will be evaluated: two sessions must not both be the last one under a cap. One that broke off keeps
/// its audit entry, and is not counted again.
fn decide(service: &Service, verified: &Verified<'_>) -> Result<Result<EvaluationRow, Why>, Failure> {
	let now = salus_client::now();
	let session = verified.session;
	let asker = compose(&[&[u8::from(session.enrol.is_some())], &session.institution.0.to_be_bytes()]);
	let key = compose(&[&asker, &session.id.0]);
	let practitioner = verified.practitioner.map(|(id, _)| id);
	service.index.write(|batch| {
		if let Some(known) = batch.get(&LOCATE_EVALUATIONS, &key)? {
			return Ok(Ok(known));
		}
		let mut counts = Counts::default();
		for (key, row) in batch.scan(&LOCATE_EVALUATIONS, &asker)? {
			if row.at.saturating_add(DAY) <= now {
				batch.remove(&LOCATE_EVALUATIONS, key)?;
				continue;
			}
			counts.institution = counts.institution.saturating_add(1);
			if row.practitioner == practitioner {
				counts.practitioner = counts.practitioner.saturating_add(1);
			}
		}
		let permitted = match verified.practitioner {
			Some((_, info)) => service.policy.permits_locate(session.institution, &info.roles, counts),
			None => service.policy.permits_enrolment(counts.institution),
		};
		if let Err(why) = permitted {
			return Ok(Err(why));
		}
		let row = EvaluationRow { practitioner, opening: opened_entry(service, session)?, at: now };
		batch.put(&OPENINGS, opening_key(&row.opening), &row.opening)?;
		batch.put(&LOCATE_EVALUATIONS, &key, &row)?;
		Ok(Ok(row))
	})
}

fn opened_entry(service: &Service, session: &LocateSessionInfo) -> Result<EntryOpening, Failure> {
	let basis = match session.enrol {
		Some(_) => "evaluated by this institution's rules for what custodians enter, without a person",
		None => "evaluated by this institution's rules for searches by name, without a person",
	};
	let mut entry = service.entry(Act::LocateEvaluation, None, basis);
	entry.patient = session.enrol;
	entry.custodian = session.enrol.map(|_| session.institution);
	entry.purpose = Some(Purposes { code: Purpose::EmergencyTreatment, class: PurposeClass::Emergency });
	entry.emergency = Some(session.id);
	let mut opening = entry.seal()?;
	opening.chain = Some(AuditChain::Institution(session.institution));
	Ok(opening)
}

async fn submit(service: &Service, head: &Head, verified: &Verified<'_>, row: EvaluationRow) -> Result<(), Failure> {
	let Verified { session, committee, context, member_key, .. } = verified;
	let keys =
		service.guardian.as_ref().ok_or_else(|| Failure::internal("a session is verified without guardian key"))?;
	let own = member::share(service, head, keys, committee).await?;
	let part = part(context, &session.blinded, &own, member_key, &mut OsRng).map_err(Failure::internal)?;
	let mut opening = row.opening;
	let transaction = Transaction::EvaluateLocate { id: session.id, part: Box::new(part), entry: opening.commitment };
	let included = service.chain.submit(transaction).await?;
	if included.part_refused {
		tracing::error!(session = %session.id, "the chain found this institution's part wrong: compare its guardian key");
		service.index.remove(&OPENINGS, opening_key(&opening))?;
		return Ok(());
	}
	if let Some((chain, sequence)) = included.entry {
		(opening.chain, opening.sequence) = (Some(chain), Some(sequence));
	}
	openings::keep(&service.index, &opening)?;
	Ok(())
}

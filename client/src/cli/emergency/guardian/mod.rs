//! A person guards: `salus emergency watch` and `serve`.
//!
//! Both look at every finalized block. They confirm the own share when the committee of the invitation is formed, and bring requests before the
//! person, or before the person's standing orders. The share is found again from the chain each time and kept nowhere.

mod answers;
mod notes;
mod seat;
mod seen;
mod silence;
mod votes;

pub use notes::GuardianNotes;

use crate::cli::{
	audit::names,
	context::Context,
	emergency::words::{drill_mark, tier_name},
	error::CliError,
	output::{emit, plain, short, Report},
	state::read_json,
};
use answers::{ask, request_words, Answer};
use clap::Args;
use salus_client::{
	audit::Names,
	chain::{calls::emergency_access as call, Chain},
	emergency::{
		guardian::{verify_session, vote, Refusal, VerifiedSession},
		orders::StandingOrders,
		sealing_key,
	},
	gateway::Gateway,
	keystore::AccountKey,
	primitives::{Act, Commitment, CommitteeId, EmergencyRequestId, Guardian, Moment, SECOND},
	signature::HttpSigner,
	wire::{Account, BlockId},
};
use salus_runtime_api::{CommitteeStatus, EmergencySessionInfo, EmergencyStatus};
use salus_threshold::{group::SecretScalar, rand_core::OsRng};
use seat::Seat;
use seen::Seen;
use serde_json::{json, Value};
use silence::Silence;
use std::{
	collections::BTreeSet,
	io::{self, IsTerminal},
	path::PathBuf,
	time::Duration,
};
use tokio::task::JoinSet;
use votes::VoteOutcome;

/// How often the chain is looked at.
const POLL: Duration = Duration::from_millis(500);
/// How long after a request its words may take from the requester's gateway to the custodian's.
const ON_THEIR_WAY: Moment = 30 * SECOND;
/// Stands for no session, where something is said about a committee.
const NO_SESSION: EmergencyRequestId = EmergencyRequestId([0; 32]);
/// Why nothing is answered where nobody can be asked.
const NEEDS_PERSON: &str = "waits for you: run `salus emergency watch` on a terminal";

/// Watching.
#[derive(Clone, Debug, Args)]
pub struct Watch {
	/// Look once, and end
	#[arg(long)]
	once: bool,
}

/// Shown by `salus emergency serve --help`.
const ORDERS: &str = "\
Standing orders are JSON:
  { \"approve\": [\"Summary\"], \"institutions\": [2, 5], \"encounter_needed\": true, \"per_day\": 5 }

approve: only Summary can stand here; every record (the wider tier) is never approved without you.
institutions: who may ask; without it, any. encounter_needed: whether an encounter has to be named. per_day: how many within 24 hours.
A request that the patient contradicts, or that is over a cap of the requester, waits for you in any case.
Each request is checked as if you read it yourself: session, envelope and statement against a finalized block. What the orders do not cover
is left for `salus emergency watch`.

One thing is answered with no: a request whose words were not sent, while the gateway that would have them answers (--reject-silent-after).";

/// Serving.
#[derive(Clone, Debug, Args)]
#[command(after_help = ORDERS)]
pub struct Serve {
	/// The standing orders
	#[arg(long, value_name = "FILE")]
	orders: PathBuf,
	/// Reject a request whose reason has not arrived after this time, although the custodian's gateway answers; 0: never
	#[arg(long, value_name = "MINUTES", default_value_t = 5)]
	reject_silent_after: u64,
	/// Look once, and end
	#[arg(long)]
	once: bool,
}

/// Who answers.
enum Mind {
	/// The person at the terminal.
	Person,
	/// The person's standing orders.
	Orders(StandingOrders),
}

/// `salus emergency watch`.
pub async fn watch(context: &Context, arguments: Watch) -> Result<Report, CliError> {
	if !io::stdin().is_terminal() && !arguments.once {
		return Err(CliError::Usage(
			"nobody can be asked here: watch needs a terminal. Standing orders answer with `salus emergency serve`"
				.to_owned(),
		));
	}
	stand_guard(context, Mind::Person, Silence::default(), arguments.once).await
}

/// `salus emergency serve`.
pub async fn serve(context: &Context, arguments: Serve) -> Result<Report, CliError> {
	let orders = read_json(&arguments.orders, "standing orders of a guardian")?;
	let silence = Silence::of_minutes(arguments.reject_silent_after);
	stand_guard(context, Mind::Orders(orders), silence, arguments.once).await
}

async fn stand_guard(context: &Context, mind: Mind, silence: Silence, once: bool) -> Result<Report, CliError> {
	let mut post = Post::take(context, mind, silence, once).await?;
	if once {
		post.round().await?;
		post.finish_votes().await?;
		let text = if post.events.is_empty() { "Nothing waits for you." } else { "" };
		return Report::new(&json!({ "events": post.events }), text);
	}
	post.tell(json!({ "event": "watching", "account": post.account() }), "Watching. Ctrl-C ends it.".to_owned())?;
	loop {
		match post.round().await {
			Ok(()) => {}
			// A guardian that stops at the first lost connection is not there when it is needed.
			Err(CliError::Chain(error)) if error.is_transient() => eprintln!("{error}"),
			Err(CliError::Chain(error)) => post.say_once(NO_SESSION, &error.to_string())?,
			Err(error) => return Err(error),
		}
		tokio::time::sleep(POLL).await;
	}
}

/// A guardian on guard.
struct Post<'a> {
	context: &'a Context,
	chain: &'a Chain,
	gateway: Gateway,
	name: String,
	key: AccountKey,
	own: Guardian<Account>,
	sealing: SecretScalar,
	genesis: [u8; 32],
	names: Names,
	notes: GuardianNotes,
	mind: Mind,
	/// Which requests came without words.
	silence: Silence,
	once: bool,
	/// The block that was looked at last, unless something of it is to be looked at again.
	seen: Option<BlockId>,
	/// Whether words were missing that are on their way.
	unfinished: bool,
	/// What the person put off, until the command is started again.
	put_off: BTreeSet<EmergencyRequestId>,
	/// The disputes that the person was asked about.
	asked_to_stop: BTreeSet<EmergencyRequestId>,
	/// What was said, so that it is said once.
	said: BTreeSet<(EmergencyRequestId, String)>,
	/// Votes on their way: the next session does not wait for the finality of this one's.
	votes: JoinSet<VoteOutcome>,
	/// The sessions that these votes are about.
	voting: BTreeSet<EmergencyRequestId>,
	/// Entries of votes whose answer was lost and that the chain has.
	landed: BTreeSet<Commitment>,
	events: Vec<Value>,
}

impl<'a> Post<'a> {
	async fn take(context: &'a Context, mind: Mind, silence: Silence, once: bool) -> Result<Self, CliError> {
		let (name, identity) = context.unlock()?;
		let key = identity.account(&name)?.clone();
		let notes = GuardianNotes::load(context.home(), &name)?;
		let chain = context.chain().await?;
		let url = context.gateway_flag().unwrap_or(&notes.gateway).to_owned();
		let signer = HttpSigner::Guardian(key.pair().clone());
		let gateway = Gateway::new(&url, notes.custodian, Some(signer))?;
		let genesis = chain.genesis().await?;
		Ok(Self {
			context,
			chain,
			gateway,
			own: Guardian::Person(key.account()),
			sealing: sealing_key(&key),
			genesis,
			names: names(chain).await?,
			name,
			key,
			notes,
			mind,
			silence,
			once,
			seen: None,
			unfinished: false,
			put_off: BTreeSet::new(),
			asked_to_stop: BTreeSet::new(),
			said: BTreeSet::new(),
			votes: JoinSet::new(),
			voting: BTreeSet::new(),
			landed: BTreeSet::new(),
			events: Vec::new(),
		})
	}

	fn account(&self) -> Account {
		self.key.account()
	}

	/// One look at the newest finalized block.
	async fn round(&mut self) -> Result<(), CliError> {
		while let Some(ended) = self.votes.try_join_next() {
			self.vote_ended(ended)?;
		}
		let head = self.chain.finalized_head().await?;
		if self.seen == Some(head) {
			return Ok(());
		}
		self.unfinished = false;
		self.settle(&head).await?;
		self.deliver().await?;
		let committees = self.chain.committees_of_guardian_at(&head, &self.account()).await?;
		if committees.is_empty() && self.once {
			self.tell(json!({ "event": "no_committee" }), "You are not a guardian of anybody yet.".to_owned())?;
		}
		for id in committees {
			self.guard(&head, id).await?;
		}
		self.seen = (!self.unfinished).then_some(head);
		Ok(())
	}

	/// Waits for the votes that are on their way.
	async fn finish_votes(&mut self) -> Result<(), CliError> {
		while let Some(ended) = self.votes.join_next().await {
			self.vote_ended(ended)?;
		}
		self.deliver().await
	}

	/// Does what is to be done in one committee.
	async fn guard(&mut self, head: &BlockId, id: CommitteeId) -> Result<(), CliError> {
		let Some(committee) = self.chain.committee_at(head, id).await? else { return Ok(()) };
		if matches!(committee.status, CommitteeStatus::Confirming) && self.is_invited(head, &committee).await? {
			self.join(head, &committee).await?;
		}
		if !matches!(committee.status, CommitteeStatus::Active | CommitteeStatus::Superseded) {
			return Ok(());
		}
		let open = self.chain.open_emergency_sessions_at(head, id).await?;
		let mut seat = None;
		for session in open.into_iter().filter(|session| !self.voting.contains(session)).collect::<Vec<_>>() {
			if seat.is_none() {
				seat = self.seat(head, &committee).await?;
			}
			let Some(seat) = &seat else { return Ok(()) };
			self.consider(session, seat).await?;
		}
		Ok(())
	}

	/// Brings a session before the person or the orders, and votes.
	async fn consider(&mut self, id: EmergencyRequestId, seat: &Seat) -> Result<(), CliError> {
		let seen = self.look(id).await?;
		let verified = match verify_session(&seen.case(self, id)) {
			Ok(verified) => verified,
			Err(Refusal::NotRequested | Refusal::AlreadyVoted) => return self.consider_dispute(&seen, id, seat),
			Err(Refusal::RequestExpired) => return Ok(()),
			Err(Refusal::NoOpening) => return self.consider_silence(&seen, id, seat),
			Err(refusal) => return self.say_once(id, &refusal.to_string()),
		};
		match self.answer(&verified)? {
			Answer::Later(why) => self.say_once(id, &why),
			Answer::Reject => self.reject(verified.session(), seat, "the guardian's own decision"),
			Answer::Approve if matches!(self.mind, Mind::Orders(_)) => self.approve(&verified, seat),
			Answer::Approve => {
				// The person took some time: what is approved is what stands now.
				let seen = self.look(id).await?;
				match verify_session(&seen.case(self, id)) {
					Ok(verified) => self.approve(&verified, seat),
					Err(refusal) => self.say_once(id, &refusal.to_string()),
				}
			}
		}
	}

	fn answer(&mut self, verified: &VerifiedSession) -> Result<Answer, CliError> {
		let later = |why: &str| Ok(Answer::Later(why.to_owned()));
		match &self.mind {
			Mind::Person if self.put_off.contains(&verified.id()) => later("put off"),
			Mind::Person if !io::stdin().is_terminal() => later(NEEDS_PERSON),
			Mind::Person => {
				let question = format!("{}\nApprove with your key share?", request_words(verified, &self.names));
				let answer = ask(&question)?;
				if matches!(answer, Answer::Later(_)) {
					self.put_off.insert(verified.id());
				}
				Ok(answer)
			}
			Mind::Orders(orders) => match orders.cover(verified, self.notes.approved_since(salus_client::now())) {
				Ok(()) => Ok(Answer::Approve),
				Err(why) => later(&format!("waits for you: {why}")),
			},
		}
	}

	/// The words behind a request are missing: they may be on their way, or withheld.
	fn consider_silence(&mut self, seen: &Seen, id: EmergencyRequestId, seat: &Seat) -> Result<(), CliError> {
		let is_too_long = self.silence.is_too_long(id, seen.has_no_words, salus_client::now());
		match &seen.session {
			Some(session) if is_too_long => self.reject(session, seat, &self.silence.words()),
			_ if seen.is_fresh() => {
				self.unfinished = true;
				Ok(())
			}
			_ => self.say_once(id, &Refusal::NoOpening.to_string()),
		}
	}

	/// The patient contradicts a session on which the guardian has voted, or which is active: whether the guardian stops it. Orders never do.
	fn consider_dispute(&mut self, seen: &Seen, id: EmergencyRequestId, seat: &Seat) -> Result<(), CliError> {
		let Some(session) = seen.session.as_ref() else { return Ok(()) };
		let is_running = matches!(session.status, EmergencyStatus::Requested | EmergencyStatus::Active);
		let is_independent = seat.votes_for != Some(session.institution);
		if !is_running || !session.disputed || !is_independent || self.asked_to_stop.contains(&id) {
			return Ok(());
		}
		if !matches!(self.mind, Mind::Person) || !io::stdin().is_terminal() {
			return self.say_once(id, "the patient contradicts this session; stop it with `salus emergency watch`");
		}
		let question = format!(
			"\n{}The patient contradicts the session {} of {} ({}).\nStop it? Two guardians have to say so",
			drill_mark(session.drill),
			id,
			plain(&self.names.institution(session.institution)),
			tier_name(session.tier)
		);
		self.asked_to_stop.insert(id);
		match ask(&question)? {
			Answer::Approve => {
				let entry = self.entry(Act::EmergencyDispute, session, seat, "the guardian's own decision")?;
				let stop = call::confirm_dispute(id, entry.commitment);
				self.cast(id, Act::EmergencyDispute, session.drill, stop, entry)
			}
			Answer::Reject | Answer::Later(_) => Ok(()),
		}
	}

	fn approve(&mut self, verified: &VerifiedSession, seat: &Seat) -> Result<(), CliError> {
		let part = match vote(verified, &seat.share, &mut OsRng) {
			Ok(part) => part,
			Err(error) => return self.say_once(verified.id(), &error.to_string()),
		};
		let session = verified.session();
		let basis = match self.mind {
			Mind::Person => "the guardian's own decision",
			Mind::Orders(_) => {
				// Counted before it is sent: an approval whose answer was lost counts too.
				self.notes.approvals.push(salus_client::now());
				"the guardian's standing orders"
			}
		};
		let entry = self.entry(Act::EmergencyApproval, session, seat, basis)?;
		let approve = call::approve_request(session.id, part, entry.commitment);
		self.cast(session.id, Act::EmergencyApproval, session.drill, approve, entry)
	}

	fn reject(&mut self, session: &EmergencySessionInfo, seat: &Seat, basis: &str) -> Result<(), CliError> {
		let entry = self.entry(Act::EmergencyRejection, session, seat, basis)?;
		let reject = call::reject_request(session.id, entry.commitment);
		self.cast(session.id, Act::EmergencyRejection, session.drill, reject, entry)
	}

	fn say_once(&mut self, id: EmergencyRequestId, what: &str) -> Result<(), CliError> {
		if !self.said.insert((id, what.to_owned())) {
			return Ok(());
		}
		let text = match id == NO_SESSION {
			true => what.to_owned(),
			false => format!("Session {}: {what}.", short(&id)),
		};
		self.tell(json!({ "event": "left", "id": (id != NO_SESSION).then_some(id), "why": what }), text)
	}

	/// Tells at once; with --once and --json, at the end.
	fn tell(&mut self, event: Value, text: String) -> Result<(), CliError> {
		if self.once {
			if !self.context.json() {
				emit(false, &event, &text)?;
			}
			self.events.push(event);
			return Ok(());
		}
		emit(self.context.json(), &event, &text)
	}
}

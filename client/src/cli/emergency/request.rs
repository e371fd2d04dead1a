//! `salus emergency request`.

use super::{
	notes::{Held, Practitioner, SessionNotes, Sessions},
	words::{approvals, drill_mark, is_over, status_name, tier},
};
use crate::cli::{
	context::Context,
	error::{CliError, EMPTY},
	output::{moment, short, Report},
};
use clap::Args;
use salus_client::{
	chain::Chain,
	emergency::{
		card::Card,
		handover::SessionFacts,
		request::{prepare, Choice, NoEnvelope, Prepared, Target, Words},
	},
	gateway::{Gateway, GatewayError},
	primitives::{EmergencyRequestId, EmergencyTier, InstitutionId, Moment, PatientHandle},
	wire::{
		codes,
		emergency::{
			EmergencyEvidence, EmergencyRequestForm, EmergencyRequested, SessionAct, SessionView, MAX_EMERGENCY_TEXT,
		},
	},
};
use salus_runtime_api::{EmergencyStatus, HandleStatus};
use serde_json::{json, Value};
use std::{fs, path::PathBuf, time::Duration};

/// How often the session is looked at while it is waited for.
const POLL: Duration = Duration::from_millis(300);
/// How many looks in a row may fail before it is given up: about half a minute. The request itself lives on.
const PATIENCE: u32 = 100;
/// How often an envelope is looked for when there is none just now: a custodian seals new ones within seconds.
const ATTEMPTS: u32 = 15;
/// How often the same request is sent when no answer comes.
const SENDINGS: u32 = 3;
/// Between two attempts.
const PAUSE: Duration = Duration::from_secs(1);

/// Which patient.
#[derive(Clone, Debug, Args)]
pub struct PatientArguments {
	/// The patient's handle at the custodian
	#[arg(required_unless_present_any = ["card", "card_file"], conflicts_with_all = ["card", "card_file"])]
	handle: Option<PatientHandle>,
	/// The institution that keeps the records; the chain is asked unless given
	#[arg(long, value_name = "NO")]
	custodian: Option<u32>,
	/// What the patient's card, wristband or phone says: SALUS1:…
	#[arg(long, value_name = "TEXT", conflicts_with = "card_file")]
	card: Option<Card>,
	/// File that holds it, as a scanner writes it
	#[arg(long, value_name = "FILE")]
	card_file: Option<PathBuf>,
}

impl PatientArguments {
	/// Handle and, where it was named, custodian.
	fn read(&self) -> Result<(PatientHandle, Option<InstitutionId>), CliError> {
		let card = match &self.card_file {
			Some(path) => {
				let text = fs::read_to_string(path).map_err(|error| CliError::File(path.clone(), error))?;
				let card = text.parse::<Card>();
				Some(card.map_err(|error| CliError::Content(path.clone(), "an emergency card", error.to_string()))?)
			}
			None => self.card,
		};
		let named = self.custodian.map(InstitutionId);
		match (card, self.handle) {
			(Some(card), _) => Ok((card.handle, named.or(Some(card.custodian)))),
			(None, Some(handle)) => Ok((handle, named)),
			(None, None) => Err(CliError::Usage("name the patient's handle, or --card".to_owned())),
		}
	}

	/// Handle and custodian, as the chain has them now.
	pub async fn find(&self, chain: &Chain) -> Result<(PatientHandle, InstitutionId), CliError> {
		let (handle, named) = self.read()?;
		let info = chain.handle(&handle).await?.filter(|info| info.status == HandleStatus::Active);
		let info = info.ok_or_else(|| {
			CliError::NotThere(format!(
				"the chain has no patient with the handle {handle}. Read the card again; treat meanwhile"
			))
		})?;
		match named.filter(|named| *named != info.custodian) {
			// A card may be older than a move to another hospital; who typed a number is asked to look again.
			Some(named) if self.custodian.is_some() => Err(CliError::Usage(format!(
				"the records of this patient are kept by institution {}, not {named}",
				info.custodian
			))),
			_ => Ok((handle, info.custodian)),
		}
	}
}

/// What the practitioner says.
#[derive(Clone, Debug, Args)]
pub struct WordArguments {
	/// Why, in your words; the patient will read it
	#[arg(long)]
	reason: String,
	/// Number of the encounter or dispatch in your own system
	#[arg(long, value_name = "NUMBER", required_unless_present = "evidence", conflicts_with = "evidence")]
	encounter: Option<String>,
	/// What it rests on in words, where there is no number yet
	#[arg(long, value_name = "TEXT")]
	evidence: Option<String>,
}

impl WordArguments {
	/// The words, when they are there and not too long.
	pub fn words(self, caller: Option<String>) -> Result<Words, CliError> {
		let evidence = match (self.encounter, self.evidence) {
			(Some(number), _) => EmergencyEvidence::Encounter(number),
			(None, words) => EmergencyEvidence::Words(words.unwrap_or_default()),
		};
		let words = Words { evidence, reason: self.reason, caller };
		let sound = |text: &str| !text.trim().is_empty() && text.len() <= MAX_EMERGENCY_TEXT;
		let caller_is_sound = words.caller.as_deref().is_none_or(sound);
		match sound(&words.reason) && sound(words.evidence.text()) && caller_is_sound {
			true => Ok(words),
			false => Err(CliError::Usage(format!(
				"reason, evidence and caller must not be empty, and have at most {MAX_EMERGENCY_TEXT} bytes each"
			))),
		}
	}
}

/// Shown by `salus emergency request --help`.
const EXAMPLES: &str = "\
Examples:
  salus emergency request --card SALUS1:… --reason \"unconscious after a fall\" --encounter E-4711
  salus emergency request 0x… --tier wider --reason \"unknown poisoning\" --evidence \"found at the station, no papers\"
  salus emergency request --card SALUS1:… --reason … --encounter D-12 --for-caller \"neighbour, 555-0100\"

`open` and `close` find the session by themselves. Its one-time keys lie on this machine, encrypted under your passphrase, until it is over.
Patient and privacy officer are told at once; the request is reviewed afterwards.";

/// A request.
#[derive(Clone, Debug, Args)]
#[command(after_help = EXAMPLES)]
pub struct Request {
	#[command(flatten)]
	patient: PatientArguments,
	/// summary: problems, medications, allergies, blood group. wider: every record; people decide about it
	#[arg(long, value_parser = tier, default_value = "summary", value_name = "TIER")]
	tier: EmergencyTier,
	#[command(flatten)]
	words: WordArguments,
	/// As an attendant on the telephone: who calls about the patient, and the number to call back
	#[arg(long, value_name = "WHO")]
	for_caller: Option<String>,
	/// Ask the consortium's guardians although the patient has own ones: they did not answer in the time that the patient set. Without
	/// --no-wait this happens by itself
	#[arg(long)]
	fall_back: bool,
	/// Do not wait for the guardians; look later with `salus emergency sessions`
	#[arg(long)]
	no_wait: bool,
}

/// Runs the command.
pub async fn run(context: &Context, arguments: Request) -> Result<Report, CliError> {
	let Request { patient, tier, words, for_caller, fall_back, no_wait } = arguments;
	let words = words.words(for_caller)?;
	let practitioner = Practitioner::unlock(context)?;
	let chain = context.chain().await?;
	let (handle, custodian) = patient.find(chain).await?;
	let gateway = context.gateway(practitioner.key.http_signer()).await?;
	let asker = Asker { context, chain, gateway, practitioner, handle, custodian, tier, words };
	if no_wait {
		let asked = asker.ask(fall_back).await?;
		let text = format!(
			"{}Asked: {} guardians have to approve (block {}), until {}. Session {}.\nOpen with `salus emergency open` when `salus emergency sessions` says active.",
			drill_mark(asked.target.drill),
			asked.answer.required,
			asked.answer.block.number,
			moment(asked.answer.expires_at),
			asked.answer.id
		);
		return Report::new(&asked.json(None), text);
	}
	asker.ask_and_wait(fall_back).await?.report()
}

/// Somebody who asks about one patient.
pub struct Asker<'a> {
	/// The command's surroundings.
	pub context: &'a Context,
	/// The own node.
	pub chain: &'a Chain,
	/// The own gateway.
	pub gateway: Gateway,
	/// Who asks.
	pub practitioner: Practitioner,
	/// About whom.
	pub handle: PatientHandle,
	/// Who keeps the records.
	pub custodian: InstitutionId,
	/// How much is asked for.
	pub tier: EmergencyTier,
	/// What is stated.
	pub words: Words,
}

/// A request on chain.
pub struct Asked {
	/// What it is about.
	pub target: Target,
	/// The gateway's answer.
	pub answer: EmergencyRequested,
	/// Milliseconds after which the consortium's committee may be asked instead.
	fall_back_after: Option<Moment>,
}

impl Asked {
	fn json(&self, view: Option<&SessionView>) -> Value {
		json!({
			"id": self.answer.id, "block": self.answer.block, "required": self.answer.required, "expires_at": self.answer.expires_at,
			"committee": self.target.committee, "drill": self.target.drill, "session": view,
		})
	}
}

/// Why no request was made.
enum NotAsked {
	/// It can be tried again at once.
	InAMoment(CliError),
	/// It cannot.
	AtAll(CliError),
}

impl From<CliError> for NotAsked {
	fn from(error: CliError) -> Self {
		Self::AtAll(error)
	}
}

/// `epoch` is that of the scope: after the first one, envelopes are missing while new ones are sealed.
fn no_envelope(error: NoEnvelope, epoch: u32) -> NotAsked {
	let text = error.to_string();
	match error {
		NoEnvelope::NothingSealed if epoch > 0 => NotAsked::InAMoment(CliError::NotThere(text)),
		NoEnvelope::NothingSealed => NotAsked::AtAll(CliError::NotThere(text)),
		NoEnvelope::AllUsed | NoEnvelope::OldEpoch => NotAsked::InAMoment(CliError::Failed(text)),
		NoEnvelope::NotCommitted => NotAsked::AtAll(CliError::Finding(text)),
		NoEnvelope::OtherCommittee | NoEnvelope::CommitteeNotUsable => NotAsked::AtAll(CliError::Failed(text)),
	}
}

/// Where the waiting ended.
pub struct Outcome {
	/// The last request.
	pub asked: Asked,
	/// Its session.
	pub view: SessionView,
	/// The request to the patient's own guardians that came before, when they did not answer.
	fell_back_from: Option<EmergencyRequestId>,
}

impl Outcome {
	/// Whether the record can be opened.
	pub fn is_active(&self) -> bool {
		self.view.status == EmergencyStatus::Active
	}

	/// What to tell.
	pub fn report(&self) -> Result<Report, CliError> {
		let view = &self.view;
		let mut json = self.asked.json(Some(view));
		json["fell_back_from"] = json!(self.fell_back_from);
		let drill = drill_mark(view.drill);
		if !self.is_active() {
			let text = format!(
				"{drill}Session {}: {}. Approved: {}.{}\nTreat without the record, or ask again with more reason.",
				short(&view.id),
				status_name(view.status),
				approvals(view),
				refusals(view)
			);
			return Ok(Report::new(&json, text)?.with_exit(EMPTY));
		}
		let until = view.active_until.map(|until| format!(" until {}", moment(until))).unwrap_or_default();
		let text = format!(
			"{drill}Active{until}: {} approved.\nSession {}\nRead with `salus emergency open`; when you are done, `salus emergency close`.",
			approvals(view),
			view.id
		);
		Report::new(&json, text)
	}
}

fn refusals(view: &SessionView) -> String {
	match view.rejected.is_empty() {
		true => String::new(),
		false => format!(" Refused: {}.", crate::cli::output::plain(&view.rejected.join(", "))),
	}
}

impl Asker<'_> {
	/// Sends one request. When somebody else was faster, or the custodian is just sealing new envelopes, it is tried again for a while.
	pub async fn ask(&self, fall_back: bool) -> Result<Asked, CliError> {
		let mut attempt = 1;
		loop {
			match self.try_ask(fall_back).await {
				Ok(asked) => return Ok(asked),
				Err(NotAsked::InAMoment(_)) if attempt < ATTEMPTS => attempt += 1,
				Err(NotAsked::InAMoment(error) | NotAsked::AtAll(error)) => return Err(error),
			}
			tokio::time::sleep(PAUSE).await;
		}
	}

	async fn try_ask(&self, fall_back: bool) -> Result<Asked, NotAsked> {
		let (target, wait) = self.target(fall_back).await?;
		let (custodian, tier, requester) = (self.custodian, self.tier, self.gateway.institution());
		let now = salus_client::now();
		let prepared = prepare(&target, custodian, tier, requester, &self.practitioner.key, self.words.clone(), now)
			.map_err(|error| CliError::Failed(error.to_string()))?;
		let Prepared { id, form, secrets } = prepared;
		let sessions = Sessions::of(self.context);
		let facts = SessionFacts { id, handle: self.handle, custodian, tier, target };
		let identity = self.practitioner.name.clone();
		let notes = SessionNotes { facts, identity, since: now, held: Held::Secrets };
		// First on disk, then on chain: an approved session without its secrets would help nobody.
		sessions.keep(&notes, &secrets, &self.practitioner.passphrase)?;
		match self.send(&form).await {
			Ok(answer) if answer.id == id => Ok(Asked { target, answer, fall_back_after: wait }),
			Ok(answer) => Err(NotAsked::AtAll(CliError::Finding(format!(
				"the gateway answered for the session {}, not for {id} that was asked for",
				answer.id
			)))),
			Err(error) => {
				if let Some(answer) = self.standing(&id).await {
					return Ok(Asked { target, answer, fall_back_after: wait });
				}
				// A refusal ends it. Without an answer the request may still get into a block.
				if error.code().is_some_and(is_final) {
					sessions.forget(&id)?;
				}
				Err(match is_taken(&error) {
					true => NotAsked::InAMoment(error.into()),
					false => NotAsked::AtAll(error.into()),
				})
			}
		}
	}

	/// A request that the chain has although the last answer says otherwise: that of an earlier sending was lost. Nobody else can make a
	/// session of this id.
	async fn standing(&self, id: &EmergencyRequestId) -> Option<EmergencyRequested> {
		let block = self.chain.finalized_head().await.ok()?;
		let session = self.chain.emergency_session_at(&block, id).await.ok()??;
		Some(EmergencyRequested { id: *id, block, required: session.required, expires_at: session.expires_at })
	}

	/// Sends the form, and again when no answer came: the gateway takes the same one once.
	async fn send(&self, form: &EmergencyRequestForm) -> Result<EmergencyRequested, GatewayError> {
		let mut attempt = 1;
		loop {
			match self.gateway.request_emergency(form).await {
				Err(error) if attempt < SENDINGS && is_passing(&error) => attempt += 1,
				answer => return answer,
			}
			tokio::time::sleep(PAUSE).await;
		}
	}

	/// The envelope to ask for, and how long the patient's own guardians may take, when it is theirs.
	async fn target(&self, fall_back: bool) -> Result<(Target, Option<Moment>), NotAsked> {
		let head = self.chain.finalized_head().await.map_err(CliError::from)?;
		let genesis = self.chain.genesis().await.map_err(CliError::from)?;
		let scope = self.chain.emergency_scope_at(&head, &self.handle, self.tier).await.map_err(CliError::from)?;
		if scope.sealed.iter().all(|set| set.envelopes.is_empty()) {
			return Err(no_envelope(NoEnvelope::NothingSealed, scope.epoch));
		}
		let personal = self.chain.personal_committee_at(&head, &self.handle).await.map_err(CliError::from)?;
		let mut committees = Vec::new();
		for set in &scope.sealed {
			committees.extend(self.chain.committee_at(&head, set.committee).await.map_err(CliError::from)?);
		}
		let file = self.gateway.emergency_file(&self.handle, self.custodian).await.map_err(|error| {
			match error.code() {
				// Sealed on chain, and on its way to the holders.
				Some(codes::NOT_FOUND) => NotAsked::InAMoment(error.into()),
				_ => NotAsked::AtAll(error.into()),
			}
		})?;
		let choice = Choice {
			genesis: &genesis,
			handle: &self.handle,
			tier: self.tier,
			file: &file,
			scope: &scope,
			committees: &committees,
			personal,
			fall_back,
		};
		let target = choice.pick().map_err(|error| no_envelope(error, scope.epoch))?;
		let asked = committees.iter().find(|committee| committee.id == target.committee);
		Ok((target, asked.and_then(|committee| committee.fallback_after)))
	}

	/// Asks, and waits until a session is active or all are over. When the patient's own guardians let the time pass that the patient set, the
	/// consortium's are asked as well; whoever approves first counts.
	pub async fn ask_and_wait(&self, fall_back: bool) -> Result<Outcome, CliError> {
		let progress = self.context.waiting("sending the request");
		let mut asked = vec![self.ask(fall_back).await?];
		let mut failures = 0;
		loop {
			let views = match self.look(&asked).await {
				Ok(views) => views,
				Err(error) if failures < PATIENCE && is_passing(&error) => {
					failures += 1;
					tokio::time::sleep(POLL).await;
					continue;
				}
				Err(error) => return Err(error.into()),
			};
			failures = 0;
			let all_over = views.iter().all(|view| is_over(view.status));
			let active = views.iter().position(|view| view.status == EmergencyStatus::Active);
			if let [first] = views.as_slice() {
				if active.is_none() && self.may_fall_back(&asked[0], first).await {
					progress.say("the patient's own guardians did not answer: asking the consortium's".to_owned());
					match self.ask(true).await {
						Ok(next) => {
							asked.push(next);
							continue;
						}
						Err(error) if all_over => return Err(error),
						Err(error) => {
							progress.say(format!("the consortium's guardians cannot be asked yet: {error}"));
							tokio::time::sleep(POLL * 10).await;
							continue;
						}
					}
				}
			}
			if active.is_some() || all_over {
				let chosen = active.unwrap_or(asked.len() - 1);
				return self.settle(asked, views, chosen).await;
			}
			let waited: Vec<String> = views.iter().map(approvals).collect();
			progress.say(format!("approved: {}; session {}", waited.join(" / "), short(&views[views.len() - 1].id)));
			tokio::time::sleep(POLL).await;
		}
	}

	async fn look(&self, asked: &[Asked]) -> Result<Vec<SessionView>, GatewayError> {
		let mut views = Vec::new();
		for one in asked {
			views.push(self.gateway.emergency_session(&one.answer.id).await?);
		}
		Ok(views)
	}

	/// Ends the waiting with one of the sessions: the others are taken back, and the secrets of those that are over wiped.
	async fn settle(
		&self,
		mut asked: Vec<Asked>,
		mut views: Vec<SessionView>,
		chosen: usize,
	) -> Result<Outcome, CliError> {
		let fell_back_from = (chosen > 0).then(|| views[0].id);
		let sessions = Sessions::of(self.context);
		for (number, view) in views.iter().enumerate() {
			if is_over(view.status) {
				sessions.wipe(&sessions.load(&view.id)?)?;
			} else if number != chosen {
				self.take_back(&view.id).await;
			}
		}
		let (asked, view) = (asked.swap_remove(chosen), views.swap_remove(chosen));
		Ok(Outcome { asked, view, fell_back_from })
	}

	/// Whether the time is over that the patient's own guardians have, by this machine's clock and then by the chain's.
	async fn may_fall_back(&self, asked: &Asked, view: &SessionView) -> bool {
		let Some(wait) = asked.fall_back_after else { return false };
		let waits = matches!(view.status, EmergencyStatus::Requested | EmergencyStatus::Expired);
		let at = view.requested_at.saturating_add(wait);
		waits && salus_client::now() >= at && self.chain.now().await.is_ok_and(|now| now >= at)
	}

	/// Takes the request back that is not needed any more. It is no harm when that fails: it runs out by itself.
	async fn take_back(&self, id: &EmergencyRequestId) {
		let act = SessionAct { reason: "other guardians approved first".to_owned() };
		if self.gateway.cancel_emergency(id, &act).await.is_ok() {
			let sessions = Sessions::of(self.context);
			// The next `salus emergency sessions` wipes what could not be wiped now.
			let _ = sessions.load(id).and_then(|notes| sessions.wipe(&notes));
		}
	}
}

/// Codes of gateways after which nothing of the request is on its way any more.
fn is_final(code: &str) -> bool {
	!matches!(code, codes::INTERNAL | codes::NODE_UNREACHABLE | codes::PEER_UNREACHABLE | codes::HEAD_TOO_OLD)
}

/// Whether somebody else used the envelope up between the look at the chain and the request.
fn is_taken(error: &GatewayError) -> bool {
	matches!(error, GatewayError::Refused { error, .. }
		if error.error == codes::CHAIN_REFUSED && error.message.contains("EnvelopeConsumed"))
}

/// Whether asking again in a moment can help.
pub fn is_passing(error: &GatewayError) -> bool {
	match error {
		GatewayError::Unreachable { .. } => true,
		error => error.code().is_some_and(|code| {
			matches!(code, codes::NODE_UNREACHABLE | codes::HEAD_TOO_OLD | codes::PEER_UNREACHABLE | codes::TOO_MANY)
		}),
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use clap::Parser;
	use salus_client::wire::ApiError;

	#[derive(Parser)]
	struct Line {
		#[command(flatten)]
		request: Request,
	}

	fn parse(words: &[&str]) -> Result<Request, clap::Error> {
		Line::try_parse_from(["x"].iter().chain(words)).map(|line| line.request)
	}

	const WORDS: [&str; 4] = ["--reason", "unconscious", "--encounter", "E-1"];

	fn with(words: &[&str]) -> Result<Request, clap::Error> {
		parse(&[words, &WORDS].concat())
	}

	#[test]
	fn a_patient_is_named_by_handle_or_card() {
		let card = Card { handle: PatientHandle([7; 32]), custodian: InstitutionId(3) };
		let (handle, text) = (card.handle.to_string(), card.to_string());
		let read = |words: &[&str]| with(words).unwrap().patient.read().unwrap();
		assert_eq!(read(&[&handle]), (card.handle, None));
		assert_eq!(read(&[&handle, "--custodian", "5"]), (card.handle, Some(InstitutionId(5))));
		assert_eq!(read(&["--card", &text]), (card.handle, Some(card.custodian)));
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("card");
		fs::write(&path, format!("{text}\r\n")).unwrap();
		assert_eq!(read(&["--card-file", path.to_str().unwrap()]), (card.handle, Some(card.custodian)));
		fs::write(&path, "https://example.org").unwrap();
		assert!(with(&["--card-file", path.to_str().unwrap()]).unwrap().patient.read().is_err());
		assert!(with(&[]).is_err() && with(&[&handle, "--card", &text]).is_err());
		assert!(with(&["--card", &text[..20]]).is_err());
	}

	#[test]
	fn a_request_needs_a_reason_and_something_it_rests_on() {
		let handle = PatientHandle([7; 32]).to_string();
		assert!(parse(&[&handle, "--reason", "x"]).is_err());
		assert!(parse(&[&handle, "--encounter", "x"]).is_err());
		assert!(parse(&[&handle, "--reason", "x", "--encounter", "1", "--evidence", "y"]).is_err());
		let words = |line: &[&str]| parse(&[&[handle.as_str()], line].concat()).unwrap().words.words(None);
		assert!(words(&["--reason", " ", "--encounter", "1"]).is_err());
		assert!(words(&["--reason", "x", "--evidence", ""]).is_err());
		assert!(words(&["--reason", &"x".repeat(MAX_EMERGENCY_TEXT + 1), "--evidence", "y"]).is_err());
		let good = words(&["--reason", "fall", "--evidence", "found at the station"]).unwrap();
		assert_eq!(good.evidence, EmergencyEvidence::Words("found at the station".into()));
	}

	#[test]
	fn only_a_lost_race_for_an_envelope_is_tried_again() {
		let refused = |code: &str, message: &str| GatewayError::Refused {
			status: codes::http_status(code),
			error: ApiError::new(code, message, "w"),
		};
		assert!(is_taken(&refused(codes::CHAIN_REFUSED, "EmergencyAccess.EnvelopeConsumed: used")));
		assert!(!is_taken(&refused(codes::CHAIN_REFUSED, "EmergencyAccess.OwnPatient: own")));
		assert!(!is_taken(&refused(codes::CONFLICT, "EnvelopeConsumed")));
	}

	#[test]
	fn what_the_custodian_is_about_to_mend_is_waited_for() {
		let again = |error, epoch| matches!(no_envelope(error, epoch), NotAsked::InAMoment(_));
		assert!(again(NoEnvelope::AllUsed, 0) && again(NoEnvelope::OldEpoch, 3) && again(NoEnvelope::NothingSealed, 1));
		assert!(!again(NoEnvelope::NothingSealed, 0) && !again(NoEnvelope::CommitteeNotUsable, 1));
		let NotAsked::AtAll(finding) = no_envelope(NoEnvelope::NotCommitted, 1) else { panic!("not tried again") };
		assert_eq!(finding.exit_code(), crate::cli::error::FINDING);
	}

	#[test]
	fn a_request_that_may_still_come_through_is_not_forgotten() {
		for code in [codes::INTERNAL, codes::NODE_UNREACHABLE, codes::HEAD_TOO_OLD] {
			assert!(!is_final(code), "{code}");
		}
		for code in [codes::CHAIN_REFUSED, codes::NOT_ENTITLED, codes::BAD_REQUEST, codes::TOO_MANY] {
			assert!(is_final(code), "{code}");
		}
	}
}

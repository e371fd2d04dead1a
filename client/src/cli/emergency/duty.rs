//! `salus emergency duty`: people decide for a guardian hospital.

use super::{
	notes::Practitioner,
	words::{drill_mark, statement_lines, tier_name},
};
use crate::cli::{
	context::Context,
	error::CliError,
	output::{moment, plain, short, Report},
};
use clap::Subcommand;
use salus_client::{
	primitives::EmergencyRequestId,
	wire::emergency::{Decision, DutyCase, DutyStatement, Vote},
};

/// Commands of duty officers.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
	/// List the requests that wait for a person of this hospital
	List,
	/// Give the hospital's key share for a request
	Approve {
		/// The session
		id: EmergencyRequestId,
		/// Why, in your words; the patient will read it
		#[arg(long)]
		reason: String,
	},
	/// Vote against a request
	Reject {
		/// The session
		id: EmergencyRequestId,
		/// Why, in your words; the patient will read it
		#[arg(long)]
		reason: String,
	},
	/// Confirm that the patient contradicts a session: enough guardians who do stop it
	Stop {
		/// The session
		id: EmergencyRequestId,
		/// Why, in your words; the patient will read it
		#[arg(long)]
		reason: String,
	},
}

/// Runs a command.
pub async fn run(context: &Context, command: Command) -> Result<Report, CliError> {
	match command {
		Command::List => list(context).await,
		Command::Approve { id, reason } => decide(context, id, Decision::Approve, reason).await,
		Command::Reject { id, reason } => decide(context, id, Decision::Reject, reason).await,
		Command::Stop { id, reason } => decide(context, id, Decision::Stop, reason).await,
	}
}

async fn list(context: &Context) -> Result<Report, CliError> {
	let practitioner = Practitioner::unlock(context)?;
	let gateway = context.gateway(practitioner.key.http_signer()).await?;
	let list = gateway.duty().await?;
	let text = match list.cases.is_empty() {
		true => "Nothing waits for a person.".to_owned(),
		false => list.cases.iter().map(case_words).collect::<Vec<_>>().join("\n\n"),
	};
	Report::new(&list, text)
}

fn case_words(case: &DutyCase) -> String {
	let session = &case.session;
	let mut lines = vec![
		("By", plain(&case.institution_name)),
		("Tier", tier_name(session.tier).to_owned()),
		("Asked", format!("{}; answer until {}", moment(session.requested_at), moment(session.expires_at))),
		("For you", plain(&case.why)),
	];
	match &case.request {
		Some(request) => {
			lines.push(("Who", short(&request.statement.practitioner)));
			lines.extend(statement_lines(&request.statement));
		}
		None => lines
			.push(("Why", "the words behind the request have not arrived, or are not the committed ones".to_owned())),
	}
	let of = |wanted: Vote| case.votes.iter().filter(|vote| vote.vote == wanted).count();
	lines.push((
		"So far",
		format!("{} of {} approved, {} refused", of(Vote::Approved), session.required, of(Vote::Rejected)),
	));
	let lines: Vec<String> = lines.into_iter().map(|(label, text)| format!("  {label:<9} {text}")).collect();
	format!("{}Session {}\n{}", drill_mark(session.drill), session.id, lines.join("\n"))
}

async fn decide(
	context: &Context,
	id: EmergencyRequestId,
	decision: Decision,
	reason: String,
) -> Result<Report, CliError> {
	if reason.trim().is_empty() {
		return Err(CliError::Usage("a reason is needed: the patient reads it".to_owned()));
	}
	let practitioner = Practitioner::unlock(context)?;
	let gateway = context.gateway(practitioner.key.http_signer()).await?;
	let genesis = gateway.status().await?.genesis;
	let waiting = gateway.duty().await?.cases.into_iter().find(|case| case.session.id == id);
	let case = waiting.ok_or_else(|| {
		CliError::NotThere(format!(
			"session {} does not wait for a person here; `salus emergency duty list` shows those that do",
			short(&id)
		))
	})?;
	let statement = DutyStatement {
		practitioner: practitioner.key.id,
		id,
		handle: case.session.handle,
		decision,
		reason,
		at: salus_client::now(),
	};
	let progress = context.waiting("waiting for finality");
	let recorded = gateway.decide_duty(&id, &statement.sign(&genesis.0, practitioner.key.signing_key())).await?;
	drop(progress);
	let done = match recorded.decision {
		Decision::Approve => "This hospital's key share was given",
		Decision::Reject => "This hospital voted against it",
		Decision::Stop => "This hospital confirmed the patient's dispute",
	};
	let text = format!("{}{done} (block {}).", drill_mark(case.session.drill), recorded.block.number);
	Report::new(&recorded, text)
}

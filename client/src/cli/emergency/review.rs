//! `salus emergency reviews` and `report`: privacy officers of the custodian look back.

use super::{
	notes::Practitioner,
	words::{approvals, drill_mark, status_mark, tier_name, verdict, verdict_name},
};
use crate::cli::{
	context::Context,
	error::CliError,
	output::{mark, moment, plain, short, table, Report},
};
use clap::Subcommand;
use salus_client::{
	primitives::{EmergencyRequestId, ReviewVerdict},
	wire::emergency::{ReviewForm, ReviewItem},
};

/// Commands about reviews.
#[derive(Clone, Debug, Subcommand)]
pub enum Command {
	/// List the sessions that wait for a verdict
	List,
	/// Give a verdict
	Decide {
		/// The session
		id: EmergencyRequestId,
		/// justified, unjustified or inconclusive
		#[arg(long, value_parser = verdict, value_name = "VERDICT")]
		verdict: ReviewVerdict,
		/// Why, in your words; the patient will read it
		#[arg(long)]
		reason: String,
	},
}

/// Runs a command.
pub async fn run(context: &Context, command: Command) -> Result<Report, CliError> {
	match command {
		Command::List => show(context, false).await,
		Command::Decide { id, verdict, reason } => decide(context, id, ReviewForm { verdict, reason }).await,
	}
}

/// `salus emergency report`.
pub async fn report(context: &Context) -> Result<Report, CliError> {
	show(context, true).await
}

async fn show(context: &Context, all: bool) -> Result<Report, CliError> {
	let practitioner = Practitioner::unlock(context)?;
	let gateway = context.gateway(practitioner.key.http_signer()).await?;
	let reviews = gateway.emergency_reviews(all).await?;
	let rows = reviews.reviews.iter().map(row);
	let header = ["Asked", "Session", "Patient", "By", "Why", "Tier", "Approved", "State", "Read", "Review"];
	let overdue = reviews.reviews.iter().filter(|item| item.session.overdue).count();
	let late = match overdue {
		0 => String::new(),
		count => mark(false, &format!("\n{count} overdue: each adds an approval to the requester's next requests.")),
	};
	let text = format!("{}{late}", table(header, rows));
	Report::new(&reviews, text)
}

fn row(item: &ReviewItem) -> [String; 10] {
	let session = &item.session;
	let who = item.statement.as_ref().map(|statement| statement.practitioner).or(session.practitioner);
	let who = who.map(|id| format!(", {}", short(&id))).unwrap_or_default();
	let why = match &item.statement {
		Some(statement) => {
			let caller =
				statement.caller.as_ref().map(|caller| format!("; called by {}", plain(caller))).unwrap_or_default();
			format!("{} ({}){caller}", plain(&statement.reason), plain(&statement.evidence.to_string()))
		}
		None => mark(false, "the requester has not opened its request"),
	};
	let disputed = if session.disputed { mark(false, ", disputed") } else { String::new() };
	let review = match (session.verdict, session.overdue, session.review_due) {
		(Some(verdict), ..) => mark(verdict == ReviewVerdict::Justified, verdict_name(verdict)),
		(None, true, _) => mark(false, "overdue"),
		(None, false, Some(due)) => format!("due {}", moment(due)),
		(None, false, None) => String::new(),
	};
	[
		moment(session.requested_at),
		format!("{}{}", drill_mark(session.drill), session.id),
		short(&session.handle),
		format!("{}{who}", plain(&session.institution_name)),
		why,
		tier_name(session.tier).to_owned(),
		approvals(session),
		format!("{}{disputed}", status_mark(session.status)),
		match item.released_at.len() {
			0 => "no".to_owned(),
			times => format!("{times}×"),
		},
		review,
	]
}

async fn decide(context: &Context, id: EmergencyRequestId, form: ReviewForm) -> Result<Report, CliError> {
	if form.reason.trim().is_empty() {
		return Err(CliError::Usage("a reason is needed: the patient reads it".to_owned()));
	}
	let practitioner = Practitioner::unlock(context)?;
	let gateway = context.gateway(practitioner.key.http_signer()).await?;
	let _progress = context.waiting("waiting for finality");
	let reviewed = gateway.review_emergency(&id, &form).await?;
	let text = format!(
		"Session {} was reviewed as {} (block {}). The patient and the requester are told.",
		short(&id),
		verdict_name(reviewed.verdict),
		reviewed.block.number
	);
	Report::new(&reviewed, text)
}

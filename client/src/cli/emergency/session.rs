//! `salus emergency close`, `cancel` and `sessions`.

use super::{
	notes::{Held, Practitioner, SessionNotes, Sessions},
	words::{drill_mark, is_over, status_mark, status_name, tier_name},
};
use crate::cli::{
	context::Context,
	error::{CliError, EMPTY},
	output::{moment, short, table, Report},
};
use clap::Args;
use salus_client::{
	primitives::{EmergencyRequestId, Moment, MINUTE},
	wire::emergency::{EmergencyClosed, SessionAct},
};
use salus_runtime_api::EmergencyStatus;
use serde_json::json;

/// After how long a request that is not on chain will not get there any more: transactions live for about two minutes.
const NEVER_CAME: Moment = 10 * MINUTE;

/// The end of a session.
#[derive(Clone, Debug, Args)]
pub struct End {
	/// The session; the newest one of this machine unless given
	id: Option<EmergencyRequestId>,
	/// Why, in your words; the patient will read it
	#[arg(long, default_value = "no longer needed")]
	reason: String,
}

/// `salus emergency close`.
pub async fn close(context: &Context, end: End) -> Result<Report, CliError> {
	finish(context, end, EmergencyStatus::Active).await
}

/// `salus emergency cancel`.
pub async fn cancel(context: &Context, end: End) -> Result<Report, CliError> {
	finish(context, end, EmergencyStatus::Requested).await
}

/// Ends a session that is in this state, and wipes its secrets. One that is over already is only wiped.
async fn finish(context: &Context, end: End, expected: EmergencyStatus) -> Result<Report, CliError> {
	let sessions = Sessions::of(context);
	let notes = sessions.meant(context, end.id)?;
	let practitioner = Practitioner::of(context, &notes)?;
	let gateway = context.gateway(practitioner.key.http_signer()).await?;
	let id = notes.facts.id;
	let view = gateway.emergency_session(&id).await?;
	let drill = drill_mark(view.drill);
	if is_over(view.status) {
		sessions.wipe(&notes)?;
		let text = format!(
			"{drill}Session {} was over already: {}. Its secrets were wiped here.",
			short(&id),
			status_name(view.status)
		);
		let report = Report::new(&json!({ "id": id, "block": null, "status": view.status, "wiped": true }), text)?;
		return Ok(report.with_exit(EMPTY));
	}
	if view.status != expected {
		let other = match view.status {
			EmergencyStatus::Active => "it is active: end it with `salus emergency close`",
			_ => "it waits for the guardians: take it back with `salus emergency cancel`",
		};
		return Err(CliError::Usage(format!("session {}: {other}", short(&id))));
	}
	let progress = context.waiting("waiting for finality");
	let act = SessionAct { reason: end.reason };
	let EmergencyClosed { block, .. } = match expected {
		EmergencyStatus::Active => gateway.close_emergency(&id, &act).await?,
		_ => gateway.cancel_emergency(&id, &act).await?,
	};
	drop(progress);
	sessions.wipe(&notes)?;
	let (status, done) = match expected {
		EmergencyStatus::Active => (EmergencyStatus::Closed, "is closed; the patient's keys are being renewed"),
		_ => (EmergencyStatus::Cancelled, "was taken back"),
	};
	let text = format!("{drill}Session {} {done} (block {}). Its secrets were wiped here.", short(&id), block.number);
	Report::new(&json!({ "id": id, "block": block, "status": status, "wiped": true }), text)
}

/// `salus emergency sessions`: the sessions of this machine as the chain has them. Wipes the secrets of those that are over.
pub async fn list(context: &Context) -> Result<Report, CliError> {
	let sessions = Sessions::of(context);
	let chain = context.chain().await?;
	let mut listed = Vec::new();
	for mut notes in sessions.all()? {
		let found = chain.emergency_session(&notes.facts.id).await?;
		let is_done = match &found {
			Some(session) => is_over(session.status),
			None => salus_client::now().saturating_sub(notes.since) > NEVER_CAME,
		};
		if is_done && notes.held != Held::Nothing {
			sessions.wipe(&notes)?;
			notes.held = Held::Nothing;
		}
		listed.push((notes, found));
	}
	let rows = listed.iter().map(|(notes, found)| {
		let status = found.as_ref().map_or("not on chain".to_owned(), |session| status_mark(session.status));
		let parts = found.as_ref().map(|session| format!("{} of {}", session.parts.len(), session.required));
		[
			format!("{}{}", drill_mark(notes.facts.target.drill), short(&notes.facts.id)),
			short(&notes.facts.handle),
			tier_name(notes.facts.tier).to_owned(),
			moment(notes.since),
			status,
			parts.unwrap_or_default(),
			held_words(notes),
		]
	});
	let text = table(["Session", "Handle", "Tier", "Since", "State", "Approved", "Secrets"], rows);
	let json: Vec<_> = listed
		.iter()
		.map(|(notes, found)| {
			json!({
				"id": notes.facts.id, "handle": notes.facts.handle, "custodian": notes.facts.custodian, "tier": notes.facts.tier,
				"drill": notes.facts.target.drill, "identity": notes.identity, "since": notes.since, "held": notes.held, "session": found,
			})
		})
		.collect();
	Report::new(&json!({ "sessions": json }), text)
}

fn held_words(notes: &SessionNotes) -> String {
	match notes.held {
		Held::Secrets => "here".to_owned(),
		Held::HandedTo(practitioner) => format!("here, and given to {}", short(&practitioner)),
		Held::Nothing => "wiped".to_owned(),
	}
}

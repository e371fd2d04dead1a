//! `salus emergency drill`: the whole of a night on test data.

use super::{
	notes::{Practitioner, Sessions},
	open::open,
	request::{Asker, PatientArguments},
	words::{approvals, tier, tier_name, DRILL},
};
use crate::cli::{
	context::Context,
	error::{CliError, FAILED},
	output::{mark, table, Report},
};
use clap::Args;
use salus_client::{
	emergency::request::Words,
	primitives::EmergencyTier,
	wire::emergency::{EmergencyEvidence, SessionAct},
};
use serde_json::json;
use std::time::{Duration, Instant};

/// A drill.
#[derive(Clone, Debug, Args)]
pub struct Drill {
	#[command(flatten)]
	patient: PatientArguments,
	/// summary or wider
	#[arg(long, value_parser = tier, default_value = "summary", value_name = "TIER")]
	tier: EmergencyTier,
}

/// Runs the command.
pub async fn run(context: &Context, arguments: Drill) -> Result<Report, CliError> {
	let practitioner = Practitioner::unlock(context)?;
	let chain = context.chain().await?;
	let (handle, custodian) = arguments.patient.find(chain).await?;
	let tier = arguments.tier;
	// Before anything is asked: a drill on a patient would be an emergency without need.
	if !chain.emergency_scope(&handle, tier).await?.drill {
		return Err(CliError::Usage(format!(
			"{handle} is no registered test patient: the custodian has not sealed it for drills"
		)));
	}
	let gateway = context.gateway(practitioner.key.http_signer()).await?;
	let evidence = EmergencyEvidence::Words(DRILL.to_owned());
	let words = Words { evidence, reason: format!("{DRILL}: run of the emergency path on test data"), caller: None };
	let asker = Asker { context, chain, gateway, practitioner, handle, custodian, tier, words };

	let begun = Instant::now();
	let outcome = asker.ask_and_wait(false).await?;
	if !outcome.is_active() {
		return Ok(outcome.report()?.with_exit(FAILED));
	}
	let active = begun.elapsed();
	let sessions = Sessions::of(context);
	let notes = sessions.load(&outcome.view.id)?;
	let opened = open(&sessions, &asker.gateway, &notes, &asker.practitioner).await;
	let read = begun.elapsed();
	let act = SessionAct { reason: format!("{DRILL} is over") };
	let closed = asker.gateway.close_emergency(&outcome.view.id, &act).await?;
	sessions.wipe(&notes)?;
	let over = begun.elapsed();
	// Closed whatever became of it.
	let opened = opened?;

	let steps = [("approved", active), ("record open", read - active), ("session closed", over - read)];
	let rows = steps.iter().map(|(step, took)| [(*step).to_owned(), milliseconds(*took).to_string()]);
	let text = format!(
		"{} {}: {} of test patient {handle}\nSession {}, approved by {}, {} lines read, closed in block {}.\n{}",
		mark(true, DRILL),
		mark(true, "passed"),
		tier_name(tier),
		outcome.view.id,
		approvals(&outcome.view),
		opened.rows.len(),
		closed.block.number,
		table(["Step", "ms"], rows)
	);
	let json = json!({
		"drill": true, "id": outcome.view.id, "handle": handle, "custodian": custodian, "tier": tier, "required": outcome.view.required,
		"approved": outcome.view.parts.len(), "rows": opened.rows.len(), "closed": closed.block,
		"ms": { "active": milliseconds(active), "open": milliseconds(read - active), "close": milliseconds(over - read) },
	});
	Report::new(&json, text)
}

fn milliseconds(took: Duration) -> u64 {
	u64::try_from(took.as_millis()).unwrap_or(u64::MAX)
}

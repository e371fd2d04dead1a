//! `salus emergency suspend`: a patient stands before another institution and wants a session stopped.

use super::{notes::Practitioner, words::status_name};
use crate::cli::{
	context::Context,
	error::CliError,
	output::{short, Report},
};
use clap::Args;
use salus_client::{primitives::EmergencyRequestId, wire::emergency::SuspensionForm};
use salus_runtime_api::EmergencyStatus;

/// A suspension.
#[derive(Clone, Debug, Args)]
pub struct Suspend {
	/// The session
	id: EmergencyRequestId,
	/// How you know that the patient is with you
	#[arg(long, value_name = "WORDS")]
	evidence: String,
	/// What the patient says; the patient will read it
	#[arg(long, value_name = "WORDS")]
	reason: String,
}

/// Runs it.
pub async fn run(context: &Context, arguments: Suspend) -> Result<Report, CliError> {
	let Suspend { id, evidence, reason } = arguments;
	if evidence.trim().is_empty() || reason.trim().is_empty() {
		return Err(CliError::Usage("evidence and reason are needed: the patient reads them".to_owned()));
	}
	let practitioner = Practitioner::unlock(context)?;
	let gateway = context.gateway(practitioner.key.http_signer()).await?;
	let progress = context.waiting("waiting for finality");
	let recorded = gateway.suspend_emergency(&id, &SuspensionForm { evidence, reason }).await?;
	drop(progress);
	let (id, block) = (short(&id), recorded.block.number);
	let text = match recorded.status {
		EmergencyStatus::Suspended => format!("Session {id} was stopped (block {block})."),
		status => format!(
			"It stands on chain that the patient is with you (block {block}). Session {id} goes on ({}): another guardian has to \
			 confirm, because this institution has stopped as many today as it may alone.",
			status_name(status)
		),
	};
	Report::new(&recorded, text)
}

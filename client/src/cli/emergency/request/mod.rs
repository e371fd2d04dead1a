//! `salus emergency request`.

mod arguments;
mod asking;
mod waiting;

pub use arguments::{PatientArguments, WordArguments};
pub use asking::{Asked, Asker};

use super::{
	notes::Practitioner,
	words::{drill_mark, tier},
};
use crate::cli::{
	context::Context,
	error::CliError,
	output::{moment, Report},
};
use clap::Args;
use salus_client::{gateway::GatewayError, primitives::EmergencyTier, wire::codes};

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

/// Whether asking again in a moment can help.
pub fn is_passing(error: &GatewayError) -> bool {
	match error {
		GatewayError::Unreachable { .. } => true,
		error => error.code().is_some_and(|code| {
			matches!(code, codes::NODE_UNREACHABLE | codes::HEAD_TOO_OLD | codes::PEER_UNREACHABLE | codes::TOO_MANY)
		}),
	}
}

//! `salus emergency find`.

use crate::cli::{
	context::Context,
	error::CliError,
	output::{table, Report},
};
use clap::Args;
use salus_client::wire::{PatientsFound, PersonSought};
use serde_json::json;

/// Whom to find.
#[derive(Clone, Debug, Args)]
pub struct Find {
	/// Family name. Case, accents, blanks and hyphens do not count
	#[arg(long)]
	family: String,
	/// Given name: the first, or all of them
	#[arg(long)]
	given: String,
	/// Date of birth
	#[arg(long, value_name = "YYYY-MM-DD")]
	birth_date: String,
	/// A number that the person is known by. Then only who has this number is found
	#[arg(long)]
	identifier: Option<String>,
	/// The person is here and gave you name and date. The patient reads in the own log that you asked
	#[arg(long, required = true)]
	present: bool,
}

/// Runs the command.
pub async fn run(context: &Context, arguments: Find) -> Result<Report, CliError> {
	let Find { family, given, birth_date, identifier, present: _ } = arguments;
	let gateway = context.gateway(context.staff_signer()?).await?;
	let progress = context.waiting("asking the institutions");
	let PatientsFound { found, unanswered } =
		gateway.find_present(&PersonSought { family, given, birth_date, identifier }).await?;
	let names = crate::cli::audit::names(context.chain().await?).await?;
	drop(progress);
	let rows = found.iter().map(|one| [names.institution(one.custodian), one.handle.to_string()]);
	let mut text = match found.is_empty() {
		true => "Nobody, or several people of that name and date. A number (--identifier) tells them apart.".to_owned(),
		false => table(["Institution", "Handle"], rows),
	};
	if !unanswered.is_empty() {
		let away: Vec<String> = unanswered.iter().map(|institution| names.institution(*institution)).collect();
		text += &format!("\nNo answer from: {}.", away.join(", "));
	}
	Report::new(&json!({ "found": found, "unanswered": unanswered }), text)
}

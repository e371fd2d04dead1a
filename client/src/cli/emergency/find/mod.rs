//! `salus emergency find`.

mod locate;

use crate::cli::{
	context::Context,
	error::CliError,
	output::{table, Report},
};
use clap::{ArgGroup, Args};
use salus_client::wire::{emergency::EmergencyEvidence, FoundPatient, PatientsFound, PersonSought};
use serde_json::json;

/// Shown by `salus emergency find --help`.
const EXAMPLES: &str = "\
Examples:
  salus emergency find --family Rossi --given Ada --birth-date 1961-02-03 --present
  salus emergency find --family Rossi --given Ada --birth-date 1961-02-03 --locate --because \"unconscious after a fall\" --encounter E-4711

--present, by a registrar, asks every institution; each reads the name. --locate, by staff authorised for emergencies, asks guardians: the name
does not leave this machine, k of them evaluate it blindly, and each keeps that you asked, and why. Who is found may still be another person of
that name and date: compare before you ask for a record.";

/// Whom to find.
#[derive(Clone, Debug, Args)]
#[command(
	after_help = EXAMPLES,
	group(ArgGroup::new("how").required(true).args(["present", "locate"])),
	group(ArgGroup::new("basis").args(["encounter", "evidence"]))
)]
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
	#[arg(long, conflicts_with = "locate")]
	identifier: Option<String>,
	/// The person is here and gave you name and date. The patient reads in the own log that you asked
	#[arg(long)]
	present: bool,
	/// The person cannot speak, and papers or relatives gave you name and date
	#[arg(long, requires = "because", requires = "basis")]
	locate: bool,
	/// With --locate: why, in your words and without the name; guardians and auditors read it
	#[arg(long, value_name = "WORDS", requires = "locate")]
	because: Option<String>,
	/// With --locate: number of the encounter or dispatch in your own system
	#[arg(long, value_name = "NUMBER", requires = "locate")]
	encounter: Option<String>,
	/// With --locate: what it rests on in words, where there is no number yet
	#[arg(long, value_name = "TEXT", requires = "locate")]
	evidence: Option<String>,
}

/// Runs the command.
pub async fn run(context: &Context, arguments: Find) -> Result<Report, CliError> {
	let Find { family, given, birth_date, identifier, locate, because, encounter, evidence, .. } = arguments;
	let person = PersonSought { family, given, birth_date, identifier };
	if !locate {
		return present(context, person).await;
	}
	let evidence = match encounter {
		Some(number) => EmergencyEvidence::Encounter(number),
		None => EmergencyEvidence::Words(evidence.unwrap_or_default()),
	};
	locate::run(context, &person, because.unwrap_or_default(), evidence).await
}

async fn present(context: &Context, person: PersonSought) -> Result<Report, CliError> {
	let gateway = context.gateway(context.staff_signer()?).await?;
	let progress = context.waiting("asking the institutions");
	let PatientsFound { found, unanswered } = gateway.find_present(&person).await?;
	let names = crate::cli::audit::names(context.chain().await?).await?;
	drop(progress);
	let mut text = match found.is_empty() {
		true => "Nobody, or several people of that name and date. A number (--identifier) tells them apart.".to_owned(),
		false => patients(&found, &names),
	};
	if !unanswered.is_empty() {
		let away: Vec<String> = unanswered.iter().map(|institution| names.institution(*institution)).collect();
		text += &format!("\nNo answer from: {}.", away.join(", "));
	}
	Report::new(&json!({ "found": found, "unanswered": unanswered }), text)
}

/// Who was found, as a table.
fn patients(found: &[FoundPatient], names: &salus_client::audit::Names) -> String {
	let rows = found.iter().map(|one| [names.institution(one.custodian), one.handle.to_string()]);
	table(["Institution", "Handle"], rows)
}

#[cfg(test)]
mod tests {
	use super::*;
	use clap::Parser;

	#[derive(Parser)]
	struct Line {
		#[command(flatten)]
		find: Find,
	}

	fn parse(words: &str) -> Result<Find, clap::Error> {
		let person = "x --family Rossi --given Ada --birth-date 1961-02-03";
		Line::try_parse_from(person.split(' ').chain(words.split_whitespace())).map(|line| line.find)
	}

	#[test]
	fn a_patient_is_found_in_one_of_two_ways() {
		assert!(parse("--present").is_ok_and(|find| !find.locate));
		assert!(parse("--locate --because fall --encounter E-1").is_ok_and(|find| find.locate));
		assert!(parse("--locate --because fall --evidence found").is_ok_and(|find| find.locate));
		for wrong in [
			"",
			"--present --locate --because fall --encounter E-1",
			"--locate",
			"--locate --because fall",
			"--locate --encounter E-1",
			"--locate --because fall --encounter E-1 --evidence found",
			"--locate --because fall --encounter E-1 --identifier 7",
			"--present --because fall",
			"--present --encounter E-1",
		] {
			assert!(parse(wrong).is_err(), "{wrong}");
		}
	}
}

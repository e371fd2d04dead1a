//! Which patient, and why.

use crate::cli::error::CliError;
use clap::Args;
use salus_client::{
	chain::Chain,
	emergency::{card::Card, request::Words},
	primitives::{InstitutionId, PatientHandle},
	wire::emergency::{EmergencyEvidence, MAX_EMERGENCY_TEXT},
};
use salus_runtime_api::HandleStatus;
use std::{fs, path::PathBuf};

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

#[cfg(test)]
mod tests {
	use super::*;
	use clap::Parser;

	#[derive(Parser)]
	struct Line {
		#[command(flatten)]
		patient: PatientArguments,
		#[command(flatten)]
		words: WordArguments,
	}

	fn parse(words: &[&str]) -> Result<Line, clap::Error> {
		Line::try_parse_from(["x"].iter().chain(words))
	}

	const WORDS: [&str; 4] = ["--reason", "unconscious", "--encounter", "E-1"];

	fn with(words: &[&str]) -> Result<Line, clap::Error> {
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
}

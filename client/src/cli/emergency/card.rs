//! `salus emergency card`.

use crate::cli::{
	context::Context,
	error::CliError,
	output::{plain, Report},
	state::write_private_text,
};
use clap::Args;
use salus_client::{emergency::card::Card, primitives::PatientHandle};
use serde_json::json;
use std::path::PathBuf;

/// Letters of a card's groups: what an eye takes in at once.
const GROUP: usize = 8;

/// A card.
#[derive(Clone, Debug, Args)]
pub struct CardArguments {
	/// Your handle
	handle: PatientHandle,
	/// File for the card's text
	#[arg(long, short, value_name = "FILE")]
	out: Option<PathBuf>,
	/// File for the card's QR code, an SVG image to print: a scanner gives the text that `request --card` takes
	#[arg(long, value_name = "FILE")]
	qr: Option<PathBuf>,
}

/// Runs the command.
pub async fn run(context: &Context, arguments: CardArguments) -> Result<Report, CliError> {
	let handle = arguments.handle;
	let chain = context.chain().await?;
	let info = chain.handle(&handle).await?;
	let info = info.ok_or_else(|| CliError::NotThere(format!("the chain has no handle {handle}")))?;
	let institution = chain.institution(info.custodian).await?.map(|info| info.name).unwrap_or_default();
	let card = Card { handle, custodian: info.custodian };
	if let Some(path) = &arguments.out {
		write_private_text(path, &card.to_string())?;
	}
	if let Some(path) = &arguments.qr {
		write_private_text(path, &card.to_svg())?;
	}
	let files = [&arguments.out, &arguments.qr];
	let written: String = files.into_iter().flatten().map(|path| format!("\nWritten to {}.", path.display())).collect();
	let text = format!(
		"EMERGENCY RECORD  {}\n\n{}\n\nIn an emergency: salus emergency request --card …\nRead upper and lower case; blanks do not count. \
		The card opens nothing: guardians decide about each request, and you are told.{written}",
		plain(&institution),
		grouped(&card.to_string())
	);
	let json = json!({
		"card": card.to_string(), "handle": handle, "custodian": card.custodian, "custodian_name": institution, "file": arguments.out,
		"qr_file": arguments.qr,
	});
	Report::new(&json, text)
}

/// In groups, four on a line.
fn grouped(text: &str) -> String {
	let letters: Vec<char> = text.chars().collect();
	let groups: Vec<String> = letters.chunks(GROUP).map(|group| group.iter().collect()).collect();
	let lines: Vec<String> = groups.chunks(4).map(|line| format!("    {}", line.join(" "))).collect();
	lines.join("\n")
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_client::primitives::InstitutionId;

	#[test]
	fn a_printed_card_is_read_back() {
		let card = Card { handle: PatientHandle([0x5a; 32]), custodian: InstitutionId(9) };
		assert_eq!(grouped(&card.to_string()).parse(), Ok(card));
	}
}

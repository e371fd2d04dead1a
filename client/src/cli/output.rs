//! Reports: JSON for programs, tables and sentences for people, progress on stderr.

use super::error::{CliError, OK};
use comfy_table::{presets::UTF8_HORIZONTAL_ONLY, ContentArrangement, Table, TableComponent};
use indicatif::{ProgressBar, ProgressStyle};
use owo_colors::OwoColorize;
use salus_client::primitives::Moment;
use serde::Serialize;
use serde_json::{json, Value};
use std::{
	io::{self, IsTerminal, Write},
	time::Duration,
};
use time::{format_description::BorrowedFormatItem, macros::format_description, OffsetDateTime};

/// What a command found out.
#[derive(Debug)]
pub struct Report {
	json: Value,
	text: String,
	exit: u8,
}

impl Report {
	/// A report that ends with code 0.
	pub fn new(json: &impl Serialize, text: impl Into<String>) -> Result<Self, CliError> {
		let json = serde_json::to_value(json).map_err(|error| CliError::Failed(error.to_string()))?;
		Ok(Self { json, text: text.into(), exit: OK })
	}

	/// Adds a report of the same kind to the list under `key`; it ends with the worse code of the two.
	pub fn with_part(mut self, key: &str, title: &str, part: Self) -> Self {
		if let Some(parts) = self.json.as_object_mut().map(|json| json.entry(key).or_insert_with(|| json!([]))) {
			parts.as_array_mut().into_iter().for_each(|parts| parts.push(part.json.clone()));
		}
		self.text += &format!("\n\n{title}\n{}", part.text);
		self.exit = self.exit.max(part.exit);
		self
	}

	/// Another exit code.
	pub fn with_exit(mut self, exit: u8) -> Self {
		self.exit = exit;
		self
	}
}

/// Writes reports.
#[derive(Clone, Copy, Debug)]
pub struct Printer {
	json: bool,
}

impl Printer {
	/// As JSON or for people.
	pub fn new(json: bool) -> Self {
		Self { json }
	}

	/// Prints a report on stdout; tells the exit code.
	pub fn report(self, report: &Report) -> u8 {
		let text = match self.json {
			true => format!("{:#}\n", report.json),
			false if report.text.is_empty() => String::new(),
			false => format!("{}\n", report.text.trim_end()),
		};
		// A reader that closed the pipe has seen enough; there is nobody left to tell.
		io::stdout().write_all(text.as_bytes()).map_or(report.exit, |()| report.exit)
	}

	/// Prints an error on stderr; tells the exit code.
	pub fn error(self, error: &CliError) -> u8 {
		let exit = error.exit_code();
		if self.json {
			eprintln!("{:#}", json!({ "error": error.code(), "message": error.to_string(), "exit": exit }));
		} else if colours(&io::stderr()) {
			eprintln!("{} {error}", "error:".red().bold());
		} else {
			eprintln!("error: {error}");
		}
		exit
	}
}

/// Says something at once, in a command that goes on: a line for people, or one JSON value on a line.
pub fn emit(json: bool, value: &impl Serialize, text: &str) -> Result<(), CliError> {
	let line = match json {
		true => serde_json::to_string(value).map_err(|error| CliError::Failed(error.to_string()))?,
		false => text.to_owned(),
	};
	let mut stdout = io::stdout();
	writeln!(stdout, "{line}")
		.and_then(|()| stdout.flush())
		.map_err(|error| CliError::Failed(format!("the output is closed: {error}")))
}

/// Whether a stream shows colours: a terminal, and nobody asked for none.
fn colours(stream: &impl IsTerminal) -> bool {
	stream.is_terminal() && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
}

/// Green for good, red for bad, on terminals.
pub fn mark(good: bool, text: &str) -> String {
	match (colours(&io::stdout()), good) {
		(false, _) => text.to_owned(),
		(true, true) => text.green().to_string(),
		(true, false) => text.red().bold().to_string(),
	}
}

/// A table for people.
pub fn table<const N: usize>(header: [&str; N], rows: impl IntoIterator<Item = [String; N]>) -> String {
	let mut table = Table::new();
	table
		.load_preset(UTF8_HORIZONTAL_ONLY)
		.remove_style(TableComponent::HorizontalLines)
		.remove_style(TableComponent::MiddleIntersections)
		.set_content_arrangement(ContentArrangement::Dynamic);
	table.set_header(header);
	let mut any = false;
	for row in rows {
		table.add_row(row);
		any = true;
	}
	match any {
		true => table.to_string(),
		false => "(none)".to_owned(),
	}
}

/// A moment in words.
pub fn moment(at: Moment) -> String {
	const FORMAT: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day] [hour]:[minute]:[second] UTC");
	i64::try_from(at / 1_000)
		.ok()
		.and_then(|seconds| OffsetDateTime::from_unix_timestamp(seconds).ok())
		.and_then(|time| time.format(FORMAT).ok())
		.unwrap_or_else(|| format!("{at} ms"))
}

/// The first digits of an identifier, for tables.
pub fn short(id: &impl ToString) -> String {
	let text = id.to_string();
	match text.char_indices().nth(12) {
		Some((end, _)) => format!("{}…", &text[..end]),
		None => text,
	}
}

/// A text of somebody else, for a terminal: without control characters, which could forge what stands around it.
pub fn plain(text: &str) -> String {
	text.chars().map(|char| if char.is_control() { ' ' } else { char }).collect()
}

/// A spinner on stderr that goes away when dropped. Invisible when stderr is no terminal.
pub struct Progress(ProgressBar);

impl Progress {
	/// Says what is waited for.
	pub fn waiting(quiet: bool, what: &str) -> Self {
		if quiet {
			return Self(ProgressBar::hidden());
		}
		let bar = ProgressBar::new_spinner().with_message(what.to_owned());
		bar.enable_steady_tick(Duration::from_millis(120));
		Self(bar)
	}

	/// Counts steps.
	pub fn counting(quiet: bool, what: &str, steps: u64) -> Self {
		if quiet {
			return Self(ProgressBar::hidden());
		}
		let bar = ProgressBar::new(steps).with_message(what.to_owned());
		if let Ok(style) = ProgressStyle::with_template("{msg} {bar:30} {pos}/{len} {eta}") {
			bar.set_style(style);
		}
		Self(bar)
	}

	/// Says what is waited for now.
	pub fn say(&self, what: String) {
		self.0.set_message(what);
	}

	/// One step done.
	pub fn step(&self) {
		self.0.inc(1);
	}
}

impl Drop for Progress {
	fn drop(&mut self) {
		self.0.finish_and_clear();
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn moments_read_as_dates() {
		assert_eq!(moment(1_600_000_000_123), "2020-09-13 12:26:40 UTC");
		assert_eq!(moment(u64::MAX), format!("{} ms", u64::MAX));
	}

	#[test]
	fn long_ids_are_cut_and_short_ones_are_not() {
		assert_eq!(short(&"0x0123456789abcdef"), "0x0123456789…");
		assert_eq!(short(&7), "7");
	}

	#[test]
	fn a_text_cannot_forge_lines() {
		assert_eq!(plain("fall\nerror: \u{1b}[2Jall is well"), "fall error:  [2Jall is well");
	}

	#[test]
	fn an_empty_table_says_so() {
		assert_eq!(table(["a"], []), "(none)");
		assert!(table(["a"], [["x".to_owned()]]).contains('x'));
	}
}

//! A request in words, and the person's answer to it.

use crate::cli::{
	emergency::words::{drill_mark, statement_lines, tier_name},
	error::CliError,
	output::{moment, plain, short},
};
use salus_client::{audit::Names, emergency::guardian::VerifiedSession};
use std::io::{self, Write};

/// An answer to a request.
pub(super) enum Answer {
	Approve,
	Reject,
	Later(String),
}

/// A request in the words that a guardian decides on.
pub(super) fn request_words(verified: &VerifiedSession, names: &Names) -> String {
	let (session, practitioner) = (verified.session(), verified.practitioner());
	let roles: Vec<String> = practitioner.roles.iter().map(|role| format!("{role:?}")).collect();
	let departments = match practitioner.departments.is_empty() {
		true => String::new(),
		false => format!(" of {}", plain(&practitioner.departments.join(", "))),
	};
	let mut lines = vec![(
		"Who",
		format!(
			"{}{departments}, {}, at {}",
			roles.join(", "),
			short(&verified.statement().practitioner),
			plain(&names.institution(session.institution))
		),
	)];
	lines.extend(statement_lines(verified.statement()));
	if session.disputed {
		lines.push(("Dispute", "the patient contradicts this request".to_owned()));
	}
	lines.push(("So far", format!("{} of {} approved", session.parts.len(), session.required)));
	lines.push(("Until", moment(session.expires_at)));
	let lines: Vec<String> = lines.into_iter().map(|(label, text)| format!("  {label:<10} {text}")).collect();
	format!(
		"\n{}Emergency request ({}), session {}\n{}",
		drill_mark(session.drill),
		tier_name(session.tier),
		session.id,
		lines.join("\n")
	)
}

/// Asks the person.
pub(super) fn ask(question: &str) -> Result<Answer, CliError> {
	let failed = |error: io::Error| CliError::Failed(format!("the answer could not be read: {error}"));
	loop {
		// Standard output is for what happened.
		eprint!("{question} [y]es, [n]o, [l]ater: ");
		io::stderr().flush().map_err(failed)?;
		let mut line = String::new();
		if io::stdin().read_line(&mut line).map_err(failed)? == 0 {
			return Ok(Answer::Later("not answered".to_owned()));
		}
		match read_answer(&line) {
			Some(answer) => return Ok(answer),
			None => eprintln!("Please answer y, n or l."),
		}
	}
}

/// A yes has to be one: everything unclear is asked again.
fn read_answer(line: &str) -> Option<Answer> {
	match line.trim().to_lowercase().as_str() {
		"y" | "yes" => Some(Answer::Approve),
		"n" | "no" => Some(Answer::Reject),
		"l" | "later" => Some(Answer::Later("put off".to_owned())),
		_ => None,
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn only_a_clear_yes_is_a_yes() {
		assert!(matches!(read_answer("y\n"), Some(Answer::Approve)));
		assert!(matches!(read_answer(" YES \n"), Some(Answer::Approve)));
		assert!(matches!(read_answer("no\n"), Some(Answer::Reject)));
		assert!(matches!(read_answer("l\n"), Some(Answer::Later(_))));
		for unclear in ["", "\n", "yy", "ye", "ok", "1", "n y"] {
			assert!(read_answer(unclear).is_none(), "{unclear:?}");
		}
	}
}

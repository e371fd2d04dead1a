//! What the checks found, in words and as JSON.

use serde::Serialize;
use std::fmt;

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Outcome {
	/// As it should be.
	Fine,
	/// A node runs, worse than it could; or it could not be found out.
	Warning,
	/// A node does not run, or harms the others.
	Fault,
}

/// One thing that was looked at.
#[derive(Debug, Serialize)]
pub(super) struct Finding {
	/// Its name, for programs.
	pub check: &'static str,
	/// How bad it is.
	pub outcome: Outcome,
	/// What is there.
	pub found: String,
	/// What to do about it.
	pub mend: Option<String>,
}

impl Finding {
	/// As it should be.
	pub(super) fn fine(check: &'static str, found: impl Into<String>) -> Self {
		Self { check, outcome: Outcome::Fine, found: found.into(), mend: None }
	}

	/// See [`Outcome::Warning`].
	pub(super) fn warning(check: &'static str, found: impl Into<String>, mend: impl Into<String>) -> Self {
		Self { check, outcome: Outcome::Warning, found: found.into(), mend: Some(mend.into()) }
	}

	/// See [`Outcome::Fault`].
	pub(super) fn fault(check: &'static str, found: impl Into<String>, mend: impl Into<String>) -> Self {
		Self { check, outcome: Outcome::Fault, found: found.into(), mend: Some(mend.into()) }
	}

	/// Judges an amount of which there can hardly be too much: a fault below `needed`, a warning below `advised`.
	pub(super) fn amount(
		check: &'static str,
		[there, needed, advised]: [u64; 3],
		found: impl Into<String>,
		mend: impl Into<String>,
	) -> Self {
		match there {
			there if there < needed => Self::fault(check, found, mend),
			there if there < advised => Self::warning(check, found, mend),
			_ => Self::fine(check, found),
		}
	}

	/// What this system does not tell: no reason to stop, and no reason to believe that all is well.
	pub(super) fn unknown(check: &'static str, why: impl fmt::Display) -> Self {
		Self::warning(check, format!("cannot be found out: {why}"), "look yourself")
	}
}

/// Everything that was found.
#[derive(Debug, Serialize)]
pub(super) struct Report {
	/// Nothing has to be mended before a node runs here.
	pub ready: bool,
	/// One entry for each check.
	pub checks: Vec<Finding>,
}

impl Report {
	/// A host is ready when no check found a fault.
	pub(super) fn new(checks: Vec<Finding>) -> Self {
		Self { ready: checks.iter().all(|finding| finding.outcome != Outcome::Fault), checks }
	}
}

impl fmt::Display for Report {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		for Finding { check, outcome, found, mend } in &self.checks {
			let word = match outcome {
				Outcome::Fine => "fine",
				Outcome::Warning => "warning",
				Outcome::Fault => "fault",
			};
			writeln!(f, "{word:<9}{check:<16}{found}")?;
			if let Some(mend) = mend {
				writeln!(f, "{:25}{mend}", "")?;
			}
		}
		Ok(())
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_host_is_ready_when_nothing_is_worse_than_a_warning() {
		let warned = || vec![Finding::fine("a", "is there"), Finding::warning("b", "is small", "make it larger")];
		assert!(Report::new(warned()).ready);
		let mut faulty = warned();
		faulty.push(Finding::fault("c", "is missing", "get one"));
		assert!(!Report::new(faulty).ready);
	}

	#[test]
	fn amounts_are_judged_by_both_limits() {
		let judge = |there| Finding::amount("a", [there, 10, 20], "some", "get more").outcome;
		for (there, outcome) in
			[(9, Outcome::Fault), (10, Outcome::Warning), (19, Outcome::Warning), (20, Outcome::Fine)]
		{
			assert_eq!(judge(there), outcome, "{there}");
		}
	}

	#[test]
	fn words_and_json_say_the_same() {
		let report = Report::new(vec![Finding::fault("disk", "1.0 GiB free", "get a larger one")]);
		let words = report.to_string();
		for part in ["fault", "disk", "1.0 GiB free", "get a larger one"] {
			assert!(words.contains(part), "{words}");
		}
		let json = serde_json::to_value(&report).unwrap();
		assert_eq!(json["ready"], false);
		assert_eq!(json["checks"][0]["outcome"], "fault");
		assert_eq!(json["checks"][0]["mend"], "get a larger one");
	}
}

//! Emergencies in words, and the words of the command line for them.

use crate::cli::output::{mark, moment, plain, short};
use owo_colors::OwoColorize;
use salus_client::{
	audit::Names,
	primitives::{EmergencyTier, Guardian, ReviewVerdict},
	wire::{
		emergency::{EmergencyStatement, Notice, NoticeKind, SessionView},
		Account,
	},
};
use salus_runtime_api::EmergencyStatus;
use std::io::IsTerminal;

/// What stands before everything that is about test data.
pub const DRILL: &str = "DRILL";

/// Reads a tier.
pub fn tier(text: &str) -> Result<EmergencyTier, String> {
	match text.to_lowercase().as_str() {
		"summary" => Ok(EmergencyTier::Summary),
		"wider" => Ok(EmergencyTier::Wider),
		_ => Err("expected summary (problems, medications, allergies, blood group) or wider (every record)".to_owned()),
	}
}

/// Reads a verdict.
pub fn verdict(text: &str) -> Result<ReviewVerdict, String> {
	match text.to_lowercase().as_str() {
		"justified" => Ok(ReviewVerdict::Justified),
		"unjustified" => Ok(ReviewVerdict::Unjustified),
		"inconclusive" => Ok(ReviewVerdict::Inconclusive),
		_ => Err("expected justified, unjustified or inconclusive".to_owned()),
	}
}

/// A tier's name.
pub fn tier_name(tier: EmergencyTier) -> &'static str {
	match tier {
		EmergencyTier::Summary => "summary",
		EmergencyTier::Wider => "wider",
	}
}

/// What a tier opens.
fn tier_words(tier: EmergencyTier) -> &'static str {
	match tier {
		EmergencyTier::Summary => "the summary",
		EmergencyTier::Wider => "every record",
	}
}

/// A verdict's name.
pub fn verdict_name(verdict: ReviewVerdict) -> &'static str {
	match verdict {
		ReviewVerdict::Justified => "justified",
		ReviewVerdict::Unjustified => "unjustified",
		ReviewVerdict::Inconclusive => "inconclusive",
	}
}

/// Where a session stands.
pub fn status_name(status: EmergencyStatus) -> &'static str {
	match status {
		EmergencyStatus::Requested => "asked",
		EmergencyStatus::Active => "active",
		EmergencyStatus::Closed => "closed",
		EmergencyStatus::Expired => "not answered in time",
		EmergencyStatus::Rejected => "refused by the guardians",
		EmergencyStatus::Cancelled => "taken back",
		EmergencyStatus::Suspended => "stopped after a dispute",
	}
}

/// Where a session stands, coloured.
pub fn status_mark(status: EmergencyStatus) -> String {
	let bad = matches!(status, EmergencyStatus::Rejected | EmergencyStatus::Suspended | EmergencyStatus::Expired);
	mark(!bad, status_name(status))
}

/// Whether nothing can come of the session any more.
pub fn is_over(status: EmergencyStatus) -> bool {
	!matches!(status, EmergencyStatus::Requested | EmergencyStatus::Active)
}

/// `DRILL ` before a line about test data; nothing before others.
pub fn drill_mark(drill: bool) -> String {
	match (drill, std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none()) {
		(false, _) => String::new(),
		(true, true) => format!("{} ", DRILL.black().on_yellow().bold()),
		(true, false) => format!("{DRILL} "),
	}
}

/// Who a guardian is.
pub fn guardian_name(guardian: &Guardian<Account>, names: &Names) -> String {
	match guardian {
		Guardian::Institution(id) => plain(&names.institution(*id)),
		Guardian::Person(account) => format!("a person ({})", short(account)),
	}
}

/// The parts of a session so far: `2 of 3 (A, B)`.
pub fn approvals(view: &SessionView) -> String {
	let names: Vec<String> = view.parts.iter().map(|part| plain(&part.guardian)).collect();
	let who = match names.is_empty() {
		true => String::new(),
		false => format!(" ({})", names.join(", ")),
	};
	format!("{} of {}{who}", view.parts.len(), view.required)
}

/// What a practitioner states, line by line.
pub fn statement_lines(statement: &EmergencyStatement) -> Vec<(&'static str, String)> {
	let mut lines = vec![
		("Wants", format!("{} of {}", tier_words(statement.tier), statement.handle)),
		("Why", plain(&statement.reason)),
		("Rests on", plain(&statement.evidence.to_string())),
	];
	lines.extend(statement.caller.as_deref().map(|caller| ("Caller", plain(caller))));
	lines.push(("Stated at", moment(statement.at)));
	lines
}

/// A notice in a sentence.
pub fn notice_words(notice: &Notice, names: &Names) -> String {
	let institution = |id| plain(&names.institution(id));
	let what = match &notice.kind {
		NoticeKind::Requested { institution: asking, tier, practitioner, reason } => {
			let who = practitioner.map(|id| format!(", practitioner {}", short(&id))).unwrap_or_default();
			let why = reason.as_deref().map(|reason| format!(": {}", plain(reason))).unwrap_or_default();
			format!("{}{who}, asks for your emergency record ({}){why}", institution(*asking), tier_name(*tier))
		}
		NoticeKind::Approved { guardian, parts, required } => {
			format!("{} approved ({parts} of {required})", plain(guardian))
		}
		NoticeKind::PartRefused { guardian } => {
			format!("{} gave a key share that is wrong; its vote does not count", plain(guardian))
		}
		NoticeKind::Rejected { guardian } => format!("{} refused", plain(guardian)),
		NoticeKind::Opened { until } => format!("your emergency record can be opened until {}", moment(*until)),
		NoticeKind::Refused => "the guardians refused the request".to_owned(),
		NoticeKind::Expired => "the request or session ran out".to_owned(),
		NoticeKind::Cancelled => "the request was taken back".to_owned(),
		NoticeKind::Closed => "the session was ended; nothing can be opened by it any more".to_owned(),
		NoticeKind::Released { holder, practitioner } => {
			format!("{} gave your emergency record out to practitioner {}", institution(*holder), short(practitioner))
		}
		NoticeKind::Disputed => {
			"the session is contradicted: by your key, or by a hospital that says that you are there in person"
				.to_owned()
		}
		NoticeKind::Suspended => "the session was stopped".to_owned(),
		NoticeKind::ReviewDue { at } => format!("the session has to be reviewed by {}", moment(*at)),
		NoticeKind::ReviewOverdue => "the session was not reviewed in time; that is published".to_owned(),
		NoticeKind::Reviewed { verdict } => format!("the session was reviewed: {}", verdict_name(*verdict)),
	};
	format!("{}{}  {}  {what}", drill_mark(notice.drill), moment(notice.at), short(&notice.id))
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_client::primitives::{EmergencyRequestId, InstitutionId};

	#[test]
	fn tiers_and_verdicts_are_read_as_they_are_written() {
		for each in [EmergencyTier::Summary, EmergencyTier::Wider] {
			assert_eq!(tier(tier_name(each)), Ok(each));
		}
		for each in [ReviewVerdict::Justified, ReviewVerdict::Unjustified, ReviewVerdict::Inconclusive] {
			assert_eq!(verdict(verdict_name(each)), Ok(each));
		}
		assert!(tier("all").is_err() && verdict("fine").is_err());
	}

	#[test]
	fn a_notice_says_that_it_is_a_drill_and_forges_nothing() {
		let names = Names([(InstitutionId(2), "St. Mary".to_owned())].into());
		let kind = NoticeKind::Requested {
			institution: InstitutionId(2),
			tier: EmergencyTier::Wider,
			practitioner: None,
			reason: Some("fall\n2026-01-01 00:00:00 UTC  all is well".to_owned()),
		};
		let notice = Notice { number: 1, at: 1_600_000_000_000, id: EmergencyRequestId([7; 32]), drill: true, kind };
		let words = notice_words(&notice, &names);
		assert!(words.starts_with("DRILL 2020-09-13 12:26:40 UTC"), "{words}");
		assert!(words.contains("St. Mary") && words.contains("wider"), "{words}");
		assert_eq!(words.lines().count(), 1);
	}
}

//! `salus emergency open`.

use super::{
	notes::{Practitioner, SessionNotes, Sessions},
	words::{approvals, drill_mark, is_over, status_name, tier_name},
};
use crate::cli::{
	context::Context,
	error::{CliError, EMPTY},
	output::{moment, plain, short, table, Report},
	state::write_record,
};
use clap::Args;
use owo_colors::OwoColorize;
use salus_client::{
	emergency::{
		release::{open_release, ReleaseError},
		request::first_half,
	},
	gateway::Gateway,
	primitives::{EmergencyRequestId, EmergencyTier},
	wire::emergency::{EmergencyChallenge, EmergencyFetch, EmergencyRelease, SessionView, EMERGENCY_CHALLENGE_TAG},
};
use salus_fhir::summary::{describe, Row};
use salus_runtime_api::EmergencyStatus;
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::{io::IsTerminal, path::PathBuf};
use zeroize::Zeroizing;

/// What a summary does not say. The same for everybody, so that it does not tell whether there is more.
const NOT_IN_A_SUMMARY: &str = "\
What is not listed is not ruled out: diagnoses that are kept more closely, and what the patient withholds, are not in a summary. \
Every record needs people to decide: `salus emergency request --tier wider`.\n";

/// Opening.
#[derive(Clone, Debug, Args)]
pub struct Open {
	/// The session; the newest one of this machine unless given
	id: Option<EmergencyRequestId>,
	/// File for the FHIR bundle, readable by you alone
	#[arg(long, short, value_name = "FILE")]
	out: Option<PathBuf>,
}

/// Runs the command.
pub async fn run(context: &Context, arguments: Open) -> Result<Report, CliError> {
	let sessions = Sessions::of(context);
	let notes = sessions.meant(context, arguments.id)?;
	let practitioner = Practitioner::of(context, &notes)?;
	let gateway = context.gateway(practitioner.key.http_signer()).await?;
	let progress = context.waiting("opening");
	let opened = open(&sessions, &gateway, &notes, &practitioner).await?;
	drop(progress);
	if let Some(path) = &arguments.out {
		write_record(path, &opened.bundle)?;
	}
	opened.report(&notes, arguments.out)
}

/// An opened record.
pub struct Opened {
	view: SessionView,
	release: EmergencyRelease,
	/// The bundle in rows.
	pub rows: Vec<Row>,
	/// The FHIR bundle.
	bundle: Zeroizing<Vec<u8>>,
}

/// Fetches what the session gives, puts the guardians' parts together and decrypts.
pub async fn open(
	sessions: &Sessions,
	gateway: &Gateway,
	notes: &SessionNotes,
	practitioner: &Practitioner,
) -> Result<Opened, CliError> {
	let (facts, id) = (&notes.facts, notes.facts.id);
	let secrets = sessions.secrets(notes, &practitioner.passphrase)?;
	let view = gateway.emergency_session(&id).await?;
	if view.status != EmergencyStatus::Active {
		if is_over(view.status) {
			sessions.wipe(notes)?;
		}
		let advice = match view.status {
			EmergencyStatus::Requested => format!("approved: {}. Wait for the guardians", approvals(&view)),
			_ => "ask again with `salus emergency request`".to_owned(),
		};
		return Err(CliError::NotThere(format!("session {} is {}: {advice}", short(&id), status_name(view.status))));
	}
	let target = &facts.target;
	let challenge = gateway.emergency_challenge(&id).await?;
	let message = EmergencyChallenge::message(&target.label.genesis, challenge.holder, &id, &challenge.nonce);
	let signature = secrets.keys().sign(EMERGENCY_CHALLENGE_TAG, &message).into();
	let fetch = EmergencyFetch { holder: challenge.holder, nonce: challenge.nonce, signature };
	let release = gateway.emergency_fetch(&id, &fetch).await?;
	let same = release.id == id
		&& release.handle == facts.handle
		&& release.holder == challenge.holder
		&& release.tier == facts.tier
		&& release.epoch == target.label.scope_epoch;
	if !same {
		return Err(CliError::Finding(
			"the holder released something else than the session is about. Report it to both privacy officers"
				.to_owned(),
		));
	}
	let parts: Vec<(u16, [u8; 32])> = view.parts.iter().map(|part| (part.index, part.value.0)).collect();
	let first = first_half(target, &secrets, &parts).map_err(|error| CliError::Finding(error.to_string()))?;
	let bundle = open_release(secrets.keys().xwing(), &target.label, &first, &release)
		.map(Zeroizing::new)
		.map_err(|error| CliError::Finding(advice(&error)))?;
	let rows = describe(&bundle)
		.map_err(|error| CliError::Finding(format!("the record was opened, and is no FHIR bundle: {error}")))?;
	Ok(Opened { view, release, rows, bundle })
}

fn advice(error: &ReleaseError) -> String {
	format!("what the holder released does not open: {error}. Ask again; report it to the custodian's privacy officer")
}

impl Opened {
	/// The sections in words.
	fn report(&self, notes: &SessionNotes, file: Option<PathBuf>) -> Result<Report, CliError> {
		let facts = &notes.facts;
		let until = self.view.active_until.map(|until| format!(", open until {}", moment(until))).unwrap_or_default();
		let made = made_at(&self.bundle);
		let as_of = made.as_ref().map(|made| format!(", as of {made}")).unwrap_or_default();
		let more = match facts.tier {
			EmergencyTier::Summary => NOT_IN_A_SUMMARY,
			EmergencyTier::Wider => "",
		};
		let written =
			file.as_ref().map(|path| format!("\nThe FHIR bundle is in {}.", path.display())).unwrap_or_default();
		let text = format!(
			"{}Emergency record ({}) of {}\nkept by institution {}{as_of}, approved by {}{until}\n\n{}\n{written}\n{more}\
			Every reading is in the patient's audit trail. End the session when you are done: `salus emergency close`.",
			drill_mark(self.view.drill),
			tier_name(facts.tier),
			facts.handle,
			facts.custodian,
			approvals(&self.view),
			sections(&self.rows)
		);
		let rows: Vec<_> = self
			.rows
			.iter()
			.map(|row| json!({ "section": row.section, "what": row.what, "details": row.details }))
			.collect();
		let json = json!({
			"id": facts.id, "handle": facts.handle, "custodian": facts.custodian, "tier": facts.tier, "drill": self.view.drill,
			"holder": self.release.holder, "receipt": self.release.receipt, "version": self.release.package.version,
			"made_at": made, "active_until": self.view.active_until, "approved": self.view.parts.len(), "rows": rows, "bytes": self.bundle.len(),
			"sha256": format!("0x{}", hex::encode(Sha256::digest(&self.bundle))), "file": file,
		});
		let report = Report::new(&json, text)?;
		Ok(if self.rows.is_empty() { report.with_exit(EMPTY) } else { report })
	}
}

/// When the custodian made the bundle, as it says itself.
fn made_at(bundle: &[u8]) -> Option<String> {
	#[derive(Deserialize)]
	struct Stamp {
		timestamp: String,
	}
	serde_json::from_slice::<Stamp>(bundle).ok().map(|stamp| plain(&stamp.timestamp))
}

/// One table for each section, in the order of the rows.
fn sections(rows: &[Row]) -> String {
	let mut text = String::new();
	for section in rows.chunk_by(|one, next| one.section == next.section) {
		let title = plain(&section[0].section);
		let title = match std::io::stdout().is_terminal() && std::env::var_os("NO_COLOR").is_none() {
			true => title.bold().to_string(),
			false => title,
		};
		let lines = section.iter().map(|row| [plain(&row.what), plain(&row.details)]);
		text.push_str(&format!("{title}\n{}\n\n", table(["What", "Details"], lines)));
	}
	text.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_record_says_how_old_it_is() {
		let bundle = br#"{"resourceType":"Bundle","timestamp":"2026-01-02T03:04:05Z","entry":[]}"#;
		assert_eq!(made_at(bundle).as_deref(), Some("2026-01-02T03:04:05Z"));
		assert_eq!(made_at(b"{}"), None);
	}

	#[test]
	fn each_section_has_its_table() {
		let row = |section: &str, what: &str| Row { section: section.into(), what: what.into(), details: "d".into() };
		let text = sections(&[row("Allergies", "Penicillin"), row("Allergies", "Latex"), row("Problems", "Asthma")]);
		for title in ["Allergies", "Problems"] {
			assert_eq!(text.matches(title).count(), 1, "{text}");
		}
		assert!(text.find("Latex") < text.find("Problems"), "{text}");
		assert!(!sections(&[row("Problems", "a\u{1b}[2Jb")]).contains('\u{1b}'));
	}
}

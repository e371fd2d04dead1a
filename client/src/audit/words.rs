//! Audit lines in the words of a person.

use super::{AuditLine, Finding};
use crate::wire::{
	emergency::{SignedEmergency, SignedLocate},
	FullEntry,
};
use salus_policy::Department;
use salus_primitives::{Act, EmergencyTier, InstitutionId, OutcomeClass, PurposeClass, StaffRole};
use std::collections::BTreeMap;

/// Names of institutions, for sentences.
#[derive(Clone, Debug, Default)]
pub struct Names(pub BTreeMap<InstitutionId, String>);

impl Names {
	/// The institution's name, or its number.
	pub fn institution(&self, id: InstitutionId) -> String {
		self.0.get(&id).cloned().unwrap_or_else(|| format!("institution {id}"))
	}
}

/// Who did what, and how it ended. Says so when the entry could not be opened.
pub fn describe_line(line: &AuditLine, names: &Names) -> String {
	let entry = &line.entry;
	let who = who(line, names);
	let what = what(line, names);
	let ended = match (entry.act, entry.outcome) {
		(Act::Request, OutcomeClass::Permitted) => ": permitted",
		(Act::Request, OutcomeClass::Empty) => ": nothing was permitted",
		(_, OutcomeClass::Permitted) => "",
		(_, OutcomeClass::Empty) => ": nothing happened",
	};
	let withheld = if line.full.is_none() { " (the details are withheld)" } else { "" };
	format!("{who} {what}{ended}{withheld}")
}

fn who(line: &AuditLine, names: &Names) -> String {
	let institution = match line.entry.actor {
		Some(institution) => names.institution(institution),
		None if is_vote(line.entry.act) => return "A guardian whom you chose".to_owned(),
		// Guardians confirm a dispute by the same act.
		None if line.entry.act == Act::EmergencyDispute => return "You, or a guardian whom you chose,".to_owned(),
		None => return "You, with your own key,".to_owned(),
	};
	let Some(full) = &line.full else { return format!("Somebody at {institution}") };
	let on_behalf = if full.actor.on_behalf { ", as custodian on behalf of the patient," } else { "" };
	match &full.actor.practitioner {
		Some(practitioner) => {
			let role = full.actor.roles.first().map_or("member of staff", |role| role_name(*role));
			// Written by the institution that acted: anything but a department's code could forge lines of this report.
			let department = full.actor.departments.first().filter(|name| Department::new(name.as_str()).is_valid());
			let department = department.map(|name| format!(" of {name}")).unwrap_or_default();
			let id = practitioner.to_string();
			format!("A {role}{department} ({}…) at {institution}{on_behalf}", &id[..10])
		}
		None => format!("{institution}{on_behalf}"),
	}
}

/// What only a guardian can do: without an institution it was a person of the patient's own committee.
fn is_vote(act: Act) -> bool {
	matches!(act, Act::EmergencyApproval | Act::EmergencyRejection | Act::EmergencySuspension | Act::LocateEvaluation)
}

fn what(line: &AuditLine, names: &Names) -> String {
	let full = line.full.as_ref();
	let grantee = full.and_then(|full| full.grantee).map_or("an institution".to_owned(), |id| names.institution(id));
	let categories = full
		.filter(|full| !full.categories.is_empty())
		.map(|full| full.categories.iter().map(|category| category.name()).collect::<Vec<_>>().join(", "));
	let records = full.map(|full| full.records.len()).filter(|count| *count > 0);
	match line.entry.act {
		Act::Register => "registered the handle".to_owned(),
		Act::Claim => "handed control of the handle to the patient".to_owned(),
		Act::Rotate => "replaced the key".to_owned(),
		Act::Retire => "closed the handle".to_owned(),
		Act::Anchor => records.map_or("anchored records".to_owned(), |count| format!("anchored {count} record(s)")),
		Act::Grant => match categories {
			Some(categories) => format!("granted {grantee} access to {categories}"),
			None => format!("granted {grantee} access"),
		},
		Act::Revoke => format!("ended what {grantee} was granted"),
		Act::Request => {
			let purpose = full.and_then(|full| full.purpose).map(|purpose| purpose_name(purpose.class));
			let purpose = purpose.map(|name| format!(" for {name}")).unwrap_or_default();
			format!("asked for {}{purpose}", categories.unwrap_or_else(|| "records".to_owned()))
		}
		Act::Receipts => match full.and_then(|full| full.receipts) {
			Some(receipts) => format!("filed {} receipt(s)", receipts.count),
			None => "filed receipts".to_owned(),
		},
		Act::EmergencySetup => "changed who guards the emergency access".to_owned(),
		Act::EmergencyRequest => emergency_request(full),
		Act::EmergencyApproval => format!("approved the emergency request{}{}", session(full), decided_by(full)),
		Act::EmergencyRejection => format!("refused the emergency request{}{}", session(full), decided_by(full)),
		Act::EmergencyCancel => format!("took the emergency request{} back{}", session(full), stated(full)),
		Act::EmergencyClose => format!("ended the emergency session{}{}", session(full), stated(full)),
		Act::EmergencyDispute => format!("disputed the emergency session{}", session(full)),
		Act::EmergencySuspension => {
			let (session, stated) = (session(full), stated(full));
			format!("stated that you stood there in person, against the emergency session{session}{stated}")
		}
		Act::EmergencyReview => format!("reviewed the emergency session{}{}", session(full), stated(full)),
		Act::Locate => locate(full),
		Act::LocateEvaluation => "helped to find a patient by name and birth date".to_owned(),
		Act::Merge => format!("recognised the patient of a provisional handle{}", stated(full)),
		Act::Unmerge => format!("took the recognition of a provisional handle back{}", stated(full)),
	}
}

/// What was asked for and why, in the words that the practitioner signed.
fn emergency_request(full: Option<&FullEntry>) -> String {
	let request = full.and_then(|full| full.request.as_ref());
	let request = request.and_then(|bytes| serde_json::from_slice::<SignedEmergency>(&bytes.0).ok());
	let Some(SignedEmergency { statement, .. }) = request else { return "asked for emergency access".to_owned() };
	let what = match statement.tier {
		EmergencyTier::Summary => "your emergency summary",
		EmergencyTier::Wider => "your whole record",
	};
	let (reason, evidence) = (quoted(&statement.reason), quoted(&statement.evidence.to_string()));
	format!("asked for {what} in an emergency{}: {reason} ({evidence})", session(full))
}

/// Why somebody was looked for, in the words that the practitioner signed; or that a custodian entered its patient into the index.
fn locate(full: Option<&FullEntry>) -> String {
	if full.is_some_and(|full| full.request.is_none() && full.patient.is_some()) {
		return format!("entered a patient into the index by name and birth date{}", session(full));
	}
	let asked = format!("asked to find a patient by name and birth date{}", session(full));
	let request = full.and_then(|full| full.request.as_ref());
	match request.and_then(|bytes| serde_json::from_slice::<SignedLocate>(&bytes.0).ok()) {
		Some(SignedLocate { statement, .. }) => {
			format!("{asked}: {} ({})", quoted(&statement.reason), quoted(&statement.evidence.to_string()))
		}
		None => asked,
	}
}

/// Which session, short: the same in every line about it.
fn session(full: Option<&FullEntry>) -> String {
	let id = full.and_then(|full| full.emergency);
	id.map(|id| format!(" {}…", &id.to_string()[..10])).unwrap_or_default()
}

/// Whether a person decided, and why. A server that decides by its rules names nobody.
fn decided_by(full: Option<&FullEntry>) -> String {
	match full {
		Some(full) if full.actor.practitioner.is_none() && full.actor.institution.is_some() => {
			" by its server's rules, without a person".to_owned()
		}
		_ => stated(full),
	}
}

fn stated(full: Option<&FullEntry>) -> String {
	full.map(|full| format!(": {}", quoted(&full.basis))).unwrap_or_default()
}

/// Longest text of another that a line repeats, characters.
const MAX_QUOTED: usize = 200;

/// A text that somebody else wrote, in one line and between quotation marks that it cannot close: it must not pass for a line of this report.
fn quoted(text: &str) -> String {
	let plain = text.chars().map(|char| match char {
		'"' | '“' | '”' => '\'',
		// Characters that turn the direction of writing forge lines as well as control characters do.
		'\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => ' ',
		other if other.is_control() => ' ',
		other => other,
	});
	let short: String = plain.take(MAX_QUOTED).collect();
	let more = if text.chars().count() > MAX_QUOTED { "…" } else { "" };
	format!("“{short}{more}”")
}

/// A finding in a sentence, with what it means.
pub fn describe_finding(finding: &Finding) -> String {
	match finding {
		Finding::OtherChain { position } => format!("The entry at position {position} belongs to another audit chain."),
		Finding::OutOfOrder { position, sequence } => {
			format!("Entry {sequence} stands at position {position}: an entry is missing, doubled or moved.")
		}
		Finding::CountDiffers { listed, finalized } => {
			format!("{listed} entries were listed, the chain counts {finalized}.")
		}
		Finding::HeadDiffers { .. } => {
			"The entries do not lead to the finalized head: one was altered or left out. Ask another node.".to_owned()
		}
		Finding::OpeningMissing { sequence } => {
			format!("The details of entry {sequence} are withheld: nobody produced its opening. Ask the custodian why.")
		}
		Finding::OpeningAltered { sequence } => {
			format!(
				"The details produced for entry {sequence} are not those that were committed to: they were altered."
			)
		}
		Finding::OpeningMisplaced { sequence, claimed } => {
			format!("The details of entry {sequence} were produced as those of entry {claimed}.")
		}
		Finding::OpeningUnreadable { sequence } => format!("The details of entry {sequence} cannot be read."),
		Finding::Contradicts { sequence, field } => {
			format!("The details of entry {sequence} state another {field} than the chain.")
		}
		Finding::BadRequestSignature { sequence } => {
			format!("Entry {sequence} holds no request that the practitioner it names signed.")
		}
		Finding::OpeningSurplus { commitment } => {
			format!("Details were produced for an entry that the chain does not have ({commitment}).")
		}
		Finding::ReceiptNotFiled { sequence, batch } => {
			format!("Receipt {sequence} does not stand in batch {batch}, in which it was said to be filed.")
		}
		Finding::ReceiptUnreadable { position } => format!("The receipt at position {position} cannot be read."),
	}
}

fn role_name(role: StaffRole) -> &'static str {
	match role {
		StaffRole::Physician => "physician",
		StaffRole::Nurse => "nurse",
		StaffRole::Pharmacist => "pharmacist",
		StaffRole::LaboratoryTechnician => "laboratory technician",
		StaffRole::Paramedic => "paramedic",
		StaffRole::Registrar => "registrar",
		StaffRole::PrivacyOfficer => "privacy officer",
		StaffRole::Researcher => "researcher",
		StaffRole::Administrator => "member of the administration",
	}
}

fn purpose_name(class: PurposeClass) -> &'static str {
	match class {
		PurposeClass::Treatment => "treatment",
		PurposeClass::Emergency => "an emergency",
		PurposeClass::Patient => "the patient",
		PurposeClass::OperationsAndPayment => "operations or payment",
		PurposeClass::Research => "research",
		PurposeClass::PublicHealthAndLegal => "public health or a legal duty",
	}
}

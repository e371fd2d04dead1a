//! Audit lines in the words of a person.

use super::{AuditLine, Finding};
use salus_policy::Department;
use salus_primitives::{Act, InstitutionId, OutcomeClass, PurposeClass, StaffRole};
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
	}
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

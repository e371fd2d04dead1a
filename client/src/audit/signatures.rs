//! Signatures inside opened entries: without them an institution could name anybody as the one who asked or decided.

use super::{ChainReport, Finding};
use crate::wire::{
	emergency::{Decision, DutyDecision, PresenceEvidence, SignedEmergency, SignedLocate},
	FullEntry, SignedRequest,
};
use salus_primitives::{Act, InstitutionId, PractitionerId};
use salus_threshold::request::request_id;
use serde::de::DeserializeOwned;

/// Checks the practitioners' signatures inside the opened entries: every request has one, every vote that names a person has one, and each entry
/// says the same as what was signed. `signing_key` looks a practitioner up in the staff registry.
pub fn verify_request_signatures(
	report: &ChainReport,
	genesis: &[u8; 32],
	signing_key: impl Fn(&PractitionerId) -> Option<[u8; 32]>,
) -> Vec<Finding> {
	let check = Check { genesis, signing_key: &signing_key };
	let wrong = report.lines.iter().filter(|line| line.full.as_ref().is_some_and(|full| !check.is_right(full)));
	wrong.map(|line| Finding::BadRequestSignature { sequence: line.entry.sequence }).collect()
}

struct Check<'a> {
	genesis: &'a [u8; 32],
	signing_key: &'a dyn Fn(&PractitionerId) -> Option<[u8; 32]>,
}

impl Check<'_> {
	fn is_right(&self, full: &FullEntry) -> bool {
		match full.event.act {
			Act::EmergencyRequest => signed(full).is_some_and(|request| self.emergency(full, &request)),
			// A server votes by its rules and names nobody; nor do patients, and the people who guard for them.
			Act::EmergencyApproval | Act::EmergencyRejection | Act::EmergencyDispute if full.request.is_none() => {
				full.actor.practitioner.is_none()
			}
			Act::EmergencyApproval | Act::EmergencyRejection | Act::EmergencyDispute => {
				signed(full).is_some_and(|decision| self.duty(full, &decision))
			}
			// A custodian's gateway enters its own patient into the index, and names the patient. Whoever looks for somebody names nobody, and signs.
			Act::Locate if full.request.is_none() => full.actor.practitioner.is_none() && full.patient.is_some(),
			Act::Locate => signed(full).is_some_and(|request| self.locate(full, &request)),
			// Servers alone evaluate.
			Act::LocateEvaluation => full.actor.practitioner.is_none() && full.request.is_none(),
			// What is inside is no signature: it opens the evidence that stands on chain.
			Act::EmergencySuspension if full.request.is_some() => {
				signed::<PresenceEvidence>(full).is_some_and(|evidence| full.evidence == Some(evidence.commitment()))
			}
			Act::Request => signed(full).is_some_and(|request| self.request(full, &request)),
			_ if full.request.is_some() => signed(full).is_some_and(|request| self.request(full, &request)),
			_ => true,
		}
	}

	fn request(&self, full: &FullEntry, request: &SignedRequest) -> bool {
		let statement = &request.statement;
		full.actor.practitioner == Some(statement.practitioner)
			&& full.purpose.is_none_or(|purpose| purpose.code == statement.purpose)
			&& full.patient.is_none_or(|patient| patient == statement.handle)
			&& full.categories == statement.categories
			&& self.key(&statement.practitioner).is_some_and(|key| request.is_signed_by(self.genesis, &key))
	}

	fn emergency(&self, full: &FullEntry, request: &SignedEmergency) -> bool {
		let statement = &request.statement;
		let session = |institution: InstitutionId| request_id(self.genesis, institution.0, &statement.point.0);
		full.actor.practitioner == Some(statement.practitioner)
			&& full.patient == Some(statement.handle)
			&& full.emergency.is_none_or(|id| full.actor.institution.map(session) == Some(id.0))
			&& full.custodian.is_none_or(|custodian| custodian == statement.custodian)
			&& self.key(&statement.practitioner).is_some_and(|key| request.is_signed_by(self.genesis, &key))
	}

	fn locate(&self, full: &FullEntry, request: &SignedLocate) -> bool {
		let statement = &request.statement;
		let session = request_id(self.genesis, statement.institution.0, &statement.blinded.0);
		full.actor.practitioner == Some(statement.practitioner)
			&& full.actor.institution == Some(statement.institution)
			&& full.patient.is_none()
			&& full.emergency.is_none_or(|id| id.0 == session)
			&& self.key(&statement.practitioner).is_some_and(|key| request.is_signed_by(self.genesis, &key))
	}

	fn duty(&self, full: &FullEntry, decision: &DutyDecision) -> bool {
		let statement = &decision.statement;
		let act = match statement.decision {
			Decision::Approve => Act::EmergencyApproval,
			Decision::Reject => Act::EmergencyRejection,
			Decision::Stop => Act::EmergencyDispute,
		};
		full.event.act == act
			&& full.actor.practitioner == Some(statement.practitioner)
			&& full.patient == Some(statement.handle)
			&& full.emergency == Some(statement.id)
			&& self.key(&statement.practitioner).is_some_and(|key| decision.is_signed_by(self.genesis, &key))
	}

	fn key(&self, practitioner: &PractitionerId) -> Option<[u8; 32]> {
		(self.signing_key)(practitioner)
	}
}

/// What was signed, when it is there and readable.
fn signed<T: DeserializeOwned>(full: &FullEntry) -> Option<T> {
	serde_json::from_slice(&full.request.as_ref()?.0).ok()
}

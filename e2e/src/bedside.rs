//! An emergency by command line: what people at the bedside, at home and at guardian hospitals type.

use crate::{
	ground::Ground,
	person::{list, text, Answer, Person},
	waiting::until,
};
use anyhow::{ensure, Context, Result};
use salus_client::{
	chain::Chain,
	primitives::{CommitteePurpose, EmergencyRequestId, EmergencyTier, PatientHandle, StaffRole},
};
use serde_json::Value;
use std::time::Duration;

/// How long a custodian may take to seal envelopes or to tell its patient, and guardians to answer, on a busy machine.
pub const LIMIT: Duration = Duration::from_secs(240);
/// What stands in front of the patient's door, in the rescuer's own system.
const ENCOUNTER: &str = "E-2026-0312";

/// Registers somebody who may open records in emergencies, and decide about those of others.
///
/// # Errors
/// As [`Ground::staff_at_a_desk`].
pub async fn physician(ground: &Ground<'_>, hospital: usize, name: &str) -> Result<Person> {
	ground.staff_at_a_desk(hospital, name, vec![StaffRole::Physician], true).await
}

/// Waits until envelopes of this epoch or a later one lie sealed for the consortium's committee, and none of them is used up; the epoch.
///
/// # Errors
/// When they do not.
pub async fn wait_sealed(chain: &Chain, handle: &PatientHandle, epoch: u32) -> Result<u32> {
	until("sealed envelopes", LIMIT, || async {
		let committee = chain.consortium_committee(CommitteePurpose::Release).await?;
		let scope = chain.emergency_scope(handle, EmergencyTier::Summary).await?;
		let there = scope.sealed.iter().any(|set| Some(set.committee) == committee && set.consumed == 0);
		Ok((there && scope.epoch >= epoch).then_some(scope.epoch))
	})
	.await
}

/// What stands on a patient's card.
///
/// # Errors
/// When the command fails.
pub async fn card(patient: &Person, handle: &PatientHandle) -> Result<String> {
	let card = patient.does(&["emergency", "card", &handle.to_string()]).await?;
	text(&card, "/card").map(ToOwned::to_owned)
}

/// Asks for the summary of whose card this is, and waits for the guardians.
///
/// # Errors
/// When the command cannot be run.
pub async fn request(who: &Person, card: &str, more: &[&str]) -> Result<Answer> {
	let reason = "Found unconscious, nobody with her";
	let request = ["emergency", "request", "--card", card, "--encounter", ENCOUNTER, "--reason", reason];
	who.salus(&[&request[..], more].concat()).await
}

/// The same, with enough guardians: the session.
///
/// # Errors
/// When the command fails, or the session is not active afterwards.
pub async fn request_active(who: &Person, card: &str, more: &[&str]) -> Result<EmergencyRequestId> {
	let asked = request(who, card, more).await?.done()?;
	ensure!(text(&asked, "/session/status")? == "active", "it is not active: {asked}");
	text(&asked, "/id")?.parse().map_err(anyhow::Error::msg)
}

/// Opens what a session gives; fails unless these words stand in a line of it.
///
/// # Errors
/// As said, and when the command fails.
pub async fn opens(who: &Person, id: EmergencyRequestId, words: &str) -> Result<()> {
	let opened = who.does(&["emergency", "open", &id.to_string()]).await?;
	let names = |row: &Value| row["what"].as_str().is_some_and(|what| what.contains(words));
	ensure!(list(&opened, "/rows")?.iter().any(names), "what was opened does not name {words}");
	Ok(())
}

/// What a patient was told, once it tells of this.
///
/// # Errors
/// When it does not.
pub async fn notices_with(patient: &Person, handle: &PatientHandle, kind: &str) -> Result<Value> {
	until(&format!("the notice `{kind}`"), LIMIT, || async {
		let notices = patient.does(&["emergency", "notices", &handle.to_string()]).await?;
		let there = list(&notices, "/notices")?.iter().any(|notice| kind_of(notice) == kind);
		Ok(there.then_some(notices))
	})
	.await
}

/// The name of a notice's kind: a text, or the one field of an object.
pub fn kind_of(notice: &Value) -> String {
	let kind = &notice["kind"];
	let name = kind.as_str().or_else(|| kind.as_object()?.keys().next().map(String::as_str));
	name.unwrap_or_default().to_owned()
}

/// A duty officer decides about a session as soon as it is on the list: `approve`, `reject` or `stop`.
///
/// # Errors
/// When it does not get on the list, or the command fails.
pub async fn decide_on_duty(officer: &Person, id: EmergencyRequestId, decision: &str) -> Result<Value> {
	let id = id.to_string();
	until("the case on the officer's list", LIMIT, || async {
		let duty = officer.does(&["emergency", "duty", "list"]).await?;
		Ok(list(&duty, "/cases")?.iter().any(|case| case["session"]["id"] == id.as_str()).then_some(()))
	})
	.await
	.with_context(|| officer.name.clone())?;
	officer.does(&["emergency", "duty", decision, &id, "--reason", "Called back and heard both sides"]).await
}

//! Patients without a card: somebody whom nobody can identify, and somebody who gives a name at the desk.

use super::Verdict;
use anyhow::{ensure, Result};
use salus_client::primitives::{PatientHandle, StaffRole};
use salus_e2e::{
	ground::Ground,
	network::{ALPHA, DELTA},
	person::{exit, list, text, Person},
	samples::Samples,
	waiting::until,
};
use serde_json::Value;
use std::{collections::BTreeSet, fs, time::Duration};

/// How long the answer to another hospital may take to get into the patient's log.
const LOG_LIMIT: Duration = Duration::from_secs(120);

pub async fn an_unknown_patient_is_treated_and_merged_later(ground: &Ground<'_>) -> Result<Verdict> {
	let sample = Samples::own()?.other;
	let ward = ground.ward(ALPHA).await?;
	let roles = vec![StaffRole::Registrar, StaffRole::Physician];
	let desk = ground.staff_at_a_desk(ALPHA, "night-desk", roles, false).await?;
	let registered = desk.does(&["patient", "register", "--provisional"]).await?;
	let unknown = text(&registered, "/handle")?.to_owned();
	takes_care(&desk, &unknown).await?;
	let file = sample.path.display().to_string();
	let added = desk.does(&["record", "add", &unknown, &file]).await?;
	let treated = ids(list(&added, "/bundles/0/report/records")?);
	ensure!(treated.len() == sample.resources()?.len(), "{} records of the night", treated.len());

	// In the morning her sister brings the passport: she has been a patient before.
	let known = ground.patient(&ward).await?.handle.to_string();
	takes_care(&desk, &known).await?;
	let handle: PatientHandle = known.parse().map_err(anyhow::Error::msg)?;
	ground.take_in(&ward, handle, &sample.of("Quittenbaum", "1950-02-28")?).await?;
	let before = records(&desk, &known).await?;
	ensure!(before.is_disjoint(&treated) && !before.is_empty(), "the patient has the records of the night already");
	let words = ["--statement", "Her sister brought the passport"];
	desk.does(&[&["patient", "merge", &unknown, &known][..], &words].concat()).await?;
	ensure!(records(&desk, &known).await? == &before | &treated, "not all records are the patient's now");
	let first = treated.first().map(String::as_str).unwrap_or_default();
	let output = desk.home.join("of-the-night.json").display().to_string();
	desk.does(&["record", "get", &known, first, "--output", &output]).await?;
	let original = fs::read(&output)?;
	ensure!(sample.resources()?.iter().any(|one| one.original == original), "it comes back as other bytes");
	let late = desk.salus(&["record", "add", &unknown, &file]).await?;
	ensure!(late.exit != exit::DONE, "the provisional handle takes records although it was merged");

	let words = ["--statement", "It was her twin"];
	desk.does(&[&["patient", "unmerge", &unknown][..], &words].concat()).await?;
	ensure!(records(&desk, &known).await? == before, "the patient keeps records of somebody else");
	ensure!(records(&desk, &unknown).await? == treated, "the records of the night are not all there");
	Ok(Verdict::Passed)
}

async fn takes_care(desk: &Person, handle: &str) -> Result<Value> {
	let care =
		["patient", "care", handle, "--department", "internal-medicine", "--kind", "admission", "--until", "12h"];
	desk.does(&care).await
}

/// The records that the ward lists.
async fn records(desk: &Person, handle: &str) -> Result<BTreeSet<String>> {
	Ok(ids(list(&desk.does(&["record", "list", handle]).await?, "/records")?))
}

fn ids(records: &[Value]) -> BTreeSet<String> {
	records.iter().filter_map(|one| one["record"].as_str()).map(ToOwned::to_owned).collect()
}

pub async fn a_patient_who_is_present_is_found_by_demographics(ground: &Ground<'_>) -> Result<Verdict> {
	let sample = Samples::own()?.other.of("Wacholder", "1947-11-05")?;
	let ward = ground.ward(ALPHA).await?;
	let (patient, handle) = ground.patient_at_a_desk(&ward, "without-card").await?;
	ground.take_in(&ward, handle, &sample).await?;
	let registrar = ground.staff_at_a_desk(DELTA, "delta-registrar", vec![StaffRole::Registrar], false).await?;

	let (family, given, birth_date) = sample.person()?;
	let found = find(&registrar, &family.to_uppercase(), &given, &birth_date).await?;
	let [one] = found.as_slice() else { anyhow::bail!("found: {found:?}") };
	ensure!(one["handle"] == handle.to_string() && one["custodian"] == ward.institution()?.0, "found: {one}");
	let nobody = find(&registrar, &family, &given, "1947-11-06").await?;
	ensure!(nobody.is_empty(), "somebody else was found: {nobody:?}");
	// Two of one name and date are as good as none.
	let twin = ground.patient(&ward).await?;
	ground.take_in(&ward, twin.handle, &sample).await?;
	let both = find(&registrar, &family, &given, &birth_date).await?;
	ensure!(both.is_empty(), "one of two was chosen: {both:?}");

	until("the answer in the patient's log", LOG_LIMIT, || async {
		let log = patient.salus(&["audit", "list", &handle.to_string()]).await?;
		let receipts = list(&log.json, "/receipts")?;
		Ok(receipts.iter().any(|line| line["receipt"]["kind"] == "demographics_answer").then_some(()))
	})
	.await?;
	Ok(Verdict::Passed)
}

async fn find(registrar: &Person, family: &str, given: &str, birth_date: &str) -> Result<Vec<Value>> {
	let names = ["--family", family, "--given", given, "--birth-date", birth_date];
	let answer = registrar.does(&[&["emergency", "find", "--present"][..], &names].concat()).await?;
	ensure!(list(&answer, "/unanswered")?.is_empty(), "somebody did not answer: {answer}");
	Ok(list(&answer, "/found")?.to_vec())
}

//! Step 13: the access log, recomputed.

use super::{Stage, Telling};
use crate::person::{exit, list, number, Answer, Person};
use anyhow::{Context, Result};
use salus_client::primitives::PatientHandle;
use serde_json::Value;

pub(super) async fn access_log(stage: &mut Stage<'_>, telling: &mut Telling) -> Result<()> {
	telling.say("Selma's log:");
	let log = read(&stage.cast.selma, stage.selma()?, telling).await?;
	telling.expect("the entries lead to the finalized head", log.json["complete"] == true, head(&log.json));
	let count = list(&log.json, "/lines")?.len();
	telling.expect_equal("the chain says there are as many", count as u64, number(&log.json, "/head/count")?);
	let opened = list(&log.json, "/lines")?.iter().filter(|line| line["full"].is_object()).count();
	telling.expect_equal("every entry is opened", opened, count);
	let outcomes = |outcome: &str| {
		let lines = log.json["lines"].as_array().into_iter().flatten();
		lines.filter(|line| line["entry"]["act"] == "Request" && line["entry"]["outcome"] == outcome).count()
	};
	let (permitted, empty) = (outcomes("Permitted"), outcomes("Empty"));
	telling.expect(
		"requests that got nothing stand beside those that were permitted",
		permitted > 0 && empty > 0,
		format!("{permitted} permitted, {empty} empty"),
	);
	let receipts = list(&log.json, "/receipts")?.len();
	telling.expect("receipts tell what was handed out", receipts > 0, format!("{receipts} receipts"));
	telling.expect("nothing is a finding", log.exit == exit::DONE, findings(&log.json));

	telling.say("Clara's log:");
	let withheld = stage.facts.withheld.context("the custodian withheld nothing")?;
	let log = read(&stage.cast.clara, stage.clara()?, telling).await?;
	telling.expect("the entries lead to the finalized head", log.json["complete"] == true, head(&log.json));
	let found = list(&log.json, "/findings")?;
	let missing = |finding: &Value| finding.pointer("/finding/opening_missing/sequence").and_then(Value::as_u64);
	let right = log.exit == exit::FINDING && found.len() == 1 && found.iter().all(|one| missing(one) == Some(withheld));
	telling.expect(
		"the entry whose opening the custodian withheld is a finding, and the only one",
		right,
		findings(&log.json),
	);
	Ok(())
}

async fn read(patient: &Person, handle: PatientHandle, telling: &Telling) -> Result<Answer> {
	let log = patient.salus(&["audit", "list", &handle.to_string()]).await?;
	for line in log.json["lines"].as_array().into_iter().flatten() {
		let words = line["words"].as_str().unwrap_or_default();
		telling.say_in_block(line["block"]["number"].as_u64().unwrap_or_default(), format!("  {words}"));
	}
	if log.json["lines"].is_null() {
		telling.say(log.message());
	}
	Ok(log)
}

pub(super) fn head(log: &Value) -> String {
	let head = log.pointer("/head/head").and_then(Value::as_str).unwrap_or("no head");
	format!("{}… at block {}", &head[..head.len().min(14)], log.pointer("/head/block/number").unwrap_or(&Value::Null))
}

pub(super) fn findings(log: &Value) -> String {
	let words: Vec<&str> =
		log["findings"].as_array().into_iter().flatten().filter_map(|finding| finding["words"].as_str()).collect();
	if words.is_empty() {
		return "no findings".to_owned();
	}
	words.join("; ")
}

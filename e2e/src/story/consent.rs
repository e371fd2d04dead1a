//! Steps 4 to 8: asking before and after consent, and what an answer does not show.

use super::{
	members::witnessed_paper,
	stage::{gateway_as, institution, Kept},
	Stage, Telling,
};
use crate::{
	asking::Asking,
	network::{ALPHA, BETA},
	person::{block, exit, list, number, Answer, Person},
	samples::GRANTED,
	waiting::until,
};
use anyhow::{ensure, Context, Result};
use salus_client::{
	primitives::{PatientHandle, PermitId},
	wire::{AccessAnswer, Release},
};
use salus_envelope::OneTimeKeys;
use serde_json::Value;
use std::{
	collections::{BTreeMap, BTreeSet},
	fs,
	time::Duration,
};

/// What the cardiologist writes; the patient reads it later.
const REASON: &str = "Assessment of heart failure in the out-patient clinic";

/// How long the grantee's gateway may take to hear of a grant.
const TOLD_LIMIT: Duration = Duration::from_secs(60);

/// Asks for the story's two categories by the command line.
pub(super) async fn ask(who: &Person, handle: PatientHandle) -> Result<Answer> {
	let (handle, custodian) = (handle.to_string(), institution(ALPHA).to_string());
	let mut arguments = vec!["access", "request", &handle, "--custodian", &custodian, "--reason", REASON];
	for category in GRANTED {
		arguments.extend(["--category", category.name()]);
	}
	who.salus(&arguments).await
}

/// Fetches into an empty folder at the person's desk.
pub(super) async fn fetch(who: &Person, permit: u64, folder: &str) -> Result<Answer> {
	let output = who.home.join(folder).display().to_string();
	who.salus(&["access", "fetch", &permit.to_string(), "--output", &output]).await
}

/// The records that the grant covers: in its categories, and ordinary.
pub(super) fn covered(kept: &[Kept]) -> Vec<&Kept> {
	kept.iter().filter(|one| GRANTED.contains(&one.resource.category) && one.resource.ordinary).collect()
}

pub(super) async fn ask_without_consent(stage: &mut Stage<'_>, telling: &mut Telling) -> Result<()> {
	let handle = stage.selma()?;
	let before = stage.entries(handle).await?;
	let answer = ask(&stage.cast.cardiologist, handle).await?;
	let exit = answer.exit;
	let empty = answer.json["permit"].is_null();
	telling.expect(
		"the answer is empty",
		exit == exit::EMPTY && empty,
		format!("exit code {exit}, permit {}", answer.json["permit"]),
	);
	let decided = block(&answer.json)?;
	telling.say_in_block(decided, "The decision is final.");
	let after = stage.entries_since(handle, decided).await?;
	telling.expect_equal("the attempt is one more entry in the patient's log", after, before + 1);
	Ok(())
}

pub(super) async fn grant(stage: &mut Stage<'_>, telling: &mut Telling) -> Result<()> {
	let (handle, grantee) = (stage.selma()?.to_string(), institution(BETA).to_string());
	let mut arguments = vec!["consent", "grant", &handle, "--to", &grantee, "--purpose", "TREAT", "--until", "30d"];
	arguments.extend(["--department", "cardiology"]);
	for category in GRANTED {
		arguments.extend(["--category", category.name()]);
	}
	let granted = stage.cast.selma.does(&arguments).await?;
	stage.facts.capability = Some(number(&granted, "/capability")?);
	telling.say_in_block(block(&granted)?, format!("Capability {}.", granted["capability"]));
	telling.expect_equal("the custodian has the policy document behind it", granted["policy_delivered"] == true, true);
	let live = stage.chain().await?.capabilities(&stage.selma()?).await?;
	telling.expect_equal("the chain holds one capability, of blinded tags", live.len(), 1);
	let days = live.first().map(|one| (one.valid_until - one.valid_from) / salus_client::primitives::DAY);
	telling.expect_equal("it ends after 30 days", days.unwrap_or_default(), 30);
	Ok(())
}

pub(super) async fn ask_and_fetch(stage: &mut Stage<'_>, telling: &mut Telling) -> Result<()> {
	let (cardiologist, selma) = (&stage.cast.cardiologist, stage.selma()?);
	// Alpha tells Beta at once, and again until it is heard: a request before that names tags that mean nothing.
	let answer = until("Beta's word of the grant", TOLD_LIMIT, || async {
		let answer = ask(cardiologist, selma).await?;
		ensure!([exit::DONE, exit::EMPTY].contains(&answer.exit), "{}", answer.message());
		Ok((!answer.json["permit"].is_null()).then_some(answer))
	});
	let answer = answer.await.context("what the tags mean")?.done()?;
	let permit = number(&answer, "/permit")?;
	telling.say_in_block(block(&answer)?, format!("Permit {permit}."));
	let fetched = fetch(&stage.cast.cardiologist, permit, "fetched").await?.done()?;
	let records = list(&fetched, "/records")?;
	let expected: BTreeMap<String, &Kept> =
		covered(&stage.facts.selma_records).into_iter().map(|one| (one.record.to_string(), one)).collect();
	let ids: BTreeSet<&str> = records.iter().filter_map(|record| record["record"].as_str()).collect();
	let complete = ids.len() == expected.len() && ids.iter().all(|id| expected.contains_key(*id));
	telling.expect(
		"the answer holds the ordinary records of both categories",
		complete,
		format!("{} records", ids.len()),
	);
	let same = records.iter().filter(|record| is_original(record, &expected)).count();
	telling.expect(
		"each was verified, decrypted, and rejoined to its original bytes",
		same == expected.len() && same > 0,
		format!("{same} of {}", expected.len()),
	);
	telling.expect_equal("nothing about them is a finding", list(&fetched, "/findings")?.len(), 0);
	Ok(())
}

fn is_original(record: &Value, expected: &BTreeMap<String, &Kept>) -> bool {
	let kept = record["record"].as_str().and_then(|id| expected.get(id));
	let bytes = record["file"].as_str().and_then(|file| fs::read(file).ok());
	kept.zip(bytes).is_some_and(|(kept, bytes)| kept.resource.original == bytes && record["rejoined"] == true)
}

/// What a curious cardiologist gets to see, byte by byte.
struct Transcript {
	answer: AccessAnswer,
	release: Release,
}

async fn transcript(stage: &Stage<'_>, handle: PatientHandle) -> Result<Transcript> {
	let cast = &stage.cast;
	let gateway = gateway_as(stage.network, BETA, &cast.cardiologist)?;
	let identity = cast.cardiologist.identity()?;
	let asking = Asking {
		gateway: &gateway,
		key: identity.practitioner(&cast.cardiologist.name)?,
		genesis: stage.chain().await?.genesis().await?,
		handle,
		custodian: institution(ALPHA),
	};
	let (answer, keys): (AccessAnswer, OneTimeKeys) = asking.request(&GRANTED, REASON).await?;
	let permit: PermitId = answer.permit.context("there is no permit")?;
	let release = asking.fetch(permit, &keys).await?;
	Ok(Transcript { answer, release })
}

pub(super) async fn restricted_is_absent(stage: &mut Stage<'_>, telling: &mut Telling) -> Result<()> {
	grant_on_paper(stage, telling).await?;
	let selma = transcript(stage, stage.selma()?).await?;
	let clara = transcript(stage, stage.clara()?).await?;

	let withheld: Vec<&Kept> = stage
		.facts
		.selma_records
		.iter()
		.filter(|one| GRANTED.contains(&one.resource.category) && !one.resource.ordinary)
		.collect();
	telling.expect(
		"Selma has restricted records in the granted categories",
		!withheld.is_empty(),
		withheld.len().to_string(),
	);
	let text = serde_json::to_string(&selma.release)?;
	let shown = withheld.iter().filter(|one| text.contains(&one.record.to_string())).count();
	telling.expect_equal("none of them is named in her answer", shown, 0);
	for (name, transcript, kept) in
		[("Selma", &selma, &stage.facts.selma_records), ("Clara", &clara, &stage.facts.clara_records)]
	{
		let title = format!("{name}'s answer holds her ordinary records and no count of others");
		telling.expect_equal(&title, transcript.release.records.len(), covered(kept).len());
	}
	let release_shapes = (shape(&serde_json::to_value(&selma.release)?), shape(&serde_json::to_value(&clara.release)?));
	let fields = release_shapes.0.len();
	telling.expect(
		"it has the shape of Clara's answer, who has none",
		release_shapes.0 == release_shapes.1,
		format!("{fields} fields in each"),
	);
	let answer_shapes = (shape(&serde_json::to_value(&selma.answer)?), shape(&serde_json::to_value(&clara.answer)?));
	let hint = selma.answer.hint == clara.answer.hint;
	telling.expect(
		"the decisions look alike, with the same hint",
		answer_shapes.0 == answer_shapes.1 && hint,
		selma.answer.hint.clone(),
	);
	Ok(())
}

/// Clara signs another paper: her registrar grants the same on her behalf.
async fn grant_on_paper(stage: &Stage<'_>, telling: &Telling) -> Result<()> {
	let cast = &stage.cast;
	let words = "Beta's cardiology may read my laboratory results and conditions for treatment. Signed: (a signature)";
	let (handle, grantee) = (stage.clara()?.to_string(), institution(BETA).to_string());
	let mut arguments = vec!["consent", "draft", &handle, "--to", &grantee, "--department", "cardiology"];
	for category in GRANTED {
		arguments.extend(["--category", category.name()]);
	}
	let draft = cast.registrar.does(&arguments).await?;
	let seen = cast.witness.hand_over("clara-draft.json", &draft)?;
	let draft = cast.registrar.hand_over("clara-draft.json", &draft)?;
	let paper = witnessed_paper(&cast.witness, &cast.registrar, words, &["consent", "--draft", &seen]).await?;
	let granted = cast.registrar.does(&["consent", "grant-on-paper", "--draft", &draft, "--evidence", &paper]).await?;
	telling.say_in_block(block(&granted)?, "Clara grants the same on paper; Alpha acts on her behalf.");
	Ok(())
}

/// Every path in a JSON value with the types found there; positions in lists do not count.
fn shape(value: &Value) -> BTreeSet<String> {
	fn walk(path: &str, value: &Value, shape: &mut BTreeSet<String>) {
		let kind = match value {
			Value::Null => "null",
			Value::Bool(_) => "bool",
			Value::Number(_) => "number",
			Value::String(_) => "string",
			Value::Array(_) => "list",
			Value::Object(_) => "object",
		};
		shape.insert(format!("{path}: {kind}"));
		match value {
			Value::Array(values) => values.iter().for_each(|value| walk(&format!("{path}/*"), value, shape)),
			Value::Object(fields) => {
				fields.iter().for_each(|(name, value)| walk(&format!("{path}/{name}"), value, shape))
			}
			_ => {}
		}
	}
	let mut found = BTreeSet::new();
	walk("", value, &mut found);
	found
}

pub(super) async fn nurse_gets_nothing(stage: &mut Stage<'_>, telling: &mut Telling) -> Result<()> {
	let handle = stage.selma()?;
	let before = stage.entries(handle).await?;
	let answer = ask(&stage.cast.nurse, handle).await?;
	let decided = block(&answer.json)?;
	telling.say_in_block(decided, "The chain knows institutions, not departments; the custodian applies the policy.");
	let records = match answer.json["permit"].as_u64() {
		Some(permit) => {
			let fetched = fetch(&stage.cast.nurse, permit, "fetched").await?.ended(exit::EMPTY)?;
			list(&fetched, "/records").map_or(0, <[Value]>::len)
		}
		None => 0,
	};
	telling.expect_equal("she gets an empty answer", records, 0);
	let files = fs::read_dir(stage.cast.nurse.home.join("fetched")).map_or(0, Iterator::count);
	telling.expect_equal("nothing was written at her desk", files, 0);
	let after = stage.entries_since(handle, decided).await?;
	telling.expect_equal("her attempt stands in the patient's log", after, before + 1);
	Ok(())
}

#[cfg(test)]
mod tests {
	use super::*;
	use serde_json::json;

	#[test]
	fn shapes_ignore_values_and_numbers_of_items_and_see_fields() {
		assert_eq!(shape(&json!({ "a": [1, 2] })), shape(&json!({ "a": [3] })));
		assert_ne!(shape(&json!({ "a": [1] })), shape(&json!({ "a": [1], "withheld": 2 })));
		assert_ne!(shape(&json!({ "a": null })), shape(&json!({ "a": 1 })));
	}
}

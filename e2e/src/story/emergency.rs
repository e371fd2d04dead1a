//! Steps 14 to 17: three in the morning at Beta, and a patient who cannot speak.

use super::{
	audit::{findings, head},
	stage::institution,
	Stage, Telling,
};
use crate::{
	bedside::{card, kind_of, notices_with, request, wait_sealed, LIMIT},
	council::decide_at_desks,
	guardians::{index_of, wait_for, wait_for_keys, wait_liar_named, Liar, ENOUGH, GUARDIANS},
	network::{ALPHA, BETA, DELTA, EPSILON, MEMBERS, ZETA},
	person::{block, exit, list, number, text, Answer, Person},
	samples::Sample,
};
use anyhow::{Context, Result};
use salus_client::primitives::{CommitteeId, CommitteePurpose, EmergencyTier, PatientHandle};
use salus_runtime_api::CommitteeStatus;
use serde_json::Value;
use std::time::{Duration, Instant};

/// How often a log is looked at.
const LOOK: Duration = Duration::from_secs(2);

pub(super) async fn committee(stage: &mut Stage<'_>, telling: &mut Telling) -> Result<()> {
	let chain = stage.chain().await?;
	telling.busy("waiting for the guardians' keys");
	wait_for_keys(&chain, &GUARDIANS).await?;
	let members: Vec<String> = GUARDIANS.iter().map(|member| institution(*member).to_string()).collect();
	let (members, threshold) = (members.join(","), ENOUGH.to_string());
	let operators = &stage.cast.operators;
	let form = ["emergency", "committee", "form", "--members", &members, "--threshold", &threshold];
	telling.busy("voting");
	let closed = decide_at_desks(operators, &form).await?;
	telling.say_in_block(block(&closed)?, "The council decides, by two thirds of its seats.");

	telling.busy("generating a key through the chain");
	let id = CommitteeId(u32::try_from(number(&closed, "/committee")?)?);
	let formed = wait_for(&chain, id, CommitteeStatus::Active).await?;
	let shown = operators[ALPHA].does(&["emergency", "committee", "status", &id.to_string()]).await?;
	let confirmed = list(&shown, "/committees/0/members")?.iter().filter(|one| one["confirmed"] == true).count();
	telling.expect_equal("each of the five has proven that it holds its share", confirmed, GUARDIANS.len());
	let whole = formed.group_key.is_some() && usize::from(formed.k) == usize::from(ENOUGH);
	let names: Vec<&str> = GUARDIANS.iter().map(|member| MEMBERS[*member]).collect();
	let outcome = format!("{} of {} ({})", formed.k, formed.n, names.join(", "));
	telling.expect("the key exists as shares alone; three of them open an envelope", whole, outcome);

	telling.busy("sealing");
	for handle in [stage.selma()?, stage.clara()?] {
		wait_sealed(&chain, &handle, 0).await?;
	}
	telling.say("Alpha seals Selma's and Clara's emergency summaries, in envelopes that serve once.");
	Ok(())
}

pub(super) async fn night(stage: &mut Stage<'_>, telling: &mut Telling) -> Result<()> {
	let cast = stage.cast.clone();
	let selma = stage.selma()?;
	let card = card(&cast.selma, &selma).await?;
	telling.say(format!("Selma's card says {}…; it opens nothing.", &card[..card.len().min(24)]));
	telling.busy("asking the guardians");
	let asked = request(&cast.rescuer, &card, &[]).await?;
	let (active, outcome) = is_active(&asked);
	telling.expect("three guardians give their shares, without a person", active, outcome);
	let session = asked.done()?;
	telling.say_in_block(block(&session)?, "The request uses up one envelope.");
	let approved: Vec<&str> =
		list(&session, "/session/parts")?.iter().filter_map(|part| part["guardian"].as_str()).collect();
	let outcome = approved.join(", ");
	telling.expect("the chain names them", approved.len() >= usize::from(ENOUGH), outcome);
	let id = text(&session, "/id")?.to_owned();

	let colleague = cast.beta_colleague.salus(&["emergency", "open", &id]).await?;
	telling.expect(
		"a colleague of the same house opens nothing with it",
		colleague.exit != exit::DONE,
		colleague.message(),
	);
	telling.busy("opening");
	let opened = cast.rescuer.does(&["emergency", "open", &id]).await?;
	for row in list(&opened, "/rows")? {
		let field = |name: &str| row[name].as_str().unwrap_or_default().to_owned();
		telling.say(format!("  {}: {} {}", field("section"), field("what"), field("details")));
	}
	names_allergy(&opened, &stage.samples.with_restricted, telling)?;
	stage.facts.emergency = Some(id);
	Ok(())
}

/// Whether the answer's session is active, and where it stands in words.
fn is_active(asked: &Answer) -> (bool, String) {
	match asked.json.pointer("/session/status").and_then(Value::as_str) {
		Some(status) => (status == "active", format!("{status} after {:.1} s", asked.took.as_secs_f64())),
		None => (false, asked.message()),
	}
}

fn names_allergy(opened: &Value, sample: &Sample, telling: &mut Telling) -> Result<()> {
	let rows = list(opened, "/rows")?;
	let words = sample.allergy();
	let found = match &words {
		Ok(words) => rows.iter().any(|row| row["what"].as_str().is_some_and(|what| what.contains(words.as_str()))),
		// Bundles of a folder may tell of no allergy.
		Err(_) => !rows.is_empty(),
	};
	let outcome = format!("{} lines, {}", rows.len(), words.unwrap_or_else(|error| error.to_string()));
	telling.expect("the summary says in words what must not be given", found, outcome);
	Ok(())
}

pub(super) async fn afterwards(stage: &mut Stage<'_>, telling: &mut Telling) -> Result<()> {
	let cast = stage.cast.clone();
	let selma = stage.selma()?;
	let id = stage.facts.emergency.clone().context("there was no emergency")?;
	let epoch = sealed_epoch(stage, selma).await?;
	let closed = cast.rescuer.does(&["emergency", "close", &id, "--reason", "Treated"]).await?;
	telling.say_in_block(block(&closed)?, "The session is closed, and with it the epoch of Selma's keys.");
	let late = cast.rescuer.salus(&["emergency", "open", &id]).await?;
	telling.expect("it opens nothing any more", late.exit != exit::DONE, late.message());
	telling.busy("waiting for the next envelopes");
	let next = wait_sealed(&stage.chain().await?, &selma, epoch + 1).await?;
	telling.expect_equal("Alpha has sealed the next epoch", next, epoch + 1);

	telling.busy("waiting for what Selma is told");
	let told = ["requested", "approved", "opened", "released", "closed"];
	let mut kinds: Vec<String> = Vec::new();
	for kind in told {
		let notices = notices_with(&cast.selma, &selma, kind).await?;
		kinds = list(&notices, "/notices")?.iter().map(kind_of).collect();
	}
	let all = told.iter().all(|kind| kinds.iter().any(|found| found == kind));
	telling.expect("Selma was told of each step", all, kinds.join(", "));

	let officer = &cast.privacy_officer;
	let reason = "Called Beta back: there was an emergency, and the summary was needed";
	let reviewed =
		officer.does(&["emergency", "reviews", "decide", &id, "--verdict", "justified", "--reason", reason]).await?;
	telling.say_in_block(block(&reviewed)?, "Alpha's privacy officer looks back: justified.");

	telling.busy("waiting for the openings of what the guardians did");
	let log = log_of(&cast.selma, selma).await?;
	telling.expect("her log leads to the finalized head", log.json["complete"] == true, head(&log.json));
	let words: Vec<&str> = list(&log.json, "/lines")?.iter().filter_map(|line| line["words"].as_str()).collect();
	let acts: Vec<&str> = list(&log.json, "/lines")?.iter().filter_map(|line| line["entry"]["act"].as_str()).collect();
	let of = |act: &str| acts.iter().filter(|found| **found == act).count();
	for line in words.iter().rev().take(of("EmergencyApproval") + 4).rev() {
		telling.say(format!("  {line}"));
	}
	let counts = (of("EmergencyRequest"), of("EmergencyApproval"), of("EmergencyClose"), of("EmergencyReview"));
	let outcome = format!("{} request, {} approvals, {} end, {} review", counts.0, counts.1, counts.2, counts.3);
	let named = counts.0 == 1 && counts.1 >= usize::from(ENOUGH) && counts.2 == 1 && counts.3 == 1;
	telling.expect("it names who asked, who approved, who judged", named, outcome);
	telling.expect("nothing about it is a finding", log.exit == exit::DONE, findings(&log.json));
	Ok(())
}

/// A patient's log, as soon as nothing in it is a finding: guardians hand the openings of their votes to the custodian after they voted.
async fn log_of(patient: &Person, handle: PatientHandle) -> Result<Answer> {
	let deadline = Instant::now() + LIMIT;
	loop {
		let log = patient.salus(&["audit", "list", &handle.to_string()]).await?;
		if log.exit == exit::DONE || Instant::now() > deadline {
			return Ok(log);
		}
		tokio::time::sleep(LOOK).await;
	}
}

async fn sealed_epoch(stage: &Stage<'_>, handle: PatientHandle) -> Result<u32> {
	Ok(stage.chain().await?.emergency_scope(&handle, EmergencyTier::Summary).await?.epoch)
}

pub(super) async fn liar(stage: &mut Stage<'_>, telling: &mut Telling) -> Result<()> {
	let clara = stage.clara()?;
	// Where it is asked for.
	wait_sealed(&stage.network.chain(BETA).await?, &clara, 0).await?;
	let committee = stage.chain().await?.consortium_committee(CommitteePurpose::Release).await?;
	let committee = committee.context("there is no committee")?;
	let account = stage.network.gateways[ZETA].account_key()?;
	let chain = stage.network.chain(BETA).await?;
	let away = [DELTA, EPSILON, ZETA];
	away.iter().for_each(|member| stage.network.gateways[*member].kill());
	telling.say("Epsilon's gateway is down. Zeta's account is in the hands of somebody who sends garbage. Delta's gateway is late.");
	let lying = Liar::start(chain, account, committee);
	let told = open_past_liar(stage, telling, clara).await;
	drop(lying);
	telling.busy("starting the gateways again");
	for member in away {
		stage.network.gateways[member].start()?;
		stage.network.gateways[member].wait_ready().await?;
	}
	told
}

async fn open_past_liar(stage: &mut Stage<'_>, telling: &mut Telling, clara: PatientHandle) -> Result<()> {
	let cast = stage.cast.clone();
	let card = card(&cast.clara, &clara).await?;
	let (chain, delta) = (stage.chain().await?, &stage.network.gateways[DELTA]);
	// Delta comes when the garbage is in: else there might be enough before.
	let late = async {
		wait_liar_named(&chain, &clara, index_of(ZETA)?).await?;
		delta.start()
	};
	let (asked, late) = futures::join!(request(&cast.rescuer, &card, &[]), late);
	let asked = asked?;
	late?;
	let (active, outcome) = is_active(&asked);
	telling.expect("three of the other guardians are enough", active, outcome);
	let session = asked.done()?;
	let refused: Vec<&str> = list(&session, "/session/refused")?.iter().filter_map(Value::as_str).collect();
	telling.expect("the chain refused the garbage, and names who sent it", refused.len() == 1, refused.join(", "));
	let id = text(&session, "/id")?;
	let opened = cast.rescuer.does(&["emergency", "open", id]).await?;
	names_allergy(&opened, &stage.samples.other, telling)?;
	let closed = cast.rescuer.does(&["emergency", "close", id]).await?;
	telling.say_in_block(block(&closed)?, "Closed.");
	Ok(())
}

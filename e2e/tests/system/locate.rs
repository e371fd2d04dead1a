//! Somebody who cannot speak, and whose name stands in a wallet.

use super::Verdict;
use anyhow::{ensure, Context, Result};
use salus_client::primitives::{CommitteeId, CommitteePurpose};
use salus_e2e::{
	bedside::physician,
	council::decide_at_desks,
	ground::Ground,
	guardians::{wait_for, wait_for_keys, ENOUGH, GUARDIANS},
	network::{ALPHA, BETA, DELTA, ZETA},
	person::{list, number, Answer, Person},
	samples::Samples,
	vault::{leaks, words_in},
	waiting::until,
};
use salus_runtime_api::CommitteeStatus;
use std::{collections::BTreeSet, time::Duration};

/// How long a custodian may take to enter a patient into the index, by guardians of a busy machine.
const ENTERED_LIMIT: Duration = Duration::from_secs(300);

pub async fn a_patient_is_found_by_name_and_birth_date_with_a_guardian_down(ground: &Ground<'_>) -> Result<Verdict> {
	let sample = Samples::own()?.other.of("Hollerbusch", "1938-04-17")?;
	let (family, given, birth_date) = sample.person()?;
	let chain = ground.chain(ALPHA);
	wait_for_keys(&chain, &GUARDIANS).await?;
	let operators = ground.operators_at_desks("locate")?;
	let (members, k) = (GUARDIANS.map(|member| member.to_string()).join(","), ENOUGH.to_string());
	let form = ["emergency", "committee", "form", "--purpose", "locate", "--members", &members, "--threshold", &k];
	let formed = decide_at_desks(&operators, &form).await?;
	let committee = CommitteeId(u32::try_from(number(&formed, "/committee")?)?);
	wait_for(&chain, committee, CommitteeStatus::Active).await?;
	ensure!(
		chain.consortium_committee(CommitteePurpose::Locate).await? == Some(committee),
		"it is not the consortium's"
	);

	// A custodian with hardly any other patients: from now on all of them get entered.
	let ward = ground.ward(DELTA).await?;
	let patient = ground.patient(&ward).await?;
	ground.take_in(&ward, patient.handle, &sample).await?;
	let rescuer = physician(ground, BETA, "rescuer-with-a-wallet").await?;
	// A guardian that is busy may miss one search: in the end all of them answer in one.
	until("the patient in the index of all guardians", ENTERED_LIMIT, || async {
		let answer = find(&rescuer, &family, &given, &birth_date).await?.done()?;
		ensure!(number(&answer, "/asked")? == GUARDIANS.len() as u64, "{answer}");
		Ok((!list(&answer, "/found")?.is_empty() && answer["answered"] == answer["asked"]).then_some(()))
	})
	.await?;

	let zeta = &ground.network.gateways[ZETA];
	zeta.kill();
	let without = async {
		let found = until("an answer of the four others", ENTERED_LIMIT, || async {
			let answer = find(&rescuer, &family.to_uppercase(), &given, &birth_date).await?.done()?;
			ensure!(answer["answered"] != answer["asked"], "the guardian that is down answered: {answer}");
			Ok((number(&answer, "/answered")? == number(&answer, "/asked")? - 1).then_some(answer))
		})
		.await?;
		let nobody = find(&rescuer, &family, &given, "1938-04-18").await?;
		anyhow::Ok((found, nobody))
	}
	.await;
	zeta.start()?;
	zeta.wait_ready().await?;
	let (found, nobody) = without.context("with one guardian down")?;
	let [one] = list(&found, "/found")? else { anyhow::bail!("not one patient: {found}") };
	ensure!(one["handle"] == patient.handle.to_string() && one["custodian"] == ward.institution()?.0, "{one}");
	ensure!(nobody.json["found"].as_array().is_some_and(Vec::is_empty), "somebody else was found: {}", nobody.json);
	nowhere_readable(ground, [family, birth_date].into()).await?;
	Ok(Verdict::Passed)
}

/// Asks the guardians.
async fn find(rescuer: &Person, family: &str, given: &str, birth_date: &str) -> Result<Answer> {
	let names = ["--family", family, "--given", given, "--birth-date", birth_date];
	let why = ["--because", "Found unconscious, with papers", "--encounter", "E-2026-0417"];
	rescuer.salus(&[&["emergency", "find", "--locate"][..], &names, &why].concat()).await
}

/// Whom was looked for stands in no gateway's files, guardians and custodian included, and nowhere in the chain's state.
async fn nowhere_readable(ground: &Ground<'_>, words: BTreeSet<String>) -> Result<()> {
	for gateway in &ground.network.gateways {
		let found = leaks(&gateway.home(), &words)?;
		ensure!(found.is_empty(), "{}", found.join("; "));
	}
	let rpc = ground.network.validators[ALPHA].rpc()?;
	for (key, value) in rpc.state("0x", &rpc.finalized().await?).await? {
		let found = words_in(&hex::decode(value.trim_start_matches("0x"))?, &words);
		ensure!(found.is_empty(), "{found:?} in the state under {key}");
	}
	Ok(())
}

//! Step 3: bundles become records; the own ward reads.

use super::{
	stage::{gateway_as, Kept},
	Stage, Telling,
};
use crate::{
	network::{Network, ALPHA},
	person::{list, number, text, Person},
	samples::Sample,
	vault::leaks,
	waiting::until,
};
use anyhow::{ensure, Context, Result};
use futures::{stream, StreamExt, TryStreamExt};
use salus_client::{
	gateway::Gateway,
	primitives::{PatientHandle, RecordId},
};
use std::{
	collections::BTreeSet,
	fs,
	time::{Duration, Instant},
};

/// How long a batch of receipts may take to be filed: the local consortium files every few seconds.
const RECEIPTS_LIMIT: Duration = Duration::from_secs(120);

pub(super) async fn ingest_and_read(stage: &mut Stage<'_>, telling: &mut Telling) -> Result<()> {
	let (selma, clara) = (stage.selma()?, stage.clara()?);
	let cast = stage.cast.clone();
	for (patient, name) in [(selma, "Selma"), (clara, "Clara")] {
		let handle = patient.to_string();
		let care = ["patient", "care", &handle, "--department", "internal-medicine", "--kind", "admission"];
		cast.registrar.does(&care).await?;
		telling.say(format!("{name} is admitted to internal medicine."));
	}
	let samples = stage.samples.clone();
	for (patient, sample) in [(selma, &samples.with_restricted), (clara, &samples.other)] {
		telling.busy("taking a bundle in");
		let kept = ingest(&cast.physician, patient, sample, telling).await?;
		let anchors = stage.chain().await?.anchors(&patient).await?;
		let anchored: BTreeSet<RecordId> = anchors.iter().map(|(record, _)| *record).collect();
		let all = kept.iter().all(|one| anchored.contains(&one.record)) && anchored.len() == kept.len();
		telling.expect("every record is anchored, and nothing else", all, format!("{} anchors", anchored.len()));
		match patient == selma {
			true => stage.facts.selma_records = kept,
			false => stage.facts.clara_records = kept,
		}
	}
	let restricted = stage.facts.selma_records.iter().filter(|one| !one.resource.ordinary).count();
	telling.say(format!("{restricted} of Selma's records carry a label that keeps them closer."));

	let file = samples.with_restricted.path.display().to_string();
	let again = cast.physician.does(&["record", "add", &selma.to_string(), &file]).await?;
	let there = number(&again, "/bundles/0/report/already_there")?;
	let count = stage.facts.selma_records.len();
	telling.expect_equal("sending a bundle again doubles nothing: all are there", there, u64::try_from(count)?);

	let words = samples.with_restricted.telling_words()?;
	let leaked = leaks(&stage.network.gateways[ALPHA].home(), &words)?;
	telling.expect(
		"nothing of Selma's name, birth date, illnesses or drugs lies readable on the gateway's disk",
		leaked.is_empty(),
		format!(
			"{} words searched, {} found{}",
			words.len(),
			leaked.len(),
			leaked.first().map(|one| format!(": {one}")).unwrap_or_default()
		),
	);
	telling.busy("reading on the ward");
	read_all(stage.network, &cast.physician, selma, &stage.facts.selma_records, telling).await?;
	read_by_command(&cast.physician, selma, stage.facts.selma_records.first(), telling).await?;
	receipts_filed(stage, telling).await
}

/// Takes a bundle in by the command line and compares what was made of it with the bundle.
async fn ingest(
	physician: &Person,
	handle: PatientHandle,
	sample: &Sample,
	telling: &mut Telling,
) -> Result<Vec<Kept>> {
	let report = physician.does(&["record", "add", &handle.to_string(), &sample.path.display().to_string()]).await?;
	let records = list(&report, "/bundles/0/report/records")?;
	let resources = sample.resources()?;
	let same_order = records.len() == resources.len()
		&& records.iter().zip(&resources).all(|(record, resource)| {
			let ordinary = record["classes"].as_array().is_some_and(|classes| classes.len() == 1 && classes[0] == "N");
			record["kind"] == resource.kind.as_str()
				&& record["category"] == resource.category.name()
				&& ordinary == resource.ordinary
		});
	let outcome = format!("{}: {} resources, {} records", sample.name(), resources.len(), records.len());
	telling.expect("each resource is one record, with category and labels by its codes", same_order, outcome);
	ensure!(records.len() == resources.len(), "the records cannot be told apart");
	let blocks = list(&report, "/bundles/0/report/blocks")?;
	if let Some(block) = blocks.last().and_then(|block| block["number"].as_u64()) {
		telling.say_in_block(block, format!("Encrypted, labelled, anchored in {} block(s).", blocks.len()));
	}
	records
		.iter()
		.zip(resources)
		.map(|(record, resource)| Ok(Kept { record: record_of(text(record, "/record")?)?, resource }))
		.collect()
}

fn record_of(text: &str) -> Result<RecordId> {
	text.parse().map_err(anyhow::Error::msg)
}

/// Reads every record of a patient as the ward does, and compares the bytes.
async fn read_all(
	network: &Network,
	physician: &Person,
	handle: PatientHandle,
	kept: &[Kept],
	telling: &mut Telling,
) -> Result<()> {
	let gateway = gateway_as(network, ALPHA, physician)?;
	let reads: Vec<Read> = stream::iter(kept)
		.map(|one| read_one(&gateway, handle, one))
		.buffered(2)
		.try_collect()
		.await
		.context("the ward could not read")?;
	let same = reads.iter().filter(|read| read.same_bytes).count();
	let mut times: Vec<Duration> = reads.iter().map(|read| read.took).collect();
	times.sort();
	let slowest = times.last().copied().unwrap_or_default();
	let outcome = format!("{same} of {} records; the slowest took {} ms", kept.len(), slowest.as_millis());
	telling.expect("the ward reads back exactly the bytes that came in", same == kept.len(), outcome);
	let receipts: BTreeSet<&str> = reads.iter().filter_map(|read| read.receipt.as_deref()).collect();
	telling.expect_equal("each read has a receipt of its own", receipts.len(), kept.len());
	Ok(())
}

struct Read {
	same_bytes: bool,
	receipt: Option<String>,
	took: Duration,
}

async fn read_one(gateway: &Gateway, handle: PatientHandle, kept: &Kept) -> Result<Read> {
	let began = Instant::now();
	let read = gateway.record(&handle, &kept.record).await?;
	Ok(Read { same_bytes: read.bytes == kept.resource.original, receipt: read.receipt, took: began.elapsed() })
}

async fn read_by_command(
	physician: &Person,
	handle: PatientHandle,
	kept: Option<&Kept>,
	telling: &mut Telling,
) -> Result<()> {
	let kept = kept.context("there is no record")?;
	let file = physician.home.join("read.json");
	let path = file.display().to_string();
	physician.does(&["record", "get", &handle.to_string(), &kept.record.to_string(), "--output", &path]).await?;
	let same = fs::read(&file).is_ok_and(|bytes| bytes == kept.resource.original);
	telling.expect("`salus record get` writes the original bytes", same, kept.resource.kind.clone());
	Ok(())
}

/// Receipts are batched into roots on the chain.
async fn receipts_filed(stage: &Stage<'_>, telling: &mut Telling) -> Result<()> {
	telling.busy("waiting for the batch of receipts");
	let url = stage.network.gateways[ALPHA].url();
	let filed = until("the batch of receipts", RECEIPTS_LIMIT, || {
		let url = url.clone();
		async move { Ok((Gateway::status_of(&url).await?.receipts_pending == 0).then_some(())) }
	})
	.await;
	let batch = stage.chain().await?.receipt_batch(super::stage::institution(ALPHA), 0).await?;
	let outcome = batch.map_or("none".to_owned(), |batch| format!("the first batch has {} receipts", batch.count));
	telling.expect("the receipts are filed on the chain in batches", filed.is_ok() && batch.is_some(), outcome);
	Ok(())
}

//! Every bundle of the corpus beside the checkout goes through a gateway, and comes back byte by byte.

use super::Verdict;
use anyhow::{ensure, Context, Result};
use futures::{stream, StreamExt, TryStreamExt};
use salus_e2e::ground::{Ground, Ward};
use salus_e2e::{
	network::GAMMA,
	samples::{bundles_in, corpus_folder, Sample},
};
use std::time::Instant;

/// Bundles at the same time.
const CONCURRENT: usize = 4;

pub async fn every_bundle_of_the_corpus_goes_through_a_gateway(ground: &Ground<'_>) -> Result<Verdict> {
	let Some(folder) = corpus_folder() else {
		return Ok(Verdict::Skipped("../shared/data/fhir-r4 is not there".to_owned()));
	};
	let mut samples = Vec::new();
	for path in bundles_in(&folder)? {
		let sample = Sample::read(&path)?;
		// Beside the patients lies a list of the practitioners that their bundles refer to.
		if !sample.name().starts_with("practitionerInformation") {
			samples.push(sample);
		}
	}
	ensure!(!samples.is_empty(), "{} holds no bundle of one patient", folder.display());
	let ward = ground.ward(GAMMA).await?;
	let ward = &ward;
	let began = Instant::now();
	let through: Vec<Through> = stream::iter(&samples)
		.map(|sample| take_in(ground, ward, sample))
		.buffer_unordered(CONCURRENT)
		.try_collect()
		.await?;
	let seconds = began.elapsed().as_secs_f64();
	let resources: usize = through.iter().map(|one| one.resources).sum();
	let ingesting: f64 = through.iter().map(|one| one.ingest_seconds).sum();
	Ok(Verdict::Told(format!(
		"{} patients, {resources} resources in {seconds:.1} s: registered, taken in, anchored, read back ({:.0} resources/s; {:.1} s per bundle \
		 until final)",
		samples.len(),
		resources as f64 / seconds,
		ingesting / samples.len() as f64,
	)))
}

struct Through {
	resources: usize,
	ingest_seconds: f64,
}

async fn take_in(ground: &Ground<'_>, ward: &Ward, sample: &Sample) -> Result<Through> {
	let name = sample.name();
	let resources = sample.resources()?;
	let patient = ground.patient(ward).await.with_context(|| name.clone())?;
	let began = Instant::now();
	let report = ward.gateway.ingest(&patient.handle, sample.bytes.clone()).await.with_context(|| name.clone())?;
	let ingest_seconds = began.elapsed().as_secs_f64();
	ensure!(report.records.len() == resources.len(), "{name}: {} of {}", report.records.len(), resources.len());
	ensure!(ground.anchors(ward, &patient.handle).await? == resources.len(), "{name}: not every record is anchored");
	for (record, resource) in report.records.iter().zip(&resources) {
		let read = ward.gateway.record(&patient.handle, &record.record).await.with_context(|| name.clone())?;
		ensure!(read.bytes == resource.original, "{name}: {} came back as other bytes", record.record);
	}
	Ok(Through { resources: resources.len(), ingest_seconds })
}

//! A power cut in the middle of an ingest.

use super::Verdict;
use anyhow::{ensure, Context, Result};
use salus_e2e::ground::{long_bundle, Ground};
use salus_e2e::{network::GAMMA, samples::Samples, waiting::until};
use std::{collections::BTreeSet, time::Duration};

/// Enough for several blocks of anchors.
const OBSERVATIONS: usize = 600;
/// How long the first anchors may take.
const LIMIT: Duration = Duration::from_secs(120);

pub async fn ingest_resumes_when_the_gateway_was_killed_in_the_middle(ground: &Ground<'_>) -> Result<Verdict> {
	let ward = ground.ward(GAMMA).await?;
	let patient = ground.patient(&ward).await?;
	let bundle = long_bundle(&Samples::own()?.other, OBSERVATIONS)?;
	let chain = ground.chain(GAMMA);
	let gateway = &ground.network.gateways[GAMMA];
	let cut = async {
		let (chain, handle) = (&chain, &patient.handle);
		// The best block, not the finalized one: the gateway still waits for finality then.
		until("the first anchors", LIMIT, || async move {
			let best = chain.best_head().await?;
			Ok((!chain.anchors_at(&best, handle).await?.is_empty()).then_some(()))
		})
		.await?;
		gateway.kill();
		anyhow::Ok(())
	};
	let (interrupted, cut) = futures::join!(ward.gateway.ingest(&patient.handle, bundle.clone()), cut);
	cut?;
	ensure!(interrupted.is_err(), "the ingest ended before the power cut: nothing was tried");

	gateway.start()?;
	gateway.wait_ready().await?;
	let report = ward.gateway.ingest(&patient.handle, bundle.clone()).await.context("the same bundle again")?;
	// By now the gateway may have carried the ingest on by itself: then all of it was there.
	let resources = salus_fhir::Bundle::parse(&bundle)?.resources().len();
	let known = report.records.len() + usize::try_from(report.already_there)?;
	ensure!(known == resources, "{known} of {resources} resources are reported");
	let anchors = chain.anchors(&patient.handle).await?.len();
	ensure!(anchors == resources, "{anchors} anchors for {resources} resources: something was lost or anchored twice");
	let listed = ward.gateway.records(&patient.handle).await?.records;
	let records: BTreeSet<_> = listed.iter().map(|record| record.record).collect();
	ensure!(
		records.len() == resources && listed.len() == resources,
		"{} of {resources} records are listed",
		listed.len()
	);
	Ok(Verdict::Passed)
}

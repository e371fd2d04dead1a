//! A vault whose disk fails.

use super::Verdict;
use anyhow::{ensure, Context, Result};
use salus_client::{primitives::RecordId, wire::codes};
use salus_e2e::ground::{ensure_refused, long_bundle, Ground};
use salus_e2e::{
	disk::SmallDisk,
	network::{ALPHA, GAMMA},
	samples::Samples,
	vault::{file_of, Tampered},
};

/// Size of the disk that is too small, and of the one with room.
const SMALL: &str = "192k";
const ROOMY: &str = "64m";

pub async fn a_read_says_which_blob_when_one_is_missing_or_altered(ground: &Ground<'_>) -> Result<Verdict> {
	let ward = ground.ward(ALPHA).await?;
	let patient = ground.patient(&ward).await?;
	ward.gateway.ingest(&patient.handle, Samples::own()?.other.bytes).await?;
	let listed = ward.gateway.records(&patient.handle).await?.records;
	let [first, second, ..] = listed.as_slice() else { anyhow::bail!("the ward lists fewer than two records") };
	let file = file_of(&ground.network.gateways[ALPHA].vault(), &first.content.0)?;
	let (ward, patient) = (&ward, &patient);
	let read = |record: RecordId| async move { ward.gateway.record(&patient.handle, &record).await };

	let removed = Tampered::with(&file, |_| None)?;
	ensure_refused(read(first.record).await, codes::BLOB_MISSING, "backup")?;
	read(second.record).await.context("another record of the same patient")?;
	drop(removed);
	let altered = Tampered::flip_one_bit(&file)?;
	ensure_refused(read(first.record).await, codes::BLOB_ALTERED, "backup")?;
	drop(altered);
	let shortened = Tampered::with(&file, |bytes| Some(bytes[..bytes.len() / 2].to_vec()))?;
	ensure_refused(read(first.record).await, codes::BLOB_ALTERED, "backup")?;
	drop(shortened);
	read(first.record).await.context("with the blob put back")?;
	Ok(Verdict::Passed)
}

pub async fn ingest_writes_nothing_when_the_disk_is_full_and_resumes_with_room(ground: &Ground<'_>) -> Result<Verdict> {
	let ward = ground.ward(GAMMA).await?;
	let patient = ground.patient(&ward).await?;
	let bundle = long_bundle(&Samples::own()?.other, 400)?;
	let vault = ground.network.gateways[GAMMA].vault();
	ground.network.gateways[GAMMA].stop().await?;
	let disk = match SmallDisk::mount(&vault, SMALL) {
		Ok(disk) => disk,
		Err(error) => {
			ground.network.gateways[GAMMA].start()?;
			ground.network.gateways[GAMMA].wait_ready().await?;
			return Ok(Verdict::Skipped(format!("no small disk can be mounted here ({error})")));
		}
	};
	ground.network.gateways[GAMMA].start()?;
	ground.network.gateways[GAMMA].wait_answers().await?;
	ensure_refused(ward.gateway.ingest(&patient.handle, bundle.clone()).await, codes::DISK_FULL, "")?;
	ensure!(ground.anchors(&ward, &patient.handle).await? == 0, "something was anchored that the vault does not hold");

	disk.resize(ROOMY)?;
	let report = ward.gateway.ingest(&patient.handle, bundle).await.context("with room again")?;
	let listed = ward.gateway.records(&patient.handle).await?.records;
	ensure!(ground.anchors(&ward, &patient.handle).await? == report.records.len(), "something is there twice");
	ensure!(listed.len() == report.records.len(), "{} of {} records are listed", listed.len(), report.records.len());
	ground.network.gateways[GAMMA].stop().await?;
	drop(disk);
	ground.network.gateways[GAMMA].start()?;
	ground.network.gateways[GAMMA].wait_ready().await?;
	Ok(Verdict::Passed)
}

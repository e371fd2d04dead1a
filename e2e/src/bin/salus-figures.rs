//! Measures what the project states about itself: on one local consortium, by the library, with real processes.

use anyhow::{Context, Result};
use clap::Parser;
use futures::future::try_join_all;
use salus_client::{
	chain::{calls, Chain, Keypair},
	primitives::{Commitment, PatientHandle, PurposeClass, PurposeClasses, ScopeTag, DAY},
	wire::Account,
};
use salus_e2e::{
	binaries::Binaries,
	ending::{work_until_asked_to_end, RunFolder},
	ground::{institution, long_bundle, operator, Ground, Patient, Ward},
	measure::{load, percentiles, spinner, weigh_storage},
	network::{Network, ALPHA, BETA, GAMMA, HOSPITALS},
	samples::{bundles_in, corpus_folder, Sample, Samples},
};
use serde_json::{json, Value};
use std::{
	path::Path,
	process::ExitCode,
	time::{Duration, Instant},
};

/// Between two requests of access: they overlap, as those of different desks do.
const REQUEST_PERIOD: Duration = Duration::from_millis(517);
/// How long everything rests before memory is read.
const IDLE: Duration = Duration::from_secs(30);
/// Bundles that are taken in at the same time.
const CONCURRENT_BUNDLES: usize = 4;
/// Storage whose bytes are stated: title, pallet, item.
const STATE: [(&str, &str, &str); 4] = [
	("handle", "PatientRegistry", "Handles"),
	("capability", "Consent", "Capabilities"),
	("anchor", "RecordAnchors", "Anchors"),
	("batch", "RecordAnchors", "Batches"),
];

/// Measures a local consortium of four validators and gateways on this machine.
#[derive(Debug, Parser)]
#[command(version)]
struct Options {
	/// Print JSON
	#[arg(long)]
	json: bool,
	/// Requests of access that are timed
	#[arg(long, default_value_t = 200)]
	requests: usize,
	/// Reads on the own ward that are timed
	#[arg(long, default_value_t = 1_000)]
	reads: usize,
}

#[tokio::main]
async fn main() -> ExitCode {
	let options = Options::parse();
	work_until_asked_to_end(run(&options)).await
}

async fn run(options: &Options) -> Result<ExitCode> {
	let folder = RunFolder::new()?;
	print(&measure(options, folder.path()).await?, options.json);
	Ok(ExitCode::SUCCESS)
}

async fn measure(options: &Options, folder: &Path) -> Result<Value> {
	let progress = spinner();
	let binaries = Binaries::find()?;
	let wasm = binaries.wasm_bytes();
	let load_before = load();
	let network = Network::start(binaries, folder, HOSPITALS, &progress).await?;
	let start_seconds = network.took.as_secs_f64();
	let ground = Ground::new(&network).await?;

	progress.set_message("resting, to read idle memory");
	tokio::time::sleep(IDLE).await;
	let validators: Vec<u64> = ground.network.validators.iter().filter_map(|one| one.resident_bytes()).collect();
	let gateways: Vec<u64> = ground.network.gateways.iter().filter_map(|one| one.resident_bytes()).collect();

	let ward = ground.ward(ALPHA).await?;
	let patient = ground.patient(&ward).await?;
	progress.set_message("timing requests of access");
	let requests = requests(&ground, &ward, &patient, options.requests).await?;
	progress.set_message("timing reads on the own ward");
	let reads = own_reads(&ward, &patient, options.reads).await?;
	progress.set_message("taking bundles in");
	let ingest = ingest(&ground).await?;
	let state = state_bytes(&ground).await?;
	progress.finish_and_clear();

	Ok(json!({
		"conditions": {
			"processors": std::thread::available_parallelism().map_or(0, usize::from),
			"validators": ground.network.validators.len(),
			"on_one_machine": true,
			"build_profile": if cfg!(debug_assertions) { "debug" } else { "release" },
			"optimised_for": "build time: most crates at opt-level 1, hot ones at 3",
			"load_average_before": load_before,
			"load_average_after": load(),
			"request_period_ms": REQUEST_PERIOD.as_millis() as u64,
		},
		"start_to_finality_and_gateways_seconds": start_seconds,
		"idle_resident_bytes": { "validators": validators, "gateways": gateways },
		"wasm_bytes": wasm,
		"request_access": requests,
		"own_ward_read": reads,
		"ingest": ingest,
		"state_bytes": state,
	}))
}

/// Requests by Beta's gateway account for a patient of Alpha who permitted it; until a block, and until that is final.
async fn requests(ground: &Ground<'_>, ward: &Ward, patient: &Patient, count: usize) -> Result<Value> {
	let chain = ground.chain(BETA);
	let tag = ScopeTag(salus_client::random_bytes()[..16].try_into().context("16 of 32 bytes")?);
	let now = salus_client::now();
	let grant = calls::Grant {
		grantee: institution(BETA)?,
		tags: vec![tag],
		purposes: PurposeClasses::of(&[PurposeClass::Treatment]),
		valid_from: now,
		valid_until: now + DAY,
		delegation_depth: 0,
		policy: random_commitment(),
		wraps: salus_client::random_bytes(),
	};
	let call = calls::consent::grant_capability(patient.handle, grant, random_commitment());
	ground.chain(ward.hospital).submit_finalized(&patient.key, &call).await?;

	let key = Keypair::from_secret_key(salus_client::random_bytes())?;
	let call = calls::consortium::register_gateway(Account(key.public_key().0));
	chain.submit_finalized(&operator(BETA)?, &call).await?;
	let began = tokio::time::Instant::now();
	let all = (0..count).map(|number| {
		let (chain, key) = (&chain, &key);
		async move {
			tokio::time::sleep_until(began + REQUEST_PERIOD * u32::try_from(number)?).await;
			request(chain, key, patient.handle, tag).await
		}
	});
	let times = try_join_all(all).await?;
	let (in_block, finalized): (Vec<Duration>, Vec<Duration>) = times.into_iter().unzip();
	Ok(json!({ "count": count, "in_block_ms": percentiles(in_block), "finalized_ms": percentiles(finalized) }))
}

async fn request(chain: &Chain, key: &Keypair, handle: PatientHandle, tag: ScopeTag) -> Result<(Duration, Duration)> {
	let requester = salus_client::random_bytes();
	let purpose = PurposeClass::Treatment;
	let call = calls::consent::request_access(handle, vec![tag], purpose, requester, random_commitment());
	let began = Instant::now();
	let mut submission = chain.submit(key, &call).await?;
	submission.in_block().await?;
	let in_block = began.elapsed();
	submission.finalized().await?;
	Ok((in_block, began.elapsed()))
}

fn random_commitment() -> Commitment {
	Commitment(salus_client::random_bytes())
}

/// Reads one after the other over a kept connection: decision, receipt on disk, decryption, rejoining.
async fn own_reads(ward: &Ward, patient: &Patient, count: usize) -> Result<Value> {
	let sample = Samples::own()?.other;
	let report = ward.gateway.ingest(&patient.handle, sample.bytes).await?;
	let mut times = Vec::with_capacity(count);
	for ingested in report.records.iter().cycle().take(count) {
		let began = Instant::now();
		ward.gateway.record(&patient.handle, &ingested.record).await?;
		times.push(began.elapsed());
	}
	Ok(json!({ "count": count, "ms": percentiles(times) }))
}

/// Bundles through one gateway, several patients at a time, until every anchor is final.
async fn ingest(ground: &Ground<'_>) -> Result<Value> {
	let (source, bundles) = match corpus_folder() {
		Some(folder) => {
			let mut bundles = Vec::new();
			for path in bundles_in(&folder)? {
				let sample = Sample::read(&path)?;
				if !sample.name().starts_with("practitionerInformation") {
					bundles.push(sample.bytes);
				}
			}
			("fhir-r4 corpus", bundles)
		}
		None => ("own sample with 300 more observations", vec![long_bundle(&Samples::own()?.other, 300)?; 8]),
	};
	let ward = ground.ward(GAMMA).await?;
	let mut patients = Vec::new();
	for chunk in bundles.chunks(CONCURRENT_BUNDLES) {
		patients.extend(try_join_all(chunk.iter().map(|_| ground.patient(&ward))).await?);
	}
	let bytes: usize = bundles.iter().map(Vec::len).sum();
	let count = bundles.len();
	let began = Instant::now();
	let mut records = 0;
	let mut work: Vec<(Patient, Vec<u8>)> = patients.into_iter().zip(bundles).collect();
	while !work.is_empty() {
		let chunk = work.split_off(work.len().saturating_sub(CONCURRENT_BUNDLES));
		let reports = chunk.into_iter().map(|(patient, bundle)| {
			let gateway = &ward.gateway;
			async move { gateway.ingest(&patient.handle, bundle).await }
		});
		records += try_join_all(reports).await?.iter().map(|report| report.records.len()).sum::<usize>();
	}
	let seconds = began.elapsed().as_secs_f64();
	Ok(json!({
		"source": source, "bundles": count, "resources": records, "bytes": bytes, "seconds": seconds,
		"resources_per_second": records as f64 / seconds, "bundles_at_a_time": CONCURRENT_BUNDLES,
	}))
}

/// Bytes of key and value in the state, per entry.
async fn state_bytes(ground: &Ground<'_>) -> Result<Value> {
	// One batch, so that there is one to weigh.
	let key = Keypair::from_secret_key(salus_client::random_bytes())?;
	let chain = ground.chain(BETA);
	let register = calls::consortium::register_gateway(Account(key.public_key().0));
	chain.submit_finalized(&operator(BETA)?, &register).await?;
	chain.submit_finalized(&key, &calls::record_anchors::anchor_batch(salus_client::random_bytes(), 1_000_000)).await?;

	let node = &ground.network.validators[ALPHA];
	let mut measured = serde_json::Map::new();
	for (title, pallet, item) in STATE {
		let (entries, bytes) = weigh_storage(node, pallet, item).await?;
		let each = if entries == 0 { 0.0 } else { bytes as f64 / entries as f64 };
		measured.insert(
			title.to_owned(),
			json!({ "storage": format!("{pallet}.{item}"), "entries": entries, "bytes_each": each }),
		);
	}
	Ok(Value::Object(measured))
}

fn print(figures: &Value, as_json: bool) {
	if as_json {
		println!("{figures:#}");
		return;
	}
	let line = |what: &str, value: String| println!("{what:<52} {value}");
	let times = |pointer: &str| {
		let value =
			|name: &str| figures.pointer(&format!("{pointer}/{name}")).and_then(Value::as_f64).unwrap_or_default();
		format!("p50 {:.1} ms, p99 {:.1} ms, max {:.1} ms", value("p50"), value("p99"), value("max"))
	};
	let number = |pointer: &str| figures.pointer(pointer).and_then(Value::as_f64).unwrap_or_default();
	let memory = |pointer: &str| {
		let each = figures.pointer(pointer).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_f64);
		each.map(|bytes| format!("{:.0}", bytes / 1_048_576.0)).collect::<Vec<_>>().join(", ") + " MiB"
	};
	line(
		"start until finality and ready gateways",
		format!("{:.1} s", number("/start_to_finality_and_gateways_seconds")),
	);
	line("request_access to a block", times("/request_access/in_block_ms"));
	line("request_access to finality", times("/request_access/finalized_ms"));
	line("read on the own ward", times("/own_ward_read/ms"));
	line(
		"ingest by one gateway until final",
		format!(
			"{:.0} resources/s ({:.0} resources)",
			number("/ingest/resources_per_second"),
			number("/ingest/resources")
		),
	);
	line("idle memory, validators", memory("/idle_resident_bytes/validators"));
	line("idle memory, gateways", memory("/idle_resident_bytes/gateways"));
	line("runtime, compressed wasm", format!("{:.0} KiB", number("/wasm_bytes") / 1024.0));
	for (title, ..) in STATE {
		let (each, entries) =
			(number(&format!("/state_bytes/{title}/bytes_each")), number(&format!("/state_bytes/{title}/entries")));
		line(&format!("state per {title}, key and value"), format!("{each:.0} B (mean of {entries:.0})"));
	}
	println!("\nconditions: {}", figures["conditions"]);
}

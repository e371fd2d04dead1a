//! `salus record`.

use super::{
	context::Context,
	error::CliError,
	output::{moment, short, table, Progress, Report},
	state::write_record,
};
use clap::Subcommand;
use salus_client::{
	primitives::{PatientHandle, RecordId},
	wire::{IngestReport, RecordSummary},
};
use salus_policy::LabelClass;
use serde_json::json;
use sha2::{Digest, Sha256};
use std::{fs, path::PathBuf};

/// Commands about records.
#[derive(Debug, Subcommand)]
pub enum Command {
	/// Take FHIR R4 bundles in: every resource encrypted, labelled, anchored. Doing it again doubles nothing
	Add {
		/// The patient's handle
		handle: PatientHandle,
		/// Bundles
		#[arg(required = true, value_name = "FILE")]
		bundles: Vec<PathBuf>,
	},
	/// List the records of a patient
	List {
		/// The patient's handle
		handle: PatientHandle,
	},
	/// Read a record
	Get {
		/// The patient's handle
		handle: PatientHandle,
		/// The record
		record: RecordId,
		/// File to write; standard output unless given (inside the JSON with --json)
		#[arg(long, short, value_name = "FILE")]
		output: Option<PathBuf>,
	},
	/// Replace a record by a new version
	Amend {
		/// The patient's handle
		handle: PatientHandle,
		/// The record
		record: RecordId,
		/// The new resource
		#[arg(value_name = "FILE")]
		resource: PathBuf,
	},
}

/// Runs a command.
pub async fn run(command: Command, context: &Context) -> Result<Report, CliError> {
	match command {
		Command::Add { handle, bundles } => add(context, handle, &bundles).await,
		Command::List { handle } => list(context, handle).await,
		Command::Get { handle, record, output } => get(context, handle, record, output).await,
		Command::Amend { handle, record, resource } => amend(context, handle, record, &resource).await,
	}
}

async fn add(context: &Context, handle: PatientHandle, bundles: &[PathBuf]) -> Result<Report, CliError> {
	// All files are read before the first is sent: a missing one stops the command while nothing has happened.
	let contents: Vec<Vec<u8>> = bundles.iter().map(read).collect::<Result<_, _>>()?;
	let gateway = context.gateway(context.staff_signer()?).await?;
	let progress = Progress::counting(context.quiet(), "taking in", contents.len() as u64);
	let mut reports: Vec<IngestReport> = Vec::new();
	for content in contents {
		reports.push(gateway.ingest(&handle, content).await?);
		progress.step();
	}
	drop(progress);
	let lines = bundles.iter().zip(&reports).map(|(file, report)| {
		let blocks: Vec<String> = report.blocks.iter().map(|block| block.number.to_string()).collect();
		let sensitive = report.records.iter().filter(|record| record.classes != [LabelClass::Normal]).count();
		[
			file.display().to_string(),
			report.records.len().to_string(),
			report.already_there.to_string(),
			sensitive.to_string(),
			blocks.join(", "),
		]
	});
	let text = table(["File", "Records", "Already there", "Not class N", "Blocks"], lines);
	let json: Vec<_> =
		bundles.iter().zip(&reports).map(|(file, report)| json!({ "file": file, "report": report })).collect();
	Report::new(&json!({ "handle": handle, "bundles": json }), text)
}

async fn list(context: &Context, handle: PatientHandle) -> Result<Report, CliError> {
	let gateway = context.gateway(context.staff_signer()?).await?;
	let records = gateway.records(&handle).await?;
	let rows = records.records.iter().map(|record: &RecordSummary| {
		let classes: Vec<&str> = record.classes.iter().map(|class| class.name()).collect();
		[
			record.record.to_string(),
			record.kind.clone(),
			record.category.to_string(),
			classes.join(", "),
			moment(record.recorded_at),
			record.version.to_string(),
		]
	});
	let text = table(["Record", "Kind", "Category", "Classes", "Recorded", "Version"], rows);
	Report::new(&records, text)
}

async fn get(
	context: &Context,
	handle: PatientHandle,
	record: RecordId,
	output: Option<PathBuf>,
) -> Result<Report, CliError> {
	let gateway = context.gateway(context.staff_signer()?).await?;
	let read = gateway.record(&handle, &record).await?;
	let sha256 = format!("0x{}", hex::encode(Sha256::digest(&read.bytes)));
	let base = json!({
		"handle": handle, "record": record, "bytes": read.bytes.len(), "sha256": sha256, "receipt": read.receipt,
	});
	match output {
		Some(path) => {
			write_record(&path, &read.bytes)?;
			let mut json = base;
			json["file"] = json!(path);
			Report::new(&json, format!("Wrote {} bytes of {} to {}.", read.bytes.len(), short(&record), path.display()))
		}
		None => {
			let content = String::from_utf8(read.bytes)
				.map_err(|_| CliError::Failed("the record is no text: name a file with --output".to_owned()))?;
			let mut json = base;
			// As a string: parsing it would lose the original bytes.
			json["content"] = json!(content);
			Report::new(&json, content)
		}
	}
}

async fn amend(
	context: &Context,
	handle: PatientHandle,
	record: RecordId,
	resource: &PathBuf,
) -> Result<Report, CliError> {
	let content = read(resource)?;
	let gateway = context.gateway(context.staff_signer()?).await?;
	let _progress = context.waiting("waiting for finality");
	let report = gateway.amend(&handle, &record, content).await?;
	let text = format!(
		"Version {}: {}\nreplaces {}, block {}.",
		report.version, report.record.record, report.supersedes, report.block.number
	);
	Report::new(&report, text)
}

fn read(path: &PathBuf) -> Result<Vec<u8>, CliError> {
	fs::read(path).map_err(|error| CliError::File(path.clone(), error))
}

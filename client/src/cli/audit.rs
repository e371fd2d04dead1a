//! `salus audit`.

use super::{
	context::Context,
	error::{CliError, FINDING},
	output::{mark, moment, table, Report},
	patient::gateway_url_for,
	state::PatientState,
};
use clap::Subcommand;
use salus_client::{
	audit::{
		describe_finding, describe_line, verify_chain, verify_receipt, verify_request_signatures, ChainReport, Finding,
		Names, ReceiptLine,
	},
	chain::{AuditBlock, Chain},
	gateway::Gateway,
	keystore::Identity,
	primitives::{AuditChain, AuditEntry, InstitutionId, Moment, PatientHandle, PractitionerId, MINUTE},
	wire::{BlockId, Bytes32, EntryOpening, Openings, ReceiptOpening},
};
use serde_json::{json, Value};
use std::{
	collections::{BTreeMap, BTreeSet},
	time::Duration,
};

/// Commands about the audit trail.
#[derive(Debug, Subcommand)]
pub enum Command {
	/// As a patient, or a privacy officer of the custodian: who did and tried what. Recomputes the chain from opened entries
	List {
		/// The handle
		handle: PatientHandle,
		/// First block to read; found by the handle's registration unless given
		#[arg(long)]
		from_block: Option<u32>,
	},
	/// The audit chain of an institution: receipts filed, requests for unknown handles. Recomputes it without opening entries
	Institution {
		/// Its number
		institution: u32,
		/// First block to read
		#[arg(long, default_value_t = 0)]
		from_block: u32,
	},
}

/// Runs a command.
pub async fn run(command: Command, context: &Context) -> Result<Report, CliError> {
	match command {
		Command::List { handle, from_block } => list(context, handle, from_block).await,
		Command::Institution { institution, from_block } => {
			institution_chain(context, InstitutionId(institution), from_block).await
		}
	}
}

/// A chain's entries with the blocks that hold them, and its head at the same finalized block.
struct Trail {
	entries: Vec<AuditEntry>,
	blocks: Vec<BlockId>,
	head: salus_client::primitives::ChainHead,
	at: BlockId,
}

impl Trail {
	async fn read(chain: &Chain, audit_chain: AuditChain, from: u32) -> Result<Self, CliError> {
		let at = chain.finalized_head().await?;
		let head = chain.audit_head_at(&at, audit_chain).await?;
		let mut found: Vec<AuditBlock> = chain.audit_entries(audit_chain, from, at.number).await?;
		found.sort_by_key(|block| block.block.number);
		let blocks = found.iter().flat_map(|block| std::iter::repeat_n(block.block, block.entries.len())).collect();
		let entries = found.into_iter().flat_map(|block| block.entries).collect();
		Ok(Self { entries, blocks, head, at })
	}
}

async fn list(context: &Context, handle: PatientHandle, from_block: Option<u32>) -> Result<Report, CliError> {
	let (name, identity) = context.unlock()?;
	let notes = PatientState::load(context.home(), &name)?;
	let chain = context.chain().await?;
	let info = chain.handle(&handle).await?;
	let info = info.ok_or_else(|| CliError::NotThere(format!("the chain has no handle {handle}")))?;

	let progress = context.waiting("reading the audit trail");
	let from = match from_block {
		Some(from) => from,
		None => chain.block_at_time(info.registered_at).await?,
	};
	let gateway = log_gateway(context, &name, &identity, &notes, handle, info.custodian)?;
	let names = names(chain).await?;
	let mut report = of_handle(chain, &gateway, &notes, handle, handle, info.custodian, from).await?.report(&names)?;
	for merge in chain.merges(&handle).await?.into_iter().filter(|merge| merge.into == handle) {
		let of = merge.provisional;
		let registered = chain.handle(&of).await?.map_or(merge.at, |info| info.registered_at);
		let from = match from_block {
			Some(from) => from,
			None => chain.block_at_time(registered).await?,
		};
		let merged = of_handle(chain, &gateway, &notes, handle, of, info.custodian, from).await?.report(&names)?;
		report = report.with_part("merged", &format!("Before the patient was recognised, as {of}"), merged);
	}
	drop(progress);
	Ok(report)
}

/// A trail that was opened.
struct Opened {
	handle: PatientHandle,
	trail: Trail,
	report: ChainReport,
	receipts: Vec<ReceiptLine>,
}

impl Opened {
	fn report(&self, names: &Names) -> Result<Report, CliError> {
		render(&self.trail, &self.report, &self.receipts, names, json!({ "handle": self.handle }))
	}
}

/// The trail of a handle, opened by what the custodian shows to `asked`: the same handle, or the one that it was merged into.
async fn of_handle(
	chain: &Chain,
	gateway: &Gateway,
	notes: &PatientState,
	asked: PatientHandle,
	handle: PatientHandle,
	custodian: InstitutionId,
	from: u32,
) -> Result<Opened, CliError> {
	let trail = Trail::read(chain, AuditChain::Patient(handle), from).await?;
	let (mut report, receipts) = open_trail(gateway, notes, asked, handle, &trail).await?;
	let keys = signing_keys(chain, &report).await?;
	let genesis = chain.genesis().await?;
	let bad = verify_request_signatures(&report, &genesis, |id| keys.get(id).copied());
	report.findings.extend(bad);
	let mut receipt_lines = Vec::new();
	for (position, opening) in (0u64..).zip(&receipts) {
		let root = match opening.batch {
			Some(number) => chain.receipt_batch(custodian, number).await?,
			None => None,
		};
		match verify_receipt(opening, position, |_| root.map(|batch| (batch.root, batch.count))) {
			Ok(line) => receipt_lines.push(line),
			Err(finding) => report.findings.push(finding),
		}
	}
	Ok(Opened { handle, trail, report, receipts: receipt_lines })
}

async fn institution_chain(context: &Context, institution: InstitutionId, from: u32) -> Result<Report, CliError> {
	let chain = context.chain().await?;
	let progress = context.waiting("reading the audit trail");
	let audit_chain = AuditChain::Institution(institution);
	let trail = Trail::read(chain, audit_chain, from).await?;
	let mut report = verify_chain(audit_chain, &[], &trail.entries, &trail.head);
	// Nobody was asked for openings: their absence says nothing.
	report.findings.retain(|finding| !matches!(finding, Finding::OpeningMissing { .. }));
	let names = names(chain).await?;
	drop(progress);
	render(&trail, &report, &[], &names, json!({ "institution": institution }))
}

/// How long an opening may be on its way from the institution that acted to the custodian.
const OPENING_ON_ITS_WAY: Moment = MINUTE;
/// How often the custodian is asked again while one may be on its way.
const OPENING_ATTEMPTS: u32 = 4;

/// Asks for the openings and verifies the trail with them. What is missing of the last minute is asked for again: the acting institution
/// hands an opening over only after finality.
async fn open_trail(
	gateway: &Gateway,
	notes: &PatientState,
	asked: PatientHandle,
	handle: PatientHandle,
	trail: &Trail,
) -> Result<(ChainReport, Vec<ReceiptOpening>), CliError> {
	let committed: BTreeSet<_> = trail.entries.iter().map(|entry| entry.commitment).collect();
	let fresh = |sequence: u64| {
		let entry = trail.entries.iter().find(|entry| entry.sequence == sequence);
		entry.is_some_and(|entry| entry.at.saturating_add(OPENING_ON_ITS_WAY) > salus_client::now())
	};
	let mut attempt = 1;
	loop {
		let shown = gateway.openings(&asked).await?;
		let (mut openings, receipts) = match asked == handle {
			true => (shown.openings, shown.receipts),
			// What is not shown of a merged handle is missing of its trail.
			false => shown
				.merged
				.into_iter()
				.find(|merged| merged.handle == handle)
				.map(|Openings { openings, receipts, .. }| (openings, receipts))
				.unwrap_or_default(),
		};
		// Acts that became final after the trail was read are for the next time.
		openings.retain(|opening| {
			committed.contains(&opening.commitment)
				|| opening.sequence.is_some_and(|sequence| sequence < trail.head.count)
		});
		let known: BTreeSet<_> =
			openings.iter().filter(|opening| opening.opens()).map(|opening| opening.commitment).collect();
		openings.extend(own_openings(notes, &handle).filter(|own| !known.contains(&own.commitment)));
		let report = verify_chain(AuditChain::Patient(handle), &openings, &trail.entries, &trail.head);
		let awaited = report
			.findings
			.iter()
			.any(|finding| matches!(finding, Finding::OpeningMissing { sequence } if fresh(*sequence)));
		if !awaited || attempt == OPENING_ATTEMPTS {
			return Ok((report, receipts));
		}
		attempt += 1;
		tokio::time::sleep(Duration::from_secs(2)).await;
	}
}

/// The custodian's gateway, for a patient by the handle's key, for staff by their own.
pub fn log_gateway(
	context: &Context,
	name: &str,
	identity: &Identity,
	notes: &PatientState,
	handle: PatientHandle,
	custodian: InstitutionId,
) -> Result<Gateway, CliError> {
	let known = notes.handle(&handle);
	let url = gateway_url_for(context, known)?;
	let signer = match identity {
		Identity::Patient(root) => {
			let index = known.map(|known| known.index).ok_or_else(|| {
				CliError::NotThere(format!(
					"`{name}` has no notes about {handle}; `salus patient handles` shows those it has"
				))
			})?;
			root.http_signer(handle, index)
		}
		other => other.practitioner(name)?.http_signer(),
	};
	Ok(Gateway::new(&url, custodian, Some(signer))?)
}

fn own_openings<'a>(notes: &'a PatientState, handle: &PatientHandle) -> impl Iterator<Item = EntryOpening> + 'a {
	let own = notes.handle(handle).map(|notes| notes.openings.as_slice()).unwrap_or_default();
	// One whose place is unknown may never have reached the chain.
	own.iter().filter(|own| own.opening.sequence.is_some()).map(|own| own.opening.clone())
}

/// Signing keys of the practitioners whose requests stand in the trail.
async fn signing_keys(chain: &Chain, report: &ChainReport) -> Result<BTreeMap<PractitionerId, [u8; 32]>, CliError> {
	// Whatever was signed has to be by the practitioner whom its entry names.
	let named = report.lines.iter().filter_map(|line| line.full.as_ref()?.actor.practitioner);
	let ids: BTreeSet<PractitionerId> = named.collect();
	let mut keys = BTreeMap::new();
	for id in ids {
		keys.extend(chain.practitioner(&id).await?.map(|info| (id, info.signing_key)));
	}
	Ok(keys)
}

pub async fn names(chain: &Chain) -> Result<Names, CliError> {
	Ok(Names(chain.institutions().await?.into_iter().map(|(id, info)| (id, info.name)).collect()))
}

fn render(
	trail: &Trail,
	report: &ChainReport,
	receipts: &[ReceiptLine],
	names: &Names,
	about: Value,
) -> Result<Report, CliError> {
	let lines: Vec<(String, &BlockId)> =
		report.lines.iter().zip(&trail.blocks).map(|(line, block)| (describe_line(line, names), block)).collect();
	let rows = report.lines.iter().zip(&lines).map(|(line, (words, block))| {
		[line.entry.sequence.to_string(), moment(line.entry.at), block.number.to_string(), words.clone()]
	});
	let mut text = table(["No.", "When", "Block", "What"], rows);
	if !receipts.is_empty() {
		let rows = receipts.iter().map(|line| {
			let filed = line.batch.map_or("waits for the next batch".to_owned(), |batch| format!("batch {batch}"));
			let what = format!(
				"{}: {} record(s), {}",
				receipt_words(line, names),
				line.receipt.records.len(),
				line.receipt.basis
			);
			[line.receipt.sequence.to_string(), moment(line.receipt.at), filed, what]
		});
		text += &format!("\n\nReceipts of the custodian\n{}", table(["No.", "When", "Filed", "What"], rows));
	}
	let head = Bytes32::from(trail.head.head);
	text += &match report.complete {
		true => mark(
			true,
			&format!(
				"\n\nThe {} entries lead to the finalized head {head} (block {}).",
				trail.head.count, trail.at.number
			),
		),
		false => mark(
			false,
			&format!("\n\nThe entries do not lead to the finalized head {head} (block {}).", trail.at.number),
		),
	};
	let findings: Vec<String> = report.findings.iter().map(describe_finding).collect();
	for finding in &findings {
		text += &format!("\n{} {finding}", mark(false, "FINDING"));
	}

	let json_lines: Vec<Value> = report
		.lines
		.iter()
		.zip(&lines)
		.map(|(line, (words, block))| json!({ "entry": line.entry, "block": block, "full": line.full, "words": words }))
		.collect();
	let json_findings: Vec<Value> = report
		.findings
		.iter()
		.zip(&findings)
		.map(|(finding, words)| json!({ "finding": finding, "words": words }))
		.collect();
	let mut json = json!({
		"complete": report.complete, "head": { "head": head, "count": trail.head.count, "block": trail.at },
		"computed": report.computed, "lines": json_lines, "receipts": receipts, "findings": json_findings,
	});
	if let (Some(json), Value::Object(about)) = (json.as_object_mut(), about) {
		json.extend(about);
	}
	let exit = if findings.is_empty() { 0 } else { FINDING };
	Ok(Report::new(&json, text)?.with_exit(exit))
}

fn receipt_words(line: &ReceiptLine, names: &Names) -> String {
	use salus_client::wire::ReceiptKind;
	let who = match line.receipt.practitioner {
		Some(id) => format!("{}… at {}", &id.to_string()[..10], names.institution(line.receipt.institution)),
		None => "you".to_owned(),
	};
	let what = match line.receipt.kind {
		ReceiptKind::Release => "records released to",
		ReceiptKind::OwnRead => "record read in the house by",
		ReceiptKind::OwnList => "list of records read in the house by",
		ReceiptKind::LogRead => "access log read by",
		ReceiptKind::RetentionKey => "retention key used by",
		ReceiptKind::DemographicsQuery => "other institutions asked for this patient, who was there, by",
		ReceiptKind::DemographicsAnswer => "found by name and birth date by",
		ReceiptKind::LocateQuery => "guardians were asked for somebody who could not speak by",
		ReceiptKind::LocateAnswer => "a guardian looked somebody up who could not speak, for",
	};
	format!("{what} {who}")
}

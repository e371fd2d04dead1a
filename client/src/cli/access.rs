//! `salus access`.

use super::{
	context::Context,
	error::{CliError, EMPTY, FINDING},
	output::{mark, moment, short, table, Report},
	state::{read_json, write_private, write_record},
};
use clap::Subcommand;
use salus_client::{
	chain::Chain,
	keystore::make_private_folder,
	primitives::{InstitutionId, Moment, PatientHandle, PermitId, RecordId},
	records::{open_released, OpenedRecord, ReaderContext, RecordFault},
	wire::{AccessRequest, FetchRequest, Release, ReleaseChallenge, ReleasedRecord, RequestStatement, CHALLENGE_TAG},
};
use salus_envelope::{
	keyfile::{self, KdfParams, KeyfileInfo},
	OneTimeKeys,
};
use salus_policy::{Category, Purpose};
use serde::{Deserialize, Serialize};
use serde_json::{json, Value};
use sha2::{Digest, Sha256};
use std::{
	collections::BTreeSet,
	fs,
	path::{Path, PathBuf},
};

/// Commands about records of other institutions.
#[derive(Debug, Subcommand)]
pub enum Command {
	/// Ask for records. The answer is a permit, or nothing; why nothing is not told
	Request {
		/// The patient's handle at the custodian
		handle: PatientHandle,
		/// The institution that keeps the records
		#[arg(long, value_name = "NO")]
		custodian: u32,
		/// Categories, e.g. laboratory, conditions
		#[arg(long = "category", required = true, value_name = "CATEGORY")]
		categories: Vec<Category>,
		/// Purpose of use
		#[arg(long, default_value = "TREAT", value_name = "CODE")]
		purpose: Purpose,
		/// Why, in your words; the patient will read it
		#[arg(long)]
		reason: String,
	},
	/// Fetch what a permit covers: verify, decrypt, rejoin, write
	Fetch {
		/// The permit
		permit: u64,
		/// Folder for the records
		#[arg(long, short, value_name = "DIR")]
		output: PathBuf,
	},
	/// List the permits that were obtained here
	List,
}

/// Notes about a permit, beside its encrypted one-time keys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Obtained {
	permit: PermitId,
	handle: PatientHandle,
	custodian: InstitutionId,
	identity: String,
	expires_at: Option<Moment>,
}

/// Runs a command.
pub async fn run(command: Command, context: &Context) -> Result<Report, CliError> {
	match command {
		Command::Request { handle, custodian, categories, purpose, reason } => {
			request(context, handle, InstitutionId(custodian), categories, purpose, reason).await
		}
		Command::Fetch { permit, output } => fetch(context, PermitId(permit), &output).await,
		Command::List => list(context),
	}
}

async fn request(
	context: &Context,
	handle: PatientHandle,
	custodian: InstitutionId,
	categories: Vec<Category>,
	purpose: Purpose,
	reason: String,
) -> Result<Report, CliError> {
	let name = context.identity_name()?;
	context.keystore()?.show(&name)?;
	let passphrase = context.passphrase(&name)?;
	let identity = context.keystore()?.load(&name, &passphrase)?;
	let key = identity.practitioner(&name)?;
	let gateway = context.gateway(key.http_signer()).await?;
	let genesis = gateway.status().await?.genesis;

	let keys = OneTimeKeys::generate().map_err(|error| CliError::Failed(error.to_string()))?;
	let public = keys.public();
	let statement = RequestStatement {
		practitioner: key.id,
		handle,
		custodian,
		categories: categories.clone(),
		purpose,
		signing_key: public.signing.into(),
		xwing_key: public.xwing.as_bytes().to_vec().into(),
		reason,
		at: salus_client::now(),
	};
	let request = statement.sign(&genesis.0, key.signing_key());
	let progress = context.waiting("waiting for the decision to be final");
	let answer = gateway.request_access(&AccessRequest { handle, custodian, categories, purpose, request }).await?;
	drop(progress);
	let Some(permit) = answer.permit else {
		let text = format!("Nothing was permitted (block {}). {}", answer.block.number, answer.hint);
		return Ok(Report::new(&answer, text)?.with_exit(EMPTY));
	};
	let obtained = Obtained { permit, handle, custodian, identity: name, expires_at: answer.expires_at };
	store(context, &obtained, &keys, &passphrase)?;
	let until = answer.expires_at.map(|at| format!(" until {}", moment(at))).unwrap_or_default();
	let text = format!(
		"Permit {permit}{until} (block {}). Fetch with `salus access fetch {permit} --output DIR`. {}",
		answer.block.number, answer.hint
	);
	Report::new(&answer, text)
}

async fn fetch(context: &Context, permit: PermitId, output: &Path) -> Result<Report, CliError> {
	let obtained: Obtained =
		read_json(&notes_path(context, permit), "notes about a permit").map_err(|error| match error {
			CliError::File(..) => CliError::NotThere(format!(
				"no permit {permit} was obtained here; `salus access list` shows those that were"
			)),
			other => other,
		})?;
	let passphrase = context.passphrase(&obtained.identity)?;
	let identity = context.keystore()?.load(&obtained.identity, &passphrase)?;
	let signer = identity.practitioner(&obtained.identity)?.http_signer();
	let keys = load_keys(context, permit, &passphrase)?;
	// Before anything is fetched: what cannot be written should not be released.
	make_private_folder(output).map_err(|error| CliError::File(output.into(), error))?;

	let chain = context.chain().await?;
	let genesis = chain.genesis().await?;
	let gateway = context.gateway(signer).await?;
	let challenge = gateway.challenge(permit).await?;
	let message = ReleaseChallenge::message(&genesis, obtained.custodian, permit, &challenge.nonce);
	let signature = keys.sign(CHALLENGE_TAG, &message).into();
	let progress = context.waiting("fetching");
	let release = gateway.fetch(permit, &FetchRequest { nonce: challenge.nonce, signature }).await?;
	drop(progress);

	let reader = ReaderContext {
		genesis: &genesis,
		custodian: obtained.custodian,
		handle: &obtained.handle,
		one_time_key: keys.xwing(),
	};
	let opened = open_all(chain, &release, &reader).await?;
	write_all(&release, opened, output)
}

type Opened = Vec<(RecordId, Result<OpenedRecord, RecordFault>)>;

/// Opens every record and compares it with the chain's anchors.
async fn open_all(chain: &Chain, release: &Release, reader: &ReaderContext<'_>) -> Result<Opened, CliError> {
	if release.records.is_empty() {
		return Ok(Vec::new());
	}
	// The patient's handle, and the provisional ones of which the chain says that they are this patient's.
	let mut handles = vec![*reader.handle];
	if release.records.iter().any(|released| released.provisional.is_some()) {
		let merges = chain.merges(reader.handle).await?.into_iter().filter(|merge| merge.into == *reader.handle);
		handles.extend(merges.map(|merge| merge.provisional));
	}
	let mut anchored: BTreeSet<RecordId> = BTreeSet::new();
	for handle in &handles {
		let anchors = chain.anchors(handle).await?.into_iter();
		anchored.extend(anchors.filter(|(_, anchor)| anchor.custodian == reader.custodian).map(|(record, _)| record));
	}
	let open = |released: &ReleasedRecord| {
		let made_under = released.provisional.unwrap_or(*reader.handle);
		let handle = handles.iter().find(|handle| **handle == made_under).ok_or(RecordFault::OtherHandle)?;
		let opened = open_released(released, &ReaderContext { handle, ..*reader })?;
		anchored.contains(&opened.record).then_some(opened).ok_or(RecordFault::NotAnchored)
	};
	Ok(release.records.iter().map(|released| (released.record, open(released))).collect())
}

fn write_all(release: &Release, opened: Opened, output: &Path) -> Result<Report, CliError> {
	let mut seen = BTreeSet::new();
	let (mut records, mut findings): (Vec<Value>, Vec<Value>) = (Vec::new(), Vec::new());
	let mut rows = Vec::new();
	for (record, outcome) in opened {
		let outcome = match seen.insert(record) {
			true => outcome.map_err(|fault| fault.to_string()),
			false => Err("the record was released twice".to_owned()),
		};
		match outcome {
			Ok(opened) => {
				let path = output.join(format!("{}.json", opened.record));
				write_record(&path, &opened.bytes)?;
				rows.push([short(&record), opened.kind.clone(), opened.category.to_string(), mark(true, "verified")]);
				records.push(json!({
					"record": record, "kind": opened.kind, "category": opened.category, "classes": opened.classes,
					"recorded_at": opened.recorded_at, "version": opened.version, "rejoined": opened.rejoined, "file": path,
					"bytes": opened.bytes.len(), "sha256": format!("0x{}", hex::encode(Sha256::digest(&opened.bytes))),
				}));
			}
			Err(finding) => {
				rows.push([short(&record), String::new(), String::new(), mark(false, &finding)]);
				findings.push(json!({ "record": record, "finding": finding }));
			}
		}
	}
	let exit = match (findings.is_empty(), records.is_empty()) {
		(false, _) => FINDING,
		(true, true) => EMPTY,
		(true, false) => 0,
	};
	let advice = match exit {
		FINDING => "\nSomething in this answer is not what was anchored. Report it to both privacy officers; nothing of it was written.",
		EMPTY => "\nThe answer is empty.",
		_ => "",
	};
	let text = format!("{}{advice}", table(["Record", "Kind", "Category", "State"], rows));
	let json = json!({
		"permit": release.permit, "handle": release.handle, "custodian": release.custodian, "receipt": release.receipt,
		"records": records, "findings": findings,
	});
	Ok(Report::new(&json, text)?.with_exit(exit))
}

fn list(context: &Context) -> Result<Report, CliError> {
	let folder = context.home().join("permits");
	let mut permits: Vec<Obtained> = Vec::new();
	if folder.exists() {
		for entry in fs::read_dir(&folder).map_err(|error| CliError::File(folder.clone(), error))? {
			let path = entry.map_err(|error| CliError::File(folder.clone(), error))?.path();
			if path.extension().is_some_and(|extension| extension == "json") {
				permits.push(read_json(&path, "notes about a permit")?);
			}
		}
	}
	permits.sort_by_key(|obtained| obtained.permit);
	let rows = permits.iter().map(|obtained| {
		let until = obtained.expires_at.map_or(String::new(), moment);
		[obtained.permit.to_string(), obtained.custodian.to_string(), short(&obtained.handle), until]
	});
	let text = table(["Permit", "Custodian", "Handle", "Until"], rows);
	Report::new(&json!({ "permits": permits }), text)
}

fn notes_path(context: &Context, permit: PermitId) -> PathBuf {
	context.home().join("permits").join(format!("{permit}.json"))
}

fn keys_path(context: &Context, permit: PermitId) -> PathBuf {
	context.home().join("permits").join(format!("{permit}.key"))
}

/// The one-time keys are encrypted under the practitioner's passphrase until the permit has ended.
fn store(context: &Context, obtained: &Obtained, keys: &OneTimeKeys, passphrase: &str) -> Result<(), CliError> {
	let path = keys_path(context, obtained.permit);
	let folder = context.home().join("permits");
	make_private_folder(&folder).map_err(|error| CliError::File(folder, error))?;
	let info = KeyfileInfo { kind: "one-time".to_owned(), public: obtained.permit.to_string() };
	keyfile::replace(&path, &info, keys.to_seeds().as_slice(), passphrase, KdfParams::default())
		.map_err(|error| CliError::Failed(error.to_string()))?;
	write_private(&notes_path(context, obtained.permit), obtained)
}

fn load_keys(context: &Context, permit: PermitId, passphrase: &str) -> Result<OneTimeKeys, CliError> {
	let path = keys_path(context, permit);
	let opened = keyfile::load(&path, passphrase).map_err(|error| CliError::Failed(error.to_string()))?;
	let seeds: &[u8; 64] = opened
		.secret
		.as_slice()
		.try_into()
		.map_err(|_| CliError::Failed(format!("{} does not hold one-time keys", path.display())))?;
	Ok(OneTimeKeys::from_seeds(seeds))
}

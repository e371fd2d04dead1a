//! `salus staff`.

use super::{
	arguments::{staff_role, when, When},
	context::Context,
	error::CliError,
	output::{mark, moment, short, table, Report},
	state::read_json,
};
use clap::{Args, Subcommand};
use salus_client::{
	chain::{calls, calls::StaffRecord, Call},
	keystore::IdentityPublic,
	primitives::{InstitutionId, PractitionerId, StaffRole},
	wire::Bytes32,
};
use salus_runtime_api::PractitionerInfo;
use serde::Deserialize;
use serde_json::json;
use std::path::PathBuf;

/// Commands about staff.
#[derive(Debug, Subcommand)]
pub enum Command {
	/// Enter a practitioner. By an operator or gateway account
	Register(Entry),
	/// Replace what the registry says. By an operator or gateway account
	Update(Entry),
	/// List the entries
	List {
		/// Of one institution
		#[arg(long)]
		institution: Option<u32>,
	},
	/// Show an entry
	Show {
		/// Its id
		practitioner: PractitionerId,
	},
	/// End an entry. By an operator or gateway account
	End {
		/// Its id
		practitioner: PractitionerId,
		/// From when its signatures do not count; from now unless given
		#[arg(long, value_parser = when)]
		from: Option<When>,
	},
}

/// An entry.
#[derive(Debug, Args)]
pub struct Entry {
	/// Identity in this key folder whose entry it is
	#[arg(long, value_name = "NAME", required_unless_present = "public_file", conflicts_with = "public_file")]
	identity: Option<String>,
	/// Output of `salus keys show NAME --json` from the practitioner's own machine
	#[arg(long, value_name = "FILE")]
	public_file: Option<PathBuf>,
	/// Roles, at least one
	#[arg(long = "role", required = true, value_parser = staff_role, value_name = "ROLE")]
	roles: Vec<StaffRole>,
	/// Departments
	#[arg(long = "department", value_name = "CODE")]
	departments: Vec<String>,
	/// Until when it is valid
	#[arg(long, value_parser = when, default_value = "365d")]
	until: When,
	/// May open records in an emergency
	#[arg(long)]
	emergency: bool,
}

/// The part of `keys show --json` that is read.
#[derive(Deserialize)]
struct PublicFile {
	practitioner: PublicKeys,
}

#[derive(Deserialize)]
struct PublicKeys {
	id: PractitionerId,
	signing_key: Bytes32,
	encryption_key_hash: Bytes32,
}

/// Runs a command.
pub async fn run(command: Command, context: &Context) -> Result<Report, CliError> {
	match command {
		Command::Register(entry) => {
			let (id, record) = record_of(context, entry).await?;
			act(context, calls::consortium::register_practitioner(id, record), id, "is in the registry").await
		}
		Command::Update(entry) => {
			let (id, record) = record_of(context, entry).await?;
			act(context, calls::consortium::update_practitioner(id, record), id, "was updated").await
		}
		Command::List { institution } => list(context, institution.map(InstitutionId)).await,
		Command::Show { practitioner } => show(context, practitioner).await,
		Command::End { practitioner, from } => {
			let now = context.chain().await?.now().await?;
			let from = from.map_or(now, |from| from.moment(now));
			act(context, calls::consortium::end_practitioner(practitioner, from), practitioner, "ends").await
		}
	}
}

async fn record_of(context: &Context, entry: Entry) -> Result<(PractitionerId, StaffRecord), CliError> {
	let keys = match (&entry.public_file, &entry.identity) {
		(Some(file), _) => read_json::<PublicFile>(file, "the public part of a practitioner's keys")?.practitioner,
		(None, name) => {
			let name = name.clone().unwrap_or_default();
			match context.keystore()?.show(&name)?.public {
				IdentityPublic::Practitioner { id, signing_key, encryption_key_hash } => {
					PublicKeys { id, signing_key, encryption_key_hash }
				}
				other => {
					return Err(CliError::Usage(format!(
						"the identity `{name}` is of kind {}, not practitioner",
						other.kind()
					)))
				}
			}
		}
	};
	// By the clock of the chain: an entry of a machine whose clock is ahead would not be valid yet.
	let now = context.chain().await?.now().await?;
	let record = StaffRecord {
		signing_key: keys.signing_key.0,
		encryption_key_hash: keys.encryption_key_hash.0,
		roles: entry.roles,
		departments: entry.departments,
		valid_from: now,
		valid_until: entry.until.moment(now),
		emergency_authorised: entry.emergency,
	};
	Ok((keys.id, record))
}

async fn act(context: &Context, call: Call, id: PractitionerId, done: &str) -> Result<Report, CliError> {
	let chain = context.chain().await?;
	let key = context.account()?;
	let _progress = context.waiting("waiting for finality");
	let included = chain.submit_finalized(&key, &call).await?;
	let text = format!("{id} {done} (block {}).", included.block.number);
	Report::new(&json!({ "practitioner": id, "block": included.block }), text)
}

async fn list(context: &Context, institution: Option<InstitutionId>) -> Result<Report, CliError> {
	let mut entries = context.chain().await?.practitioners().await?;
	entries.retain(|(_, info)| institution.is_none_or(|institution| info.institution == institution));
	let rows = entries.iter().map(|(id, info)| {
		[id.to_string(), info.institution.to_string(), roles(info), info.departments.join(", "), validity(info)]
	});
	let text = table(["Id", "Institution", "Roles", "Departments", "Valid"], rows);
	let json: Vec<_> = entries.iter().map(|(id, info)| json!({ "id": id, "info": info })).collect();
	Report::new(&json!({ "staff": json }), text)
}

async fn show(context: &Context, id: PractitionerId) -> Result<Report, CliError> {
	let info = context.chain().await?.practitioner(&id).await?;
	let info = info.ok_or_else(|| CliError::NotThere(format!("the registry has no entry {}", short(&id))))?;
	let text = format!(
		"{id}\n  institution  {}\n  roles        {}\n  departments  {}\n  valid        {} to {}: {}",
		info.institution,
		roles(&info),
		info.departments.join(", "),
		moment(info.valid_from),
		moment(info.valid_until),
		validity(&info)
	);
	Report::new(&json!({ "id": id, "info": info }), text)
}

fn roles(info: &PractitionerInfo) -> String {
	info.roles.iter().map(|role| format!("{role:?}")).collect::<Vec<_>>().join(", ")
}

fn validity(info: &PractitionerInfo) -> String {
	mark(info.valid, if info.valid { "valid" } else { "not valid" })
}

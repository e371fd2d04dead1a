//! `salus keys`.

use super::{
	context::Context,
	error::CliError,
	output::{table, Report},
};
use clap::{Subcommand, ValueEnum};
use salus_client::keystore::{AccountKey, Identity, IdentityKind, IdentityPublic, PatientRoot, StoredIdentity};
use serde_json::json;
use std::{fs, path::PathBuf};
use zeroize::Zeroizing;

/// Commands about keys.
#[derive(Debug, Subcommand)]
pub enum Command {
	/// Make an identity. A patient's or account's recovery phrase is shown once
	New {
		/// Its name
		name: String,
		/// What it is for
		#[arg(long)]
		kind: Kind,
	},
	/// List the identities
	List,
	/// Show the public part of an identity
	Show {
		/// Its name; the acting one unless given
		name: Option<String>,
	},
	/// Take a patient's phrase, or an account's secret URI, from a file
	Import {
		/// Name of the new identity
		name: String,
		/// What it is for
		#[arg(long)]
		kind: Kind,
		/// File whose first line is the phrase or secret URI
		#[arg(long, value_name = "FILE")]
		secret_file: PathBuf,
	},
}

/// Kinds of identities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Kind {
	/// Staff of an institution
	Practitioner,
	/// A patient with own keys
	Patient,
	/// An account of the chain: operator or gateway
	Account,
}

impl From<Kind> for IdentityKind {
	fn from(kind: Kind) -> Self {
		match kind {
			Kind::Practitioner => Self::Practitioner,
			Kind::Patient => Self::Patient,
			Kind::Account => Self::Account,
		}
	}
}

/// Runs a command.
pub fn run(command: Command, context: &Context) -> Result<Report, CliError> {
	match command {
		Command::New { name, kind } => new(context, &name, kind.into()),
		Command::List => list(context),
		Command::Show { name } => {
			let name = name.map_or_else(|| context.identity_name(), Ok)?;
			let stored = context.keystore()?.show(&name)?;
			Report::new(&stored, describe(&stored))
		}
		Command::Import { name, kind, secret_file } => import(context, &name, kind, &secret_file),
	}
}

fn new(context: &Context, name: &str, kind: IdentityKind) -> Result<Report, CliError> {
	let identity = Identity::generate(kind)?;
	let stored = context.keystore()?.create(name, &identity, &context.new_passphrase(name)?)?;
	let phrase = match &identity {
		Identity::Patient(root) => Some(root.phrase()),
		Identity::Account(key) => Some(key.uri()),
		Identity::Practitioner(_) => None,
	};
	let advice = phrase.map_or(String::new(), |phrase| {
		format!("\n\nWrite these words down on paper and keep them safe. They are not shown again:\n\n  {phrase}")
	});
	let json = json!({ "identity": stored, "phrase": phrase });
	Report::new(&json, format!("{}{advice}", describe(&stored)))
}

fn import(context: &Context, name: &str, kind: Kind, file: &PathBuf) -> Result<Report, CliError> {
	let text = Zeroizing::new(fs::read_to_string(file).map_err(|error| CliError::File(file.clone(), error))?);
	let secret = text.lines().next().unwrap_or_default();
	let identity = match kind {
		Kind::Patient => Identity::Patient(PatientRoot::from_phrase(secret)?),
		Kind::Account => Identity::Account(AccountKey::from_uri(secret)?),
		Kind::Practitioner => return Err(CliError::Usage(
			"a practitioner's keys stay where they were made: make new ones and let the institution update its entry"
				.to_owned(),
		)),
	};
	let stored = context.keystore()?.create(name, &identity, &context.new_passphrase(name)?)?;
	Report::new(&json!({ "identity": stored }), describe(&stored))
}

fn list(context: &Context) -> Result<Report, CliError> {
	let identities = context.keystore()?.list()?;
	let rows = identities.iter().map(|stored| {
		let public = match &stored.public {
			IdentityPublic::Practitioner { id, .. } => id.to_string(),
			IdentityPublic::Patient {} => String::new(),
			IdentityPublic::Account { account } => account.to_string(),
		};
		[stored.name.clone(), stored.public.kind().to_string(), public]
	});
	let text = table(["Name", "Kind", "Id or account"], rows);
	Report::new(&json!({ "identities": identities }), text)
}

fn describe(stored: &StoredIdentity) -> String {
	let name = &stored.name;
	match &stored.public {
		IdentityPublic::Practitioner { id, signing_key, encryption_key_hash } => format!(
			"{name}: practitioner\n  id                   {id}\n  signing key          {signing_key}\n  encryption key hash  {encryption_key_hash}"
		),
		IdentityPublic::Patient {} => format!("{name}: patient"),
		IdentityPublic::Account { account } => format!("{name}: account {account}"),
	}
}

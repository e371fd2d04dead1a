//! `salus emergency committee`: the consortium's guardians.

use super::patient::committee_words;
use crate::cli::{
	arguments::{when, When},
	audit::names,
	context::Context,
	error::CliError,
	member::propose_call,
	output::Report,
};
use clap::{Args, Subcommand};
use salus_client::{
	chain::calls::emergency_access as call,
	primitives::{CommitteeId, CommitteePurpose, InstitutionId},
};
use salus_threshold::committee::{Threshold, MAX_MEMBERS, MIN_MEMBERS};
use serde_json::json;

/// Shown by `salus emergency committee --help`.
const STEPS: &str = "\
A committee is formed by a motion: `form` proposes it and votes, the other operators vote with `salus member vote`, one of them closes it with
`salus member close`. Then the members' gateways deal and confirm by themselves; `status` shows how far they are. Every member needs a
gateway with a guardian key.";

/// Commands about committees.
#[derive(Clone, Debug, Subcommand)]
#[command(after_help = STEPS)]
pub enum Command {
	/// Propose a committee, and vote for it. By an operator. Its members' gateways generate the key by themselves
	Form {
		/// release: opens records. locate: finds patients by name and birth date
		#[arg(long, value_parser = purpose, default_value = "release", value_name = "PURPOSE")]
		purpose: CommitteePurpose,
		#[command(flatten)]
		members: Members,
	},
	/// Show the committees, or one of them
	Status {
		/// Its number
		committee: Option<u32>,
	},
	/// Propose other members or another threshold for a committee whose key stays, and vote for it. By an operator
	Reshare {
		/// Its number
		committee: u32,
		#[command(flatten)]
		members: Members,
	},
	/// Propose to end a committee, and vote for it. By an operator
	Retire {
		/// Its number
		committee: u32,
	},
}

/// Members of a committee.
#[derive(Clone, Debug, Args)]
pub struct Members {
	/// The institutions, in the order of their indices: 1,2,5
	#[arg(long, value_delimiter = ',', required = true, value_name = "NO,NO,…")]
	members: Vec<u32>,
	/// How many of them open a record: more than half, at most all but two
	#[arg(long, value_name = "K")]
	threshold: u16,
	/// Until when
	#[arg(long, value_parser = when, default_value = "365d", value_name = "TIME")]
	until: When,
}

impl Members {
	fn institutions(&self) -> Result<Vec<InstitutionId>, CliError> {
		let n = u16::try_from(self.members.len()).unwrap_or(u16::MAX);
		match Threshold::new(n, self.threshold) {
			Some(_) => Ok(self.members.iter().copied().map(InstitutionId).collect()),
			None => Err(CliError::Usage(format!(
				"a committee has {MIN_MEMBERS} to {MAX_MEMBERS} members, of whom more than half and at most all but two decide"
			))),
		}
	}
}

/// Reads a purpose.
fn purpose(text: &str) -> Result<CommitteePurpose, String> {
	match text.to_lowercase().as_str() {
		"release" => Ok(CommitteePurpose::Release),
		"locate" => Ok(CommitteePurpose::Locate),
		_ => Err("expected release or locate".to_owned()),
	}
}

/// Runs a command.
pub async fn run(context: &Context, command: Command) -> Result<Report, CliError> {
	let chain = context.chain().await?;
	let (call, seats) = match command {
		Command::Status { committee } => return status(context, committee.map(CommitteeId)).await,
		Command::Form { purpose, members } => {
			let until = members.until.moment(chain.now().await?);
			(call::form_committee(purpose, members.institutions()?, members.threshold, until), true)
		}
		Command::Reshare { committee, members } => {
			let until = members.until.moment(chain.now().await?);
			let institutions = members.institutions()?;
			(call::reshare_committee(CommitteeId(committee), institutions, members.threshold, until), true)
		}
		Command::Retire { committee } => (call::retire_committee(CommitteeId(committee)), true),
	};
	let key = context.account()?;
	propose_call(context, &key, &call, seats).await
}

async fn status(context: &Context, committee: Option<CommitteeId>) -> Result<Report, CliError> {
	let chain = context.chain().await?;
	let names = names(chain).await?;
	let ids = match committee {
		Some(id) => vec![id],
		None => chain.committees().await?,
	};
	let mut committees = Vec::new();
	for id in ids {
		let found = chain.committee(id).await?;
		committees.push(found.ok_or_else(|| CliError::NotThere(format!("there is no committee {id}")))?);
	}
	let words = committees.iter().map(|committee| {
		let purpose = match committee.purpose {
			CommitteePurpose::Release => "opens records",
			CommitteePurpose::Locate => "finds patients",
		};
		let next = committee.pending.as_ref().map(|next| {
			let confirmed = next.members.iter().filter(|member| member.confirmed).count();
			format!(
				"\nBeing reshared to {} of {}: {} of {} old members have dealt, {confirmed} of {} new ones have confirmed.",
				next.k,
				next.n,
				next.dealers.len(),
				committee.k,
				next.n
			)
		});
		format!("{} ({purpose}){}", committee_words(committee, &names), next.unwrap_or_default())
	});
	let words: Vec<String> = words.collect();
	let text = if words.is_empty() { "There is no committee.".to_owned() } else { words.join("\n\n") };
	Report::new(&json!({ "committees": committees }), text)
}

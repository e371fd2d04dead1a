//! `salus member`.

use super::{
	arguments::{institution_kind, when, When},
	context::Context,
	error::{CliError, FAILED},
	output::{mark, moment, short, table, Report},
};
use clap::{Args, Subcommand};
use salus_client::{
	chain::{calls, calls::Quota, Call, InBlock, Keypair, Motion, MotionState},
	primitives::{InstitutionId, InstitutionKind, MemberStatus},
	wire::{Account, Bytes32},
};
use serde_json::json;
use std::time::Duration;

/// How often a motion is looked for that somebody else has just proposed.
const LOOKS: u32 = 20;
/// Between two looks.
const PAUSE: Duration = Duration::from_millis(500);

/// Commands about members.
#[derive(Debug, Subcommand)]
pub enum Command {
	/// List the institutions
	List,
	/// Show an institution
	Show {
		/// Its number
		institution: u32,
	},
	/// Propose a motion and vote for it. By an operator
	#[command(subcommand)]
	Propose(Proposal),
	/// List the open motions and the seats
	Motions,
	/// Vote on a motion. By an operator
	Vote {
		/// Hash of the motion
		motion: Bytes32,
		/// Vote against it
		#[arg(long)]
		against: bool,
	},
	/// Close a motion that is decided, which carries it out
	Close {
		/// Hash of the motion
		motion: Bytes32,
	},
	/// Register a gateway account. By the institution's operator
	AddGateway {
		/// The account
		gateway: Account,
	},
	/// Remove a gateway account. By the institution's operator
	RemoveGateway {
		/// The account
		gateway: Account,
	},
}

/// Motions.
#[derive(Debug, Subcommand)]
pub enum Proposal {
	/// Admit an institution
	Admit {
		/// hospital, clinic, laboratory, payer, research-body or regulator
		#[arg(long, value_parser = institution_kind)]
		kind: InstitutionKind,
		/// Its name, at most 64 bytes
		#[arg(long)]
		name: String,
		/// The account that administers it
		#[arg(long)]
		operator: Account,
	},
	/// Suspend an institution
	Suspend(Ending),
	/// End a suspension
	Reinstate {
		/// Its number
		institution: u32,
	},
	/// End a membership for good
	Deactivate(Ending),
	/// Add a validator
	AddValidator {
		/// The institution
		institution: u32,
		/// The account
		validator: Account,
	},
	/// Remove a validator
	RemoveValidator {
		/// The account
		validator: Account,
	},
	/// Give an institution another operator
	ReplaceOperator {
		/// The institution
		institution: u32,
		/// The account
		operator: Account,
	},
	/// Set how much of the blocks an institution may use, picoseconds per block
	SetQuota {
		/// The institution
		institution: u32,
		/// For anchors and receipts
		#[arg(long)]
		bulk: u64,
		/// For access requests
		#[arg(long)]
		decisions: u64,
	},
}

/// The end of a membership.
#[derive(Debug, Args)]
pub struct Ending {
	/// The institution
	institution: u32,
	/// From when its statements do not count; from now unless given
	#[arg(long, value_parser = when)]
	invalid_from: Option<When>,
}

/// Runs a command.
pub async fn run(command: Command, context: &Context) -> Result<Report, CliError> {
	context.governed_chain().await?;
	match command {
		Command::List => list(context).await,
		Command::Show { institution } => show(context, InstitutionId(institution)).await,
		Command::Propose(proposal) => propose(context, proposal).await,
		Command::Motions => motions(context).await,
		Command::Vote { motion, against } => vote(context, motion, !against).await,
		Command::Close { motion } => close(context, motion).await,
		Command::AddGateway { gateway } => {
			direct(context, calls::consortium::register_gateway(gateway), format!("{gateway} is a gateway now")).await
		}
		Command::RemoveGateway { gateway } => {
			direct(context, calls::consortium::remove_gateway(gateway), format!("{gateway} is no gateway any more"))
				.await
		}
	}
}

async fn list(context: &Context) -> Result<Report, CliError> {
	let institutions = context.chain().await?.institutions().await?;
	let rows = institutions.iter().map(|(id, info)| {
		let active = info.status == MemberStatus::Active;
		[
			id.to_string(),
			info.name.clone(),
			format!("{:?}", info.kind),
			mark(active, &format!("{:?}", info.status)),
			info.operator.to_string(),
		]
	});
	let text = table(["No.", "Name", "Kind", "Status", "Operator"], rows);
	let json: Vec<_> = institutions.iter().map(|(id, info)| json!({ "id": id, "info": info })).collect();
	Report::new(&json!({ "institutions": json }), text)
}

async fn show(context: &Context, id: InstitutionId) -> Result<Report, CliError> {
	let info = context.chain().await?.institution(id).await?;
	let info =
		info.ok_or_else(|| CliError::NotThere(format!("there is no institution {id}; `salus member list` shows all")))?;
	let until = info.invalid_from.map(|at| format!("\n  does not count from  {}", moment(at))).unwrap_or_default();
	let text = format!(
		"{} (institution {id})\n  kind      {:?}\n  status    {:?}\n  operator  {}\n  admitted  {}{until}",
		info.name,
		info.kind,
		info.status,
		info.operator,
		moment(info.admitted_at)
	);
	Report::new(&json!({ "id": id, "info": info }), text)
}

/// Proposes a motion about members.
pub(super) async fn propose(context: &Context, proposal: Proposal) -> Result<Report, CliError> {
	let chain = context.chain().await?;
	let key = context.account()?;
	let now = chain.now().await?;
	let at = |ending: &Ending| ending.invalid_from.map(|when| when.moment(now));
	let id = InstitutionId;
	use calls::consortium as call;
	let (call, two_thirds) = match proposal {
		Proposal::Admit { kind, name, operator } => (call::admit_institution(kind, name, operator), true),
		Proposal::Suspend(ending) => (call::suspend_institution(id(ending.institution), at(&ending)), true),
		Proposal::Reinstate { institution } => (call::reinstate_institution(id(institution)), true),
		Proposal::Deactivate(ending) => (call::deactivate_institution(id(ending.institution), at(&ending)), true),
		Proposal::AddValidator { institution, validator } => (call::add_validator(id(institution), validator), true),
		Proposal::RemoveValidator { validator } => (call::remove_validator(validator), true),
		Proposal::ReplaceOperator { institution, operator } => {
			(call::replace_operator(id(institution), operator), true)
		}
		Proposal::SetQuota { institution, bulk, decisions } => {
			(call::set_quota(id(institution), Quota { bulk, decisions }), true)
		}
	};
	propose_call(context, &key, &call, two_thirds).await
}

/// Proposes a call and votes for it: by two thirds of the council, or more than half of it.
pub async fn propose_call(context: &Context, key: &Keypair, call: &Call, two_thirds: bool) -> Result<Report, CliError> {
	let chain = context.chain().await?;
	let seats = u32::try_from(chain.council_members().await?.len()).unwrap_or(u32::MAX);
	let threshold = match two_thirds {
		true => chain.two_thirds_of_council().await?,
		false => seats / 2 + 1,
	};
	let _progress = context.waiting("waiting for finality");
	let (motion, included) = chain.propose(key, call, threshold).await?;
	if !matches!(motion.state, MotionState::Open(_)) {
		return motion_report(&motion, &included);
	}
	let included = chain.vote(key, &motion, true).await?;
	let motion = chain.motion(motion.hash).await?.unwrap_or(motion);
	motion_report(&motion, &included)
}

/// Lists the open motions.
pub(super) async fn motions(context: &Context) -> Result<Report, CliError> {
	let chain = context.chain().await?;
	let (motions, seats) = (chain.open_motions().await?, chain.council_members().await?);
	let text = format!("{} seats\n{}", seats.len(), motion_table(&motions));
	Report::new(&json!({ "motions": motions, "seats": seats }), text)
}

/// Motions for people.
pub(super) fn motion_table(motions: &[Motion]) -> String {
	let rows = motions
		.iter()
		.map(|motion| [motion.index.to_string(), motion.hash.to_string(), proposal(motion), describe(&motion.state)]);
	table(["No.", "Hash", "Proposal", "State"], rows)
}

fn proposal(motion: &Motion) -> String {
	motion.proposal.clone().unwrap_or_else(|| "a call that this program does not know".to_owned())
}

/// Votes on a motion.
pub(super) async fn vote(context: &Context, hash: Bytes32, approve: bool) -> Result<Report, CliError> {
	let chain = context.chain().await?;
	let motion = open_motion(context, hash).await?;
	let key = context.account()?;
	let _progress = context.waiting("waiting for finality");
	let included = chain.vote(&key, &motion, approve).await?;
	let motion = chain.motion(hash).await?.unwrap_or(motion);
	motion_report(&motion, &included)
}

/// Closes a motion.
pub(super) async fn close(context: &Context, hash: Bytes32) -> Result<Report, CliError> {
	let chain = context.chain().await?;
	let motion = open_motion(context, hash).await?;
	let key = context.account()?;
	let _progress = context.waiting("waiting for finality");
	let (state, included) = chain.close(&key, &motion).await?;
	motion_report(&Motion { state, ..motion }, &included)
}

/// An open motion. The node of who proposed it may be some blocks ahead of the own one: it is looked for a while.
async fn open_motion(context: &Context, hash: Bytes32) -> Result<Motion, CliError> {
	let chain = context.chain().await?;
	for _ in 0..LOOKS {
		if let Some(motion) = chain.motion(hash).await? {
			return Ok(motion);
		}
		tokio::time::sleep(PAUSE).await;
	}
	Err(CliError::NotThere(format!("there is no open motion {}; `salus member motions` shows all", short(&hash))))
}

fn motion_report(motion: &Motion, included: &InBlock) -> Result<Report, CliError> {
	let admitted = included.events.institution_admitted();
	let committee = included.events.committee_proposed();
	let number = admitted.map(|id| format!("\nThe new institution has the number {id}.")).unwrap_or_default();
	let formed = committee.map(|id| format!("\nThe new committee has the number {id}.")).unwrap_or_default();
	let text = format!(
		"Motion {} ({}), block {}: {}\n{}{number}{formed}",
		motion.index,
		motion.hash,
		included.block.number,
		describe(&motion.state),
		proposal(motion)
	);
	let json = json!({ "motion": motion, "block": included.block, "institution": admitted, "committee": committee });
	let failed = matches!(motion.state, MotionState::Executed { failed: Some(_) });
	Ok(match failed {
		true => Report::new(&json, text)?.with_exit(FAILED),
		false => Report::new(&json, text)?,
	})
}

fn describe(state: &MotionState) -> String {
	match state {
		MotionState::Open(ballot) => {
			let decided = match ballot.ayes.len() >= usize::try_from(ballot.threshold).unwrap_or(usize::MAX) {
				true => "; can be closed",
				false => "",
			};
			let (ayes, nays) = (ballot.ayes.len(), ballot.nays.len());
			format!("{ayes} of {} ayes, {nays} nays{decided}; ends with block {}", ballot.threshold, ballot.end)
		}
		MotionState::Executed { failed: None } => "carried out".to_owned(),
		MotionState::Executed { failed: Some(why) } => format!("approved, but it failed: {why}"),
		MotionState::Disapproved => "voted down".to_owned(),
	}
}

/// Signs a call that needs no motion.
pub(super) async fn direct(context: &Context, call: Call, done: String) -> Result<Report, CliError> {
	let chain = context.chain().await?;
	let key = context.account()?;
	let _progress = context.waiting("waiting for finality");
	let included = chain.submit_finalized(&key, &call).await?;
	let text = format!("{done} (block {}).", included.block.number);
	Report::new(&json!({ "block": included.block }), text)
}

//! `salus consortium`.

mod council;
mod figures;
mod nodes;
mod overview;

use super::{
	arguments::{when, When},
	context::Context,
	error::CliError,
	member,
	output::Report,
};
use clap::{Args, Subcommand};
use salus_client::{
	chain::{calls, PeerId},
	primitives::InstitutionId,
	wire::{Bytes32, Bytes64, HexBytes},
};
use std::path::PathBuf;

/// Commands about how the consortium governs itself.
#[derive(Debug, Subcommand)]
pub enum Command {
	/// Runtime, session, seats, open motions, pauses, and the upgrade that may be applied
	Status,
	/// List the members, and when memberships end
	Members,
	/// List the validators: session keys, this set and the next, and when that begins
	Validators,
	/// List the nodes that belong on the network
	Nodes,
	/// Enter a node of the own institution on that list. By its operator
	AddNode {
		/// Its peer id, as the node prints it when it starts: 12D3KooW…
		peer: PeerId,
	},
	/// Take a node of the own institution off that list. By its operator
	RemoveNode {
		/// Its peer id
		peer: PeerId,
	},
	/// List what the council can tune: value, default, bounds
	Parameters,
	/// List the open motions and the seats
	Motions,
	/// Propose a motion and vote for it. By an operator
	#[command(subcommand)]
	Propose(Proposal),
	/// Vote on a motion. By an operator
	Vote {
		/// Hash of the motion
		motion: Bytes32,
		/// Vote against it
		#[arg(long)]
		against: bool,
	},
	/// Close a motion that is decided, which carries it out. By an operator
	Close {
		/// Hash of the motion
		motion: Bytes32,
	},
	/// Ask to stop a call at once: a third of the seats with a regulator among them stops it. By an operator
	RequestPause {
		/// Name of the call; `salus consortium status` lists them
		call: String,
	},
	/// Send the code that a motion has authorized. Takes no key
	ApplyUpgrade {
		/// The file with the code
		code: PathBuf,
	},
	/// Set the session keys that `salus-node session-keys` has made. By the validator's account
	SetKeys {
		/// The keys: 64 bytes, 0x and hexadecimal
		keys: Bytes64,
		/// The proof that the node holds them: 128 bytes
		proof: HexBytes<128>,
	},
	/// Write down that the time of a membership is over. By any member
	Expire {
		/// The institution
		institution: u32,
	},
}

/// Motions.
#[derive(Debug, Subcommand)]
pub enum Proposal {
	#[command(flatten)]
	Member(member::Proposal),
	/// Set when a membership ends
	SetEnd {
		/// The institution
		institution: u32,
		#[command(flatten)]
		end: End,
	},
	/// Authorize an upgrade of the runtime
	Upgrade {
		/// The file with the code
		code: PathBuf,
		/// Take code of no higher version, too
		#[arg(long)]
		any_version: bool,
	},
	/// Let the authorities change without finality, when a third of the validators is gone for good
	Stalled {
		/// The block that was finalized last
		#[arg(long)]
		best_finalized: u32,
		/// Blocks from the next session to the change
		#[arg(long, default_value_t = 30)]
		delay: u32,
	},
	/// Set a parameter
	SetParameter {
		/// Its name; `salus consortium parameters` lists them
		name: String,
		/// Its value, in its unit
		value: u64,
	},
	/// Stop a call
	Pause {
		/// Name of the call; `salus consortium status` lists them
		call: String,
		/// For how many blocks
		#[arg(long)]
		blocks: u32,
	},
	/// End a pause
	Resume {
		/// Name of the call
		call: String,
	},
}

/// The end of a membership.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub struct End {
	/// Then
	#[arg(long, value_parser = when)]
	until: Option<When>,
	/// Never
	#[arg(long)]
	permanent: bool,
}

/// Runs a command.
pub async fn run(command: Command, context: &Context) -> Result<Report, CliError> {
	context.governed_chain().await?;
	match command {
		Command::Status => overview::status(context).await,
		Command::Members => overview::members(context).await,
		Command::Validators => overview::validators(context).await,
		Command::Nodes => nodes::list(context).await,
		Command::AddNode { peer } => nodes::add(context, peer).await,
		Command::RemoveNode { peer } => nodes::remove(context, peer).await,
		Command::Parameters => overview::parameters(context).await,
		Command::Motions => member::motions(context).await,
		Command::Propose(proposal) => council::propose(context, proposal).await,
		Command::Vote { motion, against } => member::vote(context, motion, !against).await,
		Command::Close { motion } => member::close(context, motion).await,
		Command::RequestPause { call } => council::request_pause(context, &call).await,
		Command::ApplyUpgrade { code } => council::apply_upgrade(context, &code).await,
		Command::SetKeys { keys, proof } => {
			let call = calls::session::set_keys(keys.into(), proof.0.to_vec());
			member::direct(context, call, "The keys count from the session after the next".to_owned()).await
		}
		Command::Expire { institution } => {
			let call = calls::consortium::expire_membership(InstitutionId(institution));
			member::direct(context, call, format!("Institution {institution} is suspended from its end on")).await
		}
	}
}

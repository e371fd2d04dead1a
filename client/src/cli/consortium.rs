//! `salus consortium`.

use super::{
	arguments::{when, When},
	context::Context,
	error::{CliError, FAILED},
	member::{self, propose_call},
	output::{mark, moment, table, Report},
};
use clap::{Args, Subcommand};
use salus_client::{
	chain::{
		begins_like_code, calls,
		calls::{Action, Named},
		code_hash,
	},
	primitives::{InstitutionId, MemberStatus},
	wire::{Bytes32, Bytes64, HexBytes},
};
use salus_runtime_api::ParameterInfo;
use serde_json::json;
use std::path::{Path, PathBuf};

/// Commands about how the consortium governs itself.
#[derive(Debug, Subcommand)]
pub enum Command {
	/// Seats, validators, motions, pauses and what the runtime is about to be
	Status,
	/// List the members, and when memberships end
	Members,
	/// List the validators: session keys, this set and the next
	Validators,
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
		Command::Status => status(context).await,
		Command::Members => members(context).await,
		Command::Validators => validators(context).await,
		Command::Parameters => parameters(context).await,
		Command::Motions => member::motions(context).await,
		Command::Propose(proposal) => propose(context, proposal).await,
		Command::Vote { motion, against } => member::vote(context, motion, !against).await,
		Command::Close { motion } => member::close(context, motion).await,
		Command::RequestPause { call } => request_pause(context, &call).await,
		Command::ApplyUpgrade { code } => apply_upgrade(context, &code).await,
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

async fn status(context: &Context) -> Result<Report, CliError> {
	let chain = context.chain().await?;
	let (identity, head) = (chain.identity().await?, chain.finalized_head().await?);
	let seats = chain.council_members().await?.len();
	let two_thirds = chain.two_thirds_of_council().await?;
	let members = chain.institutions_at(&head).await?;
	let active = members.iter().filter(|(_, info)| info.status == MemberStatus::Active).count();
	let validators = chain.validators_at(&head).await?;
	let in_set = validators.iter().filter(|validator| validator.in_set).count();
	let motions = chain.open_motions().await?;
	let pauses = chain.pauses_at(&head).await?;
	let upgrade = chain.authorized_upgrade_at(&head).await?;
	let upgrade_text = match &upgrade {
		Some(upgrade) => format!("{} may be applied", Bytes32::from(upgrade.code_hash)),
		None => "none authorized".to_owned(),
	};
	let rows = pauses.iter().map(|pause| {
		let state = match pause.until {
			Some(until) => mark(false, &format!("stopped until block {until}")),
			None => mark(true, "runs"),
		};
		let asked: Vec<_> = pause.requests.iter().map(|(id, _)| id.to_string()).collect();
		[pause.call.clone(), state, asked.join(", ")]
	});
	let text = format!(
		"Runtime version {}, block {}\n  seats       {seats} ({two_thirds} for members, validators, upgrades; {} for \
		 parameters and pauses)\n  members     {active} active of {}\n  validators  {in_set} in the set of {} named\n  \
		 motions     {} open\n  upgrade     {upgrade_text}\n\nCalls that can be paused\n{}",
		identity.spec_version,
		head.number,
		seats / 2 + 1,
		members.len(),
		validators.len(),
		motions.len(),
		table(["Call", "State", "Asked for by"], rows),
	);
	let json = json!({
		"spec_version": identity.spec_version,
		"finalized": head,
		"seats": seats,
		"two_thirds": two_thirds,
		"majority": seats / 2 + 1,
		"members": members.len(),
		"active_members": active,
		"validators": validators.len(),
		"validators_in_set": in_set,
		"motions": motions.len(),
		"upgrade": upgrade,
		"pauses": pauses,
	});
	Report::new(&json, text)
}

async fn members(context: &Context) -> Result<Report, CliError> {
	let chain = context.chain().await?;
	let head = chain.finalized_head().await?;
	let (members, ends) = (chain.institutions_at(&head).await?, chain.membership_ends_at(&head).await?);
	let end_of = |id| ends.iter().find(|(of, _)| *of == id).map(|(_, until)| *until);
	let rows = members.iter().map(|(id, info)| {
		let status = mark(info.status == MemberStatus::Active, &format!("{:?}", info.status));
		let end = end_of(*id).map_or("never".to_owned(), moment);
		[id.to_string(), info.name.clone(), format!("{:?}", info.kind), status, end, info.operator.to_string()]
	});
	let text = table(["No.", "Name", "Kind", "Status", "Ends", "Operator"], rows);
	let json: Vec<_> =
		members.iter().map(|(id, info)| json!({ "id": id, "info": info, "until": end_of(*id) })).collect();
	Report::new(&json!({ "institutions": json }), text)
}

async fn validators(context: &Context) -> Result<Report, CliError> {
	let validators = context.chain().await?.validators().await?;
	let yes_or_no = |yes: bool| mark(yes, if yes { "yes" } else { "no" });
	let rows = validators.iter().map(|validator| {
		let now = match validator.disabled {
			true => mark(false, "disabled"),
			false => yes_or_no(validator.in_set),
		};
		let (keys, next) = (yes_or_no(validator.has_keys), yes_or_no(validator.in_next_set));
		[validator.account.to_string(), validator.institution.to_string(), keys, now, next]
	});
	let text = table(["Account", "Institution", "Session keys", "In the set", "In the next"], rows);
	Report::new(&json!({ "validators": validators }), text)
}

async fn parameters(context: &Context) -> Result<Report, CliError> {
	let parameters = context.chain().await?.parameters().await?;
	let rows = parameters.iter().map(|info| {
		let bounds = format!("{} to {}", info.least, info.most);
		[info.name.clone(), info.value.to_string(), info.unit.clone(), info.default.to_string(), bounds]
	});
	let text = table(["Name", "Value", "Unit", "Default", "Bounds"], rows);
	Report::new(&json!({ "parameters": parameters }), text)
}

async fn propose(context: &Context, proposal: Proposal) -> Result<Report, CliError> {
	let action = match proposal {
		Proposal::Member(proposal) => return member::propose(context, proposal).await,
		Proposal::SetEnd { institution, end } => {
			let now = context.chain().await?.now().await?;
			let until = end.until.map(|until| until.moment(now));
			let call = calls::consortium::set_membership_end(InstitutionId(institution), until);
			return propose_call(context, &context.account()?, &call, true).await;
		}
		Proposal::Upgrade { code, any_version } => {
			Action::AuthorizeUpgrade { code_hash: code_hash(&read_code(&code)?), check_version: !any_version }
		}
		Proposal::Stalled { best_finalized, delay } => Action::NoteStalled { delay, best_finalized },
		Proposal::SetParameter { name, value } => {
			let known = context.chain().await?.parameters().await?;
			let parameter = listed("parameter", &name, known.iter().map(|info| info.name.clone()))?;
			known.iter().filter(|info| info.name == parameter.0).try_for_each(|info| check_bounds(info, value))?;
			Action::SetParameter { parameter, value }
		}
		Proposal::Pause { call, blocks } => Action::PauseCall { call: pausable(context, &call).await?, blocks },
		Proposal::Resume { call } => Action::ResumeCall { call: pausable(context, &call).await? },
	};
	let call = calls::consortium::enact(action.clone());
	propose_call(context, &context.account()?, &call, action.takes_two_thirds()).await
}

async fn request_pause(context: &Context, call: &str) -> Result<Report, CliError> {
	let chain = context.chain().await?;
	let named = pausable(context, call).await?;
	let key = context.account()?;
	let _progress = context.waiting("waiting for finality");
	let included = chain.submit_finalized(&key, &calls::consortium::request_pause(named.clone())).await?;
	let paused = included.events.find("Consortium", "CallPaused").is_some();
	let text = match paused {
		true => format!("{} is stopped (block {}).", named.0, included.block.number),
		false => format!(
			"Asked to stop {} (block {}). It takes a third of the seats, a regulator's among them.",
			named.0, included.block.number
		),
	};
	Report::new(&json!({ "block": included.block, "call": named.0, "paused": paused }), text)
}

async fn apply_upgrade(context: &Context, path: &Path) -> Result<Report, CliError> {
	let code = read_code(path)?;
	let hash = Bytes32::from(code_hash(&code));
	let chain = context.chain().await?;
	let authorized = chain.authorized_upgrade().await?.map(|upgrade| Bytes32::from(upgrade.code_hash));
	if authorized != Some(hash) {
		let instead = authorized.map_or("nothing is".to_owned(), |other| format!("{other} is"));
		return Err(CliError::NotThere(format!("no motion has authorized {hash}: {instead} authorized")));
	}
	let _progress = context.waiting("waiting for finality");
	let (included, outcome) = chain.apply_upgrade(code).await?;
	let json = json!({ "code_hash": hash, "block": included.block, "refused": outcome.as_ref().err() });
	match outcome {
		Ok(()) => Report::new(&json, format!("The next block runs {hash} (block {}).", included.block.number)),
		Err(why) => Ok(Report::new(&json, format!("{hash} was not applied: {why}"))?.with_exit(FAILED)),
	}
}

async fn pausable(context: &Context, call: &str) -> Result<Named, CliError> {
	let known = context.chain().await?.pauses().await?;
	listed("call that can be paused", call, known.into_iter().map(|pause| pause.call))
}

/// The name as the runtime spells it.
fn listed(what: &str, name: &str, known: impl Iterator<Item = String>) -> Result<Named, CliError> {
	let plain = |name: &str| name.to_lowercase().replace(['-', '_'], "");
	let known: Vec<String> = known.collect();
	match known.iter().find(|known| plain(known) == plain(name)) {
		Some(known) => Ok(Named(known.clone())),
		None => Err(CliError::NotThere(format!("there is no {what} {name:?}, but {}", known.join(", ")))),
	}
}

/// The chain would say so only after everybody has voted.
fn check_bounds(info: &ParameterInfo, value: u64) -> Result<(), CliError> {
	let ParameterInfo { name, least, most, unit, .. } = info;
	match (*least..=*most).contains(&value) {
		true => Ok(()),
		false => Err(CliError::Usage(format!(
			"{name} lies between {least} and {most} {unit}: the chain takes no other value"
		))),
	}
}

fn read_code(path: &Path) -> Result<Vec<u8>, CliError> {
	let code = std::fs::read(path).map_err(|error| CliError::File(path.to_owned(), error))?;
	match begins_like_code(&code) {
		true => Ok(code),
		false => Err(CliError::Failed(format!("{} is not the code of a runtime", path.display()))),
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn names() -> impl Iterator<Item = String> {
		["MotionDuration", "MaxPause"].map(str::to_owned).into_iter()
	}

	#[test]
	fn names_are_found_in_the_spellings_of_people() {
		for name in ["MotionDuration", "motion-duration", "motion_duration"] {
			assert_eq!(listed("parameter", name, names()).unwrap(), Named("MotionDuration".to_owned()));
		}
	}

	#[test]
	fn an_unknown_name_is_refused_with_those_that_there_are() {
		let refused = listed("parameter", "motion", names()).unwrap_err().to_string();
		assert!(refused.contains("MotionDuration, MaxPause"), "{refused}");
	}

	#[test]
	fn a_value_outside_of_its_bounds_is_refused_before_anybody_votes() {
		let (name, unit) = ("MinValidators".to_owned(), "validators".to_owned());
		let info = ParameterInfo { name, unit, value: 4, default: 4, least: 4, most: 64 };
		for (value, is_good) in [(3, false), (4, true), (64, true), (65, false)] {
			assert_eq!(check_bounds(&info, value).is_ok(), is_good, "{value}");
		}
	}

	#[test]
	fn a_file_that_is_no_code_is_refused_before_anybody_votes() {
		let folder = tempfile::tempdir().unwrap();
		let path = folder.path().join("runtime");
		assert!(matches!(read_code(&path), Err(CliError::File(..))));
		std::fs::write(&path, b"not a runtime").unwrap();
		assert!(read_code(&path).unwrap_err().to_string().contains("is not the code of a runtime"));
		std::fs::write(&path, b"\0asm\x01\0\0\0").unwrap();
		assert_eq!(read_code(&path).unwrap(), b"\0asm\x01\0\0\0");
	}
}

//! Motions, pauses and upgrades.

use super::Proposal;
use crate::cli::{
	context::Context,
	error::{CliError, FAILED},
	member::{self, propose_call},
	output::Report,
};
use salus_client::{
	chain::{
		begins_like_code, calls,
		calls::{Action, Named},
		code_hash,
	},
	primitives::InstitutionId,
	wire::Bytes32,
};
use salus_runtime_api::ParameterInfo;
use serde_json::json;
use std::path::Path;

/// Proposes a motion and votes for it.
pub(super) async fn propose(context: &Context, proposal: Proposal) -> Result<Report, CliError> {
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

/// Asks to stop a call.
pub(super) async fn request_pause(context: &Context, call: &str) -> Result<Report, CliError> {
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

/// Sends the code that a motion has authorized.
pub(super) async fn apply_upgrade(context: &Context, path: &Path) -> Result<Report, CliError> {
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

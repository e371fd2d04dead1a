//! What the consortium is and what it is about to decide.

use super::{
	figures::Scale,
	nodes::{are_kept_apart, words},
};
use crate::cli::{
	context::Context,
	error::CliError,
	member::motion_table,
	output::{mark, moment, table, Report},
};
use salus_client::{chain::ChainError, primitives::MemberStatus, wire::Bytes32};
use salus_runtime_api::{ParameterInfo, PauseInfo, SessionInfo, UpgradeInfo, ValidatorInfo};
use serde_json::json;

/// Everything in one look.
pub(super) async fn status(context: &Context) -> Result<Report, CliError> {
	let chain = context.chain().await?;
	let (identity, head) = (chain.identity().await?, chain.finalized_head().await?);
	let scale = Scale::of(chain).await?;
	let seats = chain.council_members().await?.len();
	let two_thirds = chain.two_thirds_of_council().await?;
	let members = chain.institutions_at(&head).await?;
	let active = members.iter().filter(|(_, info)| info.status == MemberStatus::Active).count();
	let validators = chain.validators_at(&head).await?;
	let in_set = validators.iter().filter(|validator| validator.in_set).count();
	let session = if_told(chain.session_at(&head).await)?;
	let nodes = if_told(chain.nodes_at(&head).await)?.map(|nodes| nodes.len());
	let only_listed = are_kept_apart(&chain.parameters_at(&head).await?);
	let motions = chain.open_motions().await?;
	let pauses = chain.pauses_at(&head).await?;
	let upgrade = chain.authorized_upgrade_at(&head).await?;
	let lines = [
		(
			"seats",
			Some(format!(
				"{seats} ({two_thirds} for members, validators, upgrades; {} for parameters and pauses)",
				seats / 2 + 1
			)),
		),
		("members", Some(format!("{active} active of {}", members.len()))),
		("validators", Some(format!("{in_set} in the set of {} named", validators.len()))),
		("session", session.as_ref().map(|session| session_words(session, head.number, scale))),
		("nodes", nodes.map(|count| words(count, only_listed))),
		("motions", Some(format!("{} open", motions.len()))),
		("upgrade", Some(upgrade_words(upgrade.as_ref()))),
	];
	let lines: String =
		lines.iter().filter_map(|(what, words)| Some(format!("\n  {what:<11} {}", words.as_ref()?))).collect();
	let open = match motions.is_empty() {
		true => String::new(),
		false => format!("\n\nOpen motions\n{}", motion_table(&motions)),
	};
	let text = format!(
		"Runtime version {}, block {}{lines}{open}\n\nCalls that can be paused\n{}",
		identity.spec_version,
		head.number,
		table(["Call", "State", "Asked for by"], pauses.iter().map(|pause| pause_row(pause, head.number, scale))),
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
		"session": session,
		"nodes": nodes,
		"motions": motions.len(),
		"open_motions": motions,
		"upgrade": upgrade,
		"pauses": pauses,
	});
	Report::new(&json, text)
}

/// The members.
pub(super) async fn members(context: &Context) -> Result<Report, CliError> {
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

/// The validators and their session.
pub(super) async fn validators(context: &Context) -> Result<Report, CliError> {
	let chain = context.chain().await?;
	let head = chain.finalized_head().await?;
	let validators = chain.validators_at(&head).await?;
	let session = if_told(chain.session_at(&head).await)?;
	let offenders = if_told(chain.offenders_at(&head).await)?.unwrap_or_default();
	let yes_or_no = |yes: bool| mark(yes, if yes { "yes" } else { "no" });
	let rows = validators.iter().map(|validator| {
		let ValidatorInfo { account, institution, has_keys, in_set, in_next_set, disabled } = validator;
		let now = match disabled {
			true => mark(false, "disabled"),
			false => yes_or_no(*in_set),
		};
		let next = match offenders.contains(account) {
			true => mark(false, if *in_next_set { "yes, though it offended" } else { "no, it offended" }),
			false => yes_or_no(*in_next_set),
		};
		[account.to_string(), institution.to_string(), yes_or_no(*has_keys), now, next]
	});
	let table = table(["Account", "Institution", "Session keys", "In the set", "In the next"], rows);
	let text = match &session {
		Some(session) => {
			format!("Session {}\n{table}", session_words(session, head.number, Scale::of(chain).await?))
		}
		None => table,
	};
	Report::new(&json!({ "validators": validators, "session": session, "offenders": offenders }), text)
}

/// What the council can tune.
pub(super) async fn parameters(context: &Context) -> Result<Report, CliError> {
	let chain = context.chain().await?;
	let (parameters, scale) = (chain.parameters().await?, Scale::of(chain).await?);
	let rows = parameters.iter().map(|info| {
		let ParameterInfo { name, unit, value, default, least, most } = info;
		let words = |value: &u64| scale.words(*value, unit);
		let one = |value: &u64| figure(value.to_string(), words(value));
		let bounds = words(least).zip(words(most)).map(|(least, most)| format!("{least} to {most}"));
		[name.clone(), unit.clone(), one(value), one(default), figure(format!("{least} to {most}"), bounds)]
	});
	let text = table(["Name", "Unit", "Value", "Default", "Bounds"], rows);
	Report::new(&json!({ "parameters": parameters }), text)
}

/// A figure, which is what a motion takes, with its words below.
fn figure(figure: String, words: Option<String>) -> String {
	match words {
		Some(words) => format!("{figure}\n{words}"),
		None => figure,
	}
}

/// What a runtime of an earlier version does not tell is `None`.
fn if_told<T>(answer: Result<T, ChainError>) -> Result<Option<T>, ChainError> {
	match answer {
		Ok(told) => Ok(Some(told)),
		Err(ChainError::NotInRuntime { .. }) => Ok(None),
		Err(error) => Err(error),
	}
}

fn session_words(session: &SessionInfo, now: u32, scale: Scale) -> String {
	let SessionInfo { index, began, next, set_changes, .. } = session;
	let when = match next.saturating_sub(now) {
		0 | 1 => "after this block".to_owned(),
		blocks => format!("with block {next}, in {}", scale.blocks(blocks.into())),
	};
	let change = if *set_changes { ", and changes the set" } else { "" };
	format!("{index} since block {began}; the next begins {when}{change}")
}

fn upgrade_words(upgrade: Option<&UpgradeInfo>) -> String {
	let Some(upgrade) = upgrade else { return "none authorized".to_owned() };
	let version = if upgrade.check_version { "of a higher version" } else { "of any version" };
	format!(
		"{} ({version}) may be applied by anybody, until the council authorizes another: `salus consortium apply-upgrade FILE`",
		Bytes32::from(upgrade.code_hash)
	)
}

fn pause_row(pause: &PauseInfo, now: u32, scale: Scale) -> [String; 3] {
	let state = match pause.until {
		Some(until) => {
			let left = scale.blocks(until.saturating_sub(now).into());
			mark(false, &format!("stopped until block {until}, for {left}"))
		}
		None => mark(true, "runs"),
	};
	let asked: Vec<_> = pause.requests.iter().map(|(id, until)| format!("{id} (until block {until})")).collect();
	[pause.call.clone(), state, asked.join(", ")]
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_client::primitives::InstitutionId;

	const SCALE: Scale = Scale::test();

	#[test]
	fn a_session_says_when_the_next_begins() {
		let session = SessionInfo { index: 12, began: 1_200, length: 600, next: 1_800, set_changes: false };
		let words = "12 since block 1200; the next begins with block 1800, in 19 min";
		assert_eq!(session_words(&session, 1_230, SCALE), words);
		let changing = SessionInfo { set_changes: true, ..session };
		assert_eq!(session_words(&changing, 1_230, SCALE), format!("{words}, and changes the set"));
		for due in [1_799, 1_800, 1_900] {
			assert!(session_words(&session, due, SCALE).ends_with("begins after this block"), "{due}");
		}
	}

	#[test]
	fn an_authorized_upgrade_says_what_to_do() {
		assert_eq!(upgrade_words(None), "none authorized");
		let words = |check_version| upgrade_words(Some(&UpgradeInfo { code_hash: [7; 32], check_version }));
		assert!(words(true).contains("0x0707") && words(true).contains("higher version"), "{}", words(true));
		assert!(words(false).contains("any version") && words(false).contains("apply-upgrade"));
	}

	#[test]
	fn a_pause_says_how_long_it_lasts_and_who_asked() {
		let running = PauseInfo { call: "RequestAccess".into(), until: None, requests: vec![], third_may_from: 0 };
		assert!(pause_row(&running, 100, SCALE)[1].contains("runs"));
		let requests = vec![(InstitutionId(1), 400), (InstitutionId(3), 500)];
		let [call, state, asked] = pause_row(&PauseInfo { until: Some(700), requests, ..running }, 100, SCALE);
		assert_eq!(call, "RequestAccess");
		assert!(state.contains("stopped until block 700, for 20 min"), "{state}");
		assert_eq!(asked, "1 (until block 400), 3 (until block 500)");
	}

	#[test]
	fn only_what_a_runtime_lacks_counts_as_not_told() {
		assert_eq!(if_told(Ok(7)).unwrap(), Some(7));
		let lacking = ChainError::NotInRuntime { spec_version: 3, what: "ConsortiumApi_nodes".into() };
		assert_eq!(if_told::<u8>(Err(lacking)).unwrap(), None);
		assert!(if_told::<u8>(Err(ChainError::Node("trap".into()))).is_err());
	}
}

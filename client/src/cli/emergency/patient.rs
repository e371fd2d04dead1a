//! What a patient sees and says: `salus emergency status`, `notices`, `dispute`.

use super::words::{drill_mark, guardian_name, notice_words, status_mark, status_name, tier_name, verdict_name};
use crate::cli::{
	audit::{log_gateway, names},
	context::Context,
	error::CliError,
	output::{emit, mark, moment, short, table, Report},
	patient_act::PatientAct,
	state::PatientState,
};
use clap::Args;
use salus_client::{
	audit::Names,
	chain::{calls::emergency_access as call, Chain},
	primitives::{Act, CommitteePurpose, EmergencyRequestId, EmergencyTier, PatientHandle},
	wire::Account,
};
use salus_runtime_api::{CommitteeInfo, CommitteeStatus, EmergencyScopeInfo, EmergencySessionInfo};
use serde_json::{json, Value};
use std::time::Duration;

/// How often notices are asked for while they are watched.
const POLL: Duration = Duration::from_secs(3);

/// Notices.
#[derive(Clone, Debug, Args)]
pub struct NoticesArguments {
	/// The handle
	handle: PatientHandle,
	/// Only those after this number
	#[arg(long, default_value_t = 0, value_name = "NUMBER")]
	after: u64,
	/// Go on and show each as it comes; with --json one value on each line
	#[arg(long)]
	watch: bool,
}

/// `salus emergency status`: from the chain alone, which every member can read.
pub async fn status(context: &Context, handle: PatientHandle) -> Result<Report, CliError> {
	let chain = context.chain().await?;
	let progress = context.waiting("reading");
	let info = chain.handle(&handle).await?;
	info.ok_or_else(|| CliError::NotThere(format!("the chain has no handle {handle}")))?;
	let names = names(chain).await?;
	let committees = committees(chain, &handle).await?;
	let mut scopes = Vec::new();
	for tier in [EmergencyTier::Summary, EmergencyTier::Wider] {
		scopes.push((tier, chain.emergency_scope(&handle, tier).await?));
	}
	let mut sessions = Vec::new();
	for id in chain.emergency_sessions(&handle).await? {
		sessions.extend(chain.emergency_session(&id).await?);
	}
	sessions.sort_by_key(|session| std::cmp::Reverse(session.requested_at));
	drop(progress);

	let drill = scopes.iter().any(|(_, scope)| scope.drill);
	let text = format!(
		"{}{}\n\n{}\n\n{}",
		drill_mark(drill),
		committees.iter().map(|committee| committee_words(committee, &names)).collect::<Vec<_>>().join("\n\n"),
		scope_table(&scopes),
		session_table(&sessions, &names)
	);
	let scopes: Vec<_> = scopes.iter().map(|(tier, scope)| json!({ "tier": tier, "scope": scope })).collect();
	Report::new(&json!({ "handle": handle, "committees": committees, "scopes": scopes, "sessions": sessions }), text)
}

/// The patient's own committee and the one that is to become it; the consortium's, as long as there is no own one.
async fn committees(chain: &Chain, handle: &PatientHandle) -> Result<Vec<CommitteeInfo<Account>>, CliError> {
	let own = chain.personal_committee(handle).await?;
	let mut ids: Vec<_> = own.into_iter().chain(chain.personal_formation(handle).await?).collect();
	if own.is_none() {
		ids.extend(chain.consortium_committee(CommitteePurpose::Release).await?);
	}
	let mut found = Vec::new();
	for id in ids {
		found.extend(chain.committee(id).await?);
	}
	Ok(found)
}

/// A committee and its members.
pub fn committee_words(committee: &CommitteeInfo<Account>, names: &Names) -> String {
	let confirmed = committee.members.iter().filter(|member| member.confirmed).count();
	let state = match committee.status {
		CommitteeStatus::Dealing => "being formed: shares are dealt".to_owned(),
		CommitteeStatus::Confirming => format!("being formed: {confirmed} of {} have confirmed", committee.n),
		CommitteeStatus::Active => format!("active until {}", moment(committee.valid_until)),
		CommitteeStatus::Superseded => "replaced; serves what was sealed to it before".to_owned(),
		CommitteeStatus::Failed => "never came about".to_owned(),
		CommitteeStatus::Retired => "dissolved".to_owned(),
	};
	let whose = match committee.kind {
		salus_runtime_api::CommitteeKind::Consortium => "The consortium's guardians",
		salus_runtime_api::CommitteeKind::Personal(_) => "Your own guardians",
	};
	let rows = committee.members.iter().map(|member| {
		let state = match (member.confirmed, member.counts) {
			(true, true) => mark(true, "holds its share"),
			(true, false) => mark(false, "does not count now"),
			(false, _) => mark(false, "has not confirmed"),
		};
		[member.index.to_string(), guardian_name(&member.guardian, names), state]
	});
	format!(
		"{whose} (committee {}): {} of {} decide; {state}\n{}",
		committee.id,
		committee.k,
		committee.n,
		table(["No.", "Guardian", "State"], rows)
	)
}

fn scope_table(scopes: &[(EmergencyTier, EmergencyScopeInfo)]) -> String {
	let rows = scopes.iter().flat_map(|(tier, scope)| {
		scope.sealed.iter().map(move |set| {
			let used = usize::try_from(set.consumed.count_ones()).unwrap_or(usize::MAX);
			let unused = set.envelopes.len().saturating_sub(used);
			[
				tier_name(*tier).to_owned(),
				scope.epoch.to_string(),
				set.committee.to_string(),
				mark(unused > 0, &unused.to_string()),
			]
		})
	});
	table(["Sealed", "Epoch", "Committee", "Requests possible"], rows)
}

fn session_table(sessions: &[EmergencySessionInfo], names: &Names) -> String {
	let rows = sessions.iter().map(|session| {
		let review = match (session.verdict, session.overdue) {
			(Some(verdict), _) => verdict_name(verdict).to_owned(),
			(None, true) => mark(false, "overdue"),
			(None, false) => String::new(),
		};
		let disputed = if session.disputed { ", disputed" } else { "" };
		[
			moment(session.requested_at),
			format!("{}{}", drill_mark(session.drill), session.id),
			crate::cli::output::plain(&names.institution(session.institution)),
			tier_name(session.tier).to_owned(),
			format!("{}{disputed}", status_mark(session.status)),
			review,
		]
	});
	table(["Asked", "Session", "By", "Tier", "State", "Review"], rows)
}

/// `salus emergency notices`.
pub async fn notices(context: &Context, arguments: NoticesArguments) -> Result<Report, CliError> {
	let handle = arguments.handle;
	let (name, identity) = context.unlock()?;
	let notes = PatientState::load(context.home(), &name)?;
	let chain = context.chain().await?;
	let info = chain.handle(&handle).await?;
	let info = info.ok_or_else(|| CliError::NotThere(format!("the chain has no handle {handle}")))?;
	let gateway = log_gateway(context, &name, &identity, &notes, handle, info.custodian)?;
	let names = names(chain).await?;
	let first = gateway.notices(&handle, arguments.after).await?;
	if !arguments.watch {
		let lines: Vec<String> = first.notices.iter().map(|notice| notice_words(notice, &names)).collect();
		let text = if lines.is_empty() { "Nothing happened.".to_owned() } else { lines.join("\n") };
		return Report::new(&first, text);
	}
	let mut after = arguments.after;
	let mut next = Some(first);
	loop {
		for notice in next.take().into_iter().flat_map(|notices| notices.notices) {
			after = after.max(notice.number);
			emit(context.json(), &notice, &notice_words(&notice, &names))?;
		}
		tokio::time::sleep(POLL).await;
		match gateway.notices(&handle, after).await {
			Ok(notices) => next = Some(notices),
			Err(error) if super::request::is_passing(&error) => eprintln!("{error}"),
			Err(error) => return Err(error.into()),
		}
	}
}

/// `salus emergency dispute`.
pub async fn dispute(context: &Context, handle: PatientHandle, id: EmergencyRequestId) -> Result<Report, CliError> {
	let mut act = PatientAct::begin(context, handle).await?;
	let session = act.chain.emergency_session(&id).await?.filter(|session| session.handle == handle);
	let session = session.ok_or_else(|| {
		CliError::NotThere(format!("there is no such session about you; `salus emergency status {handle}` shows them"))
	})?;
	let entry = act.entry(Act::EmergencyDispute, |entry| entry.emergency = Some(id))?;
	let included = act.submit(&call::dispute_session(handle, id, entry.commitment), entry).await?;
	let delivered = act.deliver_openings().await;
	let text = format!(
		"Disputed session {} ({}) in block {}. The guardians are told; two of them can stop it, and so can a hospital where you are in person.{}",
		short(&id),
		status_name(session.status),
		included.block.number,
		delivered.advice()
	);
	let json: Value =
		json!({ "handle": handle, "id": id, "block": included.block, "opening_delivered": delivered.done() });
	Report::new(&json, text)
}

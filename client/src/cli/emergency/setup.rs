//! A patient's own guardians: `salus emergency invite`, `accept`, `setup`, `dissolve`.

use super::guardian::GuardianNotes;
use crate::cli::{
	arguments::{when, When},
	context::Context,
	error::CliError,
	output::{moment, plain, Report},
	patient::gateway_url_for,
	patient_act::PatientAct,
	state::{read_json, write_private, PatientState},
};
use clap::Args;
use salus_client::{
	chain::calls::{emergency_access as call, PersonalMember},
	emergency::personal::{self, Invitation, InvitationAnswer, Rules},
	keystore::{AccountKey, Identity, IdentityKind},
	primitives::{Act, Guardian, InstitutionId, Moment, PatientHandle, DAY, HOUR, MINUTE, SECOND},
};
use serde_json::json;
use std::path::PathBuf;

/// Longest words of an invitation, characters.
const MAX_WORDS: usize = 500;

/// An invitation.
#[derive(Clone, Debug, Args)]
pub struct Invite {
	/// Your handle; the invitation does not name it
	handle: PatientHandle,
	/// What the guardian reads: who asks, and how to reach you
	#[arg(long)]
	words: String,
	/// File for the invitation
	#[arg(long, short, value_name = "FILE")]
	out: PathBuf,
}

/// An acceptance.
#[derive(Clone, Debug, Args)]
pub struct Accept {
	/// Name of the fresh identity, e.g. guardian-of-eva
	name: String,
	/// The invitation
	#[arg(long, value_name = "FILE")]
	invitation: PathBuf,
	/// File for your answer, which you give back to the patient
	#[arg(long, value_name = "FILE")]
	answer: PathBuf,
	/// The member of the consortium that you work at, if any: you have no vote about its requests
	#[arg(long, value_name = "NO")]
	works_at: Option<u32>,
}

/// Shown by `salus emergency setup --help`.
const STEPS: &str = "\
Steps:
  salus emergency invite HANDLE --words \"Eva, 555-0100\" --out eva.json        you, once; give the file to each person
  salus emergency accept guardian-of-eva --invitation eva.json --answer ben.json   each person; gives you the answer
  salus emergency setup HANDLE --guardian ben.json --guardian … --institution 2 --institution 3 --threshold 3
  salus emergency watch                                                        each person, then: confirms and is asked

The key is dealt on your machine and forgotten there: afterwards K guardians are needed, and nobody else has it. Until each of them has
confirmed, those decide who decided before.";

/// A setup.
#[derive(Clone, Debug, Args)]
#[command(after_help = STEPS)]
pub struct Setup {
	/// Your handle
	handle: PatientHandle,
	/// The answer of a person; repeat for each
	#[arg(long = "guardian", value_name = "FILE", required_unless_present = "institutions")]
	guardians: Vec<PathBuf>,
	/// A hospital as guardian; repeat for each
	#[arg(long = "institution", value_name = "NO")]
	institutions: Vec<u32>,
	/// How many of the guardians have to approve: more than half, at most all but two. There are at least five
	#[arg(long, value_name = "K")]
	threshold: u16,
	/// After how long without an answer the consortium's guardians may be asked: 90s, 5m, 1h
	#[arg(long, value_parser = span, value_name = "TIME", default_value = "5m", conflicts_with = "no_fallback")]
	fallback_after: Moment,
	/// Never ask the consortium's guardians. If yours do not answer, nobody can open your record: that may cost your life
	#[arg(long)]
	no_fallback: bool,
	/// Until when they are your guardians
	#[arg(long, value_parser = when, default_value = "365d", value_name = "TIME")]
	until: When,
}

/// Reads a span of time: `90s`, `5m`, `1h`, `2d`.
fn span(text: &str) -> Result<Moment, String> {
	const EXPECTED: &str = "expected a time like 90s, 5m, 1h or 2d";
	let unit = match text.chars().last() {
		Some('s') => SECOND,
		Some('m') => MINUTE,
		Some('h') => HOUR,
		Some('d') => DAY,
		_ => return Err(EXPECTED.to_owned()),
	};
	let count: u64 = text[..text.len() - 1].parse().map_err(|_| EXPECTED.to_owned())?;
	count.checked_mul(unit).filter(|span| *span > 0).ok_or_else(|| EXPECTED.to_owned())
}

/// `salus emergency invite`.
pub async fn invite(context: &Context, arguments: Invite) -> Result<Report, CliError> {
	context.require(IdentityKind::Patient)?;
	if arguments.words.trim().is_empty() || arguments.words.chars().count() > MAX_WORDS {
		return Err(CliError::Usage(format!("the words of an invitation have 1 to {MAX_WORDS} characters")));
	}
	let state = PatientState::load(context.home(), &context.identity_name()?)?;
	let notes = state.handle(&arguments.handle).ok_or_else(|| {
		CliError::NotThere(format!(
			"there are no notes about {}; `salus patient handles` shows those there are",
			arguments.handle
		))
	})?;
	let invitation = Invitation {
		genesis: context.chain().await?.genesis().await?.into(),
		custodian: notes.custodian,
		gateway: gateway_url_for(context, Some(notes))?,
		words: arguments.words,
	};
	write_private(&arguments.out, &invitation)?;
	let text = format!(
		"The invitation is in {}.\nGive it to the guardian, who runs\n  salus emergency accept NAME --invitation FILE --answer FILE\nand gives you the answer back.",
		arguments.out.display()
	);
	Report::new(&json!({ "invitation": invitation, "file": arguments.out }), text)
}

/// `salus emergency accept`.
pub async fn accept(context: &Context, arguments: Accept) -> Result<Report, CliError> {
	let invitation: Invitation = read_json(&arguments.invitation, "an invitation of `salus emergency invite`")?;
	let genesis = context.chain().await?.genesis().await?;
	if invitation.genesis.0 != genesis {
		return Err(CliError::Usage("the invitation is for another chain than the one of this node".to_owned()));
	}
	let key = AccountKey::generate()?;
	let answer = InvitationAnswer::new(&genesis, &key, arguments.works_at.map(InstitutionId));
	let name = &arguments.name;
	let passphrase = context.new_passphrase(name)?;
	let stored = context.keystore()?.create(name, &Identity::Account(key.clone()), &passphrase)?;
	GuardianNotes::new(invitation.custodian, invitation.gateway.clone()).save(context.home(), name)?;
	write_private(&arguments.answer, &answer)?;
	let text = format!(
		"{}\n\nYou are about to be a guardian, as {name} ({}).\nGive {} back to the patient. \
		When you are told that the guardians are set up, run\n  salus emergency watch --as {name}\n\
		which confirms that you hold your share, and asks you about each request.\n\nWrite these words down on paper and keep them safe. They are not shown again:\n\n  {}",
		plain(&invitation.words),
		answer.account,
		arguments.answer.display(),
		key.uri()
	);
	let json = json!({ "identity": stored, "answer": answer, "file": arguments.answer, "phrase": key.uri() });
	Report::new(&json, text)
}

/// `salus emergency setup`.
pub async fn set_up(context: &Context, arguments: Setup) -> Result<Report, CliError> {
	let handle = arguments.handle;
	let mut act = PatientAct::begin(context, handle).await?;
	let mut members = Vec::new();
	for path in &arguments.guardians {
		let answer: InvitationAnswer = read_json(path, "an answer of `salus emergency accept`")?;
		members.push(answer.member(&act.genesis).map_err(|error| CliError::Finding(error.to_string()))?);
	}
	for institution in arguments.institutions.iter().copied().map(InstitutionId) {
		let key = act.chain.guardian_key(institution).await?.ok_or_else(|| {
			CliError::NotThere(format!("institution {institution} has no guardian key: it cannot be a guardian yet"))
		})?;
		members.push(PersonalMember {
			guardian: Guardian::Institution(institution),
			affiliation: None,
			sealing: key.sealing,
		});
	}
	let rules = Rules {
		k: arguments.threshold,
		fallback_after: (!arguments.no_fallback).then_some(arguments.fallback_after),
		valid_until: arguments.until.moment(act.chain.now().await?),
	};
	let named: Vec<_> = members.iter().map(|member| member.guardian.clone()).collect();
	let (committee, setup) =
		personal::set_up(&act.genesis, members, rules).map_err(|error| CliError::Usage(error.to_string()))?;
	let entry = act.entry(Act::EmergencySetup, |_| {})?;
	let included = act.submit(&call::set_personal_committee(handle, committee, setup, entry.commitment), entry).await?;
	let delivered = act.deliver_openings().await;
	let fallback = match rules.fallback_after {
		Some(wait) => {
			format!("If they do not answer within {} s, the consortium's guardians may be asked.", wait / SECOND)
		}
		None => "Nobody else can ever be asked: if they do not answer, your record stays closed.".to_owned(),
	};
	let text = format!(
		"{} of {} guardians decide from the moment on at which each of them has confirmed (committee {committee}, block {}), \
		until {}.\n{fallback}\nTell them to run `salus emergency watch`; `salus emergency status {handle}` shows who has.{}",
		rules.k,
		named.len(),
		included.block.number,
		moment(rules.valid_until),
		delivered.advice()
	);
	let json = json!({
		"handle": handle, "committee": committee, "guardians": named, "threshold": rules.k, "fallback_after": rules.fallback_after,
		"valid_until": rules.valid_until, "block": included.block, "opening_delivered": delivered.done(),
	});
	Report::new(&json, text)
}

/// `salus emergency dissolve`.
pub async fn dissolve(context: &Context, handle: PatientHandle) -> Result<Report, CliError> {
	let mut act = PatientAct::begin(context, handle).await?;
	let entry = act.entry(Act::EmergencySetup, |_| {})?;
	let included = act.submit(&call::remove_personal_committee(handle, entry.commitment), entry).await?;
	let delivered = act.deliver_openings().await;
	let text = format!(
		"Your own guardians are dissolved (block {}); the consortium's decide from now on.{}",
		included.block.number,
		delivered.advice()
	);
	Report::new(&json!({ "handle": handle, "block": included.block, "opening_delivered": delivered.done() }), text)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn spans_are_read_and_nonsense_is_not() {
		assert_eq!(span("90s"), Ok(90 * SECOND));
		assert_eq!(span("5m"), Ok(5 * MINUTE));
		assert_eq!(span("2d"), Ok(2 * DAY));
		for wrong in ["", "s", "5", "0m", "-1m", "5ä", "99999999999999999999d", "18446744073709551615d"] {
			assert!(span(wrong).is_err(), "{wrong}");
		}
	}
}

//! `salus emergency find --locate`: guardians help to find somebody who cannot speak. The name stays on this machine.

use super::patients;
use crate::cli::{
	audit::names,
	context::Context,
	emergency::{notes::Practitioner, request::is_passing},
	error::CliError,
	output::{short, Progress, Report},
};
use salus_client::{
	audit::Names,
	chain::{Chain, ChainError},
	emergency::locate::{EvaluateError, LocateInput, LocateKeys, Reasons, Search},
	gateway::GatewayError,
	primitives::{CommitteePurpose, EmergencyRequestId, InstitutionId},
	wire::{
		emergency::{EmergencyEvidence, LocateFound, SealedLocateEntry, MAX_EMERGENCY_TEXT},
		FoundPatient, PersonSought,
	},
};
use salus_fhir::{demographics::plain, Demographics};
use salus_runtime_api::{EmergencyStatus, HandleStatus, LocateSessionInfo};
use serde_json::json;
use std::{collections::BTreeSet, future::Future, time::Duration};

/// How often the session is looked at while it is waited for.
const POLL: Duration = Duration::from_millis(300);
/// How many looks in a row may find no node, or a node that does not know the session yet: about half a minute.
const PATIENCE: u32 = 100;
/// How often the same thing is sent to the gateway when no answer comes.
const SENDINGS: u32 = 3;
/// Between two sendings.
const PAUSE: Duration = Duration::from_millis(if cfg!(test) { 1 } else { 1_000 });
/// Letters from which on a part of a name is looked for in what guardians will read. Shorter ones are words of many languages.
const TELLING: usize = 3;

/// Runs it. The session's blind and one-time keys live in this command alone: when it breaks off, the next one asks anew.
pub async fn run(
	context: &Context,
	person: &PersonSought,
	reason: String,
	evidence: EmergencyEvidence,
) -> Result<Report, CliError> {
	let name = Demographics::new(&person.family, &person.given, &person.birth_date).ok_or_else(|| {
		CliError::Usage("family and given name and the whole birth date (YYYY-MM-DD) are needed".to_owned())
	})?;
	check_texts(person, [&reason, evidence.text()])?;
	let practitioner = Practitioner::unlock(context)?;
	let chain = context.chain().await?;
	let genesis = chain.genesis().await?;
	let committee = chain.consortium_committee(CommitteePurpose::Locate).await?.ok_or_else(|| {
		CliError::NotThere(
			"the consortium has no guardians who help to find patients: `salus emergency committee status`".to_owned(),
		)
	})?;
	let gateway = context.gateway(practitioner.key.http_signer()).await?;

	let progress = context.waiting("asking the guardians");
	let input = tokio::task::spawn_blocking(move || LocateInput::derive(&name, &genesis))
		.await
		.map_err(|error| CliError::Failed(format!("the search could not be prepared: {error}")))?;
	let reasons = Reasons { institution: gateway.institution(), committee, evidence, reason };
	let search = Search::prepare(&input, &genesis, reasons, &practitioner.key, salus_client::now())
		.map_err(|error| CliError::Failed(error.to_string()))?;
	let (id, asked) = (search.id(), patiently(|| gateway.request_locate(search.form())).await?);
	if asked.id != id {
		return Err(CliError::Finding(format!(
			"the gateway answered for the session {}, not for {id} that was asked for",
			asked.id
		)));
	}
	let session = answered(chain, id, &progress).await?;
	let keys = search.evaluate(&session).map_err(|error| not_evaluated(&error, &session))?;
	progress.say("looking the patient up".to_owned());
	let lookup = search.lookup(keys.tag());
	let LocateFound { entries, asked, answered } = patiently(|| gateway.look_up(&lookup)).await?;
	if answered == 0 {
		return Err(CliError::Failed(format!(
			"none of the {asked} guardians looked the patient up. Whether there is one is open: ask again"
		)));
	}
	let found = still_there(chain, opened(&keys, &entries)).await?;
	let names = names(chain).await?;
	drop(progress);
	let text = words(&found, &names, gateway.institution(), asked, answered);
	Report::new(&json!({ "id": id, "found": found, "asked": asked, "answered": answered }), text)
}

/// Guardians and auditors read the texts, and are not to learn the name from them.
fn check_texts(person: &PersonSought, texts: [&str; 2]) -> Result<(), CliError> {
	if texts.iter().any(|text| text.trim().is_empty() || text.len() > MAX_EMERGENCY_TEXT) {
		return Err(CliError::Usage(format!(
			"--because and --encounter or --evidence must not be empty, and have at most {MAX_EMERGENCY_TEXT} bytes each"
		)));
	}
	let name = &words_of(&person.family) | &words_of(&person.given);
	let tells = |text: &&str| text.contains(&person.birth_date) || !words_of(text).is_disjoint(&name);
	match texts.iter().any(tells) {
		true => Err(CliError::Usage(
			"a word of the name, or the birth date, stands in --because, --encounter or --evidence. Guardians read these: say it without"
				.to_owned(),
		)),
		false => Ok(()),
	}
}

/// The words of a text, as names are compared.
fn words_of(text: &str) -> BTreeSet<String> {
	let words = text.split(|char: char| !char.is_alphanumeric()).filter_map(plain);
	words.filter(|word| word.chars().count() >= TELLING).collect()
}

/// Calls the gateway, and again when no answer came: it takes the same thing once.
async fn patiently<T, F: Future<Output = Result<T, GatewayError>>>(call: impl Fn() -> F) -> Result<T, GatewayError> {
	let mut attempt = 1;
	loop {
		match call().await {
			Err(error) if attempt < SENDINGS && is_passing(&error) => attempt += 1,
			answer => return answer,
		}
		tokio::time::sleep(PAUSE).await;
	}
}

/// The session once the guardians have answered or their time is over, as the own node has it at a finalized block.
async fn answered(chain: &Chain, id: EmergencyRequestId, progress: &Progress) -> Result<LocateSessionInfo, CliError> {
	let mut misses = 0;
	loop {
		match chain.locate_session(&id).await {
			Ok(Some(session)) if session.status != EmergencyStatus::Requested => return Ok(session),
			Ok(Some(session)) => {
				misses = 0;
				let (parts, required) = (session.parts.len(), session.required);
				progress.say(format!("guardians that answered: {parts} of {required}; session {}", short(&id)));
			}
			// The own node may be some blocks behind the gateway's.
			Ok(None) | Err(ChainError::Unreachable { .. }) if misses < PATIENCE => misses += 1,
			Ok(None) => {
				return Err(CliError::Failed(format!(
					"the own node does not know session {id}, which the gateway says is final. Is it behind?"
				)))
			}
			Err(error) => return Err(error.into()),
		}
		tokio::time::sleep(POLL).await;
	}
}

fn not_evaluated(error: &EvaluateError, session: &LocateSessionInfo) -> CliError {
	match error {
		EvaluateError::NotComplete => CliError::NotThere(format!(
			"{} of {} guardians answered in time. Ask again, or treat without the record",
			session.parts.len(),
			session.required
		)),
		EvaluateError::OtherElement | EvaluateError::Combine(_) => CliError::Finding(error.to_string()),
	}
}

/// Who stands in entries of this name, each once. What does not open is no entry of this name, whoever put it there.
fn opened(keys: &LocateKeys, entries: &[SealedLocateEntry]) -> Vec<FoundPatient> {
	let mut found: Vec<FoundPatient> = Vec::new();
	for patient in entries.iter().filter_map(|entry| keys.open(entry)) {
		if found.iter().all(|known| known.handle != patient.handle) {
			found.push(patient);
		}
	}
	found
}

/// Those whose handles are in use, with the custodian that the chain has for them now.
async fn still_there(chain: &Chain, found: Vec<FoundPatient>) -> Result<Vec<FoundPatient>, CliError> {
	let mut there = Vec::new();
	for patient in found {
		let info = chain.handle(&patient.handle).await?.filter(|info| info.status == HandleStatus::Active);
		there.extend(info.map(|info| FoundPatient { custodian: info.custodian, ..patient }));
	}
	Ok(there)
}

/// What was found and what to do next.
fn words(found: &[FoundPatient], names: &Names, own: InstitutionId, asked: u32, answered: u32) -> String {
	let guardians = format!("{answered} of {asked} guardians looked");
	let [one] = found else {
		return match found {
			[] => format!(
				"Nobody of that name and birth date ({guardians}). Try another spelling, a former name, or all given names. \
				 Not every patient can be found like this: treat meanwhile."
			),
			_ => format!(
				"{}\n{} patients bear that name and were born on that day ({guardians}). Compare further before you open anything: papers, \
				 scars, relatives. Whose record you ask for is told.\nNext: salus emergency request HANDLE --reason … --encounter …",
				patients(found, names),
				found.len()
			),
		};
	};
	let next = match one.custodian == own {
		true => "The records are kept by your own institution: read them in the own system.".to_owned(),
		false => format!("Next: salus emergency request {} --reason … --encounter …", one.handle),
	};
	format!(
		"{}\nOne patient of that name and birth date ({guardians}). Another person may bear them: compare what else you know.\n{next}",
		patients(found, names)
	)
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_client::primitives::PatientHandle;

	fn person() -> PersonSought {
		let [family, given, birth_date] = ["Müller-Rossi", "Ada Li", "1961-02-03"].map(str::to_owned);
		PersonSought { family, given, birth_date, identifier: None }
	}

	#[test]
	fn a_text_that_tells_the_name_is_refused() {
		let check = |text: &str| check_texts(&person(), [text, "E-1"]).and(check_texts(&person(), ["fall", text]));
		for text in ["unconscious, li and by the street", "E-1961", "rossini played", "1961-02-04"] {
			assert!(check(text).is_ok(), "{text}");
		}
		for text in ["ROSSI fell", "mrs. muller", "it is (Ada)", "born 1961-02-03", "", "  "] {
			assert!(matches!(check(text), Err(CliError::Usage(_))), "{text}");
		}
		assert!(check(&"x".repeat(MAX_EMERGENCY_TEXT)).is_ok());
		assert!(check(&"x".repeat(MAX_EMERGENCY_TEXT + 1)).is_err());
	}

	#[test]
	fn entries_are_opened_once_for_each_patient_and_garbage_is_passed_over() {
		let (keys, others) = (LocateKeys::from_output(&[1; 64]), LocateKeys::from_output(&[2; 64]));
		let patient = |number| FoundPatient { handle: PatientHandle([number; 32]), custodian: InstitutionId(3) };
		let seal = |keys: &LocateKeys, number| keys.seal(&patient(number)).unwrap();
		let entries = [
			seal(&keys, 1),
			seal(&others, 2),
			seal(&keys, 1),
			[0; salus_envelope::locate::SEALED_ENTRY_LEN].into(),
			seal(&keys, 3),
		];
		assert_eq!(opened(&keys, &entries), [patient(1), patient(3)]);
	}

	#[test]
	fn more_than_one_patient_asks_for_a_comparison_and_none_says_so() {
		let names = Names([(InstitutionId(3), "Nord".to_owned())].into());
		let patient = |number| FoundPatient { handle: PatientHandle([number; 32]), custodian: InstitutionId(3) };
		let say = |found: &[FoundPatient], own| words(found, &names, InstitutionId(own), 5, 4);
		let one = say(&[patient(1)], 9);
		assert!(one.contains("Nord") && one.contains(&format!("request {}", patient(1).handle)), "{one}");
		assert!(say(&[patient(1)], 3).contains("own system"));
		let two = say(&[patient(1), patient(2)], 9);
		assert!(two.contains("2 patients bear that name") && two.contains("Compare"), "{two}");
		let none = say(&[], 9);
		assert!(none.contains("Nobody") && none.contains("4 of 5 guardians"), "{none}");
	}

	#[test]
	fn guardians_who_did_not_answer_are_no_finding_and_wrong_sessions_are() {
		let session = LocateSessionInfo {
			id: EmergencyRequestId([1; 32]),
			committee: salus_client::primitives::CommitteeId(0),
			version: 1,
			institution: InstitutionId(3),
			blinded: [2; 32],
			key_hash: [3; 32],
			shift_tag: [4; 16],
			enrol: None,
			status: EmergencyStatus::Expired,
			required: 3,
			parts: vec![(1, [5; 32])],
			refused: Vec::new(),
			requested_at: 1,
			expires_at: 2,
			entry: salus_client::primitives::Commitment([6; 32]),
		};
		let late = not_evaluated(&EvaluateError::NotComplete, &session);
		assert!(matches!(&late, CliError::NotThere(text) if text.starts_with("1 of 3")), "{late}");
		assert!(matches!(not_evaluated(&EvaluateError::OtherElement, &session), CliError::Finding(_)));
	}

	#[tokio::test]
	async fn what_got_no_answer_is_sent_again_and_a_refusal_is_not() {
		use salus_client::wire::{codes, ApiError};
		use std::cell::Cell;
		let sent = Cell::new(0);
		let unreachable = || GatewayError::Unreachable { url: "u".to_owned(), reason: "r".to_owned() };
		let answer = patiently(|| {
			sent.set(sent.get() + 1);
			std::future::ready(if sent.get() < SENDINGS { Err(unreachable()) } else { Ok(7) })
		});
		assert_eq!(answer.await.unwrap(), 7);
		sent.set(0);
		let refused = patiently(|| {
			sent.set(sent.get() + 1);
			let error = ApiError::new(codes::NOT_ENTITLED, "no", "ask");
			std::future::ready(Err::<(), _>(GatewayError::Refused { status: 403, error }))
		});
		assert!(refused.await.is_err());
		assert_eq!(sent.get(), 1);
		sent.set(0);
		let silent = patiently(|| {
			sent.set(sent.get() + 1);
			std::future::ready(Err::<(), _>(unreachable()))
		});
		assert!(silent.await.is_err());
		assert_eq!(sent.get(), SENDINGS);
	}
}

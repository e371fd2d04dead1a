//! The whole system, tried on one local consortium that all scenarios share, one after the other.
//!
//! Not the standard harness: the consortium has to end with the last scenario, whatever happened. Arguments are those of it that matter here:
//! `--list`, and parts of names that select.

mod abuse;
mod bad_input;
mod corpus;
mod crash;
mod disk;
mod emergency;
mod outages;
mod persons;
mod polkadot_js;
mod stale;
mod vault;

use anyhow::{ensure, Result};
use futures::future::LocalBoxFuture;
use indicatif::ProgressBar;
use salus_e2e::ground::Ground;
use salus_e2e::{
	binaries::Binaries,
	network::{new_run_folder, Network, GATEWAYS},
	samples::Samples,
	story,
};
use std::{fs, path::Path, process::ExitCode, time::Instant};

/// What came of a scenario that did not fail.
pub enum Verdict {
	/// It held.
	Passed,
	/// It could not be tried here, and why.
	Skipped(String),
}

type Run = for<'a> fn(&'a mut Ground<'_>) -> LocalBoxFuture<'a, Result<Verdict>>;

struct Scenario {
	name: &'static str,
	run: Run,
}

macro_rules! scenarios {
	($($module:ident::$name:ident)+) => {
		const SCENARIOS: &[Scenario] = &[$(Scenario {
			name: concat!(stringify!($module), "::", stringify!($name)),
			run: |ground| Box::pin($module::$name(ground)),
		}),+];
	};
}

scenarios! {
	bad_input::ingest_refuses_a_bundle_when_it_is_truncated_or_not_fhir_or_of_two_patients
	bad_input::ingest_restricts_a_record_when_its_codes_are_unknown
	bad_input::a_key_stays_closed_when_the_passphrase_is_wrong
	bad_input::register_refuses_a_proof_when_it_has_expired
	bad_input::grant_is_refused_when_it_ends_before_it_begins_or_has_33_tags
	vault::a_read_says_which_blob_when_one_is_missing_or_altered
	vault::ingest_writes_nothing_when_the_disk_is_full_and_resumes_with_room
	outages::a_command_says_what_to_start_when_node_or_gateway_do_not_answer
	outages::the_ward_reads_on_when_its_node_is_away
	emergency::a_committee_forms_although_a_gateway_is_killed_in_the_middle
	emergency::a_summary_opens_with_one_guardian_down_and_one_lying
	abuse::a_request_is_refused_when_it_comes_again_or_from_another_house
	abuse::a_vote_is_refused_when_it_is_the_requesters_or_a_second_one_or_of_no_guardian
	abuse::the_second_half_is_kept_before_approval_and_after_the_end_and_from_colleagues
	abuse::the_wider_tier_waits_for_duty_officers
	abuse::requests_at_machine_speed_need_people
	persons::a_patients_own_guardians_decide_and_the_consortium_follows_when_they_do_not_answer
	disk::a_validator_stops_when_its_disk_is_full_and_catches_up_with_room
	stale::a_client_says_which_release_when_the_runtime_is_another
	crash::ingest_resumes_when_the_gateway_was_killed_in_the_middle
	polkadot_js::an_admin_admits_an_institution_with_polkadot_js
	corpus::every_bundle_of_the_corpus_goes_through_a_gateway
}

/// Name of the scenario that plays the story; the others stand on its people.
const STORY: &str = "story::every_step_is_as_expected";

fn main() -> ExitCode {
	let arguments: Vec<String> = std::env::args().skip(1).collect();
	if arguments.iter().any(|argument| argument == "--ignored") {
		return ExitCode::SUCCESS;
	}
	if arguments.iter().any(|argument| argument == "--list") {
		println!("{STORY}: test");
		SCENARIOS.iter().for_each(|scenario| println!("{}: test", scenario.name));
		return ExitCode::SUCCESS;
	}
	let parts: Vec<&str> = arguments.iter().map(String::as_str).filter(|argument| !argument.starts_with('-')).collect();
	let selected = |name: &str| parts.is_empty() || parts.iter().any(|part| name.contains(part));
	let chosen: Vec<&Scenario> = SCENARIOS.iter().filter(|scenario| selected(scenario.name)).collect();
	if chosen.is_empty() && !selected(STORY) {
		println!("no scenario has a name with {}", parts.join(" or "));
		return ExitCode::SUCCESS;
	}
	let tried = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(anyhow::Error::from);
	match tried.and_then(|runtime| runtime.block_on(try_all(&chosen, selected(STORY)))) {
		Ok(true) => ExitCode::SUCCESS,
		Ok(false) => ExitCode::FAILURE,
		Err(error) => {
			eprintln!("error: {error:#}");
			ExitCode::FAILURE
		}
	}
}

/// Starts the consortium, tells the story (or only its first step's registrations), runs the scenarios. Whether all held.
async fn try_all(chosen: &[&Scenario], with_story: bool) -> Result<bool> {
	let folder = new_run_folder()?;
	let outcome = try_in(&folder, chosen, with_story).await;
	match matches!(outcome, Ok(true)) {
		true => fs::remove_dir_all(&folder)?,
		false => eprintln!("data and logs are in {}", folder.display()),
	}
	outcome
}

async fn try_in(folder: &Path, chosen: &[&Scenario], with_story: bool) -> Result<bool> {
	let began = Instant::now();
	let mut network = Network::start(Binaries::find()?, folder, GATEWAYS, &ProgressBar::hidden()).await?;
	println!("the consortium runs after {:.1} s", network.took.as_secs_f64());
	let mut failed = Vec::new();
	let mut skipped = 0;
	if with_story {
		let told = tell(&mut network).await;
		report(STORY, began, &told, &mut failed, &mut skipped);
	}
	let mut ground = Ground::new(&mut network).await?;
	for scenario in chosen {
		let began = Instant::now();
		let verdict = (scenario.run)(&mut ground).await;
		report(scenario.name, began, &verdict, &mut failed, &mut skipped);
	}
	let total = chosen.len() + usize::from(with_story);
	let passed = total - failed.len() - skipped;
	println!("\n{passed} passed, {} failed, {skipped} skipped in {:.0} s", failed.len(), began.elapsed().as_secs_f64());
	Ok(failed.is_empty())
}

async fn tell(network: &mut Network) -> Result<Verdict> {
	let (result, _) = story::tell(network, Samples::own()?, &ProgressBar::hidden()).await?;
	for outcome in &result.outcomes {
		println!("    step {:>2}: {:>5.1} s", outcome.number, outcome.took.as_secs_f64());
	}
	ensure!(result.good(), "{}", result.summary());
	Ok(Verdict::Passed)
}

fn report(
	name: &'static str,
	began: Instant,
	verdict: &Result<Verdict>,
	failed: &mut Vec<&'static str>,
	skipped: &mut usize,
) {
	let seconds = began.elapsed().as_secs_f64();
	match verdict {
		Ok(Verdict::Passed) => println!("test {name} ... ok ({seconds:.1} s)"),
		Ok(Verdict::Skipped(why)) => {
			*skipped += 1;
			println!("test {name} ... skipped: {why}");
		}
		Err(error) => {
			failed.push(name);
			println!("test {name} ... FAILED ({seconds:.1} s)\n    {error:#}");
		}
	}
}

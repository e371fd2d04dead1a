//! The whole system, tried on two local consortia: one plays the story, on the other scenarios run side by side where they do not disturb one
//! another; who is done first takes from what is left. Beside them faults happen to consortia of nodes alone.
//!
//! Not the standard harness: the consortia have to end with the last scenario, whatever happened. Arguments are those of it that matter here:
//! `--list`, and parts of names that select.

mod abuse;
mod bad_input;
mod corpus;
mod crash;
mod emergency;
mod finding;
mod locate;
mod observer;
mod outages;
mod persons;
mod polkadot_js;
mod stale;
mod vault;

use anyhow::{bail, Result};
use futures::{
	future::{try_join3, LocalBoxFuture},
	stream::FuturesUnordered,
	FutureExt, StreamExt,
};
use indicatif::ProgressBar;
use salus_e2e::{
	binaries::Binaries,
	ending::{work_until_asked_to_end, RunFolder},
	faults::{self, Length},
	ground::Ground,
	network::{Network, DELTA, GAMMA, GATEWAYS},
	samples::Samples,
	schedule::{
		fits,
		Manners::{self, Alone, Disturbs, Uses},
	},
	story::{self, Voice},
};
use std::{
	cell::RefCell,
	path::Path,
	process::ExitCode,
	sync::Arc,
	time::{Duration, Instant},
};

/// What came of a scenario that did not fail.
pub enum Verdict {
	/// It held.
	Passed,
	/// It held, and this is worth telling.
	Told(String),
	/// It could not be tried here, and why.
	Skipped(String),
}

type Run = for<'a> fn(&'a Ground<'_>) -> LocalBoxFuture<'a, Result<Verdict>>;

#[derive(Clone, Copy)]
struct Scenario {
	name: &'static str,
	manners: Manners,
	run: Run,
}

macro_rules! scenarios {
	($($manners:expr => $($module:ident::$name:ident)+;)+) => {
		const SCENARIOS: &[Scenario] = &[$($(Scenario {
			name: concat!(stringify!($module), "::", stringify!($name)),
			manners: $manners,
			run: |ground| Box::pin($module::$name(ground)),
		}),+),+];
	};
}

// Those of one kind in the order in which they begin: the long ones first.
scenarios! {
	Uses =>
		persons::a_patients_own_guardians_decide_and_the_consortium_follows_when_they_do_not_answer
		abuse::requests_at_machine_speed_need_people
		abuse::the_wider_tier_waits_for_duty_officers
		abuse::a_vote_is_refused_when_it_is_the_requesters_or_a_second_one_or_of_no_guardian
		abuse::the_second_half_is_kept_before_approval_and_after_the_end_and_from_colleagues
		emergency::a_dispute_is_confirmed_and_suspends
		emergency::a_drill_is_marked_and_counts_nowhere
		abuse::a_request_is_refused_when_it_comes_again_or_from_another_house
		emergency::an_attendant_hands_over
		observer::all_of_the_chain_one_vault_and_a_second_half_open_nothing
		corpus::every_bundle_of_the_corpus_goes_through_a_gateway
		polkadot_js::an_admin_admits_an_institution_with_polkadot_js
		finding::an_unknown_patient_is_treated_and_merged_later
		finding::a_patient_who_is_present_is_found_by_demographics
		bad_input::ingest_refuses_a_bundle_when_it_is_truncated_or_not_fhir_or_of_two_patients
		bad_input::ingest_restricts_a_record_when_its_codes_are_unknown
		bad_input::grant_is_refused_when_it_ends_before_it_begins_or_has_33_tags
		bad_input::register_refuses_a_proof_when_it_has_expired
		vault::a_read_says_which_blob_when_one_is_missing_or_altered
		bad_input::a_key_stays_closed_when_the_passphrase_is_wrong
		outages::a_command_says_what_to_start_when_node_or_gateway_do_not_answer
		stale::a_client_refuses_a_runtime_when_a_call_has_other_arguments
		stale::a_client_works_with_a_runtime_that_lacks_a_call_until_it_is_made;
	Disturbs(DELTA) =>
		outages::the_ward_reads_on_when_its_node_is_away;
	Disturbs(GAMMA) =>
		crash::ingest_resumes_when_the_gateway_was_killed_in_the_middle
		vault::ingest_writes_nothing_when_the_disk_is_full_and_resumes_with_room;
	Alone =>
		emergency::a_summary_opens_with_one_guardian_down_and_one_lying
		emergency::a_committee_forms_although_a_gateway_is_killed_in_the_middle
		emergency::shares_are_dealt_anew_to_other_members
		locate::a_patient_is_found_by_name_and_birth_date_with_a_guardian_down;
}

/// Name of the scenario that plays the story. It fills pools and stops gateways, so that it has a consortium of its own.
const STORY: &str = "story::every_step_is_as_expected";

/// What the names of faults begin with. They change and disturb the nodes themselves, so they have consortia of their own. Those that take
/// long are for `salus-faults`, and for who names them.
const FAULTS: &str = "faults::";

fn main() -> ExitCode {
	let arguments: Vec<String> = std::env::args().skip(1).collect();
	if arguments.iter().any(|argument| argument == "--ignored") {
		return ExitCode::SUCCESS;
	}
	if arguments.iter().any(|argument| argument == "--list") {
		println!("{STORY}: test");
		SCENARIOS.iter().for_each(|scenario| println!("{}: test", scenario.name));
		faults::SCENARIOS.iter().for_each(|fault| println!("{FAULTS}{}: test", fault.name));
		return ExitCode::SUCCESS;
	}
	let parts: Vec<&str> = arguments.iter().map(String::as_str).filter(|argument| !argument.starts_with('-')).collect();
	let selected = |name: &str| parts.is_empty() || parts.iter().any(|part| name.contains(part));
	let chosen: Vec<Scenario> = SCENARIOS.iter().copied().filter(|scenario| selected(scenario.name)).collect();
	let is_due = |fault: &faults::Scenario| fault.length == Length::Short || !parts.is_empty();
	let is_chosen = |fault: &faults::Scenario| is_due(fault) && selected(&format!("{FAULTS}{}", fault.name));
	let faults: Vec<faults::Scenario> = faults::SCENARIOS.iter().copied().filter(is_chosen).collect();
	if chosen.is_empty() && faults.is_empty() && !selected(STORY) {
		println!("no scenario has a name with {}", parts.join(" or "));
		return ExitCode::SUCCESS;
	}
	match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
		Ok(runtime) => runtime.block_on(work_until_asked_to_end(try_all(chosen, faults, selected(STORY)))),
		Err(error) => {
			eprintln!("error: {error}");
			ExitCode::FAILURE
		}
	}
}

/// Tells the story, runs the scenarios, makes the faults happen, all side by side. Keeps the folder when something did not hold.
async fn try_all(chosen: Vec<Scenario>, faults: Vec<faults::Scenario>, with_story: bool) -> Result<ExitCode> {
	let mut folder = RunFolder::new()?;
	let binaries = Binaries::find()?;
	let results = Results::new(chosen);
	let story = async {
		if with_story {
			play(&binaries, &folder.path().join("story"), &results).await?;
		}
		anyhow::Ok(())
	};
	let others = async {
		if results.anything_waits() {
			let network = start(&binaries, &folder.path().join("others")).await?;
			results.work(&Ground::new(&network).await?).await;
		}
		anyhow::Ok(())
	};
	let faults = async {
		let tell = |fault: &faults::Scenario, took, figures: Result<faults::Figures>| {
			results.report(&format!("{FAULTS}{}", fault.name), took, figures.map(verdict));
		};
		let folder = folder.path().join("faults");
		faults::play(&binaries, &folder, &faults, &ProgressBar::hidden(), tell).await;
		anyhow::Ok(())
	};
	let tried = try_join3(story, others, faults).await.map(|_| results.summary());
	if !matches!(tried, Ok(true)) {
		folder.keep();
	}
	Ok(if tried? { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

async fn start(binaries: &Binaries, folder: &Path) -> Result<Network> {
	std::fs::create_dir(folder)?;
	Network::start(binaries.clone(), folder, GATEWAYS, &ProgressBar::hidden()).await
}

/// Tells the story on a consortium of its own, which then takes from the other scenarios.
async fn play(binaries: &Binaries, folder: &Path, results: &Results) -> Result<()> {
	let network = start(binaries, folder).await?;
	let began = Instant::now();
	let told = tell(&network).await;
	results.report(STORY, began.elapsed(), told);
	if results.anything_waits() {
		results.work(&Ground::new(&network).await?).await;
	}
	Ok(())
}

async fn tell(network: &Network) -> Result<Verdict> {
	let voice = Voice::Kept(Arc::default());
	let (result, _) = story::tell(network, Samples::own()?, &voice).await?;
	if !result.good() {
		bail!("{}\n{}", result.summary(), voice.text());
	}
	let steps = result.outcomes.iter().map(|step| format!("{} in {:.1} s", step.number, step.took.as_secs_f64()));
	Ok(Verdict::Told(format!("steps: {}", steps.collect::<Vec<_>>().join(", "))))
}

/// Figures are told, whatever they are: a machine that plays everything at once is no measure.
fn verdict(figures: faults::Figures) -> Verdict {
	match &figures.skipped {
		Some(why) => Verdict::Skipped(why.clone()),
		None => Verdict::Told(figures.lines().collect::<Vec<_>>().join("\n        ")),
	}
}

/// What waits, and what came of the others.
struct Results {
	began: Instant,
	waiting: RefCell<Vec<Scenario>>,
	counts: RefCell<Counts>,
}

#[derive(Default)]
struct Counts {
	passed: usize,
	failed: usize,
	skipped: usize,
}

impl Results {
	fn new(waiting: Vec<Scenario>) -> Self {
		Self { began: Instant::now(), waiting: RefCell::new(waiting), counts: RefCell::default() }
	}

	fn anything_waits(&self) -> bool {
		!self.waiting.borrow().is_empty()
	}

	/// The first one that waits and may begin beside those that run.
	fn next(&self, running: &[Manners]) -> Option<Scenario> {
		let mut waiting = self.waiting.borrow_mut();
		let position = waiting.iter().position(|scenario| fits(scenario.manners, running))?;
		Some(waiting.remove(position))
	}

	/// Runs what waits on a consortium, until nothing waits.
	async fn work(&self, ground: &Ground<'_>) {
		let mut running = Vec::new();
		let mut work = FuturesUnordered::new();
		loop {
			while let Some(scenario) = self.next(&running) {
				running.push(scenario.manners);
				let began = Instant::now();
				work.push((scenario.run)(ground).map(move |verdict| (scenario, began.elapsed(), verdict)));
			}
			let Some((scenario, took, verdict)) = work.next().await else { return };
			self.report(scenario.name, took, verdict);
			if let Some(position) = running.iter().position(|manners| *manners == scenario.manners) {
				running.swap_remove(position);
			}
		}
	}

	fn report(&self, name: &str, took: Duration, verdict: Result<Verdict>) {
		let (seconds, at) = (took.as_secs_f64(), self.began.elapsed().as_secs());
		let mut counts = self.counts.borrow_mut();
		match verdict {
			Ok(Verdict::Passed) => {
				counts.passed += 1;
				println!("[{at:>3} s] test {name} ... ok ({seconds:.1} s)");
			}
			Ok(Verdict::Told(what)) => {
				counts.passed += 1;
				println!("[{at:>3} s] test {name} ... ok ({seconds:.1} s)\n        {what}");
			}
			Ok(Verdict::Skipped(why)) => {
				counts.skipped += 1;
				println!("[{at:>3} s] test {name} ... skipped: {why}");
			}
			Err(error) => {
				counts.failed += 1;
				println!("[{at:>3} s] test {name} ... FAILED ({seconds:.1} s)\n        {error:#}");
			}
		}
	}

	/// Prints the last line; whether everything held.
	fn summary(&self) -> bool {
		let counts = self.counts.borrow();
		let (Counts { passed, failed, skipped }, seconds) = (&*counts, self.began.elapsed().as_secs_f64());
		println!("\n{passed} passed, {failed} failed, {skipped} skipped in {seconds:.0} s");
		*failed == 0
	}
}

//! Times emergencies on one local consortium with real processes: from the request to the plaintext, beside the same decision by counting
//! approvals. In every session one guardian is down and one sends garbage.

mod bytes;
mod counting;
mod sessions;

use anyhow::{ensure, Context, Result};
use bytes::Weighed;
use clap::Parser;
use counting::Counting;
use futures::future::try_join_all;
use indicatif::ProgressBar;
use salus_client::primitives::CommitteePurpose;
use salus_e2e::{
	binaries::Binaries,
	emergency::Responder,
	ending::{work_until_asked_to_end, RunFolder},
	ground::{Ground, Ward},
	guardians::{form, wait_for, wait_for_keys, Liar, GUARDIANS},
	measure::{load, percentiles, spinner, weigh_storage},
	network::{Network, ALPHA, BETA, EPSILON, GATEWAYS, ZETA},
	persons::{PersonalGuardians, Wishes},
	samples::Samples,
};
use salus_runtime_api::CommitteeStatus;
use serde_json::{json, Value};
use sessions::{Lane, Trial};
use std::{
	collections::BTreeMap,
	path::Path,
	process::ExitCode,
	time::{Duration, Instant},
};
use subxt::{OnlineClient, SubstrateConfig};

/// The committees that are tried: how many are enough, of how many.
const COMMITTEES: [Committee; 3] = [
	Committee { k: 3, n: 5, of: Kind::Members, patients: 4, at_a_time: 4 },
	Committee { k: 4, n: 7, of: Kind::Persons, patients: 2, at_a_time: 2 },
	// In turns: the guardians of one patient share a quota, which is not made for an emergency every four seconds.
	Committee { k: 8, n: 15, of: Kind::Persons, patients: 4, at_a_time: 2 },
];
/// Decisions that are counted at a time.
const COUNTED_AT_A_TIME: usize = 4;
/// Between the first sessions of two patients. No divisor of a slot, so that they begin at different moments of it.
const APART: Duration = Duration::from_millis(1_307);
/// How long a patient's own guardians have to answer before another committee may be asked, seconds: longer than any session here.
const FALLBACK_SECONDS: u64 = 1_200;

/// Times emergencies on a local consortium of this machine: request to plaintext, with one guardian down and one sending garbage.
#[derive(Debug, Parser)]
#[command(version)]
struct Options {
	/// Sessions of each committee
	#[arg(long, default_value_t = 100)]
	runs: usize,
	/// Only the committees with so many guardians (5, 7, 15); repeat for several
	#[arg(long = "guardians", value_name = "N")]
	guardians: Vec<usize>,
	/// Print JSON
	#[arg(long)]
	json: bool,
	/// Keep the folder with data and logs
	#[arg(long)]
	keep: bool,
}

/// A committee that is tried.
#[derive(Clone, Copy, Debug)]
struct Committee {
	k: u16,
	n: usize,
	of: Kind,
	/// Patients, whose turns come one after another.
	patients: usize,
	/// Sessions at a time.
	at_a_time: usize,
}

/// What its guardians are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
	/// Gateways of members, with a key that they generate through the chain.
	Members,
	/// People whom the patient chose, each with a process of `salus emergency serve`.
	Persons,
}

#[tokio::main]
async fn main() -> ExitCode {
	let options = Options::parse();
	work_until_asked_to_end(run(&options)).await
}

async fn run(options: &Options) -> Result<ExitCode> {
	let mut folder = RunFolder::new()?;
	if options.keep {
		folder.keep();
	}
	let report = measure(options, folder.path()).await.inspect_err(|_| folder.keep())?;
	print(&report, options.json);
	Ok(ExitCode::SUCCESS)
}

async fn measure(options: &Options, folder: &Path) -> Result<Value> {
	let progress = spinner();
	let load_before = load();
	let network = Network::start(Binaries::find()?, folder, GATEWAYS, &progress).await?;
	let ground = Ground::new(&network).await?;
	let ward = ground.ward(ALPHA).await?;
	let responder = ground.responder(BETA).await?;
	let chosen = |committee: &Committee| options.guardians.is_empty() || options.guardians.contains(&committee.n);
	let mut results = Vec::new();
	for committee in COMMITTEES.iter().copied().filter(chosen) {
		let result = match committee.of {
			Kind::Members => of_members(&ground, &ward, &responder, committee, options.runs, &progress).await,
			Kind::Persons => of_persons(&ground, &ward, &responder, committee, options.runs, &progress).await,
		};
		results.push(result.with_context(|| committee.title())?);
	}
	ensure!(!results.is_empty(), "no committee has so many guardians: 5, 7 or 15");
	let (sessions, bytes) = weigh_storage(&ground.network.validators[ALPHA], "EmergencyAccess", "Sessions").await?;
	progress.finish_and_clear();
	Ok(json!({
		"conditions": {
			"processors": std::thread::available_parallelism().map_or(0, usize::from),
			"validators": ground.network.validators.len(),
			"gateways": ground.network.gateways.len(),
			"on_one_machine": true,
			"build_profile": if cfg!(debug_assertions) { "debug" } else { "release" },
			"optimised_for": "build time: most crates at opt-level 1, hot ones at 3",
			"load_average_before": load_before,
			"load_average_after": load(),
			"guardians_down": 1,
			"guardians_sending_garbage": 1,
		},
		"committees": results,
		"state_bytes_per_session": if sessions == 0 { 0.0 } else { bytes as f64 / sessions as f64 },
	}))
}

impl Committee {
	fn title(&self) -> String {
		format!("{}-of-{}", self.k, self.n)
	}
}

/// The consortium's committee, whose key the gateways generate.
async fn of_members(
	ground: &Ground<'_>,
	ward: &Ward,
	responder: &Responder,
	committee: Committee,
	runs: usize,
	progress: &ProgressBar,
) -> Result<Value> {
	progress.set_message(format!("{}: forming", committee.title()));
	let chain = ground.chain(ALPHA);
	wait_for_keys(&chain, &GUARDIANS).await?;
	let id = form(&chain, CommitteePurpose::Release, &GUARDIANS, committee.k).await?;
	let began = Instant::now();
	wait_for(&chain, id, CommitteeStatus::Active).await?;
	let formation = began.elapsed();
	let mut lanes = Vec::new();
	for _ in 0..committee.patients {
		let (_, subject) = ground.patient_with_records(ward).await?;
		responder.wait_target(&subject, id).await?;
		lanes.push(Lane { subject, committee: id });
	}

	let liar = ground.network.gateways[ZETA].account_key()?;
	[EPSILON, ZETA].iter().for_each(|member| ground.network.gateways[*member].kill());
	let memory = ground.network.gateways.iter().filter_map(|one| one.resident_bytes()).collect();
	let liars = vec![Liar::start(ground.chain(ZETA), liar, id)];
	let setting = Setting { ground, responder, lanes, formation, memory };
	let result = setting.run(committee, liars, runs, progress).await;
	for member in [EPSILON, ZETA] {
		ground.network.gateways[member].start()?;
		ground.network.gateways[member].wait_ready().await?;
	}
	result
}

/// A committee of people, to whom the patient deals the shares.
async fn of_persons(
	ground: &Ground<'_>,
	ward: &Ward,
	responder: &Responder,
	committee: Committee,
	runs: usize,
	progress: &ProgressBar,
) -> Result<Value> {
	progress.set_message(format!("{}: inviting guardians", committee.title()));
	let wishes = Wishes { n: committee.n, k: committee.k, fallback_after: FALLBACK_SECONDS };
	let (mut lanes, mut liars, mut all, mut formation) = (Vec::new(), Vec::new(), Vec::new(), Duration::ZERO);
	for number in 0..committee.patients {
		let name = format!("patient-{}-{number}", committee.n);
		let (patient, subject) = ground.patient_with_records_at_a_desk(ward, &name).await?;
		let mut guardians = PersonalGuardians::set_up(ground.network, &patient, &subject.handle, wishes).await?;
		responder.wait_target(&subject, guardians.committee).await?;
		guardians.kill(committee.n - 2);
		guardians.kill(committee.n - 1);
		let account = guardians.account_key(committee.n - 1)?;
		liars.push(Liar::start(ground.chain(ZETA), account, guardians.committee));
		lanes.push(Lane { subject, committee: guardians.committee });
		formation = formation.max(guardians.took);
		all.push(guardians);
	}
	let memory = all.iter().flat_map(PersonalGuardians::resident_bytes).collect();
	let setting = Setting { ground, responder, lanes, formation, memory };
	setting.run(committee, liars, runs, progress).await
}

/// A committee that is ready to be asked.
struct Setting<'a> {
	ground: &'a Ground<'a>,
	responder: &'a Responder,
	lanes: Vec<Lane>,
	formation: Duration,
	memory: Vec<u64>,
}

impl Setting<'_> {
	async fn run(&self, committee: Committee, liars: Vec<Liar>, runs: usize, progress: &ProgressBar) -> Result<Value> {
		let title = committee.title();
		let words = Samples::own()?.other.allergy()?;
		let at_a_time = committee.at_a_time;
		let trial = Trial { responder: self.responder, lanes: &self.lanes, at_a_time, words: &words };
		let client = OnlineClient::<SubstrateConfig>::from_insecure_url(self.responder.chain.url()).await?;
		let first = u64::from(self.responder.chain.finalized_head().await?.number) + 1;
		let measured = trial.run(runs, progress, &title).await?;
		for mut liar in liars {
			liar.check().await?;
		}
		let last = u64::from(self.responder.chain.finalized_head().await?.number);
		let weighed = bytes::weigh(&client, "EmergencyAccess", first..=last).await?;

		progress.set_message(format!("{title}: counting approvals"));
		let counted = self.count(committee, runs, progress).await?;
		Ok(json!({
			"title": title,
			"guardians": match committee.of {
				Kind::Members => "gateways of members, one process each",
				Kind::Persons => "people, one `salus emergency serve` process each",
			},
			"guardian_resident_bytes": self.memory,
			"sessions": runs,
			"patients": committee.patients,
			"sessions_at_a_time": committee.at_a_time,
			"sessions_in_which_the_liar_was_named": measured.liar_named,
			"formation_ms": self.formation.as_millis() as u64,
			"until_request_final_ms": percentiles(measured.requested),
			"until_approved_ms": percentiles(measured.approved),
			"until_plaintext_ms": percentiles(measured.opened),
			"counting_only_ms": percentiles(counted),
			"transaction_bytes": per_session(&weighed, runs),
		}))
	}

	/// The same number of decisions of as many voters, with as many at a time.
	async fn count(&self, committee: Committee, runs: usize, progress: &ProgressBar) -> Result<Vec<Duration>> {
		let chain = self.ground.chain(ALPHA);
		let counting = Counting::prepare(chain, committee.n, u32::from(committee.k)).await?;
		let mut times = Vec::new();
		while times.len() < runs {
			progress.set_message(format!("{}: {} of {runs} counted decisions", committee.title(), times.len()));
			let counting = &counting;
			let round = (0..COUNTED_AT_A_TIME.min(runs - times.len())).map(|position| async move {
				tokio::time::sleep(APART * u32::try_from(position)?).await;
				counting.decide(position).await
			});
			times.extend(try_join_all(round).await?);
		}
		Ok(times)
	}
}

/// Bytes of transactions for each session, by call, with how many there were.
fn per_session(weighed: &BTreeMap<String, Weighed>, sessions: usize) -> Value {
	let sessions = sessions.max(1) as f64;
	let calls: BTreeMap<&str, Value> = weighed
		.iter()
		.map(|(call, weighed)| {
			let each = weighed.bytes as f64 / weighed.count.max(1) as f64;
			(call.as_str(), json!({ "each": each, "per_session": weighed.count as f64 / sessions }))
		})
		.collect();
	let total: u64 = weighed.values().map(|weighed| weighed.bytes).sum();
	json!({ "total": total as f64 / sessions, "calls": calls })
}

fn print(report: &Value, as_json: bool) {
	if as_json {
		println!("{report:#}");
		return;
	}
	let committees: Vec<&Value> = report["committees"].as_array().into_iter().flatten().collect();
	let row = |title: &str, cell: &dyn Fn(&Value) -> String| {
		let cells: Vec<String> = committees.iter().map(|committee| format!("{:>22}", cell(committee))).collect();
		println!("{title:<46}{}", cells.join(""));
	};
	let times = |name: &'static str| {
		move |committee: &Value| {
			let seconds = |of: &str| committee[name][of].as_f64().unwrap_or_default() / 1e3;
			format!("{:.2} / {:.2}", seconds("p50"), seconds("p99"))
		}
	};
	let number =
		|committee: &Value, pointer: &str| committee.pointer(pointer).and_then(Value::as_f64).unwrap_or_default();
	let text = |committee: &Value, name: &str| committee[name].as_str().unwrap_or_default().to_owned();
	row("committee", &|committee| text(committee, "title"));
	row("guardians", &|committee| text(committee, "guardians").split([' ', ',']).next().unwrap_or_default().to_owned());
	row("sessions", &|committee| format!("{:.0}", number(committee, "/sessions")));
	row("request to plaintext, p50 / p99, s", &times("until_plaintext_ms"));
	row("  until the request is final", &times("until_request_final_ms"));
	row("  until enough parts are final", &times("until_approved_ms"));
	row("approvals counted, without parts, p50 / p99, s", &times("counting_only_ms"));
	row("shares dealt until the committee is active, s", &|committee| {
		format!("{:.1}", number(committee, "/formation_ms") / 1e3)
	});
	row("transactions per session, bytes", &|committee| {
		format!("{:.0}", number(committee, "/transaction_bytes/total"))
	});
	row("  the request", &|committee| {
		format!("{:.0}", number(committee, "/transaction_bytes/calls/request_emergency/each"))
	});
	row("  one approval with its part", &|committee| {
		format!("{:.0}", number(committee, "/transaction_bytes/calls/approve_request/each"))
	});
	row("the liar was named in", &|committee| {
		format!("{:.0} sessions", number(committee, "/sessions_in_which_the_liar_was_named"))
	});
	row("memory of one guardian's process, MiB", &|committee| {
		let each: Vec<f64> =
			committee["guardian_resident_bytes"].as_array().into_iter().flatten().filter_map(Value::as_f64).collect();
		format!("{:.0}", each.iter().sum::<f64>() / each.len().max(1) as f64 / 1_048_576.0)
	});
	println!(
		"{:<46}{:>22.0}",
		"state per session, key and value, bytes",
		report["state_bytes_per_session"].as_f64().unwrap_or_default()
	);
	println!("\nconditions: {}", report["conditions"]);
}

//! Makes happen to a local consortium what can happen to a real one, and states what that cost: seconds without finality, time to
//! recover, transactions.

use anyhow::{bail, Result};
use clap::Parser;
use owo_colors::{OwoColorize, Stream::Stdout};
use salus_e2e::{
	binaries::Binaries,
	ending::{work_until_asked_to_end, RunFolder},
	faults::{play, Figures, Scenario, SCENARIOS},
	measure::{load, spinner},
};
use serde_json::{json, Value};
use std::{process::ExitCode, time::Duration};

/// Makes faults, changes of the consortium and an upgrade happen to real nodes on this machine, and states figures.
#[derive(Debug, Parser)]
#[command(version)]
struct Options {
	/// What is to happen, or `all`
	#[arg(required_unless_present = "list")]
	names: Vec<String>,
	/// Tell the names
	#[arg(long)]
	list: bool,
	/// Print JSON
	#[arg(long)]
	json: bool,
	/// Keep the folder with data and logs
	#[arg(long)]
	keep: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
	let options = Options::parse();
	if options.list {
		SCENARIOS.iter().for_each(|scenario| println!("{:<14}{}", scenario.name, scenario.shows));
		return ExitCode::SUCCESS;
	}
	work_until_asked_to_end(run(&options)).await
}

async fn run(options: &Options) -> Result<ExitCode> {
	let chosen = chosen(&options.names)?;
	let mut folder = RunFolder::new()?;
	if options.keep {
		folder.keep();
	}
	let progress = spinner();
	let load_before = load();
	let mut reports = Vec::new();
	play(&Binaries::find()?, folder.path(), &chosen, &progress, |scenario, took, figures| {
		if !options.json {
			progress.suspend(|| print(scenario, took, &figures));
		}
		reports.push(report(scenario, took, &figures));
	})
	.await;
	progress.finish_and_clear();
	let good = reports.iter().all(|report| report["held"] == true);
	let conditions = json!({
		"processors": std::thread::available_parallelism().map_or(0, usize::from),
		"on_one_machine": true,
		"load_average_before": load_before,
		"load_average_after": load(),
	});
	match options.json {
		true => println!("{:#}", json!({ "conditions": conditions, "scenarios": reports })),
		false => println!("conditions: {conditions}"),
	}
	if !good {
		folder.keep();
	}
	Ok(if good { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn chosen(names: &[String]) -> Result<Vec<Scenario>> {
	if names.iter().any(|name| name == "all") {
		return Ok(SCENARIOS.to_vec());
	}
	let known = || SCENARIOS.iter().map(|scenario| scenario.name).collect::<Vec<_>>().join(", ");
	let find = |name: &String| SCENARIOS.iter().copied().find(|scenario| scenario.name == name);
	names.iter().map(|name| find(name).map_or_else(|| bail!("there is no {name}, but all, {}", known()), Ok)).collect()
}

/// Whether what had to hold held, and within what is promised.
fn held(figures: &Result<Figures>) -> bool {
	figures.as_ref().is_ok_and(|figures| figures.exceeding().next().is_none())
}

fn print(scenario: &Scenario, took: Duration, figures: &Result<Figures>) {
	println!(
		"{}: {} ({:.0} s)",
		scenario.name.if_supports_color(Stdout, |text| text.bold()),
		scenario.shows,
		took.as_secs_f64()
	);
	match figures {
		Ok(Figures { skipped: Some(why), .. }) => {
			println!("  {} {why}", "skipped:".if_supports_color(Stdout, |text| text.yellow()))
		}
		Ok(figures) => figures.lines().for_each(|line| println!("  {line}")),
		Err(error) => println!("  {} {error:#}", "did not hold:".if_supports_color(Stdout, |text| text.red())),
	}
	println!();
}

fn report(scenario: &Scenario, took: Duration, figures: &Result<Figures>) -> Value {
	json!({
		"name": scenario.name,
		"shows": scenario.shows,
		"seconds": took.as_secs(),
		"held": held(figures),
		"error": figures.as_ref().err().map(|error| format!("{error:#}")),
		"result": figures.as_ref().ok(),
	})
}

//! What can happen to a consortium, made to happen: nodes that are killed, disks that are full, members and validators that come,
//! go and misbehave, a runtime that is replaced. Each scenario says what has to hold, fails when it does not, and states figures.

mod bad_input;
mod bench;
mod disk;
mod equivocation;
mod figures;
mod join;
mod kill_one;
mod kill_two;
mod load;
mod lost_third;
mod remove;
mod replace_keys;
mod sets;
mod standing;
mod storm;
mod sync;
mod upgrade;
mod watch;

pub use bench::{Bench, Genesis, SESSION};
pub use figures::{Figure, Figures};
pub use load::{Load, LoadReport};
pub use watch::Watch;

use crate::{binaries::Binaries, network::HOSPITALS};
use anyhow::{Context, Result};
use futures::future::LocalBoxFuture;
use indicatif::ProgressBar;
use std::{
	path::Path,
	time::{Duration, Instant},
};

/// The founders' hospitals, which a load is sent by.
const ALL: [usize; HOSPITALS] = [0, 1, 2, 3];

/// One of the things that can happen.
#[derive(Clone, Copy)]
pub struct Scenario {
	/// What it is asked for by.
	pub name: &'static str,
	/// What it shows.
	pub shows: &'static str,
	/// How long it takes, roughly.
	pub length: Length,
	genesis: Genesis,
	traces: Traces,
	run: for<'a> fn(&'a Bench) -> LocalBoxFuture<'a, Result<Figures>>,
}

/// How long a scenario takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Length {
	/// All of this kind together take some minutes: they are played with every run of the tests.
	Short,
	/// Minutes each.
	Long,
}

/// What a scenario that held leaves behind.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Traces {
	/// Members, validators and code as they were: the next one may use the same bench.
	None,
	/// Another consortium.
	Left,
}

macro_rules! scenarios {
	($($name:literal: $module:ident, $length:ident, $genesis:ident, $traces:ident, $shows:literal;)+) => {
		/// Every scenario, in the order in which they are played.
		pub const SCENARIOS: &[Scenario] = &[$(Scenario {
			name: $name,
			shows: $shows,
			length: Length::$length,
			genesis: Genesis::$genesis,
			traces: Traces::$traces,
			run: |bench| Box::pin($module::$module(bench)),
		}),+];
	};
}

scenarios! {
	"kill-one": kill_one, Long, Four, None, "any one of four validators is killed under load: finality goes on";
	"kill-two": kill_two, Short, Four, None, "two of four are killed: finality halts, blocks go on; they return and finality with them";
	"storm": storm, Long, Four, None, "random validators are killed again and again under load: nothing final is lost, nobody equivocates";
	"disk": disk, Short, Four, None, "a validator's disk is full: it stops in good order, and goes on when there is room";
	"bad-input": bad_input, Long, Four, None, "motions, keys, code and specifications that are wrong are refused with their reason and change nothing";
	"replace-keys": replace_keys, Long, Four, Left, "a validator takes new session keys under load; the old ones are worth nothing";
	"join": join, Long, Four, Left, "a fifth hospital joins under load, from the motion to its first block and vote; unlisted nodes stay out";
	"sync": sync, Long, Four, Left, "fresh nodes by warp and by full sync have the same state after three changes of the set";
	"lost-third": lost_third, Long, Four, Left, "two of four validators are lost for good: the council brings finality back";
	"remove": remove, Long, Five, Left, "members of every kind and a validator leave, come back and leave for good; the minimum stays";
	"equivocation": equivocation, Long, Five, Left, "two nodes vote with one validator's keys: it is disabled at once and leaves the set";
	"upgrade": upgrade, Short, ReleaseBefore, Left, "the release before this one is replaced by this one under load, with a migration of the state";
}

/// Plays scenarios one after the other, below a folder. One that leaves its nodes as they were hands them to the next one. `tell` hears of
/// each how long it took and what came of it.
pub async fn play(
	binaries: &Binaries,
	folder: &Path,
	scenarios: &[Scenario],
	progress: &ProgressBar,
	mut tell: impl FnMut(&Scenario, Duration, Result<Figures>),
) {
	let mut kept = None;
	for scenario in scenarios {
		let began = Instant::now();
		let figures = play_one(binaries, folder, scenario, &mut kept, progress).await;
		tell(scenario, began.elapsed(), figures);
	}
}

async fn play_one(
	binaries: &Binaries,
	folder: &Path,
	scenario: &Scenario,
	kept: &mut Option<Bench>,
	progress: &ProgressBar,
) -> Result<Figures> {
	let bench = match kept.take().filter(|bench| bench.genesis == scenario.genesis) {
		Some(bench) => bench,
		None => {
			progress.set_message(format!("{}: starting the nodes", scenario.name));
			let folder = folder.join(scenario.name);
			Bench::start(binaries, &folder, scenario.genesis, progress).await.context("starting the nodes")?
		}
	};
	progress.set_message(scenario.name);
	let figures = (scenario.run)(&bench).await?;
	*kept = Some(bench).filter(|_| scenario.traces == Traces::None);
	Ok(figures)
}

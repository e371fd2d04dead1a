//! The story: one path through the whole system, told step by step. What is expected is written beside what came of it, and counted.

mod attacks;
mod audit;
mod cast;
mod consent;
mod emergency;
mod members;
mod records;
mod rights;
mod stage;
mod telling;

pub use cast::Cast;
pub use stage::{Facts, Kept, Stage};
pub use telling::{Outcome, Telling, Voice};

use crate::{network::Network, samples::Samples};
use anyhow::Result;
use futures::future::LocalBoxFuture;

type Act = for<'a> fn(&'a mut Stage<'_>, &'a mut Telling) -> LocalBoxFuture<'a, Result<()>>;

/// A step: its title and what is done.
struct Step {
	title: &'static str,
	act: Act,
}

macro_rules! steps {
	($($title:literal => $act:path;)+) => {
		const STEPS: &[Step] = &[$(Step { title: $title, act: |stage, telling| Box::pin($act(stage, telling)) }),+];
	};
}

steps! {
	"The members are there; gateways and staff are registered" => members::members_and_staff;
	"A registrar at Alpha registers two patients: one in custody on paper, one with a key of her own" => members::two_patients;
	"A physician at Alpha takes both bundles in, and her ward reads without waiting" => records::ingest_and_read;
	"A cardiologist at Beta asks before anything is granted" => consent::ask_without_consent;
	"The patient grants Beta's cardiology laboratory and conditions for treatment, 30 days" => consent::grant;
	"The cardiologist asks again, fetches, decrypts" => consent::ask_and_fetch;
	"Restricted records are absent from the answer, and nothing shows it" => consent::restricted_is_absent;
	"A nurse at Beta outside cardiology asks" => consent::nurse_gets_nothing;
	"One flipped bit, one swapped record, one record under another handle" => attacks::altered_records;
	"The patient revokes: a permit from before releases nothing" => rights::revoke;
	"An unknown account, and a pool full of one hospital's anchors" => attacks::stranger_and_flood;
	"The patient in custody claims her handle" => rights::claim;
	"The patients list who did and tried what" => audit::access_log;
	"Five members form an emergency committee: a key that nobody holds" => emergency::committee;
	"Three in the morning at Beta: Selma cannot speak" => emergency::night;
	"The session ends; Selma is told, and reads who took part" => emergency::afterwards;
	"One guardian is down, one sends garbage" => emergency::liar;
}

/// How the story went.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StoryResult {
	/// Each step's outcome, in order.
	pub outcomes: Vec<Outcome>,
}

impl StoryResult {
	/// Steps that went as expected.
	pub fn as_expected(&self) -> usize {
		self.outcomes.iter().filter(|outcome| outcome.as_expected()).count()
	}

	/// Whether all did.
	pub fn good(&self) -> bool {
		self.as_expected() == STEPS.len()
	}

	/// The last line.
	pub fn summary(&self) -> String {
		format!("story: {} steps, {} as expected", STEPS.len(), self.as_expected())
	}
}

/// Tells the story on a running network. A step that cannot be carried out counts as not expected; the others go on.
///
/// # Errors
/// When the people cannot be given desks.
pub async fn tell(network: &Network, samples: Samples, voice: &Voice) -> Result<(StoryResult, Cast)> {
	let mut stage = Stage::new(network, samples)?;
	let mut result = StoryResult::default();
	for (number, step) in (1..).zip(STEPS) {
		let mut telling = Telling::begin(number, step.title, voice);
		let done = (step.act)(&mut stage, &mut telling).await;
		result.outcomes.push(telling.end(done));
	}
	voice.line(&format!("\n{}", result.summary()));
	Ok((result, stage.cast))
}

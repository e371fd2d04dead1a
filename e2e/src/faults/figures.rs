//! What a scenario measured.

use super::{LoadReport, Watch};
use serde::Serialize;
use serde_json::{json, Value};
use std::time::{Duration, Instant};

/// Length of a slot.
const SLOT: Duration = Duration::from_secs(2);

/// The figures of one scenario, in the order in which they are told.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Figures {
	figures: Vec<Figure>,
	/// Why it could not be tried here.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub skipped: Option<String>,
}

/// One of them.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Figure {
	/// What was measured.
	pub name: String,
	/// A number, or words.
	pub value: Value,
	/// What a number is counted in.
	pub unit: &'static str,
	/// What it must not exceed.
	#[serde(skip_serializing_if = "Option::is_none")]
	pub limit: Option<f64>,
}

impl Figures {
	/// Of a scenario that cannot be tried on this machine.
	pub fn skipped(why: impl Into<String>) -> Self {
		Self { figures: Vec::new(), skipped: Some(why.into()) }
	}

	/// A time.
	pub fn seconds(&mut self, name: impl Into<String>, time: Duration) {
		self.add(name, seconds(time), "s", None);
	}

	/// A time that is promised: the program that measures faults fails when it was longer. Tests only tell it, because a
	/// machine that is busy with them may need longer without a defect.
	pub fn within(&mut self, name: impl Into<String>, time: Duration, limit: Duration) {
		self.add(name, seconds(time), "s", Some(limit.as_secs_f64()));
	}

	/// The middle and the longest of some times.
	pub fn spread(&mut self, name: &str, mut times: Vec<Duration>) {
		times.sort();
		if let (Some(middle), Some(longest)) = (times.get(times.len() / 2), times.last()) {
			self.seconds(format!("{name}, median"), *middle);
			self.seconds(format!("{name}, longest"), *longest);
		}
	}

	/// A number of something: blocks, transactions.
	pub fn count(&mut self, name: impl Into<String>, number: u64, unit: &'static str) {
		self.add(name, json!(number), unit, None);
	}

	/// Something in words.
	pub fn words(&mut self, name: impl Into<String>, words: impl Into<String>) {
		self.add(name, json!(words.into()), "", None);
	}

	/// How many blocks were added since a moment, and in how many of the slots.
	pub fn blocks(&mut self, watch: &Watch, since: Instant) {
		let blocks = watch.blocks_since(since);
		let slots = since.elapsed().as_secs_f64() / SLOT.as_secs_f64();
		self.count("blocks", blocks, "blocks");
		self.add("slots with a block", json!((blocks as f64 / slots * 100.0).round().min(100.0)), "%", None);
	}

	/// What became of the load.
	pub fn load(&mut self, report: &LoadReport) {
		self.count("transactions submitted", report.submitted, "transactions");
		self.count("transactions finalized", report.finalized, "transactions");
		self.count("transactions failed", report.failed.len() as u64, "transactions");
		self.count("transactions signed again", report.signed_again(), "transactions");
		for (reason, times) in &report.again {
			self.count(format!("  because {reason}"), *times, "times");
		}
	}

	/// Those that exceed their limit.
	pub fn exceeding(&self) -> impl Iterator<Item = &Figure> {
		self.figures.iter().filter(|figure| figure.exceeds())
	}

	/// A line for each.
	pub fn lines(&self) -> impl Iterator<Item = String> + '_ {
		self.figures.iter().map(Figure::to_string)
	}

	fn add(&mut self, name: impl Into<String>, value: Value, unit: &'static str, limit: Option<f64>) {
		self.figures.push(Figure { name: name.into(), value, unit, limit });
	}
}

impl Figure {
	fn exceeds(&self) -> bool {
		self.limit.zip(self.value.as_f64()).is_some_and(|(limit, value)| value > limit)
	}
}

impl std::fmt::Display for Figure {
	fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
		let value = self.value.as_str().map_or_else(|| self.value.to_string(), ToOwned::to_owned);
		write!(f, "{:<56}{value:>8} {}", self.name, self.unit)?;
		match self.limit {
			Some(limit) if self.exceeds() => write!(f, " (more than {limit})"),
			Some(limit) => write!(f, " (at most {limit})"),
			None => Ok(()),
		}
	}
}

/// Seconds with one decimal place: more than the polling resolves would be pretence.
fn seconds(time: Duration) -> Value {
	json!((time.as_secs_f64() * 10.0).round() / 10.0)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_figure_exceeds_its_limit_only_when_it_has_one() {
		let mut figures = Figures::default();
		figures.within("resumes", Duration::from_millis(10_000), Duration::from_secs(10));
		figures.seconds("stands still", Duration::from_secs(1_000));
		assert_eq!(figures.exceeding().count(), 0);
		figures.within("resumes", Duration::from_millis(10_100), Duration::from_secs(10));
		let exceeding: Vec<String> = figures.exceeding().map(Figure::to_string).collect();
		assert_eq!(exceeding.len(), 1);
		assert!(exceeding[0].contains("10.1 s (more than 10)"), "{exceeding:?}");
	}

	#[test]
	fn a_spread_has_a_middle_and_an_end_unless_nothing_was_timed() {
		let mut figures = Figures::default();
		figures.spread("restart", Vec::new());
		figures.spread("restart", [3, 1, 2].map(Duration::from_secs).into());
		let values: Vec<&Value> = figures.figures.iter().map(|figure| &figure.value).collect();
		assert_eq!(values, [&json!(2.0), &json!(3.0)]);
	}
}

//! How a step is told.

use anyhow::{Error, Result};
use indicatif::ProgressBar;
use owo_colors::{OwoColorize, Stream::Stdout};
use std::{
	sync::{Arc, Mutex, PoisonError},
	time::{Duration, Instant},
};

/// Where the story is told.
#[derive(Clone, Debug)]
pub enum Voice {
	/// On the terminal, as it happens.
	Aloud(ProgressBar),
	/// Into a text, for who wants to know afterwards.
	Kept(Arc<Mutex<String>>),
}

impl Voice {
	/// What was told into a text so far.
	pub fn text(&self) -> String {
		match self {
			Self::Aloud(_) => String::new(),
			Self::Kept(text) => text.lock().unwrap_or_else(PoisonError::into_inner).clone(),
		}
	}

	pub(super) fn line(&self, line: &str) {
		match self {
			Self::Aloud(progress) => progress.suspend(|| println!("{line}")),
			Self::Kept(text) => {
				let mut text = text.lock().unwrap_or_else(PoisonError::into_inner);
				text.push_str(line);
				text.push('\n');
			}
		}
	}

	fn busy(&self, with: String) {
		if let Self::Aloud(progress) = self {
			progress.set_message(with);
		}
	}
}

/// What came of a step.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
	/// Number of the step.
	pub number: u32,
	/// How many things were expected of it and came true.
	pub held: u32,
	/// What did not come true, or stopped the step.
	pub deviations: Vec<String>,
	/// How long it took.
	pub took: Duration,
}

impl Outcome {
	/// Whether everything expected came true, and something was expected.
	pub fn as_expected(&self) -> bool {
		self.held > 0 && self.deviations.is_empty()
	}
}

/// A step while it is told. Lines appear as they become true.
#[derive(Debug)]
pub struct Telling {
	outcome: Outcome,
	began: Instant,
	voice: Voice,
}

impl Telling {
	pub(super) fn begin(number: u32, title: &str, voice: &Voice) -> Self {
		let heading = format!("{number:>2}  {title}");
		voice.line(&format!("\n{}", heading.if_supports_color(Stdout, |text| text.bold())));
		voice.busy(format!("step {number}"));
		Self {
			outcome: Outcome { number, held: 0, deviations: Vec::new(), took: Duration::ZERO },
			began: Instant::now(),
			voice: voice.clone(),
		}
	}

	/// Tells what happens.
	pub fn say(&self, words: impl AsRef<str>) {
		self.line(&format!("    {}", words.as_ref()));
	}

	/// Tells what happened, and in which block.
	pub fn say_in_block(&self, block: u64, words: impl AsRef<str>) {
		self.line(&format!(
			"    {} {}",
			words.as_ref(),
			format!("[block {block}]").if_supports_color(Stdout, |text| text.dimmed())
		));
	}

	/// Tells an outcome beside what was expected.
	pub fn expect(&mut self, expected: &str, holds: bool, outcome: impl AsRef<str>) {
		let outcome = outcome.as_ref();
		if holds {
			self.outcome.held += 1;
			let mark = "as expected:".if_supports_color(Stdout, |text| text.green()).to_string();
			self.line(&format!("    {mark} {expected} ({outcome})"));
		} else {
			let mark = "NOT AS EXPECTED:".if_supports_color(Stdout, |text| text.red()).to_string();
			self.line(&format!("    {mark} {expected}; instead: {outcome}"));
			self.outcome.deviations.push(format!("{expected}; instead: {outcome}"));
		}
	}

	/// Tells that two values are the same, or how they differ.
	pub fn expect_equal<T: PartialEq + std::fmt::Debug>(&mut self, expected: &str, found: T, wanted: T) {
		let holds = found == wanted;
		let outcome = if holds { format!("{found:?}") } else { format!("{found:?} where {wanted:?} was wanted") };
		self.expect(expected, holds, outcome);
	}

	/// Says what takes time.
	pub fn busy(&self, with: &str) {
		self.voice.busy(format!("step {}: {with}", self.outcome.number));
	}

	pub(super) fn end(mut self, done: Result<()>) -> Outcome {
		if let Err(error) = done {
			self.stopped(&error);
		}
		self.outcome.took = self.began.elapsed();
		self.outcome
	}

	fn stopped(&mut self, error: &Error) {
		let mark = "STOPPED:".if_supports_color(Stdout, |text| text.red()).to_string();
		self.line(&format!("    {mark} {error:#}"));
		self.outcome.deviations.push(format!("{error:#}"));
	}

	fn line(&self, text: &str) {
		self.voice.line(text);
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	fn telling() -> Telling {
		Telling::begin(1, "A step", &Voice::Aloud(ProgressBar::hidden()))
	}

	#[test]
	fn what_is_told_into_a_text_can_be_read_afterwards() {
		let voice = Voice::Kept(Arc::default());
		let mut step = Telling::begin(3, "A quiet step", &voice);
		step.expect("the sun", false, "rain");
		let text = voice.text();
		assert!(text.contains("A quiet step") && text.contains("instead: rain"), "{text}");
	}

	#[test]
	fn a_step_is_as_expected_when_everything_held() {
		let mut step = telling();
		step.expect_equal("two and two", 2 + 2, 4);
		assert!(step.end(Ok(())).as_expected());
	}

	#[test]
	fn a_step_is_not_as_expected_when_one_thing_deviates_or_it_stopped_or_nothing_was_expected() {
		let mut step = telling();
		step.expect("the sun", true, "shines");
		step.expect("the rain", false, "snow");
		let outcome = step.end(Ok(()));
		assert!(!outcome.as_expected());
		assert_eq!(outcome.deviations.len(), 1);

		let mut step = telling();
		step.expect("the sun", true, "shines");
		assert!(!step.end(Err(anyhow::anyhow!("power cut"))).as_expected());
		assert!(!telling().end(Ok(())).as_expected());
	}
}

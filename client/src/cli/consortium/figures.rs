//! Numbers of the chain in words: blocks and milliseconds as days and hours, computing time as a share of a block.

use crate::cli::error::CliError;
use salus_client::{
	chain::Chain,
	primitives::{Moment, DAY, HOUR, MINUTE, SECOND},
};

/// What the chain counts in.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
	/// Milliseconds from one block to the next.
	block: Moment,
	/// Picoseconds in which a block may execute.
	capacity: u64,
}

impl Scale {
	/// Asks the chain.
	pub async fn of(chain: &Chain) -> Result<Self, CliError> {
		Ok(Self { block: chain.slot_duration().await?, capacity: chain.block_capacity().await? })
	}

	#[cfg(test)]
	pub(super) const fn test() -> Self {
		Self { block: 2_000, capacity: 666_000_000_000 }
	}

	/// A number of blocks as time.
	pub fn blocks(self, count: u64) -> String {
		span(count.saturating_mul(self.block))
	}

	/// A value of a parameter's unit in words; `None` when the number says it all.
	pub fn words(self, value: u64, unit: &str) -> Option<String> {
		match unit {
			"ms" => Some(span(value)),
			"blocks" => Some(self.blocks(value)),
			"ps/block" => Some(share(value, self.capacity)),
			_ => None,
		}
	}
}

/// A span of time in its two largest units, rounded down to the second of them.
fn span(ms: Moment) -> String {
	const UNITS: [(Moment, &str, &str); 4] =
		[(DAY, "day", "days"), (HOUR, "h", "h"), (MINUTE, "min", "min"), (SECOND, "s", "s")];
	let mut left = ms;
	let words: Vec<String> = UNITS
		.iter()
		.skip_while(|(unit, ..)| ms < *unit)
		.take(2)
		.filter_map(|(unit, one, many)| {
			let count = left / unit;
			left %= unit;
			(count > 0).then(|| format!("{count} {}", if count == 1 { one } else { many }))
		})
		.collect();
	match words.is_empty() {
		true => format!("{ms} ms"),
		false => words.join(" "),
	}
}

/// A part of a block in percent, rounded down to thousandths.
fn share(part: u64, whole: u64) -> String {
	let thousandths = u128::from(part) * 100_000 / u128::from(whole.max(1));
	let digits = format!("{}.{:03}", thousandths / 1_000, thousandths % 1_000);
	format!("{} % of a block", digits.trim_end_matches('0').trim_end_matches('.'))
}

#[cfg(test)]
mod tests {
	use super::*;

	const SCALE: Scale = Scale::test();

	#[test]
	fn times_are_told_in_two_units() {
		for (ms, words) in [
			(0, "0 ms"),
			(999, "999 ms"),
			(SECOND, "1 s"),
			(MINUTE + SECOND, "1 min 1 s"),
			(12 * HOUR, "12 h"),
			(HOUR + 90 * SECOND, "1 h 1 min"),
			(DAY, "1 day"),
			(DAY + MINUTE, "1 day"),
			(31 * DAY + HOUR, "31 days 1 h"),
		] {
			assert_eq!(span(ms), words, "{ms}");
		}
	}

	#[test]
	fn a_value_is_told_by_its_unit() {
		let words = |value, unit| SCALE.words(value, unit);
		assert_eq!(words(600, "blocks").as_deref(), Some("20 min"));
		assert_eq!(words(43_200, "blocks").as_deref(), Some("1 day"));
		assert_eq!(words(12 * HOUR, "ms").as_deref(), Some("12 h"));
		assert_eq!(words(SCALE.capacity / 4, "ps/block").as_deref(), Some("25 % of a block"));
		assert_eq!(words(SCALE.capacity / 8, "ps/block").as_deref(), Some("12.5 % of a block"));
		assert_eq!(words(SCALE.capacity / 1_000, "ps/block").as_deref(), Some("0.1 % of a block"));
		assert_eq!(words(4, "validators"), None);
	}

	#[test]
	fn no_figure_is_too_large_for_words() {
		assert!(SCALE.blocks(u64::MAX).contains("days"));
		assert_eq!(share(u64::MAX, 0), format!("{}00 % of a block", u64::MAX));
	}
}

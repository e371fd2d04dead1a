//! Whether a runtime knows the calls of this client.
//!
//! A runtime of an earlier version lacks calls, which is no reason to turn away from it: hospitals install programs before their
//! council upgrades the chain. Such a call is refused when somebody makes it. A call whose arguments have other names is not the call
//! that this client means, and a runtime with one is refused whole.

use super::{calls::EXPECTED, AtBlock, Call, ChainError};
use subxt::metadata::Metadata;

/// How the runtime has a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Fit {
	/// With these arguments.
	Same,
	/// Not at all.
	Missing,
	/// With other ones.
	Other,
}

/// # Errors
/// [`ChainError::StaleRuntime`] with the calls that have other arguments in the runtime of this block.
pub(super) fn check_runtime(at: &AtBlock) -> Result<(), ChainError> {
	let differing: Vec<String> = EXPECTED
		.iter()
		.filter(|call| fit(arguments(at.metadata_ref(), call.pallet, call.call), call.arguments) == Fit::Other)
		.map(|call| name(call.pallet, call.call))
		.collect();
	match differing.is_empty() {
		true => Ok(()),
		false => Err(ChainError::StaleRuntime { spec_version: at.spec_version(), differing: differing.join(", ") }),
	}
}

/// # Errors
/// [`ChainError::NotInRuntime`], [`ChainError::StaleRuntime`]: the runtime can have changed since the connection was made.
pub(super) fn check_call(at: &AtBlock, call: &Call) -> Result<(), ChainError> {
	let spec_version = at.spec_version();
	let expected: Vec<&str> = call.argument_names().collect();
	match fit(arguments(at.metadata_ref(), call.pallet(), call.name()), &expected) {
		Fit::Same => Ok(()),
		Fit::Missing => Err(ChainError::NotInRuntime { spec_version, what: name(call.pallet(), call.name()) }),
		Fit::Other => Err(ChainError::StaleRuntime { spec_version, differing: name(call.pallet(), call.name()) }),
	}
}

/// The order does not count: arguments are encoded by name.
fn fit(found: Option<Vec<&str>>, expected: &[&str]) -> Fit {
	match found {
		None => Fit::Missing,
		Some(found) if found.len() == expected.len() && expected.iter().all(|name| found.contains(name)) => Fit::Same,
		Some(_) => Fit::Other,
	}
}

fn arguments<'a>(metadata: &'a Metadata, pallet: &str, call: &str) -> Option<Vec<&'a str>> {
	let variant = metadata.pallet_by_name(pallet)?.call_variant_by_name(call)?;
	Some(variant.fields.iter().filter_map(|field| field.name.as_deref()).collect())
}

fn name(pallet: &str, call: &str) -> String {
	format!("{pallet}.{call}")
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_call_fits_when_its_arguments_have_the_same_names() {
		for (found, expected) in [
			(Some(vec!["handle", "entry"]), Fit::Same),
			(Some(vec!["entry", "handle"]), Fit::Same),
			(None, Fit::Missing),
			(Some(vec![]), Fit::Other),
			(Some(vec!["handle"]), Fit::Other),
			(Some(vec!["handle", "entries"]), Fit::Other),
			(Some(vec!["handle", "entry", "basis"]), Fit::Other),
		] {
			assert_eq!(fit(found.clone(), &["handle", "entry"]), expected, "{found:?}");
		}
	}

	/// The calls of the runtime with the names of their arguments, as its test has written them down.
	fn written_down(pallet: &str, call: &str) -> Option<Vec<&'static str>> {
		let text = include_str!("../../../runtime/tests/metadata.txt");
		let is_pallet = |line: &&str| line.starts_with("pallet ") && line.ends_with(&format!(" {pallet}"));
		let calls =
			text.lines().skip_while(|line| !is_pallet(line)).skip(1).take_while(|line| !line.starts_with("pallet "));
		let line = calls.map(str::trim).find(|line| {
			let rest = line.strip_prefix("call ").and_then(|line| line.split_once(' '));
			rest.is_some_and(|(_, rest)| rest.strip_prefix(call).is_some_and(|rest| rest.starts_with('(')))
		})?;
		// Each argument is `name: type`; no type has a colon and a blank in it.
		let words = line.split(['(', ' ']).filter_map(|word| word.strip_suffix(':'));
		Some(words.collect())
	}

	#[test]
	fn every_call_of_this_client_is_one_of_the_runtime_in_this_checkout() {
		for call in EXPECTED {
			assert_eq!(fit(written_down(call.pallet, call.call), call.arguments), Fit::Same, "{call:?}");
		}
		assert_eq!(written_down("Consortium", "vote"), None, "calls of another pallet do not count");
	}
}

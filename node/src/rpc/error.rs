//! Errors of the `salus_*` methods. Codes are part of the interface: they are never given another meaning.

use jsonrpsee::types::ErrorObjectOwned;
use salus_runtime::Hash;

/// Why a `salus_*` method has no answer. "Nothing there" is no error: it is `null` or an empty list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Error {
	/// This node does not know the block.
	UnknownBlock(String),
	/// The node knows the block and no longer has its state.
	StatePruned(Hash),
	/// The runtime of that block is older than the query, or is no Salus runtime.
	NotSupported(Hash),
	/// The runtime failed to answer, or the database failed to deliver. Details are in the node's log.
	Internal,
	/// A range that ends before it begins.
	EmptyRange {
		/// First block asked for.
		from: u32,
		/// Last block asked for.
		to: u32,
	},
}

impl Error {
	/// The code in the JSON-RPC answer. The SDK's own methods use 1000 to 8999, other chains tend to use low numbers.
	pub(crate) const fn code(&self) -> i32 {
		match self {
			Self::UnknownBlock(_) => 20_001,
			Self::StatePruned(_) => 20_002,
			Self::NotSupported(_) => 20_003,
			Self::Internal => 20_004,
			Self::EmptyRange { .. } => 20_005,
		}
	}

	/// An error whose details concern the operator of the node, not the caller.
	pub(crate) fn internal(cause: impl core::fmt::Display) -> Self {
		log::error!(target: "salus-rpc", "A query failed: {cause}");
		Self::Internal
	}
}

impl core::fmt::Display for Error {
	fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
		match self {
			Self::UnknownBlock(block) => write!(f, "block {block} is not known to this node"),
			Self::StatePruned(block) => {
				write!(
					f,
					"the state of block {block:?} is no longer kept: ask a node with --state-pruning archive-canonical"
				)
			}
			Self::NotSupported(block) => write!(f, "the runtime of block {block:?} does not answer this query"),
			Self::Internal => f.write_str("the node could not answer; its log says why"),
			Self::EmptyRange { from, to } => write!(f, "fromBlock {from} lies after toBlock {to}"),
		}
	}
}

impl From<Error> for ErrorObjectOwned {
	fn from(error: Error) -> Self {
		Self::owned(error.code(), error.to_string(), None::<()>)
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn codes_are_distinct_and_messages_say_what_to_do() {
		let all = [
			Error::UnknownBlock("7".into()),
			Error::StatePruned(Hash::zero()),
			Error::NotSupported(Hash::zero()),
			Error::Internal,
			Error::EmptyRange { from: 2, to: 1 },
		];
		let codes: std::collections::BTreeSet<_> = all.iter().map(Error::code).collect();
		assert_eq!(codes.len(), all.len());
		assert!(ErrorObjectOwned::from(all[1].clone()).message().contains("archive-canonical"));
	}
}

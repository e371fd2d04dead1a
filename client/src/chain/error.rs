//! What can go wrong on the way to the chain and back, with what to do about it.

use salus_primitives::Moment;

/// An error of the chain or of the way to it.
#[derive(Debug, thiserror::Error)]
pub enum ChainError {
	/// No connection.
	#[error("the node at {url} does not answer ({reason}). Start it, or name another one with --node")]
	Unreachable {
		/// Where it was looked for.
		url: String,
		/// What the connection said.
		reason: String,
	},
	/// Another chain.
	#[error("the node at {url} runs the chain `{found}`, not `salus`. Name a node of the consortium with --node")]
	OtherChain {
		/// The node.
		url: String,
		/// Its `spec_name`.
		found: String,
	},
	/// The runtime's calls mean something else than those of this client.
	#[error(
		"the chain runs runtime version {spec_version}, in which other arguments belong to {differing}. \
		Install the release of `salus` that belongs to that runtime"
	)]
	StaleRuntime {
		/// Its version.
		spec_version: u32,
		/// The calls that have other arguments.
		differing: String,
	},
	/// The runtime does not have what was asked for; everything else works.
	#[error(
		"runtime version {spec_version}, which the chain runs, does not have {what}. If it came with a later version, let the \
		council upgrade the runtime (`salus consortium propose upgrade`); if a later one took it away, install the release of \
		`salus` that belongs to that one"
	)]
	NotInRuntime {
		/// The runtime's version.
		spec_version: u32,
		/// The call or query.
		what: String,
	},
	/// The pool did not take the transaction.
	#[error("the transaction was not accepted: {reason}. {advice}")]
	NotAccepted {
		/// What the node said.
		reason: String,
		/// What to do.
		advice: &'static str,
	},
	/// The transaction left the node's pool; another node may have put it into a block.
	#[error("the transaction left the node's pool: {0}. Look whether the act happened; if it did not, send it again")]
	NotIncluded(String),
	/// The runtime refused the act.
	#[error("the chain refused: {0}")]
	Refused(PalletError),
	/// A block, or its state, is gone from this node.
	#[error("the node does not have {0}. Ask a node that keeps all blocks (--state-pruning archive)")]
	Pruned(String),
	/// The node answered something that cannot be read.
	#[error("the node's answer to {what} cannot be read: {reason}. Check that client and runtime are of one release")]
	Unreadable {
		/// What was asked.
		what: String,
		/// Why it cannot be read.
		reason: String,
	},
	/// The node reported an error.
	#[error("the node reported: {0}")]
	Node(String),
	/// A key cannot sign.
	#[error("the key cannot be used: {0}")]
	Key(String),
	/// Finality does not come.
	#[error("no finality since {since} (milliseconds UTC): fewer than two thirds of the validators agree. The act is in a block and may still become final")]
	NotFinalized {
		/// When it went into a block.
		since: Moment,
	},
}

/// An error of a pallet, by name and in the words of its documentation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{pallet}.{name}: {docs}")]
pub struct PalletError {
	/// Name of the pallet.
	pub pallet: String,
	/// Name of the error.
	pub name: String,
	/// What it means and what to do.
	pub docs: String,
}

impl ChainError {
	/// Name of the pallet's error, when it is one.
	pub fn pallet_error(&self) -> Option<&str> {
		match self {
			Self::Refused(error) => Some(&error.name),
			_ => None,
		}
	}

	/// Whether the act did not happen and will not: the chain refused it, or it never left. With any other error it may still come.
	pub fn is_refusal(&self) -> bool {
		matches!(self, Self::Refused(_) | Self::NotAccepted { .. } | Self::Key(_) | Self::NotInRuntime { .. })
	}

	/// Whether trying again later, unchanged, can help.
	pub fn is_transient(&self) -> bool {
		matches!(self, Self::Unreachable { .. } | Self::NotIncluded(_) | Self::NotFinalized { .. })
	}

	/// From a dispatch error that an event carried.
	pub(super) fn from_dispatch(error: &subxt::error::DispatchError) -> Self {
		use subxt::error::DispatchError;
		let plain = |name: &str, docs: String| {
			Self::Refused(PalletError { pallet: "System".to_owned(), name: name.to_owned(), docs })
		};
		match error {
			DispatchError::Module(module) => match module.details() {
				Ok(details) => {
					let docs = details.variant.docs.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ");
					Self::Refused(PalletError {
						pallet: details.pallet.name().to_owned(),
						name: details.variant.name.clone(),
						docs,
					})
				}
				Err(error) => plain("Module", error.to_string()),
			},
			DispatchError::BadOrigin => {
				plain("BadOrigin", "this account may not make this call: check which identity signs.".to_owned())
			}
			other => plain("Dispatch", other.to_string()),
		}
	}

	/// From the node's refusal to take a transaction. The data of error 1010 names the kind of invalidity.
	pub(super) fn not_accepted(reason: String) -> Self {
		const ADVICE: [(&str, &str); 9] = [
			("bad signature", "The key does not fit the account, or client and runtime are of different releases."),
			("outdated", "Another program uses the same account at the same time: send it again."),
			("ancient", "The transaction waited too long: send it again."),
			("in the future", "Another program uses the same account at the same time: send it again."),
			(
				"Inability to pay",
				"The account is not known to the chain: it must be an operator, gateway or controller.",
			),
			("invalid signing address", "The account is not known to the chain, or its institution is suspended."),
			("exhaust", "The institution's quota is used up: wait a few blocks and send it again."),
			(
				"not expected",
				"This account may not make this call, or the call is paused: check which identity signs, and \
				 `salus consortium status`.",
			),
			(
				"Priority is too low",
				"The same transaction is waiting already, or the pool is full: wait for the next block.",
			),
		];
		let advice = ADVICE.iter().find(|(sign, _)| reason.to_lowercase().contains(&sign.to_lowercase())).map_or(
			"Check the identity that signs and the state of its institution with `salus status`.",
			|(_, advice)| advice,
		);
		Self::NotAccepted { reason, advice }
	}
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn an_act_may_still_come_unless_it_was_refused() {
		let refused = PalletError { pallet: "Consent".into(), name: "NotController".into(), docs: String::new() };
		for refusal in [
			ChainError::Refused(refused),
			ChainError::not_accepted("outdated".into()),
			ChainError::Key("no".into()),
			ChainError::NotInRuntime { spec_version: 3, what: "Consortium.register_node".into() },
		] {
			assert!(refusal.is_refusal(), "{refusal}");
		}
		for open in [
			ChainError::Unreachable { url: "ws://x".into(), reason: "r".into() },
			ChainError::NotFinalized { since: 1 },
			ChainError::NotIncluded("dropped".into()),
			// A connection that is made anew while somebody waits for an act can end so.
			ChainError::StaleRuntime { spec_version: 9, differing: "Consent.request_access".into() },
			ChainError::OtherChain { url: "ws://x".into(), found: "other".into() },
		] {
			assert!(!open.is_refusal(), "{open}");
		}
	}

	#[test]
	fn a_refusal_of_the_pool_says_what_to_do() {
		for (reason, part) in [
			("Invalid Transaction: Transaction has a bad signature", "does not fit the account"),
			("Invalid Transaction: Transaction is outdated", "send it again"),
			("Invalid Transaction: Transaction would exhaust the block limits", "quota"),
			("Invalid Transaction: Invalid signing address", "not known"),
			("Invalid Transaction (Transaction call is not expected)", "is paused"),
			("something new", "salus status"),
		] {
			let error = ChainError::not_accepted(reason.to_owned()).to_string();
			assert!(error.contains(part), "{error}");
		}
	}
}

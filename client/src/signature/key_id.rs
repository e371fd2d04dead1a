//! Who a signature claims to be by.

use crate::wire::Account;
use salus_primitives::{PatientHandle, PractitionerId};
use std::{fmt, str::FromStr};

/// A signature algorithm of this API.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
	/// RFC 8032, as RFC 9421 names it.
	Ed25519,
	/// Schnorrkel with the signing context `substrate`, as accounts of the chain use it.
	Sr25519,
}

impl Algorithm {
	/// The `alg` parameter.
	pub const fn name(self) -> &'static str {
		match self {
			Self::Ed25519 => "ed25519",
			Self::Sr25519 => "sr25519",
		}
	}
}

/// The `keyid` parameter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyId {
	/// An entry of the staff registry; its signing key is on chain.
	Practitioner(PractitionerId),
	/// An account that says to control a handle; whether it does now is on chain.
	Controller(PatientHandle, Account),
	/// An account that says to be a gateway; of which institution is on chain.
	Gateway(Account),
	/// An account that says to be a patient's personal guardian; of which committee is on chain.
	Guardian(Account),
}

impl KeyId {
	/// The only algorithm that goes with this kind of key.
	pub const fn algorithm(&self) -> Algorithm {
		match self {
			Self::Practitioner(_) => Algorithm::Ed25519,
			Self::Controller(..) | Self::Gateway(_) | Self::Guardian(_) => Algorithm::Sr25519,
		}
	}
}

impl fmt::Display for KeyId {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		match self {
			Self::Practitioner(id) => write!(f, "{id}"),
			Self::Controller(handle, account) => write!(f, "{handle}:{account}"),
			Self::Gateway(account) => write!(f, "gateway:{account}"),
			Self::Guardian(account) => write!(f, "guardian:{account}"),
		}
	}
}

impl FromStr for KeyId {
	type Err = String;

	fn from_str(text: &str) -> Result<Self, Self::Err> {
		match text.split_once(':') {
			Some(("gateway", account)) => account.parse().map(Self::Gateway),
			Some(("guardian", account)) => account.parse().map(Self::Guardian),
			Some((handle, account)) => Ok(Self::Controller(handle.parse()?, account.parse()?)),
			None => Ok(Self::Practitioner(text.parse()?)),
		}
	}
}

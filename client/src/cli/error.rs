//! Errors of commands and the exit code that each gives.

use salus_client::{chain::ChainError, gateway::GatewayError, keystore::KeystoreError, wire::codes};
use std::{io, path::PathBuf};

/// Done.
pub const OK: u8 = 0;
/// Failed.
pub const FAILED: u8 = 1;
/// The command line is wrong.
pub const USAGE: u8 = 2;
/// A finding.
pub const FINDING: u8 = 3;
/// Nothing was permitted.
pub const EMPTY: u8 = 4;
/// Node or gateway do not answer.
pub const UNREACHABLE: u8 = 5;

/// Errors of pallets that say: this account may not do this.
const NOT_PERMITTED: [&str; 13] = [
	"NotController",
	"NotCustodian",
	"NotAnOperator",
	"NotAGateway",
	"NotAMember",
	"NotYourPractitioner",
	"NotMember",
	"InstitutionNotActive",
	"NotGuardian",
	"NotIndependent",
	"AlreadyVoted",
	"PatientOnly",
	"BadOrigin",
];

/// Why a command did not do what it was asked to.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
	/// The chain.
	#[error(transparent)]
	Chain(#[from] ChainError),
	/// The gateway.
	#[error(transparent)]
	Gateway(#[from] GatewayError),
	/// The keys.
	#[error(transparent)]
	Keystore(#[from] KeystoreError),
	/// A file.
	#[error("{0}: {1}")]
	File(PathBuf, io::Error),
	/// A file that holds another thing than expected.
	#[error("{0} is not {1}: {2}")]
	Content(PathBuf, &'static str, String),
	/// The command line.
	#[error("{0}")]
	Usage(String),
	/// Something that is not as it must be.
	#[error("{0}")]
	Finding(String),
	/// Anything else, with what to do.
	#[error("{0}")]
	Failed(String),
	/// Not there.
	#[error("{0}")]
	NotThere(String),
}

impl CliError {
	/// The exit code.
	pub fn exit_code(&self) -> u8 {
		match self {
			Self::Chain(ChainError::Unreachable { .. }) | Self::Gateway(GatewayError::Unreachable { .. }) => {
				UNREACHABLE
			}
			Self::Gateway(error) => match error.code() {
				Some(codes::NOT_ENTITLED | codes::NOT_FOUND | codes::EXPIRED) => EMPTY,
				Some(codes::PEER_UNREACHABLE | codes::NODE_UNREACHABLE | codes::HEAD_TOO_OLD) => UNREACHABLE,
				Some(codes::BLOB_ALTERED | codes::BLOB_MISSING | codes::COMMITMENT_MISMATCH) => FINDING,
				_ => FAILED,
			},
			Self::Chain(error) if error.pallet_error().is_some_and(|name| NOT_PERMITTED.contains(&name)) => EMPTY,
			Self::Usage(_) => USAGE,
			Self::Finding(_) => FINDING,
			Self::NotThere(_) => EMPTY,
			_ => FAILED,
		}
	}

	/// A stable word for programs.
	pub fn code(&self) -> String {
		match self {
			Self::Chain(ChainError::Refused(error)) => format!("{}.{}", error.pallet, error.name),
			Self::Chain(ChainError::Unreachable { .. }) => "node_unreachable".to_owned(),
			Self::Chain(ChainError::StaleRuntime { .. }) => "stale_runtime".to_owned(),
			Self::Chain(ChainError::NotInRuntime { .. }) => "not_in_runtime".to_owned(),
			Self::Chain(ChainError::OtherChain { .. }) => "other_chain".to_owned(),
			Self::Chain(ChainError::NotAccepted { .. }) => "not_accepted".to_owned(),
			Self::Chain(_) => "chain".to_owned(),
			Self::Gateway(GatewayError::Unreachable { .. }) => "gateway_unreachable".to_owned(),
			Self::Gateway(error) => error.code().unwrap_or("gateway").to_owned(),
			Self::Keystore(error) if error.is_wrong_passphrase() => "wrong_passphrase".to_owned(),
			Self::Keystore(_) => "keystore".to_owned(),
			Self::File(..) => "file".to_owned(),
			Self::Content(..) => "content".to_owned(),
			Self::Usage(_) => "usage".to_owned(),
			Self::Finding(_) => "finding".to_owned(),
			Self::Failed(_) => "failed".to_owned(),
			Self::NotThere(_) => "not_there".to_owned(),
		}
	}
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_client::{chain::PalletError, wire::ApiError};

	fn refused(code: &str) -> CliError {
		GatewayError::Refused { status: codes::http_status(code), error: ApiError::new(code, "m", "w") }.into()
	}

	#[test]
	fn each_error_has_its_exit_code() {
		let unreachable = ChainError::Unreachable { url: "ws://x".into(), reason: "r".into() };
		assert_eq!(CliError::from(unreachable).exit_code(), UNREACHABLE);
		assert_eq!(refused(codes::NOT_ENTITLED).exit_code(), EMPTY);
		assert_eq!(refused(codes::BLOB_ALTERED).exit_code(), FINDING);
		assert_eq!(refused(codes::NODE_UNREACHABLE).exit_code(), UNREACHABLE);
		assert_eq!(refused(codes::BAD_BUNDLE).exit_code(), FAILED);
		assert_eq!(CliError::Usage("x".into()).exit_code(), USAGE);
		assert_eq!(CliError::Finding("x".into()).exit_code(), FINDING);
		let pallet = |name: &str| PalletError { pallet: "Consent".into(), name: name.into(), docs: String::new() };
		assert_eq!(CliError::from(ChainError::Refused(pallet("NotController"))).exit_code(), EMPTY);
		assert_eq!(CliError::from(ChainError::Refused(pallet("EndsBeforeBegin"))).exit_code(), FAILED);
	}
}

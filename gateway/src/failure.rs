//! How the gateway says no: a status, a code, a sentence, an advice. What happened inside goes to the log, not to the caller.

use crate::{index::IndexError, vault::VaultError};
use axum::{
	http::StatusCode,
	response::{IntoResponse, Response},
	Json,
};
use salus_client::{
	chain::ChainError,
	gateway::GatewayError,
	signature::SignatureError,
	wire::{codes, ApiError},
};
use salus_envelope::{KeyServiceError, RecordError, WrapError};
use salus_fhir::{FhirError, RejoinError};

/// An answer outside 2xx.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(transparent)]
pub struct Failure(pub ApiError);

impl Failure {
	/// A failure with this code.
	pub fn new(code: &str, message: impl Into<String>, what_to_do: impl Into<String>) -> Self {
		Self(ApiError::new(code, message, what_to_do))
	}

	/// The code of [`codes`].
	pub fn code(&self) -> &str {
		&self.0.error
	}

	/// 400.
	pub fn bad_request(message: impl Into<String>) -> Self {
		Self::new(codes::BAD_REQUEST, message, "Correct the request and send it again.")
	}

	/// 403.
	pub fn not_entitled(message: impl Into<String>, what_to_do: impl Into<String>) -> Self {
		Self::new(codes::NOT_ENTITLED, message, what_to_do)
	}

	/// 404, the same for what never existed and what is withheld.
	pub fn not_found() -> Self {
		Self::new(codes::NOT_FOUND, "there is no such thing here", "Check the handle and the number.")
	}

	/// 409.
	pub fn conflict(message: impl Into<String>, what_to_do: impl Into<String>) -> Self {
		Self::new(codes::CONFLICT, message, what_to_do)
	}

	/// 410.
	pub fn expired(message: impl Into<String>, what_to_do: impl Into<String>) -> Self {
		Self::new(codes::EXPIRED, message, what_to_do)
	}

	/// 503.
	pub fn head_in_future() -> Self {
		Self::new(
			codes::HEAD_TOO_OLD,
			"the newest finalized block lies in the future of this gateway's clock: the age of blocks cannot be told",
			"Have the hospital's operator set the clock of the gateway's machine by time synchronisation.",
		)
	}

	/// 503.
	pub fn head_too_old() -> Self {
		Self::new(
			codes::HEAD_TOO_OLD,
			"the newest finalized block that this gateway knows is too old to decide on",
			"Wait until the node has caught up, or ask the hospital's operator to look at it. In an emergency ask the emergency desk.",
		)
	}

	/// 503.
	pub fn node_unreachable() -> Self {
		Self::new(
			codes::NODE_UNREACHABLE,
			"the gateway's node does not answer",
			"Try again in a minute; if it persists, ask the hospital's operator to look at the node.",
		)
	}

	/// 429.
	pub fn too_many() -> Self {
		Self::new(codes::TOO_MANY, "too many requests at a time", "Wait a few seconds and send the request again.")
	}

	/// 429, for the day.
	pub fn too_many_searches() -> Self {
		Self::new(
			codes::TOO_MANY,
			"today's searches for patients are used up",
			"Ask the patient for the card or the handle, or search again tomorrow.",
		)
	}

	/// 500. The cause goes to the log under a number that the caller can quote.
	pub fn internal(cause: impl std::fmt::Display) -> Self {
		let incident = hex::encode(&salus_client::random_bytes()[..6]);
		tracing::error!(%incident, %cause, "internal error");
		Self::new(
			codes::INTERNAL,
			format!("an error inside the gateway, incident {incident}"),
			"Tell the incident's number to the hospital's operator.",
		)
	}
}

impl IntoResponse for Failure {
	fn into_response(self) -> Response {
		let status = StatusCode::from_u16(codes::http_status(&self.0.error));
		(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR), Json(self.0)).into_response()
	}
}

impl From<ChainError> for Failure {
	fn from(error: ChainError) -> Self {
		match error {
			ChainError::Refused(error) => Self::new(
				codes::CHAIN_REFUSED,
				format!("the chain refused: {error}"),
				"Correct what the error names and try again.",
			),
			ChainError::NotAccepted { reason, advice } if reason.to_lowercase().contains("exhaust") => {
				tracing::warn!(%reason, "the chain's quota is used up");
				Self::new(codes::TOO_MANY, "the institution's quota on the chain is used up", advice)
			}
			ChainError::NotAccepted { reason, advice } => {
				Self::new(codes::CHAIN_REFUSED, format!("the chain did not accept the act: {reason}"), advice)
			}
			ChainError::Key(cause) => Self::internal(cause),
			ChainError::NotInRuntime { .. } => {
				tracing::warn!(cause = %error, "the chain's runtime is of another version than this gateway");
				let advice = "Ask the hospital's operator: it comes with an upgrade of the runtime, which the council decides on.";
				Self::new(codes::CHAIN_REFUSED, "the chain does not offer this yet", advice)
			}
			ChainError::StaleRuntime { .. } | ChainError::OtherChain { .. } => {
				tracing::error!(cause = %error, "this gateway cannot work with its node");
				let advice = "Ask the hospital's operator: the gateway's log says which release or node it takes.";
				Self::new(codes::NODE_UNREACHABLE, "the gateway and its node do not fit each other", advice)
			}
			other => {
				tracing::warn!(cause = %other, "the chain is out of reach");
				Self::node_unreachable()
			}
		}
	}
}

impl From<VaultError> for Failure {
	fn from(error: VaultError) -> Self {
		let restore = "Tell the hospital's operator: the blob has to be restored from a backup.";
		match &error {
			VaultError::DiskFull => {
				tracing::error!("the vault's disk is full");
				let advice = "Nothing was written. Tell the hospital's operator to make room, then send it again.";
				Self::new(codes::DISK_FULL, "the vault's disk is full", advice)
			}
			VaultError::QuotaUsedUp(_) => {
				tracing::error!(cause = %error, "vault");
				Self::new(codes::DISK_FULL, error.to_string(), "Nothing was written. Ask that hospital's operator.")
			}
			VaultError::Missing(_) => {
				tracing::error!(cause = %error, "vault");
				Self::new(codes::BLOB_MISSING, error.to_string(), restore)
			}
			VaultError::Altered(_) => {
				tracing::error!(cause = %error, "vault");
				Self::new(codes::BLOB_ALTERED, error.to_string(), restore)
			}
			VaultError::OutOfRange { .. } | VaultError::Io(_) => Self::internal(error),
		}
	}
}

impl From<IndexError> for Failure {
	fn from(error: IndexError) -> Self {
		match error {
			IndexError::DiskFull => VaultError::DiskFull.into(),
			other => Self::internal(other),
		}
	}
}

impl From<FhirError> for Failure {
	fn from(error: FhirError) -> Self {
		match error {
			FhirError::TooLarge { .. } => Self::new(codes::TOO_LARGE, error.to_string(), "Split the bundle."),
			_ => {
				Self::new(codes::BAD_BUNDLE, error.to_string(), "Nothing was taken over. Correct it and send it again.")
			}
		}
	}
}

impl From<SignatureError> for Failure {
	fn from(error: SignatureError) -> Self {
		Self::new(codes::BAD_SIGNATURE, error.to_string(), "Sign the request with a key that the chain knows.")
	}
}

impl From<GatewayError> for Failure {
	fn from(error: GatewayError) -> Self {
		tracing::warn!(cause = %error, "the other gateway");
		match &error {
			// The caller can act on these; everything else is between the two gateways.
			GatewayError::Refused { error, .. }
				if [codes::EXPIRED, codes::TOO_MANY, codes::BLOB_ALTERED, codes::BLOB_MISSING]
					.contains(&error.error.as_str()) =>
			{
				Self(error.clone())
			}
			GatewayError::Refused { error, .. } => Self::new(
				codes::PEER_UNREACHABLE,
				format!("the other institution's gateway answered: {}", error.message),
				error.what_to_do.clone(),
			),
			_ => Self::peer_unreachable(),
		}
	}
}

impl Failure {
	/// 502.
	pub fn peer_unreachable() -> Self {
		Self::new(
			codes::PEER_UNREACHABLE,
			"the other institution's gateway does not answer",
			"Try again later. In an emergency ask your emergency desk.",
		)
	}

	/// 502: no address.
	pub fn peer_unknown() -> Self {
		Self::new(
			codes::PEER_UNREACHABLE,
			"this gateway does not know the address of that institution's gateway",
			"Ask the hospital's operator to add it to `peers` in the configuration.",
		)
	}
}

macro_rules! internal {
	($($error:ty),+) => {
		$(impl From<$error> for Failure {
			fn from(error: $error) -> Self {
				Self::internal(error)
			}
		})+
	};
}

// None of these can be caused by a caller: blobs were compared with their names before, keys are the gateway's own.
internal!(RecordError, KeyServiceError, WrapError, RejoinError, serde_json::Error);

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn a_node_that_does_not_fit_is_told_apart_from_one_that_is_away() {
		let failure = |error: ChainError| Failure::from(error).0;
		let away = failure(ChainError::Unreachable { url: "ws://x".into(), reason: "r".into() });
		let stale = failure(ChainError::StaleRuntime { spec_version: 9, differing: "Consent.request_access".into() });
		let other = failure(ChainError::OtherChain { url: "ws://x".into(), found: "polkadot".into() });
		assert_eq!(stale, other);
		assert_eq!([&away.error, &stale.error], [codes::NODE_UNREACHABLE; 2]);
		assert!(stale.message.contains("do not fit") && away.message.contains("does not answer"));
		let lacking = failure(ChainError::NotInRuntime { spec_version: 3, what: "Consent.new_call".into() });
		assert_eq!(lacking.error, codes::CHAIN_REFUSED);
		assert!(lacking.what_to_do.contains("upgrade of the runtime"), "{lacking}");
	}
}

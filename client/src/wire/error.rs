//! How the gateway says no.

use serde::{Deserialize, Serialize};

/// The body of every answer outside 2xx.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message} ({error}). {what_to_do}")]
pub struct ApiError {
	/// A stable code, one of [`codes`].
	pub error: String,
	/// What happened, for a person. Never names a patient, a record's content or another institution's decision.
	pub message: String,
	/// What the caller can do about it.
	pub what_to_do: String,
}

impl ApiError {
	/// An error with its advice.
	pub fn new(error: &str, message: impl Into<String>, what_to_do: impl Into<String>) -> Self {
		Self { error: error.to_owned(), message: message.into(), what_to_do: what_to_do.into() }
	}
}

/// The codes in [`ApiError::error`], with the HTTP status that goes with each.
pub mod codes {
	/// 400: the request could not be read; the message names the field or the offset.
	pub const BAD_REQUEST: &str = "bad_request";
	/// 422: the FHIR bundle could not be taken; the message names the element's path.
	pub const BAD_BUNDLE: &str = "bad_bundle";
	/// 401: the signature is missing, wrong, expired, replayed, or by an unknown key.
	pub const BAD_SIGNATURE: &str = "bad_signature";
	/// 403: the key is known and may not do this.
	pub const NOT_ENTITLED: &str = "not_entitled";
	/// 404: there is no such thing here. The same answer whether it never existed or is withheld.
	pub const NOT_FOUND: &str = "not_found";
	/// 409: the request contradicts what is there already.
	pub const CONFLICT: &str = "conflict";
	/// 409: the policy document does not open the commitment that the chain holds.
	pub const COMMITMENT_MISMATCH: &str = "commitment_mismatch";
	/// 410: the permit, challenge or proof has expired or was used.
	pub const EXPIRED: &str = "expired";
	/// 413: the body is longer than the gateway takes.
	pub const TOO_LARGE: &str = "too_large";
	/// 422: the chain refused the transaction; the message carries the pallet's error by name.
	pub const CHAIN_REFUSED: &str = "chain_refused";
	/// 429: over the institution's or the caller's quota.
	pub const TOO_MANY: &str = "too_many";
	/// 500: an error inside the gateway; its log has the cause under the request id in the message.
	pub const INTERNAL: &str = "internal";
	/// 500: a blob of the vault is missing.
	pub const BLOB_MISSING: &str = "blob_missing";
	/// 500: a blob of the vault was altered.
	pub const BLOB_ALTERED: &str = "blob_altered";
	/// 502: the other institution's gateway does not answer.
	pub const PEER_UNREACHABLE: &str = "peer_unreachable";
	/// 503: the gateway's node does not answer.
	pub const NODE_UNREACHABLE: &str = "node_unreachable";
	/// 503: the finalized head is too old to decide on.
	pub const HEAD_TOO_OLD: &str = "head_too_old";
	/// 507: the vault's disk is full; nothing was written.
	pub const DISK_FULL: &str = "disk_full";

	/// The HTTP status that belongs to a code; 500 for a code that this version does not know.
	pub fn http_status(code: &str) -> u16 {
		match code {
			BAD_REQUEST => 400,
			BAD_SIGNATURE => 401,
			NOT_ENTITLED => 403,
			NOT_FOUND => 404,
			CONFLICT | COMMITMENT_MISMATCH => 409,
			EXPIRED => 410,
			TOO_LARGE => 413,
			BAD_BUNDLE | CHAIN_REFUSED => 422,
			TOO_MANY => 429,
			PEER_UNREACHABLE => 502,
			NODE_UNREACHABLE | HEAD_TOO_OLD => 503,
			DISK_FULL => 507,
			_ => 500,
		}
	}
}

//! HTTP message signatures as the gateway's API uses them: RFC 9421 with a fixed profile, RFC 9530 content digests.
//!
//! Every request covers exactly `"@method" "@path" "@query" "content-digest"` (an absent query is `?`, an absent body is hashed as
//! empty) and carries exactly the parameters `created`, `expires`, `nonce`, `keyid`, `alg`, `tag`. The tag names the institution whose
//! gateway is meant (`salus:7`), so that a request cannot be passed on to another gateway. Anything else is refused: a profile without
//! choices has no downgrade.
//!
//! | Key id | Who | Algorithm |
//! |---|---|---|
//! | `0x` practitioner id | staff, by the key in the staff registry | `ed25519` |
//! | handle `:` account | a patient, by the controller's account | `sr25519` |
//! | `gateway:` account | another institution's gateway | `sr25519` |

mod digest;
mod key_id;
mod nonce;
mod sign;
mod verify;

pub use digest::{content_digest, verify_content_digest};
pub use key_id::{Algorithm, KeyId};
pub use nonce::SeenNonces;
pub use sign::{sign_request, HttpSigner, SignatureHeaders};
pub use verify::{RequestParts, UnverifiedRequest, VerifiedRequest};

use salus_primitives::InstitutionId;

/// Header with the signature's components and parameters.
pub const SIGNATURE_INPUT: &str = "signature-input";
/// Header with the signature.
pub const SIGNATURE: &str = "signature";
/// Header with the body's digest.
pub const CONTENT_DIGEST: &str = "content-digest";
/// The label of the one signature in the dictionaries.
pub const LABEL: &str = "sig1";

/// How long a signature is valid unless said otherwise, seconds.
pub const DEFAULT_VALIDITY: u64 = 60;
/// The longest validity that is accepted, seconds.
pub const MAX_VALIDITY: u64 = 300;
/// How far the caller's clock may run ahead, seconds.
pub const MAX_CLOCK_SKEW: u64 = 30;

/// The components, in order.
const COMPONENTS: [&str; 4] = ["@method", "@path", "@query", "content-digest"];

/// The `tag` parameter for requests to this institution's gateway.
pub fn audience(institution: InstitutionId) -> String {
	format!("salus:{institution}")
}

/// Why a request's signature does not count. The texts are for the caller; none says which keys exist.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
	/// A header is missing.
	#[error("the request has no {0} header: sign it (RFC 9421) with a registered key")]
	Missing(&'static str),
	/// A header is not a structured field as RFC 9421 and RFC 9530 define it.
	#[error("the {0} header cannot be read: {1}")]
	Malformed(&'static str, String),
	/// Another profile than this API's.
	#[error("the signature does not follow the profile of this API: {0}")]
	Profile(&'static str),
	/// The body is not the one that was signed.
	#[error("the body does not match its content-digest: it was altered on the way")]
	Digest,
	/// The signature is not by this key over this request.
	#[error("the signature does not match: wrong key, or method, path or query were altered on the way")]
	Mismatch,
	/// The request is meant for another institution.
	#[error("the request was signed for another institution's gateway")]
	Audience,
	/// Too late.
	#[error("the signature has expired: send the request again; if it persists, set this machine's clock")]
	Expired,
	/// Too early.
	#[error("the signature was created in the future: set this machine's clock")]
	NotYet,
	/// A second use.
	#[error("the request was seen before: a signature is good for one use, sign again")]
	Replayed,
}

/// The signature base of RFC 9421 section 2.5 for this profile. `parameters` is the serialised inner list.
fn signature_base(method: &str, path: &str, query: Option<&str>, content_digest: &str, parameters: &str) -> String {
	let query = query.unwrap_or_default();
	format!(
		"\"@method\": {method}\n\"@path\": {path}\n\"@query\": ?{query}\n\"content-digest\": {content_digest}\n\"@signature-params\": {parameters}"
	)
}

#[cfg(test)]
mod tests;

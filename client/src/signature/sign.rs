//! Signing a request.

use super::{audience, content_digest, signature_base, KeyId, COMPONENTS, DEFAULT_VALIDITY, LABEL};
use crate::wire::Account;
use ed25519_dalek::Signer;
use salus_primitives::{InstitutionId, PatientHandle, PractitionerId};
use sfv::{DictSerializer, InnerListSerializer, KeyRef, StringRef};
use std::fmt;

/// A key that signs requests.
pub enum HttpSigner {
	/// Staff.
	Practitioner(PractitionerId, ed25519_dalek::SigningKey),
	/// A patient.
	Controller(PatientHandle, subxt_signer::sr25519::Keypair),
	/// A gateway.
	Gateway(subxt_signer::sr25519::Keypair),
	/// A patient's personal guardian.
	Guardian(subxt_signer::sr25519::Keypair),
}

impl fmt::Debug for HttpSigner {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "HttpSigner({})", self.key_id())
	}
}

impl HttpSigner {
	/// The key id that requests carry.
	pub fn key_id(&self) -> KeyId {
		match self {
			Self::Practitioner(id, _) => KeyId::Practitioner(*id),
			Self::Controller(handle, pair) => KeyId::Controller(*handle, Account(pair.public_key().0)),
			Self::Gateway(pair) => KeyId::Gateway(Account(pair.public_key().0)),
			Self::Guardian(pair) => KeyId::Guardian(Account(pair.public_key().0)),
		}
	}

	fn sign(&self, message: &[u8]) -> [u8; 64] {
		match self {
			Self::Practitioner(_, key) => key.sign(message).to_bytes(),
			Self::Controller(_, pair) | Self::Gateway(pair) | Self::Guardian(pair) => pair.sign(message).0,
		}
	}
}

/// The three headers of a signed request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignatureHeaders {
	/// Value of [`super::CONTENT_DIGEST`].
	pub content_digest: String,
	/// Value of [`super::SIGNATURE_INPUT`].
	pub signature_input: String,
	/// Value of [`super::SIGNATURE`].
	pub signature: String,
}

/// Signs a request to the gateway of `to`. `query` is without its question mark; `now` in seconds since the Unix epoch.
pub fn sign_request(
	signer: &HttpSigner,
	to: InstitutionId,
	method: &str,
	path: &str,
	query: Option<&str>,
	body: &[u8],
	now: u64,
) -> SignatureHeaders {
	let nonce = hex::encode(&crate::random_bytes()[..16]);
	let content_digest = content_digest(body);
	let key_id = signer.key_id().to_string();
	let text = |text: &str| StringRef::from_str(text).map(ToOwned::to_owned).unwrap_or_default();

	let write = |mut list: InnerListSerializer<'_>| {
		for component in COMPONENTS {
			list.bare_item(StringRef::constant(component));
		}
		list.finish()
			.parameter(KeyRef::constant("created"), seconds(now))
			.parameter(KeyRef::constant("expires"), seconds(now.saturating_add(DEFAULT_VALIDITY)))
			.parameter(KeyRef::constant("nonce"), &text(&nonce))
			.parameter(KeyRef::constant("keyid"), &text(&key_id))
			.parameter(KeyRef::constant("alg"), StringRef::constant(signer.key_id().algorithm().name()))
			.parameter(KeyRef::constant("tag"), &text(&audience(to)));
	};
	let mut input = DictSerializer::new();
	write(input.inner_list(KeyRef::constant(LABEL)));
	let signature_input = input.finish().unwrap_or_default();
	let parameters = &signature_input[LABEL.len() + 1..];

	let signature = signer.sign(signature_base(method, path, query, &content_digest, parameters).as_bytes());
	let mut dictionary = DictSerializer::new();
	dictionary.bare_item(KeyRef::constant(LABEL), signature.as_slice());
	SignatureHeaders { content_digest, signature_input, signature: dictionary.finish().unwrap_or_default() }
}

/// Seconds as a structured field integer, which holds 15 digits: enough for 30 million years.
fn seconds(value: u64) -> sfv::Integer {
	u32::try_from(value).map_or(sfv::Integer::MAX, sfv::Integer::from)
}

//! Checking a request's signature.

use super::{
	audience, signature_base, verify_content_digest, Algorithm, KeyId, SignatureError, COMPONENTS, CONTENT_DIGEST,
	LABEL, MAX_CLOCK_SKEW, MAX_VALIDITY, SIGNATURE, SIGNATURE_INPUT,
};
use salus_primitives::InstitutionId;
use sfv::{BareItem, Dictionary, InnerList, ListEntry, ListSerializer, Parser};

/// The parts of a request that its signature stands over. Header values as received; `query` without its question mark.
#[derive(Clone, Copy, Debug)]
pub struct RequestParts<'a> {
	/// Upper case.
	pub method: &'a str,
	/// As sent, percent-encoding untouched.
	pub path: &'a str,
	/// As sent.
	pub query: Option<&'a str>,
	/// [`CONTENT_DIGEST`].
	pub content_digest: Option<&'a str>,
	/// [`SIGNATURE_INPUT`].
	pub signature_input: Option<&'a str>,
	/// [`SIGNATURE`].
	pub signature: Option<&'a str>,
	/// The whole body.
	pub body: &'a [u8],
}

/// A request whose signature was read but not checked: tells which key to look up.
#[derive(Clone, Debug)]
pub struct UnverifiedRequest {
	key_id: KeyId,
	created: u64,
	expires: u64,
	nonce: String,
	tag: String,
	content_digest: String,
	base: String,
	signature: [u8; 64],
}

/// A request that was signed by this key, for this gateway, now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedRequest {
	/// Who signed.
	pub key_id: KeyId,
	/// When, seconds since the Unix epoch.
	pub created: u64,
	/// Until when it is valid, seconds since the Unix epoch.
	pub expires: u64,
	/// Its nonce: hand the request to [`super::SeenNonces::accept`].
	pub nonce: String,
}

impl UnverifiedRequest {
	/// Reads the headers, checks the profile and the body's digest.
	///
	/// # Errors
	/// [`SignatureError::Missing`], [`SignatureError::Malformed`], [`SignatureError::Profile`], [`SignatureError::Digest`].
	pub fn read(parts: &RequestParts<'_>) -> Result<Self, SignatureError> {
		let request = Self::read_headers(parts)?;
		request.check_body(parts.body)?;
		Ok(request)
	}

	/// As [`Self::read`] without a look at the body: the signature stands over its digest, so that a receiver can verify it before it takes a
	/// body from anybody. [`Self::check_body`] has to follow.
	///
	/// # Errors
	/// [`SignatureError::Missing`], [`SignatureError::Malformed`], [`SignatureError::Profile`].
	pub fn read_headers(parts: &RequestParts<'_>) -> Result<Self, SignatureError> {
		let content_digest = parts.content_digest.ok_or(SignatureError::Missing(CONTENT_DIGEST))?;
		let input = parts.signature_input.ok_or(SignatureError::Missing(SIGNATURE_INPUT))?;
		let signature = parts.signature.ok_or(SignatureError::Missing(SIGNATURE))?;
		let ListEntry::InnerList(list) = only_member(SIGNATURE_INPUT, input)? else {
			return Err(SignatureError::Profile("the signature input is not a list of components"));
		};
		let signature = match only_member(SIGNATURE, signature)? {
			ListEntry::Item(item) if item.params.is_empty() => item.bare_item,
			_ => return Err(SignatureError::Profile("the signature is not one byte sequence")),
		};
		let BareItem::ByteSequence(signature) = signature else {
			return Err(SignatureError::Profile("the signature is not a byte sequence"));
		};
		let signature =
			signature.try_into().map_err(|_| SignatureError::Profile("the signature is not 64 bytes long"))?;

		check_components(&list)?;
		let parameters = Parameters::read(&list)?;
		// Built from the parsed list, so that what is verified is what was understood.
		let mut serialised = ListSerializer::new();
		serialised.members([&ListEntry::InnerList(list)]);
		let serialised = serialised.finish().unwrap_or_default();
		let base = signature_base(parts.method, parts.path, parts.query, content_digest.trim(), &serialised);
		let Parameters { key_id, created, expires, nonce, tag } = parameters;
		let content_digest = content_digest.to_owned();
		Ok(Self { key_id, created, expires, nonce, tag, content_digest, base, signature })
	}

	/// Compares the body with the digest that was signed.
	///
	/// # Errors
	/// [`SignatureError::Digest`], [`SignatureError::Malformed`].
	pub fn check_body(&self, body: &[u8]) -> Result<(), SignatureError> {
		verify_content_digest(&self.content_digest, body)
	}

	/// Whose public key [`Self::verify`] needs. For accounts it is the account itself; a practitioner's comes from the staff registry.
	pub fn key_id(&self) -> &KeyId {
		&self.key_id
	}

	/// Checks the signature by `public_key`, that it was made for `own`, and the time window around `now` (seconds since the Unix epoch).
	///
	/// # Errors
	/// [`SignatureError::Mismatch`], [`SignatureError::Audience`], [`SignatureError::Expired`], [`SignatureError::NotYet`].
	pub fn verify(
		&self,
		public_key: &[u8; 32],
		own: InstitutionId,
		now: u64,
	) -> Result<VerifiedRequest, SignatureError> {
		let good = match self.key_id.algorithm() {
			Algorithm::Ed25519 => verify_ed25519(public_key, self.base.as_bytes(), &self.signature),
			Algorithm::Sr25519 => subxt_signer::sr25519::verify(
				&subxt_signer::sr25519::Signature(self.signature),
				&self.base,
				&subxt_signer::sr25519::PublicKey(*public_key),
			),
		};
		if !good {
			return Err(SignatureError::Mismatch);
		}
		if self.tag != audience(own) {
			return Err(SignatureError::Audience);
		}
		if self.created > now.saturating_add(MAX_CLOCK_SKEW) {
			return Err(SignatureError::NotYet);
		}
		if now > self.expires || self.expires.saturating_sub(self.created) > MAX_VALIDITY {
			return Err(SignatureError::Expired);
		}
		let (key_id, created, expires, nonce) = (self.key_id, self.created, self.expires, self.nonce.clone());
		Ok(VerifiedRequest { key_id, created, expires, nonce })
	}

	/// As [`Self::verify`] for keys that are accounts: the key id carries the public key.
	///
	/// # Errors
	/// As [`Self::verify`]; [`SignatureError::Profile`] for a practitioner's key id.
	pub fn verify_account(&self, own: InstitutionId, now: u64) -> Result<VerifiedRequest, SignatureError> {
		match self.key_id {
			KeyId::Controller(_, account) | KeyId::Gateway(account) | KeyId::Guardian(account) => {
				self.verify(&account.0, own, now)
			}
			KeyId::Practitioner(_) => Err(SignatureError::Profile("a practitioner's key is in the staff registry")),
		}
	}
}

/// Strict Ed25519: no small-order keys, canonical encodings only.
fn verify_ed25519(public_key: &[u8; 32], message: &[u8], signature: &[u8; 64]) -> bool {
	ed25519_dalek::VerifyingKey::from_bytes(public_key)
		.is_ok_and(|key| key.verify_strict(message, &ed25519_dalek::Signature::from_bytes(signature)).is_ok())
}

/// The one member of a dictionary, which must be labelled [`LABEL`].
fn only_member(header: &'static str, value: &str) -> Result<ListEntry, SignatureError> {
	let mut dictionary: Dictionary =
		Parser::new(value).parse().map_err(|error| SignatureError::Malformed(header, error.to_string()))?;
	match (dictionary.len(), dictionary.pop()) {
		(1, Some((label, member))) if label.as_str() == LABEL => Ok(member),
		_ => Err(SignatureError::Profile("expected one signature labelled sig1")),
	}
}

fn check_components(list: &InnerList) -> Result<(), SignatureError> {
	let names = list.items.iter().map(|item| match &item.bare_item {
		BareItem::String(name) if item.params.is_empty() => Some(name.as_str()),
		_ => None,
	});
	names
		.eq(COMPONENTS.map(Some))
		.then_some(())
		.ok_or(SignatureError::Profile("expected (\"@method\" \"@path\" \"@query\" \"content-digest\")"))
}

/// The parameters of a signature.
struct Parameters {
	key_id: KeyId,
	created: u64,
	expires: u64,
	nonce: String,
	tag: String,
}

impl Parameters {
	fn read(list: &InnerList) -> Result<Self, SignatureError> {
		let text = |name: &str, missing| match list.params.get(name) {
			Some(BareItem::String(text)) => Ok(text.as_str()),
			_ => Err(SignatureError::Profile(missing)),
		};
		let time = |name: &str, missing| match list.params.get(name) {
			Some(BareItem::Integer(value)) => {
				u64::try_from(i64::from(*value)).map_err(|_| SignatureError::Profile(missing))
			}
			_ => Err(SignatureError::Profile(missing)),
		};
		if list.params.len() != 6 {
			return Err(SignatureError::Profile("expected created, expires, nonce, keyid, alg and tag"));
		}
		let key_id: KeyId = text("keyid", "keyid is missing")?
			.parse()
			.map_err(|_| SignatureError::Profile("keyid is neither a practitioner, a controller nor a gateway"))?;
		if text("alg", "alg is missing")? != key_id.algorithm().name() {
			return Err(SignatureError::Profile("alg does not go with this kind of key"));
		}
		let nonce = text("nonce", "nonce is missing")?;
		if !(16..=64).contains(&nonce.len()) {
			return Err(SignatureError::Profile("nonce is not 16 to 64 characters long"));
		}
		Ok(Self {
			key_id,
			created: time("created", "created is missing")?,
			expires: time("expires", "expires is missing")?,
			nonce: nonce.to_owned(),
			tag: text("tag", "tag is missing")?.to_owned(),
		})
	}
}

//! The kinds of identities and what each can do.

use super::KeystoreError;
use crate::{
	patient::handle_key,
	signature::HttpSigner,
	wire::{Account, Bytes32},
};
use salus_envelope::XWingSecret;
use salus_primitives::{PatientHandle, PractitionerId};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use subxt_signer::{sr25519::Keypair, SecretUri};
use zeroize::Zeroizing;

/// What an identity is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum IdentityKind {
	/// Staff of an institution.
	Practitioner,
	/// A patient with own keys.
	Patient,
	/// An account of the chain: operator or gateway.
	Account,
}

impl fmt::Display for IdentityKind {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.pad(match self {
			Self::Practitioner => "practitioner",
			Self::Patient => "patient",
			Self::Account => "account",
		})
	}
}

/// What may be known of an identity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum IdentityPublic {
	/// Staff.
	Practitioner {
		/// Id in the staff registry.
		id: PractitionerId,
		/// Ed25519 key.
		signing_key: Bytes32,
		/// `blake2_256` of the X-Wing key.
		encryption_key_hash: Bytes32,
	},
	/// A patient: nothing about the root is public.
	Patient {},
	/// An account.
	Account {
		/// The account.
		account: Account,
	},
}

impl IdentityPublic {
	/// Its kind.
	pub fn kind(&self) -> IdentityKind {
		match self {
			Self::Practitioner { .. } => IdentityKind::Practitioner,
			Self::Patient {} => IdentityKind::Patient,
			Self::Account { .. } => IdentityKind::Account,
		}
	}

	/// The public text of a keyfile: values separated by blanks.
	pub(super) fn write(&self) -> String {
		match self {
			Self::Practitioner { id, signing_key, encryption_key_hash } => {
				format!("{id} {signing_key} {encryption_key_hash}")
			}
			Self::Patient {} => String::new(),
			Self::Account { account } => account.to_string(),
		}
	}

	pub(super) fn read(kind: &str, text: &str) -> Option<Self> {
		let words: Vec<&str> = text.split_whitespace().collect();
		match (kind, words.as_slice()) {
			("practitioner", [id, signing_key, encryption_key_hash]) => Some(Self::Practitioner {
				id: id.parse().ok()?,
				signing_key: signing_key.parse().ok()?,
				encryption_key_hash: encryption_key_hash.parse().ok()?,
			}),
			("patient", []) => Some(Self::Patient {}),
			("account", [account]) => Some(Self::Account { account: account.parse().ok()? }),
			_ => None,
		}
	}
}

/// Keys of a member of staff.
#[derive(Clone, Debug)]
pub struct PractitionerKey {
	/// Id in the staff registry: random.
	pub id: PractitionerId,
	signing: ed25519_dalek::SigningKey,
	xwing: XWingSecret,
}

/// A patient's root, from which the key of each handle derives.
#[derive(Clone)]
pub struct PatientRoot {
	phrase: Zeroizing<String>,
	root: Keypair,
}

/// An account's key.
#[derive(Clone)]
pub struct AccountKey {
	uri: Zeroizing<String>,
	pair: Keypair,
}

/// An identity with its secret.
#[derive(Clone, Debug)]
pub enum Identity {
	/// Staff.
	Practitioner(PractitionerKey),
	/// A patient.
	Patient(PatientRoot),
	/// An account.
	Account(AccountKey),
}

impl PractitionerKey {
	/// Fresh keys under a fresh id.
	pub fn generate() -> Self {
		Self::from_seeds(PractitionerId(crate::random_bytes()), &crate::random_bytes(), crate::random_bytes())
	}

	fn from_seeds(id: PractitionerId, signing: &[u8; 32], xwing: [u8; 32]) -> Self {
		Self { id, signing: ed25519_dalek::SigningKey::from_bytes(signing), xwing: XWingSecret::from_seed(xwing) }
	}

	/// The Ed25519 key that signs requests.
	pub fn signing_key(&self) -> &ed25519_dalek::SigningKey {
		&self.signing
	}

	/// The X-Wing key that role keys are re-wrapped to.
	pub fn encryption_key(&self) -> &XWingSecret {
		&self.xwing
	}

	/// Signs requests to gateways.
	pub fn http_signer(&self) -> HttpSigner {
		HttpSigner::Practitioner(self.id, self.signing.clone())
	}
}

impl PatientRoot {
	/// A fresh phrase of 24 words.
	///
	/// # Errors
	/// [`KeystoreError::BadImport`] only when the word list cannot be used, which does not happen.
	pub fn generate() -> Result<Self, KeystoreError> {
		let entropy = Zeroizing::new(crate::random_bytes());
		let phrase = bip39::Mnemonic::from_entropy(&*entropy)
			.map_err(|error| KeystoreError::BadImport(error.to_string()))?
			.to_string();
		Self::from_phrase(&phrase)
	}

	/// The root of a BIP-39 phrase of 12 to 24 words.
	///
	/// # Errors
	/// [`KeystoreError::BadImport`] naming what is wrong with the words.
	pub fn from_phrase(phrase: &str) -> Result<Self, KeystoreError> {
		let words = Zeroizing::new(phrase.split_whitespace().collect::<Vec<_>>().join(" "));
		bip39::Mnemonic::parse(words.as_str()).map_err(|error| KeystoreError::BadImport(error.to_string()))?;
		Ok(Self { root: pair_of(&words)?, phrase: words })
	}

	/// The phrase, to be written down once.
	pub fn phrase(&self) -> &str {
		&self.phrase
	}

	/// The key of one handle.
	pub fn handle_key(&self, index: u32) -> Keypair {
		handle_key(&self.root, index)
	}

	/// Signs requests to gateways for one handle.
	pub fn http_signer(&self, handle: PatientHandle, index: u32) -> HttpSigner {
		HttpSigner::Controller(handle, self.handle_key(index))
	}
}

impl fmt::Debug for PatientRoot {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		f.write_str("PatientRoot(hidden)")
	}
}

impl AccountKey {
	/// A fresh account from a phrase of 24 words.
	///
	/// # Errors
	/// As [`PatientRoot::generate`].
	pub fn generate() -> Result<Self, KeystoreError> {
		Self::from_uri(PatientRoot::generate()?.phrase())
	}

	/// The account of a secret URI: a phrase or `0x` seed, with derivations (`//stash`).
	///
	/// # Errors
	/// [`KeystoreError::BadImport`].
	pub fn from_uri(uri: &str) -> Result<Self, KeystoreError> {
		let uri = Zeroizing::new(uri.trim().to_owned());
		Ok(Self { pair: pair_of(&uri)?, uri })
	}

	/// The secret URI, to be written down once.
	pub fn uri(&self) -> &str {
		&self.uri
	}

	/// The key.
	pub fn pair(&self) -> &Keypair {
		&self.pair
	}

	/// The account.
	pub fn account(&self) -> Account {
		Account(self.pair.public_key().0)
	}

	/// Signs requests between gateways.
	pub fn http_signer(&self) -> HttpSigner {
		HttpSigner::Gateway(self.pair.clone())
	}
}

impl fmt::Debug for AccountKey {
	fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
		write!(f, "AccountKey({})", self.account())
	}
}

impl Identity {
	/// A fresh identity of a kind.
	///
	/// # Errors
	/// As [`PatientRoot::generate`].
	pub fn generate(kind: IdentityKind) -> Result<Self, KeystoreError> {
		Ok(match kind {
			IdentityKind::Practitioner => Self::Practitioner(PractitionerKey::generate()),
			IdentityKind::Patient => Self::Patient(PatientRoot::generate()?),
			IdentityKind::Account => Self::Account(AccountKey::generate()?),
		})
	}

	/// The public part.
	pub fn public(&self) -> IdentityPublic {
		match self {
			Self::Practitioner(key) => IdentityPublic::Practitioner {
				id: key.id,
				signing_key: key.signing.verifying_key().to_bytes().into(),
				encryption_key_hash: key.xwing.public().hash().into(),
			},
			Self::Patient(_) => IdentityPublic::Patient {},
			Self::Account(key) => IdentityPublic::Account { account: key.account() },
		}
	}

	pub(super) fn secret_bytes(&self) -> Zeroizing<Vec<u8>> {
		Zeroizing::new(match self {
			Self::Practitioner(key) => [&key.signing.to_bytes()[..], key.xwing.expose()].concat(),
			Self::Patient(root) => root.phrase.as_bytes().to_vec(),
			Self::Account(key) => key.uri.as_bytes().to_vec(),
		})
	}

	/// The identity of a keyfile, when its secret is the one of its public part.
	pub(super) fn from_secret(public: &IdentityPublic, secret: &[u8]) -> Option<Self> {
		let text = || std::str::from_utf8(secret).ok();
		let identity = match public {
			IdentityPublic::Practitioner { id, .. } => {
				let (signing, xwing) = secret.split_at_checked(32)?;
				Self::Practitioner(PractitionerKey::from_seeds(*id, signing.try_into().ok()?, xwing.try_into().ok()?))
			}
			IdentityPublic::Patient {} => Self::Patient(PatientRoot::from_phrase(text()?).ok()?),
			IdentityPublic::Account { .. } => Self::Account(AccountKey::from_uri(text()?).ok()?),
		};
		(identity.public() == *public).then_some(identity)
	}

	/// As staff.
	///
	/// # Errors
	/// [`KeystoreError::WrongKind`].
	pub fn practitioner(&self, name: &str) -> Result<&PractitionerKey, KeystoreError> {
		match self {
			Self::Practitioner(key) => Ok(key),
			other => Err(other.wrong_kind(name, IdentityKind::Practitioner)),
		}
	}

	/// As patient.
	///
	/// # Errors
	/// [`KeystoreError::WrongKind`].
	pub fn patient(&self, name: &str) -> Result<&PatientRoot, KeystoreError> {
		match self {
			Self::Patient(root) => Ok(root),
			other => Err(other.wrong_kind(name, IdentityKind::Patient)),
		}
	}

	/// As account.
	///
	/// # Errors
	/// [`KeystoreError::WrongKind`].
	pub fn account(&self, name: &str) -> Result<&AccountKey, KeystoreError> {
		match self {
			Self::Account(key) => Ok(key),
			other => Err(other.wrong_kind(name, IdentityKind::Account)),
		}
	}

	fn wrong_kind(&self, name: &str, expected: IdentityKind) -> KeystoreError {
		KeystoreError::WrongKind { name: name.to_owned(), expected, found: self.public().kind() }
	}
}

fn pair_of(uri: &str) -> Result<Keypair, KeystoreError> {
	// The errors of these libraries do not repeat the secret.
	let uri = SecretUri::from_str(uri).map_err(|error| KeystoreError::BadImport(error.to_string()))?;
	Keypair::from_uri(&uri).map_err(|error| KeystoreError::BadImport(error.to_string()))
}

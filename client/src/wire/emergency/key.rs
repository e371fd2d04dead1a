//! Public encryption keys that the chain knows by their hash alone.

use crate::wire::Blob;
use salus_envelope::{WrapError, XWingPublic};
use salus_primitives::{InstitutionId, PractitionerId};
use serde::{Deserialize, Serialize};

/// Answer to `GET /v1/emergency/key`. Compare its hash with `kem_hash` of the institution's guardian key on chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatewayKey {
	/// The institution.
	pub institution: InstitutionId,
	/// Its gateway's X-Wing key (1216 bytes).
	pub xwing_key: Blob,
}

/// Body of and answer to `POST /v1/emergency/receivers`, answer to `GET /v1/emergency/receivers/{practitioner}`: the key to which a session can
/// be handed over. Compare its hash with the one in the staff registry.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReceiverKey {
	/// The practitioner.
	pub practitioner: PractitionerId,
	/// The registered X-Wing key (1216 bytes).
	pub xwing_key: Blob,
}

impl ReceiverKey {
	/// The key, when its hash is the registered one.
	///
	/// # Errors
	/// [`WrapError::InvalidPublicKey`], also when it is another key.
	pub fn checked(&self, registered_hash: &[u8; 32]) -> Result<XWingPublic, WrapError> {
		checked(&self.xwing_key, registered_hash)
	}
}

impl GatewayKey {
	/// The key, when its hash is the one on chain.
	///
	/// # Errors
	/// [`WrapError::InvalidPublicKey`], also when it is another key.
	pub fn checked(&self, kem_hash: &[u8; 32]) -> Result<XWingPublic, WrapError> {
		checked(&self.xwing_key, kem_hash)
	}
}

fn checked(key: &Blob, hash: &[u8; 32]) -> Result<XWingPublic, WrapError> {
	let key = XWingPublic::from_bytes(&key.0)?;
	match key.hash() == *hash {
		true => Ok(key),
		false => Err(WrapError::InvalidPublicKey),
	}
}

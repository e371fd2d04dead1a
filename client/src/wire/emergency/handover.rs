//! One practitioner gives a running session to a colleague of the same institution.

use super::verifies;
use crate::wire::{Blob, Bytes64};
use codec::{Decode, Encode};
use salus_primitives::{EmergencyRequestId, Moment, PractitionerId};
use serde::{Deserialize, Serialize};

/// Domain tag of what is signed.
pub const HANDOVER_TAG: &str = "salus/handover/v1";

/// What the giving practitioner states. SCALE in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize)]
pub struct HandoverStatement {
	/// The session.
	pub id: EmergencyRequestId,
	/// Who gives.
	pub from: PractitionerId,
	/// Who receives.
	pub to: PractitionerId,
	/// When.
	pub at: Moment,
}

/// A [`HandoverStatement`] with its signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignedHandover {
	/// What is stated.
	pub statement: HandoverStatement,
	/// Ed25519 signature by the giving practitioner's registered key over [`HandoverStatement::message`].
	pub signature: Bytes64,
}

/// Body of `POST /v1/emergency/requests/{id}/handover` and answer to its `GET`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handover {
	/// Who gives what to whom.
	pub statement: SignedHandover,
	/// Key of [`Self::secrets`], wrapped to the receiver's registered X-Wing key.
	pub wrap: Blob,
	/// The one-time secrets of the session, sealed. The gateway that keeps them cannot read them.
	pub secrets: Blob,
}

/// Answer to a posted [`Handover`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandoverKept {
	/// The session.
	pub id: EmergencyRequestId,
	/// Who can take it over.
	pub to: PractitionerId,
}

impl HandoverStatement {
	/// The signed bytes: `SCALE("salus/handover/v1", genesis, statement)`.
	pub fn message(&self, genesis: &[u8; 32]) -> Vec<u8> {
		(HANDOVER_TAG, genesis, self).encode()
	}

	/// Signs with the practitioner's registered key.
	pub fn sign(self, genesis: &[u8; 32], key: &ed25519_dalek::SigningKey) -> SignedHandover {
		use ed25519_dalek::Signer;
		let signature = key.sign(&self.message(genesis)).to_bytes().into();
		SignedHandover { statement: self, signature }
	}
}

impl SignedHandover {
	/// Whether the signature is by this registered key (strict: no small-order keys, canonical encodings only).
	pub fn is_signed_by(&self, genesis: &[u8; 32], signing_key: &[u8; 32]) -> bool {
		verifies(signing_key, &self.statement.message(genesis), &self.signature)
	}
}

//! Asking and fetching with the client library: what `salus access` does, with the raw answer in hand.

use anyhow::{Context, Result};
use salus_client::{
	gateway::{Gateway, GatewayError},
	keystore::PractitionerKey,
	primitives::{InstitutionId, PatientHandle, PermitId},
	wire::{AccessAnswer, AccessRequest, FetchRequest, Release, ReleaseChallenge, RequestStatement, CHALLENGE_TAG},
};
use salus_envelope::OneTimeKeys;
use salus_policy::{Category, Purpose};

/// Who asks about whom.
#[derive(Debug)]
pub struct Asking<'a> {
	/// The own gateway.
	pub gateway: &'a Gateway,
	/// The practitioner's keys.
	pub key: &'a PractitionerKey,
	/// Hash of the genesis block.
	pub genesis: [u8; 32],
	/// About whom.
	pub handle: PatientHandle,
	/// Who keeps the records.
	pub custodian: InstitutionId,
}

impl Asking<'_> {
	/// Asks for treatment. The keys go with the permit.
	///
	/// # Errors
	/// When the gateway does not answer or refuses.
	pub async fn request(&self, categories: &[Category], reason: &str) -> Result<(AccessAnswer, OneTimeKeys)> {
		let keys = OneTimeKeys::generate().ok().context("there is no randomness")?;
		let public = keys.public();
		let statement = RequestStatement {
			practitioner: self.key.id,
			handle: self.handle,
			custodian: self.custodian,
			categories: categories.to_vec(),
			purpose: Purpose::Treatment,
			signing_key: public.signing.into(),
			xwing_key: public.xwing.as_bytes().to_vec().into(),
			reason: reason.to_owned(),
			at: salus_client::now(),
		};
		let request = AccessRequest {
			handle: self.handle,
			custodian: self.custodian,
			categories: categories.to_vec(),
			purpose: Purpose::Treatment,
			request: statement.sign(&self.genesis, self.key.signing_key()),
		};
		Ok((self.gateway.request_access(&request).await?, keys))
	}

	/// Fetches what a permit covers, as it comes over the wire.
	///
	/// # Errors
	/// What the gateway says.
	pub async fn fetch(&self, permit: PermitId, keys: &OneTimeKeys) -> Result<Release, GatewayError> {
		let challenge = self.gateway.challenge(permit).await?;
		let message = ReleaseChallenge::message(&self.genesis, self.custodian, permit, &challenge.nonce);
		let signature = keys.sign(CHALLENGE_TAG, &message).into();
		self.gateway.fetch(permit, &FetchRequest { nonce: challenge.nonce, signature }).await
	}
}

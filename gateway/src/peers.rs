//! The gateways of other institutions.

use crate::failure::Failure;
use salus_client::{
	chain::Keypair,
	gateway::{Gateway, GatewayError},
	signature::HttpSigner,
};
use salus_primitives::InstitutionId;
use std::collections::BTreeMap;

/// Clients that sign as this gateway.
#[derive(Debug)]
pub struct Peers(BTreeMap<InstitutionId, Gateway>);

impl Peers {
	/// Clients for these addresses.
	///
	/// # Errors
	/// [`GatewayError::BadUrl`].
	pub fn new(urls: BTreeMap<InstitutionId, String>, signer: Keypair) -> Result<Self, GatewayError> {
		urls.into_iter()
			.map(|(institution, url)| {
				let signer = HttpSigner::Gateway(signer.clone());
				Ok((institution, Gateway::new(&url, institution, Some(signer))?))
			})
			.collect::<Result<_, _>>()
			.map(Self)
	}

	/// The institutions whose addresses are known.
	pub fn institutions(&self) -> impl Iterator<Item = InstitutionId> + '_ {
		self.0.keys().copied()
	}

	/// The gateway of an institution.
	///
	/// # Errors
	/// 502 when its address is not configured.
	pub fn gateway(&self, institution: InstitutionId) -> Result<&Gateway, Failure> {
		self.0.get(&institution).ok_or_else(Failure::peer_unknown)
	}
}

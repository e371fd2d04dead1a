//! Which institution a gateway account is registered for. The runtime API has no query for it, so the registry's storage is read.

use codec::DecodeAll;
use salus_client::{chain::ChainError, wire::Account};
use salus_primitives::InstitutionId;
use std::sync::{Mutex, PoisonError};
use subxt::{dynamic::storage, OnlineClient, SubstrateConfig};

/// Reads `Consortium.Gateways` at the finalized head, over a connection of its own that is made when it is first needed.
pub(super) struct GatewayRegistry {
	url: String,
	client: Mutex<Option<OnlineClient<SubstrateConfig>>>,
}

impl GatewayRegistry {
	pub(super) fn new(url: &str) -> Self {
		Self { url: url.to_owned(), client: Mutex::new(None) }
	}

	pub(super) async fn institution_of(&self, account: &Account) -> Result<Option<InstitutionId>, ChainError> {
		// Nobody waits for somebody else's look. A poisoned lock holds a client, or none: both are whole.
		let known = self.client.lock().unwrap_or_else(PoisonError::into_inner).clone();
		// A connection that was lost shows at its use: try once more on a new one.
		if let Some(client) = known {
			if let Ok(found) = read(&client, account).await {
				return Ok(found);
			}
		}
		let client =
			OnlineClient::from_insecure_url(&self.url).await.map_err(|error| self.unreachable(&error.to_string()))?;
		let found = read(&client, account).await.map_err(|error| self.unreachable(&error))?;
		*self.client.lock().unwrap_or_else(PoisonError::into_inner) = Some(client);
		Ok(found)
	}

	fn unreachable(&self, reason: &str) -> ChainError {
		ChainError::Unreachable { url: self.url.clone(), reason: reason.to_owned() }
	}
}

async fn read(client: &OnlineClient<SubstrateConfig>, account: &Account) -> Result<Option<InstitutionId>, String> {
	let at_block = client.at_current_block().await.map_err(|error| error.to_string())?;
	let address = storage::<([u8; 32],), subxt::dynamic::Value>("Consortium", "Gateways");
	let value = at_block.storage().try_fetch(address, (account.0,)).await.map_err(|error| error.to_string())?;
	value.map(|value| InstitutionId::decode_all(&mut value.bytes()).map_err(|error| error.to_string())).transpose()
}

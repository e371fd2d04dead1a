//! JSON-RPC beyond what every node of the SDK answers: nonces, GRANDPA's justifications, and the `salus_*` methods.

mod audit;
mod error;
mod salus;

use crate::service::{Backend, Client, Pool};
use jsonrpsee::{core::RegisterMethodError, RpcModule};
use salus::{Salus, SalusApiServer};
use salus_runtime::{opaque::Block, BlockNumber, Hash};
use sc_consensus_grandpa::{FinalityProofProvider, GrandpaJustificationStream, SharedAuthoritySet, SharedVoterState};
use sc_consensus_grandpa_rpc::{Grandpa, GrandpaApiServer};
use sc_rpc::SubscriptionTaskExecutor;
use std::sync::Arc;
use substrate_frame_rpc_system::{System, SystemApiServer};

/// What the methods read from.
pub(crate) struct Deps {
	/// Blocks and state.
	pub client: Arc<Client>,
	/// The database.
	pub backend: Arc<Backend>,
	/// Transactions that wait; the next nonce counts them.
	pub pool: Arc<Pool>,
	/// GRANDPA's authorities.
	pub authorities: SharedAuthoritySet<Hash, BlockNumber>,
	/// GRANDPA's rounds.
	pub votes: SharedVoterState,
	/// Justifications as they are made.
	pub justifications: GrandpaJustificationStream<Block>,
}

/// All methods that this node adds.
pub(crate) fn module(deps: &Deps, executor: SubscriptionTaskExecutor) -> Result<RpcModule<()>, RegisterMethodError> {
	let mut module = RpcModule::new(());
	module.merge(System::new(deps.client.clone(), deps.pool.clone()).into_rpc())?;
	module.merge(
		Grandpa::new(
			executor,
			deps.authorities.clone(),
			deps.votes.clone(),
			deps.justifications.clone(),
			FinalityProofProvider::new_for_service(deps.backend.clone(), Some(deps.authorities.clone())),
		)
		.into_rpc(),
	)?;
	module.merge(Salus::new(deps.client.clone(), deps.backend.clone()).into_rpc())?;
	Ok(module)
}

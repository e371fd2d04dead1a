//! Nonces for an account that has many transactions on their way.

use super::{ChainError, Rpc};
use std::{collections::HashMap, future::Future, sync::Arc};
use subxt::utils::AccountId32;
use tokio::sync::{Mutex, OwnedMutexGuard};

/// Hands out the nonces of each account one after the other.
///
/// The guard is held while a transaction is signed and handed to the pool, so that the pool sees the nonces in order. When the pool
/// refuses one, or a transaction later leaves the pool, the count is forgotten and asked again: the node counts what waits in its pool
/// without gaps, so the next transaction closes the gap that the lost one left.
#[derive(Clone, Debug, Default)]
pub(super) struct Nonces {
	accounts: Arc<std::sync::Mutex<HashMap<[u8; 32], Slot>>>,
}

/// The next nonce of an account; `None` when it has to be asked for.
type Slot = Arc<Mutex<Option<u64>>>;

/// The right to use the next nonce of an account.
pub(super) struct NextNonce {
	slot: OwnedMutexGuard<Option<u64>>,
	nonce: u64,
}

impl Nonces {
	fn slot(&self, account: &AccountId32) -> Slot {
		// A poisoned lock holds a complete map: no code that can panic runs under it.
		let mut accounts = self.accounts.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
		accounts.entry(account.0).or_default().clone()
	}

	/// Waits for the account's turn. `ask` tells the next nonce including what waits in the pool.
	pub(super) async fn next(
		&self,
		account: &AccountId32,
		ask: impl Future<Output = Result<u64, ChainError>>,
	) -> Result<NextNonce, ChainError> {
		let slot = self.slot(account).lock_owned().await;
		let nonce = match *slot {
			Some(nonce) => nonce,
			None => ask.await?,
		};
		Ok(NextNonce { slot, nonce })
	}

	/// Forgets the account's count: a transaction was lost.
	pub(super) async fn forget(&self, account: &AccountId32) {
		*self.slot(account).lock().await = None;
	}
}

impl NextNonce {
	/// The nonce.
	pub(super) fn get(&self) -> u64 {
		self.nonce
	}

	/// The pool took the transaction.
	pub(super) fn used(mut self) {
		*self.slot = self.nonce.checked_add(1);
	}

	/// The pool did not take it.
	pub(super) fn refused(mut self) {
		*self.slot = None;
	}
}

/// The node's count for an account, with what waits in its pool.
pub(super) async fn ask_node(rpc: &Rpc, account: &AccountId32) -> Result<u64, ChainError> {
	rpc.system_account_next_index(account).await.map_err(|error| ChainError::Node(error.to_string()))
}

#[cfg(test)]
mod tests {
	use super::*;

	const ACCOUNT: AccountId32 = AccountId32([1; 32]);

	async fn next(nonces: &Nonces, node: u64) -> NextNonce {
		nonces.next(&ACCOUNT, async move { Ok(node) }).await.unwrap()
	}

	#[tokio::test]
	async fn nonces_count_up_without_asking_again() {
		let nonces = Nonces::default();
		for expected in 5..8 {
			let nonce = next(&nonces, 5).await;
			assert_eq!(nonce.get(), expected);
			nonce.used();
		}
	}

	#[tokio::test]
	async fn the_node_is_asked_again_after_a_refusal_and_after_a_loss() {
		let nonces = Nonces::default();
		next(&nonces, 5).await.used();
		next(&nonces, 5).await.refused();
		let nonce = next(&nonces, 9).await;
		assert_eq!(nonce.get(), 9);
		nonce.used();
		nonces.forget(&ACCOUNT).await;
		assert_eq!(next(&nonces, 3).await.get(), 3);
	}

	#[tokio::test]
	async fn many_at_once_get_one_nonce_each() {
		let nonces = Nonces::default();
		let taken = futures::future::join_all((0..50).map(|_| {
			let nonces = nonces.clone();
			async move {
				let nonce = next(&nonces, 0).await;
				tokio::task::yield_now().await;
				let value = nonce.get();
				nonce.used();
				value
			}
		}))
		.await;
		let distinct: std::collections::BTreeSet<u64> = taken.into_iter().collect();
		assert_eq!(distinct, (0..50).collect());
	}

	#[tokio::test]
	async fn a_nonce_that_was_dropped_is_handed_out_again() {
		let nonces = Nonces::default();
		drop(next(&nonces, 4).await);
		assert_eq!(next(&nonces, 4).await.get(), 4);
	}
}

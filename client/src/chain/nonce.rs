//! Nonces for an account that has many transactions on their way.

use super::{ChainError, Rpc};
use std::{
	collections::HashMap,
	future::Future,
	sync::{
		atomic::{AtomicBool, Ordering},
		Arc,
	},
};
use subxt::utils::AccountId32;
use tokio::sync::{Mutex, OwnedMutexGuard};

/// Hands out the nonces of each account one after the other.
///
/// The guard is held while a transaction is signed and handed to the pool, so that the pool sees the nonces in order. When the pool
/// refuses one, or it is not known that a transaction got into a block, the count is forgotten and asked again: the node counts what waits
/// in its pool without gaps, so the next transaction closes the gap that a lost one left. Otherwise that one and all after it would wait
/// for ever. Behind a gap others may wait already, so the count is asked for until it is past all that were handed out: whoever counted
/// on from the gap would replace those.
#[derive(Clone, Debug, Default)]
pub(super) struct Nonces {
	accounts: Arc<std::sync::Mutex<HashMap<[u8; 32], Slot>>>,
}

/// What is known of an account.
#[derive(Clone, Debug, Default)]
struct Slot {
	count: Arc<Mutex<Count>>,
	/// Whether it has to be asked for whatever is known. Set without waiting for a turn.
	forgotten: Arc<AtomicBool>,
}

/// How far an account has come.
#[derive(Clone, Copy, Debug, Default)]
struct Count {
	/// One past the last that the pool took; `None` when nobody knows what became of one.
	next: Option<u64>,
	/// One past the highest that the pool ever took.
	end: u64,
}

impl Count {
	/// The next nonce, when nothing of this account can wait in the pool from there on.
	fn known(self) -> Option<u64> {
		self.next.filter(|next| *next >= self.end)
	}

	/// The next nonce by the node's answer, which may be of a moment before the pool took the last one.
	fn asked(self, node: u64) -> u64 {
		self.next.map_or(node, |next| node.max(next))
	}

	/// After the pool took a nonce.
	fn after(self, nonce: u64) -> Self {
		let next = nonce.saturating_add(1);
		Self { next: Some(next), end: self.end.max(next) }
	}
}

/// The right to use the next nonce of an account.
pub(super) struct NextNonce {
	count: OwnedMutexGuard<Count>,
	nonce: u64,
	forgotten: Arc<AtomicBool>,
}

/// The nonce of a transaction on its way. Dropping it forgets the account's count: the transaction was lost, or may have been.
#[must_use]
pub(super) struct UsedNonce(Option<Arc<AtomicBool>>);

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
		let Slot { count, forgotten } = self.slot(account);
		let mut count = count.lock_owned().await;
		if forgotten.swap(false, Ordering::SeqCst) {
			count.next = None;
		}
		let nonce = match count.known() {
			Some(nonce) => nonce,
			None => count.asked(ask.await?),
		};
		Ok(NextNonce { count, nonce, forgotten })
	}
}

impl NextNonce {
	/// The nonce.
	pub(super) fn get(&self) -> u64 {
		self.nonce
	}

	/// The pool took the transaction.
	pub(super) fn used(mut self) -> UsedNonce {
		*self.count = self.count.after(self.nonce);
		UsedNonce(Some(self.forgotten))
	}

	/// The pool did not take it.
	pub(super) fn refused(mut self) {
		self.count.next = None;
	}
}

impl UsedNonce {
	/// The transaction stands in a final block.
	pub(super) fn settle(mut self) {
		self.0 = None;
	}
}

impl Drop for UsedNonce {
	fn drop(&mut self) {
		if let Some(forgotten) = &self.0 {
			forgotten.store(true, Ordering::SeqCst);
		}
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
		let mut on_their_way = Vec::new();
		for expected in 5..8 {
			let nonce = next(&nonces, 5).await;
			assert_eq!(nonce.get(), expected);
			on_their_way.push(nonce.used());
		}
		on_their_way.into_iter().for_each(UsedNonce::settle);
		assert_eq!(next(&nonces, 5).await.get(), 8);
	}

	#[tokio::test]
	async fn the_node_is_asked_again_after_a_refusal() {
		let nonces = Nonces::default();
		next(&nonces, 5).await.used().settle();
		next(&nonces, 5).await.refused();
		assert_eq!(next(&nonces, 9).await.get(), 9);
	}

	#[tokio::test]
	async fn the_node_is_asked_again_when_nobody_knows_what_became_of_a_transaction() {
		let nonces = Nonces::default();
		let lost = next(&nonces, 5).await.used();
		let other = next(&nonces, 5).await.used();
		drop(lost);
		other.settle();
		assert_eq!(next(&nonces, 5).await.get(), 5);
	}

	#[tokio::test]
	async fn the_node_is_asked_again_when_a_transaction_is_lost_while_another_is_handed_over() {
		let nonces = Nonces::default();
		let lost = next(&nonces, 5).await.used();
		let handed_over = next(&nonces, 5).await;
		drop(lost);
		handed_over.used().settle();
		assert_eq!(next(&nonces, 5).await.get(), 5);
	}

	#[tokio::test]
	async fn no_waiting_nonce_is_handed_out_again_when_gaps_before_it_are_closed() {
		let nonces = Nonces::default();
		let mut on_their_way: Vec<_> = Vec::new();
		for _ in 5..9 {
			on_their_way.push(next(&nonces, 5).await.used());
		}
		// 5 and 7 are lost; 6 and 8 wait in the pool.
		drop(on_their_way.remove(2));
		drop(on_their_way.remove(0));
		for (node, expected) in [(5, 5), (7, 7), (9, 9), (0, 10)] {
			let nonce = next(&nonces, node).await;
			assert_eq!(nonce.get(), expected);
			on_their_way.push(nonce.used());
		}
		on_their_way.into_iter().for_each(UsedNonce::settle);
	}

	#[test]
	fn an_answer_from_before_the_last_nonce_is_not_taken_when_that_one_is_in_the_pool() {
		let count = Count { next: None, end: 9 }.after(5);
		assert_eq!((count.known(), count.asked(5), count.asked(7)), (None, 6, 7));
		assert_eq!(Count { next: None, ..count }.asked(5), 5);
		assert_eq!(count.after(8).known(), Some(9));
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
				nonce.used().settle();
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

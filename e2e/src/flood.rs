//! A hospital that sends more anchors than the blocks can take.

use crate::rpc::Rpc;
use anyhow::{Context, Result};
use futures::future::try_join_all;
use salus_client::{
	chain::{calls, Chain, Keypair},
	primitives::Commitment,
	wire::Account,
};
use salus_threshold::pedersen;
use serde_json::{json, Value};
use std::collections::VecDeque;

/// Records in one call: as many as fit.
const RECORDS: usize = 64;
/// Transactions handed over at once.
const BATCH: usize = 32;
/// Gateway accounts that send. A pool without room drops the oldest of equal priority, with everything that the same account sent after it:
/// one account would empty the pool that it fills.
const ACCOUNTS: usize = 7;

/// Anchors by gateway accounts of one hospital, signed before the first is sent: signing is slower than sending.
pub struct Flood {
	rpc: Rpc,
	keys: Vec<Keypair>,
	waiting: VecDeque<Vec<u8>>,
}

impl Flood {
	/// The hospital's operator registers gateway accounts, one of which registers a patient; then so many transactions are signed that pretend to
	/// anchor records of hers.
	///
	/// # Errors
	/// When the chain refuses.
	pub async fn prepare(chain: &Chain, operator: &Keypair, rpc: Rpc, transactions: usize) -> Result<Self> {
		let keys = (0..ACCOUNTS).map(|_| Keypair::from_secret_key(salus_client::random_bytes()));
		let keys = keys.collect::<Result<Vec<_>, _>>()?;
		let registering = keys.iter().map(|key| async move {
			let call = calls::consortium::register_gateway(Account(key.public_key().0));
			chain.submit_finalized(operator, &call).await
		});
		try_join_all(registering).await.context("the flood's accounts")?;
		let handle = salus_client::patient::new_handle();
		let control = calls::Control::Custodial { evidence: random_commitment() };
		let call = calls::patient_registry::register_patient(handle, control, random_commitment());
		let first = keys.first().context("there is an account")?;
		chain.submit_finalized(first, &call).await.context("the flood's patient")?;

		let mut nonces = Vec::new();
		for key in &keys {
			nonces.push(chain.next_nonce(&Account(key.public_key().0)).await?);
		}
		let mut waiting = VecDeque::with_capacity(transactions);
		for number in 0..transactions {
			let call = calls::record_anchors::anchor_records(handle, commitments()?, random_commitment());
			let (key, nonce) = (&keys[number % ACCOUNTS], &mut nonces[number % ACCOUNTS]);
			waiting.push_back(chain.signed_bytes(key, &call, *nonce).await?);
			*nonce += 1;
		}
		Ok(Self { rpc, keys, waiting })
	}

	/// Sends so many. Tells how many were taken, and the first refusal.
	///
	/// # Errors
	/// When the node does not answer.
	pub async fn send(&mut self, count: usize) -> Result<(usize, Option<String>)> {
		let (mut taken, mut left) = (0, count.min(self.waiting.len()));
		while left > 0 {
			let batch: Vec<Vec<u8>> = self.waiting.drain(..left.min(BATCH)).collect();
			left -= batch.len();
			let answers = self.rpc.submit_all(&batch).await?;
			taken += answers.iter().filter(|answer| answer.is_none()).count();
			if let Some(refusal) = answers.iter().flatten().map(Value::to_string).next() {
				return Ok((taken, Some(refusal)));
			}
		}
		Ok((taken, None))
	}

	/// The operator removes the accounts, and with them what they sent.
	///
	/// # Errors
	/// When the chain refuses.
	pub async fn end(self, chain: &Chain, operator: &Keypair) -> Result<u64> {
		let removing = self.keys.iter().map(|key| async move {
			let call = calls::consortium::remove_gateway(Account(key.public_key().0));
			chain.submit_finalized(operator, &call).await
		});
		let removed = try_join_all(removing).await.context("removing the flood's accounts")?;
		removed.iter().map(|included| u64::from(included.block.number)).max().context("there was an account")
	}
}

fn random_commitment() -> Commitment {
	Commitment(salus_client::random_bytes())
}

/// Commitments that are valid points, as real anchors are.
fn commitments() -> Result<Vec<Commitment>> {
	(0..RECORDS)
		.map(|_| {
			let mut wide = [0u8; 64];
			wide[..32].copy_from_slice(&salus_client::random_bytes());
			wide[32..].copy_from_slice(&salus_client::random_bytes());
			let blinding = pedersen::Blinding::from_uniform_bytes(&wide).context("a blinding of zero")?;
			let scalar = blinding.as_scalar();
			Ok(Commitment(pedersen::commit(scalar, scalar)))
		})
		.collect()
}

/// How many transactions a node's pool would put into blocks now.
///
/// # Errors
/// When the node does not answer.
pub async fn pending(rpc: &Rpc) -> Result<usize> {
	Ok(waiting(rpc).await?.len())
}

/// How many of them name this account, as their signer or otherwise.
///
/// # Errors
/// When the node does not answer.
pub async fn pending_of(rpc: &Rpc, account: &[u8; 32]) -> Result<usize> {
	let account = hex::encode(account);
	Ok(waiting(rpc).await?.iter().filter(|transaction| transaction.contains(&account)).count())
}

async fn waiting(rpc: &Rpc) -> Result<Vec<String>> {
	Ok(serde_json::from_value(rpc.call("author_pendingExtrinsics", json!([])).await?)?)
}

//! A hospital that sends more anchors than the blocks can take.

use crate::rpc::Rpc;
use anyhow::{Context, Result};
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
/// The pool's refusal of a transaction that it has.
const ALREADY_THERE: i64 = 1013;

/// Anchors by one account, signed before the first is sent: signing is slower than sending.
pub struct Flood {
	rpc: Rpc,
	waiting: VecDeque<Vec<u8>>,
}

impl Flood {
	/// Registers a patient of the account's hospital, and signs so many transactions that pretend to anchor records of hers.
	///
	/// # Errors
	/// When the chain refuses.
	pub async fn prepare(chain: &Chain, key: &Keypair, rpc: Rpc, transactions: usize) -> Result<Self> {
		let handle = salus_client::patient::new_handle();
		let control = calls::Control::Custodial { evidence: Commitment(salus_client::random_bytes()) };
		let entry = Commitment(salus_client::random_bytes());
		let call = calls::patient_registry::register_patient(handle, control, entry);
		chain.submit_finalized(key, &call).await.context("the flood's patient")?;
		let nonce = chain.next_nonce(&Account(key.public_key().0)).await?;
		let mut waiting = VecDeque::with_capacity(transactions);
		for offset in 0..transactions as u64 {
			let entry = Commitment(salus_client::random_bytes());
			let call = calls::record_anchors::anchor_records(handle, commitments()?, entry);
			waiting.push_back(chain.signed_bytes(key, &call, nonce + offset).await?);
		}
		Ok(Self { rpc, waiting })
	}

	/// Sends until the pool refuses or nothing is left. Tells how many were taken, and the refusal. What was refused is sent again next time.
	///
	/// # Errors
	/// When the node does not answer.
	pub async fn fill(&mut self) -> Result<(usize, Option<String>)> {
		let mut taken = 0;
		while !self.waiting.is_empty() {
			let batch: Vec<Vec<u8>> = self.waiting.iter().take(BATCH).cloned().collect();
			let answers = self.rpc.submit_all(&batch).await?;
			let refused = |answer: &Option<Value>| answer.as_ref().is_some_and(|error| error["code"] != ALREADY_THERE);
			let accepted = answers.iter().position(refused).unwrap_or(batch.len());
			self.waiting.drain(..accepted);
			taken += accepted;
			if let Some(error) = answers.into_iter().nth(accepted).flatten() {
				return Ok((taken, Some(error.to_string())));
			}
		}
		Ok((taken, None))
	}
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

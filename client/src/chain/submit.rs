//! From a call to a finalized block.

use super::{
	compatibility::check_call,
	nonce::{ask_node, UsedNonce},
	AtBlock, Call, Chain, ChainError, Config, Events, Keypair,
};
use crate::wire::{Account, BlockId};
use subxt::{
	config::DefaultExtrinsicParamsBuilder,
	error::{BackendError, DispatchError, ExtrinsicError, RpcError, TransactionEventsError},
	tx::{TransactionInBlock, TransactionProgress, TransactionStatus},
	utils::AccountId32,
};

/// How many blocks a transaction stays valid: about two minutes. A transaction that a lost connection left behind dies soon.
const MORTAL_BLOCKS: u64 = 64;
/// How often a transaction is signed again when another program used its nonce.
const ATTEMPTS: u32 = 4;

pub(super) type Progress = TransactionProgress<Config, subxt::client::OnlineClientAtBlockImpl<Config>>;
type Included = TransactionInBlock<Config, subxt::client::OnlineClientAtBlockImpl<Config>>;

/// A transaction on its way.
pub struct Submission {
	chain: Chain,
	/// The nonce that it takes; none without a signature.
	nonce: Option<UsedNonce>,
	/// Version of the runtime that it was made for.
	spec_version: u32,
	progress: Progress,
	/// The last block it was seen in, when it succeeded there.
	seen: Option<InBlock>,
}

/// A transaction that succeeded in a block.
#[derive(Clone, Debug, PartialEq)]
pub struct InBlock {
	/// The block.
	pub block: BlockId,
	/// The transaction's events.
	pub events: Events,
}

impl Chain {
	/// Signs a call and hands it to the pool. Many at a time for one account are fine.
	///
	/// # Errors
	/// [`ChainError::NotAccepted`] when the pool refuses it; [`ChainError::NotInRuntime`] when there is no such call;
	/// [`ChainError::Unreachable`], [`ChainError::Node`].
	pub async fn submit(&self, signer: &Keypair, call: &Call) -> Result<Submission, ChainError> {
		let account = AccountId32(signer.public_key().0);
		let mut runtime = self.signing_head().await?;
		let mut attempt = 1;
		loop {
			let connection = self.connected().await?;
			let head = self.signing_head().await?;
			let nonce = self.nonces.next(&account, ask_node(&connection.rpc, &account)).await?;
			let transaction = sign(&runtime, &head, signer, call, nonce.get())?;
			let error = match transaction.submit_and_watch().await {
				Ok(progress) => {
					let (spec_version, nonce) = (runtime.spec_version(), Some(nonce.used()));
					return Ok(Submission { chain: self.clone(), nonce, spec_version, progress, seen: None });
				}
				Err(error) => self.submit_error(error),
			};
			nonce.refused();
			match &error {
				_ if attempt == ATTEMPTS => return Err(error),
				ChainError::NotAccepted { reason, .. } if is_taken_nonce(reason) => {}
				// A signature is over the runtime's version, too: the best block may run another one than the finalized head.
				ChainError::NotAccepted { reason, .. } if is_bad_signature(reason) => {
					let newest = self.newest().await?;
					if newest.spec_version() == runtime.spec_version() {
						return Err(error);
					}
					runtime = newest;
				}
				_ => return Err(error),
			}
			attempt += 1;
		}
	}

	/// Signs, submits and waits until the transaction succeeded in a finalized block; of [`Self::before_finality`] in any. One that an
	/// upgrade of the runtime overtook in the pool is void, and is signed again.
	///
	/// # Errors
	/// Those of [`Self::submit`] and [`Submission::finalized`].
	pub async fn submit_finalized(&self, signer: &Keypair, call: &Call) -> Result<InBlock, ChainError> {
		let submission = self.submit(signer, call).await?;
		let signed_for = submission.spec_version;
		match submission.settled().await {
			Err(ChainError::NotIncluded(_)) if self.newest().await?.spec_version() != signed_for => {
				self.submit(signer, call).await?.settled().await
			}
			outcome => outcome,
		}
	}

	/// A client at the best block.
	async fn newest(&self) -> Result<AtBlock, ChainError> {
		self.before_finality().client_at_head().await
	}

	/// The bytes of a signed transaction, to be sent by other means.
	///
	/// # Errors
	/// [`ChainError::NotInRuntime`], [`ChainError::Key`] when the call does not fit the runtime; [`ChainError::Unreachable`].
	pub async fn signed_bytes(&self, signer: &Keypair, call: &Call, nonce: u64) -> Result<Vec<u8>, ChainError> {
		let head = self.signing_head().await?;
		Ok(sign(&head, &head, signer, call, nonce)?.into_encoded())
	}

	/// SCALE bytes of a call, as polkadot.js shows them.
	///
	/// # Errors
	/// [`ChainError::NotInRuntime`], [`ChainError::Key`] when the call does not fit the runtime; [`ChainError::Unreachable`].
	pub async fn call_data(&self, call: &Call) -> Result<Vec<u8>, ChainError> {
		let head = self.signing_head().await?;
		check_call(&head, call)?;
		head.tx().call_data(&call.payload()).map_err(|error| ChainError::Key(error.to_string()))
	}

	/// The account's nonce in the newest block, with what waits in the pool.
	///
	/// # Errors
	/// [`ChainError::Unreachable`], [`ChainError::Node`].
	pub async fn next_nonce(&self, account: &Account) -> Result<u64, ChainError> {
		ask_node(&self.connected().await?.rpc, &AccountId32(account.0)).await
	}

	pub(super) fn submit_error(&self, error: ExtrinsicError) -> ChainError {
		match error {
			ExtrinsicError::ErrorSubmittingTransaction(BackendError::Rpc(RpcError::ClientError(error))) => {
				match self.node_error(error) {
					ChainError::Node(reason) => ChainError::not_accepted(reason),
					other => other,
				}
			}
			other => ChainError::Node(other.to_string()),
		}
	}
}

/// Signs a call for a runtime, mortal from a block.
fn sign(
	runtime: &AtBlock,
	head: &AtBlock,
	signer: &Keypair,
	call: &Call,
	nonce: u64,
) -> Result<subxt::tx::SubmittableTransaction<Config, subxt::client::OnlineClientAtBlockImpl<Config>>, ChainError> {
	check_call(runtime, call)?;
	let parameters = DefaultExtrinsicParamsBuilder::<Config>::new()
		.mortal_from_unchecked(MORTAL_BLOCKS, head.block_number(), head.block_hash())
		.nonce(nonce)
		.build();
	let key = |error: ExtrinsicError| ChainError::Key(error.to_string());
	let payload = call.payload();
	runtime.tx().create_signable_offline(&payload, parameters).map_err(key)?.sign(signer).map_err(key)
}

/// Whether the pool refused because the nonce is used already.
fn is_taken_nonce(reason: &str) -> bool {
	["outdated", "Priority is too low", "already imported", "Already Imported"].iter().any(|sign| reason.contains(sign))
}

/// Whether the pool refused the signature.
fn is_bad_signature(reason: &str) -> bool {
	reason.contains("bad signature")
}

impl Submission {
	/// Of a transaction without a signature, made in the runtime of a block.
	pub(super) fn unsigned(chain: &Chain, runtime: &AtBlock, progress: Progress) -> Self {
		let spec_version = runtime.spec_version();
		Self { chain: chain.clone(), nonce: None, spec_version, progress, seen: None }
	}

	/// Waits for the first block with the transaction. A fork can still take it back: decide on [`Self::finalized`].
	///
	/// # Errors
	/// [`ChainError::Refused`] when it failed in the block; [`ChainError::NotIncluded`] when it left the pool.
	pub async fn in_block(&mut self) -> Result<InBlock, ChainError> {
		loop {
			match self.next().await? {
				TransactionStatus::InBestBlock(included) | TransactionStatus::InFinalizedBlock(included) => {
					let seen = read_included(&self.chain, &included).await?;
					self.seen = Some(seen.clone());
					return Ok(seen);
				}
				_ => continue,
			}
		}
	}

	/// Waits until the transaction stands in a finalized block.
	///
	/// # Errors
	/// [`ChainError::Refused`] when it failed in that block; [`ChainError::NotIncluded`] when it left the pool;
	/// [`ChainError::NotFinalized`] when finality does not come. After [`ChainError::Unreachable`] the outcome is not known: the
	/// transaction may still get into a block for about two minutes.
	pub async fn finalized(mut self) -> Result<InBlock, ChainError> {
		loop {
			match self.next().await? {
				TransactionStatus::InFinalizedBlock(included) => {
					self.nonce.take().into_iter().for_each(UsedNonce::settle);
					let same = |seen: &InBlock| seen.block.hash.0 == included.block_hash().0;
					return match self.seen.take().filter(same) {
						Some(seen) => Ok(seen),
						None => read_included(&self.chain, &included).await,
					};
				}
				// Wait: the block that becomes final may be another one, in which it succeeds; a fork's block may be gone by now.
				TransactionStatus::InBestBlock(included) => {
					self.seen = read_included(&self.chain, &included).await.ok();
				}
				_ => continue,
			}
		}
	}

	/// Waits for as much certainty as the chain is used with.
	pub(super) async fn settled(mut self) -> Result<InBlock, ChainError> {
		match self.chain.is_before_finality() {
			true => self.in_block().await,
			false => self.finalized().await,
		}
	}

	async fn next(
		&mut self,
	) -> Result<TransactionStatus<Config, subxt::client::OnlineClientAtBlockImpl<Config>>, ChainError> {
		let status = match self.progress.next().await {
			Some(Ok(status)) => status,
			Some(Err(error)) => return Err(self.chain.unreachable(error)),
			None => return Err(self.chain.unreachable("the subscription ended")),
		};
		let lost = match status {
			TransactionStatus::Dropped { message } if message == "Finality timeout" => {
				return Err(ChainError::NotFinalized { since: crate::now() });
			}
			TransactionStatus::Error { message }
			| TransactionStatus::Invalid { message }
			| TransactionStatus::Dropped { message } => message,
			other => return Ok(other),
		};
		Err(ChainError::NotIncluded(lost))
	}
}

/// Block and events of a transaction, or why it failed there. Takes no `Submission`: its stream cannot be shared between threads.
async fn read_included(chain: &Chain, included: &Included) -> Result<InBlock, ChainError> {
	let block = chain.block_of(included.block_hash()).await?;
	let events = included.wait_for_success().await.map_err(|error| match error {
		TransactionEventsError::ExtrinsicFailed(error) => refused(&error),
		other => ChainError::Node(other.to_string()),
	})?;
	Ok(InBlock { block, events: Events::read(events.iter())? })
}

fn refused(error: &DispatchError) -> ChainError {
	ChainError::from_dispatch(error)
}

#[cfg(test)]
mod tests {
	use super::*;

	#[test]
	fn submissions_can_run_in_tasks_of_their_own() {
		fn spawnable<T: Send>(_: T) {}
		// Compiled, not run: it is the compiler that answers.
		let _check = |chain: &Chain, key: &Keypair, call: &Call, chain_id: salus_primitives::AuditChain| {
			spawnable(chain.submit_finalized(key, call));
			spawnable(chain.audit_entries(chain_id, 0, 1));
			spawnable(chain.practitioners());
			spawnable(chain.propose(key, call, 1));
		};
	}

	#[test]
	fn a_used_nonce_is_told_apart_from_other_refusals() {
		assert!(is_taken_nonce("Invalid Transaction (Transaction is outdated)"));
		assert!(is_taken_nonce("Priority is too low: (1 vs 1)"));
		assert!(!is_taken_nonce("Invalid Transaction (Invalid signing address)"));
	}

	#[test]
	fn a_bad_signature_is_told_apart_from_other_refusals() {
		assert!(is_bad_signature("Invalid Transaction (Transaction has a bad signature)"));
		assert!(!is_bad_signature("Invalid Transaction (Invalid signing address)"));
	}
}

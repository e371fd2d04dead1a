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
	/// What it is signed for; none without a signature.
	signed: Option<Signed>,
	progress: Progress,
	/// The last block it was seen in, when it succeeded there.
	seen: Option<InBlock>,
}

/// What decides where a signed transaction can stand.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Signed {
	/// Version of the runtime.
	spec_version: u32,
	nonce: u64,
}

impl Signed {
	/// Whether the transaction is not on a block's fork and can never get onto it: another runtime follows that block, in whose state the
	/// account has not used the nonce.
	fn is_void(self, spec_version: u32, account_nonce: u64) -> bool {
		spec_version != self.spec_version && account_nonce <= self.nonce
	}
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
					let signed = Some(Signed { spec_version: runtime.spec_version(), nonce: nonce.get() });
					let nonce = Some(nonce.used());
					return Ok(Submission { chain: self.clone(), nonce, signed, progress, seen: None });
				}
				Err(error) => self.submit_error(error),
			};
			nonce.refused();
			// What the pool refuses it passes on to nobody, so whatever is signed again here cannot happen twice.
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
	/// upgrade of the runtime overtook in the pool is signed again, unless another node may have put it into a block before.
	///
	/// # Errors
	/// Those of [`Self::submit`] and [`Submission::finalized`].
	pub async fn submit_finalized(&self, signer: &Keypair, call: &Call) -> Result<InBlock, ChainError> {
		let submission = self.submit(signer, call).await?;
		let first = submission.signed;
		let reason = match submission.settled().await {
			Err(ChainError::NotIncluded(reason)) => reason,
			outcome => return outcome,
		};
		// Who cannot look does not know.
		if !self.is_void(first, signer).await.unwrap_or(false) {
			return Err(ChainError::NotIncluded(reason));
		}
		let (second, outcome) = match self.submit(signer, call).await {
			Ok(submission) => (submission.signed, submission.settled().await),
			Err(error) => (None, Err(error)),
		};
		outcome.map_err(|error| second_error(first, second, reason, error))
	}

	/// Whether a transaction is void on the fork of the best block.
	async fn is_void(&self, signed: Option<Signed>, signer: &Keypair) -> Result<bool, ChainError> {
		let newest = self.newest().await?;
		let account = AccountId32(signer.public_key().0);
		let nonce = newest.tx().account_nonce(&account).await.map_err(|error| ChainError::Node(error.to_string()))?;
		Ok(signed.is_some_and(|signed| signed.is_void(newest.spec_version(), nonce)))
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

/// What to say when a transaction that was signed again failed. Its refusal is one of the act only when it stands in a block with a nonce
/// that leaves no place for the first one; else a fork without the upgrade may still win, with the first one in it.
fn second_error(first: Option<Signed>, second: Option<Signed>, reason: String, error: ChainError) -> ChainError {
	let excludes = first.zip(second).is_some_and(|(first, second)| second.nonce <= first.nonce);
	match &error {
		ChainError::Refused(_) if excludes => error,
		_ if error.is_refusal() => ChainError::NotIncluded(format!("{reason}; signed again: {error}")),
		_ => error,
	}
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
	/// Of a transaction without a signature.
	pub(super) fn unsigned(chain: &Chain, progress: Progress) -> Self {
		Self { chain: chain.clone(), nonce: None, signed: None, progress, seen: None }
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
	use crate::chain::PalletError;

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

	const FIRST: Signed = Signed { spec_version: 3, nonce: 7 };

	#[test]
	fn a_transaction_is_void_only_when_the_runtime_changed_before_its_nonce_was_used() {
		for (spec_version, account_nonce, void) in
			[(4, 7, true), (4, 6, true), (4, 8, false), (3, 7, false), (3, 6, false), (3, 8, false)]
		{
			assert_eq!(FIRST.is_void(spec_version, account_nonce), void, "{spec_version} {account_nonce}");
		}
	}

	#[test]
	fn a_second_refusal_leaves_the_outcome_open_unless_it_excludes_the_first_transaction() {
		let at = |nonce| Some(Signed { spec_version: 4, nonce });
		let refused = || {
			let docs = String::new();
			ChainError::Refused(PalletError { pallet: "Consent".into(), name: "NotController".into(), docs })
		};
		let is_refusal = |second, error| second_error(Some(FIRST), second, "usurped".into(), error).is_refusal();
		for nonce in [6, 7] {
			assert!(is_refusal(at(nonce), refused()), "{nonce}");
		}
		assert!(!is_refusal(at(8), refused()), "the first one may stand before it");
		for error in [
			ChainError::not_accepted("outdated".into()),
			ChainError::Key("no".into()),
			ChainError::NotInRuntime { spec_version: 4, what: "Consent.request_access".into() },
		] {
			assert!(!is_refusal(None, error));
		}
	}

	#[test]
	fn a_second_error_is_kept_when_it_leaves_the_outcome_open() {
		let error = second_error(Some(FIRST), None, "usurped".into(), ChainError::NotFinalized { since: 1 });
		assert!(matches!(error, ChainError::NotFinalized { since: 1 }), "{error}");
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

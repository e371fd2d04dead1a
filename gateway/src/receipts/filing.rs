//! Filing: the root over a batch of receipts goes on chain.

use super::ReceiptLog;
use crate::{
	chain::{ChainPort, Transaction},
	failure::Failure,
	index::{number_key, FiledReceipts, IndexError, FILED, OPENINGS, RECEIPT_STATE, RECEIPT_STATE_KEY},
	openings::opening_key,
};
use salus_client::wire::{Account, Actor, FullEntry, ReceiptsFiled};
use salus_primitives::{Act, AuditChain, Moment, SECOND};
use salus_threshold::tree;

/// Most receipts of one batch.
const MAX_BATCH: u32 = 16_384;
/// A receipt younger than this waits for the next batch: the block it goes into must not have an earlier slot time.
const SETTLING: Moment = 4 * SECOND;

/// What filing did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Filed {
	/// There was nothing to file.
	Nothing,
	/// A batch was filed under this number.
	Batch {
		/// Its number on chain.
		number: u32,
		/// Its receipts.
		count: u32,
	},
}

/// Files what waits, one batch. A batch that an earlier run left on its way is looked up on chain first, so that it is not filed twice.
///
/// # Errors
/// The chain, or the index. What was not filed stays for the next time.
pub async fn file_pending(
	log: &ReceiptLog,
	chain: &dyn ChainPort,
	account: Account,
	now: Moment,
) -> Result<Filed, Failure> {
	resolve_unfiled(log, chain).await?;
	let batch = match log.unfiled()? {
		Some(batch) => batch,
		None => match next_batch(log, account, now)? {
			Some(batch) => batch,
			None => return Ok(Filed::Nothing),
		},
	};
	let transaction = Transaction::FileReceipts {
		root: batch.root.0,
		count: batch.count,
		from: batch.from,
		until: batch.until,
		entry: batch.opening.commitment,
	};
	let included = chain.submit(transaction).await?;
	let number = included.receipts.ok_or_else(|| Failure::internal("the block holds no ReceiptsFiled event"))?;
	let count = batch.count;
	settle(log, batch, number, included.entry)?;
	Ok(Filed::Batch { number, count })
}

/// Fixes the next batch in the index before it is submitted.
fn next_batch(log: &ReceiptLog, account: Account, now: Moment) -> Result<Option<FiledReceipts>, Failure> {
	let mut state = log.state()?;
	let mut rows = log.from(state.batched, MAX_BATCH)?;
	rows.retain(|row| row.at.saturating_add(SETTLING) <= now);
	let (Some(first), Some(last)) = (rows.first(), rows.last()) else { return Ok(None) };
	let (from, until) = (first.at, last.at);
	let count = u32::try_from(rows.len()).map_err(Failure::internal)?;
	let leaves: Vec<tree::Hash> = rows.iter().map(|row| tree::leaf_hash(&row.bytes.0)).collect();
	let root = tree::root(&leaves).into();

	let own = log.own();
	let actor = Actor {
		institution: Some(own),
		account,
		practitioner: None,
		roles: Vec::new(),
		departments: Vec::new(),
		on_behalf: false,
	};
	let mut entry = FullEntry::new(Act::Receipts, now, actor, "periodic filing of receipts");
	entry.receipts = Some(ReceiptsFiled { root, count, from, until });
	let mut opening = entry.seal()?;
	opening.chain = Some(AuditChain::Institution(own));
	let batch = FiledReceipts { first: state.batched, count, root, from, until, opening, number: None };
	state.batched = state.batched.saturating_add(count.into());
	log.index().write(|changes| {
		changes.put(&FILED, number_key(batch.first), &batch)?;
		// Receipts were perhaps appended since the state was read: take over their part of it.
		let current = changes.get(&RECEIPT_STATE, RECEIPT_STATE_KEY)?.unwrap_or(state);
		changes.put(
			&RECEIPT_STATE,
			RECEIPT_STATE_KEY,
			&crate::index::ReceiptState { batched: state.batched, ..current },
		)
	})?;
	Ok(Some(batch))
}

/// Finds a batch that was filed without this gateway learning of it: it stopped, or lost its node, in between.
///
/// # Errors
/// The chain, or the index.
pub async fn resolve_unfiled(log: &ReceiptLog, chain: &dyn ChainPort) -> Result<(), Failure> {
	let Some(batch) = log.unfiled()? else { return Ok(()) };
	let mut number = log.state()?.next_number;
	while let Some(filed) = chain.receipt_batch(log.own(), number).await? {
		if (filed.root, filed.count) == (batch.root, batch.count) {
			return Ok(settle(log, batch, number, None)?);
		}
		number = number.saturating_add(1);
	}
	Ok(())
}

fn settle(
	log: &ReceiptLog,
	mut batch: FiledReceipts,
	number: u32,
	place: Option<(AuditChain, u64)>,
) -> Result<(), IndexError> {
	batch.number = Some(number);
	batch.opening.sequence = place.map(|(_, sequence)| sequence);
	log.index().write(|changes| {
		changes.put(&FILED, number_key(batch.first), &batch)?;
		changes.put(&OPENINGS, opening_key(&batch.opening), &batch.opening)?;
		let mut state = changes.get(&RECEIPT_STATE, RECEIPT_STATE_KEY)?.unwrap_or_default();
		state.next_number = state.next_number.max(number.saturating_add(1));
		changes.put(&RECEIPT_STATE, RECEIPT_STATE_KEY, &state)
	})
}

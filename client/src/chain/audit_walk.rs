//! Collecting the entries of one audit chain from the blocks.

use super::{query::decode, Chain, ChainError};
use crate::wire::{BlockId, Bytes32};
use codec::Decode;
use futures::{stream, StreamExt, TryStreamExt};
use salus_primitives::{AuditChain, AuditEntry, Moment, AUDIT_ENGINE_ID};
use serde::{Deserialize, Serialize};
use subxt::{
	config::substrate::{DigestItem, H256},
	rpcs::{client::rpc_params, Error as RpcError},
};

/// Blocks that are read at the same time when the node has no walk of its own.
const CONCURRENT_READS: usize = 16;
/// JSON-RPC's code for a method that the node does not have.
const METHOD_NOT_FOUND: i32 = -32601;

/// Entries of one chain from one block.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AuditBlock {
	/// The block.
	pub block: BlockId,
	/// The entries, in order.
	pub entries: Vec<AuditEntry>,
}

/// What a header says about the block's audit entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Decode)]
pub struct BlockRoots {
	/// RFC 9162 root over the entries of the block.
	pub entries_root: [u8; 32],
	/// RFC 9162 root over all blocks so far.
	pub log_root: [u8; 32],
	/// Number of blocks under it.
	pub size: u64,
}

/// A page of the node's walk.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
	entries: Vec<Located>,
	next_block: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Located {
	block: u32,
	block_hash: Bytes32,
	entry: AuditEntry,
}

impl Chain {
	/// The entries of an audit chain in the finalized blocks from `from` to `to`, both included, with the blocks that hold them.
	///
	/// The node's own walk is used where it has one; otherwise each block whose header announces entries is read. Neither is trusted:
	/// [`crate::audit::verify_chain`] recomputes the head from what comes back.
	///
	/// # Errors
	/// [`ChainError::Pruned`] when the node no longer keeps a block's state; [`ChainError::Unreachable`], [`ChainError::Node`],
	/// [`ChainError::Unreadable`].
	pub async fn audit_entries(&self, chain: AuditChain, from: u32, to: u32) -> Result<Vec<AuditBlock>, ChainError> {
		match self.walk_on_node(chain, from, to).await? {
			Some(blocks) => Ok(blocks),
			None => self.walk_here(chain, from, to).await,
		}
	}

	/// The first block whose slot time is at or after `time`, by bisection; for a time in the future the head.
	///
	/// # Errors
	/// [`ChainError::Pruned`] when the node no longer keeps old states; [`ChainError::Unreachable`], [`ChainError::Node`].
	pub async fn block_at_time(&self, time: Moment) -> Result<u32, ChainError> {
		let (mut low, mut high) = (0, self.finalized_head().await?.number);
		while low < high {
			let middle = low + (high - low) / 2;
			if self.time_at(&self.block_at(middle).await?).await? < time {
				low = middle + 1;
			} else {
				high = middle;
			}
		}
		Ok(low)
	}

	/// What the block's header says about its audit entries; `None` for a block without the digest, such as the first.
	///
	/// # Errors
	/// [`ChainError::Pruned`], [`ChainError::Unreachable`], [`ChainError::Node`], [`ChainError::Unreadable`].
	pub async fn audit_roots(&self, block: &BlockId) -> Result<Option<BlockRoots>, ChainError> {
		let header = self.header(H256(block.hash.0)).await?;
		let found = header.digest.logs.iter().find_map(|item| match item {
			DigestItem::Consensus(engine, bytes) if *engine == AUDIT_ENGINE_ID => Some(bytes),
			_ => None,
		});
		found.map(|bytes| decode("the audit digest of a header", bytes)).transpose()
	}

	/// The node's walk; `None` when it has none.
	async fn walk_on_node(&self, chain: AuditChain, from: u32, to: u32) -> Result<Option<Vec<AuditBlock>>, ChainError> {
		let mut blocks: Vec<AuditBlock> = Vec::new();
		let mut next = Some(from);
		while let Some(start) = next.filter(|start| *start <= to) {
			let connection = self.connected().await?;
			let page: Page =
				match connection.client.request("salus_auditEntries", rpc_params![chain, start, Some(to)]).await {
					Ok(page) => page,
					Err(RpcError::User(error)) if error.code == METHOD_NOT_FOUND => return Ok(None),
					Err(error) => return Err(self.node_error(error)),
				};
			for Located { block, block_hash, entry } in page.entries {
				match blocks.last_mut().filter(|last| last.block.number == block) {
					Some(last) => last.entries.push(entry),
					None => blocks
						.push(AuditBlock { block: BlockId { hash: block_hash, number: block }, entries: vec![entry] }),
				}
			}
			// A node that does not move on would keep us here for ever.
			next = page.next_block.filter(|next| *next > start);
		}
		Ok(Some(blocks))
	}

	async fn walk_here(&self, chain: AuditChain, from: u32, to: u32) -> Result<Vec<AuditBlock>, ChainError> {
		let empty = salus_threshold::tree::empty_root();
		stream::iter(from..=to)
			.map(|number| async move {
				let block = self.block_at(number).await?;
				if self.audit_roots(&block).await?.is_some_and(|roots| roots.entries_root == empty) {
					return Ok(None);
				}
				let mut entries = self.block_entries_at(&block).await?;
				entries.retain(|entry| entry.chain == chain);
				Ok((!entries.is_empty()).then_some(AuditBlock { block, entries }))
			})
			.buffered(CONCURRENT_READS)
			.try_filter_map(|block| async move { Ok(block) })
			.try_collect()
			.await
	}
}

//! Motions of the council: how members decide about members.

use super::{calls, calls::Weight, query::decode, words::call_words, Call, Chain, ChainError, InBlock, Keypair};
use crate::wire::{Account, Bytes32};
use codec::Decode;
use serde::Serialize;
use subxt::{
	dynamic::{storage, Value},
	error::DispatchError,
	metadata::ArcMetadata,
};

/// Bound on the weight of a motion's call: every governance call stays below it. A close that fails is charged all of it, so
/// it is no larger than that.
const WEIGHT_BOUND: Weight = Weight { ref_time: 50_000_000_000, proof_size: 1_000_000 };
/// Room for the encoding of a proposal.
const LENGTH_ROOM: u32 = 64;

/// A motion.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Motion {
	/// Hash of the proposed call.
	pub hash: Bytes32,
	/// Number of the motion.
	pub index: u32,
	/// Length of the proposed call, bytes.
	pub length: u32,
	/// The proposed call in words; `None` when it cannot be read.
	pub proposal: Option<String>,
	/// Where it stands.
	pub state: MotionState,
}

/// Where a motion stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum MotionState {
	/// Votes are taken.
	Open(Ballot),
	/// The call ran; with the error, when it failed.
	Executed {
		/// Name of the failure and what it means.
		failed: Option<String>,
	},
	/// Voted down.
	Disapproved,
}

/// Votes so far.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Ballot {
	/// Ayes that it takes.
	pub threshold: u32,
	/// Who voted for it.
	pub ayes: Vec<Account>,
	/// Who voted against it.
	pub nays: Vec<Account>,
	/// Block at which it ends.
	pub end: u32,
}

/// `pallet_collective::Votes`.
#[derive(Decode)]
struct Votes {
	index: u32,
	threshold: u32,
	ayes: Vec<Account>,
	nays: Vec<Account>,
	end: u32,
}

impl Chain {
	/// The accounts with a seat.
	///
	/// # Errors
	/// [`ChainError::Unreachable`], [`ChainError::Node`], [`ChainError::Unreadable`].
	pub async fn council_members(&self) -> Result<Vec<Account>, ChainError> {
		Ok(self.council_item("Members", None).await?.unwrap_or_default())
	}

	/// The smallest number of ayes that is at least two thirds of the seats.
	///
	/// # Errors
	/// As [`Self::council_members`].
	pub async fn two_thirds_of_council(&self) -> Result<u32, ChainError> {
		let seats = u32::try_from(self.council_members().await?.len()).unwrap_or(u32::MAX);
		Ok((seats.saturating_mul(2)).div_ceil(3).max(1))
	}

	/// The motions that votes are taken on.
	///
	/// # Errors
	/// As [`Self::council_members`].
	pub async fn open_motions(&self) -> Result<Vec<Motion>, ChainError> {
		let hashes: Vec<Bytes32> = self.council_item("Proposals", None).await?.unwrap_or_default();
		let mut motions = Vec::new();
		for hash in hashes {
			motions.extend(self.motion(hash).await?);
		}
		Ok(motions)
	}

	/// An open motion by its hash.
	///
	/// # Errors
	/// As [`Self::council_members`].
	pub async fn motion(&self, hash: Bytes32) -> Result<Option<Motion>, ChainError> {
		let Some(Votes { index, threshold, ayes, nays, end }) = self.council_item("Voting", Some(hash.0)).await? else {
			return Ok(None);
		};
		let data = self.council_bytes("ProposalOf", Some(hash.0)).await?.unwrap_or_default();
		let state = MotionState::Open(Ballot { threshold, ayes, nays, end });
		let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
		Ok(Some(Motion { hash, index, length, proposal: self.proposal(&data).await?, state }))
	}

	/// Proposes a call. The proposer's own vote is not counted by it; with a threshold of 1 the call runs at once.
	///
	/// # Errors
	/// Those of [`Chain::submit_finalized`].
	pub async fn propose(
		&self,
		operator: &Keypair,
		call: &Call,
		threshold: u32,
	) -> Result<(Motion, InBlock), ChainError> {
		let data = self.call_data(call).await?;
		let length = u32::try_from(data.len()).unwrap_or(u32::MAX);
		let proposal = calls::council::propose(threshold, call.clone(), length.saturating_add(LENGTH_ROOM));
		let included = self.submit_finalized(operator, &proposal).await?;
		let hash = Bytes32::from(blake2_256(&data));
		let motion = match motion_end(&included, self.metadata().await?) {
			Some(state) => Motion { hash, index: 0, length, proposal: self.proposal(&data).await?, state },
			None => self.motion(hash).await?.ok_or_else(|| ChainError::Unreadable {
				what: "Council.Voting".to_owned(),
				reason: "the motion that was just proposed is not there".to_owned(),
			})?,
		};
		Ok((motion, included))
	}

	/// Votes on an open motion.
	///
	/// # Errors
	/// Those of [`Chain::submit_finalized`].
	pub async fn vote(&self, operator: &Keypair, motion: &Motion, approve: bool) -> Result<InBlock, ChainError> {
		self.submit_finalized(operator, &calls::council::vote(motion.hash.0, motion.index, approve)).await
	}

	/// Closes a motion that is decided. The state tells whether its call ran, and how.
	///
	/// # Errors
	/// Those of [`Chain::submit_finalized`]; `TooEarly` while votes are missing.
	pub async fn close(&self, signer: &Keypair, motion: &Motion) -> Result<(MotionState, InBlock), ChainError> {
		let length = motion.length.saturating_add(LENGTH_ROOM);
		let call = calls::council::close(motion.hash.0, motion.index, WEIGHT_BOUND, length);
		let included = self.submit_finalized(signer, &call).await?;
		Ok((motion_end(&included, self.metadata().await?).unwrap_or(MotionState::Disapproved), included))
	}

	/// A call in words, from its bytes.
	async fn proposal(&self, data: &[u8]) -> Result<Option<String>, ChainError> {
		let head = self.signing_head().await?;
		Ok(head.tx().from_call_data_bytes(data).ok().map(|call| call_words(&call)))
	}

	async fn metadata(&self) -> Result<ArcMetadata, ChainError> {
		Ok(self.signing_head().await?.metadata())
	}

	async fn council_item<T: Decode>(
		&self,
		name: &'static str,
		key: Option<[u8; 32]>,
	) -> Result<Option<T>, ChainError> {
		let bytes = self.council_bytes(name, key).await?;
		bytes.map(|bytes| decode(&format!("Council.{name}"), &bytes)).transpose()
	}

	/// A storage value of the council: plain, or of the motion with this hash.
	async fn council_bytes(&self, name: &'static str, key: Option<[u8; 32]>) -> Result<Option<Vec<u8>>, ChainError> {
		let at_block = self.client_at_head().await?;
		let read = at_block.storage();
		let value = match key {
			Some(hash) => read.try_fetch(storage::<([u8; 32],), Value>("Council", name), (hash,)).await,
			None => read.try_fetch(storage::<(), Value>("Council", name), ()).await,
		};
		let value = value.map_err(|error| ChainError::Node(error.to_string()))?;
		Ok(value.map(|value| value.into_bytes()))
	}
}

/// How a transaction ended a motion, from its events.
fn motion_end(included: &InBlock, metadata: ArcMetadata) -> Option<MotionState> {
	if included.events.find("Council", "Disapproved").is_some() {
		return Some(MotionState::Disapproved);
	}
	// (proposal hash, result): after the hash 0 is a success, 1 a failure with its dispatch error.
	let executed = included.events.find("Council", "Executed")?;
	let failed = match executed.bytes.split_at_checked(32)?.1 {
		[1, error @ ..] => Some(
			DispatchError::decode_from(error, metadata)
				.map_or_else(|error| error.to_string(), |error| ChainError::from_dispatch(&error).to_string()),
		),
		_ => None,
	};
	Some(MotionState::Executed { failed })
}

/// Hash of a proposal: blake2b-256 over its SCALE bytes, as the runtime's hasher makes it.
fn blake2_256(bytes: &[u8]) -> [u8; 32] {
	salus_envelope::wrap::wrap_hash(bytes)
}

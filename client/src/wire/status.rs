//! What a gateway says about itself, to anybody.

use super::{Account, Bytes32};
use salus_primitives::InstitutionId;
use serde::{Deserialize, Serialize};

/// A block by hash and height.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BlockId {
	/// Its hash.
	pub hash: Bytes32,
	/// Its height.
	pub number: u32,
}

/// `GET /v1/status`, without a signature. Says nothing about patients.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatewayStatus {
	/// Version of this API: `v1`.
	pub api: String,
	/// Version of the gateway's software.
	pub version: String,
	/// The institution it acts for; also the audience that requests to it are signed for.
	pub institution: InstitutionId,
	/// Its account on the chain.
	pub gateway: Account,
	/// Hash of the chain's genesis block.
	pub genesis: Bytes32,
	/// Version of the runtime it sees.
	pub spec_version: u32,
	/// The finalized head it decides on; `None` while its node does not answer.
	pub finalized: Option<BlockId>,
	/// Age of that head by its slot time, milliseconds.
	pub head_age_ms: Option<u64>,
	/// Receipts that wait for the next batch.
	pub receipts_pending: u32,
	/// Whether it takes requests: node reachable, head young enough, vault writable.
	pub ready: bool,
	/// What its operator has to look after, in words. Empty when all is well.
	#[serde(default)]
	pub concerns: Vec<String>,
}

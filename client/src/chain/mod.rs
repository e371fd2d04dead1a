//! The chain as people and gateways use it: typed calls, reads at the finalized head, submissions that end in words.

mod audit_walk;
mod call;
pub mod calls;
mod compatibility;
mod connection;
mod council;
mod error;
mod event;
mod nonce;
mod peer_id;
mod query;
mod submit;
mod upgrade;
mod value;
mod words;

pub use audit_walk::{AuditBlock, BlockRoots};
pub use call::Call;
pub use connection::{Chain, ChainIdentity};
pub use council::{Ballot, Motion, MotionState};
pub use error::{ChainError, PalletError};
pub use event::{AccessDecided, Event, Events};
pub use peer_id::PeerId;
pub use query::ReceiptBatch;
pub use submit::{InBlock, Submission};
pub use upgrade::{begins_like_code, code_hash};
pub use value::ToValue;

pub use subxt_signer::sr25519::Keypair;

use subxt::config::{RpcConfigFor, SubstrateConfig};

/// The configuration of subxt that fits the chain.
pub(crate) type Config = SubstrateConfig;
/// Classic JSON-RPC methods of a node.
pub(crate) type Rpc = subxt::rpcs::methods::LegacyRpcMethods<RpcConfigFor<Config>>;
/// A client at one block.
pub(crate) type AtBlock = subxt::client::OnlineClientAtBlock<Config>;

/// `spec_name` of the runtime that this client speaks to.
pub const SPEC_NAME: &str = "salus";
